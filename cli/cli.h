/* The command's rooms: what main.c dispatches to, and what the commands share.
 *
 * Every command returns its exit code: EXIT_DONE, EXIT_FAILED (the template or the data), EXIT_USAGE, EXIT_FINDINGS. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "burin/burin.h"
#include "cli/options.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_FINDINGS = 3 };

int command_render(const cli_options *options);
int command_eval(const cli_options *options);
int command_bench(const cli_options *options);
int command_run(const cli_options *options);
int command_repl(const cli_options *options);
int command_check(const cli_options *options);
int command_compile(const cli_options *options);
int command_dump(const cli_options *options);
int command_graph(const cli_options *options);
int command_batch(const cli_options *options);
int command_store(const cli_options *options);
int command_cache(const cli_options *options);
int command_help(const cli_options *options);

/* help.c: generated from commands.def and options.def. */
void help_command(int command); /* on stdout */
void help_overview(void);
void help_man(void);
/* completion.c: a script for the shell on stdout; false: no such shell. */
bool completion_script(const char *shell);

/* "burin: " and a line on stderr. */
void complain(const char *format, ...) BURIN_PRINTF(1, 2);
/* The same of what the command does not take, with where to read what it does. Returns EXIT_USAGE. */
int misused(cli_command command, const char *format, ...) BURIN_PRINTF(2, 3);
/* An error with excerpt, caret and suggestion on stderr; clears it. Returns EXIT_FAILED. */
int complain_error(const cli_options *options, burin_error *err);

#endif
