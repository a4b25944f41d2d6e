/* Iteration over every kind of value, and iterator objects.
 *
 * An rt_iter remembers the value and a place in it, nothing else, so it needs no release and may be copied. What it walks
 * is looked up anew at every step: a list may grow meanwhile, a borrowed container may get a changed copy. */
#include "runtime/iterate.h"

#include "runtime/attribute.h"
#include "runtime/base/text.h"
#include "runtime/builtins/big_range.h"
#include "runtime/collect.h"
#include "runtime/host.h"
#include "runtime/operate.h"
#include "runtime/told.h"
#include "runtime/struct.h"
#include "runtime/view.h"

enum { /* rt_iter.kind beyond the burin_kinds */
    ITER_EMPTY = BURIN_KIND_COUNT,
    ITER_SEQUENCE, /* an object with length and get_item only */
    ITER_VIEW,     /* + rt_view */
};

/* ---- iter(v) ---- */

static burin_status fail_not_iterable(rt_state *st, burin_value v)
{
    return rt_fail(st, BURIN_ERR_TYPE, "'%s' object is not iterable", rt_type_name(st, v));
}

static void walk_dict(rt_state *st, burin_value dict, uint8_t kind, rt_iter *it)
{
    it->kind    = kind;
    it->over    = dict;
    it->version = rt_dict_of(st, dict)->version;
    it->length  = rt_dict_of(st, dict)->len;
}

static burin_status init_object(rt_state *st, burin_value v, rt_iter *it)
{
    const rt_object_value *object = rt_object_of(v);
    rt_view                view   = rt_view_of(v);
    if (view != RT_VIEW_NONE) {
        walk_dict(st, rt_view_dict(v), (uint8_t)(ITER_VIEW + view), it);
        return BURIN_OK;
    }
    if (object->cls->next) {
        it->kind = BURIN_OBJECT;
        return BURIN_OK;
    }
    if (object->cls->iterate) {
        burin_value  instead = rt_missing();
        burin_call   call    = rt_host_call(st);
        burin_status status  = rt_enter(st); /* it may give an object that gives an object ... */
        if (status)
            return status;
        status = rt_call_done(st, object->cls->iterate(&call, object->self, &instead));
        if (!status)
            status = rt_iter_init(st, instead, it);
        rt_leave(st);
        return status;
    }
    if (object->cls->is_sequence && object->cls->get_item) {
        it->kind = ITER_SEQUENCE;
        return BURIN_OK;
    }
    return fail_not_iterable(st, v);
}

burin_status rt_iter_init(rt_state *st, burin_value v, rt_iter *it)
{
    it->kind    = v.kind;
    it->over    = v;
    it->at      = 0;
    it->version = 0;
    it->pulled  = 0;
    switch ((burin_kind)v.kind) {
    case BURIN_LIST:
    case BURIN_TUPLE:
    case BURIN_STRING:
    case BURIN_BYTES:
    case BURIN_BYTEARRAY:
    case BURIN_RANGE:
    case BURIN_ARRAY: return BURIN_OK;
    case BURIN_DICT:
    case BURIN_SET: walk_dict(st, v, v.kind, it); return BURIN_OK;
    case BURIN_UNDEFINED:
        it->kind = ITER_EMPTY;
        return rt_is_strict(v) ? rt_undefined_fail(st, v) : BURIN_OK;
    case BURIN_OBJECT: return init_object(st, v, it);
    default: return fail_not_iterable(st, v);
    }
}

/* ---- next ---- */

static burin_status next_of_object(rt_state *st, burin_value v, burin_value *item)
{
    const rt_object_value *object = rt_object_of(v);
    burin_call             call   = rt_host_call(st);
    *item                         = rt_missing();
    burin_status status           = rt_call_done(st, object->cls->next(&call, object->self, item));
    if (status == BURIN_ERR_STOP_ITERATION) {
        rt_clear_error(st);
        *item = rt_missing();
        return BURIN_OK;
    }
    return status;
}

static burin_status next_of_sequence(rt_state *st, rt_iter *it, burin_value *item)
{
    const rt_object_value *object = rt_object_of(it->over);
    burin_call             call   = rt_host_call(st);
    *item                         = rt_missing();
    burin_status status           = rt_call_done(st, object->cls->get_item(&call, object->self, burin_int((int64_t)it->at++), item));
    if (status == BURIN_ERR_INDEX) { /* as Python ends the old sequence protocol */
        rt_clear_error(st);
        *item  = rt_missing();
        status = BURIN_OK;
    }
    if (item->kind == BURIN_MISSING)
        it->kind = ITER_EMPTY;
    return status;
}

static burin_status fail_changed(rt_state *st, const rt_iter *it, const rt_dict *dict)
{
    if (it->over.kind == BURIN_SET)
        return rt_fail(st, BURIN_ERR_GENERATOR, "Set changed size during iteration");
    return rt_fail(st, BURIN_ERR_GENERATOR, "dictionary %s during iteration", dict->len == it->length ? "keys changed" : "changed size");
}

static inline burin_value character_at(const char *data, size_t left, size_t *size)
{
    burin_value character = rt_string(data, 1);
    if ((unsigned char)data[0] < 128) {
        character.flags = BURIN_ASCII;
    } else {
        while (character.len < left && (signed char)data[character.len] < -64)
            character.len++;
    }
    *size = character.len;
    return character;
}

static burin_status next_of_array(rt_state *st, rt_iter *it, burin_value *item)
{
    rt_array     array;
    burin_status status = rt_array_of(st, it->over, &array);
    if (!status && it->at < array.count)
        status = rt_array_read(st, &array, (uint32_t)it->at++, item);
    return status;
}

/* A thousand items have been taken: native loops count like those of templates, and can be stopped like them. */
enum { ITEMS_CHARGED = 1024 };

static burin_status charge_items(rt_state *st)
{
    burin_status status = rt_charge(st, ITEMS_CHARGED);
    return status ? status : rt_check_interrupts(st);
}

burin_status rt_iter_next(rt_state *st, rt_iter *it, burin_value *item)
{
    burin_status status;
    *item = rt_missing();
    if (BURIN_UNLIKELY(++it->pulled % ITEMS_CHARGED == 0) && (status = charge_items(st)))
        return status;
    switch (it->kind) {
    case BURIN_LIST:
    case BURIN_TUPLE: {
        const rt_list *list = rt_list_of(st, it->over);
        if (it->at < list->len)
            *item = list->items[it->at++];
        else
            it->kind = ITER_EMPTY; /* an exhausted list iterator stays so even if the list grows */
        return BURIN_OK;
    }
    case BURIN_RANGE: {
        const rt_range *range = it->over.as.p;
        if (it->at < (uint64_t)range->len) /* unsigned: the last step may leave 64 bits */
            *item = burin_int((int64_t)((uint64_t)range->start + it->at++ * (uint64_t)range->step));
        return BURIN_OK;
    }
    case BURIN_STRING: {
        size_t size;
        if (it->at < it->over.len) {
            *item = character_at(it->over.as.s + it->at, it->over.len - it->at, &size);
            it->at += size;
        }
        return BURIN_OK;
    }
    case BURIN_BYTES:
        if (it->at < it->over.len)
            *item = burin_int((unsigned char)it->over.as.s[it->at++]);
        return BURIN_OK;
    case BURIN_BYTEARRAY:
        if (it->at < rt_bytearray_of(it->over)->len)
            *item = burin_int((unsigned char)rt_bytearray_of(it->over)->data[it->at++]);
        else
            it->kind = ITER_EMPTY;
        return BURIN_OK;
    case BURIN_DICT:
    case BURIN_SET: {
        const rt_dict *dict = rt_dict_of(st, it->over);
        uint32_t       at   = (uint32_t)it->at;
        if (BURIN_UNLIKELY(dict->version != it->version))
            return fail_changed(st, it, dict);
        rt_dict_next(dict, &at, item, NULL);
        it->at = at;
        return BURIN_OK;
    }
    case BURIN_OBJECT: return next_of_object(st, it->over, item);
    case BURIN_ARRAY: return next_of_array(st, it, item);
    case ITER_SEQUENCE: return next_of_sequence(st, it, item);
    case ITER_EMPTY: return BURIN_OK;
    default: { /* views */
        const rt_dict *dict = rt_dict_of(st, it->over);
        uint32_t       at   = (uint32_t)it->at;
        if (BURIN_UNLIKELY(dict->version != it->version))
            return fail_changed(st, it, dict);
        status          = rt_view_next(st, dict, (rt_view)(it->kind - ITER_VIEW), &at, item);
        it->at              = at;
        return status;
    }
    }
}

/* ---- all of it ---- */

size_t rt_iter_length_hint(rt_state *st, burin_value v)
{
    switch (v.kind) {
    case BURIN_LIST:
    case BURIN_TUPLE: return rt_list_of(st, v)->len;
    case BURIN_DICT:
    case BURIN_SET: return rt_dict_of(st, v)->len;
    case BURIN_RANGE: return (size_t)((const rt_range *)v.as.p)->len;
    case BURIN_STRING: return (v.flags & BURIN_ASCII) ? v.len : text_count(v.as.s, v.len);
    case BURIN_BYTES: return v.len;
    case BURIN_BYTEARRAY: return rt_bytearray_of(v)->len;
    case BURIN_UNDEFINED: return 0;
    case BURIN_OBJECT: {
        const rt_object_value *object = rt_object_of(v);
        size_t                 length = SIZE_MAX;
        if (rt_view_of(v) != RT_VIEW_NONE)
            return rt_dict_of(st, rt_view_dict(v))->len;
        if (!object->cls->length)
            return SIZE_MAX;
        burin_call call = rt_host_call(st);
        if (rt_call_done(st, object->cls->length(&call, object->self, &length))) {
            rt_clear_error(st); /* a hint is only a hint */
            return SIZE_MAX;
        }
        return length;
    }
    case BURIN_ARRAY: {
        rt_array array;
        if (rt_array_of(st, v, &array)) {
            rt_clear_error(st);
            return SIZE_MAX;
        }
        return array.count;
    }
    default: return SIZE_MAX;
    }
}

/* `call`, if not NULL, tells meanwhile. */
static burin_status take_items(rt_state *st, burin_call *call, rt_iter *it, rt_list *list)
{
    const burin_value held   = rt_list_value(list);
    rt_told           told;
    burin_value       item;
    burin_status      status = BURIN_OK;
    if (call)
        rt_told_begin(&told, call, &held, 1);
    while (!status && !(status = call ? rt_told_next(&told, it, &item) : rt_iter_next(st, it, &item)) && item.kind != BURIN_MISSING)
        if (!(status = rt_charge(st, 1)))
            status = rt_list_push(st, list, item);
    if (call)
        rt_told_end(&told);
    return status;
}

static burin_status to_list(rt_state *st, burin_call *call, burin_value v, rt_list **out)
{
    burin_status status;
    if (v.kind == BURIN_LIST || v.kind == BURIN_TUPLE) {
        const rt_list *from = rt_list_of(st, v);
        if ((status = rt_charge(st, from->len)) || (status = rt_list_new(st, BURIN_LIST, from->len, out)))
            return status;
        if (from->len)
            memcpy((*out)->items, from->items, from->len * sizeof(burin_value));
        (*out)->len = from->len;
        return BURIN_OK;
    }
    rt_iter it;
    size_t  hint = rt_iter_length_hint(st, v);
    if (big_range_is(v) && (status = rt_length(st, v, &hint))) /* CPython asks for the length first, too */
        return status;
    if (hint != SIZE_MAX && hint > st->steps_left && hint >= st->steps_left + rt_steps_ahead(st)) /* before room is made for what may not be built */
        return rt_charge(st, hint);
    if ((status = rt_iter_init(st, v, &it)) || (status = rt_list_new(st, BURIN_LIST, hint < 1 << 20 ? (uint32_t)hint : 8, out)))
        return status;
    return take_items(st, call, &it, *out);
}

burin_status rt_to_list(rt_state *st, burin_value v, rt_list **out) { return to_list(st, NULL, v, out); }
burin_status rt_told_list(burin_call *call, burin_value v, rt_list **out) { return to_list(call->st, call, v, out); }

/* ---- iterator objects ---- */

static burin_status iterator_next(burin_call *call, void *self, burin_value *out) { return rt_iter_next(call->st, self, out); }

void rt_iter_reach(rt_collector *c, const rt_iter *it) { rt_reach_value(c, &it->over); }

static void iterator_reach(rt_collector *c, void *self)
{
    if (rt_reach_bytes(c, self, sizeof(rt_iter)))
        rt_iter_reach(c, self);
}

#define ITERATOR(kind, class_name) [kind] = {{.struct_size = sizeof(rt_holder), .name = class_name, .next = iterator_next}, iterator_reach}
static const rt_holder iterator_classes[] = {
    ITERATOR(BURIN_LIST, "list_iterator"),
    ITERATOR(BURIN_TUPLE, "tuple_iterator"),
    ITERATOR(BURIN_STRING, "str_iterator"),
    ITERATOR(BURIN_BYTES, "bytes_iterator"),
    ITERATOR(BURIN_BYTEARRAY, "bytearray_iterator"),
    ITERATOR(BURIN_RANGE, "range_iterator"),
    ITERATOR(BURIN_DICT, "dict_keyiterator"),
    ITERATOR(BURIN_SET, "set_iterator"),
    ITERATOR(BURIN_ARRAY, "array_iterator"),
    ITERATOR(ITER_EMPTY, "generator"), /* Undefined.__iter__ */
    ITERATOR(ITER_SEQUENCE, "iterator"),
    ITERATOR(ITER_VIEW + RT_VIEW_KEYS, "dict_keyiterator"),
    ITERATOR(ITER_VIEW + RT_VIEW_VALUES, "dict_valueiterator"),
    ITERATOR(ITER_VIEW + RT_VIEW_ITEMS, "dict_itemiterator"),
};
#undef ITERATOR

burin_status rt_iterator_new(rt_state *st, burin_value v, burin_value *out)
{
    rt_iter it;
    burin_status status = rt_iter_init(st, v, &it);
    if (status)
        return status;
    if (it.kind == BURIN_OBJECT) { /* iter(iterator) is the iterator */
        *out = it.over;
        return BURIN_OK;
    }
    rt_iter *self = heap_alloc(&st->heap, sizeof *self);
    if (!self)
        return rt_fail_memory(st);
    *self = it;
    return rt_object_new(st, &iterator_classes[it.kind].base, self, out);
}

typedef struct generator {
    burin_status (*next)(burin_call *call, void *self, burin_value *out);
    void *self;
} generator;

static burin_status generator_next(burin_call *call, void *self, burin_value *out)
{
    const generator *g = self;
    return g->next(call, g->self, out);
}

static const burin_class generator_class = {.struct_size = sizeof(burin_class), .name = "generator", .next = generator_next};

burin_status rt_generator_new(rt_state *st, burin_status (*next)(burin_call *call, void *self, burin_value *out), void *self,
                              burin_value *out)
{
    generator *g = heap_alloc(&st->heap, sizeof *g);
    if (!g)
        return rt_fail_memory(st);
    *g = (generator){next, self};
    return rt_object_new(st, &generator_class, g, out);
}
