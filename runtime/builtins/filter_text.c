/* Filters on text: case, padding, stripping, replacing, counting. They take any value, as its text. */
#include "runtime/builtins/methods.h"
#include "runtime/builtins/support.h"
#include "runtime/format.h"
#include "runtime/unicode.h"

typedef burin_status (*mapping)(rt_state *st, burin_value s, burin_value *out);

static burin_status map_text(burin_call *call, mapping map, burin_value *out)
{
    burin_value  s;
    burin_status status = builtin_soft(call->st, call->args[0], &s);

    if (!status)
        status = rt_charge(call->st, s.len / 64);
    return status ? status : map(call->st, s, out);
}

burin_status filter_capitalize(burin_call *call, burin_value *out) { return map_text(call, uni_capitalize, out); }
burin_status filter_lower(burin_call *call, burin_value *out) { return map_text(call, uni_lower, out); }
burin_status filter_upper(burin_call *call, burin_value *out) { return map_text(call, uni_upper, out); }
burin_status filter_string(burin_call *call, burin_value *out) { return builtin_soft(call->st, call->args[0], out); }

/* A method of str, called on the value's text with the filter's own arguments after it. */
static burin_status call_method(burin_call *call, burin_function method, burin_value *args, uint32_t count, burin_value *out)
{
    burin_call   inner  = {.st = call->st, .args = args, .count = count, .autoescape = call->autoescape};
    burin_status status = builtin_soft(call->st, args[0], &args[0]);

    return status ? status : method(&inner, out);
}

burin_status filter_center(burin_call *call, burin_value *out)
{
    burin_value args[] = {call->args[0], call->args[1], rt_missing()};
    return call_method(call, method_str_center, args, 3, out);
}

burin_status filter_trim(burin_call *call, burin_value *out)
{
    burin_value args[] = {call->args[0], call->args[1]};
    return call_method(call, method_str_strip, args, 2, out);
}

/* Without autoescape everything is plain text. With it a plain value is escaped first if the search text is Markup, or
 * the new text is; then the texts keep their marks, and Markup's replace escapes its arguments. */
burin_status filter_replace(burin_call *call, burin_value *out)
{
    rt_state    *st   = call->st;
    burin_value *args = call->args;
    burin_value  texts[4];
    burin_status status;

    if (!call->autoescape) {
        status = builtin_str(st, args[0], &texts[0]);
        if (!status)
            status = builtin_str(st, args[1], &texts[1]);
        if (!status)
            status = builtin_str(st, args[2], &texts[2]);
    } else {
        bool escape = builtin_has_html(args[1]) || (builtin_has_html(args[2]) && !builtin_has_html(args[0]));
        status      = escape ? rt_escape(st, args[0], &texts[0]) : builtin_soft(st, args[0], &texts[0]);
        if (!status)
            status = builtin_soft(st, args[1], &texts[1]);
        if (!status)
            status = builtin_soft(st, args[2], &texts[2]);
    }
    if (status)
        return status;
    texts[3] = args[3].kind == BURIN_NONE ? burin_int(-1) : args[3];
    return call_method(call, method_str_replace, texts, 4, out);
}

burin_status filter_format(burin_call *call, burin_value *out)
{
    rt_state    *st    = call->st;
    bool         named = rt_dict_of(st, call->args[2])->len > 0;
    burin_value  format;
    burin_status status;

    if (named && rt_list_of(st, call->args[1])->len)
        return rt_fail(st, BURIN_ERR_FILTER_ARGUMENT, "can't handle positional and keyword arguments at the same time");
    status = builtin_soft(st, call->args[0], &format);
    return status ? status : rt_format_percent(st, format, call->args[named ? 2 : 1], out);
}

/* ---- title ---- */

/* What ends a word: [-\s({\[<] */
static bool ends_word(uint32_t cp)
{
    switch (cp) {
    case '-':
    case '(':
    case '{':
    case '[':
    case '<': return true;
    default: return uni_is_space(cp);
    }
}

static burin_status title_ascii(rt_state *st, burin_value s, burin_value *out)
{
    char        *to;
    bool         start  = true;
    burin_status status = rt_string_new(st, s.len, &to, out);

    if (status)
        return status;
    for (uint32_t at = 0; at < s.len; at++) {
        unsigned char c = (unsigned char)s.as.s[at];
        if (start ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z')
            c ^= 0x20;
        to[at] = (char)c;
        start  = ends_word(c);
    }
    out->flags |= BURIN_ASCII;
    return BURIN_OK;
}

/* Each word apart, as final sigma must not see past its edges: upper of the first character, lower of the others. */
static burin_status title_words(rt_state *st, burin_value s, burin_value *out)
{
    builder      b;
    burin_status status = BURIN_OK;
    size_t       at = 0, from;
    burin_value  piece;

    builder_init(&b, st, s.len);
    while (at < s.len && !status) {
        for (from = at; at < s.len;) { /* what stands between words */
            size_t next = at;
            if (!ends_word(text_decode(s.as.s, s.len, &next)))
                break;
            at = next;
        }
        builder_text(&b, s.as.s + from, at - from);
        if (at == s.len)
            break;
        from = at;
        text_decode(s.as.s, s.len, &at);
        status = uni_upper(st, rt_string(s.as.s + from, at - from), &piece);
        if (status)
            break;
        builder_value(&b, piece);
        for (from = at; at < s.len;) {
            size_t next = at;
            if (ends_word(text_decode(s.as.s, s.len, &next)))
                break;
            at = next;
        }
        status = uni_lower(st, rt_string(s.as.s + from, at - from), &piece);
        if (!status)
            builder_value(&b, piece);
    }
    return status ? status : builder_take(&b, 0, out);
}

burin_status filter_title(burin_call *call, burin_value *out)
{
    burin_value  s;
    burin_status status = builtin_soft(call->st, call->args[0], &s);

    if (!status)
        status = rt_charge(call->st, s.len / 64);
    if (status)
        return status;
    return rt_string_is_ascii(s) ? title_ascii(call->st, s, out) : title_words(call->st, s, out);
}

/* ---- wordcount ---- */

burin_status filter_wordcount(burin_call *call, burin_value *out)
{
    burin_value  s;
    int64_t      words   = 0;
    bool         in_word = false;
    burin_status status  = builtin_soft(call->st, call->args[0], &s);

    if (!status)
        status = rt_charge(call->st, s.len / 64);
    if (status)
        return status;
    for (size_t at = 0; at < s.len;) {
        unsigned char c    = (unsigned char)s.as.s[at];
        bool          word = (unsigned)((c | 0x20) - 'a') < 26;
        if (word || c == ' ')
            at++;
        else
            word = uni_is_word(text_decode(s.as.s, s.len, &at));
        words += word && !in_word;
        in_word = word;
    }
    *out = burin_int(words);
    return BURIN_OK;
}
