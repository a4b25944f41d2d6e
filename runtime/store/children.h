/* The children that an attribute holds: a list, dict or set of ids.
 *
 * Up to ES_LEAF_MAX are one block, a leaf. More are a tree of branches over leaves, all of them equally deep: a B-tree by position. A change copies a leaf
 * and the branches above it and shares the rest, so that it costs the logarithm of how many there are, in memory as in what is kept; two states of a list
 * are compared along what they do not share.
 * While a transaction changes a list, twigs in its arena stand for the blocks that are changed; its commit makes blocks of them.
 * Always true: order and content are those of the leaves from left to right; a branch has parts, a leaf ids, unless all is empty. */
#ifndef BURIN_STORE_CHILDREN_H
#define BURIN_STORE_CHILDREN_H

#include "runtime/store/store.h"

/* ---- any state of a list ---- */

/* A part of a list, or all of it: a block, or, when it is changed, a twig. {0}: empty. */
typedef struct es_part {
    es_ref          ref;
    uint32_t        count; /* of ids in it */
    struct es_twig *own;   /* NULL: the block */
} es_part;

/* The list that a cell refers to. */
es_part es_list_part(const es_memory *m, es_ref ref);
/* Its ids, and of a dict (`keyed`) its keys. */
void es_part_children(const es_memory *m, es_part list, bool keyed, burin_children *out);
bool es_same_children(const es_memory *m, es_part a, es_part b, bool keyed);

/* ---- branches ---- */

static inline bool es_is_narrow(uint32_t level) { return level <= ES_NARROW; }
static inline size_t es_branch_size(uint32_t level, uint32_t count)
{
    return sizeof(es_branch) + count * (sizeof(es_ref) + (es_is_narrow(level) ? sizeof(uint16_t) : sizeof(uint32_t)));
}
static inline const uint16_t *es_narrow_ends(const es_branch *b) { return (const uint16_t *)&b->refs[b->count]; }
static inline const uint32_t *es_wide_ends(const es_branch *b) { return &b->refs[b->count]; }
/* How many ids lie in the parts before part n. */
static inline uint32_t es_branch_before(const es_branch *b, uint32_t n)
{
    return n == 0 ? 0 : es_is_narrow(b->level) ? es_narrow_ends(b)[n - 1] : es_wide_ends(b)[n - 1];
}
/* The part that number n, which is one of the branch's ids, lies in: as many parts end there or before. All are looked at: where to stop would be guessed wrong. */
static inline uint32_t es_branch_find(const es_branch *b, uint32_t n)
{
    uint32_t count = 0;
    for (uint32_t k = 0; es_is_narrow(b->level) && k < b->count; k++)
        count += es_narrow_ends(b)[k] <= n;
    for (uint32_t k = 0; !es_is_narrow(b->level) && k < b->count; k++)
        count += es_wide_ends(b)[k] <= n;
    return count;
}

/* ---- blocks ---- */

size_t es_list_size(const es_list *block, bool keyed);
/* All blocks of a list that the new version no longer sees. */
void es_retire_list(es_writer *w, es_ref ref, bool keyed);
/* A list of another tree, for the one that is written. 0 for an empty one, and when memory is out. */
es_ref es_copy_list(es_writer *w, es_ref ref, bool keyed);

/* ---- changing a list ---- */

typedef struct es_children {
    es_part         root;
    bool            keyed;
    bool            anew; /* the blocks in it are not those of the record that it will replace */
    struct es_twig *dead; /* those that are no longer in it */
    struct es_keys *keys; /* of a large dict that was asked for them more than once or twice; NULL: not gathered */
    uint32_t        asked;
} es_children;

/* What a change needs. `save`: twigs of before it stay as they are (a savepoint has them); `saves`: what a new one is of. */
typedef struct es_editor {
    const es_memory *m;
    arena           *arena;
    uint32_t         save, saves;
} es_editor;

/* These are false when memory is out; the list is then as it was. key: of a dict; it is not copied. */
bool es_children_insert(const es_editor *e, es_children *list, uint32_t at, uint32_t id, burin_text key);
bool es_children_remove(const es_editor *e, es_children *list, uint32_t at);
bool es_children_has_key(const es_editor *e, es_children *list, burin_text key);
bool es_list_has_key(const es_memory *m, es_part list, burin_text key);
/* Where an id is; the count where it is not. ascends: the ids of a set do; else `near` is where it is looked for first. */
uint32_t es_children_find(const es_memory *m, es_part list, uint32_t id, bool ascends, uint32_t near);
/* Where an id belongs in a set. */
uint32_t es_children_place(const es_memory *m, es_part list, uint32_t id);
/* The list as blocks. copy: all of it, else what is not changed is shared, and what the twigs replace is retired. 0: it is empty, or the writer has failed. */
es_ref es_children_write(es_writer *w, const es_children *list, bool copy);

/* ---- the difference of two lists ---- */

typedef struct es_item {
    uint32_t   id;
    burin_text key;
} es_item;
/* After so many that both have: these are only in the old one, those only in the new one. */
typedef struct es_edit {
    uint32_t       keep, drop, insert;
    const es_item *dropped, *inserted;
} es_edit;
/* Call `sink` for each edit, from left to right. seen: blocks that are not younger are shared, where they are in both. False when memory is out. */
bool es_children_edits(const burin_store *s, es_ref old, es_ref new_, uint32_t seen, bool keyed, void (*sink)(void *user, const es_edit *edit), void *user);

#endif
