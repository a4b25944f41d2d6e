/* Stores that are kept in a file: what was done is there again, and what cannot be is said. */
#include "tests/unit/store/kept.h"
#include "tests/support/folder.h"

#include <sys/stat.h>
#include <unistd.h>

static int setup(void **state)
{
    static char  folder[FOLDER_SIZE];
    static world w;
    assert_true(folder_make(folder));
    w = (world){.durability = BURIN_DURABILITY_NORMAL};
    snprintf(w.where, sizeof w.where, "%s/store", folder);
    begin_world(&w);
    *state = &w;
    return 0;
}

static void folder_of(const world *w, char out[FOLDER_SIZE]) { snprintf(out, FOLDER_SIZE, "%.*s", (int)(strrchr(w->where, '/') - w->where), w->where); }

static int teardown(void **state)
{
    world *w = *state;
    char   folder[FOLDER_SIZE];
    burin_store_free(w->store);
    folder_of(w, folder);
    folder_remove(folder);
    return 0;
}

static void what_is_no_store_is_refused(void **state)
{
    world      *w   = *state;
    burin_error err = BURIN_ERROR_INIT;
    char        folder[FOLDER_SIZE], path[FOLDER_SIZE + 8];
    folder_of(w, folder);
    burin_store_free(w->store);
    w->store = NULL;
    snprintf(path, sizeof path, "%s/none", folder);
    assert_null(burin_store_open(path, NULL, &err));
    assert_int_equal(err.status, BURIN_ERR_OS);
    assert_int_equal(access(path, F_OK), -1);
    assert_null(burin_store_open(folder, &(burin_open_options){.create = true}, &err));
    assert_int_equal(err.status, BURIN_ERR_OS);
    FILE *file = fopen(w->where, "r+b"); /* a byte of a row's, well inside the file */
    assert_non_null(file);
    fseek(file, -2, SEEK_END);
    int byte = fgetc(file);
    fseek(file, -2, SEEK_END);
    fputc(byte ^ 1, file);
    fclose(file);
    burin_store *store = burin_store_open(w->where, NULL, &err);
    assert_true(!store && err.status == BURIN_ERR_DATA);
    file = fopen(w->where, "wb");
    fputs("this is no database, but a longer text than nothing", file);
    fclose(file);
    assert_null(burin_store_open(w->where, &(burin_open_options){.create = true}, &err));
    assert_int_equal(err.status, BURIN_ERR_DATA);
    burin_error_clear(&err);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        KEPT_ROWS, ROW(what_is_no_store_is_refused),
    };
    burin_error  err   = BURIN_ERROR_INIT;
    burin_store *store = burin_store_open("/nonexistent/store", NULL, &err);
    burin_store_free(store);
    bool built = err.status != BURIN_ERR_NOT_IMPLEMENTED;
    burin_error_clear(&err);
    if (!built) {
        puts("skipped: built without SQLite");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
