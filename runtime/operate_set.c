/* Sets under operators: - & | ^ of sets, frozensets and the views of dicts, and | of dicts.
 *
 * Between sets the result is of the left one's type. A view of keys or items makes a new set of whatever iterable stands on
 * the other side (CPython's dictviews_to_set). The work itself is that of set's methods (rt_set_combine). */
#include "runtime/operate_sequence.h"
#include "runtime/view.h"

static bool is_set_view(burin_value v) { return rt_view_of(v) == RT_VIEW_KEYS || rt_view_of(v) == RT_VIEW_ITEMS; }

static burin_status unite_dicts(rt_state *st, burin_value a, burin_value b, burin_value *out)
{
    rt_dict     *made;
    burin_status status = rt_charge(st, rt_dict_of(st, a)->len);
    if (!status)
        status = rt_dict_copy(st, rt_dict_of(st, a), &made);
    if (!status)
        status = rt_dict_update(st, NULL, made, b);
    if (!status)
        *out = rt_pointer(BURIN_DICT, made);
    return status;
}

burin_status rt_set_operate(rt_state *st, rt_binary op, burin_value a, burin_value b, burin_value *out)
{
    rt_dict     *made;
    burin_status status;
    bool         views = is_set_view(a) || is_set_view(b);
    if (op == RT_OR && a.kind == BURIN_DICT && b.kind == BURIN_DICT)
        return unite_dicts(st, a, b, out);
    if (!views && (a.kind != BURIN_SET || b.kind != BURIN_SET))
        return rt_unsupported(st, op, a, b);
    if (a.kind == BURIN_SET) {
        status = rt_charge(st, rt_dict_of(st, a)->len);
        if (!status)
            status = rt_dict_copy(st, rt_dict_of(st, a), &made);
    } else {
        status = rt_set_new(st, 8, &made);
        if (!status)
            status = rt_set_combine(st, NULL, RT_OR, made, a);
    }
    if (!status)
        status = rt_set_combine(st, NULL, op, made, b);
    if (status)
        return status;
    made->flags = (made->flags & ~(uint32_t)RT_FROZEN) | (!views && rt_is_frozen(a) ? RT_FROZEN : 0);
    *out        = rt_pointer(BURIN_SET, made);
    return BURIN_OK;
}
