/* Macros and the bodies of call blocks (jinja2.runtime.Macro). */
#include "codegen/vm/machine.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- arguments of a call ---- */

static burin_status spread_rest(rt_state *st, burin_value rest, rt_arguments *args)
{
    rt_list     *list;
    burin_status status = rt_to_list(st, rest, &list);
    if (status) {
        if (status == BURIN_ERR_TYPE && rest.kind != BURIN_UNDEFINED) {
            const char *type = rt_type_name(st, rest);
            rt_clear_error(st);
            return rt_fail(st, BURIN_ERR_TYPE, "Value after * must be an iterable, not %s", type);
        }
        return status;
    }
    burin_value *all = heap_alloc(&st->heap, (args->count + list->len + 1) * sizeof *all);
    if (!all)
        return rt_fail_memory(st);
    for (uint32_t n = 0; n < args->count; n++)
        all[n] = args->positional[n];
    for (uint32_t n = 0; n < list->len; n++)
        all[args->count + n] = list->items[n];
    args->positional = all;
    args->count += list->len;
    return BURIN_OK;
}

/* Whose argument it is, as Python says it of calls in templates; filters and tests have names of their own there. */
static const char *called(rt_state *st, const ir_call *call)
{
    if (call->function || call->unknown.data)
        return "";
    return st->env->sandbox == RT_UNSANDBOXED ? "jinja2.runtime.Context.call() " : "jinja2.sandbox.SandboxedEnvironment.call() ";
}

/* A mapping has a key once: only the names of the call itself can be the same. */
static burin_status add_named(rt_state *st, const ir_call *call, burin_text *names, burin_value *values, uint32_t *count, burin_value key, burin_value value)
{
    if (key.kind != BURIN_STRING)
        return rt_fail(st, BURIN_ERR_TYPE, "keywords must be strings");
    for (uint32_t n = 0; n < call->named; n++)
        if (text_equal(names[n], rt_text_of(key)))
            return rt_fail(st, BURIN_ERR_TYPE, "%sgot multiple values for keyword argument '%.*s'", called(st, call), (int)key.len, key.as.s);
    names[*count]    = rt_text_of(key);
    values[(*count)++] = value;
    return BURIN_OK;
}

static burin_status spread_named(rt_state *st, const ir_call *call, burin_value named, rt_arguments *args)
{
    if (named.kind == BURIN_UNDEFINED)
        return rt_undefined_fail(st, named);
    if (named.kind != BURIN_DICT)
        return rt_fail(st, BURIN_ERR_TYPE, "%sargument after ** must be a mapping, not %s", called(st, call), rt_type_name(st, named));
    const rt_dict *dict   = rt_dict_of(st, named);
    uint32_t       count  = args->named_count, at = 0;
    burin_text    *names  = heap_alloc(&st->heap, (count + dict->len + 1) * sizeof *names);
    burin_value   *values = heap_alloc(&st->heap, (count + dict->len + 1) * sizeof *values);
    burin_value    key, value;
    burin_status   status = BURIN_OK;
    if (!names || !values)
        return rt_fail_memory(st);
    for (uint32_t n = 0; n < count; n++) {
        names[n]  = args->names[n];
        values[n] = args->named[n];
    }
    while (!status && rt_dict_next(dict, &at, &key, &value))
        status = add_named(st, call, names, values, &count, key, value);
    args->names       = names;
    args->named       = values;
    args->named_count = count;
    return status;
}

burin_status vm_arguments(rt_state *st, const ir_call *call, const burin_value *regs, rt_arguments *out)
{
    *out = (rt_arguments){regs, call->positional, call->named, call->names, regs + call->positional};
    out->direct = true;
    if (BURIN_LIKELY(!call->rest && !call->expand))
        return BURIN_OK;
    const burin_value *next   = regs + call->positional + call->named;
    burin_status       status = call->rest ? spread_rest(st, *next++, out) : BURIN_OK;
    return status || !call->expand ? status : spread_named(st, call, *next, out);
}

/* ---- binding (Macro.__call__) ---- */

static const burin_text caller_name = {"caller", 6};

/* Take a keyword argument out of those not used yet. */
static burin_value pop_named(const rt_arguments *args, burin_text name, bool *used)
{
    for (uint32_t n = 0; n < args->named_count; n++)
        if (!used[n] && text_equal(args->names[n], name)) {
            used[n] = true;
            return args->named[n];
        }
    return rt_missing();
}

/* "macro 'name'", "macro None" for the body of a call block, then why. */
static burin_status refuse(rt_state *st, const ir_macro *row, const char *why, ...) BURIN_PRINTF(3, 4);
static burin_status refuse(rt_state *st, const ir_macro *row, const char *why, ...)
{
    char    text[256];
    va_list args;
    va_start(args, why);
    vsnprintf(text, sizeof text, why, args);
    va_end(args);
    if (!row->name.len)
        return rt_fail(st, BURIN_ERR_TYPE, "macro None %s", text);
    return rt_fail(st, BURIN_ERR_TYPE, "macro '%.*s' %s", (int)row->name.len, row->name.data, text);
}

static burin_status leftover_names(rt_state *st, const ir_macro *row, const rt_arguments *args, const bool *used)
{
    burin_text first = {NULL, 0};
    for (uint32_t n = 0; n < args->named_count; n++) {
        if (used[n])
            continue;
        if (text_equal(args->names[n], caller_name))
            return refuse(st, row, "was invoked with two values for the special caller argument. This is most likely a bug.");
        if (!first.data)
            first = args->names[n];
    }
    if (!first.data)
        return BURIN_OK;
    return refuse(st, row, "takes no keyword argument '%.*s'", (int)first.len, first.data);
}

static burin_status collect_named(rt_state *st, const rt_arguments *args, const bool *used, burin_value *out)
{
    rt_dict     *dict;
    burin_status status = rt_dict_new(st, args->named_count, &dict);
    for (uint32_t n = 0; n < args->named_count && !status; n++)
        if (!used[n])
            status = rt_dict_put(st, dict, rt_string(args->names[n].data, args->names[n].len), args->named[n]);
    *out = rt_pointer(BURIN_DICT, dict);
    return status;
}

static burin_status bind(rt_state *st, const ir_macro *row, const rt_arguments *args, bool *used, burin_value *to)
{
    uint32_t     given  = args->count < row->argument_count ? args->count : row->argument_count, at = given;
    bool         caller = row->explicit_caller && given == row->argument_count;
    burin_status status = BURIN_OK;
    for (uint32_t n = 0; n < given; n++)
        to[n] = args->positional[n];
    for (; at < row->argument_count; at++) {
        to[at] = pop_named(args, row->arguments[at], used);
        caller |= text_equal(row->arguments[at], caller_name);
    }
    if (row->caller && !caller) {
        to[at] = pop_named(args, caller_name, used);
        if (to[at].kind == BURIN_MISSING || to[at].kind == BURIN_NONE)
            status = rt_undefined_hint(st, st->env->undefined, &to[at], "No caller defined");
        at++;
    }
    if (!status)
        status = row->catch_kwargs ? collect_named(st, args, used, &to[at++]) : leftover_names(st, row, args, used);
    if (!status && row->catch_varargs)
        status = vm_row(st, BURIN_TUPLE, args->positional + given, args->count - given, &to[at]);
    else if (!status && args->count > row->argument_count)
        status = refuse(st, row, "takes not more than %u argument(s)", row->argument_count);
    return status;
}

enum { FEW = 16 };

/* ---- calling ---- */

static burin_status print_bound(vm *m, const vm_macro *macro, const rt_arguments *args)
{
    rt_state      *st    = &m->st;
    const uint32_t count = macro->program->units[macro->row->unit]->parameters;
    burin_value    room[FEW], *to = room;
    bool           few[FEW] = {false}, *used = few;
    if (count > FEW && !(to = heap_alloc(&st->heap, count * sizeof *to)))
        return rt_fail_memory(st);
    if (args->named_count > FEW && (used = heap_alloc(&st->heap, args->named_count)) != NULL)
        memset(used, 0, args->named_count);
    if (!used)
        return rt_fail_memory(st);
    burin_status status = bind(st, macro->row, args, used, to);
    return status ? status : vm_enter_macro(m, macro, to, count);
}

burin_status vm_macro_print(vm *m, vm_macro *macro, const rt_arguments *args)
{
    if (!args->named_count && vm_macro_takes(macro, args->count))
        return vm_enter_macro(m, macro, args->positional, args->count);
    return print_bound(m, macro, args);
}

/* Which parameter each named argument is for; the caller's stands behind the others. False: that depends on more than the names, or is an error. */
static bool find_places(const ir_macro *row, const ir_call *call, uint8_t *places)
{
    bool has_caller = false;
    if (call->named > sizeof((vm_cache *)0)->places || call->positional > row->argument_count || row->argument_count + row->caller > FEW ||
        row->catch_kwargs || row->catch_varargs || row->explicit_caller)
        return false;
    for (uint32_t n = 0; n < call->named; n++) {
        uint32_t at = call->positional;
        while (at < row->argument_count && !text_equal(row->arguments[at], call->names[n]))
            at++;
        if (at == row->argument_count && (!row->caller || !text_equal(call->names[n], caller_name)))
            return false;
        for (uint32_t before = 0; before < n; before++)
            if (places[before] == at)
                return false;
        has_caller |= at == row->argument_count;
        places[n] = (uint8_t)at;
    }
    return has_caller == row->caller;
}

burin_status vm_macro_print_at(vm_frame *f, vm_macro *macro, const ir_call *call, const rt_arguments *args)
{
    const ir_program *program = macro->program;
    const ir_macro   *row     = macro->row;
    const uint32_t    number  = (uint32_t)(row - program->macros), count = (uint32_t)row->argument_count + row->caller;
    vm_cache         *cache   = &f->caches[call->site];
    burin_value       to[FEW];
    if (!args->named_count)
        return vm_macro_print(f->m, macro, args);
    if (BURIN_UNLIKELY(cache->keys != program->serial || cache->slot != number)) {
        cache->keys = 0; /* the places are no longer the last macro's */
        if (!find_places(row, call, cache->places))
            return print_bound(f->m, macro, args);
        cache->keys = program->serial;
        cache->slot = number;
    }
    for (uint32_t n = 0; n < count; n++)
        to[n] = n < args->count ? args->positional[n] : rt_missing();
    for (uint32_t n = 0; n < args->named_count; n++)
        to[cache->places[n]] = args->named[n];
    if (row->caller && (to[count - 1].kind == BURIN_MISSING || to[count - 1].kind == BURIN_NONE))
        return print_bound(f->m, macro, args);
    return vm_enter_macro(f->m, macro, to, count);
}

burin_status vm_macro_call(rt_state *st, void *self, const rt_arguments *args, burin_value *out)
{
    vm_macro    *macro  = self;
    vm          *m      = vm_of(st);
    bool         native = macro->program->native;
    bool         markup = st->autoescape; /* where it is called, not where it is defined */
    size_t       from   = native ? m->pieces->len : vm_capture(m);
    burin_status status = vm_macro_print(m, macro, args);
    return status ? status : vm_captured(m, native, from, markup, out);
}

/* ---- the object ---- */

static burin_status argument_names(rt_state *st, const ir_macro *row, burin_value *out)
{
    rt_list     *names;
    burin_status status = rt_list_new(st, BURIN_TUPLE, row->argument_count, &names);
    for (uint32_t n = 0; n < row->argument_count && !status; n++)
        status = rt_list_push(st, names, rt_string(row->arguments[n].data, row->arguments[n].len));
    *out = rt_tuple_value(names);
    return status;
}

static burin_status get_attribute(burin_call *call, void *self, burin_text name, burin_value *out)
{
    const ir_macro *row = ((vm_macro *)self)->row;
    *out = rt_missing();
    if (text_is(name, "name"))
        *out = row->name.data ? rt_string(row->name.data, row->name.len) : burin_none();
    else if (text_is(name, "arguments"))
        return argument_names(call->st, row, out);
    else if (text_is(name, "catch_kwargs"))
        *out = burin_bool(row->catch_kwargs);
    else if (text_is(name, "catch_varargs"))
        *out = burin_bool(row->catch_varargs);
    else if (text_is(name, "caller"))
        *out = burin_bool(row->caller);
    else if (text_is(name, "explicit_caller"))
        *out = burin_bool(row->explicit_caller);
    return BURIN_OK;
}

static burin_status get_repr(burin_call *call, void *self, burin_value *out)
{
    const ir_macro *row = ((vm_macro *)self)->row;
    rt_out          text;
    if (!row->name.data)
        return rt_string_copy(call->st, "<Macro anonymous>", 17, out);
    rt_out_init_heap(&text, call->st, row->name.len + 16);
    rt_out_literal(&text, "<Macro ");
    burin_status status = rt_write_repr(call->st, &text, rt_string(row->name.data, row->name.len));
    rt_out_literal(&text, ">");
    return status ? status : rt_out_take(&text, 0, out);
}

const rt_class vm_macro_class = {
    .base = {.struct_size = sizeof(rt_class), .name = "Macro", .module = "jinja2.runtime", .get_attr = get_attribute, .repr = get_repr},
    .call_arguments = vm_macro_call,
};

burin_status vm_macro_new(vm_frame *f, const ir_macro *row, burin_value *out)
{
    rt_state *st    = &f->m->st;
    vm_macro *macro = heap_alloc(&st->heap, sizeof *macro);
    if (!macro)
        return rt_fail_memory(st);
    *macro       = (vm_macro){.row = row, .program = f->program, .tpl = f->tpl, .context = f->context, .caches = f->caches};
    macro->outer = f->program->units[row->unit]->uses_outer ? f : NULL;
    return rt_object_new(st, &vm_macro_class.base, macro, out);
}

