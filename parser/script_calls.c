/* Calls, functions and comprehensions of scripts: what has clauses, and which may stand in which order. */
#include "parser/script_build.h"

/* ---- calls ---- */

call_arguments *compose_arguments(script_parser *p)
{
    call_arguments *all = arena_zalloc(p->arena, sizeof *all);
    if (!all)
        script_fail_memory(p);
    return all;
}

static void fail_bare(script_parser *p, const ast_node *bare)
{
    script_syntax_error(p, bare->line, bare->where, "Generator expression must be parenthesized");
}

/* Whether the argument is a generator expression that has no parentheses but the call's. */
static bool is_bare(expr argument)
{
    return argument.node->kind == AST_Comprehension && !argument.grouped && ast_as(Comprehension, argument.node)->form == AST_GENERATOR;
}

call_arguments *compose_argument_add(script_parser *p, call_arguments *all, expr argument)
{
    if (!all || !argument.node)
        return all;
    ast_node *node  = argument.node;
    bool      first = !all->args.first && !all->kwargs.first;
    if (all->bare || (is_bare(argument) && !first))
        fail_bare(p, all->bare ? all->bare : node);
    if (is_bare(argument))
        all->bare = node;
    all->depth = script_max(all->depth, argument.depth);
    if (node->kind == AST_Keyword) {
        if (ast_as(Keyword, node)->name.len > 0)
            all->after_keyword = true;
        else
            all->after_named = true;
        ast_push(&all->kwargs, node);
        return all;
    }
    if (all->after_named && node->kind == AST_Starred)
        script_syntax_error(p, node->line, node->where, "iterable argument unpacking follows keyword argument unpacking");
    else if (all->after_named)
        script_syntax_error(p, node->line, node->where, "positional argument follows keyword argument unpacking");
    else if (all->after_keyword && node->kind != AST_Starred)
        script_syntax_error(p, node->line, node->where, "positional argument follows keyword argument");
    ast_push(&all->args, node);
    return all;
}

call_arguments *compose_arguments_comma(script_parser *p, call_arguments *all)
{
    if (all && all->bare)
        fail_bare(p, all->bare);
    return all;
}

expr compose_keyword(script_parser *p, const script_token *name, expr value)
{
    ast_Keyword *keyword = BUILD(Keyword, name->line, name->start);

    if (keyword) {
        keyword->name  = (burin_text){name->value.as.s, name->value.len};
        keyword->value = value.node;
    }
    return compose_finish(p, keyword, name->line, name->start, value.depth + 1);
}

expr compose_named_rest(script_parser *p, const script_token *stars, expr value)
{
    ast_Keyword *keyword = BUILD(Keyword, stars->line, stars->start);

    if (keyword)
        keyword->value = value.node;
    return compose_finish(p, keyword, stars->line, stars->start, value.depth + 1);
}

expr compose_call(script_parser *p, expr of, call_arguments *all)
{
    ast_Call *call = BUILD(Call, of.line, of.start);

    if (!all)
        return (expr){0};
    const ast_node *repeated = script_repeated_name(p, &all->kwargs);
    if (repeated) {
        burin_text name = ((const ast_Keyword *)repeated)->name;
        script_late_syntax_error(p, repeated->line, repeated->where, "keyword argument repeated: %.*s", (int)name.len, name.data);
    }
    if (call) {
        call->node   = of.node;
        call->args   = all->args;
        call->kwargs = all->kwargs;
    }
    return compose_finish(p, call, of.line, of.start, script_max(of.depth, all->depth) + 1);
}

/* ---- functions ---- */

parameters *compose_params(script_parser *p)
{
    p->params_end = p->current.start;
    parameters *all = arena_zalloc(p->arena, sizeof *all);
    if (!all)
        script_fail_memory(p);
    return all;
}

expr compose_param(script_parser *p, const script_token *name, ast_parameter form, expr value)
{
    ast_Parameter *param = ast_make(p->arena, Parameter, name->line, script_span(name));

    if (param) {
        param->name  = (burin_text){name->value.as.s, name->value.len};
        param->form  = form;
        param->value = value.node;
    }
    if (p->previous.end == name->end)
        p->name_end = name->end;
    return compose_finish(p, param, name->line, name->start, value.depth + 1);
}

/* A lone "/" or "*": a parameter without a name, which no list keeps. */
expr compose_param_mark(script_parser *p, const script_token *mark)
{
    ast_Parameter *param = ast_make(p->arena, Parameter, mark->line, script_span(mark));

    if (param)
        param->form = mark->kind == SCRIPT_DIV ? AST_POSITIONAL : AST_REST;
    return compose_finish(p, param, mark->line, mark->start, 1);
}

static const char *slash(script_parser *p, parameters *all, const ast_node *mark)
{
    if (all->after_slash)
        return "/ may appear only once";
    if (all->after_star)
        return "/ must be ahead of *";
    if (!all->list.first && p->current.kind == SCRIPT_COMMA)
        return "at least one argument must precede /";
    if (!all->list.first) {
        script_invalid_syntax(p, mark->line, mark->where);
        return NULL;
    }
    all->after_slash = true;
    for (ast_node *n = all->list.first; n; n = n->next)
        ast_as(Parameter, n)->form = AST_POSITIONAL;
    return NULL;
}

static const char *star(parameters *all, const ast_Parameter *param)
{
    if (all->after_star)
        return "* argument may appear only once";
    all->after_star = true;
    all->bare_star  = param->name.len == 0;
    return NULL;
}

static const char *plain(parameters *all, ast_Parameter *param)
{
    if (all->after_star) {
        param->form    = AST_KEYWORD_ONLY;
        all->bare_star = false;
        return NULL;
    }
    if (all->after_default && !param->value)
        return "non-default argument follows default argument";
    all->after_default = param->value != NULL;
    return NULL;
}

parameters *compose_param_add(script_parser *p, parameters *all, expr param)
{
    if (!all || !param.node)
        return all;
    ast_Parameter *node  = ast_as(Parameter, param.node);
    const char    *error = NULL;
    if (all->after_named)
        error = "arguments cannot follow var-keyword argument";
    else if (node->form == AST_POSITIONAL)
        error = slash(p, all, param.node);
    else if (node->form == AST_REST)
        error = star(all, node);
    else if (node->form == AST_EITHER)
        error = plain(all, node);
    else if (all->bare_star)
        error = "named arguments must follow bare *";
    else
        all->after_named = true;
    if (error)
        script_syntax_error(p, param.line, param.node->where, "%s", error);
    all->depth = script_max(all->depth, param.depth);
    if (node->name.len > 0)
        ast_push(&all->list, param.node);
    return all;
}

parameters *compose_params_end(script_parser *p, parameters *all)
{
    if (!all)
        return NULL;
    p->params_end = p->current.start;
    if (all->bare_star && (p->current.kind == SCRIPT_RPAREN || p->current.kind == SCRIPT_COLON)) /* else it is that token which is wrong */
        script_syntax_error(p, p->previous.line, script_span(&p->previous), "named arguments must follow bare *");
    const ast_node *repeated = script_repeated_name(p, &all->list);
    if (repeated) {
        burin_text name = ((const ast_Parameter *)repeated)->name;
        script_late_syntax_error(p, repeated->line, repeated->where, "duplicate argument '%.*s' in function definition", (int)name.len, name.data);
    }
    return all;
}

expr compose_lambda(script_parser *p, const script_token *word, parameters *params, expr value)
{
    ast_Lambda *lambda = BUILD(Lambda, word->line, word->start);

    if (!params)
        return (expr){0};
    if (lambda) {
        lambda->params = params->list;
        lambda->value  = value.node;
    }
    return compose_finish(p, lambda, word->line, word->start, script_max(params->depth, value.depth) + 1);
}

ast_node *compose_def(script_parser *p, const script_token *word, const script_token *name, parameters *params)
{
    ast_Function *function = BUILD(Function, word->line, word->start);

    p->head = (script_block_head){"function definition", word->line};
    script_enter_function(p);
    if (!function || !params) {
        script_fail_memory(p);
        return NULL;
    }
    function->name   = (burin_text){name->value.as.s, name->value.len};
    function->params = params->list;
    return &function->base;
}

ast_node *compose_def_end(script_parser *p, ast_node *function, ast_list body)
{
    script_leave(p);
    if (function)
        ast_as(Function, function)->body = body;
    return function;
}

/* ---- comprehensions ---- */

expr compose_clause(script_parser *p, const script_token *word, expr target, expr iter)
{
    ast_Clause *clause = BUILD(Clause, word->line, word->start);

    if (clause) {
        clause->target = compose_target(p, target, TARGET_FOR);
        clause->iter   = iter.node;
    }
    return compose_finish(p, clause, word->line, word->start, script_max(target.depth, iter.depth) + 1);
}

expr compose_clause_test(script_parser *p, expr clause, expr test)
{
    if (!clause.node || !test.node)
        return (expr){0};
    ast_push(&ast_as(Clause, clause.node)->tests, test.node);
    return compose_finish(p, clause.node, clause.line, clause.start, script_max(clause.depth, test.depth + 1));
}

expr compose_comprehension(script_parser *p, ast_comprehension form, const script_token *open, expr item, expr value, exprs *clauses)
{
    uint32_t           line  = open ? open->line : item.line;
    uint32_t           start = open ? open->start : item.start;
    ast_Comprehension *made  = BUILD(Comprehension, line, start);

    if (!item.node || !clauses)
        return (expr){0};
    if (item.node->kind == AST_Starred)
        script_syntax_error(p, item.line, item.node->where, "iterable unpacking cannot be used in comprehension");
    if (made) {
        made->form    = form;
        made->item    = item.node;
        made->value   = value.node;
        made->clauses = clauses->list;
    }
    expr result = compose_finish(p, made, line, start, script_max(clauses->depth, script_max(item.depth, value.depth)) + 1);
    result.grouped = open != NULL;
    return result;
}
