/* Text to tree. */
#ifndef BURIN_PARSER_PARSER_H
#define BURIN_PARSER_PARSER_H

#include "lexer/syntax.h"
#include "parser/ast.h"

/* Parse a template. The tree and its texts live in `a`; it may borrow from src->text, which must outlive it.
 * Errors: BURIN_ERR_SYNTAX, BURIN_ERR_ASSERTION, BURIN_ERR_NOMEM, BURIN_ERR_LIMIT (nested too deep, source too large),
 * with Jinja2's message, line and the span. */
burin_status parse_template(arena *a, const source *src, const syntax *options, ast_node **out, burin_error *err);

/* Parse one expression (jinja2.Environment.compile_expression): no bare tuple, nothing may follow. */
burin_status parse_expression(arena *a, const source *src, const syntax *options, ast_node **out, burin_error *err);

/* Write the tree, indented, one node a line (for `burin dump ast`). */
void ast_print(const ast_node *tree, buf *out);

#endif
