/* Globals: rows are literals and what Jinja2 gives. */
#include "runtime/base/text.h"
#include "runtime/call.h"
#include "tests/unit/builtins/apply.h"

static void range_takes_integers(void **state)
{
    static const call_row rows[] = {
        {"range", {"3"}, "range(0, 3)"}, {"range", {"1", "4"}, "range(1, 4)"}, {"range", {"10", "0", "-3"}, "range(10, 0, -3)"},
        {"range", {"True"}, "range(0, 1)"}, {"range", {"0", "0"}, "range(0, 0)"},
        {"range", {}, "TypeError: range expected at least 1 argument, got 0"},
        {"range", {"1", "2", "3", "4"}, "TypeError: range expected at most 3 arguments, got 4"},
        {"range", {"1", "2", "0"}, "ValueError: range() arg 3 must not be zero"},
        {"range", {"1.5"}, "TypeError: 'float' object cannot be interpreted as an integer"},
        {"range", {"'a'"}, "TypeError: 'str' object cannot be interpreted as an integer"},
        {"range", {"undefined"}, "TypeError: 'Undefined' object cannot be interpreted as an integer"},
    };
    run *r = run_new();
    (void)state;
    check_rows_of(r, r->env.globals, rows, sizeof rows / sizeof rows[0]);
    assert_true(run_free(r));
}

static void dict_takes_a_mapping_or_pairs_and_names(void **state)
{
    static const call_row rows[] = {
        {"dict", {}, "{}"}, {"dict", {"{'a': 1}"}, "{'a': 1}"}, {"dict", {"[('a', 1), ['b', 2]]"}, "{'a': 1, 'b': 2}"},
        {"dict", {"['ab']"}, "{'a': 'b'}"}, {"dict", {"{'a': 1}", "a=2", "b=3"}, "{'a': 2, 'b': 3}"},
        {"dict", {"1", "2"}, "TypeError: dict expected at most 1 argument, got 2"},
        {"dict", {"5"}, "TypeError: 'int' object is not iterable"},
        {"dict", {"[1]"}, "TypeError: cannot convert dictionary update sequence element #0 to a sequence"},
        {"dict", {"[[1]]"}, "ValueError: dictionary update sequence element #0 has length 1; 2 is required"},
        {"dict", {"[([], 1)]"}, "TypeError: unhashable type: 'list'"}, {"dict", {"undefined"}, "UndefinedError: 'x' is undefined"},
    };
    run *r = run_new();
    (void)state;
    check_rows_of(r, r->env.globals, rows, sizeof rows / sizeof rows[0]);
    assert_true(run_free(r));
}

static void namespace_prints_its_attributes(void **state)
{
    static const call_row rows[] = {
        {"namespace", {}, "<Namespace {}>"}, {"namespace", {"{'a': 1}", "b=2"}, "<Namespace {'a': 1, 'b': 2}>"},
        {"namespace", {"[('x', 'y')]"}, "<Namespace {'x': 'y'}>"}, {"namespace", {"5"}, "TypeError: 'int' object is not iterable"},
        {"namespace", {"1", "2"}, "TypeError: dict expected at most 1 argument, got 2"},
    };
    run *r = run_new();
    (void)state;
    check_rows_of(r, r->env.globals, rows, sizeof rows / sizeof rows[0]);
    assert_true(run_free(r));
}

static void a_cycler_needs_items(void **state)
{
    static const call_row rows[] = {
        {"cycler", {}, "RuntimeError: at least one item has to be provided"},
    };
    run *r = run_new();
    (void)state;
    check_rows_of(r, r->env.globals, rows, sizeof rows / sizeof rows[0]);
    assert_true(run_free(r));
}

static void lipsum_refuses_empty_ranges(void **state)
{
    static const call_row rows[] = {
        {"lipsum", {"1", "False", "5", "5"}, "ValueError: empty range for randrange() (5, 5, 0)"},
        {"lipsum", {"1", "False", "5", "2"}, "ValueError: empty range for randrange() (5, 2, -3)"},
        {"lipsum", {"'x'"}, "TypeError: 'str' object cannot be interpreted as an integer"}, {"lipsum", {"0"}, "Markup('')"},
        {"lipsum", {"0", "False"}, "''"}, {"lipsum", {"1", "min=1.5"}, "ValueError: non-integer arg 1 for randrange()"},
    };
    run *r = run_new();
    (void)state;
    check_rows_of(r, r->env.globals, rows, sizeof rows / sizeof rows[0]);
    assert_true(run_free(r));
}

/* The value of an expression made of calls: each row's method is called on the object in turn. */
static const char *attribute(run *r, burin_value object, const char *name)
{
    burin_value  v      = rt_missing();
    burin_status status = rt_get_attr(&r->st, object, (burin_text){name, strlen(name)}, &v);
    return outcome(r, status, v);
}

static const char *method(run *r, burin_value object, const char *name)
{
    rt_arguments none   = {0};
    burin_value  v      = rt_missing();
    burin_status status = rt_call_method(&r->st, object, (burin_text){name, strlen(name)}, &none, &v);
    return outcome(r, status, v);
}

static burin_value made_by(run *r, const char *global, const burin_value *args, uint32_t count)
{
    rt_arguments       arguments = {.positional = args, .count = count};
    burin_value        v;
    const rt_function *f = rt_names_function(r->env.globals, (burin_text){global, strlen(global)});
    assert_int_equal(rt_call_function(&r->st, f, &arguments, &v), BURIN_OK);
    return v;
}

static void a_cycler_gives_its_items_in_turn(void **state)
{
    run        *r       = run_new();
    burin_value items[] = {burin_int(1), burin_int(2)};
    burin_value cycler  = made_by(r, "cycler", items, 2);
    (void)state;
    assert_string_equal(attribute(r, cycler, "current"), "1");
    assert_string_equal(method(r, cycler, "next"), "1");
    assert_string_equal(method(r, cycler, "next"), "2");
    assert_string_equal(method(r, cycler, "next"), "1");
    assert_string_equal(attribute(r, cycler, "current"), "2");
    assert_string_equal(method(r, cycler, "reset"), "None");
    assert_string_equal(attribute(r, cycler, "current"), "1");
    assert_string_equal(attribute(r, cycler, "items"), "(1, 2)");
    assert_true(run_free(r));
}

static void a_joiner_is_silent_once(void **state)
{
    run         *r      = run_new();
    burin_value  joiner = made_by(r, "joiner", NULL, 0), v;
    rt_arguments none   = {0};
    (void)state;
    assert_int_equal(rt_call(&r->st, joiner, &none, &v), BURIN_OK);
    assert_string_equal(run_repr(r, v), "''");
    for (int n = 0; n < 2; n++) {
        assert_int_equal(rt_call(&r->st, joiner, &none, &v), BURIN_OK);
        assert_string_equal(run_repr(r, v), "', '");
    }
    assert_true(run_free(r));
}

/* What a loop's iteration made is released at its end; what a namespace took in must stay. */
static void a_namespace_keeps_what_was_made_in_a_loop(void **state)
{
    run                   *r         = run_new();
    burin_value            namespace = made_by(r, "namespace", NULL, 0), text;
    const rt_object_value *object    = namespace.as.p;
    burin_call             call      = {.st = &r->st};
    (void)state;
    for (int n = 0; n < 3; n++) {
        heap_position mark = heap_mark(&r->st.heap);
        assert_int_equal(rt_string_copy(&r->st, "made in the loop", 16, &text), BURIN_OK);
        assert_int_equal(object->cls->set_attr(&call, object->self, BURIN_TEXT("kept"), text), BURIN_OK);
        heap_release(&r->st.heap, mark);
        assert_int_equal(rt_string_copy(&r->st, "something else..", 16, &text), BURIN_OK);
    }
    assert_string_equal(attribute(r, namespace, "kept"), "'made in the loop'");
    assert_string_equal(run_repr(r, namespace), "<Namespace {'kept': 'made in the loop'}>");
    assert_true(run_free(r));
}

/* Numbers take no memory along: a loop that counts in a namespace does not grow the heap. */
static void counting_in_a_namespace_takes_no_memory(void **state)
{
    run                   *r         = run_new();
    burin_value            namespace = made_by(r, "namespace", NULL, 0), garbage;
    const rt_object_value *object    = namespace.as.p;
    burin_call             call      = {.st = &r->st};
    (void)state;
    assert_int_equal(object->cls->set_attr(&call, object->self, BURIN_TEXT("n"), burin_int(0)), BURIN_OK);
    const char *before = r->st.heap.next;
    for (int n = 0; n < 100000; n++) {
        heap_position mark = heap_mark(&r->st.heap);
        assert_int_equal(rt_string_copy(&r->st, "made and forgotten", 18, &garbage), BURIN_OK);
        assert_int_equal(object->cls->set_attr(&call, object->self, BURIN_TEXT("n"), burin_int(n)), BURIN_OK);
        heap_release(&r->st.heap, mark);
    }
    assert_ptr_equal(r->st.heap.next, before);
    assert_true(run_free(r));
}

static size_t count_of(burin_text text, const char *part)
{
    size_t count = 0, at;
    while ((at = text_find(text.data, text.len, part, strlen(part))) != SIZE_MAX) {
        count++;
        text.data += at + 1;
        text.len -= at + 1;
    }
    return count;
}

static void lipsum_makes_paragraphs_of_sentences(void **state)
{
    run        *r      = run_new();
    burin_value args[] = {burin_int(3), burin_bool(true), burin_int(20), burin_int(30)};
    (void)state;
    r->st.random = 1;
    for (int n = 0; n < 50; n++) {
        burin_text html = rt_text_of(made_by(r, "lipsum", args, 4));
        assert_int_equal(count_of(html, "<p>"), 3);
        assert_int_equal(count_of(html, ".</p>"), 3);
        assert_int_equal(count_of(html, "\n"), 2);
        size_t spaces = count_of(html, " ");
        assert_in_range(spaces, 3 * 19, 3 * 28);
        assert_int_equal(count_of(html, ",."), 0);
        assert_true(html.data[3] >= 'A' && html.data[3] <= 'Z');
    }
    args[1]          = burin_bool(false);
    burin_value text = made_by(r, "lipsum", args, 4);
    assert_false(rt_is_safe(text));
    assert_int_equal(count_of(rt_text_of(text), "\n\n"), 2);
    assert_true(run_free(r));
}

static void the_sandbox_bounds_ranges(void **state)
{
    run     *r   = run_new();
    call_row row = {"range", {"100001"}, NULL};
    (void)state;
    assert_string_equal(apply(r, r->env.globals, &row), "range(0, 100001)");
    r->env.sandbox = RT_SANDBOXED;
    assert_string_equal(apply(r, r->env.globals, &row),
                        "OverflowError: Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).");
    assert_true(run_free(r));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(range_takes_integers),
        cmocka_unit_test(dict_takes_a_mapping_or_pairs_and_names),
        cmocka_unit_test(namespace_prints_its_attributes),
        cmocka_unit_test(a_cycler_needs_items),
        cmocka_unit_test(lipsum_refuses_empty_ranges),
        cmocka_unit_test(a_cycler_gives_its_items_in_turn),
        cmocka_unit_test(a_joiner_is_silent_once),
        cmocka_unit_test(a_namespace_keeps_what_was_made_in_a_loop),
        cmocka_unit_test(counting_in_a_namespace_takes_no_memory),
        cmocka_unit_test(lipsum_makes_paragraphs_of_sentences),
        cmocka_unit_test(the_sandbox_bounds_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
