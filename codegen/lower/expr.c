/* Expressions: into registers, or into jumps. */
#include "codegen/lower/lower.h"

#include "runtime/base/text.h"

/* ---- names ---- */

uint32_t constant_undefined(lowerer *c, rt_undefined_class cls, burin_text name, burin_text hint)
{
    rt_undefined *u = arena_zalloc(&c->program->memory, sizeof *u);
    if (!u) {
        lower_no_memory(c);
        return 0;
    }
    burin_text kept = program_text(c, name);
    *u              = (rt_undefined){.cls = cls, .status = BURIN_ERR_UNDEFINED, .name = rt_string(kept.data, kept.len)};
    u->hint         = hint.len ? program_text(c, hint) : hint;
    return constant(c, rt_pointer(BURIN_UNDEFINED, u));
}

uint16_t levels_out(lowerer *c, const variable *var)
{
    uint16_t levels = 0;
    for (builder *u = c->unit; u && u != var->unit; u = u->outer) {
        u->unit->uses_outer = true;
        if (u->outer)
            u->outer->unit->captured = true;
        levels++;
    }
    return levels;
}

/* The register in which this unit keeps the context's variable `name`, resolved when the unit starts. */
static uint16_t resolved_register(lowerer *c, burin_text name, uint32_t hash)
{
    builder *u = c->unit;
    for (uint32_t i = 0; i < u->resolves.count; i++)
        if (u->resolves.items[i].hash == hash && text_equal(u->resolves.items[i].name, name))
            return u->resolves.items[i].slot;
    resolved r = {name, hash, (uint16_t)(RESOLVED_BASE + u->resolves.count)};
    vector_add(c, u->resolves, r);
    return r.slot;
}

static uint16_t into(lowerer *c, uint16_t want) { return want == NO_REG ? temp(c) : want; }

static uint32_t undefined_name(lowerer *c, burin_text name)
{
    return constant_undefined(c, c->options->env->undefined, name, (burin_text){NULL, 0});
}

static uint16_t outer_register(lowerer *c, const variable *var, burin_text name, uint16_t want, bool checked, bool may_miss)
{
    uint16_t dst    = into(c, want);
    uint16_t levels = levels_out(c, var);
    if (checked && may_miss)
        emit(c, OP_CHECK_OUTER, dst, var->slot, levels, undefined_name(c, name));
    else
        emit(c, OP_OUTER, dst, 0, levels, var->slot);
    return dst;
}

uint16_t name_register(lowerer *c, scope *f, burin_text name, uint16_t want, bool checked)
{
    const symbol *it = symbols_look_up(&f->sym, name);
    if (!it) /* memory ran out while the scope was analysed */
        return into(c, want);
    const variable *var = it->var;
    if (it->load == LOAD_RESOLVE && !it->stored)
        return resolved_register(c, name, it->hash);
    bool may_miss = it->load != LOAD_PARAMETER || var->undeclared;
    if (var->unit != c->unit)
        return outer_register(c, var, name, want, checked, may_miss);
    if (!checked || !may_miss)
        return var->slot;
    uint16_t dst = into(c, want);
    emit(c, OP_CHECK, dst, var->slot, 0, undefined_name(c, name));
    return dst;
}

static uint16_t moved(lowerer *c, uint16_t from, uint16_t want)
{
    if (want == NO_REG || want == from)
        return from;
    emit(c, OP_MOVE, want, from, 0, 0);
    return want;
}

/* The loop whose `loop` the name means; NULL when it means none. */
static variable *any_loop(scope *f, ast_node *node)
{
    if (node->kind != AST_Name || !text_is(ast_as(Name, node)->name, "loop"))
        return NULL;
    variable *var = symbols_find(&f->sym, ast_as(Name, node)->name);
    return var && var->is_loop ? var : NULL;
}

/* The same, if the loop belongs to this unit. */
static variable *loop_variable(lowerer *c, scope *f, ast_node *node)
{
    variable *var = any_loop(f, node);
    return var && var->unit == c->unit ? var : NULL;
}

static uint16_t lower_name(lowerer *c, scope *f, ast_node *node, uint16_t want)
{
    variable *loop = loop_variable(c, f, node);
    if (loop) {
        uint16_t dst = into(c, want);
        emit(c, OP_LOOP_VALUE, dst, loop->loop_slot, 0, 0);
        return dst;
    }
    return moved(c, name_register(c, f, ast_as(Name, node)->name, want, true), want);
}

/* ---- constants ---- */

static bool is_container(burin_value v) { return v.kind == BURIN_LIST || v.kind == BURIN_DICT || v.kind == BURIN_SET; }

static bool holds_container(burin_value v)
{
    if (v.kind != BURIN_TUPLE)
        return is_container(v);
    const rt_list *list = v.as.p;
    for (uint32_t i = 0; i < list->len; i++)
        if (holds_container(list->items[i]))
            return true;
    return false;
}

static uint16_t load_constant(lowerer *c, burin_value v, uint16_t want)
{
    uint16_t dst = into(c, want);
    emit(c, holds_container(v) ? OP_COPYK : OP_LOADK, dst, 0, 0, constant(c, v));
    return dst;
}

/* ---- operators ---- */

static uint16_t lower_binary(lowerer *c, scope *f, ast_Binary *node, uint16_t want)
{
    static const uint8_t ops[] = {OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_FLOORDIV, OP_MOD, OP_POW};
    uint16_t dst   = into(c, want);
    uint32_t mark  = c->unit->temps;
    uint16_t left  = expr(c, f, node->left, NO_REG);
    uint16_t right = expr(c, f, node->right, NO_REG);
    emit(c, ops[node->op], dst, left, right, 0);
    c->unit->temps = mark;
    return dst;
}

static uint16_t lower_one(lowerer *c, scope *f, ir_op op, ast_node *node, uint16_t want)
{
    uint16_t dst  = into(c, want);
    uint32_t mark = c->unit->temps;
    emit(c, op, dst, expr(c, f, node, NO_REG), 0, 0);
    c->unit->temps = mark;
    return dst;
}

/* A temporary for results that are built in several steps: `want` may be a variable that a later step still reads. */
static uint16_t scratch_for(lowerer *c, uint16_t want) { return want == NO_REG || want < TEMP_BASE ? temp(c) : want; }

static uint16_t lower_compare(lowerer *c, scope *f, ast_Compare *node, uint16_t want)
{
    uint16_t dst  = scratch_for(c, want);
    uint32_t mark = c->unit->temps, end = NO_JUMP;
    uint16_t left = expr(c, f, node->expr, NO_REG);
    for (ast_node *n = node->ops.first; n; n = n->next) {
        uint16_t right = expr(c, f, ast_as(Operand, n)->expr, NO_REG);
        emit(c, OP_COMPARE, dst, left, right, ast_as(Operand, n)->op);
        if (n->next)
            emit_jump(c, OP_JUMP_NOT, 0, dst, 0, &end);
        left = right;
    }
    if (end != NO_JUMP)
        land(c, end);
    c->unit->temps = mark;
    return moved(c, dst, want);
}

static uint16_t lower_logic(lowerer *c, scope *f, ast_node *left, ast_node *right, ir_op leave, uint16_t want)
{
    uint16_t dst  = scratch_for(c, want);
    uint32_t mark = c->unit->temps, end = NO_JUMP;
    expr(c, f, left, dst);
    emit_jump(c, leave, 0, dst, 0, &end);
    expr(c, f, right, dst);
    land(c, end);
    c->unit->temps = mark;
    return moved(c, dst, want);
}

static uint16_t lower_cond(lowerer *c, scope *f, ast_Cond *node, uint16_t want)
{
    scope    soft  = *f;
    uint16_t dst   = scratch_for(c, want);
    uint32_t mark  = c->unit->temps, otherwise = NO_JUMP, end = NO_JUMP;
    soft.soft      = true;
    jump_unless(c, &soft, node->test, &otherwise);
    expr(c, &soft, node->yes, dst);
    emit_jump(c, OP_JUMP, 0, 0, 0, &end);
    land(c, otherwise);
    if (node->no) {
        expr(c, &soft, node->no, dst);
    } else {
        buf hint = buf_make(c->options->env->alloc);
        buf_printf(&hint, "the inline if-expression on line %u", node->base.line);
        if (c->src->name)
            buf_printf(&hint, " in '%s'", c->src->name);
        buf_append_z(&hint, " evaluated to false and no else section was defined.");
        emit(c, OP_LOADK, dst, 0, 0, constant_undefined(c, RT_UNDEFINED, (burin_text){"", 0}, buf_text(&hint)));
        buf_deinit(&hint);
    }
    land(c, end);
    c->unit->temps = mark;
    return moved(c, dst, want);
}

/* ---- containers ---- */

static uint16_t lower_row(lowerer *c, scope *f, ir_op op, const ast_list *items, uint16_t want)
{
    uint16_t dst   = into(c, want);
    uint32_t mark  = c->unit->temps;
    uint16_t first = temps(c, items->count);
    uint16_t at    = first;
    for (ast_node *n = items->first; n; n = n->next)
        expr(c, f, n, at++);
    emit(c, op, dst, first, items->count, op == OP_CONCAT ? c->autoescape && !c->is_volatile : 0);
    c->unit->temps = mark;
    return dst;
}

static uint16_t lower_dict(lowerer *c, scope *f, ast_Dict *node, uint16_t want)
{
    uint16_t dst   = into(c, want);
    uint32_t mark  = c->unit->temps;
    uint16_t first = temps(c, 2 * node->items.count);
    uint16_t at    = first;
    for (ast_node *n = node->items.first; n; n = n->next) {
        expr(c, f, ast_as(Pair, n)->key, at++);
        expr(c, f, ast_as(Pair, n)->value, at++);
    }
    emit(c, OP_DICT, dst, first, node->items.count, 0);
    c->unit->temps = mark;
    return dst;
}

/* ---- attributes and items ---- */

static bool loop_attribute_of(burin_text name, loop_attribute *out)
{
    static const char *const names[] = {
#define X(name) #name,
        LOOP_ATTRIBUTES(X)
#undef X
    };
    for (int i = 0; i < LOOP_ATTRIBUTE_COUNT; i++)
        if (text_is(name, names[i])) {
            *out = (loop_attribute)i;
            return true;
        }
    return false;
}

/* Methods and attributes of dict, which win over keys of the same name. */
static bool is_dict_attribute(burin_text name)
{
    static const char *const names[] = {"clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (text_is(name, names[i]))
            return true;
    return name.len > 1 && name.data[0] == '_';
}

uint32_t attribute_site(lowerer *c, burin_text name)
{
    ir_site site = {.name = program_text(c, name), .hash = rt_text_hash(name), .plain = !is_dict_attribute(name)};
    if (name.len && name.data[0] == '_')
        site.plain = false;
    return vector_add(c, c->sites, site);
}

/* The site of `x["name"]`; UINT32_MAX when it is another item, or one that needs more than the name. */
static uint32_t item_site(lowerer *c, const ast_Getitem *node)
{
    burin_value key = node->arg->kind == AST_Const ? ast_as(Const, node->arg)->value : rt_missing();
    burin_text  name = key.kind == BURIN_STRING ? rt_text_of(key) : (burin_text){"_", 1};
    ir_site     site = {.name = name, .hash = rt_text_hash(name), .plain = true, .is_item = true};
    if (is_dict_attribute(name) || (name.len && name.data[0] == '_'))
        return UINT32_MAX;
    site.name = program_text(c, name);
    return vector_add(c, c->sites, site);
}

ast_node *member_object(lowerer *c, scope *f, ast_node *node, uint32_t *site)
{
    ast_node *object = NULL;
    if (node->kind == AST_Getattr && !any_loop(f, ast_as(Getattr, node)->node)) {
        object = ast_as(Getattr, node)->node;
        *site  = attribute_site(c, ast_as(Getattr, node)->attr);
    } else if (node->kind == AST_Getitem && !any_loop(f, ast_as(Getitem, node)->node)) {
        object = ast_as(Getitem, node)->node;
        *site  = item_site(c, ast_as(Getitem, node));
    }
    return object && *site <= UINT16_MAX ? object : NULL;
}

static uint16_t lower_getattr(lowerer *c, scope *f, ast_Getattr *node, uint16_t want)
{
    uint16_t       dst  = into(c, want);
    uint32_t       mark = c->unit->temps;
    variable      *loop = loop_variable(c, f, node->node);
    loop_attribute attribute;
    if (loop && loop_attribute_of(node->attr, &attribute))
        emit(c, OP_LOOP_ATTR, dst, loop->loop_slot, attribute, 0);
    else
        emit(c, OP_ATTR, dst, expr(c, f, node->node, NO_REG), 0, attribute_site(c, node->attr));
    c->unit->temps = mark;
    return dst;
}

static void slice_part(lowerer *c, scope *f, ast_node *node, uint16_t reg)
{
    if (node)
        expr(c, f, node, reg);
    else
        emit(c, OP_CLEAR, reg, 0, 0, 0);
}

static uint16_t lower_getitem(lowerer *c, scope *f, ast_Getitem *node, uint16_t want)
{
    uint16_t dst    = into(c, want);
    uint32_t mark   = c->unit->temps;
    uint32_t site   = item_site(c, node);
    uint16_t object = expr(c, f, node->node, NO_REG);
    if (site != UINT32_MAX) {
        emit(c, OP_ATTR, dst, object, 0, site);
    } else if (node->arg->kind == AST_Slice) {
        ast_Slice *slice = ast_as(Slice, node->arg);
        uint16_t   parts = temps(c, 3);
        slice_part(c, f, slice->start, parts);
        slice_part(c, f, slice->stop, (uint16_t)(parts + 1));
        slice_part(c, f, slice->step, (uint16_t)(parts + 2));
        emit(c, OP_SLICE, dst, object, parts, 0);
    } else {
        emit(c, OP_ITEM, dst, object, expr(c, f, node->arg, NO_REG), 0);
    }
    c->unit->temps = mark;
    return dst;
}

static uint16_t lower_markup(lowerer *c, scope *f, ast_MarkSafeIfAutoescape *node, uint16_t want)
{
    uint16_t dst  = into(c, want);
    uint32_t mark = c->unit->temps;
    emit(c, OP_MARKUP, dst, expr(c, f, node->node, NO_REG), 2, 0);
    c->unit->temps = mark;
    return dst;
}

/* ---- the whole ---- */

static uint16_t lower_varying(lowerer *c, scope *f, ast_node *node, uint16_t want)
{
    burin_value v;
    switch (node->kind) {
    case AST_Const: return fold(c, node, &v) ? load_constant(c, v, want) : into(c, want);
    case AST_Name: return lower_name(c, f, node, want);
    case AST_Tuple: return lower_row(c, f, OP_TUPLE, &ast_as(Tuple, node)->items, want);
    case AST_List: return lower_row(c, f, OP_LIST, &ast_as(List, node)->items, want);
    case AST_Dict: return lower_dict(c, f, ast_as(Dict, node), want);
    case AST_Concat: return lower_row(c, f, OP_CONCAT, &ast_as(Concat, node)->items, want);
    case AST_Binary: return lower_binary(c, f, ast_as(Binary, node), want);
    case AST_Unary: return lower_one(c, f, ast_as(Unary, node)->op == AST_NEG ? OP_NEG : OP_POS, ast_as(Unary, node)->node, want);
    case AST_Not: return lower_one(c, f, OP_NOT, ast_as(Not, node)->node, want);
    case AST_And: return lower_logic(c, f, ast_as(And, node)->left, ast_as(And, node)->right, OP_JUMP_NOT, want);
    case AST_Or: return lower_logic(c, f, ast_as(Or, node)->left, ast_as(Or, node)->right, OP_JUMP_IF, want);
    case AST_Compare: return lower_compare(c, f, ast_as(Compare, node), want);
    case AST_Cond: return lower_cond(c, f, ast_as(Cond, node), want);
    case AST_Getattr: return lower_getattr(c, f, ast_as(Getattr, node), want);
    case AST_Getitem: return lower_getitem(c, f, ast_as(Getitem, node), want);
    case AST_Call: return lower_call(c, f, ast_as(Call, node), want);
    case AST_Filter: return lower_filter(c, f, ast_as(Filter, node), want);
    case AST_Test: return lower_test(c, f, ast_as(Test, node), want);
    case AST_MarkSafeIfAutoescape: return lower_markup(c, f, ast_as(MarkSafeIfAutoescape, node), want);
    default:
        lower_fail(c, BURIN_ERR_SYNTAX, node, "unexpected '%s'", ast_kind_name(node->kind));
        return into(c, want);
    }
}

/* Jinja2 folds these kinds; literals of containers stay as they are written. */
static bool is_folded(const ast_node *node)
{
    switch (node->kind) {
    case AST_Binary: case AST_Unary: case AST_Not: case AST_And: case AST_Or: case AST_Concat: case AST_Compare: case AST_Getattr:
    case AST_Getitem: case AST_Filter: case AST_Test: case AST_Cond: return true;
    default: return false;
    }
}

uint16_t expr(lowerer *c, scope *f, ast_node *node, uint16_t want)
{
    burin_value v;
    span        where = c->where;
    uint16_t    reg;
    if (c->status)
        return into(c, want);
    c->where = node->where;
    if (is_folded(node) && optimize(c, node, &v))
        reg = load_constant(c, v, want);
    else
        reg = lower_varying(c, f, node, want);
    c->where = where;
    return reg;
}

/* ---- conditions ---- */

static bool is_single_compare(const ast_node *node)
{
    return node->kind == AST_Compare && ((const ast_Compare *)node)->ops.count == 1;
}

/* Jump if `x.attr == "text"` (or !=) is `truth`, in one instruction. False when the node is something else. */
static bool jump_attribute(lowerer *c, scope *f, ast_node *node, bool truth, uint32_t *chain)
{
    if (!is_single_compare(node))
        return false;
    ast_Operand *op = ast_as(Operand, ast_as(Compare, node)->ops.first);
    burin_value  v;
    uint32_t     site;
    if (op->op > AST_NE || op->expr->kind != AST_Const || ast_as(Const, op->expr)->value.kind != BURIN_STRING || !fold(c, op->expr, &v))
        return false;
    ast_node *left = member_object(c, f, ast_as(Compare, node)->expr, &site);
    uint32_t  text = left ? constant(c, v) : 0;
    if (!left || text > UINT16_MAX)
        return false;
    emit_jump(c, (op->op == AST_EQ) == truth ? OP_JUMP_ATTR_EQ : OP_JUMP_ATTR_NE, text, expr(c, f, left, NO_REG), site, chain);
    return true;
}

/* Jump if `x.attr` is true, or false, in one instruction. False when the node is something else. */
static bool jump_on_attribute(lowerer *c, scope *f, ast_node *node, ir_op op, uint32_t *chain)
{
    uint32_t  mark = c->unit->temps, site;
    ast_node *of   = member_object(c, f, node, &site);
    if (!of)
        return false;
    uint16_t object = expr(c, f, of, NO_REG);
    emit_jump(c, op == OP_JUMP_IF ? OP_JUMP_ATTR_IF : OP_JUMP_ATTR_NOT, 0, object, site, chain);
    c->unit->temps = mark;
    return true;
}

/* Jump on a condition that Jinja2 makes a constant. */
static bool jump_on_constant(lowerer *c, ast_node *node, ir_op op, uint32_t *chain)
{
    uint32_t    mark = c->unit->temps;
    burin_value v;
    if (!is_folded(node) || !optimize(c, node, &v))
        return false;
    emit_jump(c, op, 0, load_constant(c, v, NO_REG), 0, chain);
    c->unit->temps = mark;
    return true;
}

static void jump_on_value(lowerer *c, scope *f, ast_node *node, ir_op op, uint32_t *chain)
{
    uint32_t mark = c->unit->temps;
    if (jump_on_attribute(c, f, node, op, chain))
        return;
    uint16_t reg = expr(c, f, node, NO_REG);
    emit_jump(c, op, 0, reg, 0, chain);
    c->unit->temps = mark;
}

void jump_unless(lowerer *c, scope *f, ast_node *node, uint32_t *chain)
{
    uint32_t mark = c->unit->temps, yes = NO_JUMP;
    if (jump_on_constant(c, node, OP_JUMP_NOT, chain)) {
        /* done */
    } else if (node->kind == AST_Not) {
        jump_when(c, f, ast_as(Not, node)->node, chain);
    } else if (node->kind == AST_And) {
        jump_unless(c, f, ast_as(And, node)->left, chain);
        jump_unless(c, f, ast_as(And, node)->right, chain);
    } else if (node->kind == AST_Or) {
        jump_when(c, f, ast_as(Or, node)->left, &yes);
        jump_unless(c, f, ast_as(Or, node)->right, chain);
        land(c, yes);
    } else if (jump_attribute(c, f, node, false, chain)) {
        /* done */
    } else if (is_single_compare(node)) {
        ast_Operand *op    = ast_as(Operand, ast_as(Compare, node)->ops.first);
        uint16_t     left  = expr(c, f, ast_as(Compare, node)->expr, NO_REG);
        uint16_t     right = expr(c, f, op->expr, NO_REG);
        emit_jump(c, OP_JUMP_COMPARE, op->op, left, right, chain);
    } else {
        jump_on_value(c, f, node, OP_JUMP_NOT, chain);
    }
    c->unit->temps = mark;
}

void jump_when(lowerer *c, scope *f, ast_node *node, uint32_t *chain)
{
    uint32_t no = NO_JUMP;
    if (jump_on_constant(c, node, OP_JUMP_IF, chain)) {
        /* done */
    } else if (node->kind == AST_Not) {
        jump_unless(c, f, ast_as(Not, node)->node, chain);
    } else if (node->kind == AST_Or) {
        jump_when(c, f, ast_as(Or, node)->left, chain);
        jump_when(c, f, ast_as(Or, node)->right, chain);
    } else if (node->kind == AST_And) {
        jump_unless(c, f, ast_as(And, node)->left, &no);
        jump_when(c, f, ast_as(And, node)->right, chain);
        land(c, no);
    } else if (jump_attribute(c, f, node, true, chain)) {
        /* done */
    } else if (is_single_compare(node)) {
        jump_unless(c, f, node, &no);
        emit_jump(c, OP_JUMP, 0, 0, 0, chain);
        land(c, no);
    } else {
        jump_on_value(c, f, node, OP_JUMP_IF, chain);
    }
}
