/* How often the program called malloc, calloc or realloc so far. It is linked with --wrap for them; see bench/CMakeLists.txt. */
#ifndef BURIN_BENCH_COUNT_MALLOC_H
#define BURIN_BENCH_COUNT_MALLOC_H

#include <stddef.h>

extern size_t malloc_calls;

#endif
