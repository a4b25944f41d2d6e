/* Statements of scripts that have blocks. A statement's span is that of its head. */
#include "parser/script_build.h"

expr compose_head(script_parser *p, const script_token *word, const char *what, expr value)
{
    p->head = (script_block_head){what, word->line};
    return (expr){value.node, word->line, word->start, value.depth, false};
}

/* ---- if ---- */

static ast_If *make_if(script_parser *p, expr head, ast_list body)
{
    span    where = {head.start, head.node ? head.node->where.end : head.start};
    ast_If *node  = ast_make(p->arena, If, head.line, where);

    if (!node) {
        script_fail_memory(p);
        return NULL;
    }
    node->test = head.node;
    node->body = body;
    return node;
}

if_chain compose_if(script_parser *p, expr head, ast_list body)
{
    ast_If *node = make_if(p, head, body);
    return (if_chain){node};
}

if_chain compose_elif(script_parser *p, if_chain chain, expr head, ast_list body)
{
    ast_If *node = make_if(p, head, body);

    if (chain.node && node)
        ast_push(&chain.node->elifs, &node->base);
    return chain;
}

ast_node *compose_if_else(if_chain chain, ast_list body)
{
    if (!chain.node)
        return NULL;
    chain.node->orelse = body;
    return &chain.node->base;
}

/* ---- loops ---- */

ast_node *compose_while(script_parser *p, const script_token *word, expr test)
{
    ast_While *loop = BUILD(While, word->line, word->start);

    p->head = (script_block_head){"'while' statement", word->line};
    script_enter_loop(p);
    if (loop)
        loop->test = test.node;
    return compose_finish(p, loop, word->line, word->start, test.depth + 1).node;
}

ast_list compose_loop_body(script_parser *p, ast_list body)
{
    script_leave(p);
    return body;
}

ast_node *compose_while_end(ast_node *loop, ast_list body, ast_list orelse)
{
    if (loop) {
        ast_as(While, loop)->body   = body;
        ast_as(While, loop)->orelse = orelse;
    }
    return loop;
}

ast_node *compose_for(script_parser *p, const script_token *word, expr target, expr iter)
{
    ast_ForEach *loop = BUILD(ForEach, word->line, word->start);

    p->head = (script_block_head){"'for' statement", word->line};
    script_enter_loop(p);
    script_check_star(p, iter);
    if (loop) {
        loop->target = compose_target(p, target, TARGET_FOR);
        loop->iter   = iter.node;
    }
    return compose_finish(p, loop, word->line, word->start, script_max(target.depth, iter.depth) + 1).node;
}

ast_node *compose_for_end(ast_node *loop, ast_list body, ast_list orelse)
{
    if (loop) {
        ast_as(ForEach, loop)->body   = body;
        ast_as(ForEach, loop)->orelse = orelse;
    }
    return loop;
}

/* ---- try ---- */

ast_node *compose_try(script_parser *p, expr head, ast_list body, ast_list handlers, ast_list orelse, ast_list final)
{
    span     where = {head.start, head.start + 3}; /* the word */
    ast_Try *node  = ast_make(p->arena, Try, head.line, where);

    if (!node) {
        script_fail_memory(p);
        return NULL;
    }
    for (const ast_node *handler = handlers.first; handler && handler->next; handler = handler->next) {
        if (!((const ast_Handler *)handler)->type)
            script_late_syntax_error(p, handler->line, handler->where, "default 'except:' must be last");
    }
    node->body     = body;
    node->handlers = handlers;
    node->orelse   = orelse;
    node->final    = final;
    return &node->base;
}

ast_node *compose_handler(script_parser *p, const script_token *word, expr type, const script_token *name)
{
    ast_Handler *handler = BUILD(Handler, word->line, word->start);

    p->head = (script_block_head){"'except' statement", word->line};
    if (handler) {
        handler->type = type.node;
        if (name)
            handler->name = (burin_text){name->value.as.s, name->value.len};
    }
    return compose_finish(p, handler, word->line, word->start, type.depth + 1).node;
}

ast_node *compose_handler_end(ast_node *handler, ast_list body)
{
    if (handler)
        ast_as(Handler, handler)->body = body;
    return handler;
}
