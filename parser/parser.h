/* Text to tree. */
#ifndef BURIN_PARSER_PARSER_H
#define BURIN_PARSER_PARSER_H

#include "lexer/syntax.h"
#include "parser/ast.h"

/* Parse a template. The tree and its texts live in `a`; it may borrow from src->text, which must outlive it.
 * Errors, with Jinja2's message and line, and the span: BURIN_ERR_SYNTAX, BURIN_ERR_ASSERTION; BURIN_ERR_RECURSION (nested
 * too deep); BURIN_ERR_LIMIT (source too large); BURIN_ERR_UNICODE_DECODE (no valid UTF-8), BURIN_ERR_NOMEM; rarely
 * BURIN_ERR_VALUE, BURIN_ERR_PYTHON_SYNTAX, BURIN_ERR_ATTRIBUTE, where Python fails inside Jinja2 (a literal of over 4300
 * digits, digits beyond ASCII in a float, statements in a required block). Nothing is freed on failure: `a` is. */
burin_status parse_template(arena *a, const source *src, const syntax *options, ast_node **out, burin_error *err);

/* Parse one expression (jinja2.Environment.compile_expression): no bare tuple, nothing may follow. */
burin_status parse_expression(arena *a, const source *src, const syntax *options, ast_node **out, burin_error *err);

/* Write the tree, indented, one node a line (for `burin dump ast`). */
void ast_print(const ast_node *tree, buf *out);

#endif
