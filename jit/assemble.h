/* Assembler text to objects, by the system's assembler. */
#ifndef BURIN_JIT_ASSEMBLE_H
#define BURIN_JIT_ASSEMBLE_H

#include "runtime/base/memory.h"

#include <sys/types.h>

/* The first of the usual places where there is an assembler that can be run; NULL when there is none. */
const char *assembler_find(void);

/* An assembler that has been started, and gets ready while its text is written by the compiler. */
typedef struct assembler {
    pid_t pid;    /* 0: it has ended, or never begun */
    int   text;   /* the pipe that it reads from */
    int   object; /* the file in memory that it writes to */
} assembler;

/* Start the one at `path`. NULL, or why not: a literal. To be ended with assembler_end either way. */
const char *assembler_start(assembler *a, const char *path);
/* Have `text` assembled; the object is appended to `out`. NULL, or why not, likewise. No file is made. */
const char *assembler_run(assembler *a, burin_text text, buf *out);
/* One that still waits for its text is stopped. */
void assembler_end(assembler *a);

/* A file in memory; -1 when there can be none. */
int memory_file(const char *name);
/* Append the whole of it. */
bool read_file(int fd, buf *out);

#endif
