/* Requests to the compiler as bytes: what is read is what was written, and nothing else is accepted. */
#include "burin/struct.h"
#include "codegen/jit/native.h"
#include "codegen/jit/wire.h"
#include "parser/parser.h"
#include "parser/script.h"
#include "runtime/builtins/builtins.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const templates[] = {
    "",
    "text only",
    "{% for row in rows %}<tr>{% for c in row.values() %}<td>{{ c }}</td>{% endfor %}</tr>{% endfor %}",
    "{% macro m(a, b=1) %}{{ a ~ b }}{{ caller() }}{% endmacro %}{% call m(1) %}{{ 2.5 }}{% endcall %}{% block b scoped %}{{ [1, {'a': 2}] }}{% endblock %}",
    "{% for i in tree recursive %}{{ loop.index }}{{ loop(i.c) if i.c }}{% endfor %}{% include 'x' %}{% set ns = namespace(a=1) %}{% set ns.a = 2 %}",
    "{% extends 'base' %}{% from 'm' import f as g %}{{ x|join(', ')|upper }}{{ x is defined }}{% if a.b == 'c' and not d %}{{ 10**30 }}{% endif %}",
};

typedef struct fixture {
    rt_env      env;
    arena       memory;
    ir_program *program;
    buf         bytes;
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_true(rt_env_init(&f->env, &base_malloc_allocator));
    f->env.depth_max = 400;
    f->memory        = arena_make(&base_malloc_allocator);
    f->bytes         = buf_make(&base_malloc_allocator);
    *state           = f;
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

/* The request for all units of the template, as bytes. */
static void write_template(fixture *f, const char *text, bool debug)
{
    source          src     = {.text = {text, strlen(text)}};
    codegen_options options = {.env = &f->env, .optimized = true};
    ast_node       *tree    = NULL;
    syntax          rules   = syntax_default;
    rules.nesting_max       = 200;
    assert_int_equal(parse_template(&f->memory, &src, &rules, &tree, NULL), BURIN_OK);
    assert_int_equal(codegen_compile(&options, &src, tree, false, &f->memory, &base_malloc_allocator, &f->program, NULL), BURIN_OK);
    wire_request request = {.abi = native_abi(), .level = 1, .cpu = WIRE_CPU_BASE, .debug = debug, .prefix = BURIN_TEXT(NATIVE_PREFIX), .name = BURIN_TEXT("page.html"),
                            .program = f->program, .units = f->program->units, .unit_count = f->program->unit_count};
    f->bytes.len = 0;
    assert_true(wire_write(&request, &f->bytes));
}

static const char *read_bytes(fixture *f, const char *bytes, size_t len, wire_request *out)
{
    return wire_read((burin_text){bytes, len}, &f->memory, out);
}

static void what_is_read_writes_the_same_bytes(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < 2 * (sizeof templates / sizeof templates[0]); i++) {
        wire_request read;
        buf          again = buf_make(&base_malloc_allocator);
        write_template(f, templates[i / 2], i % 2);
        assert_null(read_bytes(f, f->bytes.data, f->bytes.len, &read));
        assert_true(read.abi == native_abi());
        assert_int_equal(read.unit_count, f->program->unit_count);
        for (uint32_t n = 0; n < read.unit_count; n++) {
            assert_int_equal(read.units[n]->code_len, f->program->units[n]->code_len);
            assert_memory_equal(read.units[n]->code, f->program->units[n]->code, read.units[n]->code_len * sizeof(ir_insn));
        }
        assert_true(wire_write(&read, &again));
        assert_int_equal(again.len, f->bytes.len);
        assert_memory_equal(again.data, f->bytes.data, again.len);
        buf_deinit(&again);
        codegen_free(f->program);
    }
}

static void lines_are_sent_only_for_debuggers(void **state)
{
    fixture     *f = *state;
    wire_request read;
    write_template(f, "a\n{{ b }}\n{{ c }}", true);
    assert_null(read_bytes(f, f->bytes.data, f->bytes.len, &read));
    assert_true(text_is(read.name, "page.html"));
    assert_int_equal(ir_place_of(read.units[0], read.units[0]->code_len - 1)->line, 3);
    codegen_free(f->program);
    write_template(f, "a\n{{ b }}\n{{ c }}", false);
    assert_null(read_bytes(f, f->bytes.data, f->bytes.len, &read));
    assert_int_equal(read.name.len, 0);
    assert_int_equal(read.units[0]->place_count, 0);
    codegen_free(f->program);
}

static void requests_for_one_unit_do_not_carry_the_others(void **state)
{
    fixture     *f = *state;
    wire_request read;
    write_template(f, templates[3], false);
    buf          one     = buf_make(&base_malloc_allocator);
    wire_request request = {.level = 2, .cpu = 3, .prefix = BURIN_TEXT("site_1_u"), .program = f->program, .units = f->program->units + 1, .unit_count = 1};
    assert_true(f->program->unit_count > 2);
    assert_true(wire_write(&request, &one));
    assert_null(read_bytes(f, one.data, one.len, &read));
    assert_int_equal(read.unit_count, 1);
    assert_int_equal(read.units[0]->index, 1);
    assert_int_equal(read.level, 2);
    assert_int_equal(read.cpu, 3);
    assert_true(text_is(read.prefix, "site_1_u"));
    buf_deinit(&one);
    codegen_free(f->program);
}

static void a_prefix_that_is_no_identifier_is_refused(void **state)
{
    static const burin_text wrong[] = {BURIN_TEXT(""), BURIN_TEXT("1a"), BURIN_TEXT("a b"), BURIN_TEXT("a\n.globl b"), BURIN_TEXT("\xc3\xa4")};
    fixture                *f       = *state;
    wire_request            read;
    write_template(f, templates[3], false);
    for (size_t n = 0; n < sizeof wrong / sizeof wrong[0]; n++) {
        buf          bytes   = buf_make(&base_malloc_allocator);
        wire_request request = {.level = 2, .cpu = 3, .prefix = wrong[n], .program = f->program, .units = f->program->units, .unit_count = 1};
        assert_true(wire_write(&request, &bytes));
        assert_string_equal(read_bytes(f, bytes.data, bytes.len, &read), "the prefix of symbols is no identifier");
        buf_deinit(&bytes);
    }
    codegen_free(f->program);
}

static void what_is_cut_off_or_followed_by_more_is_refused(void **state)
{
    fixture     *f = *state;
    wire_request read;
    write_template(f, templates[3], true);
    for (size_t len = 0; len < f->bytes.len; len++) {
        char *cut = malloc(len + 1); /* of its own, so that reading past the end is seen */
        assert_non_null(cut);
        memcpy(cut, f->bytes.data, len);
        assert_non_null(read_bytes(f, cut, len, &read));
        free(cut);
    }
    buf_append_byte(&f->bytes, 'x');
    assert_string_equal(read_bytes(f, f->bytes.data, f->bytes.len, &read), "bytes follow the request");
    codegen_free(f->program);
}

static void damaged_bytes_are_refused_or_still_pass_the_verifier(void **state)
{
    fixture *f = *state;
    unsigned refused = 0;
    write_template(f, templates[2], true);
    for (size_t at = 0; at < f->bytes.len; at++)
        for (unsigned bit = 0; bit < 8; bit++) {
            wire_request read;
            f->bytes.data[at] = (char)(f->bytes.data[at] ^ 1 << bit);
            if (read_bytes(f, f->bytes.data, f->bytes.len, &read))
                refused++;
            else
                for (uint32_t n = 0; n < read.unit_count; n++)
                    assert_true(ir_verify(read.program, read.units[n]));
            f->bytes.data[at] = (char)(f->bytes.data[at] ^ 1 << bit);
        }
    assert_true(refused > f->bytes.len); /* most of them */
    codegen_free(f->program);
}

static void requests_are_told_apart_by_their_hash(void **state)
{
    fixture *f = *state;
    write_template(f, "{{ a }}", false);
    uint64_t first = wire_hash(buf_text(&f->bytes));
    assert_true(first == wire_hash(buf_text(&f->bytes)));
    codegen_free(f->program);
    write_template(f, "{{ a }}.", false);
    assert_true(first != wire_hash(buf_text(&f->bytes)));
    codegen_free(f->program);
}

static void members_are_carried_in_the_order_of_their_sites(void **state)
{
    fixture     *f         = *state;
    wire_member  members[] = {{.site = 0, .word = 7, .head = 9, .offset = 16, .length_offset = -8, .form = BURIN_FORM_TEXT, .is_pointer = true}, {.site = 0, .word = 8}};
    wire_request read, request;
    write_template(f, "{{ a.b }}", false);
    request = (wire_request){.level = 1, .cpu = WIRE_CPU_BASE, .prefix = BURIN_TEXT("u"), .program = f->program, .units = f->program->units,
                             .unit_count = f->program->unit_count, .members = members, .member_count = 2};
    f->bytes.len = 0;
    assert_true(wire_write(&request, &f->bytes));
    assert_null(read_bytes(f, f->bytes.data, f->bytes.len, &read));
    assert_int_equal(read.member_count, 2);
    assert_true(read.members[0].word == 7 && read.members[0].head == 9 && read.members[1].word == 8);
    assert_true(read.members[0].offset == 16 && read.members[0].length_offset == -8 && read.members[0].form == BURIN_FORM_TEXT && read.members[0].is_pointer);
    members[1].site = f->program->site_count;
    f->bytes.len    = 0;
    assert_true(wire_write(&request, &f->bytes));
    assert_string_equal(read_bytes(f, f->bytes.data, f->bytes.len, &read), "members are out of order");
    codegen_free(f->program);
}

static void handlers_are_carried_and_must_lead_somewhere(void **state)
{
    static const char text[] = "def f(a):\n    try:\n        return (x for x in a)\n    except ValueError as e:\n        print(e)\n    finally:\n        a = 1\n";
    fixture          *f         = *state;
    source            src       = {.text = {text, sizeof text - 1}};
    script_options    rules     = {.nesting_max = 200};
    codegen_options   options   = {.env = &f->env, .optimized = true};
    ast_node         *tree      = NULL;
    wire_request      read;
    assert_int_equal(parse_script(&f->memory, &src, &rules, &tree, NULL), BURIN_OK);
    assert_int_equal(codegen_compile_script(&options, &src, tree, NULL, 0, &f->memory, &base_malloc_allocator, &f->program, NULL), BURIN_OK);
    wire_request request = {.level = 1, .cpu = WIRE_CPU_BASE, .prefix = BURIN_TEXT("u"), .program = f->program, .units = f->program->units,
                            .unit_count = f->program->unit_count};
    assert_true(wire_write(&request, &f->bytes));
    assert_null(read_bytes(f, f->bytes.data, f->bytes.len, &read));
    assert_int_equal(read.unit_count, 3);
    assert_true(read.program->is_script);
    assert_int_equal(read.units[2]->kind, UNIT_GENERATOR);
    const ir_unit *function = read.units[1];
    assert_int_equal(function->variables, f->program->units[1]->variables);
    assert_true(function->handler_count >= 2);
    for (uint32_t n = 0, given = 0; n < function->handler_count; n++, given++) {
        const ir_handler *row = &f->program->units[1]->handlers[given];
        while (!row->catches)
            row = &f->program->units[1]->handlers[++given];
        assert_true(function->handlers[n].start == row->start && function->handlers[n].end == row->end && function->handlers[n].target == row->target);
    }
    ir_handler *row = f->program->units[1]->handlers;
    while (!row->catches)
        row++;
    const ir_handler was = *row;
    const ir_handler wrong[] = {{was.end, was.start, was.target, was.reg, true}, {was.start, UINT32_MAX, was.target, was.reg, true},
                                {was.start, was.end, UINT32_MAX, was.reg, true}, {was.start, was.end, was.target, UINT16_MAX, true}};
    for (size_t n = 0; n < sizeof wrong / sizeof wrong[0]; n++) {
        *row         = wrong[n];
        f->bytes.len = 0;
        assert_true(wire_write(&request, &f->bytes));
        assert_string_equal(read_bytes(f, f->bytes.data, f->bytes.len, &read), "a handler covers no instructions, or leads nowhere");
    }
    codegen_free(f->program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_read_writes_the_same_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lines_are_sent_only_for_debuggers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(requests_for_one_unit_do_not_carry_the_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_prefix_that_is_no_identifier_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_cut_off_or_followed_by_more_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged_bytes_are_refused_or_still_pass_the_verifier, set_up, tear_down),
        cmocka_unit_test_setup_teardown(members_are_carried_in_the_order_of_their_sites, set_up, tear_down),
        cmocka_unit_test_setup_teardown(requests_are_told_apart_by_their_hash, set_up, tear_down),
        cmocka_unit_test_setup_teardown(handlers_are_carried_and_must_lead_somewhere, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
