/* Readers: pinning, finding versions and entities, reading attributes, walking history. No locks but in making a reader. */
#include "runtime/store/store.h"

burin_reader *burin_reader_new(burin_store *store)
{
    burin_reader *reader = base_alloc(&store->alloc, sizeof *reader);
    if (!reader)
        return NULL;
    pthread_mutex_lock(&store->lock);
    *reader = (burin_reader){.store = store, .slot = es_slot_take(store), .newest = &reader->room};
    pthread_mutex_unlock(&store->lock);
    if (reader->slot)
        return reader;
    base_free(&store->alloc, reader, sizeof *reader);
    return NULL;
}

burin_store *burin_reader_store(const burin_reader *reader) { return reader->store; }

void burin_reader_free(burin_reader *reader)
{
    if (!reader)
        return;
    burin_store *store = reader->store;
    burin_reader_unpin(reader);
    pthread_mutex_lock(&store->lock);
    es_slot_drop(reader->slot);
    pthread_mutex_unlock(&store->lock);
    base_free(&store->alloc, reader, sizeof *reader);
}

void burin_reader_pin(burin_reader *reader)
{
    reader->newest->tree = 0;
    reader->snapshot     = es_slot_pin(reader->store, reader->slot);
}

void burin_reader_unpin(burin_reader *reader)
{
    reader->snapshot     = 0;
    reader->newest->tree = 0;
    es_slot_unpin(reader->slot);
}

/* ---- versions ---- */

uint32_t burin_reader_trees(const burin_reader *reader)
{
    uint32_t    count = es_reader_trees(reader->store);
    es_version *entry;
    while (count && es_head_at(reader->store, es_tree_at(reader->store, count), reader->snapshot, &entry) == 0)
        count--;
    return count;
}

uint32_t burin_reader_head(const burin_reader *reader, uint32_t tree)
{
    es_version *entry;
    if (tree == 0 || tree > es_reader_trees(reader->store))
        return 0;
    return es_head_at(reader->store, es_tree_at(reader->store, tree), reader->snapshot, &entry);
}

burin_status es_find_version(const burin_store *s, uint32_t snapshot, uint32_t tree, uint32_t *version, es_version **entry, burin_error *err)
{
    if (BURIN_UNLIKELY(snapshot == 0))
        return es_fail(err, BURIN_ERR_USAGE, "the reader is not pinned");
    if (BURIN_UNLIKELY(tree == 0 || tree > es_reader_trees(s)))
        return es_fail(err, BURIN_ERR_KEY, "there is no tree %u", tree);
    const es_tree *t = es_tree_at(s, tree);
    if (*version == 0) {
        *version = es_head_at(s, t, snapshot, entry);
        return *version ? BURIN_OK : es_fail(err, BURIN_ERR_KEY, "there is no tree %u", tree);
    }
    if (BURIN_UNLIKELY(*version > atomic_load_explicit(&t->head, memory_order_acquire)))
        return es_fail(err, BURIN_ERR_KEY, "tree %u has no version %u", tree, *version);
    *entry = es_version_entry(s, t, *version);
    if (!*entry || atomic_load_explicit(&(*entry)->state, memory_order_acquire) != ES_KEPT)
        return es_fail(err, BURIN_ERR_GONE, "version %u of tree %u is no longer kept", *version, tree);
    if ((*entry)->index.seq > snapshot)
        return es_fail(err, BURIN_ERR_KEY, "tree %u has no version %u yet", tree, *version);
    return BURIN_OK;
}

static burin_status not_there(const burin_entity *entity, burin_error *err)
{
    if (entity->tree == 0)
        return es_fail(err, BURIN_ERR_KEY, "there is no entity %u", entity->id);
    return es_fail(err, BURIN_ERR_KEY, "entity %u is not in version %u of tree %u", entity->id, entity->version, entity->tree);
}

/* Whether an entity came to a tree, or was made there: it did not begin with it, as a part of what was forked. */
static bool is_own(const burin_store *s, const es_tree *tree, uint32_t id)
{
    es_version *entry;
    uint32_t    version = tree->parent_version;
    return !tree->parent_tree || es_find_version(s, UINT32_MAX, tree->parent_tree, &version, &entry, NULL) || !es_index_get(&s->memory, entry->index, id);
}

/* An entity has moved to another tree since `snapshot`: look for where it was then. */
static burin_status find_anywhere(const burin_store *s, uint32_t snapshot, burin_entity *entity, const es_record **record, burin_error *err)
{
    uint32_t count = es_reader_trees(s);
    for (uint32_t tree = 1; tree <= count; tree++) {
        es_version *entry;
        uint32_t    head = es_head_at(s, es_tree_at(s, tree), snapshot, &entry);
        if (head && (*record = es_record_at(s, es_index_get(&s->memory, entry->index, entity->id))) && is_own(s, es_tree_at(s, tree), entity->id)) {
            entity->tree    = tree;
            entity->version = head;
            return BURIN_OK;
        }
    }
    return not_there(entity, err);
}

burin_status es_find(const burin_store *s, uint32_t snapshot, burin_entity *entity, const es_record **record, burin_error *err)
{
    es_version *entry;
    uint32_t    tree = entity->tree, version = entity->version;
    if (BURIN_UNLIKELY(snapshot == 0))
        return es_fail(err, BURIN_ERR_USAGE, "the reader is not pinned");
    if (tree == 0) {
        tree = es_home_of(s, entity->id).tree;
        if (tree == 0)
            return not_there(entity, err);
    }
    bool         anywhere = entity->tree == 0 && entity->version == 0;
    burin_status status   = es_find_version(s, snapshot, tree, &version, &entry, anywhere ? NULL : err);
    if (BURIN_UNLIKELY(status)) {
        if (!anywhere)
            return status;
    } else if ((*record = es_record_at(s, es_ref_in(s, snapshot, tree, version, entry, entity->id)))) {
        entity->tree    = tree;
        entity->version = version;
        return BURIN_OK;
    }
    if (anywhere)
        return find_anywhere(s, snapshot, entity, record, err);
    return not_there(&(burin_entity){entity->id, tree, version}, err);
}

/* ---- reading ----
 *
 * Most reads are of what an entity is now, which stands where it lives. Others go through the index of a version; es_find says why an entity is
 * not there. */

/* In an old version, or the newest of a tree that the entity lives in no more, or in which something younger has been written. */
static const es_record *look_into(const burin_reader *reader, burin_entity entity)
{
    const burin_store *s    = reader->store;
    uint32_t           tree = entity.tree ? entity.tree : es_home_of(s, entity.id).tree;
    es_version        *entry;
    if (tree == 0 || tree > es_reader_trees(s))
        return NULL;
    const es_tree *t = es_tree_at(s, tree);
    if (entity.version == 0) {
        if (tree != reader->newest->tree) {
            if (!es_head_at(s, t, reader->snapshot, &entry))
                return NULL;
            *reader->newest = (es_newest){tree, entry->index};
        }
        return es_record_at(s, es_index_get(&s->memory, reader->newest->index, entity.id));
    }
    if (BURIN_UNLIKELY(entity.version > atomic_load_explicit(&t->head, memory_order_acquire)))
        return NULL;
    entry = es_version_entry(s, t, entity.version);
    if (BURIN_UNLIKELY(!entry || atomic_load_explicit(&entry->state, memory_order_acquire) != ES_KEPT || entry->index.seq > reader->snapshot))
        return NULL;
    return es_record_at(s, es_ref_in(s, reader->snapshot, tree, entity.version, entry, entity.id));
}

static inline const es_record *current(const burin_reader *reader, burin_entity entity)
{
    const burin_store *s = reader->store;
    return entity.version ? NULL : es_record_at(s, es_current(s, reader->snapshot, entity.id, entity.tree));
}

static burin_status find_record(const burin_reader *reader, burin_entity entity, const es_record **record, burin_error *err)
{
    *record = look_into(reader, entity);
    return BURIN_LIKELY(*record != NULL) ? BURIN_OK : es_find(reader->store, reader->snapshot, &entity, record, err);
}

static __attribute__((noinline)) burin_status get_elsewhere(const burin_reader *reader, burin_entity entity, int attribute, burin_heap *heap, burin_value *out,
                                                            burin_error *err)
{
    const es_record *record = current(reader, entity);
    burin_status     status = record ? BURIN_OK : find_record(reader, entity, &record, err);
    return BURIN_UNLIKELY(status) ? status : es_record_value(reader->store, record, attribute, heap, out, err);
}

burin_status burin_reader_get(const burin_reader *reader, burin_entity entity, int attribute, burin_heap *heap, burin_value *out, burin_error *err)
{
    const burin_store     *s    = reader->store;
    const _Atomic es_home *home = entity.version ? NULL : es_home_near(&s->homes, entity.id);
    es_ref                 now  = home ? es_current_at(s, reader->snapshot, atomic_load_explicit(home, memory_order_acquire), entity.tree) : 0;
    return BURIN_LIKELY(now) ? es_record_value(s, es_at(&s->memory, now), attribute, heap, out, err) : get_elsewhere(reader, entity, attribute, heap, out, err);
}

burin_status burin_reader_children(const burin_reader *reader, burin_entity entity, int attribute, burin_children *out, burin_error *err)
{
    const es_record *record = current(reader, entity);
    burin_status     status = BURIN_LIKELY(record != NULL) ? BURIN_OK : find_record(reader, entity, &record, err);
    return BURIN_UNLIKELY(status) ? status : es_cell_children(reader->store, es_type_at(reader->store, record->type), record->cells, attribute, out, err);
}

burin_status burin_reader_find(const burin_reader *reader, burin_entity *entity, burin_error *err)
{
    const es_record *record;
    return es_find(reader->store, reader->snapshot, entity, &record, err);
}

/* ---- entities ---- */

/* The state that was current one version before `record` was written. */
static const es_record *predecessor(const burin_store *s, uint32_t snapshot, uint32_t tree, const es_record *record)
{
    es_version *entry;
    uint32_t    version = record->version - 1;
    if (version == 0 || es_find_version(s, snapshot, tree, &version, &entry, NULL))
        return NULL;
    return es_record_at(s, es_index_get(&s->memory, entry->index, record->id));
}

static void fill_info(const burin_reader *reader, burin_entity entity, const es_record *record, burin_entity_info *info)
{
    const es_record *before = predecessor(reader->store, reader->snapshot, entity.tree, record);
    *info                   = (burin_entity_info){entity, record->type, record->version, before ? before->version : 0, record->owner, record->field};
}

burin_status burin_reader_info(const burin_reader *reader, burin_entity entity, burin_entity_info *info, burin_error *err)
{
    const es_record *record;
    burin_status     status = es_find(reader->store, reader->snapshot, &entity, &record, err);
    if (status == BURIN_OK)
        fill_info(reader, entity, record, info);
    return status;
}

burin_status burin_reader_origin(const burin_reader *reader, burin_entity entity, int attribute, burin_entity *source, int *source_attribute,
                                 burin_error *err)
{
    const es_record *record;
    burin_status     status = es_find(reader->store, reader->snapshot, &entity, &record, err);
    if (status)
        return status;
    const es_type *type = es_type_at(reader->store, record->type);
    if ((unsigned)attribute >= type->count)
        return es_no_attribute(type, attribute, err);
    const es_origins *origins = record->origins ? es_at(&reader->store->memory, record->origins) : NULL;
    *source                   = (burin_entity){0};
    *source_attribute         = -1;
    for (uint32_t n = 0; origins && n < origins->count; n++) {
        const es_origin *o = &origins->items[n];
        if (o->attribute == (uint32_t)attribute) {
            *source           = (burin_entity){o->source, o->tree, o->version};
            *source_attribute = (int)o->source_attribute;
        }
    }
    return BURIN_OK;
}

/* ---- history ---- */

static void fill_version(const burin_store *s, uint32_t tree, uint32_t version, const es_version *entry, burin_version_info *info)
{
    const es_tree    *t       = es_tree_at(s, tree);
    const es_changes *changes = entry->changes ? es_at(&s->memory, entry->changes) : NULL;
    const es_bytes   *note    = entry->note ? es_at(&s->memory, entry->note) : NULL;
    *info                     = (burin_version_info){.tree           = tree,
                                                     .version        = version,
                                                     .parent_tree    = version > 1 ? tree : t->parent_tree,
                                                     .parent_version = version > 1 ? version - 1 : t->parent_version,
                                                     .root           = entry->root,
                                                     .entities       = entry->entities,
                                                     .changed        = changes ? changes->count : 0,
                                                     .commit         = entry->index.seq - 1,
                                                     .time_ns        = entry->time_ns,
                                                     .note           = note ? (burin_text){note->data, note->len} : (burin_text){"", 0}};
}

burin_status burin_reader_version(const burin_reader *reader, uint32_t tree, uint32_t version, burin_version_info *info, burin_error *err)
{
    es_version  *entry;
    burin_status status = es_find_version(reader->store, reader->snapshot, tree, &version, &entry, err);
    if (status == BURIN_OK)
        fill_version(reader->store, tree, version, entry, info);
    return status;
}

burin_status burin_reader_versions(const burin_reader *reader, uint32_t tree, burin_version_visit visit, void *user, burin_error *err)
{
    uint32_t     head = 0;
    es_version  *entry;
    burin_status status = es_find_version(reader->store, reader->snapshot, tree, &head, &entry, err);
    for (uint32_t version = head; version > 0 && !status; version = es_version_below(reader->store, es_tree_at(reader->store, tree), version)) {
        uint32_t           at = version;
        burin_version_info info;
        if (es_find_version(reader->store, reader->snapshot, tree, &at, &entry, NULL))
            continue;
        fill_version(reader->store, tree, version, entry, &info);
        status = visit(user, &info);
    }
    return status;
}

burin_status burin_reader_history(const burin_reader *reader, burin_entity entity, burin_state_visit visit, void *user, burin_error *err)
{
    const es_record *record;
    burin_status     status = es_find(reader->store, reader->snapshot, &entity, &record, err);
    while (status == BURIN_OK && record) {
        burin_entity_info info;
        entity.version = record->version;
        fill_info(reader, entity, record, &info);
        status = visit(user, &info);
        record = predecessor(reader->store, reader->snapshot, entity.tree, record);
    }
    return status;
}

/* ---- all that there is ---- */

typedef struct listing {
    const burin_reader *reader;
    uint32_t            tree, version;
    burin_type          type;
    burin_state_visit   visit;
    void               *user;
} listing;

static int list_entity(void *user, uint32_t id, es_ref none, es_ref ref)
{
    const listing    *l      = user;
    const es_record  *record = es_record_at(l->reader->store, ref);
    burin_entity_info info;
    (void)none;
    if (l->type && record->type != l->type)
        return 0;
    fill_info(l->reader, (burin_entity){id, l->tree, l->version}, record, &info);
    return (int)l->visit(l->user, &info);
}

burin_status burin_reader_entities(const burin_reader *reader, uint32_t tree, uint32_t version, burin_type type, burin_state_visit visit, void *user,
                                   burin_error *err)
{
    es_version  *entry;
    burin_status status = es_find_version(reader->store, reader->snapshot, tree, &version, &entry, err);
    if (status)
        return status;
    listing l = {reader, tree, version, type, visit, user};
    return (burin_status)es_index_differ(&reader->store->memory, (es_index){0}, entry->index, list_entity, &l);
}
