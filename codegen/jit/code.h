/* Native code of a program: from a request's bytes and the object that answers them to functions that vm_run_unit calls.
 *
 * Code stays loaded as long as its program lives, as a render may be inside it; whoever installs holds the program. */
#ifndef BURIN_CODEGEN_CODE_H
#define BURIN_CODEGEN_CODE_H

#include "codegen/jit/native.h"
#include "codegen/jit/wire.h"

enum { CODE_FOR_DEBUGGER = 1, CODE_FOR_PROFILER = 2 }; /* whom to tell; see tools.h */

/* Load `bytes` and put its functions in place of the units of `request`, whose hash (wire_hash) is given.
 * Returns  NULL, or what is wrong with the object: a literal. One thread at a time for one program. */
const char *code_install(ir_program *program, const wire_request *request, uint64_t hash, burin_text bytes, unsigned tell);
void        code_free(ir_program *program);
/* Was the object made for a request with this abi, cpu and level and this hash, by a compiler that knows our tables? */
bool        code_is_answer(burin_text bytes, const wire_request *request, uint64_t hash);

/* The highest level of x86-64 that this processor has; 0 where native code is not supported. */
uint32_t code_cpu_here(void);

#endif
