/* The operators' cases for strings, lists, tuples, bytes and sets; private to runtime/operate*.c. */
#ifndef BURIN_RUNTIME_OPERATE_SEQUENCE_H
#define BURIN_RUNTIME_OPERATE_SEQUENCE_H

#include "runtime/operate.h"
#include "runtime/told.h"

burin_status rt_sequence_add(rt_state *st, burin_value a, burin_value b, burin_value *out);
burin_status rt_sequence_repeat(rt_state *st, burin_value a, burin_value b, burin_value *out);
/* - & | ^ of sets, frozensets and the views of dicts; | of dicts. */
burin_status rt_set_operate(rt_state *st, rt_binary op, burin_value a, burin_value b, burin_value *out);
/* The same on a set that may be changed, with the items of any iterable. `told` tells all that is held meanwhile, the set too; NULL: nobody does. */
burin_status rt_set_combine(rt_state *st, rt_told *told, rt_binary op, rt_dict *set, burin_value other);
/* list += iterable. */
burin_status rt_list_extend(rt_state *st, rt_told *told, rt_list *list, burin_value more);
/* dict.update(mapping or pairs). */
burin_status rt_dict_update(rt_state *st, rt_told *told, rt_dict *dict, burin_value more);
/* "unsupported operand type(s) for +: ..."; an undefined operand raises instead, as its class says. */
burin_status rt_unsupported(rt_state *st, rt_binary op, burin_value a, burin_value b);

#endif
