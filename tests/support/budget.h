/* An allocator whose memory runs out after a number of allocations, and that counts the bytes held: of a test that fails each of them in turn. */
#ifndef BURIN_TESTS_SUPPORT_BUDGET_H
#define BURIN_TESTS_SUPPORT_BUDGET_H

#include "burin/types.h"

enum { BUDGET_NONE = -1 }; /* as many as are asked for */

typedef struct budget {
    long   left; /* allocations, those that make a block larger among them, until all fail */
    size_t held;
} budget;

/* `b` must outlive what is allocated. */
burin_allocator budget_allocator(budget *b);

#endif
