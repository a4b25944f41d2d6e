/* What a power cut may leave of a store's file, explored: whatever it is, it opens, and has every acknowledged commit and no half one.
 *
 * A SQLite file system that records what is written, cut and synced runs below a store that commits 1, 2, 3, ... to two trees at once. Then
 * states of the disk are made: everything up to a moment, but of what was not synced by then any sectors of 512 bytes may be missing. Each
 * is opened and looked at.
 *   With FULL durability the number found is the last acknowledged or one begun after it; with NORMAL it may be older.
 *   With syncs that do nothing violations must be found: that is the test's own test.
 *
 *   test_property_store_power [STATES [SEED]]      default: 300 states of each kind, seed 1 */
#include "burin/burin.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#ifdef BURIN_SQLITE
#include <sqlite3.h>

enum { COMMITS = 60, SECTOR = 512, FILES = 3 /* the file, its write-ahead log, its rollback journal */ };

static unsigned long states = 300;
static uint64_t      seed   = 1;
static char          folder[FOLDER_SIZE], path[FOLDER_SIZE + 8], copy_path[FOLDER_SIZE + 8];

static uint32_t draw(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)((seed >> 11) % below);
}

/* ---- what happened ---- */

typedef enum event_kind { WRITE, CUT, DELETE, SYNC, BEGUN, ACKNOWLEDGED } event_kind;
typedef struct event {
    event_kind kind;
    int        file;
    int64_t    offset; /* CUT: the new length; BEGUN, ACKNOWLEDGED: the number */
    int        len;
    char      *data;
} event;
static event  *events;
static size_t  event_count, event_cap;
static bool    recording;

static void record(event_kind kind, int file, int64_t offset, const void *data, int len)
{
    if (!recording || file >= FILES)
        return;
    if (event_count == event_cap) {
        event_cap = event_cap ? 2 * event_cap : 1024;
        events    = realloc(events, event_cap * sizeof *events);
    }
    event *e = &events[event_count++];
    *e       = (event){kind, file, offset, len, len ? malloc((size_t)len) : NULL};
    if (len)
        memcpy(e->data, data, (size_t)len);
}

/* ---- the file system ---- */

typedef struct traced {
    sqlite3_file  base;
    int           number;
    sqlite3_file *real; /* behind this struct */
} traced;

#define REAL(file) (((traced *)(file))->real)
static int t_close(sqlite3_file *f) { return REAL(f)->pMethods->xClose(REAL(f)); }
static int t_read(sqlite3_file *f, void *to, int len, sqlite3_int64 at) { return REAL(f)->pMethods->xRead(REAL(f), to, len, at); }
static int t_write(sqlite3_file *f, const void *from, int len, sqlite3_int64 at)
{
    record(WRITE, ((traced *)f)->number, at, from, len);
    return REAL(f)->pMethods->xWrite(REAL(f), from, len, at);
}
static int t_truncate(sqlite3_file *f, sqlite3_int64 len)
{
    record(CUT, ((traced *)f)->number, len, NULL, 0);
    return REAL(f)->pMethods->xTruncate(REAL(f), len);
}
static int t_sync(sqlite3_file *f, int flags)
{
    record(SYNC, ((traced *)f)->number, 0, NULL, 0);
    (void)flags;
    return SQLITE_OK; /* nothing here needs to reach a disk */
}
static int t_size(sqlite3_file *f, sqlite3_int64 *len) { return REAL(f)->pMethods->xFileSize(REAL(f), len); }
static int t_lock(sqlite3_file *f, int how) { return REAL(f)->pMethods->xLock(REAL(f), how); }
static int t_unlock(sqlite3_file *f, int how) { return REAL(f)->pMethods->xUnlock(REAL(f), how); }
static int t_check(sqlite3_file *f, int *out) { return REAL(f)->pMethods->xCheckReservedLock(REAL(f), out); }
static int t_control(sqlite3_file *f, int op, void *arg) { return REAL(f)->pMethods->xFileControl(REAL(f), op, arg); }
static int t_sector(sqlite3_file *f) { return REAL(f)->pMethods->xSectorSize(REAL(f)); }
static int t_device(sqlite3_file *f)
{
    (void)f;
    return 0; /* promise nothing: neither that writes are whole nor that they keep their order */
}
static int t_map(sqlite3_file *f, int page, int size, int extend, void volatile **out) { return REAL(f)->pMethods->xShmMap(REAL(f), page, size, extend, out); }
static int t_shm_lock(sqlite3_file *f, int at, int n, int flags) { return REAL(f)->pMethods->xShmLock(REAL(f), at, n, flags); }
static void t_barrier(sqlite3_file *f) { REAL(f)->pMethods->xShmBarrier(REAL(f)); }
static int t_unmap(sqlite3_file *f, int remove) { return REAL(f)->pMethods->xShmUnmap(REAL(f), remove); }
static const sqlite3_io_methods traced_methods = {2, t_close, t_read, t_write, t_truncate, t_sync, t_size, t_lock, t_unlock, t_check, t_control, t_sector,
                                                  t_device, t_map, t_shm_lock, t_barrier, t_unmap, NULL, NULL};

static sqlite3_vfs *unix_files, traced_files;

static int t_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    traced *t = (traced *)f;
    (void)vfs;
    t->number = flags & SQLITE_OPEN_MAIN_DB ? 0 : flags & SQLITE_OPEN_WAL ? 1 : flags & SQLITE_OPEN_MAIN_JOURNAL ? 2 : FILES;
    t->real   = (sqlite3_file *)(t + 1);
    int code  = unix_files->xOpen(unix_files, name, t->real, flags, out);
    f->pMethods = t->real->pMethods ? &traced_methods : NULL;
    return code;
}

static int t_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    size_t len  = strlen(name);
    int    file = len > 4 && strcmp(name + len - 4, "-wal") == 0 ? 1 : len > 8 && strcmp(name + len - 8, "-journal") == 0 ? 2 : FILES;
    (void)vfs;
    (void)sync;
    record(DELETE, file, 0, NULL, 0);
    return unix_files->xDelete(unix_files, name, 0);
}

static void install(void)
{
    unix_files          = sqlite3_vfs_find(NULL);
    traced_files        = *unix_files;
    traced_files.zName  = "traced";
    traced_files.szOsFile += (int)sizeof(traced);
    traced_files.xOpen  = t_open;
    traced_files.xDelete = t_delete;
    sqlite3_vfs_register(&traced_files, 1);
}

/* ---- the run that is recorded ---- */

static const burin_entity roots[2] = {{16, 0, 0}, {17, 0, 0}};

static void run(burin_durability durability)
{
    static const burin_attribute attributes[] = {{"n", BURIN_INT_ATTRIBUTE, false, NULL}, {"text", BURIN_TEXT_ATTRIBUTE, false, NULL}};
    burin_store *store = burin_store_open(path, &(burin_open_options){.create = true, .durability = durability}, NULL);
    burin_txn   *t;
    burin_type   type;
    static char  page[3000];
    assert_non_null(store);
    assert_int_equal(burin_store_define(store, "Counter", attributes, 2, &type, NULL), BURIN_OK);
    for (int64_t n = 1; n <= COMMITS; n++) {
        t = burin_txn_begin(store, NULL);
        for (int r = 0; r < 2; r++) {
            burin_entity made;
            if (n == 1) {
                burin_txn_create(t, type, &made, NULL);
                burin_txn_promote(t, made, NULL);
            }
            burin_txn_set(t, roots[r], 0, burin_int(n), NULL);
            burin_txn_set(t, roots[r], 1, burin_string_borrow(page, (size_t)(n * 37 % 3000)), NULL);
        }
        record(BEGUN, 0, n, NULL, 0);
        assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
        record(ACKNOWLEDGED, 0, n, NULL, 0);
        if (n % 25 == 0) /* the journal goes into the file now and then */
            burin_store_compact(store, NULL);
    }
    burin_store_free(store);
}

/* ---- states of the disk ---- */

typedef struct disk {
    char  *data[FILES];
    size_t len[FILES], cap[FILES];
} disk;

static void disk_write(disk *d, int file, size_t at, const char *data, size_t len)
{
    if (at + len > d->cap[file]) {
        d->data[file] = realloc(d->data[file], 2 * (at + len));
        memset(d->data[file] + d->cap[file], 0, 2 * (at + len) - d->cap[file]);
        d->cap[file] = 2 * (at + len);
    }
    memcpy(d->data[file] + at, data, len);
    if (at + len > d->len[file])
        d->len[file] = at + len;
}

static void disk_cut(disk *d, int file, size_t len)
{
    if (len < d->len[file]) {
        memset(d->data[file] + len, 0, d->len[file] - len);
        d->len[file] = len;
    }
}

/* Some sectors of a write; of every other write: all or none. */
static void write_some(disk *d, const event *e)
{
    uint32_t how = draw(4);
    for (int at = 0, part; at < e->len && how; at += part) {
        part = SECTOR - (int)((e->offset + at) % SECTOR);
        part = part > e->len - at ? e->len - at : part;
        if (how == 1 || (how == 2 && draw(2)) || (how == 3 && draw(16)))
            disk_write(d, e->file, (size_t)e->offset + (size_t)at, e->data + at, (size_t)part);
    }
}

/* The disk after `count` events, and what may and must be found on it. */
static void make_disk(disk *d, size_t count, bool syncs_lie, int64_t *acknowledged, int64_t *begun)
{
    size_t synced[FILES] = {0}, any = 0; /* names of files are kept with the next sync of any file, as file systems with a journal do */
    for (size_t n = 0; n < count && !syncs_lie; n++) {
        if (events[n].kind == SYNC)
            synced[events[n].file] = any = n;
    }
    *acknowledged = *begun = 0;
    for (int file = 0; file < FILES; file++)
        disk_cut(d, file, 0);
    for (size_t n = 0; n < count; n++) {
        const event *e    = &events[n];
        bool         sure = e->kind <= DELETE && n < (e->kind == DELETE ? any : synced[e->file]);
        if (e->kind == BEGUN)
            *begun = e->offset;
        else if (e->kind == ACKNOWLEDGED)
            *acknowledged = e->offset;
        else if (e->kind == WRITE && sure)
            disk_write(d, e->file, (size_t)e->offset, e->data, (size_t)e->len);
        else if (e->kind == WRITE)
            write_some(d, e);
        else if ((e->kind == CUT || e->kind == DELETE) && (sure || draw(2)))
            disk_cut(d, e->file, (size_t)e->offset);
    }
}

static void put_file(const char *ending, const char *data, size_t len)
{
    char name[FOLDER_SIZE + 24];
    snprintf(name, sizeof name, "%s%s", copy_path, ending);
    unlink(name);
    FILE *file = len ? fopen(name, "wb") : NULL;
    if (file) {
        assert_int_equal(fwrite(data, 1, len, file), len);
        fclose(file);
    }
}

/* Whether what is found on the disk is what may be. */
static bool look(const disk *d, int64_t acknowledged, int64_t begun, bool full)
{
    put_file("", d->data[0], d->len[0]);
    put_file("-wal", d->data[1], d->len[1]);
    put_file("-journal", d->data[2], d->len[2]);
    put_file("-shm", "", 0);
    burin_store *store = burin_store_open(copy_path, &(burin_open_options){.create = true}, NULL);
    if (!store)
        return false;
    burin_reader *reader = burin_reader_new(store);
    int64_t       found[2] = {0, 0};
    burin_reader_pin(reader);
    for (int r = 0; r < 2; r++) {
        burin_value value;
        if (burin_reader_get(reader, roots[r], 0, NULL, &value, NULL) == BURIN_OK)
            found[r] = value.as.i;
    }
    burin_reader_free(reader);
    bool good = burin_store_verify(store, NULL) == BURIN_OK && found[0] == found[1] && found[0] <= begun && (!full || found[0] >= acknowledged);
    burin_store_free(store);
    return good;
}

static unsigned long explore(burin_durability durability, bool syncs_lie)
{
    disk          d          = {0};
    unsigned long violations = 0;
    event_count              = 0;
    recording                = true;
    run(durability);
    recording = false;
    for (unsigned long n = 0; n < states; n++) {
        int64_t acknowledged, begun;
        make_disk(&d, draw((uint32_t)event_count + 1), syncs_lie, &acknowledged, &begun);
        violations += !look(&d, acknowledged, begun, durability == BURIN_DURABILITY_FULL);
    }
    for (size_t n = 0; n < event_count; n++)
        free(events[n].data);
    for (int file = 0; file < FILES; file++)
        free(d.data[file]);
    unlink(path);
    return violations;
}

static void a_power_cut_takes_nothing_acknowledged(void **state)
{
    (void)state;
    assert_int_equal(explore(BURIN_DURABILITY_FULL, false), 0);
}

static void a_power_cut_leaves_nothing_half(void **state)
{
    (void)state;
    assert_int_equal(explore(BURIN_DURABILITY_NORMAL, false), 0);
}

static void syncs_that_do_nothing_are_found_out(void **state)
{
    (void)state;
    assert_true(explore(BURIN_DURABILITY_FULL, true) > states / 20);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_power_cut_takes_nothing_acknowledged), cmocka_unit_test(a_power_cut_leaves_nothing_half),
                                       cmocka_unit_test(syncs_that_do_nothing_are_found_out)};
    if (argc > 1)
        states = strtoul(argv[1], NULL, 10);
    if (argc > 2)
        seed = strtoull(argv[2], NULL, 10);
    seed = seed * 0x9E3779B97F4A7C15u + 1;
    if (!folder_make(folder))
        return 1;
    snprintf(path, sizeof path, "%s/store", folder);
    snprintf(copy_path, sizeof copy_path, "%s/copy", folder);
    install();
    int result = cmocka_run_group_tests(tests, NULL, NULL);
    folder_remove(folder);
    free(events);
    return result;
}

#else
int main(void)
{
    puts("skipped: built without SQLite");
    return 77;
}
#endif
