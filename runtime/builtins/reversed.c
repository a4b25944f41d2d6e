/* Walking from the last item to the first: lists are seen live (a list that has become shorter ends the walk), dicts must
 * not change size, strings go by code points. */
#include "runtime/builtins/reversed.h"

#include "runtime/builtins/big_range.h"
#include "runtime/builtins/support.h"
#include "runtime/collect.h"
#include "runtime/view.h"

bool reversed_possible(burin_value v)
{
    switch (v.kind) {
    case BURIN_UNDEFINED:
    case BURIN_STRING:
    case BURIN_BYTES:
    case BURIN_BYTEARRAY:
    case BURIN_LIST:
    case BURIN_TUPLE:
    case BURIN_DICT:
    case BURIN_ARRAY:
    case BURIN_RANGE: return true;
    case BURIN_OBJECT: return rt_view_of(v) != RT_VIEW_NONE || (rt_object_of(v)->cls->length && rt_object_of(v)->cls->get_item && !rt_object_of(v)->cls->is_mapping);
    default: return false;
    }
}

/* The dict that is walked, of itself or under a view; NULL for all else. */
static const rt_dict *dict_of(rt_state *st, burin_value v)
{
    if (v.kind == BURIN_DICT)
        return rt_dict_of(st, v);
    return rt_view_of(v) == RT_VIEW_NONE ? NULL : rt_dict_of(st, rt_view_dict(v));
}

burin_status reversed_init(rt_state *st, burin_value v, reversed *walk)
{
    size_t         length = 0;
    burin_status   status = BURIN_OK;
    const rt_dict *dict   = dict_of(st, v);

    *walk = (reversed){.over = v};
    if (!reversed_possible(v))
        return rt_fail(st, BURIN_ERR_TYPE, "'%s' object is not reversible", rt_type_name(st, v));
    if (big_range_is(v)) {
        walk->is_forward = true;
        status           = big_range_reversed(st, v, &v);
        return status ? status : rt_iter_init(st, v, &walk->it);
    }
    if (dict) {
        walk->left    = dict->keys->len;
        walk->length = dict->len;
    } else if (v.kind == BURIN_STRING) {
        walk->left = v.len;
    } else {
        status     = rt_length(st, v, &length);
        walk->left = length;
    }
    return status;
}

static burin_status next_of_dict(rt_state *st, const rt_dict *dict, reversed *walk, burin_value *out)
{
    if (dict->len != walk->length)
        return rt_fail(st, BURIN_ERR_GENERATOR, "dictionary changed size during iteration");
    while (walk->left > 0) {
        uint32_t at = (uint32_t)--walk->left;
        if (at >= dict->keys->len || !dict->keys->entries[at].live)
            continue;
        switch (rt_view_of(walk->over)) {
        case RT_VIEW_VALUES: *out = dict->values[at]; return BURIN_OK;
        case RT_VIEW_ITEMS: return rt_tuple2(st, dict->keys->entries[at].value, dict->values[at], out);
        default: *out = dict->keys->entries[at].value; return BURIN_OK;
        }
    }
    *out = rt_missing();
    return BURIN_OK;
}

/* A character keeps the mark of its text: reversed() asks Markup.__getitem__. */
static void next_of_string(reversed *walk, burin_value *out)
{
    size_t end = walk->left, start = end - 1;

    while (start > 0 && ((unsigned char)walk->over.as.s[start] & 0xc0) == 0x80)
        start--;
    *out       = rt_string(walk->over.as.s + start, end - start);
    out->flags = walk->over.flags;
    walk->left = start;
}

burin_status reversed_next(rt_state *st, reversed *walk, burin_value *out)
{
    const rt_dict *dict = dict_of(st, walk->over);

    if (dict)
        return next_of_dict(st, dict, walk, out);
    if (walk->is_forward)
        return rt_iter_next(st, &walk->it, out);
    *out = rt_missing();
    if (walk->left == 0)
        return BURIN_OK;
    switch (walk->over.kind) {
    case BURIN_STRING: next_of_string(walk, out); return BURIN_OK;
    case BURIN_LIST:
    case BURIN_TUPLE: {
        const rt_list *list = rt_list_of(st, walk->over);
        walk->left          = walk->left <= list->len ? walk->left : 0;
        if (walk->left)
            *out = list->items[--walk->left];
        return BURIN_OK;
    }
    default: walk->left--; return rt_python_item(st, walk->over, burin_int((int64_t)walk->left), out);
    }
}

/* ---- as an object ---- */

static burin_status object_next(burin_call *call, void *self, burin_value *out) { return reversed_next(call->st, self, out); }

static void object_reach(rt_collector *c, void *self)
{
    const reversed *walk = self;
    if (!rt_reach_bytes(c, walk, sizeof *walk))
        return;
    rt_reach_value(c, &walk->over);
    if (walk->is_forward)
        rt_iter_reach(c, &walk->it);
}

#define WALK(class_name) {{.struct_size = sizeof(rt_holder), .name = class_name, .next = object_next}, object_reach}
static const rt_holder reversed_class      = WALK("reversed");
static const rt_holder reversed_list_class = WALK("list_reverseiterator");
static const rt_holder reversed_dict_class = WALK("dict_reversekeyiterator");
static const rt_holder range_class         = WALK("range_iterator");
static const rt_holder long_range_class    = WALK("longrange_iterator");
#undef WALK

burin_status reversed_new(rt_state *st, burin_value v, burin_value *out)
{
    const rt_holder   *cls = big_range_is(v)         ? &long_range_class
                             : v.kind == BURIN_LIST    ? &reversed_list_class
                             : v.kind == BURIN_DICT  ? &reversed_dict_class
                             : v.kind == BURIN_RANGE ? &range_class
                                                     : &reversed_class;
    reversed          *walk = heap_alloc(&st->heap, sizeof *walk);
    burin_status       status;

    if (!walk)
        return rt_fail_memory(st);
    status = reversed_init(st, v, walk);
    return status ? status : rt_object_new(st, &cls->base, walk, out);
}
