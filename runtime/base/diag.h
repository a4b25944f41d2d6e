/* Diagnostics: building a burin_error. Used by every stage that reads source text. */
#ifndef BURIN_BASE_DIAG_H
#define BURIN_BASE_DIAG_H

#include "burin/error.h"
#include "runtime/base/memory.h"

#include <stdarg.h>

/* A half-open range of bytes of a template's source. */
typedef struct span {
    uint32_t start, end;
} span;

/* The source a stage works on: where errors take names and excerpts from. */
typedef struct source {
    burin_text             text; /* after newline normalisation: only '\n' ends lines */
    const char            *name; /* NUL-terminated, NULL for a template without a name */
} source;

/* What an error owns is allocated with malloc: it outlives every allocator of the host.
 * Fill `err` (if not NULL) with the message and the place, and return `status`. `line` is 1-based, 0 to leave it out. */
burin_status diag_fail(burin_error *err, burin_status status, const source *src, uint32_t line, span where,
                       const char *format, ...) BURIN_PRINTF(6, 7);
burin_status diag_vfail(burin_error *err, burin_status status, const source *src, uint32_t line, span where,
                        const char *format, va_list args);
/* The same with a message that is text already; it ends at a NUL. */
burin_status diag_fail_text(burin_error *err, burin_status status, const source *src, uint32_t line, span where, burin_text message);
/* Text that is to be kept: BURIN_ERR_UNICODE where it is not UTF-8 (burin/types.h). */
burin_status diag_check_text(burin_error *err, burin_text text);
/* A public call begins that leaves `err` empty when it succeeds (burin/error.h). */
static inline void diag_begin(burin_error *err)
{
    if (err && BURIN_UNLIKELY(err->status))
        burin_error_clear(err);
}
/* "did you mean 'x'?"; replaces an earlier suggestion. */
void diag_suggest(burin_error *err, const char *format, ...) BURIN_PRINTF(2, 3);
/* Append a "called from" step. `name` may be NULL. */
void diag_add_frame(burin_error *err, const char *name, uint32_t line, const char *label);
/* Line (1-based) and column (1-based, code points) of a byte offset. */
void diag_locate(burin_text text, uint32_t offset, uint32_t *line, uint32_t *column);

typedef struct diag_place {
    uint32_t offset, line, column;
} diag_place;
static const diag_place diag_start = {0, 1, 1};
/* Bring `place`, a place of `text`, to `offset`: many places in their order take one walk over the text. */
void diag_advance(burin_text text, uint32_t offset, diag_place *place);

#endif
