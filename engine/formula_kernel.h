/* Formulas over numbers without the machine: a kernel for each row of kinds that the slots had.
 *
 * The machine evaluates first; where that succeeds and all slots that are read are floats, ints or bools, a kernel for those kinds
 * may be made, which evaluates from then on, interpreted or natively. Slots of other kinds, and inputs at which the kernel fails, go to the machine. */
#ifndef BURIN_ENGINE_FORMULA_KERNEL_H
#define BURIN_ENGINE_FORMULA_KERNEL_H

#include "codegen/kernel/native.h"
#include "engine/jit_kernel.h"

enum { FORMULA_KERNELS_MAX = 4 };

typedef struct formula_read {
    uint32_t slot;
    uint8_t  kind; /* burin_kind */
} formula_read;

typedef struct formula_kernel {
    kernel       *k;       /* NULL: there is none for these kinds */
    kernel_cell  *room;
    uint8_t      *kinds;   /* of all slots; of those that are not read: whatever they had */
    formula_read *reads;
    uint32_t      read_count;
    uint8_t       kind;    /* of the result */
    jit_kernel   *native, *of_doubles; /* the second: made when it is first asked for */
    bool          is_of_doubles;       /* all that it reads and gives are floats */
    uint64_t      steps, memory; /* that the machine uses */
    uint32_t      runs, failures; /* of the interpreted kernel */
} formula_kernel;

typedef struct formula_kernels {
    arena          memory;
    formula_kernel all[FORMULA_KERNELS_MAX];
    uint32_t       count;
    formula_kernel *current; /* NULL: none to be tried */
} formula_kernels;

/* What makes a kernel: the expression's text and its variables. */
typedef struct formula_source {
    burin_env        *env;
    const source     *src;
    const burin_text *names;
    uint32_t          count;
} formula_source;

void formula_kernels_init(formula_kernels *all, const burin_allocator *alloc);
void formula_kernels_free(formula_kernels *all);

/* Which kernel suits the slots, made if need be; after the machine has evaluated them with this many steps and so much memory. */
void formula_kernel_choose(formula_kernels *all, const formula_source *from, const burin_value *slots, uint64_t steps, uint64_t memory);
/* Native code of the current kernel for slots that are all floats, which gives a float; NULL: there is none now. */
kernel_slots_function formula_kernel_doubles(formula_kernels *all, burin_env *env);
/* The same for slots that are values. */
kernel_slots_function formula_kernel_values(const formula_kernels *all);
/* The kernel failed, or the slots were not its own. */
void formula_kernel_missed(formula_kernels *all);

/* Interpreted. False: it failed. */
static inline bool formula_kernel_interpret(formula_kernel *v, kernel_cell *result)
{
    if (BURIN_UNLIKELY(kernel_run(v->k, v->room, 0) == 0))
        return false;
    *result = v->room[v->k->cell_count - 1];
    v->runs++;
    jit_kernel_charge(v->native, v->k->step_count);
    return true;
}

/* Of slots that are all floats. False: there is no such kernel, or it failed. */
static inline bool formula_kernel_run_doubles(formula_kernels *all, const double *slots, kernel_cell *result)
{
    formula_kernel *v = all->current;
    if (!v || !v->is_of_doubles)
        return false;
    for (const formula_read *r = v->reads, *end = r + v->read_count; r < end; r++)
        v->room[r->slot].f = slots[r->slot];
    return formula_kernel_interpret(v, result);
}

/* The current kernel's value in *result; false when the machine has to evaluate. */
static inline bool formula_kernel_run(formula_kernels *all, const burin_value *slots, kernel_cell *result)
{
    formula_kernel *v    = all->current;
    void           *code = jit_kernel_code(v->native);
    if (BURIN_LIKELY(code != NULL))
        return !BURIN_UNLIKELY(((kernel_function){code}).of_slots(&kernel_plain_caller, slots, result, NULL));
    kernel_cell *room = v->room;
    for (const formula_read *r = v->reads, *end = r + v->read_count; r < end; r++) {
        if (BURIN_UNLIKELY(slots[r->slot].kind != r->kind))
            return false;
        room[r->slot].i = slots[r->slot].as.i;
    }
    return formula_kernel_interpret(v, result);
}

#endif
