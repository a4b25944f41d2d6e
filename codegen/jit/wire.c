/* Requests to bytes and back. Numbers are little-endian and 32 bits wide, where nothing else is said. */
#include "codegen/jit/wire.h"

#include "codegen/jit/reader.h"
#include "runtime/base/text.h"
#include "runtime/call.h"

static const char magic[8] = "burin q4";

/* ---- writing ---- */

/* Kind, flags, length; of what is in the value itself also that, and short texts. */
static void put_constant(buf *out, burin_value v)
{
    put(out, v.kind | (uint32_t)v.flags << 8);
    put(out, v.kind == BURIN_FUNCTION ? ((const rt_function *)v.as.p)->plain.shape : v.len);
    if (v.kind == BURIN_BOOL || v.kind == BURIN_INT || v.kind == BURIN_FLOAT)
        put64(out, (uint64_t)v.as.i);
    else if (v.kind == BURIN_STRING && v.len <= WIRE_TEXT_MAX)
        buf_append(out, v.as.s, v.len);
}

static void put_call(buf *out, const ir_call *call)
{
    put(out, call->positional | (uint32_t)call->named << 16);
    put(out, (uint32_t)call->rest | (uint32_t)call->expand << 1 | (uint32_t)call->is_test << 2 | (uint32_t)(call->function != NULL) << 3 |
                 (uint32_t)call->print << 8);
}

static void put_places(buf *out, const ir_unit *unit)
{
    put(out, unit->place_count);
    for (uint32_t n = 0; n < unit->place_count; n++) {
        put(out, unit->places[n].pc);
        put(out, unit->places[n].line);
    }
}

/* Where errors may go; who goes where is asked when there is one. */
static void put_handlers(buf *out, const ir_unit *unit)
{
    uint32_t count = 0;
    for (uint32_t n = 0; n < unit->handler_count; n++)
        count += unit->handlers[n].catches;
    put(out, count);
    for (uint32_t n = 0; n < unit->handler_count; n++) {
        const ir_handler *row = &unit->handlers[n];
        if (!row->catches)
            continue;
        put(out, row->start);
        put(out, row->end);
        put(out, row->target);
        put(out, row->reg);
    }
}

static void put_unit(buf *out, const ir_unit *unit, bool debug)
{
    put(out, unit->index);
    put(out, unit->kind | (uint32_t)unit->captured << 8 | (uint32_t)unit->uses_outer << 9 | (uint32_t)unit->parameters << 16);
    put(out, unit->registers);
    put(out, unit->variables);
    put_handlers(out, unit);
    put(out, unit->code_len);
    buf_append(out, (const char *)unit->code, unit->code_len * sizeof *unit->code);
    if (debug) {
        put_text(out, unit->name);
        put_places(out, unit);
    }
}

static void put_member(buf *out, const wire_member *m)
{
    put(out, m->site);
    put64(out, m->word);
    put64(out, m->head);
    put(out, m->offset);
    put(out, (uint32_t)m->length_offset);
    put(out, m->form | (uint32_t)m->is_pointer << 8);
}

bool wire_write(const wire_request *request, buf *out)
{
    const ir_program *p = request->program;
    buf_append(out, magic, sizeof magic);
    put64(out, request->abi);
    put(out, request->output | request->level << 8 | request->cpu << 16 | (uint32_t)request->debug << 24);
    put(out, request->lowered_max);
    put_text(out, request->prefix);
    put_text(out, request->debug ? request->name : (burin_text){NULL, 0});
    put(out, (uint32_t)p->native | (uint32_t)p->autoescape << 1 | (uint32_t)p->is_expression << 2 | (uint32_t)p->is_script << 3 | (uint32_t)p->root_temps << 16);
    put(out, p->unit_count);
    put(out, p->constant_count);
    for (uint32_t n = 0; n < p->constant_count; n++)
        put_constant(out, p->constants[n]);
    put(out, p->call_count);
    for (uint32_t n = 0; n < p->call_count; n++)
        put_call(out, &p->calls[n]);
    put(out, p->site_count);
    for (uint32_t n = 0; n < p->site_count; n++)
        put(out, p->sites[n].plain);
    put(out, p->loop_count);
    for (uint32_t n = 0; n < p->loop_count; n++)
        put(out, (uint32_t)p->loops[n].extended | (uint32_t)(p->loops[n].clear_count != 0) << 1);
    put(out, request->member_count);
    for (uint32_t n = 0; n < request->member_count; n++)
        put_member(out, &request->members[n]);
    put(out, request->callee_count);
    for (uint32_t n = 0; n < request->callee_count; n++)
        put(out, request->callees[n]);
    put(out, request->unit_count);
    for (uint32_t n = 0; n < request->unit_count; n++)
        put_unit(out, request->units[n], request->debug);
    return !out->failed;
}

uint64_t wire_hash(burin_text bytes)
{
    return text_hash(bytes.data, bytes.len, 0) | (uint64_t)text_hash(bytes.data, bytes.len, 0x9e3779b97f4a7c15u) << 32;
}

/* ---- reading ---- */

/* Is it what rt_plain has for a shape? */
static bool is_shape(uint32_t shape)
{
    uint32_t count = rt_plain_count(shape);
    shape &= ~(uint32_t)RT_PLAIN_SLOTS;
    for (uint32_t n = 0; n <= count; n++) {
        uint32_t kind = shape >> (4 * n) & 15;
        if (kind != BURIN_BOOL && kind != BURIN_INT && kind != BURIN_FLOAT)
            return false;
    }
    return shape >> (4 * count + 4) == 0;
}

static void get_constant(reader *r, burin_value *v)
{
    uint32_t word = get(r);
    v->kind       = (uint8_t)word;
    v->flags      = (uint8_t)(word >> 8);
    v->len        = get(r);
    if (word >> 16 || v->kind >= BURIN_KIND_COUNT)
        fail(r, "a constant is of no kind");
    if (v->kind == BURIN_FUNCTION && v->len && !is_shape(v->len))
        fail(r, "a function is of no shape");
    if (v->kind == BURIN_BOOL || v->kind == BURIN_INT || v->kind == BURIN_FLOAT)
        v->as.i = (int64_t)get64(r);
    else if (v->kind == BURIN_STRING && v->len <= WIRE_TEXT_MAX)
        v->as.s = take(r, v->len);
}

static void get_call(reader *r, ir_call *call)
{
    static const rt_function bound;
    uint32_t counts  = get(r), flags = get(r);
    call->positional = (uint16_t)counts;
    call->named      = (uint16_t)(counts >> 16);
    call->rest       = flags & 1;
    call->expand     = flags & 2;
    call->is_test    = flags & 4;
    call->function   = flags & 8 ? &bound : NULL;
    call->print      = (ir_output)(flags >> 8);
    if (flags >> 8 > PRINT_RAW)
        fail(r, "a call prints in no way");
}

static void get_places(reader *r, ir_unit *unit)
{
    unit->places = get_row(r, &unit->place_count, 8, sizeof *unit->places);
    for (uint32_t n = 0; n < unit->place_count && !r->wrong; n++) {
        unit->places[n] = (ir_place){.pc = get(r), .line = get(r)};
        if (n && unit->places[n].pc <= unit->places[n - 1].pc)
            fail(r, "places are out of order");
    }
}

static void get_handlers(reader *r, ir_unit *unit)
{
    enum { LEAST = 16 };
    unit->handlers = get_row(r, &unit->handler_count, LEAST, sizeof *unit->handlers);
    for (uint32_t n = 0; n < unit->handler_count && !r->wrong; n++) {
        ir_handler row    = {.start = get(r), .end = get(r), .target = get(r), .catches = true};
        row.reg           = (uint16_t)get(r);
        unit->handlers[n] = row;
    }
}

/* Once the code is there. */
static void check_handlers(reader *r, const ir_unit *unit)
{
    for (uint32_t n = 0; n < unit->handler_count; n++) {
        const ir_handler *row = &unit->handlers[n];
        if (row->start >= row->end || row->end > unit->code_len || row->target >= unit->code_len || row->reg >= unit->registers)
            fail(r, "a handler covers no instructions, or leads nowhere");
    }
}

static ir_unit *get_unit(reader *r, bool debug)
{
    ir_unit *unit = arena_zalloc(r->memory, sizeof *unit);
    if (!unit) {
        fail(r, "out of memory");
        return NULL;
    }
    unit->index      = get(r);
    uint32_t word    = get(r);
    unit->kind       = (ir_unit_kind)(word & 255);
    unit->captured   = word & 256;
    unit->uses_outer = word & 512;
    unit->parameters = (uint16_t)(word >> 16);
    unit->registers  = get(r);
    unit->variables  = (uint16_t)get(r);
    get_handlers(r, unit);
    unit->code       = get_row(r, &unit->code_len, sizeof *unit->code, sizeof *unit->code);
    const char *code = take(r, unit->code_len * sizeof *unit->code);
    if (code && unit->code_len)
        memcpy(unit->code, code, unit->code_len * sizeof *unit->code);
    if (unit->kind > UNIT_GENERATOR)
        fail(r, "a unit is of no kind");
    check_handlers(r, unit);
    if (debug) {
        unit->name = get_text(r);
        get_places(r, unit);
    }
    return unit;
}

/* The tables that instructions name. */
static void get_tables(reader *r, ir_program *p)
{
    p->constants = get_row(r, &p->constant_count, 8, sizeof *p->constants);
    for (uint32_t n = 0; n < p->constant_count && !r->wrong; n++)
        get_constant(r, &p->constants[n]);
    p->calls = get_row(r, &p->call_count, 8, sizeof *p->calls);
    for (uint32_t n = 0; n < p->call_count && !r->wrong; n++)
        get_call(r, &p->calls[n]);
    p->sites = get_row(r, &p->site_count, 4, sizeof *p->sites);
    for (uint32_t n = 0; n < p->site_count && !r->wrong; n++)
        p->sites[n].plain = get(r);
    p->loops = get_row(r, &p->loop_count, 4, sizeof *p->loops);
    for (uint32_t n = 0; n < p->loop_count && !r->wrong; n++) {
        uint32_t flags          = get(r);
        p->loops[n].extended    = flags & 1;
        p->loops[n].clear_count = flags >> 1 & 1;
    }
}

static void get_members(reader *r, wire_request *out)
{
    enum { LEAST = 32 };
    out->members = get_row(r, &out->member_count, LEAST, sizeof *out->members);
    for (uint32_t n = 0; n < out->member_count && !r->wrong; n++) {
        wire_member *m   = &out->members[n];
        m->site          = get(r);
        m->word          = get64(r);
        m->head          = get64(r);
        m->offset        = get(r);
        m->length_offset = (int32_t)get(r);
        uint32_t word    = get(r);
        m->form          = (uint8_t)word;
        m->is_pointer    = word >> 8 & 1;
        if (m->site >= out->program->site_count || (n && m->site < m[-1].site) || word >> 9)
            fail(r, "members are out of order");
    }
}

static void get_callees(reader *r, uint32_t unit_count, wire_request *out)
{
    out->callees = get_row(r, &out->callee_count, sizeof(uint32_t), sizeof *out->callees);
    for (uint32_t n = 0; n < out->callee_count && !r->wrong; n++)
        if ((out->callees[n] = get(r)) >= unit_count && out->callees[n])
            fail(r, "a function is of no unit");
}

static bool get_units(reader *r, ir_program *p, uint32_t unit_count, wire_request *out)
{
    enum { LEAST = 16, REGISTERS_MAX = 0x10000 };
    p->units   = get_row(r, &p->unit_count, LEAST, sizeof *p->units);
    if (!r->wrong && (!p->unit_count || p->unit_count > unit_count))
        return fail(r, "there are no units, or more than the program has");
    for (uint32_t n = 0; n < p->unit_count && !r->wrong; n++) {
        ir_unit *unit = p->units[n] = get_unit(r, out->debug);
        if (r->wrong)
            return false;
        if (unit->index >= unit_count || (n && unit->index <= p->units[n - 1]->index))
            return fail(r, "units are out of order");
        if (unit->registers > REGISTERS_MAX || !ir_verify(p, unit))
            return fail(r, "a unit does not pass the verifier");
    }
    out->units      = p->units;
    out->unit_count = p->unit_count;
    return !r->wrong;
}

static bool is_identifier(burin_text text)
{
    if (!text.len || text.len > WIRE_PREFIX_MAX || (text.data[0] >= '0' && text.data[0] <= '9'))
        return false;
    for (size_t n = 0; n < text.len; n++) {
        char c = text.data[n];
        if (!(c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
            return false;
    }
    return true;
}

const char *wire_read(burin_text bytes, arena *memory, wire_request *out)
{
    reader      r = {bytes.data, bytes.data + bytes.len, memory, NULL};
    ir_program *p = arena_zalloc(memory, sizeof *p);
    const char *m = take(&r, sizeof magic);
    *out          = (wire_request){.program = p};
    if (!p)
        return "out of memory";
    if (!m || memcmp(m, magic, sizeof magic) != 0)
        return "this is no request";
    out->abi      = get64(&r);
    uint32_t word = get(&r);
    out->output   = (wire_output)(word & 255);
    out->level    = word >> 8 & 255;
    out->cpu      = word >> 16 & 255;
    out->debug    = word >> 24;
    out->lowered_max = get(&r);
    if (out->output >= WIRE_OUTPUT_COUNT || out->level > 3 || out->cpu < WIRE_CPU_BASE || out->cpu > WIRE_CPU_MAX)
        fail(&r, "an option has no such value");
    out->prefix      = get_text(&r);
    if (!r.wrong && !is_identifier(out->prefix))
        fail(&r, "the prefix of symbols is no identifier");
    out->name        = get_text(&r);
    uint32_t flags   = get(&r);
    p->native        = flags & 1;
    p->autoescape    = flags & 2;
    p->is_expression = flags & 4;
    p->is_script     = flags & 8;
    p->root_temps    = (uint16_t)(flags >> 16);
    uint32_t unit_count = get(&r);
    get_tables(&r, p);
    get_members(&r, out);
    get_callees(&r, unit_count, out);
    if (get_units(&r, p, unit_count, out) && r.at != r.end)
        fail(&r, "bytes follow the request");
    return r.wrong;
}
