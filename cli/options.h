/* The command line, parsed by the tables commands.def and options.def. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "burin/burin.h"

typedef enum cli_command {
#define COMMAND(NAME, name, arguments, line, help, examples) COMMAND_##NAME,
#include "cli/commands.def"
#undef COMMAND
    COMMAND_COUNT
} cli_command;

typedef enum cli_option {
#define GROUP(NAME, title) GROUP_##NAME,
#define OPTION(NAME, letter, name, argument, choices, commands, help) OPT_##NAME,
#include "cli/options.def"
#undef OPTION
#undef GROUP
    OPT_COUNT
} cli_option;

typedef struct command_row {
    const char *name, *arguments, *line, *help, *examples;
} command_row;

typedef struct option_row {
    char        letter;
    const char *name; /* NULL: no option, but the title (`help`) of the group that follows */
    const char *argument, *choices;
    unsigned    commands; /* bit 1 << cli_command */
    const char *help;
} option_row;

extern const command_row command_rows[COMMAND_COUNT];
extern const option_row  option_rows[OPT_COUNT];

/* What was given. All texts are the process's arguments; the arrays are freed by options_free. */
typedef struct cli_options {
    cli_command  command;
    const char **words;      /* arguments that are no options */
    size_t       word_count;
    struct given {
        cli_option  option;
        const char *argument; /* NULL for switches */
    }           *given;       /* in the order they came */
    size_t       given_count;
} cli_options;

/* Parse; on a mistake complains on stderr and returns false. Words of `choices` have been checked. */
bool options_parse(cli_options *out, int argc, char **argv);
void options_free(cli_options *options);
/* The command of that name; false: there is none. */
bool options_find_command(const char *name, cli_command *out);
/* The command that a word which is none was perhaps meant to be; NULL: none is near. */
const char *options_near_command(const char *word);

bool        options_has(const cli_options *options, cli_option option);
const char *options_last(const cli_options *options, cli_option option); /* NULL when not given */
/* The n-th argument of a repeatable option; NULL after the last. */
const char *options_nth(const cli_options *options, cli_option option, size_t n);
/* Whether option's last argument is `word`. */
bool options_is(const cli_options *options, cli_option option, const char *word);

/* Numbers of --max-..., --timeout: over `limits`. options_parse has checked that they can be read. */
void options_limits(const cli_options *options, burin_limits *limits);

/* Whether the row is an option (no group's title) that the command has. */
bool option_is_of(int command, const option_row *row);

/* The length of the first word of "a|b|c" (nothing, or a blank and more, behind it); *rest is what follows the bar, NULL at the end. */
size_t choice_length(const char *choices, const char **rest);
/* Whether choices are words to choose from (not NULL, "file" or "folder"). */
bool choices_are_words(const char *choices);

#endif
