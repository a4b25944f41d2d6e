/* The parse: tokens from the feeder into the grammar until the end or the first failure.
 *
 * Everything is made in the caller's arena, so there is nothing to free here, whatever happens. Nesting is bounded three
 * times, because each is reached by other templates: open brackets and statements (feeder.c), the depth of the tree
 * (build.c), the grammar's stack (lempar.c). */
#include "parser/grammar.h"
#include "parser/source.h"
#include "parser/state.h"

#include "runtime/base/text.h"

/* ---- failing ---- */

burin_status parser_fail(parser *p, burin_status status, uint32_t line, span where, const char *format, ...)
{
    va_list args;

    if (p->status)
        return p->status;
    p->status = status;
    va_start(args, format);
    diag_vfail(p->err, status, p->src, line, where, format, args);
    va_end(args);
    return status;
}

burin_status parser_fail_memory(parser *p)
{
    return parser_fail(p, BURIN_ERR_NOMEM, 0, (span){0, 0}, "out of memory");
}

burin_status parser_fail_nesting(parser *p)
{
    return parser_fail(p, BURIN_ERR_RECURSION, p->current.line, token_span(&p->current), "maximum recursion depth exceeded");
}

burin_status parser_fail_lexical(parser *p)
{
    const lexer_failure *f = &p->lexer.failure;
    return parser_fail(p, f->status, f->line, f->where, "%s", f->message);
}

/* ---- parsing ---- */

static void parser_init(parser *p, arena *a, const source *src, const syntax *options, burin_error *err)
{
    p->arena         = a;
    p->src           = src;
    p->options       = options;
    p->err           = err;
    p->status        = BURIN_OK;
    p->nesting_max   = options->nesting_max > 0 && options->nesting_max < NESTING_MAX ? options->nesting_max : NESTING_MAX;
    p->current       = (token){.line = 1};
    p->prev_end      = 0;
    p->tag_start     = 0;
    p->has_peeked    = false;
    p->tag           = WORD_NONE;
    p->past          = false;
    p->trimmed_said  = false;
    p->mentions      = 0;
    p->brackets      = p->few_brackets;
    p->bracket_count = 0;
    p->bracket_cap   = sizeof p->few_brackets / sizeof p->few_brackets[0];
    p->frames        = p->few_frames;
    p->frame_count   = 0;
    p->frame_cap     = sizeof p->few_frames / sizeof p->few_frames[0];
    p->trans         = NULL;
    p->result        = NULL;
}

static burin_status run(parser *p, int start)
{
    char grammar[64] __attribute__((aligned(16)));

    p->grammar = grammar_size() <= sizeof grammar ? (void *)grammar : arena_alloc(p->arena, grammar_size());
    if (!p->grammar || !grammar_init(p->grammar, p))
        return parser_fail_memory(p);
    grammar_run(p->grammar, p, start);
    return p->status;
}

burin_status parse_template(arena *a, const source *src, const syntax *options, ast_node **out, burin_error *err)
{
    parser       p;
    burin_status status = source_check(src, "template", options->source_max, err);

    if (status)
        return status;
    parser_init(&p, a, src, options, err);
    p.expression_only = false;
    p.place           = p.before = (place){AT_BODY};
    lexer_init(&p.lexer, a, src, options);
    status = run(&p, P_START_TEMPLATE);
    if (!status)
        *out = p.result;
    return status;
}

burin_status parse_expression(arena *a, const source *src, const syntax *options, ast_node **out, burin_error *err)
{
    parser       p;
    burin_status status = source_check(src, "template", options->source_max, err);

    if (status)
        return status;
    parser_init(&p, a, src, options, err);
    p.expression_only = true;
    p.place           = p.before = (place){AT_EXPRESSION};
    lexer_init_expression(&p.lexer, a, src, options);
    status = run(&p, P_START_EXPRESSION);
    if (!status)
        *out = p.result;
    return status;
}
