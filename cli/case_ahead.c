/* A case whose templates are compiled ahead of time, for `burin batch --ahead`. */
#include "cli/case.h"
#include "cli/compiler.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static burin_status fail_as(batch_case *c, burin_error *err)
{
    burin_status status = case_fail(c, err->status ? err->status : BURIN_ERR_NOMEM, "%s", err->message ? err->message : "out of memory");

    burin_error_clear(err);
    return status;
}

/* Part the case's templates into those that `env` compiles and the rest; each of the two has room for all. */
static void part_templates(burin_env *env, const case_templates *all, case_templates *good, case_templates *rest)
{
    for (size_t n = 0; n < all->count; n++) {
        burin_error     err = BURIN_ERROR_INIT;
        burin_template *tpl = burin_template_get(env, all->names[n], &err);
        case_templates *to  = tpl ? good : rest;
        to->names[to->count]     = all->names[n];
        to->sources[to->count++] = all->sources[n];
        burin_error_clear(&err);
        burin_template_unref(tpl);
    }
}

/* Compile `names` of `from` into a file that is gone again once `to` uses it. */
static burin_status move_compiled(batch_case *c, burin_env *from, const case_templates *good, burin_env *to)
{
    const char           *tmp = getenv("TMPDIR");
    char                  folder[PATH_MAX], path[PATH_MAX + 16];
    burin_compile_options options  = burin_compile_options_default();
    burin_error           err      = BURIN_ERROR_INIT;

    if (snprintf(folder, sizeof folder, "%s/burin-ahead-XXXXXX", tmp && *tmp ? tmp : "/tmp") >= (int)sizeof folder || !mkdtemp(folder))
        return case_fail(c, BURIN_ERR_OS, "no temporary folder can be made");
    snprintf(path, sizeof path, "%s/case.so", folder);
    options.helper      = compiler_helper();
    burin_status status = burin_compile(from, good->names, good->count, BURIN_COMPILE_SHARED, path, &options, &err);
    if (!status)
        status = burin_env_add_compiled_file(to, path, &err);
    unlink(path);
    rmdir(folder);
    return status ? fail_as(c, &err) : BURIN_OK;
}

/* All templates of the case, with room for as many twice over. */
static burin_status read_all(batch_case *c, burin_value json, case_templates *all, case_templates *good, case_templates *rest)
{
    burin_value  source = burin_get(json, "source");
    burin_status status = case_read_templates(c, json, all);

    if (!status && source.kind == BURIN_STRING) {
        all->names[all->count]     = CASE_SOURCE;
        all->sources[all->count++] = burin_text_of(source);
    }
    for (int n = 0; !status && n < 2; n++) {
        case_templates *to = n ? rest : good;
        *to = (case_templates){case_alloc(c, (all->count + 1) * sizeof *to->names), case_alloc(c, (all->count + 1) * sizeof *to->sources), 0};
        if (!to->names || !to->sources)
            status = case_fail(c, BURIN_ERR_NOMEM, "out of memory");
    }
    return status;
}

burin_env *case_env_ahead(batch_case *c, burin_value json, const burin_limits *limits, burin_status *status)
{
    case_templates all, good, rest;

    *status = read_all(c, json, &all, &good, &rest);
    if (*status)
        return NULL;
    burin_env *from = case_env(c, json, &all, limits, NULL, status), *to = NULL;
    if (from) {
        part_templates(from, &all, &good, &rest);
        to = case_env(c, json, rest.count || burin_get(json, "templates").kind == BURIN_DICT ? &rest : NULL, limits, NULL, status);
    }
    if (to && good.count)
        *status = move_compiled(c, from, &good, to);
    burin_env_unref(from);
    if (*status) {
        burin_env_unref(to);
        return NULL;
    }
    return to;
}
