/* Constant folding, with the runtime's own functions (jinja2.nodes.Expr.as_const).
 *
 * Three things may come of an evaluation: a value; nothing, where what fails is left to run time to fail again with its line (Jinja2's
 * Impossible); or an error that Jinja2 lets pass, and which fails the compilation: that of the text or truth of a strict undefined value, of
 * a dict's key. The error is then pending in the state that folds, and false is returned of both. Jinja2's optimizer goes through all of a
 * constant, also through what its value does not depend on; constants that are printed are evaluated without it first, and nothing of that fails.
 * One rule shows in output: a folded `~` joins plain texts even where one is Markup. Values live in the program's heap. */
#include "codegen/lower/lower.h"

#include "runtime/attribute.h"
#include "runtime/convert.h"
#include "runtime/operate.h"

enum { UNKNOWN, CONSTANT, VARYING };

static int is_varying(ast_node *child, void *user);

/* Whether every leaf is a literal, or what is no literal may never be asked for: what decides `and`, `or` and `if` is. Remembered in
 * the node. */
static bool is_constant(ast_node *node)
{
    if (node->constness == UNKNOWN) {
        switch (node->kind) {
        case AST_Const: case AST_Data: node->constness = CONSTANT; break;
        case AST_Name: case AST_Call: case AST_NSRef: node->constness = VARYING; break;
        case AST_And: node->constness = is_constant(ast_as(And, node)->left) ? CONSTANT : VARYING; break;
        case AST_Or: node->constness = is_constant(ast_as(Or, node)->left) ? CONSTANT : VARYING; break;
        case AST_Cond: node->constness = is_constant(ast_as(Cond, node)->test) ? CONSTANT : VARYING; break;
        case AST_Filter:
            if (!ast_as(Filter, node)->node) {
                node->constness = VARYING;
                break;
            }
            /* fallthrough */
        default: node->constness = ast_each_child(node, is_varying, NULL) ? VARYING : CONSTANT; break;
        }
    }
    return node->constness == CONSTANT;
}

static int is_varying(ast_node *child, void *user)
{
    (void)user;
    return !is_constant(child);
}

static bool evaluate(lowerer *c, ast_node *node, burin_value *out);

/* What an operation comes to whose failure is left to run time. */
static bool possible(lowerer *c, burin_status status)
{
    if (status)
        rt_clear_error(&c->fold);
    return !status;
}

static int fails(ast_node *node, void *user)
{
    lowerer    *c = user;
    burin_value unused;
    return is_constant(node) ? !evaluate(c, node, &unused) && c->fold.status : ast_each_child(node, fails, c);
}

/* A part on which the value does not depend: the optimizer folds it all the same. */
static bool evaluate_unused(lowerer *c, ast_node *node) { return !c->is_optimizing || !fails(node, c); }

static bool evaluate_list(lowerer *c, const ast_list *list, burin_value **out)
{
    *out = heap_alloc(&c->fold.heap, (list->count ? list->count : 1) * sizeof **out);
    if (!*out)
        return false;
    uint32_t i = 0;
    for (ast_node *n = list->first; n; n = n->next)
        if (!evaluate(c, n, &(*out)[i++]))
            return false;
    return true;
}

static bool evaluate_items(lowerer *c, burin_kind kind, const ast_list *items, burin_value *out)
{
    rt_list *list;
    if (rt_list_new(&c->fold, kind, items->count, &list))
        return false;
    for (ast_node *n = items->first; n; n = n->next) {
        burin_value item;
        if (!evaluate(c, n, &item) || rt_list_push(&c->fold, list, item))
            return false;
    }
    *out = rt_pointer(kind, list);
    return true;
}

static bool evaluate_dict(lowerer *c, ast_Dict *node, burin_value *out)
{
    rt_dict *dict;
    if (rt_dict_new(&c->fold, node->items.count, &dict))
        return false;
    for (ast_node *n = node->items.first; n; n = n->next) {
        burin_value key, value;
        if (!evaluate(c, ast_as(Pair, n)->key, &key) || !evaluate(c, ast_as(Pair, n)->value, &value) ||
            rt_dict_put(&c->fold, dict, key, value))
            return false;
    }
    *out = rt_pointer(BURIN_DICT, dict);
    return true;
}

static bool evaluate_compare(lowerer *c, ast_Compare *node, burin_value *out)
{
    burin_value left;
    bool        result = true;
    if (!evaluate(c, node->expr, &left))
        return false;
    for (ast_node *n = node->ops.first; n; n = n->next) {
        ast_Operand *op = ast_as(Operand, n);
        burin_value  right;
        if (!result) {
            if (!evaluate_unused(c, op->expr))
                return false;
        } else {
            if (!evaluate(c, op->expr, &right) || !possible(c, rt_compare_op(&c->fold, (rt_compare)op->op, left, right, &result)))
                return false;
            left = right;
        }
    }
    *out = burin_bool(result);
    return true;
}

/* The value of `left` decides: `and` stops at a false one, `or` at a true one. */
static bool evaluate_logic(lowerer *c, ast_node *left, ast_node *right, bool stop_at, burin_value *out)
{
    bool truth;
    if (!evaluate(c, left, out) || rt_is_true(&c->fold, *out, &truth))
        return false;
    return truth == stop_at ? evaluate_unused(c, right) : evaluate(c, right, out);
}

static bool evaluate_cond(lowerer *c, ast_Cond *node, burin_value *out)
{
    bool truth;
    if (!evaluate(c, node->test, out) || rt_is_true(&c->fold, *out, &truth))
        return false;
    if (truth)
        return (!node->no || evaluate_unused(c, node->no)) && evaluate(c, node->yes, out);
    return evaluate_unused(c, node->yes) && node->no && evaluate(c, node->no, out);
}

static bool evaluate_part(lowerer *c, ast_node *part, burin_value *out)
{
    *out = burin_none();
    return !part || evaluate(c, part, out);
}

/* Folded, a slice goes through environment.getitem like any key: `5[1:]` is undefined, where at run time it raises. */
static bool evaluate_slice(lowerer *c, ast_Slice *node, burin_value *out)
{
    burin_value start, stop, step;
    return evaluate_part(c, node->start, &start) && evaluate_part(c, node->stop, &stop) && evaluate_part(c, node->step, &step) &&
           possible(c, rt_slice_new(&c->fold, start, stop, step, out));
}

static bool evaluate_item(lowerer *c, ast_Getitem *node, burin_value *out)
{
    burin_value object, key;
    if (!evaluate(c, node->node, &object))
        return false;
    if (node->arg->kind == AST_Slice ? !evaluate_slice(c, ast_as(Slice, node->arg), &key) : !evaluate(c, node->arg, &key))
        return false;
    return possible(c, rt_get_item(&c->fold, object, key, out));
}

static bool evaluate_concat(lowerer *c, ast_Concat *node, burin_value *out)
{
    burin_value *parts;
    return evaluate_list(c, &node->items, &parts) && !rt_concat(&c->fold, parts, node->items.count, true, out);
}

/* A filter or test on constants; only those that promise to be pure. */
static bool evaluate_function(lowerer *c, const rt_names *table, ast_Filter *node, burin_value *out)
{
    const rt_function *f = rt_names_function(table, node->name);
    if (!f || !(f->flags & BURIN_PURE) || (f->flags & BURIN_CONTEXT) || c->is_volatile || node->rest || node->named)
        return false;
    burin_value *args  = heap_alloc(&c->fold.heap, (node->args.count + 1) * sizeof *args);
    burin_value *named = heap_alloc(&c->fold.heap, (node->kwargs.count + 1) * sizeof *named);
    burin_text  *names = heap_alloc(&c->fold.heap, (node->kwargs.count + 1) * sizeof *names);
    if (!args || !named || !names || !evaluate(c, node->node, &args[0]))
        return false;
    uint32_t n = 1, k = 0;
    for (ast_node *arg = node->args.first; arg; arg = arg->next)
        if (!evaluate(c, arg, &args[n++]))
            return false;
    for (ast_node *arg = node->kwargs.first; arg; arg = arg->next) {
        names[k] = ast_as(Keyword, arg)->name;
        if (!evaluate(c, ast_as(Keyword, arg)->value, &named[k++]))
            return false;
    }
    rt_arguments call = {args, n, k, names, named};
    return possible(c, rt_call_function(&c->fold, f, &call, out));
}

static bool evaluate_literal(lowerer *c, ast_Const *node, burin_value *out)
{
    *out = node->value;
    if (node->value.kind == BURIN_BIGINT)
        return !rt_int_from_text(&c->fold, (burin_text){node->value.as.s, node->value.len}, 0, out);
    if (node->value.kind == BURIN_STRING) {
        burin_text copy = program_text(c, rt_text_of(node->value));
        *out            = rt_string(copy.data, copy.len);
        out->flags      = node->value.flags;
        if (rt_is_clean(copy.data, copy.len))
            out->flags |= BURIN_CLEAN;
    }
    return true;
}

static bool evaluate_data(lowerer *c, ast_Data *node, burin_value *out)
{
    if (c->is_volatile)
        return false;
    burin_text copy = program_text(c, node->data);
    *out            = rt_string(copy.data, copy.len);
    if (c->autoescape)
        out->flags |= BURIN_SAFE;
    return true;
}

static bool evaluate_markup(lowerer *c, ast_MarkSafeIfAutoescape *node, burin_value *out)
{
    if (c->is_volatile || !evaluate(c, node->node, out))
        return false;
    if (!c->autoescape)
        return true;
    if (rt_str(&c->fold, *out, out))
        return false;
    out->flags |= BURIN_SAFE;
    return true;
}

static bool evaluate_unary(lowerer *c, ast_Unary *node, burin_value *out)
{
    return evaluate(c, node->node, out) && possible(c, rt_unary_op(&c->fold, (rt_unary)node->op, *out, out));
}

static bool evaluate_not(lowerer *c, ast_Not *node, burin_value *out)
{
    bool truth;
    if (!evaluate(c, node->node, out) || !possible(c, rt_is_true(&c->fold, *out, &truth)))
        return false;
    *out = burin_bool(!truth);
    return true;
}

static bool evaluate_binary(lowerer *c, ast_Binary *node, burin_value *out)
{
    burin_value left, right;
    return evaluate(c, node->left, &left) && evaluate(c, node->right, &right) &&
           possible(c, rt_binary_op(&c->fold, (rt_binary)node->op, left, right, out));
}

static bool evaluate_attribute(lowerer *c, ast_Getattr *node, burin_value *out)
{
    return evaluate(c, node->node, out) && possible(c, rt_get_attr(&c->fold, *out, node->attr, out));
}

static bool evaluate(lowerer *c, ast_node *node, burin_value *out)
{
    rt_state *st = &c->fold;
    switch (node->kind) {
    case AST_Const: return evaluate_literal(c, ast_as(Const, node), out);
    case AST_Data: return evaluate_data(c, ast_as(Data, node), out);
    case AST_Tuple: return evaluate_items(c, BURIN_TUPLE, &ast_as(Tuple, node)->items, out);
    case AST_List: return evaluate_items(c, BURIN_LIST, &ast_as(List, node)->items, out);
    case AST_Dict: return evaluate_dict(c, ast_as(Dict, node), out);
    case AST_Binary: return evaluate_binary(c, ast_as(Binary, node), out);
    case AST_Unary: return evaluate_unary(c, ast_as(Unary, node), out);
    case AST_Not: return evaluate_not(c, ast_as(Not, node), out);
    case AST_And: return evaluate_logic(c, ast_as(And, node)->left, ast_as(And, node)->right, false, out);
    case AST_Or: return evaluate_logic(c, ast_as(Or, node)->left, ast_as(Or, node)->right, true, out);
    case AST_Compare: return evaluate_compare(c, ast_as(Compare, node), out);
    case AST_Concat: return evaluate_concat(c, ast_as(Concat, node), out);
    case AST_Cond: return evaluate_cond(c, ast_as(Cond, node), out);
    case AST_Getattr: return evaluate_attribute(c, ast_as(Getattr, node), out);
    case AST_Getitem: return evaluate_item(c, ast_as(Getitem, node), out);
    case AST_Filter: return evaluate_function(c, st->env->filters, ast_as(Filter, node), out);
    case AST_Test: return evaluate_function(c, st->env->tests, (ast_Filter *)node, out);
    case AST_MarkSafeIfAutoescape: return evaluate_markup(c, ast_as(MarkSafeIfAutoescape, node), out);
    default: return false;
    }
}

/* A literal has its value whatever folding has used up. */
static bool fold_constant(lowerer *c, ast_Const *node, burin_value *out)
{
    uint64_t   steps   = c->fold.steps_left;
    size_t     limit   = c->fold.heap.limit;
    c->fold.steps_left = UINT64_MAX;
    c->fold.heap.limit = 0;
    bool       done    = evaluate_literal(c, node, out);
    burin_text message = rt_message(&c->fold);
    if (!done)
        lower_fail(c, c->fold.status, &node->base, "%.*s", (int)message.len, message.data ? message.data : "");
    c->fold.steps_left = steps;
    c->fold.heap.limit = limit;
    rt_clear_error(&c->fold);
    return done;
}

static bool attempt(lowerer *c, ast_node *node, burin_value *out)
{
    if (!is_constant(node))
        return false;
    c->fold.autoescape = c->autoescape;
    return evaluate(c, node, out);
}

bool fold(lowerer *c, ast_node *node, burin_value *out)
{
    if (node->kind == AST_Const)
        return fold_constant(c, ast_as(Const, node), out);
    bool done = attempt(c, node, out);
    rt_clear_error(&c->fold);
    return done;
}

static bool has_safe_repr(rt_state *st, burin_value v);

static bool list_has_safe_repr(rt_state *st, burin_value v)
{
    const rt_list *list = rt_list_of(st, v);
    for (uint32_t i = 0; i < list->len; i++)
        if (!has_safe_repr(st, list->items[i]))
            return false;
    return true;
}

static bool dict_has_safe_repr(rt_state *st, burin_value v)
{
    uint32_t       at = 0;
    burin_value    key, value = burin_none();
    const rt_dict *dict = rt_dict_of(st, v);
    while (rt_dict_next(dict, &at, &key, v.kind == BURIN_DICT ? &value : NULL))
        if (!has_safe_repr(st, key) || !has_safe_repr(st, value))
            return false;
    return true;
}

static bool has_safe_repr(rt_state *st, burin_value v)
{
    switch (v.kind) {
    case BURIN_NONE: case BURIN_BOOL: case BURIN_INT: case BURIN_FLOAT: case BURIN_STRING: case BURIN_RANGE: return true;
    case BURIN_BIGINT: return !rt_str(st, v, &v); /* it fails where Jinja2 would write a literal of too many digits */
    case BURIN_LIST: return list_has_safe_repr(st, v);
    case BURIN_TUPLE: return !rt_list_of(st, v)->fields && list_has_safe_repr(st, v);
    case BURIN_DICT: case BURIN_SET: return dict_has_safe_repr(st, v);
    default: return false;
    }
}

bool fold_literal(lowerer *c, ast_node *node, burin_value *out)
{
    bool done = !c->is_volatile && attempt(c, node, out) && has_safe_repr(&c->fold, *out);
    rt_clear_error(&c->fold);
    return done;
}

bool optimize(lowerer *c, ast_node *node, burin_value *out)
{
    if (!c->options->optimized || c->is_volatile)
        return false;
    c->is_optimizing    = true;
    bool         done   = attempt(c, node, out) && has_safe_repr(&c->fold, *out);
    burin_status status = c->fold.status;
    c->is_optimizing    = false;
    if (status && status != BURIN_ERR_LIMIT && status != BURIN_ERR_NOMEM) { /* what is too long to fold is not wrong */
        burin_text message = rt_message(&c->fold);
        lower_fail(c, status, node, "%.*s", (int)message.len, message.data);
    }
    rt_clear_error(&c->fold);
    return done;
}
