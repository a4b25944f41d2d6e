/* What kernels are made of: the rows of ops.def, and the choice between two values. */
#ifndef BURIN_CODEGEN_KERNEL_OPS_H
#define BURIN_CODEGEN_KERNEL_OPS_H

#include "burin/types.h"

typedef enum vec_type { VEC_BOOL, VEC_INT, VEC_FLOAT } vec_type; /* 0 or 1, int64_t, double */

typedef enum vec_op {
#define VEC_UNARY(NAME, ...) VEC_##NAME,
#define VEC_BINARY(NAME, ...) VEC_##NAME,
#define VEC_FUSED(NAME, ...) VEC_##NAME,
#include "codegen/kernel/ops.def"
#undef VEC_FUSED
#undef VEC_BINARY
#undef VEC_UNARY
    VEC_B_SELECT, /* x if the condition else y, of two bools, ints, floats: the condition is z */
    VEC_I_SELECT,
    VEC_F_SELECT,
    VEC_OP_COUNT
} vec_op;

typedef struct vec_info {
    const char *name;   /* as in the table */
    uint8_t     operands; /* 1 to 3 */
    uint8_t     x, y, z, result; /* vec_type */
    bool        fails;  /* can the result be bad? */
} vec_info;
extern const vec_info vec_ops[VEC_OP_COUNT];

#endif
