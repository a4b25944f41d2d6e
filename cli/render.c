/* `burin render` and `burin eval`: data, environment, template, result. */
#include "cli/cli.h"
#include "cli/job.h"
#include "cli/json_dump.h"
#include "cli/output.h"
#include "cli/profile.h"
#include "cli/setup.h"
#include "cli/truth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- expressions ---- */

/* What is evaluated: an expression, or a template that gives a value. */
typedef struct asked {
    const char *text;
    bool        is_template;
} asked;

/* What {{ }} would print. */
static int print_value(job *j, burin_value value)
{
    burin_text text;

    if (burin_render_str(j->render, value, &text, &j->err))
        return complain_error(j->options, &j->err);
    return output_write(j->options, text) ? EXIT_DONE : EXIT_FAILED;
}

static int print_json(job *j, burin_value value, bool pretty)
{
    json_style   style  = json_style_default();
    burin_limits limits = {0};
    buffer       text   = {0};
    char         why[256];

    options_limits(j->options, &limits);
    style.most = (size_t)limits.output;
    if (pretty) {
        style.indent         = BURIN_TEXT("  ");
        style.item_separator = BURIN_TEXT(",");
    }
    burin_status status = json_dump(&text, value.kind == BURIN_UNDEFINED ? burin_none() : value, &style, why, sizeof why);
    if (status)
        complain("%s: %s", burin_status_class(status), why);
    bool done = !status && output_write(j->options, (burin_text){text.data, text.len});
    buffer_free(&text);
    return done ? EXIT_DONE : EXIT_FAILED;
}

/* As --expr-out says. */
static int show_value(job *j, burin_value value)
{
    if (options_is(j->options, OPT_EXPR_OUT, "status"))
        return value.kind == BURIN_INT ? (int)(value.as.i & 0xFF) : value_is_true(value) ? 0 : 1;
    if (options_is(j->options, OPT_EXPR_OUT, "json") || options_is(j->options, OPT_EXPR_OUT, "json-pretty"))
        return print_json(j, value, options_is(j->options, OPT_EXPR_OUT, "json-pretty"));
    return print_value(j, value);
}

/* --script: an expression of the script language. */
static int evaluate_script(const cli_options *options, const char *text, const char *const *files, size_t file_count)
{
    job                j;
    burin_value        value;
    burin_interpreter *in   = NULL;
    int                code = EXIT_FAILED;

    if (!job_start(&j, options, files, file_count, NULL))
        goto done;
    in = burin_interpreter_new(j.env, &j.err);
    if (in && !profile_set(options, in))
        code = EXIT_USAGE;
    else if (in && job_variables(&j, in))
        complain("out of memory");
    else if (!in || burin_interpreter_eval(in, (burin_text){text, strlen(text)}, &value, &j.err))
        code = complain_error(options, job_name_places(&j.err));
    else
        code = show_value(&j, value);
done:
    burin_interpreter_free(in);
    job_free(&j);
    return code;
}

static burin_expr *compile_asked(job *j, asked what)
{
    burin_text text = {what.text, strlen(what.text)};
    burin_expr *expr = what.is_template ? burin_expr_compile_dynamic(j->env, text, &j->err) : burin_expr_compile(j->env, text, &j->err);
    const char *at   = what.text + strspn(what.text, " \t\n");
    if (!expr && !what.is_template && !j->err.suggestion && at[0] == '{' && (at[1] == '{' || at[1] == '%'))
        j->err.suggestion = strdup("an expression is what stands between {{ and }}; -t takes a template");
    return expr;
}

static int evaluate(const cli_options *options, asked what, const char *const *files, size_t file_count)
{
    job         j;
    burin_value value;
    int         code = EXIT_FAILED;
    burin_expr *expr = NULL;

    if (!job_start(&j, options, files, file_count, NULL))
        goto done;
    expr = compile_asked(&j, what);
    if (!expr || burin_expr_eval(j.render, expr, j.variables, false, j.heap, &value, &j.err)) {
        code = complain_error(options, &j.err);
        goto done;
    }
    code = show_value(&j, value);
done:
    burin_expr_free(expr);
    job_free(&j);
    return code;
}

int command_eval(const cli_options *options)
{
    const char *text      = options_last(options, OPT_TEMPLATE);
    bool        is_script = options_has(options, OPT_SCRIPT);

    if ((text && is_script) || (!is_script && (options_has(options, OPT_PROFILE) || options_has(options, OPT_WITHOUT) || options_has(options, OPT_READONLY))))
        return misused(COMMAND_EVAL, text && is_script ? "-t gives a template, which is no --script" : "--profile, --without and --readonly go with --script");
    if (text)
        return evaluate(options, (asked){text, true}, options->words, options->word_count);
    if (!options->word_count)
        return misused(COMMAND_EVAL, "`burin eval` needs an expression");
    if (is_script)
        return evaluate_script(options, options->words[0], options->words + 1, options->word_count - 1);
    return evaluate(options, (asked){options->words[0], false}, options->words + 1, options->word_count - 1);
}

/* ---- templates ---- */

static int render_template(job *j, const setup_source *source)
{
    int             code = EXIT_FAILED;
    burin_text      text;
    burin_value     value;
    burin_template *tpl = setup_compile(j->env, source, &j->err);

    if (!tpl)
        return complain_error(j->options, &j->err);
    if (options_has(j->options, OPT_NATIVE)) {
        if (burin_render_value(j->render, tpl, j->variables, j->heap, &value, &j->err))
            complain_error(j->options, &j->err);
        else
            code = print_value(j, value);
    } else if (burin_render_text(j->render, tpl, j->variables, &text, &j->err))
        complain_error(j->options, &j->err);
    else if (output_write(j->options, text))
        code = EXIT_DONE;
    burin_template_unref(tpl);
    return code;
}

int command_render(const cli_options *options)
{
    const char *expression = options_last(options, OPT_EXPR);
    bool        is_inline  = options_has(options, OPT_TEMPLATE);
    size_t      skip       = is_inline || expression || !options->word_count ? 0 : 1;
    const char *word       = skip ? options->words[0] : NULL;

    if (expression)
        return evaluate(options, (asked){expression, false}, options->words, options->word_count);
    if (!is_inline && !word && isatty(STDIN_FILENO)) {
        help_overview();
        return EXIT_USAGE;
    }
    if (job_reads_stdin_twice(options, !is_inline && (!word || strcmp(word, "-") == 0), options->words + skip, options->word_count - skip))
        return EXIT_USAGE;
    setup_source source;
    job          j    = {.heap = NULL};
    int          code = EXIT_FAILED;
    if (setup_find_source(options, word, &source) && job_start(&j, options, options->words + skip, options->word_count - skip, source.folder))
        code = render_template(&j, &source);
    job_free(&j);
    setup_source_free(&source);
    return code;
}
