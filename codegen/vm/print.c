/* Printing what is not a plain value: results of calls, pieces of native templates, the debug extension. */
#include "codegen/vm/machine.h"

/* ---- values ---- */

/* Filter blocks and call blocks print their result as it is; joining the pieces fails later if it is no text. */
static burin_status note_bad_piece(vm *m, burin_value v)
{
    if (!m->bad_piece) {
        m->bad_piece = rt_type_name(&m->st, v);
        m->bad_frame = m->frame;
        m->bad_depth = m->captures;
        m->bad_place = (vm_place){m->frame->tpl, m->frame->program, m->frame->unit, m->frame->pc};
    }
    return BURIN_OK;
}

burin_status vm_bad_piece(vm *m)
{
    const char *type = m->bad_piece;
    m->bad_piece     = NULL;
    return rt_fail(&m->st, BURIN_ERR_TYPE, "sequence item 0: expected str instance, %s found", type);
}

void vm_keep_bad_piece(vm *m, vm_module *module)
{
    if (m->bad_piece && m->bad_frame == m->frame && m->bad_depth == m->captures) {
        module->bad_piece = m->bad_piece;
        m->bad_piece      = NULL;
    }
}

burin_status vm_end_pieces(vm_frame *f)
{
    vm *m = f->m;
    if (m->bad_frame != f)
        return BURIN_OK;
    if (f->unit->kind == UNIT_MACRO || f->unit->kind == UNIT_LOOP)
        return vm_bad_piece(m);
    m->bad_frame = f->caller;
    return BURIN_OK;
}

burin_status vm_print_value(vm *m, burin_value v, ir_output how)
{
    rt_state *st = &m->st;
    if (how == PRINT_RAW && v.kind != BURIN_STRING)
        return note_bad_piece(m, v);
    if (how == PRINT_BY_AUTOESCAPE)
        how = st->autoescape ? PRINT_ESCAPED : PRINT_STR;
    return how == PRINT_ESCAPED ? rt_write_escaped_fast(st, m->out, v) : rt_write_str_fast(st, m->out, v);
}

/* A macro or block printed where its text needs no further treatment writes straight to the output: its result is
 * Markup just when autoescape is on here, and then escaping it again would change nothing. */
static bool prints_directly(const rt_state *st, ir_output how)
{
    return how == PRINT_RAW || how == PRINT_BY_AUTOESCAPE || st->autoescape == (how == PRINT_ESCAPED);
}

static burin_status print_result(vm_frame *f, burin_value callee, const ir_call *call, const rt_arguments *args)
{
    rt_state    *st    = &f->m->st;
    vm_macro    *macro = vm_macro_of(callee);
    burin_value  result;
    if (macro && prints_directly(st, call->print))
        return call->rest || call->expand ? vm_macro_print(f->m, macro, args) : vm_macro_print_at(f, macro, call, args);
    vm_block_ref *ref = vm_block_ref_of(callee);
    if (ref && !args->count && !args->named_count && ref->context->mode->autoescape == st->autoescape && prints_directly(st, call->print))
        return vm_block_print(f->m, ref->context, ref->name, ref->depth);
    burin_status status = rt_call(st, callee, args, &result);
    return status ? status : vm_print_value(f->m, result, call->print);
}

burin_status vm_print_call(vm_frame *f, burin_value callee, const ir_call *call, const burin_value *regs)
{
    const vm_macro *macro = call->plain ? vm_macro_of(callee) : NULL;
    if (macro && BURIN_LIKELY(vm_macro_takes(macro, call->positional) && prints_directly(&f->m->st, call->print)))
        return vm_enter_macro(f->m, macro, regs, call->positional);
    rt_arguments args;
    burin_status status = vm_arguments(&f->m->st, call, regs, &args);
    return status ? status : print_result(f, callee, call, &args);
}

burin_status vm_print_method(vm_frame *f, burin_value object, const ir_call *call, const burin_value *regs)
{
    rt_state    *st = &f->m->st;
    rt_arguments args;
    burin_value  result;
    burin_status status = vm_arguments(st, call, regs, &args);
    if (status)
        return status;
    if (object.kind == BURIN_OBJECT) { /* a macro of a module, a block of self */
        status = rt_get_attr(st, object, call->method, &result);
        return status ? status : print_result(f, result, call, &args);
    }
    status = rt_call_method(st, object, call->method, &args, &result);
    return status ? status : vm_print_value(f->m, result, call->print);
}

/* ---- sums ---- */

burin_status vm_sum_value(vm_frame *f, burin_value *sum, burin_value part)
{
    burin_value  left   = *sum;
    burin_status status = BURIN_OK;
    if (sum->kind == BURIN_MISSING) /* what was printed so far is its value */
        status = rt_out_take(f->out, (size_t)sum->as.i, &left);
    return status ? status : rt_binary_op(&f->m->st, RT_ADD, left, part, sum);
}

burin_status vm_sum_texts(vm_frame *f, burin_value *sum, const burin_value *texts, uint32_t count)
{
    burin_status status = BURIN_OK;
    if (count == 1)
        return vm_sum_value(f, sum, texts[0]);
    for (uint32_t n = 1; n <= count && !status; n++)
        status = vm_sum_value(f, sum, texts[n]);
    return status;
}

/* ---- native templates (jinja2.nativetypes) ---- */

burin_status vm_piece(vm *m, burin_value v)
{
    return rt_list_push(&m->st, m->pieces, v);
}

static burin_status join_pieces(vm *m, size_t from, burin_value *out)
{
    rt_state    *st = &m->st;
    rt_out       text;
    burin_status status = BURIN_OK;
    rt_out_init_heap(&text, st, 64);
    for (size_t n = from; n < m->pieces->len && !status; n++)
        status = rt_write_str(st, &text, m->pieces->items[n]);
    return status ? status : rt_out_take(&text, 0, out);
}

burin_status vm_join_texts(vm *m, size_t from, burin_value *out)
{
    for (size_t n = from; n < m->pieces->len; n++)
        if (m->pieces->items[n].kind != BURIN_STRING) {
            m->bad_piece = rt_type_name(&m->st, m->pieces->items[n]);
            return vm_bad_piece(m);
        }
    burin_status status = join_pieces(m, from, out);
    m->pieces->len      = (uint32_t)from;
    return status;
}

burin_status vm_native_concat(vm *m, size_t from, burin_value *out)
{
    rt_list     *pieces = m->pieces;
    size_t       count  = pieces->len - from;
    burin_value  value;
    burin_status status = BURIN_OK;
    *out                = count ? pieces->items[from] : burin_none();
    if (count > 1)
        status = join_pieces(m, from, out);
    pieces->len = (uint32_t)from;
    if (status || out->kind != BURIN_STRING)
        return status;
    status = rt_literal_eval(&m->st, rt_text_of(*out), &value);
    if (!status && value.kind != BURIN_MISSING)
        *out = value;
    return status;
}

/* ---- {% debug %} (jinja2.ext.DebugExtension): the top few names ---- */

static burin_status put_names(rt_state *st, rt_dict *all, const char *key, const rt_names *names)
{
    rt_list     *list;
    burin_text   name;
    uint32_t     at     = 0;
    burin_status status = rt_list_new(st, BURIN_LIST, 64, &list);
    while (!status && rt_names_next(names, &at, &name))
        status = rt_list_push(st, list, rt_string(name.data, name.len));
    for (uint32_t i = 1; !status && i < list->len; i++) /* few names: insertion sort */
        for (uint32_t k = i; k > 0; k--) {
            burin_value *a = &list->items[k - 1], *b = &list->items[k];
            int          order = memcmp(a->as.s, b->as.s, a->len < b->len ? a->len : b->len);
            if (order < 0 || (order == 0 && a->len <= b->len))
                break;
            burin_value swap = *a;
            *a               = *b;
            *b               = swap;
        }
    return status ? status : rt_dict_put_z(st, all, key, rt_list_value(list));
}

burin_status vm_debug(vm_frame *f)
{
    rt_state    *st = &f->m->st;
    rt_dict     *all, *context;
    burin_status status = rt_dict_new(st, 3, &all);
    if (!status)
        status = vm_context_all(f->m, f->context, &context);
    if (!status)
        status = rt_dict_put_z(st, all, "context", rt_pointer(BURIN_DICT, context));
    if (!status)
        status = put_names(st, all, "filters", st->env->filters);
    if (!status)
        status = put_names(st, all, "tests", st->env->tests);
    return status ? status : rt_write_pprint(st, f->m->out, rt_pointer(BURIN_DICT, all), (rt_pprint_options){.depth = 3, .compact = true});
}
