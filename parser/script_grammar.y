// The grammar of scripts: Python 3.11's, less what scripts do not have (the lexer refuses that).
//
// It is Python's own, ladder and all, where Python's is not one of precedences: what may stand on either side of an
// operator is a rule's business (`a + not b` is none). Targets are read as expressions and checked where they are used,
// as Python's first parsers did, because one token ahead does not tell `a, b` from `a, b = c`.

%name Script
%token_prefix S_
%token_type { script_token }
%extra_context { script_parser *p }
%default_type { expr }
%stack_size 0

%include {
/* Generated from parser/script_grammar.y. */
#include "parser/script_build.h"

#include <assert.h>

#define GRAMMAR(name) script_grammar_##name
#define GRAMMAR_PARSER script_parser
#define GRAMMAR_TOKEN script_token
#define GRAMMAR_NEXT script_take
#define GRAMMAR_FAIL_NESTING script_fail_nesting
#define GRAMMAR_FAIL_MEMORY script_fail_memory
#define GRAMMAR_UNEXPECTED script_unexpected

#ifdef __GNUC__
#pragma GCC diagnostic ignored "-Wunused-parameter"
#endif
}

%type stmts { ast_list }
%type stmts1 { ast_list }
%type stmt { ast_node * }
%type simple { ast_node * }
%type simples { ast_list }
%type line { ast_list }
%type block { ast_list }
%type orelse { ast_list }
%type loop_body { ast_list }
%type final { ast_list }
%type handlers { ast_list }
%type handler { ast_node * }
%type handler_head { ast_node * }
%type if_chain { if_chain }
%type names { exprs * }
%type chain { assign_chain }
%type augmented { int }
%type params { parameters * }
%type param_list { parameters * }
%type lambda_params { parameters * }
%type lambda_list { parameters * }
%type def_head { ast_node * }
%type for_head { ast_node * }
%type while_head { ast_node * }
%type import_names { exprs * }
%type from_names { exprs * }
%type from_list { exprs * }
%type dotted { span }
%type target_items { exprs * }
%type star_items { exprs * }
%type named_items { exprs * }
%type subs { exprs * }
%type sub_items { exprs * }
%type dict_items { exprs * }
%type clauses { exprs * }
%type tests { exprs * }
%type strings { string_tokens * }
%type arguments { call_arguments * }
%type argument_list { call_arguments * }

%token ERROR.

%left OR.
%left AND.
%right NOT.
%left BITOR.
%left BITXOR.
%left BITAND.
%left LSHIFT RSHIFT.
%left ADD SUB.
%left MUL DIV FLOORDIV MOD.
%right SIGN.
%right POW.

start ::= START_MODULE stmts(B).                                 { compose_module(p, B); }
start ::= START_EXPRESSION tests_tuple(E) newlines.              { p->result = E.node; }
start ::= START_INSIDE star_exprs(E).                            { compose_inside(p, E); }
newlines ::= .
newlines ::= newlines NEWLINE.

// ---- statements

stmts(A) ::= .                                                   { A = (ast_list){0}; }
stmts(A) ::= stmts(B) stmt(S).                                   { A = compose_statements(B, S); }
stmts(A) ::= stmts(B) line(L).                                   { A = compose_lines(B, L); }
stmts1(A) ::= stmt(S).                                           { A = compose_statements((ast_list){0}, S); }
stmts1(A) ::= line(A).
stmts1(A) ::= stmts1(B) stmt(S).                                 { A = compose_statements(B, S); }
stmts1(A) ::= stmts1(B) line(L).                                 { A = compose_lines(B, L); }

line(A) ::= simples(A) NEWLINE.
line(A) ::= simples(A) SEMICOLON NEWLINE.
simples(A) ::= simple(S).                                        { A = compose_statements((ast_list){0}, S); }
simples(A) ::= simples(B) SEMICOLON simple(S).                   { A = compose_statements(B, S); }

block(A) ::= line(A).
block(A) ::= NEWLINE INDENT stmts1(B) DEDENT.                    { A = B; }

simple(A) ::= star_exprs(E).                                     { A = compose_expression_statement(p, E); }
simple(A) ::= chain(C) ASSIGN star_exprs(E).                     { A = compose_assign(p, C, E); }
chain(A) ::= star_exprs(E).                                      { A = compose_chain(p, E); }
chain(A) ::= chain(C) ASSIGN star_exprs(E).                      { A = compose_chain_more(C, E); }
simple(A) ::= star_exprs(T) augmented(O) star_exprs(E).          { A = compose_augmented(p, T, (ast_binary)O, E); }
augmented(A) ::= ADD_ASSIGN.                                     { A = AST_ADD; }
augmented(A) ::= SUB_ASSIGN.                                     { A = AST_SUB; }
augmented(A) ::= MUL_ASSIGN.                                     { A = AST_MUL; }
augmented(A) ::= DIV_ASSIGN.                                     { A = AST_DIV; }
augmented(A) ::= FLOORDIV_ASSIGN.                                { A = AST_FLOORDIV; }
augmented(A) ::= MOD_ASSIGN.                                     { A = AST_MOD; }
augmented(A) ::= POW_ASSIGN.                                     { A = AST_POW; }
augmented(A) ::= LSHIFT_ASSIGN.                                  { A = AST_LSHIFT; }
augmented(A) ::= RSHIFT_ASSIGN.                                  { A = AST_RSHIFT; }
augmented(A) ::= BITAND_ASSIGN.                                  { A = AST_BITAND; }
augmented(A) ::= BITOR_ASSIGN.                                   { A = AST_BITOR; }
augmented(A) ::= BITXOR_ASSIGN.                                  { A = AST_BITXOR; }
simple(A) ::= star_exprs(T) COLON test.                          { A = compose_annotated(p, T, NULL); }
simple(A) ::= star_exprs(T) COLON test ASSIGN star_exprs(E).     { A = compose_annotated(p, T, &E); }

simple(A) ::= PASS(T).                                           { A = compose_word(p, AST_Pass, &T); }
simple(A) ::= BREAK(T).                                          { A = compose_word(p, AST_Break, &T); }
simple(A) ::= CONTINUE(T).                                       { A = compose_word(p, AST_Continue, &T); }
simple(A) ::= RETURN(T).                                         { A = compose_return(p, &T, (expr){0}); }
simple(A) ::= RETURN(T) star_exprs(E).                           { A = compose_return(p, &T, E); }
simple(A) ::= RAISE(T).                                          { A = compose_raise(p, &T, (expr){0}, (expr){0}); }
simple(A) ::= RAISE(T) test(E).                                  { A = compose_raise(p, &T, E, (expr){0}); }
simple(A) ::= RAISE(T) test(E) FROM test(C).                     { A = compose_raise(p, &T, E, C); }
simple(A) ::= ASSERT(T) test(E).                                 { A = compose_assert(p, &T, E, (expr){0}); }
simple(A) ::= ASSERT(T) test(E) COMMA test(M).                   { A = compose_assert(p, &T, E, M); }
simple(A) ::= DEL(T) targets(E).                                 { A = compose_delete(p, &T, E); }
simple(A) ::= GLOBAL(T) names(N).                                { A = compose_global(p, &T, N); }
simple(A) ::= NONLOCAL(T) names(N).                              { A = compose_nonlocal(p, &T, N); }
names(A) ::= NAME(N).                                            { A = compose_exprs(p, compose_name(p, &N)); }
names(A) ::= names(L) COMMA NAME(N).                             { A = compose_exprs_add(L, compose_name(p, &N)); }

simple(A) ::= IMPORT(T) import_names(N).                         { A = compose_import(p, &T, N); }
simple(A) ::= FROM(T) dotted(M) IMPORT from_names(N).            { A = compose_from_import(p, &T, M, N); }
import_names(A) ::= dotted(M).                                   { A = compose_exprs(p, compose_imported(p, M, NULL)); }
import_names(A) ::= dotted(M) AS NAME(N).                        { A = compose_exprs(p, compose_imported(p, M, &N)); }
import_names(A) ::= import_names(L) COMMA dotted(M).             { A = compose_exprs_add(L, compose_imported(p, M, NULL)); }
import_names(A) ::= import_names(L) COMMA dotted(M) AS NAME(N).  { A = compose_exprs_add(L, compose_imported(p, M, &N)); }
from_names(A) ::= from_list(L).                                  { A = L; }
from_names(A) ::= LPAREN from_list(L) RPAREN.                    { A = L; }
from_names(A) ::= LPAREN from_list(L) COMMA RPAREN.              { A = L; }
from_list(A) ::= imported(E).                                    { A = compose_exprs(p, E); }
from_list(A) ::= from_list(L) COMMA imported(E).                 { A = compose_exprs_add(L, E); }
imported(A) ::= NAME(N).                                         { A = compose_imported(p, script_span(&N), NULL); }
imported(A) ::= NAME(N) AS NAME(M).                              { A = compose_imported(p, script_span(&N), &M); }
dotted(A) ::= NAME(N).                                           { A = script_span(&N); }
dotted(A) ::= dotted(D) DOT NAME(N).                             { A = (span){D.start, N.end}; }

stmt(A) ::= if_chain(C).                                         { A = &C.node->base; }
stmt(A) ::= if_chain(C) else_head block(B).                      { A = compose_if_else(C, B); }
if_chain(A) ::= if_head(H) block(B).                             { A = compose_if(p, H, B); }
if_chain(A) ::= if_chain(C) elif_head(H) block(B).               { A = compose_elif(p, C, H, B); }
if_head(A) ::= IF(T) named(E) COLON.                             { A = compose_head(p, &T, "'if' statement", E); }
elif_head(A) ::= ELIF(T) named(E) COLON.                         { A = compose_head(p, &T, "'elif' statement", E); }
else_head ::= ELSE(T) COLON.                                     { compose_head(p, &T, "'else' statement", (expr){0}); }

stmt(A) ::= while_head(H) loop_body(B) orelse(O).                    { A = compose_while_end(H, B, O); }
while_head(A) ::= WHILE(T) named(E) COLON.                       { A = compose_while(p, &T, E); }
stmt(A) ::= for_head(H) loop_body(B) orelse(O).                  { A = compose_for_end(H, B, O); }
for_head(A) ::= FOR(T) targets(X) IN star_exprs(E) COLON.        { A = compose_for(p, &T, X, E); }
loop_body(A) ::= block(B).                                       { A = compose_loop_body(p, B); }
orelse(A) ::= .                                                  { A = (ast_list){0}; }
orelse(A) ::= else_head block(B).                                { A = B; }

stmt(A) ::= try_head(H) block(B) final(F).                       { A = compose_try(p, H, B, (ast_list){0}, (ast_list){0}, F); }
stmt(A) ::= try_head(H) block(B) handlers(L).                    { A = compose_try(p, H, B, L, (ast_list){0}, (ast_list){0}); }
stmt(A) ::= try_head(H) block(B) handlers(L) final(F).           { A = compose_try(p, H, B, L, (ast_list){0}, F); }
stmt(A) ::= try_head(H) block(B) handlers(L) else_head block(O). { A = compose_try(p, H, B, L, O, (ast_list){0}); }
stmt(A) ::= try_head(H) block(B) handlers(L) else_head block(O) final(F). { A = compose_try(p, H, B, L, O, F); }
try_head(A) ::= TRY(T) COLON.                                    { A = compose_head(p, &T, "'try' statement", (expr){0}); }
final(A) ::= finally_head block(B).                              { A = B; }
finally_head ::= FINALLY(T) COLON.                               { compose_head(p, &T, "'finally' statement", (expr){0}); }
handlers(A) ::= handler(H).                                      { A = compose_statements((ast_list){0}, H); }
handlers(A) ::= handlers(L) handler(H).                          { A = compose_statements(L, H); }
handler(A) ::= handler_head(H) block(B).                         { A = compose_handler_end(H, B); }
handler_head(A) ::= EXCEPT(T) COLON.                             { A = compose_handler(p, &T, (expr){0}, NULL); }
handler_head(A) ::= EXCEPT(T) test(E) COLON.                     { A = compose_handler(p, &T, E, NULL); }
handler_head(A) ::= EXCEPT(T) test(E) AS NAME(N) COLON.          { A = compose_handler(p, &T, E, &N); }

stmt(A) ::= def_head(H) block(B).                                { A = compose_def_end(p, H, B); }
def_head(A) ::= DEF(T) NAME(N) LPAREN params(L) RPAREN returns COLON. { A = compose_def(p, &T, &N, L); }
returns ::= .
returns ::= ARROW test.
params(A) ::= .                                                  { A = compose_params(p); }
params(A) ::= param_list(L).                                     { A = compose_params_end(p, L); }
params(A) ::= param_list(L) COMMA.                               { A = compose_params_end(p, L); }
param_list(A) ::= param(E).                                      { A = compose_param_add(p, compose_params(p), E); }
param_list(A) ::= param_list(L) COMMA param(E).                  { A = compose_param_add(p, L, E); }
param(A) ::= NAME(N) annotation.                                 { A = compose_param(p, &N, AST_EITHER, (expr){0}); }
param(A) ::= NAME(N) annotation ASSIGN test(E).                  { A = compose_param(p, &N, AST_EITHER, E); }
param(A) ::= MUL(T).                                             { A = compose_param_mark(p, &T); }
param(A) ::= DIV(T).                                             { A = compose_param_mark(p, &T); }
param(A) ::= MUL NAME(N) star_annotation.                        { A = compose_param(p, &N, AST_REST, (expr){0}); }
param(A) ::= POW NAME(N) annotation.                             { A = compose_param(p, &N, AST_NAMED, (expr){0}); }
annotation ::= .
annotation ::= COLON test.
star_annotation ::= .
star_annotation ::= COLON star_test.

// ---- lists of expressions

star_exprs(A) ::= star_test(A).
star_exprs(A) ::= star_items(L).                                 { A = compose_tuple(p, L); }
star_exprs(A) ::= star_items(L) star_test(E).                    { A = compose_tuple(p, compose_exprs_add(L, E)); }
star_items(A) ::= star_test(E) COMMA.                            { A = compose_exprs(p, E); }
star_items(A) ::= star_items(L) star_test(E) COMMA.              { A = compose_exprs_add(L, E); }
star_test(A) ::= test(A).
star_test(A) ::= MUL(T) arith(E).                                { A = compose_starred(p, &T, E); }

tests_tuple(A) ::= test(A).
tests_tuple(A) ::= tests(L).                                     { A = compose_tuple(p, L); }
tests_tuple(A) ::= tests(L) test(E).                             { A = compose_tuple(p, compose_exprs_add(L, E)); }
tests(A) ::= test(E) COMMA.                                      { A = compose_exprs(p, E); }
tests(A) ::= tests(L) test(E) COMMA.                             { A = compose_exprs_add(L, E); }

targets(A) ::= target(A).
targets(A) ::= target_items(L).                                  { A = compose_tuple(p, L); }
targets(A) ::= target_items(L) target(E).                        { A = compose_tuple(p, compose_exprs_add(L, E)); }
target_items(A) ::= target(E) COMMA.                             { A = compose_exprs(p, E); }
target_items(A) ::= target_items(L) target(E) COMMA.             { A = compose_exprs_add(L, E); }
target(A) ::= arith(A).
target(A) ::= MUL(T) arith(E).                                   { A = compose_starred(p, &T, E); }

named(A) ::= test(A).
named(A) ::= NAME(N) WALRUS test(E).                             { A = compose_walrus(p, &N, E); }
star_named(A) ::= named(A).
star_named(A) ::= MUL(T) arith(E).                               { A = compose_starred(p, &T, E); }
named_items(A) ::= star_named(E) COMMA.                          { A = compose_exprs(p, E); }
named_items(A) ::= named_items(L) star_named(E) COMMA.           { A = compose_exprs_add(L, E); }

// ---- expressions

test(A) ::= logic(A).
test(A) ::= logic(Y) IF logic(C) ELSE test(N).                   { A = compose_cond(p, Y, C, N); }
test(A) ::= LAMBDA(T) lambda_params(L) COLON test(E).            { A = compose_lambda(p, &T, L, E); }
lambda_params(A) ::= .                                           { A = compose_params(p); }
lambda_params(A) ::= lambda_list(L).                             { A = compose_params_end(p, L); }
lambda_params(A) ::= lambda_list(L) COMMA.                       { A = compose_params_end(p, L); }
lambda_list(A) ::= lambda_param(E).                              { A = compose_param_add(p, compose_params(p), E); }
lambda_list(A) ::= lambda_list(L) COMMA lambda_param(E).         { A = compose_param_add(p, L, E); }
lambda_param(A) ::= NAME(N).                                     { A = compose_param(p, &N, AST_EITHER, (expr){0}); }
lambda_param(A) ::= NAME(N) ASSIGN test(E).                      { A = compose_param(p, &N, AST_EITHER, E); }
lambda_param(A) ::= MUL(T).                                      { A = compose_param_mark(p, &T); }
lambda_param(A) ::= DIV(T).                                      { A = compose_param_mark(p, &T); }
lambda_param(A) ::= MUL NAME(N).                                 { A = compose_param(p, &N, AST_REST, (expr){0}); }
lambda_param(A) ::= POW NAME(N).                                 { A = compose_param(p, &N, AST_NAMED, (expr){0}); }

logic(A) ::= logic(L) OR logic(R).                               { A = compose_or(p, L, R); }
logic(A) ::= logic(L) AND logic(R).                              { A = compose_and(p, L, R); }
logic(A) ::= NOT(T) logic(E).                                    { A = compose_not(p, &T, E); }
logic(A) ::= compare(A).
compare(A) ::= arith(A).
compare(A) ::= compare(L) EQ arith(R).                           { A = compose_compare(p, L, AST_EQ, R); }
compare(A) ::= compare(L) NE arith(R).                           { A = compose_compare(p, L, AST_NE, R); }
compare(A) ::= compare(L) LT arith(R).                           { A = compose_compare(p, L, AST_LT, R); }
compare(A) ::= compare(L) LTEQ arith(R).                         { A = compose_compare(p, L, AST_LE, R); }
compare(A) ::= compare(L) GT arith(R).                           { A = compose_compare(p, L, AST_GT, R); }
compare(A) ::= compare(L) GTEQ arith(R).                         { A = compose_compare(p, L, AST_GE, R); }
compare(A) ::= compare(L) IN arith(R).                           { A = compose_compare(p, L, AST_IN, R); }
compare(A) ::= compare(L) NOT IN arith(R).                       { A = compose_compare(p, L, AST_NOT_IN, R); }
compare(A) ::= compare(L) IS arith(R).                           { A = compose_compare(p, L, AST_IS, R); }
compare(A) ::= compare(L) IS NOT arith(R).                       { A = compose_compare(p, L, AST_IS_NOT, R); }

arith(A) ::= arith(L) BITOR arith(R).                            { A = compose_binary(p, L, AST_BITOR, R); }
arith(A) ::= arith(L) BITXOR arith(R).                           { A = compose_binary(p, L, AST_BITXOR, R); }
arith(A) ::= arith(L) BITAND arith(R).                           { A = compose_binary(p, L, AST_BITAND, R); }
arith(A) ::= arith(L) LSHIFT arith(R).                           { A = compose_binary(p, L, AST_LSHIFT, R); }
arith(A) ::= arith(L) RSHIFT arith(R).                           { A = compose_binary(p, L, AST_RSHIFT, R); }
arith(A) ::= arith(L) ADD arith(R).                              { A = compose_binary(p, L, AST_ADD, R); }
arith(A) ::= arith(L) SUB arith(R).                              { A = compose_binary(p, L, AST_SUB, R); }
arith(A) ::= arith(L) MUL arith(R).                              { A = compose_binary(p, L, AST_MUL, R); }
arith(A) ::= arith(L) DIV arith(R).                              { A = compose_binary(p, L, AST_DIV, R); }
arith(A) ::= arith(L) FLOORDIV arith(R).                         { A = compose_binary(p, L, AST_FLOORDIV, R); }
arith(A) ::= arith(L) MOD arith(R).                              { A = compose_binary(p, L, AST_MOD, R); }
arith(A) ::= arith(L) POW arith(R).                              { A = compose_binary(p, L, AST_POW, R); }
arith(A) ::= SUB(T) arith(E). [SIGN]                             { A = compose_unary(p, &T, AST_NEG, E); }
arith(A) ::= ADD(T) arith(E). [SIGN]                             { A = compose_unary(p, &T, AST_POS, E); }
arith(A) ::= INVERT(T) arith(E). [SIGN]                          { A = compose_unary(p, &T, AST_INVERT, E); }
arith(A) ::= primary(A).

primary(A) ::= atom(A).
primary(A) ::= primary(E) DOT NAME(N).                           { A = compose_attribute(p, E, &N); }
primary(A) ::= primary(E) LBRACKET subs(L) RBRACKET.             { A = compose_subscript(p, E, L); }
primary(A) ::= primary(E) LPAREN arguments(L) RPAREN.            { A = compose_call(p, E, L); }

arguments(A) ::= .                                               { A = compose_arguments(p); }
arguments(A) ::= argument_list(A).
arguments(A) ::= argument_list(L) COMMA.                         { A = compose_arguments_comma(p, L); }
argument_list(A) ::= argument(E).                                { A = compose_argument_add(p, compose_arguments(p), E); }
argument_list(A) ::= argument_list(L) COMMA argument(E).         { A = compose_argument_add(p, L, E); }
argument(A) ::= named(A).
argument(A) ::= named(E) clauses(C).                             { A = compose_comprehension(p, AST_GENERATOR, NULL, E, (expr){0}, C); }
argument(A) ::= NAME(N) ASSIGN test(E).                          { A = compose_keyword(p, &N, E); }
argument(A) ::= MUL(T) test(E).                                  { A = compose_starred(p, &T, E); }
argument(A) ::= POW(T) test(E).                                  { A = compose_named_rest(p, &T, E); }

subs(A) ::= sub(E).                                              { A = compose_exprs(p, E); }
subs(A) ::= sub_items(A).
subs(A) ::= sub_items(L) sub(E).                                 { A = compose_exprs_add(L, E); }
sub_items(A) ::= sub(E) COMMA.                                   { A = compose_subs_comma(compose_exprs(p, E)); }
sub_items(A) ::= sub_items(L) sub(E) COMMA.                      { A = compose_exprs_add(L, E); }
sub(A) ::= star_named(A).
sub(A) ::= slice_part(B) COLON(T) slice_part(E).                 { A = compose_slice(p, B, &T, E, (expr){0}); }
sub(A) ::= slice_part(B) COLON(T) slice_part(E) COLON slice_part(S). { A = compose_slice(p, B, &T, E, S); }
slice_part(A) ::= .                                              { A = (expr){0}; }
slice_part(A) ::= test(A).

atom(A) ::= NAME(T).                                             { A = compose_name(p, &T); }
atom(A) ::= TRUE(T).                                             { A = compose_const(p, &T, burin_bool(true)); }
atom(A) ::= FALSE(T).                                            { A = compose_const(p, &T, burin_bool(false)); }
atom(A) ::= NONE(T).                                             { A = compose_const(p, &T, burin_none()); }
atom(A) ::= NUMBER(T).                                           { A = compose_const(p, &T, T.value); }
atom(A) ::= IMAGINARY(T).                                        { A = compose_imaginary(p, &T); }
atom(A) ::= ELLIPSIS(T).                                         { A = compose_ellipsis(p, &T); }
atom(A) ::= strings(L).                                          { A = compose_strings(p, L); }
strings(A) ::= STRING(T).                                        { A = compose_string_tokens(p, NULL, &T); }
strings(A) ::= strings(L) STRING(T).                             { A = compose_string_tokens(p, L, &T); }

atom(A) ::= LPAREN(T) RPAREN.                                    { A = compose_bracketed_tuple(p, &T, NULL); }
atom(A) ::= LPAREN(T) star_named(E) RPAREN.                      { A = compose_group(p, &T, E); }
atom(A) ::= LPAREN(T) named_items(L) RPAREN.                     { A = compose_bracketed_tuple(p, &T, L); }
atom(A) ::= LPAREN(T) named_items(L) star_named(E) RPAREN.       { A = compose_bracketed_tuple(p, &T, compose_exprs_add(L, E)); }
atom(A) ::= LPAREN(T) star_named(E) clauses(C) RPAREN.           { A = compose_comprehension(p, AST_GENERATOR, &T, E, (expr){0}, C); }
atom(A) ::= LBRACKET(T) RBRACKET.                                { A = compose_list(p, &T, NULL); }
atom(A) ::= LBRACKET(T) star_named(E) RBRACKET.                  { A = compose_list(p, &T, compose_exprs(p, E)); }
atom(A) ::= LBRACKET(T) named_items(L) RBRACKET.                 { A = compose_list(p, &T, L); }
atom(A) ::= LBRACKET(T) named_items(L) star_named(E) RBRACKET.   { A = compose_list(p, &T, compose_exprs_add(L, E)); }
atom(A) ::= LBRACKET(T) star_named(E) clauses(C) RBRACKET.       { A = compose_comprehension(p, AST_OF_LIST, &T, E, (expr){0}, C); }
atom(A) ::= LBRACE(T) RBRACE.                                    { A = compose_dict(p, &T, NULL); }
atom(A) ::= LBRACE(T) dict_items(L) RBRACE.                      { A = compose_dict(p, &T, L); }
atom(A) ::= LBRACE(T) dict_items(L) COMMA RBRACE.                { A = compose_dict(p, &T, L); }
atom(A) ::= LBRACE(T) test(K) COLON test(V) clauses(C) RBRACE.   { A = compose_comprehension(p, AST_OF_DICT, &T, K, V, C); }
atom(A) ::= LBRACE(T) star_named(E) RBRACE.                      { A = compose_set(p, &T, compose_exprs(p, E)); }
atom(A) ::= LBRACE(T) named_items(L) RBRACE.                     { A = compose_set(p, &T, L); }
atom(A) ::= LBRACE(T) named_items(L) star_named(E) RBRACE.       { A = compose_set(p, &T, compose_exprs_add(L, E)); }
atom(A) ::= LBRACE(T) star_named(E) clauses(C) RBRACE.           { A = compose_comprehension(p, AST_OF_SET, &T, E, (expr){0}, C); }
dict_items(A) ::= pair(E).                                       { A = compose_exprs(p, E); }
dict_items(A) ::= dict_items(L) COMMA pair(E).                   { A = compose_exprs_add(L, E); }
pair(A) ::= test(K) COLON test(V).                               { A = compose_pair(p, K, V); }
pair(A) ::= POW(T) arith(E).                                     { A = compose_dict_rest(p, &T, E); }

clauses(A) ::= clause(E).                                        { A = compose_exprs(p, E); }
clauses(A) ::= clauses(L) clause(E).                             { A = compose_exprs_add(L, E); }
clause(A) ::= FOR(T) targets(X) IN logic(I).                     { A = compose_clause(p, &T, X, I); }
clause(A) ::= clause(C) IF logic(E).                             { A = compose_clause_test(p, C, E); }
