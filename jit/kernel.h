/* From a kernel to a native function. */
#ifndef BURIN_JIT_KERNEL_H
#define BURIN_JIT_KERNEL_H

#include "codegen/kernel/wire.h"
#include "jit/emit.h"

/* What is added to the context's options. */
void kernel_options(gcc_jit_context *g);
/* Write the function into the emitter's context. False when memory is out. */
bool lower_kernel(emitter *e, const kernel_request *request);

/* ---- operators: kernel_ops.c ---- */

/* Write r = op of x, y and z (NULL where it has none), which are locals or constants. Whether the result is bad: a T_L, 0 or 1, which is
 * evaluated where it is used, before the operands change; NULL: it never is. */
expr kernel_operator(func *f, vec_op op, place r, expr x, expr y, expr z);
/* r = condition ? yes : no */
void kernel_choice(func *f, place r, expr condition, expr yes, expr no);

static inline type kernel_type(uint8_t vec) { return vec == VEC_FLOAT ? T_F : T_L; }

#endif
