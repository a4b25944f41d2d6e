/* Filters, tests and globals called by rows of text.
 *
 * Arguments are literals as values_from_text.h reads them, "name=literal" for named ones; the outcome is the repr of the
 * result, of a list of its items when it is an iterator, "undefined: message" or "Class: message". */
#ifndef BURIN_TESTS_APPLY_H
#define BURIN_TESTS_APPLY_H

#include "runtime/iterate.h"
#include "tests/support/values_from_text.h"

enum { ARGUMENTS_MAX = 6 };

typedef struct call_row {
    const char *name;
    const char *arguments[ARGUMENTS_MAX]; /* NULL after the last */
    const char *want;
} call_row;

/* Length of `name` in "name=literal"; 0 for a literal alone. */
static inline size_t argument_name(const char *argument)
{
    size_t len = strspn(argument, "abcdefghijklmnopqrstuvwxyz_");
    return argument[len] == '=' ? len : 0;
}

static inline const char *apply(run *r, const rt_names *table, const call_row *row)
{
    burin_value        positional[ARGUMENTS_MAX], named[ARGUMENTS_MAX], out = rt_missing();
    burin_text         names[ARGUMENTS_MAX];
    rt_arguments       args = {.positional = positional, .names = names, .named = named};
    const rt_function *f    = rt_names_function(table, (burin_text){row->name, strlen(row->name)});
    burin_status       status;

    if (!f)
        fail_msg("nothing is called %s", row->name);
    for (int n = 0; n < ARGUMENTS_MAX && row->arguments[n]; n++) {
        const char *argument = row->arguments[n];
        size_t      name     = argument_name(argument);
        if (name) {
            names[args.named_count]   = (burin_text){argument, name};
            named[args.named_count++] = value_of(r, argument + name + 1);
        } else {
            positional[args.count++] = value_of(r, argument);
        }
    }
    status = rt_call_function(&r->st, f, &args, &out);
    if (!status && out.kind == BURIN_OBJECT && ((const rt_object_value *)out.as.p)->cls->next) {
        rt_list *items;
        status = rt_to_list(&r->st, out, &items);
        if (!status)
            out = rt_list_value(items);
    }
    if (!status && out.kind == BURIN_UNDEFINED) {
        const char *text = outcome(r, rt_undefined_fail(&r->st, out), out); /* "UndefinedError: message" */
        return strchr(text, ':') + 2;
    }
    return outcome(r, status, out);
}

static inline void check_rows_of(run *r, const rt_names *table, const call_row *rows, size_t count)
{
    for (size_t n = 0; n < count; n++) {
        const char *got = apply(r, table, &rows[n]);
        if (strcmp(got, rows[n].want) != 0)
            fail_msg("row %zu, %s(%s, ...):\n  want %s\n  got  %s", n, rows[n].name, rows[n].arguments[0] ? rows[n].arguments[0] : "", rows[n].want, got);
    }
}

/* Every row with a fresh run; `escaping`: as where autoescape is on. */
static inline void check_filters(const call_row *rows, size_t count, bool escaping)
{
    run *r           = run_new();
    r->st.autoescape = escaping;
    check_rows_of(r, r->env.filters, rows, count);
    assert_true(run_free(r));
}

#define CHECK_FILTERS(rows) check_filters(rows, sizeof rows / sizeof rows[0], false)
#define CHECK_FILTERS_ESCAPING(rows) check_filters(rows, sizeof rows / sizeof rows[0], true)

#endif
