/* Opening a store that is kept somewhere, checking it, and writing it anew. See burin/durable.h. */
#include "runtime/store/log.h"

/* ---- loading ---- */

static burin_status load_entry(void *user, const es_entry *entry, burin_error *err)
{
    es_arrivals *a      = user;
    burin_status status = es_arrive(a, entry, err);
    es_replay_commit(a->store, a->given); /* nobody reads it yet */
    return status;
}

static bool is_database(const char *where) { return strncmp(where, "postgresql://", 13) == 0 || strncmp(where, "postgres://", 11) == 0; }

/* NULL after filling err. */
static const es_backend_ops *backend_for(const char *where, burin_error *err)
{
    (void)err; /* with both built in, nothing is missing */
    if (is_database(where)) {
#ifdef BURIN_POSTGRES
        return &es_postgres;
#else
        es_fail(err, BURIN_ERR_NOT_IMPLEMENTED, "Burin was built without PostgreSQL (package libpq-dev)");
        return NULL;
#endif
    }
#ifdef BURIN_SQLITE
    return &es_sqlite;
#else
    es_fail(err, BURIN_ERR_NOT_IMPLEMENTED, "'%s': Burin was built without SQLite (package libsqlite3-dev)", where);
    return NULL;
#endif
}

burin_store *burin_store_open(const char *where, const burin_open_options *options, burin_error *err)
{
    burin_open_options    given = options ? *options : (burin_open_options){0};
    const es_backend_ops *ops   = backend_for(where, err);
    burin_store          *s     = ops ? burin_store_new(&given.store, err) : NULL;
    es_backend           *b     = s ? ops->open(where, &given, err) : NULL;
    es_log               *log   = b ? es_log_new(&s->alloc, ops, b, &given) : NULL;
    if (log && ops->read(b, load_entry, &(es_arrivals){.store = s}, err) == BURIN_OK) {
        s->log = log;
        return s;
    }
    if (b && !log)
        es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    if (log)
        es_log_free(log);
    else if (b)
        ops->close(b);
    burin_store_free(s);
    return NULL;
}

/* ---- all of it ---- */

burin_status burin_store_verify(burin_store *store, burin_error *err)
{
    buf          list   = buf_make(&store->alloc);
    uint32_t     trees;
    burin_status status = es_log_check(store, err);
    pthread_mutex_lock(&store->lock);
    if (!status && !es_list_kept(store, UINT32_MAX, &trees, &list))
        status = es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    const es_kept *kept = (const es_kept *)(const void *)list.data;
    for (size_t n = 0; n < list.len / sizeof *kept && !status; n++) { /* by commit: what a version is compared with has been looked at before it */
        uint32_t count = 0;
        status         = es_check_version(store, kept[n].before, kept[n].entry, &count, err);
        if (status == BURIN_OK && count != kept[n].entry->entities)
            status = es_fail(err, BURIN_ERR_DATA, "version %u of tree %u has %u entities, not %u", kept[n].version, kept[n].tree, count,
                             kept[n].entry->entities);
    }
    pthread_mutex_unlock(&store->lock);
    buf_deinit(&list);
    return status;
}

/* Everything that is kept, as one change. */
static bool log_all(burin_store *s)
{
    buf      list  = buf_make(&s->alloc);
    uint32_t trees = 0;
    bool     good  = es_list_kept(s, UINT32_MAX, &trees, &list);
    for (burin_type n = 1; n <= burin_store_type_count(s) && good; n++)
        good = es_log_type(s, n);
    for (uint32_t n = 1; n <= trees && good; n++)
        good = es_tree_at(s, n)->kept == 0 || es_log_tree(s, n, es_tree_at(s, n));
    const es_kept *kept = (const es_kept *)(const void *)list.data;
    for (size_t n = 0; n < list.len / sizeof *kept && good; n++)
        good = es_log_version(s, &kept[n]);
    buf_deinit(&list);
    return good;
}

burin_status burin_store_compact(burin_store *store, burin_error *err)
{
    if (!store->log)
        return es_fail(err, BURIN_ERR_USAGE, "the store is in memory only");
    pthread_mutex_lock(&store->lock);
    burin_status status = es_log_ready(store, err);
    if (status == BURIN_OK && !log_all(store))
        status = es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    if (status == BURIN_OK)
        status = es_log_replace(store, err);
    es_log_undo(store);
    pthread_mutex_unlock(&store->lock);
    return status;
}
