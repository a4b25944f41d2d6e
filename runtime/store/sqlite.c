/* Keeping a store in one SQLite file: a write-ahead log, one transaction a batch.
 *
 *   store    one row: the numbers that entities and trees get next
 *   type     what burin_store_define declared, packed
 *   tree     where each tree comes from, what its retention is, and its newest version
 *   version  a row each, in the order in which they were written; `states` is pack.h's, `sum` its check, `writer` names the process
 *
 * The schema has a version (user_version): one that is older is brought up to date when it is opened to be written, a later one refused. A tree's `head` moves only from what this process believes it is: of two
 * processes that write to one tree, the second finds it moved, and its batch is undone as a whole. Rows only get higher ids, so that who has
 * seen all up to one finds what is new; they are read through a connection of their own. */
#include "runtime/store/backend.h"

#include <sqlite3.h>
#include <sys/random.h>
#include <time.h>

enum { APPLICATION = 0x4275726e /* "Burn" */, SCHEMA = 3, LOOK_NS = 2000000 /* between two looks for what is new */ };

typedef enum statement {
    BEGIN, COMMIT, ROLLBACK, ADD_TYPE, ADD_TREE, ADD_VERSION, MOVE_HEAD, SET_RETENTION, SET_KEEPS, RESERVE_IDS, RESERVE_TREES, USE_NUMBERS, COUNT_UNSEEN, SUM_KEEPS, COUNT_TYPES,
    LAST_ROW, DATA_VERSION, READ_TYPES, READ_TREES, READ_VERSIONS, STATEMENT_COUNT
} statement;
static const char *const texts[STATEMENT_COUNT] = {
    [BEGIN]         = "BEGIN IMMEDIATE",
    [COMMIT]        = "COMMIT",
    [ROLLBACK]      = "ROLLBACK",
    [ADD_TYPE]      = "INSERT INTO type (number, packed) VALUES (?, ?)",
    [ADD_TREE]      = "INSERT INTO tree (tree, parent_tree, parent_version, head, last, since_time_ns)" /* no fork of what has been dropped */
                      " SELECT ?1, CASE WHEN ?2 = 0 OR ?6 OR EXISTS (SELECT 1 FROM version WHERE tree = ?2 AND version = ?3) THEN ?2 END, ?3, 0, ?4, ?5"
                      " WHERE NOT (?6 AND EXISTS (SELECT 1 FROM tree WHERE tree = ?1))",
    [ADD_VERSION]   = "INSERT INTO version (tree, version, keeps, last_id, commits, time_ns, note, states, sum, before, writer, id)"
                      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [MOVE_HEAD]     = "UPDATE tree SET head = ?2 WHERE tree = ?1 AND head = ?3",
    [SET_RETENTION] = "UPDATE tree SET last = ?2, since_time_ns = ?3 WHERE tree = ?1",
    [SET_KEEPS]     = "UPDATE version SET keeps = max(keeps + ?3, 0) WHERE tree = ?1 AND version = ?2",
    [RESERVE_IDS]   = "UPDATE store SET next_id = next_id + ?1 RETURNING next_id - ?1",
    [RESERVE_TREES] = "UPDATE store SET next_tree = next_tree + ?1 RETURNING next_tree - ?1",
    [USE_NUMBERS]   = "UPDATE store SET next_id = max(next_id, ?1), next_tree = max(next_tree, ?2)",
    [COUNT_UNSEEN]  = "SELECT count(*) FROM version WHERE id > ?1 AND writer <> ?2",
    [SUM_KEEPS]     = "SELECT sum(keeps) FROM version",
    [COUNT_TYPES]   = "SELECT count(*) FROM type",
    [LAST_ROW]      = "SELECT max(id) FROM version",
    [DATA_VERSION]  = "PRAGMA data_version",
    [READ_TYPES]    = "SELECT number, packed FROM type ORDER BY number",
    [READ_TREES]    = "SELECT tree, parent_tree, parent_version, last, since_time_ns FROM tree ORDER BY tree",
    [READ_VERSIONS] = "SELECT tree, version, keeps, last_id, commits, time_ns, note, states, sum, before, writer FROM version"
                      " WHERE id > ?1 AND writer <> ?2 ORDER BY id",
};
#define STORE_TABLE "CREATE TABLE store (next_id INTEGER NOT NULL, next_tree INTEGER NOT NULL);"
#define VERSION_TABLE \
    "CREATE TABLE version (id INTEGER PRIMARY KEY, tree INTEGER NOT NULL, version INTEGER NOT NULL, keeps INTEGER NOT NULL," \
    " last_id INTEGER NOT NULL, commits INTEGER NOT NULL, time_ns INTEGER NOT NULL, before INTEGER NOT NULL, writer INTEGER NOT NULL," \
    " note TEXT NOT NULL, states BLOB NOT NULL, sum INTEGER NOT NULL);"
static const char schema[] = STORE_TABLE "CREATE TABLE type (number INTEGER PRIMARY KEY, packed BLOB NOT NULL);"
                             "CREATE TABLE tree (tree INTEGER PRIMARY KEY, parent_tree INTEGER NOT NULL, parent_version INTEGER NOT NULL,"
                             " head INTEGER NOT NULL, last INTEGER NOT NULL, since_time_ns INTEGER NOT NULL);" VERSION_TABLE
                             "INSERT INTO store VALUES (16, 1);";
/* From version 1, of one process at a time: it knew neither what numbers are given, nor what a version comes after, nor who wrote it. */
static const char from_1[] = STORE_TABLE
    "INSERT INTO store SELECT (SELECT (coalesce(max(last_id), 0) / 16 + 1) * 16 FROM version), (SELECT coalesce(max(tree), 0) + 1 FROM tree);"
    "ALTER TABLE version RENAME TO version_1;" VERSION_TABLE
    "INSERT INTO version SELECT id, tree, version, keeps, last_id, commits, time_ns, lag(version, 1, 0) OVER (PARTITION BY tree ORDER BY version), 1, note, states, sum"
    " FROM version_1; DROP TABLE version_1;";

typedef struct connection {
    sqlite3      *db;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    burin_error  *err; /* of the running call */
} connection;

struct es_backend {
    burin_allocator alloc;
    connection      main, feed; /* feed: opened when it is first needed */
    char           *where;
    int64_t         writer;     /* names this process, by chance; not 0 */
    int64_t         seen, next_seen; /* rows up to this are in the store; and will be, when the news are */
    int64_t         looked_at;  /* data_version when `wait` looked last; 0: it did not */
};

/* ---- statements ---- */

static burin_status failed(connection *c)
{
    int code = sqlite3_errcode(c->db);
    if (code == SQLITE_NOMEM)
        return es_fail(c->err, BURIN_ERR_NOMEM, "out of memory");
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        return es_fail(c->err, BURIN_ERR_DATA, "the file is damaged, or no store: %s", sqlite3_errmsg(c->db));
    if (code == SQLITE_CONSTRAINT)
        return es_fail(c->err, BURIN_ERR_CONFLICT, "another process has changed the store");
    return es_fail(c->err, BURIN_ERR_OS, "the store's file: %s", sqlite3_errmsg(c->db));
}

static burin_status prepare(connection *c)
{
    for (unsigned n = 0; n < STATEMENT_COUNT; n++) {
        if (!c->statements[n] && sqlite3_prepare_v3(c->db, texts[n], -1, SQLITE_PREPARE_PERSISTENT, &c->statements[n], NULL) != SQLITE_OK)
            return failed(c);
    }
    return BURIN_OK;
}

static void bind(connection *c, statement which, const int64_t *numbers, int count)
{
    for (int n = 0; n < count; n++)
        sqlite3_bind_int64(c->statements[which], n + 1, numbers[n]);
}

/* Run a statement that gives no rows, its numbers bound from the left. */
static burin_status run(connection *c, statement which, const int64_t *numbers, int count)
{
    bind(c, which, numbers, count);
    burin_status status = sqlite3_step(c->statements[which]) == SQLITE_DONE ? BURIN_OK : failed(c);
    sqlite3_reset(c->statements[which]);
    return status;
}

/* The same for one that gives one number. */
static burin_status ask(connection *c, statement which, const int64_t *numbers, int count, int64_t *out)
{
    sqlite3_stmt *st = c->statements[which];
    bind(c, which, numbers, count);
    int code = sqlite3_step(st);
    if (code == SQLITE_ROW) {
        *out = sqlite3_column_int64(st, 0);
        code = sqlite3_step(st);
    }
    burin_status status = code == SQLITE_DONE ? BURIN_OK : failed(c);
    sqlite3_reset(st);
    return status;
}

static burin_status execute(connection *c, const char *sql) { return sqlite3_exec(c->db, sql, NULL, NULL, NULL) == SQLITE_OK ? BURIN_OK : failed(c); }

/* ---- opening ---- */

static int64_t ask_once(connection *c, const char *sql)
{
    sqlite3_stmt *st    = NULL;
    int64_t       value = -1;
    if (sqlite3_prepare_v2(c->db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
        value = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return value;
}

/* Run SQL that makes the tables what they are to be now, if the schema is still at `version`: another process may be doing the same. */
static burin_status change_schema(connection *c, int version, const char *sql)
{
    char        *mark   = sqlite3_mprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION, SCHEMA);
    burin_status status = mark ? execute(c, "BEGIN IMMEDIATE") : es_fail(c->err, BURIN_ERR_NOMEM, "out of memory");
    if (status == BURIN_OK && ask_once(c, "PRAGMA user_version") == version) {
        status = execute(c, sql);
        if (status == BURIN_OK)
            status = execute(c, mark);
    }
    if (status == BURIN_OK)
        status = execute(c, "COMMIT");
    if (!sqlite3_get_autocommit(c->db))
        sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_free(mark);
    return status;
}

static burin_status check_schema(connection *c, const burin_open_options *options)
{
    int64_t      tables = ask_once(c, "SELECT count(*) FROM sqlite_schema");
    burin_status status = tables < 0 ? failed(c) : BURIN_OK;
    if (tables == 0 && options->create && !options->read_only)
        status = change_schema(c, 0, schema);
    if (status)
        return status;
    int64_t application = ask_once(c, "PRAGMA application_id"), version = ask_once(c, "PRAGMA user_version");
    if (application < 0)
        return failed(c);
    if (application != APPLICATION)
        return es_fail(c->err, BURIN_ERR_DATA, "the file is no store of Burin's");
    if (version == 1 && options->read_only)
        return es_fail(c->err, BURIN_ERR_DATA, "the store's format is 1: it is brought up to date when it is opened to be written, not only read");
    if (version == 1)
        return change_schema(c, 1, from_1);
    if (version == 2) /* the same tables; states that differ in large lists of children were not told by edits */
        return options->read_only ? BURIN_OK : change_schema(c, 2, "");
    if (version != SCHEMA)
        return es_fail(c->err, BURIN_ERR_DATA, "the store's format is %lld, this Burin knows %d", (long long)version, SCHEMA);
    return BURIN_OK;
}

static burin_status connect(connection *c, const char *where, int flags)
{
    burin_status status = sqlite3_open_v2(where, &c->db, flags | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK ? BURIN_OK : failed(c);
    if (status == BURIN_OK)
        sqlite3_busy_timeout(c->db, 5000);
    return status;
}

static void disconnect(connection *c)
{
    for (unsigned n = 0; n < STATEMENT_COUNT; n++)
        sqlite3_finalize(c->statements[n]);
    sqlite3_close(c->db);
    *c = (connection){0};
}

static void close_file(es_backend *b)
{
    burin_allocator alloc = b->alloc;
    disconnect(&b->feed); /* the last one to go clears the journal away, which it cannot when it only reads */
    disconnect(&b->main);
    if (b->where)
        base_free(&alloc, b->where, strlen(b->where) + 1);
    base_free(&alloc, b, sizeof *b);
}

static bool name_writer(es_backend *b)
{
    while (b->writer == 0) {
        if (getrandom(&b->writer, sizeof b->writer, 0) != sizeof b->writer)
            return false;
        b->writer &= INT64_MAX;
    }
    return true;
}

static es_backend *open_file(const char *where, const burin_open_options *options, burin_error *err)
{
    const burin_allocator *alloc = options->store.allocator ? options->store.allocator : &base_malloc_allocator;
    es_backend            *b     = base_alloc(alloc, sizeof *b);
    size_t                 size  = strlen(where) + 1;
    int          flags  = options->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | (options->create ? SQLITE_OPEN_CREATE : 0);
    burin_status status = BURIN_OK;
    if (!b) {
        es_fail(err, BURIN_ERR_NOMEM, "out of memory");
        return NULL;
    }
    *b = (es_backend){.alloc = *alloc, .main.err = err, .where = base_alloc(alloc, size)};
    if (!b->where)
        status = es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    else if (!name_writer(b))
        status = es_fail(err, BURIN_ERR_OS, "the system gives no random bytes");
    if (b->where)
        memcpy(b->where, where, size);
    if (status == BURIN_OK)
        status = connect(&b->main, where, flags);
    if (status == BURIN_OK)
        status = check_schema(&b->main, options);
    if (status == BURIN_OK && !options->read_only)
        status = execute(&b->main, options->durability == BURIN_DURABILITY_FULL ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"
                                                                                : "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    if (status == BURIN_OK)
        status = prepare(&b->main);
    if (status == BURIN_OK)
        return b;
    close_file(b);
    return NULL;
}

/* ---- writing ---- */

/* row: the id of its row; 0: the next. */
static burin_status write_version(es_backend *b, const es_entry *entry, int64_t before, int64_t row)
{
    const es_logged_version *v  = &entry->as.version;
    sqlite3_stmt            *st = b->main.statements[ADD_VERSION];
    int64_t numbers[] = {v->tree, v->version, v->keeps, v->last_id, (int64_t)v->commit, v->time_ns};
    sqlite3_bind_text64(st, 7, v->note.data, v->note.len, SQLITE_STATIC, SQLITE_UTF8);
    sqlite3_bind_blob64(st, 8, v->states.data, v->states.len, SQLITE_STATIC);
    sqlite3_bind_int64(st, 9, es_sum(v->states));
    sqlite3_bind_int64(st, 10, entry->before);
    sqlite3_bind_int64(st, 11, b->writer);
    if (row)
        sqlite3_bind_int64(st, 12, row);
    burin_status status = run(&b->main, ADD_VERSION, numbers, 6);
    sqlite3_clear_bindings(st);
    if (status)
        return status;
    status = run(&b->main, MOVE_HEAD, (int64_t[]){v->tree, v->version, before}, 3);
    if (status == BURIN_OK && sqlite3_changes(b->main.db) != 1)
        status = es_fail(b->main.err, BURIN_ERR_CONFLICT, "another process has changed tree %u of the store", v->tree);
    return status;
}

static burin_status write_entry(es_backend *b, const es_entry *entry, bool anew, int64_t row)
{
    const es_logged_tree    *t = &entry->as.tree;
    const es_logged_version *v = &entry->as.version;
    connection              *c = &b->main;
    burin_status             status;
    switch (entry->kind) {
    case ES_ENTRY_TYPE:
        sqlite3_bind_blob64(c->statements[ADD_TYPE], 2, v->states.data, v->states.len, SQLITE_STATIC);
        status = run(c, ADD_TYPE, (int64_t[]){v->version}, 1);
        sqlite3_clear_bindings(c->statements[ADD_TYPE]);
        return status;
    case ES_ENTRY_TREE:
        return run(c, ADD_TREE, (int64_t[]){t->tree, t->parent_tree, t->parent_version, t->retention.last, t->retention.since_time_ns, anew}, 6);
    case ES_ENTRY_VERSION:
        return write_version(b, entry, entry->before, row);
    case ES_ENTRY_RETENTION:
        return run(c, SET_RETENTION, (int64_t[]){t->tree, t->retention.last, t->retention.since_time_ns}, 3);
    default:
        return run(c, SET_KEEPS, (int64_t[]){v->tree, v->version, entry->difference}, 3);
    }
}

/* Before all is written anew: see that it holds nothing that was not seen (into what is empty an import may bring anything), and that the numbers which it
 * uses are not given out again. *row: for the first new version, above all there were. */
static burin_status clear(es_backend *b, const buf *entries, int64_t *row)
{
    connection  *c = &b->main;
    es_contents  contents = es_contents_of(entries);
    int64_t      unseen = 0, keeps = 0, types = 0, rows = 0;
    burin_status status = ask(c, COUNT_UNSEEN, (int64_t[]){b->seen, b->writer}, 2, &unseen);
    if (status == BURIN_OK)
        status = ask(c, SUM_KEEPS, NULL, 0, &keeps);
    if (status == BURIN_OK)
        status = ask(c, COUNT_TYPES, NULL, 0, &types);
    if (status == BURIN_OK)
        status = ask(c, LAST_ROW, NULL, 0, &rows);
    if (status == BURIN_OK && (unseen || ((rows || types) && types != contents.types) || (rows && keeps != contents.keeps)))
        status = es_fail(c->err, BURIN_ERR_CONFLICT, "another process has changed the store");
    if (status == BURIN_OK)
        status = run(c, USE_NUMBERS, (int64_t[]){contents.next_id, contents.next_tree}, 2);
    *row = rows + 1;
    return status ? status : execute(c, "DELETE FROM version; UPDATE tree SET head = 0; DELETE FROM type");
}

static burin_status write_batch(es_backend *b, const buf *entries, bool anew, burin_error *err)
{
    const es_entry *entry;
    size_t          at  = 0;
    int64_t         row = 0;
    connection     *c   = &b->main;
    c->err              = err;
    burin_status status = run(c, BEGIN, NULL, 0);
    if (status)
        return status;
    if (anew)
        status = clear(b, entries, &row);
    while (!status && (entry = es_next_entry(entries, &at))) {
        status = write_entry(b, entry, anew, row);
        row    = entry->kind == ES_ENTRY_VERSION ? 0 : row;
    }
    if (status == BURIN_OK)
        status = run(c, COMMIT, NULL, 0);
    if (status && !sqlite3_get_autocommit(c->db))
        sqlite3_step(c->statements[ROLLBACK]);
    sqlite3_reset(c->statements[ROLLBACK]);
    if (status == BURIN_OK && anew)
        status = execute(c, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
    return status;
}

static burin_status reserve(es_backend *b, es_reserved what, uint32_t count, uint32_t *first, burin_error *err)
{
    int64_t number = 0;
    b->main.err    = err;
    burin_status status = ask(&b->main, what == ES_RESERVED_IDS ? RESERVE_IDS : RESERVE_TREES, (int64_t[]){count}, 1, &number);
    if (status == BURIN_OK && (number < 1 || number > (int64_t)UINT32_MAX - count))
        status = es_fail(err, BURIN_ERR_LIMIT, "the store has given out all its numbers");
    *first = (uint32_t)number;
    return status;
}

/* ---- reading ---- */

static int64_t column_number(void *row, int n) { return sqlite3_column_int64(row, n); }

static burin_text column_text(void *row, int n)
{
    const void *data = sqlite3_column_blob(row, n);
    return (burin_text){data ? data : "", (size_t)sqlite3_column_bytes(row, n)};
}

static burin_status read_rows(connection *c, statement which, es_entry_sink sink, void *user)
{
    static const es_entry_kind kinds[STATEMENT_COUNT] = {[READ_TYPES] = ES_ENTRY_TYPE, [READ_TREES] = ES_ENTRY_TREE, [READ_VERSIONS] = ES_ENTRY_VERSION};
    sqlite3_stmt *st     = c->statements[which];
    es_row        row    = {column_number, column_text, st};
    burin_status  status = BURIN_OK;
    int           code;
    while (!status && (code = sqlite3_step(st)) == SQLITE_ROW) {
        es_entry entry;
        status = es_row_entry(&row, kinds[which], &entry) ? sink(user, &entry, c->err) : es_fail(c->err, BURIN_ERR_DATA, "a row of the store's file is damaged");
    }
    if (status == BURIN_OK && code != SQLITE_DONE)
        status = failed(c);
    sqlite3_reset(st);
    return status;
}

/* Everything, and of the versions those above a row that somebody else wrote; *last: the last row there is. */
static burin_status read_all(connection *c, int64_t above, int64_t writer, es_entry_sink sink, void *user, int64_t *last)
{
    burin_status status = execute(c, "BEGIN"); /* one moment for all of them */
    if (status == BURIN_OK)
        status = ask(c, LAST_ROW, NULL, 0, last);
    bind(c, READ_VERSIONS, (int64_t[]){above, writer}, 2);
    for (statement which = READ_TYPES; which <= READ_VERSIONS && !status; which++)
        status = read_rows(c, which, sink, user);
    if (!sqlite3_get_autocommit(c->db))
        sqlite3_exec(c->db, "COMMIT", NULL, NULL, NULL);
    return status;
}

static burin_status read_file(es_backend *b, es_entry_sink sink, void *user, burin_error *err)
{
    b->main.err = err;
    return read_all(&b->main, 0, 0, sink, user, &b->seen);
}

/* ---- what is new ---- */

static burin_status open_feed(es_backend *b, burin_error *err)
{
    b->feed.err = err;
    if (b->feed.statements[STATEMENT_COUNT - 1])
        return BURIN_OK;
    burin_status status = b->feed.db ? BURIN_OK : connect(&b->feed, b->where, SQLITE_OPEN_READONLY);
    return status ? status : prepare(&b->feed);
}

static burin_status read_news(es_backend *b, es_entry_sink sink, void *user, burin_error *err)
{
    burin_status status = open_feed(b, err);
    b->next_seen        = b->seen;
    return status ? status : read_all(&b->feed, b->seen, b->writer, sink, user, &b->next_seen);
}

static void mark_seen(es_backend *b) { b->seen = b->next_seen; }

static burin_status wait_for_news(es_backend *b, uint64_t timeout_ns, bool *any, burin_error *err)
{
    burin_status status = open_feed(b, err);
    for (uint64_t waited = 0; !status; waited += LOOK_NS) {
        int64_t version = 0, unseen = 0;
        status = ask(&b->feed, DATA_VERSION, NULL, 0, &version);
        if (status == BURIN_OK && version != b->looked_at)
            status = ask(&b->feed, COUNT_UNSEEN, (int64_t[]){b->seen, b->writer}, 2, &unseen);
        b->looked_at = unseen ? 0 : version;
        *any         = unseen != 0;
        if (*any || waited >= timeout_ns)
            break;
        nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
    }
    return status;
}

/* What a cut or changed page hides: rows that are not there look as if they never were. */
static burin_status check_file(es_backend *b, burin_error *err)
{
    static const char headless[] = "SELECT count(*) FROM tree WHERE head > 0 AND NOT EXISTS"
                                   " (SELECT 1 FROM version WHERE version.tree = tree.tree AND version.version = head AND id > 0)";
    sqlite3_stmt *st             = NULL;
    burin_status  status         = open_feed(b, err);
    if (status)
        return status;
    int64_t missing = ask_once(&b->feed, headless);
    if (missing < 0)
        return failed(&b->feed);
    if (missing)
        return es_fail(err, BURIN_ERR_DATA, "the file is damaged: newest versions are missing");
    if (sqlite3_prepare_v2(b->feed.db, "PRAGMA integrity_check(1)", -1, &st, NULL) != SQLITE_OK || sqlite3_step(st) != SQLITE_ROW)
        status = failed(&b->feed);
    else if (strcmp((const char *)sqlite3_column_text(st, 0), "ok") != 0)
        status = es_fail(err, BURIN_ERR_DATA, "the file is damaged: %s", (const char *)sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
    return status;
}

const es_backend_ops es_sqlite = {open_file, close_file, read_file, write_batch, reserve, read_news, mark_seen, wait_for_news, check_file};
