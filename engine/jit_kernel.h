/* Kernels (codegen/kernel/kernel.h) that get native code in the background, by the environment's compiler.
 *
 *     jit_kernel *native = jit_kernel_new(env, k, KERNEL_OF_CELLS);        once k is complete; NULL: everything is interpreted
 *     void *code = jit_kernel_code(native);                                each time
 *     done = code ? ((kernel_function){code}).of_cells(room, 0) : kernel_run(k, room, 0);
 *     if (!code) jit_kernel_charge(native, k->step_count);
 *
 * Belongs to one thread, like what it is part of; the thread that compiles has its own reference. */
#ifndef BURIN_ENGINE_JIT_KERNEL_H
#define BURIN_ENGINE_JIT_KERNEL_H

#include "codegen/kernel/wire.h"
#include "engine/jit.h"

#include <stdatomic.h>

struct jit_kernel {
    burin_env     *env;     /* borrowed: who made this holds it */
    const burin_allocator *alloc; /* the compiler's */
    atomic_uint    refs;
    _Atomic(void *) code;   /* NULL: not there yet, or never */
    struct object *loaded;
    buf            request; /* its bytes */
    kernel_request how;     /* without the kernel */
    uint32_t       steps;
    uint64_t       heat_ns; /* spent interpreting it; UINT64_MAX: it was asked for */
};

/* Of the whole kernel, which is not needed after that. With BURIN_ENGINE_JIT it is asked for at once, and there when this returns if the
 * compiler is `eager`; with BURIN_ENGINE_AUTO once it was interpreted for long enough, or at once where the cache has it. */
jit_kernel *jit_kernel_new(burin_env *env, const kernel *k, kernel_shape shape);
/* Of rows; `fast`: functions that are off by 4 units in the last place will do. */
jit_kernel *jit_kernel_of_rows(burin_env *env, const kernel *k, bool fast);
void        jit_kernel_free(jit_kernel *native); /* NULL is allowed; its code is gone */

/* The function of the shape (kernel_function), NULL: there is none now. */
static inline void *jit_kernel_code(const jit_kernel *native)
{
    return native ? atomic_load_explicit(&native->code, memory_order_acquire) : NULL;
}

/* Ask for it, if it was not asked for. */
void jit_kernel_want(jit_kernel *native);
/* So many steps more were interpreted. NULL is allowed. */
void jit_kernel_charge_slow(jit_kernel *native, uint64_t ns);
enum { JIT_KERNEL_STEP_NS = 4 };
static inline void jit_kernel_charge(jit_kernel *native, uint64_t steps)
{
    if (native && native->heat_ns != UINT64_MAX)
        jit_kernel_charge_slow(native, steps * JIT_KERNEL_STEP_NS);
}

/* ---- for jit.c ---- */

void jit_kernel_hold(jit_kernel *native);
/* Load what the compiler gave. NULL, or what is wrong with it. */
const char *jit_kernel_install(jit_kernel *native, burin_text answer);

#endif
