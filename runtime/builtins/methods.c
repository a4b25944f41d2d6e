/* The table of methods, and what CPython says when a method gets the wrong arguments.
 *
 * Methods written in C word their TypeErrors by the way they take arguments. The way follows from the signature: none, one
 * by position, several by position (PARSED: the older scanner with other words), or by name too. */
#include "runtime/builtins/methods.h"

#include "runtime/operate.h"

enum {
    PURE = BURIN_PURE, PARSED = RT_PARSED, MARKUP = RT_MARKUP_ONLY, PROPERTY = RT_PROPERTY, WRAPPED = RT_WRAPPED, REWRITTEN = RT_REWRITTEN,
    CHANGES = RT_CHANGES, CLASS = RT_OF_CLASS
};

/* The kind a type's rows belong to. */
enum {
    KIND_str   = BURIN_STRING,
    KIND_bytes = BURIN_BYTES,
    KIND_list  = BURIN_LIST,
    KIND_tuple = BURIN_TUPLE,
    KIND_dict  = BURIN_DICT,
    KIND_set   = BURIN_SET,
    KIND_int   = BURIN_INT,
    KIND_float = BURIN_FLOAT,
    KIND_range = BURIN_RANGE,
    KIND_complex   = BURIN_COMPLEX,
    KIND_bytearray = BURIN_BYTEARRAY,
    KIND_longrange = RT_METHODS_LONGRANGE,
    KIND_slice     = RT_METHODS_SLICE,
    KIND_view      = RT_METHODS_VIEW,
    KIND_exception = RT_METHODS_EXCEPTION,
};

const rt_builtin rt_methods[] = {
#define METHOD(type, name, signature, flags, doc) {#name, signature, method_##type##_##name, RT_METHOD | (flags), KIND_##type, doc},
#include "runtime/builtins/methods.def"
#undef METHOD
};
const size_t rt_methods_count = sizeof rt_methods / sizeof rt_methods[0];

static const char *plural(uint32_t count) { return count == 1 ? "" : "s"; }

/* Which keyword is the first that `sig` does not know; count when all are known. */
static uint32_t first_unknown_name(const rt_signature *sig, const rt_arguments *args)
{
    for (uint32_t n = 0; n < args->named_count; n++) {
        bool known = false;
        for (uint32_t p = sig->positional_only; p < sig->count; p++)
            known |= text_equal(sig->parameters[p].name, args->names[n]);
        if (!known)
            return n;
    }
    return args->named_count;
}

/* Functions that take arguments by position and by name; `skip`: 1 where the first parameter is self. */
static burin_status fail_by_name(rt_state *st, const char *name, const rt_signature *sig, uint32_t skip, const rt_arguments *args)
{
    uint32_t most = sig->count - skip, placed = most - sig->by_name, only = 0, least = 0;
    for (uint32_t p = skip; p < placed + skip; p++) {
        least += sig->parameters[p].required;
        only += sig->parameters[p].required && p < sig->positional_only;
    }
    if (args->count + args->named_count > most)
        return rt_fail(st, BURIN_ERR_TYPE, "%s() takes at most %u %sargument%s (%u given)", name, most, args->count ? "" : "keyword ", plural(most),
                       args->count + args->named_count);
    if (args->count > placed || args->count < only) {
        uint32_t    want = args->count < only ? only : placed;
        const char *side = least == placed ? "exactly" : args->count < only ? "at least" : "at most";
        return rt_fail(st, BURIN_ERR_TYPE, "%s() takes %s %u positional argument%s (%u given)", name, side, want, plural(want), args->count);
    }
    for (uint32_t p = skip + args->count; p < sig->count; p++) {
        bool given = !sig->parameters[p].required;
        for (uint32_t n = 0; n < args->named_count; n++)
            given |= text_equal(sig->parameters[p].name, args->names[n]);
        if (!given)
            return rt_fail(st, BURIN_ERR_TYPE, "%s() missing required argument '%.*s' (pos %u)", name, (int)sig->parameters[p].name.len,
                           sig->parameters[p].name.data, p + 1 - skip);
    }
    for (uint32_t n = 0; n < args->named_count; n++)
        for (uint32_t p = skip; p < args->count + skip && p < sig->count; p++)
            if (p >= sig->positional_only && text_equal(sig->parameters[p].name, args->names[n]))
                return rt_fail(st, BURIN_ERR_TYPE, "argument for %s() given by name ('%.*s') and position (%u)", name,
                               (int)args->names[n].len, args->names[n].data, p + 1 - skip);
    uint32_t unknown = first_unknown_name(sig, args);
    return rt_fail(st, BURIN_ERR_TYPE, "'%.*s' is an invalid keyword argument for %s()", (int)args->names[unknown].len, args->names[unknown].data, name);
}

/* Methods that markupsafe writes in Python. */
static burin_status fail_in_python(rt_state *st, const char *name, const rt_signature *sig, uint32_t least, const rt_arguments *args)
{
    uint32_t unknown = first_unknown_name(sig, args), most = sig->count, given = args->count + 1;

    if (unknown < args->named_count)
        return rt_fail(st, BURIN_ERR_TYPE, "Markup.%s() got an unexpected keyword argument '%.*s'", name, (int)args->names[unknown].len,
                       args->names[unknown].data);
    if (given > most && least + 1 < most)
        return rt_fail(st, BURIN_ERR_TYPE, "Markup.%s() takes from %u to %u positional arguments but %u were given", name, least + 1, most, given);
    if (given > most)
        return rt_fail(st, BURIN_ERR_TYPE, "Markup.%s() takes %u positional argument%s but %u were given", name, most, plural(most), given);
    if (args->named_count)
        return rt_fail(st, BURIN_ERR_TYPE, "Markup.%s() got multiple values for argument '%.*s'", name, (int)args->names[0].len, args->names[0].data);
    const char *missing = strcmp(name, "join") == 0 ? "seq" : strcmp(name, "escape") == 0 ? "s" : "sep"; /* as markupsafe calls them */
    return rt_fail(st, BURIN_ERR_TYPE, "Markup.%s() missing 1 required positional argument: '%s'", name, missing);
}

burin_status rt_method_arity_fail(rt_state *st, const rt_function *method, burin_value self, const rt_arguments *args)
{
    const rt_signature *sig  = method->signature;
    const char         *name = method->name;
    uint32_t            skip = self.kind != BURIN_MISSING, most = sig->count - skip, least = 0;
    const char         *type = !skip ? "" : rt_type_name(st, method->flags & RT_WRAPPED ? method_plain(self) : self), *dot = skip ? "." : "";

    if (method->flags & RT_MATH)
        type = "math", dot = ".";
    for (uint32_t p = skip; p < sig->count; p++)
        least += sig->parameters[p].required;
    if (rt_is_safe(self) && (method->flags & RT_REWRITTEN))
        return fail_in_python(st, name, sig, least, args);
    if (sig->rest && args->named_count && sig->count) {
        burin_text unknown = args->names[first_unknown_name(sig, args) % args->named_count];
        return rt_fail(st, BURIN_ERR_TYPE, "'%.*s' is an invalid keyword argument for %s()", (int)unknown.len, unknown.data, name);
    }
    if (sig->positional_only < sig->count)
        return fail_by_name(st, name, sig, skip, args);
    if (args->named_count && (method->flags & RT_PARSED))
        return rt_fail(st, BURIN_ERR_TYPE, "%s() takes no keyword arguments", name);
    if (args->named_count)
        return rt_fail(st, BURIN_ERR_TYPE, "%s%s%s() takes no keyword arguments", type, dot, name);
    if (most == 0)
        return rt_fail(st, BURIN_ERR_TYPE, "%s%s%s() takes no arguments (%u given)", type, dot, name, args->count);
    if (most == 1 && least == 1 && !(method->flags & RT_TYPE_CALL))
        return rt_fail(st, BURIN_ERR_TYPE, "%s%s%s() takes exactly one argument (%u given)", type, dot, name, args->count);
    bool        few  = args->count < least;
    uint32_t    want = few ? least : most;
    const char *side = few ? "at least" : "at most";
    if (method->flags & RT_PARSED)
        return rt_fail(st, BURIN_ERR_TYPE, "%s() takes %s %u argument%s (%u given)", name, side, want, plural(want), args->count);
    if (most == least)
        return rt_fail(st, BURIN_ERR_TYPE, "%s expected %u argument%s, got %u", name, most, plural(most), args->count);
    return rt_fail(st, BURIN_ERR_TYPE, "%s expected %s %u argument%s, got %u", name, side, want, plural(want), args->count);
}
