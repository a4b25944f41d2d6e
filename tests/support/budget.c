#include "tests/support/budget.h"

#include <stdlib.h>

static void *resize(void *user, void *block, size_t old_size, size_t new_size)
{
    budget *b = user;
    if (new_size > old_size && b->left == 0)
        return NULL;
    b->left -= new_size > old_size && b->left > 0;
    b->held += new_size - old_size;
    if (new_size)
        return realloc(block, new_size);
    free(block);
    return NULL;
}

burin_allocator budget_allocator(budget *b) { return (burin_allocator){.resize = resize, .user = b}; }
