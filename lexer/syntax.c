/* Jinja2's default syntax, and the one preparation a source needs before it is lexed: line ends. */
#include "lexer/syntax.h"

#include "runtime/base/text.h"

const syntax syntax_default = {
    .block_start      = {"{%", 2},
    .block_end        = {"%}", 2},
    .variable_start   = {"{{", 2},
    .variable_end     = {"}}", 2},
    .comment_start    = {"{#", 2},
    .comment_end      = {"#}", 2},
    .newline_sequence = {"\n", 1},
    .nesting_max      = 200,
};

/* Every "\r\n" and "\r" as "\n", into `out`, which has room for all; the new length. */
static size_t unify_newlines(burin_text text, char *out)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '\r') {
            c = '\n';
            if (i + 1 < text.len && text.data[i + 1] == '\n')
                i++;
        }
        out[len++] = c;
    }
    return len;
}

burin_status syntax_normalize(const syntax *options, arena *a, burin_text text, burin_text *out)
{
    if (text_valid_prefix(text.data, text.len) != text.len)
        return BURIN_ERR_UNICODE_DECODE;
    if (text.len > 0 && memchr(text.data, '\r', text.len)) {
        char *copy = arena_alloc(a, text.len);
        if (!copy)
            return BURIN_ERR_NOMEM;
        text = (burin_text){copy, unify_newlines(text, copy)};
    }
    if (!options->keep_trailing_newline && text.len > 0 && text.data[text.len - 1] == '\n')
        text.len--;
    *out = text;
    return BURIN_OK;
}
