/* From packed versions to versions. See replay.h.
 *
 * What is read may be anything: nothing is written anywhere before it is checked, and a version is published only when it is a tree
 * (check.c). Blocks that are as they were are shared with the version before, as a commit shares them. */
#include "runtime/store/replay.h"
#include "runtime/store/children.h"
#include "runtime/store/commit.h"
#include "runtime/store/data.h"

typedef struct replay {
    burin_store *store;
    es_unpacker  u;
    es_writer    w;
    es_touch     touch; /* the new version: its index, changes, replaced blocks */
    es_version  *before; /* what it is made from; NULL: nothing */
    uint32_t     version, base_version;
    arena        arena; /* for lists of children, until they are blocks */
    burin_error *err;
} replay;

static burin_status damaged(replay *r, const char *what)
{
    return es_fail(r->err, BURIN_ERR_DATA, "version %u of tree %u: %s", r->version, r->touch.number, what);
}

/* ---- blocks ---- */

/* The base's, where it is the same; 0: it is empty. */
static es_ref read_bytes(replay *r, burin_attribute_kind kind, es_ref base)
{
    burin_text      text = es_take_text(&r->u);
    const es_bytes *old  = base ? es_at(&r->store->memory, base) : NULL;
    es_ref          ref  = 0;
    r->u.bad |= text.len > UINT32_MAX / 2;
    r->u.bad |= kind == BURIN_TEXT_ATTRIBUTE ? text_valid_prefix(text.data, text.len) != text.len : text.len && !es_data_valid(text);
    if (r->u.bad || (old && old->len == text.len && memcmp(old->data, text.data, text.len) == 0))
        return base;
    es_retire_cell(&r->w, kind, base);
    es_bytes *made = text.len ? es_make(&r->w, sizeof *made + text.len, &ref) : NULL;
    if (!made)
        return 0;
    made->len = (uint32_t)text.len;
    memcpy(made->data, text.data, text.len);
    return ref;
}

/* ---- children ---- */

static es_editor editor_of(replay *r) { return (es_editor){.m = &r->store->memory, .arena = &r->arena}; }

/* So many children, into a list from number `at` on. */
static void read_into(replay *r, es_children *list, uint32_t at, uint64_t count)
{
    es_editor e = editor_of(r);
    for (; count > 0 && !r->u.bad && !r->w.failed; count--) {
        uint32_t   id  = (uint32_t)es_take_number(&r->u, UINT32_MAX);
        burin_text key = list->keyed ? es_take_text(&r->u) : (burin_text){NULL, 0};
        r->u.bad |= id == 0 || (list->keyed && (text_valid_prefix(key.data, key.len) != key.len || key.len > UINT32_MAX / 2 / ES_LEAF_MAX));
        if (!r->u.bad && !es_children_insert(&e, list, at, id, key))
            r->w.failed = true;
        if (at >= ES_LEAF_MAX && id < atomic_load(&r->store->next_id) && es_homes_reach(&r->store->homes, &r->store->memory, id))
            es_seat_put(&r->store->homes, id, at);
        at++;
    }
}

/* Whether the children from `first` to before `end` ascend, with those beside them. */
static bool ascend(const replay *r, const es_children *list, uint32_t first, uint32_t end)
{
    burin_children held;
    uint32_t       last = 0;
    es_part_children(&r->store->memory, list->root, false, &held);
    for (uint32_t n = first ? first - 1 : 0; n <= end && n < held.count; n++) {
        uint32_t id = burin_children_id(&held, n);
        if (id <= last)
            return false;
        last = id;
    }
    return true;
}

/* What leads from the list before it to a list. */
static void read_edits(replay *r, es_children *list, bool is_set, uint64_t count)
{
    es_editor e  = editor_of(r);
    uint64_t  at = 0;
    for (uint64_t n = 0; n < count && !r->u.bad && !r->w.failed; n++) {
        uint64_t keep = es_take_number(&r->u, UINT32_MAX), drop = es_take_number(&r->u, UINT32_MAX), insert = es_take_number(&r->u, UINT32_MAX);
        at += keep;
        r->u.bad |= at + drop > list->root.count || insert > (uint64_t)(r->u.end - r->u.at) || (n && !keep);
        for (; drop > 0 && !r->u.bad && !r->w.failed; drop--)
            r->w.failed |= !es_children_remove(&e, list, (uint32_t)at);
        read_into(r, list, (uint32_t)at, insert);
        if (!r->u.bad && !r->w.failed)
            r->u.bad |= is_set && !ascend(r, list, (uint32_t)at, (uint32_t)(at + insert));
        at += insert;
    }
}

/* A list of children: whole (the base's, where it is the same), or, `edited`, perhaps as edits of the base's. */
static es_ref read_children(replay *r, burin_attribute_kind kind, es_ref base, bool edited)
{
    const es_memory *m      = &r->store->memory;
    es_children      list   = {.keyed = kind == BURIN_CHILD_DICT_ATTRIBUTE};
    bool             is_set = kind == BURIN_CHILD_SET_ATTRIBUTE;
    uint64_t         count  = es_take_number(&r->u, (uint64_t)UINT32_MAX << 1);
    bool             edits  = edited && count & 1;
    count >>= edited;
    if (count > (uint64_t)(r->u.end - r->u.at))
        r->u.bad = true;
    if (edits) {
        list.root = es_list_part(m, base);
        read_edits(r, &list, is_set, count);
    } else {
        read_into(r, &list, 0, count);
        r->u.bad |= is_set && !r->u.bad && !r->w.failed && !ascend(r, &list, 0, (uint32_t)count);
    }
    if (r->u.bad || r->w.failed || es_same_children(m, list.root, es_list_part(m, base), list.keyed))
        return base;
    if (!edits)
        es_retire_list(&r->w, base, list.keyed);
    return es_children_write(&r->w, &list, false);
}

/* ---- states ---- */

static uint64_t read_cell(replay *r, const es_type *type, uint32_t n, const es_record *base, bool edited)
{
    burin_attribute_kind kind = type->attributes[n].kind;
    uint64_t             cell = 0;
    switch (kind) {
    case BURIN_BOOL_ATTRIBUTE:
        return es_take_number(&r->u, 1);
    case BURIN_INT_ATTRIBUTE:
        cell = es_take_number(&r->u, UINT64_MAX);
        return cell >> 1 ^ -(cell & 1);
    case BURIN_REF_ATTRIBUTE:
    case BURIN_CHILD_ATTRIBUTE:
        return es_take_number(&r->u, UINT32_MAX);
    case BURIN_FLOAT_ATTRIBUTE:
        if (r->u.end - r->u.at < (ptrdiff_t)sizeof cell) {
            r->u.bad = true;
            return 0;
        }
        memcpy(&cell, r->u.at, sizeof cell);
        r->u.at += sizeof cell;
        return cell;
    case BURIN_TEXT_ATTRIBUTE:
    case BURIN_DATA_ATTRIBUTE:
        return read_bytes(r, kind, base ? (es_ref)base->cells[n] : 0);
    default:
        return read_children(r, kind, base ? (es_ref)base->cells[n] : 0, edited);
    }
}

static es_ref read_origins(replay *r, const es_type *type, es_ref old)
{
    uint32_t  count = (uint32_t)es_take_number(&r->u, type->count);
    es_origin items[BURIN_ATTRIBUTES_MAX];
    es_ref    ref;
    for (uint32_t n = 0; n < count; n++) {
        items[n].attribute        = (uint32_t)es_take_number(&r->u, type->count - 1);
        items[n].source           = (uint32_t)es_take_number(&r->u, UINT32_MAX);
        items[n].tree             = (uint32_t)es_take_number(&r->u, UINT32_MAX);
        items[n].version          = (uint32_t)es_take_number(&r->u, UINT32_MAX);
        items[n].source_attribute = (uint32_t)es_take_number(&r->u, BURIN_ATTRIBUTES_MAX - 1);
    }
    const es_origins *block = old ? es_at(&r->store->memory, old) : NULL;
    if (r->u.bad || (block && block->count == count && memcmp(block->items, items, count * sizeof *items) == 0))
        return old;
    if (block)
        es_retire(&r->w, old, es_origins_size(block));
    es_origins *made = count ? es_make(&r->w, sizeof *made + count * sizeof *items, &ref) : NULL;
    if (!made)
        return 0;
    made->count = count;
    memcpy(made->items, items, count * sizeof *items);
    return ref;
}

static void note_change(replay *r, es_change change)
{
    es_touch *t = &r->touch;
    if (!es_touch_note(r->store, t, change))
        r->w.failed = true;
}

/* The record of a whole state; NULL when it is damaged or memory is out. */
static const es_record *read_state(replay *r, uint32_t id, uint32_t written, const es_record *base, es_ref base_ref, bool edited)
{
    burin_type     number = (burin_type)es_take_number(&r->u, burin_store_type_count(r->store));
    const es_type *type   = number ? es_type_at(r->store, number) : NULL;
    es_ref         ref;
    r->u.bad |= !type;
    if (base && type && base->type != number) /* an id's type never changes */
        r->u.bad = true;
    es_record *made = r->u.bad ? NULL : es_make(&r->w, es_record_size(type), &ref);
    if (!made)
        return NULL;
    made->type    = (uint16_t)number;
    made->id      = id;
    made->version = written;
    made->owner   = (uint32_t)es_take_number(&r->u, UINT32_MAX);
    made->field   = (uint16_t)es_take_number(&r->u, BURIN_ATTRIBUTES_MAX - 1);
    made->nulls   = es_take_number(&r->u, UINT64_MAX);
    r->u.bad |= (made->nulls & ~type->optional) != 0;
    for (uint32_t n = 0; n < type->count; n++)
        made->cells[n] = read_cell(r, type, n, base, edited);
    made->origins = read_origins(r, type, base ? base->origins : 0);
    if (base)
        es_retire(&r->w, base_ref, es_record_size(type));
    es_index_put(&r->w, &r->touch.index, id, ref);
    return r->u.bad ? NULL : made;
}

/* The state as it was, but for the version that wrote it. */
static const es_record *touch_state(replay *r, uint32_t id, uint32_t written, const es_record *base, es_ref base_ref)
{
    size_t     size = es_record_size(es_type_at(r->store, base->type));
    es_ref     ref;
    es_record *made = es_make(&r->w, size, &ref);
    if (!made)
        return NULL;
    memcpy(&made->type, &base->type, size - offsetof(es_record, type));
    made->version = written;
    es_retire(&r->w, base_ref, size);
    es_index_put(&r->w, &r->touch.index, id, ref);
    return made;
}

static void read_one(replay *r, uint32_t *id)
{
    uint64_t         next = *id + es_take_number(&r->u, UINT32_MAX);
    es_packed_kind   kind = (es_packed_kind)es_take_number(&r->u, ES_PACKED_KINDS - 1);
    const es_memory *m    = &r->store->memory;
    if (next <= *id || next >= atomic_load(&r->store->next_id) || r->u.bad) {
        r->u.bad = true;
        return;
    }
    *id                    = (uint32_t)next;
    es_ref           ref   = es_index_get(m, r->touch.base, *id);
    const es_record *base  = es_record_at(r->store, ref);
    if (kind == ES_PACKED_REMOVED) {
        r->u.bad |= !base;
        if (!base)
            return;
        es_index_put(&r->w, &r->touch.index, *id, 0);
        es_retire_record(&r->w, r->store, ref);
        note_change(r, (es_change){*id, BURIN_REMOVED, 0});
        r->touch.entities--;
        return;
    }
    uint32_t ago = (uint32_t)es_take_number(&r->u, r->version - r->base_version - 1);
    r->u.bad |= (kind == ES_PACKED_TOUCHED || kind == ES_PACKED_CHANGED) && !base;
    if (!es_homes_reach(&r->store->homes, &r->store->memory, *id))
        r->w.failed = true;
    if (r->u.bad || r->w.failed)
        return;
    const es_record *made = kind == ES_PACKED_TOUCHED ? touch_state(r, *id, r->version - ago, base, ref)
                                                      : read_state(r, *id, r->version - ago, base, ref, kind == ES_PACKED_CHANGED);
    if (!made)
        return;
    note_change(r, es_compare(r->store, base, made));
    r->touch.entities += !base;
}

static void read_states(replay *r)
{
    uint32_t id           = 0;
    r->touch.root         = (uint32_t)es_take_number(&r->u, UINT32_MAX);
    r->touch.entities     = r->before ? r->before->entities : 0;
    r->touch.index        = r->touch.base;
    if (!r->touch.index.top)
        r->touch.index.top = r->touch.root;
    while (r->u.at < r->u.end && !r->u.bad && !r->w.failed)
        read_one(r, &id);
}

/* ---- trees ---- */

enum { TREES_APART = 1 << 16 }; /* numbers that other processes may have taken in between */

bool es_replay_knows(const burin_store *s, uint32_t tree)
{
    const es_tree *t = tree && tree <= s->tree_count ? es_tree_at(s, tree) : NULL;
    return t && (t->is_listed || atomic_load_explicit(&t->head, memory_order_relaxed));
}

burin_status es_replay_tree(burin_store *s, const es_logged_tree *logged, burin_error *err)
{
    uint32_t count = s->tree_count;
    if (logged->tree == 0 || logged->tree > (uint64_t)count + TREES_APART || logged->parent_tree == logged->tree ||
        !logged->parent_tree != !logged->parent_version || es_replay_knows(s, logged->tree))
        return es_fail(err, BURIN_ERR_DATA, "there cannot be a tree %u, from version %u of tree %u, besides %u others", logged->tree,
                       logged->parent_version, logged->parent_tree, count);
    if (!es_table_reach_all(&s->trees, &s->memory, logged->tree))
        return es_fail_memory(s, err);
    *es_tree_at(s, logged->tree) = (es_tree){
        .parent_tree = logged->parent_tree, .parent_version = logged->parent_version, .retention = logged->retention, .is_listed = true};
    if (logged->tree > count)
        atomic_store_explicit(&s->tree_count, logged->tree, memory_order_release);
    return BURIN_OK;
}

/* Numbers up to this have been given out. */
static burin_status reach_ids(burin_store *s, uint32_t last, burin_error *err)
{
    uint32_t next = atomic_load(&s->next_id);
    if (last > UINT32_MAX - 4 * ES_ID_BLOCK)
        return es_fail(err, BURIN_ERR_DATA, "there is no entity %u", last);
    if (last >= next)
        atomic_store_explicit(&s->next_id, (last / ES_ID_BLOCK + 1) * ES_ID_BLOCK, memory_order_release);
    return BURIN_OK;
}

void es_replay_commit(burin_store *s, uint64_t commit)
{
    if (commit + 1 > atomic_load_explicit(&s->seq, memory_order_relaxed))
        atomic_store(&s->seq, (uint32_t)commit + 1);
}

/* What the version is made from: the kept one before it, or what its tree was forked from. */
static burin_status begin(replay *r, es_tree *tree, uint64_t commit)
{
    uint32_t    head   = atomic_load_explicit(&tree->head, memory_order_relaxed);
    es_version *before = es_replay_before(r->store, r->touch.number);
    if (head >= r->version || r->version == UINT32_MAX || commit >= UINT32_MAX - 1)
        return damaged(r, "it comes after a later one");
    if (!before && tree->parent_tree)
        return damaged(r, "what it was forked from is not there");
    if (!head && before)
        tree->fork_seq = before->index.seq;
    r->base_version = head;
    r->w            = (es_writer){.m = &r->store->memory, .seq = (uint32_t)commit + 1, .shared = tree->fork_seq, .dead = &r->touch.dead};
    r->touch.base   = before ? before->index : (es_index){0};
    if (before && before->index.seq >= r->w.seq)
        return damaged(r, "its commit is not after that of the one before");
    r->before = before;
    if (!head && before)
        r->touch.base.fork = es_make_fork(&r->w, before);
    return r->w.failed ? es_fail_memory(r->store, r->err) : BURIN_OK;
}

/* ---- entities that one commit has moved between trees ----
 *
 * Their new tree's version may arrive before that of the tree they leave: until they have left, where they are going is remembered. */

typedef struct arrival {
    uint32_t id, tree;
} arrival;

/* False when memory is out. */
static bool note_arrivals(const replay *r)
{
    burin_store *s = r->store;
    if (s->arrivals_seq != r->w.seq) {
        s->arrivals.len = 0;
        s->arrivals_seq = r->w.seq;
    }
    for (uint32_t n = 0; n < r->touch.change_count; n++) {
        const es_change *c    = &r->touch.changes[n];
        es_home          home = es_home_of(s, c->id);
        arrival          a    = {c->id, r->touch.number};
        if (c->what == BURIN_ADDED && home.record && home.tree != a.tree)
            buf_append(&s->arrivals, (const char *)&a, sizeof a);
    }
    bool good          = !s->arrivals.failed;
    s->arrivals.failed = false;
    return good;
}

/* What has left its tree lives where it has arrived. */
static void settle_arrivals(const replay *r)
{
    burin_store   *s     = r->store;
    const arrival *items = (const arrival *)(const void *)s->arrivals.data;
    es_version    *entry;
    for (size_t n = 0; n < s->arrivals.len / sizeof *items && s->arrivals_seq == r->w.seq; n++) {
        _Atomic es_home *home = es_home_at(s, items[n].id);
        es_home          here = atomic_load_explicit(home, memory_order_relaxed);
        if (here.record || !es_head_at(s, es_tree_at(s, items[n].tree), UINT32_MAX, &entry))
            continue;
        es_home there = {items[n].tree, es_index_get(&s->memory, entry->index, items[n].id)};
        if (there.record)
            atomic_store_explicit(home, there, memory_order_release);
    }
}

static burin_status make(replay *r, es_tree *tree, const es_logged_version *logged)
{
    es_place     place;
    burin_status status = BURIN_OK;
    read_states(r);
    if (r->u.bad)
        return damaged(r, "it is damaged");
    if (!r->w.failed)
        status = es_check_changes(r->store, r->touch.base, r->before ? r->before->index.seq : 0, r->touch.index, r->touch.root, r->touch.changes, r->touch.change_count,
                                  r->err);
    if (status == BURIN_OK && !r->w.failed && es_place_version(r->store, &r->w, tree, r->version, &place)) {
        place.entry->pins = logged->keeps;
        es_fill_version(&r->w, &r->touch, place.entry, logged->time_ns, logged->note);
    }
    r->w.failed |= !note_arrivals(r);
    if (status == BURIN_OK && r->w.failed)
        status = es_fail_memory(r->store, r->err);
    if (status == BURIN_OK) {
        if (!r->base_version && r->before)
            r->before->pins++; /* for the fork */
        es_publish_version(r->store, tree, r->version, &place);
        es_publish_left(r->store, &r->touch);
        es_publish_homes(r->store, &r->touch);
        settle_arrivals(r);
    }
    return status;
}

burin_status es_replay_version(burin_store *s, const es_logged_version *logged, burin_error *err)
{
    replay r = {.store = s, .u = {logged->states.data, logged->states.data + logged->states.len, false}, .version = logged->version, .err = err,
                .arena = arena_make(&s->alloc)};
    r.touch.number = logged->tree;
    if (!es_replay_knows(s, logged->tree))
        return es_fail(err, BURIN_ERR_DATA, "there is no tree %u", logged->tree);
    es_tree     *tree   = es_tree_at(s, logged->tree);
    burin_status status = begin(&r, tree, logged->commit);
    if (status == BURIN_OK)
        status = reach_ids(s, logged->last_id, err);
    if (status == BURIN_OK)
        status = make(&r, tree, logged);
    if (status)
        es_undo(&r.w);
    for (uint32_t n = 0; n < r.w.dropped.len && !status; n++)
        es_free(&s->memory, r.w.dropped.items[n].ref, r.w.dropped.items[n].units);
    es_blocks_deinit(&r.w.made, &s->alloc);
    es_blocks_deinit(&r.w.noted, &s->alloc);
    es_blocks_deinit(&r.w.dropped, &s->alloc);
    es_touch_deinit(&r.touch, &s->alloc);
    arena_deinit(&r.arena);
    return status;
}
