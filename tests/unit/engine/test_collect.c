/* Sessions in constant memory: what scripts no longer reach is freed between runs and while they run. */
#include "engine_test.h"

#include "codegen/vm/machine.h"
#include "engine/interpreter.h"

enum { HELD_MAX = 16 << 20 };

static burin_interpreter *session(void)
{
    burin_options options    = burin_options_default();
    options.scripts          = true;
    burin_env         *env   = burin_env_new(&options, NULL);
    burin_interpreter *in    = burin_interpreter_new(env, NULL);
    burin_env_unref(env);
    return in;
}

static uint64_t held(const burin_interpreter *in)
{
    burin_limits used;
    burin_interpreter_used(in, &used);
    return used.memory;
}

static void run_script(burin_interpreter *in, const char *script)
{
    burin_error err = BURIN_ERROR_INIT;
    if (burin_interpreter_run(in, text_z(script), NULL, NULL, &err))
        fail_msg("%s: %s", script, err.message);
}

/* Each makes some 20 MB or more, of which next to nothing is in use at the end. */
static void loops_run_in_constant_memory(void **state)
{
    static const char *const rows[] = {
        "for i in range(20000): x = [j for j in range(100)]",
        "for i in range(20000): x = {str(j): i for j in range(20)}",
        "for i in range(40000): x = 'text ' * 100 + str(i)",
        "n = 0\nwhile n < 20000:\n    n += 1\n    x = {j for j in range(30)}",
        "def f(n): return lambda: [n] * 50\nfor i in range(30000): g = f(i); g()",
        "def f(n):\n    a = []\n    a.append([a, n] * 20)\n    return a\nfor i in range(40000): x = f(i)",
        "def f():\n    for i in range(40000):\n        d = {'a': [i] * 20}\n        d['me'] = d\nf()",
        "for i in range(60000):\n    try:\n        raise ValueError('no %d' % i * 9)\n    except ValueError as e:\n        kept = str(e)",
        "for i in range(30000): x = list(map(lambda v: [v] * 20, (w for w in (i, i + 1))))",
        "for i in range(30000): x = sorted([[i] * 10, [3] * 10], key=lambda v: v[0])",
        "x = 1\nfor i in range(4000): x = (x * 3 + 1) % 10 ** 3000",
        "def deep(n): return [n] if n == 0 else [deep(n - 1)]\nfor i in range(2000): x = deep(100)",
        "b = bytearray()\nfor i in range(400): b = bytearray(50000)",
        "def f(n): return len([n] * 200)\nsum(f(i) for i in range(20000))",
        "def f(n): return sorted([n] * 200)\nany(f(i) == 3 for i in range(20000))\nmax(f(i)[0] for i in range(20000))",
        "def f(n): return sum(len([n] * 20) for i in range(10))\nsorted(f(i) for i in range(20000))",
        "def f(n): return len([n] * 200)\nsum(map(f, range(20000)))\nlist(map(f, (i for i in range(20000))))",
        "def f(n): return len([n] * 200) < 3\nany(filter(f, range(20000)))\nfor x in filter(f, (i for i in range(20000))): pass",
        "def f(n): return len([n] * 200)\nmin(range(20000), key=f)\nmax((i for i in range(20000)), key=f)",
        "def work(n):\n    for i in range(n): x = [i] * 200\n    return n\nfor x in map(work, [9999, 9999]): pass\nfor x in (work(n) for n in [9999, 9999]): pass",
        "def f(n): return len([n] * 200)\nsorted(range(20000), key=f)",
        "def f(n): return len([n] * 200)\nx = [*range(20000)]\nx.sort(key=lambda n: -f(n))",
        "def f(n): return len([n] * 200)\nset(f(i) for i in range(20000))",
        "def f(n): return len([n] * 200)\nfrozenset(map(f, range(20000)))",
        "def f(n): return len([n] * 200)\nx = {1}\nx.update(f(i) for i in range(20000))",
        "def f(n): return len([n] * 200)\nx = {1}.union([2], (f(i) for i in range(20000)))",
        "def f(n): return len([n] * 200)\nx = {1}\nx.difference_update(map(f, range(20000)))",
        "def f(n): return len([n] * 200)\ndict((i % 9, f(i)) for i in range(20000))",
        "def f(n): return len([n] * 200)\nx = {}\nx.update((i % 9, f(i)) for i in range(20000))",
        "def f(n): return len([n] * 200)\ndict.fromkeys(f(i) for i in range(20000))",
        "def f(n): return len([n] * 200)\nx = []\nx.extend(f(i) for i in range(20000))",
        "def f(n): return len([n] * 200)\nx = []\nx += map(f, range(20000))",
        "def f(n): return len([n] * 200)\nx = [1, *(f(i) for i in range(20000))]",
        "def f(n): return len([n] * 200)\nx = {1, *(f(i) for i in range(20000))}",
        "def f(n): return len([n] * 200)\nx, *y = (f(i) for i in range(20000))",
        "def f(n): return len([n] * 200)\nprint(len(''.join(str(f(i)) for i in range(20000))), *(f(i) for i in range(20000)), sep='')",
        "def work(n):\n    for i in range(n): x = [i] * 200\n    return n\nfor x in zip([1], map(work, [9999]), (work(n) for n in [9999])): pass",
        "def f(n): return len([n] * 200)\nall(zip((f(i) for i in range(20000))))",
        "def work(n):\n    for i in range(n): x = [i] * 200\n    return n\nfor i, x in enumerate(work(n) for n in [19999]): pass",
        "def f(n): return len([n] * 200)\nprod(f(i) - 199 for i in range(20000))",
        "def work(n):\n    for i in range(n): x = [i] * 200\n    return n\nfor x in iter(lambda: work(19999), 19999): pass",
        "def work(n):\n    for i in range(n): x = [i] * 200\n    return n\nnext(work(n) for n in [19999])",
        "def f(n): return len([n] * 200)\n1 in (f(i) for i in range(20000))",
        "def f(n): return len([n] * 200)\nif 1 not in map(f, range(20000)): pass",
        "def f(n): return len([n] * 200)\ndef g(): return 1 in (f(i) for i in range(20000))\ng()",
        "def f(n): return len([n] * 200)\nfsum(f(i) + 0.1 * i for i in range(20000))",
        "def f(n): return len([n] * 200)\ndist((f(i) for i in range(10000)), (f(i) for i in range(10000)))",
        "def f(n): return len([n] * 200)\nx = {}\nx |= ((i % 9, f(i)) for i in range(20000))",
        "def f(n): return len([n] * 100)\nbytes(f(i) for i in range(40000))",
        "def f(n): return len([n] * 100)\nx = bytearray(map(f, range(20000)))\nx.extend(f(i) for i in range(20000))",
        "def f(n): return len([n] * 200)\n{200}.intersection((f(i) for i in range(10000)), (f(i) for i in range(10000)))",
        "def f(n): return len([n] * 200)\nx = {1}\nx.symmetric_difference_update(f(i) for i in range(20000))",
        "def f(n): return len([n] * 200)\n{1}.isdisjoint(f(i) for i in range(20000))\n{1}.issubset(map(f, range(20000)))",
        "def work(n):\n    for i in range(n): x = [i] * 200\n    return n\na, b = (work(n) for n in [9999, 9999])",
        "def work(n):\n    for i in range(n): x = [i] * 200\n    return n\nx = [9999, 9998]\nmax(*x, key=work)\nsorted(*[x], **{'key': work})",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_interpreter *in = session();
        run_script(in, rows[i]);
        if (held(in) > HELD_MAX)
            fail_msg("%s: %llu bytes", rows[i], (unsigned long long)held(in));
        burin_interpreter_free(in);
    }
}

static void evaluations_run_in_constant_memory(void **state)
{
    burin_interpreter *in = session();
    burin_value        value;
    (void)state;
    run_script(in, "kept = {}");
    for (int n = 0; n < 100000; n++) {
        burin_text text = n % 3 ? BURIN_TEXT("[x for x in range(30)]") : BURIN_TEXT("kept.update({len(kept) % 100: [str(len(kept))]}) or kept");
        assert_int_equal(burin_interpreter_eval(in, text, &value, NULL), BURIN_OK);
        assert_int_equal(burin_length(value), n % 3 ? 30 : n / 3 < 100 ? n / 3 + 1 : 100);
    }
    assert_true(held(in) < HELD_MAX);
    run_script(in, "assert sorted(kept) == list(range(100))");
    run_script(in, "assert all(kept[k] == [str(k)] for k in range(1, 100)), kept");
    burin_interpreter_free(in);
}

/* The result of a run, and what the host sets and gets. */
static void what_the_host_has_lives_as_long_as_it_was_told(void **state)
{
    burin_interpreter *in = session();
    burin_value        value, list = burin_missing();
    burin_heap        *heap = burin_heap_new(NULL);
    (void)state;
    assert_int_equal(burin_interpreter_set(in, "given", data_of(heap, "{\"a\": [1, 2, {\"b\": \"text\"}]}")), BURIN_OK);
    burin_heap_free(heap);
    for (int n = 0; n < 3000; n++) {
        assert_int_equal(burin_interpreter_eval(in, BURIN_TEXT("[str(x) for x in range(300)]"), &value, NULL), BURIN_OK);
        for (uint32_t at = 0; at < 300; at++) { /* nothing is freed before the next run */
            char text[16];
            snprintf(text, sizeof text, "%u", at);
            assert_text(burin_text_of(burin_at(value, at)), text);
        }
    }
    list = burin_interpreter_get(in, "given");
    assert_text(burin_text_of(burin_get(burin_at(burin_get(list, "a"), 2), "b")), "text");
    assert_true(held(in) < HELD_MAX);
    burin_interpreter_free(in);
}

/* Its caches, too. */
static void a_function_outlives_any_number_of_scripts(void **state)
{
    burin_interpreter *in = session();
    burin_value        value;
    char               text[32];
    (void)state;
    run_script(in, "d = {'k': 7}\ndef f(): return d['k']");
    for (int n = 0; n < VM_SITES_KEPT + 100; n++) {
        snprintf(text, sizeof text, "d['k'] + %d", n);
        assert_int_equal(burin_interpreter_eval(in, text_z(text), &value, NULL), BURIN_OK);
        assert_int_equal(value.as.i, 7 + n);
    }
    assert_int_equal(burin_interpreter_eval(in, BURIN_TEXT("f()"), &value, NULL), BURIN_OK);
    assert_int_equal(value.as.i, 7);
    burin_interpreter_free(in);
}

/* A bounded script is not ended by what it no longer needs. */
static void the_memory_limit_is_for_what_is_in_use(void **state)
{
    static const struct {
        const char  *script;
        burin_status status;
    } rows[] = {
        {"for i in range(20000): x = [j for j in range(100)]", BURIN_OK},
        {"x = []\nfor i in range(200000): x.append([i])", BURIN_ERR_LIMIT},
        {"x = []\nfor i in range(200000):\n    x.append(str(i))\n    if len(x) > 2000: x = []", BURIN_OK},
        {"def f(n): return str(len([n] * 2000))\nx = len(''.join(f(i) for i in range(1000)))", BURIN_OK},
        {"def f(n): return str(len([n] * 2000))\nx = len(list(f(i) for i in range(1000))), len(tuple(f(i) for i in range(1000)))", BURIN_OK},
        {"def f(n): return [n] * 50\nx = list(f(i) for i in range(20000))", BURIN_ERR_LIMIT},
        {"def f(n): return [n] * 20 if n == 0 else [f(n - 1), n]\nfor i in range(3000): x = f(50)", BURIN_OK},
    };
    static const size_t limits[] = {512 << 10, 1 << 20, 4 << 20};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t n = 0; n < sizeof limits / sizeof limits[0]; n++) {
            burin_interpreter *in = session();
            burin_interpreter_set_limits(in, &(burin_limits){.memory = limits[n]});
            burin_status status = burin_interpreter_run(in, text_z(rows[i].script), NULL, NULL, NULL);
            if (status != rows[i].status || held(in) > limits[n])
                fail_msg("%s: %s, %llu bytes", rows[i].script, burin_status_class(status), (unsigned long long)held(in));
            run_script(in, "x = None");
            burin_interpreter_free(in);
        }
}

/* Collected wherever that is possible, scripts give what they give else, and count the same steps. */
static void where_it_is_done_cannot_be_told(void **state)
{
    static const char *const rows[] = {
        "r = []\nfor i, (a, b) in enumerate(zip([[1], [2], [3]], 'xyz')): r.append((i, a, b))\nprint(r)",
        "d = {k: [v] for k, v in zip('abc', range(3))}\nfor k, v in d.items(): d[k] = v + [k]\nprint(d, [x for x in reversed(list(d))])",
        "def f(*a, k=[1], **n): return [a, k, n, (lambda: a)()]\nprint([f(i, [i], z=str(i)) for i in range(4)])",
        "def outer():\n    n = [0]\n    def inc(by):\n        nonlocal n\n        n = n + [by]\n        return n\n    return inc\nf = outer()\nfor i in range(5): x = f([i])\nprint(x)",
        "try:\n    try:\n        {}['k' * 50]\n    except KeyError as e:\n        for i in range(3): t = [i] * 50\n        raise ValueError([1, 2]) from e\n"
        "except ValueError as e:\n    x = e\nfor i in range(3): t = [i] * 50\nprint(repr(x))",
        "def f():\n    for i in range(3):\n        try:\n            if i == 2: return [i, 'end']\n        finally:\n            for j in range(3): t = [i] * 9\nprint(f())",
        "g = (x * [y] for x in range(1, 4) for y in ['a', ['b']])\nprint(next(g))\nfor i in range(3): t = [i] * 50\nprint(list(g))",
        "m = map(lambda a, b: [a, b], [[1], [2]], iter('xy'))\nf = filter(lambda v: v, [[], [0], ''])\nfor i in range(3): t = 'x' * 99\nprint(list(m), list(f))",
        "n = 3 ** 200\nfor i in range(5): n = n * 7 - i\nprint(n, range(10 ** 20, 10 ** 20 + 3), [x for x in range(10 ** 20, 10 ** 20 + 3)])",
        "s = ''\nfor i in range(50): s += f'{i!r:>4}'\nb = bytearray(b'x')\nfor i in range(50): b.append(65 + i % 9)\nprint(s, b, s[3:40:2])",
        "a, *b, (c, d) = [[1], [2], [3], ([4], [5])]\nfor i in range(3): t = [i] * 50\nprint(a, b, c, d, [*b, *a], {**{'k': c}, 'd': d})",
        "u = str.upper; m = [3, 1, 2].sort; w = {'k': [1]}.get\nfor i in range(3): t = [i] * 50\nprint(u('ab'), m(), w('k'), type(w), dict.fromkeys([str(i)], [i]))",
        "def f(i): return [[i, 'text' * 9] for j in range(3)]\nprint(sum((f(i) for i in range(4)), []), list(f(i) for i in range(3)), max(f(i) for i in range(5)))\n"
        "print(min((f(-i) for i in range(5)), key=lambda v: v[0][0]), max((f(i) for i in ()), default=f(7)), ' '.join(str(f(i)) for i in range(3)))\n"
        "print(any(f(i)[0][0] == 2 for i in range(4)), all(f(i) for i in range(3)), sorted((f(-i) for i in range(4)), key=lambda v: [v]), tuple(f(i) for i in [0]))",
        "def f(*a): return [*a, 'text' * 9]\ng = (f(i, sum(f(j)[0] for j in range(i))) for i in range(5))\nprint(list(map(sum, [(i * 10 ** 20 for i in range(3))])), list(g))\n"
        "print(sum(*[(f(i) for i in range(3))], start=f()), list(zip((f(i) for i in range(3)), map(f, (f(i) for i in range(3))))))\n"
        "print([sum(x[0] for x in (f(i) for i in range(n))) for n in range(4)])",
        "def f(i):\n    if i == 3: raise ValueError(['text' * 9, i])\n    return [i] * 9\ntry: print(sum((f(i) for i in range(5)), []))\nexcept ValueError as e:\n"
        "    for i in range(3): t = [i] * 50\n    print(e, list(f(i) for i in range(3)))",
        "def f(i): return ['text %d' % i] * 9\ndef g(n):\n    kept = [str(n)] * 4\n    if ['text 2'] * 9 in (f(i) for i in range(n)): kept.append(n)\n"
        "    return kept, f(1) not in map(f, range(n)), f(3)[0] in (x for x in f(n))\nprint([g(i) for i in range(5)])",
        "def f(i): return len([i] * 9) + 10.0 ** (i * 3)\nprint(fsum(f(i) * (-1) ** i for i in range(60)), dist((f(i) for i in range(5)), (f(-i) for i in range(5))))",
        "def f(i): return len([i] * 9) + i\nb = bytearray(f(i) for i in range(9))\nb.extend(map(f, range(40)))\nb[1:3] = (f(i) for i in range(9))\nprint(bytes(f(i) for i in range(99)), b)",
        "def f(i): return 'text %d' % (i % 7) * 2\ns = {f(i) for i in range(5)}\nprint(s.intersection((f(i) for i in range(3, 20)), map(f, range(2, 4))))\n"
        "print(s.symmetric_difference(f(i) for i in range(3, 7)), s.isdisjoint(f(i) for i in range(9)), s.issubset(map(f, range(9))), s.issuperset(f(i) for i in range(2)))\n"
        "s.symmetric_difference_update(f(i) for i in range(4, 7))\nd = {}\nd |= ((f(i), [i]) for i in range(9))\nprint(s, d)",
        "def f(i): return ['text %d' % i] * 9\na, (b, c), d = (f(i)[:2] for i in range(3))\nprint(a, b, c, d)\ntry: a, b = (f(i) for i in range(3))\nexcept ValueError as e: print(e, a, b)",
        "def f(i): return ['text %d' % i] * 9\nprint(max(*[f(i) for i in range(3)], key=lambda v: str(v) + str([v])), sorted(*[map(f, range(4))], **{'key': lambda v: -len(str(v))}))",
        "def f(v, *more):\n    t = [[v] * 9 for i in range(3)]\n    return [t[1][:2], *more]\n"
        "g = lambda: ([i, 'text' * 9] for i in range(4))\nprint(list(map(f, g())), list(map(f, g(), map(f, g()), g(), g(), g())), sum(map(f, filter(f, g())), []))\n"
        "for x in map(f, filter(lambda v: f(v)[0][0][0] % 2, g())): print(f(x), [f(y) for y in filter(None, map(f, g()))])\n"
        "print(min(map(f, g()), key=f), max([3], [4], [2], key=lambda v: f(v)), any(map(lambda v: f(v) == 3, filter(f, map(f, g())))))\n"
        "for x in (f(y) for y in g() if f(y)):\n    t = [f(z) for z in map(f, filter(f, (f(w) for w in g())))]\n    print(x, t)",
        "def f(i):\n    if i == 3: raise ValueError(['text' * 9, i])\n    return [i] * 9\n"
        "for make in (lambda: map(f, range(5)), lambda: filter(f, range(5)), lambda: (f(i) for i in range(5))):\n    try:\n        for x in make(): print(x, [f(i) for i in range(3)])\n"
        "    except ValueError as e:\n        t = [f(i) for i in range(3)]\n        print(e, t)\n"
        "def g(n): return sum(map(g, range(n)), [n]) if n else [[0] * 9]\ndef h(n): return n and sum(map(h, filter(h, range(n)))) + n\nprint(h(9))",
        "def f(v):\n"
        "    t = [[v] * 9 for i in range(3)]\n"
        "    return (v, t[1][0], 'text' * 9)\n"
        "g = lambda n: (f(i % 3) for i in range(n))\n"
        "print(sorted(g(9), key=lambda v: [f(v), -v[0]]), sorted(set(g(9))), sorted(frozenset(map(f, range(4)))), sorted({f(9), *g(4)}))\n"
        "s = {f(7)}\n"
        "s.update(g(5), g(2))\n"
        "print(sorted(s), sorted(s.union(g(3), [f(8)])), sorted(s.difference(g(2))), sorted(s & set(g(2))), dict((f(i), f(-i)) for i in range(3)))\n"
        "d = {'k': f(3)}\n"
        "d.update((f(i), f(-i)) for i in range(3))\n"
        "l = [f(9)]\n"
        "l.extend(g(2))\n"
        "l += map(f, [4, 5])\n"
        "a, *b, c = g(5)\n"
        "print(d, dict.fromkeys(g(3), f(1)), l, [*g(2), f(2), *map(f, l)], a, b, c, list(zip(g(3), map(f, g(3)), enumerate(g(4)))))\n"
        "print(*g(3), next(g(1)), list(zip(g(2), g(3))), ' '.join(str(x) for x in g(3)))\nl.sort(key=f)\nprint(l, prod(len(x) for x in g(3)))",
        "x = sorted([[3], [1], [2]], key=lambda v: [v, 'k' * 20])\nprint(x, max([1, 5, 3], key=lambda v: [-v]), sum([[i] for i in range(4)], []))",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        burin_interpreter *usual = session(), *always = session();
        burin_limits       a, b;
        ((vm *)interpreter_state(always))->collects_always = true;
        run_script(usual, rows[i]);
        run_script(always, rows[i]);
        burin_interpreter_used(usual, &a);
        burin_interpreter_used(always, &b);
        assert_int_equal(a.steps, b.steps);
        burin_text want = burin_interpreter_output(usual);
        char      *text = strndup(want.data, want.len);
        assert_text(burin_interpreter_output(always), text);
        free(text);
        burin_interpreter_free(usual);
        burin_interpreter_free(always);
    }
}

/* ---- a host function that runs a program ---- */

/* Calls its argument with 0, 1 ... and holds the newest result and one of the first. */
static burin_status main_loop(burin_call *call, burin_value *out)
{
    burin_value  held[] = {burin_missing(), burin_missing()};
    burin_status status = BURIN_OK;
    for (int n = 0; n < 20000 && !status; n++) {
        burin_value made = burin_missing(), given = burin_int(n);
        status  = burin_call_value_holding(call, burin_arg(call, 0), &given, 1, held, 2, &made);
        held[0] = made;
        if (n == 3)
            held[1] = made;
    }
    *out = held[1];
    return status;
}

static burin_interpreter *session_with_main_loop(void)
{
    burin_options options = burin_options_default();
    options.scripts       = true;
    burin_env *env        = burin_env_new(&options, NULL);
    assert_int_equal(burin_env_add_function(env, "main_loop", "handler, *rest", main_loop, NULL, 0), BURIN_OK);
    burin_interpreter *in = burin_interpreter_new(env, NULL);
    burin_env_unref(env);
    return in;
}

static void a_main_loop_of_the_host_runs_in_constant_memory(void **state)
{
    static const char *const rows[] = {
        "r = main_loop(lambda n: ['text' * 50, n] * 20)",
        "def handle(n):\n    t = [n] * 50\n    return ['text' * 50, n] * 20\nr = main_loop(handle, [1] * 9)",
        "def handle(n): return sum(([i, n] for i in range(20)), ['text' * 50])[0:1] + [n]\nr = main_loop(handle)",
    };
    (void)state;
    for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
        burin_interpreter *in = session_with_main_loop();
        ((vm *)interpreter_state(in))->collects_always = i % 2;
        run_script(in, rows[i / 2]);
        run_script(in, "assert r[0] == 'text' * 50 and r[1] == 3, r");
        if (held(in) > HELD_MAX)
            fail_msg("%s: %llu bytes", rows[i / 2], (unsigned long long)held(in));
        burin_interpreter_free(in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loops_run_in_constant_memory),
        cmocka_unit_test(evaluations_run_in_constant_memory),
        cmocka_unit_test(what_the_host_has_lives_as_long_as_it_was_told),
        cmocka_unit_test(a_function_outlives_any_number_of_scripts),
        cmocka_unit_test(the_memory_limit_is_for_what_is_in_use),
        cmocka_unit_test(where_it_is_done_cannot_be_told),
        cmocka_unit_test(a_main_loop_of_the_host_runs_in_constant_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
