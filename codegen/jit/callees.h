/* The functions that calls of a script probably call, so that generated code can call them directly.
 *
 * They are guessed from the root alone, which gives names to functions: generated code looks at what it calls first, and asks the
 * instruction's body when it is something else. */
#ifndef BURIN_CODEGEN_CALLEES_H
#define BURIN_CODEGEN_CALLEES_H

#include "codegen/jit/wire.h"

/* Fill in request->callees, in `memory`. Without memory there are none. */
void callees_find(wire_request *request, arena *memory);

#endif
