/* Which compiler a file is, without starting it: the build id of an ELF program. */
#ifndef BURIN_CODEGEN_BUILDER_H
#define BURIN_CODEGEN_BUILDER_H

#include "runtime/base/memory.h"

enum { BUILDER_SIZE = 20 };

/* Read it from the file at `path`. False when that is no 64-bit ELF program with a build id of this size. */
bool builder_of(const char *path, uint8_t id[BUILDER_SIZE]);

#endif
