/* The smallest useful program: a template from a string, variables from JSON, text out.
 *
 *     cc embed.c $(pkg-config --cflags --libs burin) && ./a.out */
#include <burin/burin.h>

#include <stdio.h>
#include <stdlib.h>

#define DATA "{\"name\": \"World\", \"items\": [\"tea\", \"cake & jam\"]}"
#define SOURCE "Hello {{ name }}!{% for i in items %}\n- {{ i|title|e }}{% endfor %}"

int main(void)
{
    burin_error err  = BURIN_ERROR_INIT;
    burin_env  *env  = burin_env_new(NULL, &err);
    burin_heap *heap = burin_heap_new(NULL);
    burin_value vars;
    char       *text = NULL;

    if (env && heap && burin_json_read(heap, BURIN_TEXT(DATA), true, &vars, &err) == BURIN_OK)
        text = burin_render_once(env, BURIN_TEXT(SOURCE), vars, NULL, &err);
    if (text)
        puts(text);
    else if (err.message)
        fprintf(stderr, "%s\n", err.message);
    int code = text ? 0 : 1;
    free(text);
    burin_error_clear(&err);
    burin_heap_free(heap);
    burin_env_unref(env);
    return code;
}
