/* Lines from a terminal, by libedit where it is there, or from a pipe. */
#include "cli/repl_input.h"

#include "cli/cli.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#if HAVE_LIBEDIT
#include <editline/readline.h>
#include <locale.h>
#endif

struct repl_input {
    burin_interpreter *in;
    bool               is_terminal;
    buffer             text;    /* so far */
    char              *line;    /* of getline */
    size_t             room;
    char              *history; /* its file; NULL: none */
};

/* ---- with libedit ---- */

#if HAVE_LIBEDIT
enum { HISTORY_MAX = 1000 };

/* libedit asks without telling for whom: there is one terminal. */
static repl_input *completing;

/* What the word that is completed is an attribute of; empty: it is a name. */
static burin_text completed_owner;

typedef struct candidates {
    const char *start;
    size_t      len;
    int         wanted, seen;
    char       *found;
} candidates;

static burin_status consider(void *user, burin_text name)
{
    candidates *c = user;
    if (name.len < c->len || memcmp(name.data, c->start, c->len) != 0 || c->seen++ != c->wanted)
        return BURIN_OK;
    c->found = strndup(name.data, name.len);
    return BURIN_ERR_CANCELLED; /* enough */
}

/* The n-th candidate, as readline wants it: one a call. */
static char *next_candidate(const char *start, int state)
{
    static int n;
    n = state ? n + 1 : 0;
    candidates c = {.start = start, .len = strlen(start), .wanted = n};
    if (completed_owner.len)
        burin_interpreter_attributes(completing->in, completed_owner, consider, &c);
    else
        burin_interpreter_names(completing->in, consider, &c);
    return c.found;
}

static bool is_of_name(char c) { return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80; }

/* The name in front of the dot at `dot`; empty where something else is there, which would have to be evaluated. */
static burin_text owner_before(const char *line, int dot)
{
    int from = dot;
    while (from > 0 && is_of_name(line[from - 1]))
        from--;
    bool is_attribute = from > 0 && line[from - 1] == '.';
    return (burin_text){line + from, is_attribute ? 0 : (size_t)(dot - from)};
}

static char **complete(const char *start, int from, int to)
{
    bool is_attribute            = from > 0 && rl_line_buffer[from - 1] == '.';
    rl_attempted_completion_over = 1; /* never file names */
    (void)to;
    completed_owner = is_attribute ? owner_before(rl_line_buffer, from - 1) : (burin_text){NULL, 0};
    return is_attribute && !completed_owner.len ? NULL : rl_completion_matches(start, next_candidate);
}

/* The file in a folder of one's own, which is made with those around it; NULL when there is no home for it. */
static char *history_file(void)
{
    static const char *const below_home[] = {"/.local", "/.local/state", "/.local/state/burin", "/.local/state/burin/repl_history"};
    static const char *const below_state[] = {"/burin", "/burin/repl_history"};
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    bool        has_state = state && *state;
    const char *base      = has_state ? state : home;
    size_t      parts     = has_state ? 2 : 4;
    if (!base || !*base)
        return NULL;
    size_t size = strlen(base) + 64;
    char  *path = malloc(size);
    for (size_t n = 0; path && n < parts; n++) { /* the folders, then the file */
        snprintf(path, size, "%s%s", base, has_state ? below_state[n] : below_home[n]);
        if (n + 1 < parts)
            mkdir(path, 0700);
    }
    return path;
}

/* What is typed is UTF-8, whatever the user's language is. */
static void expect_utf8(void)
{
    setlocale(LC_CTYPE, "");
    if (MB_CUR_MAX == 1)
        setlocale(LC_CTYPE, "C.UTF-8");
}

static void open_terminal(repl_input *input)
{
    static const char between_names[] = " \t\n\"'`@$><=;|&{}()[].,:+-*/%^~!\\#";
    expect_utf8();
    completing                       = input;
    rl_readline_name                 = "burin";
    rl_attempted_completion_function = complete;
    rl_basic_word_break_characters = between_names;
    using_history();
    stifle_history(HISTORY_MAX);
    input->history = history_file();
    if (input->history)
        read_history(input->history);
}

static void close_terminal(repl_input *input)
{
    if (input->history && write_history(input->history) == 0)
        chmod(input->history, 0600);
    clear_history();
    completing = NULL;
}

static char *typed_line(repl_input *input, const char *prompt)
{
    (void)input;
    char *line = readline(prompt);
    if (line && *line)
        add_history(line);
    return line;
}
#else
static void open_terminal(repl_input *input) { (void)input; }
static void close_terminal(repl_input *input) { (void)input; }

static char *typed_line(repl_input *input, const char *prompt)
{
    fputs(prompt, stdout);
    fflush(stdout);
    ssize_t len = getline(&input->line, &input->room, stdin);
    if (len > 0 && input->line[len - 1] == '\n')
        input->line[len - 1] = '\0';
    return len < 0 ? NULL : strdup(input->line);
}
#endif

/* ---- both ---- */

repl_input *repl_input_open(burin_interpreter *in)
{
    repl_input *input = calloc(1, sizeof *input);
    if (!input) {
        complain("out of memory");
        return NULL;
    }
    input->in          = in;
    input->is_terminal = isatty(STDIN_FILENO);
    if (input->is_terminal)
        open_terminal(input);
    return input;
}

void repl_input_close(repl_input *input)
{
    if (!input)
        return;
    if (input->is_terminal)
        close_terminal(input);
    buffer_free(&input->text);
    free(input->line);
    free(input->history);
    free(input);
}

/* One more line into the text; false at the end of the input. */
static bool read_line(repl_input *input)
{
    if (input->is_terminal) {
        char *line = typed_line(input, input->text.len ? "... " : ">>> ");
        if (line) {
            buffer_text(&input->text, line);
            buffer_text(&input->text, "\n");
        }
        free(line);
        return line != NULL;
    }
    ssize_t len = getline(&input->line, &input->room, stdin);
    if (len <= 0)
        return false;
    buffer_append(&input->text, input->line, (size_t)len);
    if (input->line[len - 1] != '\n')
        buffer_text(&input->text, "\n");
    return true;
}

static bool is_blank(const buffer *text) { return strspn(text->data, " \t\n") == text->len; }

bool repl_input_next(repl_input *input, volatile int *interrupted, burin_text *out)
{
    input->text.len = 0;
    for (;;) {
        errno     = 0;
        bool more = read_line(input);
        if (!more && *interrupted && errno == EINTR) { /* drop it, and begin again */
            *interrupted    = 0;
            input->text.len = 0;
            clearerr(stdin);
            putchar('\n');
            continue;
        }
        if (!more && !input->text.len)
            return false;
        if (input->text.len && is_blank(&input->text))
            input->text.len = 0;
        else if (!more || repl_is_whole((burin_text){input->text.data, input->text.len}))
            break;
    }
    *out = (burin_text){input->text.data, input->text.len};
    return true;
}
