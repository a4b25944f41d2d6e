/* The index of one version of a tree: changing it by path copying, and walking the difference of two. See index.h. */
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

static uint64_t line_bit(es_ref ref) { return (uint64_t)1 << (ref / ES_LINE & 63); }

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
    *es_birth(w->m, *ref, units) = w->seq;
    if (units == ES_IS_LINE)
        w->lines |= line_bit(*ref);
    return es_at(w->m, *ref);
}

void *es_make(es_writer *w, size_t bytes, es_ref *ref) { return make(w, es_units(bytes), ref); }

static void retire(es_writer *w, es_ref ref, uint32_t units)
{
    if (!ref || w->failed)
        return;
    bool     older = units == ES_IS_LINE && !(w->lines & line_bit(ref)) && !w->shared;
    uint32_t birth = older ? w->seq - 1 : *es_birth(w->m, ref, units);
    if (birth <= w->shared)
        return;
    es_blocks *list = birth == w->seq ? &w->dropped : w->dead;
    if (!es_blocks_push(list, w->m->alloc, ref, units))
        w->failed = true;
}

void es_retire(es_writer *w, es_ref ref, size_t bytes) { retire(w, ref, es_units(bytes)); }

/* The node at *where, made changeable: itself if this commit made it, else a copy that takes its place. */
static es_node *own_node(es_writer *w, es_ref *where)
{
    es_ref   ref;
    es_node *node = *where ? es_at(w->m, *where) : NULL;
    if (node && (w->lines & line_bit(*where)) && *es_birth(w->m, *where, ES_IS_LINE) == w->seq)
        return node;
    es_node *copy = make(w, ES_IS_LINE, &ref);
    if (!copy)
        return NULL;
    if (node)
        *copy = *node;
    else
        *copy = (es_node){0};
    retire(w, *where, ES_IS_LINE);
    *where = ref;
    return copy;
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
        es_node *top = make(w, ES_IS_LINE, &ref);
        if (!top)
            return;
        *top = (es_node){0};
        top->at[x->prefix & 15] = x->ref;
        x->ref = ref;
        x->prefix >>= 4;
        x->levels++;
    }
}

static bool is_empty(const es_node *node)
{
    es_ref any = 0;
    for (unsigned n = 0; n < 16; n++)
        any |= node->at[n];
    return any == 0;
}

void es_index_put(es_writer *w, es_index *x, uint32_t id, es_ref record)
{
    es_ref *way[ES_LEVELS_MAX]; /* the places that name the nodes passed */
    if (id == x->top) {
        x->record = record;
        x->top    = record ? id : 0;
        return;
    }
    cover(w, x, id);
    es_ref *where = &x->ref;
    for (uint32_t level = x->levels; level-- > 0;) {
        way[level]    = where;
        es_node *node = own_node(w, where);
        if (!node || w->failed)
            return;
        where = &node->at[(id >> (4 * level)) & 15];
    }
    *where = record;
    for (uint32_t level = 0; record == 0 && level < x->levels && is_empty(es_at(w->m, *way[level])); level++) {
        retire(w, *way[level], ES_IS_LINE);
        *way[level] = 0;
    }
    if (!x->ref)
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
static es_ref below(const es_memory *m, es_index x, const range *r, bool *partly)
{
    *partly = false;
    if (!x.ref)
        return 0;
    if (r->levels > x.levels) {
        *partly = es_above(x.prefix, r->levels - x.levels) == es_above(r->first, r->levels);
        return 0;
    }
    if (es_above(r->first, x.levels) != x.prefix)
        return 0;
    es_ref ref = x.ref;
    for (uint32_t level = x.levels; level-- > r->levels && ref;)
        ref = ((const es_node *)es_at(m, ref))->at[(r->first >> (4 * level)) & 15];
    return ref;
}

/* The sixteen parts of a range, last first, so that the first comes off the stack first; parts known to be equal are left out. */
static unsigned split(const es_memory *m, const range *r, range *todo, unsigned len)
{
    const es_node *a = r->a ? es_at(m, r->a) : NULL, *b = r->b ? es_at(m, r->b) : NULL;
    for (unsigned n = 16; n-- > 0;) {
        range part = {0, 0, r->first | (uint32_t)n << (4 * (r->levels - 1)), r->levels - 1, r->known};
        if (r->known) {
            part.a = a ? a->at[n] : 0;
            part.b = b ? b->at[n] : 0;
            if (part.a == part.b)
                continue;
        }
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
            r.a     = below(m, a, &r, &in_a);
            r.b     = below(m, b, &r, &in_b);
            partly  = in_a || in_b;
            r.known = !partly;
        }
        if (!partly && r.a == r.b)
            continue;
        if (r.levels == 0) {
            int stop = visit_inside(m, &w, &r);
            if (stop)
                return stop;
        } else {
            len = split(m, &r, todo, len);
        }
    }
    return visit_beside(m, &w, UINT32_MAX);
}
