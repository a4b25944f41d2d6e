/* What leads from one list of children to another, along what they share. See children.h.
 *
 * A list that was made from another shares its unchanged parts with it, in their order. The new one is gone through from left to right; where it comes to a
 * shared part, the old one is gone through up to the same. What lies between on both sides is one edit, less what its ends have in common. Should a part that
 * seems shared not be found, all the rest is one edit, which is right, too. */
#include "runtime/store/twig.h"

typedef struct walker { /* over the parts of the old list */
    const es_memory *m;
    es_ref           now; /* 0: the end */
    uint32_t         depth;
    struct { const es_branch *branch; uint32_t at; } above[ES_DEPTH_MAX];
} walker;

static void skip(walker *w)
{
    w->now = 0;
    while (w->depth > 0 && !w->now) {
        if (++w->above[w->depth - 1].at < w->above[w->depth - 1].branch->count)
            w->now = w->above[w->depth - 1].branch->refs[w->above[w->depth - 1].at];
        else
            w->depth--;
    }
}

static bool enter(walker *w)
{
    const es_branch *branch = es_at(w->m, w->now);
    if (branch->level == 0)
        return false;
    w->above[w->depth].branch = branch;
    w->above[w->depth++].at   = 0;
    w->now                    = branch->refs[0];
    return true;
}

typedef struct differ {
    const es_memory *m;
    walker           old;
    uint32_t         seen, keep;
    bool             keyed;
    buf              gone, come; /* es_item, since the last edit or shared part */
    void (*sink)(void *user, const es_edit *edit);
    void            *user;
} differ;

static void collect(const differ *d, buf *out, es_ref list)
{
    burin_children held;
    es_part_children(d->m, es_list_part(d->m, list), d->keyed, &held);
    for (size_t n = 0; n < held.count; n++) {
        es_item item = {burin_children_id(&held, n), burin_children_key(&held, n)};
        buf_append(out, (const char *)&item, sizeof item);
    }
}

static bool same_item(const es_item *a, const es_item *b) { return a->id == b->id && text_equal(a->key, b->key); }

/* Make an edit of what was collected. */
static void flush(differ *d)
{
    const es_item *a = (const es_item *)(const void *)d->gone.data, *b = (const es_item *)(const void *)d->come.data;
    uint32_t       drop = (uint32_t)(d->gone.len / sizeof *a), insert = (uint32_t)(d->come.len / sizeof *b), same = 0, tail = 0;
    d->gone.len = d->come.len = 0;
    while (same < drop && same < insert && same_item(&a[same], &b[same]))
        same++;
    while (tail < drop - same && tail < insert - same && same_item(&a[drop - 1 - tail], &b[insert - 1 - tail]))
        tail++;
    d->keep += same;
    if (drop - same - tail || insert - same - tail) {
        d->sink(d->user, &(es_edit){d->keep, drop - same - tail, insert - same - tail, a ? a + same : NULL, b ? b + same : NULL});
        d->keep = 0;
    }
    d->keep += tail;
}

/* A part of the new list that the old one has, too. */
static void meet(differ *d, es_ref shared)
{
    while (d->old.now && d->old.now != shared) {
        if (!enter(&d->old)) {
            collect(d, &d->gone, d->old.now);
            skip(&d->old);
        }
    }
    if (!d->old.now) {
        collect(d, &d->come, shared);
        return;
    }
    flush(d);
    d->keep += es_list_part(d->m, shared).count;
    skip(&d->old);
}

static void go_through(differ *d, es_ref list)
{
    const es_branch *block = es_at(d->m, list);
    if (block->birth <= d->seen) {
        meet(d, list);
    } else if (block->level == 0) {
        collect(d, &d->come, list);
    } else {
        for (uint32_t n = 0; n < block->count; n++)
            go_through(d, block->refs[n]);
    }
}

bool es_children_edits(const burin_store *s, es_ref old, es_ref new_, uint32_t seen, bool keyed, void (*sink)(void *user, const es_edit *edit), void *user)
{
    differ d = {.m = &s->memory, .old = {.m = &s->memory, .now = old}, .seen = seen, .keyed = keyed, .gone = buf_make(&s->alloc), .come = buf_make(&s->alloc),
                .sink = sink, .user = user};
    if (old == new_)
        return true;
    if (new_)
        go_through(&d, new_);
    while (d.old.now) {
        if (!enter(&d.old)) {
            collect(&d, &d.gone, d.old.now);
            skip(&d.old);
        }
    }
    bool good = !d.gone.failed && !d.come.failed;
    if (good)
        flush(&d);
    buf_deinit(&d.gone);
    buf_deinit(&d.come);
    return good;
}
