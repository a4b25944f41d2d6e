/* Seals: the last bytes of a file, a sum of what stands before them, by which one that was changed or cut off is told. Against accidents, not
 * against forgers. The dynamic linker maps what a file's segments name, and is not disturbed by what follows them. */
#ifndef BURIN_CODEGEN_SEAL_H
#define BURIN_CODEGEN_SEAL_H

#include <stdbool.h>

/* Append the seal of what the file holds; false when that cannot be read or written. */
bool seal_put(const char *path);
/* Is what stands before the file's seal what was sealed? */
bool seal_holds(const char *path);

#endif
