/* The private folder that libgccjit puts its temporary files in. */
#ifndef BURIN_JIT_FOLDER_H
#define BURIN_JIT_FOLDER_H

#include <stddef.h>

/* Make one in `base` (NULL: memory where there is, else /tmp), of mode 0700; its path is written to `path`. Those of helpers that were
 * killed are removed. 0, or an errno. */
int folder_make(const char *base, char *path, size_t size);
/* Remove it and what is in it, two levels deep. */
void folder_remove(const char *path);

#endif
