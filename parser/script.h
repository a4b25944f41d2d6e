/* Scripts: text to tree. */
#ifndef BURIN_PARSER_SCRIPT_H
#define BURIN_PARSER_SCRIPT_H

#include "parser/ast.h"

typedef struct script_options {
    bool     imports;     /* import statements are taken; what they find is the host's business */
    uint32_t nesting_max; /* most depth of the tree, deeper is BURIN_ERR_RECURSION; 0 or above 2000: 2000 */
    size_t   source_max;  /* bytes; 0: no limit */
} script_options;

/* Parse a script, as Python's compile(text, "exec"): a Module.
 *
 * The text of `src` has '\n' at the ends of its lines (script_normalize). The tree and its texts live in `a`; it may borrow
 * from the text, which must outlive it.
 * Errors, with CPython's message, and the place: BURIN_ERR_PYTHON_SYNTAX, BURIN_ERR_INDENTATION, BURIN_ERR_TAB;
 * BURIN_ERR_NOT_IMPLEMENTED for what scripts do not have; BURIN_ERR_RECURSION (nested too deep), BURIN_ERR_LIMIT (source too
 * large), BURIN_ERR_UNICODE_DECODE (no valid UTF-8), BURIN_ERR_NOMEM. Nothing is freed on failure: `a` is. */
burin_status parse_script(arena *a, const source *src, const script_options *options, ast_node **out, burin_error *err);

/* Parse one expression, as Python's compile(text, "eval"): the expression's node. */
burin_status parse_script_expression(arena *a, const source *src, const script_options *options, ast_node **out, burin_error *err);

/* The text with '\n' at the ends of its lines; itself when nothing changes, else a copy in `a`. False when memory is out. */
bool script_normalize(arena *a, burin_text text, burin_text *out);

#endif
