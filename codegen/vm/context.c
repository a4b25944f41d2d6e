/* Contexts: where names come from that no scope of a template sets (jinja2.runtime.Context). */
#include "codegen/vm/machine.h"

/* A context with its own mode and room for a short chain of templates behind it. */
typedef struct context_block {
    vm_context         context;
    vm_mode            mode;
    const vm_template *chain[VM_CHAIN_SHORT];
} context_block;

/* A context of `tpl` with an empty chain, over another or over variables and globals. Field by field: gcc zeroes a structure of
 * this size in a loop. */
static inline vm_context *context_make(vm *m, const vm_template *tpl, vm_context *up, burin_value base, const rt_names *globals)
{
    context_block *block = heap_alloc(&m->st.heap, sizeof *block);
    if (BURIN_UNLIKELY(!block)) {
        rt_fail_memory(&m->st);
        return NULL;
    }
    block->mode.autoescape = tpl->program->autoescape;
    vm_context *c   = &block->context;
    c->tpl          = tpl;
    c->up           = up;
    c->vars         = NULL;
    c->hidden       = NULL;
    c->locals       = NULL;
    c->local_values = NULL;
    c->base         = base;
    c->globals      = globals;
    c->mode         = &block->mode;
    c->chain        = block->chain;
    c->chain_len    = 0;
    c->chain_cap    = VM_CHAIN_SHORT;
    return c;
}

static bool push_template(vm *m, vm_context *c, const vm_template *tpl)
{
    if (c->chain_len == c->chain_cap) {
        uint32_t            wider = c->chain_cap ? 2 * c->chain_cap : 4;
        const vm_template **moved = heap_alloc(&m->st.heap, wider * sizeof *moved);
        if (!moved) {
            rt_fail_memory(&m->st);
            return false;
        }
        if (c->chain_len)
            memcpy(moved, c->chain, c->chain_len * sizeof *moved);
        c->chain     = moved;
        c->chain_cap = wider;
    }
    c->chain[c->chain_len++] = tpl;
    return true;
}

burin_status vm_context_extend(vm *m, vm_context *context, const vm_template *parent)
{
    return push_template(m, context, parent) ? BURIN_OK : m->st.status;
}

vm_context *vm_context_new(vm *m, const vm_template *tpl, burin_value base, const rt_names *globals)
{
    vm_context *c = context_make(m, tpl, NULL, base, globals);
    if (BURIN_UNLIKELY(!c))
        return NULL;
    c->chain[0]  = tpl;
    c->chain_len = 1;
    return c;
}

static bool take_locals(vm *m, vm_context *c, vm_frame *f, const ir_locals *locals)
{
    burin_value *values = heap_alloc(&m->st.heap, (locals->count + 1) * sizeof *values);
    if (!values) {
        rt_fail_memory(&m->st);
        return false;
    }
    for (uint32_t n = 0; n < locals->count; n++) {
        vm_frame *at = f;
        for (uint32_t out = locals->outs[n]; out; out--)
            at = at->outer;
        values[n] = at->regs[locals->slots[n]];
    }
    c->locals       = locals;
    c->local_values = values;
    return true;
}

vm_context *vm_context_over(vm *m, vm_context *up, const vm_template *tpl, vm_frame *f, const ir_locals *locals, vm_mode *mode)
{
    vm_context *c = context_make(m, tpl, up, rt_missing(), NULL);
    if (!c)
        return NULL;
    if (mode)
        c->mode = mode;
    if (locals && locals->count && !take_locals(m, c, f, locals))
        return NULL;
    if (!mode)
        return push_template(m, c, tpl) ? c : NULL;
    for (uint32_t n = 0; n < up->chain_len; n++)
        if (!push_template(m, c, up->chain[n]))
            return NULL;
    return c;
}

/* ---- looking up ---- */

static burin_value resolve_global(const vm_context *c, burin_text name, uint32_t hash)
{
    const burin_value *value = rt_names_value_of(c->globals, name, hash);
    return value ? *value : rt_missing();
}

static burin_value resolve_base(vm *m, const vm_context *c, burin_text name, uint32_t hash)
{
    const burin_value *found = c->base.kind == BURIN_DICT ? rt_dict_find_text(rt_dict_of(&m->st, c->base), name, hash) : NULL;
    return found ? *found : resolve_global(c, name, hash);
}

burin_value vm_resolve(vm *m, const vm_context *c, burin_text name, uint32_t hash)
{
    for (; c; c = c->up) {
        const burin_value *found = c->vars ? rt_dict_find_text(c->vars, name, hash) : NULL;
        if (found)
            return *found;
        for (uint32_t n = 0; c->locals && n < c->locals->count; n++)
            if (text_equal(c->locals->names[n], name) && c->local_values[n].kind != BURIN_MISSING)
                return c->local_values[n];
        if (!c->up)
            return resolve_base(m, c, name, hash);
    }
    return rt_missing();
}

burin_value vm_resolve_site(vm_frame *f, uint32_t number)
{
    const ir_site    *site = &f->program->sites[number];
    const vm_context *c    = f->context;
    if (c->up || c->vars || c->locals || c->base.kind != BURIN_DICT)
        return vm_resolve(f->m, c, site->name, site->hash);
    const rt_dict *variables = rt_dict_of(&f->m->st, c->base);
    vm_cache      *cache     = &f->caches[number];
    if (variables->keys->serial != cache->lacking) {
        cache->slot = rt_keys_slot(variables->keys, site->name, site->hash);
        cache->keys = cache->slot != UINT32_MAX ? vm_cached_serial(variables) : 0;
        if (cache->slot != UINT32_MAX)
            return variables->values[cache->slot];
        cache->lacking = vm_cached_serial(variables);
    }
    return resolve_global(c, site->name, site->hash);
}

burin_status vm_export(vm *m, vm_context *context, burin_text name, burin_value value, unsigned how)
{
    rt_state    *st     = &m->st;
    uint32_t     hash   = rt_text_hash(name);
    burin_value  removed;
    burin_status status = context->vars ? BURIN_OK : rt_dict_new(st, 8, &context->vars);
    bool         hides  = !status && (how == 2 || (how == 0 && !rt_dict_find_text(context->vars, name, hash)));
    if (hides && !context->hidden)
        status = rt_dict_new(st, 8, &context->hidden);
    if (!status && hides)
        status = rt_dict_put_text(st, context->hidden, name, hash, burin_none());
    if (!status && how == 1 && context->hidden)
        status = rt_dict_remove(st, context->hidden, rt_string(name.data, name.len), &removed);
    return status ? status : rt_dict_put_text(st, context->vars, name, hash, value);
}

/* ---- all names ---- */

static burin_status add_globals(rt_state *st, rt_dict *all, const rt_names *globals)
{
    burin_status status = BURIN_OK;
    burin_text   name;
    uint32_t     at = 0;
    while (!status && globals && rt_names_next(globals, &at, &name)) {
        const burin_value *value = rt_names_value(globals, name);
        status = rt_dict_put(st, all, rt_string(name.data, name.len), *value);
    }
    return status;
}

static burin_status add_dict(rt_state *st, rt_dict *all, const rt_dict *from)
{
    burin_status status = BURIN_OK;
    burin_value  key, value;
    uint32_t     at = 0;
    while (!status && from && rt_dict_next(from, &at, &key, &value))
        status = rt_dict_put(st, all, key, value);
    return status;
}

static burin_status add_context(vm *m, rt_dict *all, const vm_context *c)
{
    rt_state    *st     = &m->st;
    burin_status status = c->up ? rt_enter(st) : add_globals(st, all, c->globals);
    if (c->up && !status) {
        status = add_context(m, all, c->up);
        rt_leave(st);
    }
    if (!status && c->base.kind == BURIN_DICT)
        status = add_dict(st, all, rt_dict_of(st, c->base));
    for (uint32_t n = 0; c->locals && n < c->locals->count && !status; n++)
        if (c->local_values[n].kind != BURIN_MISSING)
            status = rt_dict_put(st, all, rt_string(c->locals->names[n].data, c->locals->names[n].len), c->local_values[n]);
    return status ? status : add_dict(st, all, c->vars);
}

burin_status vm_context_all(vm *m, const vm_context *context, rt_dict **out)
{
    burin_status status = rt_dict_new(&m->st, 16, out);
    return status ? status : add_context(m, *out, context);
}
