/* Memory runs out at every possible place of scripts: sessions, saved programs, formulas and columns. */
#include "tests/oom/everywhere.h"

#include "burin/columns.h"
#include "burin/interpreter.h"

static burin_env *script_env(burin_error *err)
{
    burin_options options = burin_options_default();
    options.allocator     = &failing;
    options.scripts       = true;
    return burin_env_new(&options, err);
}

static burin_status expect_repr(burin_value value, const char *want)
{
    size_t       len;
    char        *repr   = burin_repr(value, &len);
    burin_status status = repr ? expect_text((burin_text){repr, len}, want) : BURIN_ERR_NOMEM;
    free(repr);
    return status;
}

/* What a session makes of scripts: `value` is the last one's. */
static burin_status run_scripts(const char *const *scripts, size_t count, const char *value)
{
    burin_error        err    = BURIN_ERROR_INIT;
    burin_env         *env    = script_env(&err);
    burin_interpreter *in     = env ? burin_interpreter_new(env, &err) : NULL;
    burin_status       status = in ? BURIN_OK : BURIN_ERR_NOMEM;
    burin_value        last   = burin_missing();
    for (size_t n = 0; n < count && !status; n++)
        status = burin_interpreter_run(in, text_z(scripts[n]), "s.py", &last, &err);
    if (!status)
        status = expect_repr(last, value);
    burin_error_clear(&err);
    burin_interpreter_free(in);
    burin_env_unref(env);
    return status;
}
#define RUN(value, ...) run_scripts((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), value)

static burin_status functions(void)
{
    return RUN("((1, 2, (3,), 4, {'e': 5}), 12, [0, 1, 4], 9)",
               "def f(a, /, b=2, *c, d, **e):\n    return a, b, c, d, e\n"
               "def counter():\n    n = 0\n    def step(by=1):\n        nonlocal n\n        n += by\n        return n\n    return step\n",
               "step = counter()\nsquares = (i * i for i in range(3))\nfor i in range(3): step(4)\n",
               "(f(1, 2, 3, d=4, e=5), step(0), list(squares), (lambda *v: sum(v))(*[4, 5]))");
}

static burin_status displays(void)
{
    return RUN("([[1, 'a'], [2, 'b']], {'a': 1, 'b': 2}, [1, 4], {2: 3}, 3, [0, 1, 2, 3], {'x': 1, 'y': [2]})",
               "pairs = [[i, c] for i, c in enumerate('ab', 1)]\n"
               "a, *b = [*range(4)]\nd = {**{'x': 1}, 'y': [2]}\n",
               "(pairs, {k: v for v, k in pairs}, sorted({i * i for i in (1, 2, -1)}), {2: 3}, len({*b}), [a, *b], d)");
}

static burin_status texts(void)
{
    return RUN("\"<  a> 3.14 007 b'c' {1} x=5 1,024 0x1f ab\xc3\xa9 A-B 1180591620717411303424\"",
               "w, x = 3, 5\nbig = 2 ** 70\n",
               "f\"<{'a':>{w}}> {3.14159:.{w - 1}f} {7:03d} {b'c'!r} {{{1}}} {x=} {1024:,} {31:#x} \" + 'ab\\u00e9'.center(3) + ' ' + '-'.join('AB') + ' %d' % big");
}

static burin_status exceptions(void)
{
    return RUN("[\"KeyError('\", \"'k'\", 'ValueError', ('a', 2), 'finally', 'ZeroDivisi', 'IndexError']",
               "seen = []\n"
               "def note(e):\n    seen.append(repr(e)[:10])\n",
               "try:\n    {}['k']\nexcept (TypeError, KeyError) as e:\n    note(e)\n    seen.append(str(e))\n",
               "try:\n    try:\n        raise ValueError('a', 2)\n    except ValueError as e:\n        note(e)\n        seen.append(e.args)\n        raise\n    finally:\n        seen.append('finally')\n"
               "except Exception:\n    try:\n        1 // 0\n    except ArithmeticError as e:\n        note(e)\n",
               "for n in range(2):\n    try:\n        [][n]\n    except IndexError as e:\n        last = e\nnote(last)\nseen");
}

/* An error that nothing catches must be told, or memory must have run out while telling it. */
static burin_status failures(void)
{
    static const struct {
        const char  *script;
        burin_status status;
    } rows[] = {
        {"def f(n):\n    raise ValueError('bad %d' % n)\nf(3)", BURIN_ERR_VALUE}, {"x = 1\nx.nothing", BURIN_ERR_ATTRIBUTE}, {"unknown + 1", BURIN_ERR_NAME},
        {"class C: pass", BURIN_ERR_NOT_IMPLEMENTED},                           {"x = = 1", BURIN_ERR_PYTHON_SYNTAX},      {"def f(n): return f(n)\nf(1)", BURIN_ERR_RECURSION},
    };
    burin_error        err    = BURIN_ERROR_INIT;
    burin_env         *env    = script_env(&err);
    burin_interpreter *in     = env ? burin_interpreter_new(env, &err) : NULL;
    burin_status       status = in ? BURIN_OK : BURIN_ERR_NOMEM;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0] && !status; n++) {
        status = burin_interpreter_run(in, text_z(rows[n].script), NULL, NULL, &err);
        if (status == rows[n].status)
            status = (err.message && err.line) || oom.failed ? BURIN_OK : BURIN_ERR_PY_ASSERTION;
        free(burin_error_format(&err, true));
    }
    burin_error_clear(&err);
    burin_interpreter_free(in);
    burin_env_unref(env);
    return status;
}

/* A session whose garbage is collected again and again. */
static burin_status garbage(void)
{
    burin_error        err    = BURIN_ERROR_INIT;
    burin_env         *env    = script_env(&err);
    burin_interpreter *in     = env ? burin_interpreter_new(env, &err) : NULL;
    burin_value        value;
    burin_status       status = in ? BURIN_OK : BURIN_ERR_NOMEM;
    if (in)
        burin_interpreter_set_limits(in, &(burin_limits){.memory = 100000});
    if (!status)
        status = burin_interpreter_run(in, BURIN_TEXT("kept = []\nfor i in range(900):\n    row = {'i': [i], 's': str(i) * 20}\n    kept = [row, kept[:1]]\n(kept[0]['i'], len(kept[1]))"),
                                       NULL, &value, &err);
    if (status == BURIN_ERR_LIMIT && oom.failed) /* what could not be collected for want of memory is still there */
        status = BURIN_ERR_NOMEM;
    if (!status)
        status = expect_repr(value, "([899], 1)");
    burin_error_clear(&err);
    burin_interpreter_free(in);
    burin_env_unref(env);
    return status;
}

static burin_status print_to(void *user, const char *data, size_t len)
{
    *(size_t *)user += len;
    return data ? BURIN_OK : BURIN_ERR_OS;
}
static burin_status count_name(void *user, burin_text name)
{
    *(size_t *)user += name.len > 0;
    return BURIN_OK;
}
static burin_status twice(burin_call *call, burin_value *out)
{
    burin_value args[] = {burin_arg(call, 0), burin_arg(call, 0)};
    *out               = burin_list(burin_call_heap(call), 2);
    if (out->kind == BURIN_MISSING || burin_list_append(burin_call_heap(call), *out, args[0]) || burin_list_append(burin_call_heap(call), *out, args[1]))
        return burin_raise(call, BURIN_ERR_NOMEM, "out of memory");
    return BURIN_OK;
}

/* Variables, profiles, host functions, names, output, a second life. */
static burin_status sessions(void)
{
    static const char *const readonly[] = {"fixed", NULL};
    burin_error        err     = BURIN_ERROR_INIT;
    burin_profile      profile = burin_profile_asteval();
    burin_env         *env     = script_env(&err);
    burin_status       status  = env ? burin_env_add_function(env, "twice", "value", twice, NULL, BURIN_PURE) : BURIN_ERR_NOMEM;
    burin_heap        *heap    = burin_heap_new(&failing);
    burin_interpreter *in      = !status ? burin_interpreter_new(env, &err) : NULL;
    burin_value        list    = heap ? burin_list(heap, 1) : burin_missing();
    size_t             printed = 0, names = 0;
    profile.readonly = readonly;
    profile.without  = 1u << BURIN_FEATURE_WHILE;
    if (!status && (!in || list.kind == BURIN_MISSING))
        status = BURIN_ERR_NOMEM;
    for (int life = 0; life < 2 && !status; life++) {
        if (!(status = burin_interpreter_set_profile(in, &profile, &err)))
            status = burin_interpreter_set(in, "fixed", list);
        burin_interpreter_set_sink(in, &(burin_sink){print_to, &printed});
        if (!status)
            status = burin_interpreter_run(in, BURIN_TEXT("x = twice(fixed)\nx[0].append(len(x))\nprint(x, twice(1), sep='+')"), NULL, NULL, &err);
        if (!status)
            status = burin_interpreter_names(in, count_name, &names);
        burin_value x = in ? burin_interpreter_get(in, "x") : burin_missing();
        if (!status)
            status = x.kind == BURIN_MISSING ? BURIN_ERR_NOMEM : expect_repr(x, "[[2], [2]]");
        if (in)
            burin_interpreter_reset(in);
    }
    if (!status && (printed != 2 * sizeof "[[2], [2]]+[1, 1]" || names < 100))
        status = BURIN_ERR_PY_ASSERTION;
    burin_error_clear(&err);
    burin_interpreter_free(in);
    burin_heap_free(heap);
    burin_env_unref(env);
    return status;
}

static burin_status programs(void)
{
    burin_error        err    = BURIN_ERROR_INIT;
    burin_env         *env    = script_env(&err);
    burin_interpreter *in     = env ? burin_interpreter_new(env, &err) : NULL;
    burin_status       status = in ? burin_interpreter_set(in, "own", burin_int(1)) : BURIN_ERR_NOMEM;
    char              *bytes  = NULL;
    size_t             len    = 0;
    burin_value        value;
    if (!status)
        status = burin_script_save(env, BURIN_TEXT("def f(n, *, k=(2, 'x')):\n    return [n for n in (n, 2 ** 70, 2j, b'b', k)]\nf(own)"), "s.py", &bytes, &len, &err);
    for (int turn = 0; turn < 2 && !status; turn++)
        status = burin_interpreter_run_saved(in, (burin_text){bytes, len}, &value, &err);
    if (!status)
        status = expect_repr(value, "[1, 1180591620717411303424, 2j, b'b', (2, 'x')]");
    free(bytes);
    burin_error_clear(&err);
    burin_interpreter_free(in);
    burin_env_unref(env);
    return status;
}

static burin_status note_uses(void *user, burin_text name, unsigned uses)
{
    *(size_t *)user += name.len * uses;
    return BURIN_OK;
}

static burin_status formulas(void)
{
    static const char *const names[] = {"a", "b"};
    burin_value    slots[] = {burin_int(3), burin_float(0.5)};
    burin_error    err     = BURIN_ERROR_INIT;
    burin_env     *env     = script_env(&err);
    burin_formula *f = NULL, *loaded = NULL;
    burin_status   status = env ? BURIN_OK : BURIN_ERR_NOMEM;
    char          *bytes  = NULL;
    size_t         len = 0, uses = 0;
    burin_value    value;
    double         number;
    if (!status && !(f = burin_formula_compile(env, BURIN_TEXT("(a + b) * 2 if a > 1 else str(b)"), names, 2, &err)))
        status = BURIN_ERR_NOMEM;
    for (int turn = 0; turn < 5 && !status; turn++) /* then by a kernel */
        status = burin_formula_double(f, slots, &number, &err);
    if (!status && number != 7)
        status = BURIN_ERR_PY_ASSERTION;
    slots[0] = burin_int(1);
    if (!status)
        status = burin_formula_eval(f, slots, &value, &err);
    if (!status)
        status = expect_repr(value, "'0.5'");
    if (!status)
        status = burin_formula_save(f, &bytes, &len, &err);
    if (!status && !(loaded = burin_formula_load(env, (burin_text){bytes, len}, &err)))
        status = BURIN_ERR_NOMEM;
    if (!status)
        status = burin_formula_doubles(loaded, (double[]){3, 4}, &number, &err);
    if (!status)
        status = burin_script_names(env, BURIN_TEXT("x = f(y)\nx += 1"), false, note_uses, &uses, &err);
    if (!status && (number != 14 || uses != 9))
        status = BURIN_ERR_PY_ASSERTION;
    burin_error_clear(&err);
    free(bytes);
    burin_formula_free(loaded);
    burin_formula_free(f);
    burin_env_unref(env);
    return status;
}

static burin_status columns(void)
{
    enum { ROWS = 2000 };
    static double  x[ROWS], y[ROWS];
    static int64_t i[ROWS];
    static uint32_t selected[ROWS];
    static burin_text shown[8];
    const burin_column_name names[] = {{"x", BURIN_COLUMN_DOUBLE}, {"i", BURIN_COLUMN_INT64}};
    const burin_column      in[]    = {{BURIN_COLUMN_DOUBLE, x}, {BURIN_COLUMN_INT64, i}};
    burin_error    err   = BURIN_ERROR_INIT;
    burin_env     *env   = script_env(&err);
    burin_heap    *heap  = burin_heap_new(&failing);
    burin_columns *c     = NULL, *text = NULL;
    burin_value    sum;
    size_t         count = 0;
    burin_status   status = env && heap ? BURIN_OK : BURIN_ERR_NOMEM;
    for (int r = 0; r < ROWS; r++)
        x[r] = r * 0.5, i[r] = r;
    if (!status && !(c = burin_columns_compile(env, BURIN_TEXT("sin(x) * 0 + i // 2 if i > 3 else x"), names, 2, NULL, &err)))
        status = BURIN_ERR_NOMEM;
    if (!status)
        status = burin_columns_map(c, in, 0, ROWS, &(burin_column_out){.type = BURIN_COLUMN_DOUBLE, .data = y}, &err);
    if (!status)
        status = burin_columns_filter(c, in, 0, ROWS, selected, &count, &err);
    if (!status)
        status = burin_columns_reduce(c, in, 0, ROWS, BURIN_REDUCE_SUM, &sum, &err);
    if (!status && (y[7] != 3 || count != ROWS - 1 || sum.kind != BURIN_FLOAT))
        status = BURIN_ERR_PY_ASSERTION;
    if (!status && !(text = burin_columns_compile(env, BURIN_TEXT("f'{x:.2f}' + str([i])"), names, 2, &(burin_columns_options){.nulls_as_none = true}, &err)))
        status = BURIN_ERR_NOMEM;
    if (!status)
        status = burin_columns_map(text, in, 0, 8, &(burin_column_out){.type = BURIN_COLUMN_TEXT, .data = shown, .heap = heap}, &err);
    if (!status)
        status = expect_text(shown[7], "3.50[7]");
    burin_error_clear(&err);
    burin_columns_free(text);
    burin_columns_free(c);
    burin_heap_free(heap);
    burin_env_unref(env);
    return status;
}

SCENARIO(functions)
SCENARIO(displays)
SCENARIO(texts)
SCENARIO(exceptions)
SCENARIO(failures)
SCENARIO(garbage)
SCENARIO(sessions)
SCENARIO(programs)
SCENARIO(formulas)
SCENARIO(columns)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_survive_failing_allocations), cmocka_unit_test(displays_survive_failing_allocations),
        cmocka_unit_test(texts_survive_failing_allocations),     cmocka_unit_test(exceptions_survive_failing_allocations),
        cmocka_unit_test(failures_survive_failing_allocations),  cmocka_unit_test(garbage_survive_failing_allocations),
        cmocka_unit_test(sessions_survive_failing_allocations),  cmocka_unit_test(programs_survive_failing_allocations),
        cmocka_unit_test(formulas_survive_failing_allocations),  cmocka_unit_test(columns_survive_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
