#include "tests/support/run.h"

#include "runtime/convert.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>

#include <cmocka.h>

static void *counted_resize(void *user, void *block, size_t old_size, size_t new_size)
{
    run *r = user;
    if (new_size == 0) {
        r->held -= old_size;
        free(block);
        return NULL;
    }
    r->allocations++;
    if (r->fail_at && r->allocations >= r->fail_at)
        return NULL;
    void *p = realloc(block, new_size);
    r->held += new_size - old_size;
    return p;
}

run *run_new_failing(uint64_t fail_at)
{
    run *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->alloc   = (burin_allocator){counted_resize, r};
    r->fail_at = fail_at;
    if (!rt_env_init(&r->env, &r->alloc)) {
        assert_int_equal(r->held, 0);
        free(r);
        return NULL;
    }
    r->st.env        = &r->env;
    r->st.message    = buf_make(&r->alloc);
    r->st.steps_left = UINT64_MAX;
    heap_init(&r->st.heap, &r->alloc, 0);
    return r;
}

run *run_new(void) { return run_new_failing(0); }

bool run_free(run *r)
{
    heap_deinit(&r->st.heap);
    buf_deinit(&r->st.message);
    rt_env_deinit(&r->env);
    bool clean = r->held == 0;
    free(r);
    return clean;
}

const char *run_error(run *r, burin_status want)
{
    static char message[1024];
    burin_text  text = rt_message(&r->st);
    size_t      len  = text.len < sizeof message - 1 ? text.len : sizeof message - 1;
    memcpy(message, len ? text.data : "", len);
    message[len] = '\0';
    if (r->st.status != want)
        fail_msg("%s: %s, not %s", burin_status_class(r->st.status), message, burin_status_class(want));
    rt_clear_error(&r->st);
    return message;
}

const char *run_repr(run *r, burin_value v)
{
    burin_value text;
    if (rt_repr(&r->st, v, &text))
        fail_msg("repr failed: %.*s", (int)r->st.message.len, r->st.message.data);
    char *z = heap_alloc(&r->st.heap, text.len + 1u);
    assert_non_null(z);
    memcpy(z, text.as.s, text.len);
    z[text.len] = '\0';
    return z;
}

burin_value run_text(const char *z) { return rt_string(z, strlen(z)); }

burin_value run_value(run *r, const char *literal)
{
    burin_value v = rt_missing();
    if (rt_literal_eval(&r->st, (burin_text){literal, strlen(literal)}, &v) || v.kind == BURIN_MISSING)
        fail_msg("%s is no literal", literal);
    return v;
}
