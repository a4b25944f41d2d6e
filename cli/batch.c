/* `burin batch`: a warm engine behind a pipe. One case (JSON) a line on stdin, one result (JSON) a line on stdout, in the
 * same order, flushed at once. docs/BATCH.md describes both.
 *
 * Every case is independent: it gets an environment of its own, and what it made is dropped before the next one. A line
 * that is no case gets an answer too, so the two ends never fall out of step. */
#include "cli/case.h"
#include "cli/cli.h"
#include "cli/compiler.h"
#include "cli/json_dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- results ---- */

static void put_error(buffer *out, burin_status status, uint32_t line, const char *message)
{
    buffer_text(out, "\"error\": ");
    json_dump_text(out, (burin_text){burin_status_class(status), strlen(burin_status_class(status))}, false);
    if (line)
        buffer_format(out, ", \"line\": %u", line);
    else
        buffer_text(out, ", \"line\": null");
    if (message) {
        buffer_text(out, ", \"message\": ");
        json_dump_text(out, (burin_text){message, strlen(message)}, false);
    }
}

static void put_text(buffer *out, burin_text text)
{
    buffer_text(out, "\"output\": ");
    json_dump_text(out, text, false);
}

static void put_value(buffer *out, burin_value value)
{
    json_style   style = json_style_default();
    char         why[256];
    const size_t start = out->len;

    style.lossless    = true;
    style.object_form = case_host_form;
    buffer_text(out, "\"value\": ");
    if (json_dump(out, value, &style, why, sizeof why)) {
        out->len = start;
        buffer_text(out, "\"unencodable\": ");
        json_dump_text(out, (burin_text){why, strlen(why)}, false);
    }
}

/* ---- one case ---- */

typedef struct running { /* what a case needs at the library, and its answer */
    batch_case      *c;
    burin_env       *env;
    burin_render    *render;
    burin_value      json, context;
    burin_error      err;
    buffer          *out;
    bool             is_ahead; /* the source is the template CASE_SOURCE */
} running;

typedef struct means { /* what all cases are run with */
    burin_limits limits;
    burin_jit   *jit;   /* or NULL */
    bool         ahead; /* templates are compiled ahead of time */
} means;

static burin_status run_expression(running *r, burin_value source, bool dynamic)
{
    burin_value  to_none = burin_get(r->json, "undefined_to_none"), value;
    bool         none    = to_none.kind != BURIN_BOOL || to_none.as.i;
    burin_text   text    = burin_text_of(source);
    burin_expr  *expr    = dynamic ? burin_expr_compile_dynamic(r->env, text, &r->err) : burin_expr_compile(r->env, text, &r->err);
    burin_status status  = expr ? BURIN_OK : r->err.status;

    if (expr)
        status = burin_expr_eval(r->render, expr, r->context, none, r->c->heap, &value, &r->err);
    if (!status)
        put_value(r->out, value);
    burin_expr_free(expr);
    return status;
}

static burin_status run_template(running *r, burin_template *tpl, bool compile_only)
{
    burin_value  settings = burin_get(r->json, "env"), native = burin_get(settings, "native"), value;
    bool         is_native = native.kind == BURIN_BOOL && native.as.i;
    burin_status status;
    burin_text   text = BURIN_TEXT("");

    if (is_native && !compile_only && burin_get(settings, "sandbox").kind != BURIN_STRING) {
        status = burin_render_value(r->render, tpl, r->context, r->c->heap, &value, &r->err);
        if (!status)
            put_value(r->out, value);
        return status;
    }
    status = compile_only ? BURIN_OK : burin_render_text(r->render, tpl, r->context, &text, &r->err);
    if (status)
        return status;
    if (is_native && !compile_only)
        put_value(r->out, burin_string_borrow(text.data, text.len));
    else
        put_text(r->out, text);
    return BURIN_OK;
}

static burin_status run_mode(running *r)
{
    burin_text     mode   = burin_text_of(burin_get(r->json, "mode"));
    burin_value    main   = burin_get(r->json, "main");
    burin_value    source = burin_get(r->json, "source");
    burin_template *tpl   = NULL;
    burin_status   status;

    if (mode.len == 6 && memcmp(mode.data, "script", 6) == 0)
        return case_script(r->c, r->env, r->json, r->context, r->out, &r->err);
    if (main.kind != BURIN_STRING && source.kind != BURIN_STRING)
        return case_fail(r->c, BURIN_ERR_DATA, "a case needs a source, or a main template");
    if (mode.len == 10 && memcmp(mode.data, "expression", 10) == 0)
        return run_expression(r, source, false);
    if (mode.len == 7 && memcmp(mode.data, "dynamic", 7) == 0)
        return run_expression(r, source, true);
    if (main.kind == BURIN_STRING || r->is_ahead) {
        const char *name = main.kind == BURIN_STRING ? case_text(r->c, main) : CASE_SOURCE;
        tpl              = name ? burin_template_get(r->env, name, &r->err) : NULL;
    } else
        tpl = burin_template_from_string(r->env, NULL, burin_text_of(source), &r->err);
    if (!tpl)
        return r->err.status ? r->err.status : BURIN_ERR_NOMEM;
    status = run_template(r, tpl, mode.len == 7 && memcmp(mode.data, "compile", 7) == 0);
    burin_template_unref(tpl);
    return status;
}

static burin_status make_env(running *r, const means *with)
{
    burin_text     mode   = burin_text_of(burin_get(r->json, "mode"));
    bool           render = !mode.len || (mode.len == 6 && memcmp(mode.data, "render", 6) == 0);
    bool           loader = burin_get(r->json, "templates").kind == BURIN_DICT;
    case_templates templates;
    burin_status   status = BURIN_OK;

    r->is_ahead = with->ahead && render;
    if (r->is_ahead) {
        r->env = case_env_ahead(r->c, r->json, &with->limits, &status);
        return status;
    }
    if (loader)
        status = case_read_templates(r->c, r->json, &templates);
    if (!status)
        r->env = case_env(r->c, r->json, loader ? &templates : NULL, &with->limits, with->jit, &status);
    return status;
}

/* Answer the case in `r->json`. */
static void run_case(running *r, const means *with)
{
    burin_status status = make_env(r, with);

    if (!status)
        status = case_decode(r->c, r->c->heap, burin_get(r->json, "context"), &r->context);
    if (!status) {
        r->render = burin_render_new(r->env, &r->err);
        status    = r->render ? run_mode(r) : BURIN_ERR_NOMEM;
    }
    if (status) {
        const char *message = r->err.message ? r->err.message : r->c->message[0] ? r->c->message : NULL;
        put_error(r->out, status, r->err.line, message);
    }
    burin_error_clear(&r->err);
    burin_render_free(r->render);
    burin_env_unref(r->env);
}

/* Answer one line; false when there is no memory even for the answer. */
static bool answer(batch_case *c, burin_text line, const means *with, buffer *out)
{
    json_style   style = json_style_default();
    running      r     = {.c = c, .err = BURIN_ERROR_INIT, .out = out};
    char         ignored[64];
    burin_status status = burin_json_read(c->heap, line, true, &r.json, &r.err);

    if (!status && r.json.kind != BURIN_DICT)
        status = case_fail(c, BURIN_ERR_DATA, "a case is a JSON object");
    buffer_text(out, "{\"id\": ");
    if (status) {
        buffer_text(out, "null, ");
        put_error(out, status, 0, r.err.message ? r.err.message : c->message);
        burin_error_clear(&r.err);
    } else {
        burin_value id = burin_get(r.json, "id");
        json_dump(out, id.kind == BURIN_MISSING ? burin_none() : id, &style, ignored, sizeof ignored);
        buffer_text(out, ", ");
        run_case(&r, with);
    }
    buffer_text(out, "}\n");
    return !out->failed;
}

int command_batch(const cli_options *options)
{
    batch_case   c    = {.heap = burin_heap_new(NULL)};
    buffer       out  = {0};
    char        *line = NULL;
    size_t       room = 0;
    ssize_t      len;
    means        with = {.limits = burin_options_default().limits, .ahead = options_has(options, OPT_AHEAD)};
    int          code = EXIT_DONE;

    if (!c.heap) {
        complain("out of memory");
        return EXIT_FAILED;
    }
    options_limits(options, &with.limits);
    if (!compiler_start(options, &with.jit))
        code = EXIT_FAILED;
    while (code == EXIT_DONE && (len = getline(&line, &room, stdin)) >= 0) {
        while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
            len--;
        if (len == 0)
            continue;
        buffer_clear(&out);
        if (!answer(&c, (burin_text){line, (size_t)len}, &with, &out)) {
            buffer_free(&out); /* an answer that large is the likeliest cause */
            buffer_text(&out, "{\"id\": null, \"error\": \"MemoryError\", \"line\": null}\n");
        }
        case_clear(&c);
        if (fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout) != 0)
            code = EXIT_FAILED;
    }
    free(line);
    buffer_free(&out);
    burin_heap_free(c.heap);
    compiler_end(options, with.jit);
    return code;
}
