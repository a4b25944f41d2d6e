/* The output buffer and escaping: every length, every alignment, exact limits, streams. */
#include "runtime/write.h"
#include "tests/support/values_from_text.h"

#include <sys/mman.h>
#include <unistd.h>

enum { LONGEST = 300 };

/* The plain definition of escaping. */
static size_t escape_slowly(const char *data, size_t len, char *to)
{
    char *start = to;
    for (size_t n = 0; n < len; n++) {
        const char *entity = data[n] == '&' ? "&amp;" : data[n] == '<' ? "&lt;" : data[n] == '>' ? "&gt;" : data[n] == '"' ? "&#34;" : data[n] == '\'' ? "&#39;" : NULL;
        if (entity) {
            memcpy(to, entity, strlen(entity));
            to += strlen(entity);
        } else {
            *to++ = data[n];
        }
    }
    return (size_t)(to - start);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void fill(char *data, size_t len, uint32_t density, uint32_t *seed)
{
    static const char special[] = "&<>\"'";
    for (size_t n = 0; n < len; n++)
        data[n] = next_random(seed) % 100 < density ? special[next_random(seed) % 5] : (char)next_random(seed);
}

/* Texts that end where readable memory ends. */
static void every_length_and_density_escapes_like_the_definition(void **state)
{
    static const uint32_t densities[] = {0, 1, 10, 50, 100};
    size_t   page = (size_t)sysconf(_SC_PAGESIZE);
    char    *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char     want[LONGEST * 5];
    uint32_t seed = 1;
    run     *r = run_new();
    rt_out   out;
    (void)state;
    assert_true(pages != MAP_FAILED && mprotect(pages + page, page, PROT_NONE) == 0);
    rt_out_init(&out, &r->st, 0);
    for (size_t len = 0; len <= LONGEST; len++)
        for (size_t d = 0; d < 5; d++)
            for (size_t before_end = 0; before_end < 40; before_end += 13) {
                char *data = pages + page - len - before_end;
                fill(data, len, densities[d], &seed);
                size_t want_len = escape_slowly(data, len, want);
                out.next        = out.data;
                rt_out_escaped(&out, data, len);
                assert_int_equal(out.next - out.data, want_len);
                assert_memory_equal(out.data, want, want_len);
                out.next = out.data;
                rt_out_write_fast(&out, data, len);
                assert_int_equal(out.next - out.data, len);
                assert_memory_equal(out.data, data, len);
            }
    rt_out_deinit(&out);
    munmap(pages, 2 * page);
    assert_true(run_free(r));
}

static void the_limit_is_exact(void **state)
{
    char     data[LONGEST], want[LONGEST * 5], message[64];
    uint32_t seed = 7;
    (void)state;
    for (size_t len = 1; len <= LONGEST; len += 17) {
        fill(data, len, 20, &seed);
        size_t want_len = escape_slowly(data, len, want);
        for (int less = 0; less < 2; less++) {
            run   *r = run_new();
            rt_out out;
            rt_out_init(&out, &r->st, 0);
            out.limit = want_len - (size_t)less;
            snprintf(message, sizeof message, "the output limit of %zu bytes was reached", out.limit);
            if (out.limit) {
                rt_out_escaped(&out, data, len);
                assert_int_equal(out.failed, less);
                assert_true((size_t)(out.next - out.data) <= out.limit);
                if (less)
                    assert_string_equal(run_error(r, BURIN_ERR_LIMIT), message);
                else
                    assert_memory_equal(out.data, want, want_len);
            }
            rt_out_deinit(&out);
            assert_true(run_free(r));
        }
    }
}

static void nothing_is_written_after_a_failure(void **state)
{
    run   *r = run_new();
    rt_out out;
    (void)state;
    rt_out_init(&out, &r->st, 0);
    out.limit = 3;
    rt_out_write(&out, "abcd", 4);
    rt_out_write(&out, "x", 1);
    rt_out_escaped(&out, "y", 1);
    rt_write_str_fast(&r->st, &out, burin_int(5));
    assert_int_equal(out.next - out.data, 0);
    assert_int_equal(rt_out_status(&out), BURIN_ERR_LIMIT);
    run_error(r, BURIN_ERR_LIMIT);
    rt_out_deinit(&out);
    assert_true(run_free(r));
}

/* ---- streams ---- */

static char   taken[4096];
static size_t taken_len;

static burin_status take_all(rt_out *out)
{
    size_t len = (size_t)(out->next - out->data);
    memcpy(taken + taken_len, out->data, len);
    taken_len += len;
    out->flushed += len;
    out->next = out->data;
    return BURIN_OK;
}

static void a_stream_is_emptied_when_full_and_keeps_the_limit(void **state)
{
    run   *r = run_new();
    rt_out out;
    (void)state;
    taken_len = 0;
    rt_out_init(&out, &r->st, 64);
    out.flush = take_all;
    out.limit = 1000;
    for (int n = 0; n < 200; n++)
        rt_out_escaped(&out, "a<b", 3);
    assert_true(out.failed);
    assert_int_equal(out.flushed + (size_t)(out.next - out.data), 1000 / 6 * 6 + 1); /* "a" fitted, "&lt;" did not */
    for (size_t n = 0; n + 6 <= taken_len; n += 6)
        assert_memory_equal(taken + n, "a&lt;b", 6);
    run_error(r, BURIN_ERR_LIMIT);
    rt_out_deinit(&out);
    assert_true(run_free(r));
}

static void what_was_written_can_be_taken_as_a_string(void **state)
{
    run        *r = run_new();
    rt_out      out, text;
    burin_value v;
    (void)state;
    rt_out_init(&out, &r->st, 0);
    rt_out_literal(&out, "abc");
    rt_out_literal(&out, "d\xc3\xa9");
    assert_int_equal(rt_out_take(&out, 3, &v), BURIN_OK);
    assert_string_equal(run_repr(r, v), "'d\xc3\xa9'");
    assert_int_equal(v.flags, 0);
    assert_int_equal(out.next - out.data, 3);
    rt_out_deinit(&out);

    rt_out_init_heap(&text, &r->st, 1000);
    rt_out_literal(&text, "hello");
    assert_int_equal(rt_out_take(&text, 0, &v), BURIN_OK);
    assert_int_equal(v.flags, BURIN_ASCII);
    assert_ptr_equal(r->st.heap.next, v.as.s + 8); /* what was not used is given back */
    assert_true(run_free(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length_and_density_escapes_like_the_definition),
        cmocka_unit_test(the_limit_is_exact),
        cmocka_unit_test(nothing_is_written_after_a_failure),
        cmocka_unit_test(a_stream_is_emptied_when_full_and_keeps_the_limit),
        cmocka_unit_test(what_was_written_can_be_taken_as_a_string),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
