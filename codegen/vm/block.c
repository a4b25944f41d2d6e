/* Blocks: placing them, `self`, `super`, extends.
 *
 * The blocks of one name are those of the templates of the context's chain that have it, most derived first. */
#include "codegen/vm/machine.h"

#include <assert.h>

/* The block of that name after skipping `depth` overriding ones; NULL when there is none. */
static const ir_unit *find_block(const vm_context *context, burin_text name, uint32_t depth, const vm_template **owner)
{
    for (uint32_t n = 0; n < context->chain_len; n++) {
        const ir_unit *unit = ir_find_block(context->chain[n]->program, name);
        if (unit && depth-- == 0) {
            *owner = context->chain[n];
            return unit;
        }
    }
    return NULL;
}

bool vm_block_is_there(const vm_context *context, burin_text name)
{
    const vm_template *owner;
    return find_block(context, name, 0, &owner) != NULL;
}

burin_status vm_block_print(vm *m, vm_context *context, burin_text name, uint32_t depth)
{
    const vm_template *owner = NULL;
    const ir_unit     *unit  = find_block(context, name, depth, &owner);
    burin_value        result;
    assert(unit);
    vm_call call = {.unit = unit, .program = owner->program, .tpl = owner, .context = context};
    return vm_enter(m, &call, &result);
}

burin_status vm_block_place(vm_frame *f, const ir_block_place *place)
{
    const vm_template *owner;
    vm_context        *context = f->context;
    if (place->scoped) {
        context = vm_context_over(f->m, f->context, f->context->tpl, f, &place->locals, f->context->mode);
        if (!context)
            return f->m->st.status;
    }
    if (place->required && !find_block(context, place->name, 1, &owner))
        return rt_fail(&f->m->st, BURIN_ERR_RUNTIME, "Required block '%.*s' not found", (int)place->name.len, place->name.data);
    return vm_block_print(f->m, context, place->name, 0);
}

/* ---- references ---- */

static burin_status reference_new(rt_state *st, vm_context *context, burin_text name, uint32_t depth, burin_value *out);

static burin_status no_parent(rt_state *st, burin_text name, burin_value *out)
{
    return rt_undefined_hint(st, st->env->undefined, out, "there is no parent block called '%.*s'.", (int)name.len, name.data);
}

static burin_status reference_attribute(burin_call *call, void *self, burin_text name, burin_value *out)
{
    vm_block_ref      *ref = self;
    const vm_template *owner;
    *out = rt_missing();
    if (text_is(name, "name"))
        *out = rt_string(ref->name.data, ref->name.len);
    if (!text_is(name, "super"))
        return BURIN_OK;
    if (!find_block(ref->context, ref->name, ref->depth + 1, &owner))
        return no_parent(call->st, ref->name, out);
    return reference_new(call->st, ref->context, ref->name, ref->depth + 1, out);
}

static burin_status reference_call(rt_state *st, void *self, const rt_arguments *args, burin_value *out)
{
    vm_block_ref *ref = self;
    vm           *m   = vm_of(st);
    if (args->count + args->named_count)
        return rt_fail(st, BURIN_ERR_TYPE, "BlockReference.__call__() takes 1 positional argument but %u were given", args->count + args->named_count + 1);
    bool         native = ref->context->tpl->program->native;
    size_t       from   = native ? m->pieces->len : vm_capture(m);
    burin_status status = vm_block_print(m, ref->context, ref->name, ref->depth);
    if (!status && native) /* Jinja2 3.1.2 joins the pieces as texts here, whatever the environment */
        status = vm_join_texts(m, from, out);
    else if (!status)
        status = vm_captured(m, false, from, false, out);
    if (!status && ref->context->mode->autoescape)
        out->flags |= BURIN_SAFE;
    return status;
}

static const rt_class reference_class = {
    .base = {.struct_size = sizeof(rt_class), .name = "BlockReference", .module = "jinja2.runtime", .get_attr = reference_attribute},
    .call_arguments = reference_call,
};

static burin_status reference_new(rt_state *st, vm_context *context, burin_text name, uint32_t depth, burin_value *out)
{
    vm_block_ref *ref = heap_alloc(&st->heap, sizeof *ref);
    if (!ref)
        return rt_fail_memory(st);
    *ref = (vm_block_ref){name, context, depth};
    return rt_object_new(st, &reference_class.base, ref, out);
}

vm_block_ref *vm_block_ref_of(burin_value v)
{
    if (v.kind != BURIN_OBJECT)
        return NULL;
    const rt_object_value *object = v.as.p;
    return object->cls == &reference_class.base ? object->self : NULL;
}

/* ---- self and super ---- */

static burin_status self_attribute(burin_call *call, void *self, burin_text name, burin_value *out)
{
    vm_context        *context = self;
    const vm_template *owner;
    *out                = rt_missing();
    const ir_unit *unit = find_block(context, name, 0, &owner);
    return unit ? reference_new(call->st, context, unit->name, 0, out) : BURIN_OK;
}

static burin_status self_item(burin_call *call, void *self, burin_value key, burin_value *out)
{
    *out = rt_missing();
    return key.kind == BURIN_STRING ? self_attribute(call, self, rt_text_of(key), out) : BURIN_OK;
}

static burin_status self_repr(burin_call *call, void *self, burin_value *out)
{
    const vm_context *context = self;
    const char       *name    = context->tpl->name;
    rt_out            text;
    rt_out_init_heap(&text, call->st, 64);
    rt_out_literal(&text, "<TemplateReference ");
    burin_status status = rt_write_repr(call->st, &text, name ? rt_string(name, strlen(name)) : burin_none());
    rt_out_literal(&text, ">");
    return status ? status : rt_out_take(&text, 0, out);
}

static const rt_class self_class = {
    .base = {.struct_size = sizeof(rt_class), .name = "TemplateReference", .module = "jinja2.runtime", .get_attr = self_attribute,
             .get_item = self_item, .repr = self_repr},
};

burin_status vm_self_new(vm_frame *f, burin_value *out) { return rt_object_new(&f->m->st, &self_class.base, f->context, out); }

burin_status vm_super_new(vm_frame *f, burin_text block, burin_value *out)
{
    const vm_context  *context = f->context;
    const vm_template *owner;
    uint32_t           depth = 0;
    for (uint32_t n = 0; n < context->chain_len && context->chain[n] != f->tpl; n++)
        depth += ir_find_block(context->chain[n]->program, block) != NULL;
    if (!find_block(context, block, depth + 1, &owner))
        return no_parent(&f->m->st, block, out);
    return reference_new(&f->m->st, f->context, block, depth + 1, out);
}

burin_status vm_extend(vm_frame *f, burin_value name)
{
    const vm_template *parent = NULL;
    burin_status       status = vm_load(f, name, BY_NAME, &parent);
    if (!status) /* a level until vm_run_root has run the parent: one may extend itself */
        status = rt_enter(&f->m->st);
    if (!status)
        status = vm_context_extend(f->m, f->context, parent);
    if (!status)
        f->parent = parent;
    return status;
}
