/* Assembler text and objects to one file, with binutils' `as` and `ld`. */
#ifndef BURIN_CODEGEN_LINK_H
#define BURIN_CODEGEN_LINK_H

#include "runtime/base/memory.h"

/* Write `table`, assembled, and the objects as a shared object, which is sealed (seal.h), or as one object file, to `path`, which is whole or not there.
 * NULL, or what went wrong: a sentence without a full stop in `room`. */
const char *link_file(const char *path, bool shared, burin_text table, const burin_text *objects, size_t count, char *room, size_t size);

#endif
