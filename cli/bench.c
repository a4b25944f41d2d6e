/* `burin bench`: how long a warm render or evaluation takes.
 *
 * What is asked runs for a quarter of the time that is not measured, so that it is warm and, with --engine, native; then in blocks of
 * some 5 ms of the thread's processor time. The best and the median of the blocks are told: noise makes a block longer, never shorter. */
#include "cli/compiler.h"
#include "cli/job.h"
#include "cli/setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK_NS = 5000000, BLOCKS_MAX = 10000 };

typedef struct bench bench;
struct bench {
    job                j;
    burin_template    *tpl;
    burin_expr        *expr;
    burin_interpreter *in;
    burin_text         text;       /* of the expression */
    burin_heap        *heap;       /* for its value */
    size_t             bytes;      /* of what was rendered last */
    burin_status     (*once)(bench *b);
};

static burin_status render_once(bench *b)
{
    burin_text   out    = {0};
    burin_status status = burin_render_text(b->j.render, b->tpl, b->j.variables, &out, &b->j.err);
    b->bytes            = out.len;
    return status;
}

static burin_status evaluate_once(bench *b)
{
    burin_value value;
    burin_heap_clear(b->heap);
    return burin_expr_eval(b->j.render, b->expr, b->j.variables, false, b->heap, &value, &b->j.err);
}

static burin_status script_once(bench *b)
{
    burin_value value;
    return burin_interpreter_eval(b->in, b->text, &value, &b->j.err);
}

/* ---- measuring ---- */

static double thread_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Run it `count` times; *ns is what each took. */
static burin_status run_block(bench *b, uint64_t count, double *ns)
{
    double       begin  = thread_ns();
    burin_status status = BURIN_OK;
    for (uint64_t n = 0; !status && n < count; n++)
        status = b->once(b);
    *ns = (thread_ns() - begin) / (double)count;
    return status;
}

/* Run it unmeasured for so long, and let the compiler finish; *count is how many make a block. */
static burin_status warm_up(bench *b, double wish_ns, uint64_t *count)
{
    double       begin = thread_ns(), each = 1;
    burin_status status;
    *count = 1;
    do {
        status = run_block(b, *count, &each);
        *count = each < 1 ? BLOCK_NS : (uint64_t)(BLOCK_NS / each) + 1;
    } while (!status && thread_ns() - begin < wish_ns);
    if (b->j.jit)
        burin_jit_wait(b->j.jit);
    return status;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static const char *in_unit(double ns, char *room, size_t size)
{
    if (ns < 1e3)
        snprintf(room, size, "%.1f ns", ns);
    else if (ns < 1e6)
        snprintf(room, size, "%.2f us", ns / 1e3);
    else
        snprintf(room, size, "%.2f ms", ns / 1e6);
    return room;
}

static void tell(const bench *b, double *each, size_t blocks, uint64_t count)
{
    char best[32], median[32];
    qsort(each, blocks, sizeof *each, by_size);
    in_unit(each[0], best, sizeof best);
    in_unit(each[blocks / 2], median, sizeof median);
    if (b->tpl)
        printf("a render: %s (best %s), %zu bytes; %llu renders\n", median, best, b->bytes, (unsigned long long)(count * blocks));
    else
        printf("an evaluation: %s (best %s); %llu evaluations\n", median, best, (unsigned long long)(count * blocks));
}

static int measure(bench *b)
{
    const char  *given   = options_last(b->j.options, OPT_SECONDS);
    const double wish_ns = (given ? strtod(given, NULL) : 1) * 1e9;
    double      *each    = malloc(BLOCKS_MAX * sizeof *each);
    size_t       blocks  = 0;
    uint64_t     count   = 1;
    if (!each) {
        complain("out of memory");
        return EXIT_FAILED;
    }
    burin_status status = warm_up(b, wish_ns / 4, &count);
    for (double begin = thread_ns(); !status && blocks < BLOCKS_MAX && (!blocks || thread_ns() - begin < wish_ns); blocks++)
        status = run_block(b, count, &each[blocks]);
    if (status)
        complain_error(b->j.options, b->in ? job_name_places(&b->j.err) : &b->j.err);
    else
        tell(b, each, blocks, count);
    free(each);
    return status ? EXIT_FAILED : EXIT_DONE;
}

/* ---- what is measured ---- */

static bool prepare_expression(bench *b, const char *text)
{
    b->text = (burin_text){text, strlen(text)};
    if (options_has(b->j.options, OPT_SCRIPT)) {
        b->once = script_once;
        b->in   = burin_interpreter_new(b->j.env, &b->j.err);
        if (b->in && job_variables(&b->j, b->in)) {
            complain("out of memory");
            return false;
        }
    } else {
        b->once = evaluate_once;
        b->heap = burin_heap_new(NULL);
        b->expr = burin_expr_compile(b->j.env, b->text, &b->j.err);
    }
    if (b->in || (b->expr && b->heap))
        return true;
    complain_error(b->j.options, &b->j.err);
    return false;
}

static int bench_expression(const cli_options *options)
{
    bench b    = {.bytes = 0};
    int   code = EXIT_FAILED;
    if (job_start(&b.j, options, options->words + 2, options->word_count - 2, NULL) && prepare_expression(&b, options->words[1]))
        code = measure(&b);
    burin_interpreter_free(b.in);
    burin_expr_free(b.expr);
    burin_heap_free(b.heap);
    job_free(&b.j);
    return code;
}

static int bench_template(const cli_options *options)
{
    const bool   is_inline = options_has(options, OPT_TEMPLATE);
    const size_t skip      = is_inline || !options->word_count ? 0 : 1;
    const char  *word      = skip ? options->words[0] : NULL;
    setup_source source;
    bench        b    = {.once = render_once};
    int          code = EXIT_FAILED;
    if (!is_inline && !skip && isatty(STDIN_FILENO))
        return misused(COMMAND_BENCH, "`burin bench` needs a template");
    if (job_reads_stdin_twice(options, !is_inline && (!word || strcmp(word, "-") == 0), options->words + skip, options->word_count - skip))
        return EXIT_USAGE;
    if (setup_find_source(options, word, &source) &&
        job_start(&b.j, options, options->words + skip, options->word_count - skip, source.folder)) {
        b.tpl = setup_compile(b.j.env, &source, &b.j.err);
        code  = b.tpl ? measure(&b) : complain_error(options, &b.j.err);
    }
    burin_template_unref(b.tpl);
    job_free(&b.j);
    setup_source_free(&source);
    return code;
}

int command_bench(const cli_options *options)
{
    if (!options->word_count || strcmp(options->words[0], "expr") != 0 || options_has(options, OPT_TEMPLATE)) {
        if (!options_has(options, OPT_SCRIPT))
            return bench_template(options);
        return misused(COMMAND_BENCH, "--script goes with `burin bench expr`");
    }
    if (options->word_count < 2)
        return misused(COMMAND_BENCH, "`burin bench expr` needs an expression");
    return bench_expression(options);
}
