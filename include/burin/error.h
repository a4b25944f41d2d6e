/* burin/error.h: what went wrong, where, and how the program got there. */
#ifndef BURIN_ERROR_H
#define BURIN_ERROR_H

#include "burin/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One step of the way to an error: the template, its line, and what was running there. */
typedef struct burin_frame_note {
    char    *template_name; /* owned by the error; NULL for a template made from a string */
    uint32_t line;          /* 1-based; 0 when unknown */
    char    *label;         /* owned; "top-level template code", "block 'body'", "macro 'field'", as Jinja2 labels frames */
} burin_frame_note;

/* Filled in by a failing call, if the caller passes one: what it held before is freed. Start from BURIN_ERROR_INIT; release with burin_error_clear.
 * A call of columns.h, compiled.h, environment.h, formula.h, interpreter.h and template.h that succeeds leaves it empty, whatever it held; others that
 * succeed do not touch it.
 * Belongs to the caller; no part of it refers to an environment or template, so it may outlive them. */
typedef struct burin_error {
    burin_status status;
    char        *message;       /* owned, UTF-8, NUL-terminated; never NULL after a failure unless memory ran out */
    char        *template_name; /* owned; the innermost template, NULL when it has no name */
    uint32_t     line;          /* 1-based line as Jinja2 reports it (start of the statement or output); 0: no place is known */
    uint32_t     column;        /* 1-based, in code points, of the offending part; 0 when unknown */
    uint32_t     span_start;    /* byte offsets of the offending part in the source; equal when unknown */
    uint32_t     span_end;
    uint32_t     span_line;     /* 1-based line on which span_start lies: may differ from `line` */
    char        *source_line;   /* owned; the text of that line without its newline; NULL when unknown */
    char        *suggestion;    /* owned; "did you mean 'x'?" or NULL */
    burin_frame_note *frames;   /* owned; innermost first: where it happened, then what called that; none for syntax errors */
    size_t            frame_count;
} burin_error;

#define BURIN_ERROR_INIT {BURIN_OK, NULL, NULL, 0, 0, 0, 0, 0, NULL, NULL, NULL, 0}

/* The error as a good compiler prints it: class and message, file:line:column, the line with a caret under the part, the
 * chain of "called from", the suggestion. A malloc'ed, NUL-terminated text; with ANSI colours when `color`. NULL when memory is out. */
BURIN_API char *burin_error_format(const burin_error *error, bool color);
/* For "did you mean" in a host's own messages: the name that is nearest to one that is not known, by the rule of burin_error.suggestion
 * (one slip in three characters); NULL when none is near. */
BURIN_API const char *burin_nearest(const char *wanted, const char *const *names, size_t count);
/* Free what `error` owns and make it BURIN_ERROR_INIT again. NULL is allowed. */
BURIN_API void burin_error_clear(burin_error *error);

#ifdef __cplusplus
}
#endif
#endif
