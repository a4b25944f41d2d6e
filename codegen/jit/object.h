/* Objects in memory: what the compiler process gives (ELF64 relocatable files for x86-64), loaded to be run.
 *
 * The bytes are not trusted to be well-formed: every offset, count, section, relocation and symbol is checked, and what is not
 * known is refused. (What the code then does is not checked: bytes come from our compiler process, or from a cache of
 * which we know that nobody else wrote to it.)
 * Always true: no page is writable and executable; once loaded nothing is writable at all; code refers to nothing outside but
 * the functions of OBJECT_IMPORTS and codegen/kernel/imports.def.
 * A loaded object may be used by any number of threads. It is not unloaded by itself: who loads it knows when no code of it
 * runs any more. */
#ifndef BURIN_CODEGEN_OBJECT_H
#define BURIN_CODEGEN_OBJECT_H

#include "runtime/base/memory.h"

typedef struct object object;

/* What compilers call without being told to; kernels also call the functions of codegen/kernel/imports.def. */
#define OBJECT_IMPORTS(X) X(memcpy) X(memmove) X(memset) X(memcmp)

enum { OBJECT_SIZE_MAX = 256 << 20 }; /* of the file, and of what it takes in memory */

/* Load `bytes`, which are not needed after that.
 *
 * Returns  NULL and the object in *out, or what is wrong: a literal, a clause without a full stop. Elsewhere than on x86-64
 *          that is always "native code is not supported on this machine". */
const char *object_load(const burin_allocator *alloc, burin_text bytes, object **out);
void        object_free(object *o); /* NULL is allowed */

/* The address of an exported function; NULL when there is none of that name. */
void *object_function(const object *o, const char *name);

/* Call for each exported function, by ascending name: address and size in bytes. */
void object_each(const object *o, void (*call)(void *user, const char *name, void *address, size_t size), void *user);

/* The contents of a section that is no part of the running code (a stamp), read from the file. Data NULL when there is none. */
burin_text object_section(burin_text bytes, const char *name);

/* A copy of the file that tells a debugger where its sections lie; the caller frees it with base_free. NULL: out of memory. */
char *object_for_debugger(const object *o, const burin_allocator *alloc, burin_text bytes);

#endif
