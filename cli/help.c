/* Help and the manual page: made from commands.def and options.def, so neither can fall behind. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

enum { HELP_COLUMN = 30, HELP_WIDTH = 100 };

/* Whether any option of the group at `group` belongs to the command. */
static bool group_has_any(int command, int group)
{
    for (int i = group + 1; i < OPT_COUNT && option_rows[i].name; i++)
        if (option_is_of(command, &option_rows[i]))
            return true;
    return false;
}

/* ": a, b, c", or nothing where there is nothing to choose from. */
static void choices_text(const option_row *row, char *out, size_t size)
{
    const char *rest = choices_are_words(row->choices) ? row->choices : NULL, *before = ": ";
    size_t      len  = 0;

    out[0] = '\0';
    while (rest && len < size) {
        const char *word     = rest;
        size_t      word_len = choice_length(word, &rest);
        len += (size_t)snprintf(out + len, size - len, "%s%.*s", before, (int)word_len, word);
        before = ", ";
    }
}

/* ---- --help ---- */

/* Print `text` from HELP_COLUMN on, broken between words. */
static void print_wrapped(const char *text, int column)
{
    int at = column;

    while (*text) {
        int len = (int)strcspn(text, " ");
        if (at > HELP_COLUMN && at + 1 + len > HELP_WIDTH) {
            printf("\n%*s", HELP_COLUMN, "");
            at = HELP_COLUMN;
        } else if (at > HELP_COLUMN) {
            putchar(' ');
            at++;
        }
        printf("%.*s", len, text);
        at += len;
        text += len;
        text += strspn(text, " ");
    }
    putchar('\n');
}

static void print_option(const option_row *row)
{
    char head[128];
    char letter[8] = "    ";

    if (row->letter)
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    int len = snprintf(head, sizeof head, "  %s--%s%s%s", letter, row->name, row->argument ? " " : "", row->argument ? row->argument : "");
    if (len < HELP_COLUMN - 1)
        printf("%-*s", HELP_COLUMN, head);
    else
        printf("%s\n%*s", head, HELP_COLUMN, "");
    char choices[320], text[640];
    choices_text(row, choices, sizeof choices);
    snprintf(text, sizeof text, "%s%s", row->help, choices);
    print_wrapped(text, HELP_COLUMN);
}

static void print_options(int command)
{
    for (int i = 0; i < OPT_COUNT; i++) {
        const option_row *row = &option_rows[i];
        if (!row->name && group_has_any(command, i))
            printf("\n%s\n", row->help);
        if (option_is_of(command, row))
            print_option(row);
    }
}

/* Every line of `text` after two blanks. */
static void print_indented(const char *text)
{
    while (*text) {
        int len = (int)strcspn(text, "\n");
        printf("  %.*s\n", len, text);
        text += len + (text[len] == '\n');
    }
}

void help_command(int command)
{
    const command_row *row = &command_rows[command];

    printf("burin %s: %s\n\nUsage: burin %s %s%s[OPTION...]\n\n%s", row->name, row->line, row->name, row->arguments,
           row->arguments[0] ? " " : "", row->help);
    printf("\nExamples\n");
    print_indented(row->examples);
    print_options(command);
    printf("\nExit code: 0 done; 1 the template or the data failed; 2 wrong usage; 3 `check` found something.\n");
}

void help_overview(void)
{
    printf("burin %s: Jinja2 templates, compiled\n\nUsage: burin [COMMAND] [ARGUMENT...] [OPTION...]\n\nCommands\n", burin_version());
    for (int i = 0; i < COMMAND_COUNT; i++)
        printf("  %-8s %s%s\n", command_rows[i].name, command_rows[i].line, i == COMMAND_RENDER ? " (default)" : "");
    printf("\nStart here\n");
    print_indented("echo 'Hello {{ name }}!' > hello.jinja\n"
                   "burin hello.jinja -D name=World          # Hello World!\n"
                   "burin hello.jinja data.json              # variables from a file\n"
                   "burin eval '[1, 2, 3]|sum'               # one expression\n"
                   "burin check templates/                   # mistakes, without rendering\n");
    printf("\n`burin COMMAND --help` explains a command and lists its options; `man burin` has it all.\n");
}

int command_help(const cli_options *options)
{
    const char *word = options->word_count ? options->words[0] : NULL, *near;
    cli_command command;

    if (options->word_count > 1)
        return misused(COMMAND_HELP, "`burin help` explains one command, not '%s' too", options->words[1]);
    if (!word) {
        help_overview();
        return EXIT_DONE;
    }
    if (options_find_command(word, &command)) {
        help_command((int)command);
        return EXIT_DONE;
    }
    near = options_near_command(word);
    complain("there is no command '%s'%s%s%s", word, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return EXIT_USAGE;
}

/* ---- the manual page ---- */

/* Text with what troff would take for its own escaped. */
static void print_troff(const char *text)
{
    bool line_start = true;
    for (; *text; text++) {
        if (line_start && (*text == '.' || *text == '\''))
            printf("\\&");
        line_start = *text == '\n';
        if (*text == '\\')
            printf("\\e");
        else if (*text == '-')
            printf("\\-");
        else
            putchar(*text);
    }
}

static void man_option(const option_row *row)
{
    printf(".TP\n");
    if (row->letter)
        printf("\\fB\\-%c\\fR, ", row->letter);
    printf("\\fB\\-\\-");
    print_troff(row->name);
    printf("\\fR");
    if (row->argument) {
        printf(" \\fI");
        print_troff(row->argument);
        printf("\\fR");
    }
    printf("\n");
    char choices[320];
    choices_text(row, choices, sizeof choices);
    print_troff(row->help);
    print_troff(choices);
    const char *comma = ". Commands: ";
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (option_is_of(i, row)) {
            printf("%s%s", comma, command_rows[i].name);
            comma = ", ";
        }
    }
    printf(".\n");
}

void help_man(void)
{
    printf(".TH BURIN 1 \"\" \"burin " BURIN_VERSION "\" \"User commands\"\n.SH NAME\nburin \\- Jinja2 templates, compiled\n.SH SYNOPSIS\n");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        printf(i == COMMAND_RENDER ? ".B burin\n.RB [ %s ]\n" : ".br\n.B burin %s\n", command_rows[i].name);
        if (command_rows[i].arguments[0])
            printf(".I \"%s\"\n", command_rows[i].arguments);
        printf("[\\fIOPTION\\fR...]\n");
    }
    printf(".SH DESCRIPTION\nBurin renders Jinja2 templates (the language of Jinja 3.1, whole) without Python.\n");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        printf(".SS %s: %s\n", command_rows[i].name, command_rows[i].line);
        print_troff(command_rows[i].help);
        printf(".PP\n.nf\n.RS\n");
        print_troff(command_rows[i].examples);
        printf(".RE\n.fi\n");
    }
    printf(".SH OPTIONS\n");
    for (int i = 0; i < OPT_COUNT; i++) {
        if (option_rows[i].name)
            man_option(&option_rows[i]);
        else
            printf(".SS %s\n", option_rows[i].help);
    }
    printf(".SH EXIT STATUS\n.TP\n0\ndone\n.TP\n1\nthe template or the data failed\n.TP\n2\nwrong usage\n.TP\n3\n\\fBcheck\\fR found something\n");
    printf(".PP\nWith \\fB\\-\\-expr\\-out status\\fR the exit status is the expression's value.\n");
    printf(".SH SEE ALSO\nThe Jinja documentation, \"Template Designer Documentation\".\n");
}
