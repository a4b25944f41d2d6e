/* Uses a name that the library uses inside: it must not clash, whichever way it is linked. */
#include <burin/burin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int buf_append(void);
int buf_append(void) { return 42; }

int main(void)
{
    burin_error err  = BURIN_ERROR_INIT;
    burin_env  *env  = burin_env_new(NULL, &err);
    char       *text = env ? burin_render_once(env, BURIN_TEXT("{{ 6 * 7 }} {{ 'ß'|upper }}"), (burin_value){0}, NULL, &err) : NULL;
    if (!text || strcmp(text, "42 SS") != 0 || buf_append() != 42 || strcmp(burin_version(), BURIN_VERSION) != 0) {
        fprintf(stderr, "%s\n", text ? text : err.message);
        return 1;
    }
    puts(text);
    free(text);
    burin_env_unref(env);
    return 0;
}
