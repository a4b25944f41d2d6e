/* Templates as a whole, and what concerns other templates: blocks, extends, include, import. */
#include "codegen/ir/registers.h"
#include "codegen/jit/code.h"
#include "codegen/lower/lower.h"

#include "runtime/base/text.h"

#include <assert.h>

static const burin_text self_super[] = {{"self", 4}, {"super", 5}};

/* ---- locals that are passed on ---- */

static ir_locals names_of(lowerer *c, scope *f)
{
    ir_locals   l = {0};
    symbol     *all = symbols_all_stores(&f->sym, &l.count);
    if (!l.count)
        return l;
    l.names = arena_alloc(&c->program->memory, l.count * sizeof *l.names);
    l.outs  = arena_alloc(&c->program->memory, l.count * sizeof *l.outs);
    l.slots = arena_alloc(&c->program->memory, l.count * sizeof *l.slots);
    if (!l.names || !l.outs || !l.slots) {
        lower_no_memory(c);
        l.count = 0;
        return l;
    }
    for (uint32_t i = 0; i < l.count; i++) {
        l.names[i] = program_text(c, all[i].name);
        l.outs[i]  = levels_out(c, all[i].var);
        l.slots[i] = all[i].var->slot;
    }
    return l;
}

/* All statements of one scope pass on the same list: it is made once. */
ir_locals local_names(lowerer *c, scope *f)
{
    if (!f->sym.all || c->locals.of != f->sym.all || c->locals.count != f->sym.count || c->locals.unit != c->unit) {
        c->locals.names = names_of(c, f);
        c->locals.of    = f->sym.all;
        c->locals.count = f->sym.count;
        c->locals.unit  = c->unit;
    }
    return c->locals.names;
}

/* ---- blocks ---- */

void lower_block_statement(lowerer *c, scope *f, ast_Block *node)
{
    uint32_t skip = NO_JUMP;
    if (f->toplevel) {
        if (c->has_known_extends)
            return;
        if (c->extends_so_far)
            emit_jump(c, OP_JUMP_CHILD, 0, 0, 0, &skip);
    }
    ir_block_place place = {.name = program_text(c, node->name), .required = node->required, .scoped = node->scoped};
    if (node->scoped)
        place.locals = local_names(c, f);
    mark_line(c, &node->base);
    emit(c, OP_BLOCK, 0, 0, 0, vector_add(c, c->block_places, place));
    if (skip != NO_JUMP)
        land(c, skip);
}

static int note_block(lowerer *c, ast_Block *block)
{
    uint32_t hash = text_hash(block->name.data, block->name.len, 0);
    for (uint32_t i = 0; i < c->blocks.count; i++)
        if (c->blocks.items[i].hash == hash && text_equal(c->blocks.items[i].node->name, block->name)) {
            lower_fail(c, BURIN_ERR_ASSERTION, &block->base, "block '%.*s' defined twice", (int)block->name.len, block->name.data);
            return 1;
        }
    block_def def = {block, hash, 0};
    vector_add(c, c->blocks, def);
    return 0;
}

/* Note blocks, and whether the template extends another one. */
static int survey(ast_node *node, void *user)
{
    lowerer *c = user;
    if (node->kind == AST_Extends)
        c->program->has_extends = true;
    if (node->kind == AST_Block && note_block(c, ast_as(Block, node)))
        return 1;
    return ast_holds_statements(node) ? ast_walk_children(node, survey, user) : 0;
}

static void declare_self(lowerer *c, scope *f, unsigned used, burin_text block)
{
    if (used & 1) {
        variable *self = symbols_declare_parameter(&f->sym, self_super[0]);
        if (self)
            emit(c, OP_SELF, self->slot, 0, 0, 0);
    }
    if (used & 2) {
        variable *super = symbols_declare_parameter(&f->sym, self_super[1]);
        if (super)
            emit(c, OP_SUPER, super->slot, 0, 0, constant_text(c, block));
    }
}

static void lower_block_unit(lowerer *c, block_def *def)
{
    ast_Block *node = def->node;
    mark_line(c, &node->base);
    builder *b = unit_begin(c, UNIT_BLOCK, node->name, false, &def->unit);
    if (!b)
        return;
    scope f = {.unit = b, .block_frame = true, .captured = NO_REG, .open_capture = NO_REG};
    symbols_init(&f.sym, NULL, &c->track, &b->vars);
    declare_self(c, &f, c->mentions & MENTIONS_SELF ? find_undeclared(node->body.first, self_super, 2) : 0, node->name);
    symbols_analyze(&f.sym, &node->base, FOR_BODY);
    scope_enter(c, &f);
    lower_body(c, &f, node->body.first);
    unit_end(c, b);
}

/* ---- extends, include, import ---- */

void lower_extends(lowerer *c, scope *f, ast_Extends *node)
{
    static const burin_text twice = {"extended multiple times", 23};
    uint32_t skip = NO_JUMP, mark = c->unit->temps;
    if (!f->toplevel) {
        lower_fail(c, BURIN_ERR_ASSERTION, &node->base, "cannot use extend from a non top-level scope");
        return;
    }
    if (c->extends_so_far > 0) {
        if (!c->has_known_extends) {
            uint32_t extended = NO_JUMP;
            emit_jump(c, OP_JUMP_CHILD, 0, 0, 0, &extended);
            emit_jump(c, OP_JUMP, 0, 0, 0, &skip);
            land(c, extended);
        }
        emit(c, OP_RAISE, 0, 0, BURIN_ERR_RUNTIME, constant_text(c, twice));
        if (c->has_known_extends) {
            c->stopped = true;
            return;
        }
        land(c, skip);
    }
    mark_line(c, &node->base);
    emit(c, OP_EXTENDS, 0, expr(c, f, node->name, NO_REG), 0, 0);
    if (f->rootlevel)
        c->has_known_extends = true;
    c->extends_so_far++;
    c->unit->temps = mark;
}

static ir_include_by include_by(ast_node *name)
{
    if (name->kind == AST_Const && ast_as(Const, name)->value.kind == BURIN_STRING)
        return BY_NAME;
    return name->kind == AST_Tuple || name->kind == AST_List ? BY_LIST : BY_EITHER;
}

void lower_include(lowerer *c, scope *f, ast_Include *node)
{
    uint32_t   mark = c->unit->temps;
    ir_include row  = {.by = include_by(node->name), .ignore_missing = node->ignore_missing, .with_context = node->with_context};
    mark_line(c, &node->base);
    uint16_t name = expr(c, f, node->name, NO_REG);
    if (node->with_context)
        row.locals = local_names(c, f);
    emit(c, OP_INCLUDE, 0, name, 0, vector_add(c, c->includes, row));
    c->unit->temps = mark;
}

static void lower_module(lowerer *c, scope *f, ast_node *name, bool with_context, uint16_t dst)
{
    uint32_t   mark = c->unit->temps;
    ir_include row  = {.by = BY_NAME, .with_context = with_context};
    uint16_t   reg  = expr(c, f, name, NO_REG);
    if (with_context)
        row.locals = local_names(c, f);
    emit(c, OP_IMPORT, dst, reg, 0, vector_add(c, c->includes, row));
    c->unit->temps = mark;
}

void lower_import(lowerer *c, scope *f, ast_Import *node)
{
    variable *var = symbols_find(&f->sym, node->target);
    if (!var)
        return;
    mark_line(c, &node->base);
    lower_module(c, f, node->name, node->with_context, var->slot);
    if (f->toplevel)
        emit(c, OP_EXPORT, 0, var->slot, node->target.data[0] != '_' ? 2 : 0, constant_text(c, node->target));
}

/* Where a statement imports, as messages say it: "line 3 in 'page.html'". */
static burin_value import_place(lowerer *c, const ast_FromImport *node)
{
    char digits[24];
    buf  place = buf_make(c->options->env->alloc);
    buf_append_z(&place, "line ");
    buf_append(&place, digits, text_from_int(node->base.line, digits));
    if (c->src->name) {
        buf_append_z(&place, " in '");
        buf_append_z(&place, c->src->name);
        buf_append_z(&place, "'");
    }
    if (place.failed)
        lower_no_memory(c);
    burin_text text = program_text(c, buf_text(&place));
    buf_deinit(&place);
    return rt_string(text.data, text.len);
}

/* The imported name, or an undefined value that says which template lacks it once it is used. */
static void import_name(lowerer *c, scope *f, const ast_ImportName *name, uint16_t module, burin_value place)
{
    variable *var = symbols_find(&f->sym, name->alias);
    if (!var)
        return;
    uint32_t k = constant_text(c, name->name);
    constant(c, place);
    emit(c, OP_IMPORT_NAME, var->slot, module, 0, k);
    if (f->toplevel)
        emit(c, OP_EXPORT, 0, var->slot, name->alias.data[0] != '_' ? 2 : 0, constant_text(c, name->alias));
}

void lower_from_import(lowerer *c, scope *f, ast_FromImport *node)
{
    uint32_t          mark  = c->unit->temps;
    const burin_value place = import_place(c, node);
    mark_line(c, &node->base);
    uint16_t module = temp(c);
    lower_module(c, f, node->name, node->with_context, module);
    for (ast_node *n = node->names.first; n; n = n->next)
        import_name(c, f, ast_as(ImportName, n), module, place);
    c->unit->temps = mark;
}

/* ---- the template ---- */

static void lower_root(lowerer *c, ast_node *tree)
{
    builder *b = unit_begin(c, UNIT_ROOT, (burin_text){NULL, 0}, false, NULL);
    if (!b)
        return;
    scope f = {.unit = b, .require_output_check = c->program->has_extends, .captured = NO_REG, .open_capture = NO_REG};
    symbols_init(&f.sym, NULL, &c->track, &b->vars);
    declare_self(c, &f, c->mentions & MENTIONS_SELF ? find_undeclared(ast_as(Template, tree)->body.first, self_super, 1) : 0, (burin_text){NULL, 0});
    symbols_analyze(&f.sym, tree, FOR_BODY);
    f.toplevel = f.rootlevel = true;
    scope_enter(c, &f);
    lower_body(c, &f, ast_as(Template, tree)->body.first);
    unit_end(c, b);
}

static void lower_expression(lowerer *c, ast_node *tree)
{
    builder *b = unit_begin(c, UNIT_ROOT, (burin_text){NULL, 0}, false, NULL);
    if (!b)
        return;
    scope f = {.unit = b, .captured = NO_REG, .open_capture = NO_REG};
    symbols_init(&f.sym, NULL, &c->track, &b->vars);
    symbols_analyze_expression(&f.sym, tree);
    scope_enter(c, &f);
    c->line = 1;
    emit(c, OP_RETURN, 0, expr(c, &f, tree, NO_REG), 0, 0);
    unit_end(c, b);
}

/* ---- the program ---- */

void *lower_kept(lowerer *c, const void *items, size_t size)
{
    if (c->status || !size)
        return NULL;
    void *copy = arena_alloc(&c->program->memory, size);
    if (copy)
        memcpy(copy, items, size);
    else
        lower_no_memory(c);
    return copy;
}

#define KEEP(field) (c->program->field = lower_kept(c, c->field.items, c->field.count * sizeof *c->field.items))

static void finish_program(lowerer *c)
{
    ir_program *p = c->program;
    KEEP(units), p->unit_count = c->units.count;
    KEEP(constants), p->constant_count = c->constants.count;
    KEEP(calls), p->call_count = c->calls.count;
    KEEP(sites), p->site_count = c->sites.count;
    KEEP(loops), p->loop_count = c->loops.count;
    KEEP(macros), p->macro_count = c->macros.count;
    KEEP(block_places), p->block_place_count = c->block_places.count;
    KEEP(includes), p->include_count = c->includes.count;
    KEEP(functions), p->function_count = c->functions.count;
    p->blocks  = arena_alloc(&p->memory, (c->blocks.count + 1) * sizeof *p->blocks);
    p->natives = arena_zalloc(&p->memory, (c->units.count + 1) * sizeof *p->natives);
    p->heat    = arena_zalloc(&p->memory, (c->units.count + 1) * sizeof *p->heat);
    if (!p->blocks || !p->natives || !p->heat) {
        lower_no_memory(c);
        return;
    }
    p->block_count = c->blocks.count;
    for (uint32_t i = 0; i < c->blocks.count; i++)
        p->blocks[i] = c->blocks.items[i].unit;
    for (uint32_t i = 0; i < p->unit_count && !c->status; i++)
        assert(ir_verify(p, p->units[i]) && (!p->is_script || ir_begins_written(p, p->units[i], c->scratch)));
    if (!c->status && !ir_find_supers(p, c->scratch))
        lower_no_memory(c);
    if (!c->status)
        p->serial = ir_serial(p);
}

static ir_program *program_new(const codegen_options *options, bool as_expression, const burin_allocator *alloc)
{
    ir_program *p = base_alloc(alloc, sizeof *p);
    if (!p)
        return NULL;
    *p = (ir_program){.alloc = alloc, .memory = arena_make(alloc), .env = options->env, .finalize = options->finalize,
                      .native = options->native && !as_expression, .autoescape = options->autoescape, .is_expression = as_expression};
    return p;
}

static void lower_all(lowerer *c, const lowering *what)
{
    constant_text(c, (burin_text){"", 0}); /* constant 0 */
    if (what->script) {
        lower_script(c, what->tree, what->globals, what->global_count);
    } else if (what->as_expression) {
        lower_expression(c, what->tree);
    } else {
        c->mentions = ast_as(Template, what->tree)->mentions;
        if (c->mentions & (MENTIONS_EXTENDS | MENTIONS_BLOCK))
            survey(what->tree, c);
        lower_root(c, what->tree);
        for (uint32_t i = 0; i < c->blocks.count && !c->status; i++)
            lower_block_unit(c, &c->blocks.items[i]);
    }
    lower_refused(c);
    finish_program(c);
}

/* Constants that take more than this to compute are left to run time, where the render's limits hold. */
enum { FOLD_STEPS = 100000, FOLD_MEMORY = 1 << 20 };

static void prepare(lowerer *c, arena *scratch, const codegen_options *options, const source *src, burin_error *err)
{
    memset(c, 0, sizeof *c);
    c->options    = options;
    c->src        = src;
    c->scratch    = scratch;
    c->err        = err;
    c->track      = (tracker){.memory = scratch};
    c->line       = 1; /* where Jinja2 puts what precedes the first line it notes */
    c->autoescape = options->autoescape;
    c->joined     = buf_make(options->env->alloc);
    c->fold.env   = options->env;
    c->fold.steps_left   = FOLD_STEPS;
    c->fold.message      = buf_make(options->env->alloc);
    heap_init(&c->fold.heap, options->env->alloc, FOLD_MEMORY);
    c->fold.heap.borrowed = true;
}

burin_status lower_program(const codegen_options *options, const source *src, const lowering *what, arena *scratch, const burin_allocator *alloc,
                           ir_program **out, burin_error *err)
{
    lowerer c;
    *out = NULL;
    prepare(&c, scratch, options, src, err);
    c.listener = what->listener;
    c.program  = program_new(options, what->as_expression, alloc);
    if (c.program)
        lower_all(&c, what);
    else
        lower_no_memory(&c);
    if (c.program)
        c.program->heap = c.fold.heap;
    else
        heap_deinit(&c.fold.heap);
    buf_deinit(&c.fold.message);
    buf_deinit(&c.joined);
    if (c.status) {
        codegen_free(c.program);
        return c.status;
    }
    *out = c.program;
    return BURIN_OK;
}

burin_status codegen_compile(const codegen_options *options, const source *src, ast_node *tree, bool as_expression, arena *scratch,
                             const burin_allocator *alloc, ir_program **out, burin_error *err)
{
    const lowering what = {.tree = tree, .as_expression = as_expression};
    return lower_program(options, src, &what, scratch, alloc, out, err);
}

burin_status codegen_compile_script(const codegen_options *options, const source *src, ast_node *tree, const burin_text *globals, uint32_t global_count,
                                    arena *scratch, const burin_allocator *alloc, ir_program **out, burin_error *err)
{
    const lowering what = {.tree = tree, .as_expression = true, .script = true, .globals = globals, .global_count = global_count};
    return lower_program(options, src, &what, scratch, alloc, out, err);
}

const burin_text *codegen_globals(const ir_program *program, uint32_t *count)
{
    *count = program->global_count;
    return program->globals;
}

void codegen_free(ir_program *program)
{
    if (!program)
        return;
    const burin_allocator *alloc = program->alloc;
    code_free(program);
    heap_deinit(&program->heap);
    arena_deinit(&program->memory);
    base_free(alloc, program, sizeof *program);
}

