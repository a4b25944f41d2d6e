/* Compiling in the background: what becomes hot goes into a queue, a thread takes it out, asks the compiler and puts the functions
 * in place.
 *
 * Threads and locks do not survive a fork, so what has them (the tier) belongs to one process: a child leaves its parent's
 * alone (its lock may be held by a thread that does not exist there) and makes one of its own when it has something to compile.
 * Always true: a unit is WANTED exactly as long as its template is in the queue or being compiled; the queue's
 * templates are held, so programs outlive their compilation. */
#ifndef BURIN_ENGINE_JIT_H
#define BURIN_ENGINE_JIT_H

#include "burin/jit.h"
#include "codegen/ir/ir.h"
#include "engine/template.h"

/* `ns` more have been interpreted in the unit. */
void jit_charge(burin_env *env, burin_template *tpl, const ir_unit *unit, uint64_t ns);
void jit_first_use(burin_env *env, burin_template *tpl);

/* A template is about to run. */
static inline void jit_use(burin_env *env, burin_template *tpl)
{
    if (BURIN_UNLIKELY(env->engine != BURIN_ENGINE_INTERP) && !atomic_load_explicit(&tpl->jit_seen, memory_order_acquire))
        jit_first_use(env, tpl);
}

/* When the environment dies, before its templates do: nothing of it is compiled any more. */
void jit_leave(burin_env *env);

#endif
