/* Requests to objects. */
#ifndef BURIN_JIT_COMPILE_H
#define BURIN_JIT_COMPILE_H

#include "codegen/jit/protocol.h"

typedef struct compiler {
    const char *assembler; /* path */
    const char *folder;    /* private: libgccjit's temporary files */
    protocol_ready ready;   /* who we are */
    uint32_t    compiled;
} compiler;

/* Answer a request: the output is appended to `out` and `result` filled in. NULL, or why not: a sentence without a full stop,
 * valid until the next call. */
const char *compile_request(compiler *c, burin_text bytes, buf *out, protocol_result *result);

#endif
