/* Output as it is made: a sink takes the pieces of a large page while it is rendered, and may stop the render. */
#include <burin/burin.h>

#include <stdio.h>
#include <string.h>

typedef struct receiver {
    size_t pieces, bytes, lines;
    size_t bytes_max; /* 0: takes everything */
} receiver;

static burin_status take(void *user, const char *data, size_t len)
{
    receiver *r = user;

    r->pieces++;
    r->bytes += len;
    for (size_t i = 0; i < len; i++)
        r->lines += data[i] == '\n';
    return r->bytes_max && r->bytes > r->bytes_max ? BURIN_ERR_CANCELLED : BURIN_OK;
}

int main(void)
{
    burin_error     err    = BURIN_ERROR_INIT;
    burin_env      *env    = burin_env_new(NULL, &err);
    burin_heap     *heap   = burin_heap_new(NULL);
    burin_template *tpl    = NULL;
    burin_render   *render = NULL;
    receiver        all = {0}, some = {.bytes_max = 100000};
    int             code = 1;

    if (!env || !heap)
        goto done;
    tpl    = burin_template_from_string(env, "log", BURIN_TEXT("{% for n in range(count) %}line {{ n }}\n{% endfor %}"), &err);
    render = burin_render_new(env, &err);
    if (!tpl || !render)
        goto done;
    burin_value vars = burin_dict(heap, 1);
    burin_dict_set_z(heap, vars, "count", burin_int(100000));

    /* Everything, in pieces: memory stays small however long the page is. */
    burin_sink sink = {take, &all};
    if (burin_render_to(render, tpl, vars, &sink, &err))
        goto done;
    printf("%zu lines, %zu bytes, in more than one piece: %s\n", all.lines, all.bytes, all.pieces > 1 ? "yes" : "no");

    /* A sink that has had enough: the render stops where it is. */
    sink.user           = &some;
    burin_status status = burin_render_to(render, tpl, vars, &sink, &err);
    printf("stopped: %s, before the end: %s\n", burin_status_class(status), some.bytes < all.bytes ? "yes" : "no");
    burin_error_clear(&err);

    /* A fixed buffer, like snprintf: what fits, and how long the whole would be. */
    char   start[16];
    size_t len;
    burin_dict_set_z(heap, vars, "count", burin_int(3));
    if (burin_render_buffer(render, tpl, vars, start, sizeof start, &len, &err))
        goto done;
    printf("%.6s... of %zu bytes\n", start, len);
    code = 0;
done:
    if (code)
        fprintf(stderr, "%s\n", err.message ? err.message : "out of memory");
    burin_error_clear(&err);
    burin_render_free(render);
    burin_template_unref(tpl);
    burin_heap_free(heap);
    burin_env_unref(env);
    return code;
}
