/* What debuggers and profilers are told of native code, when the host asks for it.
 *
 * gdb finds loaded objects by its JIT interface: a global list behind a name it knows. It is the one writable global of the
 * library, empty and untouched unless the host asks; one lock guards it. gdb needs the library's symbols (not stripped).
 * perf reads /tmp/perf-PID.map: a line for each function. */
#ifndef BURIN_CODEGEN_TOOLS_H
#define BURIN_CODEGEN_TOOLS_H

#include "codegen/jit/object.h"

typedef struct tools_entry tools_entry;

/* Tell gdb of an object; NULL when memory is out. Give the entry back before the object is freed. */
tools_entry *tools_debugger_add(const burin_allocator *alloc, const object *o, burin_text bytes);
void         tools_debugger_remove(tools_entry *entry); /* NULL is allowed */

/* Write the object's functions into perf's map; a map that cannot be written to (or is somebody else's) is left alone. */
void tools_profiler_add(const object *o);

#endif
