/* Reading JSON (RFC 8259, and NaN, Infinity, -Infinity as CPython's json.loads).
 *
 * Recursive descent over the bytes, depth bounded. The items of open arrays and objects wait on two stacks (keys, values)
 * and move into the heap when the container closes, so every container is allocated once, at its size.
 * Objects with the same keys share them (rt_shapes): the reader expects that an object has the keys of the last one at its
 * depth and compares key by key; while that holds, no key is copied or hashed.
 * Strings are scanned 16 bytes at a time; those with bytes above 127 are validated. A lone surrogate escape (\ud800) has no
 * place in UTF-8 and becomes U+FFFD. A byte order mark at the start is skipped. */
#include "runtime/base/diag.h"
#include "runtime/base/text.h"
#include "runtime/bigint.h"
#include "runtime/write.h"

#include <math.h>

enum { DEPTH_MAX = 1000, SHAPE_DEPTHS = 16 };

typedef struct value_stack {
    burin_value *items;
    uint32_t     len, cap;
} value_stack;

typedef struct json_reader {
    rt_state   *st;
    const char *start, *at, *end;
    bool        borrow;
    uint32_t    depth;
    value_stack keys, values;
    rt_shapes   shapes;
    rt_keys    *expected[SHAPE_DEPTHS];
    const char *problem;    /* what is wrong, NULL when st says it */
    const char *problem_at;
} json_reader;

static bool read_value(json_reader *r, burin_value *out);

static bool bad(json_reader *r, const char *at, const char *problem)
{
    if (!r->problem && !r->st->status) {
        r->problem    = problem;
        r->problem_at = at;
    }
    return false;
}

static bool push_slow(json_reader *r, value_stack *stack)
{
    const burin_allocator *alloc = r->st->heap.alloc;
    uint32_t     cap   = stack->cap ? stack->cap * 2 : 64;
    burin_value *items = stack->cap > UINT32_MAX / 32 ? NULL
                                                      : alloc->resize(alloc->user, stack->items, stack->cap * sizeof *items, cap * sizeof *items);
    if (!items) {
        rt_fail(r->st, BURIN_ERR_NOMEM, "out of memory");
        return false;
    }
    stack->items = items;
    stack->cap   = cap;
    return true;
}

static inline bool push(json_reader *r, value_stack *stack, burin_value v)
{
    if (BURIN_UNLIKELY(stack->len == stack->cap) && !push_slow(r, stack))
        return false;
    stack->items[stack->len++] = v;
    return true;
}

static inline bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

static inline void skip_space(json_reader *r)
{
    const char *at = r->at;
    if (BURIN_LIKELY(at < r->end && (uint8_t)*at > ' '))
        return;
    while (at < r->end && is_space(*at)) {
        at++;
#if RT_VECTORS
        while (r->end - at >= 16 && _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)at), _mm_set1_epi8(' '))) == 0xffff)
            at += 16;
#endif
    }
    r->at = at;
}

/* ---- strings ---- */

/* From `at` to the closing quote, a backslash, a control character or the end; *high collects the bytes' top bits. */
static inline const char *plain_end(const char *at, const char *end, uint32_t *high)
{
#if RT_VECTORS
    for (; end - at >= 16; at += 16) {
        __m128i  block   = _mm_loadu_si128((const __m128i *)at);
        __m128i  control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1f)), block);
        __m128i  quote   = _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')), _mm_cmpeq_epi8(block, _mm_set1_epi8('\\')));
        uint32_t stop = (uint32_t)_mm_movemask_epi8(_mm_or_si128(control, quote)), above = (uint32_t)_mm_movemask_epi8(block);
        if (stop) {
            *high |= above & (stop - 1) & ~stop;
            return at + __builtin_ctz(stop);
        }
        *high |= above;
    }
#endif
    for (; at < end && (uint8_t)*at >= 0x20 && *at != '"' && *at != '\\'; at++)
        *high |= (uint8_t)*at & 0x80;
    return at;
}

static int hex4(const char *at, const char *end)
{
    int unit = 0;
    if (end - at < 4)
        return -1;
    for (int n = 0; n < 4; n++) {
        char c = at[n], lower = (char)(c | 0x20);
        int  digit = c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

/* After "\u": the code point, two escapes of a surrogate pair taken together. */
static bool read_unicode_escape(json_reader *r, uint32_t *cp)
{
    int unit = hex4(r->at, r->end);
    if (unit < 0)
        return bad(r, r->at - 1, "Invalid \\uXXXX escape");
    r->at += 4;
    *cp = (uint32_t)unit;
    if (unit >= 0xd800 && unit < 0xdc00 && r->end - r->at >= 6 && r->at[0] == '\\' && r->at[1] == 'u') {
        int low = hex4(r->at + 2, r->end);
        if (low >= 0xdc00 && low < 0xe000) {
            *cp = 0x10000 + (((uint32_t)unit - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
            r->at += 6;
            return true;
        }
    }
    if (unit >= 0xd800 && unit < 0xe000)
        *cp = 0xfffd;
    return true;
}

/* One escape, r->at behind the backslash, to *to. */
static bool read_escape(json_reader *r, char **to, uint32_t *high)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (r->at == r->end)
        return bad(r, r->at, "Unterminated string");
    char        c     = *r->at++;
    const char *found = c ? strchr(letters, c) : NULL;
    if (found) {
        *(*to)++ = meanings[found - letters];
        return true;
    }
    uint32_t cp = 0;
    if (c != 'u')
        return bad(r, r->at - 2, "Invalid \\escape");
    if (!read_unicode_escape(r, &cp))
        return false;
    *to += text_encode(cp, *to);
    *high |= cp >= 128;
    return true;
}

/* The rest of a string with escapes: `start` its first byte, r->at at the first backslash.
 * *high: some byte is above 127. */
static bool read_escaped_text(json_reader *r, const char *start, uint32_t *high, burin_value *out)
{
    /* The text is never longer than its source: find the end first, then decode into as many bytes. */
    const char *close = r->at;
    while (close < r->end && *close != '"')
        close += *close == '\\' ? 2 : 1;
    if (close >= r->end)
        return bad(r, start - 1, "Unterminated string");
    size_t room = (size_t)(close - start);
    char  *data = heap_alloc(&r->st->heap, room), *to = data;
    if (!data)
        return rt_fail_memory(r->st) == BURIN_OK;
    memcpy(to, start, (size_t)(r->at - start));
    to += r->at - start;
    while (*r->at != '"') {
        if (*r->at != '\\')
            return bad(r, r->at, "Invalid control character");
        r->at++;
        if (!read_escape(r, &to, high))
            return false;
        const char *run = r->at;
        r->at           = plain_end(run, r->end, high);
        memcpy(to, run, (size_t)(r->at - run));
        to += r->at - run;
        if (r->at == r->end)
            return bad(r, start - 1, "Unterminated string");
    }
    r->at++;
    heap_resize(&r->st->heap, data, room, (size_t)(to - data));
    *out       = rt_string(data, (size_t)(to - data));
    out->flags = *high ? 0 : BURIN_ASCII;
    return true;
}

/* A string; r->at behind the opening quote. */
static bool read_text(json_reader *r, burin_value *out)
{
    const char *start = r->at;
    uint32_t    high  = 0;
    r->at             = plain_end(start, r->end, &high);
    if (r->at == r->end)
        return bad(r, start - 1, "Unterminated string");
    size_t len = (size_t)(r->at - start);
    if (len > UINT32_MAX)
        return bad(r, start, "String too long");
    if (*r->at == '\\') {
        if (!read_escaped_text(r, start, &high, out))
            return false;
    } else if (*r->at != '"') {
        return bad(r, r->at, "Invalid control character");
    } else {
        r->at++;
        *out       = rt_string(start, len);
        out->flags = high ? 0 : BURIN_ASCII;
        if (!r->borrow && len) {
            char *copy = heap_alloc(&r->st->heap, len);
            if (!copy)
                return rt_fail_memory(r->st) == BURIN_OK;
            memcpy(copy, start, len);
            out->as.s = copy;
        }
    }
    if (high) {
        size_t valid = text_valid_prefix(out->as.s, out->len);
        if (valid < out->len)
            return bad(r, start, "Invalid UTF-8 in the string");
    }
    if (rt_is_clean(out->as.s, out->len))
        out->flags |= BURIN_CLEAN;
    return true;
}

/* ---- numbers ---- */

static inline bool is_digit(char c) { return (uint8_t)(c - '0') < 10; }

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && is_digit(*at))
        at++;
    return at;
}

static bool read_big_integer(json_reader *r, const char *digits, const char *end, bool negative, burin_value *out)
{
    size_t   count = (size_t)(end - digits);
    uint8_t *values;
    if (count > RT_INT_DIGITS_MAX)
        return bad(r, digits, "Integer of more than 4300 digits");
    values = heap_alloc(&r->st->heap, count);
    if (!values)
        return rt_fail_memory(r->st) == BURIN_OK;
    for (size_t n = 0; n < count; n++)
        values[n] = (uint8_t)(digits[n] - '0');
    if (!rt_int_from_digits(&r->st->heap, values, count, 10, negative, out))
        return rt_fail_memory(r->st) == BURIN_OK;
    return true;
}

/* digits * 10^exponent when both are exact doubles (Clinger): one correctly rounded operation. */
static bool exact_double(uint64_t digits, int exponent, double *out)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (digits > (uint64_t)1 << 53 || exponent < -22 || exponent > 22)
        return false;
    *out = exponent < 0 ? (double)digits / powers[-exponent] : (double)digits * powers[exponent];
    return true;
}

/* `start`: the first digit; the integer part has been read. */
static bool read_float(json_reader *r, const char *start, bool negative, uint64_t digits, size_t count, burin_value *out)
{
    const char *at = r->at;
    int         exponent = 0;
    double      f;
    if (at + 1 < r->end && *at == '.' && is_digit(at[1])) {
        const char *fraction = ++at;
        for (; at < r->end && is_digit(*at); at++)
            digits = digits * 10 + (uint64_t)(*at - '0'); /* wraps when long: then it is not used */
        exponent = (int)(fraction - at);
        count += (size_t)(at - fraction);
    }
    if (at < r->end && (*at == 'e' || *at == 'E')) {
        const char *power = at + 1;
        bool minus = power < r->end && *power == '-';
        power += power < r->end && (*power == '-' || *power == '+');
        const char *last = skip_digits(power, r->end);
        int value = 0;
        for (const char *c = power; c < last && value < 10000; c++)
            value = value * 10 + (*c - '0');
        exponent += minus ? -value : value;
        at = last > power ? last : at;
    }
    r->at = at;
    if (!(count <= 19 && exact_double(digits, exponent, &f)) && !text_to_double(start, (size_t)(at - start), &f))
        return bad(r, start, "Expecting value");
    *out = burin_float(negative ? -f : f);
    return true;
}

static bool read_number(json_reader *r, burin_value *out)
{
    const char *start = r->at;
    bool negative = *start == '-';
    const char *digits = start + negative, *at = digits;
    uint64_t value = 0;
    if (at == r->end || !is_digit(*at)) {
        if (r->end - at >= 8 && memcmp(at, "Infinity", 8) == 0) {
            r->at = at + 8;
            *out  = burin_float(negative ? -INFINITY : INFINITY);
            return true;
        }
        return bad(r, start, "Expecting value");
    }
    if (*at == '0')
        at++;
    else
        for (; at < r->end && is_digit(*at); at++)
            value = value * 10 + (uint64_t)(*at - '0');
    r->at = at;
    if (at < r->end && ((*at == '.' && at + 1 < r->end && is_digit(at[1])) || *at == 'e' || *at == 'E')) {
        const char *power = at + 1;
        if (*at != '.') {
            power += power < r->end && (*power == '-' || *power == '+');
            if (power == r->end || !is_digit(*power)) /* "1e" is the integer, and then something else */
                goto integer;
        }
        return read_float(r, digits, negative, value, (size_t)(at - digits), out);
    }
integer:
    if (BURIN_UNLIKELY(at - digits > 18))
        return read_big_integer(r, digits, at, negative, out);
    *out = burin_int(negative ? -(int64_t)value : (int64_t)value);
    return true;
}

/* ---- containers ---- */

static bool read_array(json_reader *r, burin_value *out)
{
    uint32_t base = r->values.len;
    rt_list *list;
    skip_space(r);
    if (r->at < r->end && *r->at == ']')
        r->at++;
    else
        for (;;) {
            burin_value item;
            if (!read_value(r, &item) || !push(r, &r->values, item))
                return false;
            skip_space(r);
            if (r->at < r->end && *r->at == ',') {
                r->at++;
                continue;
            }
            if (r->at == r->end || *r->at != ']')
                return bad(r, r->at, "Expecting ',' delimiter");
            r->at++;
            break;
        }
    uint32_t len = r->values.len - base;
    if (rt_charge(r->st, len) || rt_list_new(r->st, BURIN_LIST, len, &list))
        return false;
    if (len)
        memcpy(list->items, r->values.items + base, len * sizeof(burin_value));
    list->len     = len;
    r->values.len = base;
    *out          = rt_list_value(list);
    return true;
}

/* Does the key at r->at (behind the quote) read as entry `n` of the expected keys? Then skip it and its quote. */
static inline bool skip_expected_key(json_reader *r, const rt_keys *expected, uint32_t n)
{
    if (!expected || n >= expected->len)
        return false;
    burin_value key = expected->entries[n].value;
    if ((size_t)(r->end - r->at) <= key.len || r->at[key.len] != '"' || memcmp(r->at, key.as.s, key.len) != 0)
        return false;
    if (memchr(key.as.s, '\\', key.len)) /* the source's backslash would be an escape */
        return false;
    r->at += key.len + 1;
    return true;
}

static bool read_key(json_reader *r, const rt_keys *expected, uint32_t n, uint32_t *matched)
{
    burin_value key;
    skip_space(r);
    if (r->at == r->end || *r->at != '"')
        return bad(r, r->at, "Expecting property name enclosed in double quotes");
    r->at++;
    if (*matched == n && skip_expected_key(r, expected, n)) {
        *matched = n + 1;
    } else {
        if (*matched == n) /* the first that differs: those before it are needed after all */
            for (uint32_t i = 0; i < n; i++)
                if (!push(r, &r->keys, expected->entries[i].value))
                    return false;
        if (!read_text(r, &key) || !push(r, &r->keys, key))
            return false;
    }
    skip_space(r);
    if (r->at == r->end || *r->at != ':')
        return bad(r, r->at, "Expecting ':' delimiter");
    r->at++;
    return true;
}

/* A dict of `count` keys and values, some key twice. */
static burin_status make_dict_with_repeats(rt_state *st, const burin_value *keys, const burin_value *values, uint32_t count, burin_value *out)
{
    rt_dict *d;
    if (rt_dict_new(st, count, &d))
        return st->status;
    for (uint32_t n = 0; n < count; n++)
        if (rt_dict_put(st, d, keys[n], values[n]))
            return st->status;
    *out = rt_pointer(BURIN_DICT, d);
    return BURIN_OK;
}

static bool close_object(json_reader *r, rt_keys *keys, uint32_t keys_base, uint32_t values_base, uint32_t matched, burin_value *out)
{
    uint32_t count = r->values.len - values_base;
    rt_dict *d;
    if (rt_charge(r->st, count))
        return false;
    if (matched == count && keys && keys->len != count) /* it stopped early: the keys are a beginning of the expected ones */
        for (uint32_t n = 0; n < count; n++)
            if (!push(r, &r->keys, keys->entries[n].value))
                return false;
    if (matched != count || !keys || keys->len != count) {
        const burin_value *texts = r->keys.items + keys_base;
        if (rt_shapes_keys(r->st, &r->shapes, texts, count, &keys))
            return false;
        if (!keys && make_dict_with_repeats(r->st, texts, r->values.items + values_base, count, out))
            return false;
    }
    if (keys) {
        r->expected[r->depth % SHAPE_DEPTHS] = keys;
        if (rt_dict_from_keys(r->st, keys, r->values.items + values_base, &d))
            return false;
        *out = rt_pointer(BURIN_DICT, d);
    }
    r->keys.len   = keys_base;
    r->values.len = values_base;
    return true;
}

static bool read_object(json_reader *r, burin_value *out)
{
    uint32_t keys_base = r->keys.len, values_base = r->values.len, matched = 0;
    rt_keys *expected  = r->expected[r->depth % SHAPE_DEPTHS];
    skip_space(r);
    if (r->at < r->end && *r->at == '}') {
        rt_dict *d;
        r->at++;
        if (rt_dict_new(r->st, 0, &d))
            return false;
        *out = rt_pointer(BURIN_DICT, d);
        return true;
    }
    for (uint32_t n = 0;; n++) {
        burin_value value;
        if (!read_key(r, expected, n, &matched) || !read_value(r, &value) || !push(r, &r->values, value))
            return false;
        skip_space(r);
        if (r->at < r->end && *r->at == ',') {
            r->at++;
            continue;
        }
        if (r->at == r->end || *r->at != '}')
            return bad(r, r->at, "Expecting ',' delimiter");
        r->at++;
        return close_object(r, expected, keys_base, values_base, matched, out);
    }
}

static bool read_word(json_reader *r, const char *word, size_t len, burin_value value, burin_value *out)
{
    if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0)
        return bad(r, r->at, "Expecting value");
    r->at += len;
    *out = value;
    return true;
}

static bool read_container(json_reader *r, burin_value *out)
{
    if (r->depth == DEPTH_MAX)
        return bad(r, r->at, "Nested more than 1000 deep");
    r->depth++;
    bool done = *r->at++ == '[' ? read_array(r, out) : read_object(r, out);
    r->depth--;
    return done;
}

static bool read_value(json_reader *r, burin_value *out)
{
    skip_space(r);
    if (r->at == r->end)
        return bad(r, r->at, "Expecting value");
    switch (*r->at) {
    case '"':
        r->at++;
        return read_text(r, out);
    case '{':
    case '[':
        return read_container(r, out);
    case 't':
        return read_word(r, "true", 4, burin_bool(true), out);
    case 'f':
        return read_word(r, "false", 5, burin_bool(false), out);
    case 'n':
        return read_word(r, "null", 4, burin_none(), out);
    case 'N':
        return read_word(r, "NaN", 3, burin_float(NAN), out);
    default:
        return read_number(r, out);
    }
}

/* ---- entry ---- */

static burin_status report(json_reader *r, burin_text text, const char *name, burin_error *err)
{
    if (!r->problem)
        return diag_fail_text(err, r->st->status, NULL, 0, (span){0, 0}, rt_message(r->st));
    source   src    = {text, name};
    size_t   offset = (size_t)(r->problem_at - r->start);
    uint32_t line = 0, column = 0, place = offset < UINT32_MAX ? (uint32_t)offset : UINT32_MAX;
    diag_locate(text, place, &line, &column);
    rt_fail(r->st, BURIN_ERR_DATA, "%s: line %u column %u (char %zu)", r->problem, line, column, offset);
    return diag_fail(err, BURIN_ERR_DATA, &src, line, (span){place, place}, "%s", r->problem);
}

burin_status rt_json_read(rt_state *st, burin_text text, bool borrow, const char *name, burin_value *out, burin_error *err)
{
    json_reader r = {.st = st, .start = text.data, .at = text.data, .end = text.data + text.len, .borrow = borrow};
    const burin_allocator *alloc = st->heap.alloc;

    if (text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
        r.at += 3;
    bool done = read_value(&r, out);
    if (done) {
        skip_space(&r);
        done = r.at == r.end || bad(&r, r.at, "Extra data");
    }
    base_free(alloc, r.keys.items, r.keys.cap * sizeof(burin_value));
    base_free(alloc, r.values.items, r.values.cap * sizeof(burin_value));
    return done ? BURIN_OK : report(&r, text, name, err);
}
