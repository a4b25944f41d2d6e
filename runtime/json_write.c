/* json.dumps of CPython.
 *
 * One pass into the output buffer. What is frequent (put_...) has the place where it writes as a parameter and gives where that ended, so that
 * it stays in a register; what is not (write_...) goes through the output's own functions, put_slowly brings the two together. Strings are
 * copied in blocks of 16 bytes until a byte needs an escape. The keys of a
 * dict are sorted as an array of entry numbers, on the stack for small dicts; keys in order already cost one comparison each.
 * Like CPython, floats and ints print as repr does, keys that are numbers, booleans or None become strings, and NaN is
 * written as NaN. Cycles are found through the chain of open containers; depth is bounded by rt_enter. */
#include "runtime/base/text.h"
#include "runtime/bigint.h"
#include "runtime/env.h"
#include "runtime/struct.h"
#include "runtime/write.h"

#include <math.h>

typedef struct open_container {
    const struct open_container *outer;
    const void                  *container;
    uint64_t                     word; /* of a struct: one may lie at the start of another */
} open_container;

enum { SEPARATOR_MAX = 8 };

typedef struct writer {
    rt_state   *st;
    rt_out     *out;
    const char *end;         /* of the room in it */
    const rt_json_options *options;
    bool       escapes_more; /* than what JSON itself forbids */
    burin_text item_separator, key_separator;
    burin_text indent;       /* what one level adds */
    bool       is_indented;
    uint32_t   level, depth_max;
    bool       is_separator_plain; /* no character of HTML in the separators */
    bool       is_compact;         /* nor more than SEPARATOR_MAX bytes, and no indent: they are written from the padded copies */
    char       item_padded[SEPARATOR_MAX], key_padded[SEPARATOR_MAX];
    const open_container *open;
} writer;

/* Write the value at `to`; where it ends. NULL: it failed, as the state says. A full output is no failure here, nothing is added to it. */
static char *put_value(writer *w, char *to, const burin_value *v);

static inline bool has_room(const writer *w, const char *to, size_t bytes) { return BURIN_LIKELY((size_t)(w->end - to) >= bytes); }

/* What the output's own functions wrote: where it ends. */
static inline char *put_slowly(writer *w, burin_status status)
{
    w->end = w->out->end;
    return BURIN_LIKELY(!status) ? w->out->next : NULL;
}

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
    if (!w->escapes_more)
        return mask;
    if (w->options->ensure_ascii)
        mask |= (uint32_t)_mm_movemask_epi8(_mm_or_si128(block, _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7f))));
    if (w->options->html_safe)
        mask |= rt_special_mask(block);
    return mask;
}

/* Is it a text of 1 to 16 bytes that is written as it is? Those are in *block then. */
static inline bool is_short_and_plain(const writer *w, const burin_value *text, __m128i *block)
{
    if (BURIN_UNLIKELY(text->len - 1 >= 16 || !rt_readable_16(text->as.s)))
        return false;
    *block = _mm_loadu_si128((const __m128i *)text->as.s);
    return BURIN_LIKELY(!(escape_mask(w, *block) << (32 - text->len)));
}

/* It, quotes included, where there is room for SHORT_ROOM bytes. */
enum { SHORT_ROOM = 1 + 16 + 1 };
static inline char *put_block(char *to, __m128i block, uint32_t len)
{
    *to = '"';
    _mm_storeu_si128((__m128i *)(to + 1), block);
    to[1 + len] = '"';
    return to + 2 + len;
}

/* Copy 16 bytes or more, for all of which there is room, as far as they are written as they are: block by block, the last of them from the end.
 * Where the copy ends; *at is what has not been copied. */
static inline char *put_blocks(const writer *w, char *to, const char **at, const char *end)
{
    const char *from = *at, *const last = end - 16;
    for (;; from = from + 16 < last ? from + 16 : last) {
        __m128i  block = _mm_loadu_si128((const __m128i *)from);
        uint32_t mask  = escape_mask(w, block);
        _mm_storeu_si128((__m128i *)to, block);
        if (BURIN_UNLIKELY(mask || from == last)) {
            size_t len = mask ? (size_t)__builtin_ctz(mask) : 16;
            *at        = from + len;
            return to + len;
        }
        to += from + 16 < last ? 16 : last - from;
    }
}
#endif

/* Copy what is written as it is; where it ends. */
static const char *copy_plain(writer *w, const char *at, const char *end)
{
#if RT_VECTORS
    rt_out *out = w->out;
    if (end - at >= 16 && out->end - out->next >= end - at) {
        out->next = put_blocks(w, out->next, &at, end);
        return at;
    }
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

/* A text from `at` on, and the quote behind it. */
static void write_rest(writer *w, const char *at, const char *end)
{
    while (at < end) {
        at = copy_plain(w, at, end);
        if (at < end)
            at = write_character(w, at, end);
    }
    rt_out_literal(w->out, "\"");
}

static void write_text(writer *w, burin_text text)
{
    rt_out_literal(w->out, "\"");
    write_rest(w, text.data, text.data + text.len);
}

static __attribute__((noinline)) char *put_other_text(writer *w, char *to, const burin_value *text)
{
    const char *at = text->as.s, *const end = at + text->len;
#if RT_VECTORS
    if (text->len >= 16 && has_room(w, to, (size_t)text->len + 2)) {
        *to = '"';
        to  = put_blocks(w, to + 1, &at, end);
        if (BURIN_LIKELY(at == end)) {
            *to = '"';
            return to + 1;
        }
        w->out->next = to;
        write_rest(w, at, end);
        return put_slowly(w, BURIN_OK);
    }
#endif
    w->out->next = to;
    write_text(w, rt_text_of(*text));
    return put_slowly(w, BURIN_OK);
}

static inline char *put_text(writer *w, char *to, const burin_value *text)
{
#if RT_VECTORS
    __m128i block;
    if (has_room(w, to, SHORT_ROOM) && is_short_and_plain(w, text, &block))
        return put_block(to, block, text->len);
#endif
    return put_other_text(w, to, text);
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

/* What stands before an entry's value. */
static burin_status write_before(writer *w, burin_value key, bool is_first)
{
    if (!is_first)
        write_separator(w, w->item_separator);
    write_line_start(w);
    if (write_key(w, key))
        return w->st->status;
    write_separator(w, w->key_separator);
    return BURIN_OK;
}

static inline char *put_entry(writer *w, char *to, const rt_key *key, const burin_value *value, bool is_first)
{
#if RT_VECTORS
    enum { ENTRY_ROOM = SEPARATOR_MAX + SHORT_ROOM + SEPARATOR_MAX + SHORT_ROOM };
    _Static_assert(RT_PLAIN_KEY_MAX == 16, "a block");
    __m128i block;
    if (BURIN_LIKELY(w->is_compact && key->plain && has_room(w, to, ENTRY_ROOM) && rt_readable_16(key->value.as.s))) {
        memcpy(to, w->item_padded, SEPARATOR_MAX);
        to = is_first ? to : to + w->item_separator.len;
        to = put_block(to, _mm_loadu_si128((const __m128i *)key->value.as.s), key->value.len);
        memcpy(to, w->key_padded, SEPARATOR_MAX);
        to += w->key_separator.len;
        if (BURIN_LIKELY(value->kind == BURIN_STRING && is_short_and_plain(w, value, &block)))
            return put_block(to, block, value->len);
        return put_value(w, to, value);
    }
#endif
    w->out->next = to;
    to           = put_slowly(w, write_before(w, key->value, is_first));
    return to ? put_value(w, to, value) : NULL;
}

static char *put_sorted(writer *w, char *to, const rt_dict *d)
{
    uint32_t  on_stack[2 * SORT_ON_STACK], *order = on_stack, count = 0;
    heap_position mark = heap_mark(&w->st->heap);
    if (d->len > SORT_ON_STACK) {
        order = heap_alloc(&w->st->heap, 2 * (size_t)d->len * sizeof *order);
        if (!order) {
            rt_fail_memory(w->st);
            return NULL;
        }
    }
    for (uint32_t n = 0; n < d->keys->len; n++)
        if (d->keys->entries[n].live)
            order[count++] = n;
    if (sort_keys(w, d->keys->entries, order, order + count, count))
        return NULL;
    for (uint32_t n = 0; n < count && to; n++)
        to = put_entry(w, to, &d->keys->entries[order[n]], &d->values[order[n]], n == 0);
    if (order != on_stack && w->out->alloc)
        heap_release(&w->st->heap, mark);
    return to;
}

static char *put_entries(writer *w, char *to, const rt_dict *d)
{
    const rt_key *keys     = d->keys->entries;
    bool          is_first = true;
    for (uint32_t n = 0, count = d->keys->len; n < count && to; n++) {
        if (BURIN_UNLIKELY(!keys[n].live))
            continue;
        to       = put_entry(w, to, &keys[n], &d->values[n], is_first);
        is_first = false;
    }
    return to;
}

/* What stands before a list's item. */
static inline char *put_before(writer *w, char *to, bool is_first)
{
    if (BURIN_LIKELY(w->is_compact && has_room(w, to, SEPARATOR_MAX))) {
        memcpy(to, w->item_padded, SEPARATOR_MAX);
        return is_first ? to : to + w->item_separator.len;
    }
    w->out->next = to;
    if (!is_first)
        write_separator(w, w->item_separator);
    write_line_start(w);
    return put_slowly(w, BURIN_OK);
}

static char *put_items(writer *w, char *to, const rt_list *list)
{
    for (uint32_t n = 0; n < list->len && to; n++) {
        to = put_before(w, to, n == 0);
        to = list->items[n].kind == BURIN_STRING ? put_text(w, to, &list->items[n]) : put_value(w, to, &list->items[n]);
    }
    return to;
}

static inline char *put_bracket(writer *w, char *to, char bracket)
{
    if (has_room(w, to, 1)) {
        *to = bracket;
        return to + 1;
    }
    w->out->next = to;
    rt_out_write(w->out, &bracket, 1);
    return put_slowly(w, BURIN_OK);
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

/* Go into a container with `len` items. */
static inline burin_status open_one(writer *w, open_container *open, uint32_t len)
{
    if (BURIN_UNLIKELY(w->level >= DEEP) && is_open(w, open->container, 0))
        return rt_fail(w->st, BURIN_ERR_VALUE, "Circular reference detected");
    if (BURIN_UNLIKELY(w->st->depth >= w->depth_max))
        return rt_enter(w->st);
    if (rt_charge(w->st, len))
        return w->st->status;
    w->st->depth++;
    w->open = open;
    w->level++;
    return BURIN_OK;
}

/* And out again, behind its last item at `to`. */
static inline char *close_one(writer *w, const open_container *open, char *to, char bracket)
{
    w->level--;
    w->open = open->outer;
    rt_leave(w->st);
    if (BURIN_UNLIKELY(w->is_indented && to)) {
        w->out->next = to;
        write_line_start(w);
        to = put_slowly(w, BURIN_OK);
    }
    return BURIN_LIKELY(to && !w->out->failed) ? put_bracket(w, to, bracket) : NULL;
}

static char *put_dict(writer *w, char *to, const burin_value *v)
{
    const rt_dict *d    = rt_dict_of(w->st, *v);
    open_container open = {w->open, v->as.p, 0};
    to                  = put_bracket(w, to, '{');
    if (d->len == 0)
        return put_bracket(w, to, '}');
    if (open_one(w, &open, d->len))
        return NULL;
    to = w->options->sort_keys ? put_sorted(w, to, d) : put_entries(w, to, d);
    return close_one(w, &open, to, '}');
}

static char *put_list(writer *w, char *to, const burin_value *v)
{
    const rt_list *list = rt_list_of(w->st, *v);
    open_container open = {w->open, v->as.p, 0};
    to                  = put_bracket(w, to, '[');
    if (list->len == 0)
        return put_bracket(w, to, ']');
    if (open_one(w, &open, list->len))
        return NULL;
    return close_one(w, &open, put_items(w, to, list), ']');
}

/* As a dict, so that sorting is of its keys. What that takes is dropped unless the output lies above it. */
static char *put_struct(writer *w, char *to, const burin_value *v)
{
    open_container open = {w->open, v->as.p, rt_struct_word(*v)};
    heap_position  mark = heap_mark(&w->st->heap);
    burin_value    dict;
    if (w->level >= DEEP && is_open(w, v->as.p, open.word)) {
        rt_fail(w->st, BURIN_ERR_VALUE, "Circular reference detected");
        return NULL;
    }
    if (rt_struct_to_dict(w->st, *v, &dict))
        return NULL;
    w->open = &open;
    to      = put_dict(w, to, &dict);
    w->open = open.outer;
    if (w->out->alloc)
        heap_release(&w->st->heap, mark);
    return to;
}

static char *put_array(writer *w, char *to, burin_value v)
{
    heap_position mark = heap_mark(&w->st->heap);
    to = rt_array_unfold(w->st, &v) ? NULL : put_value(w, to, &v);
    if (w->out->alloc)
        heap_release(&w->st->heap, mark);
    return to;
}

static char *put_value(writer *w, char *to, const burin_value *v)
{
    switch ((burin_kind)v->kind) {
    case BURIN_STRING: return put_text(w, to, v);
    case BURIN_DICT: return put_dict(w, to, v);
    case BURIN_LIST: case BURIN_TUPLE: return put_list(w, to, v);
    case BURIN_STRUCT: return put_struct(w, to, v);
    case BURIN_ARRAY: return put_array(w, to, *v);
    default:
        w->out->next = to;
        return put_slowly(w, write_scalar(w, *v));
    }
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
    w.is_compact         = !w.is_indented && w.is_separator_plain && w.item_separator.len <= SEPARATOR_MAX && w.key_separator.len <= SEPARATOR_MAX;
    if (w.is_compact) {
        memcpy(w.item_padded, w.item_separator.data, w.item_separator.len);
        memcpy(w.key_padded, w.key_separator.data, w.key_separator.len);
    }
    w.depth_max    = st->depth_max ? st->depth_max : st->env->depth_max;
    w.escapes_more = options->ensure_ascii || options->html_safe;
    w.end          = out->end;
    char *end      = put_value(&w, out->next, &v);
    if (!end)
        return st->status;
    out->next = end;
    return rt_out_status(out);
}
