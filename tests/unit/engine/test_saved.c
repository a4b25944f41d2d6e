/* Saved programs: what is loaded, in another environment, does what the text does; what is damaged is refused. */
#include "engine_test.h"

static const char *const scripts[] = {
    "",
    "1 + 2",
    "x = 3\ny = x ** 70\nprint(x, y, 2j, 1e400, 'a\\0b', b'\\xff')\n[x, {'k': (1, 2.5)}, {4}, ...]",
    "def fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\nfib(12)",
    "def f(a, /, b=2, *c, d, e=5, **g):\n    return a, b, c, d, e, g\nprint(f(1, d=4), f(1, 2, 3, d=4, e=6, z=7))\nf(1)",
    "def outer():\n    n = 0\n    def inner():\n        nonlocal n\n        global total\n        n += 1\n        total = n * 10\n        return n\n    return inner\n"
    "g = outer()\ng()\ng()\ntotal",
    "def gen(n):\n    return (i * i for i in range(n) if i != 1)\nprint(list(gen(4)), any(v > 3 for v in gen(9)))\nnext(gen(2))",
    "try:\n    try:\n        {}['k']\n    except (ValueError, KeyError) as e:\n        print(repr(e))\n        raise RuntimeError('r') from e\n    finally:\n        print('finally')\n"
    "except RuntimeError as e:\n    x = [str(e), e.args]\nx",
    "print([i for i in range(5) if i % 2], {k: v for k, v in zip('ab', (1, 2))}, sum(i for i in (1, 2)), f'{3.14159:.2f} {\"a\"!r}')",
    "a, (b, *c), d = 1, (2, 3, 4), 5\nfor i, x in enumerate([a, b, c, d]):\n    if i == 2:\n        continue\n    print(i, x)\nelse:\n    del a\na",
    "print(sin(0.5), max(3, 4), sorted([3, 1], key=lambda v: -v), isinstance(1, int), len('abc'), int, ValueError)",
    "def deep(n):\n    return 1 // n if n == 0 else deep(n - 1)\n\n\ndeep(3)",
    "len = 4\nlen + 1",
    "while True:\n    pass",
    "def named(n, seen):\n    seen.append(n)\n    return n\nseen = []\nprint(' '.join([named('a', seen), named('b', seen)]).upper(), seen)\n(1).nothing(named('c', seen))",
    "session",
    "session = session + [1]\nown = session",
};

static burin_env *script_env(uint64_t steps)
{
    burin_options options = burin_options_default();
    options.scripts       = true;
    options.limits.steps  = steps;
    burin_env *env        = burin_env_new(&options, NULL);
    assert_non_null(env);
    return env;
}

/* An interpreter whose session has names: of variables that the scripts use, and others. */
static burin_interpreter *session_of(burin_env *env)
{
    burin_interpreter *in   = burin_interpreter_new(env, NULL);
    burin_heap        *heap = burin_heap_new(NULL);
    assert_non_null(in);
    assert_int_equal(burin_interpreter_set(in, "unused", burin_int(1)), BURIN_OK);
    assert_int_equal(burin_interpreter_set(in, "session", data_of(heap, "[7]")), BURIN_OK);
    assert_int_equal(burin_interpreter_set(in, "total", burin_int(-1)), BURIN_OK);
    burin_heap_free(heap);
    return in;
}

static void assert_same_error(const char *script, const burin_error *a, const burin_error *b)
{
    if (a->status != b->status || strcmp(a->message ? a->message : "", b->message ? b->message : "") != 0 || a->line != b->line || a->column != b->column)
        fail_msg("%s: %s (%u:%u), saved %s (%u:%u)", script, a->message, a->line, a->column, b->message, b->line, b->column);
}

static void assert_same_run(const char *script, burin_interpreter *from_text, burin_interpreter *from_bytes, burin_text bytes)
{
    burin_error  a = BURIN_ERROR_INIT, b = BURIN_ERROR_INIT;
    burin_value  x, y;
    burin_limits used_a, used_b;
    burin_status first = burin_interpreter_run(from_text, text_z(script), "s.py", &x, &a);
    assert_int_equal(burin_interpreter_run_saved(from_bytes, bytes, &y, &b), first);
    assert_same_error(script, &a, &b);
    burin_text out_a = burin_interpreter_output(from_text), out_b = burin_interpreter_output(from_bytes);
    assert_int_equal(out_a.len, out_b.len);
    assert_memory_equal(out_a.data ? out_a.data : "", out_b.data ? out_b.data : "", out_a.len);
    if (first == BURIN_OK) {
        char *repr_a = burin_repr(x, NULL), *repr_b = burin_repr(y, NULL);
        assert_string_equal(repr_a, repr_b);
        free(repr_a);
        free(repr_b);
    }
    burin_interpreter_used(from_text, &used_a);
    burin_interpreter_used(from_bytes, &used_b);
    assert_int_equal(used_a.steps, used_b.steps);
    burin_error_clear(&a);
    burin_error_clear(&b);
}

static void a_saved_script_does_what_its_text_does(void **state)
{
    burin_env *here = script_env(50000), *there = script_env(50000);
    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        burin_error err = BURIN_ERROR_INIT;
        char       *bytes;
        size_t      len;
        if (burin_script_save(here, text_z(scripts[i]), "s.py", &bytes, &len, &err))
            fail_msg("%s: %s", scripts[i], err.message);
        burin_interpreter *a = session_of(here), *b = session_of(there);
        for (int run = 0; run < 2; run++) /* the second time it is not loaded again */
            assert_same_run(scripts[i], a, b, (burin_text){bytes, len});
        free(bytes);
        burin_value own = burin_interpreter_get(b, "own"); /* the session's values do not live in the bytes */
        char       *repr = own.kind == BURIN_MISSING ? NULL : burin_repr(own, NULL);
        if (repr)
            assert_string_equal(repr, "[7, 1, 1]");
        free(repr);
        burin_interpreter_free(a);
        burin_interpreter_free(b);
    }
    burin_env_unref(here);
    burin_env_unref(there);
}

static void scripts_follow_each_other_in_a_session(void **state)
{
    static const char *const parts[] = {"a = 1\ndef f():\n    return a, b\n", "c = 5\nb = 2\n", "a = b + c\nf()"};
    burin_env         *env = script_env(0);
    burin_interpreter *in  = burin_interpreter_new(env, NULL);
    burin_value        value;
    (void)state;
    for (size_t n = 0; n < 3; n++) {
        char  *bytes;
        size_t len;
        assert_int_equal(burin_script_save(env, text_z(parts[n]), NULL, &bytes, &len, NULL), BURIN_OK);
        assert_int_equal(burin_interpreter_run_saved(in, (burin_text){bytes, len}, &value, NULL), BURIN_OK);
        free(bytes);
    }
    char *repr = burin_repr(value, NULL);
    assert_string_equal(repr, "(7, 2)");
    free(repr);
    assert_int_equal(burin_interpreter_eval(in, BURIN_TEXT("a + b + c"), &value, NULL), BURIN_OK);
    assert_int_equal(value.as.i, 14);
    burin_interpreter_free(in);
    burin_env_unref(env);
}

static burin_formula *saved_formula(burin_env *env, const char *text, char **bytes, size_t *len)
{
    static const char *const names[] = {"a", "b"};
    burin_formula           *f       = burin_formula_compile(env, text_z(text), names, 2, NULL);
    assert_non_null(f);
    assert_int_equal(burin_formula_save(f, bytes, len, NULL), BURIN_OK);
    return f;
}

static void a_saved_formula_gives_the_same_values(void **state)
{
    static const char *const texts[] = {"a + b", "((a + b) * sin(a)) / (sqrt(b) + 1)", "[x * b for x in range(int(a))]", "(lambda n=b: n)()", "a // (b - 2)",
                                        "nothing", "2 ** 100 + a", "max(a, b) if a > b else f'{a}'"};
    const burin_value        slots[] = {burin_float(3.5), burin_int(2)};
    burin_env               *here = script_env(0), *there = script_env(0);
    (void)state;
    for (size_t n = 0; n < sizeof texts / sizeof texts[0]; n++) {
        burin_error    a = BURIN_ERROR_INIT, b = BURIN_ERROR_INIT;
        burin_value    x, y;
        char          *bytes;
        size_t         len;
        burin_formula *f = saved_formula(here, texts[n], &bytes, &len), *g = burin_formula_load(there, (burin_text){bytes, len}, &b);
        free(bytes);
        if (!g)
            fail_msg("%s: %s", texts[n], b.message);
        burin_status status = burin_formula_eval(f, slots, &x, &a);
        assert_int_equal(burin_formula_eval(g, slots, &y, &b), status);
        assert_same_error(texts[n], &a, &b);
        char *repr_x = status ? NULL : burin_repr(x, NULL), *repr_y = status ? NULL : burin_repr(y, NULL);
        if (repr_x)
            assert_string_equal(repr_x, repr_y);
        free(repr_x);
        free(repr_y);
        burin_error_clear(&a);
        burin_error_clear(&b);
        burin_formula_free(f);
        burin_formula_free(g);
    }
    burin_env_unref(here);
    burin_env_unref(there);
}

/* Bytes that cannot be loaded, in a block of their own so that reading past the end is seen. */
static void assert_refused(burin_env *env, const char *bytes, size_t len, const char *why)
{
    burin_error err  = BURIN_ERROR_INIT;
    char       *copy = malloc(len + 1);
    memcpy(copy, bytes, len);
    assert_null(burin_formula_load(env, (burin_text){copy, len}, &err));
    assert_int_equal(err.status, BURIN_ERR_USAGE);
    if (!strstr(err.message, why))
        fail_msg("%zu bytes: %s, not %s", len, err.message, why);
    burin_error_clear(&err);
    free(copy);
}

static void what_is_damaged_is_refused(void **state)
{
    burin_env     *env = script_env(0);
    char          *bytes;
    size_t         len;
    burin_formula *f = saved_formula(env, "sin(a) + b * 2.5", &bytes, &len);
    (void)state;
    for (size_t cut = 0; cut < len; cut++)
        assert_refused(env, bytes, cut, "the saved program cannot be used: it ");
    for (size_t at = 0; at < len; at++) {
        bytes[at] ^= (char)(1 << (at & 7));
        assert_refused(env, bytes, len, "the saved program cannot be used: it ");
        bytes[at] ^= (char)(1 << (at & 7));
    }
    burin_formula *good = burin_formula_load(env, (burin_text){bytes, len}, NULL);
    assert_non_null(good);
    burin_formula_free(good);
    burin_formula_free(f);
    free(bytes);
    burin_env_unref(env);
}

static burin_status twice(burin_call *call, burin_value *out)
{
    *out = burin_int(2 * burin_arg(call, 0).as.i);
    return BURIN_OK;
}

static void programs_are_for_what_they_were_made_for(void **state)
{
    const burin_value slots[] = {burin_int(21), burin_int(0)};
    burin_options     other   = burin_options_default();
    burin_env        *env = script_env(0), *bare = script_env(0), *full = script_env(0);
    burin_value       value;
    char             *bytes, *script;
    size_t            len, script_len;
    (void)state;
    assert_int_equal(burin_env_add_function(env, "twice", "n", twice, NULL, 0), BURIN_OK);
    assert_int_equal(burin_env_add_function(full, "twice", "n", twice, NULL, 0), BURIN_OK);
    burin_formula *f = saved_formula(env, "twice(a)", &bytes, &len);
    assert_refused(bare, bytes, len, "the environment has no builtin named twice");
    burin_formula *g = burin_formula_load(full, (burin_text){bytes, len}, NULL);
    assert_int_equal(burin_formula_eval(g, slots, &value, NULL), BURIN_OK);
    assert_int_equal(value.as.i, 42);
    other.scripts             = true;
    other.limits.integer_bits = 5000;
    burin_env *different      = burin_env_new(&other, NULL);
    assert_refused(different, bytes, len, "it was made with other options");
    assert_int_equal(burin_script_save(env, BURIN_TEXT("1"), NULL, &script, &script_len, NULL), BURIN_OK);
    assert_refused(env, script, script_len, "it is a script, no formula");
    burin_interpreter *in      = burin_interpreter_new(env, NULL);
    burin_profile      profile = {.without = 1u << BURIN_FEATURE_WHILE};
    burin_error        err     = BURIN_ERROR_INIT;
    assert_int_equal(burin_interpreter_run_saved(in, (burin_text){bytes, len}, NULL, &err), BURIN_ERR_USAGE);
    assert_string_equal(err.message, "the saved program cannot be used: it is a formula, no script");
    assert_int_equal(burin_interpreter_set_profile(in, &profile, NULL), BURIN_OK);
    assert_int_equal(burin_interpreter_run_saved(in, (burin_text){script, script_len}, NULL, &err), BURIN_ERR_USAGE);
    assert_string_equal(err.message, "a saved script is not run under a profile that forbids something");
    burin_error_clear(&err);
    burin_interpreter_free(in);
    free(script);
    free(bytes);
    burin_formula_free(f);
    burin_formula_free(g);
    burin_env_unref(env);
    burin_env_unref(bare);
    burin_env_unref(full);
    burin_env_unref(different);
}

static void what_does_not_compile_is_not_saved(void **state)
{
    burin_env  *env = script_env(0);
    burin_error err = BURIN_ERROR_INIT;
    char       *bytes;
    size_t      len;
    (void)state;
    assert_int_equal(burin_script_save(env, BURIN_TEXT("a = 1\nb = ("), "s.py", &bytes, &len, &err), BURIN_ERR_PYTHON_SYNTAX);
    assert_int_equal(err.line, 2);
    burin_error_clear(&err);
    burin_env_unref(env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_saved_script_does_what_its_text_does),
        cmocka_unit_test(scripts_follow_each_other_in_a_session),
        cmocka_unit_test(a_saved_formula_gives_the_same_values),
        cmocka_unit_test(what_is_damaged_is_refused),
        cmocka_unit_test(programs_are_for_what_they_were_made_for),
        cmocka_unit_test(what_does_not_compile_is_not_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
