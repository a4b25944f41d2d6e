/* The kept versions of a store, in the order in which they were committed. */
#include "runtime/store/replay.h"

#include <stdlib.h>

static int by_commit(const void *a, const void *b)
{
    const es_kept *x = a, *y = b;
    if (x->entry->index.seq != y->entry->index.seq)
        return x->entry->index.seq < y->entry->index.seq ? -1 : 1;
    return (x->tree > y->tree) - (x->tree < y->tree);
}

es_version *es_replay_before(const burin_store *s, uint32_t tree)
{
    const es_tree *t       = es_tree_at(s, tree);
    es_version    *entry   = NULL;
    uint32_t       version = t->parent_version, head = atomic_load_explicit(&t->head, memory_order_relaxed);
    if (head)
        return es_version_entry(s, t, head);
    if (t->parent_tree)
        es_find_version(s, UINT32_MAX, t->parent_tree, &version, &entry, NULL);
    return entry;
}

/* What is kept for its forks is not counted among the keeps. */
static void subtract_forks(const burin_store *s, uint32_t trees, es_kept *kept)
{
    kept->keeps = kept->entry->pins;
    for (uint32_t n = 1; n <= trees && kept->keeps; n++)
        kept->keeps -= es_tree_at(s, n)->parent_tree == kept->tree && es_tree_at(s, n)->parent_version == kept->version;
}

static void list_tree(const burin_store *s, uint32_t snapshot, uint32_t trees, uint32_t tree, buf *out)
{
    const es_tree *t      = es_tree_at(s, tree);
    es_version    *before = NULL;
    uint32_t       parent = t->parent_version, last = 0;
    if (t->parent_tree)
        es_find_version(s, UINT32_MAX, t->parent_tree, &parent, &before, NULL);
    for (uint32_t version = t->oldest; version;) {
        es_version *entry = es_version_entry(s, t, version);
        es_kept     kept  = {tree, version, 0, last, last + 1 == version && (last || !t->parent_tree), entry, before};
        if (entry->index.seq > snapshot)
            return;
        if (entry->pins)
            subtract_forks(s, trees, &kept);
        buf_append(out, (const char *)&kept, sizeof kept);
        before  = entry;
        last    = version;
        version = entry->after;
    }
}

bool es_list_kept(const burin_store *s, uint32_t snapshot, uint32_t *trees, buf *out)
{
    es_version *entry;
    *trees = es_reader_trees(s);
    while (*trees && es_head_at(s, es_tree_at(s, *trees), snapshot, &entry) == 0)
        --*trees;
    for (uint32_t tree = 1; tree <= *trees; tree++)
        list_tree(s, snapshot, *trees, tree, out);
    if (out->len && !out->failed)
        qsort(out->data, out->len / sizeof(es_kept), sizeof(es_kept), by_commit);
    return !out->failed;
}
