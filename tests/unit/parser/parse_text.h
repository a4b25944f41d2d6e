/* Parsing for the parser's tests: a tree as one line, an error as one line. */
#ifndef BURIN_TESTS_PARSE_TEXT_H
#define BURIN_TESTS_PARSE_TEXT_H

#include "burin/error.h"
#include "parser/parser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static inline syntax all_extensions(void)
{
    syntax options = syntax_default;
    options.ext_do = options.ext_loopcontrols = options.ext_i18n = options.ext_debug = options.ext_generation = true;
    return options;
}

/* The tree as ast_print writes it, or "Class line: message", in a buffer of its own that the next call overwrites. */
static inline const char *parsed(const char *text, const syntax *options, bool expression)
{
    static char out[8192];
    arena       a    = arena_make(&base_malloc_allocator);
    buf         dump = buf_make(&base_malloc_allocator);
    burin_error err  = BURIN_ERROR_INIT;
    source      src  = {{text, strlen(text)}, NULL};
    ast_node   *tree = NULL;

    if ((expression ? parse_expression : parse_template)(&a, &src, options, &tree, &err))
        snprintf(out, sizeof out, "%s %u: %s", burin_status_class(err.status), err.line, err.message);
    else {
        ast_print(tree, &dump);
        snprintf(out, sizeof out, "%.*s", (int)dump.len, dump.data);
    }
    burin_error_clear(&err);
    buf_deinit(&dump);
    arena_deinit(&a);
    return out;
}

#endif
