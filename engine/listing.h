/* Native code for people: what burin-jit gives as text, with the lines of the source between. */
#ifndef BURIN_ENGINE_LISTING_H
#define BURIN_ENGINE_LISTING_H

#include "codegen/jit/wire.h"
#include "parser/source.h"

/* `code` is assembler or C of all units of the program, made with line information; units are called PREFIX_NUMBER_uINDEX. What only
 * debuggers and unwinders want is left out. */
void listing_write(wire_output form, burin_text code, const ir_program *program, const source *src, const char *prefix, buf *out);

#endif
