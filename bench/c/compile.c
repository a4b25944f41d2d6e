/* From hot to native: how long it takes, what it leaves in the host's memory, what it does to renders beside it.
 *
 *   bench_compile HELPER TIMES COMPILES
 * Each text is compiled TIMES times, each time with another number in it, so that nothing is in a cache; the time is the event's, from the wish to
 * native code in place, by the clock on the wall. Then COMPILES more, before and after which the process's own memory is read; and a thread that
 * renders while another one has templates compiled, and while it has not. One line of JSON. */
#include "bench/c/harness.h"

#include <burin/burin.h>

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { TIMES_MAX = 1000, TEXT_MAX = 1 << 16 };

typedef struct job {
    burin_jit   *jit;
    burin_env   *env;
    burin_heap  *heap;
    burin_value  vars;
    double       waited_ms, compiler_ms; /* of the last event */
    unsigned     instructions;
    unsigned     serial;       /* of texts made so far */
} job;

static void note(void *user, const burin_jit_event *event)
{
    job *j = user;
    if (event->outcome != BURIN_JIT_COMPILED)
        die("native code", event->why);
    j->waited_ms    = (double)event->waited_ns / 1e6;
    j->compiler_ms  = (double)event->compile_ns / 1e6;
    j->instructions = event->instructions;
}

/* ---- texts ---- */

static const char piece[] = "{%% for x in rows %%}<tr><td>{{ loop.index }}</td><td>{{ x.name }}</td><td>{{ x.price * %u }}</td>"
                            "{%% if x.price > %u and x.left %%}<td class=\"low\">{{ x.name|upper }}</td>{%% endif %%}</tr>\n{%% endfor %%}";
static const char prose[] = "<p>What stands between two tables is a paragraph of some length, as pages have it, with {{ title }} in the middle of it, and "
                            "then goes on to say more about nothing in particular, until the next table begins.</p>\n";

/* Pieces, each with other numbers, until the text is as long as that. */
static size_t write_page(char *to, size_t least, bool with_prose, unsigned serial)
{
    size_t len = 0;
    for (unsigned n = 0; len < least; n++) {
        len += (size_t)snprintf(to + len, TEXT_MAX - len, piece, 2 + n, serial);
        if (with_prose)
            len += (size_t)snprintf(to + len, TEXT_MAX - len, "%s%s%s%s", prose, prose, prose, prose);
    }
    return len;
}

/* ---- compiling ---- */

static void compile_expression(job *j)
{
    char         text[256];
    burin_error  err    = BURIN_ERROR_INIT;
    int          len    = snprintf(text, sizeof text, "(number + %u) * 2 if number > 3 else title|length + rows[0].price", ++j->serial);
    burin_expr  *expr   = burin_expr_compile(j->env, (burin_text){text, (size_t)len}, &err);
    burin_render *render = burin_render_new(j->env, &err);
    burin_value  value;
    if (!expr || !render || burin_expr_eval(render, expr, j->vars, false, j->heap, &value, &err))
        die("expression", err.message);
    burin_render_free(render);
    burin_expr_free(expr);
}

static void compile_page(job *j, size_t least, bool with_prose)
{
    static char     text[TEXT_MAX];
    burin_error     err    = BURIN_ERROR_INIT;
    size_t          len    = write_page(text, least, with_prose, ++j->serial);
    burin_template *tpl    = burin_template_from_string(j->env, NULL, (burin_text){text, len}, &err);
    burin_render   *render = burin_render_new(j->env, &err);
    burin_text      out;
    if (!tpl || !render || burin_render_text(render, tpl, j->vars, &out, &err))
        die("template", err.message);
    burin_render_free(render);
    burin_template_unref(tpl);
}

static void compile_small(job *j) { compile_page(j, 900, false); }
static void compile_large(job *j) { compile_page(j, 20000, true); }

static void measure_waits(job *j, const char *name, void (*compile)(job *j), int times)
{
    static double waited[TIMES_MAX], compiler[TIMES_MAX];
    for (int n = 0; n < times; n++) {
        compile(j);
        waited[n]   = j->waited_ms;
        compiler[n] = j->compiler_ms;
    }
    qsort(waited, (size_t)times, sizeof *waited, compare_doubles);
    qsort(compiler, (size_t)times, sizeof *compiler, compare_doubles);
    printf("\"%s\": {\"instructions\": %u, \"compiler_ms\": %.2f, \"median_ms\": %.2f, \"best_ms\": %.2f, \"worst_ms\": %.2f}, ", name, j->instructions,
           compiler[times / 2], waited[times / 2], waited[0], waited[times - 1]);
}

/* ---- memory ---- */

static double resident_kb(void)
{
    unsigned long pages = 0, resident = 0;
    FILE         *file  = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%lu %lu", &pages, &resident) != 2)
        die("cannot read", "/proc/self/statm");
    fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1024;
}

static void measure_memory(job *j, int compiles)
{
    double before;
    for (int n = 0; n < compiles / 10; n++)
        compile_expression(j);
    before = resident_kb();
    for (int n = 0; n < compiles; n++)
        compile_expression(j);
    printf("\"compiles\": %d, \"grown_kb\": %.0f, ", compiles, resident_kb() - before);
}

/* ---- renders beside it ---- */

typedef struct beside {
    job        *job;
    atomic_bool stop;
} beside;

static void *compile_on(void *user)
{
    beside *b = user;
    while (!atomic_load(&b->stop))
        compile_small(b->job);
    return NULL;
}

typedef struct rendering {
    burin_template *tpl;
    burin_render   *render;
    burin_value     vars;
} rendering;

static void render_page(void *user)
{
    rendering  *r   = user;
    burin_error err = BURIN_ERROR_INIT;
    burin_text  out;
    if (burin_render_text(r->render, r->tpl, r->vars, &out, &err))
        die("render", err.message);
    keep(out.data);
}

/* The thread's CPU time of a render, alone and while another thread has templates compiled, by turns: medians over the turns. */
static void measure_beside(job *j, int turns)
{
    static double alone[TIMES_MAX], busy[TIMES_MAX];
    static char   text[TEXT_MAX];
    burin_error   err = BURIN_ERROR_INIT;
    size_t        len = write_page(text, 900, false, 0);
    rendering     r   = {burin_template_from_string(j->env, NULL, (burin_text){text, len}, &err), burin_render_new(j->env, &err), j->vars};
    if (!r.tpl || !r.render)
        die("template", err.message);
    for (int n = 0; n < turns; n++) {
        beside    b = {.job = j};
        pthread_t thread;
        alone[n] = measure(render_page, &r, 20, 10, 15).median_ns;
        if (pthread_create(&thread, NULL, compile_on, &b))
            die("thread", NULL);
        busy[n] = measure(render_page, &r, 20, 10, 15).median_ns;
        atomic_store(&b.stop, true);
        pthread_join(thread, NULL);
    }
    qsort(alone, (size_t)turns, sizeof *alone, compare_doubles);
    qsort(busy, (size_t)turns, sizeof *busy, compare_doubles);
    printf("\"alone_ns\": %.0f, \"beside_ns\": %.0f", alone[turns / 2], busy[turns / 2]);
    burin_render_free(r.render);
    burin_template_unref(r.tpl);
}

/* ---- all of it ---- */

static void open_job(job *j, const char *helper)
{
    static const char data[]  = "{\"title\": \"Tables\", \"number\": 7, \"rows\": [{\"name\": \"bolt\", \"price\": 3, \"left\": true}, {\"name\": \"nut\", \"price\": 90, \"left\": false}]}";
    burin_error       err     = BURIN_ERROR_INIT;
    burin_jit_options options = burin_jit_options_default();
    burin_options     setting = burin_options_default();
    setting.cache_size        = 0; /* what is compiled anew is new */
    options.engine            = BURIN_ENGINE_JIT;
    options.eager             = true;
    options.helper            = helper;
    options.event             = note;
    options.user              = j;
    j->jit                    = burin_jit_new(&options, &err);
    j->env                    = burin_env_new(&setting, &err);
    j->heap                   = burin_heap_new(NULL);
    if (!j->jit || !j->env || !j->heap || burin_env_set_jit(j->env, j->jit) || burin_json_read(j->heap, (burin_text){data, sizeof data - 1}, true, &j->vars, &err))
        die("environment", err.message);
}

int main(int argc, char **argv)
{
    job j     = {0};
    int times = argc == 4 ? atoi(argv[2]) : 0, compiles = argc == 4 ? atoi(argv[3]) : 0;
    if (times < 1 || times > TIMES_MAX || compiles < 10)
        die("usage", "HELPER TIMES COMPILES");
    open_job(&j, argv[1]);
    compile_small(&j); /* the process begins */
    printf("{");
    measure_waits(&j, "expression", compile_expression, times);
    measure_waits(&j, "template", compile_small, times);
    measure_waits(&j, "page", compile_large, times);
    measure_memory(&j, compiles);
    measure_beside(&j, times);
    printf("}\n");
    burin_heap_free(j.heap);
    burin_env_unref(j.env);
    burin_jit_unref(j.jit);
    return 0;
}
