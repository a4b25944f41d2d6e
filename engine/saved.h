/* Programs of scripts and formulas as bytes that another process loads without parsing: a head, then name, source and image.
 *
 * The sum in the head is against accidents: whoever can make such bytes can make them do anything (codegen/image/image.h). */
#ifndef BURIN_ENGINE_SAVED_H
#define BURIN_ENGINE_SAVED_H

#include "codegen/program.h"
#include "engine/environment.h"
#include "runtime/base/blake2b.h"

typedef enum saved_kind { SAVED_FORMULA, SAVED_SCRIPT } saved_kind;

typedef struct saved {
    uint8_t    sum[BLAKE2B_SIZE]; /* of all of it */
    uint32_t   slot_count;        /* of a formula: the first of the program's globals */
    burin_text name, source;      /* source is normalised; errors quote it. Both end with a NUL and lie in the bytes */
    bool       has_name;
    burin_text image;
} saved;

/* As a malloc'ed block. The program's source is `src`. */
burin_status saved_write(const burin_env *env, saved_kind kind, const ir_program *program, const source *src, uint32_t slot_count, char **bytes,
                         size_t *len, burin_error *err);
/* The parts of what saved_write has made; BURIN_ERR_USAGE when it is not that, or not for this environment. */
burin_status saved_open(const burin_env *env, saved_kind kind, burin_text bytes, saved *out, burin_error *err);
/* The program; BURIN_ERR_USAGE when it needs what the environment does not have. */
burin_status saved_program(const burin_env *env, const saved *from, ir_program **out, burin_error *err);

#endif
