/* Two trees of one entity each, the roots 16 and 17 of a new store: what writes both in each commit sees whether half of one was kept. */
#ifndef BURIN_TESTS_COUNTERS_H
#define BURIN_TESTS_COUNTERS_H

#include "burin/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const burin_entity roots[2] = {{16, 0, 0}, {17, 0, 0}};

static inline void make_counters(burin_store *store, const burin_attribute *attributes, size_t count)
{
    burin_txn *t = burin_txn_begin(store, NULL);
    burin_type type;
    assert_int_equal(burin_store_define(store, "Counter", attributes, count, &type, NULL), BURIN_OK);
    for (int n = 0; n < 2; n++) {
        burin_entity made;
        burin_txn_create(t, type, &made, NULL);
        assert_int_equal(made.id, roots[n].id);
        burin_txn_promote(t, made, NULL);
    }
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
}

#endif
