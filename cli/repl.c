/* `burin repl`: scripts as they are typed. */
#include "cli/cli.h"
#include "cli/compiler.h"
#include "cli/profile.h"
#include "cli/repl_input.h"
#include "cli/setup.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What Ctrl-C does: a running script stops, a line that is typed is dropped. */
static volatile int interrupted;

static void interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

static burin_status write_stdout(void *user, const char *data, size_t len)
{
    (void)user;
    return fwrite(data, 1, len, stdout) == len ? BURIN_OK : BURIN_ERR_OS;
}

static bool is_word(burin_text text, const char *word)
{
    size_t len = strlen(word);
    return text.len >= len && memcmp(text.data, word, len) == 0 && strspn(text.data + len, " \t\n") == text.len - len;
}

/* False: it was said to end. */
static bool answer(const cli_options *options, burin_interpreter *in, burin_text text)
{
    burin_error err = BURIN_ERROR_INIT;
    burin_value value;
    if (is_word(text, "exit") || is_word(text, "exit()") || is_word(text, "quit") || is_word(text, "quit()"))
        return false;
    if (burin_interpreter_run(in, text, "<stdin>", &value, &err)) {
        fflush(stdout);
        complain_error(options, &err);
    } else if (value.kind != BURIN_NONE && value.kind != BURIN_MISSING) {
        char *repr = burin_repr(value, NULL);
        puts(repr ? repr : "(out of memory)");
        free(repr);
    }
    fflush(stdout);
    interrupted = 0;
    return true;
}

static int talk(const cli_options *options, burin_interpreter *in)
{
    const burin_sink sink   = {write_stdout, NULL};
    struct sigaction action = {.sa_handler = interrupt}; /* without SA_RESTART: a read ends too */
    burin_text       text;
    repl_input      *input = repl_input_open(in);
    if (!input)
        return EXIT_FAILED;
    sigaction(SIGINT, &action, NULL);
    burin_interpreter_set_sink(in, &sink);
    burin_interpreter_set_cancel(in, &interrupted);
    if (isatty(STDIN_FILENO))
        printf("burin %s: scripts, a statement or a block at a time. Ctrl-D or exit() ends.\n", burin_version());
    while (repl_input_next(input, &interrupted, &text) && answer(options, in, text))
        ;
    if (isatty(STDIN_FILENO))
        putchar('\n');
    repl_input_close(input);
    return EXIT_DONE;
}

int command_repl(const cli_options *options)
{
    burin_error        err  = BURIN_ERROR_INIT;
    burin_jit         *jit  = NULL;
    burin_env         *env  = compiler_start(options, &jit) ? setup_env(options, NULL, 0, jit) : NULL;
    burin_interpreter *in   = env ? burin_interpreter_new(env, &err) : NULL;
    int                code = EXIT_FAILED;
    if (env && !in)
        complain_error(options, &err);
    else if (in)
        code = profile_set(options, in) ? talk(options, in) : EXIT_USAGE;
    compiler_end(options, jit); /* waits for what the interpreter would call back */
    burin_interpreter_free(in);
    burin_env_unref(env);
    return code;
}
