/* Tables of method calls. Arguments are literals as in values_from_text.h, separated by "|"; names a dict literal or NULL. */
#ifndef BURIN_TESTS_METHOD_ROWS_H
#define BURIN_TESTS_METHOD_ROWS_H

#include "tests/support/values_from_text.h"

typedef struct method_row {
    const char *self, *name, *args, *names, *want;
    const char *after; /* repr of self afterwards; NULL: as before */
} method_row;

enum { ROW_ARGUMENTS_MAX = 8 };

static inline uint32_t row_arguments(run *r, const char *list, burin_value *out)
{
    uint32_t count = 0;
    while (*list) {
        size_t len  = strcspn(list, "|");
        char  *text = heap_alloc(&r->st.heap, len + 1);
        assert_non_null(text);
        assert_true(count < ROW_ARGUMENTS_MAX);
        memcpy(text, list, len);
        text[len]    = 0;
        out[count++] = value_of(r, text);
        list += len + (list[len] == '|');
    }
    return count;
}

static inline uint32_t row_names(run *r, const char *dict, burin_text *names, burin_value *values)
{
    uint32_t    count = 0, at = 0;
    burin_value key, value;
    if (!dict)
        return 0;
    for (const rt_dict *d = rt_dict_of(&r->st, run_value(r, dict)); rt_dict_next(d, &at, &key, &value); count++) {
        assert_true(count < ROW_ARGUMENTS_MAX);
        names[count]  = rt_text_of(key);
        values[count] = value;
    }
    return count;
}

static inline void check_methods(const method_row *rows, size_t count)
{
    run *r = run_new();
    for (size_t n = 0; n < count; n++) {
        const method_row *row = &rows[n];
        burin_value       positional[ROW_ARGUMENTS_MAX], named[ROW_ARGUMENTS_MAX], self = value_of(r, row->self), out = burin_none();
        burin_text        names[ROW_ARGUMENTS_MAX];
        const char       *before = run_repr(r, self), *got, *after;
        rt_arguments      args   = {.positional = positional, .names = names, .named = named};
        args.count               = row_arguments(r, row->args, positional);
        args.named_count         = row_names(r, row->names, names, named);
        got   = outcome(r, rt_call_method(&r->st, self, (burin_text){row->name, strlen(row->name)}, &args, &out), out);
        after = run_repr(r, self);
        if (strcmp(got, row->want) != 0)
            fail_msg("%s.%s(%s): %s, not %s", row->self, row->name, row->args, got, row->want);
        if (strcmp(after, row->after ? row->after : before) != 0)
            fail_msg("%s.%s(%s) leaves %s, not %s", row->self, row->name, row->args, after, row->after ? row->after : before);
        heap_reset(&r->st.heap);
    }
    assert_true(run_free(r));
}
#define CHECK_METHODS(rows) check_methods(rows, sizeof rows / sizeof rows[0])

#endif
