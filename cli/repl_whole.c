/* When to stop reading: brackets and strings must be closed; what begins a block ends with an empty line. */
#include "cli/repl_input.h"

#include <string.h>

typedef struct scan {
    const char *at, *end;
    int         depth;    /* of brackets */
    bool        is_open;  /* a string of three quotes has no end, or a backslash joins a line that is not there yet */
    bool        is_block; /* some line ends with a colon */
} scan;

static void skip_string(scan *s)
{
    char   quote  = *s->at;
    bool   triple = s->end - s->at >= 3 && s->at[1] == quote && s->at[2] == quote;
    size_t width  = triple ? 3 : 1;
    for (s->at += width; s->at < s->end; s->at++) {
        if (*s->at == '\\' && s->at + 1 < s->end) {
            s->at++;
        } else if (*s->at == '\n' && !triple) {
            return;
        } else if (*s->at == quote && (!triple || (s->end - s->at >= 3 && s->at[1] == quote && s->at[2] == quote))) {
            s->at += width - 1;
            return;
        }
    }
    s->is_open = triple;
}

static void scan_text(scan *s)
{
    char last = '\n'; /* that is no blank, of the line */
    for (; s->at < s->end; s->at++) {
        char c = *s->at;
        if (c == '#')
            while (s->at + 1 < s->end && s->at[1] != '\n')
                s->at++;
        else if (c == '\'' || c == '"')
            skip_string(s);
        else if (strchr("([{", c))
            s->depth++;
        else if (strchr(")]}", c))
            s->depth--;
        else if (c == '\n')
            s->is_block |= last == ':' && s->depth <= 0;
        if (c != ' ' && c != '\t' && c != '#')
            last = c;
        if (c == '\\' && s->at + 2 >= s->end)
            s->is_open = true;
    }
}

/* Text ends with the newline of its last line. */
bool repl_is_whole(burin_text text)
{
    scan s = {.at = text.data, .end = text.data + text.len};
    scan_text(&s);
    if (s.depth > 0 || s.is_open)
        return false;
    const char *line = s.end - 1;
    while (line > text.data && line[-1] != '\n')
        line--;
    return !s.is_block || strspn(line, " \t") == (size_t)(s.end - 1 - line);
}
