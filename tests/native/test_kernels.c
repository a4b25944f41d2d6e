/* Kernels, interpreted and native, against the machine: random expressions over numbers at all edges. A kernel that does not fail gives
 * what the machine gives; native code fails where the interpreted kernel does, and gives the same bits. */
#define _GNU_SOURCE
#include "burin/columns.h"
#include "burin/formula.h"
#include "engine/environment.h"
#include "engine/formula.h"
#include "engine/jit_kernel.h"
#include "parser/script.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { INPUTS = 6, ROWS = 300, REGION = 25, TEXT_MAX = 1500 };

static const char *const names[INPUTS] = {"a", "b", "i", "j", "p", "q"};
static const vec_type    types[INPUTS] = {VEC_FLOAT, VEC_FLOAT, VEC_INT, VEC_INT, VEC_BOOL, VEC_BOOL};

typedef struct fixture {
    burin_jit  *jit;
    burin_env  *env;
    uint64_t    seed;
    kernel_cell rows[ROWS][INPUTS];
    unsigned    done, failed, compiled, refused;
} fixture;

static uint64_t next_random(fixture *f)
{
    f->seed ^= f->seed << 13;
    f->seed ^= f->seed >> 7;
    f->seed ^= f->seed << 17;
    return f->seed;
}

static void note(void *user, const burin_jit_event *event)
{
    fixture *f = user;
    f->compiled += event->outcome == BURIN_JIT_COMPILED;
    f->refused += event->outcome != BURIN_JIT_COMPILED;
    if (event->outcome != BURIN_JIT_COMPILED)
        print_message("%s\n", event->why);
}

/* Every third row is at some edge. */
static void make_rows(fixture *f)
{
    static const double  floats[] = {0.0, -0.0, NAN, INFINITY, -INFINITY, 1e308, -1e308, 5e-324, 9007199254740993.0, -0.5, 2.5, 1e19, -1.0, 3.0};
    static const int64_t ints[]   = {0, -1, 1, INT64_MAX, INT64_MIN, INT64_C(9007199254740993), 63, 64, -7, INT64_MAX - 1, 3037000500};
    for (size_t r = 0; r < ROWS; r++) {
        kernel_cell *row = f->rows[r];
        for (int n = 0; n < INPUTS; n++) {
            bool edge = r % 3 == 0 && next_random(f) % 2;
            if (types[n] == VEC_FLOAT)
                row[n].f = edge ? floats[next_random(f) % (sizeof floats / sizeof *floats)] : (double)(int64_t)(next_random(f) % 20001) / 512.0 + 0.25;
            else if (types[n] == VEC_INT)
                row[n].i = edge ? ints[next_random(f) % (sizeof ints / sizeof *ints)] : (int64_t)(next_random(f) % 40) - 10;
            else
                row[n].i = (int64_t)(next_random(f) % 2);
        }
    }
}

static int set_up(void **state)
{
    fixture          *f       = calloc(1, sizeof *f);
    burin_jit_options options = burin_jit_options_default();
    burin_options     of_env  = burin_options_default();
    assert_non_null(f);
    f->seed            = 20261126;
    options.engine     = BURIN_ENGINE_JIT;
    options.eager      = true;
    options.helper     = getenv("BURIN_JIT");
    options.event      = note;
    options.user       = f;
    of_env.scripts     = true;
    f->jit             = burin_jit_new(&options, NULL);
    f->env             = burin_env_new(&of_env, NULL);
    assert_true(f->jit && f->env);
    assert_int_equal(burin_env_set_jit(f->env, f->jit), BURIN_OK);
    make_rows(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    burin_env_unref(f->env);
    burin_jit_unref(f->jit);
    free(f);
    return 0;
}

/* ---- expressions ---- */

typedef struct writer {
    fixture *f;
    char     text[TEXT_MAX];
    size_t   used;
} writer;

static void put(writer *w, const char *text)
{
    size_t len = strlen(text);
    assert_true(w->used + len < sizeof w->text);
    memcpy(w->text + w->used, text, len + 1);
    w->used += len;
}

static const char *const leaves[] = {"a", "b", "i", "j", "p", "q", "0", "1", "-3", "2.5", "True", "pi", "1e300", "9007199254740993"};
/* # is an expression */
static const char *const forms[] = {
    "(# + #)", "(# - #)", "(# * #)", "(# / #)", "(# // #)", "(# % #)", "(# ** 2)", "(# ** #)", "(-#)", "(+#)", "(~#)", "abs(#)",
    "(# < #)", "(# == # != #)", "(# > #)", "(# <= # < # >= #)", "(# and #)", "(# or #)", "(not #)", "(# if # else #)", "(# if # > 0 else #)",
    "min(#, #)", "max(#, #, #)", "(# & #)", "(# | #)", "(# ^ #)", "(# << 3)", "(# << #)", "(# >> j)", "(# in (0, 1, 2.5))", "(# not in (1, 3))",
    "sqrt(abs(#))", "sqrt(#)", "floor(#)", "ceil(#)", "trunc(#)", "round(#)", "sin(#)", "cos(#)", "tan(#)", "asin(#)", "acos(#)", "atan(#)",
    "sinh(#)", "cosh(#)", "tanh(#)", "asinh(#)", "acosh(#)", "atanh(#)", "exp(#)", "exp2(#)", "expm1(#)", "log(#)", "log2(#)", "log10(#)", "log1p(#)",
    "cbrt(#)", "atan2(#, #)", "copysign(#, #)", "fmod(#, #)", "isnan(#)", "isinf(#)", "isfinite(#)", "fabs(#)", "pow(#, #)"};
enum { FORMS = sizeof forms / sizeof *forms };

static void put_expression(writer *w, int depth);

static void put_form(writer *w, const char *form, int depth)
{
    for (const char *at = form; *at; at++)
        if (*at == '#')
            put_expression(w, depth - 1);
        else
            put(w, (char[]){*at, 0});
}

static void put_expression(writer *w, int depth)
{
    if (depth <= 0 || w->used > TEXT_MAX / 4 || next_random(w->f) % 5 == 0)
        put(w, leaves[next_random(w->f) % (sizeof leaves / sizeof *leaves)]);
    else
        put_form(w, forms[next_random(w->f) % FORMS], depth);
}

/* ---- kernels ---- */

static ast_node *parse(fixture *f, arena *memory, const char *text)
{
    script_options options = {.nesting_max = f->env->syntax.nesting_max, .source_max = f->env->options.limits.source};
    source        *src     = arena_zalloc(memory, sizeof *src);
    ast_node      *tree    = NULL;
    assert_non_null(src);
    src->text = (burin_text){arena_copy(memory, (burin_text){text, strlen(text)}), strlen(text)};
    assert_int_equal(parse_script_expression(memory, src, &options, &tree, NULL), BURIN_OK);
    return tree;
}

static kernel_added add(fixture *f, kernel *k, const char *text, kernel_wish wish, uint32_t cell, vec_type *type)
{
    kernel_name of[INPUTS];
    for (uint32_t n = 0; n < INPUTS; n++)
        of[n] = (kernel_name){{names[n], 1}, types[n], true, n};
    kernel_added added = kernel_add(k, &f->env->rt, parse(f, k->memory, text), of, INPUTS, wish, cell, type);
    assert_int_not_equal(added, KERNEL_NO_MEMORY);
    return added;
}

static void slots_of(const kernel_cell *row, burin_value *slots)
{
    for (int n = 0; n < INPUTS; n++)
        slots[n] = types[n] == VEC_FLOAT ? burin_float(row[n].f) : types[n] == VEC_INT ? burin_int(row[n].i) : burin_bool(row[n].i);
}

/* One NaN is as good as another. */
static bool is_same(vec_type type, kernel_cell x, kernel_cell y)
{
    return type == VEC_FLOAT && isnan(x.f) ? isnan(y.f) : x.i == y.i;
}

static void check_same(const char *what, const char *text, size_t row, vec_type type, kernel_cell x, kernel_cell y)
{
    if (!is_same(type, x, y))
        fail_msg("%s: %s, row %zu: %.17g (%lld), not %.17g (%lld)", what, text, row, x.f, (long long)x.i, y.f, (long long)y.i);
}

static void check_machine(burin_formula *formula, const char *text, const fixture *f, size_t row, vec_type type, kernel_cell got)
{
    burin_value slots[INPUTS], value;
    slots_of(f->rows[row], slots);
    if (burin_formula_eval(formula, slots, &value, NULL))
        fail_msg("%s, row %zu: the machine fails, the kernel does not", text, row);
    burin_kind kind = type == VEC_FLOAT ? BURIN_FLOAT : type == VEC_INT ? BURIN_INT : BURIN_BOOL;
    if (value.kind != kind)
        fail_msg("%s, row %zu: the machine gives a %s", text, row, burin_type_name(value));
    check_same("kernel and machine", text, row, type, got, (kernel_cell){.i = value.as.i});
}

static burin_formula *formula_of(fixture *f, const char *text)
{
    burin_error    err     = BURIN_ERROR_INIT;
    burin_formula *formula = burin_formula_compile(f->env, (burin_text){text, strlen(text)}, names, INPUTS, &err);
    if (!formula)
        fail_msg("%s: %s", text, err.message);
    formula_without_kernels(formula);
    return formula;
}

/* ---- one expression ---- */

static void check_rows(fixture *f, const char *text, const jit_kernel *native, vec_type type, const kernel_cell *results, const bool *failed)
{
    static double  floats[2][ROWS];
    static int64_t ints[2][ROWS];
    static uint8_t bools[2][ROWS];
    static int64_t out[ROWS];
    const void    *columns[INPUTS] = {floats[0], floats[1], ints[0], ints[1], bools[0], bools[1]};
    for (size_t from = 0; from < ROWS; from += 60) { /* some of them without a row that fails */
        int64_t n = 0, bad = 0;
        size_t  rows[60];
        for (size_t r = from; r < from + 60; r++) {
            if (from % 120 && failed[r])
                continue;
            for (int k = 0; k < 2; k++) {
                floats[k][n] = f->rows[r][k].f;
                ints[k][n]   = f->rows[r][2 + k].i;
                bools[k][n]  = (uint8_t)f->rows[r][4 + k].i;
            }
            bad |= failed[r];
            rows[n++] = r;
        }
        int64_t any = ((kernel_function){jit_kernel_code(native)}).of_rows(columns, out, n);
        if ((any != 0) != (bad != 0))
            fail_msg("%s: rows from %zu on: %s", text, from, any ? "bad, but no kernel failed" : "a kernel failed, but they are not bad");
        for (int64_t k = 0; k < n && !any; k++)
            check_same("rows and kernel", text, rows[k], type, type == VEC_BOOL ? (kernel_cell){.i = ((uint8_t *)out)[k]} : (kernel_cell){.i = out[k]},
                       results[rows[k]]);
    }
}

/* Whoever called is told with the call's arguments. */
typedef struct told {
    const void  *slots;
    kernel_cell *result;
    unsigned     times;
} told;

static uint32_t note_failure(const kernel_caller *caller, const void *slots, kernel_cell *result, void *more)
{
    told *t = more;
    assert_ptr_equal(caller->user, t);
    assert_ptr_equal(slots, t->slots);
    assert_ptr_equal(result, t->result);
    t->times++;
    return 7;
}

/* Does it fail? */
static bool call(const jit_kernel *native, const void *slots, kernel_cell *result)
{
    told          t      = {slots, result, 0};
    kernel_caller caller = {note_failure, &t};
    uint32_t      gave   = ((kernel_function){jit_kernel_code(native)}).of_slots(&caller, slots, result, &t);
    assert_true(t.times <= 1 && gave == (t.times ? 7 : 0));
    return t.times == 1;
}

static void check_expression(fixture *f, const char *text)
{
    arena          memory = arena_make(&base_malloc_allocator);
    kernel        *k      = kernel_new(&memory, INPUTS + 1);
    vec_type       type;
    kernel_cell    results[ROWS];
    bool           failed[ROWS];
    if (add(f, k, text, (kernel_wish){0}, INPUTS, &type)) {
        arena_deinit(&memory);
        return;
    }
    assert_null(kernel_check(k));
    kernel_cell   *room    = arena_alloc(&memory, k->place_count * sizeof *room);
    burin_formula *formula = formula_of(f, text);
    jit_kernel    *values = jit_kernel_new(f->env, k, KERNEL_OF_VALUES), *rows = jit_kernel_new(f->env, k, KERNEL_OF_ROWS);
    kernel_prepare(k, room);
    assert_true(jit_kernel_code(values) && jit_kernel_code(rows));
    for (size_t r = 0; r < ROWS; r++) {
        burin_value slots[INPUTS];
        kernel_cell native = {0};
        memcpy(room, f->rows[r], sizeof f->rows[r]);
        failed[r]  = kernel_run(k, room, 0) == 0;
        results[r] = room[INPUTS];
        slots_of(f->rows[r], slots);
        if (call(values, slots, &native) != failed[r])
            fail_msg("%s, row %zu: native code and kernel fail differently", text, r);
        f->failed += failed[r];
        f->done += !failed[r];
        if (failed[r])
            continue;
        check_machine(formula, text, f, r, type, results[r]);
        check_same("native code and kernel", text, r, type, native, results[r]);
    }
    check_rows(f, text, rows, type, results, failed);
    jit_kernel_free(values);
    jit_kernel_free(rows);
    burin_formula_free(formula);
    arena_deinit(&memory);
}

static void each_operator_does_the_same_in_all_tiers(void **state)
{
    fixture *f = *state;
    for (size_t n = 0; n < FORMS; n++) {
        static const char *const operands[] = {"a", "i", "p", "b"};
        for (size_t first = 0; first < 3; first++) {
            writer w    = {.f = f};
            size_t next = first;
            for (const char *at = forms[n]; *at; at++)
                put(&w, *at == '#' ? operands[next++ % 4] : (char[]){*at, 0});
            check_expression(f, w.text);
        }
    }
    assert_int_equal(f->refused, 0);
    assert_true(f->compiled > 200 && f->done > 30000 && f->failed > 3000);
}

/* Of doubles: what cannot fail is not looked at, and what can comes before the functions that are called. */
static void divisors_are_looked_at_unless_they_are_never_0(void **state)
{
    static const char *const texts[] = {
        "a / (1 + abs(b))",          "a / (abs(b) + 1e-300)",        "a / abs(b)",                    "a / (b * b + 1)",
        "a / (b * b)",               "a / (1 + exp(-b))",            "a / exp(b)",                    "a / cosh(b)",
        "a / sqrt(b)",               "a / sqrt(1 + b * b)",          "a / (sqrt(b) + sqrt(abs(a)))",  "a / (a * b + 1)",
        "a / max(b, 1.0)",           "a / max(1.0, b)",              "a / min(1.0, abs(b))",          "a / min(cosh(b), cosh(a))",
        "a / (1.0 if b > 0 else b)", "a / (1.0 if b > 0 else 2.5)",  "a / (0.0 + abs(b))",            "a / (abs(b) - 1)",
        "sin(a) / b",                "sin(a) / (sin(b) / b)",        "exp(a) / (exp(b) - 1)",         "sin(a) * sqrt(b) / (a - 0.25)",
        "atan(a) + tanh(b) / a",     "pow(a, b) / (cos(a) * b)",     "sin(a) // (b - 0.25)",          "(a // b) % sqrt(a)",
        "log(a) if b / a > 1 else sin(a) / b",                       "cbrt(a) + asinh(b) * fmod(a, b)", "sin(a) + (a / b if a > b else b / a)"};
    fixture *f = *state;
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        arena          memory = arena_make(&base_malloc_allocator);
        kernel        *k      = kernel_new(&memory, INPUTS + 1);
        burin_formula *formula = formula_of(f, texts[t]);
        vec_type       type;
        assert_int_equal(add(f, k, texts[t], (kernel_wish){0}, INPUTS, &type), KERNEL_ADDED);
        kernel_cell *room   = arena_alloc(&memory, k->place_count * sizeof *room);
        jit_kernel  *native = jit_kernel_new(f->env, k, KERNEL_OF_DOUBLES);
        assert_true(type == VEC_FLOAT && jit_kernel_code(native));
        kernel_prepare(k, room);
        for (size_t r = 0; r < ROWS; r++) {
            kernel_cell got = {0};
            memcpy(room, f->rows[r], sizeof f->rows[r]);
            bool failed = kernel_run(k, room, 0) == 0;
            if (call(native, f->rows[r], &got) != failed)
                fail_msg("%s, row %zu: native code and kernel fail differently", texts[t], r);
            if (failed)
                continue;
            check_same("native code and kernel", texts[t], r, type, got, room[INPUTS]);
            check_machine(formula, texts[t], f, r, type, got);
        }
        check_expression(f, texts[t]);
        jit_kernel_free(native);
        burin_formula_free(formula);
        arena_deinit(&memory);
    }
    assert_int_equal(f->refused, 0);
}

static void random_expressions_do_the_same_in_all_tiers(void **state)
{
    fixture *f = *state;
    for (int n = 0; n < 150; n++) {
        writer w = {.f = f};
        put_expression(&w, 5);
        check_expression(f, w.text);
    }
    assert_int_equal(f->refused, 0);
    assert_true(f->done > 10000);
}

/* ---- functions of vectors ---- */

static void fast_functions_are_close(void **state)
{
    static const char *const texts[] = {
        "((a + b) * sin(a)) / (sqrt(abs(b)) + 1)", "sqrt(1.5 - sin(2 * a) + cos(pi / (b + 100)) / 3)", "sin(a)", "sin(cos(sin(a) + b) * (i % 7))",
        "exp(sin(a)) if cos(b) > 0 else log(2 + cos(a))", "p and sin(a) > 0.5", "i + j if sin(a) > 0 else i - j", "(2 + sin(a)) ** 2.5 + 3 ** cos(b)",
        "sin(a) if a > 1e9 else b", "floor(10 * sin(a)) + (j if p else i)", "cos(0 * a) + sin(exp(a / 100))", "log(sin(a) + 1.001) if sin(b) > 0.5 else 0.0",
        "a / 3", "b / -0.7 if i else a / 1e300", "sqrt(abs(a) / 7)", "sqrt(2 + cos(pi / a))", "sqrt(2 - sin(a) / b)", "(2 + cos(1 / a)) / 3"};
    fixture *f = *state;
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        static double  columns[2][ROWS];
        static int64_t ints[2][ROWS], out[ROWS];
        static uint8_t bools[2][ROWS];
        arena        memory = arena_make(&base_malloc_allocator);
        kernel      *k      = kernel_new(&memory, INPUTS + 1);
        vec_type     type;
        assert_int_equal(add(f, k, texts[t], (kernel_wish){0}, INPUTS, &type), KERNEL_ADDED);
        jit_kernel  *native = jit_kernel_of_rows(f->env, k, true);
        kernel_cell *room   = arena_alloc(&memory, k->place_count * sizeof *room), results[ROWS];
        const void  *in[]   = {columns[0], columns[1], ints[0], ints[1], bools[0], bools[1]};
        int64_t      n      = 0;
        kernel_prepare(k, room);
        assert_non_null(jit_kernel_code(native));
        for (size_t r = 0; r < ROWS; r++) {
            memcpy(room, f->rows[r], sizeof f->rows[r]);
            if (kernel_run(k, room, 0) == 0)
                continue;
            for (int c = 0; c < 2; c++) {
                columns[c][n] = f->rows[r][c].f;
                ints[c][n]    = f->rows[r][2 + c].i;
                bools[c][n]   = (uint8_t)f->rows[r][4 + c].i;
            }
            results[n++] = room[INPUTS];
        }
        assert_true(n > 180);
        for (int64_t rows = n; rows > n - 9; rows--) { /* ends of all kinds */
            assert_int_equal(((kernel_function){jit_kernel_code(native)}).of_rows(in, out, rows), 0);
            for (int64_t r = 0; r < rows; r++) {
                kernel_cell got = type == VEC_BOOL ? (kernel_cell){.i = ((uint8_t *)out)[r]} : (kernel_cell){.i = out[r]};
                if (type != VEC_FLOAT)
                    check_same(texts[t], "", (size_t)r, type, got, results[r]);
                else if (!is_same(type, got, results[r]) && !(fabs(got.f - results[r].f) <= 1e-13 * (fabs(results[r].f) + 1)))
                    fail_msg("%s: %.17g, not %.17g", texts[t], got.f, results[r].f);
            }
        }
        for (int64_t r = 0; r < n; r += 25) { /* one that may fail, on its way or not */
            double before = columns[0][r], edge = r % 2 ? INFINITY : 0;
            columns[0][r] = edge;
            memcpy(room, (kernel_cell[INPUTS]){{.f = edge}, {.f = columns[1][r]}, {.i = ints[0][r]}, {.i = ints[1][r]}, {.i = bools[0][r]}, {.i = bools[1][r]}},
                   sizeof f->rows[r]);
            assert_int_equal(((kernel_function){jit_kernel_code(native)}).of_rows(in, out, n) != 0, kernel_run(k, room, 0) == 0);
            columns[0][r] = before;
        }
        jit_kernel_free(native);
        arena_deinit(&memory);
    }
}

/* ---- regions ---- */

/* Each part reads the inputs and, under the name of the last one, what the part before gave. */
static void a_region_goes_on_behind_a_part_that_failed(void **state)
{
    fixture *f      = *state;
    arena    memory = arena_make(&base_malloc_allocator);
    kernel  *k      = kernel_new(&memory, INPUTS + REGION);
    vec_type type, of[REGION];
    uint32_t parts = 0;
    while (parts < REGION) {
        writer      w = {.f = f};
        kernel_name called[INPUTS + 1];
        for (uint32_t n = 0; n < INPUTS; n++)
            called[n] = (kernel_name){{names[n], 1}, types[n], true, n};
        called[INPUTS] = (kernel_name){BURIN_TEXT("before"), parts ? of[parts - 1] : VEC_FLOAT, true, parts ? INPUTS + parts - 1 : 0};
        put_expression(&w, 4);
        put(&w, parts % 3 ? " + before * 1" : "");
        kernel_wish wish = {.as_float = parts % 2};
        if (kernel_add(k, &f->env->rt, parse(f, &memory, w.text), called, INPUTS + 1, wish, INPUTS + parts, &type) == KERNEL_ADDED)
            of[parts++] = type;
    }
    assert_null(kernel_check(k));
    jit_kernel  *native = jit_kernel_new(f->env, k, KERNEL_OF_CELLS);
    kernel_cell *room = arena_zalloc(&memory, k->place_count * sizeof *room), cells[INPUTS + REGION] = {{0}};
    kernel_function code = {jit_kernel_code(native)};
    assert_non_null(code.address);
    kernel_prepare(k, room);
    unsigned failures = 0;
    for (size_t r = 0; r < ROWS; r++) {
        memcpy(room, f->rows[r], sizeof f->rows[r]);
        memcpy(cells, f->rows[r], sizeof f->rows[r]);
        for (uint32_t part = 0; part < REGION;) {
            uint32_t done = kernel_run(k, room, part);
            assert_int_equal(code.of_cells(cells, part), done);
            for (uint32_t n = part; n < done; n++)
                check_same("region", "", r, of[n], cells[INPUTS + n], room[INPUTS + n]);
            if (done < REGION) {
                cells[INPUTS + done].i = room[INPUTS + done].i = 0; /* as another would do it */
                failures++;
            }
            part = done + 1;
        }
    }
    assert_int_equal(code.of_cells(cells, REGION), REGION);
    assert_true(failures > 100);
    jit_kernel_free(native);
    arena_deinit(&memory);
}

/* ---- formulas ---- */

static void formulas_use_them_and_say_so(void **state)
{
    static const char *const text = "(a + b) * sin(a) / (sqrt(b) + i)";
    fixture       *f       = *state;
    burin_error    err     = BURIN_ERROR_INIT;
    burin_formula *formula = burin_formula_compile(f->env, (burin_text){text, strlen(text)}, names, INPUTS, &err), *plain = formula_of(f, text);
    unsigned       before  = f->compiled, fails = 0;
    for (size_t r = 0; r < ROWS; r++) {
        burin_value  slots[INPUTS];
        double       x = 0, y = 0;
        burin_limits one, other;
        slots_of(f->rows[r], slots);
        if (r % 50 == 7)
            slots[2] = burin_float(2.5);
        burin_status status = burin_formula_double(formula, slots, &x, &err);
        assert_int_equal(status, burin_formula_double(plain, slots, &y, NULL));
        check_same("formula", text, r, VEC_FLOAT, (kernel_cell){.f = x}, (kernel_cell){.f = y});
        burin_formula_used(formula, &one);
        burin_formula_used(plain, &other);
        assert_int_equal(one.steps, other.steps);
        fails += status != BURIN_OK;
        burin_error_clear(&err);
    }
    assert_true(fails > 5);
    assert_true(f->compiled > before);
    /* of doubles */
    before                = f->compiled;
    burin_formula *direct = burin_formula_compile(f->env, BURIN_TEXT("(a + b) * sin(a) / (sqrt(b) + 1)"), names, 2, &err);
    for (size_t r = 0; r < ROWS; r++) {
        double       doubles[] = {f->rows[r][0].f, f->rows[r][1].f}, x = 0, y = 0;
        burin_value  slots[]   = {burin_float(doubles[0]), burin_float(doubles[1])};
        burin_status status    = burin_formula_doubles(direct, doubles, &x, &err);
        burin_error_clear(&err);
        assert_int_equal(status, burin_formula_double(direct, slots, &y, &err));
        burin_error_clear(&err);
        if (!status)
            check_same("doubles", "", r, VEC_FLOAT, (kernel_cell){.f = x}, (kernel_cell){.f = y});
    }
    assert_true(f->compiled - before >= 2);
    burin_formula_free(direct);
    burin_formula_free(formula);
    burin_formula_free(plain);
}

/* ---- columns ---- */

/* Natively and interpreted, by the public API: values, failures with their rows, rows without a value. */
static void columns_give_the_same_natively(void **state)
{
    static const char *const texts[] = {"a + b * i", "sqrt(a) if a > 0 else -1.5", "i * i * i", "i // j", "p and a > b", "(a if p else i) * 1.5", "min(a, b) > 3 or q", "i"};
    enum { MANY = 3000 };
    static double  a[MANY], b[MANY], results[2][MANY];
    static int64_t i[MANY], j[MANY];
    static uint8_t p[MANY], q[MANY], valid[MANY / 8];
    fixture       *f       = *state;
    burin_options  options = burin_options_default();
    options.scripts        = true;
    burin_env *plain       = burin_env_new(&options, NULL);
    unsigned   fails = 0, before = f->compiled;
    for (size_t r = 0; r < MANY; r++) {
        const kernel_cell *row = f->rows[r % ROWS];
        bool               bad = r % 1000 == 77;  /* an edge here and there: most blocks are to go natively */
        a[r] = bad ? row[0].f : 1.5 + (double)(r % 17), b[r] = 2.25, i[r] = bad ? row[2].i : (int64_t)(r % 100), j[r] = bad ? 0 : 3;
        p[r] = (uint8_t)(row[4].i * 7), q[r] = (uint8_t)row[5].i;
        valid[r / 8] |= (uint8_t)((r % 5 != 0) << r % 8);
    }
    burin_column_name called[INPUTS];
    burin_column      in[INPUTS] = {{BURIN_COLUMN_DOUBLE, a}, {BURIN_COLUMN_DOUBLE, b}, {BURIN_COLUMN_INT64, i}, {BURIN_COLUMN_INT64, j}, {BURIN_COLUMN_BOOL, p}, {BURIN_COLUMN_BOOL, q}};
    for (size_t n = 0; n < INPUTS; n++)
        called[n] = (burin_column_name){names[n], in[n].type};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (int with_nulls = 0; with_nulls < 2; with_nulls++) {
            burin_columns *c[2];
            in[0].validity = with_nulls ? valid : NULL;
            for (int n = 0; n < 2; n++)
                assert_non_null(c[n] = burin_columns_compile(n ? plain : f->env, (burin_text){texts[t], strlen(texts[t])}, called, INPUTS, NULL, NULL));
            for (size_t from = 0; from < MANY;) {
                uint8_t      bits[2][MANY / 8] = {{0}};
                burin_error  err[2] = {BURIN_ERROR_INIT, BURIN_ERROR_INIT};
                burin_status status[2];
                for (int n = 0; n < 2; n++) {
                    burin_column_out out = {BURIN_COLUMN_DOUBLE, results[n], 0, bits[n], NULL};
                    status[n]            = burin_columns_map(c[n], in, from, MANY, &out, &err[n]);
                }
                size_t end = status[0] ? burin_columns_failed_row(c[0]) : MANY;
                assert_int_equal(status[0], status[1]);
                assert_int_equal(burin_columns_failed_row(c[0]), burin_columns_failed_row(c[1]));
                if (status[0])
                    assert_string_equal(err[0].message, err[1].message);
                for (size_t r = from; r < end; r++) {
                    assert_int_equal(bits[0][r / 8] >> r % 8 & 1, bits[1][r / 8] >> r % 8 & 1);
                    if (bits[0][r / 8] >> r % 8 & 1)
                        check_same(texts[t], "columns", r, VEC_FLOAT, (kernel_cell){.f = results[0][r]}, (kernel_cell){.f = results[1][r]});
                }
                fails += status[0] != BURIN_OK;
                burin_error_clear(&err[0]);
                burin_error_clear(&err[1]);
                from = end + 1;
            }
            burin_columns_free(c[0]);
            burin_columns_free(c[1]);
        }
    assert_true(fails > 0);
    assert_true(f->compiled - before >= 14);
    burin_env_unref(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_operator_does_the_same_in_all_tiers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(divisors_are_looked_at_unless_they_are_never_0, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_expressions_do_the_same_in_all_tiers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fast_functions_are_close, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_region_goes_on_behind_a_part_that_failed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(formulas_use_them_and_say_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(columns_give_the_same_natively, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
