/* The formulas of columns.c as loops by hand: the least time that they take. */
#ifndef BENCH_COLUMNS_LOOPS_H
#define BENCH_COLUMNS_LOOPS_H

#include <stddef.h>

typedef void (*columns_loop)(const double *a, const double *b, const double *c, const double *d, double *out, size_t n);

/* E1 to E5: every operation rounded as written; and as the compiler likes, with functions that are off by 4 units in the last place. */
extern const columns_loop exact_loops[5], fast_loops[5];

#endif
