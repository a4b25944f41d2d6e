/* The table of where entities live: dense numbers, numbers far apart, and the limit. */
#include "runtime/store/homes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static void put(es_homes *h, uint32_t id)
{
    atomic_store(es_homes_find(h, id), ((es_home){id, ~id}));
    es_seat_put(h, id, id + 1);
}

static void check(const es_homes *h, uint32_t id)
{
    es_home home = atomic_load(es_homes_find(h, id));
    assert_int_equal(home.tree, id);
    assert_int_equal(home.record, ~id);
    assert_int_equal(es_seat_of(h, id), id + 1);
}

/* Through all sizes of pieces, into the second group. */
static void fill(const burin_allocator *alloc)
{
    enum { LAST = 5 << 20 };
    es_homes *h = calloc(1, sizeof *h);
    es_memory m;
    es_memory_init(&m, alloc, 0);
    for (uint32_t id = 0; id < LAST; id += 512) {
        assert_true(es_homes_reach(h, &m, id));
        es_home empty = atomic_load(es_homes_find(h, id));
        assert_int_equal(empty.tree, 0);
        put(h, id);
    }
    for (uint32_t id = 0; id < LAST; id += 512)
        check(h, id);
    uint64_t pages = LAST / ES_PAGE_HOMES * sizeof(es_home_page);
    assert_in_range(m.used, pages, pages + (32 << 20));
    es_homes_deinit(h, alloc);
    free(h);
}

static void *own_resize(void *user, void *p, size_t old_size, size_t size) { return base_malloc_allocator.resize(user, p, old_size, size); }

static void dense_numbers_are_all_there(void **state)
{
    (void)state;
    fill(&base_malloc_allocator);
    fill(&(burin_allocator){.resize = own_resize}); /* which is not malloc's: nothing is mapped */
}

static void numbers_far_apart_cost_a_page_each(void **state)
{
    static const uint32_t ids[] = {0, 262144, 262145, 4194303, 4194304, 3000000000, UINT32_MAX};
    enum { COUNT = sizeof ids / sizeof *ids };
    es_homes *h = calloc(1, sizeof *h);
    es_memory m;
    (void)state;
    es_memory_init(&m, &base_malloc_allocator, 0);
    for (size_t n = 0; n < COUNT; n++) {
        assert_true(es_homes_reach(h, &m, ids[n]));
        put(h, ids[n]);
    }
    for (size_t n = 0; n < COUNT; n++)
        check(h, ids[n]);
    assert_null(es_homes_find(h, 8192));
    assert_int_equal(es_seat_of(h, 8192), 0);
    es_seat_put(h, 8192, 5); /* nowhere to keep it */
    assert_int_equal(es_seat_of(h, 262146), 0);
    assert_null(es_homes_find(h, 2000000000));
    assert_null(es_homes_find(h, 3000000000 - ES_PAGE_HOMES));
    assert_in_range(m.used, COUNT - 1, COUNT * (sizeof(es_home_page) + sizeof(es_home_group)));
    es_homes_deinit(h, &base_malloc_allocator);
    free(h);
}

static void a_page_made_before_is_not_made_again(void **state)
{
    es_homes *h = calloc(1, sizeof *h);
    es_memory m;
    (void)state;
    es_memory_init(&m, &base_malloc_allocator, 0);
    assert_true(es_homes_reach(h, &m, 100 * ES_PAGE_HOMES)); /* where pages 64 to 127 would be made at once */
    put(h, 100 * ES_PAGE_HOMES);
    for (uint32_t page = 0; page < 130; page++)
        assert_true(es_homes_reach(h, &m, page * ES_PAGE_HOMES));
    check(h, 100 * ES_PAGE_HOMES);
    es_homes_deinit(h, &base_malloc_allocator);
    free(h);
}

static void the_limit_holds(void **state)
{
    es_homes *h = calloc(1, sizeof *h);
    es_memory m;
    (void)state;
    es_memory_init(&m, &base_malloc_allocator, 100000);
    assert_true(es_homes_reach(h, &m, 1));
    assert_true(es_homes_reach(h, &m, 100000));
    assert_false(es_homes_reach(h, &m, 200000) && es_homes_reach(h, &m, 300000));
    assert_false(es_homes_reach(h, &m, 4000000000));
    assert_true(m.over_limit);
    assert_null(es_homes_find(h, 4000000000));
    es_homes_deinit(h, &base_malloc_allocator);
    free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dense_numbers_are_all_there), cmocka_unit_test(numbers_far_apart_cost_a_page_each), cmocka_unit_test(a_page_made_before_is_not_made_again),
        cmocka_unit_test(the_limit_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
