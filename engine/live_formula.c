/* Live nodes that are formulas. */
#include "engine/live_formula.h"

#include "runtime/base/diag.h"

#include <stdlib.h>
#include <string.h>

static burin_status no_memory(burin_error *err) { return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory"); }

static void release(void *what)
{
    live_formula *f = what;
    if (f->held_by)
        *f->held_by = f->older;
    if (f->older)
        f->older->held_by = f->held_by;
    base_free(f->live->env->alloc, f->program.slots, f->program.names.count * sizeof *f->program.slots);
    base_free(f->live->env->alloc, f->reads, f->program.names.count * sizeof *f->reads);
    live_program_deinit(&f->program);
    base_free(f->live->env->alloc, f, f->size);
}

static burin_status take_name(void *user, burin_text name, unsigned uses)
{
    live_formula *f = user;
    (void)uses;
    if (!name_map_get(&f->live->names, name))
        return BURIN_OK;
    char        *copy   = strndup(name.data, name.len);
    burin_status status = copy ? name_list_add(&f->program.names, copy) : BURIN_ERR_NOMEM;
    free(copy);
    return status;
}

static burin_status prepare(live_formula *f, burin_error *err)
{
    const burin_allocator *alloc  = f->live->env->alloc;
    burin_status           status = burin_script_names(f->live->env, f->source, true, take_name, f, err);
    if (status)
        return status;
    f->program.formula = burin_formula_compile(f->live->env, f->source, (const char *const *)f->program.names.names, f->program.names.count, err);
    if (!f->program.formula)
        return err ? err->status : BURIN_ERR_PYTHON_SYNTAX;
    f->program.slots = base_alloc(alloc, f->program.names.count * sizeof *f->program.slots);
    f->reads         = base_alloc(alloc, f->program.names.count * sizeof *f->reads);
    if (f->program.names.count && !(f->program.slots && f->reads))
        return no_memory(err);
    for (size_t k = 0; k < f->program.names.count; k++) {
        const live_name *name = name_map_get(&f->live->names, (burin_text){f->program.names.names[k], strlen(f->program.names.names[k])});
        f->reads[k]           = name->node;
    }
    return BURIN_OK;
}

burin_status burin_live_formula(burin_live *live, burin_text text, burin_node *out, burin_error *err)
{
    size_t        size = sizeof(live_formula) + text.len;
    live_formula *f    = base_alloc(live->env->alloc, size);
    *out               = (burin_node){0, 0};
    if (!f)
        return no_memory(err);
    *f = (live_formula){.live = live, .source = {(char *)(f + 1), text.len}, .size = size};
    if (text.len)
        memcpy(f + 1, text.data, text.len);
    burin_status status = prepare(f, err);
    if (status) {
        release(f);
        return status;
    }
    f->older       = live->formulas;
    f->held_by     = &live->formulas;
    live->formulas = f;
    if (f->older)
        f->older->held_by = &f->older;
    live_source made = {live_program_evaluate, release, f, text, live_program_direct};
    status           = live_node_make(live, &made, &f->program.names, out, err);
    if (!status)
        f->node = *out;
    return status;
}
