/* Compiling in the background: what becomes hot goes into a queue, a thread takes it out, asks the compiler and puts the functions
 * in place.
 *
 * Threads and locks do not survive a fork, so what has them (the tier) belongs to one process: a child leaves its parent's
 * alone (its lock may be held by a thread that does not exist there) and makes one of its own when it has something to compile.
 * Always true: a unit is WANTED exactly as long as its program is in the queue or being compiled. Programs outlive their
 * compilation: the queue holds templates, and who owns another program calls it back first (jit_forget). */
#ifndef BURIN_ENGINE_JIT_H
#define BURIN_ENGINE_JIT_H

#include "burin/jit.h"
#include "codegen/ir/ir.h"
#include "engine/template.h"

/* A program and whose it is. */
typedef struct jit_subject {
    burin_env      *env;
    ir_program     *program;
    const char     *name; /* of its source; NULL for none */
    atomic_bool    *seen; /* its first use has been noted */
    burin_template *tpl;  /* that it is of; NULL: a script's or formula's, whose owner calls jit_forget before it goes */
} jit_subject;

static inline jit_subject jit_of_template(burin_template *tpl)
{
    return (jit_subject){tpl->env, tpl->program, tpl->src.name, &tpl->jit_seen, tpl};
}

/* `ns` more have been interpreted in the unit. */
void jit_charge(jit_subject s, const ir_unit *unit, uint64_t ns);
void jit_first_use(jit_subject s);

/* A template is about to run. */
static inline void jit_use(burin_env *env, burin_template *tpl)
{
    if (BURIN_UNLIKELY(env->engine != BURIN_ENGINE_INTERP) && !atomic_load_explicit(&tpl->jit_seen, memory_order_acquire))
        jit_first_use(jit_of_template(tpl));
}

/* The program is about to go: it is not compiled any more. */
void jit_forget(burin_env *env, const ir_program *program);
/* ---- kernels: what engine/jit_kernel.h is made of ---- */

typedef struct jit_kernel jit_kernel;

const burin_allocator *jit_allocator(const burin_jit *jit);
uint64_t               jit_threshold(const burin_jit *jit); /* burin_jit_options.threshold_ns */
/* Install what the cache has for it; false: nothing. */
bool                   jit_kernel_from_cache(burin_env *env, jit_kernel *native);
/* Put it into the queue, or compile it now if the compiler is eager. */
void                   jit_want_kernel(burin_env *env, jit_kernel *native);

/* Before a program goes: if it ran and nothing of it was ever compiled, tell why. */
void jit_tell_cold(jit_subject s);

/* When the environment dies, before its templates do: nothing of it is compiled any more. */
void jit_leave(burin_env *env);

#endif
