/* Members of the host's structs that a program's attributes may mean, for generated code that reads them at fixed places.
 *
 * They are found by name alone: generated code looks at the value's type first (rt_struct_word), and asks the instruction's body when
 * it is another one. */
#ifndef BURIN_CODEGEN_MEMBERS_H
#define BURIN_CODEGEN_MEMBERS_H

#include "codegen/jit/wire.h"
#include "runtime/struct.h"

/* Fill in request->members from the types (NULL: there are none), in `memory`. Without memory there are no members. */
void members_find(wire_request *request, const burin_types *types, arena *memory);

#endif
