/* Arenas, buffers, diagnostics. */
#include "runtime/base/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* An allocator that counts what is held and refuses after `left` calls. */
typedef struct counter {
    size_t held;
    int    left; /* -1: never refuses */
} counter;

static void *counted_resize(void *user, void *block, size_t old_size, size_t new_size)
{
    counter *c = user;
    if (new_size == 0) {
        c->held -= old_size;
        free(block);
        return NULL;
    }
    if (c->left == 0)
        return NULL;
    c->left -= c->left > 0;
    void *p = realloc(block, new_size);
    c->held += new_size - old_size;
    return p;
}

static void arena_allocations_are_aligned_and_apart(void **state)
{
    counter         c     = {0, -1};
    burin_allocator alloc = {counted_resize, &c};
    arena           a     = arena_make(&alloc);
    char           *last  = NULL;
    (void)state;
    for (size_t size = 1; size < 20000; size += 1 + size / 3) {
        char *p = arena_alloc(&a, size);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        memset(p, 0xAB, size);
        if (last)
            assert_int_equal((unsigned char)*last, 0xAB);
        last = p;
    }
    assert_int_equal(a.total, c.held);
    char *zeroed = arena_zalloc(&a, 100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(zeroed[i], 0);
    assert_string_equal(arena_copy(&a, (burin_text){"hello", 4}), "hell");
    arena_reset(&a);
    assert_int_equal(a.total, c.held);
    assert_non_null(arena_alloc(&a, 10));
    arena_deinit(&a);
    assert_int_equal(c.held, 0);
    assert_null(arena_alloc(&a, SIZE_MAX - 100));
    arena_deinit(&a);
}

static void buffers_grow_and_remember_failure(void **state)
{
    counter         c     = {0, -1};
    burin_allocator alloc = {counted_resize, &c};
    buf             b     = buf_make(&alloc);
    (void)state;
    for (int i = 0; i < 1000; i++)
        buf_printf(&b, "%d,", i);
    buf_append_z(&b, "end");
    buf_append_byte(&b, '.');
    assert_false(b.failed);
    assert_memory_equal(b.data + b.len - 8, "999,end.", 8);
    c.left = 0;
    while (!b.failed)
        buf_append(&b, "0123456789", 10);
    size_t len = b.len;
    buf_append_byte(&b, 'x');
    buf_printf(&b, "%s", "more");
    assert_int_equal(b.len, len);
    buf_deinit(&b);
    assert_int_equal(c.held, 0);
}

static void places_are_lines_and_columns_in_characters(void **state)
{
    static const struct { uint32_t offset, line, column; } rows[] = {{0, 1, 1}, {2, 1, 3}, {3, 2, 1}, {5, 2, 2}, {6, 2, 3}, {7, 3, 1}, {99, 3, 2}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t line, column;
        diag_locate(BURIN_TEXT("ab\n\xC3\xA9x\nz"), rows[i].offset, &line, &column);
        assert_int_equal(line, rows[i].line);
        assert_int_equal(column, rows[i].column);
    }
}

static void errors_print_with_excerpt_and_frames(void **state)
{
    burin_error err = BURIN_ERROR_INIT;
    source      src = {BURIN_TEXT("first\n\t{{ a.b.c }}\nlast"), "page.html"};
    (void)state;
    assert_int_equal(diag_fail(&err, BURIN_ERR_UNDEFINED, &src, 2, (span){10, 15}, "'%s' is undefined", "a"), BURIN_ERR_UNDEFINED);
    diag_suggest(&err, "did you mean '%s'?", "b");
    diag_add_frame(&err, "base.html", 7, "block 'body'");
    diag_add_frame(&err, NULL, 1, NULL);
    char *text = burin_error_format(&err, false);
    assert_string_equal(text, "UndefinedError: 'a' is undefined\n"
                              "  --> page.html:2:5\n"
                              "2 | \t{{ a.b.c }}\n"
                              "  | \t   ^~~~~\n"
                              "  called from base.html:7, in block 'body'\n"
                              "  called from <template>:1\n"
                              "  help: did you mean 'b'?\n");
    free(text);
    assert_int_equal(diag_fail(&err, BURIN_ERR_TYPE, NULL, 0, (span){0, 0}, "%s, then", err.message), BURIN_ERR_TYPE);
    assert_string_equal(err.message, "'a' is undefined, then");
    assert_null(err.source_line);
    assert_int_equal(err.frame_count, 0);
    burin_error_clear(&err);
    assert_null(err.message);
    assert_int_equal(diag_fail(NULL, BURIN_ERR_KEY, NULL, 0, (span){0, 0}, "x"), BURIN_ERR_KEY);
}

static void statuses_have_the_names_of_exceptions(void **state)
{
    (void)state;
    assert_string_equal(burin_status_class(BURIN_OK), "");
    assert_string_equal(burin_status_class(BURIN_ERR_ZERO_DIVISION), "ZeroDivisionError");
    assert_string_equal(burin_status_class(BURIN_ERR_DATA), "DataError");
    assert_string_equal(burin_status_class(BURIN_STATUS_COUNT), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_allocations_are_aligned_and_apart),    cmocka_unit_test(buffers_grow_and_remember_failure),
        cmocka_unit_test(places_are_lines_and_columns_in_characters), cmocka_unit_test(errors_print_with_excerpt_and_frames),
        cmocka_unit_test(statuses_have_the_names_of_exceptions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
