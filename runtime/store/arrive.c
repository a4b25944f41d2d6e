/* What a backend has read becomes part of a store: all of it when it is opened, then what other processes have committed. */
#include "runtime/store/log.h"

/* The store's number for the commit of a version that arrives. */
static uint64_t number_of(es_arrivals *a, const es_entry *entry)
{
    if (a->given && a->writer == entry->writer && a->commit == entry->as.version.commit)
        return a->given;
    es_replay_commit(a->store, a->given); /* of the one before everything has arrived */
    uint64_t next = atomic_load_explicit(&a->store->seq, memory_order_relaxed);
    a->writer = entry->writer;
    a->commit = entry->as.version.commit;
    a->given  = a->commit > next ? a->commit : next;
    a->parts  = 0;
    a->commits++;
    return a->given;
}

static burin_status arrive_version(es_arrivals *a, const es_entry *entry, burin_error *err)
{
    burin_store      *s      = a->store;
    es_logged_version logged = entry->as.version;
    uint32_t          head   = es_replay_knows(s, logged.tree) ? atomic_load_explicit(&es_tree_at(s, logged.tree)->head, memory_order_relaxed) : 0;
    if (a->live && logged.version <= head)
        return es_log_expect_kept(s, logged.tree, logged.version, err);
    if (entry->before != head && a->live)
        return es_fail(err, BURIN_ERR_GONE, "tree %u: what led from version %u to %u is no longer kept; open the store anew", logged.tree, head, logged.version);
    if (entry->before != head)
        return es_fail(err, BURIN_ERR_DATA, "version %u of tree %u comes after version %u, but %u is there", logged.version, logged.tree, entry->before, head);
    logged.commit       = number_of(a, entry);
    burin_status status = es_replay_version(s, &logged, err);
    a->parts += !status;
    return status;
}

/* A tree that is here already: its retention is what was set last, here or elsewhere. */
static void arrive_retention(const es_arrivals *a, const es_logged_tree *logged)
{
    es_tree *tree = es_tree_at(a->store, logged->tree);
    bool     same = tree->retention.last == logged->retention.last && tree->retention.since_time_ns == logged->retention.since_time_ns;
    if (same || tree->retention_change > a->kept)
        return;
    tree->retention = logged->retention;
}

burin_status es_arrive(es_arrivals *a, const es_entry *entry, burin_error *err)
{
    uint32_t types = burin_store_type_count(a->store), number = entry->as.version.version;
    switch (entry->kind) {
    case ES_ENTRY_TYPE:
        if (a->live && number <= types)
            return BURIN_OK;
        return number == types + 1 ? es_unpack_type(a->store, entry->as.version.states, err) : es_fail(err, BURIN_ERR_DATA, "a type is missing");
    case ES_ENTRY_TREE:
        if (!a->live || !es_replay_knows(a->store, entry->as.tree.tree))
            return es_replay_tree(a->store, &entry->as.tree, err);
        arrive_retention(a, &entry->as.tree);
        return BURIN_OK;
    default:
        return arrive_version(a, entry, err);
    }
}

/* ---- what others have committed ---- */

static burin_status queue_entry(void *user, const es_entry *entry, burin_error *err)
{
    static const char zeros[_Alignof(es_entry)];
    buf              *news  = user;
    es_entry          whole = *entry;
    bool              texts = entry->kind != ES_ENTRY_TREE;
    whole.note_len          = texts ? (uint32_t)entry->as.version.note.len : 0;
    whole.states_len        = texts ? (uint32_t)entry->as.version.states.len : 0;
    size_t len = sizeof whole + whole.note_len + whole.states_len, over = len % sizeof zeros;
    whole.size = (uint32_t)(over ? len + sizeof zeros - over : len);
    buf_append(news, (const char *)&whole, sizeof whole);
    if (texts) {
        buf_append(news, entry->as.version.note.data, whole.note_len);
        buf_append(news, entry->as.version.states.data, whole.states_len);
    }
    buf_append(news, zeros, whole.size - len);
    return news->failed ? es_fail(err, BURIN_ERR_NOMEM, "out of memory") : BURIN_OK;
}

/* What is kept of trees is as it was set, here or elsewhere. */
static void retain_all(burin_store *s)
{
    for (uint32_t tree = 1; tree <= s->tree_count; tree++)
        es_retain(s, es_tree_at(s, tree));
}

/* Types need the lock themselves; the rest is done under it, so that no commit comes in between. */
static burin_status take_in(burin_store *s, const buf *news, uint64_t kept, uint64_t *commits, burin_error *err)
{
    es_arrivals  a      = {.store = s, .live = true, .kept = kept};
    burin_status status = BURIN_OK;
    es_entry    *entry;
    size_t       at = 0;
    while (!status && (entry = es_next_entry(news, &at))) {
        if (entry->kind == ES_ENTRY_TYPE)
            status = es_arrive(&a, entry, err);
    }
    pthread_mutex_lock(&s->lock);
    at = 0;
    while (!status && (entry = es_next_entry(news, &at))) {
        if (entry->kind != ES_ENTRY_TYPE)
            status = es_arrive(&a, entry, err);
    }
    if (status == BURIN_OK) {
        es_replay_commit(s, a.given);
        retain_all(s); /* now that what replaces it is seen */
    } else if (status == BURIN_ERR_CONFLICT) { /* what is here is not what is kept */
        es_log_fail(s, status, "another process has changed the same tree");
    } else if (a.parts) { /* of the last commit perhaps not all has arrived: it must not be seen */
        es_log_fail(s, BURIN_ERR_OS, "what another process has committed could not be taken in");
    }
    es_sweep(s);
    pthread_mutex_unlock(&s->lock);
    *commits = a.commits;
    return status;
}

/* With log->following. */
static burin_status take_news(burin_store *s, uint64_t *commits, burin_error *err)
{
    es_log      *log    = s->log;
    buf          news   = buf_make(&s->alloc);
    uint64_t     kept   = es_log_kept(log);
    burin_status status = log->ops->news(log->backend, queue_entry, &news, err);
    if (status == BURIN_OK)
        status = take_in(s, &news, kept, commits, err);
    pthread_mutex_lock(&log->lock); /* nothing is written anew meanwhile */
    if (status == BURIN_OK)
        log->ops->seen(log->backend);
    pthread_mutex_unlock(&log->lock);
    buf_deinit(&news);
    return status;
}

burin_status burin_store_refresh(burin_store *store, uint64_t *commits, burin_error *err)
{
    uint64_t     number = 0;
    burin_status status = BURIN_OK;
    if (store->log) {
        pthread_mutex_lock(&store->log->following);
        status = take_news(store, &number, err);
        pthread_mutex_unlock(&store->log->following);
    }
    if (commits)
        *commits = number;
    return status;
}

void es_catch_up(burin_store *s)
{
    uint64_t commits;
    if (pthread_mutex_trylock(&s->log->following))
        return;
    take_news(s, &commits, NULL); /* what fails is said by burin_store_refresh, and by the next try */
    pthread_mutex_unlock(&s->log->following);
}

burin_status burin_store_wait(burin_store *store, uint64_t timeout_ns, bool *changed, burin_error *err)
{
    es_log *log = store->log;
    *changed    = false;
    if (!log)
        return es_fail(err, BURIN_ERR_USAGE, "the store is in memory only: nobody else changes it");
    pthread_mutex_lock(&log->following);
    burin_status status = log->ops->wait(log->backend, timeout_ns, changed, err);
    pthread_mutex_unlock(&log->following);
    return status;
}
