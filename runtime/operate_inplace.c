/* Augmented assignment: a list, set, dict or bytearray changes in place, everything else gets the operator's new value. */
#include "runtime/builtins/big_range.h"
#include "runtime/operate_sequence.h"

#include <string.h>

/* An error of the plain operator names the sign of the augmented one. */
static burin_status name_the_sign(rt_state *st, rt_binary op, burin_value a, burin_value b)
{
    static const char        plain[] = "unsupported operand type(s) for ";
    static const char *const signs[RT_BINARY_COUNT] = {
        [RT_ADD] = "+=", [RT_SUB] = "-=", [RT_MUL] = "*=", [RT_DIV] = "/=", [RT_FLOORDIV] = "//=", [RT_MOD] = "%=", [RT_POW] = "**=",
        [RT_LSHIFT] = "<<=", [RT_RSHIFT] = ">>=", [RT_AND] = "&=", [RT_OR] = "|=", [RT_XOR] = "^=", [RT_MATMUL] = "@=",
    };
    if (st->status != BURIN_ERR_TYPE || st->message.len < sizeof plain || memcmp(st->message.data, plain, sizeof plain - 1) != 0)
        return st->status;
    rt_clear_error(st);
    return rt_fail(st, BURIN_ERR_TYPE, "%s%s: '%s' and '%s'", plain, signs[op], rt_type_name(st, a), rt_type_name(st, b));
}

static burin_status repeat_list(rt_state *st, burin_value a, burin_value times, burin_value *repeated)
{
    rt_list     *list;
    burin_status status = rt_sequence_repeat(st, a, times, repeated);
    if (!status)
        status = rt_list_edit(st, a, &list);
    if (status)
        return status;
    const rt_list *made = repeated->as.p;
    list->items         = made->items;
    list->len           = made->len;
    list->cap           = made->cap;
    return BURIN_OK;
}

static burin_status change_list(rt_state *st, rt_binary op, burin_value a, burin_value b)
{
    const burin_call machine = rt_machine_call(st);
    rt_list         *list;
    rt_told          told;
    burin_value      repeated;
    burin_status     status;
    if (op == RT_MUL)
        return repeat_list(st, a, b, &repeated);
    if ((status = rt_list_edit(st, a, &list)))
        return status;
    rt_told_begin(&told, &machine, NULL, 0);
    status = rt_list_extend(st, &told, list, b);
    rt_told_end(&told);
    return status;
}

static burin_status change_bytearray(rt_state *st, rt_binary op, burin_value a, burin_value b)
{
    burin_value  made;
    burin_status status = op == RT_ADD ? rt_sequence_add(st, a, b, &made) : rt_sequence_repeat(st, a, b, &made);
    if (!status)
        *rt_bytearray_of(a) = *rt_bytearray_of(made);
    return status;
}

static burin_status change_dict(rt_state *st, rt_binary op, burin_value a, burin_value b)
{
    const burin_call machine = rt_machine_call(st);
    rt_dict         *dict;
    rt_told          told;
    burin_status     status = rt_dict_edit(st, a, &dict);
    if (status)
        return status;
    rt_told_begin(&told, &machine, NULL, 0);
    status = a.kind == BURIN_DICT ? rt_dict_update(st, &told, dict, b) : rt_set_combine(st, &told, op, dict, b);
    rt_told_end(&told);
    return status;
}

burin_status rt_inplace_op(rt_state *st, rt_binary op, burin_value a, burin_value b, burin_value *out)
{
    bool         sets = op == RT_SUB || op == RT_AND || op == RT_OR || op == RT_XOR;
    burin_status status;
    if (a.kind == BURIN_LIST && (op == RT_ADD || (op == RT_MUL && rt_is_int(b))))
        status = change_list(st, op, a, b);
    else if (a.kind == BURIN_BYTEARRAY && (op == RT_ADD || (op == RT_MUL && rt_is_int(b))))
        status = change_bytearray(st, op, a, b);
    else if ((a.kind == BURIN_SET && !rt_is_frozen(a) && b.kind == BURIN_SET && sets) || (a.kind == BURIN_DICT && op == RT_OR))
        status = change_dict(st, op, a, b);
    else if (op == RT_MUL && (a.kind == BURIN_RANGE || a.kind == BURIN_SET || a.kind == BURIN_DICT || big_range_is(a))) /* containers that cannot be repeated */
        return rt_unsupported(st, op, a, b) ? name_the_sign(st, op, a, b) : BURIN_OK;
    else
        return rt_binary_op(st, op, a, b, out) ? name_the_sign(st, op, a, b) : BURIN_OK;
    heap_escape(&st->heap);
    *out = a;
    return status;
}
