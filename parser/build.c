/* Expressions: one function for each shape the grammar reduces.
 *
 * Lines follow Jinja2's parser: an operation has the line on which its loop began, that is of its first token, brackets
 * included; the second and later operations of one loop have the line of their operator; a comparison has the line of
 * the token after its last operand. The depth of every tree is counted as it grows, so that whoever walks it may recurse. */
#include "parser/build.h"

#include "runtime/base/text.h"

static inline uint32_t max_depth(uint32_t a, uint32_t b) { return a > b ? a : b; }

/* A node of `depth` levels that begins at `start` on `line` and ends before the current token. */
static operand finish(parser *p, void *node, uint32_t line, uint32_t start, uint32_t depth)
{
    if (BURIN_UNLIKELY(!node))
        parser_fail_memory(p);
    else if (BURIN_UNLIKELY(depth + p->frame_count > p->nesting_max))
        parser_fail_nesting(p);
    return (operand){node, line, start, depth, LEVEL_NONE};
}

static span until_here(const parser *p, uint32_t start) { return (span){start, p->prev_end}; }

#define MAKE(Name, line, start) ast_make(p->arena, Name, line, until_here(p, start))

/* ---- primaries ---- */

operand build_name(parser *p, const token *t)
{
    burin_value value;

    switch (t->word) {
    case WORD_TRUE:
    case WORD_TRUE_UPPER: value = burin_bool(true); break;
    case WORD_FALSE:
    case WORD_FALSE_UPPER: value = burin_bool(false); break;
    case WORD_NONE_LOWER:
    case WORD_NONE_UPPER: value = burin_none(); break;
    default: {
        ast_Name *name = ast_make(p->arena, Name, t->line, token_span(t));
        if (name)
            name->name = (burin_text){t->value.as.s, t->value.len};
        return finish(p, name, t->line, t->start, 1);
    }
    }
    ast_Const *constant = ast_make(p->arena, Const, t->line, token_span(t));
    if (constant)
        constant->value = value;
    return finish(p, constant, t->line, t->start, 1);
}

operand build_const(parser *p, const token *t)
{
    ast_Const *constant = ast_make(p->arena, Const, t->line, token_span(t));

    if (constant)
        constant->value = t->value;
    return finish(p, constant, t->line, t->start, 1);
}

/* "a" "b" */
operand build_joined(parser *p, const items *strings)
{
    size_t len = 0;

    for (const ast_node *n = strings->list.first; n; n = n->next)
        len += ((const ast_Const *)n)->value.len;
    char      *text     = arena_alloc(p->arena, len);
    ast_Const *constant = MAKE(Const, strings->first_line, strings->start);
    if (!text || !constant || len > UINT32_MAX) {
        parser_fail_memory(p);
        return (operand){0};
    }
    constant->value = burin_string_borrow(text, len);
    for (const ast_node *n = strings->list.first; n; n = n->next) {
        burin_value part = ((const ast_Const *)n)->value;
        memcpy(text, part.as.s, part.len);
        text += part.len;
    }
    return finish(p, constant, strings->first_line, strings->start, 1);
}

/* Brackets leave no node, but an operation that begins with them begins at the bracket. */
operand build_group(parser *p, const token *open, operand inside)
{
    (void)p;
    inside.line  = open->line;
    inside.start = open->start;
    inside.level = LEVEL_NONE;
    return inside;
}

/* ---- sequences ---- */

items *build_items(parser *p, operand first)
{
    items *all = arena_zalloc(p->arena, sizeof *all);

    if (!all) {
        parser_fail_memory(p);
        return NULL;
    }
    all->first_line = first.line;
    all->start      = first.start;
    return build_items_add(all, first);
}

items *build_items_add(items *all, operand item)
{
    if (all && item.node) {
        ast_push(&all->list, item.node);
        all->depth = max_depth(all->depth, item.depth);
    }
    return all;
}

items *build_items_comma(items *all, const token *comma)
{
    if (all)
        all->comma_line = comma->line;
    return all;
}

operand build_tuple(parser *p, items *all)
{
    if (!all)
        return (operand){0};
    ast_Tuple *tuple = MAKE(Tuple, all->comma_line, all->start);
    if (tuple)
        tuple->items = all->list;
    return finish(p, tuple, all->first_line, all->start, all->depth + 1);
}

operand build_empty_tuple(parser *p, const token *open, const token *close)
{
    return finish(p, MAKE(Tuple, close->line, open->start), open->line, open->start, 1);
}

operand build_list(parser *p, const token *open, items *all)
{
    ast_List *list = MAKE(List, open->line, open->start);

    if (list && all)
        list->items = all->list;
    return finish(p, list, open->line, open->start, all ? all->depth + 1 : 1);
}

operand build_dict(parser *p, const token *open, items *all)
{
    ast_Dict *dict = MAKE(Dict, open->line, open->start);

    if (dict && all)
        dict->items = all->list;
    return finish(p, dict, open->line, open->start, all ? all->depth + 1 : 1);
}

operand build_pair(parser *p, operand key, operand value)
{
    ast_Pair *pair = MAKE(Pair, key.node->line, key.start);

    if (pair) {
        pair->key   = key.node;
        pair->value = value.node;
    }
    return finish(p, pair, key.line, key.start, max_depth(key.depth, value.depth) + 1);
}

operand build_slice(parser *p, operand start, const token *colon, operand stop, operand step)
{
    uint32_t   line  = start.node ? start.line : colon->line;
    uint32_t   from  = start.node ? start.start : colon->start;
    ast_Slice *slice = MAKE(Slice, line, from);

    if (slice) {
        slice->start = start.node;
        slice->stop  = stop.node;
        slice->step  = step.node;
    }
    return finish(p, slice, line, from, max_depth(start.depth, max_depth(stop.depth, step.depth)) + 1);
}

/* ---- what follows an operand ---- */

operand build_attr(parser *p, operand of, const token *dot, const token *name)
{
    ast_Getattr *get = MAKE(Getattr, dot->line, of.start);

    if (get) {
        get->node = of.node;
        get->attr = (burin_text){name->value.as.s, name->value.len};
    }
    return finish(p, get, of.line, of.start, of.depth + 1);
}

static operand make_getitem(parser *p, operand of, uint32_t line, ast_node *arg, uint32_t depth)
{
    ast_Getitem *get = MAKE(Getitem, line, of.start);

    if (get) {
        get->node = of.node;
        get->arg  = arg;
    }
    return finish(p, get, of.line, of.start, max_depth(of.depth, depth) + 1);
}

operand build_index(parser *p, operand of, const token *dot, const token *index)
{
    operand arg = build_const(p, index);
    return make_getitem(p, of, dot->line, arg.node, arg.depth);
}

operand build_item(parser *p, operand of, const token *open, items *subscripts)
{
    if (subscripts && subscripts->list.count == 1)
        return make_getitem(p, of, open->line, subscripts->list.first, subscripts->depth);
    ast_Tuple *tuple = MAKE(Tuple, open->line, open->start);
    if (tuple && subscripts)
        tuple->items = subscripts->list;
    return make_getitem(p, of, open->line, tuple ? &tuple->base : NULL, subscripts ? subscripts->depth + 1 : 1);
}

/* ---- calls, filters, tests ---- */

arguments *build_arguments(parser *p)
{
    arguments *args = arena_zalloc(p->arena, sizeof *args);
    if (!args)
        parser_fail_memory(p);
    return args;
}

arguments *build_argument(arguments *args, operand argument)
{
    if (!args || !argument.node)
        return args;
    switch (argument.level) {
    case ARGUMENT_KEYWORD: ast_push(&args->kwargs, argument.node); break;
    case ARGUMENT_REST: args->rest = argument.node; break;
    case ARGUMENT_NAMED: args->named = argument.node; break;
    default: ast_push(&args->args, argument.node); break;
    }
    args->depth = max_depth(args->depth, argument.depth);
    return args;
}

arguments *build_arguments_at(arguments *args, const token *open)
{
    if (args)
        args->line = open->line;
    return args;
}

operand build_keyword(parser *p, const token *name, operand value)
{
    ast_Keyword *keyword = MAKE(Keyword, value.node->line, name->start);

    if (keyword) {
        keyword->value = value.node;
        if (!lexer_normalize_name(p->arena, (burin_text){name->value.as.s, name->value.len}, &keyword->name))
            parser_fail_memory(p);
    }
    operand result = finish(p, keyword, name->line, name->start, value.depth + 1);
    result.level   = ARGUMENT_KEYWORD;
    return result;
}

#define PUT_ARGUMENTS(to, from) \
    ((to)->args = (from)->args, (to)->kwargs = (from)->kwargs, (to)->rest = (from)->rest, (to)->named = (from)->named)

operand build_call(parser *p, operand of, const arguments *args)
{
    if (!args)
        return of;
    ast_Call *call = MAKE(Call, args->line, of.start);
    if (call) {
        call->node = of.node;
        PUT_ARGUMENTS(call, args);
    }
    return finish(p, call, of.line, of.start, max_depth(of.depth, args->depth) + 1);
}

dotted build_dotted(const token *name)
{
    return (dotted){{name->value.as.s, name->value.len}, name->line, name->start, NULL, 0};
}

/* Whitespace may surround the dot; only where there is none can the whole name be borrowed. */
dotted build_dotted_more(parser *p, dotted name, const token *more)
{
    burin_text part = {more->value.as.s, more->value.len};
    size_t     len  = name.text.len + 1 + part.len;

    if (!name.room && part.data == name.text.data + name.text.len + 1) {
        name.text.len = len;
        return name;
    }
    if (len > name.cap) {
        char *room = arena_alloc(p->arena, len * 2);
        if (!room) {
            parser_fail_memory(p);
            return name;
        }
        memcpy(room, name.text.data, name.text.len);
        name.room      = room;
        name.text.data = room;
        name.cap       = len * 2;
    }
    name.room[name.text.len] = '.';
    memcpy(name.room + name.text.len + 1, part.data, part.len);
    name.text.len = len;
    return name;
}

operand build_filter(parser *p, operand of, dotted name)
{
    uint32_t    start  = of.node ? of.start : name.start;
    ast_Filter *filter = MAKE(Filter, name.line, start);

    if (filter) {
        filter->node = of.node;
        filter->name = name.text;
    }
    return finish(p, filter, of.node ? of.line : name.line, start, of.depth + 1);
}

operand build_test(parser *p, operand of, const token *is, bool negated, dotted name)
{
    ast_Test *test = MAKE(Test, is->line, of.start);

    if (test) {
        test->node = of.node;
        test->name = name.text;
    }
    operand result = finish(p, test, of.line, of.start, of.depth + 1);
    if (!negated || p->status)
        return result;
    ast_Not *not = MAKE(Not, is->line, of.start);
    if (not)
        not->node = result.node;
    return finish(p, not, of.line, of.start, result.depth + 1);
}

/* The Filter or Test inside, its arguments set; `x is not f(a)` has a Not around it. */
operand build_with_args(parser *p, operand filter_or_test, const arguments *args)
{
    ast_node *node = filter_or_test.node;

    if (!node || !args)
        return filter_or_test;
    node->where.end = p->prev_end;
    if (node->kind == AST_Not) {
        node            = ast_as(Not, node)->node;
        node->where.end = p->prev_end;
    }
    if (node->kind == AST_Filter)
        PUT_ARGUMENTS(ast_as(Filter, node), args);
    else
        PUT_ARGUMENTS(ast_as(Test, node), args);
    return finish(p, filter_or_test.node, filter_or_test.line, filter_or_test.start, max_depth(filter_or_test.depth, args->depth + 2));
}

operand build_test_arg(parser *p, operand test, operand arg)
{
    arguments args = {.depth = arg.depth};

    if (arg.node)
        ast_push(&args.args, arg.node);
    return build_with_args(p, test, &args);
}

/* ---- operations ---- */

operand build_unary(parser *p, const token *op, ast_unary kind, operand of)
{
    ast_Unary *unary = MAKE(Unary, op->line, op->start);

    if (unary) {
        unary->op   = kind;
        unary->node = of.node;
    }
    return finish(p, unary, op->line, op->start, of.depth + 1);
}

operand build_not(parser *p, const token *op, operand of)
{
    ast_Not *not = MAKE(Not, op->line, op->start);

    if (not)
        not->node = of.node;
    return finish(p, not, op->line, op->start, of.depth + 1);
}

/* The line of an operation of the loop `level`. */
static uint32_t operation_line(operand left, const token *op, operand_level level)
{
    return left.level == level ? op->line : left.line;
}

static operand finish_operation(parser *p, void *node, operand left, operand right, operand_level level)
{
    operand result = finish(p, node, left.line, left.start, max_depth(left.depth, right.depth) + 1);
    result.level   = level;
    return result;
}

operand build_binary(parser *p, operand left, const token *op, ast_binary kind, operand right)
{
    operand_level level = kind == AST_ADD || kind == AST_SUB ? LEVEL_SUM : kind == AST_POW ? LEVEL_POWER : LEVEL_PRODUCT;
    ast_Binary   *node  = MAKE(Binary, operation_line(left, op, level), left.start);

    if (node) {
        node->op    = kind;
        node->left  = left.node;
        node->right = right.node;
    }
    return finish_operation(p, node, left, right, level);
}

operand build_and(parser *p, operand left, const token *op, operand right)
{
    ast_And *node = MAKE(And, operation_line(left, op, LEVEL_AND), left.start);

    if (node) {
        node->left  = left.node;
        node->right = right.node;
    }
    return finish_operation(p, node, left, right, LEVEL_AND);
}

operand build_or(parser *p, operand left, const token *op, operand right)
{
    ast_Or *node = MAKE(Or, operation_line(left, op, LEVEL_OR), left.start);

    if (node) {
        node->left  = left.node;
        node->right = right.node;
    }
    return finish_operation(p, node, left, right, LEVEL_OR);
}

operand build_concat(parser *p, operand left, operand right)
{
    if (left.level != LEVEL_CONCAT) {
        ast_Concat *made = MAKE(Concat, left.line, left.start);
        if (!made) {
            parser_fail_memory(p);
            return left;
        }
        ast_push(&made->items, left.node);
        left.node = &made->base;
        left.depth++;
    }
    ast_Concat *concat = ast_as(Concat, left.node);
    ast_push(&concat->items, right.node);
    concat->base.where.end = p->prev_end;
    left.depth             = max_depth(left.depth, right.depth + 1);
    operand result         = finish(p, concat, left.line, left.start, left.depth);
    result.level           = LEVEL_CONCAT;
    return result;
}

operand build_compare(parser *p, operand left, ast_compare kind, operand right)
{
    if (left.level != LEVEL_COMPARE) {
        ast_Compare *made = MAKE(Compare, left.line, left.start);
        if (!made) {
            parser_fail_memory(p);
            return left;
        }
        made->expr = left.node;
        left.node  = &made->base;
        left.depth++;
    }
    ast_Compare *compare = ast_as(Compare, left.node);
    ast_Operand *more    = MAKE(Operand, right.line, right.start);
    if (!more) {
        parser_fail_memory(p);
        return left;
    }
    more->op   = kind;
    more->expr = right.node;
    ast_push(&compare->ops, &more->base);
    compare->base.line      = p->current.line;
    compare->base.where.end = p->prev_end;
    left.depth              = max_depth(left.depth, right.depth + 2);
    operand result          = finish(p, compare, left.line, left.start, left.depth);
    result.level            = LEVEL_COMPARE;
    return result;
}

operand build_cond(parser *p, operand yes, const token *op, bool again, operand test, operand no)
{
    ast_Cond *cond = MAKE(Cond, again ? op->line : yes.line, yes.start);

    if (cond) {
        cond->test = test.node;
        cond->yes  = yes.node;
        cond->no   = no.node;
    }
    return finish(p, cond, yes.line, yes.start, max_depth(yes.depth, max_depth(test.depth, no.depth)) + 1);
}
