#include "engine/formula_kernel.h"

#include "engine/environment.h"
#include "parser/script.h"

enum { FAILURES_LOOKED_AT = 64, FAILURES_SHARE = 4 };

void formula_kernels_init(formula_kernels *all, const burin_allocator *alloc) { *all = (formula_kernels){.memory = arena_make(alloc)}; }

void formula_kernels_free(formula_kernels *all)
{
    for (uint32_t n = 0; n < all->count; n++) {
        jit_kernel_free(all->all[n].native);
        jit_kernel_free(all->all[n].of_doubles);
    }
    arena_deinit(&all->memory);
}

/* ---- making ---- */

static ast_node *parse(arena *memory, const formula_source *from)
{
    script_options options = env_script_options(from->env);
    ast_node      *tree;
    return parse_script_expression(memory, from->src, &options, &tree, NULL) ? NULL : tree;
}

static bool note_reads(formula_kernel *v, arena *memory)
{
    kernel *k = v->k;
    v->reads  = arena_alloc(memory, k->cell_count * sizeof *v->reads);
    v->room   = arena_alloc(memory, k->place_count * sizeof *v->room);
    if (!v->reads || !v->room)
        return false;
    for (uint32_t n = 0; n + 1 < k->cell_count; n++)
        if (kernel_reads(k, n))
            v->reads[v->read_count++] = (formula_read){n, (uint8_t)kernel_kind_of((vec_type)k->places[n].type)};
    kernel_prepare(k, v->room);
    return true;
}

/* False: there is none. */
static bool make(formula_kernel *v, arena *memory, const formula_source *from, const burin_value *slots)
{
    kernel_name *names = arena_alloc(memory, (from->count + 1) * sizeof *names);
    ast_node    *tree  = names ? parse(memory, from) : NULL;
    vec_type     type;
    v->k               = tree ? kernel_new(memory, from->count + 1) : NULL;
    if (!v->k)
        return false;
    for (uint32_t n = 0; n < from->count; n++) {
        names[n]       = (kernel_name){.name = from->names[n], .cell = n};
        names[n].known = kernel_type_of(slots[n].kind, &names[n].type);
    }
    if (kernel_add(v->k, &from->env->rt, tree, names, from->count, (kernel_wish){0}, from->count, &type) || v->k->is_uneven || !note_reads(v, memory))
        return false;
    v->kind          = (uint8_t)kernel_kind_of(type);
    v->is_of_doubles = type == VEC_FLOAT;
    for (uint32_t n = 0; n < v->read_count; n++)
        v->is_of_doubles &= v->reads[n].kind == BURIN_FLOAT;
    v->native = jit_kernel_new(from->env, v->k, KERNEL_OF_VALUES);
    return true;
}

/* ---- choosing ---- */

static bool suits(const formula_kernel *v, const burin_value *slots, uint32_t count)
{
    if (!v->k) {
        for (uint32_t n = 0; n < count; n++)
            if (v->kinds[n] != slots[n].kind)
                return false;
        return true;
    }
    for (uint32_t n = 0; n < v->read_count; n++)
        if (slots[v->reads[n].slot].kind != v->reads[n].kind)
            return false;
    return true;
}

void formula_kernel_choose(formula_kernels *all, const formula_source *from, const burin_value *slots, uint64_t steps, uint64_t memory)
{
    for (uint32_t n = 0; n < all->count; n++)
        if (suits(&all->all[n], slots, from->count)) {
            all->current = all->all[n].k ? &all->all[n] : NULL;
            return;
        }
    if (all->count == FORMULA_KERNELS_MAX)
        return;
    formula_kernel *v = &all->all[all->count];
    *v                = (formula_kernel){.steps = steps, .memory = memory, .kinds = arena_alloc(&all->memory, from->count + 1)};
    if (!v->kinds)
        return;
    all->count++;
    for (uint32_t n = 0; n < from->count; n++)
        v->kinds[n] = slots[n].kind;
    if (!make(v, &all->memory, from, slots))
        v->k = NULL;
    all->current = v->k ? v : NULL;
}

kernel_slots_function formula_kernel_values(const formula_kernels *all)
{
    const formula_kernel *v = all->current;
    return v && v->kind == BURIN_FLOAT ? ((kernel_function){jit_kernel_code(v->native)}).of_slots : NULL;
}

kernel_slots_function formula_kernel_doubles(formula_kernels *all, burin_env *env)
{
    formula_kernel *v = all->current;
    if (!v || !v->is_of_doubles || !jit_kernel_code(v->native)) /* as hot as that one */
        return NULL;
    if (!v->of_doubles && (v->of_doubles = jit_kernel_new(env, v->k, KERNEL_OF_DOUBLES)))
        jit_kernel_want(v->of_doubles);
    return ((kernel_function){jit_kernel_code(v->of_doubles)}).of_slots;
}

void formula_kernel_missed(formula_kernels *all)
{
    formula_kernel *v = all->current;
    if (jit_kernel_code(v->native)) /* trying costs next to nothing, and successes are not counted */
        return;
    if (++v->failures < FAILURES_LOOKED_AT)
        return;
    if (v->failures > v->runs / FAILURES_SHARE) {
        v->k         = NULL;
        all->current = NULL;
    }
    v->failures = v->runs = 0;
}
