/* What every C harness of the benchmark does: measure a render in batches, and say the result as one line of JSON.
 *
 *   PROGRAM check WORKLOAD FOLDER FILE            render once, write the page to FILE
 *   PROGRAM time WORKLOAD FOLDER WARM_MS BATCH_MS warm up, say so in a line; then for each line read one batch, and its ns a render as a line
 *   PROGRAM cold WORKLOAD FOLDER WARM_MS BATCH_MS BATCHES  only where there is something to compile
 * FOLDER holds data/ and templates/. Time is the thread's CPU time, so that a busy machine disturbs less; and because it disturbs
 * all the same, the driver (bench/turns.py) gives the batches of all engines in turns, milliseconds apart. */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static inline uint64_t cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline uint64_t wall_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Keep the compiler from dropping work whose result nobody reads. */
static inline void keep(const void *p) { __asm__ volatile("" : : "r"(p) : "memory"); }

static inline __attribute__((noreturn)) void die(const char *what, const char *detail)
{
    fprintf(stderr, "bench: %s: %s\n", what, detail ? detail : "");
    exit(1);
}

/* The whole file, NUL-terminated, with `slack` readable bytes after it; malloc'ed. */
static inline char *read_file(const char *path, size_t slack, size_t *len)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        die("cannot read", path);
    fseek(file, 0, SEEK_END);
    *len = (size_t)ftell(file);
    rewind(file);
    char *data = calloc(1, *len + slack + 1);
    if (!data || fread(data, 1, *len, file) != *len)
        die("cannot read", path);
    fclose(file);
    return data;
}

static inline void write_file(const char *path, const char *data, size_t len)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(data, 1, len, file) != len || fclose(file))
        die("cannot write", path);
}

static inline int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct timing {
    double median_ns, best_ns;
} timing;

/* `work(user)` is one render: warm up; how many fit a batch. */
static inline uint64_t warm_up(void (*work)(void *user), void *user, double warm_ms, double batch_ms)
{
    uint64_t begin = cpu_ns(), now;
    uint64_t runs = 0;
    do {
        for (int i = 0; i < 8; i++)
            work(user);
        runs += 8;
        now = cpu_ns();
    } while ((double)(now - begin) < warm_ms * 1e6);
    double each = (double)(now - begin) / (double)runs;
    return (uint64_t)(batch_ms * 1e6 / each) + 1;
}

/* ns a render. */
static inline double time_batch(void (*work)(void *user), void *user, uint64_t count)
{
    uint64_t begin = cpu_ns();
    for (uint64_t i = 0; i < count; i++)
        work(user);
    return (double)(cpu_ns() - begin) / (double)count;
}

/* The command `time`: a batch whenever the driver asks. What another engine's turn drove out of the caches is fetched untimed. */
static inline void take_turns(void (*work)(void *user), void *user, const char *warm_ms, const char *batch_ms)
{
    uint64_t count = warm_up(work, user, atof(warm_ms), atof(batch_ms));
    puts("warm");
    fflush(stdout);
    for (int c; (c = getchar()) != EOF;) {
        if (c != '\n')
            continue;
        time_batch(work, user, count / 8);
        printf("%.2f\n", time_batch(work, user, count));
        fflush(stdout);
    }
}

static inline timing measure(void (*work)(void *user), void *user, double warm_ms, double batch_ms, int batches)
{
    uint64_t count = warm_up(work, user, warm_ms, batch_ms);
    double  *took  = malloc(sizeof *took * (size_t)batches);
    if (!took)
        die("out of memory", NULL);
    for (int b = 0; b < batches; b++)
        took[b] = time_batch(work, user, count);
    qsort(took, (size_t)batches, sizeof *took, compare_doubles);
    timing result = {took[batches / 2], took[0]};
    free(took);
    return result;
}

#endif
