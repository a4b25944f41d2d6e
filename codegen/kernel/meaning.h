/* What the expressions of ops.def are written with. For the files that make code of that table. */
#ifndef BURIN_CODEGEN_KERNEL_MEANING_H
#define BURIN_CODEGEN_KERNEL_MEANING_H

#include "codegen/kernel/ops.h"
#include "runtime/operate.h"

#include <math.h>
#include <string.h>

typedef uint8_t B;
typedef int64_t I;
typedef double  F;

#define HELPER static BURIN_INLINE

HELPER uint64_t sign(int64_t v) { return (uint64_t)v >> 63; }
HELPER int64_t  wrap_add(int64_t x, int64_t y) { return (int64_t)((uint64_t)x + (uint64_t)y); }
HELPER int64_t  wrap_sub(int64_t x, int64_t y) { return (int64_t)((uint64_t)x - (uint64_t)y); }
HELPER int64_t  wrap_mul(int64_t x, int64_t y) { return (int64_t)((uint64_t)x * (uint64_t)y); }

/* By the bits, so that the loops stay free of jumps. */
HELPER uint64_t not_finite(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return ((bits << 1) + (UINT64_C(1) << 53)) < (bits << 1); /* an exponent of ones overflows */
}

HELPER uint64_t mul_overflows(int64_t x, int64_t y)
{
    int64_t product;
    return __builtin_mul_overflow(x, y, &product);
}

/* ---- division towards minus infinity ---- */

HELPER uint64_t no_divisor(int64_t x, int64_t y) { return (y == 0) | ((x == INT64_MIN) & (y == -1)); }

HELPER int64_t floor_divide(int64_t x, int64_t y)
{
    int64_t by = no_divisor(x, y) ? 1 : y, quotient = x / by;
    return quotient - ((x % by != 0) & ((x < 0) != (by < 0)));
}

HELPER int64_t floor_modulo(int64_t x, int64_t y)
{
    int64_t by = no_divisor(x, y) ? 1 : y, rest = x % by;
    return rest != 0 && (rest < 0) != (by < 0) ? rest + by : rest;
}

/* ---- powers ---- */

/* False when there is none in 64 bits. */
static inline bool power_of(int64_t x, int64_t y, int64_t *out)
{
    int64_t result = 1;
    if (y < 0)
        return false;
    for (uint64_t rest = (uint64_t)y; rest; rest >>= 1) {
        if (rest & 1 && __builtin_mul_overflow(result, x, &result))
            return false;
        if (rest > 1 && __builtin_mul_overflow(x, x, &x))
            return false;
    }
    *out = result;
    return true;
}

HELPER int64_t power(int64_t x, int64_t y)
{
    int64_t result = 0;
    power_of(x, y, &result);
    return result;
}

HELPER uint64_t power_overflows(int64_t x, int64_t y)
{
    int64_t result;
    return !power_of(x, y, &result);
}

/* ---- floats as integers ---- */

HELPER uint64_t not_whole(double v) { return !(v >= -0x1p63 && v < 0x1p63); }
HELPER int64_t  whole(double v) { return not_whole(v) ? 0 : (int64_t)v; }

#undef HELPER

#endif
