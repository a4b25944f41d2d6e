/* Loops over a block of rows, compiled for the processor's base instructions and for AVX2.
 *
 * A loop does all rows and collects whether one was bad; only then a second pass finds out which. Both come from the same expressions
 * of ops.def. The loops are simple enough for the compiler to vectorise. */
#include "codegen/columns/loops.h"

#include "codegen/kernel/meaning.h"

/* ---- the loops ---- */

#define LOOP(name, TX, TY, TR, X, Y, result, bad)                                                                                                \
    static TARGET bool name(void *restrict out, const void *x_, const void *y_, const void *z_, size_t n)                                            \
    {                                                                                                                                            \
        const TX *xs     = x_;                                                                                                                   \
        const TY *ys     = y_;                                                                                                                   \
        TR *restrict to  = out;                                                                                                                  \
        uint64_t any_bad = 0;                                                                                                                    \
        (void)z_, (void)ys;                                                                                                                      \
        for (size_t i = 0; i < n; i++) {                                                                                                         \
            TX x = X;                                                                                                                            \
            TY y = Y;                                                                                                                            \
            (void)y;                                                                                                                             \
            TR r  = (TR)(result);                                                                                                                \
            to[i] = r;                                                                                                                           \
            any_bad |= (uint64_t)(bad);                                                                                                          \
        }                                                                                                                                        \
        return any_bad != 0;                                                                                                                     \
    }

#define MARK(name, TX, TY, TR, result, bad)                                                                                                      \
    static TARGET void name(uint8_t *marks, const uint8_t *asked, const void *x_, size_t x_step, const void *y_, size_t y_step, size_t n)        \
    {                                                                                                                                            \
        const TX *xs = x_;                                                                                                                       \
        const TY *ys = y_;                                                                                                                       \
        (void)ys, (void)y_step;                                                                                                                  \
        for (size_t i = 0; i < n; i++) {                                                                                                         \
            TX x = xs[i * x_step];                                                                                                               \
            TY y = ys ? ys[i * y_step] : 0;                                                                                                      \
            TR r = (TR)(result);                                                                                                                 \
            (void)y, (void)r;                                                                                                                    \
            marks[i] |= (uint8_t)(bad) & (asked ? asked[i] : 1);                                                                                 \
        }                                                                                                                                        \
    }

#define CHOOSE(name, T, X, Y)                                                                                                                    \
    static TARGET bool name(void *restrict out, const void *x_, const void *y_, const void *z_, size_t n)                                            \
    {                                                                                                                                            \
        const uint8_t *condition = z_;                                                                                                           \
        const T *xs = x_, *ys = y_;                                                                                                              \
        T *restrict to = out;                                                                                                                    \
        for (size_t i = 0; i < n; i++) {                                                                                                         \
            T x = X, y = Y;                                                                                                                      \
            to[i] = condition[i] ? x : y;                                                                                                        \
        }                                                                                                                                        \
        return false;                                                                                                                            \
    }
#define CHOICES(T, set)                                                                                                                          \
    CHOOSE(T##_select_0_##set, T, xs[i], ys[i])                                                                                                  \
    CHOOSE(T##_select_1_##set, T, xs[0], ys[i])                                                                                                  \
    CHOOSE(T##_select_2_##set, T, xs[i], ys[0])                                                                                                  \
    CHOOSE(T##_select_3_##set, T, xs[0], ys[0])

/* y is never one value alone: x and y change places then. */
#define FUSE(name, X, Z, result)                                                                                                                 \
    static TARGET bool name(void *restrict out, const void *x_, const void *y_, const void *z_, size_t n)                                        \
    {                                                                                                                                            \
        const double *xs = x_, *ys = y_, *zs = z_;                                                                                               \
        double *restrict to = out;                                                                                                               \
        for (size_t i = 0; i < n; i++) {                                                                                                         \
            double x = X, y = ys[i], z = Z;                                                                                                      \
            to[i] = result;                                                                                                                      \
        }                                                                                                                                        \
        return false;                                                                                                                            \
    }
#define FUSED_LOOPS(NAME, result, set)                                                                                                           \
    FUSE(NAME##_0_##set, xs[i], zs[i], result)                                                                                                   \
    FUSE(NAME##_1_##set, xs[0], zs[i], result)                                                                                                   \
    FUSE(NAME##_4_##set, xs[i], zs[0], result)                                                                                                   \
    FUSE(NAME##_5_##set, xs[0], zs[0], result)

#define UNARY_LOOPS(NAME, TX, TR, result, bad, set)                                                                                              \
    LOOP(NAME##_0_##set, TX, uint8_t, TR, xs[i], 0, result, bad)                                                                                 \
    MARK(NAME##_mark_##set, TX, uint8_t, TR, result, bad)
#define BINARY_LOOPS(NAME, TX, TY, TR, result, bad, set)                                                                                         \
    LOOP(NAME##_0_##set, TX, TY, TR, xs[i], ys[i], result, bad)                                                                                  \
    LOOP(NAME##_1_##set, TX, TY, TR, xs[0], ys[i], result, bad)                                                                                  \
    LOOP(NAME##_2_##set, TX, TY, TR, xs[i], ys[0], result, bad)                                                                                  \
    MARK(NAME##_mark_##set, TX, TY, TR, result, bad)

#define UNARY_ROW(NAME, set) {{NAME##_0_##set}, NAME##_mark_##set},
#define BINARY_ROW(NAME, set) {{NAME##_0_##set, NAME##_1_##set, NAME##_2_##set}, NAME##_mark_##set},
#define FUSED_ROW(NAME, set) {{NAME##_0_##set, NAME##_1_##set, NULL, NULL, NAME##_4_##set, NAME##_5_##set}, NULL},
#define SELECT_ROW(T, set) {{T##_select_0_##set, T##_select_1_##set, T##_select_2_##set, T##_select_3_##set}, NULL},
#define SELECT_ROWS(set) SELECT_ROW(B, set) SELECT_ROW(I, set) SELECT_ROW(F, set)

/* ---- for every processor ---- */

#define TARGET
#define VEC_UNARY(NAME, TX, TR, result, bad, what) UNARY_LOOPS(NAME, TX, TR, result, bad, base)
#define VEC_BINARY(NAME, TX, TY, TR, result, bad, what) BINARY_LOOPS(NAME, TX, TY, TR, result, bad, base)
#define VEC_FUSED(NAME, result, what) FUSED_LOOPS(NAME, result, base)
#include "codegen/kernel/ops.def"
#undef VEC_FUSED
#undef VEC_BINARY
#undef VEC_UNARY
CHOICES(B, base)
CHOICES(I, base)
CHOICES(F, base)

#define VEC_UNARY(NAME, TX, TR, result, bad, what) UNARY_ROW(NAME, base)
#define VEC_BINARY(NAME, TX, TY, TR, result, bad, what) BINARY_ROW(NAME, base)
#define VEC_FUSED(NAME, result, what) FUSED_ROW(NAME, base)
static const vec_row base_rows[VEC_OP_COUNT] = {
#include "codegen/kernel/ops.def"
    SELECT_ROWS(base)
};
#undef VEC_FUSED
#undef VEC_BINARY
#undef VEC_UNARY

#if !defined(__x86_64__)

const vec_row *vec_rows(bool fast)
{
    (void)fast;
    return base_rows;
}

#else

/* ---- for AVX2 ---- */

#undef TARGET
#define TARGET __attribute__((target("avx2")))
#define VEC_UNARY(NAME, TX, TR, result, bad, what) UNARY_LOOPS(NAME, TX, TR, result, bad, avx2)
#define VEC_BINARY(NAME, TX, TY, TR, result, bad, what) BINARY_LOOPS(NAME, TX, TY, TR, result, bad, avx2)
#define VEC_FUSED(NAME, result, what) FUSED_LOOPS(NAME, result, avx2)
#include "codegen/kernel/ops.def"
#undef VEC_FUSED
#undef VEC_BINARY
#undef VEC_UNARY
CHOICES(B, avx2)
CHOICES(I, avx2)
CHOICES(F, avx2)

#define VEC_UNARY(NAME, TX, TR, result, bad, what) UNARY_ROW(NAME, avx2)
#define VEC_BINARY(NAME, TX, TY, TR, result, bad, what) BINARY_ROW(NAME, avx2)
#define VEC_FUSED(NAME, result, what) FUSED_ROW(NAME, avx2)
static const vec_row avx2_rows[VEC_OP_COUNT] = {
#include "codegen/kernel/ops.def"
    SELECT_ROWS(avx2)
};
#undef VEC_FUSED
#undef VEC_BINARY
#undef VEC_UNARY

#if BURIN_MVEC

/* ---- libmvec's functions: four values at once, within 4 units in the last place ---- */

typedef double  four __attribute__((vector_size(32)));
typedef double  four_at __attribute__((vector_size(32), aligned(8))); /* where they lie in a column */
typedef int64_t four_bits __attribute__((vector_size(32)));

/* Not 0 where a value is not finite: the difference of such a value from itself is NaN. */
#define NOT_FINITE_FOUR(v) ((four_bits)((v) - (v) != (four){0}))

/* The last rows of a block take the same way, so that a row's result does not depend on where the block ends. */
#define FAST_LOOP(name, X, Y, result)                                                                                                            \
    static TARGET bool name(void *restrict out, const void *x_, const void *y_, const void *z_, size_t n)                                            \
    {                                                                                                                                            \
        const double *xs = x_, *ys = y_;                                                                                                         \
        double       *to = out;                                                                                                                  \
        four_bits     bad = {0};                                                                                                                 \
        size_t        i   = 0;                                                                                                                   \
        (void)z_, (void)ys;                                                                                                                      \
        for (; i + 4 <= n; i += 4) {                                                                                                             \
            four x = X(xs, FOUR_AT), y = Y(ys, FOUR_AT), r = result;                                                                             \
            *(four_at *)(to + i) = r;                                                                                                            \
            bad |= NOT_FINITE_FOUR(r);                                                                                                           \
            (void)y;                                                                                                                             \
        }                                                                                                                                        \
        if (i < n) {                                                                                                                             \
            four x = X(xs, LAST_AT), y = Y(ys, LAST_AT), r = result;                                                                             \
            for (size_t k = 0; i + k < n; k++)                                                                                                   \
                to[i + k] = r[k];                                                                                                                \
            bad |= NOT_FINITE_FOUR(r) & (four_bits){-1, -(i + 1 < n), -(i + 2 < n), 0};                                                          \
            (void)y;                                                                                                                             \
        }                                                                                                                                        \
        return (bad[0] | bad[1] | bad[2] | bad[3]) != 0;                                                                                         \
    }
#define FAST_MARK(name, result)                                                                                                                  \
    static TARGET void name(uint8_t *marks, const uint8_t *asked, const void *x_, size_t x_step, const void *y_, size_t y_step, size_t n)        \
    {                                                                                                                                            \
        const double *xs = x_, *ys = y_;                                                                                                         \
        (void)ys, (void)y_step;                                                                                                                  \
        for (size_t i = 0; i < n; i++) {                                                                                                         \
            four x = SAME(xs[i * x_step]), y = SAME(ys ? ys[i * y_step] : 0), r = result;                                                        \
            (void)y;                                                                                                                             \
            marks[i] |= (uint8_t)not_finite(r[0]) & (asked ? asked[i] : 1);                                                                      \
        }                                                                                                                                        \
    }
#define SAME(v) (four){v, v, v, v}
#define FOUR_AT(from) (*(const four_at *)((from) + i))
#define LAST_AT(from) (four){(from)[i], i + 1 < n ? (from)[i + 1] : 0, i + 2 < n ? (from)[i + 2] : 0, 0}
#define EACH(from, at) at(from)
#define ALL_SAME(from, at) SAME((from)[0])
#define NONE(from, at) (four){0}
#define VEC_UNARY_FAST(NAME, TX, TR, result, bad, function, what)                                                                                                           \
    TARGET four function(four x);                                                                                                                \
    FAST_LOOP(NAME##_0_fast, EACH, NONE, function(x))                                                                             \
    FAST_MARK(NAME##_mark_fast, function(x))
#define VEC_BINARY_FAST(NAME, TX, TY, TR, result, bad, function, what)                                                                                                          \
    TARGET four function(four x, four y);                                                                                                        \
    FAST_LOOP(NAME##_0_fast, EACH, EACH, function(x, y))                                                                 \
    FAST_LOOP(NAME##_1_fast, ALL_SAME, EACH, function(x, y))                                                                  \
    FAST_LOOP(NAME##_2_fast, EACH, ALL_SAME, function(x, y))                                                                  \
    FAST_MARK(NAME##_mark_fast, function(x, y))
#define VEC_UNARY(NAME, ...)
#define VEC_BINARY(NAME, ...)
#define VEC_FUSED(NAME, ...)
#include "codegen/kernel/ops.def"
#undef VEC_FUSED
#undef VEC_BINARY
#undef VEC_UNARY

#define VEC_UNARY(NAME, TX, TR, result, bad, what) UNARY_ROW(NAME, avx2)
#define VEC_BINARY(NAME, TX, TY, TR, result, bad, what) BINARY_ROW(NAME, avx2)
#define VEC_FUSED(NAME, result, what) FUSED_ROW(NAME, avx2)
#define VEC_UNARY_FAST(NAME, TX, TR, result, bad, function, what) UNARY_ROW(NAME, fast)
#define VEC_BINARY_FAST(NAME, TX, TY, TR, result, bad, function, what) BINARY_ROW(NAME, fast)
static const vec_row fast_rows[VEC_OP_COUNT] = {
#include "codegen/kernel/ops.def"
    SELECT_ROWS(avx2)
};
#undef VEC_FUSED
#undef VEC_BINARY
#undef VEC_UNARY

static const vec_row *fastest(void) { return fast_rows; }

#else

static const vec_row *fastest(void) { return avx2_rows; }

#endif

const vec_row *vec_rows(bool fast)
{
    if (!__builtin_cpu_supports("avx2"))
        return base_rows;
    return fast ? fastest() : avx2_rows;
}

#endif
