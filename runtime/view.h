/* The views of a dict: what keys(), values() and items() give. A view is an OBJECT whose `self` is the dict itself, so it
 * shows every later change; it owns nothing. Loops over views should walk the dict (rt_view_next), not make an iterator. */
#ifndef BURIN_RUNTIME_VIEW_H
#define BURIN_RUNTIME_VIEW_H

#include "runtime/call.h"

typedef enum rt_view { RT_VIEW_KEYS, RT_VIEW_VALUES, RT_VIEW_ITEMS, RT_VIEW_NONE } rt_view;

extern const rt_holder rt_view_classes[3]; /* dict_keys, dict_values, dict_items */

/* Which view a value is; RT_VIEW_NONE when it is none. */
static inline rt_view rt_view_of(burin_value v)
{
    if (v.kind != BURIN_OBJECT)
        return RT_VIEW_NONE;
    const rt_holder *cls = (const rt_holder *)(const void *)((const rt_object_value *)v.as.p)->cls;
    if (cls < rt_view_classes || cls > rt_view_classes + RT_VIEW_ITEMS)
        return RT_VIEW_NONE;
    return (rt_view)(cls - rt_view_classes);
}
/* The dict that a view shows. */
static inline burin_value rt_view_dict(burin_value view) { return rt_pointer(BURIN_DICT, ((const rt_object_value *)view.as.p)->self); }

/* d.keys(), d.values(), d.items() of a DICT. */
burin_status rt_view_new(rt_state *st, burin_value dict, rt_view which, burin_value *out);
/* The next key, value or (key, value) tuple of `d`: start with *at = 0; MISSING at the end. Items make a tuple each. */
burin_status rt_view_next(rt_state *st, const rt_dict *d, rt_view which, uint32_t *at, burin_value *item);
/* Is `item` in the view? */
burin_status rt_view_contains(rt_state *st, burin_value view, burin_value item, bool *out);
/* A new SET with what keys() or items() shows: the left side of Python's set operators on views. */
burin_status rt_view_to_set(rt_state *st, burin_value view, burin_value *out);

#endif
