/* The methods of str that turn a text into something else: formatting, bytes, translation; and what only Markup has. */
#include "runtime/attribute.h"
#include "runtime/builtins/methods.h"
#include "runtime/codec.h"
#include "runtime/convert.h"
#include "runtime/env.h"
#include "runtime/format.h"
#include "runtime/html.h"
#include "runtime/operate.h"

burin_status method_str_format(burin_call *call, burin_value *out)
{
    return rt_format_mapping(call->st, call->args[0], call->args[1], call->args[2], out);
}

/* markupsafe does not wrap format_map, so Markup's gives plain text, or itself where there are no braces; the sandbox replaces it by one that escapes. */
burin_status method_str_format_map(burin_call *call, burin_value *out)
{
    burin_value self = call->args[0];
    burin_text  text = rt_text_of(self);

    if (text.len && !memchr(text.data, '{', text.len) && !memchr(text.data, '}', text.len)) {
        *out = self;
        return rt_charge(call->st, text.len / 64);
    }
    if (call->st->env->sandbox == RT_UNSANDBOXED)
        self = method_plain(self);
    return rt_format_mapping(call->st, self, rt_missing(), call->args[1], out);
}

burin_status method_str_encode(burin_call *call, burin_value *out)
{
    static const char *const names[] = {"encoding", "errors"};

    for (unsigned n = 0; n < 2; n++)
        if (!rt_is_text(call->args[n + 1]))
            return rt_fail(call->st, BURIN_ERR_TYPE, "encode() argument '%s' must be str, not %s", names[n],
                           method_argument_type(call->st, call->args[n + 1]));
    return codec_encode(call->st, rt_text_of(call->args[0]), rt_text_of(call->args[1]), rt_text_of(call->args[2]), out);
}

/* ---- translate ---- */

/* table[cp]; MISSING where that is a LookupError. */
static burin_status table_entry(rt_state *st, burin_value table, uint32_t cp, burin_value *out)
{
    burin_value key = burin_int(cp);

    if (table.kind == BURIN_DICT)
        return rt_dict_get(st, rt_dict_of(st, table), key, out);
    burin_status status = rt_python_item(st, table, key, out);
    if (status == BURIN_ERR_KEY || status == BURIN_ERR_INDEX || status == BURIN_ERR_LOOKUP) {
        rt_clear_error(st);
        *out = rt_missing();
        return BURIN_OK;
    }
    return status;
}

static burin_status append_entry(builder *b, burin_value entry, uint32_t cp)
{
    switch (entry.kind) {
    case BURIN_MISSING: builder_code_point(b, cp); break;
    case BURIN_NONE: break;
    case BURIN_STRING: builder_value(b, entry); break;
    case BURIN_BOOL:
    case BURIN_INT:
        if (entry.as.i >= 0 && entry.as.i <= 0x10ffff) {
            builder_code_point(b, (uint32_t)entry.as.i);
            break;
        }
        __attribute__((fallthrough));
    case BURIN_BIGINT: return rt_fail(b->st, BURIN_ERR_VALUE, "character mapping must be in range(0x110000)");
    default: return rt_fail(b->st, BURIN_ERR_TYPE, "character mapping must return integer, None or str");
    }
    return BURIN_OK;
}

burin_status method_str_translate(burin_call *call, burin_value *out)
{
    rt_state    *st     = call->st;
    burin_value  self   = call->args[0], table = call->args[1], entry;
    burin_status status = rt_is_safe(self) ? method_escape_argument(st, &table) : BURIN_OK;
    builder      b;

    builder_init(&b, st, self.len);
    for (size_t at = 0; at < self.len && !status && !b.failed;) {
        uint32_t cp = text_decode(self.as.s, self.len, &at);
        status      = table_entry(st, table, cp, &entry);
        if (!status)
            status = append_entry(&b, entry, cp);
    }
    return status ? status : method_take(&b, self, out);
}

/* A key of maketrans's dict as a code point, or as the integer it is. */
static burin_status table_key(rt_state *st, burin_value key, burin_value *out)
{
    size_t at = 0;

    if (rt_is_int(key)) {
        *out = key;
        return BURIN_OK;
    }
    if (!rt_is_text(key))
        return rt_fail(st, BURIN_ERR_TYPE, "keys in translate table must be strings or integers");
    if (rt_string_count(key) != 1)
        return rt_fail(st, BURIN_ERR_VALUE, "string keys in translate table must be of length 1");
    *out = burin_int(text_decode(key.as.s, key.len, &at));
    return BURIN_OK;
}

static burin_status table_of_dict(rt_state *st, burin_value from, rt_dict *table)
{
    burin_value  key, value;
    burin_status status = BURIN_OK;

    if (from.kind != BURIN_DICT)
        return rt_fail(st, BURIN_ERR_TYPE, "if you give only one argument to maketrans it must be a dict");
    const rt_dict *dict = rt_dict_of(st, from);
    for (uint32_t at = 0; !status && rt_dict_next(dict, &at, &key, &value);) {
        status = table_key(st, key, &key);
        if (!status)
            status = rt_dict_put(st, table, key, value);
    }
    return status;
}

static burin_status table_of_texts(rt_state *st, const burin_value *args, rt_dict *table)
{
    burin_status status = BURIN_OK;

    for (unsigned n = 1; n < 3; n++)
        if (!rt_is_text(args[n]) && args[n].kind != BURIN_MISSING)
            return rt_fail(st, BURIN_ERR_TYPE, "maketrans() argument %u must be str, not %s", n + 1, method_argument_type(st, args[n]));
    if (!rt_is_text(args[0]))
        return rt_fail(st, BURIN_ERR_TYPE, "first maketrans argument must be a string if there is a second argument");
    if (rt_string_count(args[0]) != rt_string_count(args[1]))
        return rt_fail(st, BURIN_ERR_VALUE, "the first two maketrans arguments must have equal length");
    for (size_t from = 0, to = 0; from < args[0].len && !status;) {
        uint32_t key = text_decode(args[0].as.s, args[0].len, &from);
        status       = rt_dict_put(st, table, burin_int(key), burin_int(text_decode(args[1].as.s, args[1].len, &to)));
    }
    for (size_t at = 0; args[2].kind == BURIN_STRING && at < args[2].len && !status;)
        status = rt_dict_put(st, table, burin_int(text_decode(args[2].as.s, args[2].len, &at)), burin_none());
    return status;
}

burin_status method_str_maketrans(burin_call *call, burin_value *out)
{
    rt_dict     *table;
    burin_status status = rt_dict_new(call->st, 8, &table);

    if (!status)
        status = call->args[2].kind == BURIN_MISSING ? table_of_dict(call->st, call->args[1], table) : table_of_texts(call->st, call->args + 1, table);
    *out = rt_pointer(BURIN_DICT, table);
    return status;
}

/* ---- Markup ---- */

burin_status method_str___html__(burin_call *call, burin_value *out)
{
    *out = call->args[0];
    return BURIN_OK;
}

burin_status method_str_escape(burin_call *call, burin_value *out) { return rt_escape(call->st, call->args[1], out); }
burin_status method_str_striptags(burin_call *call, burin_value *out) { return html_striptags(call->st, rt_text_of(call->args[0]), out); }
burin_status method_str_unescape(burin_call *call, burin_value *out) { return html_unescape(call->st, rt_text_of(call->args[0]), out); }
