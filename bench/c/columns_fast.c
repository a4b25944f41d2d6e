/* The loops as the compiler likes: -ffast-math, the C library's functions for vectors. */
#define LOOPS fast_loops
#include "bench/c/columns_loops.inc"
