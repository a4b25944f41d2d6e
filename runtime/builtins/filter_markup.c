/* Filters between text and markup: escape, forceescape, safe, striptags, xmlattr. */
#include "runtime/builtins/support.h"
#include "runtime/html.h"

burin_status filter_escape(burin_call *call, burin_value *out) { return rt_escape(call->st, call->args[0], out); }

/* What value.__html__() gives, as plain text; other values' str(). */
static burin_status unmarked(rt_state *st, burin_value v, burin_value *out)
{
    burin_status status = builtin_has_html(v) ? rt_escape(st, v, out) : builtin_str(st, v, out);

    if (!status)
        *out = builtin_plain(*out);
    return status;
}

burin_status filter_forceescape(burin_call *call, burin_value *out)
{
    burin_value  text;
    burin_status status = unmarked(call->st, call->args[0], &text);

    return status ? status : rt_escape(call->st, text, out);
}

burin_status filter_safe(burin_call *call, burin_value *out)
{
    burin_value  text;
    burin_status status = unmarked(call->st, call->args[0], &text);

    if (!status)
        *out = builtin_marked(text);
    return status;
}

burin_status filter_striptags(burin_call *call, burin_value *out)
{
    burin_value  text;
    burin_status status = unmarked(call->st, call->args[0], &text);

    return status ? status : html_striptags(call->st, rt_text_of(text), out);
}

/* ---- xmlattr ---- */

/* White space, "/", ">" and "=" would end an attribute's name. */
static burin_status check_name(rt_state *st, burin_value name)
{
    burin_value shown;

    if (!rt_is_text(name) && name.kind != BURIN_BYTES)
        return rt_fail(st, BURIN_ERR_TYPE, "expected string or bytes-like object, got '%s'", rt_type_name(st, name));
    if (name.kind == BURIN_BYTES)
        return rt_fail(st, BURIN_ERR_TYPE, "cannot use a string pattern on a bytes-like object");
    for (uint32_t at = 0; at < name.len; at++) {
        char c = name.as.s[at];
        if (c != ' ' && c != '/' && c != '>' && c != '=' && (c < '\t' || c > '\r'))
            continue;
        burin_status status = rt_repr(st, name, &shown);
        if (status)
            return status;
        return rt_fail(st, BURIN_ERR_VALUE, "Invalid character in attribute name: %.*s", (int)shown.len, shown.as.s);
    }
    return BURIN_OK;
}

static burin_status add_attribute(rt_state *st, rt_out *out, burin_value name, burin_value value)
{
    burin_status status = check_name(st, name);

    if (!status)
        status = rt_write_escaped(st, out, name);
    rt_out_literal(out, "=\"");
    if (!status)
        status = rt_write_escaped(st, out, value);
    rt_out_literal(out, "\"");
    return status ? status : rt_out_status(out);
}

burin_status filter_xmlattr(burin_call *call, burin_value *out)
{
    rt_state     *st = call->st;
    builtin_pairs pairs;
    burin_value   name, value;
    rt_out        text;
    bool          space;
    burin_status  status = rt_is_true(st, call->args[1], &space);

    if (!status)
        status = builtin_pairs_init(st, call->args[0], &pairs);
    if (status)
        return status;
    rt_out_init_heap(&text, st, 64);
    while (!status) {
        status = builtin_pairs_next(st, &pairs, &name, &value);
        if (status || name.kind == BURIN_MISSING)
            break;
        if (value.kind == BURIN_NONE || value.kind == BURIN_UNDEFINED)
            continue;
        if (space)
            rt_out_literal(&text, " ");
        space  = true;
        status = add_attribute(st, &text, name, value);
    }
    if (!status)
        status = rt_out_take(&text, 0, out);
    if (!status && call->autoescape)
        *out = builtin_marked(*out);
    return status;
}
