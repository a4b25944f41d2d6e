/* The queue of what is to be kept, and its writing. See log.h. */
#include "runtime/store/log.h"
#include "runtime/store/txn.h"

enum { QUEUE_MAX = 1 << 20 }; /* bytes that deferred commits may leave waiting */

es_log *es_log_new(const burin_allocator *alloc, const es_backend_ops *ops, es_backend *backend, const burin_open_options *options)
{
    es_log *log = base_alloc(alloc, sizeof *log);
    if (!log)
        return NULL;
    *log = (es_log){.alloc = *alloc, .ops = ops, .backend = backend, .read_only = options->read_only, .shared = options->shared, .failure = BURIN_ERROR_INIT};
    log->change = buf_make(&log->alloc);
    log->queue  = buf_make(&log->alloc);
    log->batch  = buf_make(&log->alloc);
    pthread_mutex_init(&log->lock, NULL);
    pthread_mutex_init(&log->following, NULL);
    pthread_cond_init(&log->written, NULL);
    return log;
}

/* ---- entries ---- */

/* Begin an entry: its bytes follow. Its place is counted from the beginning, because the buffer may move. */
static size_t begin(burin_store *s, const es_entry *entry)
{
    size_t at = s->log->change.len;
    buf_append(&s->log->change, (const char *)entry, sizeof *entry);
    return at;
}

/* End it: what follows the note are the states. */
static bool end(burin_store *s, size_t at)
{
    buf   *change = &s->log->change;
    size_t len    = change->len - at;
    if (change->failed || len > UINT32_MAX / 2)
        return false;
    while ((change->len - at) % _Alignof(es_entry))
        buf_append_byte(change, '\0');
    if (change->failed)
        return false;
    es_entry *entry   = (es_entry *)(void *)(change->data + at);
    entry->states_len = (uint32_t)(len - sizeof *entry) - entry->note_len;
    entry->size       = (uint32_t)(change->len - at);
    return true;
}

bool es_log_type(burin_store *s, burin_type type)
{
    es_entry entry = {.kind = ES_ENTRY_TYPE, .as.version.version = type};
    if (!s->log)
        return true;
    size_t at = begin(s, &entry);
    es_pack_type(es_type_at(s, type), &s->log->change);
    return end(s, at);
}

bool es_log_tree(burin_store *s, uint32_t tree, const es_tree *t)
{
    es_entry entry = {.kind = ES_ENTRY_TREE, .as.tree = {tree, t->parent_tree, t->parent_version, t->retention}};
    return !s->log || end(s, begin(s, &entry));
}

bool es_log_retention(burin_store *s, uint32_t tree, const burin_retention *retention)
{
    es_entry entry = {.kind = ES_ENTRY_RETENTION, .as.tree = {.tree = tree, .retention = *retention}};
    return !s->log || end(s, begin(s, &entry));
}

bool es_log_keeps(burin_store *s, uint32_t tree, uint32_t version, int32_t difference)
{
    es_entry entry = {.kind = ES_ENTRY_KEEPS, .difference = difference, .as.version = {.tree = tree, .version = version}};
    return !s->log || end(s, begin(s, &entry));
}

bool es_log_version(burin_store *s, const es_kept *kept)
{
    const es_version *v    = kept->entry;
    const es_bytes   *note = v->note ? es_at(&s->memory, v->note) : NULL;
    es_entry entry = {.kind       = ES_ENTRY_VERSION,
                      .note_len   = note ? note->len : 0,
                      .before     = kept->last,
                      .as.version = {.tree = kept->tree, .version = kept->version, .keeps = kept->keeps, .last_id = atomic_load(&s->next_id) - 1,
                                     .commit = v->index.seq - 1, .time_ns = v->time_ns}};
    if (!s->log)
        return true;
    size_t at = begin(s, &entry);
    if (note)
        buf_append(&s->log->change, note->data, note->len);
    es_pack_version(s, kept, &s->log->change);
    return end(s, at);
}

/* ---- the backend, for one at a time ---- */

static void begin_use(es_log *log)
{
    pthread_mutex_lock(&log->lock);
    while (log->writing)
        pthread_cond_wait(&log->written, &log->lock);
    log->writing = true;
    pthread_mutex_unlock(&log->lock);
}

static void end_use(es_log *log)
{
    pthread_mutex_lock(&log->lock);
    log->writing = false;
    pthread_cond_broadcast(&log->written);
    pthread_mutex_unlock(&log->lock);
}

/* ---- numbers ---- */

enum { IDS_STEP = 1024, TREES_STEP_MAX = 16 }; /* of trees first one, then twice as many each time: numbers that are not used are lost */

/* Have at least `count` numbers in a row. */
static burin_status reserve(es_log *log, es_reserved what, uint32_t count, uint32_t *first, burin_error *err)
{
    begin_use(log);
    burin_status status = log->ops->reserve(log->backend, what, count, first, err);
    end_use(log);
    return status;
}

burin_status es_log_ids(burin_store *s, uint32_t *first, burin_error *err)
{
    es_log *log = s->log;
    *first      = atomic_load(&s->next_id);
    if (!log || log->read_only) /* then nothing comes of them */
        return BURIN_OK;
    burin_status status = BURIN_OK;
    if (log->ids.next == log->ids.end) {
        status       = reserve(log, ES_RESERVED_IDS, IDS_STEP, &log->ids.next, err);
        log->ids.end = status ? log->ids.next : log->ids.next + IDS_STEP;
    }
    *first = log->ids.next;
    log->ids.next += status ? 0 : ES_ID_BLOCK;
    return status;
}

burin_status es_log_tree_number(burin_store *s, uint32_t nth, uint32_t *number, burin_error *err)
{
    es_log *log = s->log;
    *number     = s->tree_count + nth;
    if (!log)
        return BURIN_OK;
    burin_status status = BURIN_OK;
    if (log->trees.next == log->trees.end) {
        uint32_t step   = log->trees.step ? log->trees.step : 1;
        status          = reserve(log, ES_RESERVED_TREES, step, &log->trees.next, err);
        log->trees.end  = status ? log->trees.next : log->trees.next + step;
        log->trees.step = step < TREES_STEP_MAX ? 2 * step : step;
    }
    *number = log->trees.next;
    log->trees.next += !status;
    return status;
}

/* ---- writing ---- */

/* Write what is queued, or wait until another thread has; with the log's lock. */
static void advance(es_log *log)
{
    if (log->writing) {
        pthread_cond_wait(&log->written, &log->lock);
        return;
    }
    buf      batch  = log->queue;
    uint64_t number = log->queued;
    log->queue      = log->batch;
    log->queue.len  = 0;
    log->batch      = batch;
    log->writing    = true;
    pthread_mutex_unlock(&log->lock);
    burin_error  err    = BURIN_ERROR_INIT;
    burin_status status = log->ops->write(log->backend, &log->batch, false, &err);
    pthread_mutex_lock(&log->lock);
    log->writing = false;
    if (status == BURIN_OK)
        log->kept = number;
    else if (!log->failure.status)
        log->failure = err;
    else
        burin_error_clear(&err);
    pthread_cond_broadcast(&log->written);
}

/* ---- changes ---- */

burin_status es_log_ready(const burin_store *s, burin_error *err)
{
    burin_status status = BURIN_OK;
    if (!s->log)
        return BURIN_OK;
    if (s->log->read_only)
        return es_fail(err, BURIN_ERR_USAGE, "the store was opened to be read only");
    pthread_mutex_lock(&s->log->lock);
    if (s->log->failure.status)
        status = es_fail(err, BURIN_ERR_OS, "the store can no longer be written: %s", s->log->failure.message ? s->log->failure.message : "a write failed");
    pthread_mutex_unlock(&s->log->lock);
    return status;
}

/* False when memory is out. */
static bool queue_change(es_log *log, uint64_t *number)
{
    pthread_mutex_lock(&log->lock);
    bool good = buf_reserve(&log->queue, log->change.len);
    if (good) {
        buf_append(&log->queue, log->change.data, log->change.len);
        *number = ++log->queued;
    }
    log->queue.failed = false; /* a reservation that failed spoils nothing */
    pthread_mutex_unlock(&log->lock);
    return good;
}

/* Whatever it fails by, the change is not done; where it may be kept all the same, nothing is written any more. */
static burin_status write_change(es_log *log, burin_error *err)
{
    burin_error  failure = BURIN_ERROR_INIT;
    begin_use(log);
    burin_status status = log->ops->write(log->backend, &log->change, false, &failure);
    pthread_mutex_lock(&log->lock);
    if (status == BURIN_ERR_OS)
        es_fail(&log->failure, status, "%s", failure.message ? failure.message : "a write failed");
    pthread_mutex_unlock(&log->lock);
    end_use(log);
    if (status == BURIN_ERR_CONFLICT)
        atomic_store(&log->is_behind, true);
    if (status)
        es_fail(err, status, "%s", failure.message ? failure.message : "out of memory");
    burin_error_clear(&failure);
    return status;
}

burin_status es_log_done(burin_store *s, bool good, uint64_t *number, burin_error *err)
{
    es_log      *log    = s->log;
    burin_status status = BURIN_OK;
    *number             = 0;
    if (!log)
        return BURIN_OK;
    good = good && !log->change.failed;
    if (good && log->change.len && log->shared)
        status = write_change(log, err);
    else if (good && log->change.len)
        good = queue_change(log, number);
    es_log_undo(s);
    return good ? status : es_fail(err, BURIN_ERR_NOMEM, "out of memory");
}

void es_log_undo(burin_store *s)
{
    if (!s->log)
        return;
    s->log->change.len    = 0;
    s->log->change.failed = false;
}

void es_log_fail(burin_store *s, burin_status status, const char *why)
{
    pthread_mutex_lock(&s->log->lock);
    if (!s->log->failure.status)
        es_fail(&s->log->failure, status, "%s", why);
    pthread_mutex_unlock(&s->log->lock);
}

static bool is_queued(const buf *queue, uint32_t tree, uint32_t version)
{
    const es_entry *entry;
    for (size_t at = 0; at < queue->len; at += entry->size) {
        entry = (const es_entry *)(const void *)(queue->data + at);
        if (entry->kind == ES_ENTRY_VERSION && entry->as.version.tree == tree && entry->as.version.version == version)
            return true;
    }
    return false;
}

burin_status es_log_expect_kept(burin_store *s, uint32_t tree, uint32_t version, burin_error *err)
{
    es_log *log = s->log;
    pthread_mutex_lock(&log->lock);
    while (log->writing) /* what is being written will be kept, or not */
        pthread_cond_wait(&log->written, &log->lock);
    bool kept = !log->failure.status && !is_queued(&log->queue, tree, version);
    pthread_mutex_unlock(&log->lock);
    return kept ? BURIN_OK : es_fail(err, BURIN_ERR_CONFLICT, "another process has made version %u of tree %u, too", version, tree);
}

burin_status es_log_replace(burin_store *s, burin_error *err)
{
    es_log *log = s->log;
    pthread_mutex_lock(&log->lock);
    while (log->writing || (log->kept < log->queued && !log->failure.status)) /* what waits is part of it, but the backend compares */
        advance(log);
    burin_status status = log->failure.status ? es_fail(err, BURIN_ERR_OS, "the store can no longer be written")
                                              : log->ops->write(log->backend, &log->change, true, err);
    pthread_mutex_unlock(&log->lock);
    return status;
}

/* ---- waiting ---- */

burin_status es_log_check(const burin_store *s, burin_error *err)
{
    es_log *log = s->log;
    if (!log || !log->ops->check)
        return BURIN_OK;
    pthread_mutex_lock(&log->following);
    burin_status status = log->ops->check(log->backend, err);
    pthread_mutex_unlock(&log->following);
    return status;
}

uint64_t es_log_kept(es_log *log)
{
    pthread_mutex_lock(&log->lock);
    uint64_t kept = log->kept;
    pthread_mutex_unlock(&log->lock);
    return kept;
}

static burin_status wait_for(burin_store *s, uint64_t number, size_t waiting_max, burin_error *err)
{
    es_log      *log    = s->log;
    burin_status status = BURIN_OK;
    if (!log || !number)
        return BURIN_OK;
    pthread_mutex_lock(&log->lock);
    while (log->kept < number && !log->failure.status && log->queue.len > waiting_max)
        advance(log);
    while (waiting_max == 0 && log->kept < number && !log->failure.status) /* the batch that holds it is being written */
        advance(log);
    if (log->kept < number && log->failure.status)
        status = es_fail(err, log->failure.status == BURIN_ERR_CONFLICT ? BURIN_ERR_CONFLICT : BURIN_ERR_OS, "done in memory, but not kept: %s",
                         log->failure.message ? log->failure.message : "a write failed");
    pthread_mutex_unlock(&log->lock);
    return status;
}

burin_status es_log_wait(burin_store *s, uint64_t number, burin_error *err) { return wait_for(s, number, 0, err); }

burin_status es_log_end(burin_store *s, burin_status status, uint64_t number, burin_error *err)
{
    if (status == BURIN_ERR_CONFLICT && s->log && atomic_exchange(&s->log->is_behind, false))
        es_catch_up(s);
    return status ? status : es_log_wait(s, number, err);
}

burin_status es_log_defer(burin_store *s, uint64_t number, burin_error *err) { return wait_for(s, number, QUEUE_MAX, err); }

burin_status burin_store_sync(burin_store *store, burin_error *err)
{
    uint64_t number = 0;
    if (store->log) {
        pthread_mutex_lock(&store->log->lock);
        number = store->log->queued;
        pthread_mutex_unlock(&store->log->lock);
    }
    return es_log_wait(store, number, err);
}

void es_log_free(es_log *log)
{
    if (!log)
        return;
    pthread_mutex_lock(&log->lock);
    while (log->kept < log->queued && !log->failure.status)
        advance(log);
    pthread_mutex_unlock(&log->lock);
    log->ops->close(log->backend);
    burin_error_clear(&log->failure);
    buf_deinit(&log->change);
    buf_deinit(&log->queue);
    buf_deinit(&log->batch);
    pthread_cond_destroy(&log->written);
    pthread_mutex_destroy(&log->lock);
    pthread_mutex_destroy(&log->following);
    burin_allocator alloc = log->alloc;
    base_free(&alloc, log, sizeof *log);
}
