/* Cases whose mode is "script": the steps of one interpreter, one after another. */
#include "cli/case.h"
#include "cli/json_dump.h"

#include <stdlib.h>
#include <string.h>

static void put_string(buffer *out, burin_text text) { json_dump_text(out, text, false); }

static void put_value(buffer *out, burin_value value)
{
    json_style   style = json_style_default();
    char         why[256];
    const size_t start = out->len;

    style.lossless    = true;
    style.object_form = case_host_form;
    if (json_dump(out, value, &style, why, sizeof why)) {
        out->len = start;
        size_t len;
        char  *repr = burin_repr(value, &len);
        buffer_text(out, "{\"$repr\": ");
        put_string(out, repr ? (burin_text){repr, len} : BURIN_TEXT(""));
        buffer_text(out, "}");
        free(repr);
    }
}

static void put_error(buffer *out, const burin_error *err, burin_status status)
{
    buffer_text(out, "\"error\": {\"type\": ");
    put_string(out, (burin_text){burin_status_class(status), strlen(burin_status_class(status))});
    buffer_text(out, ", \"msg\": ");
    put_string(out, (burin_text){err->message ? err->message : "", err->message ? strlen(err->message) : 0});
    buffer_format(out, ", \"line\": %u, \"column\": %u}", err->line, err->column);
}

/* The variables that the step asks for, as they are after it. */
static void put_variables(batch_case *c, buffer *out, burin_interpreter *in, burin_value names)
{
    bool first = true;
    buffer_text(out, ", \"variables\": {");
    for (size_t n = 0; names.kind == BURIN_LIST && n < burin_length(names); n++) {
        burin_value name = burin_at(names, n), value;
        const char *text = case_text(c, name);
        if (!text || (value = burin_interpreter_get(in, text)).kind == BURIN_MISSING)
            continue;
        buffer_text(out, first ? "" : ", ");
        put_string(out, burin_text_of(name));
        buffer_text(out, ": ");
        put_value(out, value);
        first = false;
    }
    buffer_text(out, "}");
}

static void run_step(batch_case *c, burin_interpreter *in, burin_value step, buffer *out)
{
    burin_error  err    = BURIN_ERROR_INIT;
    burin_value  value  = burin_missing(), as = burin_get(step, "expression");
    burin_text   source = burin_text_of(burin_get(step, "src"));
    burin_limits used;
    burin_status status = as.kind == BURIN_BOOL && as.as.i ? burin_interpreter_eval(in, source, &value, &err)
                                                           : burin_interpreter_run(in, source, NULL, &value, &err);
    buffer_text(out, "{");
    if (status) {
        put_error(out, &err, status);
    } else {
        buffer_text(out, "\"value\": ");
        put_value(out, value);
    }
    buffer_text(out, ", \"stdout\": ");
    put_string(out, burin_interpreter_output(in));
    put_variables(c, out, in, burin_get(step, "look"));
    burin_interpreter_used(in, &used);
    buffer_format(out, ", \"steps\": %llu}", (unsigned long long)used.steps);
    burin_error_clear(&err);
}

/* The member `profile` of the case, or of a step: from there on. */
static burin_status set_profile(batch_case *c, burin_interpreter *in, burin_value json, burin_error *err)
{
    enum { NAMES_MAX = 64 };
    burin_value   given = burin_get(json, "profile"), without = burin_get(given, "without"), readonly = burin_get(given, "readonly");
    const char   *names[NAMES_MAX + 1];
    burin_profile profile = burin_get(given, "asteval").as.i ? burin_profile_asteval() : (burin_profile){0};
    if (given.kind != BURIN_DICT)
        return BURIN_OK;
    for (size_t n = 0; without.kind == BURIN_LIST && n < burin_length(without); n++) {
        burin_feature feature = burin_feature_named(case_text(c, burin_at(without, n)));
        if (feature == BURIN_FEATURE_COUNT)
            return case_fail(c, BURIN_ERR_DATA, "profile: there is no such feature");
        profile.without |= 1u << feature;
    }
    size_t count = readonly.kind == BURIN_LIST ? burin_length(readonly) : 0;
    if (count > NAMES_MAX)
        return case_fail(c, BURIN_ERR_DATA, "profile: too many names in readonly");
    for (size_t n = 0; n < count; n++)
        names[n] = case_text(c, burin_at(readonly, n));
    names[count]              = NULL;
    profile.readonly          = names;
    profile.builtins_readonly = burin_get(given, "builtins_readonly").as.i != 0;
    return burin_interpreter_set_profile(in, &profile, err);
}

burin_status case_script(batch_case *c, burin_env *env, burin_value json, burin_value variables, buffer *out, burin_error *err)
{
    burin_value        steps = burin_get(json, "steps");
    burin_interpreter *in    = burin_interpreter_new(env, err);
    burin_status       status = in ? BURIN_OK : err->status;
    burin_value        key, value;
    size_t             at = 0, start = out->len;
    while (!status && variables.kind == BURIN_DICT && burin_next(variables, &at, &key, &value)) {
        const char *name = case_text(c, key);
        status           = name ? burin_interpreter_set(in, name, value) : BURIN_ERR_NOMEM;
    }
    if (!status)
        status = set_profile(c, in, json, err);
    if (!status && steps.kind != BURIN_LIST)
        status = case_fail(c, BURIN_ERR_DATA, "a case of mode script needs a list of steps");
    if (!status) {
        buffer_text(out, "\"steps\": [");
        for (size_t n = 0; n < burin_length(steps) && !status; n++) {
            buffer_text(out, n ? ", " : "");
            status = set_profile(c, in, burin_at(steps, n), err);
            if (!status)
                run_step(c, in, burin_at(steps, n), out);
        }
        buffer_text(out, "]");
    }
    if (status)
        out->len = start;
    burin_interpreter_free(in);
    return status;
}
