/* engine/mo_file: catalogues in both byte orders, and files that are none. The catalogue is put together here, message by
 * message, as msgfmt would. */
#include "engine/mo_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

typedef struct message {
    burin_text id, text;
} message;

#define HEADER "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=n > 1;\n"

static const message french[] = {
    {BURIN_TEXT(""), BURIN_TEXT(HEADER)},
    {BURIN_TEXT("hello"), BURIN_TEXT("bonjour")},
    {BURIN_TEXT("menu\x04Open"), BURIN_TEXT("Ouvrir")},
    {BURIN_TEXT("%(n)s apple\0%(n)s apples"), BURIN_TEXT("%(n)s pomme\0%(n)s pommes")},
    {BURIN_TEXT("shop\x04one\0many"), BURIN_TEXT("un\0plusieurs")},
};
enum { FRENCH = sizeof french / sizeof french[0] };

static void put_u32(buf *out, uint32_t x, bool big)
{
    for (int n = 0; n < 4; n++)
        buf_append_byte(out, (char)(x >> 8 * (big ? 3 - n : n)));
}

static buf make_mo(const message *messages, uint32_t count, bool big)
{
    buf      out    = buf_make(&base_malloc_allocator);
    uint32_t offset = 28 + count * 16;

    const uint32_t head[] = {0x950412de, 0, count, 28, 28 + count * 8, 0, 0};
    for (size_t n = 0; n < 7; n++)
        put_u32(&out, head[n], big);
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t n = 0; n < count; n++) {
            burin_text text = pass ? messages[n].text : messages[n].id;
            put_u32(&out, (uint32_t)text.len, big);
            put_u32(&out, offset, big);
            offset += (uint32_t)text.len + 1;
        }
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t n = 0; n < count; n++) {
            burin_text text = pass ? messages[n].text : messages[n].id;
            buf_append(&out, text.data, text.len);
            buf_append_byte(&out, '\0');
        }
    return out;
}

static const burin_text none = {NULL, 0};

static void messages_are_found_in_both_byte_orders(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        buf           bytes     = make_mo(french, FRENCH, big);
        mo_catalogue *catalogue = mo_read(&base_malloc_allocator, bytes.data, bytes.len, NULL);
        burin_text    found;

        buf_deinit(&bytes); /* the catalogue has its own copy */
        assert_non_null(catalogue);
        assert_true(mo_find(catalogue, none, BURIN_TEXT("hello"), &found));
        assert_true(text_is(found, "bonjour"));
        assert_true(mo_find(catalogue, BURIN_TEXT("menu"), BURIN_TEXT("Open"), &found));
        assert_true(text_is(found, "Ouvrir"));
        assert_false(mo_find(catalogue, none, BURIN_TEXT("Open"), &found));
        assert_false(mo_find(catalogue, none, BURIN_TEXT("%(n)s apple"), &found)); /* as in CPython: it has a plural */
        mo_free(catalogue, &base_malloc_allocator);
    }
}

static void plural_forms_follow_the_header(void **state)
{
    static const struct {
        int64_t     n;
        const char *form;
    } rows[] = {{0, "%(n)s pomme"}, {1, "%(n)s pomme"}, {2, "%(n)s pommes"}, {100, "%(n)s pommes"}};
    buf           bytes     = make_mo(french, FRENCH, false);
    mo_catalogue *catalogue = mo_read(&base_malloc_allocator, bytes.data, bytes.len, NULL);
    burin_heap   *heap      = burin_heap_new(NULL);
    rt_state     *st        = rt_state_of(heap);
    burin_text    found     = none;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(mo_find_plural(catalogue, st, none, BURIN_TEXT("%(n)s apple"), burin_int(rows[i].n), &found), BURIN_OK);
        assert_true(text_is(found, rows[i].form));
    }
    assert_int_equal(mo_find_plural(catalogue, st, BURIN_TEXT("shop"), BURIN_TEXT("one"), burin_int(5), &found), BURIN_OK);
    assert_true(text_is(found, "plusieurs"));
    found = none;
    assert_int_equal(mo_find_plural(catalogue, st, none, BURIN_TEXT("one"), burin_int(5), &found), BURIN_OK);
    assert_null(found.data);
    burin_heap_free(heap);
    mo_free(catalogue, &base_malloc_allocator);
    buf_deinit(&bytes);
}

static void what_the_first_lacks_comes_from_the_fallback(void **state)
{
    static const message more[] = {{BURIN_TEXT("bye"), BURIN_TEXT("adieu")}, {BURIN_TEXT("hello"), BURIN_TEXT("salut")}};
    buf                  first = make_mo(french, FRENCH, false), second = make_mo(more, 2, true);
    mo_catalogue        *catalogue = mo_read(&base_malloc_allocator, first.data, first.len, NULL);
    burin_text           found;
    (void)state;
    catalogue->fallback = mo_read(&base_malloc_allocator, second.data, second.len, NULL);
    assert_true(mo_find(catalogue, none, BURIN_TEXT("bye"), &found) && text_is(found, "adieu"));
    assert_true(mo_find(catalogue, none, BURIN_TEXT("hello"), &found) && text_is(found, "bonjour"));
    mo_free(catalogue, &base_malloc_allocator);
    buf_deinit(&first);
    buf_deinit(&second);
}

static void texts_of_other_charsets_become_utf8(void **state)
{
    static const message polish[] = {
        {BURIN_TEXT(""), BURIN_TEXT("Content-Type: text/plain; charset=ISO-8859-2\n")},
        {BURIN_TEXT("file\0files"), BURIN_TEXT("plik\0plik\xf3w")},
        {BURIN_TEXT("\xbb"), BURIN_TEXT("\xb1\xea")},
    };
    static const message japanese[] = {{BURIN_TEXT(""), BURIN_TEXT("Content-Type: text/plain; charset=Shift_JIS")}, {BURIN_TEXT("Nippon"), BURIN_TEXT("\x93\xfa\x96\x7b")}};
    buf           first = make_mo(polish, 3, false), second = make_mo(japanese, 2, true);
    mo_catalogue *catalogue = mo_read(&base_malloc_allocator, first.data, first.len, NULL);
    burin_heap   *heap = burin_heap_new(NULL);
    burin_text    found;
    (void)state;
    assert_non_null(catalogue);
    catalogue->fallback = mo_read(&base_malloc_allocator, second.data, second.len, NULL);
    assert_true(mo_find(catalogue, none, BURIN_TEXT("\xc5\xa5"), &found) && text_is(found, "\xc4\x85\xc4\x99"));
    assert_true(mo_find(catalogue, none, BURIN_TEXT("Nippon"), &found) && text_is(found, "\xe6\x97\xa5\xe6\x9c\xac"));
    assert_int_equal(mo_find_plural(catalogue, rt_state_of(heap), none, BURIN_TEXT("file"), burin_int(5), &found), BURIN_OK);
    assert_true(text_is(found, "plik\xc3\xb3w"));
    burin_heap_free(heap);
    mo_free(catalogue, &base_malloc_allocator);
    buf_deinit(&first);
    buf_deinit(&second);
}

static void refuse(const void *bytes, size_t len, const char *why)
{
    burin_error err = BURIN_ERROR_INIT;
    assert_null(mo_read(&base_malloc_allocator, bytes, len, &err));
    assert_int_equal(err.status, BURIN_ERR_DATA);
    if (why)
        assert_string_equal(err.message, why);
    burin_error_clear(&err);
}

static void damaged_files_are_refused(void **state)
{
    static const message alien[]  = {{BURIN_TEXT(""), BURIN_TEXT("Content-Type: text/plain; charset=Klingon-1\n")}};
    static const message cut[]    = {{BURIN_TEXT(""), BURIN_TEXT("Content-Type: text/plain; charset=Shift_JIS\n")}, {BURIN_TEXT("a"), BURIN_TEXT("\x93")}};
    static const message rule[]   = {{BURIN_TEXT(""), BURIN_TEXT("Plural-Forms: nplurals=2; plural=n ==;\n")}};
    static const message binary[] = {{BURIN_TEXT("a"), BURIN_TEXT("\xff")}};
    buf                  bytes    = make_mo(french, FRENCH, false);
    (void)state;
    refuse("", 0, "Bad magic number");
    refuse("0123456789012345678901234567890", 30, "Bad magic number");
    for (size_t len = 28; len + 1 < bytes.len; len += 7) /* every cut is noticed, none is read past */
        refuse(bytes.data, len, "the catalogue is cut off");
    bytes.data[6] = 9;
    refuse(bytes.data, bytes.len, "Bad version number");
    buf_deinit(&bytes);
    bytes = make_mo(alien, 1, false);
    refuse(bytes.data, bytes.len, "the catalogue's charset is unknown: Klingon-1");
    buf_deinit(&bytes);
    bytes = make_mo(cut, 2, false);
    refuse(bytes.data, bytes.len, "the catalogue is not valid Shift_JIS");
    buf_deinit(&bytes);
    bytes = make_mo(rule, 1, false);
    refuse(bytes.data, bytes.len, "malformed plural form: n ==");
    buf_deinit(&bytes);
    bytes = make_mo(binary, 1, false);
    refuse(bytes.data, bytes.len, "the catalogue is not valid utf-8");
    buf_deinit(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_found_in_both_byte_orders),
        cmocka_unit_test(plural_forms_follow_the_header),
        cmocka_unit_test(what_the_first_lacks_comes_from_the_fallback),
        cmocka_unit_test(texts_of_other_charsets_become_utf8),
        cmocka_unit_test(damaged_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
