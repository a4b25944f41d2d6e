/* json.dumps of CPython.
 *
 * One pass into the output buffer. Strings are copied in blocks of 16 bytes until a byte needs an escape. The keys of a
 * dict are sorted as an array of entry numbers, on the stack for small dicts; keys in order already cost one comparison each.
 * Like CPython, floats and ints print as repr does, keys that are numbers, booleans or None become strings, and NaN is
 * written as NaN. Cycles are found through the chain of open containers; depth is bounded by rt_enter. */
#include "runtime/base/text.h"
#include "runtime/bigint.h"
#include "runtime/struct.h"
#include "runtime/write.h"

#include <math.h>

typedef struct open_container {
    const struct open_container *outer;
    const void                  *container;
    uint64_t                     word; /* of a struct: one may lie at the start of another */
} open_container;

typedef struct writer {
    rt_state *st;
    rt_out   *out;
    const rt_json_options *options;
    burin_text item_separator, key_separator;
    burin_text indent;       /* what one level adds */
    bool       is_indented;
    uint32_t   level;
    bool       is_separator_plain; /* no character of HTML in the separators */
    bool       is_compact;         /* nor more than 8 bytes, and no indent: they are written from the padded copies */
    char       item_padded[8], key_padded[8];
    const open_container *open;
} writer;

static burin_status write_value(writer *w, burin_value v);

/* ---- strings ---- */

/* Is the byte written as it is? */
static bool is_plain(const writer *w, uint8_t c)
{
    if (c < 0x20 || c == '"' || c == '\\')
        return false;
    if (c >= 0x7f)
        return !w->options->ensure_ascii;
    return !w->options->html_safe || !(c == '<' || c == '>' || c == '&' || c == '\'');
}

static void write_unit(rt_out *out, uint32_t unit)
{
    char text[6] = {'\\', 'u'};
    for (unsigned n = 0; n < 4; n++)
        text[2 + n] = "0123456789abcdef"[unit >> (4 * (3 - n)) & 15];
    rt_out_write(out, text, 6);
}

/* The letter that stands for the byte behind a backslash; 0. */
static char escape_letter(uint8_t c)
{
    switch (c) {
    case '"':
    case '\\': return (char)c;
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return 0;
    }
}

/* The character at `from`, which may need an escape; where the next one is. */
static const char *write_character(writer *w, const char *from, const char *end)
{
    char letter = escape_letter((uint8_t)*from);
    if (letter) {
        rt_out_write(w->out, (char[2]){'\\', letter}, 2);
        return from + 1;
    }
    size_t   len = 0;
    uint32_t cp  = text_decode(from, (size_t)(end - from), &len);
    if (cp >= 0x7f && !w->options->ensure_ascii) {
        rt_out_write(w->out, from, len);
    } else if (cp >= 0x10000) {
        write_unit(w->out, 0xd800 + ((cp - 0x10000) >> 10));
        write_unit(w->out, 0xdc00 + ((cp - 0x10000) & 0x3ff));
    } else {
        write_unit(w->out, cp);
    }
    return from + len;
}

#if RT_VECTORS
/* Bits of the bytes that are not written as they are. */
static inline uint32_t escape_mask(const writer *w, __m128i block)
{
    __m128i  control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1f)), block);
    __m128i  quote   = _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')), _mm_cmpeq_epi8(block, _mm_set1_epi8('\\')));
    uint32_t mask    = (uint32_t)_mm_movemask_epi8(_mm_or_si128(control, quote));
    if (w->options->ensure_ascii)
        mask |= (uint32_t)_mm_movemask_epi8(_mm_or_si128(block, _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7f))));
    if (w->options->html_safe)
        mask |= rt_special_mask(block);
    return mask;
}
#endif

#if RT_VECTORS
/* copy_plain of 16 bytes or more where there is room for all: block by block, the last of them from the end. */
static const char *copy_blocks(writer *w, const char *at, const char *end)
{
    const char *const last = end - 16;
    char             *to   = w->out->next;
    for (;; at = at + 16 < last ? at + 16 : last) {
        __m128i  block = _mm_loadu_si128((const __m128i *)at);
        uint32_t mask  = escape_mask(w, block);
        _mm_storeu_si128((__m128i *)to, block);
        if (mask || at == last) {
            size_t len = mask ? (size_t)__builtin_ctz(mask) : 16;
            w->out->next = to + len;
            return at + len;
        }
        to += at + 16 < last ? 16 : last - at;
    }
}
#endif

/* Copy what is written as it is; where it ends. */
static const char *copy_plain(writer *w, const char *at, const char *end)
{
#if RT_VECTORS
    rt_out *out = w->out;
    if (end - at >= 16 && out->end - out->next >= end - at)
        return copy_blocks(w, at, end);
    if (end - at < 16 && out->end - out->next >= 16 && rt_readable_16(at)) {
        __m128i  block = _mm_loadu_si128((const __m128i *)at);
        unsigned len   = (unsigned)__builtin_ctz(escape_mask(w, block) | 1u << (end - at));
        _mm_storeu_si128((__m128i *)out->next, block);
        out->next += len;
        return at + len;
    }
#endif
    const char *from = at;
    while (at < end && is_plain(w, (uint8_t)*at))
        at++;
    rt_out_write(w->out, from, (size_t)(at - from));
    return at;
}

/* A short text without escapes, quotes included: one load, one test, one store. False when it is another. */
static inline bool write_short_text(writer *w, burin_text text)
{
#if RT_VECTORS
    rt_out *out = w->out;
    if (BURIN_LIKELY(text.len - 1 < 16 && out->end - out->next >= 18 && rt_readable_16(text.data))) {
        __m128i block = _mm_loadu_si128((const __m128i *)text.data);
        if (BURIN_LIKELY(!(escape_mask(w, block) & ((1u << text.len) - 1)))) {
            out->next[0] = '"';
            _mm_storeu_si128((__m128i *)(out->next + 1), block);
            out->next[1 + text.len] = '"';
            out->next += 2 + text.len;
            return true;
        }
    }
#else
    (void)w;
    (void)text;
#endif
    return false;
}

static void write_long_text(writer *w, burin_text text)
{
    const char *end = text.data + text.len;
    rt_out_literal(w->out, "\"");
    for (const char *at = text.data; at < end;) {
        at = copy_plain(w, at, end);
        if (at < end)
            at = write_character(w, at, end);
    }
    rt_out_literal(w->out, "\"");
}

static inline void write_text(writer *w, burin_text text)
{
    if (BURIN_UNLIKELY(!write_short_text(w, text)))
        write_long_text(w, text);
}

/* ---- scalars ---- */

static burin_status write_float(writer *w, double f)
{
    if (isnan(f))
        rt_out_literal(w->out, "NaN");
    else if (isinf(f))
        rt_out_write(w->out, f < 0 ? "-Infinity" : "Infinity", f < 0 ? 9 : 8);
    else
        return rt_write_str(w->st, w->out, burin_float(f));
    return BURIN_OK;
}

static burin_status fail_type(writer *w, burin_value v)
{
    return rt_fail(w->st, BURIN_ERR_TYPE, "Object of type %s is not JSON serializable", rt_type_name(w->st, v));
}

static burin_status write_scalar(writer *w, burin_value v)
{
    switch ((burin_kind)v.kind) {
    case BURIN_STRING:
        write_text(w, rt_text_of(v));
        return BURIN_OK;
    case BURIN_INT:
        rt_write_int_fast(w->out, v.as.i);
        return BURIN_OK;
    case BURIN_BIGINT:
        return rt_write_str(w->st, w->out, v);
    case BURIN_FLOAT:
        return write_float(w, v.as.f);
    case BURIN_BOOL:
        rt_out_write(w->out, v.as.i ? "true" : "false", v.as.i ? 4 : 5);
        return BURIN_OK;
    case BURIN_NONE:
        rt_out_literal(w->out, "null");
        return BURIN_OK;
    default:
        return fail_type(w, v);
    }
}

/* A separator or an indent may hold any text; only HTML's characters are replaced in it, as in all else. */
static void write_text_of_separator(writer *w, burin_text text)
{
    size_t clean = 0;
    for (size_t at = 0; w->options->html_safe && at < text.len; at++) {
        char c = text.data[at];
        if (c != '<' && c != '>' && c != '&' && c != '\'')
            continue;
        rt_out_write(w->out, text.data + clean, at - clean);
        write_unit(w->out, (uint8_t)c);
        clean = at + 1;
    }
    rt_out_write_fast(w->out, text.data + clean, text.len - clean);
}

static inline void write_separator(writer *w, burin_text text)
{
    if (BURIN_LIKELY(w->is_separator_plain))
        rt_out_write_fast(w->out, text.data, text.len);
    else
        write_text_of_separator(w, text);
}

static void write_line_start(writer *w)
{
    if (!w->is_indented)
        return;
    rt_out_literal(w->out, "\n");
    for (uint32_t n = 0; n < w->level; n++)
        write_text_of_separator(w, w->indent);
}

/* ---- the order of keys ---- */

enum { SORT_ON_STACK = 64 };

/* Is the key of entry `a` less than that of entry `b`? */
static burin_status is_key_less(writer *w, const rt_key *keys, uint32_t a, uint32_t b, bool *out)
{
    burin_value left = keys[a].value, right = keys[b].value;
    if (left.kind == BURIN_STRING && right.kind == BURIN_STRING) {
        uint32_t n     = left.len < right.len ? left.len : right.len;
        int      order = n ? memcmp(left.as.s, right.as.s, n) : 0;
        *out           = order ? order < 0 : left.len < right.len;
        return BURIN_OK;
    }
    return rt_compare_op(w->st, RT_LT, left, right, out);
}

/* Length of the run at the start of `order`; a falling one is turned round. */
static burin_status first_run(writer *w, const rt_key *keys, uint32_t *order, uint32_t count, uint32_t *length)
{
    bool falling = false, less;
    for (*length = 1; *length < count; ++*length) {
        if (is_key_less(w, keys, order[*length], order[*length - 1], &less))
            return w->st->status;
        if (*length == 1)
            falling = less;
        else if (less != falling)
            break;
    }
    for (uint32_t left = 0, right = *length - 1; falling && left < right; left++, right--) {
        uint32_t swap = order[left];
        order[left]   = order[right];
        order[right]  = swap;
    }
    return BURIN_OK;
}

/* Binary insertion after the first run: CPython's list.sort for short lists, so that keys that do not compare are told in
 * the same words. */
static burin_status sort_short(writer *w, const rt_key *keys, uint32_t *order, uint32_t count)
{
    uint32_t sorted;
    if (count < 2 || first_run(w, keys, order, count, &sorted))
        return w->st->status;
    for (; sorted < count; sorted++) {
        uint32_t pivot = order[sorted], left = 0, right = sorted;
        while (left < right) {
            uint32_t middle = left + (right - left) / 2;
            bool     less;
            if (is_key_less(w, keys, pivot, order[middle], &less))
                return w->st->status;
            if (less)
                right = middle;
            else
                left = middle + 1;
        }
        memmove(order + left + 1, order + left, (sorted - left) * sizeof *order);
        order[left] = pivot;
    }
    return BURIN_OK;
}

/* Sort order[0..count), stable, by merging; `spare` has the same size. */
static burin_status sort_keys(writer *w, const rt_key *keys, uint32_t *order, uint32_t *spare, uint32_t count)
{
    bool     less = false;
    uint32_t half = count / 2;
    if (count < SORT_ON_STACK)
        return sort_short(w, keys, order, count);
    if (sort_keys(w, keys, order, spare, half) || sort_keys(w, keys, order + half, spare, count - half) ||
        is_key_less(w, keys, order[half], order[half - 1], &less))
        return w->st->status;
    if (!less)
        return BURIN_OK;
    memcpy(spare, order, half * sizeof *order);
    for (uint32_t left = 0, right = half, to = 0; left < half; to++) {
        if (right < count && is_key_less(w, keys, order[right], spare[left], &less))
            return w->st->status;
        order[to] = right < count && less ? order[right++] : spare[left++];
    }
    return BURIN_OK;
}

/* ---- containers ---- */

static burin_status write_key(writer *w, burin_value key)
{
    switch ((burin_kind)key.kind) {
    case BURIN_STRING:
        write_text(w, rt_text_of(key));
        return BURIN_OK;
    case BURIN_INT:
    case BURIN_BIGINT:
    case BURIN_FLOAT:
    case BURIN_BOOL:
    case BURIN_NONE:
        rt_out_literal(w->out, "\"");
        if (write_scalar(w, key))
            return w->st->status;
        rt_out_literal(w->out, "\"");
        return BURIN_OK;
    default:
        return rt_fail(w->st, BURIN_ERR_TYPE, "keys must be str, int, float, bool or None, not %s", rt_type_name(w->st, key));
    }
}

/* Separator, short key, separator, after one check of room. False when something about it is longer or has to be escaped. */
static inline bool write_short_key(writer *w, burin_value key, bool is_first)
{
#if RT_VECTORS
    rt_out *out = w->out;
    if (BURIN_LIKELY(w->is_compact && key.kind == BURIN_STRING && key.len - 1 < 16 && out->end - out->next >= 40 && rt_readable_16(key.as.s))) {
        __m128i block = _mm_loadu_si128((const __m128i *)key.as.s);
        if (BURIN_LIKELY(!(escape_mask(w, block) & ((1u << key.len) - 1)))) {
            char *to = out->next;
            memcpy(to, w->item_padded, 8);
            to += is_first ? 0 : w->item_separator.len;
            *to = '"';
            _mm_storeu_si128((__m128i *)(to + 1), block);
            to += 1 + key.len;
            *to = '"';
            memcpy(to + 1, w->key_padded, 8);
            out->next = to + 1 + w->key_separator.len;
            return true;
        }
    }
#else
    (void)w, (void)key, (void)is_first;
#endif
    return false;
}

/* write_value with what is most frequent in line. */
static inline burin_status write_member(writer *w, burin_value v)
{
    if (BURIN_LIKELY(v.kind == BURIN_STRING && write_short_text(w, rt_text_of(v))))
        return BURIN_OK;
    return write_value(w, v);
}

static inline burin_status write_entry(writer *w, const rt_dict *d, uint32_t n, bool is_first)
{
    if (BURIN_LIKELY(write_short_key(w, d->keys->entries[n].value, is_first)))
        return write_member(w, d->values[n]);
    if (!is_first)
        write_separator(w, w->item_separator);
    write_line_start(w);
    if (write_key(w, d->keys->entries[n].value))
        return w->st->status;
    write_separator(w, w->key_separator);
    return write_member(w, d->values[n]);
}

static burin_status write_sorted(writer *w, const rt_dict *d)
{
    uint32_t  on_stack[2 * SORT_ON_STACK], *order = on_stack, count = 0;
    heap_position mark = heap_mark(&w->st->heap);
    if (d->len > SORT_ON_STACK) {
        order = heap_alloc(&w->st->heap, 2 * (size_t)d->len * sizeof *order);
        if (!order)
            return rt_fail_memory(w->st);
    }
    for (uint32_t n = 0; n < d->keys->len; n++)
        if (d->keys->entries[n].live)
            order[count++] = n;
    if (sort_keys(w, d->keys->entries, order, order + count, count))
        return w->st->status;
    for (uint32_t n = 0; n < count; n++)
        if (write_entry(w, d, order[n], n == 0))
            return w->st->status;
    if (order != on_stack && w->out->alloc)
        heap_release(&w->st->heap, mark);
    return rt_out_status(w->out);
}

static burin_status write_dict(writer *w, const rt_dict *d)
{
    bool is_first = true;
    if (w->options->sort_keys)
        return write_sorted(w, d);
    for (uint32_t n = 0; n < d->keys->len; n++) {
        if (!d->keys->entries[n].live)
            continue;
        if (write_entry(w, d, n, is_first))
            return w->st->status;
        is_first = false;
    }
    return rt_out_status(w->out);
}

static burin_status write_items(writer *w, burin_value v)
{
    const rt_list *list = rt_list_of(w->st, v);
    for (uint32_t n = 0; n < list->len; n++) {
        if (n)
            write_separator(w, w->item_separator);
        write_line_start(w);
        if (write_member(w, list->items[n]))
            return w->st->status;
    }
    return rt_out_status(w->out);
}

static inline void write_bracket(rt_out *out, char bracket)
{
    if (BURIN_LIKELY(out->next < out->end))
        *out->next++ = bracket;
    else
        rt_out_write(out, &bracket, 1);
}

/* A cycle comes round again, so it is enough to look for it where few texts get. */
enum { DEEP = 8 };
static bool is_open(const writer *w, const void *container, uint64_t word)
{
    const open_container *open = w->open;
    while (open && (open->container != container || open->word != word))
        open = open->outer;
    return open != NULL;
}

static burin_status write_container(writer *w, burin_value v)
{
    bool     is_dict = v.kind == BURIN_DICT;
    uint32_t len     = is_dict ? rt_dict_of(w->st, v)->len : rt_list_of(w->st, v)->len;
    if (len == 0) {
        rt_out_write(w->out, is_dict ? "{}" : "[]", 2);
        return rt_out_status(w->out);
    }
    if (w->level >= DEEP && is_open(w, v.as.p, 0))
        return rt_fail(w->st, BURIN_ERR_VALUE, "Circular reference detected");
    if (rt_enter(w->st) || rt_charge(w->st, len))
        return w->st->status;
    open_container open = {w->open, v.as.p, 0};
    w->open = &open;
    w->level++;
    write_bracket(w->out, is_dict ? '{' : '[');
    if (is_dict)
        write_dict(w, rt_dict_of(w->st, v));
    else
        write_items(w, v);
    w->level--;
    w->open = open.outer;
    rt_leave(w->st);
    if (w->st->status)
        return w->st->status;
    write_line_start(w);
    write_bracket(w->out, is_dict ? '}' : ']');
    return rt_out_status(w->out);
}

/* As a dict, so that sorting is of its keys. What that takes is dropped unless the output lies above it. */
static burin_status write_struct(writer *w, burin_value v)
{
    open_container open = {w->open, v.as.p, rt_struct_word(v)};
    heap_position  mark = heap_mark(&w->st->heap);
    burin_value    dict;
    if (w->level >= DEEP && is_open(w, v.as.p, open.word))
        return rt_fail(w->st, BURIN_ERR_VALUE, "Circular reference detected");
    if (rt_struct_to_dict(w->st, v, &dict))
        return w->st->status;
    w->open = &open;
    write_container(w, dict);
    w->open = open.outer;
    if (w->out->alloc)
        heap_release(&w->st->heap, mark);
    return w->st->status ? w->st->status : rt_out_status(w->out);
}

static burin_status write_array(writer *w, burin_value v)
{
    heap_position mark = heap_mark(&w->st->heap);
    if (!rt_array_unfold(w->st, &v))
        write_container(w, v);
    if (w->out->alloc)
        heap_release(&w->st->heap, mark);
    return w->st->status ? w->st->status : rt_out_status(w->out);
}

static burin_status write_value(writer *w, burin_value v)
{
    if (v.kind == BURIN_STRUCT)
        return write_struct(w, v);
    if (v.kind == BURIN_ARRAY)
        return write_array(w, v);
    if (v.kind == BURIN_LIST || v.kind == BURIN_TUPLE || v.kind == BURIN_DICT)
        return write_container(w, v);
    return write_scalar(w, v);
}

/* ---- entry ---- */

/* The text of one level of indentation: `indent` spaces, or the string itself. */
static burin_status set_indent(writer *w, burin_value indent)
{
    burin_value spaces = indent;
    if (indent.kind == BURIN_NONE || indent.kind == BURIN_MISSING)
        return BURIN_OK;
    w->is_indented = true;
    if (indent.kind != BURIN_STRING && rt_binary_op(w->st, RT_MUL, RT_STRING(" "), indent, &spaces))
        return w->st->status;
    w->indent = rt_text_of(spaces);
    return BURIN_OK;
}

burin_status rt_write_json(rt_state *st, rt_out *out, burin_value v, const rt_json_options *options)
{
    writer w = {.st = st, .out = out, .options = options, .item_separator = options->item_separator, .key_separator = options->key_separator};
    if (set_indent(&w, options->indent))
        return st->status;
    if (!w.item_separator.data)
        w.item_separator = w.is_indented ? BURIN_TEXT(",") : BURIN_TEXT(", ");
    if (!w.key_separator.data)
        w.key_separator = BURIN_TEXT(": ");
    w.is_separator_plain = !options->html_safe || (rt_is_clean(w.item_separator.data, w.item_separator.len) &&
                                                   rt_is_clean(w.key_separator.data, w.key_separator.len));
    w.is_compact         = !w.is_indented && w.is_separator_plain && w.item_separator.len <= 8 && w.key_separator.len <= 8;
    if (w.is_compact) {
        memcpy(w.item_padded, w.item_separator.data, w.item_separator.len);
        memcpy(w.key_padded, w.key_separator.data, w.key_separator.len);
    }
    if (write_value(&w, v))
        return st->status;
    return rt_out_status(out);
}
