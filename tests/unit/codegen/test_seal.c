/* Seals: a file holds what was sealed, or it does not. */
#include "codegen/image/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { SEAL = 32, CONTENTS = 300, ALL = CONTENTS + SEAL };

static char path[] = "/tmp/seal-test-XXXXXX";

static void write_file(const char *bytes, size_t len)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void make_sealed(char bytes[ALL])
{
    for (int n = 0; n < CONTENTS; n++)
        bytes[n] = (char)(n * 7);
    write_file(bytes, CONTENTS);
    assert_false(seal_holds(path));
    assert_true(seal_put(path));
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(bytes, 1, ALL, file), ALL);
    assert_int_equal(fgetc(file), EOF);
    fclose(file);
}

static void a_sealed_file_holds(void **state)
{
    (void)state;
    char bytes[ALL];
    make_sealed(bytes);
    assert_true(seal_holds(path));
}

static void no_byte_can_change(void **state)
{
    (void)state;
    char bytes[ALL];
    make_sealed(bytes);
    for (int n = 0; n < ALL; n++) {
        bytes[n] ^= 1;
        write_file(bytes, ALL);
        assert_false(seal_holds(path));
        bytes[n] ^= 1;
    }
}

static void no_byte_can_be_missing_or_added(void **state)
{
    (void)state;
    char bytes[ALL + 1];
    make_sealed(bytes);
    bytes[ALL] = 0;
    for (int n = 0; n <= ALL + 1; n++) {
        write_file(bytes, (size_t)n);
        assert_int_equal(seal_holds(path), n == ALL);
    }
}

static void what_is_not_there_is_not_sealed(void **state)
{
    (void)state;
    assert_false(seal_put("/nowhere/file"));
    assert_false(seal_holds("/nowhere/file"));
    assert_false(seal_holds("/tmp"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sealed_file_holds),
        cmocka_unit_test(no_byte_can_change),
        cmocka_unit_test(no_byte_can_be_missing_or_added),
        cmocka_unit_test(what_is_not_there_is_not_sealed),
    };
    int fd = mkstemp(path);
    if (fd < 0)
        return 1;
    close(fd);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
