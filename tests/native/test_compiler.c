/* The compiler process as its clients see it: requests in, objects or reasons out, nothing left behind. */
#define _GNU_SOURCE
#include "codegen/jit/native.h"
#include "codegen/jit/protocol.h"
#include "codegen/jit/wire.h"
#include "parser/parser.h"
#include "runtime/builtins/builtins.h"

#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 120000 };

typedef struct fixture {
    rt_env      env;
    arena       memory;
    buf         bytes, answer;
    char        folder[64];
    int         fd;
    pid_t       child;
    uint32_t    number;
} fixture;

/* Every instruction of the language at least once, or nearly. */
static const char *const templates[] = {
    "",
    "text only",
    "{% for row in rows %}<tr>{% for c in row.values() %}<td>{{ c }}</td>{% endfor %}</tr>{% endfor %}",
    "{% macro m(a, b=1) %}{{ a ~ b }}{{ caller() }}{% endmacro %}{% call m(1) %}{{ 2.5 }}{% endcall %}{% block b scoped %}{{ [1, {'a': 2}] }}{% endblock %}",
    "{% for i in tree recursive %}{{ loop.index }}{{ loop(i.c) if i.c }}{% endfor %}{% include 'x' %}{% set ns = namespace(a=1) %}{% set ns.a = 2 %}",
    "{% extends 'base' %}{% from 'm' import f as g %}{{ x|join(', ')|upper }}{{ x is defined }}{% if a.b == 'c' and not d %}{{ 10**30 }}{% endif %}",
    "{% for a, b in x.items() if a % 2 == 0 %}{{ 'p' + a.q + b }}{{ loop.changed(a) }}{{ a[b] + 1 - 2 * 3 // 4 / 5 }}{{ x[1:2] }}{% else %}-{% endfor %}",
    "{% set t %}{{ a }}{% endset %}{% autoescape b %}{{ t }}{% filter upper %}x{% endfilter %}{% endautoescape %}{{ -a, +a, not a, a < b < c }}",
};

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_true(rt_env_init(&f->env, &base_malloc_allocator));
    f->env.depth_max = 400;
    f->memory        = arena_make(&base_malloc_allocator);
    f->bytes         = buf_make(&base_malloc_allocator);
    f->answer        = buf_make(&base_malloc_allocator);
    snprintf(f->folder, sizeof f->folder, P_tmpdir "/burin-test-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    *state = f;
    return 0;
}

/* Nothing of ours may be in the folder: then it can be removed. */
static int tear_down(void **state)
{
    fixture *f = *state;
    assert_int_equal(rmdir(f->folder), 0);
    buf_deinit(&f->bytes);
    buf_deinit(&f->answer);
    arena_deinit(&f->memory);
    rt_env_deinit(&f->env);
    free(f);
    return 0;
}

/* Start burin-jit; `option` and `value` may be NULL. */
static void start(fixture *f, const char *option, const char *value)
{
    const char *program = getenv("BURIN_JIT");
    char       *const arguments[]   = {"burin-jit", "--folder", f->folder, (char *)(uintptr_t)option, (char *)(uintptr_t)value, NULL};
    char       *const environment[] = {NULL};
    int         ends[2];
    posix_spawn_file_actions_t actions;
    assert_non_null(program);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 0);
    assert_int_equal(posix_spawn(&f->child, program, &actions, NULL, arguments, environment), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    f->fd = ends[0];
}

static protocol_kind receive(fixture *f)
{
    protocol_header header;
    assert_int_equal(protocol_receive(f->fd, &header, &f->answer, PATIENCE_MS), PROTOCOL_OK);
    assert_int_equal(header.number, f->number);
    return (protocol_kind)header.kind;
}

static void start_ready(fixture *f)
{
    start(f, NULL, NULL);
    f->number = 0;
    assert_int_equal(receive(f), PROTOCOL_READY);
}

/* Close the socket: the helper ends by itself. Its wait status. */
static int stop(fixture *f)
{
    int status = 0;
    close(f->fd);
    assert_int_equal(waitpid(f->child, &status, 0), f->child);
    return status;
}

static ir_program *compile(fixture *f, const char *text)
{
    source          src     = {.text = {text, strlen(text)}};
    codegen_options options = {.env = &f->env, .optimized = true};
    ast_node       *tree    = NULL;
    ir_program     *program = NULL;
    syntax          rules   = syntax_default;
    rules.nesting_max       = 200;
    assert_int_equal(parse_template(&f->memory, &src, &rules, &tree, NULL), BURIN_OK);
    assert_int_equal(codegen_compile(&options, &src, tree, false, &f->memory, &base_malloc_allocator, &program, NULL), BURIN_OK);
    return program;
}

static protocol_kind ask(fixture *f, const ir_program *program, wire_output output, uint32_t level)
{
    wire_request request = {.abi = native_abi(), .output = output, .level = level, .cpu = WIRE_CPU_BASE, .prefix = BURIN_TEXT("page_u"),
                            .program = program, .units = program->units, .unit_count = program->unit_count};
    f->bytes.len = 0;
    assert_true(wire_write(&request, &f->bytes));
    assert_int_equal(protocol_send(f->fd, PROTOCOL_REQUEST, ++f->number, buf_text(&f->bytes), (burin_text){NULL, 0}, PATIENCE_MS), PROTOCOL_OK);
    return receive(f);
}

static burin_text output_of(const fixture *f)
{
    assert_true(f->answer.len >= sizeof(protocol_result));
    return (burin_text){f->answer.data + sizeof(protocol_result), f->answer.len - sizeof(protocol_result)};
}

static bool holds(burin_text text, const void *part, size_t len) { return memmem(text.data, text.len, part, len) != NULL; }

/* ---- tests ---- */

static void every_template_gives_an_object_with_its_stamp_at_every_level(void **state)
{
    fixture *f = *state;
    start_ready(f);
    protocol_ready ready;
    memcpy(&ready, f->answer.data, sizeof ready);
    assert_true(ready.abi == native_abi());
    assert_true(builder_library_is_there(&ready.compiler));
    assert_non_null(strstr(ready.compiler.path, "/libgccjit.so"));
    assert_true(ready.compiler.version[0] >= 10);
    for (size_t n = 0; n < sizeof templates / sizeof templates[0]; n++) {
        ir_program *program = compile(f, templates[n]);
        for (uint32_t level = 0; level <= 2; level++) {
            assert_int_equal(ask(f, program, WIRE_OBJECT, level), PROTOCOL_OBJECT);
            native_stamp stamp = {.magic = NATIVE_STAMP_MAGIC, .abi = native_abi(), .request = wire_hash(buf_text(&f->bytes)), .cpu = WIRE_CPU_BASE, .level = level};
            memcpy(stamp.compiler, ready.compiler.version, sizeof stamp.compiler);
            memcpy(stamp.builder, ready.builder, sizeof stamp.builder);
            assert_true(holds(output_of(f), &stamp, sizeof stamp));
            assert_true(holds(output_of(f), "page_u0", 8));
            assert_memory_equal(output_of(f).data, "\177ELF", 4);
        }
        codegen_free(program);
    }
    assert_int_equal(stop(f), 0);
}

static void the_same_request_gives_the_same_bytes_in_another_process(void **state)
{
    fixture    *f       = *state;
    ir_program *program = compile(f, templates[3]);
    buf         first   = buf_make(&base_malloc_allocator);
    for (int round = 0; round < 2; round++) {
        start_ready(f);
        assert_int_equal(ask(f, program, WIRE_OBJECT, 2), PROTOCOL_OBJECT);
        if (round == 0)
            buf_append(&first, output_of(f).data, output_of(f).len);
        assert_int_equal(stop(f), 0);
    }
    assert_int_equal(first.len, output_of(f).len);
    assert_memory_equal(first.data, output_of(f).data, first.len);
    buf_deinit(&first);
    codegen_free(program);
}

static void people_can_read_assembler_and_c(void **state)
{
    fixture    *f       = *state;
    ir_program *program = compile(f, templates[2]);
    start_ready(f);
    assert_int_equal(ask(f, program, WIRE_ASSEMBLER, 1), PROTOCOL_OBJECT);
    assert_true(holds(output_of(f), "page_u0:", 8));
    assert_int_equal(ask(f, program, WIRE_C, 1), PROTOCOL_OBJECT);
    assert_true(holds(output_of(f), "page_u0 (", 9));
    assert_int_equal(stop(f), 0);
    codegen_free(program);
}

static void a_bad_request_is_refused_with_a_reason_and_the_next_is_served(void **state)
{
    fixture    *f       = *state;
    ir_program *program = compile(f, templates[2]);
    start_ready(f);
    assert_int_equal(protocol_send(f->fd, PROTOCOL_REQUEST, ++f->number, BURIN_TEXT("nonsense"), (burin_text){NULL, 0}, PATIENCE_MS), PROTOCOL_OK);
    assert_int_equal(receive(f), PROTOCOL_FAILED);
    assert_true(holds(buf_text(&f->answer), "no request", 10));
    assert_int_equal(ask(f, program, WIRE_OBJECT, 1), PROTOCOL_OBJECT);
    assert_int_equal(stop(f), 0);
    codegen_free(program);
}

static void without_an_assembler_it_says_so(void **state)
{
    fixture *f = *state;
    start(f, "--assembler", "/nonexistent/as");
    f->number = 0;
    assert_int_equal(receive(f), PROTOCOL_FAILED);
    assert_true(holds(buf_text(&f->answer), "assembler", 9));
    assert_true(WIFEXITED(stop(f)));
}

static void it_ends_in_the_middle_of_a_compilation_when_its_peer_goes(void **state)
{
    fixture    *f = *state;
    buf         text = buf_make(&base_malloc_allocator);
    for (int n = 0; n < 400; n++)
        buf_append_z(&text, "{% for a in x %}{{ a.b + a.c * 2 }}{% if a.d == 'e' %}{{ a.f }}{% endif %}{% endfor %}");
    buf_append_byte(&text, '\0');
    ir_program  *program = compile(f, text.data);
    wire_request request = {.abi = native_abi(), .level = 2, .cpu = WIRE_CPU_BASE, .prefix = BURIN_TEXT("page_u"), .program = program, .units = program->units,
                            .unit_count = program->unit_count};
    start_ready(f);
    f->bytes.len = 0;
    assert_true(wire_write(&request, &f->bytes));
    assert_int_equal(protocol_send(f->fd, PROTOCOL_REQUEST, ++f->number, buf_text(&f->bytes), (burin_text){NULL, 0}, PATIENCE_MS), PROTOCOL_OK);
    usleep(100000);
    assert_int_equal(stop(f), 0);
    codegen_free(program);
    buf_deinit(&text);
}

static void what_a_killed_process_left_behind_goes_with_the_next_one(void **state)
{
    fixture    *f       = *state;
    ir_program *program = compile(f, templates[2]);
    start_ready(f);
    kill(f->child, SIGKILL);
    assert_true(WIFSIGNALED(stop(f)));
    start_ready(f);
    assert_int_equal(ask(f, program, WIRE_OBJECT, 0), PROTOCOL_OBJECT);
    assert_int_equal(stop(f), 0);
    codegen_free(program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_template_gives_an_object_with_its_stamp_at_every_level, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_request_gives_the_same_bytes_in_another_process, set_up, tear_down),
        cmocka_unit_test_setup_teardown(people_can_read_assembler_and_c, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bad_request_is_refused_with_a_reason_and_the_next_is_served, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_an_assembler_it_says_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_ends_in_the_middle_of_a_compilation_when_its_peer_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_killed_process_left_behind_goes_with_the_next_one, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
