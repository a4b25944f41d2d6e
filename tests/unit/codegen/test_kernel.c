/* Kernels without a compiler: what they give, when they fail, how they travel, and what is refused. */
#include "codegen/kernel/wire.h"
#include "parser/script.h"
#include "runtime/builtins/builtins.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { A, B, I, J, P, INPUTS };

typedef struct fixture {
    rt_env env;
    arena  memory;
    buf    bytes;
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_true(rt_env_init(&f->env, &base_malloc_allocator));
    assert_true(rt_env_add_python(&f->env));
    f->memory = arena_make(&base_malloc_allocator);
    f->bytes  = buf_make(&base_malloc_allocator);
    *state    = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    buf_deinit(&f->bytes);
    arena_deinit(&f->memory);
    rt_env_deinit(&f->env);
    free(f);
    return 0;
}

static kernel_added add(fixture *f, kernel *k, const char *text, uint32_t cell, vec_type *type)
{
    static const kernel_name names[INPUTS + 1] = {
        {{"a", 1}, VEC_FLOAT, true, A}, {{"b", 1}, VEC_FLOAT, true, B}, {{"i", 1}, VEC_INT, true, I},
        {{"j", 1}, VEC_INT, true, J},   {{"p", 1}, VEC_BOOL, true, P},  {{"s", 1}, VEC_BOOL, false, 0}};
    script_options options = {.nesting_max = 200, .source_max = 1000};
    source        *src     = arena_zalloc(&f->memory, sizeof *src);
    ast_node      *tree    = NULL;
    assert_non_null(src);
    src->text = (burin_text){text, strlen(text)};
    assert_int_equal(parse_script_expression(&f->memory, src, &options, &tree, NULL), BURIN_OK);
    return kernel_add(k, &f->env, tree, names, INPUTS + 1, (kernel_wish){0}, cell, type);
}

static const struct {
    const char *text;
    vec_type    type;
    bool        fails;
    kernel_cell value;
} cases[] = { /* a 1.5, b -0.0, i 7, j -2, p true */
    {"a + b * 2", VEC_FLOAT, false, {.f = 1.5}},
    {"i // j", VEC_INT, false, {.i = -4}},
    {"i % j", VEC_INT, false, {.i = -1}},
    {"i / 0", VEC_FLOAT, true, {0}},
    {"1 / b if b else a", VEC_FLOAT, false, {.f = 1.5}},
    {"b and 1 / b", VEC_FLOAT, false, {.f = -0.0}},
    {"i << 62", VEC_INT, true, {0}},
    {"-1 << 63 if i > 10 else j", VEC_INT, false, {.i = -2}},
    {"0 < a < i and not p", VEC_BOOL, false, {.i = 0}},
    {"p or 1 / b > 0", VEC_BOOL, false, {.i = 1}},
    {"sqrt(j)", VEC_FLOAT, true, {0}},
    {"i in (1, 7) and j not in (3, 4)", VEC_BOOL, false, {.i = 1}},
    {"max(i, j, 3)", VEC_INT, false, {.i = 7}},
    {"9007199254740993 < a", VEC_BOOL, true, {0}},
    {"5", VEC_INT, false, {.i = 5}},
};

static void fill(kernel_cell *room)
{
    room[A].f = 1.5, room[B].f = -0.0, room[I].i = 7, room[J].i = -2, room[P].i = 1;
}

static void expressions_give_their_values_or_fail(void **state)
{
    fixture *f = *state;
    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
        kernel  *k = kernel_new(&f->memory, INPUTS + 1);
        vec_type type;
        kernel_added added = add(f, k, cases[n].text, INPUTS, &type);
        if (added == KERNEL_NOT_POSSIBLE && cases[n].fails)
            continue; /* what only constants make fail is none */
        assert_int_equal(added, KERNEL_ADDED);
        assert_null(kernel_check(k));
        kernel_cell *room = arena_alloc(&f->memory, k->place_count * sizeof *room);
        kernel_prepare(k, room);
        fill(room);
        if (kernel_run(k, room, 0) != !cases[n].fails)
            fail_msg("%s: %s", cases[n].text, cases[n].fails ? "does not fail" : "fails");
        assert_int_equal(type, cases[n].type);
        if (!cases[n].fails && room[INPUTS].i != cases[n].value.i)
            fail_msg("%s gives %.17g (%lld)", cases[n].text, room[INPUTS].f, (long long)room[INPUTS].i);
    }
}

static void what_is_not_possible_leaves_the_kernel_as_it_was(void **state)
{
    static const char *const texts[] = {"a + s", "[a]", "nothing + 1", "a + 'x'", "a if p else i", "10 ** 30 + i", "len((1, 2))"};
    fixture *f = *state;
    kernel  *k = kernel_new(&f->memory, INPUTS + 2);
    vec_type type;
    assert_int_equal(add(f, k, "a * b + 1 if p else b", INPUTS, &type), KERNEL_ADDED);
    uint32_t steps = k->step_count, places = k->place_count, ways = k->way_count;
    for (size_t n = 0; n < sizeof texts / sizeof *texts; n++) {
        assert_int_equal(add(f, k, texts[n], INPUTS + 1, &type), KERNEL_NOT_POSSIBLE);
        assert_true(k->step_count == steps && k->place_count == places && k->way_count == ways && k->part_count == 1);
    }
    assert_int_equal(add(f, k, "i + 1", INPUTS + 1, &type), KERNEL_ADDED);
    assert_null(kernel_check(k));
    assert_true(kernel_reads(k, P) && kernel_reads(k, I) && !kernel_reads(k, J));
}

static void write_region(fixture *f)
{
    kernel  *k = kernel_new(&f->memory, INPUTS + 3);
    vec_type type;
    assert_int_equal(add(f, k, "(a + b) * sin(a) if p and a < b < 3 else 0.5", INPUTS, &type), KERNEL_ADDED);
    assert_int_equal(add(f, k, "i * i // (j if j else 1) + True", INPUTS + 1, &type), KERNEL_ADDED);
    assert_int_equal(add(f, k, "p or i > j", INPUTS + 2, &type), KERNEL_ADDED);
    f->bytes.len           = 0;
    kernel_request request = {{.abi = 42, .level = 2, .cpu = 3}, KERNEL_OF_CELLS, false, k};
    assert_true(kernel_wire_write(&request, &f->bytes));
}

static void what_is_read_is_what_was_written(void **state)
{
    fixture       *f = *state;
    kernel_request request;
    buf            again = buf_make(&base_malloc_allocator);
    write_region(f);
    assert_true(kernel_wire_is(buf_text(&f->bytes)));
    assert_null(kernel_wire_read(buf_text(&f->bytes), &f->memory, &request));
    assert_true(request.how.abi == 42 && request.how.level == 2 && request.how.cpu == 3 && request.shape == KERNEL_OF_CELLS);
    assert_true(kernel_wire_write(&request, &again));
    assert_int_equal(again.len, f->bytes.len);
    assert_memory_equal(again.data, f->bytes.data, again.len);
    buf_deinit(&again);
}

/* Cut off anywhere it is refused; changed in one bit it is, or is still a kernel that can be run. */
static void other_bytes_are_refused_or_can_be_run(void **state)
{
    fixture       *f = *state;
    kernel_request request;
    unsigned       refused = 0;
    write_region(f);
    for (size_t len = 0; len < f->bytes.len; len++)
        assert_non_null(kernel_wire_read((burin_text){f->bytes.data, len}, &f->memory, &request));
    for (size_t bit = 0; bit < 8 * f->bytes.len; bit++) {
        f->bytes.data[bit / 8] ^= (char)(1 << bit % 8);
        if (kernel_wire_read(buf_text(&f->bytes), &f->memory, &request)) {
            refused++;
        } else {
            kernel_cell *room = arena_zalloc(&f->memory, request.kernel->place_count * sizeof *room);
            kernel_prepare(request.kernel, room);
            assert_true(kernel_run(request.kernel, room, 0) <= request.kernel->part_count);
        }
        f->bytes.data[bit / 8] ^= (char)(1 << bit % 8);
    }
    assert_true(refused > 4 * f->bytes.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(expressions_give_their_values_or_fail, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_possible_leaves_the_kernel_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_read_is_what_was_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_bytes_are_refused_or_can_be_run, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
