/* Preset functions over texts: Base64, shell quoting, paths, slugs. */
#include "engine/presets.h"
#include "runtime/attribute.h"
#include "runtime/base/text.h"
#include "runtime/convert.h"
#include "runtime/html.h"
#include "runtime/operate.h"
#include "runtime/unicode.h"

static rt_state *state_of(const burin_call *call) { return rt_state_of(burin_call_heap(call)); }

/* Argument 0 as text: str() of anything. */
static burin_status text_argument(burin_call *call, burin_text *out)
{
    burin_value  v;
    burin_status status = rt_str(state_of(call), burin_arg(call, 0), &v);

    *out = rt_text_of(v);
    return status ? status : rt_charge(state_of(call), v.len / 64);
}

/* ---- Base64 (RFC 4648) ---- */

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

burin_status preset_b64encode(burin_call *call, burin_value *out)
{
    burin_text   text;
    char        *to;
    burin_status status = text_argument(call, &text);

    if (!status)
        status = rt_string_new(state_of(call), (text.len + 2) / 3 * 4, &to, out);
    if (status)
        return status;
    for (size_t n = 0; n < text.len; n += 3) {
        size_t   have = text.len - n < 3 ? text.len - n : 3;
        uint32_t bits = (uint32_t)(uint8_t)text.data[n] << 16;
        if (have > 1)
            bits |= (uint32_t)(uint8_t)text.data[n + 1] << 8;
        if (have > 2)
            bits |= (uint8_t)text.data[n + 2];
        *to++ = base64_digits[bits >> 18];
        *to++ = base64_digits[bits >> 12 & 63];
        *to++ = have > 1 ? base64_digits[bits >> 6 & 63] : '=';
        *to++ = have > 2 ? base64_digits[bits & 63] : '=';
    }
    return BURIN_OK;
}

/* binascii.a2b_base64: bytes that are no digits are passed over, "=" that make a group whole end it. */
burin_status preset_b64decode(burin_call *call, burin_value *out)
{
    rt_state    *st = state_of(call);
    burin_text   text;
    char        *data;
    size_t       len    = 0;
    unsigned     count  = 0, padding = 0;
    uint32_t     bits   = 0;
    burin_status status = text_argument(call, &text);

    if (!status && !(data = heap_alloc(&st->heap, text.len / 4 * 3 + 3)))
        status = rt_fail_memory(st);
    if (status)
        return status;
    for (size_t n = 0; n < text.len && (count % 4 < 2 || count % 4 + padding < 4); n++) {
        const char *digit = text.data[n] ? strchr(base64_digits, text.data[n]) : NULL;
        padding           = text.data[n] == '=' ? padding + 1 : digit ? 0 : padding;
        if (!digit)
            continue;
        bits = bits << 6 | (uint32_t)(digit - base64_digits);
        if (++count % 4 != 1)
            data[len++] = (char)(bits >> (6 - 2 * ((count - 1) % 4)) & 0xff);
    }
    if (count % 4 == 1)
        return burin_raise(call, BURIN_ERR_VALUE, "Invalid base64-encoded string: number of data characters (%u) cannot be 1 more than a multiple of 4", count);
    if (count % 4 && count % 4 + padding < 4)
        return burin_raise(call, BURIN_ERR_VALUE, "Incorrect padding");
    if (text_valid_prefix(data, len) != len)
        return burin_raise(call, BURIN_ERR_UNICODE_DECODE, "'utf-8' codec can't decode byte 0x%02x in position %zu: invalid start byte",
                           (unsigned)(uint8_t)data[text_valid_prefix(data, len)], text_valid_prefix(data, len));
    *out = rt_string(data, len);
    return BURIN_OK;
}

/* ---- the shell (shlex.quote) ---- */

burin_status preset_quote(burin_call *call, burin_value *out)
{
    static const char safe[] = "%+,-./0123456789:=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
    rt_state         *st     = state_of(call);
    burin_text        text;
    rt_out            quoted;
    burin_status      status = text_argument(call, &text);

    if (status)
        return status;
    size_t plain = 0;
    while (plain < text.len && text.data[plain] && strchr(safe, text.data[plain]))
        plain++;
    if (plain == text.len && text.len > 0)
        return rt_str(st, burin_arg(call, 0), out);
    rt_out_init_heap(&quoted, st, text.len + 2);
    rt_out_literal(&quoted, "'");
    for (size_t n = 0; n < text.len; n++) {
        if (text.data[n] == '\'')
            rt_out_literal(&quoted, "'\"'\"'");
        else
            rt_out_write(&quoted, &text.data[n], 1);
    }
    rt_out_literal(&quoted, "'");
    return rt_out_take(&quoted, 0, out);
}

/* ---- paths (posixpath) ---- */

/* Where the last piece of a path begins. */
static size_t last_piece(burin_text path)
{
    size_t at = path.len;

    while (at > 0 && path.data[at - 1] != '/')
        at--;
    return at;
}

burin_status preset_basename(burin_call *call, burin_value *out)
{
    burin_text   path;
    burin_status status = text_argument(call, &path);

    if (status)
        return status;
    size_t at = last_piece(path);
    return rt_string_copy(state_of(call), path.data + at, path.len - at, out);
}

burin_status preset_dirname(burin_call *call, burin_value *out)
{
    burin_text   path;
    burin_status status = text_argument(call, &path);

    if (status)
        return status;
    size_t head = last_piece(path), len = head;
    while (len > 0 && path.data[len - 1] == '/')
        len--;
    return rt_string_copy(state_of(call), path.data, len ? len : head, out); /* a head of slashes only stays */
}

burin_status preset_splitext(burin_call *call, burin_value *out)
{
    rt_state    *st = state_of(call);
    burin_text   path;
    burin_value  root, extension;
    burin_status status = text_argument(call, &path);

    if (status)
        return status;
    size_t first = last_piece(path), dot = path.len;
    while (first < path.len && path.data[first] == '.') /* leading dots are no extension */
        first++;
    while (dot > first && path.data[dot - 1] != '.')
        dot--;
    dot    = dot > first ? dot - 1 : path.len;
    status = rt_string_copy(st, path.data, dot, &root);
    if (!status)
        status = rt_string_copy(st, path.data + dot, path.len - dot, &extension);
    return status ? status : rt_tuple2(st, root, extension, out);
}

/* os.path.join of a list's pieces: one that begins with a slash begins anew. */
burin_status preset_path_join(burin_call *call, burin_value *out)
{
    rt_state      *st    = state_of(call);
    burin_value    paths = burin_arg(call, 0);
    rt_out         path;

    if (paths.kind == BURIN_STRING) {
        *out = paths;
        return BURIN_OK;
    }
    if (paths.kind != BURIN_LIST && paths.kind != BURIN_TUPLE)
        return burin_raise(call, BURIN_ERR_TYPE, "|path_join expects string or sequence, got %s instead.", rt_type_name(st, paths));
    const rt_list *pieces = rt_list_of(st, paths);
    rt_out_init_heap(&path, st, 64);
    for (uint32_t n = 0; n < pieces->len; n++) {
        burin_text piece = rt_text_of(pieces->items[n]);
        if (pieces->items[n].kind != BURIN_STRING)
            return burin_raise(call, BURIN_ERR_TYPE, "expected str, bytes or os.PathLike object, not %s", rt_type_name(st, pieces->items[n]));
        if (piece.len && piece.data[0] == '/')
            path.next = path.data;
        else if (path.next > path.data && path.next[-1] != '/')
            rt_out_literal(&path, "/");
        rt_out_write(&path, piece.data, piece.len);
    }
    return rt_out_take(&path, 0, out);
}

/* ---- the rest ---- */

burin_status preset_split(burin_call *call, burin_value *out)
{
    burin_value args[2] = {burin_arg(call, 1), burin_arg(call, 2)};

    return rt_call_method(state_of(call), burin_arg(call, 0), (burin_text){"split", 5}, &(rt_arguments){.positional = args, .count = 2}, out);
}

/* ---- slugs (python-slugify, which cookiecutter calls) ---- */

/* Letters of Latin that Unicode does not take apart, as Unidecode writes them. */
static const struct {
    uint32_t    cp;
    const char *text;
} latin[] = {{0xdf, "ss"}, {0xe6, "ae"}, {0xf0, "d"}, {0xf8, "o"}, {0xfe, "th"}, {0x111, "d"}, {0x127, "h"}, {0x131, "i"}, {0x142, "l"}, {0x153, "oe"}};

static bool is_digit_at(burin_value text, size_t at) { return at < text.len && text.as.s[at] >= '0' && text.as.s[at] <= '9'; }

/* A slug that is being written. */
typedef struct slug {
    rt_out out;
    bool   pending; /* a hyphen, if something stands before it and something follows */
} slug;

static void slug_write(slug *s, const char *text, size_t len)
{
    if (s->pending && s->out.next > s->out.data)
        rt_out_literal(&s->out, "-");
    s->pending = false;
    rt_out_write(&s->out, text, len);
}

/* One letter or digit without its accents; letters of other scripts stay. A fraction stands alone, and is two numbers. */
static void slug_letter(slug *s, uint32_t cp)
{
    enum { FRACTION_SLASH = 0x2044 };
    uint32_t parts[UNI_DECOMPOSED_MAX], count = uni_decompose(cp, parts);
    char     bytes[4];

    for (size_t n = 0; n < sizeof latin / sizeof latin[0]; n++)
        if (latin[n].cp == cp) {
            slug_write(s, latin[n].text, strlen(latin[n].text));
            return;
        }
    for (uint32_t n = 0; n < count; n++)
        s->pending |= parts[n] == FRACTION_SLASH;
    for (uint32_t n = 0; n < count; n++) {
        if (uni_is_alnum(parts[n]))
            slug_write(s, bytes, text_encode(parts[n], bytes));
        s->pending |= parts[n] == FRACTION_SLASH;
    }
}

static burin_status slug_source(rt_state *st, burin_value v, burin_value *out)
{
    burin_status status = rt_str(st, v, out);

    if (!status)
        status = html_unescape(st, rt_text_of(*out), out);
    if (!status)
        status = uni_lower(st, *out, out);
    return status ? status : rt_charge(st, out->len / 16);
}

burin_status preset_slugify(burin_call *call, burin_value *out)
{
    rt_state    *st = state_of(call);
    burin_value  lower;
    slug         made;
    burin_status status = slug_source(st, burin_arg(call, 0), &lower);

    if (status)
        return status;
    made.pending = false;
    rt_out_init_heap(&made.out, st, lower.len);
    for (size_t at = 0, from = 0; at < lower.len; from = at) {
        uint32_t cp = text_decode(lower.as.s, lower.len, &at);
        if (cp == 0x2018 || cp == 0x2019 || (cp == ',' && from && is_digit_at(lower, from - 1) && is_digit_at(lower, at)))
            continue; /* typographic quotes, and the commas of 1,000,000 */
        if (uni_is_alnum(cp))
            slug_letter(&made, cp);
        else
            made.pending = true;
    }
    return rt_out_take(&made.out, 0, out);
}
