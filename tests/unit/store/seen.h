/* What tests of stores in memory share: a store, the reader it is seen through, and commits that are seen at once. */
#ifndef BURIN_TESTS_UNIT_STORE_SEEN_H
#define BURIN_TESTS_UNIT_STORE_SEEN_H

#include "burin/burin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const burin_text no_key = {NULL, 0};

static inline burin_text text(const char *z) { return (burin_text){z, strlen(z)}; }
static inline burin_value text_value(const char *z) { return burin_string_borrow(z, strlen(z)); }

static inline void open_seen(burin_store **store, burin_reader **reader)
{
    *store = burin_store_new(NULL, NULL);
    assert_non_null(*store);
    *reader = burin_reader_new(*store);
    assert_non_null(*reader);
}

static inline int close_seen(burin_store *store, burin_reader *reader)
{
    burin_reader_free(reader);
    burin_store_free(store);
    return 0;
}

static inline burin_commit_result commit_seen(burin_txn *t, const burin_commit_options *options, burin_reader *reader)
{
    burin_commit_result result;
    assert_int_equal(burin_txn_commit(t, options, &result, NULL), BURIN_OK);
    burin_reader_pin(reader);
    return result;
}

#endif
