/* What decides how a template's text is read: delimiters, whitespace options, extensions. */
#ifndef BURIN_LEXER_SYNTAX_H
#define BURIN_LEXER_SYNTAX_H

#include "runtime/base/diag.h"

typedef struct syntax {
    burin_text block_start, block_end;       /* "{%" "%}" */
    burin_text variable_start, variable_end; /* "{{" "}}" */
    burin_text comment_start, comment_end;   /* "{#" "#}" */
    burin_text line_statement_prefix;        /* len 0: none */
    burin_text line_comment_prefix;
    burin_text newline_sequence;             /* "\n", "\r\n" or "\r" */
    bool trim_blocks, lstrip_blocks, keep_trailing_newline;
    bool ext_do, ext_loopcontrols, ext_i18n, ext_debug, ext_generation;
    bool i18n_newstyle;                      /* env.newstyle_gettext */
    bool i18n_trimmed;                       /* policy ext.i18n.trimmed */
    uint32_t nesting_max;                    /* most depth of the tree, deeper is BURIN_ERR_RECURSION; 0 or above 2000: 2000 */
    size_t   source_max;                     /* bytes; 0: no limit */
} syntax;

/* Jinja2's defaults. */
extern const syntax syntax_default;

/* The source as the lexer wants it: "\r\n" and "\r" become "\n", and unless keep_trailing_newline one trailing newline
 * goes. The result is `text` itself when nothing changes, else a copy in `a`. BURIN_ERR_UNICODE_DECODE for invalid UTF-8. */
burin_status syntax_normalize(const syntax *options, arena *a, burin_text text, burin_text *out);

#endif
