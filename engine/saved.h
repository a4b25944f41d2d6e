/* Programs of scripts and formulas as bytes that another process loads without parsing: a head, then name, source, image, and maybe native
 * code of all units.
 *
 * The sum in the head is against accidents: whoever can make such bytes can make them do anything (codegen/image/image.h). */
#ifndef BURIN_ENGINE_SAVED_H
#define BURIN_ENGINE_SAVED_H

#include "codegen/program.h"
#include "engine/environment.h"
#include "runtime/base/blake2b.h"

typedef enum saved_kind { SAVED_FORMULA, SAVED_SCRIPT } saved_kind;

/* Native code, and what it was made for. */
typedef struct saved_native {
    uint64_t   abi, request; /* native_abi, wire_hash */
    uint32_t   cpu, level;
    burin_text object;       /* empty: there is none */
} saved_native;

typedef struct saved {
    uint8_t    sum[BLAKE2B_SIZE]; /* of all of it */
    uint32_t   slot_count;        /* of a formula: the first of the program's globals */
    burin_text name, source;      /* source is normalised; errors quote it. Both end with a NUL and lie in the bytes */
    bool       has_name;
    burin_text image;
    saved_native native;
} saved;

/* As a malloc'ed block. The program's source is `src`; `native` NULL: no native code. */
burin_status saved_write(const burin_env *env, saved_kind kind, const ir_program *program, const source *src, uint32_t slot_count,
                         const saved_native *native, char **bytes, size_t *len, burin_error *err);
/* The parts of what saved_write has made; BURIN_ERR_USAGE when it is not that, or not for this environment. */
burin_status saved_open(const burin_env *env, saved_kind kind, burin_text bytes, saved *out, burin_error *err);
/* The program; BURIN_ERR_USAGE when it needs what the environment does not have. */
burin_status saved_program(const burin_env *env, const saved *from, ir_program **out, burin_error *err);
/* Give the program, whose globals are numbered as they were when it was saved, its native code, where there is any that this processor can run. */
void saved_use_native(const saved *from, ir_program *program);

#endif
