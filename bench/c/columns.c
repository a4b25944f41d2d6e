/* Formulas over columns, a call over all rows a measurement: see bench/columns.py.
 *
 *   PROGRAM ROWS BATCHES [HELPER]   a line of JSON for each formula and accuracy: {"engine", "formula", "ns", "best", "sum"}, ns a row,
 *                            median and least of the batches; "sum" of the results, for comparison
 * HELPER is the path of burin-jit: "burin, native". "C": the formulas as loops by hand (columns_loops.c), compiled for this processor.
 * ROWS values of a, b, c, d as columns.py makes them: column k, row r: 0.1 + ((r * 7919 + k * 104729) % 10007) / 1009. */
#include "bench/c/harness.h"
#include "bench/c/columns_loops.h"
#include "burin/columns.h"
#include "burin/jit.h"

enum { COLUMNS = 4, BATCHES_MAX = 1000 };

static const char *const formulas[][2] = {
    {"E1", "((a + b) * sin(c)) / (sqrt(d) + 1)"},
    {"E2", "a+b*(a+b)"},
    {"E3", "(5.5+a)+(2*a-2/3*b)*(a/3+b/4)+(c+7.7)"},
    {"E4", "sqrt(1.5 - sin(2 * a) + cos(pi / b) / 3)"},
    {"E5", "a*(a*(a*(a*(a*(a*(a+1)+2)+3)+4)+5)+6)+7"},
};

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct result {
    double ns[BATCHES_MAX];
} result;

static void report(const char *engine, bool fast, const char *formula, result *r, size_t batches, const double *out, size_t rows)
{
    double sum = 0;
    for (size_t n = 0; n < rows; n++)
        sum += out[n];
    qsort(r->ns, batches, sizeof *r->ns, by_size);
    printf("{\"engine\": \"%s%s\", \"formula\": \"%s\", \"ns\": %.4f, \"best\": %.4f, \"sum\": %.17g}\n", engine, fast ? ", 4 ulp" : "", formula,
           r->ns[batches / 2], r->ns[0], sum);
}

static size_t calls_of(size_t rows) { return 2000000 / rows + 1; }

static void time_formula(burin_env *env, const char *engine, const char *const *formula, bool fast, const burin_column *in, double *out, size_t rows, size_t batches)
{
    static const burin_column_name names[COLUMNS] = {{"a", BURIN_COLUMN_DOUBLE}, {"b", BURIN_COLUMN_DOUBLE}, {"c", BURIN_COLUMN_DOUBLE}, {"d", BURIN_COLUMN_DOUBLE}};
    static result         r;
    burin_error           err     = BURIN_ERROR_INIT;
    burin_columns_options options = {.fast_math = fast};
    burin_columns        *c       = burin_columns_compile(env, (burin_text){formula[1], strlen(formula[1])}, names, COLUMNS, &options, &err);
    burin_column_out      to      = {BURIN_COLUMN_DOUBLE, out};
    if (!c || burin_columns_map(c, in, 0, rows, &to, &err))
        die(formula[0], err.message);
    for (size_t n = 0; n < batches; n++) {
        uint64_t start = cpu_ns();
        for (size_t call = 0; call < calls_of(rows); call++)
            if (burin_columns_map(c, in, 0, rows, &to, &err))
                die(formula[0], err.message);
        r.ns[n] = (double)(cpu_ns() - start) / (double)(calls_of(rows) * rows);
    }
    report(engine, fast, formula[0], &r, batches, out, rows);
    burin_columns_free(c);
}

static void time_loop(size_t formula, bool fast, const burin_column *in, double *out, size_t rows, size_t batches)
{
    static result r;
    columns_loop  loop = fast ? fast_loops[formula] : exact_loops[formula];
    for (size_t n = 0; n < batches; n++) {
        uint64_t start = cpu_ns();
        for (size_t call = 0; call < calls_of(rows); call++) {
            loop(in[0].data, in[1].data, in[2].data, in[3].data, out, rows);
            keep(out);
        }
        r.ns[n] = (double)(cpu_ns() - start) / (double)(calls_of(rows) * rows);
    }
    report("C", fast, formulas[formula][0], &r, batches, out, rows);
}

static burin_env *make_env(const char *helper)
{
    burin_options options = burin_options_default();
    options.scripts       = true;
    burin_env *env        = burin_env_new(&options, NULL);
    if (env && helper) {
        burin_jit_options how = burin_jit_options_default();
        how.engine            = BURIN_ENGINE_JIT;
        how.eager             = true;
        how.helper            = helper;
        burin_jit *jit        = burin_jit_new(&how, NULL);
        if (!jit || burin_env_set_jit(env, jit))
            die("native code", helper);
        burin_jit_unref(jit);
    }
    if (!env)
        die("out of memory", NULL);
    return env;
}

int main(int argc, char **argv)
{
    size_t rows = argc > 1 ? strtoul(argv[1], NULL, 10) : 0, batches = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    if (!rows || !batches || batches > BATCHES_MAX)
        die("usage: bench_columns ROWS BATCHES [HELPER]", NULL);
    double      *data   = malloc((COLUMNS + 1) * rows * sizeof *data), *out = data + COLUMNS * rows;
    burin_env   *env    = make_env(NULL), *native = argc > 3 ? make_env(argv[3]) : NULL;
    burin_column in[COLUMNS];
    if (!data)
        die("out of memory", NULL);
    for (size_t k = 0; k < COLUMNS; k++) {
        for (size_t r = 0; r < rows; r++)
            data[k * rows + r] = 0.1 + (double)((r * 7919 + k * 104729) % 10007) / 1009;
        in[k] = (burin_column){BURIN_COLUMN_DOUBLE, data + k * rows};
    }
    for (size_t n = 0; n < sizeof formulas / sizeof *formulas; n++)
        for (int fast = 0; fast < 2; fast++) {
            time_formula(env, "burin", formulas[n], fast, in, out, rows, batches);
            if (native)
                time_formula(native, "burin, native", formulas[n], fast, in, out, rows, batches);
            time_loop(n, fast, in, out, rows, batches);
        }
    burin_env_unref(env);
    burin_env_unref(native);
    free(data);
    return 0;
}
