/* What the grammar's actions call: nodes with Jinja2's lines, the checks that its parser makes. All return something
 * harmless after a failure; the parse stops then. */
#ifndef BURIN_PARSER_BUILD_H
#define BURIN_PARSER_BUILD_H

#include "parser/state.h"

/* ---- expressions (build.c) ---- */

operand build_name(parser *p, const token *t);
operand build_const(parser *p, const token *t);
operand build_joined(parser *p, const items *strings);
operand build_group(parser *p, const token *open, operand inside);
operand build_tuple(parser *p, items *all);
operand build_empty_tuple(parser *p, const token *open, const token *close);
operand build_list(parser *p, const token *open, items *all);
operand build_dict(parser *p, const token *open, items *all);
operand build_pair(parser *p, operand key, operand value);
operand build_slice(parser *p, operand start, const token *colon, operand stop, operand step);
operand build_attr(parser *p, operand of, const token *dot, const token *name);
operand build_index(parser *p, operand of, const token *dot, const token *index);
operand build_item(parser *p, operand of, const token *open, items *subscripts);
operand build_call(parser *p, operand of, const arguments *args);
operand build_filter(parser *p, operand of, dotted name);
operand build_test(parser *p, operand of, const token *is, bool negated, dotted name);
operand build_with_args(parser *p, operand filter_or_test, const arguments *args);
operand build_test_arg(parser *p, operand test, operand arg);
operand build_unary(parser *p, const token *op, ast_unary kind, operand of);
operand build_not(parser *p, const token *op, operand of);
operand build_binary(parser *p, operand left, const token *op, ast_binary kind, operand right);
operand build_concat(parser *p, operand left, operand right);
operand build_compare(parser *p, operand left, ast_compare kind, operand right);
operand build_and(parser *p, operand left, const token *op, operand right);
operand build_or(parser *p, operand left, const token *op, operand right);
/* `yes if test else no`; `again` is the `if` when the expression before is itself one without else. */
operand build_cond(parser *p, operand yes, const token *op, bool again, operand test, operand no);

items     *build_items(parser *p, operand first);
items     *build_items_comma(items *all, const token *comma);
items     *build_items_add(items *all, operand item);
arguments *build_arguments(parser *p);
arguments *build_argument(arguments *args, operand argument);
arguments *build_arguments_at(arguments *args, const token *open);
operand    build_keyword(parser *p, const token *name, operand value);
dotted     build_dotted(const token *name);
dotted     build_dotted_more(parser *p, dotted name, const token *more);

/* ---- targets (targets.c) ---- */

/* The target as something stored to, after checking that it can be. */
operand build_target(parser *p, operand target, ast_use use);
operand build_attr_target(parser *p, const token *name, const token *attr);
void    build_check_name(parser *p, const token *name);
void    build_check_imported(parser *p, const token *name);

/* ---- statements (statements.c); the span of each is that of its tag ---- */

ast_node *build_template(parser *p, body *b);
body     *build_body(parser *p);
body     *build_body_data(parser *p, body *b, const token *t);
body     *build_body_print(parser *p, body *b, operand value);
body     *build_body_statement(body *b, ast_node *statement);
/* Put the body into the statement and close it. */
ast_node *build_end(parser *p, ast_node *statement, body *b);

ast_node *build_for(parser *p, const token *word, operand target, operand iter, operand test, bool recursive);
ast_node *build_for_end(parser *p, ast_node *loop, body *b, body *orelse);
if_open   build_if(parser *p, const token *word, operand test);
if_open   build_elif(parser *p, if_open open, body *b, operand test);
if_open   build_else(if_open open, body *b);
ast_node *build_if_end(parser *p, if_open open, body *b);

ast_node *build_set(parser *p, const token *word, operand target, operand value);
ast_node *build_set_block(parser *p, const token *word, operand target, operand filter);
ast_With *build_with(parser *p);
ast_With *build_with_pair(ast_With *with, operand target, operand value);
ast_node *build_with_open(parser *p, ast_With *with, const token *word);

ast_node *build_autoescape(parser *p, const token *word, operand value);
ast_node *build_block(parser *p, const token *word, const token *name, bool scoped, bool required);
ast_node *build_block_body(parser *p, ast_node *block, body *b);
ast_node *build_macro(parser *p, const token *word, const token *name, const signature *s);
signature *build_signature(parser *p);
signature *build_param(parser *p, signature *s, const token *name, ast_node *fallback);
ast_node *build_call_block(parser *p, const token *word, const signature *s);
ast_node *build_called(parser *p, ast_node *block, operand call);
ast_node *build_call_open(parser *p, ast_node *block);
ast_node *build_filter_block(parser *p, const token *word, operand filter);
ast_node *build_generation(parser *p, const token *word);

ast_node *build_extends(parser *p, const token *word, operand name);
ast_node *build_include(parser *p, const token *word, operand name, bool ignore_missing, int with_context);
ast_node *build_import(parser *p, const token *word, operand name, const token *target, int with_context);
ast_node *build_from(parser *p, const token *word, operand name, ast_FromImport *from);
ast_FromImport *build_from_list(parser *p);
ast_FromImport *build_imported(parser *p, ast_FromImport *from, const token *name, const token *alias);
ast_FromImport *build_from_context(ast_FromImport *from, bool with_context);

ast_Output *build_print(parser *p);
ast_Output *build_print_add(ast_Output *print, operand value);
ast_node   *build_print_end(parser *p, ast_Output *print, const token *word);
ast_node   *build_do(parser *p, const token *word, operand value);
ast_node   *build_word(parser *p, ast_kind kind, const token *word);

/* ---- trans (trans.c) ---- */

void trans_begin(parser *p, const token *word, const token *context);
void trans_name(parser *p, const token *name);
void trans_trimmed(parser *p, const token *name);
void trans_value(parser *p, const operand *value); /* NULL: the variable itself */
void trans_open(parser *p);
void trans_data(parser *p, const token *t);
void trans_reference(parser *p, const token *name);
void trans_plural(parser *p, const token *name);
void trans_plural_open(parser *p);
/* The statement or, when the plural form counts a call, two statements chained by `next`. */
ast_node *trans_finish(parser *p);

#endif
