/* Emitting: instructions, jumps, constants, pending text, the beginning and end of a unit. */
#include "codegen/lower/lower.h"

#include "runtime/base/text.h"
#include "runtime/convert.h"

void lower_no_memory(lowerer *c)
{
    if (!c->status)
        c->status = diag_fail(c->err, BURIN_ERR_NOMEM, c->src, 0, (span){0, 0}, "out of memory");
}

burin_status lower_fail(lowerer *c, burin_status status, const ast_node *at, const char *format, ...)
{
    if (c->status)
        return c->status;
    va_list args;
    va_start(args, format);
    c->status = diag_vfail(c->err, status, c->src, at ? at->line : 0, at ? at->where : (span){0, 0}, format, args);
    va_end(args);
    return c->status;
}

/* Python refuses what Jinja2 has compiled: an error only where Jinja2 itself finds none, so it is kept till the end. */
void lower_refuse(lowerer *c, const ast_node *at, const char *format, burin_text name)
{
    if (c->refused.format)
        return;
    c->refused.format = format;
    c->refused.at     = at;
    c->refused.name   = name;
}

void lower_refused(lowerer *c)
{
    if (c->refused.format)
        lower_fail(c, BURIN_ERR_PYTHON_SYNTAX, c->refused.at, c->refused.format, (int)c->refused.name.len, c->refused.name.data);
}

bool lower_grow(lowerer *c, void **items, uint32_t count, uint32_t *cap, size_t size)
{
    uint32_t wider = *cap ? *cap * 2 : 16;
    void    *moved = arena_alloc(c->scratch, wider * size);
    if (!moved) {
        lower_no_memory(c);
        return false;
    }
    if (count)
        memcpy(moved, *items, count * size);
    *items = moved;
    *cap   = wider;
    return true;
}

/* ---- registers ---- */

uint16_t temps(lowerer *c, uint32_t count)
{
    builder *u     = c->unit;
    uint32_t first = u->temps;
    u->temps += count;
    if (u->temps > u->temps_max)
        u->temps_max = u->temps;
    if (u->temps_max >= RESOLVED_BASE || u->vars.count >= RESOLVED_BASE || u->resolves.count >= RESOLVED_BASE) {
        lower_fail(c, BURIN_ERR_LIMIT, NULL, "the template needs too many registers");
        u->temps = u->temps_max = 1;
        return TEMP_BASE;
    }
    return (uint16_t)(TEMP_BASE + first);
}

uint16_t temp(lowerer *c) { return temps(c, 1); }

/* ---- constants ---- */

uint32_t constant(lowerer *c, burin_value v) { return vector_add(c, c->constants, v); }

burin_text joined_text(lowerer *c, burin_text a, burin_text b)
{
    char *both = arena_alloc(c->scratch, a.len + b.len + 1);
    if (!both) {
        lower_no_memory(c);
        return (burin_text){"", 0};
    }
    if (a.len)
        memcpy(both, a.data, a.len);
    if (b.len)
        memcpy(both + a.len, b.data, b.len);
    return (burin_text){both, a.len + b.len};
}

burin_text program_text(lowerer *c, burin_text text)
{
    enum { OVER_READ = 32 }; /* printing copies short texts in blocks of 32 bytes */
    char *copy = arena_alloc(&c->program->memory, text.len + OVER_READ);
    if (!copy) {
        lower_no_memory(c);
        return (burin_text){"", 0};
    }
    if (text.len)
        memcpy(copy, text.data, text.len);
    memset(copy + text.len, 0, OVER_READ);
    return (burin_text){copy, text.len};
}

uint32_t constant_text(lowerer *c, burin_text text)
{
    burin_text  copy = program_text(c, text);
    burin_value v    = rt_string(copy.data, copy.len);
    if (text_is_ascii(copy.data, copy.len))
        v.flags |= BURIN_ASCII;
    if (rt_is_clean(copy.data, copy.len))
        v.flags |= BURIN_CLEAN;
    return constant(c, v);
}

/* ---- instructions ---- */

/* Instructions that neither print nor jump nor run other code that prints: constant text may move past them. */
static bool keeps_text_waiting(ir_op op)
{
    switch (op) {
    case OP_LOADK: case OP_COPYK: case OP_MOVE: case OP_CLEAR: case OP_CHECK: case OP_OUTER: case OP_CHECK_OUTER:
    case OP_RESOLVE: case OP_RESOLVE_U: case OP_ADD: case OP_SUB: case OP_MUL: case OP_DIV: case OP_FLOORDIV: case OP_MOD:
    case OP_POW: case OP_NEG: case OP_POS: case OP_NOT: case OP_COMPARE: case OP_CONCAT: case OP_SOFT_STR: case OP_MARKUP: case OP_ATTR:
    case OP_ITEM: case OP_SLICE: case OP_LIST: case OP_TUPLE: case OP_DICT: case OP_FILTER: case OP_FILTER_ANY: case OP_TEST:
    case OP_TEST_DEFINED: case OP_LOOP_ATTR: case OP_CALL: case OP_METHOD:
        return true;
    default:
        return false;
    }
}

static void note_place(lowerer *c)
{
    builder *u = c->unit;
    if (u->places.count) {
        ir_place *last = &u->places.items[u->places.count - 1];
        if (last->line == c->line && last->where.start == c->where.start && last->where.end == c->where.end)
            return;
        if (last->pc == u->code.count) {
            last->line  = c->line;
            last->where = c->where;
            return;
        }
    }
    ir_place place = {u->code.count, c->line, c->where};
    vector_add(c, u->places, place);
}

static uint32_t append(lowerer *c, ir_op op, uint32_t a, uint32_t b, uint32_t cc, uint32_t d)
{
    note_place(c);
    ir_insn insn = {(uint16_t)op, (uint16_t)a, (uint16_t)b, (uint16_t)cc, d};
    return vector_add(c, c->unit->code, insn);
}

uint32_t emit(lowerer *c, ir_op op, uint32_t a, uint32_t b, uint32_t cc, uint32_t d)
{
    if (c->has_pending && !keeps_text_waiting(op))
        flush_text(c);
    return append(c, op, a, b, cc, d);
}

void emit_jump(lowerer *c, ir_op op, uint32_t a, uint32_t b, uint32_t cc, uint32_t *chain)
{
    flush_text(c);
    *chain = append(c, op, a, b, cc, *chain);
}

void land(lowerer *c, uint32_t chain)
{
    flush_text(c);
    while (chain != NO_JUMP && !c->status) {
        ir_insn *insn = &c->unit->code.items[chain];
        uint32_t next = insn->d;
        insn->d       = c->unit->code.count;
        chain         = next;
    }
}

uint32_t label(lowerer *c)
{
    flush_text(c);
    return c->unit->code.count;
}

void mark_line(lowerer *c, const ast_node *node)
{
    c->line  = node->line;
    c->where = node->where;
}

/* ---- text ---- */

void print_text(lowerer *c, burin_text text)
{
    if (!text.len && !c->program->native)
        return;
    if (!c->has_pending) {
        c->pending     = text;
        c->has_pending = true;
        return;
    }
    if (c->pending.data != c->joined.data) {
        c->joined.len = 0;
        buf_append(&c->joined, c->pending.data, c->pending.len);
    }
    buf_append(&c->joined, text.data, text.len);
    c->pending = buf_text(&c->joined);
    if (c->joined.failed)
        lower_no_memory(c);
}

uint32_t take_text(lowerer *c)
{
    if (!c->has_pending)
        return 0;
    uint32_t k     = constant_text(c, c->pending);
    c->has_pending = false;
    return k;
}

void flush_text(lowerer *c)
{
    if (!c->has_pending)
        return;
    uint32_t k = take_text(c);
    if (c->program->native) {
        uint32_t mark = c->unit->temps;
        uint16_t reg  = temp(c);
        append(c, OP_LOADK, reg, 0, 0, k);
        append(c, OP_PIECE, 0, reg, 0, 0);
        c->unit->temps = mark;
    } else {
        append(c, OP_TEXT, 0, 0, 0, k);
    }
}

/* ---- units ---- */

builder *unit_begin(lowerer *c, ir_unit_kind kind, burin_text name, bool is_inner, uint32_t *index)
{
    builder *b = arena_zalloc(c->scratch, sizeof *b);
    ir_unit *u = arena_zalloc(&c->program->memory, sizeof *u);
    if (!b || !u) {
        lower_no_memory(c);
        return NULL;
    }
    flush_text(c);
    u->kind      = kind;
    u->name      = name.data ? program_text(c, name) : name;
    u->line      = c->line;
    b->unit      = u;
    b->vars.unit = b;
    b->outer     = is_inner ? c->unit : NULL;
    c->unit      = b;
    u->index     = vector_add(c, c->units, u);
    if (index)
        *index = u->index;
    return b;
}

/* First the variables, then what is resolved, then the temporaries; or the temporaries first. What each of these kinds is moved by, by the
 * upper two bits of its numbers. */
typedef struct numbering {
    uint32_t shift[4];
} numbering;

static numbering numbering_of(const builder *b)
{
    if (b->variables_last)
        return (numbering){{b->temps_max, 0u - TEMP_BASE, 0u - TEMP_BASE, 0u - TEMP_BASE}};
    const uint32_t temps_at = b->vars.count + b->resolves.count - TEMP_BASE;
    return (numbering){{0, b->vars.count - RESOLVED_BASE, temps_at, temps_at}};
}
_Static_assert(RESOLVED_BASE == 1u << 14 && TEMP_BASE == 2u << 14, "the kinds of registers differ in the upper two bits");

static inline uint16_t renumber(const numbering *n, uint16_t reg) { return reg == NO_REG ? reg : (uint16_t)(reg + n->shift[reg >> 14]); }

/* Which operands are registers, a bit each, and whether the last is a jump's goal. */
enum { A_REG = 1, B_REG = 2, C_REG = 4, D_REG = 8, D_JUMP = 16 };
#define IS_REG(operand) ((operand) == 'w' || (operand) == 'r' || (operand) == 'x' || (operand) == 'f')
static const uint8_t moved_operands[OP_COUNT] = {
#define OP(NAME, name, operands, meaning) \
    (IS_REG((operands)[0]) ? A_REG : 0) | (IS_REG((operands)[1]) ? B_REG : 0) | (IS_REG((operands)[2]) ? C_REG : 0) | (IS_REG((operands)[3]) ? D_REG : 0) | \
        ((operands)[3] == 'j' ? D_JUMP : 0),
#include "codegen/ir/ops.def"
#undef OP
};

/* Copy the code to the program: first what resolves context variables, then the body with its jumps moved behind it. */
static bool copy_code(lowerer *c, builder *b, const numbering *n)
{
    ir_unit *u      = b->unit;
    uint32_t before = b->resolves.count;
    u->code_len     = before + b->code.count;
    u->code         = arena_alloc(&c->program->memory, u->code_len * sizeof *u->code);
    if (!u->code)
        return false;
    for (uint32_t i = 0; i < before; i++) {
        burin_text name = b->resolves.items[i].name;
        uint32_t   k    = constant_undefined(c, c->options->env->undefined, name, (burin_text){NULL, 0});
        u->code[i] = (ir_insn){OP_RESOLVE_U, renumber(n, b->resolves.items[i].slot), (uint16_t)k, (uint16_t)(k >> 16), attribute_site(c, name)};
    }
    for (uint32_t i = 0; i < b->code.count; i++) {
        ir_insn       insn  = b->code.items[i];
        const uint8_t moved = moved_operands[insn.op];
        if (moved & A_REG)
            insn.a = renumber(n, insn.a);
        if (moved & B_REG)
            insn.b = renumber(n, insn.b);
        if (moved & C_REG)
            insn.c = renumber(n, insn.c);
        if (moved & D_REG)
            insn.d = renumber(n, (uint16_t)insn.d);
        if (moved & D_JUMP)
            insn.d += before;
        u->code[before + i] = insn;
    }
    return true;
}

static void *keep(lowerer *c, const void *items, size_t size)
{
    void *copy = size ? arena_alloc(&c->program->memory, size) : NULL;
    if (copy)
        memcpy(copy, items, size);
    return copy;
}

void unit_end(lowerer *c, builder *b)
{
    flush_text(c);
    append(c, OP_END, 0, 0, 0, 0);
    c->unit = b->outer;
    if (c->status)
        return;
    ir_unit *u = b->unit;
    uint32_t before = b->resolves.count;
    const numbering numbers = numbering_of(b);
    if (!copy_code(c, b, &numbers)) {
        lower_no_memory(c);
        return;
    }
    for (uint32_t i = 0; i < b->places.count; i++)
        b->places.items[i].pc += i ? before : 0;
    for (uint32_t i = 0; i < b->visible.count; i++) {
        b->visible.items[i].start += before;
        b->visible.items[i].end = b->visible.items[i].end == UINT32_MAX ? u->code_len : b->visible.items[i].end + before;
    }
    for (uint32_t i = 0; i < b->handlers.count; i++)
        b->handlers.items[i].reg = renumber(&numbers, b->handlers.items[i].reg);
    u->handlers      = keep(c, b->handlers.items, b->handlers.count * sizeof *u->handlers);
    u->handler_count = u->handlers ? b->handlers.count : 0;
    u->registers     = b->vars.count + b->resolves.count + b->temps_max;
    u->places        = keep(c, b->places.items, b->places.count * sizeof *u->places);
    u->place_count   = u->places ? b->places.count : 0;
    u->visible       = keep(c, b->visible.items, b->visible.count * sizeof *u->visible);
    u->visible_count = u->visible ? b->visible.count : 0;
}
