#include "engine/jit_kernel.h"

#include "codegen/jit/code.h"
#include "codegen/jit/native.h"
#include "codegen/jit/object.h"
#include "codegen/kernel/native.h"

enum {
    COMPILE_FLOOR_NS = 8000000, /* of a request: the compiler's and the assembler's beginnings ... */
    COMPILE_STEP_NS  = 60000,   /* ... and of a step */
};

void jit_kernel_hold(jit_kernel *n) { atomic_fetch_add_explicit(&n->refs, 1, memory_order_relaxed); }

void jit_kernel_free(jit_kernel *n)
{
    if (!n || atomic_fetch_sub_explicit(&n->refs, 1, memory_order_acq_rel) != 1)
        return;
    object_free(n->loaded);
    buf_deinit(&n->request);
    base_free(n->alloc, n, sizeof *n);
}

const char *jit_kernel_install(jit_kernel *n, burin_text answer)
{
    kernel_function function;
    const char     *wrong = kernel_load(n->alloc, &n->how, buf_text(&n->request), answer, &n->loaded, &function);
    if (!wrong)
        atomic_store_explicit(&n->code, function.address, memory_order_release);
    return wrong;
}

void jit_kernel_want(jit_kernel *n)
{
    if (n->heat_ns == UINT64_MAX)
        return;
    n->heat_ns = UINT64_MAX;
    jit_want_kernel(n->env, n);
}

static bool has_fast(uint32_t cpu)
{
#if BURIN_MVEC
    return cpu >= 3;
#else
    (void)cpu;
    return false;
#endif
}

static jit_kernel *make(burin_env *env, const kernel *k, kernel_shape shape, bool fast)
{
    enum { SCALAR_LEVEL = 2, VECTOR_LEVEL = 3 };
    uint32_t cpu = code_cpu_here();
    if (env->engine == BURIN_ENGINE_INTERP || !cpu)
        return NULL;
    const burin_allocator *alloc = jit_allocator(env->jit);
    jit_kernel            *n     = base_alloc(alloc, sizeof *n);
    if (!n)
        return NULL;
    *n = (jit_kernel){.env = env, .alloc = alloc, .request = buf_make(alloc), .steps = k->step_count};
    atomic_init(&n->refs, 1);
    n->how = (kernel_request){{.abi = native_abi(), .level = shape == KERNEL_OF_ROWS ? VECTOR_LEVEL : SCALAR_LEVEL, .cpu = cpu}, shape, fast && has_fast(cpu), k};
    if (!kernel_wire_write(&n->how, &n->request)) {
        jit_kernel_free(n);
        return NULL;
    }
    n->how.kernel = NULL;
    if (jit_kernel_from_cache(env, n))
        n->heat_ns = UINT64_MAX;
    else if (env->engine == BURIN_ENGINE_JIT)
        jit_kernel_want(n);
    return n;
}

jit_kernel *jit_kernel_new(burin_env *env, const kernel *k, kernel_shape shape) { return make(env, k, shape, false); }

jit_kernel *jit_kernel_of_rows(burin_env *env, const kernel *k, bool fast) { return make(env, k, KERNEL_OF_ROWS, fast); }

void jit_kernel_charge_slow(jit_kernel *n, uint64_t ns)
{
    uint64_t chosen = jit_threshold(n->env->jit);
    n->heat_ns += ns;
    if (n->heat_ns >= (chosen ? chosen : COMPILE_FLOOR_NS + (uint64_t)n->steps * COMPILE_STEP_NS))
        jit_kernel_want(n);
}
