/* Native code for people: what burin-jit gives as text, with the lines of the template between. */
#ifndef BURIN_ENGINE_LISTING_H
#define BURIN_ENGINE_LISTING_H

#include "codegen/jit/wire.h"
#include "engine/template.h"

/* `code` is assembler or C of all units of the template, made with line information; units are called PREFIX_NUMBER_uINDEX. What only
 * debuggers and unwinders want is left out. */
void listing_write(wire_output form, burin_text code, const burin_template *tpl, const char *prefix, buf *out);

#endif
