/* What a store holds, as text, for sweeps that look whether a failed step has left it alone. */
#ifndef BURIN_TESTS_OOM_EXPORTED_H
#define BURIN_TESTS_OOM_EXPORTED_H

#include "tests/oom/failing.h"

/* The store's JSON from the first `mark` on, made without a failure. To be freed. */
static inline char *exported_from(burin_store *s, const char *mark)
{
    long   saved = oom.fail_at;
    size_t len;
    char  *all;
    oom.fail_at          = 0;
    burin_reader *reader = burin_reader_new(s);
    burin_reader_pin(reader);
    assert_int_equal(burin_store_export(reader, &all, &len, NULL), BURIN_OK);
    burin_reader_free(reader);
    oom.fail_at      = saved;
    const char *from = strstr(all, mark);
    assert_non_null(from);
    memmove(all, from, strlen(from) + 1);
    return all;
}

#endif
