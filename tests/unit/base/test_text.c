/* UTF-8, searching, hashing. */
#include "runtime/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static unsigned random_below(unsigned bound)
{
    static uint32_t state = 12345;
    state                 = state * 1664525u + 1013904223u;
    return (unsigned)((uint64_t)state * bound >> 32);
}

static void ascii_is_seen_wherever_a_high_byte_stands(void **state)
{
    char text[200];
    (void)state;
    memset(text, 'a', sizeof text);
    for (size_t len = 0; len <= sizeof text; len++) {
        assert_true(text_is_ascii(text, len));
        for (size_t at = 0; at < len; at++) {
            text[at] = (char)0xC3;
            assert_false(text_is_ascii(text, len));
            text[at] = 'a';
        }
        if (len < sizeof text) { /* the byte behind the end does not count */
            text[len] = (char)0xC3;
            assert_true(text_is_ascii(text, len));
            text[len] = 'a';
        }
    }
}

/* Text of `count` random code points of one to four bytes; offsets[i] is where the i-th starts. */
static size_t random_text(char *text, size_t count, size_t *offsets)
{
    static const uint32_t samples[] = {'x', 0xE9, 0x20AC, 0x1F600, ' ', 0x7FF, 0xFFFF, 0x10FFFF, 0xD7FF, 0xE000};
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        offsets[i] = len;
        len += text_encode(random_below(3) ? 'a' + random_below(26) : samples[random_below(10)], text + len);
    }
    offsets[count] = len;
    return len;
}

static void code_points_are_counted_and_found(void **state)
{
    char   text[4096];
    size_t offsets[1001];
    (void)state;
    for (int round = 0; round < 300; round++) {
        size_t count = random_below(1000), len = random_text(text, count, offsets), at = 0;
        assert_int_equal(text_count(text, len), count);
        assert_int_equal(text_valid_prefix(text, len), len);
        for (size_t i = 0; i <= count; i++)
            assert_int_equal(text_offset(text, len, i), offsets[i]);
        for (size_t i = 0; i < count; i++) {
            char     again[4];
            uint32_t cp = text_decode(text, len, &at);
            assert_int_equal(at, offsets[i + 1]);
            assert_int_equal(text_encode(cp, again), offsets[i + 1] - offsets[i]);
            assert_memory_equal(again, text + offsets[i], offsets[i + 1] - offsets[i]);
        }
    }
}

static void bytes_that_are_no_text_are_found(void **state)
{
    static const struct { const char *bytes; size_t valid; } rows[] = {
        {"abc", 3}, {"\xC3\xA9", 2}, {"\xE2\x82\xAC", 3}, {"\xF0\x9F\x98\x80", 4}, {"\xF4\x8F\xBF\xBF", 4}, {"\xED\x9F\xBF", 3},
        {"\x80", 0}, {"\xC0\x80", 0}, {"\xC1\xBF", 0}, {"\xE0\x80\x80", 0}, {"\xE0\x9F\xBF", 0}, {"\xED\xA0\x80", 0}, {"\xF0\x8F\xBF\xBF", 0},
        {"\xF4\x90\x80\x80", 0}, {"\xF5\x80\x80\x80", 0}, {"\xFF", 0}, {"a\xC3", 1}, {"a\xE2\x82", 1}, {"a\xF0\x9F\x98", 1}, {"\xC3\x41", 0},
        {"0123456789abcdefghijklmnopqrstuv\xE2\x28\xA1", 32}, {"\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9 \xA9", 17},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(text_valid_prefix(rows[i].bytes, strlen(rows[i].bytes)), rows[i].valid);
}

static size_t slow_find(const char *hay, size_t hay_len, const char *needle, size_t len, bool last)
{
    size_t found = SIZE_MAX;
    for (size_t at = 0; at + len <= hay_len && (last || found == SIZE_MAX); at++) {
        if (memcmp(hay + at, needle, len) == 0)
            found = at;
    }
    return found;
}

static void texts_are_found_first_and_last(void **state)
{
    char hay[600], needle[40];
    (void)state;
    for (int round = 0; round < 200000; round++) {
        unsigned letters = 1 + random_below(4);
        size_t   hay_len = random_below(sizeof hay / (round % 10 ? 8 : 1)), len = random_below(sizeof needle / (round % 3 ? 6 : 1));
        for (size_t i = 0; i < hay_len; i++)
            hay[i] = (char)('a' + random_below(letters));
        for (size_t i = 0; i < len; i++)
            needle[i] = (char)('a' + random_below(letters));
        assert_int_equal(text_find(hay, hay_len, needle, len), slow_find(hay, hay_len, needle, len, false));
        assert_int_equal(text_rfind(hay, hay_len, needle, len), slow_find(hay, hay_len, needle, len, true));
    }
}

/* a^n in which a^m b a^m is sought: quadratic for anything naive (10^11 steps, against the 300 s of the test's limit). */
static void searching_is_linear(void **state)
{
    size_t hay_len = 1 << 21, len = 1 << 17;
    char  *hay = malloc(hay_len), *needle = malloc(len);
    (void)state;
    memset(hay, 'a', hay_len);
    memset(needle, 'a', len);
    needle[len / 2] = 'b';
    assert_int_equal(text_find(hay, hay_len, needle, len), SIZE_MAX);
    assert_int_equal(text_rfind(hay, hay_len, needle, len), SIZE_MAX);
    hay[hay_len - len / 2] = 'b';
    assert_int_equal(text_find(hay, hay_len, needle, len), hay_len - len);
    assert_int_equal(text_rfind(hay, hay_len, needle, len), hay_len - len);
    free(hay);
    free(needle);
}

static void hashes_depend_on_every_byte_and_the_seed(void **state)
{
    char text[100];
    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)i;
    for (size_t len = 0; len <= sizeof text; len++) {
        uint32_t hash = text_hash(text, len, 1);
        assert_int_not_equal(hash, 0);
        assert_int_equal(hash, text_hash(text, len, 1));
        assert_int_not_equal(hash, text_hash(text, len, 2));
        if (len < sizeof text)
            assert_int_not_equal(hash, text_hash(text, len + 1, 1));
        for (size_t at = 0; at < len; at++) {
            text[at] ^= 64;
            assert_int_not_equal(hash, text_hash(text, len, 1));
            text[at] ^= 64;
        }
    }
}

static void hashes_of_similar_keys_spread(void **state)
{
    static unsigned buckets[4096];
    char key[16];
    (void)state;
    for (unsigned i = 0; i < 4096; i++) {
        memcpy(key, "key", 3);
        size_t len = 3 + text_from_int(i, key + 3);
        buckets[text_hash(key, len, 7) & 4095]++;
    }
    for (unsigned i = 0; i < 4096; i++)
        assert_true(buckets[i] < 10);
}

static void distance_counts_edits_and_swaps(void **state)
{
    static const struct { const char *a, *b; size_t limit, want; } rows[] = {
        {"upper", "upper", 3, 0}, {"uper", "upper", 3, 1}, {"uppre", "upper", 3, 1}, {"lowre", "upper", 9, 4}, {"", "abc", 9, 3},
        {"abc", "", 9, 3}, {"abcdef", "ghijkl", 3, 4}, {"abcdef", "ghijkl", 6, 6}, {"a", "abcde", 3, 4}, {"ca", "abc", 9, 3}, {"lenght", "length", 3, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(text_distance((burin_text){rows[i].a, strlen(rows[i].a)}, (burin_text){rows[i].b, strlen(rows[i].b)}, rows[i].limit), rows[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ascii_is_seen_wherever_a_high_byte_stands), cmocka_unit_test(code_points_are_counted_and_found),
        cmocka_unit_test(bytes_that_are_no_text_are_found),          cmocka_unit_test(texts_are_found_first_and_last),
        cmocka_unit_test(searching_is_linear),                       cmocka_unit_test(hashes_depend_on_every_byte_and_the_seed),
        cmocka_unit_test(hashes_of_similar_keys_spread),             cmocka_unit_test(distance_counts_edits_and_swaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
