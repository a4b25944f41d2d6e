/* Keeping a store in a PostgreSQL database: one transaction a batch, in one round trip.
 *
 *   burin_store    one row: the schema's format, how many batches have been written, and who wrote the last one
 *   burin_type, burin_tree, burin_version    as in sqlite.c
 *
 * A batch is sent as a pipeline, which the server runs as one transaction. Its first statement moves `writes` from what this process
 * believes it is, or violates NOT NULL: of two processes that write, the second fails as a whole, and the row's lock puts batches in order.
 * When the connection is lost on the way, nobody said whether the batch is kept. Then `writes` tells, once there is a connection again:
 * it has moved, by this writer; or it has not, and the batch is sent again. A batch that still lies at the server unread cannot follow
 * later, because it would move `writes` a second time.
 * All columns are bigint or bytea, and go in binary. */
#include "runtime/store/backend.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

enum { SCHEMA = 1, INT8 = 20, BYTEA = 17 /* types by their numbers in pg_type */, PARAMETERS_MAX = 9, RECONNECTS_MAX = 50, RECONNECT_MS = 100 };

typedef enum statement {
    MOVE_WRITES, ADD_TYPE, ADD_TREE, ADD_VERSION, SET_RETENTION, SET_KEEPS, DROP_VERSIONS, DROP_TREES, DROP_TYPES, READ_STORE, LOCK_STORE,
    READ_TYPES, READ_TREES, READ_VERSIONS, STATEMENT_COUNT
} statement;
static const struct {
    const char *name, *text, *parameters; /* i: bigint, b: bytea */
} statements[STATEMENT_COUNT] = {
    [MOVE_WRITES]   = {"move_writes", "UPDATE burin_store SET writes = CASE WHEN writes = $1 THEN $1 + 1 END, writer = $2", "ib"},
    [ADD_TYPE]      = {"add_type", "INSERT INTO burin_type (number, packed) VALUES ($1, $2)", "ib"},
    [ADD_TREE]      = {"add_tree", "INSERT INTO burin_tree (tree, parent_tree, parent_version, last, since_time_ns) VALUES ($1, $2, $3, $4, $5)", "iiiii"},
    [ADD_VERSION]   = {"add_version", "INSERT INTO burin_version (tree, version, keeps, last_id, commits, time_ns, note, states, sum)"
                                      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", "iiiiiibbi"},
    [SET_RETENTION] = {"set_retention", "UPDATE burin_tree SET last = $2, since_time_ns = $3 WHERE tree = $1", "iii"},
    [SET_KEEPS]     = {"set_keeps", "UPDATE burin_version SET keeps = greatest(keeps + $3, 0) WHERE tree = $1 AND version = $2", "iii"},
    [DROP_VERSIONS] = {"drop_versions", "DELETE FROM burin_version", ""},
    [DROP_TREES]    = {"drop_trees", "DELETE FROM burin_tree", ""},
    [DROP_TYPES]    = {"drop_types", "DELETE FROM burin_type", ""},
    [READ_STORE]    = {"read_store", "SELECT writes, writer FROM burin_store", ""},
    [LOCK_STORE]    = {"lock_store", "SELECT writes, writer FROM burin_store FOR UPDATE", ""},
    [READ_TYPES]    = {"read_types", "SELECT number, packed FROM burin_type ORDER BY number", ""},
    [READ_TREES]    = {"read_trees", "SELECT tree, parent_tree, parent_version, last, since_time_ns FROM burin_tree ORDER BY tree", ""},
    [READ_VERSIONS] = {"read_versions", "SELECT tree, version, keeps, last_id, commits, time_ns, note, states, sum FROM burin_version ORDER BY id", ""},
};
static const char schema[] = "CREATE TABLE burin_store (format BIGINT NOT NULL, writes BIGINT NOT NULL, writer BYTEA NOT NULL);"
                             "CREATE TABLE burin_type (number BIGINT PRIMARY KEY, packed BYTEA NOT NULL);"
                             "CREATE TABLE burin_tree (tree BIGINT PRIMARY KEY, parent_tree BIGINT NOT NULL, parent_version BIGINT NOT NULL,"
                             " last BIGINT NOT NULL, since_time_ns BIGINT NOT NULL);"
                             "CREATE TABLE burin_version (id BIGSERIAL PRIMARY KEY, tree BIGINT NOT NULL, version BIGINT NOT NULL,"
                             " keeps BIGINT NOT NULL, last_id BIGINT NOT NULL, commits BIGINT NOT NULL, time_ns BIGINT NOT NULL,"
                             " note BYTEA NOT NULL, states BYTEA NOT NULL, sum BIGINT NOT NULL, UNIQUE (tree, version));"
                             "INSERT INTO burin_store VALUES (1, 0, '')";

struct es_backend {
    burin_allocator  alloc;
    PGconn          *db;
    burin_durability durability;
    bool             read_only;
    int64_t          writes;     /* batches that are kept, as far as this process knows */
    char             writer[16]; /* names this process, by chance */
    burin_error     *err;        /* of the running call */
};

/* ---- results ---- */

/* What the server, or the lack of it, has said. */
static burin_status failed(es_backend *b, const PGresult *result)
{
    const char *state   = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (state && strncmp(state, "23", 2) == 0) /* a constraint is violated */
        return es_fail(b->err, BURIN_ERR_CONFLICT, "another process has changed the store");
    if (!message)
        message = PQerrorMessage(b->db);
    return es_fail(b->err, BURIN_ERR_OS, "the store's database: %.*s", (int)strcspn(message, "\n"), message);
}

static bool is_good(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE;
}

/* Run SQL that has no parameters. */
static burin_status execute(es_backend *b, const char *sql)
{
    PGresult    *result = PQexec(b->db, sql);
    burin_status status = is_good(result) ? BURIN_OK : failed(b, result);
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
static bool send(es_backend *b, statement which, const int64_t *numbers, const burin_text *texts)
{
    static const int formats[PARAMETERS_MAX] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
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
    return PQsendQueryPrepared(b->db, statements[which].name, count, values, lengths, formats, 1) == 1;
}

/* ---- opening ---- */

static void no_notice(void *user, const char *message)
{
    (void)user;
    (void)message;
}

static burin_status prepare(es_backend *b)
{
    burin_status status = BURIN_OK;
    for (unsigned n = 0; n < STATEMENT_COUNT && !status; n++) {
        Oid types[PARAMETERS_MAX];
        int count = 0;
        for (; statements[n].parameters[count]; count++)
            types[count] = statements[n].parameters[count] == 'i' ? INT8 : BYTEA;
        PGresult *result = PQprepare(b->db, statements[n].name, statements[n].text, count, types);
        status           = is_good(result) ? BURIN_OK : failed(b, result);
        PQclear(result);
    }
    return status;
}

/* What each connection begins with. */
static burin_status begin_session(es_backend *b)
{
    burin_status status = execute(b, "SET default_transaction_isolation = 'read committed'");
    if (status == BURIN_OK)
        status = execute(b, b->durability == BURIN_DURABILITY_FULL ? "SET synchronous_commit = on" : "SET synchronous_commit = off");
    if (status == BURIN_OK && b->read_only)
        status = execute(b, "SET default_transaction_read_only = on");
    return status ? status : prepare(b);
}

static burin_status check_schema(es_backend *b, bool create)
{
    PGresult    *result = PQexec(b->db, "SELECT format FROM burin_store");
    const char  *state  = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    burin_status status = BURIN_OK;
    if (!is_good(result) && create && state && strcmp(state, "42P01") == 0) /* undefined table */
        status = execute(b, schema);
    else if (!is_good(result))
        status = failed(b, result);
    else if (PQntuples(result) != 1)
        status = es_fail(b->err, BURIN_ERR_DATA, "the store's database is damaged: burin_store has %d rows", PQntuples(result));
    else if (strtol(PQgetvalue(result, 0, 0), NULL, 10) != SCHEMA)
        status = es_fail(b->err, BURIN_ERR_DATA, "the store's format is %s, this Burin knows %d", PQgetvalue(result, 0, 0), SCHEMA);
    PQclear(result);
    return status;
}

static void close_database(es_backend *b)
{
    burin_allocator alloc = b->alloc;
    PQfinish(b->db);
    base_free(&alloc, b, sizeof *b);
}

static es_backend *open_database(const char *where, const burin_open_options *options, burin_error *err)
{
    const burin_allocator *alloc = options->store.allocator ? options->store.allocator : &base_malloc_allocator;
    es_backend            *b     = base_alloc(alloc, sizeof *b);
    burin_status           status;
    if (!b) {
        es_fail(err, BURIN_ERR_NOMEM, "out of memory");
        return NULL;
    }
    *b = (es_backend){.alloc = *alloc, .db = PQconnectdb(where), .durability = options->durability, .read_only = options->read_only, .err = err};
    if (getrandom(b->writer, sizeof b->writer, 0) != sizeof b->writer)
        status = es_fail(err, BURIN_ERR_OS, "the system gives no random bytes");
    else
        status = PQstatus(b->db) == CONNECTION_OK ? BURIN_OK : failed(b, NULL);
    PQsetNoticeProcessor(b->db, no_notice, NULL);
    if (status == BURIN_OK)
        status = check_schema(b, options->create && !options->read_only);
    if (status == BURIN_OK)
        status = begin_session(b);
    if (status == BURIN_OK)
        return b;
    close_database(b);
    return NULL;
}

/* ---- writing ---- */

static bool send_entry(es_backend *b, const es_entry *entry)
{
    const es_logged_tree    *t = &entry->as.tree;
    const es_logged_version *v = &entry->as.version;
    switch (entry->kind) {
    case ES_ENTRY_TYPE:
        return send(b, ADD_TYPE, (int64_t[]){v->version}, &v->states);
    case ES_ENTRY_TREE:
        return send(b, ADD_TREE, (int64_t[]){t->tree, t->parent_tree, t->parent_version, t->retention.last, t->retention.since_time_ns}, NULL);
    case ES_ENTRY_VERSION:
        return send(b, ADD_VERSION, (int64_t[]){v->tree, v->version, v->keeps, v->last_id, (int64_t)v->commit, v->time_ns, es_sum(v->states)},
                    (burin_text[]){v->note, v->states});
    case ES_ENTRY_RETENTION:
        return send(b, SET_RETENTION, (int64_t[]){t->tree, t->retention.last, t->retention.since_time_ns}, NULL);
    default:
        return send(b, SET_KEEPS, (int64_t[]){v->tree, v->version, entry->difference}, NULL);
    }
}

static bool send_batch(es_backend *b, const buf *entries, bool anew)
{
    const es_entry *entry;
    size_t          at   = 0;
    bool            good = PQenterPipelineMode(b->db) == 1 && send(b, MOVE_WRITES, &b->writes, &(burin_text){b->writer, sizeof b->writer});
    for (statement drop = DROP_VERSIONS; drop <= DROP_TYPES && anew && good; drop++)
        good = send(b, drop, NULL, NULL);
    while (good && (entry = es_next_entry(entries, &at)))
        good = send_entry(b, entry);
    return good && PQpipelineSync(b->db) == 1;
}

/* What the server says of all of it. */
static burin_status hear_batch(es_backend *b)
{
    burin_status status = BURIN_OK;
    bool         done   = false;
    while (!done && PQstatus(b->db) == CONNECTION_OK) {
        PGresult *result = PQgetResult(b->db); /* NULL: the end of one statement's */
        done             = result && PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        if (result && !done && !is_good(result) && status == BURIN_OK) /* the first that failed; the rest were not run */
            status = failed(b, result);
        PQclear(result);
    }
    if (done && !PQexitPipelineMode(b->db) && status == BURIN_OK)
        status = failed(b, NULL);
    return done ? status : BURIN_ERR_OS;
}

/* Whether the batch that was sent is kept; after one that still runs. */
static burin_status read_outcome(es_backend *b, bool *is_kept)
{
    burin_status status = BURIN_OK;
    PGresult    *row    = PQexecPrepared(b->db, statements[LOCK_STORE].name, 0, NULL, NULL, NULL, 1);
    if (!is_good(row) || PQntuples(row) != 1) {
        status = failed(b, row);
    } else {
        int64_t    writes = column_number(row, 0);
        burin_text writer = column_text(row, 1);
        *is_kept = writes == b->writes + 1 && writer.len == sizeof b->writer && memcmp(writer.data, b->writer, writer.len) == 0;
        if (!*is_kept && writes != b->writes)
            status = es_fail(b->err, BURIN_ERR_CONFLICT, "another process has changed the store");
    }
    PQclear(row);
    return status;
}

/* Connect again, and ask. */
static burin_status ask_outcome(es_backend *b, bool *is_kept)
{
    burin_status status = BURIN_ERR_OS;
    for (int n = 0; n < RECONNECTS_MAX && status && status != BURIN_ERR_CONFLICT; n++) {
        if (n)
            nanosleep(&(struct timespec){.tv_nsec = RECONNECT_MS * 1000000L}, NULL);
        burin_error_clear(b->err);
        PQreset(b->db);
        status = PQstatus(b->db) == CONNECTION_OK ? begin_session(b) : failed(b, NULL);
        if (status == BURIN_OK)
            status = read_outcome(b, is_kept);
    }
    return status;
}

static burin_status write_batch(es_backend *b, const buf *entries, bool anew, burin_error *err)
{
    burin_error  unheard = BURIN_ERROR_INIT;
    bool         is_kept = false;
    burin_status status  = BURIN_OK;
    b->err               = err ? err : &unheard;
    do {
        status = send_batch(b, entries, anew) ? hear_batch(b) : BURIN_ERR_OS;
        if (PQstatus(b->db) == CONNECTION_OK) {
            is_kept = status == BURIN_OK;
            if (status == BURIN_ERR_OS && !b->err->status)
                status = failed(b, NULL);
            break;
        }
        status = ask_outcome(b, &is_kept);
    } while (!status && !is_kept);
    b->writes += is_kept;
    burin_error_clear(&unheard);
    return status;
}

/* ---- reading ---- */

static burin_status take_row(es_backend *b, PGresult *result, statement which, es_entry_sink sink, void *user)
{
    static const es_entry_kind kinds[STATEMENT_COUNT] = {[READ_TYPES] = ES_ENTRY_TYPE, [READ_TREES] = ES_ENTRY_TREE, [READ_VERSIONS] = ES_ENTRY_VERSION};
    es_row   row = {column_number, column_text, result};
    es_entry entry;
    if (which == READ_STORE) {
        b->writes = column_number(result, 0);
        return BURIN_OK;
    }
    return es_row_entry(&row, kinds[which], &entry) ? sink(user, &entry, b->err) : es_fail(b->err, BURIN_ERR_DATA, "a row of the store's database is damaged");
}

/* Row by row, so that a large store does not lie in memory twice. */
static burin_status read_rows(es_backend *b, statement which, es_entry_sink sink, void *user)
{
    PGresult *row;
    if (!send(b, which, NULL, NULL) || !PQsetSingleRowMode(b->db))
        return failed(b, NULL);
    burin_status status = BURIN_OK;
    while ((row = PQgetResult(b->db))) {
        if (status == BURIN_OK && !is_good(row))
            status = failed(b, row);
        else if (status == BURIN_OK && PQntuples(row))
            status = take_row(b, row, which, sink, user);
        PQclear(row);
    }
    return status;
}

static burin_status read_database(es_backend *b, es_entry_sink sink, void *user, burin_error *err)
{
    static const statement reads[] = {READ_STORE, READ_TYPES, READ_TREES, READ_VERSIONS};
    b->err                         = err;
    burin_status status            = execute(b, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); /* one moment for all of them */
    for (unsigned n = 0; n < sizeof reads / sizeof *reads && !status; n++)
        status = read_rows(b, reads[n], sink, user);
    burin_status ended = execute(b, "ROLLBACK");
    return status ? status : ended;
}

const es_backend_ops es_postgres = {open_database, close_database, read_database, write_batch};
