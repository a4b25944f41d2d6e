/* The cache on disk: what is put is got, by nobody else's hand, whole, within its size; and the hash and the build id that its keys are of. */
#define _GNU_SOURCE
#include "codegen/cache/disk.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { HEAD_SIZE = 328 }; /* of a file, before its object */

typedef struct fixture {
    char            place[64], folder[96], library_file[96];
    builder_library library;
    disk            d;
    buf             out;
} fixture;

static void write_library(fixture *f, const char *contents)
{
    FILE *file = fopen(f->library_file, "wb");
    assert_non_null(file);
    fputs(contents, file);
    fclose(file);
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    strcpy(f->place, "/tmp/disk-test-XXXXXX");
    assert_non_null(mkdtemp(f->place));
    snprintf(f->folder, sizeof f->folder, "%s/a/cache", f->place);
    snprintf(f->library_file, sizeof f->library_file, "%s/library", f->place);
    write_library(f, "a compiler");
    assert_true(builder_library_note(f->library_file, &f->library));
    f->d   = (disk){f->folder, 1 << 20};
    f->out = buf_make(&base_malloc_allocator);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    char     command[160];
    chmod(f->folder, 0700);
    snprintf(command, sizeof command, "rm -rf '%s'", f->place);
    assert_int_equal(system(command), 0);
    buf_deinit(&f->out);
    free(f);
    return 0;
}

static disk_key key_of(const char *request)
{
    static const uint8_t builder[BUILDER_SIZE] = {1};
    return disk_key_of(builder, (burin_text){request, strlen(request)});
}

/* NULL, or why it is not kept. */
static const char *try_put(const fixture *f, const char *request, const char *object)
{
    disk_key key = key_of(request);
    return disk_put(&f->d, &key, &f->library, (burin_text){object, strlen(object)});
}

static bool put(const fixture *f, const char *request, const char *object) { return !try_put(f, request, object); }

static bool has(fixture *f, const char *request, const char *object)
{
    disk_key key = key_of(request);
    return disk_get(&f->d, &key, &f->out) && f->out.len == strlen(object) && memcmp(f->out.data, object, f->out.len) == 0;
}

/* ---- looking ---- */

typedef struct seen {
    unsigned files, wrong;
    int64_t  used; /* of the last one */
    char     name[128];
    const char *why;
} seen;

static void note(void *user, const disk_entry *entry)
{
    seen *s = user;
    s->files++;
    s->wrong += entry->why != NULL;
    s->why = entry->why ? entry->why : s->why;
    s->used = entry->used;
    snprintf(s->name, sizeof s->name, "%s", entry->name);
}

static seen look(fixture *f)
{
    seen s = {0};
    assert_null(disk_each(&f->d, true, note, &s));
    return s;
}

/* The path of the only file. */
static const char *only_file(fixture *f, char path[256])
{
    seen s = look(f);
    assert_int_equal(s.files, 1);
    snprintf(path, 256, "%s/%s", f->folder, s.name);
    return path;
}

/* ---- tests ---- */

static void hashes_are_blake2b(void **state)
{
    (void)state;
    static const struct { size_t len; const char *hash; } rows[] = {
        /* of that many bytes 'a': python3 -c 'import hashlib; print(hashlib.blake2b(b"a" * N, digest_size=32).hexdigest())' */
        {0, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"},
        {1, "8928aae63c84d87ea098564d1e03ad813f107add474e56aedd286349c0c03ea4"},
        {127, "59e2f1aba240f20aa591016f5ef429990bc9c2131dcd0d30f0ffd75ed18f317d"},
        {128, "ae2aa48507885c4c950fb809b2076f959cde9f8ea6da260d9a3587df33dac450"},
        {129, "2f64744a6de0d2c0b56e64cf6e29a5aaa255010d415d51c75ccc82f73dccd865"},
        {255, "177ec7b22a982dd81ec80e0f8fd488bb347952a0876fed488191b6dede62df81"},
        {256, "eae4d3a7627549b383179dc18049964f91a6fed14c9f3fb26705eda3eeda5558"},
        {257, "496943de3c8b1458635ee30c15bb26cede6957abdd28f0a860cdaf967116c747"},
        {1000, "e00b0ddbf1e2cdaf5c898e1a5e8826ea3a2c339bcf2a478da2e5fca9ff126672"},
    };
    char text[1024];
    memset(text, 'a', sizeof text);
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        for (size_t cut = 0; cut <= rows[n].len; cut += 1 + rows[n].len / 3) {
            uint8_t          hash[BLAKE2B_SIZE];
            char             hex[2 * BLAKE2B_SIZE + 1];
            const burin_text parts[] = {{text, cut}, {text + cut, rows[n].len - cut}};
            blake2b(parts, 2, hash);
            for (int i = 0; i < BLAKE2B_SIZE; i++)
                snprintf(hex + 2 * i, 3, "%02x", hash[i]);
            assert_string_equal(hex, rows[n].hash);
        }
    }
}

static void what_is_put_is_got(void **state)
{
    fixture *f = *state;
    struct stat about;
    assert_false(has(f, "one", "1"));
    assert_int_equal(look(f).files, 0);
    assert_true(put(f, "one", "1"));
    assert_true(put(f, "two", ""));
    assert_true(has(f, "one", "1") && has(f, "two", "") && !has(f, "three", ""));
    assert_true(put(f, "one", "another"));
    assert_true(has(f, "one", "another"));
    assert_int_equal(look(f).files, 2);
    assert_int_equal(stat(f->folder, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    disk_key key = key_of("one");
    disk_remove(&f->d, &key);
    assert_false(has(f, "one", "another"));
    assert_null(disk_clear(&f->d));
    assert_int_equal(look(f).files, 0);
}

static void keys_are_of_compiler_and_request(void **state)
{
    (void)state;
    uint8_t  builder[BUILDER_SIZE] = {1};
    disk_key a = disk_key_of(builder, BURIN_TEXT("x")), b = disk_key_of(builder, BURIN_TEXT("y"));
    builder[BUILDER_SIZE - 1]++;
    disk_key c = disk_key_of(builder, BURIN_TEXT("x"));
    assert_memory_not_equal(&a, &b, sizeof a);
    assert_memory_not_equal(&a, &c, sizeof a);
}

static void a_damaged_file_is_found_and_goes(void **state)
{
    fixture *f = *state;
    char     path[256];
    for (int at = 0; at < HEAD_SIZE + 6; at += 5) { /* any byte of head or object */
        assert_true(put(f, "one", "object"));
        FILE *file = fopen(only_file(f, path), "r+b");
        assert_non_null(file);
        fseek(file, at, SEEK_SET);
        int byte = fgetc(file);
        fseek(file, at, SEEK_SET);
        fputc(byte ^ 4, file);
        fclose(file);
        assert_int_equal(look(f).wrong, 1);
        assert_false(has(f, "one", "object"));
        assert_int_equal(look(f).files, 0);
    }
    for (off_t size = 0; size < HEAD_SIZE + 6; size += HEAD_SIZE / 4 + 1) {
        assert_true(put(f, "one", "object"));
        assert_int_equal(truncate(only_file(f, path), size), 0);
        assert_false(has(f, "one", "object"));
        assert_int_equal(look(f).files, 0);
    }
}

static void what_another_libgccjit_made_goes(void **state)
{
    fixture *f = *state;
    struct timespec times[2] = {{1000, 0}, {1000, 5}};
    assert_true(put(f, "one", "1"));
    assert_int_equal(utimensat(AT_FDCWD, f->library_file, times, 0), 0); /* of the same size */
    assert_string_equal(look(f).why, "libgccjit has been replaced since");
    assert_false(has(f, "one", "1"));
    assert_int_equal(look(f).files, 0);
    assert_true(builder_library_note(f->library_file, &f->library));
    assert_true(put(f, "one", "1") && has(f, "one", "1"));
    write_library(f, "another compiler");
    assert_int_equal(utimensat(AT_FDCWD, f->library_file, times, 0), 0); /* of the same time */
    assert_false(has(f, "one", "1"));
    assert_true(builder_library_note(f->library_file, &f->library));
    assert_true(put(f, "one", "1") && has(f, "one", "1"));
    assert_int_equal(unlink(f->library_file), 0);
    assert_false(has(f, "one", "1"));
}

static void what_an_unknown_library_made_is_not_kept(void **state)
{
    fixture *f = *state;
    assert_false(builder_library_note("/nowhere/libgccjit.so", &f->library));
    assert_false(builder_library_is_there(&f->library));
    assert_string_equal(try_put(f, "one", "1"), "libgccjit's file is not known");
    assert_int_equal(look(f).files, 0);
}

static void another_name_is_not_believed(void **state)
{
    fixture *f = *state;
    char     one[256], two[256];
    assert_true(put(f, "one", "1"));
    only_file(f, one);
    assert_null(disk_clear(&f->d));
    assert_true(put(f, "two", "2"));
    assert_int_equal(rename(only_file(f, two), one), 0);
    assert_false(has(f, "one", "2"));
}

static void what_others_can_write_is_not_read(void **state)
{
    fixture *f = *state;
    char     path[256];
    assert_true(put(f, "one", "1"));
    only_file(f, path);
    chmod(f->folder, 0750);
    assert_false(has(f, "one", "1"));
    assert_false(put(f, "two", "2"));
    assert_non_null(disk_each(&f->d, false, note, &(seen){0}));
    assert_non_null(disk_clear(&f->d));
    chmod(f->folder, 0700);
    assert_true(has(f, "one", "1"));
    chmod(path, 0620);
    assert_false(has(f, "one", "1"));
}

static void links_are_not_followed(void **state)
{
    fixture *f = *state;
    char     path[256], other[256];
    assert_true(put(f, "one", "1"));
    only_file(f, path);
    snprintf(other, sizeof other, "%s/other", f->place);
    assert_int_equal(rename(path, other), 0);
    assert_int_equal(symlink(other, path), 0);
    assert_false(has(f, "one", "1"));
    snprintf(other, sizeof other, "%s/link", f->place);
    assert_int_equal(symlink(f->folder, other), 0);
    assert_non_null(disk_each(&(disk){other, 1 << 20}, false, note, &(seen){0}));
}

static void a_foreign_folder_is_not_used(void **state)
{
    fixture *f = *state;
    assert_true(put(f, "one", "1"));
    if (geteuid() != 0) {
        print_message("not root: a folder of somebody else's is /\n");
        assert_non_null(disk_each(&(disk){"/", 1 << 20}, false, note, &(seen){0}));
        return;
    }
    assert_int_equal(chown(f->folder, 12345, 12345), 0);
    assert_false(has(f, "one", "1"));
    assert_false(put(f, "two", "2"));
}

static void size_has_a_limit(void **state)
{
    fixture *f = *state;
    char     object[2000], name[16];
    memset(object, 'x', sizeof object);
    object[sizeof object - 1] = '\0';
    f->d.size_max = 21000;
    for (int n = 0; n < 30; n++) {
        snprintf(name, sizeof name, "%d", n);
        assert_true(put(f, name, object));
        usleep(2000); /* the order of use is by the clock of the file system */
    }
    unsigned files = look(f).files;
    assert_in_range(files, 6, 10);
    assert_true(has(f, "29", object));
    assert_false(has(f, "0", object));
    f->d.size_max = 1000;
    assert_string_equal(try_put(f, "large", object), "it is larger than the cache may be");
    assert_int_equal(look(f).files, files);
}

static void looking_at_a_file_is_no_use_of_it(void **state)
{
    fixture        *f      = *state;
    struct timespec old[2] = {{1000, 0}, {1000, 0}};
    char            path[256];
    assert_true(put(f, "one", "1"));
    assert_int_equal(utimensat(AT_FDCWD, only_file(f, path), old, 0), 0);
    look(f);
    assert_int_equal(look(f).used, 1000);
    assert_true(has(f, "one", "1"));
    assert_true(look(f).used > 1000);
}

static void what_was_never_finished_goes(void **state)
{
    fixture *f = *state;
    char     path[256];
    struct timespec old[2] = {{1, 0}, {1, 0}};
    assert_true(put(f, "one", "1"));
    snprintf(path, sizeof path, "%s/.burin-new-0000", f->folder);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(look(f).files, 1); /* somebody is at it */
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    assert_int_equal(look(f).wrong, 1);
    assert_true(put(f, "two", "2"));
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(look(f).files, 2);
}

static void a_folder_that_cannot_be_made_is_told(void **state)
{
    fixture f = *(fixture *)*state;
    f.d.folder = "/proc/none/cache";
    assert_string_equal(try_put(&f, "one", "1"), "the cache's folder cannot be made");
}

/* RLIMIT_FSIZE: a write beyond it would end the process. */
static void no_room_is_no_signal(void **state)
{
    fixture *f = *state;
    pid_t    child = fork();
    if (child == 0) {
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){10, 10});
        const char *why = try_put(f, "one", "more than ten bytes");
        _exit(why && strcmp(why, "it is larger than files may be (ulimit -f)") == 0 ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(look(f).files, 0);
}

/* Writers of one key are killed in the middle, while others read: what is read is whole. */
static void killed_writers_leave_nothing_half(void **state)
{
    fixture *f = *state;
    char    *object = malloc(600001);
    assert_non_null(object);
    memset(object, 'y', 600000);
    object[600000] = '\0';
    assert_true(put(f, "one", object));
    for (int n = 0; n < 30; n++) {
        pid_t child = fork();
        if (child == 0)
            for (;;)
                put(f, "one", object);
        for (int i = 0; i < 1 + n % 4; i++)
            assert_true(has(f, "one", object));
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        assert_true(has(f, "one", object));
    }
    free(object);
}

static void programs_have_a_build_id(void **state)
{
    (void)state;
    uint8_t id[BUILDER_SIZE];
    assert_false(builder_of("/nowhere", id));
    assert_false(builder_of("/etc/passwd", id));
    assert_false(builder_of("/", id));
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_blake2b),         TEST(what_is_put_is_got),           cmocka_unit_test(keys_are_of_compiler_and_request),
        TEST(a_damaged_file_is_found_and_goes),       TEST(another_name_is_not_believed), TEST(what_others_can_write_is_not_read),
        TEST(links_are_not_followed),                 TEST(a_foreign_folder_is_not_used), TEST(size_has_a_limit),
        TEST(what_was_never_finished_goes),           TEST(no_room_is_no_signal),         TEST(killed_writers_leave_nothing_half),
        TEST(a_folder_that_cannot_be_made_is_told),
        TEST(looking_at_a_file_is_no_use_of_it),      TEST(what_another_libgccjit_made_goes),
        TEST(what_an_unknown_library_made_is_not_kept), cmocka_unit_test(programs_have_a_build_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
