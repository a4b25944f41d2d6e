/* Programs of templates and scripts as bytes: what ahead-of-time compilation and hosts that keep programs store.
 *
 * An image holds everything of a program but native code and the source's text. Functions, and the builtins of scripts, are in it by name
 * and are bound again to those of the environment that reads it; a global of plain data is in it as it was. It is for the build that wrote it (image_abi): tables and layouts are stored as they are.
 * Images are trusted as much as code is: the reader notices what is cut off or of another build, and verifies each unit, but
 * somebody who can write one can make it do anything. */
#ifndef BURIN_CODEGEN_IMAGE_H
#define BURIN_CODEGEN_IMAGE_H

#include "codegen/program.h"
#include "runtime/base/memory.h"

/* Tells builds apart whose images do not fit each other. */
uint64_t image_abi(void);

/* What the functions below give for why, when memory is out; and the status of an error that tells why. */
extern const char image_no_memory[];
static inline burin_status image_status(const char *why, burin_status otherwise) { return why == image_no_memory ? BURIN_ERR_NOMEM : otherwise; }

/* Append the program to `out`. NULL, or why it cannot be stored: a literal. */
const char *image_write(const ir_program *program, buf *out);

/* Make the program of an image, for the environment in `options` (its finalize too). NULL, or what is wrong with the image: valid as
 * long as `room` (of `size` bytes). */
const char *image_read(burin_text image, const codegen_options *options, const burin_allocator *alloc, ir_program **out, char *room, size_t size);

/* Fit the program of a script, compiled for a session without names, into one that has `count` names already; borrowed as long as the
 * program lives. NULL, or why that cannot be: a literal. */
const char *image_join_session(ir_program *program, const burin_text *names, uint32_t count);

#endif
