/* The index of one version of a tree: changing it, and walking the difference of two. See index.h. */
#include "runtime/store/index.h"

bool es_blocks_push(es_blocks *v, const burin_allocator *alloc, es_ref ref, uint32_t units)
{
    if (v->len == v->cap) {
        uint32_t  cap   = v->cap ? 2 * v->cap : 32;
        es_block *items = cap > UINT32_MAX / sizeof *items
                              ? NULL
                              : alloc->resize(alloc->user, v->items, v->cap * sizeof *items, cap * sizeof *items);
        if (!items)
            return false;
        v->items = items;
        v->cap   = cap;
    }
    v->items[v->len++] = (es_block){ref, units};
    return true;
}

void es_blocks_deinit(es_blocks *v, const burin_allocator *alloc)
{
    base_free(alloc, v->items, v->cap * sizeof *v->items);
    *v = (es_blocks){0};
}

static void *make(es_writer *w, uint32_t units, es_ref *ref)
{
    if (w->failed)
        return NULL;
    *ref = es_alloc(w->m, units);
    if (!*ref || !es_blocks_push(&w->made, w->m->alloc, *ref, units)) {
        if (*ref)
            es_free(w->m, *ref, units);
        *ref      = 0;
        w->failed = true;
        return NULL;
    }
    *es_birth(w->m, *ref) = w->seq;
    return es_at(w->m, *ref);
}

void *es_make(es_writer *w, size_t bytes, es_ref *ref) { return make(w, es_units(bytes), ref); }

static void retire(es_writer *w, es_ref ref, uint32_t units)
{
    if (!ref || w->failed)
        return;
    uint32_t birth = *es_birth(w->m, ref);
    if (birth <= w->shared)
        return;
    es_blocks *list = birth == w->seq ? &w->dropped : w->dead;
    if (!es_blocks_push(list, w->m->alloc, ref, units))
        w->failed = true;
}

void es_retire(es_writer *w, es_ref ref, size_t bytes) { retire(w, ref, es_units(bytes)); }

/* ---- notes ---- */

static uint32_t note_count(const es_node *node) { return atomic_load_explicit(&node->notes, memory_order_acquire) & 0xFF; }
static uint32_t note_seq(const es_node *node, uint32_t n) { return atomic_load_explicit(&node->seqs[n], memory_order_relaxed); }
static uint32_t note_slot(const es_node *node, uint32_t n) { return atomic_load_explicit(&node->notes, memory_order_relaxed) >> (8 * n + 8) & 0xFF; }

static bool has_notes_of(const es_node *node, uint32_t seq)
{
    uint32_t count = note_count(node);
    return count && note_seq(node, count - 1) == seq;
}

/* One note more, of a slot, or the last one taken back: slot 255. */
static void set_notes(es_node *node, uint32_t count, uint32_t at, uint32_t slot)
{
    uint64_t notes = atomic_load_explicit(&node->notes, memory_order_relaxed);
    notes          = (notes & ~((uint64_t)0xFF << (8 * at + 8) | 0xFF)) | (uint64_t)slot << (8 * at + 8) | count;
    atomic_store_explicit(&node->notes, notes, memory_order_release);
}

/* Note what a slot holds from the running commit on; known: there are notes of it. False when there is no room. */
static bool note(es_writer *w, es_ref ref, uint32_t slot, es_ref value, bool known)
{
    es_node *node  = es_at(w->m, ref);
    uint32_t count = note_count(node);
    for (uint32_t n = count; known && n-- > 0 && note_seq(node, n) == w->seq;) {
        if (note_slot(node, n) == slot) {
            node->refs[n] = value;
            return true;
        }
    }
    if (count == ES_NOTES)
        return false;
    if (!known && !es_blocks_push(&w->noted, w->m->alloc, ref, ES_IS_NODE)) {
        w->failed = true;
        return true;
    }
    node->refs[count] = value;
    atomic_store_explicit(&node->seqs[count], w->seq, memory_order_relaxed);
    set_notes(node, count + 1, count, slot);
    return true;
}

void es_undo(es_writer *w)
{
    for (uint32_t n = 0; n < w->noted.len; n++) {
        es_node *node = es_at(w->m, w->noted.items[n].ref);
        for (uint32_t count; has_notes_of(node, w->seq);) {
            count = note_count(node) - 1;
            set_notes(node, count, count, 0xFF);
        }
    }
    for (uint32_t n = 0; n < w->made.len; n++)
        es_free(w->m, w->made.items[n].ref, w->made.items[n].units);
    w->noted.len = w->made.len = 0;
}

/* ---- putting ---- */

static es_node *make_node(es_writer *w, es_ref *ref)
{
    es_node *node = make(w, ES_IS_NODE, ref);
    if (!node)
        return NULL;
    memset(node->at, 0, sizeof node->at);
    atomic_init(&node->notes, ES_NO_NOTES);
    return node;
}

/* What an index sees in a node. */
static void read_slots(const es_memory *m, const es_index *x, es_ref ref, es_ref slots[16])
{
    const es_node *node = es_at(m, ref);
    uint32_t       seen = es_node_seen(m, x, node), count = note_count(node);
    memcpy(slots, node->at, sizeof node->at);
    for (uint32_t n = 0; n < count && note_seq(node, n) <= seen; n++)
        slots[note_slot(node, n)] = node->refs[n];
}

static bool is_empty(const es_memory *m, const es_index *x, es_ref ref)
{
    es_ref slots[16], any = 0;
    read_slots(m, x, ref, slots);
    for (uint32_t n = 0; n < 16; n++)
        any |= slots[n];
    return any == 0;
}

/* See to it that a node (0: none yet) holds `value`: it, or a copy that takes its place. *known: those above have it from this commit already. */
static es_ref put(es_writer *w, const es_index *x, es_ref ref, uint32_t slot, es_ref value, bool *known)
{
    es_ref   made;
    es_node *node = ref ? es_at(w->m, ref) : NULL;
    if (node && node->birth == w->seq) {
        node->at[slot] = value;
        *known         = true;
        return ref;
    }
    *known = node && has_notes_of(node, w->seq);
    if (node && node->birth > w->shared && note(w, ref, slot, value, *known))
        return ref;
    *known        = false;
    es_node *copy = make_node(w, &made);
    if (!copy)
        return 0;
    if (node)
        read_slots(w->m, x, ref, copy->at);
    copy->at[slot] = value;
    retire(w, ref, ES_IS_NODE);
    return made;
}

/* Add levels on top until the index covers `id`. */
static void cover(es_writer *w, es_index *x, uint32_t id)
{
    if (!x->ref) {
        x->prefix = id >> 4;
        x->levels = 1;
    }
    while (es_above(id, x->levels) != x->prefix) {
        es_ref   ref;
        es_node *top = make_node(w, &ref);
        if (!top)
            return;
        top->at[x->prefix & 15] = x->ref;
        x->ref = ref;
        x->prefix >>= 4;
        x->levels++;
    }
}

void es_index_put(es_writer *w, es_index *x, uint32_t id, es_ref record)
{
    es_ref way[ES_LEVELS_MAX] = {0}; /* the nodes passed */
    x->seq = w->seq;
    if (id == x->top) {
        x->record = record;
        x->top    = record ? id : 0;
        return;
    }
    cover(w, x, id);
    es_ref ref = x->ref;
    for (uint32_t level = x->levels; level-- > 0 && ref;) {
        const es_node *node = es_at(w->m, ref);
        way[level]          = ref;
        if (level > 0)
            ref = es_node_get(node, es_node_seen(w->m, x, node), es_slot_of(id, level));
    }
    ref = record;
    for (uint32_t level = 0; level < x->levels && !w->failed; level++) {
        bool known;
        ref = put(w, x, way[level], es_slot_of(id, level), ref, &known);
        if (record == 0 && ref && is_empty(w->m, x, ref)) {
            retire(w, ref, ES_IS_NODE);
            ref = 0;
        }
        if (known && ref)
            return;
    }
    if (w->failed)
        return;
    x->ref = ref;
    if (!ref)
        x->prefix = x->levels = 0;
}

/* ---- difference ---- */

typedef struct range { /* what two indexes have below a range of numbers */
    es_ref   a, b;
    uint32_t first;  /* the lowest number */
    uint32_t levels; /* 0: a single number, a and b are records */
    bool     known;  /* a and b are set: the range lies inside both indexes */
} range;

/* What `x` has below a range. *partly: x covers a part of the range only, which must therefore be split. */
static es_ref below(const es_memory *m, const es_index *x, const range *r, bool *partly)
{
    *partly = false;
    if (!x->ref)
        return 0;
    if (r->levels > x->levels) {
        *partly = es_above(x->prefix, r->levels - x->levels) == es_above(r->first, r->levels);
        return 0;
    }
    if (es_above(r->first, x->levels) != x->prefix)
        return 0;
    es_ref ref = x->ref;
    for (uint32_t level = x->levels; level-- > r->levels && ref;) {
        const es_node *node = es_at(m, ref);
        ref                 = es_node_get(node, es_node_seen(m, x, node), es_slot_of(r->first, level));
    }
    return ref;
}

/* The slots of a node in which two indexes may see different things; bits. */
static uint32_t slots_between(const es_memory *m, const es_index *a, const es_index *b, es_ref ref)
{
    const es_node *node   = es_at(m, ref);
    uint32_t       of_a   = es_node_seen(m, a, node), of_b = es_node_seen(m, b, node), slots = 0;
    uint32_t       after  = of_a < of_b ? of_a : of_b, until = of_a < of_b ? of_b : of_a;
    for (uint32_t n = 0, count = note_count(node); n < count; n++) {
        if (note_seq(node, n) > after && note_seq(node, n) <= until)
            slots |= (uint32_t)1 << note_slot(node, n);
    }
    return slots;
}

/* Whether two indexes see the same below a range, as far as one look says. */
static bool is_same(const es_memory *m, const es_index *a, const es_index *b, const range *r)
{
    return r->a == r->b && (r->levels == 0 || !r->a || !slots_between(m, a, b, r->a));
}

/* The sixteen parts of a range, last first, so that the first comes off the stack first; parts known to be equal are left out. */
static unsigned split(const es_memory *m, const es_index *a, const es_index *b, const range *r, range *todo, unsigned len)
{
    es_ref   of_a[16] = {0}, of_b[16] = {0};
    uint32_t slots    = r->known && r->a == r->b ? slots_between(m, a, b, r->a) : 0xFFFF;
    if (r->known && r->a)
        read_slots(m, a, r->a, of_a);
    if (r->known && r->b)
        read_slots(m, b, r->b, of_b);
    for (unsigned n = 16; n-- > 0;) {
        range part = {of_a[n], of_b[n], r->first | (uint32_t)n << (4 * (r->levels - 1)), r->levels - 1, r->known};
        if ((slots >> n & 1) && !(r->known && is_same(m, a, b, &part)))
            todo[len++] = part;
    }
    return len;
}

/* What stands beside two indexes, to be visited among what stands in them. */
typedef struct beside {
    es_index       a, b;
    es_index_visit visit;
    void          *user;
    uint32_t       ids[2]; /* not visited yet, ascending; 0: none */
} beside;

static int visit_beside(const es_memory *m, beside *w, uint32_t below_id)
{
    for (unsigned n = 0; n < 2; n++) {
        uint32_t id = w->ids[n];
        if (id == 0 || id > below_id)
            continue;
        w->ids[n]  = 0;
        es_ref old = es_index_get(m, w->a, id), new_ = es_index_get(m, w->b, id);
        int    stop = old == new_ ? 0 : w->visit(w->user, id, old, new_);
        if (stop)
            return stop;
    }
    return 0;
}

/* Visit one number of the nodes, after those beside that come before it. */
static int visit_inside(const es_memory *m, beside *w, const range *r)
{
    int stop = visit_beside(m, w, r->first);
    if (stop || r->first == w->a.top || r->first == w->b.top)
        return stop;
    return w->visit(w->user, r->first, r->a, r->b);
}

int es_index_differ(const es_memory *m, es_index a, es_index b, es_index_visit visit, void *user)
{
    range    todo[ES_LEVELS_MAX * 15 + 16]; /* depth first: at most 15 wait on each level but the last */
    unsigned len = 0;
    beside   w   = {a, b, visit, user, {a.top < b.top ? a.top : b.top, a.top < b.top ? b.top : a.top}};
    if (a.top == b.top)
        w.ids[0] = 0;
    todo[len++] = (range){.levels = ES_LEVELS_MAX};
    while (len) {
        range r      = todo[--len];
        bool  partly = false;
        if (!r.known) {
            bool in_a, in_b;
            r.a     = below(m, &a, &r, &in_a);
            r.b     = below(m, &b, &r, &in_b);
            partly  = in_a || in_b;
            r.known = !partly;
        }
        if (!partly && is_same(m, &a, &b, &r))
            continue;
        if (r.levels == 0) {
            int stop = visit_inside(m, &w, &r);
            if (stop)
                return stop;
        } else {
            len = split(m, &a, &b, &r, todo, len);
        }
    }
    return visit_beside(m, &w, UINT32_MAX);
}
