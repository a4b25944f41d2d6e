/* Which compiler this is. */
#ifndef BURIN_JIT_IDENTITY_H
#define BURIN_JIT_IDENTITY_H

#include "codegen/jit/protocol.h"

/* Fill in libgccjit's version and file, and this program's build id (zeros when it was linked without). */
void identify(protocol_ready *ready);

#endif
