/* Sessions of asteval's kind for test_asteval.py: a line is a command, and every run is answered by one line.
 *
 *   new [OPTION...]        another session under asteval's profile; minimal, no_NAME, readonly=NAME
 *   run HEX                the source; answered by its class of error or "-", what was printed and the value's repr, the last two in hex
 *   set NAME NUMBER        a float */
#include <burin/burin.h>
#include <burin/interpreter.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_LEN = 1 << 16, READONLY_MAX = 8 };

static void print_hex(burin_text text)
{
    for (size_t n = 0; n < text.len; n++)
        printf("%02x", (unsigned char)text.data[n]);
}

static size_t read_hex(char *text)
{
    size_t   len = 0;
    unsigned byte;
    for (; sscanf(text + 2 * len, "%2x", &byte) == 1; len++)
        text[len] = (char)byte;
    return len;
}

static burin_interpreter *session(burin_env *env, char *options)
{
    const char        *readonly[READONLY_MAX + 1] = {NULL};
    size_t             count   = 0;
    burin_profile      profile = burin_profile_asteval();
    burin_interpreter *in      = burin_interpreter_new(env, NULL);
    profile.readonly           = readonly;
    for (char *word = strtok(options, " \n"); word; word = strtok(NULL, " \n")) {
        if (strncmp(word, "no_", 3) == 0)
            profile.without |= 1u << burin_feature_named(word + 3);
        else if (strncmp(word, "readonly=", 9) == 0 && count < READONLY_MAX)
            readonly[count++] = word + 9;
        else
            abort();
    }
    if (!in || burin_interpreter_set_profile(in, &profile, NULL))
        abort();
    return in;
}

static void run(burin_interpreter *in, burin_text source)
{
    burin_error  err = BURIN_ERROR_INIT;
    burin_value  value;
    burin_status status = burin_interpreter_run(in, source, NULL, &value, &err);
    char        *repr   = status ? NULL : burin_repr(value, NULL);
    printf("%s ", status ? burin_status_class(status) : "-");
    print_hex(burin_interpreter_output(in));
    printf(" ");
    print_hex((burin_text){repr ? repr : "", repr ? strlen(repr) : 0});
    printf("\n");
    fflush(stdout);
    free(repr);
    burin_error_clear(&err);
}

int main(void)
{
    static char        line[LINE_MAX_LEN], name[64];
    double             number;
    burin_options      options = burin_options_default();
    options.scripts            = true;
    burin_env         *env     = burin_env_new(&options, NULL);
    burin_interpreter *in      = NULL;
    while (fgets(line, sizeof line, stdin)) {
        if (strncmp(line, "new", 3) == 0) {
            burin_interpreter_free(in);
            in = session(env, line + 3);
        } else if (strncmp(line, "run ", 4) == 0) {
            run(in, (burin_text){line + 4, read_hex(line + 4)});
        } else if (sscanf(line, "set %63s %lf", name, &number) == 2) {
            burin_interpreter_set(in, name, burin_float(number));
        } else {
            abort();
        }
    }
    burin_interpreter_free(in);
    burin_env_unref(env);
    return 0;
}
