/* For loops.
 *
 *     ITER loop, iterable                       UNIT of a recursive loop: parameters (iterable, depth)
 *     JUMP next                                     the same code, its text captured by who calls it
 *   body:
 *     (test: jump to next when false)           UNIT of a test of an extended loop: parameter (item)
 *     ... statements ...                            gives the item or MISSING; ITER_TEST makes an iterator of it,
 *   next:                                           because `loop.last` looks ahead through the test
 *     NEXT loop, target -> body
 */
#include "codegen/lower/lower.h"

#include "runtime/base/text.h"

static const burin_text loop_name = {"loop", 4};

static int scoped_block_inside(ast_node *node, void *user)
{
    if (node->kind == AST_Block && ast_as(Block, node)->scoped)
        return 1;
    return ast_holds_statements(node) ? ast_each_child(node, scoped_block_inside, user) : 0;
}

/* Constructs in the body that see `loop` as a value: functions of their own, and what passes the local names on. */
static int passes_locals(ast_node *node, void *user)
{
    switch (node->kind) {
    case AST_Macro: case AST_CallBlock: case AST_Generation: return 1;
    case AST_For:
        if (ast_as(For, node)->recursive || ast_as(For, node)->test)
            return 1;
        break;
    case AST_Block: return ast_as(Block, node)->scoped;
    case AST_Include: return ast_as(Include, node)->with_context;
    case AST_Import: return ast_as(Import, node)->with_context;
    case AST_FromImport: return ast_as(FromImport, node)->with_context;
    default: break;
    }
    return ast_holds_statements(node) ? ast_each_child(node, passes_locals, user) : 0;
}

static int any(const ast_list *list, int (*asks)(ast_node *, void *))
{
    for (ast_node *n = list->first; n; n = n->next)
        if (asks(n, NULL))
            return 1;
    return 0;
}

static bool is_extended(const lowerer *c, ast_For *node)
{
    return node->recursive || ((c->mentions & MENTIONS_LOOP) && find_undeclared(node->body.first, &loop_name, 1)) ||
           (c->blocks.count && scoped_block_inside(&node->base, NULL));
}

static int assigns_loop(ast_node *node, void *user)
{
    if (node->kind == AST_Name && ast_as(Name, node)->use == AST_STORE && text_equal(ast_as(Name, node)->name, loop_name)) {
        *(ast_node **)user = node;
        return 1;
    }
    return ast_each_child(node, assigns_loop, user);
}

static void check_target(lowerer *c, ast_For *node)
{
    ast_node *at = NULL;
    if ((c->mentions & MENTIONS_STORED_LOOP) && assigns_loop(&node->base, &at))
        lower_fail(c, BURIN_ERR_ASSERTION, at, "Can't assign to special loop variable in for-loop target");
}

/* ---- the target ---- */

static void share_target(scope *to, scope *from, ast_node *target)
{
    if (target->kind == AST_Name) {
        variable *var = symbols_find(&from->sym, ast_as(Name, target)->name);
        if (var)
            symbols_share(&to->sym, var);
        return;
    }
    for (ast_node *n = ast_as(Tuple, target)->items.first; n; n = n->next)
        share_target(to, from, n);
}

/* The registers of a tuple's names when they are neighbours, so that items can be unpacked right into them. */
static bool neighbours(scope *f, ast_Tuple *tuple, uint16_t *first)
{
    uint32_t i = 0;
    for (ast_node *n = tuple->items.first; n; n = n->next, i++) {
        variable *var = n->kind == AST_Name ? symbols_find(&f->sym, ast_as(Name, n)->name) : NULL;
        if (!var || (i && var->slot != *first + i))
            return false;
        if (!i)
            *first = var->slot;
    }
    return i > 0;
}

/* How NEXT delivers an item: into one register, or unpacked into neighbouring ones. */
typedef struct delivery {
    ir_op    op;
    uint16_t first, count;
    bool     assigns; /* the registers are temporaries whose values the body's first code moves on */
} delivery;

static delivery deliver_to(lowerer *c, scope *f, ast_node *target)
{
    delivery d = {OP_NEXT, 0, 0, false};
    if (target->kind == AST_Name) {
        variable *var = symbols_find(&f->sym, ast_as(Name, target)->name);
        d.first       = var ? var->slot : 0;
        return d;
    }
    ast_Tuple *tuple = ast_as(Tuple, target);
    d.op             = OP_NEXT_UNPACK;
    d.count          = (uint16_t)tuple->items.count;
    if (!neighbours(f, tuple, &d.first)) {
        d.first   = temps(c, d.count);
        d.assigns = true;
    }
    return d;
}

static void assign_delivered(lowerer *c, scope *f, ast_node *target, const delivery *d)
{
    uint16_t at = d->first;
    if (d->assigns)
        for (ast_node *n = ast_as(Tuple, target)->items.first; n; n = n->next)
            assign(c, f, n, at++);
}

/* ---- the test of a loop ---- */

/* A unit that decides on one item; for loops whose `loop` looks ahead. An item that was unpacked is passed on as the tuple of its
 * parts, which `loop.nextitem` shows: in Jinja2 the test is a generator that yields its target. */
static uint32_t lower_test_unit(lowerer *c, scope *f, ast_For *node)
{
    uint32_t index = 0;
    builder *b     = unit_begin(c, UNIT_TEST, (burin_text){NULL, 0}, true, &index);
    if (!b)
        return 0;
    b->unit->parameters = 1;
    b->vars.count       = 1;
    scope test          = scope_inner(c, f);
    symbols_init(&test.sym, &f->sym, &c->track, &b->vars);
    symbols_analyze(&test.sym, &node->base, FOR_TEST);
    mark_line(c, node->test);
    scope_enter(c, &test);
    assign(c, &test, node->target, 0);
    uint32_t refused = NO_JUMP;
    jump_unless(c, &test, node->test, &refused);
    emit(c, OP_RETURN, 0, expr(c, &test, node->target, NO_REG), 0, 0);
    land(c, refused);
    uint16_t nothing = temp(c);
    emit(c, OP_CLEAR, nothing, 0, 0, 0);
    emit(c, OP_RETURN, 0, nothing, 0, 0);
    unit_end(c, b);
    return index;
}

static void lower_inline_test(lowerer *c, scope *f, scope *body, ast_For *node, uint32_t *skip)
{
    scope test = scope_inner(c, f);
    share_target(&test, body, node->target);
    symbols_analyze(&test.sym, &node->base, FOR_TEST);
    scope_enter(c, &test);
    mark_line(c, node->test);
    jump_unless(c, &test, node->test, skip);
}

/* ---- the loop ---- */

/* Where iterating fails: in Jinja2 a test makes the loop a generator function that begins on the test's line. */
static void mark_iteration(lowerer *c, const ast_For *node)
{
    mark_line(c, node->test ? node->test : &node->base);
    c->where = node->iter->where;
}

enum { VIEW_NONE = 0, VIEW_KEYS = 2, VIEW_VALUES = 4, VIEW_ITEMS = 6 }; /* as ITER_VIEW numbers them */

typedef struct loop_plan {
    ast_For *node;
    bool     extended, has_else;
    uint16_t loop, unfinished;
} loop_plan;

/* `loop` itself, where something may take it as a value. */
static void lower_loop_variable(lowerer *c, scope *body, loop_plan *p)
{
    if (!p->extended)
        return;
    variable *var = symbols_find(&body->sym, loop_name);
    if (!var)
        return;
    var->is_loop   = true;
    var->loop_slot = p->loop;
    if (any(&p->node->body, passes_locals))
        emit(c, OP_LOOP_VALUE, var->slot, p->loop, 0, 0);
    else
        emit(c, OP_CLEAR, var->slot, 0, 0, 0);
}

static void close_visible(lowerer *c, uint32_t from)
{
    for (uint32_t i = from; i < c->unit->visible.count; i++)
        if (c->unit->visible.items[i].end == UINT32_MAX)
            c->unit->visible.items[i].end = c->unit->code.count;
}

static void lower_iterations(lowerer *c, scope *f, scope *body, loop_plan *p)
{
    uint32_t breaks = NO_JUMP, next = NO_JUMP, continues = NO_JUMP, visible = c->unit->visible.count;
    delivery d = deliver_to(c, body, p->node->target);
    body->breaks       = &breaks;
    body->continues    = &continues;
    body->open_capture = NO_REG;
    emit_jump(c, OP_JUMP, 0, 0, 0, &next);
    uint32_t top = label(c);
    assign_delivered(c, body, p->node->target, &d);
    if (p->node->test && !p->extended)
        lower_inline_test(c, f, body, p->node, &continues);
    mark_line(c, &p->node->base);
    scope_enter(c, body);
    lower_body(c, body, p->node->body.first);
    if (p->has_else)
        emit(c, OP_LOADK, p->unfinished, 0, 0, constant(c, burin_bool(false)));
    land(c, continues);
    land(c, next);
    uint32_t line = c->line;
    span     where = c->where;
    mark_iteration(c, p->node);
    emit(c, d.op, p->loop, d.first, d.count, top);
    c->line  = line;
    c->where = where;
    close_visible(c, visible);
    land(c, breaks);
}

static void lower_else(lowerer *c, scope *f, loop_plan *p)
{
    uint32_t skip  = NO_JUMP;
    scope    inner = scope_inner(c, f);
    symbols_analyze(&inner.sym, &p->node->base, FOR_ELSE);
    emit_jump(c, OP_JUMP_NOT, 0, p->unfinished, 0, &skip);
    scope_enter(c, &inner);
    lower_body(c, &inner, p->node->orelse.first);
    land(c, skip);
}

/* The loop proper, over the value in `iterable` or a view of it. `unit`: the recursive loop's, whose second parameter is the depth. */
static void lower_loop(lowerer *c, scope *f, ast_For *node, uint16_t iterable, unsigned view, uint32_t unit)
{
    loop_plan p    = {node, is_extended(c, node), node->orelse.first != NULL, 0, 0};
    ir_loop   row  = {.extended = p.extended, .unit = unit};
    uint32_t  at   = vector_add(c, c->loops, row);
    scope     body = scope_inner(c, f);
    uint16_t  over = iterable;
    body.loop_frame = true;
    if (p.extended)
        symbols_declare_parameter(&body.sym, loop_name);
    uint32_t variables = c->unit->vars.count;
    symbols_analyze(&body.sym, &node->base, FOR_BODY);
    p.loop = temp(c);
    if (p.has_else)
        p.unfinished = temp(c);
    mark_line(c, &node->base);
    if (view && node->test && p.extended) { /* the test wants the view as a value */
        over = expr(c, f, node->iter, NO_REG);
        view = VIEW_NONE;
        iterable = over;
    }
    if (node->test && p.extended) {
        uint32_t test = lower_test_unit(c, f, node);
        over          = temp(c);
        mark_iteration(c, node);
        emit(c, OP_ITER_TEST, over, iterable, 0, test);
        mark_line(c, &node->base);
    }
    if (unit == UINT32_MAX)
        mark_iteration(c, node);
    if (view)
        emit(c, OP_ITER_VIEW, p.loop, over, view, at);
    else
        emit(c, OP_ITER, p.loop, over, unit != UINT32_MAX, at);
    mark_line(c, &node->base);
    lower_loop_variable(c, &body, &p);
    if (p.has_else)
        emit(c, OP_LOADK, p.unfinished, 0, 0, constant(c, burin_bool(true)));
    lower_iterations(c, f, &body, &p);
    if (at < c->loops.count) {
        c->loops.items[at].clear_from  = (uint16_t)variables;
        c->loops.items[at].clear_count = (uint16_t)(c->unit->vars.count - variables);
    }
    if (p.has_else)
        lower_else(c, f, &p);
}

/* A recursive loop is a unit that gets what to loop over and how deep it is. */
static void lower_recursive(lowerer *c, scope *f, ast_For *node)
{
    uint32_t index = 0, mark = c->unit->temps;
    mark_line(c, &node->base);
    builder *b = unit_begin(c, UNIT_LOOP, (burin_text){NULL, 0}, true, &index);
    if (!b)
        return;
    b->unit->parameters = 2;
    b->vars.count       = 2;
    scope inside        = *f;
    inside.unit         = b;
    inside.buffered     = true;
    inside.breaks = inside.continues = NULL;
    inside.open_capture = NO_REG;
    b->unit->markup     = c->is_volatile ? 2 : c->autoescape;
    lower_loop(c, &inside, node, 0, 0, index);
    unit_end(c, b);
    c->unit->temps = mark;
    mark_line(c, &node->base);
    emit(c, OP_LOOP_CALL, 0, expr(c, f, node->iter, NO_REG), 0, index);
    c->unit->temps = mark;
}

/* A constant list is walked as it stands: nothing can change it. */
static uint16_t lower_iterable(lowerer *c, scope *f, ast_node *node)
{
    burin_value v;
    if (node->kind != AST_List || !c->options->optimized || !fold_literal(c, node, &v))
        return expr(c, f, node, NO_REG);
    uint16_t reg = temp(c);
    emit(c, OP_LOADK, reg, 0, 0, constant(c, v));
    return reg;
}

/* ---- views, and loops that only print ---- */

/* `x.keys()`, `x.values()`, `x.items()` without arguments; VIEW_NONE for all else. */
static unsigned view_of(ast_node *node)
{
    if (node->kind != AST_Call)
        return VIEW_NONE;
    ast_Call *call = ast_as(Call, node);
    if (call->node->kind != AST_Getattr || call->args.count || call->kwargs.count || call->rest || call->named)
        return VIEW_NONE;
    burin_text name = ast_as(Getattr, call->node)->attr;
    return text_is(name, "keys") ? VIEW_KEYS : text_is(name, "values") ? VIEW_VALUES : text_is(name, "items") ? VIEW_ITEMS : VIEW_NONE;
}

/* A body of text, the item, text, all on the loop's line: the texts are put into `parts`. */
static bool only_prints(lowerer *c, scope *f, ast_For *node, burin_text parts[2])
{
    ast_node *body = node->body.first;
    int       part = 0;
    if (node->recursive || node->test || node->orelse.first || !body || body->next || body->kind != AST_Output || node->target->kind != AST_Name ||
        c->is_volatile || c->program->native || c->program->finalize || f->require_output_check)
        return false;
    parts[0] = parts[1] = (burin_text){"", 0};
    for (ast_node *n = ast_as(Output, body)->nodes.first; n; n = n->next) {
        if (n->kind == AST_Data && !parts[part].len)
            parts[part] = ast_as(Data, n)->data;
        else if (n->kind == AST_Name && part == 0 && n->line == node->base.line && text_equal(ast_as(Name, n)->name, ast_as(Name, node->target)->name))
            part = 1;
        else
            return false;
    }
    return part == 1 && !text_equal(ast_as(Name, node->target)->name, loop_name);
}

static void lower_printing(lowerer *c, scope *f, ast_For *node, const burin_text parts[2])
{
    unsigned view = view_of(node->iter);
    mark_line(c, &node->base);
    if (view == VIEW_ITEMS)
        view = VIEW_NONE;
    uint16_t over = view ? expr(c, f, ast_as(Getattr, ast_as(Call, node->iter)->node)->node, NO_REG) : lower_iterable(c, f, node->iter);
    uint32_t k    = constant_text(c, parts[0]);
    constant_text(c, parts[1]);
    constant_text(c, joined_text(c, parts[1], parts[0]));
    c->where = node->iter->where;
    emit(c, OP_PRINT_EACH, 0, over, c->autoescape + view, k);
}

void lower_for(lowerer *c, scope *f, ast_For *node)
{
    uint32_t   mark = c->unit->temps;
    burin_text parts[2];
    check_target(c, node);
    if (node->recursive) {
        lower_recursive(c, f, node);
    } else if (only_prints(c, f, node, parts)) {
        lower_printing(c, f, node, parts);
    } else if (view_of(node->iter)) {
        mark_line(c, &node->base);
        lower_loop(c, f, node, expr(c, f, ast_as(Getattr, ast_as(Call, node->iter)->node)->node, NO_REG), view_of(node->iter), UINT32_MAX);
    } else {
        mark_line(c, &node->base);
        lower_loop(c, f, node, lower_iterable(c, f, node->iter), VIEW_NONE, UINT32_MAX);
    }
    c->unit->temps = mark;
}
