/* Assembler text to objects, by the system's assembler. */
#ifndef BURIN_JIT_ASSEMBLE_H
#define BURIN_JIT_ASSEMBLE_H

#include "runtime/base/memory.h"

/* The first of the usual places where there is an assembler that can be run; NULL when there is none. */
const char *assembler_find(void);

/* Assemble `text`; the object is appended to `out`. NULL, or why not: a literal. No file is made. */
const char *assemble(const char *assembler, burin_text text, buf *out);

/* A file in memory; -1 when there can be none. */
int memory_file(const char *name);
/* Append the whole of it. */
bool read_file(int fd, buf *out);

#endif
