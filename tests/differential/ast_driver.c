/* The parser behind a pipe, for ast_compare.py.
 *
 * A line of stdin is a template: fields "name=value" with the value in hexadecimal; src is the text, mode "t" a template,
 * "e" an expression, "k" its tokens; the others are fields of `syntax`. The answer is "T" and the printed tree, or
 * "E class line" and the message, and then a line with the byte 1. The text is given to the parser in a block of exactly
 * its size, so that a sanitizer sees it read too far. Link it with the objects of lexer/, parser/ and runtime/base/. */
#include "burin/error.h"
#include "lexer/lexer.h"
#include "parser/parser.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *name;
    size_t      at;
} texts[] = {
#define FIELD(name) {#name, offsetof(syntax, name)}
    FIELD(block_start), FIELD(block_end), FIELD(variable_start), FIELD(variable_end), FIELD(comment_start), FIELD(comment_end),
    FIELD(line_statement_prefix), FIELD(line_comment_prefix), FIELD(newline_sequence),
}, flags[] = {
    FIELD(trim_blocks), FIELD(lstrip_blocks), FIELD(keep_trailing_newline), FIELD(ext_do), FIELD(ext_loopcontrols), FIELD(ext_i18n),
    FIELD(ext_debug), FIELD(ext_generation), FIELD(i18n_newstyle), FIELD(i18n_trimmed),
#undef FIELD
};

typedef struct request {
    syntax     options;
    burin_text text;
    char       mode;
    char      *values[32]; /* decoded, to be freed */
    int        value_count;
} request;

static burin_text decode_hex(request *r, const char *hex)
{
    size_t len   = strlen(hex) / 2;
    char  *bytes = malloc(len + 1);

    for (size_t i = 0; i < len; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], 0};
        bytes[i]     = (char)strtol(pair, NULL, 16);
    }
    r->values[r->value_count++] = bytes;
    return (burin_text){bytes, len};
}

static void read_field(request *r, const char *name, burin_text value)
{
    char *options = (char *)&r->options;

    if (strcmp(name, "src") == 0)
        r->text = value;
    else if (strcmp(name, "mode") == 0)
        r->mode = value.data[0];
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (strcmp(name, texts[i].name) == 0)
            memcpy(options + texts[i].at, &value, sizeof value);
    }
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (strcmp(name, flags[i].name) == 0)
            *(bool *)(options + flags[i].at) = value.data[0] == '1';
    }
}

static void read_request(request *r, char *line)
{
    char *rest = NULL;

    *r = (request){.options = syntax_default, .mode = 't'};
    for (char *field = strtok_r(line, " \n", &rest); field && r->value_count < 32; field = strtok_r(NULL, " \n", &rest)) {
        char *equals = strchr(field, '=');
        *equals      = 0;
        read_field(r, field, decode_hex(r, equals + 1));
    }
}

static void answer(const request *r, arena *a, burin_text text)
{
    source       src    = {text, NULL};
    burin_error  err    = BURIN_ERROR_INIT;
    buf          out    = buf_make(&base_malloc_allocator);
    ast_node    *tree   = NULL;
    burin_status status = BURIN_OK;

    if (r->mode == 'k')
        lexer_print(&src, &r->options, &out);
    else
        status = (r->mode == 'e' ? parse_expression : parse_template)(a, &src, &r->options, &tree, &err);
    if (tree)
        ast_print(tree, &out);
    if (status)
        printf("E %s %u\n%s\n", burin_status_class(status), err.line, err.message ? err.message : "");
    else
        printf("T\n%.*s", (int)out.len, out.data);
    buf_deinit(&out);
    burin_error_clear(&err);
}

static void serve(char *line)
{
    request      r;
    arena        a = arena_make(&base_malloc_allocator);
    burin_text   normal;
    burin_status status;

    read_request(&r, line);
    status = syntax_normalize(&r.options, &a, r.text, &normal);
    if (status)
        printf("E %s 0\n\n", burin_status_class(status));
    else {
        char *exact = malloc(normal.len > 0 ? normal.len : 1);
        memcpy(exact, normal.data, normal.len);
        answer(&r, &a, (burin_text){exact, normal.len});
        free(exact);
    }
    printf("\x01\n");
    fflush(stdout);
    arena_deinit(&a);
    for (int i = 0; i < r.value_count; i++)
        free(r.values[i]);
}

int main(void)
{
    char  *line = NULL;
    size_t room = 0;

    while (getline(&line, &room, stdin) > 0)
        serve(line);
    free(line);
    return 0;
}
