/* Operators, as CPython 3.11 does them, with MarkupSafe's rules for Markup operands. */
#ifndef BURIN_RUNTIME_OPERATE_H
#define BURIN_RUNTIME_OPERATE_H

#include "runtime/value.h"

typedef enum rt_binary {
    RT_ADD, RT_SUB, RT_MUL, RT_DIV, RT_FLOORDIV, RT_MOD, RT_POW,
    RT_LSHIFT, RT_RSHIFT, RT_AND, RT_OR, RT_XOR, RT_MATMUL, /* Python's alone: templates have no sign for them */
    RT_BINARY_COUNT
} rt_binary;
typedef enum rt_unary { RT_NEG, RT_POS, RT_INVERT } rt_unary;
/* Lists and tuples of at most so many items are looked through by `in` without a step of their own. */
enum { RT_LOOKED_THROUGH = 8 };
typedef enum rt_compare { RT_EQ, RT_NE, RT_LT, RT_LE, RT_GT, RT_GE, RT_IN, RT_NOT_IN, RT_COMPARE_COUNT } rt_compare;

/* Any operands; TypeError "unsupported operand type(s) for +: 'int' and 'str'" and the like; undefined operands raise as
 * their class says. `%` on str formats (printf style). */
burin_status rt_binary_op(rt_state *st, rt_binary op, burin_value a, burin_value b, burin_value *out);
burin_status rt_unary_op(rt_state *st, rt_unary op, burin_value a, burin_value *out);
/* `a op= b`: what is to be assigned to a. Lists, sets, dicts and bytearrays change in place and are given back; all else is the
 * binary operator. Errors name the sign with its "=". */
/* Called by an instruction, with a and b in registers. */
burin_status rt_inplace_op(rt_state *st, rt_binary op, burin_value a, burin_value b, burin_value *out);
/* divmod(a, b), and pow(a, b, modulus) of integers. */
burin_status rt_divmod(rt_state *st, burin_value a, burin_value b, burin_value *out);
burin_status rt_power_modulo(rt_state *st, burin_value a, burin_value b, burin_value modulus, burin_value *out);
/* Rich comparison, `in` and `not in`. */
burin_status rt_compare_op(rt_state *st, rt_compare op, burin_value a, burin_value b, bool *out);
/* `in` and `not in` an OBJECT, where an instruction asks: a, b and all else in use are in registers. */
burin_status rt_in_walked(rt_state *st, rt_compare op, burin_value a, burin_value b, bool *out);
/* ==, without the host's error for cross-type; used by containers. */
burin_status rt_equal(rt_state *st, burin_value a, burin_value b, bool *out);
/* < for sorting: -1, 0, 1 in *out; raises TypeError "'<' not supported between instances of ..." as list.sort does. */
burin_status rt_order(rt_state *st, burin_value a, burin_value b, int *out);
burin_status rt_is_true(rt_state *st, burin_value v, bool *out);
/* len(x): TypeError "object of type 'int' has no len()". */
burin_status rt_length(rt_state *st, burin_value v, size_t *out);
/* Jinja's `~`: str() of each operand joined; if any is Markup the others are escaped and the result is Markup
 * (markup_join); `fold` true gives the constant folder's rule: always plain (jinja2.nodes.Concat.as_const). */
burin_status rt_concat(rt_state *st, const burin_value *parts, size_t count, bool fold, burin_value *out);

/* type(x).__name__ as messages print it: "int", "str", "Markup", "dict", "NoneType", "Undefined", ... Static or class text. */
const char *rt_type_name(rt_state *st, burin_value v);
/* The Python class that a builtin global is ("range", "jinja2.utils.Cycler"); NULL for other functions. */
const char *rt_function_class(burin_value function);
/* The type object that a builtin global stands for (`range`, `dict`); MISSING for other functions. */
burin_value rt_function_type(burin_value function);
/* Python's `is`, as far as values have an identity: what containers test before ==. */
bool rt_identical(burin_value a, burin_value b);
/* The operator `is`: rt_identical, where types of the same name, empty tuples and texts of one character are the same too. */
bool rt_is(burin_value a, burin_value b);

/* Integers of any size. rt_as_index: for subscripts and counts; TypeError when not an integer ("'str' object cannot be
 * interpreted as an integer"), OverflowError when it does not fit. */
burin_status rt_as_index(rt_state *st, burin_value v, int64_t *out);
burin_status rt_as_double(rt_state *st, burin_value v, double *out); /* INT, BIGINT, BOOL, FLOAT; OverflowError */
/* Python's a % b and a // b of floats; b is not 0. */
double rt_float_modulo(double a, double b);
double rt_float_floor_divide(double a, double b);
/* Python's int(float) and round half even to an int of any size. */
burin_status rt_int_from_double(rt_state *st, double f, burin_value *out);

/* Two texts, or two bytes, one behind the other. */
burin_status rt_join_texts(rt_state *st, burin_value a, burin_value b, burin_value *out);

#endif
