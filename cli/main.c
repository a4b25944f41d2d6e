/* The command `burin`: parse the command line, do what asks for help, dispatch. */
#include "cli/cli.h"
#include "cli/setup.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void begin_complaint(const char *format, va_list args)
{
    fflush(stdout);
    fputs("burin: ", stderr);
    vfprintf(stderr, format, args);
}

void complain(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    begin_complaint(format, args);
    va_end(args);
    fputc('\n', stderr);
}

int misused(cli_command command, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    begin_complaint(format, args);
    va_end(args);
    fprintf(stderr, "; see burin %s --help\n", command_rows[command].name);
    return EXIT_USAGE;
}

int complain_error(const cli_options *options, burin_error *err)
{
    bool  never = options_is(options, OPT_COLOR, "never") || getenv("NO_COLOR");
    bool  color = options_is(options, OPT_COLOR, "always") || (!never && isatty(STDERR_FILENO));
    char *text  = err->status ? burin_error_format(err, color) : NULL;

    if (text)
        fprintf(stderr, "%s", text);
    else
        complain("%s", err->message ? err->message : "out of memory");
    free(text);
    burin_error_clear(err);
    return EXIT_FAILED;
}

/* --help, --version and their like; false when none was given. */
static bool asked_for_help(const cli_options *options, int argc)
{
    const char *shell = options_last(options, OPT_COMPLETION);

    if (options_has(options, OPT_VERSION))
        printf("burin %s\n", burin_version());
    else if (shell)
        completion_script(shell);
    else if (options_has(options, OPT_MAN))
        help_man();
    else if (options_has(options, OPT_HELP) && options->command == COMMAND_RENDER && argc == 2)
        help_overview();
    else if (options_has(options, OPT_HELP))
        help_command(options->command);
    else
        return false;
    return true;
}

/* Whether all that was printed has arrived. */
static bool printed_all(void)
{
    bool flushed = fflush(stdout) == 0;
    if (flushed && !ferror(stdout))
        return true;
    complain("stdout: %s", flushed ? "not all of it could be written" : strerror(errno));
    return false;
}

int main(int argc, char **argv)
{
    static int (*const commands[COMMAND_COUNT])(const cli_options *) = {command_render, command_eval, command_bench, command_run, command_repl, command_check, command_compile,
                                                                        command_dump, command_graph, command_batch, command_store, command_cache, command_help};
    cli_options options;
    int         code = EXIT_USAGE;

    if (options_parse(&options, argc, argv)) {
        if (asked_for_help(&options, argc))
            code = EXIT_DONE;
        else if (setup_syntax_fits(&options))
            code = commands[options.command](&options);
    }
    options_free(&options);
    if (!printed_all() && code == EXIT_DONE)
        code = EXIT_FAILED;
    return code;
}
