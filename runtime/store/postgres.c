/* Keeping a store in a PostgreSQL database: one transaction a batch, in one round trip.
 *
 *   burin_store      one row: the schema's format, and the numbers that entities and trees get next
 *   burin_writer     a row for each process that writes, and how many batches it has written
 *   burin_type, burin_tree, burin_version    as in sqlite.c; a version also says by which batch, in which of the server's transactions
 *
 * A batch is sent as a pipeline, which the server runs as one transaction. Each tree's head is moved from what this process believes it is, or
 * violates NOT NULL: of two processes that write to one tree the second fails as a whole, and those that write to different trees do not meet. Heads
 * are moved in the order of their trees, so that nobody waits for somebody who waits for him, and before versions get their row's id: of two versions
 * of which one builds on the other, that one has the higher id.
 * Writer and batch name a commit. When the connection is lost on the way, nobody said whether the batch is kept. Then the writer's row tells, once
 * there is a connection again: its count has moved, or it has not, and the batch is sent again. A batch that still lies at the server unread cannot
 * follow later, because it would move the count a second time.
 * What is new for this process are the rows of transactions that its last snapshot did not see: a feed that misses nothing, whatever the order in which
 * transactions end. It is read through a connection of its own, which NOTIFY wakes up.
 * All columns are bigint or bytea, and go in binary. */
#include "runtime/base/clock.h"
#include "runtime/store/backend.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { SCHEMA = 3, SCHEMA_BEFORE = 2 /* the same tables; no states told by edits of large lists */, INT8 = 20, BYTEA = 17, TEXT = 25 /* types by their numbers in pg_type */, PARAMETERS_MAX = 12, RECONNECTS_MAX = 50, RECONNECT_MS = 100 };

#define UNSEEN "xid >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $1::pg_snapshot) AND writer <> $2"
#define VERSION_COLUMNS "tree, version, keeps, last_id, commits, time_ns, note, states, sum, before, writer"
#define IN_ORDER " ORDER BY min(id) OVER (PARTITION BY xid), id" /* transactions whole */

typedef enum statement {
    COUNT_BATCH, MOVE_HEAD, ADD_TYPE, ADD_TREE, ADD_VERSION, SET_RETENTION, SET_KEEPS, BEGIN, LOCK, CHECK_SEEN, DROP_VERSIONS, RESET_TREES, DROP_TYPES, USE_NUMBERS,
    COMMIT, NOTIFY, ADD_WRITER, READ_WRITER, RESERVE_IDS, RESERVE_TREES, READ_SNAPSHOT, READ_TYPES, READ_TREES, READ_VERSIONS, READ_NEWS, STATEMENT_COUNT
} statement;
static const struct {
    const char *name, *text, *parameters; /* i: bigint, b: bytea, t: text */
} statements[STATEMENT_COUNT] = {
    [COUNT_BATCH]   = {"count_batch", "UPDATE burin_writer SET batches = CASE WHEN batches = $2 THEN $2 + 1 END WHERE writer = $1", "ii"},
    [MOVE_HEAD]     = {"move_head", "UPDATE burin_tree SET head = CASE WHEN head = $3 THEN $2 END WHERE tree = $1", "iii"},
    [ADD_TYPE]      = {"add_type", "INSERT INTO burin_type (number, packed) VALUES ($1, $2)", "ib"},
    [ADD_TREE]      = {"add_tree", "INSERT INTO burin_tree (tree, parent_tree, parent_version, last, since_time_ns, head) SELECT $1, CASE WHEN $2 = 0 OR $6 = 1"
                                   " OR EXISTS (SELECT 1 FROM burin_version WHERE tree = $2 AND version = $3) THEN $2 END, $3, $4, $5, 0"
                                   " WHERE NOT ($6 = 1 AND EXISTS (SELECT 1 FROM burin_tree WHERE tree = $1))", "iiiiii"},
    [ADD_VERSION]   = {"add_version", "INSERT INTO burin_version (" VERSION_COLUMNS ", batch) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                       "iiiiiibbiiii"},
    [SET_RETENTION] = {"set_retention", "UPDATE burin_tree SET last = $2, since_time_ns = $3 WHERE tree = $1", "iii"},
    [SET_KEEPS]     = {"set_keeps", "UPDATE burin_version SET keeps = greatest(keeps + $3, 0) WHERE tree = $1 AND version = $2", "iii"},
    [BEGIN]         = {"begin_anew", "BEGIN", ""},
    [LOCK]          = {"lock_all", "LOCK TABLE burin_tree, burin_version IN EXCLUSIVE MODE", ""},
    [CHECK_SEEN]    = {"check_seen", "UPDATE burin_store SET format = CASE WHEN NOT EXISTS (SELECT 1 FROM burin_version WHERE " UNSEEN
                                     ") AND coalesce((SELECT sum(keeps) = $3 FROM burin_version), true)"
                                     " AND (SELECT count(*) = $4 OR (count(*) = 0 AND NOT EXISTS (SELECT 1 FROM burin_version)) FROM burin_type) THEN format END", "tiii"},
    [DROP_VERSIONS] = {"drop_versions", "DELETE FROM burin_version", ""},
    [RESET_TREES]   = {"reset_trees", "UPDATE burin_tree SET head = 0", ""},
    [DROP_TYPES]    = {"drop_types", "DELETE FROM burin_type", ""},
    [USE_NUMBERS]   = {"use_numbers", "UPDATE burin_store SET next_id = greatest(next_id, $1), next_tree = greatest(next_tree, $2)", "ii"},
    [COMMIT]        = {"commit_anew", "COMMIT", ""},
    [NOTIFY]        = {"notify", "SELECT pg_notify('burin', '')", ""},
    [ADD_WRITER]    = {"add_writer", "INSERT INTO burin_writer (batches) VALUES (0) RETURNING writer", ""},
    [READ_WRITER]   = {"read_writer", "SELECT batches FROM burin_writer WHERE writer = $1 FOR UPDATE", "i"},
    [RESERVE_IDS]   = {"reserve_ids", "UPDATE burin_store SET next_id = next_id + $1 RETURNING next_id - $1", "i"},
    [RESERVE_TREES] = {"reserve_trees", "UPDATE burin_store SET next_tree = next_tree + $1 RETURNING next_tree - $1", "i"},
    [READ_SNAPSHOT] = {"read_snapshot", "SELECT pg_current_snapshot()::text::bytea", ""},
    [READ_TYPES]    = {"read_types", "SELECT number, packed FROM burin_type ORDER BY number", ""},
    [READ_TREES]    = {"read_trees", "SELECT tree, parent_tree, parent_version, last, since_time_ns FROM burin_tree ORDER BY tree", ""},
    [READ_VERSIONS] = {"read_versions", "SELECT " VERSION_COLUMNS " FROM burin_version" IN_ORDER, ""},
    [READ_NEWS]     = {"read_news", "SELECT " VERSION_COLUMNS " FROM burin_version WHERE " UNSEEN IN_ORDER, "ti"},
};
static const char schema[] = "CREATE TABLE burin_store (format BIGINT NOT NULL, next_id BIGINT NOT NULL, next_tree BIGINT NOT NULL);"
                             "CREATE TABLE burin_writer (writer BIGSERIAL PRIMARY KEY, batches BIGINT NOT NULL) WITH (fillfactor = 20);"
                             "CREATE TABLE burin_type (number BIGINT PRIMARY KEY, packed BYTEA NOT NULL);"
                             "CREATE TABLE burin_tree (tree BIGINT PRIMARY KEY, parent_tree BIGINT NOT NULL, parent_version BIGINT NOT NULL,"
                             " last BIGINT NOT NULL, since_time_ns BIGINT NOT NULL, head BIGINT NOT NULL) WITH (fillfactor = 50);"
                             "CREATE TABLE burin_version (id BIGSERIAL PRIMARY KEY, tree BIGINT NOT NULL, version BIGINT NOT NULL,"
                             " keeps BIGINT NOT NULL, last_id BIGINT NOT NULL, commits BIGINT NOT NULL, time_ns BIGINT NOT NULL,"
                             " note BYTEA NOT NULL, states BYTEA NOT NULL, sum BIGINT NOT NULL, before BIGINT NOT NULL, writer BIGINT NOT NULL, batch BIGINT NOT NULL,"
                             " xid XID8 NOT NULL DEFAULT pg_current_xact_id(), UNIQUE (tree, version));"
                             "CREATE INDEX burin_version_xid ON burin_version (xid);"
                             "INSERT INTO burin_store VALUES (2, 16, 1)";

typedef struct connection {
    PGconn          *db;
    burin_durability durability;
    bool             read_only;
    burin_error     *err; /* of the running call */
} connection;

enum { SNAPSHOT_MAX = 4096 }; /* bytes: some 200 transactions that run at once */
typedef struct snapshot {
    size_t len;
    char   text[SNAPSHOT_MAX];
} snapshot;

struct es_backend {
    burin_allocator alloc;
    connection      main, feed; /* feed: opened when it is first needed */
    char           *where;
    int64_t         writer;     /* names this process; 0: it has written nothing */
    int64_t         batches;    /* of it that are kept, as far as it knows */
    snapshot        seen, next_seen; /* what it saw is in the store; and will be, when the news are */
    buf             heads;      /* of the batch: head_move by tree */
};

typedef struct head_move {
    int64_t tree, from, to;
} head_move;

/* ---- results ---- */

/* What the server, or the lack of it, has said. */
static burin_status failed(connection *c, const PGresult *result)
{
    const char *state   = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (state && strncmp(state, "23", 2) == 0) /* a constraint is violated */
        return es_fail(c->err, BURIN_ERR_CONFLICT, "another process has changed the store");
    if (!message)
        message = PQerrorMessage(c->db);
    return es_fail(c->err, BURIN_ERR_OS, "the store's database: %.*s", (int)strcspn(message, "\n"), message);
}

static bool is_good(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE;
}

/* Run SQL that has no parameters. */
static burin_status execute(connection *c, const char *sql)
{
    PGresult    *result = PQexec(c->db, sql);
    burin_status status = is_good(result) ? BURIN_OK : failed(c, result);
    PQclear(result);
    return status;
}

/* ---- parameters and columns ---- */

static void put_number(char bytes[8], int64_t number)
{
    for (int n = 0; n < 8; n++)
        bytes[n] = (char)((uint64_t)number >> (56 - 8 * n));
}

static int64_t column_number(void *row, int n)
{
    const char *bytes = PQgetvalue(row, 0, n);
    uint64_t    number = 0;
    for (int k = 0; k < 8; k++)
        number = number << 8 | (uint8_t)bytes[k];
    return (int64_t)number;
}

static burin_text column_text(void *row, int n) { return (burin_text){PQgetvalue(row, 0, n), (size_t)PQgetlength(row, 0, n)}; }

/* Send a statement, its numbers and texts in their order; false: the connection is lost, or memory out. */
static bool send(connection *c, statement which, const int64_t *numbers, const burin_text *texts)
{
    static const int formats[PARAMETERS_MAX] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    const char      *kinds = statements[which].parameters, *values[PARAMETERS_MAX];
    char             room[PARAMETERS_MAX][8];
    int              lengths[PARAMETERS_MAX], count = 0;
    for (; kinds[count]; count++) {
        if (kinds[count] == 'i') {
            put_number(room[count], *numbers++);
            values[count]  = room[count];
            lengths[count] = sizeof room[count];
        } else {
            values[count]  = texts->len ? texts->data : "";
            lengths[count] = (int)texts++->len;
        }
    }
    return PQsendQueryPrepared(c->db, statements[which].name, count, values, lengths, formats, 1) == 1;
}

/* ---- opening ---- */

static void no_notice(void *user, const char *message)
{
    (void)user;
    (void)message;
}

static burin_status prepare(connection *c)
{
    burin_status status = BURIN_OK;
    for (unsigned n = 0; n < STATEMENT_COUNT && !status; n++) {
        Oid types[PARAMETERS_MAX];
        int count = 0;
        for (; statements[n].parameters[count]; count++)
            types[count] = statements[n].parameters[count] == 'i' ? INT8 : statements[n].parameters[count] == 'b' ? BYTEA : TEXT;
        PGresult *result = PQprepare(c->db, statements[n].name, statements[n].text, count, types);
        status           = is_good(result) ? BURIN_OK : failed(c, result);
        PQclear(result);
    }
    return status;
}

/* What each connection begins with. */
static burin_status begin_session(connection *c)
{
    burin_status status = execute(c, "SET default_transaction_isolation = 'read committed'");
    if (status == BURIN_OK)
        status = execute(c, c->durability == BURIN_DURABILITY_FULL ? "SET synchronous_commit = on" : "SET synchronous_commit = off");
    if (status == BURIN_OK && c->read_only)
        status = execute(c, "SET default_transaction_read_only = on");
    return status ? status : prepare(c);
}

/* Two processes may make the tables at the same time: the second finds them made. */
static burin_status check_schema(connection *c, bool create)
{
    PGresult    *result = PQexec(c->db, "SELECT format FROM burin_store");
    const char  *state  = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    bool         none   = state && strcmp(state, "42P01") == 0; /* undefined table */
    burin_status status = BURIN_OK;
    if (none && create) {
        PQclear(PQexec(c->db, schema));
        PQclear(result);
        return check_schema(c, false);
    }
    if (none)
        status = es_fail(c->err, BURIN_ERR_OS, "there is no store in the database: its first schema has no table burin_store");
    else if (!is_good(result))
        status = failed(c, result);
    else if (PQntuples(result) != 1)
        status = es_fail(c->err, BURIN_ERR_DATA, "the store's database is damaged: burin_store has %d rows", PQntuples(result));
    else if (strtol(PQgetvalue(result, 0, 0), NULL, 10) == SCHEMA_BEFORE)
        status = c->read_only ? BURIN_OK : execute(c, "UPDATE burin_store SET format = 3 WHERE format = 2");
    else if (strtol(PQgetvalue(result, 0, 0), NULL, 10) != SCHEMA)
        status = es_fail(c->err, BURIN_ERR_DATA, "the store's format is %s, this Burin knows %d", PQgetvalue(result, 0, 0), SCHEMA);
    PQclear(result);
    return status;
}

static burin_status connect(connection *c, const char *where)
{
    c->db               = PQconnectdb(where);
    burin_status status = PQstatus(c->db) == CONNECTION_OK ? BURIN_OK : failed(c, NULL);
    PQsetNoticeProcessor(c->db, no_notice, NULL);
    return status;
}

static void close_database(es_backend *b)
{
    burin_allocator alloc = b->alloc;
    PQfinish(b->main.db);
    PQfinish(b->feed.db);
    buf_deinit(&b->heads);
    if (b->where)
        base_free(&alloc, b->where, strlen(b->where) + 1);
    base_free(&alloc, b, sizeof *b);
}

static es_backend *open_database(const char *where, const burin_open_options *options, burin_error *err)
{
    const burin_allocator *alloc = options->store.allocator ? options->store.allocator : &base_malloc_allocator;
    es_backend            *b     = base_alloc(alloc, sizeof *b);
    size_t                 size  = strlen(where) + 1;
    if (!b) {
        es_fail(err, BURIN_ERR_NOMEM, "out of memory");
        return NULL;
    }
    memset(b, 0, sizeof *b);
    b->alloc = *alloc;
    b->main = b->feed = (connection){.durability = options->durability, .read_only = options->read_only, .err = err};
    b->heads            = buf_make(&b->alloc);
    b->where            = base_alloc(alloc, size);
    burin_status status = b->where ? BURIN_OK : es_fail(err, BURIN_ERR_NOMEM, "out of memory");
    if (b->where)
        memcpy(b->where, where, size);
    if (status == BURIN_OK)
        status = connect(&b->main, where);
    if (status == BURIN_OK)
        status = check_schema(&b->main, options->create && !options->read_only);
    if (status == BURIN_OK)
        status = begin_session(&b->main);
    if (status == BURIN_OK)
        return b;
    close_database(b);
    return NULL;
}

/* ---- one question ---- */

/* Run a statement that gives one number of one row. */
static burin_status ask(connection *c, statement which, const int64_t *numbers, int64_t *out)
{
    burin_status status = send(c, which, numbers, NULL) ? BURIN_OK : failed(c, NULL);
    PGresult    *row;
    bool         any = false;
    while (!status && (row = PQgetResult(c->db))) {
        if (!is_good(row))
            status = failed(c, row);
        else if (PQntuples(row) == 1)
            *out = column_number(row, 0);
        any |= PQntuples(row) == 1;
        PQclear(row);
    }
    return status || any ? status : es_fail(c->err, BURIN_ERR_DATA, "the store's database is damaged: %s found no row", statements[which].name);
}

static burin_status reserve(es_backend *b, es_reserved what, uint32_t count, uint32_t *first, burin_error *err)
{
    int64_t number = 0;
    b->main.err    = err;
    if (PQstatus(b->main.db) != CONNECTION_OK) {
        PQreset(b->main.db);
        if (PQstatus(b->main.db) == CONNECTION_OK)
            begin_session(&b->main);
    }
    burin_status status = ask(&b->main, what == ES_RESERVED_IDS ? RESERVE_IDS : RESERVE_TREES, (int64_t[]){count}, &number);
    if (status == BURIN_OK && (number < 1 || number > (int64_t)UINT32_MAX - count))
        status = es_fail(err, BURIN_ERR_LIMIT, "the store has given out all its numbers");
    *first = (uint32_t)number;
    return status;
}

/* ---- writing ---- */

static int by_tree(const void *a, const void *b)
{
    int64_t x = ((const head_move *)a)->tree, y = ((const head_move *)b)->tree;
    return (x > y) - (x < y);
}

/* How the batch moves the heads of trees: from before its first version to its last. False when memory is out. */
static bool list_heads(es_backend *b, const buf *entries)
{
    const es_entry *entry;
    size_t          at = 0, count = 0;
    b->heads.len       = 0;
    while ((entry = es_next_entry(entries, &at))) {
        head_move move = {entry->as.version.tree, entry->before, entry->as.version.version};
        if (entry->kind == ES_ENTRY_VERSION)
            buf_append(&b->heads, (const char *)&move, sizeof move);
    }
    if (b->heads.failed) {
        b->heads.failed = false;
        return false;
    }
    head_move *moves = (head_move *)(void *)b->heads.data;
    size_t     all   = b->heads.len / sizeof *moves;
    if (all)
        qsort(moves, all, sizeof *moves, by_tree);
    for (size_t n = 0; n < all; n++) {
        if (count && moves[count - 1].tree == moves[n].tree) {
            moves[count - 1].from = moves[n].from < moves[count - 1].from ? moves[n].from : moves[count - 1].from;
            moves[count - 1].to   = moves[n].to > moves[count - 1].to ? moves[n].to : moves[count - 1].to;
        } else {
            moves[count++] = moves[n];
        }
    }
    b->heads.len = count * sizeof *moves;
    return true;
}

static bool send_heads(es_backend *b)
{
    const head_move *moves = (const head_move *)(const void *)b->heads.data;
    bool             good  = true;
    for (size_t n = 0; n < b->heads.len / sizeof *moves && good; n++)
        good = send(&b->main, MOVE_HEAD, (int64_t[]){moves[n].tree, moves[n].to, moves[n].from}, NULL);
    return good;
}

static bool send_tree(connection *c, const es_entry *entry, bool anew)
{
    const es_logged_tree *t = &entry->as.tree;
    return send(c, ADD_TREE, (int64_t[]){t->tree, t->parent_tree, t->parent_version, t->retention.last, t->retention.since_time_ns, anew}, NULL);
}

static bool send_entry(es_backend *b, const es_entry *entry)
{
    const es_logged_tree    *t = &entry->as.tree;
    const es_logged_version *v = &entry->as.version;
    connection              *c = &b->main;
    switch (entry->kind) {
    case ES_ENTRY_TYPE:
        return send(c, ADD_TYPE, (int64_t[]){v->version}, &v->states);
    case ES_ENTRY_TREE:
        return true; /* it was sent before the heads */
    case ES_ENTRY_VERSION:
        return send(c, ADD_VERSION, (int64_t[]){v->tree, v->version, v->keeps, v->last_id, (int64_t)v->commit, v->time_ns, es_sum(v->states), entry->before, b->writer,
                                                b->batches},
                    (burin_text[]){v->note, v->states});
    case ES_ENTRY_RETENTION:
        return send(c, SET_RETENTION, (int64_t[]){t->tree, t->retention.last, t->retention.since_time_ns}, NULL);
    default:
        return send(c, SET_KEEPS, (int64_t[]){v->tree, v->version, entry->difference}, NULL);
    }
}

/* What goes before a batch that replaces everything: nobody else writes, and there is nothing that was not seen. */
static bool send_clear(es_backend *b, const buf *entries)
{
    es_contents contents = es_contents_of(entries);
    connection *c        = &b->main;
    bool        good     = send(c, BEGIN, NULL, NULL) && send(c, LOCK, NULL, NULL) &&
                send(c, CHECK_SEEN, (int64_t[]){b->writer, contents.keeps, contents.types}, &(burin_text){b->seen.text, b->seen.len}) &&
                send(c, USE_NUMBERS, (int64_t[]){contents.next_id, contents.next_tree}, NULL);
    for (statement drop = DROP_VERSIONS; drop <= DROP_TYPES && good; drop++)
        good = send(c, drop, NULL, NULL);
    return good;
}

static bool send_batch(es_backend *b, const buf *entries, bool anew)
{
    const es_entry *entry;
    connection     *c    = &b->main;
    bool            good = PQenterPipelineMode(c->db) == 1 && (!anew || send_clear(b, entries)) && send(c, COUNT_BATCH, (int64_t[]){b->writer, b->batches}, NULL);
    for (size_t at = 0; good && (entry = es_next_entry(entries, &at));)
        good = entry->kind != ES_ENTRY_TREE || send_tree(c, entry, anew);
    good = good && send_heads(b);
    for (size_t at = 0; good && (entry = es_next_entry(entries, &at));)
        good = send_entry(b, entry);
    good = good && (!anew || send(c, COMMIT, NULL, NULL)) && PQpipelineSync(c->db) == 1;
    return good && send(c, NOTIFY, NULL, NULL) && PQpipelineSync(c->db) == 1; /* a transaction of its own: nobody waits for a disk in it */
}

/* What the server says of all of it: up to the first sync of the batch, from there of the wake-up. */
static burin_status hear_batch(connection *c)
{
    burin_status status = BURIN_OK;
    int          syncs  = 0;
    while (syncs < 2 && PQstatus(c->db) == CONNECTION_OK) {
        PGresult *result = PQgetResult(c->db); /* NULL: the end of one statement's */
        syncs += result && PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        if (result && syncs == 0 && !is_good(result) && status == BURIN_OK) /* the first that failed; the rest were not run */
            status = failed(c, result);
        PQclear(result);
    }
    if (syncs == 2 && !PQexitPipelineMode(c->db) && status == BURIN_OK)
        status = failed(c, NULL);
    if (syncs == 2 && PQtransactionStatus(c->db) != PQTRANS_IDLE)
        PQclear(PQexec(c->db, "ROLLBACK"));
    return syncs ? status : BURIN_ERR_OS;
}

/* Connect again, and ask whether the batch that was sent is kept; after one that still runs. */
static burin_status ask_outcome(es_backend *b, bool *is_kept)
{
    burin_status status  = BURIN_ERR_OS;
    int64_t      batches = 0;
    connection  *c       = &b->main;
    for (int n = 0; n < RECONNECTS_MAX && status == BURIN_ERR_OS; n++) {
        if (n)
            nanosleep(&(struct timespec){.tv_nsec = RECONNECT_MS * 1000000L}, NULL);
        burin_error_clear(c->err);
        PQreset(c->db);
        status = PQstatus(c->db) == CONNECTION_OK ? begin_session(c) : failed(c, NULL);
        if (status == BURIN_OK)
            status = ask(c, READ_WRITER, &b->writer, &batches);
    }
    *is_kept = status == BURIN_OK && batches == b->batches + 1;
    return status;
}

static burin_status write_once(es_backend *b, const buf *entries, bool anew, bool *is_kept)
{
    connection  *c      = &b->main;
    burin_status status = send_batch(b, entries, anew) ? hear_batch(c) : BURIN_ERR_OS;
    if (status == BURIN_ERR_OS && PQstatus(c->db) != CONNECTION_OK)
        return ask_outcome(b, is_kept);
    if (status == BURIN_ERR_OS && !c->err->status)
        status = failed(c, NULL);
    *is_kept = status == BURIN_OK;
    return status;
}

static burin_status write_batch(es_backend *b, const buf *entries, bool anew, burin_error *err)
{
    burin_error  unheard = BURIN_ERROR_INIT;
    bool         is_kept = false;
    connection  *c       = &b->main;
    c->err               = err ? err : &unheard;
    burin_status status  = list_heads(b, entries) ? BURIN_OK : es_fail(c->err, BURIN_ERR_NOMEM, "out of memory");
    for (head_move *m = (head_move *)(void *)b->heads.data; anew && m && m < (head_move *)(void *)(b->heads.data + b->heads.len); m++)
        m->from = 0;
    if (status == BURIN_OK && b->writer == 0)
        status = ask(c, ADD_WRITER, NULL, &b->writer);
    while (!status && !is_kept)
        status = write_once(b, entries, anew, &is_kept);
    b->batches += is_kept;
    burin_error_clear(&unheard);
    return status;
}

/* ---- reading ---- */

/* Row by row, so that a large store does not lie in memory twice. */
static burin_status read_rows(connection *c, statement which, const int64_t *numbers, const burin_text *text, es_entry_sink sink, void *user)
{
    es_entry_kind kind   = which == READ_TYPES ? ES_ENTRY_TYPE : which == READ_TREES ? ES_ENTRY_TREE : ES_ENTRY_VERSION;
    burin_status  status = BURIN_OK;
    PGresult     *result;
    if (!send(c, which, numbers, text) || !PQsetSingleRowMode(c->db))
        return failed(c, NULL);
    while ((result = PQgetResult(c->db))) {
        es_row   row = {column_number, column_text, result};
        es_entry entry;
        if (status == BURIN_OK && !is_good(result))
            status = failed(c, result);
        else if (status == BURIN_OK && PQntuples(result))
            status = es_row_entry(&row, kind, &entry) ? sink(user, &entry, c->err) : es_fail(c->err, BURIN_ERR_DATA, "a row of the store's database is damaged");
        PQclear(result);
    }
    return status;
}

static burin_status read_snapshot(connection *c, snapshot *out)
{
    PGresult    *row    = PQexecPrepared(c->db, statements[READ_SNAPSHOT].name, 0, NULL, NULL, NULL, 1);
    burin_status status = is_good(row) && PQntuples(row) == 1 ? BURIN_OK : failed(c, row);
    if (status == BURIN_OK) {
        burin_text text = column_text(row, 0);
        out->len        = text.len < sizeof out->text ? text.len : 0;
        memcpy(out->text, text.data, out->len);
        if (out->len == 0)
            status = es_fail(c->err, BURIN_ERR_LIMIT, "too many transactions run in the store's database");
    }
    PQclear(row);
    return status;
}

/* Everything, or, of the versions, what somebody else than `writer` wrote that a snapshot does not see; *now: what is seen now. */
static burin_status read_all(connection *c, const snapshot *before, int64_t writer, es_entry_sink sink, void *user, snapshot *now)
{
    burin_status status = execute(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); /* one moment for all of them */
    if (status == BURIN_OK)
        status = read_snapshot(c, now);
    if (status == BURIN_OK)
        status = read_rows(c, READ_TYPES, NULL, NULL, sink, user);
    if (status == BURIN_OK)
        status = read_rows(c, READ_TREES, NULL, NULL, sink, user);
    if (status == BURIN_OK)
        status = before ? read_rows(c, READ_NEWS, &writer, &(burin_text){before->text, before->len}, sink, user) : read_rows(c, READ_VERSIONS, NULL, NULL, sink, user);
    burin_status ended = PQstatus(c->db) == CONNECTION_OK ? execute(c, "ROLLBACK") : BURIN_OK;
    return status ? status : ended;
}

static burin_status read_database(es_backend *b, es_entry_sink sink, void *user, burin_error *err)
{
    b->main.err = err;
    return read_all(&b->main, NULL, 0, sink, user, &b->seen);
}

/* ---- what is new ---- */

static burin_status open_feed(es_backend *b, burin_error *err)
{
    connection  *c      = &b->feed;
    burin_status status = BURIN_OK;
    c->err              = err;
    if (c->db && PQstatus(c->db) == CONNECTION_OK)
        return BURIN_OK;
    if (!c->db) {
        status = connect(c, b->where);
    } else {
        PQreset(c->db);
        status = PQstatus(c->db) == CONNECTION_OK ? BURIN_OK : failed(c, NULL);
    }
    if (status == BURIN_OK)
        status = begin_session(c);
    return status ? status : execute(c, "LISTEN burin"); /* also to other stores of the database */
}

static burin_status read_news(es_backend *b, es_entry_sink sink, void *user, burin_error *err)
{
    burin_status status = open_feed(b, err);
    b->next_seen        = b->seen;
    return status ? status : read_all(&b->feed, &b->seen, b->writer, sink, user, &b->next_seen);
}

static void mark_seen(es_backend *b) { b->seen = b->next_seen; }

/* Take the notices that have come: whether one was another's than of this process. */
static bool take_notices(es_backend *b)
{
    PGnotify *notice;
    bool      any = false;
    while ((notice = PQnotifies(b->feed.db))) {
        any |= notice->be_pid != PQbackendPID(b->main.db);
        PQfreemem(notice);
    }
    return any;
}

static burin_status wait_for_news(es_backend *b, uint64_t timeout_ns, bool *any, burin_error *err)
{
    uint64_t     until  = monotonic_ns() + timeout_ns;
    burin_status status = open_feed(b, err);
    while (!status && !(*any = take_notices(b))) {
        uint64_t      now    = monotonic_ns();
        struct pollfd socket = {.fd = PQsocket(b->feed.db), .events = POLLIN};
        if (now >= until)
            break;
        uint64_t ms = (until - now) / 1000000 + 1;
        if (poll(&socket, 1, ms > 3600000 ? 3600000 : (int)ms) > 0 && !PQconsumeInput(b->feed.db))
            status = failed(&b->feed, NULL);
    }
    return status;
}

const es_backend_ops es_postgres = {open_database, close_database, read_database, write_batch, reserve, read_news, mark_seen, wait_for_news, NULL};
