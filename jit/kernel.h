/* From a kernel to a native function. */
#ifndef BURIN_JIT_KERNEL_H
#define BURIN_JIT_KERNEL_H

#include "codegen/kernel/wire.h"
#include "jit/emit.h"

/* What is added to the context's options. */
void kernel_options(gcc_jit_context *g, const kernel_request *request);
/* Write the function into the emitter's context. False when memory is out. */
bool lower_kernel(emitter *e, const kernel_request *request);

enum { EARLY_STEP = 1, EARLY_CHECK = 2 }; /* the step, or whether it is bad, comes before all calls */

typedef struct kernel_writer {
    func                  f;
    const kernel         *k;
    const kernel_request *request;
    place                *locals; /* of places; NULL: constants, cells that nothing reads */
    uint32_t              part;
    gcc_jit_param        *cells, *from, *to; /* arguments: where cells are read, the first part or the number of rows, where the value goes ... */
    gcc_jit_param        *caller, *more;     /* ... of slots: who calls, and what is theirs */
    block                *begins; /* of parts */
    block                 failed; /* where a step is bad; NULL: nowhere yet */
    uint8_t              *early;  /* of each step */
    uint8_t              *signs;  /* of places, as kernel_order.c knows them */
    bool                 *nan_shows, *inf_shows; /* of places: a NaN, or an infinity, there makes a step bad that is looked at */
    bool                 *is_late, *is_wanted; /* of places: a call or a way comes before it; a check before all calls needs it */
} kernel_writer;

bool           kernel_begin(kernel_writer *w, emitter *e, type result, int count, gcc_jit_param **parameters);
gcc_jit_param *kernel_parameter(emitter *e, type t, const char *name);
/* A place's value; NULL for KERNEL_NONE. */
expr           kernel_operand(kernel_writer *w, uint32_t n);
/* Which cells the steps [from, until) read. */
void           kernel_find_cells(kernel_writer *w, uint32_t from, uint32_t until, bool *needed);

/* Find what comes early, and what need not be looked at: kernel_order.c. False when memory is out. */
bool kernel_find_order(kernel_writer *w);
/* Is there something to be looked at? */
bool kernel_can_fail(const kernel_writer *w, const kernel_step *s);

/* The function over rows: kernel_rows.c. */
bool lower_rows(kernel_writer *w, emitter *e);

/* ---- operators: kernel_ops.c ---- */

/* When an operator is bad, where that can be said by less than all of it. */
typedef enum kernel_bad {
    BAD_BY_ITSELF, /* by what kernel_operator gives */
    BAD_RESULT,    /* the result is an infinity or a NaN */
    BAD_DIVISOR,   /* y is 0 */
    BAD_INFINITE,  /* x is an infinity or a NaN: elsewhere the function is finite; so is the result */
    BAD_NAN        /* x is a NaN; so is the result */
} kernel_bad;
kernel_bad kernel_bad_of(vec_op op);
/* Is a function called that keeps no registers? */
bool kernel_is_call(vec_op op);

/* Write r = op of x, y and z (NULL where it has none), which are locals or constants. Whether the result is bad: a T_L, 0 or 1, which is
 * evaluated where it is used, before the operands change; NULL: it is not BAD_BY_ITSELF, or never bad. */
expr kernel_operator(func *f, vec_op op, place r, expr x, expr y, expr z);
/* The same of those that are not BAD_BY_ITSELF; before the operator is written, if it is not BAD_RESULT either. */
expr kernel_is_bad(func *f, vec_op op, place r, expr x, expr y);
/* r = condition ? yes : no */
void kernel_choice(func *f, place r, expr condition, expr yes, expr no);

/* Is the float (a local) an infinity or a NaN; or a NaN? */
expr kernel_not_finite(func *f, expr a);
expr kernel_is_nan(func *f, expr a);
/* libmvec's function of so many values (4 or 8) that the operator may be where accuracy is not asked for; NULL: there is none. */
const char *kernel_fast_function(vec_op op, int lanes);

static inline type kernel_type(uint8_t vec) { return vec == VEC_FLOAT ? T_F : T_L; }

#endif
