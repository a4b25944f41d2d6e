/* Completion scripts of the shells, made from commands.def and options.def: which options a command has, what an option's
 * argument is chosen from, and what a command does first (`burin store log`). */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

/* The words of "a|b", parted by blanks. */
static void print_choices(const char *choices)
{
    const char *rest = choices, *blank = "";
    while (rest) {
        const char *word = rest;
        size_t      len  = choice_length(word, &rest);
        printf("%s%.*s", blank, (int)len, word);
        blank = " ";
    }
}

static void print_commands(const char *between)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        printf("%s%s", i ? between : "", command_rows[i].name);
}

/* Whether the command's first argument is one of some words ("list|verify|clear"), not a file or an expression. */
static bool starts_with_words(int command)
{
    char first = command_rows[command].arguments[0];
    return first >= 'a' && first <= 'z';
}

/* Text inside single quotes: quotes left and entered again, `escaped` characters behind a backslash. */
static void print_quoted(const char *text, const char *escaped)
{
    for (; *text; text++) {
        if (*text == '\'')
            printf("'\\''");
        else if (strchr(escaped, *text))
            printf("\\%c", *text);
        else
            putchar(*text);
    }
}

/* ---- bash ---- */

static void bash_arguments_of_options(void)
{
    printf("    case \"$before\" in\n");
    for (int i = 0; i < OPT_COUNT; i++) {
        const option_row *row = &option_rows[i];
        if (!row->name || !choices_are_words(row->choices))
            continue;
        printf("        --%s", row->name);
        if (row->letter)
            printf("|-%c", row->letter);
        printf(") COMPREPLY=($(compgen -W \"");
        print_choices(row->choices);
        printf("\" -- \"$word\")); return ;;\n");
    }
    printf("    esac\n");
}

static void bash_options(void)
{
    printf("    if [[ \"$word\" == -* ]]; then\n        case \"$command\" in\n");
    for (int c = 0; c < COMMAND_COUNT; c++) {
        printf("            %s) COMPREPLY=($(compgen -W \"", command_rows[c].name);
        for (int i = 0; i < OPT_COUNT; i++)
            if (option_is_of(c, &option_rows[i]))
                printf("--%s ", option_rows[i].name);
        printf("\" -- \"$word\")) ;;\n");
    }
    printf("        esac\n        return\n    fi\n");
}

static void bash_words(void)
{
    printf("    case \"$COMP_CWORD $command\" in\n");
    for (int c = 0; c < COMMAND_COUNT; c++) {
        if (!starts_with_words(c))
            continue;
        printf("        \"2 %s\") COMPREPLY=($(compgen -W \"", command_rows[c].name);
        print_choices(command_rows[c].arguments);
        printf("\" -- \"$word\")); return ;;\n");
    }
    printf("    esac\n    COMPREPLY=($(compgen -f -- \"$word\"))\n"
           "    if [[ $COMP_CWORD == 1 ]]; then\n        COMPREPLY+=($(compgen -W \"");
    print_commands(" ");
    printf("\" -- \"$word\"))\n    fi\n");
}

static void complete_bash(void)
{
    printf("# bash completion of burin; source it, or put it into a completions folder\n_burin()\n{\n"
           "    local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\" command=render\n"
           "    case \"${COMP_WORDS[1]}\" in\n        ");
    print_commands("|");
    printf(") command=\"${COMP_WORDS[1]}\" ;;\n    esac\n");
    bash_arguments_of_options();
    bash_options();
    bash_words();
    printf("}\ncomplete -o filenames -F _burin burin\n");
}

/* ---- zsh ---- */

static void zsh_argument(const option_row *row)
{
    putchar(':');
    print_quoted(row->argument, "[]:\\");
    putchar(':');
    if (choices_are_words(row->choices)) {
        putchar('(');
        print_choices(row->choices);
        putchar(')');
    } else if (row->choices)
        printf(strcmp(row->choices, "folder") == 0 ? "_files -/" : "_files");
}

static void zsh_option(const option_row *row)
{
    for (int form = row->letter ? 0 : 1; form < 2; form++) {
        if (form == 0)
            printf("        '*-%c%s[", row->letter, row->argument ? "+" : "");
        else
            printf("        '*--%s%s[", row->name, row->argument ? "=" : "");
        print_quoted(row->help, "[]:\\");
        putchar(']');
        if (row->argument)
            zsh_argument(row);
        printf("' \\\n");
    }
}

static void zsh_command(int command)
{
    printf("    %s) _arguments \\\n", command_rows[command].name);
    for (int i = 0; i < OPT_COUNT; i++)
        if (option_is_of(command, &option_rows[i]))
            zsh_option(&option_rows[i]);
    printf("        '1: :{_files; compadd ");
    print_commands(" ");
    printf("}' \\\n");
    if (starts_with_words(command)) {
        printf("        '2: :(");
        print_choices(command_rows[command].arguments);
        printf(")' \\\n");
    }
    printf("        '*:file:_files' ;;\n");
}

static void complete_zsh(void)
{
    printf("#compdef burin\n_burin() {\n    local command=render\n    case \"$words[2]\" in\n        ");
    print_commands("|");
    printf(") command=$words[2] ;;\n    esac\n    case $command in\n");
    for (int c = 0; c < COMMAND_COUNT; c++)
        zsh_command(c);
    printf("    esac\n}\n"
           "if [[ \"$funcstack[1]\" = _burin ]]; then\n    _burin \"$@\"\nelse\n    compdef _burin burin\nfi\n");
}

/* ---- fish ---- */

static void fish_option(const option_row *row)
{
    printf("complete -c burin -n '__burin_command_is");
    for (int c = 0; c < COMMAND_COUNT; c++)
        if (option_is_of(c, row))
            printf(" %s", command_rows[c].name);
    printf("' -l %s", row->name);
    if (row->letter)
        printf(" -s %c", row->letter);
    if (choices_are_words(row->choices)) {
        printf(" -x -a '");
        print_choices(row->choices);
        printf("'");
    } else if (row->argument)
        printf(row->choices ? " -r" : " -x");
    printf(" -d '");
    print_quoted(row->help, "\\");
    printf("'\n");
}

static void complete_fish(void)
{
    printf("# fish completion of burin\n"
           "function __burin_words\n    test (count (commandline -opc)) = $argv[1]\nend\n"
           "function __burin_command_is\n    set -l words (commandline -opc)\n    set -l command render\n"
           "    contains -- \"$words[2]\" ");
    print_commands(" ");
    printf("; and set command $words[2]\n    contains -- $command $argv\nend\n");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        printf("complete -c burin -n '__burin_words 1' -a %s -d '", command_rows[i].name);
        print_quoted(command_rows[i].line, "\\");
        printf("'\n");
        if (!starts_with_words(i))
            continue;
        printf("complete -c burin -n '__burin_command_is %s; and __burin_words 2' -f -a '", command_rows[i].name);
        print_choices(command_rows[i].arguments);
        printf("'\n");
    }
    for (int i = 0; i < OPT_COUNT; i++)
        if (option_rows[i].name)
            fish_option(&option_rows[i]);
}

bool completion_script(const char *shell)
{
    if (strcmp(shell, "bash") == 0)
        complete_bash();
    else if (strcmp(shell, "zsh") == 0)
        complete_zsh();
    else if (strcmp(shell, "fish") == 0)
        complete_fish();
    else
        return false;
    return true;
}
