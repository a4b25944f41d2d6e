/* Unicode: every code point against CPython 3.11, by checksums (FNV-1a) that CPython computed:
 *   properties  the code points that have one, as 3 bytes each, low byte first: [c for c in range(0x110000) if chr(c).isalpha()]
 *   mappings    the UTF-8 of chr(c).lower() and of ("a" + chr(c) + "b").lower() for every c that is no surrogate
 * and a table of texts where neighbours matter. */
#include "runtime/unicode.h"

#include "runtime/base/text.h"
#include "tests/support/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const uint64_t fnv_start = 0xcbf29ce484222325u;

static uint64_t fnv(uint64_t hash, const char *data, size_t len)
{
    for (size_t n = 0; n < len; n++)
        hash = (hash ^ (unsigned char)data[n]) * 0x100000001b3u;
    return hash;
}

static void properties_are_those_of_every_code_point(void **state)
{
    static const struct {
        const char *name;
        bool (*is)(uint32_t cp);
        unsigned count;
        uint64_t sum;
    } rows[] = {
        {"uni_is_space", uni_is_space, 29, 0x37be1c823ba9b34f},
        {"uni_is_line_break", uni_is_line_break, 10, 0xf724bdd2ef8d0280},
        {"uni_is_alpha", uni_is_alpha, 131756, 0x3af97a75de3db5a3},
        {"uni_is_digit", uni_is_digit, 788, 0x7338e87f6f025a52},
        {"uni_is_decimal", uni_is_decimal, 660, 0xa6c10427cb2e2a6f},
        {"uni_is_numeric", uni_is_numeric, 1872, 0xbd7f0ece48664dde},
        {"uni_is_alnum", uni_is_alnum, 133547, 0x693ecb9462526a4d},
        {"uni_is_upper", uni_is_upper, 1951, 0x4c1d5407cd6b0b29},
        {"uni_is_lower", uni_is_lower, 2471, 0x4044aa0d6f83a9be},
        {"uni_is_title", uni_is_title, 31, 0x6762da5f727db6f2},
        {"uni_is_printable", uni_is_printable, 144516, 0x83c67f346d8dbd97},
        {"uni_is_word", uni_is_word, 133548, 0x21ff1c8aba3f2844},
        {"uni_is_id_start", uni_is_id_start, 131975, 0x3260dab401adeacd},
        {"uni_is_id_continue", uni_is_id_continue, 135053, 0xfcd01fcd8aea61b1},
    };
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        uint64_t sum   = fnv_start;
        unsigned count = 0;
        for (uint32_t cp = 0; cp < 0x110000; cp++) {
            char bytes[3] = {(char)cp, (char)(cp >> 8), (char)(cp >> 16)};
            if (!rows[n].is(cp))
                continue;
            count++;
            sum = fnv(sum, bytes, 3);
        }
        if (count != rows[n].count || sum != rows[n].sum)
            fail_msg("%s: %u code points, not %u", rows[n].name, count, rows[n].count);
    }
}

static void decimal_values_agree_with_the_digit_row(void **state)
{
    (void)state;
    assert_int_equal(uni_decimal_value('7'), 7);
    assert_int_equal(uni_decimal_value(0x663), 3);   /* ARABIC-INDIC DIGIT THREE */
    assert_int_equal(uni_decimal_value(0x1d7ff), 9); /* MATHEMATICAL MONOSPACE DIGIT NINE */
    assert_int_equal(uni_decimal_value(0xb2), -1);   /* SUPERSCRIPT TWO is a digit, not a decimal */
    assert_int_equal(uni_decimal_value('a'), -1);
}

typedef burin_status (*mapping)(rt_state *st, burin_value s, burin_value *out);

/* The sum of `map` over `before`, each code point, `after`. */
static uint64_t sum_of(run *r, mapping map, const char *before, const char *after)
{
    uint64_t      sum  = fnv_start;
    heap_position mark = heap_mark(&r->st.heap);

    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        char        text[16];
        size_t      len = strlen(before);
        burin_value mapped;
        if (cp == 0xd800)
            cp = 0xe000;
        memcpy(text, before, len);
        len += text_encode(cp, text + len);
        memcpy(text + len, after, strlen(after));
        len += strlen(after);
        assert_int_equal(map(&r->st, burin_string_borrow(text, len), &mapped), BURIN_OK);
        sum = fnv(sum, mapped.as.s, mapped.len);
        heap_release(&r->st.heap, mark);
    }
    return sum;
}

static void mappings_are_those_of_every_code_point(void **state)
{
    static const struct {
        const char *name;
        mapping     map;
        uint64_t    alone, in_word;
    } rows[] = {
        {"lower", uni_lower, 0xc319d02e8283b91e, 0xdda1a0bc657bc582},
        {"upper", uni_upper, 0xf1a6102c65729830, 0x02dd25bd851ea99c},
        {"casefold", uni_casefold, 0x5fd6a1292f7b8d6c, 0xde522bef3550f15a},
        {"swapcase", uni_swapcase, 0x416a990af7c79515, 0xc539ec2c3406247f},
        {"capitalize", uni_capitalize, 0x5553b8be0b3cbf35, 0xc3f9057696f71302},
        {"title", uni_title, 0x5553b8be0b3cbf35, 0x64e3bb82b285e1a2},
    };
    run *r = run_new();

    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        if (sum_of(r, rows[n].map, "", "") != rows[n].alone)
            fail_msg("%s of one character", rows[n].name);
        if (sum_of(r, rows[n].map, "a", "b") != rows[n].in_word)
            fail_msg("%s inside a word", rows[n].name);
    }
    assert_true(run_free(r));
}

static void neighbours_decide_on_sigma_and_titles(void **state)
{
    static const struct {
        mapping     map;
        const char *text, *want;
    } rows[] = {
        {uni_lower, "ΑΣ", "ας"},
        {uni_lower, "ΑΣΑ", "ασα"},
        {uni_lower, "Σ", "σ"},
        {uni_lower, "ΑΣ.", "ας."},
        {uni_lower, "ΑΣ.Α", "ασ.α"},
        {uni_lower, "Α.Σ", "α.ς"},
        {uni_lower, "ΑΣ ΒΣ", "ας βς"},
        {uni_lower, "aΣ́b", "aσ́b"},
        {uni_lower, "HELLO World 12345678 ABC", "hello world 12345678 abc"},
        {uni_lower, "İI", "i̇i"},
        {uni_upper, "straße ﬁn", "STRASSE FIN"},
        {uni_upper, "ŉ ǰ", "ʼN J̌"},
        {uni_upper, "hello WORLD ÿ", "HELLO WORLD Ÿ"},
        {uni_title, "it's a.b x_y", "It'S A.B X_Y"},
        {uni_title, "ǆ ΣΑΣ ﬁx", "ǅ Σας Fix"},
        {uni_title, "hello wORLD 3x", "Hello World 3X"},
        {uni_title, "ß ßa", "Ss Ssa"},
        {uni_capitalize, "ǆUNGLE", "ǅungle"},
        {uni_capitalize, "ﬁSH ΣΣ", "Fish σς"},
        {uni_capitalize, "hELLO", "Hello"},
        {uni_capitalize, "", ""},
        {uni_swapcase, "Ab ßİ ǅΣ", "aB SSi̇ ǅς"},
        {uni_swapcase, "aΣ bΑΣ", "Aς Bας"},
        {uni_casefold, "Straße ẞ ΣΣ", "strasse ss σσ"},
        {uni_casefold, "ÀÉ", "àé"},
    };
    run *r = run_new();

    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_value out;
        assert_int_equal(rows[n].map(&r->st, run_text(rows[n].text), &out), BURIN_OK);
        assert_int_equal(out.len, strlen(rows[n].want));
        assert_memory_equal(out.as.s, rows[n].want, out.len);
    }
    assert_true(run_free(r));
}

static void markup_stays_markup(void **state)
{
    static const mapping maps[] = {uni_lower, uni_upper, uni_casefold, uni_swapcase, uni_capitalize, uni_title};
    static const char *const texts[] = {"", "Ab", "\xc3\x9f"};
    run *r = run_new();

    (void)state;
    for (size_t m = 0; m < sizeof maps / sizeof maps[0]; m++)
        for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
            burin_value out, text = run_text(texts[t]);
            text.flags |= BURIN_SAFE;
            assert_int_equal(maps[m](&r->st, text, &out), BURIN_OK);
            assert_true(rt_is_safe(out));
        }
    assert_true(run_free(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(properties_are_those_of_every_code_point),
        cmocka_unit_test(decimal_values_agree_with_the_digit_row),
        cmocka_unit_test(mappings_are_those_of_every_code_point),
        cmocka_unit_test(neighbours_decide_on_sigma_and_titles),
        cmocka_unit_test(markup_stays_markup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
