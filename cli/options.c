/* The parser of the command line: GNU style (--name=value, --name value, -xvalue, -x value, -abc; `--` ends options;
 * options and words in any order; a long name may be cut short where it stays unique). */
#include "cli/options.h"
#include "cli/cli.h"
#include "cli/data.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

const command_row command_rows[COMMAND_COUNT] = {
#define COMMAND(NAME, name, arguments, line, help, examples) {name, arguments, line, help, examples},
#include "cli/commands.def"
#undef COMMAND
};

enum { /* the letters of options.def */
    R = 1 << COMMAND_RENDER, E = 1 << COMMAND_EVAL, M = 1 << COMMAND_BENCH, C = 1 << COMMAND_CHECK, D = 1 << COMMAND_DUMP, G = 1 << COMMAND_GRAPH,
    B = 1 << COMMAND_BATCH, K = 1 << COMMAND_COMPILE, X = 1 << COMMAND_RUN | 1 << COMMAND_REPL, S = 1 << COMMAND_STORE, N = 1 << COMMAND_CACHE,
    H = 1 << COMMAND_HELP,
    ALL = R | E | M | C | K | D | G | B | X | S | N | H,
};

const option_row option_rows[OPT_COUNT] = {
#define GROUP(NAME, title) {0, NULL, NULL, NULL, 0, title},
#define OPTION(NAME, letter, name, argument, choices, commands, help) {letter, name, argument, choices, commands, help},
#include "cli/options.def"
#undef OPTION
#undef GROUP
};

bool option_is_of(int command, const option_row *row)
{
    return row->name && row->commands & 1u << command;
}

/* ---- numbers ---- */

/* A count, or a size with K, M or G (1024-based) behind it. */
static bool read_size(const char *text, uint64_t *out)
{
    static const char units[] = "KMG";
    char             *end;

    if (!isdigit((unsigned char)text[0]))
        return false;
    errno                    = 0;
    unsigned long long value = strtoull(text, &end, 10);
    unsigned           shift = 0;
    const char        *unit  = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
    if (unit) {
        shift = 10 * (unsigned)(unit - units + 1);
        end++;
    }
    if (errno || *end || value > UINT64_MAX >> shift)
        return false;
    *out = (uint64_t)value << shift;
    return true;
}

static bool read_seconds(const char *text, uint64_t *nanoseconds)
{
    char  *end;
    double seconds = strtod(text, &end);
    if (end == text || *end || !(seconds >= 1e-9 && seconds < 1e9))
        return false;
    *nanoseconds = (uint64_t)(seconds * 1e9);
    return true;
}

/* May the argument of -D be read? Else complains. */
static bool definition_reads(const cli_options *out, const char *definition)
{
    burin_error err   = BURIN_ERROR_INIT;
    bool        reads = data_definition_reads(definition, &err);
    if (!reads)
        misused(out->command, "-D %s: %s", definition, err.message ? err.message : "out of memory");
    burin_error_clear(&err);
    return reads;
}

static bool argument_is_good(cli_option option, const char *argument)
{
    uint64_t ignored;

    switch (option) {
    case OPT_MAX_STEPS:
    case OPT_MAX_MEMORY:
    case OPT_MAX_OUTPUT: return read_size(argument, &ignored);
    case OPT_SEED: return !argument[strspn(argument, "0123456789")] && read_size(argument, &ignored);
    case OPT_MAX_DEPTH: return read_size(argument, &ignored) && ignored <= UINT32_MAX;
    case OPT_JIT_THRESHOLD:
    case OPT_SECONDS:
    case OPT_TIMEOUT: return read_seconds(argument, &ignored);
    default: return true;
    }
}

void options_limits(const cli_options *options, burin_limits *limits)
{
    const struct {
        cli_option option;
        uint64_t  *limit;
    } rows[] = {{OPT_MAX_STEPS, &limits->steps}, {OPT_MAX_MEMORY, &limits->memory}, {OPT_MAX_OUTPUT, &limits->output}};
    uint64_t    depth;
    const char *text;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        text = options_last(options, rows[i].option);
        if (text)
            read_size(text, rows[i].limit);
    }
    text = options_last(options, OPT_TIMEOUT);
    if (text)
        read_seconds(text, &limits->time_ns);
    text = options_last(options, OPT_MAX_DEPTH);
    if (text && read_size(text, &depth))
        limits->depth = (uint32_t)depth;
}

/* ---- choices ---- */

size_t choice_length(const char *choices, const char **rest)
{
    size_t len = strcspn(choices, "| ");
    *rest      = choices[len] == '|' ? choices + len + 1 : NULL;
    return len;
}

bool choices_are_words(const char *choices)
{
    return choices && strcmp(choices, "file") != 0 && strcmp(choices, "folder") != 0;
}

static bool choice_is_good(const option_row *row, const char *argument)
{
    const char *rest     = row->choices;
    bool        is_pair  = strchr(row->argument, '=') != NULL; /* FEATURE=TEXT: the choice is what stands before the = */
    size_t      len      = strcspn(argument, is_pair ? "=" : "");

    if (!choices_are_words(row->choices))
        return true;
    while (rest) {
        const char *word     = rest;
        size_t      word_len = choice_length(word, &rest);
        if (word_len == len && memcmp(word, argument, len) == 0)
            return !is_pair || argument[len] == '=';
    }
    return false;
}

/* ---- parsing ---- */

/* What was meant by an option that is not there: the nearest of those the command takes. */
static void complain_unknown(const char *name, size_t len, cli_command command)
{
    const char *known[OPT_COUNT];
    size_t      count  = 0;
    char       *wanted = strndup(name, len);

    for (int i = 0; i < OPT_COUNT; i++)
        if (option_rows[i].name && option_rows[i].commands & 1u << command)
            known[count++] = option_rows[i].name;
    const char *near = wanted ? burin_nearest(wanted, known, count) : NULL;
    if (near)
        complain("there is no option --%s; did you mean --%s?", wanted, near);
    else
        misused(command, "there is no option --%.*s", (int)len, name);
    free(wanted);
}

/* The option of a long name, cut short or whole; OPT_COUNT and a complaint when there is none or several. */
static cli_option find_long(const char *name, size_t len, cli_command command)
{
    cli_option found = OPT_COUNT;
    unsigned   count = 0;

    for (int i = 0; i < OPT_COUNT; i++) {
        const option_row *row = &option_rows[i];
        if (!row->name || strncmp(row->name, name, len) != 0)
            continue;
        if (strlen(row->name) == len)
            return (cli_option)i;
        if (row->commands & 1u << command) {
            found = (cli_option)i;
            count++;
        }
    }
    if (count > 1)
        misused(command, "--%.*s could be several options", (int)len, name);
    else if (!count)
        complain_unknown(name, len, command);
    return count == 1 ? found : OPT_COUNT;
}

static cli_option find_letter(char letter, cli_command command)
{
    for (int i = 0; i < OPT_COUNT; i++)
        if (option_rows[i].name && option_rows[i].letter == letter)
            return (cli_option)i;
    misused(command, "there is no option -%c", letter);
    return OPT_COUNT;
}

static bool give(cli_options *out, cli_option option, const char *argument)
{
    const option_row *row = &option_rows[option];

    if (!(row->commands & 1u << out->command)) {
        misused(out->command, "`burin %s` takes no --%s", command_rows[out->command].name, row->name);
        return false;
    }
    if (argument && !*argument && row->choices && !choices_are_words(row->choices)) {
        misused(out->command, "--%s takes a %s, and its name is empty", row->name, row->choices);
        return false;
    }
    if (argument && !choice_is_good(row, argument)) {
        misused(out->command, "--%s takes %s, not '%s'", row->name, row->choices, argument);
        return false;
    }
    if (argument && !argument_is_good(option, argument)) {
        misused(out->command, "--%s takes a number (%s)%s, not '%s'", row->name, row->argument, strcmp(row->argument, "SIZE") == 0 ? " that may end in K, M or G" : "", argument);
        return false;
    }
    if (option == OPT_DEFINE && (argument[0] == '=' || strncmp(argument, ":=", 2) == 0)) {
        misused(out->command, "-D %s: the name is missing", argument);
        return false;
    }
    if (option == OPT_DEFINE && !definition_reads(out, argument))
        return false;
    if (option == OPT_LET && (argument[0] == '=' || !strchr(argument, '='))) {
        misused(out->command, "--let takes NAME=EXPRESSION, not '%s'", argument);
        return false;
    }
    out->given[out->given_count++] = (struct given){option, argument};
    return true;
}

/* "--name", "--name=value", "--name value". */
static bool parse_long(cli_options *out, int argc, char **argv, int *at)
{
    const char *name   = argv[*at] + 2;
    size_t      len    = strcspn(name, "=");
    cli_option  option = find_long(name, len, out->command);
    const char *value  = name[len] ? name + len + 1 : NULL;

    if (option == OPT_COUNT)
        return false;
    const option_row *row = &option_rows[option];
    if (value && !row->argument) {
        misused(out->command, "--%s takes no value", row->name);
        return false;
    }
    if (row->argument && !value) {
        if (*at + 1 >= argc) {
            misused(out->command, "--%s needs %s", row->name, row->argument);
            return false;
        }
        value = argv[++*at];
    }
    return give(out, option, value);
}

/* "-n", "-no FILE", "-oFILE". */
static bool parse_letters(cli_options *out, int argc, char **argv, int *at)
{
    for (const char *letter = argv[*at] + 1; *letter; letter++) {
        cli_option option = find_letter(*letter, out->command);
        if (option == OPT_COUNT)
            return false;
        const char *value = NULL;
        if (option_rows[option].argument) {
            if (!letter[1] && *at + 1 >= argc) {
                misused(out->command, "-%c needs %s", *letter, option_rows[option].argument);
                return false;
            }
            value = letter[1] ? letter + 1 : argv[++*at];
            return give(out, option, value);
        }
        if (!give(out, option, NULL))
            return false;
    }
    return true;
}

bool options_find_command(const char *word, cli_command *out)
{
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(command_rows[i].name, word) == 0) {
            *out = (cli_command)i;
            return true;
        }
    }
    return false;
}

bool options_parse(cli_options *out, int argc, char **argv)
{
    bool options_over = false;
    int  at           = 1;

    /* A word of letters can give as many options as it has letters. */
    size_t most = (size_t)argc;
    for (int i = 1; i < argc; i++)
        most += strlen(argv[i]);
    *out       = (cli_options){.command = COMMAND_RENDER};
    out->words = calloc((size_t)argc + 1, sizeof *out->words);
    out->given = calloc(most, sizeof *out->given);
    if (!out->words || !out->given) {
        complain("out of memory");
        return false;
    }
    if (argc > 1 && options_find_command(argv[1], &out->command))
        at = 2;
    for (; at < argc; at++) {
        const char *word = argv[at];
        bool        good = true;
        if (options_over || word[0] != '-' || !word[1])
            out->words[out->word_count++] = word;
        else if (strcmp(word, "--") == 0)
            options_over = true;
        else if (word[1] == '-')
            good = parse_long(out, argc, argv, &at);
        else
            good = parse_letters(out, argc, argv, &at);
        if (!good)
            return false;
    }
    if (out->word_count && !*command_rows[out->command].arguments) {
        complain("`burin %s` takes no arguments, so what is '%s'?", command_rows[out->command].name, out->words[0]);
        return false;
    }
    return true;
}

const char *options_near_command(const char *word)
{
    const char *names[COMMAND_COUNT];

    for (int i = 0; i < COMMAND_COUNT; i++)
        names[i] = command_rows[i].name;
    return burin_nearest(word, names, COMMAND_COUNT);
}

void options_free(cli_options *options)
{
    free(options->words);
    free(options->given);
}

/* ---- asking ---- */

bool options_has(const cli_options *options, cli_option option)
{
    for (size_t i = 0; i < options->given_count; i++)
        if (options->given[i].option == option)
            return true;
    return false;
}

const char *options_last(const cli_options *options, cli_option option)
{
    const char *last = NULL;
    for (size_t i = 0; i < options->given_count; i++)
        if (options->given[i].option == option)
            last = options->given[i].argument;
    return last;
}

const char *options_nth(const cli_options *options, cli_option option, size_t n)
{
    for (size_t i = 0; i < options->given_count; i++)
        if (options->given[i].option == option && n-- == 0)
            return options->given[i].argument;
    return NULL;
}

bool options_is(const cli_options *options, cli_option option, const char *word)
{
    const char *last = options_last(options, option);
    return last && strcmp(last, word) == 0;
}
