/* str.encode and bytes.decode.
 *
 * An encoding is a row: how one code point is put, how one is got, and what a failure is called. The loops, the error
 * handlers and the messages are the same for all. Errors come in stretches as CPython's codecs report them: encoders of
 * single-byte encodings and UTF-8 gather neighbouring characters they cannot express, the others report one at a time. */
#include "runtime/codec.h"

#include "runtime/builder.h"

#include <uniname.h>

/* Got from bytes: `len` bytes make `cp`, or (reason) `len` bytes are wrong. */
typedef struct decoded {
    uint32_t    cp;
    size_t      len;
    const char *reason;
} decoded;

typedef struct codec {
    const char *names;       /* separated by spaces, normalised; the first is shown when encoding fails */
    const char *shown_decode;
    const char *bom;         /* written first */
    uint8_t     bom_len, unit;
    bool        bom_decides; /* a mark at the start of the bytes gives the byte order and is dropped */
    bool        gathers;     /* encoding errors of neighbours are one */
    const char *reason;      /* why a character cannot be encoded */
    size_t (*put)(uint32_t cp, char *out); /* bytes written (at most 4), 0: cannot */
    decoded (*get)(const unsigned char *at, size_t left);
} codec;

static bool is_surrogate(uint32_t cp) { return cp >= 0xd800 && cp < 0xe000; }

/* ---- the encodings ---- */

static size_t put_utf8(uint32_t cp, char *out) { return is_surrogate(cp) ? 0 : text_encode(cp, out); }

/* The second byte's range by the first byte: no overlong forms, surrogates or code points above 0x10ffff. */
static bool second_fits(unsigned char first, unsigned char second)
{
    unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80, high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;

    return second >= low && second <= high;
}

static decoded get_utf8(const unsigned char *at, size_t left)
{
    unsigned char c = at[0];

    if (c < 0x80)
        return (decoded){c, 1, NULL};
    if (c < 0xc2 || c > 0xf4)
        return (decoded){0, 1, "invalid start byte"};
    size_t   need = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    uint32_t cp   = c & (0xffu >> (need + 1));
    for (size_t n = 1; n < need; n++) {
        if (n == left)
            return (decoded){0, left, "unexpected end of data"};
        if (n == 1 ? !second_fits(c, at[1]) : (at[n] & 0xc0) != 0x80)
            return (decoded){0, n, "invalid continuation byte"};
        cp = cp << 6 | (at[n] & 0x3fu);
    }
    return (decoded){cp, need, NULL};
}

static size_t put_byte(uint32_t cp, char *out)
{
    out[0] = (char)cp;
    return 1;
}
static size_t  put_ascii(uint32_t cp, char *out) { return cp < 0x80 ? put_byte(cp, out) : 0; }
static decoded get_ascii(const unsigned char *at, size_t left)
{
    (void)left;
    return (decoded){at[0], 1, at[0] < 0x80 ? NULL : "ordinal not in range(128)"};
}
static size_t  put_latin1(uint32_t cp, char *out) { return cp < 0x100 ? put_byte(cp, out) : 0; }
static decoded get_latin1(const unsigned char *at, size_t left)
{
    (void)left;
    return (decoded){at[0], 1, NULL};
}

static const uint16_t windows_1252[32] = { /* 0x80 to 0x9f; 0: undefined */
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
    0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};
static size_t put_cp1252(uint32_t cp, char *out)
{
    if (cp < 0x80 || (cp >= 0xa0 && cp < 0x100))
        return put_byte(cp, out);
    for (uint32_t n = 0; n < 32; n++)
        if (windows_1252[n] == cp)
            return put_byte(0x80 + n, out);
    return 0;
}
static decoded get_cp1252(const unsigned char *at, size_t left)
{
    uint32_t cp = at[0] >= 0x80 && at[0] < 0xa0 ? windows_1252[at[0] - 0x80] : at[0];

    (void)left;
    return (decoded){cp, 1, cp || !at[0] ? NULL : "character maps to <undefined>"};
}

static void     put_16(uint32_t unit, char *out, bool big) { out[big] = (char)unit, out[!big] = (char)(unit >> 8); }
static uint32_t get_16(const unsigned char *at, bool big) { return at[big] | (uint32_t)at[!big] << 8; }

static size_t put_utf16(uint32_t cp, char *out, bool big)
{
    if (is_surrogate(cp))
        return 0;
    if (cp < 0x10000) {
        put_16(cp, out, big);
        return 2;
    }
    put_16(0xd800 + ((cp - 0x10000) >> 10), out, big);
    put_16(0xdc00 + (cp & 0x3ff), out + 2, big);
    return 4;
}
static decoded get_utf16(const unsigned char *at, size_t left, bool big)
{
    if (left < 2)
        return (decoded){0, left, "truncated data"};
    uint32_t high = get_16(at, big);
    if (!is_surrogate(high))
        return (decoded){high, 2, NULL};
    if (high >= 0xdc00)
        return (decoded){0, 2, "illegal encoding"};
    if (left < 4)
        return (decoded){0, left, "unexpected end of data"};
    uint32_t low = get_16(at + 2, big);
    if (low < 0xdc00 || low >= 0xe000)
        return (decoded){0, 2, "illegal UTF-16 surrogate"};
    return (decoded){0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), 4, NULL};
}
static size_t  put_utf16_le(uint32_t cp, char *out) { return put_utf16(cp, out, false); }
static size_t  put_utf16_be(uint32_t cp, char *out) { return put_utf16(cp, out, true); }
static decoded get_utf16_le(const unsigned char *at, size_t left) { return get_utf16(at, left, false); }
static decoded get_utf16_be(const unsigned char *at, size_t left) { return get_utf16(at, left, true); }

static size_t put_utf32(uint32_t cp, char *out, bool big)
{
    if (is_surrogate(cp))
        return 0;
    for (unsigned n = 0; n < 4; n++)
        out[big ? 3 - n : n] = (char)(cp >> (8 * n));
    return 4;
}
static decoded get_utf32(const unsigned char *at, size_t left, bool big)
{
    uint32_t cp = 0;

    if (left < 4)
        return (decoded){0, left, "truncated data"};
    for (unsigned n = 0; n < 4; n++)
        cp |= (uint32_t)at[big ? 3 - n : n] << (8 * n);
    if (is_surrogate(cp))
        return (decoded){0, 4, "code point in surrogate code point range(0xd800, 0xe000)"};
    return (decoded){cp, 4, cp < 0x110000 ? NULL : "code point not in range(0x110000)"};
}
static size_t  put_utf32_le(uint32_t cp, char *out) { return put_utf32(cp, out, false); }
static size_t  put_utf32_be(uint32_t cp, char *out) { return put_utf32(cp, out, true); }
static decoded get_utf32_le(const unsigned char *at, size_t left) { return get_utf32(at, left, false); }
static decoded get_utf32_be(const unsigned char *at, size_t left) { return get_utf32(at, left, true); }

static const char no_surrogates[] = "surrogates not allowed";

static const codec codecs[] = {
    {"utf-8 utf_8 u8 utf utf8 utf8_ucs2 utf8_ucs4 cp65001", "utf-8", "", 0, 1, false, true, no_surrogates, put_utf8, get_utf8},
    {"ascii 646 ansi_x3.4_1968 ansi_x3_4_1968 ansi_x3.4_1986 cp367 csascii ibm367 iso646_us iso_646.irv_1991 iso_ir_6 us us_ascii", "ascii", "", 0,
     1, false, true, "ordinal not in range(128)", put_ascii, get_ascii},
    {"latin-1 latin_1 8859 cp819 csisolatin1 ibm819 iso8859 iso8859_1 iso_8859_1 iso_8859_1_1987 iso_ir_100 l1 latin latin1", "latin-1", "", 0, 1,
     false, true, "ordinal not in range(256)", put_latin1, get_latin1},
    {"charmap cp1252 1252 windows_1252", "charmap", "", 0, 1, false, true, "character maps to <undefined>", put_cp1252, get_cp1252},
    {"utf-16 utf_16 u16 utf16", "utf-16-le", "\xff\xfe", 2, 2, true, false, no_surrogates, put_utf16_le, get_utf16_le},
    {"utf-16-le utf_16_le utf_16le unicodelittleunmarked", "utf-16-le", "", 0, 2, false, false, no_surrogates, put_utf16_le, get_utf16_le},
    {"utf-16-be utf_16_be utf_16be unicodebigunmarked", "utf-16-be", "", 0, 2, false, false, no_surrogates, put_utf16_be, get_utf16_be},
    {"utf-32 utf_32 u32 utf32", "utf-32-le", "\xff\xfe\0", 4, 4, true, false, no_surrogates, put_utf32_le, get_utf32_le},
    {"utf-32-le utf_32_le utf_32le", "utf-32-le", "", 0, 4, false, false, no_surrogates, put_utf32_le, get_utf32_le},
    {"utf-32-be utf_32_be utf_32be", "utf-32-be", "", 0, 4, false, false, no_surrogates, put_utf32_be, get_utf32_be},
    {"utf-8 utf_8_sig", "utf-8", "\xef\xbb\xbf", 3, 1, true, true, no_surrogates, put_utf8, get_utf8},
};

/* ---- finding them ---- */

enum { NAME_MAX_BYTES = 64 };

/* Lower case; runs of what is no letter, digit or dot become one "_" (encodings.normalize_encoding). */
static burin_text normalise(burin_text name, char room[NAME_MAX_BYTES])
{
    size_t len = 0;

    for (size_t n = 0; n < name.len && len < NAME_MAX_BYTES; n++) {
        uint32_t c = (unsigned char)name.data[n];
        if (c - 'A' < 26)
            c |= 0x20;
        if (c - 'a' < 26 || c - '0' < 10 || c == '.')
            room[len++] = (char)c;
        else if (len && room[len - 1] != '_')
            room[len++] = '_';
    }
    while (len && room[len - 1] == '_')
        len--;
    return (burin_text){room, len};
}

static bool among(const char *names, burin_text name)
{
    for (const char *at = names; *at;) {
        size_t len = strcspn(at, " ");
        if (text_equal(name, (burin_text){at, len}))
            return true;
        at += len + (at[len] == ' ');
    }
    return false;
}

static burin_status codec_find(rt_state *st, burin_text encoding, const char *call, const codec **out)
{
    char       room[NAME_MAX_BYTES];
    burin_text name = normalise(encoding, room);

    if (memchr(encoding.data ? encoding.data : "", 0, encoding.len))
        return rt_fail(st, BURIN_ERR_VALUE, "embedded null character");
    for (size_t n = 0; n < sizeof codecs / sizeof codecs[0]; n++)
        if (among(codecs[n].names, name)) {
            *out = &codecs[n];
            return BURIN_OK;
        }
    if (among("rot13 rot_13 hex hex_codec base64 base64_codec base_64 bz2 bz2_codec zip zlib zlib_codec uu uu_codec quopri quopri_codec", name))
        return rt_fail(st, BURIN_ERR_LOOKUP, "'%.*s' is not a text encoding; use codecs.%s() to handle arbitrary codecs", (int)encoding.len,
                       encoding.data, call);
    return rt_fail(st, BURIN_ERR_LOOKUP, "unknown encoding: %.*s", (int)encoding.len, encoding.data);
}

/* ---- errors ---- */

/* Writes `text`, which is ASCII, in the encoding. */
static void put_text(builder *b, const codec *c, const char *text, size_t len)
{
    char unit[4];

    for (size_t n = 0; n < len; n++)
        builder_ascii(b, unit, c->put((unsigned char)text[n], unit));
}

/* \xhh, \uhhhh or \Uhhhhhhhh; `room` for 11. */
static size_t escape_code_point(uint32_t cp, char *room)
{
    static const char digits[] = "0123456789abcdef";
    unsigned          width    = cp < 0x100 ? 2 : cp < 0x10000 ? 4 : 8;
    size_t            len      = 0;

    room[len++] = '\\';
    room[len++] = width == 2 ? 'x' : width == 4 ? 'u' : 'U';
    while (width--)
        room[len++] = digits[cp >> (4 * width) & 15];
    return len;
}

/* "\N{NAME}" of a character that has a name; its length, else 0. libunistring does not name the ideographs. */
static size_t name_character(uint32_t cp, char *room)
{
    static const struct { uint32_t first, last; } ideographs[] = {
        {0x3400, 0x4dbf}, {0x4e00, 0x9fff}, {0x20000, 0x2a6df}, {0x2a700, 0x2b738}, {0x2b740, 0x2b81d}, {0x2b820, 0x2cea1},
        {0x2ceb0, 0x2ebe0}, {0x30000, 0x3134a},
    };
    static const char prefix[] = "CJK UNIFIED IDEOGRAPH-";
    size_t            len      = 3;

    memcpy(room, "\\N{", 3);
    for (size_t n = 0; n < sizeof ideographs / sizeof ideographs[0]; n++) {
        if (cp < ideographs[n].first || cp > ideographs[n].last)
            continue;
        memcpy(room + len, prefix, sizeof prefix - 1);
        len += sizeof prefix - 1;
        for (int shift = cp > 0xffff ? 16 : 12; shift >= 0; shift -= 4)
            room[len++] = "0123456789ABCDEF"[cp >> shift & 15];
        room[len++] = '}';
        return len;
    }
    if (!unicode_character_name(cp, room + len))
        return 0;
    len         = strlen(room);
    room[len++] = '}';
    return len;
}

/* What the handler writes for one character, as ASCII text in `room`; its length, SIZE_MAX when the handler does not take it. */
static size_t replacement(burin_text errors, uint32_t cp, char *room)
{
    size_t len = 0;

    if (text_is(errors, "ignore"))
        return 0;
    if (text_is(errors, "replace")) {
        room[0] = '?';
        return 1;
    }
    if (text_is(errors, "xmlcharrefreplace")) {
        memcpy(room, "&#", 2);
        len         = 2 + text_from_int(cp, room + 2);
        room[len++] = ';';
        return len;
    }
    if (text_is(errors, "namereplace"))
        len = name_character(cp, room);
    if (len == 0 && (text_is(errors, "backslashreplace") || text_is(errors, "namereplace")))
        len = escape_code_point(cp, room);
    return len ? len : SIZE_MAX;
}

/* One character by the handler; false when the handler does not take it (strict, or not its business). */
static bool handle_character(builder *b, const codec *c, burin_text errors, uint32_t cp)
{
    char   room[UNINAME_MAX + 8];
    size_t len = replacement(errors, cp, room);

    if (len != SIZE_MAX) {
        put_text(b, c, room, len);
        return true;
    }
    if (text_is(errors, "surrogateescape") && cp >= 0xdc80 && cp <= 0xdcff && c->unit == 1) {
        room[0] = (char)(cp & 0xff);
        builder_ascii(b, room, 1);
        return true;
    }
    if (text_is(errors, "surrogatepass") && is_surrogate(cp) && c->put == put_utf8) {
        builder_ascii(b, room, text_encode(cp, room));
        return true;
    }
    return false;
}

static bool handler_known(burin_text errors)
{
    return among("strict ignore replace xmlcharrefreplace namereplace backslashreplace surrogateescape surrogatepass", errors);
}

/* The arguments of the exception that is pending: (encoding, object, start, end, reason). Returns its status. */
static burin_status carry(rt_state *st, burin_text encoding, burin_value object, size_t start, size_t end, const char *reason)
{
    burin_status pending = st->status;
    rt_list     *args;
    if (pending != BURIN_ERR_UNICODE_ENCODE && pending != BURIN_ERR_UNICODE_DECODE)
        return pending;
    st->status = BURIN_OK;
    if (rt_list_new(st, BURIN_TUPLE, 5, &args))
        return st->status;
    const burin_value parts[5] = {rt_string(encoding.data, encoding.len), object, burin_int((int64_t)start), burin_int((int64_t)end),
                                  rt_string(reason, strlen(reason))};
    memcpy(args->items, parts, sizeof parts);
    args->len       = 5;
    st->status      = pending;
    st->error_value = rt_tuple_value(args);
    return pending;
}

/* The characters [start, end) (byte offsets) of `text` cannot be encoded. */
static burin_status encode_stretch(builder *b, const codec *c, burin_text text, size_t start, size_t end, burin_text errors)
{
    if (!handler_known(errors))
        return rt_fail(b->st, BURIN_ERR_LOOKUP, "unknown error handler name '%.*s'", (int)errors.len, errors.data);
    size_t at = start;
    while (at < end) {
        size_t   from = at;
        uint32_t cp   = text_decode(text.data, text.len, &at);
        if (handle_character(b, c, errors, cp))
            continue;
        int    shown = (int)strcspn(c->names, " ");
        size_t first = text_count(text.data, from), last = first + text_count(text.data + from, end - from) - 1;
        char   room[16];
        size_t len = escape_code_point(cp, room);
        if (first < last)
            rt_fail(b->st, BURIN_ERR_UNICODE_ENCODE, "'%.*s' codec can't encode characters in position %zu-%zu: %s", shown, c->names, first, last,
                    c->reason);
        else
            rt_fail(b->st, BURIN_ERR_UNICODE_ENCODE, "'%.*s' codec can't encode character '%.*s' in position %zu: %s", shown, c->names, (int)len, room,
                    first, c->reason);
        return carry(b->st, (burin_text){c->names, (size_t)shown}, rt_string(text.data, text.len), first, last + 1, c->reason);
    }
    return BURIN_OK;
}

burin_status codec_encode(rt_state *st, burin_text text, burin_text encoding, burin_text errors, burin_value *out)
{
    const codec *c;
    builder      b;
    char         unit[4];
    burin_status status = codec_find(st, encoding, "encode", &c);

    if (status)
        return status;
    builder_init(&b, st, text.len + c->bom_len);
    builder_ascii(&b, c->bom, c->bom_len);
    for (size_t at = 0; at < text.len && !status && !b.failed;) {
        size_t from = at, len = c->put(text_decode(text.data, text.len, &at), unit);
        if (len) {
            builder_ascii(&b, unit, len);
            continue;
        }
        for (size_t next = at; c->gathers && next < text.len; at = next)
            if (c->put(text_decode(text.data, text.len, &next), unit))
                break;
        status = encode_stretch(&b, c, text, from, at, errors);
    }
    if (!status)
        status = builder_take(&b, 0, out);
    out->kind  = BURIN_BYTES;
    out->flags = 0;
    return status;
}

/* The bytes [at, at + d.len) are wrong. *used: how many of them the handler took. */
static burin_status decode_wrong(builder *b, const codec *c, burin_text bytes, size_t at, decoded d, burin_text errors, size_t *used)
{
    const unsigned char *wrong = (const unsigned char *)bytes.data + at;

    *used = d.len;
    if (text_is(errors, "ignore"))
        return BURIN_OK;
    if (text_is(errors, "replace")) {
        builder_code_point(b, 0xfffd);
        return BURIN_OK;
    }
    if (text_is(errors, "backslashreplace")) {
        char room[16];
        for (size_t n = 0; n < d.len; n++)
            builder_ascii(b, room, escape_code_point(wrong[n], room));
        return BURIN_OK;
    }
    if (text_is(errors, "surrogateescape") && wrong[0] >= 0x80) {
        for (*used = 0; *used < d.len && wrong[*used] >= 0x80; ++*used)
            builder_code_point(b, 0xdc00u + wrong[*used]);
        return BURIN_OK;
    }
    if (text_is(errors, "surrogatepass") && c->get == get_utf8 && bytes.len - at >= 3 && wrong[0] == 0xed && wrong[1] >= 0xa0 &&
        wrong[1] < 0xc0 && (wrong[2] & 0xc0) == 0x80) {
        builder_code_point(b, 0xd000u | (wrong[1] & 0x3fu) << 6 | (wrong[2] & 0x3fu));
        *used = 3;
        return BURIN_OK;
    }
    if (text_is(errors, "xmlcharrefreplace") || text_is(errors, "namereplace"))
        return rt_fail(b->st, BURIN_ERR_TYPE, "don't know how to handle UnicodeDecodeError in error callback");
    if (!handler_known(errors))
        return rt_fail(b->st, BURIN_ERR_LOOKUP, "unknown error handler name '%.*s'", (int)errors.len, errors.data);
    if (d.len == 1)
        rt_fail(b->st, BURIN_ERR_UNICODE_DECODE, "'%s' codec can't decode byte 0x%02x in position %zu: %s", c->shown_decode, wrong[0], at, d.reason);
    else
        rt_fail(b->st, BURIN_ERR_UNICODE_DECODE, "'%s' codec can't decode bytes in position %zu-%zu: %s", c->shown_decode, at, at + d.len - 1, d.reason);
    burin_value object = rt_string(bytes.data, bytes.len);
    object.kind        = BURIN_BYTES;
    return carry(b->st, (burin_text){c->shown_decode, strlen(c->shown_decode)}, object, at, at + d.len, d.reason);
}

/* Where the text begins: behind a byte order mark, which may change the codec to the other byte order. */
static size_t skip_mark(burin_text bytes, const codec **c)
{
    if (!(*c)->bom_decides || bytes.len < (*c)->bom_len)
        return 0;
    if (memcmp(bytes.data, (*c)->bom, (*c)->bom_len) == 0)
        return (*c)->bom_len;
    bool two = (*c)->unit == 2, big = two ? memcmp(bytes.data, "\xfe\xff", 2) == 0 : (*c)->unit == 4 && memcmp(bytes.data, "\0\0\xfe\xff", 4) == 0;
    if (!big)
        return 0;
    *c += 2; /* its row for the other order */
    return (*c)->unit;
}

burin_status codec_decode(rt_state *st, burin_text bytes, burin_text encoding, burin_text errors, burin_value *out)
{
    const codec *c;
    builder      b;

    if (bytes.len == 0) { /* CPython does not look the encoding up */
        *out = RT_STRING("");
        return BURIN_OK;
    }
    burin_status status = codec_find(st, encoding, "decode", &c);
    if (status)
        return status;
    builder_init(&b, st, bytes.len);
    for (size_t at = skip_mark(bytes, &c); at < bytes.len && !status && !b.failed;) {
        decoded d    = c->get((const unsigned char *)bytes.data + at, bytes.len - at);
        size_t  used = d.len;
        if (!d.reason)
            builder_code_point(&b, d.cp);
        else
            status = decode_wrong(&b, c, bytes, at, d, errors, &used);
        at += used;
    }
    return status ? status : builder_take(&b, 0, out);
}
