/* The output buffer of a render: growing, limiting, and cutting strings out of it.
 *
 * The buffer belongs to an allocator (the text of a render) or grows at the end of the render heap (a string being
 * built). `end` is where writing must stop: the limit moves it before the end of the memory, so that the hot paths make one
 * comparison and the limit is exact.
 * Always true: data <= next <= end <= data + cap. After a failure next == end, so nothing is written any more. */
#include "runtime/base/text.h"
#include "runtime/convert.h"
#include "runtime/env.h"

enum { SIZE_MIN = 256 };

static bool out_fail(rt_out *out)
{
    out->failed = true;
    out->end    = out->next;
    return false;
}

/* Bytes that may still stand in the buffer, of those used already too. */
static size_t allowed(const rt_out *out)
{
    if (out->limit == 0)
        return SIZE_MAX / 2;
    return out->limit > out->flushed ? out->limit - out->flushed : 0;
}

static void set_end(rt_out *out)
{
    size_t most = allowed(out);
    out->end    = out->data + (out->cap < most ? out->cap : most);
}

bool rt_out_grow(rt_out *out, size_t size)
{
    if (out->failed)
        return false;
    if (out->flush && out->next > out->data) {
        burin_status status = out->flush(out);
        if (status) {
            rt_fail(out->st, status, "%s", "the output could not be written");
            return out_fail(out);
        }
        set_end(out);
        if ((size_t)(out->end - out->next) >= size)
            return true;
    }
    size_t used = (size_t)(out->next - out->data), most = allowed(out);
    if (size > most - used) {
        rt_fail(out->st, BURIN_ERR_LIMIT, "the output limit of %zu bytes was reached", out->limit);
        return out_fail(out);
    }
    size_t cap = out->cap * 2 > used + size ? out->cap * 2 : used + size;
    if (cap < SIZE_MIN)
        cap = SIZE_MIN;
    char *data = out->alloc ? out->alloc->resize(out->alloc->user, out->data, out->cap, cap)
                 : out->data ? heap_resize(&out->st->heap, out->data, out->cap, cap)
                             : heap_alloc(&out->st->heap, cap);
    if (!data) {
        rt_fail_memory(out->st);
        return out_fail(out);
    }
    out->data = data;
    out->next = data + used;
    out->cap  = cap;
    set_end(out);
    return true;
}

void rt_out_init(rt_out *out, rt_state *st, size_t size_hint)
{
    *out = (rt_out){.alloc = st->env->alloc, .st = st};
    if (size_hint)
        rt_out_grow(out, size_hint);
}

void rt_out_deinit(rt_out *out)
{
    if (out->alloc)
        base_free(out->alloc, out->data, out->cap);
    *out = (rt_out){.alloc = out->alloc, .st = out->st};
}

void rt_out_init_heap(rt_out *out, rt_state *st, size_t size_hint)
{
    *out = (rt_out){.st = st};
    if (size_hint)
        rt_out_grow(out, size_hint);
}

void rt_out_cut(rt_out *out, size_t len)
{
    out->next = out->data + len;
    if (out->failed)
        out->end = out->next;
}

burin_status rt_out_take(rt_out *out, size_t from, burin_value *value)
{
    if (out->failed)
        return out->st->status;
    size_t len = (size_t)(out->next - out->data) - from;
    if (len == 0) {
        *value = RT_STRING("");
        return BURIN_OK;
    }
    if (out->alloc || from || len > UINT32_MAX) {
        char *data;
        if (rt_string_new(out->st, len, &data, value))
            return out->st->status;
        memcpy(data, out->data + from, len);
        out->next = out->data + from;
    } else {
        *value = rt_string(out->data, len);
        heap_resize(&out->st->heap, out->data, out->cap, len);
        *out = (rt_out){.st = out->st};
    }
    if (text_is_ascii(value->as.s, value->len))
        value->flags |= BURIN_ASCII;
    return BURIN_OK;
}
