/* Burin as a user has it: the public API only, one environment, one template, one render used again and again.
 *
 * Data is what variables.h says: JSON or structs. Warm: burin_render_text. Cold: text to program
 * (burin_template_from_string), and text to output in a render that was never used. `memory` counts the calls of malloc
 * and its kin in a warm render (the program is linked with --wrap for them). With --native HELPER before the command templates
 * are compiled before their first render, and a template that is not is an error. */
#include "bench/c/count_malloc.h"
#include "bench/c/harness.h"
#include "bench/c/variables.h"

#include <burin/burin.h>

/* ---- the job ---- */

typedef struct job {
    burin_env      *env;
    burin_template *tpl;
    burin_render   *render;
    burin_value     vars;
    burin_text      source, out;
    const char     *name;
    const char     *helper; /* burin-jit's path; NULL: the interpreter */
} job;

static void fail(const char *what, burin_error *err) { die(what, err->message); }

static void render(void *user)
{
    job        *j   = user;
    burin_error err = BURIN_ERROR_INIT;
    if (burin_render_text(j->render, j->tpl, j->vars, &j->out, &err))
        fail("render", &err);
    keep(j->out.data);
}

static void compile(void *user)
{
    job            *j   = user;
    burin_error     err = BURIN_ERROR_INIT;
    burin_template *tpl = burin_template_from_string(j->env, j->name, j->source, &err);
    if (!tpl)
        fail("compile", &err);
    burin_template_unref(tpl);
}

static void compile_and_render(void *user)
{
    job            *j      = user;
    burin_error     err    = BURIN_ERROR_INIT;
    burin_template *tpl    = burin_template_from_string(j->env, j->name, j->source, &err);
    burin_render   *fresh  = burin_render_new(j->env, &err);
    if (!tpl || !fresh || burin_render_text(fresh, tpl, j->vars, &j->out, &err))
        fail("render", &err);
    keep(j->out.data);
    burin_render_free(fresh);
    burin_template_unref(tpl);
}

/* The template of a workload; two are used twice with other data. */
static const char *template_of(const char *workload)
{
    if (strcmp(workload, "stocks200") == 0)
        return "stocks20.jinja";
    if (strcmp(workload, "chattools") == 0)
        return "chat.jinja";
    return NULL;
}

static void check_event(void *user, const burin_jit_event *event)
{
    (void)user;
    if (event->outcome != BURIN_JIT_COMPILED)
        die("native code", event->why);
}

/* All templates are compiled to native code before they run. */
static void use_native_code(job *j)
{
    burin_error       err     = BURIN_ERROR_INIT;
    burin_jit_options options = burin_jit_options_default();
    options.engine            = BURIN_ENGINE_JIT;
    options.eager             = true;
    options.event             = check_event;
    options.helper            = j->helper;
    burin_jit *jit            = burin_jit_new(&options, &err);
    if (!jit || burin_env_set_jit(j->env, jit))
        fail("native code", &err);
    burin_jit_unref(jit);
}

static void open_environment(job *j, const char *workload, const char *folder)
{
    static char   templates[1024];
    burin_error   err     = BURIN_ERROR_INIT;
    bool          is_chat = strncmp(workload, "chat", 4) == 0;
    burin_options options = burin_options_default();
    burin_loader  loader;
    if (is_chat)
        burin_options_preset(&options, "hf-chat");
    else
        options.autoescape = BURIN_AUTOESCAPE_ON;
    options.auto_reload = false;
    snprintf(templates, sizeof templates, "%s/templates", folder);
    const char *root = templates;
    j->env           = burin_env_new(&options, &err);
    if (!j->env || (is_chat && burin_env_preset(j->env, "hf-chat", &err)) || burin_loader_files(&loader, &root, 1, false) ||
        burin_env_set_loader(j->env, &loader))
        fail("environment", &err);
    if (j->helper)
        use_native_code(j);
}

static void open_job(job *j, const char *workload, const char *folder)
{
    static char name[256], path[1280];
    burin_error err = BURIN_ERROR_INIT;
    size_t      len;
    open_environment(j, workload, folder);
    snprintf(name, sizeof name, "%s.jinja", workload);
    j->name = template_of(workload) ? template_of(workload) : name;
    snprintf(path, sizeof path, "%s/templates/%s", folder, j->name);
    char *source = read_file(path, 0, &len);
    j->source    = (burin_text){source, len};
    j->vars      = bench_variables(j->env, workload, folder);
    j->tpl    = burin_template_get(j->env, j->name, &err);
    j->render = j->tpl ? burin_render_new(j->env, &err) : NULL;
    if (!j->render)
        fail(j->name, &err);
    render(j);
}

int main(int argc, char **argv)
{
    job j = {0};
    if (argc > 2 && strcmp(argv[1], "--native") == 0) {
        j.helper = argv[2];
        argc -= 2;
        argv += 2;
    }
    if (argc < 5)
        die("usage", "[--native HELPER] check|time|cold|memory WORKLOAD FOLDER ...");
    open_job(&j, argv[2], argv[3]);
    if (strcmp(argv[1], "check") == 0) {
        write_file(argv[4], j.out.data, j.out.len);
        return 0;
    }
    if (strcmp(argv[1], "memory") == 0) {
        int times = atoi(argv[4]);
        malloc_calls = 0;
        for (int i = 0; i < times; i++)
            render(&j);
        printf("{\"mallocs\": %zu, \"renders\": %d}\n", malloc_calls, times);
        return 0;
    }
    if (strcmp(argv[1], "cold") == 0 && argc > 6) {
        double warm_ms = atof(argv[4]), batch_ms = atof(argv[5]);
        int    batches = atoi(argv[6]);
        timing c = measure(compile, &j, warm_ms, batch_ms, batches), r = measure(compile_and_render, &j, warm_ms, batch_ms, batches);
        printf("{\"compile_ns\": %.1f, \"cold_ns\": %.1f, \"source_bytes\": %zu}\n", c.median_ns, r.median_ns, j.source.len);
        return 0;
    }
    if (argc < 6)
        die("usage", "time WORKLOAD FOLDER WARM_MS BATCH_MS, cold WORKLOAD FOLDER WARM_MS BATCH_MS BATCHES");
    take_turns(render, &j, argv[4], argv[5]);
    return 0;
}
