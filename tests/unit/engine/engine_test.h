/* What the tests of engine/ share: one environment, one render, one heap for data, and comparison of what comes out. */
#ifndef ENGINE_TEST_H
#define ENGINE_TEST_H

#include "burin/burin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static inline burin_text text_z(const char *z) { return (burin_text){z, strlen(z)}; }

/* A value from JSON. */
static inline burin_value data_of(burin_heap *heap, const char *json)
{
    burin_value v;
    assert_int_equal(burin_json_read(heap, text_z(json), false, &v, NULL), BURIN_OK);
    return v;
}

static inline void assert_text(burin_text got, const char *want)
{
    if (got.len != strlen(want) || (got.len && memcmp(got.data, want, got.len) != 0))
        fail_msg("got '%.*s', want '%s'", (int)got.len, got.data ? got.data : "", want);
}

/* `source` with the variables `json` in `env` gives `want`; a `want` that starts with "!" is the message of an error. */
static inline void assert_renders(burin_env *env, const char *source, const char *json, const char *want)
{
    burin_error     err    = BURIN_ERROR_INIT;
    burin_heap     *heap   = burin_heap_new(NULL);
    burin_text      out    = {NULL, 0};
    burin_template *tpl    = burin_template_from_string(env, NULL, text_z(source), &err);
    burin_render   *render = burin_render_new(env, NULL);

    assert_non_null(render);
    burin_status status = tpl ? burin_render_text(render, tpl, data_of(heap, json), &out, &err) : err.status;
    if (want[0] == '!') {
        assert_int_not_equal(status, BURIN_OK);
        assert_int_equal(err.status, status);
        assert_non_null(err.message);
        assert_string_equal(err.message, want + 1);
    } else {
        if (status)
            fail_msg("%s: %s: %s", source, burin_status_class(err.status), err.message ? err.message : "");
        assert_text(out, want);
    }
    burin_error_clear(&err);
    burin_template_unref(tpl);
    burin_render_free(render);
    burin_heap_free(heap);
}

/* Give `env` templates: name, text, name, text, NULL. */
static inline void set_templates(burin_env *env, ...)
{
    const char  *names[32];
    burin_text   sources[32];
    size_t       count = 0;
    burin_loader loader;
    va_list      args;

    va_start(args, env);
    for (const char *name; (name = va_arg(args, const char *)) != NULL; count++) {
        names[count]   = name;
        sources[count] = text_z(va_arg(args, const char *));
    }
    va_end(args);
    assert_int_equal(burin_loader_memory(&loader, names, sources, count), BURIN_OK);
    assert_int_equal(burin_env_set_loader(env, &loader), BURIN_OK);
}

#endif
