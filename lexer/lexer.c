/* The lexer's driver: which state it is in, when a tag ends, which brackets are open.
 *
 * Like Jinja2's it looks for the end of the tag before every token, and only while no bracket is open: that is what
 * makes {{ {"a": {}}}} work. Whitespace between tokens is skipped here, tokens are cut by tags.re, text by text.c.
 * Always true: begin <= at <= end, and `line` is 1 plus the newlines before `at`. */
#include "lexer/parts.h"

#include <stdio.h>

static const char *const descriptions[TOKEN_KIND_COUNT] = {
#define TOKEN(NAME, text, description, next) [TOKEN_##NAME] = description,
#include "lexer/tokens.def"
    [TOKEN_ERROR] = "error",
};

static const char *const kind_names[TOKEN_KIND_COUNT] = {
#define TOKEN(NAME, ...) [TOKEN_##NAME] = #NAME,
#include "lexer/tokens.def"
    [TOKEN_ERROR] = "ERROR",
};

static const char *const words[WORD_COUNT] = {
    [WORD_NONE] = "",
#define WORD(NAME, text) [WORD_##NAME] = text,
#include "lexer/tokens.def"
};

const char *token_describe_kind(token_kind kind) { return descriptions[kind]; }
const char *token_word_text(token_word word) { return words[word]; }

burin_text token_describe(const token *t)
{
    if (t->kind == TOKEN_NAME)
        return (burin_text){t->value.as.s, t->value.len};
    return (burin_text){descriptions[t->kind], strlen(descriptions[t->kind])};
}

/* ---- failing ---- */

void lexer_fail(lexer *lx, token *out, burin_status status, span where, const char *format, ...)
{
    if (!lx->failure.status) {
        va_list args;
        va_start(args, format);
        vsnprintf(lx->failure.message, sizeof lx->failure.message, format, args);
        va_end(args);
        lx->failure.status = status;
        lx->failure.line   = lx->line;
        lx->failure.where  = where;
    }
    *out = (token){.kind = TOKEN_ERROR, .line = lx->failure.line, .start = where.start, .end = where.end};
}

void lexer_fail_memory(lexer *lx, token *out)
{
    lexer_fail(lx, out, BURIN_ERR_NOMEM, (span){0, 0}, "out of memory");
}

/* ---- starting ---- */

void lexer_init(lexer *lx, arena *a, const source *src, const syntax *options)
{
    const char *begin = src->text.data ? src->text.data : "";

    lx->src           = src;
    lx->options       = options;
    lx->arena         = a;
    lx->begin         = begin;
    lx->at            = begin;
    lx->end           = begin + src->text.len;
    lx->line          = 1;
    lx->last_line     = 1;
    lx->state         = LEXER_TEXT;
    lx->line_starting = true;
    lx->has_pending   = false;
    lx->brackets      = lx->few_brackets;
    lx->bracket_count = 0;
    lx->bracket_cap   = sizeof lx->few_brackets;
    lx->failure.status = BURIN_OK;
    lexer_order_openers(lx);
}

void lexer_init_expression(lexer *lx, arena *a, const source *src, const syntax *options)
{
    lexer_init(lx, a, src, options);
    lx->state = LEXER_PRINT;
    lexer_enter_tag(lx);
}

/* ---- ends of tags ---- */

/* "-%}" takes the whitespace after it along, "+%}" keeps a newline that trim_blocks would take. NULL: no end here. */
static const char *statement_end(const lexer *lx)
{
    burin_text  mark = lx->options->block_end;
    const char *p    = lx->at;

    if (*p == '+' && lexer_has(lx, p + 1, mark))
        return p + 1 + mark.len;
    if (*p == '-' && lexer_has(lx, p + 1, mark))
        return lexer_skip_space(p + 1 + mark.len, lx->end);
    if (!lexer_has(lx, p, mark))
        return NULL;
    p += mark.len;
    return lx->options->trim_blocks && p < lx->end && *p == '\n' ? p + 1 : p;
}

static const char *print_end(const lexer *lx)
{
    burin_text  mark = lx->options->variable_end;
    const char *p    = lx->at;

    if (*p == '-' && lexer_has(lx, p + 1, mark))
        return lexer_skip_space(p + 1 + mark.len, lx->end);
    return lexer_has(lx, p, mark) ? p + mark.len : NULL;
}

/* A line statement ends at the last newline of the whitespace that ends it, or with the template. */
static const char *line_statement_end(const lexer *lx)
{
    const char *p = lexer_skip_space(lx->at, lx->end);

    if (p == lx->end)
        return p;
    while (p > lx->at && p[-1] != '\n')
        p--;
    return p > lx->at ? p : NULL;
}

void lexer_enter_tag(lexer *lx)
{
    burin_text mark = lx->state == LEXER_PRINT ? lx->options->variable_end : lx->options->block_end;

    lx->closes_anywhere = lx->state == LEXER_LINE_STATEMENT || !mark.len;
    lx->closing         = mark.len ? (unsigned char)mark.data[0] : 0;
}

/* Does an end of a tag begin so? Most tokens do not. */
static inline bool may_end(const lexer *lx)
{
    const unsigned char c = lx->at < lx->end ? (unsigned char)*lx->at : '-';

    return c == lx->closing || c == '-' || c == '+' || lx->closes_anywhere;
}

/* Yield the end of the tag if it is at `at`. */
static bool tag_end(lexer *lx, token *out)
{
    const char *end;

    if (lx->state == LEXER_LINE_STATEMENT)
        end = line_statement_end(lx);
    else if (lx->at == lx->end)
        end = NULL;
    else
        end = lx->state == LEXER_PRINT ? print_end(lx) : statement_end(lx);
    if (!end)
        return false;
    lexer_make(lx, out, lx->state == LEXER_PRINT ? TOKEN_VARIABLE_END : TOKEN_BLOCK_END, lx->at, end);
    lx->line += lexer_count_newlines(lx->begin, lx->at, end);
    lx->line_starting = end > lx->at && end[-1] == '\n';
    lx->at    = end;
    lx->state = LEXER_TEXT;
    return true;
}

/* ---- brackets ---- */

void lexer_open_bracket(lexer *lx, token *out, char closing)
{
    if (lx->bracket_count == lx->bracket_cap) {
        char *more = arena_alloc(lx->arena, lx->bracket_cap * 2);
        if (!more) {
            lexer_fail_memory(lx, out);
            return;
        }
        memcpy(more, lx->brackets, lx->bracket_count);
        lx->brackets = more;
        lx->bracket_cap *= 2;
    }
    lx->brackets[lx->bracket_count++] = closing;
}

void lexer_close_bracket(lexer *lx, token *out, char closing)
{
    span where = {out->start, out->end};

    if (lx->bracket_count == 0)
        lexer_fail(lx, out, BURIN_ERR_SYNTAX, where, "unexpected '%c'", closing);
    else if (lx->brackets[lx->bracket_count - 1] != closing)
        lexer_fail(lx, out, BURIN_ERR_SYNTAX, where, "unexpected '%c', expected '%c'", closing, lx->brackets[lx->bracket_count - 1]);
    else
        lx->bracket_count--;
}

/* ---- tokens ---- */

static void end_of_template(lexer *lx, token *out)
{
    *out = (token){.kind = TOKEN_EOF, .line = lx->last_line, .start = lexer_offset(lx, lx->end), .end = lexer_offset(lx, lx->end)};
}

static inline bool may_be_space(char c) { return (unsigned char)c <= ' ' || (unsigned char)c >= 128; }

/* What begins neither space nor an end of a tag, unless that begins with this very byte. */
static const bool is_plain[256] = {
    ['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true, ['_'] = true, ['.'] = true, ['('] = true, [')'] = true, ['['] = true,
    [']'] = true, ['{'] = true, ['}'] = true, [','] = true, [':'] = true, ['|'] = true, ['='] = true, ['<'] = true, ['>'] = true, ['!'] = true,
    ['*'] = true, ['/'] = true, ['~'] = true, ['%'] = true, ['"'] = true, ['\''] = true,
};

/* False when there is none. Something follows. */
static inline bool skip_space(lexer *lx)
{
    const char *p = lx->at;

    if (*p == ' ')
        p++;
    if (p < lx->end && may_be_space(*p)) { /* more than one, or rarer kinds */
        const char *after = lexer_skip_space(p, lx->end);
        lx->line += lexer_count_newlines(lx->begin, p, after);
        p = after;
    }
    bool moved = p > lx->at;
    lx->at     = p;
    return moved;
}

/* The next token inside a tag, where its end or more than one blank may come first. */
static __attribute__((noinline)) void any_tag_token(lexer *lx, token *out)
{
    for (;;) {
        if (lx->bracket_count == 0 && may_end(lx) && tag_end(lx, out))
            return;
        if (lx->at == lx->end) {
            end_of_template(lx, out);
            return;
        }
        if (!skip_space(lx))
            break;
    }
    lexer_tag_token(lx, out);
}

/* The next token inside a tag: mostly a plain one, perhaps behind a blank. */
static inline void tag_token(lexer *lx, token *out)
{
    const bool closes_here = lx->closes_anywhere;

    if (lx->at < lx->end && *lx->at == ' ' && lx->closing != ' ' && !closes_here)
        lx->at++;
    if (lx->at < lx->end && is_plain[(unsigned char)*lx->at] && (unsigned char)*lx->at != lx->closing && !closes_here)
        lexer_tag_token(lx, out);
    else
        any_tag_token(lx, out);
}

/* What stands between tags; false when nothing of it is yielded. */
static bool yields_in_state(lexer *lx, token *out)
{
    switch (lx->state) {
    case LEXER_TEXT: return lexer_text(lx, out);
    case LEXER_COMMENT: return lexer_comment(lx, out);
    case LEXER_RAW: return lexer_raw(lx, out);
    case LEXER_LINE_COMMENT: lexer_line_comment(lx); break;
    case LEXER_STATEMENT: case LEXER_PRINT: case LEXER_LINE_STATEMENT: break;
    }
    return false;
}

static __attribute__((noinline)) void next_between_tags(lexer *lx, token *out)
{
    while (!yields_in_state(lx, out)) {
        if (lx->at == lx->end) {
            end_of_template(lx, out);
            break;
        }
    }
}

void lexer_next(lexer *lx, token *out)
{
    if (lx->has_pending) {
        *out            = lx->pending;
        lx->has_pending = false;
    } else if (lx->failure.status) {
        *out = (token){.kind = TOKEN_ERROR, .line = lx->failure.line, .start = lx->failure.where.start, .end = lx->failure.where.end};
    } else if (lx->state >= LEXER_STATEMENT) {
        tag_token(lx, out);
    } else {
        next_between_tags(lx, out);
    }
}

/* ---- printing ---- */

void lexer_print(const source *src, const syntax *options, buf *out)
{
    arena texts = arena_make(out->alloc);
    lexer lx;
    token t;

    lexer_init(&lx, &texts, src, options);
    do {
        lexer_next(&lx, &t);
        buf_printf(out, "%u %s", t.line, kind_names[t.kind]);
        if (t.kind == TOKEN_ERROR)
            buf_printf(out, " %s: %s", burin_status_class(lx.failure.status), lx.failure.message);
        else if (t.end > t.start) {
            buf_append_byte(out, ' ');
            for (uint32_t i = t.start; i < t.end; i++) {
                if (src->text.data[i] == '\n')
                    buf_append(out, "\\n", 2);
                else
                    buf_append_byte(out, src->text.data[i]);
            }
        }
        buf_append_byte(out, '\n');
    } while (t.kind != TOKEN_EOF && t.kind != TOKEN_ERROR);
    arena_deinit(&texts);
}
