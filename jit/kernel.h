/* From a kernel to a native function. */
#ifndef BURIN_JIT_KERNEL_H
#define BURIN_JIT_KERNEL_H

#include "codegen/kernel/wire.h"
#include "jit/emit.h"

/* What is added to the context's options. */
void kernel_options(gcc_jit_context *g, const kernel_request *request);
/* Write the function into the emitter's context. False when memory is out. */
bool lower_kernel(emitter *e, const kernel_request *request);

typedef struct kernel_writer {
    func                  f;
    const kernel         *k;
    const kernel_request *request;
    place                *locals; /* of places; NULL: constants, cells that nothing reads */
    uint32_t              part;
    gcc_jit_param        *cells, *from, *to; /* arguments: where cells are read, the first part or the number of rows, where the value goes */
    block                *begins; /* of parts */
} kernel_writer;

bool           kernel_begin(kernel_writer *w, emitter *e, type result, int count, gcc_jit_param **parameters);
gcc_jit_param *kernel_parameter(emitter *e, type t, const char *name);
/* A place's value; NULL for KERNEL_NONE. */
expr           kernel_operand(kernel_writer *w, uint32_t n);
/* Which cells the steps [from, until) read. */
void           kernel_find_cells(kernel_writer *w, uint32_t from, uint32_t until, bool *needed);

/* The function over rows: kernel_rows.c. */
bool lower_rows(kernel_writer *w, emitter *e);

/* ---- operators: kernel_ops.c ---- */

/* Write r = op of x, y and z (NULL where it has none), which are locals or constants. Whether the result is bad: a T_L, 0 or 1, which is
 * evaluated where it is used, before the operands change; NULL: it never is. */
expr kernel_operator(func *f, vec_op op, place r, expr x, expr y, expr z);
/* r = condition ? yes : no */
void kernel_choice(func *f, place r, expr condition, expr yes, expr no);

/* Is the float (a local) an infinity or a NaN? */
expr kernel_not_finite(func *f, expr a);
/* Is the operator's result bad just where it is not finite? */
bool kernel_must_be_finite(vec_op op);
/* libmvec's function of so many values (4 or 8) that the operator may be where accuracy is not asked for; NULL: there is none. */
const char *kernel_fast_function(vec_op op, int lanes);

static inline type kernel_type(uint8_t vec) { return vec == VEC_FLOAT ? T_F : T_L; }

#endif
