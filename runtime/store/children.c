/* Lists of children as blocks: reading, comparing, copying, retiring. See children.h; sequence.c changes them. */
#include "runtime/store/twig.h"

/* ---- parts ---- */

static const es_branch *branch_at(const es_memory *m, es_ref ref) { return es_at(m, ref); }

uint32_t es_part_level(const es_memory *m, es_part p)
{
    if (p.own)
        return p.own->level;
    return p.ref ? ((const es_list *)es_at(m, p.ref))->level : 0;
}

uint32_t es_part_length(const es_memory *m, es_part p)
{
    if (p.own)
        return p.own->len;
    return p.ref ? ((const es_list *)es_at(m, p.ref))->count : 0;
}

es_part es_part_at(const es_memory *m, es_part p, uint32_t n)
{
    if (p.own)
        return p.own->parts[n];
    const es_branch *b = branch_at(m, p.ref);
    return (es_part){b->refs[n], es_branch_before(b, n + 1) - es_branch_before(b, n), NULL};
}

/* The part of a branch that number `n` lies in; `first`: the number of the branch's first id, then of the part's. */
static es_part part_with(const es_memory *m, es_part p, size_t n, size_t *first)
{
    if (p.own) {
        const es_part *part = p.own->parts;
        for (; n - *first >= part->count; part++)
            *first += part->count;
        return *part;
    }
    const es_branch *b = branch_at(m, p.ref);
    uint32_t         k = es_branch_find(b, (uint32_t)(n - *first)), before = es_branch_before(b, k);
    *first += before;
    return (es_part){b->refs[k], es_branch_before(b, k + 1) - before, NULL};
}

es_part es_list_part(const es_memory *m, es_ref ref)
{
    if (!ref)
        return (es_part){0, 0, NULL};
    const es_branch *block = branch_at(m, ref);
    return (es_part){ref, block->level ? es_branch_before(block, block->count) : block->count, NULL};
}

/* ---- reading ---- */

/* Let the run be the leaf that holds number n, which is below the count. */
static void show_leaf(const es_memory *m, es_part leaf, size_t first, burin_children *out)
{
    out->first = first;
    out->run   = leaf.count;
    if (leaf.own) {
        out->ids   = leaf.own->ids;
        out->texts = leaf.own->keys;
        out->keys  = NULL;
    } else {
        const es_list *list = es_at(m, leaf.ref);
        out->ids            = list->ids;
        out->keys           = out->keyed ? es_key_offsets(list) : NULL;
        out->texts          = NULL;
    }
}

void es_part_children(const es_memory *m, es_part list, bool keyed, burin_children *out)
{
    *out = (burin_children){.count = list.count, .keyed = keyed, .memory = m, .list = list.ref, .own = list.own};
    if (list.count && es_part_level(m, list) == 0)
        show_leaf(m, list, 0, out);
}

uint32_t burin_children_seek(burin_children *children, size_t n)
{
    const es_memory *m = children->memory;
    es_part          p = {children->list, (uint32_t)children->count, (es_twig *)children->own};
    size_t           first = 0;
    if (n >= children->count)
        return 0;
    if (n - children->near_first < children->near_count) {
        p     = (es_part){children->near, (uint32_t)children->near_count, NULL};
        first = children->near_first;
    }
    for (uint32_t level; (level = es_part_level(m, p)) > 0;) {
        if (level == 1 && !p.own) { /* the leaves around are found from here */
            children->near       = p.ref;
            children->near_first = first;
            children->near_count = p.count;
        }
        p = part_with(m, p, n, &first);
    }
    show_leaf(m, p, first, children);
    return children->ids[n - first];
}

burin_text burin_children_key(burin_children *children, size_t n)
{
    if (!children->keyed || n >= children->count)
        return (burin_text){NULL, 0};
    if (n - children->first >= children->run)
        burin_children_seek(children, n);
    size_t at = n - children->first;
    return children->texts ? children->texts[at] : es_key_at(children->keys, (uint32_t)children->run, (uint32_t)at);
}

/* ---- comparing ---- */

/* The unchanged parts of a list that begin with number n, the largest first; how many. */
static uint32_t parts_from(const es_memory *m, es_part p, uint32_t n, es_part out[ES_DEPTH_MAX])
{
    size_t   first = 0;
    uint32_t count = 0;
    for (;;) {
        if (first == n && !p.own)
            out[count++] = p;
        if (es_part_level(m, p) == 0)
            return count;
        p = part_with(m, p, n, &first);
    }
}

/* How many children from number n on lie in a block that both lists have there; 0: there is none. */
static uint32_t shared_from(const es_memory *m, es_part a, es_part b, uint32_t n)
{
    es_part  of_a[ES_DEPTH_MAX], of_b[ES_DEPTH_MAX];
    uint32_t count_a = parts_from(m, a, n, of_a), count_b = parts_from(m, b, n, of_b);
    for (uint32_t k = 0; k < count_a; k++) {
        for (uint32_t l = 0; l < count_b; l++) {
            if (of_a[k].ref == of_b[l].ref)
                return of_a[k].count;
        }
    }
    return 0;
}

/* How many children two lists begin with in the same blocks, as far as both are built alike. */
static uint32_t same_start(const es_memory *m, es_part a, es_part b)
{
    uint32_t first = 0;
    while (es_part_level(m, a) > 0 && es_part_level(m, a) == es_part_level(m, b)) {
        uint32_t length = es_part_length(m, a) < es_part_length(m, b) ? es_part_length(m, a) : es_part_length(m, b), n = 0;
        es_part  x, y;
        for (; n < length; n++) {
            x = es_part_at(m, a, n);
            y = es_part_at(m, b, n);
            if (x.own || y.own || x.ref != y.ref)
                break;
            first += x.count;
        }
        if (n == length)
            return first;
        a = x;
        b = y;
    }
    return first;
}

static bool same_leaf_by_leaf(const es_memory *m, es_part a, es_part b, bool keyed)
{
    burin_children x, y;
    es_part_children(m, a, keyed, &x);
    es_part_children(m, b, keyed, &y);
    for (size_t n = same_start(m, a, b); n < a.count;) {
        uint32_t shared = shared_from(m, a, b, (uint32_t)n);
        n += shared;
        if (shared)
            continue;
        burin_children_id(&x, n);
        burin_children_id(&y, n);
        size_t end_x = x.first + x.run, end_y = y.first + y.run;
        for (size_t end = end_x < end_y ? end_x : end_y; n < end; n++) {
            if (burin_children_id(&x, n) != burin_children_id(&y, n) || (keyed && !text_equal(burin_children_key(&x, n), burin_children_key(&y, n))))
                return false;
        }
    }
    return true;
}

bool es_same_children(const es_memory *m, es_part a, es_part b, bool keyed)
{
    if (a.count != b.count)
        return false;
    if (a.count == 0 || (!a.own && !b.own && a.ref == b.ref))
        return true;
    uint32_t level = es_part_level(m, a), length = es_part_length(m, a);
    bool     alike = level > 0 && level == es_part_level(m, b) && length == es_part_length(m, b);
    for (uint32_t n = 0; alike && n < length; n++)
        alike = es_part_at(m, a, n).count == es_part_at(m, b, n).count;
    if (!alike)
        return same_leaf_by_leaf(m, a, b, keyed);
    for (uint32_t n = 0; n < length; n++) {
        if (!es_same_children(m, es_part_at(m, a, n), es_part_at(m, b, n), keyed))
            return false;
    }
    return true;
}

/* ---- blocks ---- */

size_t es_list_size(const es_list *block, bool keyed)
{
    if (block->level)
        return es_branch_size(block->level, block->count);
    size_t size = sizeof *block + block->count * sizeof *block->ids;
    return keyed ? size + (block->count + (size_t)1) * sizeof(uint32_t) + es_key_offsets(block)[block->count] : size;
}

void es_retire_list(es_writer *w, es_ref ref, bool keyed)
{
    if (!ref)
        return;
    const es_branch *block = branch_at(w->m, ref);
    for (uint32_t n = 0; block->level && n < block->count; n++)
        es_retire_list(w, block->refs[n], keyed);
    es_retire(w, ref, es_list_size((const es_list *)block, keyed));
}

es_ref es_copy_list(es_writer *w, es_ref from, bool keyed)
{
    es_ref ref;
    if (!from || w->failed)
        return 0;
    size_t     size = es_list_size(es_at(w->m, from), keyed);
    es_branch *made = es_make(w, size, &ref);
    if (!made)
        return 0;
    memcpy(&made->level, &branch_at(w->m, from)->level, size - offsetof(es_branch, level));
    for (uint32_t n = 0; made->level && n < made->count; n++)
        made->refs[n] = es_copy_list(w, made->refs[n], keyed);
    return ref;
}
