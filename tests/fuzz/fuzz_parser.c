/* Lexer and parser alone, with delimiters of the input's choice, and the printers of tokens and trees. */
#include "lexer/lexer.h"
#include "parser/parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static syntax rules_of(uint8_t bits)
{
    syntax s = syntax_default;
    if (bits & 1) {
        s.block_start = (burin_text){"<%", 2}, s.block_end = (burin_text){"%>", 2};
        s.variable_start = (burin_text){"<%=", 3}, s.variable_end = (burin_text){"%>", 2};
        s.comment_start = (burin_text){"<%#", 3}, s.comment_end = (burin_text){"%>", 2};
    }
    if (bits & 2) {
        s.line_statement_prefix = (burin_text){"#", 1};
        s.line_comment_prefix   = (burin_text){"##", 2};
    }
    s.trim_blocks           = bits & 4;
    s.lstrip_blocks         = bits & 8;
    s.keep_trailing_newline = bits & 16;
    s.ext_do = s.ext_loopcontrols = s.ext_i18n = s.ext_debug = s.ext_generation = bits & 32;
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    arena       memory = arena_make(&base_malloc_allocator);
    syntax      rules  = rules_of(data[0]);
    burin_error err    = BURIN_ERROR_INIT;
    source      src    = {.name = "fuzz"};
    ast_node   *tree   = NULL;
    buf         out    = buf_make(&base_malloc_allocator);
    if (syntax_normalize(&rules, &memory, (burin_text){(const char *)data + 1, size - 1}, &src.text) == BURIN_OK) {
        if (parse_template(&memory, &src, &rules, &tree, &err) == BURIN_OK)
            ast_print(tree, &out);
        burin_error_clear(&err);
        if (parse_expression(&memory, &src, &rules, &tree, &err) == BURIN_OK)
            ast_print(tree, &out);
        lexer_print(&src, &rules, &out);
    }
    burin_error_clear(&err);
    buf_deinit(&out);
    arena_deinit(&memory);
    return 0;
}
