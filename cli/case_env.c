/* The environment of a case, from the members of its "env" object. Each member is one row of a table. */
#include "cli/case.h"
#include "cli/truth.h"

#include <stddef.h>
#include <string.h>

typedef struct choice {
    const char *name;
    int         value;
} choice;

static const choice undefined_classes[] = {
    {"Undefined", BURIN_UNDEFINED_DEFAULT}, {"ChainableUndefined", BURIN_UNDEFINED_CHAINABLE},
    {"DebugUndefined", BURIN_UNDEFINED_DEBUG}, {"StrictUndefined", BURIN_UNDEFINED_STRICT}, {NULL, 0},
};
static const choice sandboxes[] = {{"sandboxed", BURIN_SANDBOX_ON}, {"immutable", BURIN_SANDBOX_IMMUTABLE}, {NULL, 0}};
static const choice extensions[] = {
    {"do", BURIN_EXT_DO}, {"loopcontrols", BURIN_EXT_LOOPCONTROLS}, {"i18n", BURIN_EXT_I18N},
    {"debug", BURIN_EXT_DEBUG}, {"generation", BURIN_EXT_GENERATION}, {NULL, 0},
};

static const struct {
    const char *name;
    size_t      offset; /* of a const char * in burin_options */
} texts[] = {
    {"block_start_string", offsetof(burin_options, block_start)},       {"block_end_string", offsetof(burin_options, block_end)},
    {"variable_start_string", offsetof(burin_options, variable_start)}, {"variable_end_string", offsetof(burin_options, variable_end)},
    {"comment_start_string", offsetof(burin_options, comment_start)},   {"comment_end_string", offsetof(burin_options, comment_end)},
    {"line_statement_prefix", offsetof(burin_options, line_statement_prefix)},
    {"line_comment_prefix", offsetof(burin_options, line_comment_prefix)},
    {"newline_sequence", offsetof(burin_options, newline_sequence)},
};
static const struct {
    const char *name;
    size_t      offset; /* of a bool in burin_options */
} flags[] = {
    {"trim_blocks", offsetof(burin_options, trim_blocks)}, {"lstrip_blocks", offsetof(burin_options, lstrip_blocks)},
    {"keep_trailing_newline", offsetof(burin_options, keep_trailing_newline)}, {"optimized", offsetof(burin_options, optimized)},
    {"native", offsetof(burin_options, native)},
};

/* ---- options ---- */

/* The value of a name in a table; false (and the message) when it is not there. */
static bool choose(batch_case *c, const choice *table, burin_value name, int *out)
{
    burin_text text = burin_text_of(name);

    for (; table->name; table++) {
        if (strlen(table->name) == text.len && memcmp(table->name, text.data, text.len) == 0) {
            *out = table->value;
            return true;
        }
    }
    case_fail(c, BURIN_ERR_USAGE, "no such option: '%.*s'", (int)text.len, text.data);
    return false;
}

static burin_status read_options(batch_case *c, burin_value env, burin_options *options)
{
    burin_value value;
    int         chosen;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        value = burin_get(env, texts[i].name);
        if (value.kind == BURIN_MISSING)
            continue;
        const char *text = value.kind == BURIN_NONE ? NULL : case_text(c, value);
        if (!text && value.kind == BURIN_STRING)
            return case_fail(c, BURIN_ERR_NOMEM, "out of memory");
        *(const char **)((char *)options + texts[i].offset) = text;
    }
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        value = burin_get(env, flags[i].name);
        if (value.kind != BURIN_MISSING)
            *(bool *)((char *)options + flags[i].offset) = value.kind == BURIN_BOOL && value.as.i;
    }
    value = burin_get(env, "autoescape");
    if (value.kind == BURIN_BOOL)
        options->autoescape = value.as.i ? BURIN_AUTOESCAPE_ON : BURIN_AUTOESCAPE_OFF;
    value = burin_get(env, "undefined");
    if (value.kind == BURIN_STRING) {
        if (!choose(c, undefined_classes, value, &chosen))
            return BURIN_ERR_USAGE;
        options->undefined = (burin_undefined_mode)chosen;
    }
    value = burin_get(env, "sandbox");
    if (value.kind == BURIN_STRING) {
        if (!choose(c, sandboxes, value, &chosen))
            return BURIN_ERR_USAGE;
        options->sandbox = (burin_sandbox_mode)chosen;
        options->native  = false; /* Jinja2 has no environment that is both; the sandbox wins */
    }
    value = burin_get(env, "extensions");
    for (size_t i = 0; i < burin_length(value); i++) {
        if (!choose(c, extensions, burin_at(value, i), &chosen))
            return BURIN_ERR_USAGE;
        options->extensions |= (unsigned)chosen;
    }
    value = burin_get(burin_get(env, "i18n"), "newstyle");
    options->newstyle_gettext = value.kind == BURIN_BOOL && value.as.i;
    return BURIN_OK;
}

/* ---- translations ---- */

/* catalog[LANGUAGE variable or "en"][message], or the message; an entry that is an object is {context or "": text}. */
static burin_status translate(burin_call *call, void *user, burin_text context, burin_text singular, burin_text plural, int64_t n, burin_text *out)
{
    const burin_value *catalog  = user;
    burin_value        language = burin_call_variable(call, "LANGUAGE");
    burin_text         message  = plural.data && n != 1 ? plural : singular;
    burin_text         name     = language.kind == BURIN_STRING ? burin_text_of(language) : BURIN_TEXT("en");
    burin_value        entry    = case_find(case_find(*catalog, name), message);

    if (entry.kind == BURIN_DICT)
        entry = case_find(entry, context);
    if (entry.kind == BURIN_STRING)
        *out = burin_text_of(entry);
    return BURIN_OK;
}

/* ---- what is added to the environment ---- */

burin_status case_read_templates(batch_case *c, burin_value json, case_templates *out)
{
    burin_value templates = burin_get(json, "templates"), key, value;
    size_t      room      = templates.kind == BURIN_DICT ? burin_length(templates) : 0, at = 0;

    *out = (case_templates){case_alloc(c, (room + 1) * sizeof *out->names), case_alloc(c, (room + 1) * sizeof *out->sources), 0};
    if (!out->names || !out->sources)
        return case_fail(c, BURIN_ERR_NOMEM, "out of memory");
    while (out->count < room && burin_next(templates, &at, &key, &value)) {
        out->names[out->count]   = case_text(c, key);
        out->sources[out->count] = burin_text_of(value);
        if (!out->names[out->count++])
            return case_fail(c, BURIN_ERR_NOMEM, "out of memory");
    }
    return BURIN_OK;
}

static burin_status add_loader(batch_case *c, burin_env *env, const case_templates *templates)
{
    burin_loader loader = {sizeof loader};
    burin_status status = burin_loader_memory(&loader, templates->names, templates->sources, templates->count);

    if (!status)
        status = burin_env_set_loader(env, &loader);
    return status ? case_fail(c, status, "the templates cannot be loaded") : BURIN_OK;
}

static burin_status add_values(batch_case *c, burin_env *env, burin_value values, burin_status (*add)(burin_env *, const char *, burin_value))
{
    size_t      at = 0;
    burin_value key, value;

    while (values.kind == BURIN_DICT && burin_next(values, &at, &key, &value)) {
        const char  *name   = case_text(c, key);
        burin_status status = name ? case_decode(c, c->heap, value, &value) : case_fail(c, BURIN_ERR_NOMEM, "out of memory");
        if (status)
            return status;
        status = add(env, name, value);
        if (status)
            return case_fail(c, status, "the value of '%s' cannot be set", name);
    }
    return BURIN_OK;
}

static burin_status add_filters(batch_case *c, burin_env *env, burin_value filters)
{
    size_t      at = 0;
    burin_value key, value;

    while (filters.kind == BURIN_DICT && burin_next(filters, &at, &key, &value)) {
        const char  *host = case_text(c, value), *name = case_text(c, key);
        burin_status status = BURIN_ERR_NOMEM;
        if (name && host && strcmp(host, "hf_tojson") == 0)
            status = burin_env_add_filter(env, name, CASE_FILTER_JSON_SIGNATURE, case_filter_json, NULL, 0);
        else if (name && host && strcmp(host, "call_repr") == 0)
            status = burin_env_add_filter(env, name, CASE_ANY_SIGNATURE, case_filter_repr, (void *)(uintptr_t)name, 0);
        else if (host)
            return case_fail(c, BURIN_ERR_KEY, "unknown host filter '%s'", host);
        if (status)
            return case_fail(c, status, "the filter cannot be added");
    }
    return BURIN_OK;
}

static burin_status add_tests(batch_case *c, burin_env *env, burin_value tests)
{
    size_t      at = 0;
    burin_value key, value;

    while (tests.kind == BURIN_DICT && burin_next(tests, &at, &key, &value)) {
        const char  *name   = case_text(c, key);
        burin_status status = name ? burin_env_add_test(env, name, CASE_ANY_SIGNATURE, value_is_true(value) ? case_test_true : case_test_false, NULL, 0)
                                   : BURIN_ERR_NOMEM;
        if (status)
            return case_fail(c, status, "the test cannot be added");
    }
    return BURIN_OK;
}

static burin_status add_translations(batch_case *c, burin_env *env, burin_value i18n)
{
    burin_value *catalog = case_alloc(c, sizeof *catalog);

    if (i18n.kind != BURIN_DICT)
        return BURIN_OK;
    if (!catalog)
        return case_fail(c, BURIN_ERR_NOMEM, "out of memory");
    *catalog            = burin_get(i18n, "catalog");
    burin_status status = burin_env_set_translations(env, translate, catalog);
    return status ? case_fail(c, status, "the translations cannot be installed") : BURIN_OK;
}

burin_env *case_env(batch_case *c, burin_value json, const case_templates *templates, const burin_limits *limits, burin_jit *jit, burin_status *status)
{
    burin_options options  = burin_options_default();
    burin_error   err      = BURIN_ERROR_INIT;
    burin_value   settings = burin_get(json, "env");

    options.limits  = *limits;
    options.scripts = burin_get(json, "steps").kind == BURIN_LIST;
    *status        = read_options(c, settings, &options);
    if (*status)
        return NULL;
    burin_env *env = burin_env_new(&options, &err);
    if (!env) {
        *status = case_fail(c, err.status ? err.status : BURIN_ERR_NOMEM, "%s", err.message ? err.message : "out of memory");
        burin_error_clear(&err);
        return NULL;
    }
    *status = burin_env_set_jit(env, jit);
    if (!*status && templates)
        *status = add_loader(c, env, templates);
    if (!*status)
        *status = add_values(c, env, burin_get(settings, "policies"), burin_env_set_policy);
    if (!*status)
        *status = add_values(c, env, burin_get(settings, "globals"), burin_env_set_global);
    if (!*status)
        *status = add_filters(c, env, burin_get(settings, "filters"));
    if (!*status)
        *status = add_tests(c, env, burin_get(settings, "tests"));
    if (!*status)
        *status = add_translations(c, env, burin_get(settings, "i18n"));
    if (*status) {
        burin_env_unref(env);
        return NULL;
    }
    return env;
}
