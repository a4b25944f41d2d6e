/* Strings under construction: see the header. */
#include "runtime/builder.h"

static const size_t builder_least = 32;

void builder_init(builder *b, rt_state *st, size_t size_hint)
{
    *b = (builder){.st = st, .ascii = true};
    if (size_hint)
        builder_grow(b, size_hint);
}

bool builder_grow(builder *b, size_t extra)
{
    if (b->failed)
        return false;
    if (b->cap - b->len >= extra)
        return true;
    size_t cap = b->cap ? b->cap * 2 : builder_least;
    if (extra > UINT32_MAX - b->len || b->len + extra > UINT32_MAX) {
        b->failed = true;
        rt_fail(b->st, BURIN_ERR_NOMEM, "a string of more than 4 GiB");
        return false;
    }
    if (cap < b->len + extra)
        cap = b->len + extra;
    char *data = b->data ? heap_resize(&b->st->heap, b->data, b->cap, cap) : heap_alloc(&b->st->heap, cap);
    if (!data && cap > b->len + extra) { /* doubling did not fit under the limit; what is needed may */
        cap  = b->len + extra;
        data = b->data ? heap_resize(&b->st->heap, b->data, b->cap, cap) : heap_alloc(&b->st->heap, cap);
    }
    if (!data) {
        b->failed = true;
        rt_fail_memory(b->st);
        return false;
    }
    b->data = data;
    b->cap  = cap;
    return true;
}

void builder_code_point(builder *b, uint32_t cp)
{
    if (!builder_room(b, 4))
        return;
    if (cp < 0x80) {
        b->data[b->len++] = (char)cp;
        return;
    }
    b->ascii = false;
    b->len += text_encode(cp, b->data + b->len);
}

void builder_fill(builder *b, uint32_t cp, size_t count)
{
    char   unit[4];
    size_t width = text_encode(cp, unit);

    if (count > UINT32_MAX) /* before the product could overflow */
        count = UINT32_MAX;
    if (count == 0 || !builder_room(b, count * width))
        return;
    if (width == 1) {
        memset(b->data + b->len, unit[0], count);
    } else {
        b->ascii = false;
        for (size_t n = 0; n < count; n++)
            memcpy(b->data + b->len + n * width, unit, width);
    }
    b->len += count * width;
}

burin_status builder_take(builder *b, uint8_t flags, burin_value *out)
{
    if (b->failed)
        return b->st->status;
    burin_status status = rt_charge(b->st, b->len / 64);
    if (status)
        return status;
    if (b->len == 0) {
        *out = RT_STRING("");
        out->flags |= flags;
        return BURIN_OK;
    }
    if (b->cap - b->len >= 8) { /* less than that is the heap's rounding */
        char *fitted = heap_resize(&b->st->heap, b->data, b->cap, b->len);
        if (fitted)
            b->data = fitted;
    }
    *out       = burin_string_borrow(b->data, b->len);
    out->flags = (uint8_t)(flags | (b->ascii ? BURIN_ASCII : 0));
    return BURIN_OK;
}
