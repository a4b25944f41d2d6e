/* The parse of a script: tokens into the grammar until the end or the first failure.
 *
 * Everything is made in the caller's arena, so there is nothing to free here, whatever happens. Nesting is bounded by the
 * lexer (blocks and brackets), by the depth of the tree (compose_finish) and by the grammar's stack (lempar.c). */
#include "parser/script_grammar.h"
#include "parser/script_state.h"
#include "parser/source.h"

#include "runtime/base/text.h"

#include <stdio.h>

static const uint8_t terminals[SCRIPT_TOKEN_COUNT] = {
#define SCRIPT_TOKEN(NAME, text) [SCRIPT_##NAME] = S_##NAME,
#define KEYWORD(NAME, text) [SCRIPT_##NAME] = S_##NAME,
#define S_EOF 0
#include "lexer/script_tokens.def"
};

/* ---- failing ---- */

static void vfail(script_parser *p, burin_status status, uint32_t line, span where, const char *prefix, const char *format, va_list args)
{
    char message[256];

    if (p->status)
        return;
    p->status = status;
    vsnprintf(message, sizeof message, format, args);
    diag_fail(p->err, status, p->src, line, where, "%s%s", prefix, message);
}

burin_status script_parser_fail(script_parser *p, burin_status status, uint32_t line, span where, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfail(p, status, line, where, "", format, args);
    va_end(args);
    return p->status;
}

void script_syntax_error(script_parser *p, uint32_t line, span where, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfail(p, BURIN_ERR_PYTHON_SYNTAX, line, where, p->string_depth > 0 ? "f-string: " : "", format, args);
    va_end(args);
}

void script_late_syntax_error(script_parser *p, uint32_t line, span where, const char *format, ...)
{
    va_list args;

    if (p->late.found)
        return;
    p->late.found = true;
    p->late.line  = line;
    p->late.where = where;
    va_start(args, format);
    vsnprintf(p->late.message, sizeof p->late.message, format, args);
    va_end(args);
}

void script_fail_memory(script_parser *p) { script_parser_fail(p, BURIN_ERR_NOMEM, 0, (span){0, 0}, "out of memory"); }

void script_fail_nesting(script_parser *p)
{
    script_parser_fail(p, BURIN_ERR_RECURSION, p->current.line, script_span(&p->current), "maximum recursion depth exceeded during compilation");
}

void script_fail_lexical(script_parser *p)
{
    const lexer_failure *f = &p->lexer.failure;
    script_parser_fail(p, f->status, f->line, f->where, "%s", f->message);
}

/* ---- parsing ---- */

static burin_status check_source(const source *src, const script_options *options, burin_error *err)
{
    burin_status status = source_check(src, "script", options->source_max, err);

    if (!status && src->text.len > 0 && memchr(src->text.data, '\0', src->text.len))
        return diag_fail(err, BURIN_ERR_PYTHON_SYNTAX, src, 0, (span){0, 0}, "source code string cannot contain null bytes");
    return status;
}

static void parser_init(script_parser *p, arena *a, const source *src, const script_options *options, burin_error *err)
{
    p->arena        = a;
    p->src          = src;
    p->options      = options;
    p->err          = err;
    p->status       = BURIN_OK;
    p->nesting_max  = options->nesting_max > 0 && options->nesting_max < SCRIPT_NESTING_MAX ? options->nesting_max : SCRIPT_NESTING_MAX;
    p->block_depth  = 0;
    p->string_depth = 0;
    p->current      = (script_token){.kind = SCRIPT_NEWLINE, .line = 1};
    p->previous     = p->current;
    p->first        = p->current;
    p->late.found   = false;
    p->is_generic   = false;
    p->name_end = p->params_end = UINT32_MAX;
    p->head         = (script_block_head){"statement", 1};
    p->contexts[0]   = (script_context){false, false};
    p->context_count = 0;
    p->result       = NULL;
    p->result_depth = 0;
}

/* What the innermost bracket has, for messages. */
static void note_in_bracket(script_parser *p, const script_token *t)
{
    script_bracket *open = &p->lexer.brackets[p->lexer.bracket_count - 1];

    if (p->previous.start == open->start) {
        open->first      = t->start;
        open->first_line = t->line;
    }
    switch (t->kind) {
    case SCRIPT_COMMA: open->has |= SCRIPT_HAS_COMMA; break;
    case SCRIPT_COLON: open->has |= SCRIPT_HAS_COLON; break;
    case SCRIPT_FOR: open->has |= SCRIPT_HAS_FOR; break;
    case SCRIPT_IN: open->has |= open->has & SCRIPT_HAS_FOR ? SCRIPT_HAS_IN : 0; break;
    case SCRIPT_ASSIGN:
    case SCRIPT_MUL:
    case SCRIPT_POW:
    case SCRIPT_DIV: open->has |= SCRIPT_HAS_MARK; break;
    default: break;
    }
}

/* Move on to the token, which may begin a statement, and count blocks. */
static void step(script_parser *p, const script_token *t)
{
    p->previous = p->current;
    p->current  = *t;
    if (p->lexer.bracket_count > 0)
        note_in_bracket(p, t);
    if (t->kind == SCRIPT_INDENT)
        p->block_depth++;
    else if (t->kind == SCRIPT_DEDENT)
        p->block_depth--;
    else if (p->previous.kind == SCRIPT_NEWLINE || p->previous.kind == SCRIPT_INDENT || p->previous.kind == SCRIPT_DEDENT)
        p->first = *t;
}

int script_take(script_parser *p, script_token *t)
{
    script_lexer_next(&p->lexer, t);
    if (t->kind == SCRIPT_ERROR) {
        script_fail_lexical(p);
        p->current = *t;
        return -1;
    }
    step(p, t);
    return terminals[t->kind];
}

/* An error that the grammar finds gives way to one of the text behind it, as in CPython, unless it is an indent. */
static bool gives_way(const script_parser *p)
{
    return (p->status == BURIN_ERR_PYTHON_SYNTAX || p->status == BURIN_ERR_INDENTATION) && p->current.kind != SCRIPT_EOF &&
           p->current.kind != SCRIPT_ERROR && p->current.kind != SCRIPT_INDENT;
}

/* Is what the lexer failed of a bracket that is open at the end, on the line of "invalid syntax" at `t` or behind it? CPython does not tell of it
 * then; where it knows the mistake it has read on behind it, and does. */
static bool is_open_behind(const script_parser *p, const script_token *t)
{
    const script_lexer *lx = &p->lexer;
    if (lx->bracket_count == 0 || !p->is_generic)
        return false;
    const script_bracket *open = &lx->brackets[lx->bracket_count - 1];
    return lx->failure.where.start == open->start && open->line >= t->line;
}

static void look_behind_error(script_parser *p, const script_token *t)
{
    script_token rest;

    do
        script_lexer_next(&p->lexer, &rest);
    while (rest.kind != SCRIPT_EOF && rest.kind != SCRIPT_ERROR);
    if (rest.kind != SCRIPT_ERROR || p->lexer.failure.status == BURIN_ERR_NOT_IMPLEMENTED || is_open_behind(p, t))
        return;
    if (p->err)
        burin_error_clear(p->err);
    p->status = BURIN_OK;
    script_fail_lexical(p);
}

static burin_status run(script_parser *p, int start)
{
    p->grammar = arena_alloc(p->arena, script_grammar_size());
    if (!p->grammar || !script_grammar_init(p->grammar, p)) {
        script_fail_memory(p);
        return p->status;
    }
    script_grammar_run(p->grammar, p, start);
    if (gives_way(p))
        look_behind_error(p, &p->current);
    if (!p->status && p->late.found && p->string_depth == 0)
        script_syntax_error(p, p->late.line, p->late.where, "%s", p->late.message);
    return p->status;
}

burin_status parse_script(arena *a, const source *src, const script_options *options, ast_node **out, burin_error *err)
{
    script_parser p;
    burin_status  status = check_source(src, options, err);

    if (status)
        return status;
    parser_init(&p, a, src, options, err);
    script_lexer_init(&p.lexer, a, src);
    status = run(&p, S_START_MODULE);
    if (!status)
        *out = p.result;
    return status;
}

burin_status parse_script_expression(arena *a, const source *src, const script_options *options, ast_node **out, burin_error *err)
{
    script_parser p;
    burin_status  status = check_source(src, options, err);

    if (status)
        return status;
    parser_init(&p, a, src, options, err);
    script_lexer_init(&p.lexer, a, src);
    p.lexer.line_starting = false; /* space before an expression means nothing */
    status                = run(&p, S_START_EXPRESSION);
    if (!status)
        *out = p.result;
    return status;
}

ast_node *script_parse_inside(script_parser *outer, span range, uint32_t line, uint32_t *depth)
{
    script_parser p;

    parser_init(&p, outer->arena, outer->src, outer->options, outer->err);
    script_lexer_init_inside(&p.lexer, outer->arena, outer->src, range, line);
    p.block_depth  = outer->block_depth;
    p.string_depth = outer->string_depth + 1;
    p.nesting_max  = outer->nesting_max;
    p.late         = outer->late;
    outer->status  = run(&p, S_START_INSIDE);
    outer->late    = p.late;
    *depth         = p.result_depth;
    return outer->status ? NULL : p.result;
}

bool script_normalize(arena *a, burin_text text, burin_text *out)
{
    *out = text;
    if (text.len == 0 || !memchr(text.data, '\r', text.len))
        return true;
    char  *copy = arena_alloc(a, text.len);
    size_t len  = 0;
    for (size_t i = 0; copy && i < text.len; i++) {
        if (text.data[i] != '\r')
            copy[len++] = text.data[i];
        else if (i + 1 == text.len || text.data[i + 1] != '\n')
            copy[len++] = '\n';
    }
    *out = (burin_text){copy, len};
    return copy != NULL;
}
