/* Templates that want too much, memory that runs out, bytes that mean nothing: an error each, and nothing worse. */
#include "parse_text.h"

#include <stdlib.h>

/* head, then `count` times `open`, middle, `count` times `close`, tail; malloc'ed. */
static char *nested(const char *head, const char *open, const char *middle, const char *close, const char *tail, unsigned count)
{
    char *text = malloc(strlen(head) + strlen(middle) + strlen(tail) + count * (strlen(open) + strlen(close)) + 1);
    char *end  = stpcpy(text, head);
    for (unsigned i = 0; i < count; i++)
        end = stpcpy(end, open);
    end = stpcpy(end, middle);
    for (unsigned i = 0; i < count; i++)
        end = stpcpy(end, close);
    stpcpy(end, tail);
    return text;
}

static burin_status parse_status(const char *text, size_t len, uint32_t nesting_max)
{
    syntax    options = all_extensions();
    arena     a       = arena_make(&base_malloc_allocator);
    source    src     = {{text, len}, NULL};
    ast_node *tree    = NULL;
    options.nesting_max = nesting_max;
    burin_status status = parse_template(&a, &src, &options, &tree, NULL);
    arena_deinit(&a);
    return status;
}

static void nesting_is_bounded_in_every_direction(void **state)
{
    static const struct {
        const char *what, *head, *open, *middle, *close, *tail;
        unsigned    fits; /* a depth that must be accepted with the default limit; 10 000 must not */
    } rows[] = {
        {"brackets", "{{ ", "(", "a", ")", " }}", 74},
        {"lists", "{{ ", "[", "a", "]", " }}", 74},
        {"calls", "{{ ", "f(", "a", ")", " }}", 69},
        {"not", "{{ ", "not ", "a", "", " }}", 197},
        {"minus", "{{ ", "- ", "a", "", " }}", 196},
        {"sums", "{{ ", "a+", "a", "", " }}", 197},
        {"attributes", "{{ a", ".a", "", "", " }}", 197},
        {"filters", "{{ a", "|e", "", "", " }}", 197},
        {"calls of calls", "{{ a", "()", "", "", " }}", 197},
        {"inline else", "{{ ", "a if a else ", "a", "", " }}", 197},
        {"if", "", "{% if a %}", "", "{% endif %}", "", 98},
        {"blocks of set", "", "{% set a %}", "", "{% endset %}", "", 98},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *fits = nested(rows[i].head, rows[i].open, rows[i].middle, rows[i].close, rows[i].tail, rows[i].fits);
        char *deep = nested(rows[i].head, rows[i].open, rows[i].middle, rows[i].close, rows[i].tail, 10000);
        if (parse_status(fits, strlen(fits), 200) != BURIN_OK)
            fail_msg("%s: %u are refused", rows[i].what, rows[i].fits);
        if (parse_status(deep, strlen(deep), 200) != BURIN_ERR_RECURSION || parse_status(deep, strlen(deep), 0) != BURIN_ERR_RECURSION)
            fail_msg("%s: 10 000 are accepted", rows[i].what);
        free(fits);
        free(deep);
    }
}

static void what_does_not_nest_is_not_bounded(void **state)
{
    static const char *const rows[][3] = {
        {"{{ ", "a~", "a }}"}, {"{{ ", "'a' ", "}}"}, {"{{ [", "a,", "] }}"}, {"{% if a %}", "{% elif a %}", "{% endif %}"}, {"", "{{ a }}b", ""},
        {"{{ a|b", " . c", " }}"}, {"{% trans %}", "{{ a }}", "{% endtrans %}"}, {"{{ a < a", " < a", " }}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = nested(rows[i][0], rows[i][1], rows[i][2], "", "", 100000);
        assert_int_equal(parse_status(text, strlen(text), 200), BURIN_OK);
        free(text);
    }
}

static void a_source_may_be_too_large(void **state)
{
    syntax      options = syntax_default;
    arena       a       = arena_make(&base_malloc_allocator);
    source      src     = {BURIN_TEXT("abcd"), NULL};
    burin_error err     = BURIN_ERROR_INIT;
    ast_node   *tree    = NULL;
    (void)state;
    options.source_max = 4;
    assert_int_equal(parse_template(&a, &src, &options, &tree, &err), BURIN_OK);
    options.source_max = 3;
    assert_int_equal(parse_template(&a, &src, &options, &tree, &err), BURIN_ERR_LIMIT);
    assert_string_equal(err.message, "the template has 4 bytes, more than the limit of 3");
    burin_error_clear(&err);
    arena_deinit(&a);
}

static void invalid_utf8_is_an_error_on_its_line(void **state)
{
    (void)state;
    assert_string_equal(parsed("a\nb\xff", &syntax_default, false),
                        "UnicodeDecodeError 2: 'utf-8' codec can't decode byte 0xff in position 3: invalid start byte");
}

/* ---- memory ---- */

typedef struct failing {
    int    left;  /* allocations that still succeed */
    size_t held;
} failing;

static void *failing_resize(void *user, void *block, size_t old_size, size_t new_size)
{
    failing *f = user;
    if (new_size == 0) {
        f->held -= old_size;
        free(block);
        return NULL;
    }
    if (f->left-- <= 0)
        return NULL;
    void *moved = realloc(block, new_size);
    if (moved)
        f->held += new_size - old_size;
    return moved;
}

/* An allocator that gives every allocation a block of its own finds more places; arenas make few, so the text is long. */
static void memory_may_run_out_anywhere(void **state)
{
    static const char piece[] =
        "{% macro m(a, b=1) %}{% call(x) m(a, *b, **c) %}{{ 'a\\n' 'b' ~ x|f . g(1)|h is not i(j) }}{% endcall %}{% endmacro %}"
        "{% if a and b or not c %}{% elif d == e < f %}{% else %}{{ [1, (2,), {3: 4}][::2] if g else -h }}{% endif %}"
        "{% for a, (b, c) in d if e recursive %}{% set f.g = 1_0 %}{% endfor %}{% with a = 1 %}{% include 'b' %}{% endwith %}"
        "{% from 'a' import b as c %}{% filter f|g %}{% set h|i %}{% endset %}{% endfilter %}{% block %NAME% %}{% endblock %}"
        "{% trans n=f(), a %}x {{ b }}{% pluralize %}y{% endtrans %}{# c #}";
    enum { REPEATS = 60 };
    char  *text    = nested("", piece, "", "", "", REPEATS);
    syntax options = all_extensions();
    int    failures = 0;
    (void)state;
    for (char *at = text; (at = strstr(at, "%NAME%")) != NULL;)
        memcpy(at, " b    ", 6);
    for (int allowed = 0;; allowed++) {
        failing         f         = {allowed, 0};
        burin_allocator allocator = {failing_resize, &f};
        arena           a         = arena_make(&allocator);
        source          src       = {{text, strlen(text)}, NULL};
        ast_node       *tree      = NULL;
        burin_status    status    = parse_template(&a, &src, &options, &tree, NULL);
        arena_deinit(&a);
        assert_int_equal(f.held, 0);
        if (status == BURIN_OK)
            break;
        assert_int_equal(status, BURIN_ERR_NOMEM);
        failures++;
    }
    assert_true(failures > 5);
    free(text);
}

/* ---- bytes ---- */

static void any_bytes_end_in_a_status(void **state)
{
    static const char *const pieces[] = {"{{", "}}", "{%", "%}", "{#", "#}", "if", "for", "in", "endfor", "trans", "(", ")", "[", "'", "\\", "\n", "-", "|", ".", "=", "a", "1", " "};
    uint32_t random = 1;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        char   text[64];
        size_t len = 0;
        while (len < 48) {
            random = random * 1664525 + 1013904223;
            const char *piece = pieces[(random >> 8) % (sizeof pieces / sizeof pieces[0])];
            if ((random >> 24) % 16 == 0)
                text[len++] = (char)(random >> 16);
            else {
                memcpy(text + len, piece, strlen(piece));
                len += strlen(piece);
            }
        }
        parse_status(text, len, 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nesting_is_bounded_in_every_direction),
        cmocka_unit_test(what_does_not_nest_is_not_bounded),
        cmocka_unit_test(a_source_may_be_too_large),
        cmocka_unit_test(invalid_utf8_is_an_error_on_its_line),
        cmocka_unit_test(memory_may_run_out_anywhere),
        cmocka_unit_test(any_bytes_end_in_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
