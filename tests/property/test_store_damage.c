/* A store's file, and its journal, as a full disk, a cut, or a wrong byte leave them: what was acknowledged is there, or an error says that it is not; nothing is
 * half there, and nothing crashes.
 *
 * Each commit sets one number in two trees, and a text that goes with it. A journal is copied while the store is open, as a crash would leave it.
 *
 *   test_property_store_damage [FLIPS [SEED]]       bytes that are changed, one a time; default: 600, seed 1; with more the journal is cut at every
 *                                                   byte of the last commit, else at every 37th */
#include "burin/burin.h"
#include "tests/property/counters.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static unsigned long flips = 600;
static uint64_t      seed  = 1;
static char          folder[FOLDER_SIZE], path[FOLDER_SIZE + 8], journal[FOLDER_SIZE + 12], broken[FOLDER_SIZE + 8], broken_journal[FOLDER_SIZE + 12];

static uint32_t draw(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)((seed >> 11) % below);
}

enum { NUMBER, TEXT };

static burin_status commit(burin_store *store, int64_t n)
{
    char       text[400];
    burin_txn *t = burin_txn_begin(store, NULL);
    memset(text, 'a' + (char)(n % 26), sizeof text);
    for (int r = 0; r < 2; r++) {
        assert_int_equal(burin_txn_set(t, roots[r], NUMBER, burin_int(n), NULL), BURIN_OK);
        assert_int_equal(burin_txn_set(t, roots[r], TEXT, burin_string_borrow(text, sizeof text), NULL), BURIN_OK);
    }
    return burin_txn_commit(t, NULL, NULL, NULL);
}

static burin_store *make_store(int64_t commits)
{
    static const burin_attribute attributes[] = {{"n", BURIN_INT_ATTRIBUTE, false, NULL}, {"text", BURIN_TEXT_ATTRIBUTE, false, NULL}};
    remove(path), remove(journal);
    burin_store *store = burin_store_open(path, &(burin_open_options){.create = true}, NULL);
    assert_non_null(store);
    make_counters(store, attributes, 2);
    for (int64_t n = 1; n <= commits; n++)
        assert_int_equal(commit(store, n), BURIN_OK);
    return store;
}

/* The number of the last commit there is, which must be in both trees, with its text; 0: not even the trees are there. */
static int64_t last_of(burin_store *store)
{
    burin_reader *reader = burin_reader_new(store);
    burin_value   number[2], text;
    burin_reader_pin(reader);
    if (burin_reader_trees(reader) == 0) {
        burin_reader_free(reader);
        return 0;
    }
    for (int r = 0; r < 2; r++) {
        assert_int_equal(burin_reader_get(reader, roots[r], NUMBER, NULL, &number[r], NULL), BURIN_OK);
        assert_int_equal(burin_reader_get(reader, roots[r], TEXT, NULL, &text, NULL), BURIN_OK);
        assert_int_equal(text.len, number[r].as.i ? 400 : 0);
        assert_true(!text.len || (text.as.s[0] == 'a' + number[r].as.i % 26 && text.as.s[399] == text.as.s[0]));
    }
    burin_reader_free(reader);
    assert_int_equal(number[0].as.i, number[1].as.i);
    return number[0].as.i;
}

/* ---- files ---- */

typedef struct bytes {
    char  *data;
    size_t len;
} bytes;

static bytes read_all(const char *name)
{
    bytes b    = {NULL, 0};
    FILE *file = fopen(name, "rb");
    if (!file)
        return b;
    fseek(file, 0, SEEK_END);
    b.len  = (size_t)ftell(file);
    b.data = malloc(b.len + 1);
    rewind(file);
    assert_int_equal(fread(b.data, 1, b.len, file), b.len);
    fclose(file);
    return b;
}

static size_t size_of(const char *name)
{
    struct stat found;
    assert_int_equal(stat(name, &found), 0);
    return (size_t)found.st_size;
}

static void write_all(const char *name, const char *data, size_t len)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    fclose(file);
}

/* Open what is there: the last commit it has, or -1 where it is said to be damaged. */
static int64_t open_broken(void)
{
    burin_error  err   = BURIN_ERROR_INIT;
    int64_t      last  = -1;
    burin_store *store = burin_store_open(broken, &(burin_open_options){.durability = BURIN_DURABILITY_NORMAL}, &err);
    if (store && burin_store_verify(store, &err) == BURIN_OK)
        last = last_of(store);
    if (last < 0) {
        if (err.status != BURIN_ERR_DATA && err.status != BURIN_ERR_OS)
            fail_msg("%s: %s", burin_status_class(err.status), err.message);
        assert_non_null(err.message);
    }
    burin_error_clear(&err);
    burin_store_free(store);
    remove(broken_journal);
    return last;
}

/* ---- what may happen ---- */

static void a_journal_cut_anywhere_loses_only_what_is_cut(void **state)
{
    enum { COMMITS = 5 };
    size_t step = flips > 600 ? 1 : 37;
    (void)state;
    burin_store *store  = make_store(COMMITS - 1);
    size_t       before = size_of(journal);
    assert_int_equal(commit(store, COMMITS), BURIN_OK);
    bytes   file = read_all(path), wal = read_all(journal);
    int64_t found[2] = {0, 0}; /* how often without the last commit, and with it */
    assert_true(before && wal.len > before);
    for (size_t len = before; len <= wal.len; len = len < wal.len && len + step > wal.len ? wal.len : len + step) {
        write_all(broken, file.data, file.len);
        write_all(broken_journal, wal.data, len);
        int64_t last = open_broken();
        assert_true(last == COMMITS - 1 || (last == COMMITS && len == wal.len));
        found[last == COMMITS]++;
    }
    assert_true(found[0] && found[1]);
    burin_store_free(store);
    free(file.data), free(wal.data);
}

static void a_file_cut_or_changed_anywhere_is_whole_or_refused(void **state)
{
    enum { COMMITS = 30 };
    (void)state;
    burin_store_free(make_store(COMMITS));
    bytes         file    = read_all(path);
    unsigned long refused = 0;
    for (unsigned long n = 0; n < flips; n++) {
        bool   cut = n % 6 == 0;
        size_t at  = draw((uint32_t)file.len);
        char   was = file.data[at];
        if (!cut)
            file.data[at] = (char)(was ^ (1 << draw(8)));
        write_all(broken, file.data, cut ? at : file.len);
        int64_t last = open_broken();
        refused += last < 0;
        if (last >= 0 && last != COMMITS)
            fail_msg("%s %zu: only %lld commits, and nobody says so", cut ? "cut at" : "changed at", at, (long long)last);
        file.data[at] = was;
    }
    assert_true(refused > flips / 4);
    print_message("%lu of %lu refused\n", refused, flips);
    free(file.data);
}

/* Of a journal a crash may leave any bytes: its checksums say where it ends. */
static void a_journal_changed_anywhere_ends_there(void **state)
{
    enum { COMMITS = 10 };
    (void)state;
    burin_store *store = make_store(COMMITS);
    bytes        file = read_all(path), wal = read_all(journal);
    for (unsigned long n = 0; n < flips / 2; n++) {
        size_t at  = draw((uint32_t)wal.len);
        char   was = wal.data[at];
        wal.data[at] = (char)(was ^ (1 << draw(8)));
        write_all(broken, file.data, file.len);
        write_all(broken_journal, wal.data, wal.len);
        assert_true(open_broken() <= COMMITS);
        wal.data[at] = was;
    }
    burin_store_free(store);
    free(file.data), free(wal.data);
}

/* The child's files may not grow beyond a limit, whichever of them meets it first, in whatever it does. */
static void fill_disk(int out, rlim_t limit)
{
    int64_t      n     = 0;
    burin_store *store = burin_store_open(path, NULL, NULL);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){limit, limit});
    if (!store || write(out, &n, sizeof n) != sizeof n)
        _exit(1);
    while (commit(store, ++n) == BURIN_OK)
        if (write(out, &n, sizeof n) != sizeof n)
            _exit(2);
    _exit(commit(store, n) == BURIN_ERR_OS && burin_store_sync(store, NULL) == BURIN_ERR_OS ? 0 : 3); /* from then on it refuses */
}

static void a_full_disk_loses_nothing_acknowledged(void **state)
{
    (void)state;
    for (int turn = 0; turn < 12; turn++) {
        int     ends[2], status;
        int64_t word, known = -1;
        burin_store_free(make_store(0));
        rlim_t limit = size_of(path) + (rlim_t)turn * 7001;
        assert_int_equal(pipe(ends), 0);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            close(ends[0]);
            fill_disk(ends[1], limit);
        }
        close(ends[1]);
        while (read(ends[0], &word, sizeof word) == sizeof word)
            known = word;
        close(ends[0]);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
        assert_true(known >= (turn > 4));
        burin_store *store = burin_store_open(path, NULL, NULL);
        assert_non_null(store);
        int64_t last = last_of(store);
        assert_true(last == known || last == known + 1);
        assert_int_equal(burin_store_verify(store, NULL), BURIN_OK);
        assert_int_equal(commit(store, last + 1), BURIN_OK); /* and there is room again */
        burin_store_free(store);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_journal_cut_anywhere_loses_only_what_is_cut), cmocka_unit_test(a_file_cut_or_changed_anywhere_is_whole_or_refused),
        cmocka_unit_test(a_journal_changed_anywhere_ends_there), cmocka_unit_test(a_full_disk_loses_nothing_acknowledged),
    };
    if (argc > 1)
        flips = strtoul(argv[1], NULL, 10);
    if (argc > 2)
        seed = strtoull(argv[2], NULL, 10);
    if (!folder_make(folder))
        return 1;
    snprintf(path, sizeof path, "%s/store", folder);
    snprintf(journal, sizeof journal, "%s-wal", path);
    snprintf(broken, sizeof broken, "%s/broken", folder);
    snprintf(broken_journal, sizeof broken_journal, "%s-wal", broken);
    burin_error  err   = BURIN_ERROR_INIT;
    burin_store *store = burin_store_open(path, NULL, &err);
    bool         built = store || err.status != BURIN_ERR_NOT_IMPLEMENTED;
    burin_store_free(store);
    burin_error_clear(&err);
    seed = seed * 0x9E3779B97F4A7C15u + 1;
    if (!built)
        puts("skipped: built without SQLite");
    int failed = built ? cmocka_run_group_tests(tests, NULL, NULL) : 77;
    folder_remove(folder);
    return failed;
}
