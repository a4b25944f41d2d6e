/* tojson and pprint: values written out whole. */
#include "runtime/builtins/support.h"
#include "runtime/call_text.h"

/* ---- tojson ---- */

/* separators=(item, key) of json.dumps. */
static burin_status read_separators(rt_state *st, burin_value pair, rt_json_options *options)
{
    burin_value  item, key;
    burin_status status;

    if (pair.kind == BURIN_NONE)
        return BURIN_OK;
    status = builtin_unpack2(st, pair, &item, &key);
    if (status)
        return status;
    if (!rt_is_text(item) || !rt_is_text(key))
        return rt_fail(st, BURIN_ERR_TYPE, "sequence item 0: expected str instance, %s found", rt_type_name(st, rt_is_text(item) ? key : item));
    options->item_separator = rt_text_of(item);
    options->key_separator  = rt_text_of(key);
    return BURIN_OK;
}

/* One keyword argument of json.dumps. Those that Burin's writer has no use for are accepted in silence. */
static burin_status read_option(rt_state *st, burin_text name, burin_value value, rt_json_options *options)
{
    static const char *const without_effect[] = {"skipkeys", "check_circular", "allow_nan", "cls", "default"};

    if (text_is(name, "sort_keys"))
        return rt_is_true(st, value, &options->sort_keys);
    if (text_is(name, "ensure_ascii"))
        return rt_is_true(st, value, &options->ensure_ascii);
    if (text_is(name, "separators"))
        return read_separators(st, value, options);
    if (text_is(name, "indent")) {
        options->indent = value;
        return BURIN_OK;
    }
    for (size_t n = 0; n < sizeof without_effect / sizeof without_effect[0]; n++)
        if (text_is(name, without_effect[n]))
            return BURIN_OK;
    return rt_fail(st, BURIN_ERR_TYPE, "JSONEncoder.__init__() got an unexpected keyword argument '%.*s'", (int)name.len, name.data);
}

/* The policy json.dumps_kwargs. */
static burin_status read_options(rt_state *st, burin_value kwargs, rt_json_options *options)
{
    burin_value  key, value;
    uint32_t     at     = 0;
    burin_status status = BURIN_OK;

    options->sort_keys = kwargs.kind != BURIN_DICT; /* {'sort_keys': True} where the host says nothing */
    if (kwargs.kind != BURIN_DICT)
        return BURIN_OK;
    while (!status && rt_dict_next(rt_dict_of(st, kwargs), &at, &key, &value))
        if (rt_is_text(key))
            status = read_option(st, rt_text_of(key), value, options);
    return status;
}

/* What json.dumps multiplies a space with. */
static burin_status check_indent(rt_state *st, burin_value *indent)
{
    if (indent->kind == BURIN_BOOL)
        *indent = burin_int(indent->as.i);
    if (indent->kind == BURIN_NONE || indent->kind == BURIN_INT || indent->kind == BURIN_STRING)
        return BURIN_OK;
    if (indent->kind == BURIN_UNDEFINED)
        return rt_undefined_fail(st, *indent);
    return rt_fail(st, BURIN_ERR_TYPE, "can't multiply sequence by non-int of type '%s'", rt_type_name(st, *indent));
}

/* jinja2.utils.htmlsafe_json_dumps on text that is made already. */
static burin_status make_html_safe(rt_state *st, burin_value text, burin_value *out)
{
    builder  b;
    uint32_t from = 0;

    builder_init(&b, st, (size_t)text.len + 16);
    for (uint32_t n = 0; n < text.len; n++) {
        char c = text.as.s[n];
        if (c != '<' && c != '>' && c != '&' && c != '\'')
            continue;
        builder_text(&b, text.as.s + from, n - from);
        builder_ascii(&b, c == '<' ? "\\u003c" : c == '>' ? "\\u003e" : c == '&' ? "\\u0026" : "\\u0027", 6);
        from = n + 1;
    }
    builder_text(&b, text.as.s + from, text.len - from);
    return builder_take(&b, BURIN_SAFE, out);
}

/* The host's own function instead of json.dumps. */
static burin_status dumps_of_host(burin_call *call, burin_value function, burin_value kwargs, burin_value *out)
{
    rt_state    *st = call->st;
    rt_dict     *named;
    rt_arguments args   = {.positional = &call->args[0], .count = 1};
    uint32_t     at     = 0;
    burin_value  key, value, text;
    burin_status status = rt_dict_new(st, 4, &named);

    while (!status && kwargs.kind == BURIN_DICT && rt_dict_next(rt_dict_of(st, kwargs), &at, &key, &value))
        status = rt_dict_put(st, named, key, value);
    if (!status && call->args[1].kind != BURIN_NONE)
        status = rt_dict_put_z(st, named, "indent", call->args[1]);
    if (!status)
        status = builtin_spread(st, rt_pointer(BURIN_DICT, named), &args);
    if (!status)
        status = rt_call(st, function, &args, &value);
    if (!status)
        status = builtin_str(st, value, &text);
    return status ? status : make_html_safe(st, text, out);
}

burin_status filter_tojson(burin_call *call, burin_value *out)
{
    rt_state       *st       = call->st;
    burin_value     kwargs   = rt_policy(st->env, "json.dumps_kwargs"), function = rt_policy(st->env, "json.dumps_function");
    rt_json_options options  = {.ensure_ascii = true, .html_safe = true, .indent = burin_none()};
    rt_call_text    text;
    burin_status    status;

    if (function.kind == BURIN_FUNCTION || function.kind == BURIN_OBJECT)
        return dumps_of_host(call, function, kwargs, out);
    status = read_options(st, kwargs, &options);
    if (call->args[1].kind != BURIN_NONE)
        options.indent = call->args[1];
    if (rt_is_text(call->args[0])) /* text needs no indent, so nobody looks at it */
        options.indent = burin_none();
    if (!status)
        status = check_indent(st, &options.indent);
    if (status)
        return status;
    rt_call_text_begin(&text, call, true, 64);
    return rt_call_text_end(&text, rt_write_json(st, text.out, call->args[0], &options), out);
}

/* ---- pprint ---- */

burin_status filter_pprint(burin_call *call, burin_value *out)
{
    rt_out       text;
    burin_status status;

    rt_out_init_heap(&text, call->st, 64);
    status = rt_write_pprint(call->st, &text, call->args[0], (rt_pprint_options){0});
    return status ? status : rt_out_take(&text, 0, out);
}
