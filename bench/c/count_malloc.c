/* What --wrap puts in place of malloc and its kin. See count_malloc.h. */
#include "bench/c/count_malloc.h"

size_t malloc_calls;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

void *__wrap_malloc(size_t size)
{
    malloc_calls++;
    return __real_malloc(size);
}
void *__wrap_calloc(size_t count, size_t size)
{
    malloc_calls++;
    return __real_calloc(count, size);
}
void *__wrap_realloc(void *block, size_t size)
{
    malloc_calls++;
    return __real_realloc(block, size);
}
