/* Messages: what Jinja2 would have expected where the grammar accepts nothing of what came.
 *
 * Jinja2's parser fails in two ways: where it wants an operand ("unexpected 'x'") and where, an expression being over,
 * it wants one particular token ("expected token 'y', got 'x'"). Which of the two, the place tells; which token, the open
 * bracket or, outside brackets, the first of a short list that the grammar would accept: grammar_accepts asks it. */
#include "parser/grammar.h"
#include "parser/tags.h"

#include <stdio.h>

/* ---- expected token ---- */

static void fail_expected(parser *p, const token *t, const char *expected)
{
    burin_text got = token_describe(t);

    if (t->kind == TOKEN_EOF)
        parser_fail(p, BURIN_ERR_SYNTAX, t->line, token_span(t), "unexpected end of template, expected '%s'.", expected);
    else
        parser_fail(p, BURIN_ERR_SYNTAX, t->line, token_span(t), "expected token '%s', got '%.*s'", expected, (int)got.len, got.data);
}

static void fail_got(parser *p, const token *t, const char *what)
{
    burin_text got = token_describe(t);
    parser_fail(p, BURIN_ERR_SYNTAX, t->line, token_span(t), "%s '%.*s'", what, (int)got.len, got.data);
}

/* What may be wanted outside brackets: the first row of the tag (or of all tags, WORD_NONE) that is accepted. */
static const struct {
    uint8_t     tag, terminal;
    const char *expected;
} wanted[] = {
    {WORD_WITH, P_ASSIGN, "="},
    {WORD_WITH, P_COMMA, ","},
    {WORD_PRINT, P_COMMA, ","},
    {WORD_TRANS, P_COMMA, ","},
    {WORD_TRANS, P_NAME, "name"},
    {WORD_NONE, P_VARIABLE_END, "end of print statement"},
    {WORD_NONE, P_BLOCK_END, "end of statement block"},
    {WORD_NONE, P_AS, "as"},
    {WORD_NONE, P_IMPORT, "import"},
    {WORD_NONE, P_FOR_IN, "in"},
    {WORD_NONE, P_CALL_PAREN, "("},
    {WORD_NONE, P_NAME, "name"},
};

static const char *wanted_outside(const parser *p)
{
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if ((wanted[i].tag == WORD_NONE || wanted[i].tag == p->tag) && grammar_accepts(p->grammar, wanted[i].terminal))
            return wanted[i].expected;
    }
    return "end of statement block";
}

/* The token in question may have closed the bracket, but its entry is still there. */
static const char *wanted_in_bracket(const parser *p)
{
    switch ((bracket_kind)p->brackets[p->before_brackets - 1].kind) {
    case BRACKET_GROUP: return ")";
    case BRACKET_DICT: return grammar_accepts(p->grammar, P_COLON) ? ":" : ",";
    case BRACKET_CALL:
    case BRACKET_SIGNATURE:
    case BRACKET_LIST:
    case BRACKET_SUBSCRIPT: break;
    }
    return ",";
}

/* ---- the end of the template, unknown tags ---- */

/* "'elif' or 'else' or 'endif'" */
static void describe_ends(const frame *top, char *out, size_t room)
{
    size_t len = 0;

    out[0] = 0;
    for (int i = 0; i < 3; i++) {
        if (top->ends[i] != WORD_NONE)
            len += (size_t)snprintf(out + len, room - len, "%s'%s'", i > 0 ? " or " : "", token_word_text(top->ends[i]));
    }
}

static bool is_expected_somewhere(const parser *p, token_word word)
{
    for (uint32_t i = 0; i < p->frame_count; i++) {
        for (int k = 0; k < 3; k++) {
            if (word != WORD_NONE && p->frames[i].ends[k] == word)
                return true;
        }
    }
    return false;
}

static void fail_open(parser *p, const token *t, const char *beginning, token_word word)
{
    char         ends[80];
    const frame *top = parser_frame(p);

    describe_ends(top, ends, sizeof ends);
    parser_fail(p, BURIN_ERR_SYNTAX, t->line, token_span(t), "%s %s %s. The innermost block that needs to be closed is '%s'.", beginning,
                is_expected_somewhere(p, word)
                    ? "You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for"
                    : "Jinja was looking for the following tags:",
                ends, token_word_text(top->tag));
}

void parser_unknown_tag(parser *p, const token *t)
{
    burin_text name = token_describe(t);
    char      *beginning = arena_alloc(p->arena, name.len + 40);

    if (!beginning) {
        parser_fail_memory(p);
        return;
    }
    sprintf(beginning, "Encountered unknown tag '%.*s'.", (int)name.len, name.data);
    if (p->frame_count > 0)
        fail_open(p, t, beginning, t->word);
    else
        parser_fail(p, BURIN_ERR_SYNTAX, t->line, token_span(t), "%s", beginning);
}

static void fail_end_of_template(parser *p, const token *t)
{
    if (parser_frame(p)->tag == WORD_TRANS)
        parser_fail(p, BURIN_ERR_SYNTAX, t->line, token_span(t), "unclosed translation block");
    else
        fail_open(p, t, "Unexpected end of template.", WORD_NONE);
}

/* ---- everything else ---- */

/* After a dot Jinja2 has moved past the token before it looks at it. */
static void fail_attribute(parser *p, const token *t)
{
    if (parser_peek(p)->kind == TOKEN_ERROR)
        parser_fail_lexical(p);
    else
        parser_fail(p, BURIN_ERR_SYNTAX, t->line, token_span(t), "expected name or number");
}

/* The place is asked rather than the grammar, which may have reduced an empty rule before it found the token to be wrong. */
static bool wants_operand(const parser *p, bool ends_tuple)
{
    bool may_end = p->before.item_start && !p->before.tuple_start && ends_tuple;
    return !may_end && (p->before.position == AT_EXPRESSION || p->before.position == AT_OPERAND);
}

static bool wants_name(const parser *p)
{
    bool bare = p->before.position == AT_NAME || p->before.position == AT_TEST || p->before.position == AT_TEST_NAME;
    return bare && p->tag != WORD_ENDBLOCK;
}

void parser_unexpected(parser *p, const token *t)
{
    bool ends_tuple = t->kind == TOKEN_VARIABLE_END || t->kind == TOKEN_BLOCK_END;

    if (p->before.position == AT_BODY && t->kind == TOKEN_EOF && p->frame_count > 0)
        fail_end_of_template(p, t);
    else if (wants_operand(p, ends_tuple))
        fail_got(p, t, p->before.tuple_start && ends_tuple ? "Expected an expression, got" : "unexpected");
    else if (wants_name(p) && grammar_accepts(p->grammar, P_INTEGER))
        fail_attribute(p, t);
    else if (wants_name(p))
        fail_expected(p, t, "name");
    else if (p->before_brackets > 0)
        fail_expected(p, t, wanted_in_bracket(p));
    else if (p->expression_only)
        parser_fail(p, BURIN_ERR_SYNTAX, t->line, token_span(t), "chunk after expression");
    else if (p->tag == WORD_BLOCK && t->kind == TOKEN_SUB && !p->past)
        parser_fail(p, BURIN_ERR_SYNTAX, t->line, token_span(t),
                    "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead.");
    else
        fail_expected(p, t, wanted_outside(p));
}
