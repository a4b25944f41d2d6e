/* Interpreters: scripts, their sessions, their limits. */
#include "engine_test.h"

#include "tests/support/budget.h"

static burin_env *script_env(void)
{
    burin_options options = burin_options_default();
    options.scripts       = true;
    return burin_env_new(&options, NULL);
}

static void scripts_print_what_python_prints(void **state)
{
    static const struct {
        const char *script, *output;
    } rows[] = {
        {"print(1 + 2, 'a', [1, 2.5])", "3 a [1, 2.5]\n"},
        {"n = 0\nfor i in range(10):\n    if i % 2: continue\n    n += i\nelse:\n    print('end')\nprint(n)", "end\n20\n"},
        {"n = 0\nwhile True:\n    n += 1\n    if n > 4: break\nelse:\n    print('never')\nprint(n)", "5\n"},
        {"def f(a, b=2, *c, k=5, **d): return a, b, c, k, d\nprint(f(1), f(*[1, 2, 3], **{'k': 7, 'z': 9}))",
         "(1, 2, (), 5, {}) (1, 2, (3,), 7, {'z': 9})\n"},
        {"def counter():\n    n = 0\n    def inc():\n        nonlocal n\n        n += 1\n        return n\n    return inc\nc = counter()\nprint(c(), c())", "1 2\n"},
        {"x = 5\nprint([x * y for x in range(3) for y in 'ab' if x], x)", "['a', 'b', 'aa', 'bb'] 5\n"},
        {"g = (i * i for i in [1, 2, 3])\nprint(next(g), list(g), list(g))", "1 [4, 9] []\n"},
        {"fs = [lambda: i for i in range(3)]\nprint([f() for f in fs])", "[2, 2, 2]\n"},
        {"a, *b, (c, d) = [1, 2, 3, (4, 5)]\nprint(a, b, c, d)", "1 [2, 3] 4 5\n"},
        {"a = 3\nprint(f'{a!r:>5}|{3.14159:.2f}|{a=}|{a:{a}}')", "    3|3.14|a=3|  3\n"},
        {"try:\n    1 / 0\nexcept (TypeError, ZeroDivisionError) as e:\n    print(e)\nelse:\n    print('no')\nfinally:\n    print('done')",
         "division by zero\ndone\n"},
        {"def f():\n    for i in range(3):\n        try:\n            if i: return i\n        finally:\n            print(i)\nprint(f())", "0\n1\n1\n"},
        {"def f():\n    for i in range(3):\n        try:\n            return 1\n        finally:\n            if i < 2: continue\n            print(i)\nprint(f())", "2\n1\n"},
        {"try:\n    try:\n        [][0]\n    except IndexError:\n        raise\nexcept LookupError as e:\n    print(type(e))", "<class 'IndexError'>\n"},
        {"d = {'a': [1]}\nd['a'] += [2]\nd['b'] = d['a'][::-1]\ndel d['a']\nprint(d, 1 < 2 < 3, 1 if d else 2)", "{'b': [2, 1]} True 1\n"},
        {"x = 1\nprint(x + (x := 5), x)", "6 5\n"},
        {"def f(n): return [str(i) for i in range(n)]\nprint(f(3))", "['0', '1', '2']\n"},
        {"y = 5\ndef f(): return [[(lambda: y * i)() for i in [1, 2]] for k in [0]]\nprint(f())", "[[5, 10]]\n"},
        {"print(sorted([3, 1, 2], key=lambda v: -v), list(map(lambda a, b: a + b, 'ab', 'cd')))", "[3, 2, 1] ['ac', 'bd']\n"},
    };
    burin_env *env = script_env();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_error        err = BURIN_ERROR_INIT;
        burin_interpreter *in  = burin_interpreter_new(env, NULL);
        if (burin_interpreter_run(in, text_z(rows[i].script), NULL, NULL, &err))
            fail_msg("%s: %s", rows[i].script, err.message);
        assert_text(burin_interpreter_output(in), rows[i].output);
        burin_interpreter_free(in);
    }
    burin_env_unref(env);
}

static void variables_and_functions_live_from_script_to_script(void **state)
{
    static const struct {
        const char *script, *repr;
    } rows[] = {
        {"def f(): return later + 1", "None"}, {"later = 41", "None"}, {"f()", "42"}, {"later += 1; f()", "43"}, {"len = 5; len", "5"},
        {"del len; len('abc')", "3"}, {"def g():\n    global made\n    made = 7", "None"}, {"g(); made", "7"}, {"f()", "43"}, {"given['k']", "[1, 2]"},
    };
    burin_env         *env  = script_env();
    burin_interpreter *in   = burin_interpreter_new(env, NULL);
    burin_heap        *data = burin_heap_new(NULL);
    (void)state;
    assert_int_equal(burin_interpreter_set(in, "given", data_of(data, "{\"k\": [1, 2]}")), BURIN_OK);
    burin_heap_free(data);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_error err = BURIN_ERROR_INIT;
        burin_value v;
        if (burin_interpreter_run(in, text_z(rows[i].script), NULL, &v, &err))
            fail_msg("%s: %s", rows[i].script, err.message);
        char *repr = burin_repr(v, NULL);
        assert_string_equal(repr, rows[i].repr);
        free(repr);
    }
    assert_int_equal(burin_interpreter_get(in, "made").as.i, 7);
    assert_int_equal(burin_interpreter_get(in, "nothing").kind, BURIN_MISSING);
    burin_interpreter_reset(in);
    assert_int_equal(burin_interpreter_get(in, "made").kind, BURIN_MISSING);
    burin_interpreter_free(in);
    burin_env_unref(env);
}

static void failures_have_pythons_class_message_and_place(void **state)
{
    static const struct {
        const char  *script;
        burin_status status;
        const char  *message;
        uint32_t     line;
        size_t       frames;
    } rows[] = {
        {"x = 1\ny", BURIN_ERR_NAME, "name 'y' is not defined", 2, 1},
        {"def f():\n    return z\n    z = 1\nf()", BURIN_ERR_UNBOUND, "cannot access local variable 'z' where it is not associated with a value", 2, 2},
        {"def f(a, *, k): pass\nf(1)", BURIN_ERR_TYPE, "f() missing 1 required keyword-only argument: 'k'", 2, 1},
        {"def f(): pass\nf(1)", BURIN_ERR_TYPE, "f() takes 0 positional arguments but 1 was given", 2, 1},
        {"def f(): raise ValueError('v')\ntry:\n    f()\nfinally:\n    print('x')", BURIN_ERR_VALUE, "v", 1, 2},
        {"raise", BURIN_ERR_GENERATOR, "No active exception to reraise", 1, 1},
        {"a, b = 1, 2, 3", BURIN_ERR_VALUE, "too many values to unpack (expected 2)", 1, 1},
        {"def f():\n    nonlocal q", BURIN_ERR_PYTHON_SYNTAX, "no binding for nonlocal 'q' found", 2, 0},
        {"assert 0, 'm'", BURIN_ERR_PY_ASSERTION, "m", 1, 1},
    };
    burin_env         *env = script_env();
    burin_interpreter *in  = burin_interpreter_new(env, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_error err = BURIN_ERROR_INIT;
        assert_int_equal(burin_interpreter_run(in, text_z(rows[i].script), NULL, NULL, &err), rows[i].status);
        assert_string_equal(err.message, rows[i].message);
        assert_int_equal(err.line, rows[i].line);
        assert_int_equal(err.frame_count, rows[i].frames);
        burin_error_clear(&err);
    }
    burin_interpreter_free(in);
    burin_env_unref(env);
}

static burin_status twice(burin_call *call, burin_value *out)
{
    int64_t n;
    if (!burin_as_int(burin_arg(call, 0), &n))
        return burin_raise(call, BURIN_ERR_TYPE, "twice needs an int");
    *out = burin_int(2 * n);
    return BURIN_OK;
}

static void scripts_and_formulas_have_what_the_host_adds(void **state)
{
    burin_env         *env  = script_env();
    burin_heap        *heap = burin_heap_new(NULL);
    burin_value        list = burin_list(heap, 1), value;
    burin_error        err  = BURIN_ERROR_INIT;
    int64_t            n;
    static const char *const names[] = {"x"};
    (void)state;
    burin_list_append(heap, list, burin_int(1));
    assert_int_equal(burin_env_add_function(env, "twice", "n", twice, NULL, BURIN_PURE), BURIN_OK);
    assert_int_equal(burin_env_set_global(env, "limit", burin_int(40)), BURIN_OK);
    assert_int_equal(burin_env_set_global(env, "seen", list), BURIN_OK);
    burin_formula *f = burin_formula_compile(env, BURIN_TEXT("twice(n=x) + limit"), names, 1, &err);
    assert_non_null(f);
    assert_int_equal(burin_formula_int64(f, (burin_value[]){burin_int(1)}, &n, &err), BURIN_OK);
    assert_int_equal(n, 42);
    assert_int_equal(burin_formula_int64(f, (burin_value[]){burin_string_borrow("a", 1)}, &n, &err), BURIN_ERR_TYPE);
    assert_string_equal(err.message, "twice needs an int");
    for (int session = 0; session < 2; session++) { /* what one changes is its own */
        burin_interpreter *in = burin_interpreter_new(env, &err);
        assert_int_equal(burin_interpreter_run(in, BURIN_TEXT("seen.append(twice(limit)); limit = 1; [seen, limit, twice(4)]"), NULL, &value, &err), BURIN_OK);
        char *repr = burin_repr(value, NULL);
        assert_string_equal(repr, "[[1, 80], 1, 8]");
        free(repr);
        burin_interpreter_free(in);
    }
    burin_error_clear(&err);
    burin_formula_free(f);
    burin_heap_free(heap);
    burin_env_unref(env);
}

/* Everything that a host function may not do with the interpreter that calls it, and what it may. */
static burin_status call_back(burin_call *call, burin_value *out)
{
    burin_interpreter *in      = *(burin_interpreter **)burin_call_data(call);
    burin_profile      profile = burin_profile_asteval();
    burin_error        err     = BURIN_ERROR_INIT;
    burin_value        value;
    assert_int_equal(burin_interpreter_run(in, BURIN_TEXT("a = 2"), NULL, NULL, &err), BURIN_ERR_USAGE);
    assert_string_equal(err.message, "the interpreter is in the middle of another run");
    assert_int_equal(burin_interpreter_eval(in, BURIN_TEXT("a"), &value, &err), BURIN_ERR_USAGE);
    assert_int_equal(value.kind, BURIN_MISSING);
    assert_int_equal(burin_interpreter_run_saved(in, BURIN_TEXT("saved"), NULL, &err), BURIN_ERR_USAGE);
    assert_string_equal(err.message, "the interpreter is in the middle of another run");
    assert_int_equal(burin_interpreter_set(in, "new", burin_int(1)), BURIN_ERR_USAGE);
    assert_int_equal(burin_interpreter_set_profile(in, &profile, &err), BURIN_ERR_USAGE);
    burin_interpreter_reset(in);
    *out = burin_interpreter_get(in, "a");
    assert_text(burin_interpreter_output(in), "before\n");
    burin_error_clear(&err);
    return BURIN_OK;
}

static burin_status run_within_sink(void *user, const char *data, size_t len)
{
    (void)data, (void)len;
    return burin_interpreter_run(*(burin_interpreter **)user, BURIN_TEXT("1"), NULL, NULL, NULL) == BURIN_ERR_USAGE ? BURIN_OK : BURIN_ERR_RUNTIME;
}

static void an_interpreter_is_not_run_within_itself(void **state)
{
    burin_env         *env = script_env();
    burin_interpreter *in  = NULL;
    burin_value        value;
    (void)state;
    assert_int_equal(burin_env_add_function(env, "call_back", "", call_back, &in, 0), BURIN_OK);
    in = burin_interpreter_new(env, NULL);
    for (int turn = 0; turn < 3; turn++) {
        assert_int_equal(burin_interpreter_run(in, BURIN_TEXT("a = 41; print('before'); call_back() + 1"), NULL, &value, NULL), BURIN_OK);
        assert_int_equal(value.as.i, 42);
    }
    burin_interpreter_set_sink(in, &(burin_sink){run_within_sink, &in});
    assert_int_equal(burin_interpreter_run(in, BURIN_TEXT("print(a)"), NULL, NULL, NULL), BURIN_OK);
    burin_interpreter_free(in);
    burin_env_unref(env);
}

static void a_profile_takes_parts_of_the_language_away(void **state)
{
    static const char *const readonly[] = {"price", "rate", NULL};
    static const struct {
        const char  *script;
        burin_status status;
        const char  *result; /* repr, or message */
    } rows[] = {
        {"x = 3\n[x for x in 'ab']", BURIN_ERR_NOT_IMPLEMENTED, "ListComp not supported"},
        {"x", BURIN_ERR_NAME, "name 'x' is not defined"}, /* nothing of it has run */
        {"1 if 2 else 3", BURIN_ERR_NOT_IMPLEMENTED, "IfExp not supported"},
        {"{i for i in 'a'}", BURIN_OK, "{'a'}"},
        {"price = 4", BURIN_ERR_NAME, "invalid symbol name (reserved word?) price"},
        {"def f():\n    for rate in []: pass", BURIN_ERR_NAME, "invalid symbol name (reserved word?) rate"},
        {"def price(): pass", BURIN_ERR_NAME, "invalid function name (reserved word?) price"},
        {"del price", BURIN_ERR_NAME, "invalid symbol name (reserved word?) price"},
        {"abs = 3", BURIN_ERR_NAME, "invalid symbol name (reserved word?) abs"},
        {"print('dropped'); price * 2", BURIN_OK, "14"},
        {"type(price)", BURIN_OK, "'int'"},
        {"pow(2, 3)", BURIN_OK, "8.0"},
        {"'a text that is longer than the profile allows'", BURIN_ERR_LIMIT, "the script's source is too large"},
    };
    burin_env         *env     = script_env();
    burin_interpreter *in      = burin_interpreter_new(env, NULL);
    burin_profile      profile = burin_profile_asteval();
    (void)state;
    assert_int_equal(profile.statement_max, 50000);
    profile.without           = 1u << BURIN_FEATURE_LISTCOMP | 1u << BURIN_FEATURE_IFEXP | 1u << BURIN_FEATURE_PRINT;
    profile.readonly          = readonly;
    profile.builtins_readonly = true;
    profile.statement_max     = 40;
    assert_int_equal(burin_interpreter_set(in, "price", burin_int(7)), BURIN_OK);
    assert_int_equal(burin_interpreter_run(in, BURIN_TEXT("1 if 2 else 3"), NULL, NULL, NULL), BURIN_OK); /* compiled before: not kept */
    assert_int_equal(burin_interpreter_set_profile(in, &profile, NULL), BURIN_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_error err = BURIN_ERROR_INIT;
        burin_value value;
        assert_int_equal(burin_interpreter_run(in, text_z(rows[i].script), NULL, &value, &err), rows[i].status);
        char *repr = rows[i].status ? NULL : burin_repr(value, NULL);
        assert_string_equal(repr ? repr : err.message, rows[i].result);
        assert_int_equal(burin_interpreter_output(in).len, 0);
        free(repr);
        burin_error_clear(&err);
    }
    assert_int_equal(burin_interpreter_set_profile(in, NULL, NULL), BURIN_OK);
    assert_int_equal(burin_interpreter_run(in, BURIN_TEXT("print([x for x in 'ab'])"), NULL, NULL, NULL), BURIN_OK);
    assert_text(burin_interpreter_output(in), "['a', 'b']\n");
    burin_interpreter_free(in);
    burin_env_unref(env);
}

static void functions_print_as_procedures_in_the_profile_of_asteval(void **state)
{
    static const char script[] = "def f(a, /, b='x', *r, k=[3], z, **kw):\n    'what f does'\ndef g(): return 2\n"
                                 "print(f, [g], lambda *, y: y, sep='\\n')\nlist(x for x in [f])[0]";
    burin_env         *env     = script_env();
    burin_interpreter *in      = burin_interpreter_new(env, NULL);
    burin_profile      profile = burin_profile_asteval();
    burin_value        value;
    (void)state;
    assert_int_equal(burin_interpreter_run(in, text_z(script), NULL, NULL, NULL), BURIN_OK);
    assert_text(burin_interpreter_output(in), "<function f>\n[<function g>]\n<function <lambda>>\n");
    assert_int_equal(burin_interpreter_set_profile(in, &profile, NULL), BURIN_OK);
    assert_int_equal(burin_interpreter_run(in, text_z(script), NULL, &value, NULL), BURIN_OK);
    assert_text(burin_interpreter_output(in), "<Procedure f(a, *r, b=x, k=[3], z, **kw)>\n what f does\n[<Procedure g()>]\n<Procedure <lambda>(y)>\n");
    char *repr = burin_repr(value, NULL); /* outside a run */
    assert_string_equal(repr, "<Procedure f(a, *r, b=x, k=[3], z, **kw)>\n what f does");
    free(repr);
    burin_interpreter_free(in);
    burin_env_unref(env);
}

static void limits_pass_every_handler_and_leave_the_interpreter_usable(void **state)
{
    static const char *const rows[] = {
        "while True:\n    pass",
        "try:\n    while True: pass\nexcept BaseException:\n    x = 1\nfinally:\n    x = 2",
        "def f(): return f()\ntry:\n    f()\nexcept BaseException:\n    x = 1",
        "def f(n):\n    try:\n        return f(n + 1)\n    finally:\n        f(n)\nf(0)",
        "a = [1]\nwhile True: a = a + a",
        "s = 'x'\nwhile True: s += s",
        "sum(1 for i in iter(int, 1))",
        "n = 3\nwhile True: n = n * n",
    };
    burin_env         *env    = script_env();
    burin_interpreter *in     = burin_interpreter_new(env, NULL);
    const burin_limits limits = {.steps = 200000, .memory = 16 << 20, .depth = 200};
    burin_value        v;
    (void)state;
    burin_interpreter_set_limits(in, &limits);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_status status = burin_interpreter_run(in, text_z(rows[i]), NULL, NULL, NULL);
        if (status != BURIN_ERR_LIMIT && status != BURIN_ERR_RECURSION)
            fail_msg("%s: %s", rows[i], burin_status_class(status));
        assert_int_equal(burin_interpreter_get(in, "x").kind, BURIN_MISSING);
        burin_interpreter_reset(in);
        assert_int_equal(burin_interpreter_eval(in, BURIN_TEXT("6 * 7"), &v, NULL), BURIN_OK);
        assert_int_equal(v.as.i, 42);
    }
    burin_interpreter_free(in);
    burin_env_unref(env);
}

/* A session keeps what its scripts have made; that one has run is not among it. */
static void a_text_that_makes_nothing_takes_no_memory_each_time(void **state)
{
    burin_env         *env = script_env();
    burin_interpreter *in  = burin_interpreter_new(env, NULL);
    burin_value        value;
    burin_limits       first, last;
    (void)state;
    assert_int_equal(burin_interpreter_run(in, BURIN_TEXT("x = 3"), NULL, NULL, NULL), BURIN_OK);
    for (int n = 0; n < 50000; n++) {
        assert_int_equal(burin_interpreter_eval(in, n % 2 ? BURIN_TEXT("x + 1") : BURIN_TEXT("x * 2"), &value, NULL), BURIN_OK);
        if (n == 1)
            burin_interpreter_used(in, &first);
    }
    burin_interpreter_used(in, &last);
    assert_int_equal(last.memory, first.memory);
    burin_interpreter_reset(in);
    assert_int_equal(burin_interpreter_run(in, BURIN_TEXT("x = 3"), NULL, NULL, NULL), BURIN_OK);
    assert_int_equal(burin_interpreter_eval(in, BURIN_TEXT("x + 1"), &value, NULL), BURIN_OK);
    assert_int_equal(value.as.i, 4);
    burin_interpreter_free(in);
    burin_env_unref(env);
}

/* A message may be as large as what a script can make; it is kept once, with the exception. */
static void what_is_raised_is_not_copied(void **state)
{
    enum { LARGE = 4000000 };
    budget             memory    = {.left = BUDGET_NONE};
    burin_allocator    allocator = budget_allocator(&memory);
    burin_options      options   = burin_options_default();
    burin_error        err       = BURIN_ERROR_INIT;
    burin_limits       used;
    (void)state;
    options.scripts            = true;
    options.allocator          = &allocator;
    burin_env         *env     = burin_env_new(&options, NULL);
    burin_interpreter *in      = burin_interpreter_new(env, NULL);
    const char        *scripts[] = {"text = 'x' * 4000000", "try:\n    raise ValueError(text)\nexcept ValueError as e:\n    pass", "raise KeyError(text, 1)", "raise ValueError(text)"};
    burin_status       ends[]    = {BURIN_OK, BURIN_OK, BURIN_ERR_KEY, BURIN_ERR_VALUE};
    for (size_t n = 0; n < sizeof scripts / sizeof scripts[0]; n++) {
        assert_int_equal(burin_interpreter_run(in, text_z(scripts[n]), NULL, NULL, &err), ends[n]);
        burin_interpreter_used(in, &used);
        assert_in_range(memory.held, used.memory, used.memory + LARGE / 2);
    }
    assert_int_equal(strlen(err.message), LARGE);
    burin_error_clear(&err);
    burin_interpreter_free(in);
    burin_env_unref(env);
}

static burin_status find_attribute(void *user, burin_text name)
{
    const char *wanted = *(const char **)user;
    if (name.len == strlen(wanted) && memcmp(name.data, wanted, name.len) == 0)
        *(const char **)user = "";
    return BURIN_OK;
}

static void attributes_of_names_are_told(void **state)
{
    static const struct {
        const char *name, *attribute;
        bool        has;
    } rows[] = {
        {"text", "upper", true},   {"text", "append", false},  {"b", "append", true},       {"b", "hex", true},     {"number", "bit_length", true}, {"str", "casefold", true},
        {"e", "add_note", true},   {"nothing", "upper", false}, {"frozen", "add", false},    {"free", "add", true},  {"frozenset", "add", false},     {"len", "upper", false},
        {"text", "unescape", false},
    };
    burin_env         *env = script_env();
    burin_interpreter *in  = burin_interpreter_new(env, NULL);
    (void)state;
    assert_int_equal(burin_interpreter_run(in, BURIN_TEXT("text, b, number, e, frozen, free = 'a', bytearray(2), 3, ValueError(), frozenset([1]), {1}"), NULL, NULL, NULL), BURIN_OK);
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        const char *wanted = rows[n].attribute;
        assert_int_equal(burin_interpreter_attributes(in, text_z(rows[n].name), find_attribute, &wanted), BURIN_OK);
        if ((*wanted == '\0') != rows[n].has)
            fail_msg("%s.%s", rows[n].name, rows[n].attribute);
    }
    burin_interpreter_free(in);
    burin_env_unref(env);
}

static void a_session_may_have_less_depth_than_its_environment(void **state)
{
    const char        *script = "def down(n): return n and down(n - 1)\nfor n in range(1000):\n    deepest = n\n    down(n)";
    const uint32_t     depths[] = {20, 0, 10000};
    int64_t            deepest[3];
    burin_options      options  = burin_options_default();
    (void)state;
    options.scripts        = true;
    options.limits.depth   = 60;
    burin_env         *env = burin_env_new(&options, NULL);
    burin_interpreter *in  = burin_interpreter_new(env, NULL);
    for (size_t n = 0; n < 3; n++) {
        burin_interpreter_set_limits(in, &(burin_limits){.depth = depths[n]});
        assert_int_equal(burin_interpreter_run(in, text_z(script), NULL, NULL, NULL), BURIN_ERR_RECURSION);
        deepest[n] = burin_interpreter_get(in, "deepest").as.i;
    }
    assert_int_equal(deepest[1] - deepest[0], 40);
    assert_int_equal(deepest[2], deepest[1]);
    burin_interpreter_free(in);
    burin_env_unref(env);
}

/* What an exception carries from raise to raise grows by what is new. */
static void an_exception_may_be_raised_again_and_again(void **state)
{
    const burin_limits limits = {.memory = 4 << 20, .depth = 200};
    burin_env         *env    = script_env();
    burin_interpreter *in     = burin_interpreter_new(env, NULL);
    burin_error        err    = BURIN_ERROR_INIT;
    (void)state;
    burin_interpreter_set_limits(in, &limits);
    const char *script = "e = ValueError('x')\nfor n in range(20000):\n    try:\n        raise e\n    except ValueError:\n        pass\ndef f():\n    raise e\nf()";
    assert_int_equal(burin_interpreter_run(in, text_z(script), NULL, NULL, &err), BURIN_ERR_VALUE);
    assert_int_equal(err.line, 4); /* the innermost of its places: where it was raised first */
    burin_error_clear(&err);
    burin_interpreter_free(in);
    burin_env_unref(env);
}

static uint64_t steps_of(burin_interpreter *in, const char *script)
{
    burin_limits used;
    assert_int_equal(burin_interpreter_run(in, text_z(script), NULL, NULL, NULL), BURIN_OK);
    burin_interpreter_used(in, &used);
    return used.steps;
}

/* Ranges whose hashes are equal, range(-31 * k, 31 - 30 * k), stand for keys of any kind that have the same hash by accident. */
static void keys_that_collide_by_accident_cost_no_steps(void **state)
{
    burin_env         *env = script_env();
    burin_interpreter *in  = burin_interpreter_new(env, NULL);
    (void)state;
    uint64_t alone    = steps_of(in, "d = {(range(0, 31),): 1, (range(3, 5),): 2, (range(-31, 2),): 3}\n(range(-62, 0),) in d");
    uint64_t together = steps_of(in, "d = {(range(0, 31),): 1, (range(-62, -29),): 2, (range(-31, 1),): 3}\n(range(-93, -59),) in d");
    assert_int_equal(together, alone);
    alone    = steps_of(in, "d = {}\nfor k in range(1000):\n    d[(range(k, k + 7),)] = k");
    together = steps_of(in, "d = {}\nfor k in range(1000):\n    d[(range(-31 * k, 31 - 30 * k),)] = k");
    assert_true(together > alone + 400000); /* so many are no accident, and each takes its time */
    burin_interpreter_free(in);
    burin_env_unref(env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scripts_print_what_python_prints),
        cmocka_unit_test(variables_and_functions_live_from_script_to_script),
        cmocka_unit_test(failures_have_pythons_class_message_and_place),
        cmocka_unit_test(scripts_and_formulas_have_what_the_host_adds),
        cmocka_unit_test(an_interpreter_is_not_run_within_itself),
        cmocka_unit_test(a_profile_takes_parts_of_the_language_away),
        cmocka_unit_test(a_text_that_makes_nothing_takes_no_memory_each_time),
        cmocka_unit_test(an_exception_may_be_raised_again_and_again),
        cmocka_unit_test(what_is_raised_is_not_copied),
        cmocka_unit_test(a_session_may_have_less_depth_than_its_environment),
        cmocka_unit_test(attributes_of_names_are_told),
        cmocka_unit_test(functions_print_as_procedures_in_the_profile_of_asteval),
        cmocka_unit_test(limits_pass_every_handler_and_leave_the_interpreter_usable),
        cmocka_unit_test(keys_that_collide_by_accident_cost_no_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
