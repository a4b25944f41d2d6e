/* A script through its parser, as a whole and as one expression; the tree is printed. */
#include "parser/parser.h"
#include "parser/script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(burin_text text, bool expression)
{
    arena          a       = arena_make(&base_malloc_allocator);
    buf            out     = buf_make(&base_malloc_allocator);
    script_options options = {.imports = true, .nesting_max = 300};
    source         src     = {.name = NULL};
    burin_error    err     = BURIN_ERROR_INIT;
    ast_node      *tree    = NULL;

    if (script_normalize(&a, text, &src.text) &&
        !(expression ? parse_script_expression : parse_script)(&a, &src, &options, &tree, &err))
        ast_print(tree, &out);
    burin_error_clear(&err);
    buf_deinit(&out);
    arena_deinit(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    burin_text text = {(const char *)data, size};

    if (size > 8192)
        return 0;
    parse(text, false);
    parse(text, true);
    return 0;
}
