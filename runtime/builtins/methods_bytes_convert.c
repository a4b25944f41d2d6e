/* The methods of bytes about single bytes: ASCII letters and digits, tables, hexadecimal digits; and decoding. */
#include "runtime/builtins/methods.h"
#include "runtime/codec.h"
#include "runtime/operate.h"

static bool is_upper(unsigned char c) { return c >= 'A' && c <= 'Z'; }
static bool is_lower(unsigned char c) { return c >= 'a' && c <= 'z'; }
static bool is_alpha(unsigned char c) { return is_upper(c) || is_lower(c); }
static bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }
static bool is_alnum(unsigned char c) { return is_alpha(c) || is_digit(c); }
static bool is_space(unsigned char c) { return c == ' ' || (c >= 9 && c <= 13); }

/* ---- questions ---- */

static burin_status all(burin_call *call, bool (*is)(unsigned char c), burin_value *out)
{
    burin_value self   = call->args[0];
    bool        answer = self.len > 0;

    for (uint32_t n = 0; n < self.len && answer; n++)
        answer = is((unsigned char)self.as.s[n]);
    *out = burin_bool(answer);
    return rt_charge(call->st, self.len / 64);
}

burin_status method_bytes_isalnum(burin_call *call, burin_value *out) { return all(call, is_alnum, out); }
burin_status method_bytes_isalpha(burin_call *call, burin_value *out) { return all(call, is_alpha, out); }
burin_status method_bytes_isdigit(burin_call *call, burin_value *out) { return all(call, is_digit, out); }
burin_status method_bytes_isspace(burin_call *call, burin_value *out) { return all(call, is_space, out); }

burin_status method_bytes_isascii(burin_call *call, burin_value *out)
{
    *out = burin_bool(text_is_ascii(call->args[0].as.s, call->args[0].len));
    return BURIN_OK;
}

static burin_status all_cased(burin_call *call, bool (*wanted)(unsigned char c), bool (*other)(unsigned char c), burin_value *out)
{
    burin_value self  = call->args[0];
    bool        cased = false, mixed = false;

    for (uint32_t n = 0; n < self.len && !mixed; n++) {
        cased |= wanted((unsigned char)self.as.s[n]);
        mixed = other((unsigned char)self.as.s[n]);
    }
    *out = burin_bool(cased && !mixed);
    return rt_charge(call->st, self.len / 64);
}

burin_status method_bytes_isupper(burin_call *call, burin_value *out) { return all_cased(call, is_upper, is_lower, out); }
burin_status method_bytes_islower(burin_call *call, burin_value *out) { return all_cased(call, is_lower, is_upper, out); }

burin_status method_bytes_istitle(burin_call *call, burin_value *out)
{
    burin_value self  = call->args[0];
    bool        cased = false, in_word = false;

    *out = burin_bool(false);
    for (uint32_t n = 0; n < self.len; n++) {
        unsigned char c = (unsigned char)self.as.s[n];
        if ((is_upper(c) && in_word) || (is_lower(c) && !in_word))
            return BURIN_OK;
        in_word = is_alpha(c);
        cased |= in_word;
    }
    *out = burin_bool(cased);
    return rt_charge(call->st, self.len / 64);
}

/* ---- case ---- */

static burin_status copy_bytes(rt_state *st, burin_value self, char **data, burin_value *out)
{
    burin_status status = rt_charge(st, self.len / 64);

    *data = NULL;
    *out  = self;
    if (status || self.len == 0)
        return status;
    status = rt_string_new(st, self.len, data, out);
    if (status)
        return status;
    memcpy(*data, self.as.s, self.len);
    out->kind  = BURIN_BYTES;
    out->flags = 0;
    return BURIN_OK;
}

typedef enum bytes_case { LOWER, UPPER, SWAP, CAPITALIZE, TITLE } bytes_case;

static burin_status change_case(burin_call *call, bytes_case how, burin_value *out)
{
    char        *data;
    bool         in_word = false;
    burin_status status  = copy_bytes(call->st, call->args[0], &data, out);

    if (status)
        return status;
    for (uint32_t n = 0; n < out->len; n++) {
        unsigned char c    = (unsigned char)data[n];
        bool          flip = false;
        switch (how) {
        case LOWER: flip = is_upper(c); break;
        case UPPER: flip = is_lower(c); break;
        case SWAP: flip = is_alpha(c); break;
        case CAPITALIZE: flip = n ? is_upper(c) : is_lower(c); break;
        case TITLE: flip = in_word ? is_upper(c) : is_lower(c); break;
        }
        in_word = is_alpha(c);
        if (flip)
            data[n] = (char)(c ^ 0x20);
    }
    return BURIN_OK;
}

burin_status method_bytes_lower(burin_call *call, burin_value *out) { return change_case(call, LOWER, out); }
burin_status method_bytes_upper(burin_call *call, burin_value *out) { return change_case(call, UPPER, out); }
burin_status method_bytes_swapcase(burin_call *call, burin_value *out) { return change_case(call, SWAP, out); }
burin_status method_bytes_capitalize(burin_call *call, burin_value *out) { return change_case(call, CAPITALIZE, out); }
burin_status method_bytes_title(burin_call *call, burin_value *out) { return change_case(call, TITLE, out); }

/* ---- tables ---- */

static burin_status bytes_required(rt_state *st, burin_value v)
{
    return v.kind == BURIN_BYTES ? BURIN_OK : rt_fail(st, BURIN_ERR_TYPE, "a bytes-like object is required, not '%s'", rt_type_name(st, v));
}

burin_status method_bytes_maketrans(burin_call *call, burin_value *out)
{
    burin_value  from = call->args[1], to = call->args[2];
    char        *table;
    burin_status status = bytes_required(call->st, from);

    if (!status)
        status = bytes_required(call->st, to);
    if (!status && from.len != to.len)
        status = rt_fail(call->st, BURIN_ERR_VALUE, "maketrans arguments must have same length");
    if (!status)
        status = rt_string_new(call->st, 256, &table, out);
    if (status)
        return status;
    out->kind  = BURIN_BYTES;
    out->flags = 0;
    for (unsigned n = 0; n < 256; n++)
        table[n] = (char)n;
    for (uint32_t n = 0; n < from.len; n++)
        table[(unsigned char)from.as.s[n]] = to.as.s[n];
    return BURIN_OK;
}

burin_status method_bytes_translate(burin_call *call, burin_value *out)
{
    rt_state    *st     = call->st;
    burin_value  table  = call->args[1], drop = call->args[2];
    bool         dropped[256] = {false};
    char        *data;
    burin_status status = table.kind == BURIN_NONE ? BURIN_OK : bytes_required(st, table);

    if (!status && table.kind != BURIN_NONE && table.len != 256)
        status = rt_fail(st, BURIN_ERR_VALUE, "translation table must be 256 characters long");
    if (!status && drop.kind != BURIN_MISSING)
        status = bytes_required(st, drop);
    if (!status)
        status = copy_bytes(st, call->args[0], &data, out);
    if (status)
        return status;
    for (uint32_t n = 0; drop.kind == BURIN_BYTES && n < drop.len; n++)
        dropped[(unsigned char)drop.as.s[n]] = true;
    uint32_t kept = 0;
    for (uint32_t n = 0; n < out->len; n++) {
        unsigned char c = (unsigned char)data[n];
        if (!dropped[c])
            data[kept++] = table.kind == BURIN_NONE ? (char)c : table.as.s[c];
    }
    out->len = kept;
    return BURIN_OK;
}

/* ---- text ---- */

burin_status method_bytes_decode(burin_call *call, burin_value *out)
{
    static const char *const names[] = {"encoding", "errors"};

    for (unsigned n = 0; n < 2; n++)
        if (!rt_is_text(call->args[n + 1]))
            return rt_fail(call->st, BURIN_ERR_TYPE, "decode() argument '%s' must be str, not %s", names[n],
                           method_argument_type(call->st, call->args[n + 1]));
    return codec_decode(call->st, rt_text_of(call->args[0]), rt_text_of(call->args[1]), rt_text_of(call->args[2]), out);
}

static int hex_value(char c) { return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1; }

burin_status method_bytes_fromhex(burin_call *call, burin_value *out)
{
    rt_state   *st   = call->st;
    burin_value text = call->args[1];
    builder     b;

    if (!rt_is_text(text))
        return rt_fail(st, BURIN_ERR_TYPE, "fromhex() argument must be str, not %s", method_argument_type(st, text));
    builder_init(&b, st, text.len / 2);
    for (size_t at = 0; at < text.len;) {
        if (is_space((unsigned char)text.as.s[at])) {
            at++;
            continue;
        }
        int high = hex_value(text.as.s[at]), low = high >= 0 && at + 1 < text.len ? hex_value(text.as.s[at + 1]) : -1;
        if (high < 0 || low < 0)
            return rt_fail(st, BURIN_ERR_VALUE, "non-hexadecimal number found in fromhex() arg at position %zu",
                           text_count(text.as.s, at) + (high >= 0));
        builder_byte(&b, (char)(high << 4 | low));
        at += 2;
    }
    return method_take(&b, call->args[0], out);
}

/* The separator of hex(): one ASCII character, as text or bytes; 0 for none. */
static burin_status hex_separator(rt_state *st, burin_value v, char *out)
{
    *out = 0;
    if (v.kind == BURIN_MISSING)
        return BURIN_OK;
    size_t       len;
    burin_status status = rt_length(st, v, &len);
    if (status)
        return status;
    if (len != 1)
        return rt_fail(st, BURIN_ERR_VALUE, "sep must be length 1.");
    if (v.kind != BURIN_STRING && v.kind != BURIN_BYTES)
        return rt_fail(st, BURIN_ERR_TYPE, "sep must be str or bytes.");
    if (v.len != 1 || (v.as.s[0] & 0x80))
        return rt_fail(st, BURIN_ERR_VALUE, "sep must be ASCII.");
    *out = v.as.s[0];
    return BURIN_OK;
}

burin_status method_bytes_hex(burin_call *call, burin_value *out)
{
    static const char digits[] = "0123456789abcdef";
    burin_value       self     = call->args[0];
    char              sep;
    int64_t           group;
    builder           b;
    burin_status      status = hex_separator(call->st, call->args[1], &sep);

    if (!status)
        status = method_ssize(call->st, call->args[2], &group);
    if (status)
        return status;
    uint64_t size = group < 0 ? 0 - (uint64_t)group : (uint64_t)group; /* counted from the end when positive */
    builder_init(&b, call->st, (size_t)self.len * 2);
    for (uint32_t n = 0; n < self.len; n++) {
        uint64_t before = group < 0 ? n : self.len - n;
        if (n && sep && size && before % size == 0)
            builder_byte(&b, sep);
        builder_byte(&b, digits[(unsigned char)self.as.s[n] >> 4]);
        builder_byte(&b, digits[(unsigned char)self.as.s[n] & 15]);
    }
    return builder_take(&b, 0, out);
}
