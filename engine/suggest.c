/* Names are compared by Damerau-Levenshtein distance; a candidate counts when it differs in at most a third of the name's
 * length (at least one, at most three edits). The nearest wins, among equals the first in
 * the alphabet. What was not known is taken
 * from the error's message, whose wording is Jinja2's and fixed. */
#include "engine/suggest.h"

#include "runtime/base/diag.h"
#include "runtime/base/text.h"
#include "runtime/builtins/builtins.h"

enum { NAME_LEN_MAX = 64, LISTED_MAX = 4096 };

typedef struct nearest {
    burin_text wanted;
    size_t     limit;    /* most edits that still count */
    size_t     distance; /* of the best so far; > limit: none */
    char       best[NAME_LEN_MAX + 1]; /* a copy: candidates may go */
    unsigned   listed;
} nearest;

static bool start_search(nearest *search, burin_text wanted)
{
    *search       = (nearest){.wanted = wanted};
    search->limit = wanted.len / 3;
    if (search->limit < 1)
        search->limit = 1;
    if (search->limit > 3)
        search->limit = 3;
    search->distance = search->limit + 1;
    return wanted.len > 1 && wanted.len <= NAME_LEN_MAX;
}

static void consider(nearest *search, burin_text candidate)
{
    size_t length_gap = candidate.len > search->wanted.len ? candidate.len - search->wanted.len : search->wanted.len - candidate.len;

    if (candidate.len == 0 || candidate.len > NAME_LEN_MAX || length_gap > search->limit)
        return;
    size_t distance = text_distance(search->wanted, candidate, search->limit + 1);
    if (distance == 0 || distance > search->distance || distance > search->limit)
        return;
    if (distance > 2 && candidate.data[0] != search->wanted.data[0]) /* with so many slips it is another word */
        return;
    if (distance == search->distance && strncmp(candidate.data, search->best, candidate.len) >= 0)
        return;
    search->distance = distance;
    memcpy(search->best, candidate.data, candidate.len);
    search->best[candidate.len] = '\0';
}

static void finish_search(const nearest *search, burin_error *err)
{
    if (search->distance <= search->limit)
        diag_suggest(err, "did you mean '%s'?", search->best);
}

static burin_text text_of(const char *z) { return (burin_text){z, strlen(z)}; }

/* ---- candidates ---- */

static void consider_names(nearest *search, const rt_names *names)
{
    burin_text name;
    uint32_t   at = 0;

    while (rt_names_next(names, &at, &name))
        consider(search, name);
}

static void consider_keys(nearest *search, burin_value dict)
{
    burin_value key;
    size_t      at = 0;

    while (burin_next(dict, &at, &key, NULL))
        if (key.kind == BURIN_STRING)
            consider(search, burin_text_of(key));
}

static burin_status consider_listed(void *sink, const char *name)
{
    nearest *search = sink;

    consider(search, text_of(name));
    return ++search->listed < LISTED_MAX ? BURIN_OK : BURIN_ERR_LIMIT; /* a library of templates is not read to its end */
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

    if (name_between(err->message, "No filter named '", "'", &name) && start_search(&search, name)) {
        consider_names(&search, env->rt.filters);
    } else if (name_between(err->message, "No test named '", "'", &name) && start_search(&search, name)) {
        consider_names(&search, env->rt.tests);
    } else {
        return false;
    }
    finish_search(&search, err);
    return true;
}

void suggest_template(burin_env *env, const char *name, burin_error *err)
{
    nearest search;

    if (!err || err->status != BURIN_ERR_NOT_FOUND || err->suggestion || !env->has_loader || !env->loader.list ||
        !start_search(&search, text_of(name)))
        return;
    env->loader.list(env->loader.user, consider_listed, &search);
    finish_search(&search, err);
}

/* The undefined value that was used, when the runtime has left it in the state. */
static void suggest_attribute(const rt_undefined *undefined, burin_error *err)
{
    nearest search;

    if (undefined->name.kind != BURIN_STRING || !start_search(&search, rt_text_of(undefined->name)))
        return;
    consider_keys(&search, undefined->object);
    for (size_t n = 0; n < rt_methods_count; n++)
        if (rt_methods[n].kind == undefined->object.kind)
            consider(&search, text_of(rt_methods[n].name));
    finish_search(&search, err);
}

static void suggest_variable(const burin_env *env, burin_value vars, burin_text name, burin_error *err)
{
    nearest search;

    if (!start_search(&search, name))
        return;
    consider_keys(&search, vars);
    consider_names(&search, env->rt.globals);
    finish_search(&search, err);
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
        suggest_attribute(st->error_value.as.p, err);
    } else if (err->status == BURIN_ERR_UNDEFINED && name_between(err->message, "'", "' is undefined", &name)) {
        suggest_variable(env, vars, name, err);
    }
}
