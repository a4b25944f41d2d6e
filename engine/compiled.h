/* Sets of compiled templates: what stands in the files, and the environment's use of them. */
#ifndef BURIN_ENGINE_COMPILED_H
#define BURIN_ENGINE_COMPILED_H

#include "burin/compiled.h"
#include "codegen/ir/ir.h"
#include "codegen/jit/wire.h"
#include "engine/saved.h"
#include "engine/template.h"

#define COMPILED_MAGIC "burin compiled1" /* 16 bytes with its NUL */

typedef struct compiled_entry {
    const char            *name;
    const char            *source; /* normalised; errors quote it */
    uint64_t               source_len;
    const char            *image;
    uint64_t               image_len;
    const native_function *natives; /* one a unit; NULL: none */
    uint64_t               native_count;
} compiled_entry;

struct burin_compiled {
    char                  magic[16];
    uint64_t              image_abi, native_abi; /* native_abi 0: no native code */
    uint64_t              options;               /* compiled_options of the environment it was made in */
    uint32_t              cpu, count;
    const compiled_entry *entries;               /* by ascending name */
};

/* In the environment, oldest first. */
typedef struct compiled_set {
    const burin_compiled *set;
    void                 *file; /* dlopen's; NULL: linked */
    struct compiled_set  *next;
} compiled_set;

/* What decides how templates are compiled in the environment, as a hash. */
uint64_t compiled_options(const burin_env *env);

/* The native code of a template's or script's program, WIRE_ASSEMBLER or WIRE_C, for people. Starts a burin-jit for it. */
burin_status compile_listing(burin_env *env, const ir_program *program, const source *src, wire_output output, buf *out, burin_error *err);

/* Native code of a program of a script, as `options` (NULL: the defaults) say. The object is in *object, which the caller frees, and out->object is that. */
burin_status compile_script_natively(burin_env *env, const ir_program *program, const burin_compile_options *options, buf *object, saved_native *out,
                                     burin_error *err);

const compiled_entry *compiled_find(const burin_env *env, const char *name);
/* The entry's program for a template that has the source. */
burin_status compiled_program(burin_template *tpl, const compiled_entry *entry, burin_error *err);
void compiled_free(burin_env *env);

#endif
