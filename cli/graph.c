/* `burin graph`: the reactive graph that a template and its data make, as a picture.
 *
 * Every variable is a cell, every --let a computed node, every part of the template a node and an effect. --change then sets
 * variables, file by file, so that heat and causes can be seen. */
#include "cli/cli.h"
#include "cli/data.h"
#include "cli/output.h"
#include "cli/setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct grapher {
    const cli_options *options;
    burin_env         *env;
    burin_graph       *graph;
    burin_live        *live;
    burin_heap        *heap; /* of the variables */
    data_texts        *texts; /* behind them: one a load */
    size_t             text_count;
    burin_node        *cells;
    burin_text        *names; /* of the cells */
    size_t             cell_count;
    burin_error        err;
} grapher;

static const char page[] =
#include "cli/graph_page.inc"
    ;

/* ---- building ---- */

static bool fail(grapher *g)
{
    complain("%s", burin_graph_message(g->graph));
    return false;
}
static bool out_of_memory(void)
{
    complain("out of memory");
    return false;
}

static data_texts *more_texts(grapher *g)
{
    data_texts *more = realloc(g->texts, (g->text_count + 1) * sizeof *more);
    if (!more) {
        out_of_memory();
        return NULL;
    }
    g->texts                  = more;
    g->texts[g->text_count++] = (data_texts){NULL, 0};
    return &g->texts[g->text_count - 1];
}

static bool load(grapher *g, const char *const *files, size_t count, burin_value *out)
{
    data_texts *texts = more_texts(g);
    return texts && data_load(g->options, g->heap, files, count, texts, out);
}
/* What --change names: nothing else that has been said goes over it. */
static bool load_change(grapher *g, const char *file, burin_value *out)
{
    data_texts *texts = more_texts(g);
    return texts && data_load_file(g->options, g->heap, file, texts, out);
}

static size_t cell_of(const grapher *g, burin_text name)
{
    for (size_t k = 0; k < g->cell_count; k++)
        if (g->names[k].len == name.len && memcmp(g->names[k].data, name.data, name.len) == 0)
            return k;
    return g->cell_count;
}

static bool add_cell(grapher *g, burin_text name, burin_value value)
{
    burin_node *cells = realloc(g->cells, (g->cell_count + 1) * sizeof *cells);
    burin_text *names = cells ? realloc(g->names, (g->cell_count + 1) * sizeof *names) : NULL;
    char       *bound = names ? strndup(name.data, name.len) : NULL;
    g->cells          = cells ? cells : g->cells;
    g->names          = names ? names : g->names;
    if (!bound)
        return out_of_memory();
    bool done = !burin_graph_cell(g->graph, value, &g->cells[g->cell_count]) && !burin_graph_name(g->graph, g->cells[g->cell_count], name) &&
                !burin_live_bind(g->live, bound, g->cells[g->cell_count]);
    free(bound);
    if (!done)
        return fail(g);
    g->names[g->cell_count++] = name;
    return true;
}

/* Variables become cells; those that are cells already get the new value, all in one batch. */
static bool set_variables(grapher *g, burin_value variables)
{
    burin_value name, value;
    size_t      at   = 0;
    bool        done = true;
    burin_graph_begin(g->graph);
    while (done && burin_next(variables, &at, &name, &value)) {
        burin_text text = burin_text_of(name);
        size_t     cell = cell_of(g, text);
        if (cell < g->cell_count)
            done = !burin_graph_set(g->graph, g->cells[cell], value) || fail(g);
        else
            done = add_cell(g, text, value);
    }
    return !burin_graph_commit(g->graph) && done;
}

/* NAME=EXPRESSION */
static bool let(grapher *g, const char *given)
{
    const char *equals = strchr(given, '='); /* options_parse has seen it */
    burin_node  node;
    char       *name = strndup(given, (size_t)(equals - given));
    if (!name)
        return out_of_memory();
    burin_status status = burin_live_expr(g->live, (burin_text){equals + 1, strlen(equals + 1)}, &node, &g->err);
    if (status)
        complain_error(g->options, &g->err);
    bool done = !status && ((!burin_graph_name(g->graph, node, (burin_text){name, strlen(name)}) && !burin_live_bind(g->live, name, node)) || fail(g));
    free(name);
    return done;
}

/* ---- output ---- */

static burin_status collect(void *user, const char *data, size_t len)
{
    buffer_append(user, data, len);
    return ((buffer *)user)->failed ? BURIN_ERR_NOMEM : BURIN_OK;
}

/* What `dot -Tsvg` makes of a text. */
static bool draw(const buffer *dot, buffer *svg)
{
    int   pipe_ends[2], state;
    FILE *input = tmpfile();
    if (!input || fwrite(dot->data, 1, dot->len, input) != dot->len || fflush(input) || fseek(input, 0, SEEK_SET) || pipe(pipe_ends)) {
        complain("cannot hand the graph to Graphviz");
        if (input)
            fclose(input);
        return false;
    }
    pid_t child = fork();
    if (child == 0) {
        dup2(fileno(input), STDIN_FILENO);
        dup2(pipe_ends[1], STDOUT_FILENO);
        close(pipe_ends[0]);
        execlp("dot", "dot", "-Tsvg", (char *)NULL);
        _exit(127);
    }
    close(pipe_ends[1]);
    fclose(input);
    char    chunk[1 << 14];
    ssize_t len;
    while ((len = read(pipe_ends[0], chunk, sizeof chunk)) > 0)
        buffer_append(svg, chunk, (size_t)len);
    close(pipe_ends[0]);
    if (child > 0 && waitpid(child, &state, 0) == child && WIFEXITED(state) && WEXITSTATUS(state) == 0 && !svg->failed)
        return true;
    complain(child > 0 && WIFEXITED(state) && WEXITSTATUS(state) == 127 ? "svg needs Graphviz's `dot` (package graphviz)" : "Graphviz's `dot` failed");
    return false;
}

/* The JSON inside a page: no text of it ends the script. */
static bool fill_page(grapher *g, const char *title, const buffer *json, buffer *out)
{
    burin_options   options = burin_options_default();
    options.autoescape      = BURIN_AUTOESCAPE_ON;
    burin_env      *env     = burin_env_new(&options, &g->err);
    burin_heap     *heap    = burin_heap_new(NULL);
    burin_template *tpl     = env ? burin_template_from_string(env, "page", (burin_text){page, sizeof page - 1}, &g->err) : NULL;
    burin_render   *render  = tpl ? burin_render_new(env, &g->err) : NULL;
    buffer          safe    = {0};
    bool            done    = false;
    for (size_t k = 0; k < json->len; k++)
        if (json->data[k] == '<')
            buffer_text(&safe, "\\u003c");
        else
            buffer_byte(&safe, json->data[k]);
    if (render && heap && !safe.failed) {
        burin_value vars = burin_dict(heap, 2);
        burin_text  text;
        burin_dict_set_z(heap, vars, "title", burin_string(heap, title, strlen(title)));
        burin_dict_set_z(heap, vars, "graph", burin_markup_borrow(safe.data, safe.len));
        done = !burin_render_text(render, tpl, vars, &text, &g->err);
        if (done)
            buffer_append(out, text.data, text.len);
    }
    if (!done)
        complain_error(g->options, &g->err);
    buffer_free(&safe);
    burin_render_free(render);
    burin_template_unref(tpl);
    burin_env_unref(env);
    if (heap)
        burin_heap_free(heap);
    return done;
}

static bool write_graph(grapher *g, const char *title)
{
    const char        *as     = options_last(g->options, OPT_AS);
    bool               is_svg = as && strcmp(as, "svg") == 0, is_page = as && strcmp(as, "html") == 0;
    burin_graph_format format = as && strcmp(as, "mermaid") == 0 ? BURIN_GRAPH_MERMAID : is_page || (as && strcmp(as, "json") == 0) ? BURIN_GRAPH_JSON : BURIN_GRAPH_DOT;
    buffer             text = {0}, made = {0};
    bool               done = !burin_graph_dump(g->graph, format, collect, &text) || fail(g);
    if (done && is_svg)
        done = draw(&text, &made);
    else if (done && is_page)
        done = fill_page(g, title, &text, &made);
    const buffer *out = is_svg || is_page ? &made : &text;
    done              = done && output_write(g->options, (burin_text){out->data, out->len});
    buffer_free(&text);
    buffer_free(&made);
    return done;
}

/* ---- the command ---- */

static bool build(grapher *g, const setup_source *source, const char *const *files, size_t count)
{
    burin_watch watch = {.struct_size = sizeof watch, .times = true};
    burin_value variables;
    g->graph = burin_graph_new(NULL);
    g->heap  = burin_heap_new(NULL);
    if (!g->graph || !g->heap || burin_graph_watch(g->graph, &watch))
        return out_of_memory();
    g->env  = setup_env(g->options, (const char *const *)&source->folder, source->folder ? 1 : 0, NULL);
    g->live = g->env ? burin_live_new(g->graph, g->env, &g->err) : NULL;
    if (!g->live || !load(g, files, count, &variables) || !set_variables(g, variables))
        return false;
    for (size_t k = 0; options_nth(g->options, OPT_LET, k); k++)
        if (!let(g, options_nth(g->options, OPT_LET, k)))
            return false;
    return true;
}

static bool run(grapher *g, const setup_source *source, burin_rope **rope)
{
    burin_template *tpl = setup_compile(g->env, source, &g->err);
    *rope               = tpl ? burin_rope_new(g->live, tpl, NULL, NULL, &g->err) : NULL;
    burin_template_unref(tpl);
    if (!*rope) {
        complain_error(g->options, &g->err);
        return false;
    }
    for (size_t k = 0; options_nth(g->options, OPT_CHANGE, k); k++) {
        const char *file = options_nth(g->options, OPT_CHANGE, k);
        burin_value variables;
        if (!load_change(g, file, &variables) || !set_variables(g, variables))
            return false;
    }
    return true;
}

int command_graph(const cli_options *options)
{
    bool         is_inline = options_has(options, OPT_TEMPLATE);
    size_t       skip      = is_inline || !options->word_count ? 0 : 1;
    grapher      g         = {.options = options, .err = BURIN_ERROR_INIT};
    burin_rope  *rope      = NULL;
    setup_source source;
    int          code = EXIT_FAILED;
    if (setup_find_source(options, skip ? options->words[0] : NULL, &source) && build(&g, &source, options->words + skip, options->word_count - skip) &&
        run(&g, &source, &rope) && write_graph(&g, source.name ? source.name : "template"))
        code = EXIT_DONE;
    burin_rope_free(rope);
    burin_live_free(g.live);
    burin_graph_free(g.graph);
    burin_env_unref(g.env);
    if (g.heap)
        burin_heap_free(g.heap);
    for (size_t k = 0; k < g.text_count; k++)
        data_free(&g.texts[k]);
    free(g.texts);
    free(g.cells);
    free(g.names);
    setup_source_free(&source);
    return code;
}
