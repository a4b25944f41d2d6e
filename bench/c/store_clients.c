/* What a PostgreSQL server takes from many: `bench_store_clients URI [--quick]` writes one JSON object.
 *
 *   one       a client that commits one entity and waits until it is kept (FULL), again and again: commits a second
 *   clients   16 of them at the same time, each with a store and a tree of its own
 *   batch     deferred commits of one client, then one burin_store_sync
 *   refresh   what a client takes to take in a commit of another, µs
 * By the clock on the wall. At the end every store must see what all the others have committed. */
#include "bench/c/harness.h"

#include <burin/burin.h>
#include <pthread.h>

enum { CLIENTS = 16 };

typedef struct client {
    burin_store *store;
    burin_entity root;
    uint64_t     until;
    int64_t      done;
} client;

static void ok(burin_status status, const char *what)
{
    if (status)
        die(what, burin_status_class(status));
}

static client begin(const char *uri)
{
    burin_error err = BURIN_ERROR_INIT;
    client      c   = {.store = burin_store_open(uri, &(burin_open_options){.create = true}, &err)};
    if (!c.store)
        die("open", err.message);
    if (!burin_store_find_type(c.store, "Counter")) {
        static const burin_attribute attributes[] = {{"name", BURIN_TEXT_ATTRIBUTE, false, NULL}, {"n", BURIN_INT_ATTRIBUTE, false, NULL}};
        burin_type                   type;
        ok(burin_store_define(c.store, "Counter", attributes, 2, &type, NULL), "define");
    }
    burin_txn *t = burin_txn_begin(c.store, NULL);
    ok(burin_txn_create(t, 1, &c.root, NULL), "create");
    burin_txn_set(t, c.root, 0, burin_string_borrow("a counter with a name of some length", 36), NULL);
    burin_txn_promote(t, c.root, NULL);
    ok(burin_txn_commit(t, NULL, NULL, NULL), "commit");
    return c;
}

static void commit(client *c, bool defer)
{
    burin_txn *t = burin_txn_begin(c->store, NULL);
    burin_txn_set(t, c->root, 1, burin_int(++c->done), NULL);
    ok(burin_txn_commit(t, &(burin_commit_options){.defer = defer}, NULL, NULL), "commit");
}

static void *work(void *user)
{
    client *c = user;
    while (wall_ns() < c->until)
        commit(c, false);
    return NULL;
}

/* Commits a second of the first `count` clients. */
static double together(client *clients, int count, double seconds)
{
    pthread_t all[CLIENTS];
    int64_t   before = 0, after = 0;
    uint64_t  start  = wall_ns();
    for (int n = 0; n < count; n++) {
        before += clients[n].done;
        clients[n].until = start + (uint64_t)(seconds * 1e9);
        pthread_create(&all[n], NULL, work, &clients[n]);
    }
    for (int n = 0; n < count; n++) {
        pthread_join(all[n], NULL);
        after += clients[n].done;
    }
    return (double)(after - before) * 1e9 / (double)(wall_ns() - start);
}

static double batch(client *c, int count)
{
    uint64_t start = wall_ns();
    for (int n = 0; n < count; n++)
        commit(c, true);
    ok(burin_store_sync(c->store, NULL), "sync");
    return count * 1e9 / (double)(wall_ns() - start);
}

static double refresh(client *from, client *to, int count)
{
    uint64_t took = 0, commits;
    ok(burin_store_refresh(to->store, NULL, NULL), "refresh");
    for (int n = 0; n < count; n++) {
        commit(from, false);
        uint64_t start = wall_ns();
        ok(burin_store_refresh(to->store, &commits, NULL), "refresh");
        took += wall_ns() - start;
        if (commits != 1)
            die("refresh", "not the one commit there was");
    }
    return (double)took / count / 1e3;
}

static void check(client *clients)
{
    for (int n = 0; n < CLIENTS; n++) {
        burin_reader *reader = burin_reader_new(clients[n].store);
        ok(burin_store_refresh(clients[n].store, NULL, NULL), "refresh");
        burin_reader_pin(reader);
        for (int k = 0; k < CLIENTS; k++) {
            burin_value v;
            ok(burin_reader_get(reader, clients[k].root, 1, NULL, &v, NULL), "get");
            if (v.as.i != clients[k].done)
                die("a store does not see", "what another has committed");
        }
        burin_reader_free(reader);
    }
}

int main(int argc, char **argv)
{
    client clients[CLIENTS];
    if (argc < 2)
        die("usage", "bench_store_clients URI [--quick]");
    bool quick = argc > 2;
    for (int n = 0; n < CLIENTS; n++)
        clients[n] = begin(argv[1]);
    double seconds = quick ? 0.5 : 3;
    double one = together(clients, 1, seconds), all = together(clients, CLIENTS, seconds), deferred = batch(&clients[0], quick ? 5000 : 50000);
    double news = refresh(&clients[0], &clients[1], quick ? 20 : 200);
    check(clients);
    printf("{\"clients\": [{\"one\": %.0f, \"clients\": %.0f, \"batch\": %.0f, \"refresh_us\": %.0f}]}\n", one, all, deferred, news);
    for (int n = 0; n < CLIENTS; n++)
        burin_store_free(clients[n].store);
    return 0;
}
