/* Binding the arguments of a call to the parameters of a function of a script; as CPython does (initialize_locals in ceval.c), down
 * to the order in which it looks for mistakes. */
#include "codegen/vm/script.h"
#include "runtime/base/arity.h"
#include "runtime/builder.h"

#include <stdio.h>

/* ---- mistakes ---- */

static burin_status fail_with_list(const vm_function *fn, const char *middle, builder *list)
{
    rt_state    *st = list->st;
    burin_value  text;
    burin_status status = builder_take(list, 0, &text);
    if (status)
        return status;
    return rt_fail(st, BURIN_ERR_TYPE, "%.*s() %s%.*s", (int)fn->row->qualified.len, fn->row->qualified.data, middle, (int)text.len, text.as.s);
}

/* "f() missing 2 required positional arguments: 'a' and 'b'" of the parameters in [from, until) that are missing. */
static burin_status fail_missing(rt_state *st, const vm_function *fn, const burin_value *regs, uint32_t from, uint32_t until, const char *kind)
{
    builder  list;
    uint32_t missing = 0, listed = 0;
    char     middle[ARITY_SIZE];
    for (uint32_t p = from; p < until; p++)
        missing += regs[p].kind == BURIN_MISSING;
    builder_init(&list, st, 64);
    for (uint32_t p = from; p < until; p++) {
        if (regs[p].kind != BURIN_MISSING)
            continue;
        const char *joint = arity_joint(listed++, missing);
        builder_ascii(&list, joint, strlen(joint));
        builder_byte(&list, '\'');
        builder_text(&list, fn->row->names[p].data, fn->row->names[p].len);
        builder_byte(&list, '\'');
    }
    arity_missing(middle, missing, kind);
    return fail_with_list(fn, middle, &list);
}

static burin_status fail_too_many(rt_state *st, const vm_function *fn, uint32_t given, const burin_value *regs)
{
    const ir_function *row = fn->row;
    uint32_t           by_keyword = 0;
    char               takes[ARITY_SIZE];
    for (uint32_t p = row->positional; p < (uint32_t)row->positional + row->keyword_only; p++)
        by_keyword += regs[p].kind != BURIN_MISSING;
    arity_too_many(takes, row->positional - row->defaults, row->positional, given, by_keyword);
    return rt_fail(st, BURIN_ERR_TYPE, "%.*s() %s", (int)row->qualified.len, row->qualified.data, takes);
}

/* A keyword that is no parameter: one given by position only, or unknown. */
static burin_status fail_keyword(rt_state *st, const vm_function *fn, const rt_arguments *args, burin_text name)
{
    const ir_function *row = fn->row;
    builder            list;
    bool               any = false;
    builder_init(&list, st, 64);
    for (uint32_t p = 0; p < row->positional_only; p++) {
        for (uint32_t n = 0; n < args->named_count; n++) {
            if (!text_equal(row->names[p], args->names[n]))
                continue;
            builder_ascii(&list, any ? ", " : "'", any ? 2 : 1);
            builder_text(&list, row->names[p].data, row->names[p].len);
            any = true;
        }
    }
    if (any) {
        builder_byte(&list, '\'');
        return fail_with_list(fn, "got some positional-only arguments passed as keyword arguments: ", &list);
    }
    return rt_fail(st, BURIN_ERR_TYPE, "%.*s() got an unexpected keyword argument '%.*s'", (int)row->qualified.len, row->qualified.data, (int)name.len,
                   name.data);
}

/* ---- binding ---- */

static burin_status bind_named(rt_state *st, const vm_function *fn, const rt_arguments *args, burin_value *regs, rt_dict *extra)
{
    const ir_function *row   = fn->row;
    uint32_t           count = (uint32_t)row->positional + row->keyword_only;
    for (uint32_t n = 0; n < args->named_count; n++) {
        burin_text name = args->names[n];
        uint32_t   p    = row->positional_only;
        while (p < count && !text_equal(row->names[p], name))
            p++;
        if (p == count && !extra)
            return fail_keyword(st, fn, args, name);
        if (p == count) {
            burin_status status = rt_dict_put(st, extra, rt_string(name.data, name.len), args->named[n]);
            if (status)
                return status;
            continue;
        }
        if (regs[p].kind != BURIN_MISSING)
            return rt_fail(st, BURIN_ERR_TYPE, "%.*s() got multiple values for argument '%.*s'", (int)row->qualified.len, row->qualified.data,
                           (int)name.len, name.data);
        regs[p] = args->named[n];
    }
    return BURIN_OK;
}

/* The extra positional and keyword arguments, where they are taken. */
static burin_status bind_extra(rt_state *st, const vm_function *fn, const rt_arguments *args, burin_value *regs, rt_dict **extra)
{
    const ir_function *row = fn->row;
    burin_status       status = BURIN_OK;
    uint32_t           at = (uint32_t)row->positional + row->keyword_only;
    *extra = NULL;
    if (row->rest) {
        uint32_t taken = args->count < row->positional ? args->count : row->positional;
        status         = vm_row(st, BURIN_TUPLE, args->positional + taken, args->count - taken, &regs[at++]);
    }
    if (!status && row->named) {
        status   = rt_dict_new(st, args->named_count, extra);
        regs[at] = rt_pointer(BURIN_DICT, *extra);
    }
    return status;
}

static burin_status bind_defaults(rt_state *st, const vm_function *fn, burin_value *regs)
{
    const ir_function *row      = fn->row;
    uint32_t           required = (uint32_t)row->positional - row->defaults, all = (uint32_t)row->positional + row->keyword_only;
    for (uint32_t p = 0; p < required; p++)
        if (regs[p].kind == BURIN_MISSING)
            return fail_missing(st, fn, regs, 0, required, "positional");
    for (uint32_t p = required; p < row->positional; p++)
        if (regs[p].kind == BURIN_MISSING)
            regs[p] = fn->defaults[p - required];
    for (uint32_t n = 0; n < row->keyword_defaults; n++)
        if (regs[row->keyword_default_of[n]].kind == BURIN_MISSING)
            regs[row->keyword_default_of[n]] = fn->defaults[row->defaults + n];
    for (uint32_t p = row->positional; p < all; p++)
        if (regs[p].kind == BURIN_MISSING)
            return fail_missing(st, fn, regs, row->positional, all, "keyword-only");
    return BURIN_OK;
}

burin_status vm_bind(rt_state *st, const vm_function *fn, const rt_arguments *args, burin_value *regs)
{
    const ir_function *row = fn->row;
    rt_dict           *extra;
    for (uint32_t p = 0; p < (uint32_t)row->positional + row->keyword_only; p++)
        regs[p] = p < args->count && p < row->positional ? args->positional[p] : rt_missing();
    burin_status status = bind_extra(st, fn, args, regs, &extra);
    if (!status)
        status = bind_named(st, fn, args, regs, extra);
    if (!status && args->count > row->positional && !row->rest)
        status = fail_too_many(st, fn, args->count, regs);
    return status ? status : bind_defaults(st, fn, regs);
}
