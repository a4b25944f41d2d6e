/* Expressions of scripts: one function for each shape the grammar reduces.
 *
 * Lines and spans are those of Python's ast module: a node begins at its first token. The depth of every tree is counted as it
 * grows, so that whoever walks it may recurse. */
#include "parser/script_build.h"

expr compose_finish(script_parser *p, void *node, uint32_t line, uint32_t start, uint32_t depth)
{
    if (!node)
        script_fail_memory(p);
    else if (depth + p->block_depth + p->string_depth > p->nesting_max)
        script_fail_nesting(p);
    return (expr){node, line, start, depth, false};
}

exprs *compose_exprs(script_parser *p, expr first)
{
    exprs *all = arena_zalloc(p->arena, sizeof *all);

    if (!all) {
        script_fail_memory(p);
        return NULL;
    }
    all->line  = first.line;
    all->start = first.start;
    return compose_exprs_add(all, first);
}

exprs *compose_exprs_add(exprs *all, expr item)
{
    if (all && item.node) {
        ast_push(&all->list, item.node);
        all->depth = script_max(all->depth, item.depth);
    }
    return all;
}

/* ---- atoms ---- */

expr compose_name(script_parser *p, const script_token *t)
{
    ast_Name *name = ast_make(p->arena, Name, t->line, script_span(t));

    if (name)
        name->name = (burin_text){t->value.as.s, t->value.len};
    return compose_finish(p, name, t->line, t->start, 1);
}

expr compose_const(script_parser *p, const script_token *t, burin_value value)
{
    ast_Const *constant = ast_make(p->arena, Const, t->line, script_span(t));

    if (constant)
        constant->value = value;
    return compose_finish(p, constant, t->line, t->start, 1);
}

expr compose_imaginary(script_parser *p, const script_token *t)
{
    ast_Imaginary *imaginary = ast_make(p->arena, Imaginary, t->line, script_span(t));

    if (imaginary)
        imaginary->value = t->value;
    return compose_finish(p, imaginary, t->line, t->start, 1);
}

expr compose_ellipsis(script_parser *p, const script_token *t)
{
    return compose_finish(p, ast_make(p->arena, Ellipsis, t->line, script_span(t)), t->line, t->start, 1);
}

/* Parentheses leave no node, but an operation that begins with them begins at the parenthesis. */
expr compose_group(script_parser *p, const script_token *open, expr inside)
{
    if (inside.node && inside.node->kind == AST_Starred)
        script_syntax_error(p, inside.line, inside.node->where, "cannot use starred expression here");
    return (expr){inside.node, open->line, open->start, inside.depth, true};
}

/* ---- displays ---- */

expr compose_tuple(script_parser *p, exprs *all)
{
    if (!all)
        return (expr){0};
    ast_Tuple *tuple = BUILD(Tuple, all->line, all->start);
    if (tuple)
        tuple->items = all->list;
    return compose_finish(p, tuple, all->line, all->start, all->depth + 1);
}

#define DISPLAY(Name, open, all) \
    ast_##Name *node = BUILD(Name, (open)->line, (open)->start); \
    if (node && (all)) \
        node->items = (all)->list; \
    return compose_finish(p, node, (open)->line, (open)->start, (all) ? (all)->depth + 1 : 1)

expr compose_bracketed_tuple(script_parser *p, const script_token *open, exprs *all)
{
    ast_Tuple *node = BUILD(Tuple, open->line, open->start);

    if (node && all)
        node->items = all->list;
    expr tuple    = compose_finish(p, node, open->line, open->start, all ? all->depth + 1 : 1);
    tuple.grouped = true;
    return tuple;
}

expr compose_list(script_parser *p, const script_token *open, exprs *all) { DISPLAY(List, open, all); }
expr compose_set(script_parser *p, const script_token *open, exprs *all) { DISPLAY(SetDisplay, open, all); }
expr compose_dict(script_parser *p, const script_token *open, exprs *all) { DISPLAY(Dict, open, all); }

expr compose_pair(script_parser *p, expr key, expr value)
{
    ast_Pair *pair = BUILD(Pair, key.line, key.start);

    if (pair) {
        pair->key   = key.node;
        pair->value = value.node;
    }
    return compose_finish(p, pair, key.line, key.start, script_max(key.depth, value.depth) + 1);
}

expr compose_dict_rest(script_parser *p, const script_token *stars, expr value)
{
    ast_Pair *pair = BUILD(Pair, stars->line, stars->start);

    if (pair)
        pair->value = value.node;
    return compose_finish(p, pair, stars->line, stars->start, value.depth + 1);
}

expr compose_starred(script_parser *p, const script_token *star, expr value)
{
    ast_Starred *starred = BUILD(Starred, star->line, star->start);

    if (starred)
        starred->value = value.node;
    return compose_finish(p, starred, star->line, star->start, value.depth + 1);
}

/* ---- operations ---- */

expr compose_walrus(script_parser *p, const script_token *name, expr value)
{
    ast_Walrus *walrus = BUILD(Walrus, name->line, name->start);
    expr        target = compose_name(p, name);

    if (walrus && target.node) {
        walrus->target                       = target.node;
        walrus->value                        = value.node;
        ast_as(Name, walrus->target)->use    = AST_STORE;
    }
    return compose_finish(p, walrus, name->line, name->start, value.depth + 1);
}

expr compose_cond(script_parser *p, expr yes, expr test, expr no)
{
    ast_Cond *cond = BUILD(Cond, yes.line, yes.start);

    if (cond) {
        cond->yes  = yes.node;
        cond->test = test.node;
        cond->no   = no.node;
    }
    return compose_finish(p, cond, yes.line, yes.start, script_max(yes.depth, script_max(test.depth, no.depth)) + 1);
}

expr compose_or(script_parser *p, expr left, expr right)
{
    ast_Or *or = BUILD(Or, left.line, left.start);

    if (or) {
        or->left  = left.node;
        or->right = right.node;
    }
    return compose_finish(p, or, left.line, left.start, script_max(left.depth, right.depth) + 1);
}

expr compose_and(script_parser *p, expr left, expr right)
{
    ast_And *and = BUILD(And, left.line, left.start);

    if (and) {
        and->left  = left.node;
        and->right = right.node;
    }
    return compose_finish(p, and, left.line, left.start, script_max(left.depth, right.depth) + 1);
}

expr compose_not(script_parser *p, const script_token *word, expr of)
{
    ast_Not *not = BUILD(Not, word->line, word->start);

    if (not)
        not->node = of.node;
    return compose_finish(p, not, word->line, word->start, of.depth + 1);
}

/* a < b < c is one node: a chain that is not in parentheses grows. */
expr compose_compare(script_parser *p, expr left, ast_compare op, expr right)
{
    if (!left.node || !right.node)
        return (expr){0};
    bool         grows   = left.node->kind == AST_Compare && !left.grouped;
    ast_Operand *operand = ast_make(p->arena, Operand, right.node->line, right.node->where);
    ast_Compare *compare = grows ? ast_as(Compare, left.node) : BUILD(Compare, left.line, left.start);
    if (!operand || !compare) {
        script_fail_memory(p);
        return (expr){0};
    }
    operand->op   = op;
    operand->expr = right.node;
    if (!compare->expr)
        compare->expr = left.node;
    compare->base.where.end = p->previous.end;
    ast_push(&compare->ops, &operand->base);
    return compose_finish(p, compare, left.line, left.start, script_max(left.depth + !grows, right.depth + 2));
}

expr compose_binary(script_parser *p, expr left, ast_binary op, expr right)
{
    ast_Binary *binary = BUILD(Binary, left.line, left.start);

    if (binary) {
        binary->op    = op;
        binary->left  = left.node;
        binary->right = right.node;
    }
    return compose_finish(p, binary, left.line, left.start, script_max(left.depth, right.depth) + 1);
}

expr compose_unary(script_parser *p, const script_token *sign, ast_unary op, expr of)
{
    ast_Unary *unary = BUILD(Unary, sign->line, sign->start);

    if (unary) {
        unary->op   = op;
        unary->node = of.node;
    }
    return compose_finish(p, unary, sign->line, sign->start, of.depth + 1);
}

/* ---- what follows an operand ---- */

expr compose_attribute(script_parser *p, expr of, const script_token *name)
{
    ast_Getattr *get = BUILD(Getattr, of.line, of.start);

    if (get) {
        get->node = of.node;
        get->attr = (burin_text){name->value.as.s, name->value.len};
    }
    return compose_finish(p, get, of.line, of.start, of.depth + 1);
}

/* A comma makes a tuple of a lone subscript. */
exprs *compose_subs_comma(exprs *all)
{
    if (all)
        all->is_tuple = true;
    return all;
}

expr compose_subscript(script_parser *p, expr of, exprs *subs)
{
    ast_Getitem *get = BUILD(Getitem, of.line, of.start);

    if (!get || !subs || !subs->list.first) {
        script_fail_memory(p);
        return (expr){0};
    }
    get->node      = of.node;
    get->arg       = subs->list.first;
    uint32_t depth = subs->depth;
    if (subs->is_tuple || get->arg->kind == AST_Starred) {
        get->arg = compose_tuple(p, subs).node;
        depth++;
    }
    return compose_finish(p, get, of.line, of.start, script_max(of.depth, depth) + 1);
}

expr compose_slice(script_parser *p, expr start, const script_token *colon, expr stop, expr step)
{
    uint32_t   line  = start.node ? start.line : colon->line;
    uint32_t   from  = start.node ? start.start : colon->start;
    ast_Slice *slice = BUILD(Slice, line, from);

    if (slice) {
        slice->start = start.node;
        slice->stop  = stop.node;
        slice->step  = step.node;
    }
    return compose_finish(p, slice, line, from, script_max(start.depth, script_max(stop.depth, step.depth)) + 1);
}
