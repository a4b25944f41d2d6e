/* Integers of any size: what operate*.c, formatting, JSON and hashing need of them.
 *
 * A BURIN_BIGINT holds sign and magnitude (GMP limbs, least significant first) in a heap and is immutable.
 * Always true: a BURIN_BIGINT does not fit in 64 bits, so an integer has exactly one representation and the top limb is
 * not zero. Functions named rt_int_ take INT, BOOL or BIGINT.
 * Only GMP's mpn layer is used, on operands small enough for its scratch space to be on the stack: nothing here
 * reaches GMP's allocator, which would abort the process when memory is out. */
#ifndef BURIN_RUNTIME_BIGINT_H
#define BURIN_RUNTIME_BIGINT_H

#include "runtime/operate.h"

struct rt_bigint {
    uint32_t negative;
    uint32_t count; /* of limbs */
    uint64_t limbs[];
};

enum {
    RT_INT_DIGITS_MAX = 4300,    /* decimal digits that int <-> str conversion accepts (sys.get_int_max_str_digits) */
    RT_INT_BITS_MAX   = 1 << 24, /* of any integer, whatever the environment allows: keeps one operation under a second */
};

/* + - * // % ** and / of two integers; results as Python's, ZeroDivisionError included. */
burin_status rt_int_binary(rt_state *st, rt_binary op, burin_value a, burin_value b, burin_value *out);
burin_status rt_int_negate(rt_state *st, burin_value a, burin_value *out);

/* & | ^, and << >>: ValueError "negative shift count". Two bools stay bool under & | ^. */
burin_status rt_int_bitwise(rt_state *st, rt_binary op, burin_value a, burin_value b, burin_value *out);
burin_status rt_int_shift(rt_state *st, rt_binary op, burin_value a, burin_value b, burin_value *out);
/* Room for a result of `count` limbs, within the limits and charged; and that result, whose top limbs may be zero, as a value. */
burin_status rt_int_room(rt_state *st, uint32_t count, rt_bigint **out);
burin_status rt_int_finish(rt_state *st, rt_bigint *big, burin_value *out);
/* quotient and remainder at once; b is not zero. */
burin_status rt_int_divmod(rt_state *st, burin_value a, burin_value b, burin_value *quotient, burin_value *remainder);

/* Sign of a - b. */
int rt_int_compare(burin_value a, burin_value b);
/* Sign of a - f, exactly; `f` is no NaN. */
int rt_int_compare_double(burin_value a, double f);
int rt_int_sign(burin_value a);
/* Nearest double, ties to even; false when it is too large. */
bool rt_int_to_double(burin_value a, double *out);
/* Correctly rounded a / b; b is not zero. OverflowError "integer division result too large for a float". */
burin_status rt_int_true_divide(rt_state *st, burin_value a, burin_value b, burin_value *out);
/* x = floor(|a| * 2^-shift / |b|) and whether that lost anything; the quotient must fit in 64 bits. */
burin_status rt_int_scaled_quotient(rt_state *st, burin_value a, burin_value b, int64_t shift, uint64_t *x, bool *inexact);
/* int.bit_length(): bits of the magnitude. */
uint64_t rt_int_bits(burin_value a);

/* Digits of the magnitude in base 2, 8, 10 or 16 (lower case), without sign or prefix, in st->heap. ValueError when there
 * are more than RT_INT_DIGITS_MAX decimal ones. */
burin_status rt_int_digits(rt_state *st, burin_value a, int base, burin_text *out);
/* An integer from `count` digits (values 0..base-1, most significant first; no sign, not NUL-terminated), in `heap`.
 * False when memory is out; `count` at most RT_INT_DIGITS_MAX unless base is a power of two. */
bool rt_int_from_digits(burin_heap *heap, const uint8_t *digits, size_t count, int base, bool negative, burin_value *out);
/* A copy in another heap; false when memory is out. */
bool rt_bigint_copy(burin_heap *heap, const rt_bigint *big, burin_value *out);

#endif
