/* Sequences under operators: + joins, * repeats, `~` joins the str() of anything.
 *
 * Markup stays Markup and escapes the plain strings it meets (markupsafe.Markup.__add__, __radd__, __mul__). Work that grows
 * with the data is charged to the render's steps. */
#include "runtime/operate_sequence.h"
#include "runtime/attribute.h"
#include "runtime/base/text.h"
#include "runtime/complex.h"
#include "runtime/host.h"
#include "runtime/struct.h"
#include "runtime/write.h"

/* ---- + ---- */

burin_status rt_join_texts(rt_state *st, burin_value a, burin_value b, burin_value *out)
{
    size_t len = (size_t)a.len + b.len;
    if (rt_charge(st, len / 64))
        return st->status;
    if (len <= UINT32_MAX && a.len && heap_extend(&st->heap, a.as.s + a.len, b.len)) {
        text_copy((char *)(uintptr_t)a.as.s + a.len, b.as.s, b.len); /* behind what `a` shows of it */
        *out = rt_string(a.as.s, len);
    } else {
        char *data;
        if (rt_string_new(st, len, &data, out))
            return st->status;
        text_copy(data, a.as.s, a.len);
        text_copy(data + a.len, b.as.s, b.len);
        heap_open(&st->heap, data + len);
    }
    out->flags = (uint8_t)((a.flags & b.flags & BURIN_ASCII) | ((a.flags | b.flags) & BURIN_SAFE));
    out->kind  = a.kind;
    return BURIN_OK;
}

/* Has it __html__? Then Markup + it is allowed. */
static bool has_html(burin_value v)
{
    switch (v.kind) {
    case BURIN_STRING:
        return true; /* str has not, but is accepted as well */
    case BURIN_UNDEFINED:
        return ((const rt_undefined *)v.as.p)->cls == RT_CHAINABLE;
    case BURIN_OBJECT:
        return rt_object_of(v)->cls->html != NULL;
    default:
        return false;
    }
}

/* One operand is Markup, the other a string or has __html__. */
static burin_status add_markup(rt_state *st, burin_value a, burin_value b, burin_value *out)
{
    if (rt_escape(st, a, &a) || rt_escape(st, b, &b))
        return st->status;
    return rt_join_texts(st, a, b, out);
}

static burin_status add_lists(rt_state *st, burin_value a, burin_value b, burin_value *out)
{
    const rt_list *left = rt_list_of(st, a), *right = rt_list_of(st, b);
    uint64_t       len  = (uint64_t)left->len + right->len;
    rt_list       *joined;
    if (len > UINT32_MAX)
        return rt_fail(st, BURIN_ERR_NOMEM, "a list may have at most %u items", UINT32_MAX);
    if (rt_charge(st, len) || rt_list_new(st, a.kind, (uint32_t)len, &joined))
        return st->status;
    if (left->len)
        memcpy(joined->items, left->items, left->len * sizeof(burin_value));
    if (right->len)
        memcpy(joined->items + left->len, right->items, right->len * sizeof(burin_value));
    joined->len = (uint32_t)len;
    *out        = rt_pointer(a.kind, joined);
    return BURIN_OK;
}

static inline bool is_bytes(burin_value v) { return v.kind == BURIN_BYTES || v.kind == BURIN_BYTEARRAY; }
static inline burin_value bytes_of(burin_value v) { return v.kind == BURIN_BYTEARRAY ? rt_bytearray_view(v) : v; }

/* Bytes and bytearrays: the result is of the left one's type. */
static burin_status add_bytes(rt_state *st, burin_value a, burin_value b, burin_value *out)
{
    if (!is_bytes(b))
        return rt_fail(st, BURIN_ERR_TYPE, "can't concat %s to %s", rt_type_name(st, b), rt_type_name(st, a));
    burin_status status = rt_join_texts(st, bytes_of(a), bytes_of(b), out);
    if (!status && a.kind == BURIN_BYTEARRAY)
        status = rt_bytearray_new(st, out->as.s, out->len, out);
    return status;
}

burin_status rt_sequence_add(rt_state *st, burin_value a, burin_value b, burin_value *out)
{
    if (BURIN_UNLIKELY(a.kind == BURIN_COMPLEX || b.kind == BURIN_COMPLEX) && (a.kind == BURIN_COMPLEX || rt_is_number(a)))
        return rt_complex_binary(st, RT_ADD, a, b, out);
    if (rt_is_safe(a))
        return has_html(b) ? add_markup(st, a, b, out) : rt_unsupported(st, RT_ADD, a, b);
    if (rt_is_safe(b) && a.kind != BURIN_UNDEFINED && has_html(a))
        return add_markup(st, a, b, out);
    if (b.kind == BURIN_UNDEFINED && a.kind != BURIN_UNDEFINED)
        return rt_undefined_fail(st, b);
    switch (a.kind) {
    case BURIN_STRING:
        if (b.kind == BURIN_STRING)
            return rt_join_texts(st, a, b, out);
        return rt_fail(st, BURIN_ERR_TYPE, "can only concatenate str (not \"%s\") to str", rt_type_name(st, b));
    case BURIN_BYTES:
    case BURIN_BYTEARRAY:
        return add_bytes(st, a, b, out);
    case BURIN_ARRAY:
    case BURIN_LIST:
    case BURIN_TUPLE:
        if (rt_array_unfold(st, &a) || rt_array_unfold(st, &b))
            return st->status;
        if (b.kind == a.kind)
            return add_lists(st, a, b, out);
        return rt_fail(st, BURIN_ERR_TYPE, "can only concatenate %s (not \"%s\") to %s", rt_type_name(st, a), rt_type_name(st, b), rt_type_name(st, a));
    default:
        return rt_unsupported(st, RT_ADD, a, b);
    }
}

/* ---- * ---- */

static bool is_sequence(burin_value v)
{
    return v.kind == BURIN_STRING || is_bytes(v) || v.kind == BURIN_LIST || v.kind == BURIN_TUPLE || v.kind == BURIN_ARRAY;
}

/* `total` bytes at `data` by doubling what is there: the first `len` are. */
static void fill_by_doubling(char *data, size_t len, size_t total)
{
    for (size_t done = len; done < total;) {
        size_t more = done < total - done ? done : total - done;
        memcpy(data + done, data, more);
        done += more;
    }
}

static burin_status repeat_text(rt_state *st, burin_value text, uint64_t times, burin_value *out)
{
    uint64_t total;
    char    *data;
    if (__builtin_mul_overflow((uint64_t)text.len, times, &total) || total > UINT32_MAX)
        return rt_fail(st, BURIN_ERR_NOMEM, "a string may have at most %u bytes", UINT32_MAX);
    if (rt_charge(st, total / 64) || rt_string_new(st, (size_t)total, &data, out))
        return st->status;
    if (total) {
        memcpy(data, text.as.s, text.len);
        fill_by_doubling(data, text.len, (size_t)total);
    }
    out->flags = text.flags;
    out->kind  = text.kind;
    return BURIN_OK;
}

static burin_status repeat_list(rt_state *st, burin_value v, uint64_t times, burin_value *out)
{
    const rt_list *list = rt_list_of(st, v);
    rt_list       *result;
    uint64_t       total;
    if (__builtin_mul_overflow((uint64_t)list->len, times, &total) || total > UINT32_MAX)
        return rt_fail(st, BURIN_ERR_NOMEM, "a list may have at most %u items", UINT32_MAX);
    if (rt_charge(st, total) || rt_list_new(st, v.kind, (uint32_t)total, &result))
        return st->status;
    if (total) {
        memcpy(result->items, list->items, list->len * sizeof(burin_value));
        fill_by_doubling((char *)result->items, list->len * sizeof(burin_value), (size_t)total * sizeof(burin_value));
    }
    result->len = (uint32_t)total;
    *out        = rt_pointer(v.kind, result);
    return BURIN_OK;
}

burin_status rt_sequence_repeat(rt_state *st, burin_value a, burin_value b, burin_value *out)
{
    if (a.kind == BURIN_UNDEFINED || b.kind == BURIN_UNDEFINED)
        return rt_unsupported(st, RT_MUL, a, b);
    if ((a.kind == BURIN_COMPLEX || b.kind == BURIN_COMPLEX) && !is_sequence(a) && !is_sequence(b))
        return rt_complex_binary(st, RT_MUL, a, b, out);
    /* Markup has no sq_repeat of its own: with a wrong operand the other side decides the message. */
    bool left = is_sequence(a) && !rt_is_safe(a), right = is_sequence(b) && !rt_is_safe(b);
    burin_value sequence = a, times = b;
    if (is_sequence(b) && (rt_is_int(a) || (!left && right)))
        sequence = b, times = a;
    if (!is_sequence(sequence) || (rt_is_safe(sequence) && !rt_is_int(times)))
        return rt_unsupported(st, RT_MUL, a, b);
    if (!rt_is_int(times))
        return rt_fail(st, BURIN_ERR_TYPE, "can't multiply sequence by non-int of type '%s'", rt_type_name(st, times));
    if (times.kind == BURIN_BIGINT)
        return rt_fail(st, BURIN_ERR_OVERFLOW, "cannot fit 'int' into an index-sized integer");
    uint64_t count = times.as.i > 0 ? (uint64_t)times.as.i : 0;
    if (sequence.kind == BURIN_STRING || sequence.kind == BURIN_BYTES)
        return repeat_text(st, sequence, count, out);
    if (sequence.kind == BURIN_BYTEARRAY) {
        burin_status status = repeat_text(st, rt_bytearray_view(sequence), count, out);
        return status ? status : rt_bytearray_new(st, out->as.s, out->len, out);
    }
    return rt_array_unfold(st, &sequence) ? st->status : repeat_list(st, sequence, count, out);
}

/* ---- ~ ---- */

/* All parts are strings: one allocation. */
static burin_status concat_texts(rt_state *st, const burin_value *parts, size_t count, uint64_t total, uint8_t flags, burin_value *out)
{
    char *data;
    if (total > UINT32_MAX)
        return rt_fail(st, BURIN_ERR_NOMEM, "a string may have at most %u bytes", UINT32_MAX);
    if (rt_charge(st, total / 64) || rt_string_new(st, (size_t)total, &data, out))
        return st->status;
    for (size_t n = 0; n < count; n++) {
        if (parts[n].len)
            memcpy(data, parts[n].as.s, parts[n].len);
        data += parts[n].len;
    }
    out->flags = flags;
    return BURIN_OK;
}

burin_status rt_concat(rt_state *st, const burin_value *parts, size_t count, bool fold, burin_value *out)
{
    bool     markup = false, texts = true, escape = false;
    uint64_t total = 0;
    uint8_t  ascii = BURIN_ASCII;
    for (size_t n = 0; n < count; n++) {
        texts &= parts[n].kind == BURIN_STRING;
        total += parts[n].len;
        ascii &= parts[n].flags;
        markup |= rt_is_safe(parts[n]) && !fold && st->autoescape;
    }
    for (size_t n = 0; markup && n < count; n++)
        escape |= !rt_is_safe(parts[n]);
    if (texts && !escape)
        return concat_texts(st, parts, count, total, (uint8_t)(ascii | (markup ? BURIN_SAFE : 0)), out);

    rt_out text;
    rt_out_init_heap(&text, st, (size_t)total + 32 * count);
    for (size_t n = 0; n < count; n++) {
        burin_value part;
        if (!markup || rt_is_safe(parts[n])) {
            rt_write_str_fast(st, &text, parts[n]);
        } else if (!rt_str(st, parts[n], &part)) { /* str() first: __html__ of other objects does not count here */
            rt_write_escaped_fast(st, &text, part);
        }
        if (st->status)
            return st->status;
    }
    if (rt_out_take(&text, 0, out))
        return st->status;
    if (markup)
        out->flags |= BURIN_SAFE;
    return BURIN_OK;
}
