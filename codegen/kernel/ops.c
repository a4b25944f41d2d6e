/* The table of operators, as data. */
#include "codegen/kernel/ops.h"

enum { TYPE_B = VEC_BOOL, TYPE_I = VEC_INT, TYPE_F = VEC_FLOAT };

#define FAILS(bad) (sizeof #bad > sizeof "0")
const vec_info vec_ops[VEC_OP_COUNT] = {
#define VEC_UNARY(NAME, TX, TR, result, bad, what) {#NAME, 1, TYPE_##TX, 0, 0, TYPE_##TR, FAILS(bad)},
#define VEC_BINARY(NAME, TX, TY, TR, result, bad, what) {#NAME, 2, TYPE_##TX, TYPE_##TY, 0, TYPE_##TR, FAILS(bad)},
#define VEC_FUSED(NAME, result, what) {#NAME, 3, VEC_FLOAT, VEC_FLOAT, VEC_FLOAT, VEC_FLOAT, false},
#include "codegen/kernel/ops.def"
#undef VEC_FUSED
#undef VEC_BINARY
#undef VEC_UNARY
    {"B_SELECT", 3, VEC_BOOL, VEC_BOOL, VEC_BOOL, VEC_BOOL, false},
    {"I_SELECT", 3, VEC_INT, VEC_INT, VEC_BOOL, VEC_INT, false},
    {"F_SELECT", 3, VEC_FLOAT, VEC_FLOAT, VEC_BOOL, VEC_FLOAT, false},
};
