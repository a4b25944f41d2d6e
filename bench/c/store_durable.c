/* What keeping a store in a file costs: `bench_store_durable FOLDER [--quick]` writes one JSON object.
 *
 *   raw      append 256 bytes to a file and fdatasync it: what no durable commit can be faster than
 *   full     a commit of one entity, FULL durability
 *   normal   the same, NORMAL: no sync
 *   batch    deferred commits, then one burin_store_sync, FULL
 *   threads  8 threads that commit to trees of their own at once, FULL: one sync for all who wait
 * Portions of each are run by turns, so that all see the same disk; times are those of the clock on the wall. */
#include "bench/c/harness.h"

#include <burin/burin.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

enum { TREES = 8, RAW = 256 };

typedef struct times {
    double *ns;
    size_t  count;
} times;

static double at(times *t, unsigned percent)
{
    qsort(t->ns, t->count, sizeof *t->ns, compare_doubles);
    return t->ns[t->count * percent / 100];
}

static burin_store *make(const char *path, burin_durability durability, burin_entity *roots)
{
    static const burin_attribute attributes[] = {{"name", BURIN_TEXT_ATTRIBUTE, false, NULL}, {"n", BURIN_INT_ATTRIBUTE, false, NULL}};
    burin_error  err   = BURIN_ERROR_INIT;
    burin_store *store = burin_store_open(path, &(burin_open_options){.create = true, .durability = durability}, &err);
    burin_type   type;
    if (!store)
        die("open", err.message);
    burin_store_define(store, "Counter", attributes, 2, &type, NULL);
    burin_txn *t = burin_txn_begin(store, NULL);
    for (int n = 0; n < TREES; n++) {
        burin_txn_create(t, type, &roots[n], NULL);
        burin_txn_set(t, roots[n], 0, burin_string_borrow("a counter with a name of some length", 36), NULL);
        burin_txn_promote(t, roots[n], NULL);
    }
    if (burin_txn_commit(t, NULL, NULL, &err))
        die("commit", err.message);
    return store;
}

static void commit(burin_store *store, burin_entity e, int64_t n, bool defer)
{
    burin_txn *t = burin_txn_begin(store, NULL);
    burin_txn_set(t, e, 1, burin_int(n), NULL);
    if (burin_txn_commit(t, &(burin_commit_options){.defer = defer}, NULL, NULL))
        die("commit", "failed");
}

static void raw_portion(int fd, off_t *end, times *out, int count)
{
    static char bytes[RAW];
    for (int n = 0; n < count; n++) {
        uint64_t start = wall_ns();
        if (pwrite(fd, bytes, sizeof bytes, *end) != sizeof bytes || fdatasync(fd))
            die("raw", "cannot write");
        *end += RAW;
        out->ns[out->count++] = (double)(wall_ns() - start);
    }
}

static void commit_portion(burin_store *store, burin_entity e, times *out, int count)
{
    for (int n = 0; n < count; n++) {
        uint64_t start = wall_ns();
        commit(store, e, n + 1000000 * (int64_t)out->count, false);
        out->ns[out->count++] = (double)(wall_ns() - start);
    }
}

/* ns a commit. */
static double batch(burin_store *store, burin_entity e, int count)
{
    uint64_t start = wall_ns();
    for (int n = 0; n < count; n++)
        commit(store, e, (int64_t)start + n, true);
    if (burin_store_sync(store, NULL))
        die("sync", "failed");
    return (double)(wall_ns() - start) / count;
}

typedef struct worker {
    burin_store *store;
    burin_entity root;
    int          count;
} worker;

static void *work(void *user)
{
    const worker *w = user;
    for (int n = 0; n < w->count; n++)
        commit(w->store, w->root, n, false);
    return NULL;
}

static double threads(burin_store *store, const burin_entity *roots, int count)
{
    pthread_t all[TREES];
    worker    workers[TREES];
    uint64_t  start = wall_ns();
    for (int n = 0; n < TREES; n++) {
        workers[n] = (worker){store, roots[n], count};
        pthread_create(&all[n], NULL, work, &workers[n]);
    }
    for (int n = 0; n < TREES; n++)
        pthread_join(all[n], NULL);
    return (double)(wall_ns() - start) / (count * TREES);
}

int main(int argc, char **argv)
{
    char         path[300];
    burin_entity full_roots[TREES], normal_roots[TREES];
    bool         quick  = argc > 2 && strcmp(argv[2], "--quick") == 0;
    int          rounds = quick ? 3 : 20, portion = quick ? 20 : 50;
    size_t       room   = (size_t)rounds * (size_t)portion;
    times        raw = {calloc(room, sizeof(double)), 0}, full = {calloc(room, sizeof(double)), 0}, normal = {calloc(room, sizeof(double)), 0};
    double       batch_ns = 1e18, threads_ns = 1e18;
    off_t        end = 0;
    if (argc < 2)
        die("usage", "bench_store_durable FOLDER [--quick]");
    snprintf(path, sizeof path, "%s/raw", argv[1]);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || posix_fallocate(fd, 0, (off_t)room * RAW) || fsync(fd))
        die(path, "cannot be made");
    snprintf(path, sizeof path, "%s/full", argv[1]);
    burin_store *full_store = make(path, BURIN_DURABILITY_FULL, full_roots);
    snprintf(path, sizeof path, "%s/normal", argv[1]);
    burin_store *normal_store = make(path, BURIN_DURABILITY_NORMAL, normal_roots);
    for (int n = 0; n < rounds; n++) {
        raw_portion(fd, &end, &raw, portion);
        commit_portion(full_store, full_roots[0], &full, portion);
        commit_portion(normal_store, normal_roots[0], &normal, portion);
        double b = batch(full_store, full_roots[1], 50 * portion), t = threads(full_store, full_roots, portion);
        batch_ns   = b < batch_ns ? b : batch_ns;
        threads_ns = t < threads_ns ? t : threads_ns;
    }
    printf("{\"durable\": [{\"raw_p10\": %.0f, \"raw_p50\": %.0f, \"full_p10\": %.0f, \"full_p50\": %.0f, \"normal_p10\": %.0f, \"normal_p50\": %.0f, "
           "\"batch\": %.0f, \"threads\": %.0f}]}\n",
           at(&raw, 10), at(&raw, 50), at(&full, 10), at(&full, 50), at(&normal, 10), at(&normal, 50), batch_ns, threads_ns);
    burin_store_free(full_store);
    burin_store_free(normal_store);
    close(fd);
    free(raw.ns);
    free(full.ns);
    free(normal.ns);
    return 0;
}
