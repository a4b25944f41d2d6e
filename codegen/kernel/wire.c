/* Kernels to bytes and back. */
#include "codegen/kernel/wire.h"

#include "codegen/jit/reader.h"

static const char magic[8] = "burin k1";

bool kernel_wire_is(burin_text bytes) { return bytes.len >= sizeof magic && memcmp(bytes.data, magic, sizeof magic) == 0; }

/* ---- writing ---- */

static void put_place(buf *out, const kernel_place *p)
{
    put(out, p->kind | (uint32_t)p->type << 8 | (uint32_t)p->typed << 16);
    if (p->kind == PLACE_CONSTANT)
        put64(out, (uint64_t)p->constant.i);
}

static void put_step(buf *out, const kernel_step *s)
{
    put(out, s->op);
    put(out, s->out);
    put(out, s->x);
    put(out, s->y);
    put(out, s->z);
    put(out, s->way);
}

static void put_way(buf *out, const kernel_way *w)
{
    put(out, w->outer);
    put(out, w->test);
    put(out, w->negated);
    put(out, w->end);
}

bool kernel_wire_write(const kernel_request *request, buf *out)
{
    const kernel *k = request->kernel;
    buf_append(out, magic, sizeof magic);
    put64(out, request->how.abi);
    put(out, request->how.output | request->how.level << 8 | request->how.cpu << 16 | (uint32_t)request->shape << 24 | (uint32_t)request->fast << 31);
    put(out, k->cell_count);
    put(out, k->place_count);
    for (uint32_t n = 0; n < k->place_count; n++)
        put_place(out, &k->places[n]);
    put(out, k->way_count);
    for (uint32_t n = 0; n < k->way_count; n++)
        put_way(out, &k->ways[n]);
    put(out, k->step_count);
    for (uint32_t n = 0; n < k->step_count; n++)
        put_step(out, &k->steps[n]);
    put(out, k->part_count);
    for (uint32_t n = 0; n < k->part_count; n++)
        put(out, k->parts[n].end);
    return !out->failed;
}

/* ---- reading ---- */

static kernel_place get_place(reader *r)
{
    uint32_t     word = get(r);
    kernel_place p    = {.kind = (uint8_t)word, .type = (uint8_t)(word >> 8), .typed = word >> 16 & 1};
    if (p.kind == PLACE_CONSTANT)
        p.constant.i = (int64_t)get64(r);
    return p;
}

static kernel_step get_step(reader *r)
{
    uint32_t op = get(r);
    if (op >= STEP_OP_COUNT)
        fail(r, "a step is of no kind");
    kernel_step s = {.op = (uint16_t)op, .out = get(r)};
    s.x           = get(r);
    s.y           = get(r);
    s.z           = get(r);
    s.way         = get(r);
    return s;
}

static kernel_way get_way(reader *r)
{
    kernel_way w = {.outer = get(r), .test = get(r)};
    w.negated    = get(r) & 1;
    w.end        = get(r);
    return w;
}

static void get_rows(reader *r, kernel *k)
{
    enum { PLACE_LEAST = 4, WAY = 16, STEP = 24, PART = 4 };
    k->cell_count = get(r);
    k->places     = get_row(r, &k->place_count, PLACE_LEAST, sizeof *k->places);
    for (uint32_t n = 0; n < k->place_count && !r->wrong; n++)
        k->places[n] = get_place(r);
    k->ways = get_row(r, &k->way_count, WAY, sizeof *k->ways);
    for (uint32_t n = 0; n < k->way_count && !r->wrong; n++)
        k->ways[n] = get_way(r);
    k->steps = get_row(r, &k->step_count, STEP, sizeof *k->steps);
    for (uint32_t n = 0; n < k->step_count && !r->wrong; n++)
        k->steps[n] = get_step(r);
    k->parts = get_row(r, &k->part_count, PART, sizeof *k->parts);
    for (uint32_t n = 0; n < k->part_count && !r->wrong; n++)
        k->parts[n].end = get(r);
}

const char *kernel_wire_read(burin_text bytes, arena *memory, kernel_request *out)
{
    reader  r = {bytes.data, bytes.data + bytes.len, memory, NULL};
    kernel *k = arena_zalloc(memory, sizeof *k);
    if (!k)
        return "out of memory";
    if (!kernel_wire_is(bytes))
        return "this is no request";
    k->memory = memory;
    *out      = (kernel_request){.kernel = k};
    take(&r, sizeof magic);
    out->how.abi    = get64(&r);
    uint32_t word   = get(&r);
    out->how.output = (wire_output)(word & 255);
    out->how.level  = word >> 8 & 255;
    out->how.cpu    = word >> 16 & 255;
    out->shape      = (kernel_shape)(word >> 24 & 127);
    out->fast       = word >> 31;
    if (out->how.output >= WIRE_OUTPUT_COUNT || out->how.level > 3 || out->how.cpu < WIRE_CPU_BASE || out->how.cpu > WIRE_CPU_MAX ||
        out->shape >= KERNEL_SHAPE_COUNT || (out->fast && (out->shape != KERNEL_OF_ROWS || out->how.cpu < 3)))
        fail(&r, "an option has no such value");
    get_rows(&r, k);
    if (!r.wrong && r.at != r.end)
        fail(&r, "bytes follow the request");
    if (!r.wrong)
        r.wrong = kernel_check(k);
    if (!r.wrong && out->shape != KERNEL_OF_CELLS && (k->part_count != 1 || k->steps[k->step_count - 1].y + 1 != k->cell_count))
        fail(&r, "a kernel of one part gives its last cell");
    for (uint32_t n = 0; !r.wrong && out->shape == KERNEL_OF_DOUBLES && n + 1 < k->cell_count; n++)
        if (k->places[n].typed && k->places[n].type != VEC_FLOAT)
            fail(&r, "a cell is no float");
    return r.wrong;
}
