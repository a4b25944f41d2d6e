/* engine/name_map: what goes in comes out, whatever was removed in between. */
#include "engine/name_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

enum { NAMES = 500 };

static char names[NAMES][8];

static burin_text name(int n)
{
    snprintf(names[n], sizeof names[n], "n%d", n);
    return (burin_text){names[n], strlen(names[n])};
}

static void absent_names_are_null(void **state)
{
    (void)state;
    name_map map = name_map_make(&base_malloc_allocator);
    assert_null(name_map_get(&map, BURIN_TEXT("x")));
    name_map_remove(&map, BURIN_TEXT("x"));
    assert_true(name_map_put(&map, BURIN_TEXT("a"), "A"));
    assert_null(name_map_get(&map, BURIN_TEXT("x")));
    name_map_deinit(&map);
}

static void a_second_put_replaces(void **state)
{
    (void)state;
    name_map map = name_map_make(&base_malloc_allocator);
    name_map_put(&map, BURIN_TEXT("a"), "A");
    name_map_put(&map, BURIN_TEXT("a"), "B");
    assert_string_equal(name_map_get(&map, BURIN_TEXT("a")), "B");
    assert_int_equal(map.count, 1);
    name_map_deinit(&map);
}

/* Removing every third closes gaps in all runs of colliding names. */
static void removed_names_are_gone_and_the_others_stay(void **state)
{
    (void)state;
    name_map map = name_map_make(&base_malloc_allocator);
    for (int n = 0; n < NAMES; n++)
        assert_true(name_map_put(&map, name(n), names[n]));
    for (int n = 0; n < NAMES; n += 3)
        name_map_remove(&map, name(n));
    for (int n = 0; n < NAMES; n++)
        assert_ptr_equal(name_map_get(&map, name(n)), n % 3 ? names[n] : NULL);
    name_map_clear(&map);
    assert_null(name_map_get(&map, name(1)));
    name_map_deinit(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_names_are_null),
        cmocka_unit_test(a_second_put_replaces),
        cmocka_unit_test(removed_names_are_gone_and_the_others_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
