/* The tier's use of the cache on disk: which compiler its keys are for, and what may be kept. Immutable once opened: any thread. */
#ifndef BURIN_ENGINE_JIT_CACHE_H
#define BURIN_ENGINE_JIT_CACHE_H

#include "burin/jit.h"
#include "codegen/cache/disk.h"

typedef struct jit_cache {
    disk    disk; /* folder NULL: there is none */
    uint8_t builder[BUILDER_SIZE];
} jit_cache;

/* `options` keep the folder's name as long as the cache is used. Without a compiler that can be told from others there is none. */
jit_cache jit_cache_open(const burin_jit_options *options);

static inline bool jit_cache_is_on(const jit_cache *c) { return c->disk.folder; }

/* The object that answers a request, in place of what `code` held; false: it is not kept. */
bool jit_cache_get(const jit_cache *c, burin_text request, buf *code);
/* NULL: it is kept, or there is no cache; else why it is not, a literal. */
const char *jit_cache_put(const jit_cache *c, burin_text request, burin_text code, const builder_library *library);
void jit_cache_remove(const jit_cache *c, burin_text request);

#endif
