/* Other templates: loading them, including them, their modules (jinja2.environment.TemplateModule). */
#include "codegen/vm/machine.h"

#include <inttypes.h>

/* ---- loading ---- */

static burin_status load_text(vm_frame *f, burin_text name, const vm_template **out)
{
    vm *m = f->m;
    m->located          = false;
    burin_status status = m->host.get_template(m->host.user, &m->st, name, f->tpl, out, m->err);
    /* A template that does not compile brings its own place; others are reported where they are asked for. */
    m->located = status && m->err && m->err->line;
    return status;
}

static burin_status load_one(vm_frame *f, burin_value name, const vm_template **out)
{
    rt_state   *st = &f->m->st;
    burin_value text;
    uint32_t    hash;
    if (name.kind == BURIN_STRING)
        return load_text(f, rt_text_of(name), out);
    if (!f->m->host.has_loader)
        return rt_fail(st, BURIN_ERR_TYPE, "no loader for this environment specified");
    if (name.kind == BURIN_UNDEFINED)
        return rt_undefined_fail(st, name);
    burin_status status = rt_hash(st, name, &hash); /* Jinja2 looks in its cache first */
    if (!status)
        status = rt_str(st, name, &text);
    return status ? status : rt_fail(st, BURIN_ERR_NOT_FOUND, "%.*s", (int)text.len, text.as.s);
}

/* A name as the message lists it: why it is undefined, or its text. */
static void write_missing_name(rt_state *st, rt_out *text, burin_value name)
{
    if (name.kind != BURIN_UNDEFINED) {
        rt_write_str(st, text, name);
        return;
    }
    rt_undefined_fail(st, name);
    rt_out_write(text, rt_message(st).data, rt_message(st).len);
    rt_clear_error(st);
}

static burin_status none_found(rt_state *st, burin_value given, const rt_list *names)
{
    rt_out       text;
    burin_value  joined;
    burin_status status = BURIN_OK;
    if (given.kind != BURIN_LIST && given.kind != BURIN_TUPLE) /* the exception is made with given[-1], which is an error of its own for most */
        status = rt_python_item(st, given, burin_int(-1), &joined);
    if (status)
        return status;
    rt_out_init_heap(&text, st, 64);
    for (uint32_t n = 0; n < names->len; n++) {
        if (n)
            rt_out_literal(&text, ", ");
        write_missing_name(st, &text, names->items[n]);
    }
    status = rt_out_take(&text, 0, &joined);
    return status ? status : rt_fail(st, BURIN_ERR_NONE_FOUND, "none of the templates given were found: %.*s", (int)joined.len, joined.as.s);
}

/* select_template: the first that is found; whatever else goes wrong with one is an error. */
static burin_status load_first(vm_frame *f, burin_value names, const vm_template **out)
{
    rt_state    *st = &f->m->st;
    rt_list     *list;
    bool         any    = false;
    burin_status status = rt_is_true(st, names, &any);
    if (!status && !any)
        return rt_fail(st, BURIN_ERR_NONE_FOUND, "Tried to select from an empty list of templates.");
    if (!status)
        status = rt_to_list(st, names, &list);
    if (status)
        return status;
    for (uint32_t n = 0; n < list->len; n++) {
        status = load_one(f, list->items[n], out);
        if (status != BURIN_ERR_NOT_FOUND && !(status == BURIN_ERR_UNDEFINED && list->items[n].kind == BURIN_UNDEFINED))
            return status;
        vm_forget_error(f->m);
    }
    return none_found(st, names, list);
}

burin_status vm_load(vm_frame *f, burin_value name, ir_include_by by, const vm_template **out)
{
    bool is_name = name.kind == BURIN_STRING || name.kind == BURIN_UNDEFINED;
    if (by == BY_LIST || (by == BY_EITHER && !is_name))
        return load_first(f, name, out);
    return load_one(f, name, out);
}

/* ---- modules ---- */

static burin_status module_attribute(burin_call *call, void *self, burin_text name, burin_value *out)
{
    vm_module        *module  = self;
    const vm_context *context = module->context;
    uint32_t          hash    = rt_text_hash(name);
    (void)call;
    *out = rt_missing();
    const burin_value *found = context->vars ? rt_dict_find_text(context->vars, name, hash) : NULL;
    if (found && !(context->hidden && rt_dict_find_text(context->hidden, name, hash))) {
        *out = *found;
    } else if (text_is(name, "__name__")) {
        *out = module->tpl->name ? rt_string(module->tpl->name, strlen(module->tpl->name)) : burin_none();
    }
    return BURIN_OK;
}

/* "".join: what a native template printed, if all of it is text. */
static burin_status join_texts(rt_state *st, const rt_list *pieces, burin_value *out)
{
    rt_out text;
    rt_out_init_heap(&text, st, 64);
    for (uint32_t n = 0; n < pieces->len; n++) {
        if (pieces->items[n].kind != BURIN_STRING)
            return rt_fail(st, BURIN_ERR_TYPE, "sequence item %" PRIu32 ": expected str instance, %s found", n, rt_type_name(st, pieces->items[n]));
        rt_out_write(&text, pieces->items[n].as.s, pieces->items[n].len);
    }
    return rt_out_take(&text, 0, out);
}

static burin_status module_text(burin_call *call, void *self, burin_value *out)
{
    vm_module *module = self;
    burin_status status;
    if (module->bad_piece)
        return rt_fail(call->st, BURIN_ERR_TYPE, "sequence item 0: expected str instance, %s found", module->bad_piece);
    status = module->pieces ? join_texts(call->st, module->pieces, out) : rt_str(call->st, module->body, out);
    if (!status)
        out->flags &= (uint8_t)~BURIN_SAFE;
    return status;
}

static burin_status module_html(burin_call *call, void *self, burin_value *out)
{
    burin_status status = module_text(call, self, out);
    if (!status)
        out->flags |= BURIN_SAFE;
    return status;
}

static burin_status module_repr(burin_call *call, void *self, burin_value *out)
{
    vm_module *module = self;
    rt_out     text;
    rt_out_init_heap(&text, call->st, 64);
    rt_out_literal(&text, "<TemplateModule ");
    burin_status status = BURIN_OK;
    if (module->tpl->name)
        status = rt_write_repr(call->st, &text, rt_string(module->tpl->name, strlen(module->tpl->name)));
    else
        rt_out_literal(&text, "memory");
    rt_out_literal(&text, ">");
    return status ? status : rt_out_take(&text, 0, out);
}

static const rt_class module_class = {
    .base = {.struct_size = sizeof(rt_class), .name = "TemplateModule", .module = "jinja2.environment", .get_attr = module_attribute,
             .str = module_text, .html = module_html, .repr = module_repr},
};

vm_module *vm_module_of(burin_value v)
{
    if (v.kind != BURIN_OBJECT)
        return NULL;
    const rt_object_value *object = v.as.p;
    return object->cls == &module_class.base ? object->self : NULL;
}

/* Take the pieces since `from` out of what is being printed. */
static burin_status keep_pieces(vm *m, size_t from, rt_list **out)
{
    uint32_t count = m->pieces->len - (uint32_t)from;
    if (rt_list_new(&m->st, BURIN_LIST, count, out))
        return m->st.status;
    if (count)
        memcpy((*out)->items, m->pieces->items + from, count * sizeof *(*out)->items);
    (*out)->len    = count;
    m->pieces->len = (uint32_t)from;
    return BURIN_OK;
}

/* Run a template for what it exports; its text is kept. */
static burin_status make_module(vm *m, const vm_template *tpl, vm_context *context, vm_module **out)
{
    vm_module  *module = heap_alloc(&m->st.heap, sizeof *module);
    burin_value result;
    if (!module || !context)
        return rt_fail_memory(&m->st);
    bool native         = tpl->program->native;
    *module             = (vm_module){.tpl = tpl, .context = context};
    size_t       from   = native ? m->pieces->len : vm_capture(m);
    burin_status status = vm_run_root(m, tpl, context, &result);
    if (!status && !native)
        vm_keep_bad_piece(m, module);
    if (!status)
        status = native ? keep_pieces(m, from, &module->pieces) : vm_captured(m, false, from, false, &module->body);
    *out = module;
    heap_escape(&m->st.heap); /* what it holds outlives the loop it may have been imported in */
    return status;
}

/* The module without context: made once a render. */
static burin_status default_module(vm *m, const vm_template *tpl, vm_module **out)
{
    for (*out = m->modules; *out; *out = (*out)->next)
        if ((*out)->tpl == tpl)
            return BURIN_OK;
    burin_status status = make_module(m, tpl, vm_context_new(m, tpl, rt_missing(), tpl->globals), out);
    if (!status) {
        (*out)->next = m->modules;
        m->modules   = *out;
    }
    return status;
}

/* The module with context: what the importing place sees now, which later changes there do not touch. */
static burin_status context_module(vm_frame *f, const vm_template *tpl, const ir_locals *locals, vm_module **out)
{
    vm          *m = f->m;
    rt_dict     *all;
    burin_status status = vm_context_all(m, f->context, &all);
    if (status)
        return status;
    vm_context *below = vm_context_new(m, tpl, rt_pointer(BURIN_DICT, all), NULL);
    vm_context *own   = below ? vm_context_over(m, below, tpl, f, locals, NULL) : NULL;
    return own ? make_module(m, tpl, own, out) : m->st.status;
}

burin_status vm_import(vm_frame *f, const ir_include *row, burin_value name, burin_value *out)
{
    const vm_template *tpl = NULL;
    vm_module         *module;
    burin_status       status = vm_load(f, name, row->by, &tpl);
    if (!status)
        status = row->with_context ? context_module(f, tpl, &row->locals, &module) : default_module(f->m, tpl, &module);
    return status ? status : rt_object_new(&f->m->st, &module_class.base, module, out);
}

burin_status vm_import_name(vm_frame *f, burin_value value, burin_text name, burin_text place, burin_value *out)
{
    rt_state    *st     = &f->m->st;
    vm_module   *module = vm_module_of(value);
    burin_call   call   = {.st = st};
    const char  *from   = module->tpl->name;
    burin_status status = module_attribute(&call, module, name, out);
    if (status || out->kind != BURIN_MISSING)
        return status;
    return rt_undefined_hint(st, st->env->undefined, out, "the template %s%s%s (imported on %.*s) does not export the requested name '%.*s'",
                             from ? "'" : "", from ? from : "None", from ? "'" : "", (int)place.len, place.data, (int)name.len, name.data);
}

/* ---- include ---- */

static burin_status include_with_context(vm_frame *f, const vm_template *tpl, const ir_include *row)
{
    burin_value result;
    vm_context *context = vm_context_over(f->m, f->context, tpl, f, &row->locals, NULL);
    return context ? vm_run_root(f->m, tpl, context, &result) : f->m->st.status;
}

static burin_status include_module(vm_frame *f, const vm_template *tpl)
{
    vm_module   *module;
    burin_status status = default_module(f->m, tpl, &module);
    if (status)
        return status;
    for (uint32_t n = 0; module->pieces && n < module->pieces->len; n++)
        if (vm_piece(f->m, module->pieces->items[n]))
            return f->m->st.status;
    if (module->pieces)
        return BURIN_OK;
    if (module->bad_piece && !f->m->bad_piece) {
        f->m->bad_piece = module->bad_piece;
        f->m->bad_frame = f;
        f->m->bad_depth = f->m->captures;
        f->m->bad_place = (vm_place){f->tpl, f->program, f->unit, f->pc};
    }
    return rt_write_str(&f->m->st, f->m->out, module->body);
}

burin_status vm_include(vm_frame *f, const ir_include *row, burin_value name)
{
    const vm_template *tpl    = NULL;
    burin_status       status = vm_load(f, name, row->by, &tpl);
    if (row->ignore_missing && (status == BURIN_ERR_NOT_FOUND || status == BURIN_ERR_NONE_FOUND)) {
        vm_forget_error(f->m);
        return BURIN_OK;
    }
    if (status)
        return status;
    return row->with_context ? include_with_context(f, tpl, row) : include_module(f, tpl);
}
