/* Native code of a kernel: loaded from what the compiler process gave for a kernel_request.
 *
 * The functions do what kernel_run does, with the same results and failures; they keep no state and may be called by any number of threads. */
#ifndef BURIN_CODEGEN_KERNEL_NATIVE_H
#define BURIN_CODEGEN_KERNEL_NATIVE_H

#include "codegen/kernel/wire.h"

struct object;

/* For who looks what a function over slots gives: where it failed, 1. */
extern const kernel_caller kernel_plain_caller;

/* Load the object that answers the request `bytes`. NULL, or what is wrong: a literal. The functions live as long as *out. */
const char *kernel_load(const burin_allocator *alloc, const kernel_request *request, burin_text bytes, burin_text answer, struct object **out, kernel_function *function);

#endif
