/* burin/columns.h: one expression over many rows at once.
 *
 *     const burin_column_name names[] = {{"price", BURIN_COLUMN_DOUBLE}, {"amount", BURIN_COLUMN_INT64}};
 *     burin_columns *c = burin_columns_compile(env, BURIN_TEXT("price * amount if amount < 100 else 0"), names, 2, NULL, &err);
 *     burin_column in[] = {{BURIN_COLUMN_DOUBLE, prices}, {BURIN_COLUMN_INT64, amounts}};
 *     burin_column_out out = {BURIN_COLUMN_DOUBLE, totals};
 *     burin_columns_map(c, in, 0, rows, &out, &err);
 *
 * Every row gives what burin_formula_eval (burin/formula.h) gives for its values, bit for bit, and fails as that does. Operators and
 * functions of numbers work on blocks of rows; a formula, or a row, that needs more (text, lists, integers beyond 64 bits, an
 * error to be raised) is evaluated alone. With native code (burin/jit.h) all operators together are one loop, with the same results.
 * The environment's limits count for each row that is evaluated alone; those of time and steps for a whole call, too: a row takes one step,
 * and what its evaluation alone takes beyond that.
 * Memory is laid out as in Arrow's C data interface, and never copied as a whole. */
#ifndef BURIN_COLUMNS_H
#define BURIN_COLUMNS_H

#include "burin/formula.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum burin_column_type {
    BURIN_COLUMN_DOUBLE, /* double (Arrow "g") */
    BURIN_COLUMN_INT64,  /* int64_t (Arrow "l") */
    BURIN_COLUMN_BOOL,   /* bytes; not 0 is true */
    BURIN_COLUMN_BITS,   /* bits, the lowest of a byte first (Arrow "b"): no stride, input only */
    BURIN_COLUMN_TEXT,   /* burin_text */
    BURIN_COLUMN_TEXT32  /* int32_t offsets into `bytes`, one more than rows (Arrow "u"): no stride, input only */
} burin_column_type;

/* A formula's variable. */
typedef struct burin_column_name {
    const char       *name;
    burin_column_type type;
} burin_column_name;

/* A column that is read; all of it borrowed for the call. */
typedef struct burin_column {
    burin_column_type type;     /* as it was compiled for */
    const void       *data;     /* aligned for its type */
    ptrdiff_t         stride;   /* bytes from one value to the next; 0: the size of one */
    const uint8_t    *validity; /* a bit a row, the lowest of a byte first; 0: the row has no value. NULL: all have */
    size_t            offset;   /* row r is value offset + r, of the data and of the bits */
    const char       *bytes;    /* TEXT32: UTF-8 */
} burin_column;

/* A column that is written. */
typedef struct burin_column_out {
    burin_column_type type;     /* DOUBLE, INT64, BOOL or TEXT */
    void             *data;
    ptrdiff_t         stride;   /* as above; what lies between is left alone */
    uint8_t          *validity; /* a bit a row is set or cleared. NULL: BURIN_ERR_VALUE at a row without a value */
    burin_heap       *heap;     /* TEXT: the texts are copied into it, and live as long. Needed then */
} burin_column_out;

typedef struct burin_columns_options {
    /* Rows where a column that the formula names has no value: they have none, and the formula is not evaluated (false), or the
     * variable is None (true). A row whose result is None has no value either way. */
    bool nulls_as_none;
    /* Floats need not be what the formula gives to the last bit, nor the same in native code: sin, cos, exp, log and ** may be
     * off by 4 units in the last place, in native code divisions by a constant by one, and a product that is added to something is not
     * rounded by itself (fused multiply-add); floats may be summed up in any order. In turn functions are several times as fast, where the processor has AVX2 and the C
     * library is glibc. */
    bool fast_math;
} burin_columns_options;

/* A formula over columns, and the blocks it works in: belongs to one thread at a time. Holds its environment. */
typedef struct burin_columns burin_columns;

/* Compile an expression whose variables are columns.
 *
 * source, names  as for burin_formula_compile, which says what errors there are.
 * options        NULL: all false. */
BURIN_API burin_columns *burin_columns_compile(burin_env *env, burin_text source, const burin_column_name *names, size_t count,
                                               const burin_columns_options *options, burin_error *err);
BURIN_API void           burin_columns_free(burin_columns *columns); /* NULL is allowed */
/* As burin_render_set_cancel: calls end with BURIN_ERR_CANCELLED, a few thousand rows later at the most. */
BURIN_API void burin_columns_set_cancel(burin_columns *columns, const volatile int *cancel);

/* Evaluate rows from <= r < to. `in` has as many columns as there are names. To share the work between threads, give each its own
 * burin_columns and its own rows, parted at multiples of 8 (they share bytes of the bits otherwise).
 * Returns  BURIN_OK or what the first row to fail comes to: `err` then has a frame "row r", and burin_columns_failed_row is r.
 *          BURIN_ERR_USAGE for a column of another type than was compiled, or one that cannot be; BURIN_ERR_NOMEM. */

/* A value for each row. A double takes int, float and bool, an int64 takes int and bool, a bool takes everything, a text takes str: as in
 * burin/formula.h, with the same errors. Of rows after the one that failed nothing can be said. */
BURIN_API burin_status burin_columns_map(burin_columns *columns, const burin_column *in, size_t from, size_t to, const burin_column_out *out,
                                         burin_error *err);

/* The rows where the formula is true, in order.
 *
 * selected  room for to - from numbers, rows of 32 bits: `to` is at most 2^32.
 * count     how many were found; also of a call that failed, before the row. */
BURIN_API burin_status burin_columns_filter(burin_columns *columns, const burin_column *in, size_t from, size_t to, uint32_t *selected, size_t *count,
                                            burin_error *err);

typedef enum burin_reduction {
    BURIN_REDUCE_SUM,   /* int or float, as Python's sum; 0 without rows */
    BURIN_REDUCE_MIN,   /* the first of the least numbers; None without rows */
    BURIN_REDUCE_MAX,
    BURIN_REDUCE_COUNT, /* rows that have a value; the sum of a condition is how many rows it holds for */
    BURIN_REDUCE_ANY,   /* is the formula true in a row; rows after it are not looked at */
    BURIN_REDUCE_ALL
} burin_reduction;

/* One value of all rows that have one: SUM, MIN and MAX of int, float and bool, else BURIN_ERR_TYPE; BURIN_ERR_OVERFLOW when the
 * value of a row or the sum of all is an int beyond 64 bits. */
BURIN_API burin_status burin_columns_reduce(burin_columns *columns, const burin_column *in, size_t from, size_t to, burin_reduction how,
                                            burin_value *out, burin_error *err);

/* The row at which the last call failed; SIZE_MAX when it did not, or not at a row. */
BURIN_API size_t burin_columns_failed_row(const burin_columns *columns);

/* Does the formula work on blocks of rows? False: each row is evaluated alone. For a result of the type; BOOL for a filter. */
BURIN_API bool burin_columns_in_blocks(burin_columns *columns, burin_column_type result);

#ifdef __cplusplus
}
#endif
#endif
