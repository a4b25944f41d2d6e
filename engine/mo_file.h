/* Message catalogues: GNU gettext's .mo files, read as CPython's gettext.GNUTranslations reads them.
 * Immutable once read, so any number of threads may look messages up. */
#ifndef BURIN_ENGINE_MO_FILE_H
#define BURIN_ENGINE_MO_FILE_H

#include "burin/error.h"
#include "engine/name_map.h"
#include "engine/plural.h"

typedef struct mo_catalogue mo_catalogue;
struct mo_catalogue {
    const burin_allocator *alloc;
    size_t                 size; /* of this block, the file's bytes at its end */
    name_map               singulars, plurals; /* message -> its translation; the keys and values are in the bytes, or converted */
    arena                  converted; /* texts that are not UTF-8 in the file, as UTF-8 */
    plural_rule            rule;
    burin_text            *translations;
    uint32_t               count;
    mo_catalogue          *fallback; /* asked next */
};

/* Read the bytes (copied). NULL after filling `err`: BURIN_ERR_DATA, BURIN_ERR_NOMEM. */
mo_catalogue *mo_read(const burin_allocator *alloc, const void *bytes, size_t len, burin_error *err);
/* Also frees the fallbacks. */
void mo_free(mo_catalogue *catalogue, const burin_allocator *alloc);

/* The translation of a message without plural; false when no catalogue has it. `context` may be empty with data NULL. */
bool mo_find(const mo_catalogue *catalogue, burin_text context, burin_text message, burin_text *out);
/* The form for the number `n` of a message with plural; `out` is left alone when no catalogue has it. Fails as plural_evaluate does. */
burin_status mo_find_plural(const mo_catalogue *catalogue, rt_state *st, burin_text context, burin_text singular, burin_value n, burin_text *out);

#endif
