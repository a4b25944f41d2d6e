/* The loops whose every operation rounds as it is written. */
#define LOOPS exact_loops
#include "bench/c/columns_loops.inc"
