/* Keeping a store in one SQLite file: a write-ahead log, one transaction a batch.
 *
 *   type     what burin_store_define declared, packed
 *   tree     where each tree comes from, what its retention is, and its newest version
 *   version  a row each, in the order of commits; `states` is pack.h's, `sum` its check
 *
 * The schema has a version (user_version); another one is refused. A tree's `head` moves only from what this process believes it is: of two
 * processes that write, the second finds it moved, and its batch is undone as a whole. */
#include "runtime/store/backend.h"

#include <sqlite3.h>

enum { APPLICATION = 0x4275726e /* "Burn" */, SCHEMA = 1 };

typedef enum statement {
    BEGIN, COMMIT, ROLLBACK, ADD_TYPE, ADD_TREE, ADD_VERSION, MOVE_HEAD, SET_RETENTION, SET_KEEPS, READ_TYPES, READ_TREES, READ_VERSIONS,
    STATEMENT_COUNT
} statement;
static const char *const texts[STATEMENT_COUNT] = {
    [BEGIN]         = "BEGIN IMMEDIATE",
    [COMMIT]        = "COMMIT",
    [ROLLBACK]      = "ROLLBACK",
    [ADD_TYPE]      = "INSERT INTO type (number, packed) VALUES (?, ?)",
    [ADD_TREE]      = "INSERT INTO tree (tree, parent_tree, parent_version, head, last, since_time_ns) VALUES (?, ?, ?, 0, ?, ?)",
    [ADD_VERSION]   = "INSERT INTO version (tree, version, keeps, last_id, commits, time_ns, note, states, sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [MOVE_HEAD]     = "UPDATE tree SET head = ?2 WHERE tree = ?1 AND head = ?3",
    [SET_RETENTION] = "UPDATE tree SET last = ?2, since_time_ns = ?3 WHERE tree = ?1",
    [SET_KEEPS]     = "UPDATE version SET keeps = max(keeps + ?3, 0) WHERE tree = ?1 AND version = ?2",
    [READ_TYPES]    = "SELECT number, packed FROM type ORDER BY number",
    [READ_TREES]    = "SELECT tree, parent_tree, parent_version, last, since_time_ns, head FROM tree ORDER BY tree",
    [READ_VERSIONS] = "SELECT tree, version, keeps, last_id, commits, time_ns, note, states, sum FROM version ORDER BY id",
};
static const char schema[] = "CREATE TABLE type (number INTEGER PRIMARY KEY, packed BLOB NOT NULL);"
                             "CREATE TABLE tree (tree INTEGER PRIMARY KEY, parent_tree INTEGER NOT NULL, parent_version INTEGER NOT NULL,"
                             " head INTEGER NOT NULL, last INTEGER NOT NULL, since_time_ns INTEGER NOT NULL);"
                             "CREATE TABLE version (id INTEGER PRIMARY KEY, tree INTEGER NOT NULL, version INTEGER NOT NULL, keeps INTEGER NOT NULL,"
                             " last_id INTEGER NOT NULL, commits INTEGER NOT NULL, time_ns INTEGER NOT NULL, note TEXT NOT NULL,"
                             " states BLOB NOT NULL, sum INTEGER NOT NULL);";

struct es_backend {
    burin_allocator alloc;
    sqlite3        *db;
    sqlite3_stmt   *statements[STATEMENT_COUNT];
    burin_error    *err; /* of the running call */
};

/* ---- statements ---- */

static burin_status failed(es_backend *b)
{
    int code = sqlite3_errcode(b->db);
    if (code == SQLITE_NOMEM)
        return es_fail(b->err, BURIN_ERR_NOMEM, "out of memory");
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        return es_fail(b->err, BURIN_ERR_DATA, "the file is damaged, or no store: %s", sqlite3_errmsg(b->db));
    if (code == SQLITE_CONSTRAINT)
        return es_fail(b->err, BURIN_ERR_CONFLICT, "another process has changed the store");
    return es_fail(b->err, BURIN_ERR_OS, "the store's file: %s", sqlite3_errmsg(b->db));
}

static burin_status prepare(es_backend *b)
{
    for (unsigned n = 0; n < STATEMENT_COUNT; n++) {
        if (!b->statements[n] && sqlite3_prepare_v3(b->db, texts[n], -1, SQLITE_PREPARE_PERSISTENT, &b->statements[n], NULL) != SQLITE_OK)
            return failed(b);
    }
    return BURIN_OK;
}

/* Run a statement that gives no rows, its numbers bound from the left. */
static burin_status run(es_backend *b, statement which, const int64_t *numbers, int count)
{
    sqlite3_stmt *st = b->statements[which];
    for (int n = 0; n < count; n++)
        sqlite3_bind_int64(st, n + 1, numbers[n]);
    int          code   = sqlite3_step(st);
    burin_status status = code == SQLITE_DONE ? BURIN_OK : failed(b);
    sqlite3_reset(st);
    return status;
}

static burin_status execute(es_backend *b, const char *sql) { return sqlite3_exec(b->db, sql, NULL, NULL, NULL) == SQLITE_OK ? BURIN_OK : failed(b); }

/* ---- opening ---- */

static int64_t pragma(es_backend *b, const char *sql)
{
    sqlite3_stmt *st    = NULL;
    int64_t       value = -1;
    if (sqlite3_prepare_v2(b->db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
        value = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return value;
}

static burin_status check_schema(es_backend *b, const burin_open_options *options)
{
    int64_t tables = pragma(b, "SELECT count(*) FROM sqlite_schema"), application = pragma(b, "PRAGMA application_id");
    int64_t version = pragma(b, "PRAGMA user_version");
    if (tables < 0 || application < 0)
        return failed(b);
    if (tables == 0 && options->create && !options->read_only) {
        char *sql = sqlite3_mprintf("BEGIN IMMEDIATE; PRAGMA application_id = %d; PRAGMA user_version = %d; %s COMMIT;", APPLICATION, SCHEMA, schema);
        burin_status status = sql ? execute(b, sql) : es_fail(b->err, BURIN_ERR_NOMEM, "out of memory");
        sqlite3_free(sql);
        return status;
    }
    if (application != APPLICATION)
        return es_fail(b->err, BURIN_ERR_DATA, "the file is no store of Burin's");
    if (version != SCHEMA)
        return es_fail(b->err, BURIN_ERR_DATA, "the store's format is %lld, this Burin knows %d", (long long)version, SCHEMA);
    return BURIN_OK;
}

static void close_file(es_backend *b)
{
    burin_allocator alloc = b->alloc;
    for (unsigned n = 0; n < STATEMENT_COUNT; n++)
        sqlite3_finalize(b->statements[n]);
    sqlite3_close(b->db);
    base_free(&alloc, b, sizeof *b);
}

static es_backend *open_file(const char *where, const burin_open_options *options, burin_error *err)
{
    const burin_allocator *alloc = options->store.allocator ? options->store.allocator : &base_malloc_allocator;
    es_backend            *b     = base_alloc(alloc, sizeof *b);
    int flags = (options->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | (options->create ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_NOMUTEX;
    if (!b) {
        es_fail(err, BURIN_ERR_NOMEM, "out of memory");
        return NULL;
    }
    *b = (es_backend){.alloc = *alloc, .err = err};
    burin_status status = sqlite3_open_v2(where, &b->db, options->read_only ? flags & ~SQLITE_OPEN_CREATE : flags, NULL) == SQLITE_OK ? BURIN_OK : failed(b);
    if (status == BURIN_OK) {
        sqlite3_busy_timeout(b->db, 5000);
        status = check_schema(b, options);
    }
    if (status == BURIN_OK && !options->read_only)
        status = execute(b, options->durability == BURIN_DURABILITY_FULL ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"
                                                                         : "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    if (status == BURIN_OK)
        status = prepare(b);
    if (status == BURIN_OK)
        return b;
    close_file(b);
    return NULL;
}

/* ---- writing ---- */

static burin_status write_version(es_backend *b, const es_entry *entry, int64_t before)
{
    const es_logged_version *v  = &entry->as.version;
    sqlite3_stmt            *st = b->statements[ADD_VERSION];
    int64_t numbers[] = {v->tree, v->version, v->keeps, v->last_id, (int64_t)v->commit, v->time_ns};
    sqlite3_bind_text64(st, 7, v->note.data, v->note.len, SQLITE_STATIC, SQLITE_UTF8);
    sqlite3_bind_blob64(st, 8, v->states.data, v->states.len, SQLITE_STATIC);
    sqlite3_bind_int64(st, 9, es_sum(v->states));
    burin_status status = run(b, ADD_VERSION, numbers, 6);
    sqlite3_clear_bindings(st);
    if (status)
        return status;
    status = run(b, MOVE_HEAD, (int64_t[]){v->tree, v->version, before}, 3);
    if (status == BURIN_OK && sqlite3_changes(b->db) != 1)
        status = es_fail(b->err, BURIN_ERR_CONFLICT, "another process has changed tree %u of the store", v->tree);
    return status;
}

static burin_status write_entry(es_backend *b, const es_entry *entry)
{
    const es_logged_tree    *t = &entry->as.tree;
    const es_logged_version *v = &entry->as.version;
    burin_status             status;
    switch (entry->kind) {
    case ES_ENTRY_TYPE:
        sqlite3_bind_blob64(b->statements[ADD_TYPE], 2, v->states.data, v->states.len, SQLITE_STATIC);
        status = run(b, ADD_TYPE, (int64_t[]){v->version}, 1);
        sqlite3_clear_bindings(b->statements[ADD_TYPE]);
        return status;
    case ES_ENTRY_TREE:
        return run(b, ADD_TREE, (int64_t[]){t->tree, t->parent_tree, t->parent_version, t->retention.last, t->retention.since_time_ns}, 5);
    case ES_ENTRY_VERSION:
        return write_version(b, entry, entry->before);
    case ES_ENTRY_RETENTION:
        return run(b, SET_RETENTION, (int64_t[]){t->tree, t->retention.last, t->retention.since_time_ns}, 3);
    default:
        return run(b, SET_KEEPS, (int64_t[]){v->tree, v->version, entry->difference}, 3);
    }
}

static burin_status write_batch(es_backend *b, const buf *entries, bool anew, burin_error *err)
{
    const es_entry *entry;
    size_t          at = 0;
    b->err             = err;
    burin_status status = run(b, BEGIN, NULL, 0);
    if (status)
        return status;
    if (anew)
        status = execute(b, "DELETE FROM version; DELETE FROM tree; DELETE FROM type");
    while (!status && (entry = es_next_entry(entries, &at)))
        status = write_entry(b, entry);
    if (status == BURIN_OK)
        status = run(b, COMMIT, NULL, 0);
    if (status && !sqlite3_get_autocommit(b->db))
        sqlite3_step(b->statements[ROLLBACK]);
    sqlite3_reset(b->statements[ROLLBACK]);
    if (status == BURIN_OK && anew)
        status = execute(b, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
    return status;
}

/* ---- reading ---- */

static int64_t column_number(void *row, int n) { return sqlite3_column_int64(row, n); }

static burin_text column_text(void *row, int n)
{
    const void *data = sqlite3_column_blob(row, n);
    return (burin_text){data ? data : "", (size_t)sqlite3_column_bytes(row, n)};
}

static burin_status read_rows(es_backend *b, statement which, es_entry_sink sink, void *user)
{
    static const es_entry_kind kinds[STATEMENT_COUNT] = {[READ_TYPES] = ES_ENTRY_TYPE, [READ_TREES] = ES_ENTRY_TREE, [READ_VERSIONS] = ES_ENTRY_VERSION};
    sqlite3_stmt *st     = b->statements[which];
    es_row        row    = {column_number, column_text, st};
    burin_status  status = BURIN_OK;
    int           code;
    while (!status && (code = sqlite3_step(st)) == SQLITE_ROW) {
        es_entry entry;
        status = es_row_entry(&row, kinds[which], &entry) ? sink(user, &entry, b->err) : es_fail(b->err, BURIN_ERR_DATA, "a row of the store's file is damaged");
    }
    if (status == BURIN_OK && code != SQLITE_DONE)
        status = failed(b);
    sqlite3_reset(st);
    return status;
}

static burin_status read_file(es_backend *b, es_entry_sink sink, void *user, burin_error *err)
{
    b->err              = err;
    burin_status status = execute(b, "BEGIN"); /* one moment for all three */
    for (statement which = READ_TYPES; which <= READ_VERSIONS && !status; which++)
        status = read_rows(b, which, sink, user);
    if (!sqlite3_get_autocommit(b->db))
        sqlite3_exec(b->db, "COMMIT", NULL, NULL, NULL);
    return status;
}

const es_backend_ops es_sqlite = {open_file, close_file, read_file, write_batch};
