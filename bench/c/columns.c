/* Formulas over columns, a call over all rows a measurement: see bench/columns.py.
 *
 *   PROGRAM ROWS BATCHES     a line of JSON for each formula and accuracy: {"engine", "formula", "ns", "best", "sum"}, ns a row,
 *                            median and least of the batches; "sum" of the results, for comparison
 * ROWS values of a, b, c, d as columns.py makes them: column k, row r: 0.1 + ((r * 7919 + k * 104729) % 10007) / 1009. */
#include "bench/c/harness.h"
#include "burin/columns.h"

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

static void time_formula(burin_env *env, const char *const *formula, bool fast, const burin_column *in, double *out, size_t rows, size_t batches)
{
    static const burin_column_name names[COLUMNS] = {{"a", BURIN_COLUMN_DOUBLE}, {"b", BURIN_COLUMN_DOUBLE}, {"c", BURIN_COLUMN_DOUBLE}, {"d", BURIN_COLUMN_DOUBLE}};
    double                ns[BATCHES_MAX], sum = 0;
    burin_error           err     = BURIN_ERROR_INIT;
    burin_columns_options options = {.fast_math = fast};
    burin_columns        *c       = burin_columns_compile(env, (burin_text){formula[1], strlen(formula[1])}, names, COLUMNS, &options, &err);
    burin_column_out      to      = {BURIN_COLUMN_DOUBLE, out};
    size_t                calls   = 2000000 / rows + 1;
    if (!c)
        die(formula[0], err.message);
    for (size_t n = 0; n < batches; n++) {
        uint64_t start = cpu_ns();
        for (size_t call = 0; call < calls; call++)
            if (burin_columns_map(c, in, 0, rows, &to, &err))
                die(formula[0], err.message);
        ns[n] = (double)(cpu_ns() - start) / (double)(calls * rows);
    }
    for (size_t r = 0; r < rows; r++)
        sum += out[r];
    qsort(ns, batches, sizeof *ns, by_size);
    printf("{\"engine\": \"burin%s\", \"formula\": \"%s\", \"ns\": %.4f, \"best\": %.4f, \"sum\": %.17g}\n", fast ? ", 4 ulp" : "", formula[0], ns[batches / 2], ns[0], sum);
    burin_columns_free(c);
}

int main(int argc, char **argv)
{
    size_t rows = argc > 1 ? strtoul(argv[1], NULL, 10) : 0, batches = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    if (!rows || !batches || batches > BATCHES_MAX)
        die("usage: bench_columns ROWS BATCHES", NULL);
    double       *data = malloc((COLUMNS + 1) * rows * sizeof *data);
    burin_column  in[COLUMNS];
    burin_options options = burin_options_default();
    options.scripts       = true;
    burin_env *env        = burin_env_new(&options, NULL);
    if (!data || !env)
        die("out of memory", NULL);
    for (size_t k = 0; k < COLUMNS; k++) {
        for (size_t r = 0; r < rows; r++)
            data[k * rows + r] = 0.1 + (double)((r * 7919 + k * 104729) % 10007) / 1009;
        in[k] = (burin_column){BURIN_COLUMN_DOUBLE, data + k * rows};
    }
    for (size_t n = 0; n < sizeof formulas / sizeof *formulas; n++)
        for (int fast = 0; fast < 2; fast++)
            time_formula(env, formulas[n], fast, in, data + COLUMNS * rows, rows, batches);
    burin_env_unref(env);
    free(data);
    return 0;
}
