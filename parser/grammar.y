// The grammar of templates and expressions.
//
// Terminals come from the feeder (feeder.c), which knows which words are keywords where they stand; that is why `if` of
// a statement and of an expression can be one terminal and why a "(" that calls is another one than a "(" that groups.
// Precedences replace the ladder of Jinja2's parser (or, and, not, compare, sum, concat, product, power): fewer
// reductions, the same trees. Where Jinja2 checks something between two tokens there is a symbol of its own for it
// (called, imported, trans_name, ...), so that the check runs with the same token ahead.
// A rule like "test(A) ::= atom(A)." hands its value on where it lies, and lemon leaves most such reductions out.

%name Grammar
%token_prefix P_
%token_type { token }
%extra_context { parser *p }
%default_type { ast_node * }
%stack_size 0

%include {
/* Generated from parser/grammar.y. */
#include "parser/build.h"

#include <assert.h>

#define GRAMMAR(name) grammar_##name
#define GRAMMAR_PARSER parser
#define GRAMMAR_TOKEN token
#define GRAMMAR_NEXT parser_take
#define GRAMMAR_FAIL_NESTING parser_fail_nesting
#define GRAMMAR_FAIL_MEMORY parser_fail_memory
#define GRAMMAR_UNEXPECTED parser_unexpected

#ifdef __GNUC__
#pragma GCC diagnostic ignored "-Wunused-parameter"
#endif
}

%type cond { operand }
%type ifs { operand }
%type test { operand }
%type filterable { operand }
%type piped { operand }
%type tested { operand }
%type filtered { operand }
%type neg { operand }
%type atom { operand }
%type prim { operand }
%type strings { items * }
%type sub { operand }
%type slice_part { operand }
%type pair { operand }
%type arg { operand }
%type tuple { operand }
%type test_tuple { operand }
%type target { operand }
%type target_item { operand }
%type set_target { operand }
%type with_target { operand }
%type for_test { operand }
%type filter_chain { operand }
%type filter_first { operand }
%type cond_items { items * }
%type test_items { items * }
%type target_items { items * }
%type pairs { items * }
%type subs { items * }
%type sub_items { items * }
%type args { arguments * }
%type call_args { arguments * }
%type fname { dotted }
%type body { body * }
%type signature { signature * }
%type params { signature * }
%type param_list { signature * }
%type name_target { token }
%type imported { token }
%type context { int }
%type ignore_missing { int }
%type recursive { int }
%type scoped { int }
%type required { int }
%type print_items { ast_Output * }
%type with_pairs { ast_With * }
%type from_names { ast_FromImport * }
%type from_list { ast_FromImport * }

%token SEMICOLON STRAY.

%left OR.
%left AND.
%right NOT.
%left EQ NE LT LTEQ GT GTEQ IN NOT_IN.
%left ADD SUB.
%left TILDE.
%left MUL DIV FLOORDIV MOD.
%left POW.
%nonassoc TEST_ARGUMENT. // x is f a(1): the call belongs to a
%nonassoc CALL_PAREN.

start ::= START_TEMPLATE body(B).   { p->result = build_template(p, B); }
start ::= START_EXPRESSION cond(E). { p->result = E.node; }

// ---- bodies

body(A) ::= .                                                    { A = build_body(p); }
body(A) ::= body(B) DATA(T).                                     { A = build_body_data(p, B, &T); }
body(A) ::= body(B) VARIABLE_BEGIN tuple(E) VARIABLE_END.        { A = build_body_print(p, B, E); }
body(A) ::= body(B) statement(S).                                { A = build_body_statement(B, S); }

colon ::= .
colon ::= COLON.

else_head ::= BLOCK_BEGIN ELSE colon BLOCK_END.                  { parser_open_else(p); }

// ---- control

statement(A) ::= for_head(H) body(B) BLOCK_BEGIN ENDFOR BLOCK_END.
    { A = build_for_end(p, H, B, NULL); }
statement(A) ::= for_head(H) body(B) else_head body(C) BLOCK_BEGIN ENDFOR BLOCK_END.
    { A = build_for_end(p, H, B, C); }
for_head(A) ::= BLOCK_BEGIN FOR(T) for_target(X) FOR_IN test_tuple(I) for_test(C) recursive(R) colon BLOCK_END.
    { A = build_for(p, &T, X, I, C, R); }
for_target(A) ::= target(X).                                     { A = build_target(p, X, AST_STORE); }
%type for_target { operand }
for_test(A) ::= .                                                { A = (operand){0}; }
for_test(A) ::= IF cond(E).                                      { A = E; }
recursive(A) ::= .                                               { A = 0; }
recursive(A) ::= RECURSIVE.                                      { A = 1; }

statement(A) ::= if_open(C) body(B) BLOCK_BEGIN ENDIF BLOCK_END. { A = build_if_end(p, C, B); }
if_open(A) ::= BLOCK_BEGIN IF(T) test_tuple(E) colon BLOCK_END.  { A = build_if(p, &T, E); }
if_open(A) ::= if_open(C) body(B) BLOCK_BEGIN ELIF test_tuple(E) colon BLOCK_END. { A = build_elif(p, C, B, E); }
if_open(A) ::= if_open(C) body(B) else_head.                     { A = build_else(C, B); }
%type if_open { if_open }

// ---- assignment

statement(A) ::= BLOCK_BEGIN SET(T) set_target(X) ASSIGN tuple(E) BLOCK_END.
    { A = build_set(p, &T, X, E); }
statement(A) ::= set_head(H) body(B) BLOCK_BEGIN ENDSET BLOCK_END.
    { A = build_end(p, H, B); }
set_head(A) ::= BLOCK_BEGIN SET(T) set_target(X) filter_chain(F) colon BLOCK_END.
    { A = build_set_block(p, &T, X, F); }
set_target(A) ::= target(X).                                     { A = build_target(p, X, AST_STORE); }
set_target(A) ::= NAME(N) DOT NAME(M).                           { A = build_attr_target(p, &N, &M); }

statement(A) ::= with_head(H) body(B) BLOCK_BEGIN ENDWITH BLOCK_END.
    { A = build_end(p, H, B); }
with_head(A) ::= BLOCK_BEGIN WITH(T) BLOCK_END.                  { A = build_with_open(p, build_with(p), &T); }
with_head(A) ::= BLOCK_BEGIN WITH(T) with_pairs(W) BLOCK_END.    { A = build_with_open(p, W, &T); }
with_pairs(A) ::= with_target(X) ASSIGN cond(E).                 { A = build_with_pair(build_with(p), X, E); }
with_pairs(A) ::= with_pairs(W) COMMA with_target(X) ASSIGN cond(E). { A = build_with_pair(W, X, E); }
with_target(A) ::= target(X).                                    { A = build_target(p, X, AST_PARAM); }

// ---- blocks, macros, calls

statement(A) ::= autoescape_head(H) body(B) BLOCK_BEGIN ENDAUTOESCAPE BLOCK_END. { A = build_end(p, H, B); }
autoescape_head(A) ::= BLOCK_BEGIN AUTOESCAPE(T) cond(E) colon BLOCK_END. { A = build_autoescape(p, &T, E); }

statement(A) ::= block_body(H) endblock_name BLOCK_END.          { parser_close(p); A = H; }
block_body(A) ::= block_head(H) body(B) BLOCK_BEGIN ENDBLOCK.    { A = build_block_body(p, H, B); }
block_head(A) ::= BLOCK_BEGIN BLOCK(T) NAME(N) scoped(S) required(R) colon BLOCK_END. { A = build_block(p, &T, &N, S, R); }
endblock_name ::= .
endblock_name ::= NAME.
scoped(A) ::= .                                                  { A = 0; }
scoped(A) ::= SCOPED.                                            { A = 1; }
required(A) ::= .                                                { A = 0; }
required(A) ::= REQUIRED.                                        { A = 1; }

statement(A) ::= macro_head(H) body(B) BLOCK_BEGIN ENDMACRO BLOCK_END. { A = build_end(p, H, B); }
macro_head(A) ::= BLOCK_BEGIN MACRO(T) name_target(N) signature(S) colon BLOCK_END. { A = build_macro(p, &T, &N, S); }
signature(A) ::= CALL_PAREN params(S) RPAREN.                    { A = S; }
params(A) ::= .                                                  { A = build_signature(p); }
params(A) ::= param_list(A).
param_list(A) ::= name_target(N).                                { A = build_param(p, build_signature(p), &N, NULL); }
param_list(A) ::= name_target(N) ASSIGN cond(E).                 { A = build_param(p, build_signature(p), &N, E.node); }
param_list(A) ::= param_list(S) COMMA name_target(N).            { A = build_param(p, S, &N, NULL); }
param_list(A) ::= param_list(S) COMMA name_target(N) ASSIGN cond(E). { A = build_param(p, S, &N, E.node); }
name_target(A) ::= NAME(N).                                      { A = N; build_check_name(p, &N); }

statement(A) ::= call_head(H) body(B) BLOCK_BEGIN ENDCALL BLOCK_END. { A = build_end(p, H, B); }
call_head(A) ::= called(C) colon BLOCK_END.                      { A = build_call_open(p, C); }
called(A) ::= call_begin(C) cond(E).                             { A = build_called(p, C, E); }
call_begin(A) ::= BLOCK_BEGIN CALL(T).                           { A = build_call_block(p, &T, build_signature(p)); }
call_begin(A) ::= BLOCK_BEGIN CALL(T) signature(S).              { A = build_call_block(p, &T, S); }

statement(A) ::= filter_head(H) body(B) BLOCK_BEGIN ENDFILTER BLOCK_END. { A = build_end(p, H, B); }
filter_head(A) ::= BLOCK_BEGIN FILTER(T) filter_first(F) colon BLOCK_END. { A = build_filter_block(p, &T, F); }
filter_first(A) ::= fname(N).                                    { A = build_filter(p, (operand){0}, N); }
filter_first(A) ::= fname(N) call_args(G).                       { A = build_with_args(p, build_filter(p, (operand){0}, N), G); }
filter_first(A) ::= filter_first(F) PIPE fname(N).               { A = build_filter(p, F, N); }
filter_first(A) ::= filter_first(F) PIPE fname(N) call_args(G).  { A = build_with_args(p, build_filter(p, F, N), G); }
filter_chain(A) ::= .                                            { A = (operand){0}; }
filter_chain(A) ::= PIPE filter_first(F).                        { A = F; }

// ---- other templates

statement(A) ::= BLOCK_BEGIN EXTENDS(T) cond(E) BLOCK_END.       { A = build_extends(p, &T, E); }
statement(A) ::= BLOCK_BEGIN INCLUDE(T) cond(E) ignore_missing(I) context(C) BLOCK_END.
    { A = build_include(p, &T, E, I, C); }
statement(A) ::= BLOCK_BEGIN IMPORT(T) cond(E) AS name_target(N) context(C) BLOCK_END.
    { A = build_import(p, &T, E, &N, C); }
statement(A) ::= BLOCK_BEGIN FROM(T) cond(E) IMPORT from_names(F) BLOCK_END.
    { A = build_from(p, &T, E, F); }
ignore_missing(A) ::= .                                          { A = 0; }
ignore_missing(A) ::= IGNORE_MISSING.                            { A = 1; }
context(A) ::= .                                                 { A = -1; }
context(A) ::= WITH_CONTEXT.                                     { A = 1; }
context(A) ::= WITHOUT_CONTEXT.                                  { A = 0; }
from_names(A) ::= WITH_CONTEXT.                                  { A = build_from_context(build_from_list(p), true); }
from_names(A) ::= WITHOUT_CONTEXT.                               { A = build_from_context(build_from_list(p), false); }
from_names(A) ::= from_list(F) context(C).                       { A = build_from_context(F, C == 1); }
from_names(A) ::= from_list(F) COMMA WITH_CONTEXT.               { A = build_from_context(F, true); }
from_names(A) ::= from_list(F) COMMA WITHOUT_CONTEXT.            { A = build_from_context(F, false); }
from_list(A) ::= imported(N).                                    { A = build_imported(p, build_from_list(p), &N, NULL); }
from_list(A) ::= imported(N) AS name_target(M).                  { A = build_imported(p, build_from_list(p), &N, &M); }
from_list(A) ::= from_list(F) COMMA imported(N).                 { A = build_imported(p, F, &N, NULL); }
from_list(A) ::= from_list(F) COMMA imported(N) AS name_target(M). { A = build_imported(p, F, &N, &M); }
imported(A) ::= name_target(N).                                  { A = N; build_check_imported(p, &N); }

// ---- simple statements

statement(A) ::= BLOCK_BEGIN PRINT(T) BLOCK_END.                 { A = build_print_end(p, build_print(p), &T); }
statement(A) ::= BLOCK_BEGIN PRINT(T) print_items(O) BLOCK_END.  { A = build_print_end(p, O, &T); }
print_items(A) ::= cond(E).                                      { A = build_print_add(build_print(p), E); }
print_items(A) ::= print_items(O) COMMA cond(E).                 { A = build_print_add(O, E); }
statement(A) ::= BLOCK_BEGIN DO(T) tuple(E) BLOCK_END.           { A = build_do(p, &T, E); }
statement(A) ::= BLOCK_BEGIN BREAK(T) BLOCK_END.                 { A = build_word(p, AST_Break, &T); }
statement(A) ::= BLOCK_BEGIN CONTINUE(T) BLOCK_END.              { A = build_word(p, AST_Continue, &T); }
statement(A) ::= BLOCK_BEGIN DEBUG(T) BLOCK_END.                 { A = build_word(p, AST_Debug, &T); }
statement(A) ::= generation_head(H) body(B) BLOCK_BEGIN ENDGENERATION BLOCK_END. { A = build_end(p, H, B); }
generation_head(A) ::= BLOCK_BEGIN GENERATION(T) colon BLOCK_END. { A = build_generation(p, &T); }

// ---- trans

statement(A) ::= trans_end(S) BLOCK_END.                         { A = S; }
trans_end(A) ::= trans_head trans_body BLOCK_BEGIN ENDTRANS.     { A = trans_finish(p); }
trans_end(A) ::= trans_head trans_body trans_plural trans_body BLOCK_BEGIN ENDTRANS. { A = trans_finish(p); }
trans_head ::= trans_begin trans_none trans_colon BLOCK_END.     { trans_open(p); }
trans_head ::= trans_begin trans_some BLOCK_END.                 { trans_open(p); }
trans_head ::= trans_begin trans_some COMMA COLON BLOCK_END.     { trans_open(p); }
trans_colon ::= .
trans_colon ::= COLON.
trans_begin ::= BLOCK_BEGIN TRANS(T).                            { trans_begin(p, &T, NULL); }
trans_begin ::= BLOCK_BEGIN TRANS(T) STRING(S).                  { trans_begin(p, &T, &S); }
trans_none ::= .
trans_none ::= trans_none trans_trimmed.
trans_some ::= trans_none trans_variable.
trans_some ::= trans_some COMMA trans_variable.
trans_some ::= trans_some COMMA trans_trimmed.
trans_trimmed ::= TRIMMED(N).                                    { trans_trimmed(p, &N); }
trans_variable ::= trans_name.                                   { trans_value(p, NULL); }
trans_variable ::= trans_name ASSIGN cond(E).                    { trans_value(p, &E); }
trans_name ::= NAME(N).                                          { trans_name(p, &N); }
trans_plural ::= BLOCK_BEGIN PLURALIZE plural_name BLOCK_END.    { trans_plural_open(p); }
plural_name ::= .
plural_name ::= NAME(N).                                         { trans_plural(p, &N); }
trans_body ::= .
trans_body ::= trans_body DATA(T).                               { trans_data(p, &T); }
trans_body ::= trans_body VARIABLE_BEGIN NAME(N) VARIABLE_END.   { trans_reference(p, &N); }

// ---- targets: names and literals, as tuples; what cannot be assigned to is refused by build_target

target(A) ::= target_item(A).
target(A) ::= target_items(L).                                   { A = build_tuple(p, L); }
target(A) ::= target_items(L) target_item(E).                    { A = build_tuple(p, build_items_add(L, E)); }
target_items(A) ::= target_item(E) COMMA(T).                     { A = build_items_comma(build_items(p, E), &T); }
target_items(A) ::= target_items(L) target_item(E) COMMA(T).     { A = build_items_comma(build_items_add(L, E), &T); }
target_item(A) ::= NAME(T).                                      { A = build_name(p, &T); }
target_item(A) ::= prim(A).

// ---- expressions

tuple(A) ::= cond(A).
tuple(A) ::= cond_items(L).                                      { A = build_tuple(p, L); }
tuple(A) ::= cond_items(L) cond(E).                              { A = build_tuple(p, build_items_add(L, E)); }
cond_items(A) ::= cond(E) COMMA(T).                              { A = build_items_comma(build_items(p, E), &T); }
cond_items(A) ::= cond_items(L) cond(E) COMMA(T).                { A = build_items_comma(build_items_add(L, E), &T); }

test_tuple(A) ::= test(A).
test_tuple(A) ::= test_items(L).                                 { A = build_tuple(p, L); }
test_tuple(A) ::= test_items(L) test(E).                         { A = build_tuple(p, build_items_add(L, E)); }
test_items(A) ::= test(E) COMMA(T).                              { A = build_items_comma(build_items(p, E), &T); }
test_items(A) ::= test_items(L) test(E) COMMA(T).                { A = build_items_comma(build_items_add(L, E), &T); }

cond(A) ::= test(A).
cond(A) ::= ifs(A).
cond(A) ::= test(Y) IF(T) test(C) ELSE cond(N).                  { A = build_cond(p, Y, &T, false, C, N); }
cond(A) ::= ifs(Y) IF(T) test(C) ELSE cond(N).                   { A = build_cond(p, Y, &T, true, C, N); }
ifs(A) ::= test(Y) IF(T) test(C).                                { A = build_cond(p, Y, &T, false, C, (operand){0}); }
ifs(A) ::= ifs(Y) IF(T) test(C).                                 { A = build_cond(p, Y, &T, true, C, (operand){0}); }

test(A) ::= test(L) OR(T) test(R).                               { A = build_or(p, L, &T, R); }
test(A) ::= test(L) AND(T) test(R).                              { A = build_and(p, L, &T, R); }
test(A) ::= NOT(T) test(E).                                      { A = build_not(p, &T, E); }
test(A) ::= test(L) EQ test(R).                                  { A = build_compare(p, L, AST_EQ, R); }
test(A) ::= test(L) NE test(R).                                  { A = build_compare(p, L, AST_NE, R); }
test(A) ::= test(L) LT test(R).                                  { A = build_compare(p, L, AST_LT, R); }
test(A) ::= test(L) LTEQ test(R).                                { A = build_compare(p, L, AST_LE, R); }
test(A) ::= test(L) GT test(R).                                  { A = build_compare(p, L, AST_GT, R); }
test(A) ::= test(L) GTEQ test(R).                                { A = build_compare(p, L, AST_GE, R); }
test(A) ::= test(L) IN test(R).                                  { A = build_compare(p, L, AST_IN, R); }
test(A) ::= test(L) NOT_IN test(R).                              { A = build_compare(p, L, AST_NOT_IN, R); }
test(A) ::= test(L) ADD(T) test(R).                              { A = build_binary(p, L, &T, AST_ADD, R); }
test(A) ::= test(L) SUB(T) test(R).                              { A = build_binary(p, L, &T, AST_SUB, R); }
test(A) ::= test(L) TILDE test(R).                               { A = build_concat(p, L, R); }
test(A) ::= test(L) MUL(T) test(R).                              { A = build_binary(p, L, &T, AST_MUL, R); }
test(A) ::= test(L) DIV(T) test(R).                              { A = build_binary(p, L, &T, AST_DIV, R); }
test(A) ::= test(L) FLOORDIV(T) test(R).                         { A = build_binary(p, L, &T, AST_FLOORDIV, R); }
test(A) ::= test(L) MOD(T) test(R).                              { A = build_binary(p, L, &T, AST_MOD, R); }
test(A) ::= test(L) POW(T) test(R).                              { A = build_binary(p, L, &T, AST_POW, R); }
test(A) ::= atom(A).
test(A) ::= neg(A).
test(A) ::= piped(A).
test(A) ::= tested(A).
test(A) ::= filtered(A).

neg(A) ::= SUB(T) atom(E).                                       { A = build_unary(p, &T, AST_NEG, E); }
neg(A) ::= SUB(T) neg(E).                                        { A = build_unary(p, &T, AST_NEG, E); }
neg(A) ::= ADD(T) atom(E).                                       { A = build_unary(p, &T, AST_POS, E); }
neg(A) ::= ADD(T) neg(E).                                        { A = build_unary(p, &T, AST_POS, E); }

// filters, tests and calls of their results; no subscripts after them

filterable(A) ::= atom(A).
filterable(A) ::= neg(A).
filterable(A) ::= piped(A).
filterable(A) ::= tested(A).
filterable(A) ::= filtered(A).
piped(A) ::= filterable(E) PIPE fname(N).                        { A = build_filter(p, E, N); }
tested(A) ::= filterable(E) IS(T) fname(N).                      { A = build_test(p, E, &T, false, N); }
tested(A) ::= filterable(E) IS(T) NOT fname(N).                  { A = build_test(p, E, &T, true, N); }
filtered(A) ::= piped(E) call_args(G).                           { A = build_with_args(p, E, G); }
filtered(A) ::= tested(E) call_args(G).                          { A = build_with_args(p, E, G); }
filtered(A) ::= tested(E) atom(X). [TEST_ARGUMENT]               { A = build_test_arg(p, E, X); }
filtered(A) ::= filtered(E) call_args(G).                        { A = build_call(p, E, G); }
fname(A) ::= NAME(N).                                            { A = build_dotted(&N); }
fname(A) ::= fname(D) DOT NAME(N).                               { A = build_dotted_more(p, D, &N); }

atom(A) ::= NAME(T).                                             { A = build_name(p, &T); }
atom(A) ::= prim(A).
atom(A) ::= atom(E) DOT(T) NAME(N).                              { A = build_attr(p, E, &T, &N); }
atom(A) ::= atom(E) DOT(T) INTEGER(N).                           { A = build_index(p, E, &T, &N); }
atom(A) ::= atom(E) SUBSCRIPT(T) subs(L) RBRACKET.               { A = build_item(p, E, &T, L); }
atom(A) ::= atom(E) call_args(G).                                { A = build_call(p, E, G); }

prim(A) ::= STRING(T).                                           { A = build_const(p, &T); }
prim(A) ::= strings(L).                                          { A = build_joined(p, L); }
prim(A) ::= INTEGER(T).                                          { A = build_const(p, &T); }
prim(A) ::= FLOAT(T).                                            { A = build_const(p, &T); }
prim(A) ::= LPAREN(T) RPAREN(U).                                 { A = build_empty_tuple(p, &T, &U); }
prim(A) ::= LPAREN(T) tuple(E) RPAREN.                           { A = build_group(p, &T, E); }
prim(A) ::= LBRACKET(T) RBRACKET.                                { A = build_list(p, &T, NULL); }
prim(A) ::= LBRACKET(T) cond(E) RBRACKET.                        { A = build_list(p, &T, build_items(p, E)); }
prim(A) ::= LBRACKET(T) cond_items(L) RBRACKET.                  { A = build_list(p, &T, L); }
prim(A) ::= LBRACKET(T) cond_items(L) cond(E) RBRACKET.          { A = build_list(p, &T, build_items_add(L, E)); }
prim(A) ::= LBRACE(T) RBRACE.                                    { A = build_dict(p, &T, NULL); }
prim(A) ::= LBRACE(T) pairs(L) RBRACE.                           { A = build_dict(p, &T, L); }
prim(A) ::= LBRACE(T) pairs(L) COMMA RBRACE.                     { A = build_dict(p, &T, L); }
strings(A) ::= STRING(T) STRING(U).
    { A = build_items_add(build_items(p, build_const(p, &T)), build_const(p, &U)); }
strings(A) ::= strings(L) STRING(U).                             { A = build_items_add(L, build_const(p, &U)); }
pairs(A) ::= pair(E).                                            { A = build_items(p, E); }
pairs(A) ::= pairs(L) COMMA pair(E).                             { A = build_items_add(L, E); }
pair(A) ::= cond(K) COLON cond(V).                               { A = build_pair(p, K, V); }

subs(A) ::= .                                                    { A = NULL; }
subs(A) ::= sub_items(A).
sub_items(A) ::= sub(E).                                         { A = build_items(p, E); }
sub_items(A) ::= sub_items(L) COMMA sub(E).                      { A = build_items_add(L, E); }
sub(A) ::= cond(A).
sub(A) ::= slice_part(B) COLON(T) slice_part(E).                 { A = build_slice(p, B, &T, E, (operand){0}); }
sub(A) ::= slice_part(B) COLON(T) slice_part(E) COLON slice_part(S). { A = build_slice(p, B, &T, E, S); }
slice_part(A) ::= .                                              { A = (operand){0}; }
slice_part(A) ::= cond(A).

call_args(A) ::= CALL_PAREN(T) RPAREN.                           { A = build_arguments_at(build_arguments(p), &T); }
call_args(A) ::= CALL_PAREN(T) args(G) RPAREN.                   { A = build_arguments_at(G, &T); }
call_args(A) ::= CALL_PAREN(T) args(G) COMMA RPAREN.             { A = build_arguments_at(G, &T); }
args(A) ::= arg(E).                                              { A = build_argument(build_arguments(p), E); }
args(A) ::= args(G) COMMA arg(E).                                { A = build_argument(G, E); }
arg(A) ::= cond(E).                                              { A = E; A.level = ARGUMENT_PLAIN; }
arg(A) ::= NAME(N) ASSIGN cond(E).                               { A = build_keyword(p, &N, E); }
arg(A) ::= MUL cond(E).                                          { A = E; A.level = ARGUMENT_REST; }
arg(A) ::= POW cond(E).                                          { A = E; A.level = ARGUMENT_NAMED; }
