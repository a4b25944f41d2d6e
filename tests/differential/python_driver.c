/* Does what test_python.py asks for, one JSON line in, one JSON line out, by calling the runtime as a script's instructions do.
 *
 * A request is a list: the deed, then its values. A value is a Python literal in a string, or a list that calls a builtin:
 * ["complex", "1", "2"]. Deeds: call NAME args named; method SELF NAME args named (args [null]: an attribute); binary / inplace / compare OP a b; unary OP a;
 * get / set / del v key [item]. The answer: {"value": repr, "self": repr of what may have changed} or {"error": class, "message"}. */
#include "runtime/assign.h"
#include "runtime/base/text.h"
#include "runtime/convert.h"
#include "runtime/iterate.h"
#include "runtime/operate.h"
#include "runtime/type.h"
#include "tests/support/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 20000000, MEMORY = 64 << 20 };

static const char *const binaries[] = {"+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^", "@"};
static const char *const compares[] = {"==", "!=", "<", "<=", ">", ">=", "in", "not in"};
static const char *const unaries[]  = {"-", "+", "~"};

static int sign_of(burin_value sign, const char *const *signs)
{
    int n = 0;
    while (!text_is(rt_text_of(sign), signs[n]))
        n++;
    return n;
}

static burin_value item(burin_value list, uint32_t n) { return ((const rt_list *)list.as.p)->items[n]; }
static uint32_t    count(burin_value list) { return ((const rt_list *)list.as.p)->len; }

static burin_status value_of(rt_state *st, burin_value spec, burin_value *out);

/* The values of a list of specifications from `from` on. */
static burin_status values_of(rt_state *st, burin_value specs, uint32_t from, rt_list **out)
{
    burin_value  v;
    burin_status status = rt_list_new(st, BURIN_LIST, 0, out);
    for (uint32_t n = from; n < count(specs) && !status; n++)
        if (!(status = value_of(st, item(specs, n), &v)))
            status = rt_list_push(st, *out, v);
    return status;
}

static burin_status named(rt_state *st, burin_value name, burin_value *out)
{
    const burin_value *found = rt_names_value(st->env->python, rt_text_of(name));
    *out = found ? *found : burin_none();
    return found ? BURIN_OK : rt_fail(st, BURIN_ERR_NAME, "name '%.*s' is not defined", (int)name.len, name.as.s);
}

static burin_status value_of(rt_state *st, burin_value spec, burin_value *out)
{
    burin_value  callee;
    rt_list     *args;
    burin_status status;
    if (spec.kind == BURIN_STRING) {
        if (spec.len && spec.as.s[0] == '@')
            return named(st, rt_string(spec.as.s + 1, spec.len - 1u), out);
        status = rt_literal_eval(st, rt_text_of(spec), out);
        if (!status && out->kind == BURIN_MISSING) {
            fprintf(stderr, "no literal: %.*s\n", (int)spec.len, spec.as.s);
            exit(1);
        }
        return status;
    }
    if ((status = named(st, item(spec, 0), &callee)) || (status = values_of(st, spec, 1, &args)))
        return status;
    rt_arguments arguments = {.positional = args->items, .count = args->len};
    return rt_call(st, callee, &arguments, out);
}

/* request[at]: the positional ones, request[at + 1]: a dict of the named ones. */
static burin_status arguments_of(rt_state *st, burin_value request, uint32_t at, rt_arguments *out)
{
    static burin_text  names[16];
    static burin_value values[16];
    rt_list           *args;
    burin_value        name, spec;
    burin_status       status = values_of(st, item(request, at), 0, &args);
    *out                      = (rt_arguments){.positional = args->items, .count = args->len, .names = names, .named = values};
    for (uint32_t n = 0; !status && rt_dict_next(item(request, at + 1).as.p, &n, &name, &spec);) {
        names[out->named_count] = rt_text_of(name);
        status                  = value_of(st, spec, &values[out->named_count++]);
    }
    return status;
}

static burin_status call_method(rt_state *st, burin_value request, burin_value *self, burin_value *out)
{
    rt_arguments args;
    bool         property = count(item(request, 3)) == 1 && item(item(request, 3), 0).kind == BURIN_NONE; /* [null]: not called */
    if (value_of(st, item(request, 1), self) || rt_load_attr(st, *self, rt_text_of(item(request, 2)), out) || property ||
        arguments_of(st, request, 3, &args))
        return st->status;
    return rt_call(st, *out, &args, out);
}

static burin_status operate(rt_state *st, burin_text deed, burin_value request, burin_value *self, burin_value *out)
{
    burin_value  b  = rt_missing();
    burin_value  op = item(request, 1);
    bool         holds = false;
    burin_status status = value_of(st, item(request, 2), self);
    if (!status && count(request) > 3)
        status = value_of(st, item(request, 3), &b);
    if (status)
        return status;
    if (text_is(deed, "binary"))
        return rt_binary_op(st, (rt_binary)sign_of(op, binaries), *self, b, out);
    if (text_is(deed, "inplace"))
        return rt_inplace_op(st, (rt_binary)sign_of(op, binaries), *self, b, out);
    if (text_is(deed, "unary"))
        return rt_unary_op(st, (rt_unary)sign_of(op, unaries), *self, out);
    status = rt_compare_op(st, (rt_compare)sign_of(op, compares), *self, b, &holds);
    *out   = burin_bool(holds);
    return status;
}

static burin_status access_item(rt_state *st, burin_text deed, burin_value request, burin_value *self, burin_value *out)
{
    burin_value key, fresh;
    *out = burin_none();
    if (value_of(st, item(request, 1), self) || value_of(st, item(request, 2), &key))
        return st->status;
    if (text_is(deed, "get"))
        return rt_python_item(st, *self, key, out);
    if (text_is(deed, "del"))
        return rt_del_item(st, *self, key);
    burin_status status = value_of(st, item(request, 3), &fresh);
    return status ? status : rt_set_item(st, *self, key, fresh);
}

static burin_status perform(rt_state *st, burin_value request, burin_value *self, burin_value *out)
{
    burin_text   deed = rt_text_of(item(request, 0));
    burin_value  callee;
    rt_arguments args;
    if (text_is(deed, "call")) {
        if (named(st, item(request, 1), &callee) || arguments_of(st, request, 2, &args))
            return st->status;
        return rt_call(st, callee, &args, out);
    }
    if (text_is(deed, "method"))
        return call_method(st, request, self, out);
    if (text_is(deed, "get") || text_is(deed, "set") || text_is(deed, "del"))
        return access_item(st, deed, request, self, out);
    return operate(st, deed, request, self, out);
}

/* An iterator as the list of what it gives, so that its items can be compared. */
static burin_status shown(rt_state *st, burin_value v, burin_value *out)
{
    if (v.kind == BURIN_OBJECT && ((const rt_object_value *)v.as.p)->cls->next) {
        rt_list     *list;
        burin_status status = rt_to_list(st, v, &list);
        if (status)
            return status;
        v = rt_list_value(list);
    }
    return rt_repr(st, v, out);
}

static void answer(rt_state *st, burin_value request)
{
    burin_value  self = burin_none(), out = burin_none(), text;
    rt_dict     *reply;
    burin_status status = perform(st, request, &self, &out);
    burin_error  err    = BURIN_ERROR_INIT;
    rt_out       line;
    if (!status)
        status = shown(st, out, &text);
    burin_value message = rt_string(rt_message(st).data, rt_message(st).len);
    const char *error   = burin_status_class(status);
    st->status          = BURIN_OK;
    st->steps_left      = STEPS;
    st->heap.limit      = 0;
    if (rt_dict_new(st, 4, &reply) || (status ? rt_dict_put_z(st, reply, "error", rt_string(error, strlen(error))) : rt_dict_put_z(st, reply, "value", text)) ||
        (status && rt_dict_put_z(st, reply, "message", message)) || rt_repr(st, self, &text) || rt_dict_put_z(st, reply, "self", text))
        exit(1);
    rt_json_options options = {.indent = rt_missing(), .ensure_ascii = true};
    options.indent          = burin_none();
    rt_out_init(&line, st, 256);
    if (rt_write_json(st, &line, rt_pointer(BURIN_DICT, reply), &options))
        exit(1);
    fwrite(line.data, 1, (size_t)(line.next - line.data), stdout);
    putchar('\n');
    rt_out_deinit(&line);
    burin_error_clear(&err);
}

int main(void)
{
    char   *line = NULL;
    size_t  room = 0;
    ssize_t len;
    run    *r = run_new();
    if (!r || !rt_env_add_python(&r->env))
        return 1;
    r->st.python = true;
    while ((len = getline(&line, &room, stdin)) > 0) {
        burin_value request;
        burin_error err = BURIN_ERROR_INIT;
        if (rt_json_read(&r->st, (burin_text){line, (size_t)len}, false, NULL, &request, &err))
            return 1;
        r->st.steps_left = STEPS;
        r->st.heap.limit = MEMORY;
        answer(&r->st, request);
        rt_clear_error(&r->st);
        heap_reset(&r->st.heap);
    }
    free(line);
    return run_free(r) ? 0 : 1;
}
