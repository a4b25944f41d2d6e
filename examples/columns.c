/* One formula over many rows: a new column, a selection, totals. Rows may be the program's own structs. */
#include "burin/columns.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct order {
    burin_text customer;
    double     price;
    int64_t    amount;
    bool       paid;
} order;

enum { NAMES = 4 };

static const burin_column_name names[NAMES] = {
    {"customer", BURIN_COLUMN_TEXT}, {"price", BURIN_COLUMN_DOUBLE}, {"amount", BURIN_COLUMN_INT64}, {"paid", BURIN_COLUMN_BOOL}};

static void check(burin_status status, burin_error *err)
{
    if (!status)
        return;
    char *text = burin_error_format(err, false);
    fputs(text ? text : "out of memory\n", stderr);
    exit(1);
}

static burin_columns *compile(burin_env *env, burin_text source)
{
    burin_error    err = BURIN_ERROR_INIT;
    burin_columns *c   = burin_columns_compile(env, source, names, NAMES, NULL, &err);
    check(c ? BURIN_OK : err.status, &err);
    return c;
}

int main(void)
{
    order rows[] = {{BURIN_TEXT("Ada"), 2.5, 4, true}, {BURIN_TEXT("Ben"), 12.0, 200, false}, {BURIN_TEXT("Cid"), 0.75, 1000, true}, {BURIN_TEXT("Dee"), 99.0, 0, false}};
    enum { ROWS = sizeof rows / sizeof *rows };
    burin_column in[NAMES] = {{BURIN_COLUMN_TEXT, &rows->customer, sizeof(order)},
                              {BURIN_COLUMN_DOUBLE, &rows->price, sizeof(order)},
                              {BURIN_COLUMN_INT64, &rows->amount, sizeof(order)},
                              {BURIN_COLUMN_BOOL, &rows->paid, sizeof(order)}};
    burin_options options = burin_options_default();
    burin_error   err     = BURIN_ERROR_INIT;

    options.scripts = true;
    burin_env *env  = burin_env_new(&options, &err);
    check(env ? BURIN_OK : err.status, &err);

    double         totals[ROWS];
    burin_columns *total = compile(env, BURIN_TEXT("price * amount * (0.9 if amount >= 100 else 1)"));
    check(burin_columns_map(total, in, 0, ROWS, &(burin_column_out){BURIN_COLUMN_DOUBLE, totals}, &err), &err);
    for (size_t r = 0; r < ROWS; r++)
        printf("%s: %.2f\n", rows[r].customer.data, totals[r]);

    burin_value sum;
    check(burin_columns_reduce(total, in, 0, ROWS, BURIN_REDUCE_SUM, &sum, &err), &err);
    printf("all: %.2f\n", sum.as.f);

    uint32_t       open[ROWS];
    size_t         count;
    burin_columns *unpaid = compile(env, BURIN_TEXT("not paid and amount > 0"));
    check(burin_columns_filter(unpaid, in, 0, ROWS, open, &count, &err), &err);
    for (size_t n = 0; n < count; n++)
        printf("unpaid: %s\n", rows[open[n]].customer.data);

    burin_heap    *heap = burin_heap_new(NULL);
    burin_text     labels[ROWS];
    burin_columns *label = compile(env, BURIN_TEXT("f'{customer.upper()} {price:.2f}'"));
    check(burin_columns_map(label, in, 0, ROWS, &(burin_column_out){BURIN_COLUMN_TEXT, labels, .heap = heap}, &err), &err);
    printf("%.*s, %.*s\n", (int)labels[0].len, labels[0].data, (int)labels[1].len, labels[1].data);

    burin_columns *each = compile(env, BURIN_TEXT("price / amount"));
    if (burin_columns_map(each, in, 0, ROWS, &(burin_column_out){BURIN_COLUMN_DOUBLE, totals}, &err))
        printf("row %zu: %s\n", burin_columns_failed_row(each), err.message);

    burin_error_clear(&err);
    burin_columns_free(each);
    burin_columns_free(label);
    burin_columns_free(unpaid);
    burin_columns_free(total);
    burin_heap_free(heap);
    burin_env_unref(env);
    return 0;
}
