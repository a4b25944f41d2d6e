/* Which compiler a file is, without starting it: the build id of an ELF program; and whether the library that it was found to use is still the same. */
#ifndef BURIN_CODEGEN_BUILDER_H
#define BURIN_CODEGEN_BUILDER_H

#include "runtime/base/memory.h"

enum { BUILDER_SIZE = 20 };

/* Read it from the file at `path`. False when that is no 64-bit ELF program with a build id of this size. */
bool builder_of(const char *path, uint8_t id[BUILDER_SIZE]);

/* A file as it was when somebody used it. As bytes: what is behind the path's NUL is 0. */
typedef struct builder_library {
    char     path[232]; /* absolute, without links; "": unknown */
    uint32_t version[3], reserved;
    uint64_t size;      /* bytes */
    int64_t  changed_ns; /* since 1970 */
} builder_library;

/* Note what the file at `path` is now. `version` is zero. False, and no path, when it cannot be looked at or its path is too long. */
bool builder_library_note(const char *path, builder_library *out);
/* Whether the file is still as it was noted. */
bool builder_library_is_there(const builder_library *library);

#endif
