/* Columns: every row gives what the formula gives for it alone, whichever way it went. */
#include "burin/columns.h"
#include "engine_test.h"

#include <math.h>

enum { ROWS = 2500, COLUMNS = 6 };

static const burin_column_name names[COLUMNS] = {{"a", BURIN_COLUMN_DOUBLE}, {"b", BURIN_COLUMN_DOUBLE}, {"i", BURIN_COLUMN_INT64},
                                                 {"j", BURIN_COLUMN_INT64},  {"p", BURIN_COLUMN_BOOL},   {"s", BURIN_COLUMN_TEXT}};

typedef struct table {
    double     a[ROWS], b[ROWS];
    int64_t    i[ROWS], j[ROWS];
    uint8_t    p[ROWS];
    burin_text s[ROWS];
    burin_column columns[COLUMNS];
} table;

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Mostly small numbers: rows that fail are to be the exception. `wild`: one in as many is at an edge; 0: none. */
static table *random_table(uint64_t seed, unsigned wild)
{
    static const double  floats[] = {0.0, -0.0, NAN, INFINITY, -INFINITY, 1e308, -1e308, 5e-324, 9007199254740993.0, -0.5, 2.5, 1e19};
    static const int64_t ints[]   = {0, -1, INT64_MAX, INT64_MIN, INT64_C(9007199254740993), 63, 64, -7, INT64_MAX - 1, 3037000500};
    static const char *const texts[] = {"", "x", "long enough to be no short text", "\xc3\xa9"};
    table *t = calloc(1, sizeof *t);
    assert_non_null(t);
    for (size_t r = 0; r < ROWS; r++) {
        bool edge = wild && next_random(&seed) % wild == 0;
        t->a[r]   = (double)(next_random(&seed) % 100000) / 1000.0 + 0.25;
        t->b[r]   = (double)(int64_t)(next_random(&seed) % 200001) / 512.0 + 1;
        t->i[r]   = (int64_t)(next_random(&seed) % 2000) - 1000;
        t->j[r]   = (int64_t)(next_random(&seed) % 50) + 1;
        t->p[r]   = next_random(&seed) % 2;
        t->s[r]   = text_z(texts[next_random(&seed) % 4]);
        if (!edge)
            continue;
        t->a[r] = floats[next_random(&seed) % (sizeof floats / sizeof *floats)];
        t->i[r] = ints[next_random(&seed) % (sizeof ints / sizeof *ints)];
        if (next_random(&seed) % 2)
            t->b[r] = floats[next_random(&seed) % (sizeof floats / sizeof *floats)];
        if (next_random(&seed) % 2)
            t->j[r] = ints[next_random(&seed) % (sizeof ints / sizeof *ints)];
    }
    const void *data[COLUMNS] = {t->a, t->b, t->i, t->j, t->p, t->s};
    for (size_t n = 0; n < COLUMNS; n++)
        t->columns[n] = (burin_column){names[n].type, data[n], 0, NULL, 0, NULL};
    return t;
}

static burin_env *script_env(void)
{
    burin_options options = burin_options_default();
    options.scripts       = true;
    burin_env *env        = burin_env_new(&options, NULL);
    assert_non_null(env);
    return env;
}

static burin_columns *columns_of(burin_env *env, const char *text, const burin_columns_options *options)
{
    burin_error    err = BURIN_ERROR_INIT;
    burin_columns *c   = burin_columns_compile(env, text_z(text), names, COLUMNS, options, &err);
    if (!c)
        fail_msg("%s: %s", text, err.message);
    return c;
}

static burin_formula *formula_of(burin_env *env, const char *text)
{
    const char *slots[COLUMNS];
    for (size_t n = 0; n < COLUMNS; n++)
        slots[n] = names[n].name;
    burin_formula *f = burin_formula_compile(env, text_z(text), slots, COLUMNS, NULL);
    assert_non_null(f);
    return f;
}

static void slots_of(const table *t, size_t r, burin_value *slots)
{
    slots[0] = burin_float(t->a[r]);
    slots[1] = burin_float(t->b[r]);
    slots[2] = burin_int(t->i[r]);
    slots[3] = burin_int(t->j[r]);
    slots[4] = burin_bool(t->p[r]);
    slots[5] = burin_string_borrow(t->s[r].data, t->s[r].len);
}

/* ---- against the formula ---- */

/* What row r gives alone, as the type asked for; the result's bits are in *out. */
static burin_status alone(burin_formula *f, const table *t, size_t r, burin_column_type type, uint64_t *out, burin_error *err)
{
    burin_value  slots[COLUMNS];
    double       d = 0;
    int64_t      i = 0;
    bool         b = false;
    burin_status status;
    slots_of(t, r, slots);
    if (type == BURIN_COLUMN_DOUBLE) {
        status = burin_formula_double(f, slots, &d, err);
        memcpy(out, &d, sizeof d);
    } else if (type == BURIN_COLUMN_INT64) {
        status = burin_formula_int64(f, slots, &i, err);
        *out   = (uint64_t)i;
    } else {
        status = burin_formula_bool(f, slots, &b, err);
        *out   = b;
    }
    return status;
}

static uint64_t bits_at(const uint64_t *data, burin_column_type type, size_t r)
{
    return type == BURIN_COLUMN_BOOL ? ((const uint8_t *)data)[r] : data[r];
}

/* Rows are mapped from 0 on; after a row that fails the next call begins behind it, so that every row is looked at. */
static void compare_type(burin_env *env, const char *text, const table *t, burin_column_type type)
{
    static uint64_t  data[ROWS];
    burin_columns   *c     = columns_of(env, text, NULL);
    burin_formula   *f     = formula_of(env, text);
    burin_column_out out   = {type, data, 0, NULL, NULL};
    burin_error      err   = BURIN_ERROR_INIT, expected = BURIN_ERROR_INIT;
    unsigned         fails = 0;
    for (size_t from = 0; from < ROWS && fails < 40;) {
        burin_status status = burin_columns_map(c, t->columns, from, ROWS, &out, &err);
        size_t       end    = status ? burin_columns_failed_row(c) : ROWS;
        uint64_t     bits   = 0;
        assert_true(end <= ROWS);
        for (size_t r = from; r < end; r++) {
            burin_status single = alone(f, t, r, type, &bits, &expected);
            bool         nan    = type == BURIN_COLUMN_DOUBLE && (bits << 1) > UINT64_C(0xffe0000000000000);
            uint64_t     got    = bits_at(data, type, r);
            if (single || (got != bits && !(nan && (got << 1) > UINT64_C(0xffe0000000000000))))
                fail_msg("%s: row %zu: %016llx, alone %016llx (%s)", text, r, (unsigned long long)got, (unsigned long long)bits,
                         single ? expected.message : "");
        }
        if (status) {
            burin_status single = alone(f, t, end, type, &bits, &expected);
            if (single != status || strcmp(err.message, expected.message) != 0)
                fail_msg("%s: row %zu: %s, alone %s", text, end, err.message, single ? expected.message : "nothing");
            fails++;
        }
        from = end + 1;
    }
    burin_error_clear(&err);
    burin_error_clear(&expected);
    burin_formula_free(f);
    burin_columns_free(c);
}

static void compare_all(burin_env *env, const char *text, const table *t)
{
    compare_type(env, text, t, BURIN_COLUMN_DOUBLE);
    compare_type(env, text, t, BURIN_COLUMN_INT64);
    compare_type(env, text, t, BURIN_COLUMN_BOOL);
}

static void each_operator_gives_what_the_formula_gives(void **state)
{
    static const char *const texts[] = {
        "a + b", "a - b", "a * b", "a / b", "a // b", "a % b", "a ** 2", "b ** a", "-a", "+a", "abs(a)", "a / 3", "3 / a", "2 - a",
        "i + j", "i - j", "i * j", "i / j", "i // j", "i % j", "i ** 2", "2 ** j", "i ** j", "-i", "+p", "~i", "~p", "abs(i)", "i << j", "i >> j", "i & j", "i | j",
        "i ^ j", "p & (i > 0)", "p | (a > b)", "p ^ p", "p & i", "p + p", "p * a", "p / j", "-p", "abs(p)",
        "i + a", "a * i", "a // i", "i % b", "i ** a", "i < a", "a == i", "i != b", "i < j", "p == i", "p < a", "a < b", "a >= b", "a == a", "a != a",
        "1 < i < j", "0 < a < b < i", "a < i in (1, 2, 3)", "i in (1, 2, 3)", "i not in [1, 2.5, True]", "a in (0, 2.5)",
        "a and b", "a or b", "i and j", "p and p", "p or a > b", "not a", "not i", "i or a", "p and a", "a > 1 and i > 0", "a > 1 or 1 / (j - 1) > 2",
        "a if p else b", "i if a > b else j", "i if p else b", "1 / a if a else 0", "1 / a if a != 0 else 0.0", "i // (j - 1) if j > 1 else -1",
        "(1 if p else 2) if i else 3", "a if True else b", "a if i else (b if j else (a - b if p else a + b))", "(j and 10 // (j - 1)) if j != 1 else 0",
        "min(a, b)", "max(a, b)", "min(i, j)", "max(i, j, 3)", "min(a, i)", "max(a, 0)", "min(a, b, a * b, 7.5)", "min(p, p)", "max(min(a, b), i) * 2.0",
        "sqrt(a)", "sin(a)", "cos(b)", "tan(a)", "asin(a / 100)", "acos(a / 100)", "atan(a)", "sinh(a)", "cosh(a)", "tanh(a)", "asinh(a)", "acosh(a)", "atanh(a / 200)",
        "exp(a)", "exp2(a)", "expm1(a)", "log(a)", "log2(i)", "log10(a)", "log1p(a)", "cbrt(a)", "atan2(a, b)", "copysign(a, i)", "fmod(a, b)", "sqrt(i)", "fabs(i)",
        "floor(a)", "ceil(a)", "trunc(b)", "round(a)", "floor(i)", "round(p)", "isnan(a)", "isinf(a)", "isfinite(a)", "pow(a, 2)", "pow(i, j)",
        "a * b + i", "1.5 * a - b", "a - b * 2", "2 - a * b", "a * b + 2.5", "b * 3 - 1.5", "7.5 - 0.5 * b", "2 + 3 * b", "(a * b + b) * a - b * b", "a * a + b * b",
        "a * a - (b + 1) * b", "(a * b if p else b * 2) + a", "(a * b) + (a * b)", "a * b + a / (i - 1)", "(x := a * b) + x * x - x",
        "a * pi + e", "2 / 3 * a", "-0.0 * i", "(a if p else 0) / j", "1 < 2 and a", "(a < b) + (i < j) * 2", "7", "p", "a", "i",
        "((a + b) * sin(a)) / (sqrt(b) + 1)", "a+b*(a+b)", "(5.5+a)+(2*a-2/3*b)*(a/3+b/4)+(a+7.7)", "sqrt(1 - sin(2 * a) + cos(pi / b) / 3)",
        "len(s)", "s == 'x'", "len(s) * a", "sum([a, b])", "(lambda x: x + a)(b)", "(n := a) + n", "s", "[i for i in range(3)]", "divmod(i, j)[0]",
        "i * 10 ** 18", "i * i * i * i * i * i * i", "j << 60", "int(a)", "float(i)", "1 if s else a", "(a, b)[p]", "undefined_name + a", "i == 10 ** 30",
    };
    burin_env *env = script_env();
    (void)state;
    for (unsigned wild = 0; wild < 12; wild += 11) {
        table *t = random_table(4711 + wild, wild);
        for (size_t n = 0; n < sizeof texts / sizeof *texts; n++)
            compare_all(env, texts[n], t);
        free(t);
    }
    burin_env_unref(env);
}

static void what_has_no_loops_is_evaluated_alone(void **state)
{
    static const char *const blocks[] = {"a + b", "a if p else 0", "min(a, 0) * 2.0", "i in (1, 2)", "sin(a) / (1 + i)", "0 < a < 1", "round(a)", "i and j"};
    static const char *const rows[]   = {"len(s)", "s == 'x'", "[a]", "a if p else None", "i == 10 ** 30", "(a if p else 0) * 2", "sin(*[a])", "min([a, b])", "7"};
    burin_env *env = script_env();
    (void)state;
    for (size_t n = 0; n < sizeof blocks / sizeof *blocks; n++) {
        burin_columns *c = columns_of(env, blocks[n], NULL);
        assert_true(burin_columns_in_blocks(c, BURIN_COLUMN_DOUBLE));
        burin_columns_free(c);
    }
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        burin_columns *c = columns_of(env, rows[n], NULL);
        if (burin_columns_in_blocks(c, BURIN_COLUMN_DOUBLE))
            fail_msg("%s has loops", rows[n]);
        burin_columns_free(c);
    }
    burin_env_unref(env);
}

/* ---- random expressions ---- */

typedef struct writer {
    char     text[2000];
    size_t   used;
    uint64_t seed;
} writer;

static void put(writer *w, const char *text)
{
    size_t len = strlen(text);
    if (w->used + len >= sizeof w->text)
        return;
    memcpy(w->text + w->used, text, len + 1);
    w->used += len;
}

static void put_expression(writer *w, int depth)
{
    static const char *const leaves[] = {"a", "b", "i", "j", "p", "0", "1", "-3", "2.5", "True", "pi", "1e300", "9007199254740993"};
    /* # is an expression */
    static const char *const forms[] = {"(# + #)", "(# - #)", "(# * #)", "(# / #)", "(# // #)", "(# % #)", "(# < #)", "(# == # != #)", "(# and #)", "(# or #)", "(not #)",
                                        "(# if # else #)", "min(#, #)", "max(#, #, #)", "abs(#)", "(-#)", "(# & #)", "(# | #)", "sqrt(abs(#))", "floor(#)", "sin(#)", "(# in (0, 1, 2.5))",
                                        "(# << 3)", "(# >> j)", "(# if # else #)", "(# if p else #)", "(~#)", "(# ** 2)", "round(#)", "isfinite(#)", "(+#)"};
    if (depth == 0 || next_random(&w->seed) % 6 == 0) {
        put(w, leaves[next_random(&w->seed) % (sizeof leaves / sizeof *leaves)]);
        return;
    }
    for (const char *f = forms[next_random(&w->seed) % (sizeof forms / sizeof *forms)]; *f; f++) {
        if (*f == '#')
            put_expression(w, depth - 1);
        else
            put(w, (char[]){*f, 0});
    }
}

static void random_expressions_give_what_the_formula_gives(void **state)
{
    burin_env *env  = script_env();
    table     *t    = random_table(99, 40);
    size_t     done = 0, blocks = 0;
    (void)state;
    for (uint64_t seed = 1; seed <= 150; seed++) {
        writer w = {.seed = seed * UINT64_C(0x9e3779b97f4a7c15)};
        put_expression(&w, 4);
        if (w.used + 100 > sizeof w.text)
            continue;
        burin_columns *c = columns_of(env, w.text, NULL);
        blocks += burin_columns_in_blocks(c, BURIN_COLUMN_DOUBLE);
        burin_columns_free(c);
        compare_all(env, w.text, t);
        done++;
    }
    assert_true(done > 100 && blocks * 4 > done);
    free(t);
    burin_env_unref(env);
}

/* ---- layouts ---- */

typedef struct __attribute__((packed)) record {
    char    tag;
    double  a;
    int64_t i;
    bool    p;
} record;

static void strides_offsets_and_bits_are_followed(void **state)
{
    static record  records[ROWS + 3];
    static uint8_t bits[ROWS / 8 + 2];
    static int32_t offsets[ROWS + 4];
    static double  out[ROWS];
    static const burin_column_name own[] = {{"a", BURIN_COLUMN_DOUBLE}, {"i", BURIN_COLUMN_INT64}, {"p", BURIN_COLUMN_BOOL}, {"q", BURIN_COLUMN_BITS}, {"s", BURIN_COLUMN_TEXT32}};
    static const char *const texts[] = {"a * i + p + q", "a * i + p + q + 0 * len(s) + (s == 'cd')"};
    burin_env *env = script_env();
    (void)state;
    for (size_t r = 0; r < ROWS + 3; r++) {
        records[r] = (record){'t', (double)r / 4, (int64_t)(r % 7) - 3, r % 3 == 0};
        bits[r >> 3] |= (uint8_t)((r % 5 == 0) << (r & 7));
        offsets[r + 1] = offsets[r] + (r % 2 ? 2 : 0);
    }
    offsets[0] = 0;
    char *bytes = malloc(ROWS * 2);
    for (size_t n = 0; n < ROWS; n++)
        memcpy(bytes + 2 * n, "cd", 2);
    burin_column in[] = {{BURIN_COLUMN_DOUBLE, &records[0].a, sizeof(record), NULL, 3, NULL}, {BURIN_COLUMN_INT64, &records[3].i, sizeof(record), NULL, 0, NULL},
                         {BURIN_COLUMN_BOOL, &records[3].p, sizeof(record), NULL, 0, NULL}, {BURIN_COLUMN_BITS, bits, 0, NULL, 3, NULL}, {BURIN_COLUMN_TEXT32, offsets, 0, NULL, 0, bytes}};
    for (size_t n = 0; n < 2; n++) {
        burin_columns   *c  = burin_columns_compile(env, text_z(texts[n]), own, 5, NULL, NULL);
        burin_column_out to = {BURIN_COLUMN_DOUBLE, out, 0, NULL, NULL};
        assert_non_null(c);
        assert_int_equal(burin_columns_map(c, in, 0, ROWS, &to, NULL), BURIN_OK);
        for (size_t r = 0; r < ROWS; r++) {
            const record *at = &records[r + 3];
            assert_true(out[r] == at->a * (double)at->i + at->p + ((r + 3) % 5 == 0) + (n == 1 && r % 2));
        }
        burin_columns_free(c);
    }
    burin_columns   *c  = burin_columns_compile(env, BURIN_TEXT("i + 1"), own, 5, NULL, NULL);
    burin_column_out to = {BURIN_COLUMN_INT64, &records[0].i, sizeof(record), NULL, NULL};
    assert_int_equal(burin_columns_map(c, in, 0, ROWS, &to, NULL), BURIN_OK);
    for (size_t r = 0; r < ROWS; r++)
        assert_true(records[r].tag == 't' && records[r].a == (double)r / 4);
    burin_columns_free(c);
    free(bytes);
    burin_env_unref(env);
}

static void texts_are_copied_into_the_callers_heap(void **state)
{
    static burin_text out[ROWS];
    burin_env        *env  = script_env();
    burin_heap       *heap = burin_heap_new(NULL);
    table            *t    = random_table(5, 0);
    burin_columns    *c    = columns_of(env, "s.upper() + str(j)", NULL);
    burin_column_out  to   = {BURIN_COLUMN_TEXT, out, 0, NULL, heap};
    (void)state;
    assert_int_equal(burin_columns_map(c, t->columns, 0, ROWS, &to, NULL), BURIN_OK);
    burin_columns_free(c);
    burin_formula *f = formula_of(env, "s.upper() + str(j)");
    for (size_t r = 0; r < ROWS; r++) {
        burin_value slots[COLUMNS];
        burin_text  want;
        slots_of(t, r, slots);
        assert_int_equal(burin_formula_text(f, slots, &want, NULL), BURIN_OK);
        assert_true(out[r].len == want.len && !memcmp(out[r].data, want.data, want.len));
    }
    to.heap = NULL;
    c       = columns_of(env, "s", NULL);
    assert_int_equal(burin_columns_map(c, t->columns, 0, 1, &to, NULL), BURIN_ERR_USAGE);
    burin_columns_free(c);
    burin_formula_free(f);
    free(t);
    burin_heap_free(heap);
    burin_env_unref(env);
}

/* ---- rows without a value ---- */

static bool has_bit(const uint8_t *bits, size_t r) { return bits[r >> 3] >> (r & 7) & 1; }

static void rows_without_a_value_have_none(void **state)
{
    static uint8_t a_valid[ROWS / 8 + 1], b_valid[ROWS / 8 + 1], out_valid[ROWS / 8 + 1];
    static double  out[ROWS];
    burin_env     *env = script_env();
    table         *t   = random_table(17, 0);
    burin_error    err = BURIN_ERROR_INIT;
    burin_value    value;
    (void)state;
    memset(a_valid, 0xff, sizeof a_valid);
    memset(b_valid, 0, sizeof b_valid); /* a column that the formula does not name */
    a_valid[3] = 0x7f;                  /* row 31 */
    a_valid[200] = 0;                   /* rows 1600 to 1607 */
    t->a[31]               = 0;         /* would fail */
    t->columns[0].validity = a_valid;
    t->columns[1].validity = b_valid;
    burin_columns   *c  = columns_of(env, "1 / a", NULL);
    burin_column_out to = {BURIN_COLUMN_DOUBLE, out, 0, out_valid, NULL};
    assert_int_equal(burin_columns_map(c, t->columns, 0, ROWS, &to, &err), BURIN_OK);
    for (size_t r = 0; r < ROWS; r++) {
        assert_int_equal(has_bit(out_valid, r), has_bit(a_valid, r));
        assert_true(!has_bit(a_valid, r) || out[r] == 1 / t->a[r]);
    }
    assert_int_equal(burin_columns_reduce(c, t->columns, 0, ROWS, BURIN_REDUCE_COUNT, &value, NULL), BURIN_OK);
    assert_int_equal(value.as.i, ROWS - 9);
    to.validity = NULL;
    assert_int_equal(burin_columns_map(c, t->columns, 0, ROWS, &to, &err), BURIN_ERR_VALUE);
    assert_int_equal(burin_columns_failed_row(c), 31);
    burin_columns_free(c);

    burin_columns_options as_none = {.nulls_as_none = true};
    to.validity                   = out_valid;
    c                             = columns_of(env, "0.5 if a is None else a", &as_none);
    assert_int_equal(burin_columns_map(c, t->columns, 0, ROWS, &to, &err), BURIN_OK);
    for (size_t r = 0; r < ROWS; r++)
        assert_true(has_bit(out_valid, r) && out[r] == (has_bit(a_valid, r) ? t->a[r] : 0.5));
    burin_columns_free(c);
    c = columns_of(env, "a + i", &as_none);
    assert_int_equal(burin_columns_map(c, t->columns, 0, ROWS, &to, &err), BURIN_ERR_TYPE);
    assert_int_equal(burin_columns_failed_row(c), 31);
    assert_true(err.frame_count > 0);
    assert_string_equal(err.frames[err.frame_count - 1].label, "row 31");
    burin_columns_free(c);
    c = columns_of(env, "None if i < 0 else i", NULL);
    assert_int_equal(burin_columns_map(c, t->columns, 0, ROWS, &to, &err), BURIN_OK);
    for (size_t r = 0; r < ROWS; r++)
        assert_int_equal(has_bit(out_valid, r), t->i[r] >= 0);
    burin_columns_free(c);
    burin_error_clear(&err);
    free(t);
    burin_env_unref(env);
}

/* ---- filters and reductions ---- */

static void filters_select_the_rows_that_are_true(void **state)
{
    static const char *const texts[] = {"a > b", "i % 3", "s", "p and a > 50 or i // j == 2", "a"};
    static uint32_t selected[ROWS];
    burin_env      *env = script_env();
    (void)state;
    for (unsigned wild = 0; wild < 60; wild += 50) {
        table *t = random_table(3, wild);
        for (size_t n = 0; n < sizeof texts / sizeof *texts; n++) {
            burin_columns *c     = columns_of(env, texts[n], NULL);
            burin_formula *f     = formula_of(env, texts[n]);
            size_t         count = 0, at = 0;
            burin_status   status = burin_columns_filter(c, t->columns, 7, ROWS, selected, &count, NULL);
            for (size_t r = 7; r < (status ? burin_columns_failed_row(c) : ROWS); r++) {
                uint64_t truth;
                assert_int_equal(alone(f, t, r, BURIN_COLUMN_BOOL, &truth, NULL), BURIN_OK);
                if (truth)
                    assert_int_equal(selected[at++], r);
            }
            assert_int_equal(at, count);
            burin_formula_free(f);
            burin_columns_free(c);
        }
        free(t);
    }
    burin_env_unref(env);
}

/* Python's sum, min, max over the list of values of a formula, by a formula of its own. */
static void reductions_give_what_python_gives(void **state)
{
    static const char *const texts[] = {"a", "i", "p", "a * i", "i if p else a", "i > 5", "a - b", "0", "-a", "i * 1000000000000"};
    static const char *const forms[] = {"sum(v)", "min(v)", "max(v)", "len(v)", "any(v)", "all(v)"};
    static const char *const slot[]  = {"v"};
    burin_env  *env  = script_env();
    burin_heap *heap = burin_heap_new(NULL);
    table      *t    = random_table(23, 0);
    (void)state;
    for (size_t n = 0; n < sizeof texts / sizeof *texts; n++) {
        burin_formula *f    = formula_of(env, texts[n]);
        burin_columns *c    = columns_of(env, texts[n], NULL);
        burin_value    list = burin_list(heap, ROWS), slots[COLUMNS], value, got;
        for (size_t r = 0; r < ROWS; r++) {
            slots_of(t, r, slots);
            assert_int_equal(burin_formula_eval(f, slots, &value, NULL), BURIN_OK);
            burin_list_append(heap, list, value);
        }
        for (burin_reduction how = BURIN_REDUCE_SUM; how <= BURIN_REDUCE_ALL; how++) {
            burin_formula *whole = burin_formula_compile(env, text_z(forms[how]), slot, 1, NULL);
            assert_int_equal(burin_formula_eval(whole, &list, &value, NULL), BURIN_OK);
            assert_int_equal(burin_columns_reduce(c, t->columns, 0, ROWS, how, &got, NULL), BURIN_OK);
            if (got.kind != value.kind || got.as.i != value.as.i)
                fail_msg("%s of %s: %d %lld, Python's %d %lld", forms[how], texts[n], got.kind, (long long)got.as.i, value.kind, (long long)value.as.i);
            burin_formula_free(whole);
        }
        burin_formula_free(f);
        burin_columns_free(c);
    }
    free(t);
    burin_heap_free(heap);
    burin_env_unref(env);
}

static void reductions_have_edges(void **state)
{
    burin_env     *env = script_env();
    table         *t   = random_table(29, 0);
    burin_columns *c   = columns_of(env, "i", NULL);
    burin_value    value;
    (void)state;
    assert_int_equal(burin_columns_reduce(c, t->columns, 5, 5, BURIN_REDUCE_SUM, &value, NULL), BURIN_OK);
    assert_true(value.kind == BURIN_INT && value.as.i == 0);
    assert_int_equal(burin_columns_reduce(c, t->columns, 5, 5, BURIN_REDUCE_MIN, &value, NULL), BURIN_OK);
    assert_int_equal(value.kind, BURIN_NONE);
    assert_int_equal(burin_columns_reduce(c, t->columns, 6, 5, BURIN_REDUCE_MIN, &value, NULL), BURIN_ERR_USAGE);
    t->i[0] = t->i[1] = INT64_MAX; /* beyond 64 bits on the way, not in the end */
    t->i[2] = t->i[3] = -INT64_MAX;
    assert_int_equal(burin_columns_reduce(c, t->columns, 0, 4, BURIN_REDUCE_SUM, &value, NULL), BURIN_OK);
    assert_true(value.as.i == 0);
    assert_int_equal(burin_columns_reduce(c, t->columns, 0, 2, BURIN_REDUCE_SUM, &value, NULL), BURIN_ERR_OVERFLOW);
    assert_int_equal(value.kind, BURIN_MISSING);
    t->columns[2].type = BURIN_COLUMN_DOUBLE;
    assert_int_equal(burin_columns_reduce(c, t->columns, 0, 2, BURIN_REDUCE_SUM, &value, NULL), BURIN_ERR_USAGE);
    burin_columns_free(c);
    c = columns_of(env, "s", NULL);
    t->columns[2].type = BURIN_COLUMN_INT64;
    assert_int_equal(burin_columns_reduce(c, t->columns, 0, 2, BURIN_REDUCE_MAX, &value, NULL), BURIN_ERR_TYPE);
    assert_int_equal(burin_columns_failed_row(c), 0);
    burin_columns_free(c);
    c = columns_of(env, "1 // (i - 3) > 5 or p", NULL); /* `any` ends before the row that fails */
    for (size_t r = 0; r < 10; r++) {
        t->i[r] = (int64_t)r;
        t->p[r] = r == 2;
    }
    assert_int_equal(burin_columns_reduce(c, t->columns, 0, 10, BURIN_REDUCE_ANY, &value, NULL), BURIN_OK);
    assert_true(value.as.i == 1);
    assert_int_equal(burin_columns_reduce(c, t->columns, 3, 10, BURIN_REDUCE_ANY, &value, NULL), BURIN_ERR_ZERO_DIVISION);
    burin_columns_free(c);
    free(t);
    burin_env_unref(env);
}

static int64_t ordered_bits(double d)
{
    int64_t bits;
    memcpy(&bits, &d, sizeof bits);
    return bits < 0 ? INT64_MIN - bits : bits;
}

static void fast_functions_are_within_four_units(void **state)
{
    static const char *const texts[] = {"sin(a)", "cos(b)", "exp(a / 10)", "log(a)", "a ** 2.5", "1.5 ** a", "b ** a", "b ** (a / 100)", "exp(i)",
                                           "a / 3", "b / -0.7", "1 / (b / 49)", "sqrt(a / 1e300)", "a / 5e-324", "sqrt(sin(a) / 7 + 2)"};
    static double            out[ROWS];
    burin_columns_options    fast = {.fast_math = true};
    burin_env               *env  = script_env();
    (void)state;
    for (unsigned wild = 0; wild < 60; wild += 50) {
        table *t = random_table(41, wild);
        for (size_t n = 0; n < sizeof texts / sizeof *texts; n++) {
            burin_columns   *c  = columns_of(env, texts[n], &fast);
            burin_formula   *f  = formula_of(env, texts[n]);
            burin_column_out to = {BURIN_COLUMN_DOUBLE, out, 0, NULL, NULL};
            for (size_t from = 0, end; from < ROWS; from = end + 1) {
                burin_status status = burin_columns_map(c, t->columns, from, ROWS, &to, NULL);
                uint64_t     bits;
                end = status ? burin_columns_failed_row(c) : ROWS;
                for (size_t r = from; r < end; r++) {
                    double want;
                    assert_int_equal(alone(f, t, r, BURIN_COLUMN_DOUBLE, &bits, NULL), BURIN_OK);
                    memcpy(&want, &bits, sizeof want);
                    int64_t apart = isnan(want) && isnan(out[r]) ? 0 : ordered_bits(want) - ordered_bits(out[r]);
                    if (apart > 4 || apart < -4)
                        fail_msg("%s: row %zu: %a, exactly %a", texts[n], r, out[r], want);
                }
                if (status)
                    assert_int_equal(alone(f, t, end, BURIN_COLUMN_DOUBLE, &bits, NULL), status);
            }
            burin_formula_free(f);
            burin_columns_free(c);
        }
        free(t);
    }
    burin_columns *c = columns_of(env, "a", &fast), *exact = columns_of(env, "a", NULL);
    table         *t = random_table(43, 0);
    burin_value    sum, want;
    assert_int_equal(burin_columns_reduce(c, t->columns, 0, ROWS, BURIN_REDUCE_SUM, &sum, NULL), BURIN_OK);
    assert_int_equal(burin_columns_reduce(exact, t->columns, 0, ROWS, BURIN_REDUCE_SUM, &want, NULL), BURIN_OK);
    assert_true(fabs(sum.as.f - want.as.f) < 1e-9 * want.as.f);
    free(t);
    burin_columns_free(exact);
    burin_columns_free(c);
    burin_env_unref(env);
}

/* One step a row, whichever way it goes; the row that would be one too many is named. */
static void steps_are_counted_for_each_row(void **state)
{
    static const char *const texts[] = {"a + b", "sin(a) if p else i", "len(s) + i", "10 ** 30 % (i + 2000) + j"};
    burin_options options = burin_options_default();
    (void)state;
    options.scripts      = true;
    options.limits.steps = 2000;
    burin_env *env       = burin_env_new(&options, NULL);
    table     *t         = random_table(7, 0);
    for (size_t n = 0; n < sizeof texts / sizeof *texts; n++) {
        static double    data[ROWS];
        burin_error      err = BURIN_ERROR_INIT;
        burin_columns   *c   = columns_of(env, texts[n], NULL);
        burin_column_out out = {BURIN_COLUMN_DOUBLE, data};
        assert_int_equal(burin_columns_map(c, t->columns, 0, 2000, &out, &err), BURIN_OK);
        assert_int_equal(burin_columns_map(c, t->columns, 100, 2100, &out, &err), BURIN_OK);
        assert_int_equal(burin_columns_map(c, t->columns, 10, 2011, &out, &err), BURIN_ERR_LIMIT);
        assert_int_equal(burin_columns_failed_row(c), 2010);
        assert_string_equal(err.message, "the limit of 2000 steps was reached");
        assert_int_equal(burin_columns_map(c, t->columns, 0, 5, &out, &err), BURIN_OK); /* it stays usable */
        burin_error_clear(&err);
        burin_columns_free(c);
    }
    free(t);
    burin_env_unref(env);
}

static void what_cannot_be_compiled_says_why(void **state)
{
    burin_env  *env = script_env();
    burin_error err = BURIN_ERROR_INIT;
    (void)state;
    assert_null(burin_columns_compile(env, BURIN_TEXT("a +"), names, COLUMNS, NULL, &err));
    assert_int_equal(err.status, BURIN_ERR_PYTHON_SYNTAX);
    burin_error_clear(&err);
    burin_env *plain = burin_env_new(NULL, NULL);
    assert_null(burin_columns_compile(plain, BURIN_TEXT("a"), names, COLUMNS, NULL, &err));
    assert_int_equal(err.status, BURIN_ERR_USAGE);
    burin_error_clear(&err);
    burin_env_unref(plain);
    burin_env_unref(env);
}

static void columns_that_cannot_be_are_refused(void **state)
{
    static const burin_column_name xi[] = {{"x", BURIN_COLUMN_DOUBLE}, {"i", BURIN_COLUMN_INT64}};
    static const burin_column_name no_type = {"x", (burin_column_type)(BURIN_COLUMN_TEXT32 + 1)};
    int64_t        i[2] = {3, 4}, out[2];
    burin_error    err  = BURIN_ERROR_INIT;
    burin_value    value;
    burin_column   in[] = {{BURIN_COLUMN_DOUBLE, NULL}, {BURIN_COLUMN_INT64, i}};
    burin_env     *env  = script_env();
    burin_columns *c    = burin_columns_compile(env, BURIN_TEXT("i * 2"), xi, 2, NULL, NULL);
    (void)state;
    assert_int_equal(burin_columns_map(c, in, 0, 2, &(burin_column_out){BURIN_COLUMN_INT64, out}, NULL), BURIN_OK); /* x is not read */
    assert_int_equal(out[1], 8);
    assert_int_equal(burin_columns_map(c, in, 0, 2, &(burin_column_out){BURIN_COLUMN_INT64, NULL}, NULL), BURIN_ERR_USAGE);
    in[1].data = NULL;
    assert_int_equal(burin_columns_map(c, in, 0, 2, &(burin_column_out){BURIN_COLUMN_INT64, out}, NULL), BURIN_ERR_USAGE);
    assert_int_equal(burin_columns_map(c, in, 0, 0, &(burin_column_out){BURIN_COLUMN_INT64, NULL}, NULL), BURIN_OK);
    assert_int_equal(burin_columns_reduce(c, in, 0, 0, (burin_reduction)(BURIN_REDUCE_ALL + 1), &value, &err), BURIN_ERR_USAGE);
    assert_null(burin_columns_compile(env, BURIN_TEXT("x"), &no_type, 1, NULL, &err));
    assert_int_equal(err.status, BURIN_ERR_USAGE);
    burin_error_clear(&err);
    burin_columns_free(c);
    burin_env_unref(env);
}

/* The results go over a column that is read, in its place and shifted, with rows in it that are evaluated alone. */
static void results_may_replace_what_is_read(void **state)
{
    static const char *const texts[] = {"a * b + a", "b - a", "1 / (i - 1) + a", "a / b if i > 0 else i // 1", "a"};
    burin_env *env = script_env();
    (void)state;
    for (size_t n = 0; n < sizeof texts / sizeof *texts; n++) {
        burin_columns   *c = columns_of(env, texts[n], NULL);
        table           *t = random_table(99, 0), *u = random_table(99, 0);
        static double    apart[ROWS];
        for (size_t r = 0; r < ROWS; r++)
            t->i[r] = u->i[r] = r % 500 == 3 ? INT64_MAX : (int64_t)r % 7 + 2;
        burin_column_out to = {BURIN_COLUMN_DOUBLE, apart, 0, NULL, NULL}, over = {BURIN_COLUMN_DOUBLE, u->a, 0, NULL, NULL};
        assert_int_equal(burin_columns_map(c, t->columns, 0, ROWS, &to, NULL), BURIN_OK);
        assert_int_equal(burin_columns_map(c, u->columns, 0, ROWS, &over, NULL), BURIN_OK);
        assert_memory_equal(apart, u->a, sizeof apart);
        memcpy(u->a, t->a, sizeof u->a);
        over.data = u->a - 3; /* three rows before those that are read */
        assert_int_equal(burin_columns_map(c, u->columns, 3, ROWS, &over, NULL), BURIN_OK);
        assert_memory_equal(apart + 3, u->a, (ROWS - 3) * sizeof *apart);
        free(t);
        free(u);
        burin_columns_free(c);
    }
    burin_env_unref(env);
}

/* Of formulas in blocks, and of one that is evaluated row by row. */
static void calls_end_when_time_runs_out_or_the_host_says_so(void **state)
{
    static const char *const texts[] = {"a * b + 1.5", "len(s) + a"};
    static double            out[ROWS];
    burin_options    options = burin_options_default();
    options.scripts          = true;
    options.limits.time_ns   = 1;
    burin_env       *hasty   = burin_env_new(&options, NULL), *env = script_env();
    table           *t       = random_table(7, 0);
    burin_column_out to      = {BURIN_COLUMN_DOUBLE, out, 0, NULL, NULL};
    (void)state;
    for (size_t n = 0; n < sizeof texts / sizeof *texts; n++) {
        volatile int   cancel = 1;
        burin_error    err    = BURIN_ERROR_INIT;
        burin_value    sum;
        burin_columns *c      = columns_of(hasty, texts[n], NULL);
        assert_int_equal(burin_columns_map(c, t->columns, 0, ROWS, &to, &err), BURIN_ERR_LIMIT);
        assert_string_equal(err.message, "the time limit of 1e-09 s was reached");
        assert_int_equal(burin_columns_reduce(c, t->columns, 0, ROWS, BURIN_REDUCE_SUM, &sum, &err), BURIN_ERR_LIMIT);
        burin_columns_free(c);
        c = columns_of(env, texts[n], NULL);
        burin_columns_set_cancel(c, &cancel);
        assert_int_equal(burin_columns_map(c, t->columns, 0, ROWS, &to, &err), BURIN_ERR_CANCELLED);
        cancel = 0;
        assert_int_equal(burin_columns_map(c, t->columns, 0, ROWS, &to, &err), BURIN_OK);
        burin_columns_free(c);
        burin_error_clear(&err);
    }
    free(t);
    burin_env_unref(hasty);
    burin_env_unref(env);
}

static burin_status reduce_again(burin_call *call, burin_value *out)
{
    burin_columns *c   = *(burin_columns **)burin_call_data(call);
    burin_column   in  = {BURIN_COLUMN_INT64, (int64_t[]){1}};
    burin_error    err = BURIN_ERROR_INIT;
    assert_int_equal(burin_columns_reduce(c, &in, 0, 1, BURIN_REDUCE_SUM, out, &err), BURIN_ERR_USAGE);
    assert_string_equal(err.message, "the formula is in the middle of another call");
    burin_error_clear(&err);
    *out = burin_arg(call, 0);
    return BURIN_OK;
}

static void a_call_is_not_begun_within_itself(void **state)
{
    const burin_column_name name    = {"i", BURIN_COLUMN_INT64};
    const burin_column      in      = {BURIN_COLUMN_INT64, (int64_t[]){1, 2, 3}};
    burin_options           options = burin_options_default();
    burin_columns          *c       = NULL;
    burin_value             sum;
    (void)state;
    options.scripts      = true;
    options.limits.steps = 100;
    burin_env *env       = burin_env_new(&options, NULL);
    assert_int_equal(burin_env_add_function(env, "again", "n", reduce_again, &c, 0), BURIN_OK);
    c = burin_columns_compile(env, BURIN_TEXT("again(i)"), &name, 1, NULL, NULL);
    assert_int_equal(burin_columns_reduce(c, &in, 0, 3, BURIN_REDUCE_SUM, &sum, NULL), BURIN_OK);
    assert_int_equal(sum.as.i, 6);
    burin_columns_free(c);
    burin_env_unref(env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_operator_gives_what_the_formula_gives),
        cmocka_unit_test(what_has_no_loops_is_evaluated_alone),
        cmocka_unit_test(random_expressions_give_what_the_formula_gives),
        cmocka_unit_test(strides_offsets_and_bits_are_followed),
        cmocka_unit_test(texts_are_copied_into_the_callers_heap),
        cmocka_unit_test(rows_without_a_value_have_none),
        cmocka_unit_test(filters_select_the_rows_that_are_true),
        cmocka_unit_test(reductions_give_what_python_gives),
        cmocka_unit_test(reductions_have_edges),
        cmocka_unit_test(fast_functions_are_within_four_units),
        cmocka_unit_test(results_may_replace_what_is_read),
        cmocka_unit_test(calls_end_when_time_runs_out_or_the_host_says_so),
        cmocka_unit_test(steps_are_counted_for_each_row),
        cmocka_unit_test(what_cannot_be_compiled_says_why),
        cmocka_unit_test(columns_that_cannot_be_are_refused),
        cmocka_unit_test(a_call_is_not_begun_within_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
