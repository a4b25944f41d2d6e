/* The parser of scripts behind a pipe, for test_script_syntax.py.
 *
 * A line of stdin is "m" for a script or "e" for an expression, and its text in hexadecimal. The answer is "T" and the
 * printed tree, or "E class line column" and the message, and then a line with the byte 1. The text is given to the parser in
 * a block of exactly its size, so that a sanitizer sees it read too far. */
#include "burin/error.h"
#include "parser/parser.h"
#include "parser/script.h"

#include <stdio.h>
#include <stdlib.h>

static burin_text decode_hex(const char *hex)
{
    size_t len   = strcspn(hex, "\n") / 2;
    char  *bytes = malloc(len > 0 ? len : 1);

    for (size_t i = 0; i < len; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], 0};
        bytes[i]     = (char)strtol(pair, NULL, 16);
    }
    return (burin_text){bytes, len};
}

static void answer(char mode, burin_text text)
{
    arena          a       = arena_make(&base_malloc_allocator);
    buf            out     = buf_make(&base_malloc_allocator);
    script_options options = {.imports = true};
    source         src     = {.name = NULL};
    burin_error    err     = BURIN_ERROR_INIT;
    ast_node      *tree;
    burin_status   status;

    if (!script_normalize(&a, text, &src.text))
        abort();
    status = mode == 'm' ? parse_script(&a, &src, &options, &tree, &err) : parse_script_expression(&a, &src, &options, &tree, &err);
    if (status) {
        printf("E %s %u %u %s\n\1\n", burin_status_class(status), err.line, err.column, err.message);
    } else {
        ast_print(tree, &out);
        printf("T\n%.*s\1\n", (int)out.len, out.data);
    }
    fflush(stdout);
    burin_error_clear(&err);
    buf_deinit(&out);
    arena_deinit(&a);
}

int main(void)
{
    char  *line = NULL;
    size_t cap  = 0;

    while (getline(&line, &cap, stdin) > 1) {
        burin_text text = decode_hex(line + 1);
        answer(line[0], text);
        free((char *)text.data);
    }
    free(line);
    return 0;
}
