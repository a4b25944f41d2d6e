/* How names are compared: runtime/base/nearest.h. What was not known is taken from the error's message, whose wording is
 * Jinja2's and fixed. */
#include "engine/suggest.h"

#include "engine/loader.h"
#include "runtime/base/nearest.h"
#include "runtime/builtins/builtins.h"
#include "runtime/struct.h"

enum { LISTED_MAX = 4096 };

typedef struct listing {
    nearest  search;
    unsigned listed;
} listing;

static burin_text text_of(const char *z) { return (burin_text){z, strlen(z)}; }

/* ---- candidates ---- */

static void consider_names(nearest *search, const rt_names *names)
{
    burin_text name;
    uint32_t   at = 0;

    while (rt_names_next(names, &at, &name))
        nearest_consider(search, name);
}

static void consider_keys(nearest *search, burin_value dict)
{
    burin_value key;
    size_t      at = 0;

    while (burin_next(dict, &at, &key, NULL))
        if (key.kind == BURIN_STRING)
            nearest_consider(search, burin_text_of(key));
}

static void consider_members(nearest *search, const rt_layout *layout)
{
    for (uint32_t n = 0; n < layout->count; n++)
        nearest_consider(search, layout->members[n].name);
}

static burin_status consider_listed(void *sink, const char *name)
{
    listing *names = sink;

    nearest_consider(&names->search, text_of(name));
    return ++names->listed < LISTED_MAX ? BURIN_OK : BURIN_ERR_LIMIT; /* a library of templates is not read to its end */
}

/* ---- what was not known ---- */

/* If `message` is prefix + name + suffix: the name. */
static bool name_between(const char *message, const char *prefix, const char *suffix, burin_text *name)
{
    size_t len = strlen(message), prefix_len = strlen(prefix), suffix_len = strlen(suffix);

    if (len <= prefix_len + suffix_len || memcmp(message, prefix, prefix_len) != 0)
        return false;
    const char *end = strstr(message + prefix_len, suffix);
    if (!end)
        return false;
    *name = (burin_text){message + prefix_len, (size_t)(end - message) - prefix_len};
    return true;
}

static bool suggest_callable(const burin_env *env, burin_error *err)
{
    nearest    search;
    burin_text name;

    if (name_between(err->message, "No filter named '", "'", &name) && nearest_start(&search, name)) {
        consider_names(&search, env->rt.filters);
    } else if (name_between(err->message, "No test named '", "'", &name) && nearest_start(&search, name)) {
        consider_names(&search, env->rt.tests);
    } else {
        return false;
    }
    nearest_suggest(&search, err);
    return true;
}

void suggest_template(burin_env *env, const char *name, burin_error *err)
{
    listing names = {.listed = 0};

    if (!err || err->status != BURIN_ERR_NOT_FOUND || err->suggestion || !nearest_start(&names.search, text_of(name)))
        return;
    loader_list(env, consider_listed, &names);
    nearest_suggest(&names.search, err);
}

/* The undefined value that was used, when the runtime has left it in the state. */
static void suggest_attribute(rt_state *st, const rt_undefined *undefined, burin_error *err)
{
    nearest search;

    if (undefined->name.kind != BURIN_STRING || !nearest_start(&search, rt_text_of(undefined->name)))
        return;
    consider_keys(&search, undefined->object);
    if (undefined->object.kind == BURIN_STRUCT)
        consider_members(&search, rt_layout_of(st, undefined->object));
    for (size_t n = 0; n < rt_methods_count; n++)
        if (rt_methods[n].kind == undefined->object.kind)
            nearest_consider(&search, text_of(rt_methods[n].name));
    nearest_suggest(&search, err);
}

static void suggest_variable(const burin_env *env, burin_value vars, burin_text name, burin_error *err)
{
    nearest search;

    if (!nearest_start(&search, name))
        return;
    consider_keys(&search, vars);
    consider_names(&search, env->rt.globals);
    nearest_suggest(&search, err);
}

void suggest_for_run(burin_env *env, rt_state *st, burin_value vars, burin_error *err)
{
    burin_text name;

    if (!err->message || err->suggestion || suggest_callable(env, err))
        return;
    if (err->status == BURIN_ERR_NOT_FOUND) {
        suggest_template(env, err->message, err);
    } else if (err->status == BURIN_ERR_UNDEFINED && st->error_value.kind == BURIN_UNDEFINED &&
               ((const rt_undefined *)st->error_value.as.p)->object.kind != BURIN_MISSING) {
        suggest_attribute(st, st->error_value.as.p, err);
    } else if (err->status == BURIN_ERR_UNDEFINED && name_between(err->message, "'", "' is undefined", &name)) {
        suggest_variable(env, vars, name, err);
    }
}

static burin_status consider_known(void *search, burin_text name)
{
    nearest_consider(search, name);
    return BURIN_OK;
}

void suggest_for_script(burin_interpreter *in, burin_error *err)
{
    nearest    search;
    burin_text name;

    if (!err || err->status != BURIN_ERR_NAME || !err->message || !name_between(err->message, "name '", "' is not defined", &name) ||
        !nearest_start(&search, name))
        return;
    burin_interpreter_names(in, consider_known, &search);
    nearest_suggest(&search, err);
}
