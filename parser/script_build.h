/* What the grammar of scripts does with what it has recognised. A function given NULL or an expression without a node,
 * which only a failure before makes, passes it on. */
#ifndef BURIN_PARSER_SCRIPT_BUILD_H
#define BURIN_PARSER_SCRIPT_BUILD_H

#include "parser/script_state.h"

static inline uint32_t script_max(uint32_t a, uint32_t b) { return a > b ? a : b; }

/* ---- script_expressions.c ---- */

/* A node of `depth` levels that begins where `line` and `start` say; checks memory and nesting. */
expr compose_finish(script_parser *p, void *node, uint32_t line, uint32_t start, uint32_t depth);
/* The bytes from `start` to the end of the token before the current one. */
static inline span compose_span(const script_parser *p, uint32_t start) { return (span){start, p->previous.end}; }
#define BUILD(Name, line, start) ast_make(p->arena, Name, (line), compose_span(p, (start)))

exprs *compose_exprs(script_parser *p, expr first);
exprs *compose_exprs_add(exprs *all, expr item);
expr   compose_name(script_parser *p, const script_token *t);
expr   compose_const(script_parser *p, const script_token *t, burin_value value);
expr   compose_imaginary(script_parser *p, const script_token *t);
expr   compose_ellipsis(script_parser *p, const script_token *t);
expr   compose_group(script_parser *p, const script_token *open, expr inside);
expr   compose_tuple(script_parser *p, exprs *all);
expr   compose_bracketed_tuple(script_parser *p, const script_token *open, exprs *all);
expr   compose_list(script_parser *p, const script_token *open, exprs *all);
expr   compose_set(script_parser *p, const script_token *open, exprs *all);
expr   compose_dict(script_parser *p, const script_token *open, exprs *all);
expr   compose_pair(script_parser *p, expr key, expr value);
expr   compose_dict_rest(script_parser *p, const script_token *stars, expr value);
expr   compose_starred(script_parser *p, const script_token *star, expr value);
expr   compose_walrus(script_parser *p, const script_token *name, expr value);
expr   compose_cond(script_parser *p, expr yes, expr test, expr no);
expr   compose_or(script_parser *p, expr left, expr right);
expr   compose_and(script_parser *p, expr left, expr right);
expr   compose_not(script_parser *p, const script_token *word, expr of);
expr   compose_compare(script_parser *p, expr left, ast_compare op, expr right);
expr   compose_binary(script_parser *p, expr left, ast_binary op, expr right);
expr   compose_unary(script_parser *p, const script_token *sign, ast_unary op, expr of);
expr   compose_attribute(script_parser *p, expr of, const script_token *name);
exprs *compose_subs_comma(exprs *all);
expr   compose_subscript(script_parser *p, expr of, exprs *subs);
expr   compose_slice(script_parser *p, expr start, const script_token *colon, expr stop, expr step);

/* ---- script_calls.c: calls, functions, comprehensions ---- */

call_arguments *compose_arguments(script_parser *p);
call_arguments *compose_argument_add(script_parser *p, call_arguments *all, expr argument);
call_arguments *compose_arguments_comma(script_parser *p, call_arguments *all);
expr            compose_keyword(script_parser *p, const script_token *name, expr value);
expr            compose_named_rest(script_parser *p, const script_token *stars, expr value);
expr            compose_call(script_parser *p, expr of, call_arguments *all);
parameters     *compose_params(script_parser *p);
parameters     *compose_param_add(script_parser *p, parameters *all, expr param);
parameters     *compose_params_end(script_parser *p, parameters *all);
expr            compose_param(script_parser *p, const script_token *name, ast_parameter form, expr value);
expr            compose_param_mark(script_parser *p, const script_token *mark);
expr            compose_lambda(script_parser *p, const script_token *word, parameters *params, expr value);
ast_node       *compose_def(script_parser *p, const script_token *word, const script_token *name, parameters *params);
ast_node       *compose_def_end(script_parser *p, ast_node *function, ast_list body);
expr            compose_clause(script_parser *p, const script_token *word, expr target, expr iter);
expr            compose_clause_test(script_parser *p, expr clause, expr test);
/* `open` is the bracket, NULL for the only argument of a call. */
expr compose_comprehension(script_parser *p, ast_comprehension form, const script_token *open, expr item, expr value, exprs *clauses);

/* ---- script_strings.c ---- */

/* Collects the tokens of "a" 'b' f"c". */
string_tokens *compose_string_tokens(script_parser *p, string_tokens *all, const script_token *t);
expr           compose_strings(script_parser *p, string_tokens *all);
/* The expression in the braces of an f-string is complete. */
void           compose_inside(script_parser *p, expr value);

/* ---- script_check.c ---- */

/* The first Parameter or Keyword with a name that one before it has; NULL when there is none. */
const ast_node *script_repeated_name(script_parser *p, const ast_list *list);
/* A lone star is no expression. */
void script_check_star(script_parser *p, expr value);
void script_enter_function(script_parser *p);
void script_enter_loop(script_parser *p);
void script_leave(script_parser *p);
/* Whether return, break and continue stand where they may. */
void script_check_place(script_parser *p, const script_token *word);

/* ---- script_targets.c ---- */

typedef enum target_use { TARGET_ASSIGN, TARGET_FOR, TARGET_DELETE } target_use;
/* The expression as something stored to or deleted, after checking that it can be. */
ast_node *compose_target(script_parser *p, expr target, target_use use);
/* What CPython calls an expression that cannot be assigned to. */
const char *script_expression_name(const ast_node *node);

/* ---- script_statements.c ---- */

void      compose_module(script_parser *p, ast_list body);
ast_list  compose_statements(ast_list list, ast_node *statement);
ast_list  compose_lines(ast_list list, ast_list more);
ast_node *compose_expression_statement(script_parser *p, expr value);
assign_chain compose_chain(script_parser *p, expr target);
assign_chain compose_chain_more(assign_chain chain, expr target);
ast_node *compose_assign(script_parser *p, assign_chain chain, expr value);
ast_node *compose_augmented(script_parser *p, expr target, ast_binary op, expr value);
ast_node *compose_annotated(script_parser *p, expr target, const expr *value);
ast_node *compose_word(script_parser *p, ast_kind kind, const script_token *word);
ast_node *compose_return(script_parser *p, const script_token *word, expr value);
ast_node *compose_raise(script_parser *p, const script_token *word, expr error, expr cause);
ast_node *compose_assert(script_parser *p, const script_token *word, expr test, expr message);
ast_node *compose_delete(script_parser *p, const script_token *word, expr targets);
ast_node *compose_global(script_parser *p, const script_token *word, exprs *names);
ast_node *compose_nonlocal(script_parser *p, const script_token *word, exprs *names);
expr      compose_imported(script_parser *p, span name, const script_token *alias);
ast_node *compose_import(script_parser *p, const script_token *word, exprs *names);
ast_node *compose_from_import(script_parser *p, const script_token *word, span module, exprs *names);

/* ---- script_blocks.c ---- */

/* A block follows: notes the word for messages, and hands on the word's place with the expression of the head. */
expr      compose_head(script_parser *p, const script_token *word, const char *what, expr value);
if_chain  compose_if(script_parser *p, expr head, ast_list body);
if_chain  compose_elif(script_parser *p, if_chain chain, expr head, ast_list body);
ast_node *compose_if_else(if_chain chain, ast_list body);
ast_node *compose_while(script_parser *p, const script_token *word, expr test);
/* The body of a loop is complete; what follows is outside. */
ast_list  compose_loop_body(script_parser *p, ast_list body);
ast_node *compose_while_end(ast_node *loop, ast_list body, ast_list orelse);
ast_node *compose_for(script_parser *p, const script_token *word, expr target, expr iter);
ast_node *compose_for_end(ast_node *loop, ast_list body, ast_list orelse);
ast_node *compose_try(script_parser *p, expr head, ast_list body, ast_list handlers, ast_list orelse, ast_list final);
ast_node *compose_handler(script_parser *p, const script_token *word, expr type, const script_token *name);
ast_node *compose_handler_end(ast_node *handler, ast_list body);

#endif
