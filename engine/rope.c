/* Ropes: the text of a template in pieces, each literal or a node that renders. An effect a part says what its change does to the
 * text; where a piece begins is a sum over a Fenwick tree of lengths, or counted on from the piece patched last. */
#include "engine/rope.h"

#include "codegen/ir/ir.h"
#include "engine/live.h"
#include "runtime/base/diag.h"
#include "runtime/reactive/graph.h"
#include "runtime/state.h"
#include "runtime/write.h"

#include <string.h>

enum { NEAR = 5, NEAR_LINES_MAX = 32, LINE = 64 };

typedef struct rope_part {
    burin_rope     *rope; /* this and the next two lines are what most runs look at */
    uint32_t        piece;
    bool            is_hole, is_name; /* is_name: it prints one input, as it is or escaped, and nothing else */
    bool            is_behind;        /* what patches keep is not the node's text, but `kept` */
    bool            is_early;         /* it has been patched, although its effect has not run yet */
    uint8_t         near_lines[NEAR]; /* what rendering it looks at: so many lines of the processor's caches from there on */
    const void     *near[NEAR];
    burin_template *tpl;   /* shares the text of the rope's */
    live_reads      reads;
    burin_node      node, effect;
    burin_text      title; /* of the source */
    char           *kept;
    size_t          kept_len;
} rope_part;

typedef struct rope_piece {
    burin_text literal; /* in the rope's arena */
    uint32_t   part;    /* UINT32_MAX: a literal */
} rope_piece;

struct burin_rope {
    burin_live     *live;
    burin_template *tpl;
    burin_status  (*patch)(void *user, const burin_patch *patch);
    void           *user;
    arena           memory; /* texts, pieces and parts */
    rope_piece     *pieces;
    rope_part     **parts;
    size_t         *lengths;      /* of each piece's text as patched last */
    size_t         *sums;         /* the Fenwick tree of them; from 1 */
    size_t          patched_at;   /* where the piece that was patched last begins */
    uint32_t        patched_last;
    uint32_t        piece_count, piece_room, part_count, part_room;
    size_t          len;
    bool            is_complete, is_escaped; /* is_escaped: what the template prints at its top level is escaped */
    rt_out          out;                     /* of parts that are names */
};

static const span nowhere = {0, 0};

/* ---- lengths ---- */

enum { STEPS_MAX = 64 }; /* pieces from one to the next that are added up one by one */

static void add_length(burin_rope *rope, uint32_t piece, size_t by) /* may wrap: lengths also shrink */
{
    rope->len += by;
    rope->lengths[piece] += by;
    for (uint32_t k = piece + 1; k <= rope->piece_count; k += k & -k)
        rope->sums[k] += by;
}
static size_t offset_of(const burin_rope *rope, uint32_t piece)
{
    size_t sum = 0;
    for (uint32_t k = piece; k; k -= k & -k)
        sum += rope->sums[k];
    return sum;
}
/* The same, of the piece that is to be patched. Patches come in the order of the text: mostly it is not far from the last, which nothing has
 * moved since. */
static size_t next_offset(burin_rope *rope, uint32_t piece)
{
    if (piece < rope->patched_last || piece - rope->patched_last > STEPS_MAX)
        rope->patched_at = offset_of(rope, piece);
    else
        for (uint32_t k = rope->patched_last; k < piece; k++)
            rope->patched_at += rope->lengths[k];
    rope->patched_last = piece;
    return rope->patched_at;
}

/* ---- what patches keep ----
 *
 * A node that is read in an open batch is brought up to date at once, its effect runs at the end of the batch, and not at all if the node fails
 * then. So the text that was patched last is kept until the next patch.
 * When effects run, all nodes have their new texts. Whoever writes the rope in one first has the patches made whose effects are yet to run. */

static void catch_up(rope_part *part)
{
    base_free(part->rope->live->env->alloc, part->kept, part->kept_len);
    part->kept      = NULL;
    part->kept_len  = 0;
    part->is_behind = false;
}

/* What a part's node shows: its text, or, where it fails, that which it had last. */
static burin_text node_text(const burin_graph *g, const rope_part *part)
{
    const rx_failure *failure = rx_failure_of(g, part->node.index);
    return burin_text_of(failure ? failure->last : g->values[part->node.index]);
}

static bool fall_behind(const burin_graph *g, rope_part *part)
{
    burin_text text = node_text(g, part);
    part->kept      = text.len ? base_alloc(part->rope->live->env->alloc, text.len) : NULL;
    if (text.len && !part->kept)
        return false;
    if (text.len)
        memcpy(part->kept, text.data, text.len);
    part->kept_len  = text.len;
    part->is_behind = true;
    return true;
}

/* ---- running ---- */

/* What a name prints needs no program: plain values and texts are written as it would write them. False when it is to be run. */
static bool print_name(burin_rope *rope, burin_value v, burin_value *text)
{
    rt_out   *out = &rope->out;
    rt_state *st  = out->st;
    if (v.kind == BURIN_MISSING || (v.kind > BURIN_FLOAT && v.kind != BURIN_STRING))
        return false;
    out->next           = out->data;
    burin_status status = rope->is_escaped ? rt_write_escaped_fast(st, out, v) : rt_write_str_fast(st, out, v);
    size_t       len    = (size_t)(out->next - out->data);
    if (status || out->failed) {
        out->failed = false;
        rt_clear_error(st);
        return false;
    }
    *text = burin_string_borrow(out->data, len);
    return len <= UINT32_MAX;
}

__attribute__((noinline)) static burin_status run_part(burin_graph *g, const rope_part *part, const burin_inputs *inputs, burin_value *out)
{
    burin_live  *live = part->rope->live;
    burin_error  err  = BURIN_ERROR_INIT;
    live_run    *run;
    burin_value  variables;
    burin_text   text;
    burin_status status = live_run_begin(live, &part->reads, inputs, &run, &variables);
    if (!status && burin_render_text(run->render, part->tpl, variables, &text, &err))
        status = live_fail(live, &err);
    live_run_end(live);
    if (!status && text.len > UINT32_MAX)
        return burin_graph_fail(g, BURIN_ERR_LIMIT, "a part of the text is longer than 4 GiB");
    if (!status)
        *out = burin_string_borrow(text.data, text.len);
    return status;
}

static burin_status render_part(burin_graph *g, void *user, const burin_inputs *inputs, burin_value *out)
{
    rope_part *part = user;
    if (BURIN_UNLIKELY(g->batch_depth) && !part->is_behind && !fall_behind(g, part))
        return burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory");
    if (BURIN_UNLIKELY(part->is_early))
        part->is_early = false;
    if (part->is_name && print_name(part->rope, *burin_input(inputs, 0), out))
        return BURIN_OK;
    return run_part(g, part, inputs, out);
}

static inline burin_status make_patch(rope_part *part, burin_value text)
{
    burin_rope *rope  = part->rope;
    burin_patch patch = {next_offset(rope, part->piece), rope->lengths[part->piece], burin_text_of(text)};
    if (BURIN_UNLIKELY(part->is_behind))
        catch_up(part);
    if (text.len != patch.removed)
        add_length(rope, part->piece, (size_t)text.len - patch.removed);
    return rope->is_complete && rope->patch ? rope->patch(rope->user, &patch) : BURIN_OK;
}

static burin_status patch_part(burin_graph *g, void *user, const burin_inputs *inputs, burin_value *out)
{
    rope_part *part = user;
    (void)g, (void)out;
    if (BURIN_LIKELY(!part->is_early))
        return make_patch(part, *burin_input(inputs, 0));
    part->is_early = false;
    return BURIN_OK;
}

/* An effect runs: is the part's still to come, and will it not pass on a failure? */
static bool is_due(const burin_graph *g, const rope_part *part)
{
    enum { DUE = RX_QUEUED | RX_DIRTY };
    bool is_queued = (g->nodes[part->effect.index].flags & DUE) == DUE && part->effect.index != g->frame->node;
    return is_queued && !part->is_early && !rx_failure_of(g, part->node.index);
}

static burin_status patch_early(burin_rope *rope)
{
    burin_status       status = BURIN_OK;
    const burin_graph *g      = rope->live->graph;
    for (uint32_t k = 0; k < rope->part_count && !status; k++) {
        rope_part *part = rope->parts[k];
        if (!is_due(g, part))
            continue;
        part->is_early = true;
        status         = make_patch(part, g->values[part->node.index]);
    }
    return status;
}

/* ---- making ---- */

typedef struct maker {
    burin_rope  *rope;
    burin_error *err;
} maker;

/* Room for one more in an array of the arena; what was there is left behind. */
static bool grow(arena *a, void *array, uint32_t count, uint32_t *room, size_t size)
{
    void *old, *wider;
    if (count < *room)
        return true;
    uint32_t more = *room ? 2 * *room : 16;
    memcpy(&old, array, sizeof old);
    if (more < *room || !(wider = arena_alloc(a, more * size)))
        return false;
    if (count)
        memcpy(wider, old, count * size);
    memcpy(array, &wider, sizeof wider);
    *room = more;
    return true;
}

/* Nothing but {{ name }}, of a name that is a node. */
static bool is_name(const rope_part *part, const rope_cut *cut, const codegen_options *options)
{
    ast_node *output = ast_as(Template, cut->tree)->body.first;
    if (options->finalize || options->native || !cut->is_hole || output->next || part->reads.count != 1 || part->reads.is_dynamic)
        return false;
    ast_node *printed = ast_as(Output, output)->nodes.first;
    return printed->kind == AST_Name && !printed->next;
}

static void note_near(rope_part *part, unsigned k, const void *at, size_t bytes)
{
    uintptr_t first     = (uintptr_t)at & ~(uintptr_t)(LINE - 1);
    size_t    lines     = ((uintptr_t)at + bytes - first + LINE - 1) / LINE;
    part->near[k]       = (const void *)first;
    part->near_lines[k] = (uint8_t)(lines < NEAR_LINES_MAX ? lines : NEAR_LINES_MAX);
}

/* A page of many parts lies in memory, not in the processor's caches, when one of them is rendered: its program, which is small, and what it reads. */
static void find_near(rope_part *part)
{
    const ir_program *program = part->tpl->program;
    const char       *begin = (const char *)program->units[0], *end = program->memory.next; /* mostly of one block */
    note_near(part, 0, part->tpl, sizeof *part->tpl);
    note_near(part, 1, program, sizeof *program);
    note_near(part, 2, begin, end > begin && end - begin < NEAR_LINES_MAX * LINE ? (size_t)(end - begin) : sizeof(ir_unit));
    if (part->reads.count) {
        note_near(part, 3, part->reads.names, part->reads.count * sizeof *part->reads.names);
        note_near(part, 4, part->reads.names[0], part->reads.names[0]->size);
    }
}

static void fetch_part(const void *user)
{
    const rope_part *part = user;
    if (part->is_name)
        return;
    for (unsigned k = 0; k < NEAR; k++)
        for (unsigned line = 0; line < part->near_lines[k]; line++)
            __builtin_prefetch((const char *)part->near[k] + line * LINE);
}

static burin_status add_part(burin_rope *rope, const rope_cut *cut, burin_error *err)
{
    codegen_options options = template_options(rope->live->env, rope->tpl->src.name, FORM_TEMPLATE);
    name_list       wanted  = {0};
    rope_part      *part    = arena_alloc(&rope->memory, sizeof *part);
    if (!part || !grow(&rope->memory, &rope->parts, rope->part_count, &rope->part_room, sizeof *rope->parts))
        return BURIN_ERR_NOMEM;
    memset(part, 0, sizeof *part);
    *part                           = (rope_part){.rope = rope, .piece = rope->piece_count, .is_hole = cut->is_hole, .is_behind = true};
    bool everything                 = cut->reads_everything || live_reads_context(rope->live, cut->tree);
    part->title                     = (burin_text){rope->tpl->src.text.data + cut->tree->where.start, cut->tree->where.end - cut->tree->where.start};
    rope->parts[rope->part_count++] = part;
    burin_status status             = template_part(rope->tpl, cut->tree, &part->tpl, err);
    if (!status && !everything)
        status = meta_undeclared(&options, &rope->tpl->src, cut->tree, true, name_list_add, &wanted, err);
    if (!status && !live_reads_find(rope->live, everything ? NULL : &wanted, &part->reads))
        status = BURIN_ERR_NOMEM;
    name_list_deinit(&wanted);
    part->is_name = !status && is_name(part, cut, &options);
    if (!status)
        find_near(part);
    return status;
}

static burin_status add_piece(void *user, const rope_cut *cut)
{
    const maker *m    = user;
    burin_rope  *rope = m->rope;
    rope_piece   piece = {.part = UINT32_MAX};
    if (cut->tree) {
        piece.part          = rope->part_count;
        burin_status status = add_part(rope, cut, m->err);
        if (status)
            return status;
    } else {
        char *copy = arena_copy(&rope->memory, cut->literal);
        if (!copy)
            return BURIN_ERR_NOMEM;
        piece.literal = (burin_text){copy, cut->literal.len};
    }
    if (!grow(&rope->memory, &rope->pieces, rope->piece_count, &rope->piece_room, sizeof *rope->pieces))
        return BURIN_ERR_NOMEM;
    rope->pieces[rope->piece_count++] = piece;
    return BURIN_OK;
}

static burin_status make_effect(burin_graph *g, rope_part *part)
{
    burin_status status = burin_graph_effect(g, patch_part, part, BURIN_NODE_STATIC, &part->node, 1, &part->effect);
    return status ? status : burin_graph_name(g, part->effect, BURIN_TEXT("patch"));
}

/* Nodes first, then effects, so that the first text comes of one pass. */
static burin_status make_nodes(burin_rope *rope)
{
    burin_status status = BURIN_OK;
    burin_graph *g      = rope->live->graph;
    burin_node   before;
    rx_fetch_by(g, render_part, fetch_part);
    for (uint32_t k = 0; k < rope->part_count && !status; k++) {
        rope_part *part = rope->parts[k];
        status          = live_make(rope->live, render_part, part, &part->reads, &part->node);
        if (!status)
            status = live_entitle(rope->live, part->node, part->is_hole ? "{{ " : "", part->title, part->is_hole ? " }}" : "");
    }
    if (!status)
        status = burin_graph_enter(g, rope->live->scope, &before);
    if (status)
        return status;
    burin_graph_begin(g);
    for (uint32_t k = 0; k < rope->part_count && !status; k++)
        status = make_effect(g, rope->parts[k]);
    burin_graph_leave(g, before);
    burin_status committed = burin_graph_commit(g);
    return status ? status : committed;
}

static burin_status build(burin_rope *rope, burin_error *err)
{
    arena        scratch = arena_make(rope->live->env->alloc);
    maker        m       = {rope, err};
    ast_node    *tree;
    burin_status status = template_parse(&scratch, rope->live->env, &rope->tpl->src, &tree, err);
    if (!status)
        status = rope_split(&scratch, tree, add_piece, &m);
    arena_deinit(&scratch);
    if (status)
        return status;
    rope->sums    = arena_zalloc(&rope->memory, (rope->piece_count + 1) * sizeof *rope->sums);
    rope->lengths = arena_zalloc(&rope->memory, (rope->piece_count + 1) * sizeof *rope->lengths);
    if (!rope->sums || !rope->lengths)
        return BURIN_ERR_NOMEM;
    for (uint32_t k = 0; k < rope->piece_count; k++)
        add_length(rope, k, rope->pieces[k].literal.len);
    status            = make_nodes(rope);
    rope->is_complete = true;
    return status ? diag_fail(err, status, NULL, 0, nowhere, "%s", burin_graph_message(rope->live->graph)) : BURIN_OK;
}

burin_rope *burin_rope_new(burin_live *live, burin_template *tpl, burin_status (*patch)(void *user, const burin_patch *patch), void *user, burin_error *err)
{
    burin_status status;
    burin_rope  *rope = base_alloc(live->env->alloc, sizeof *rope);
    if (rope) {
        memset(rope, 0, sizeof *rope);
        rope->live   = live;
        rope->tpl    = burin_template_ref(tpl);
        rope->patch  = patch;
        rope->user   = user;
        rope->memory = arena_make(live->env->alloc);
        rt_out_init(&rope->out, rt_state_of(live->scratch), 0);
        rope->out.limit  = live->env->options.limits.output;
        rope->is_escaped = template_options(live->env, tpl->src.name, false).autoescape;
    }
    if (rope && tpl->env != live->env)
        status = diag_fail(err, BURIN_ERR_USAGE, NULL, 0, nowhere, "the template is of another environment");
    else
        status = rope ? build(rope, err) : BURIN_ERR_NOMEM;
    if (!status)
        return rope;
    if (status == BURIN_ERR_NOMEM)
        diag_fail(err, status, NULL, 0, nowhere, "out of memory");
    burin_rope_free(rope);
    return NULL;
}

void burin_rope_free(burin_rope *rope)
{
    if (!rope)
        return;
    burin_live *live = rope->live;
    for (uint32_t k = 0; k < rope->part_count; k++) {
        rope_part *part = rope->parts[k];
        burin_graph_dispose(live->graph, part->effect);
        burin_graph_dispose(live->graph, part->node);
        live_reads_deinit(live, &part->reads);
        catch_up(part);
        if (part->tpl)
            template_release(part->tpl);
    }
    rt_out_deinit(&rope->out);
    arena_deinit(&rope->memory);
    burin_template_unref(rope->tpl);
    base_free(live->env->alloc, rope, sizeof *rope);
}

/* ---- reading ---- */

burin_status burin_rope_write(burin_rope *rope, burin_status (*write)(void *user, const char *data, size_t len), void *user)
{
    burin_graph      *g       = rope->live->graph;
    const rx_failure *failure = NULL; /* of the first part that fails */
    if (rx_may_change(g))
        return burin_graph_fail(g, BURIN_ERR_USAGE, "a computed node may not write a rope");
    burin_status status = g->frame ? patch_early(rope) : BURIN_OK;
    for (uint32_t k = 0; k < rope->piece_count && !status; k++) {
        const rope_piece *piece = &rope->pieces[k];
        const rope_part  *part  = piece->part == UINT32_MAX ? NULL : rope->parts[piece->part];
        burin_text        text  = !part ? piece->literal : part->is_behind ? (burin_text){part->kept, part->kept_len} : node_text(g, part);
        if (part && !failure)
            failure = rx_failure_of(g, part->node.index);
        if (text.len)
            status = write(user, text.data, text.len);
    }
    return status || !failure ? status : rx_fail_with(g, failure);
}

size_t burin_rope_length(const burin_rope *rope) { return rope->len; }
size_t burin_rope_parts(const burin_rope *rope) { return rope->part_count; }
