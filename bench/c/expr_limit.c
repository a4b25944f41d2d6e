/* The tasks of bench/c/expr.c written by hand in C, for those that have a meaning there. bench_expr_limit TASK - WARM_MS BATCH_MS BATCHES */
#include "bench/c/harness.h"

#include <math.h>

typedef struct job {
    double x;
    double (*function)(const double *);
    int64_t (*integers)(int64_t);
} job;

static __attribute__((noinline)) double e1(const double *v) { return ((v[0] + v[1]) * sin(v[2])) / (sqrt(v[3]) + 1); }
static __attribute__((noinline)) double e4(const double *v) { return sqrt(1 - sin(2 * v[0]) + cos(M_PI / v[1]) / 3); }

static __attribute__((noinline)) int64_t fib(int64_t n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
static __attribute__((noinline)) int64_t loop(int64_t n)
{
    int64_t total = 0;
    for (int64_t i = 0; i < n; i++)
        total = (total * 31 + i) % 1000003;
    return total;
}

/* bench/expr/scripts.py's report(table(1000)) */
typedef struct player {
    char name[16];
    int  score, active;
} player;

static player rows[1000];
static char   text[64000];

static void make_rows(int64_t n)
{
    bool is_made = rows[0].name[0];
    for (int64_t i = 0; !is_made && i < n; i++) {
        rows[i] = (player){.score = (int)(i * 7 % 1000), .active = i % 3 != 0};
        snprintf(rows[i].name, sizeof rows[i].name, "player %d", (int)i);
    }
}

static __attribute__((noinline)) int64_t report(int64_t n)
{
    char *to = text;
    make_rows(n);
    for (int64_t i = 0; i < n; i++)
        if (rows[i].active && rows[i].score > 250)
            to += sprintf(to, "%s%s: %d points", to > text ? "\n" : "", rows[i].name, rows[i].score * 2);
    return to - text;
}

/* Its labels(table(1000)) */
static __attribute__((noinline)) int64_t labels(int64_t n)
{
    char *to = text;
    make_rows(n);
    for (int64_t i = 0; i < n; i++)
        to += sprintf(to, "%s%12s: %5d points, %.1f%%", to > text ? "\n" : "", rows[i].name, rows[i].score, rows[i].score / 10.0);
    return to - text;
}

static void run_scalar(void *user)
{
    job *j = user;
    j->x += 0.001;
    double v[4] = {j->x, j->x + 1, j->x + 2, j->x + 3}, y = j->function(v);
    keep(&y);
}

static void run_integers(void *user)
{
    job    *j = user;
    int64_t n = j->integers == fib ? 20 : j->integers == loop ? 100000 : 1000, y = j->integers(n);
    keep(&y);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        double (*function)(const double *);
        int64_t (*integers)(int64_t);
        int64_t expected, n;
    } tasks[] = {{"scalar E1", e1, NULL, 0, 0}, {"scalar E4", e4, NULL, 0, 0}, {"loop", NULL, loop, 933429, 100000}, {"fib", NULL, fib, 6765, 20}, {"report", NULL, report, 11767, 1000},
                 {"labels", NULL, labels, 33899, 1000}};
    for (size_t n = 0; argc == 5 && n < sizeof tasks / sizeof *tasks; n++) {
        if (strcmp(tasks[n].name, argv[1]) != 0)
            continue;
        job j = {1, tasks[n].function, tasks[n].integers};
        if (j.integers && j.integers(tasks[n].n) != tasks[n].expected)
            die("wrong result", argv[1]);
        take_turns(j.function ? run_scalar : run_integers, &j, argv[3], argv[4]);
        return 0;
    }
    die("there is no task", argc > 1 ? argv[1] : "");
}
