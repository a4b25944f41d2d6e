/* Assignment: each row is a container, what is assigned or deleted where, and what CPython 3.11 makes of it. */
#include "runtime/assign.h"
#include "runtime/iterate.h"
#include "runtime/operate.h"
#include "tests/support/values_from_text.h"

typedef struct row {
    const char *v, *key, *item, *want; /* key: an index or "start:stop:step" with literals or nothing; item NULL: del */
} row;

static burin_value part(run *r, const char **at)
{
    char        text[40];
    size_t      len  = strcspn(*at, ":");
    burin_value made = rt_missing();
    memcpy(text, *at, len);
    text[len] = 0;
    if (len)
        made = value_of(r, text);
    *at += len + ((*at)[len] == ':');
    return made;
}

static burin_value key_of(run *r, const char *text)
{
    burin_value key;
    if (!strchr(text, ':') || text[0] == '\'')
        return value_of(r, text);
    burin_value start = part(r, &text), stop = part(r, &text), step = part(r, &text);
    assert_int_equal(rt_slice_new(&r->st, start, stop, step, &key), BURIN_OK);
    return key;
}

static burin_value container_of(run *r, const char *text)
{
    burin_value v = value_of(r, text[0] == 'A' ? text + 1 : text); /* Ab'..': a bytearray */
    if (text[0] == 'A')
        assert_int_equal(rt_bytearray_new(&r->st, v.as.s, v.len, &v), BURIN_OK);
    return v;
}

static void check(const row *rows, size_t count)
{
    run *r = run_new();
    for (size_t n = 0; n < count; n++) {
        burin_value  v = container_of(r, rows[n].v), key = key_of(r, rows[n].key);
        burin_status status = rows[n].item ? rt_set_item(&r->st, v, key, container_of(r, rows[n].item)) : rt_del_item(&r->st, v, key);
        const char  *got    = outcome(r, status, v);
        if (strcmp(got, rows[n].want) != 0)
            fail_msg("%s[%s] = %s: %s, not %s", rows[n].v, rows[n].key, rows[n].item ? rows[n].item : "(del)", got, rows[n].want);
    }
    assert_true(run_free(r));
}
#define CHECK(rows) check(rows, sizeof rows / sizeof rows[0])

static void items_are_set_and_deleted(void **state)
{
    static const row rows[] = {
        {"[1, 2, 3]", "1", "9", "[1, 9, 3]"},
        {"[1, 2, 3]", "-3", "9", "[9, 2, 3]"},
        {"[1, 2, 3]", "True", NULL, "[1, 3]"},
        {"[1]", "1", "9", "IndexError: list assignment index out of range"},
        {"[1]", "100000000000000000000", "9", "IndexError: cannot fit 'int' into an index-sized integer"},
        {"[1]", "'a'", NULL, "TypeError: list indices must be integers or slices, not str"},
        {"(1,)", "0", "9", "TypeError: 'tuple' object does not support item assignment"},
        {"'a'", "0", NULL, "TypeError: 'str' object doesn't support item deletion"},
        {"{'a': 1}", "'a'", "2", "{'a': 2}"},
        {"{1: 1}", "1.0", NULL, "{}"},
        {"{'a': 1}", "'b'", NULL, "KeyError: 'b'"},
        {"{'a': 1}", "[]", "1", "TypeError: unhashable type: 'list'"},
        {"Ab'abc'", "1", "255", "bytearray(b'a\\xffc')"},
        {"Ab'abc'", "1", "256", "ValueError: byte must be in range(0, 256)"},
        {"Ab'abc'", "1", "'a'", "TypeError: 'str' object cannot be interpreted as an integer"},
        {"Ab'abc'", "3", NULL, "IndexError: bytearray index out of range"},
        {"Ab'abc'", "0", NULL, "bytearray(b'bc')"},
    };
    (void)state;
    CHECK(rows);
}

static void slices_are_replaced_and_deleted(void **state)
{
    static const row rows[] = {
        {"[0, 1, 2, 3]", "1:3", "[9]", "[0, 9, 3]"},
        {"[0, 1, 2, 3]", "1:1", "'ab'", "[0, 'a', 'b', 1, 2, 3]"},
        {"[0, 1, 2, 3]", "3:1", "(7,)", "[0, 1, 2, 7, 3]"},
        {"[0, 1, 2, 3]", "::2", "[8, 9]", "[8, 1, 9, 3]"},
        {"[0, 1, 2, 3]", "::-1", "[1, 2, 3, 4]", "[4, 3, 2, 1]"},
        {"[0, 1, 2, 3]", "::2", "[8]", "ValueError: attempt to assign sequence of size 1 to extended slice of size 2"},
        {"[0, 1, 2, 3]", "::2", "5", "TypeError: must assign iterable to extended slice"},
        {"[0, 1, 2, 3]", "::", "5", "TypeError: can only assign an iterable"},
        {"[0, 1, 2, 3]", "::0", "[]", "ValueError: slice step cannot be zero"},
        {"[0, 1, 2, 3, 4]", "::-2", NULL, "[1, 3]"},
        {"[0, 1, 2, 3, 4]", "1:4:2", NULL, "[0, 2, 4]"},
        {"[0, 1, 2, 3, 4]", "3:1", NULL, "[0, 1, 2, 3, 4]"},
        {"(1,)", "0:1", "[]", "TypeError: 'tuple' object does not support item assignment"},
        {"{}", "0:1", "[]", "TypeError: unhashable type: 'slice'"},
        {"Ab'abcd'", "1:3", "b'XYZ'", "bytearray(b'aXYZd')"},
        {"Ab'abcd'", "::2", "[1, 2]", "bytearray(b'\\x01b\\x02d')"},
        {"Ab'abcd'", "::2", "b''", "bytearray(b'bd')"},
        {"Ab'abcd'", "::2", "b'x'", "ValueError: attempt to assign bytes of size 1 to extended slice of size 2"},
        {"Ab'abcd'", "1:3", "5", "TypeError: can assign only bytes, buffers, or iterables of ints in range(0, 256)"},
        {"Ab'abcd'", "1:3", NULL, "bytearray(b'ad')"},
    };
    (void)state;
    CHECK(rows);
}

static void a_list_may_be_put_into_itself(void **state)
{
    run        *r = run_new();
    burin_value list = value_of(r, "[1, 2]");
    (void)state;
    assert_int_equal(rt_set_slice(&r->st, list, burin_int(1), burin_int(1), rt_missing(), list), BURIN_OK);
    assert_string_equal(run_repr(r, list), "[1, 1, 2, 2]");
    assert_true(run_free(r));
}

/* An iterator that empties the list it is assigned to: sizes must be looked at afterwards (CPython crashed here once). */
typedef struct emptying {
    rt_list *list;
    int      left;
} emptying;

static burin_status emptying_next(burin_call *call, void *self, burin_value *out)
{
    emptying *e = self;
    (void)call;
    e->list->len = 0;
    *out         = e->left-- > 0 ? burin_int(e->left) : rt_missing();
    return BURIN_OK;
}

static void sizes_are_looked_at_after_the_items_were_taken(void **state)
{
    run        *r = run_new();
    burin_value list = value_of(r, "[1, 2, 3, 4]"), it;
    emptying    e = {list.as.p, 3};
    (void)state;
    assert_int_equal(rt_generator_new(&r->st, emptying_next, &e, &it), BURIN_OK);
    assert_int_equal(rt_set_slice(&r->st, list, burin_int(1), burin_int(3), rt_missing(), it), BURIN_OK);
    assert_string_equal(run_repr(r, list), "[2, 1, 0]");
    burin_value other = value_of(r, "[1, 2, 3, 4]");
    e = (emptying){other.as.p, 2};
    assert_int_equal(rt_generator_new(&r->st, emptying_next, &e, &it), BURIN_OK);
    rt_set_slice(&r->st, other, rt_missing(), rt_missing(), burin_int(2), it);
    assert_string_equal(run_error(r, BURIN_ERR_VALUE), "attempt to assign sequence of size 2 to extended slice of size 0");
    assert_true(run_free(r));
}

static void attributes_are_for_namespaces(void **state)
{
    run        *r = run_new();
    burin_value out;
    (void)state;
    rt_load_attr(&r->st, burin_int(1), BURIN_TEXT("x"), &out);
    assert_string_equal(run_error(r, BURIN_ERR_ATTRIBUTE), "'int' object has no attribute 'x'");
    rt_load_attr(&r->st, burin_int(1), BURIN_TEXT("__class__"), &out);
    assert_string_equal(run_error(r, BURIN_ERR_ATTRIBUTE), "'int' object has no attribute '__class__'");
    rt_set_attr(&r->st, value_of(r, "[]"), BURIN_TEXT("x"), out);
    assert_string_equal(run_error(r, BURIN_ERR_ATTRIBUTE), "'list' object has no attribute 'x'");
    rt_set_attr(&r->st, value_of(r, "[]"), BURIN_TEXT("append"), out);
    assert_string_equal(run_error(r, BURIN_ERR_ATTRIBUTE), "'list' object attribute 'append' is read-only");
    assert_true(run_free(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_set_and_deleted),
        cmocka_unit_test(slices_are_replaced_and_deleted),
        cmocka_unit_test(a_list_may_be_put_into_itself),
        cmocka_unit_test(sizes_are_looked_at_after_the_items_were_taken),
        cmocka_unit_test(attributes_are_for_namespaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
