/* Statements of scripts on one line. */
#include "parser/script_build.h"

/* The statement once its parts are in it; NULL after a failure. */
static ast_node *finish(script_parser *p, void *node, const script_token *word, uint32_t depth)
{
    return compose_finish(p, node, word->line, word->start, depth + 1).node;
}

void compose_module(script_parser *p, ast_list body)
{
    span        where  = {0, (uint32_t)p->src->text.len};
    ast_Module *module = ast_make(p->arena, Module, 1, where);

    if (module)
        module->body = body;
    p->result = compose_finish(p, module, 1, 0, 1).node;
}

ast_list compose_statements(ast_list list, ast_node *statement)
{
    if (statement)
        ast_push(&list, statement);
    return list;
}

ast_list compose_lines(ast_list list, ast_list more)
{
    if (!list.first)
        return more;
    if (more.first) {
        list.last->next = more.first;
        list.last       = more.last;
        list.count += more.count;
    }
    return list;
}

ast_node *compose_expression_statement(script_parser *p, expr value)
{
    ast_Do *statement = BUILD(Do, value.line, value.start);

    script_check_star(p, value);
    if (statement)
        statement->value = value.node;
    return compose_finish(p, statement, value.line, value.start, value.depth + 1).node;
}

/* ---- assignments ---- */

/* Whether a `=` behind what is no target was perhaps meant to be `==`: as CPython's grammar decides it. */
static bool may_mean_equal(expr target, expr value)
{
    if (value.node->kind == AST_Not || value.node->kind == AST_Lambda)
        return false;
    switch (target.node->kind) {
    case AST_Name:
    case AST_Getattr:
    case AST_Getitem:
    case AST_Starred:
    case AST_Tuple:
    case AST_List: return false;
    case AST_Comprehension: return ast_as(Comprehension, target.node)->form != AST_GENERATOR;
    case AST_Const: return ast_as(Const, target.node)->value.kind != BURIN_NONE && ast_as(Const, target.node)->value.kind != BURIN_BOOL;
    case AST_Compare:
    case AST_And:
    case AST_Or:
    case AST_Not:
    case AST_Cond:
    case AST_Lambda: return target.grouped;
    default: return true;
    }
}

assign_chain compose_chain(script_parser *p, expr target)
{
    assign_chain chain = {BUILD(Assign, target.line, target.start), target, target.depth};

    if (!chain.node)
        script_fail_memory(p);
    return chain.node && target.node ? compose_chain_more(chain, target) : (assign_chain){0};
}

assign_chain compose_chain_more(assign_chain chain, expr target)
{
    if (chain.node && target.node) {
        ast_push(&chain.node->targets, target.node);
        chain.depth = script_max(chain.depth, target.depth);
    }
    return chain;
}

ast_node *compose_assign(script_parser *p, assign_chain chain, expr value)
{
    ast_Assign *assign = chain.node;

    if (!assign || !value.node)
        return NULL;
    if (assign->targets.count == 1 && may_mean_equal(chain.first, value)) {
        script_syntax_error(p, chain.first.node->line, chain.first.node->where, "cannot assign to %s here. Maybe you meant '==' instead of '='?",
                            script_expression_name(chain.first.node));
        return NULL;
    }
    for (ast_node *target = assign->targets.first; target; target = target->next) {
        if (!compose_target(p, (expr){.node = target}, TARGET_ASSIGN))
            return NULL;
    }
    script_check_star(p, value);
    assign->value          = value.node;
    assign->base.where.end = p->previous.end;
    return compose_finish(p, assign, chain.first.line, chain.first.start, script_max(chain.depth, value.depth) + 1).node;
}

static bool is_single(const ast_node *target)
{
    return target->kind == AST_Name || target->kind == AST_Getattr || target->kind == AST_Getitem;
}

ast_node *compose_augmented(script_parser *p, expr target, ast_binary op, expr value)
{
    ast_AugAssign *assign = BUILD(AugAssign, target.line, target.start);

    if (!target.node)
        return NULL;
    if (!is_single(target.node)) {
        script_syntax_error(p, target.line, target.node->where, "'%s' is an illegal expression for augmented assignment",
                            script_expression_name(target.node));
        return NULL;
    }
    if (assign) {
        assign->target = compose_target(p, target, TARGET_ASSIGN);
        assign->op     = op;
        assign->value  = value.node;
    }
    script_check_star(p, value);
    return compose_finish(p, assign, target.line, target.start, script_max(target.depth, value.depth) + 1).node;
}

ast_node *compose_annotated(script_parser *p, expr target, const expr *value)
{
    ast_AnnAssign *assign = BUILD(AnnAssign, target.line, target.start);

    if (!target.node)
        return NULL;
    if (!is_single(target.node)) {
        if (target.node->kind == AST_Tuple || target.node->kind == AST_List)
            script_syntax_error(p, target.line, target.node->where, "only single target (not %s) can be annotated",
                                script_expression_name(target.node));
        else
            script_syntax_error(p, target.line, target.node->where, "illegal target for annotation");
        return NULL;
    }
    if (assign) {
        assign->target = compose_target(p, target, TARGET_ASSIGN);
        assign->value  = value ? value->node : NULL;
    }
    if (value)
        script_check_star(p, *value);
    return compose_finish(p, assign, target.line, target.start, script_max(target.depth, value ? value->depth : 0) + 1).node;
}

/* ---- words ---- */

ast_node *compose_word(script_parser *p, ast_kind kind, const script_token *word)
{
    script_check_place(p, word);
    return finish(p, ast_new(p->arena, kind, word->line, script_span(word)), word, 0);
}

ast_node *compose_return(script_parser *p, const script_token *word, expr value)
{
    ast_Return *statement = BUILD(Return, word->line, word->start);

    script_check_place(p, word);
    script_check_star(p, value);
    if (statement)
        statement->value = value.node;
    return finish(p, statement, word, value.depth);
}

ast_node *compose_raise(script_parser *p, const script_token *word, expr error, expr cause)
{
    ast_Raise *statement = BUILD(Raise, word->line, word->start);

    if (statement) {
        statement->error = error.node;
        statement->cause = cause.node;
    }
    return finish(p, statement, word, script_max(error.depth, cause.depth));
}

ast_node *compose_assert(script_parser *p, const script_token *word, expr test, expr message)
{
    ast_Assert *statement = BUILD(Assert, word->line, word->start);

    if (statement) {
        statement->test    = test.node;
        statement->message = message.node;
    }
    return finish(p, statement, word, script_max(test.depth, message.depth));
}

/* del a, b: a tuple without parentheses is a list of targets. */
ast_node *compose_delete(script_parser *p, const script_token *word, expr targets)
{
    ast_Delete *statement = BUILD(Delete, word->line, word->start);

    if (!statement || !compose_target(p, targets, TARGET_DELETE))
        return finish(p, statement, word, targets.depth);
    if (targets.node->kind == AST_Tuple && !targets.grouped)
        statement->targets = ast_as(Tuple, targets.node)->items;
    else
        ast_push(&statement->targets, targets.node);
    return finish(p, statement, word, targets.depth);
}

ast_node *compose_global(script_parser *p, const script_token *word, exprs *names)
{
    ast_Global *statement = BUILD(Global, word->line, word->start);

    if (statement && names)
        statement->names = names->list;
    return finish(p, statement, word, 1);
}

ast_node *compose_nonlocal(script_parser *p, const script_token *word, exprs *names)
{
    ast_Nonlocal *statement = BUILD(Nonlocal, word->line, word->start);

    if (statement && names)
        statement->names = names->list;
    return finish(p, statement, word, 1);
}

/* ---- imports ---- */

static burin_text text_at(const script_parser *p, span where)
{
    return (burin_text){p->src->text.data + where.start, where.end - where.start};
}

expr compose_imported(script_parser *p, span name, const script_token *alias)
{
    ast_ImportName *import = ast_make(p->arena, ImportName, p->previous.line, name);

    if (import) {
        import->name  = text_at(p, name);
        import->alias = alias ? (burin_text){alias->value.as.s, alias->value.len} : import->name;
    }
    return compose_finish(p, import, p->previous.line, name.start, 1);
}

static bool check_imports(script_parser *p, const script_token *word, const char *what)
{
    if (!p->options->imports)
        script_parser_fail(p, BURIN_ERR_NOT_IMPLEMENTED, word->line, script_span(word), "%s not supported", what);
    return p->options->imports;
}

ast_node *compose_import(script_parser *p, const script_token *word, exprs *names)
{
    ast_ImportModule *statement = BUILD(ImportModule, word->line, word->start);

    if (!check_imports(p, word, "Import"))
        return NULL;
    if (statement && names)
        statement->names = names->list;
    return finish(p, statement, word, 1);
}

ast_node *compose_from_import(script_parser *p, const script_token *word, span module, exprs *names)
{
    ast_FromModule *statement = BUILD(FromModule, word->line, word->start);

    if (!check_imports(p, word, "ImportFrom"))
        return NULL;
    if (statement && names) {
        statement->name  = text_at(p, module);
        statement->names = names->list;
    }
    return finish(p, statement, word, 1);
}
