/* What to say of a token that the grammar does not accept: CPython's messages, as far as one token and what would have been
 * accepted in its place tell which. */
#include "parser/script_build.h"
#include "parser/script_grammar.h"

static bool accepts(const script_parser *p, int terminal) { return script_grammar_accepts(p->grammar, terminal); }

/* Mistakes of lines and blocks. */
static bool block_mistake(script_parser *p, const script_token *t)
{
    if (t->kind != SCRIPT_INDENT && p->previous.kind == SCRIPT_NEWLINE && accepts(p, S_INDENT)) {
        script_parser_fail(p, BURIN_ERR_INDENTATION, t->line, script_span(t), "expected an indented block after %s on line %u", p->head.what,
                           p->head.line);
        return true;
    }
    if (t->kind == SCRIPT_INDENT) {
        script_parser_fail(p, BURIN_ERR_INDENTATION, t->line, script_span(t), "unexpected indent");
        return true;
    }
    if (accepts(p, S_EXCEPT) && !accepts(p, S_NAME)) {
        script_syntax_error(p, t->line, script_span(t), "expected 'except' or 'finally' block");
        return true;
    }
    return false;
}

/* A colon is missing: at the end of a line, or behind a word that nothing else can follow. */
static bool colon_mistake(script_parser *p, const script_token *t)
{
    bool line_ends = t->kind == SCRIPT_NEWLINE;
    bool forced    = false;

    if (p->lexer.bracket_count > 0 || !accepts(p, S_COLON))
        return false;
    switch (p->first.kind) {
    case SCRIPT_IF:
    case SCRIPT_ELIF:
    case SCRIPT_WHILE:
    case SCRIPT_FOR:
    case SCRIPT_EXCEPT: break;
    case SCRIPT_ELSE:
    case SCRIPT_TRY:
    case SCRIPT_FINALLY:
    case SCRIPT_DEF: forced = true; break;
    default: return false;
    }
    if (!line_ends && !forced)
        return false;
    script_syntax_error(p, t->line, script_span(t), "expected ':'");
    return true;
}

/* A head of a function in which a default or the annotation of its result is missing. */
static bool head_mistake(script_parser *p, const script_token *t)
{
    bool ends = t->kind == SCRIPT_RPAREN || t->kind == SCRIPT_COMMA;

    if (p->first.kind != SCRIPT_DEF)
        return false;
    if (p->previous.kind == SCRIPT_ARROW)
        script_syntax_error(p, p->previous.line, script_span(&p->previous), "expected ':'");
    else if (p->previous.kind == SCRIPT_ASSIGN && ends && p->lexer.bracket_count == (t->kind == SCRIPT_COMMA))
        script_syntax_error(p, p->previous.line, script_span(&p->previous), "expected default value expression");
    else
        return false;
    return true;
}

/* The innermost bracket has all of these, and none of those. */
static bool has(const script_parser *p, unsigned all, unsigned none)
{
    unsigned has = p->lexer.bracket_count ? p->lexer.brackets[p->lexer.bracket_count - 1].has : 0;
    return (has & all) == all && !(has & none);
}

/* Whether the outermost bracket is that of a function's parameters. */
static bool in_head(const script_parser *p)
{
    const char *text = p->src->text.data;
    return p->first.kind == SCRIPT_DEF && p->lexer.bracket_count > 0 &&
           !memchr(text + p->first.start, '(', p->lexer.brackets[0].start - p->first.start);
}

/* Whether the innermost bracket is the parenthesis of a call: it stands directly behind an operand. */
static bool in_call(const script_parser *p)
{
    if (p->lexer.bracket_count == 0)
        return false;
    script_bracket open = p->lexer.brackets[p->lexer.bracket_count - 1];
    if (open.open != '(' || open.start == 0 || (p->lexer.bracket_count == 1 && in_head(p)))
        return false;
    char before = p->src->text.data[open.start - 1];
    return before == ')' || before == ']' || before == '_' || (before >= '0' && before <= '9') || ((before | 0x20) >= 'a' && (before | 0x20) <= 'z');
}

/* Whether an argument of the innermost call has its equals sign before the current token. */
static bool has_equals_sign(const script_parser *p)
{
    const char *text = p->src->text.data;

    for (uint32_t at = p->previous.start; at > p->lexer.brackets[p->lexer.bracket_count - 1].start && text[at] != ','; at--) {
        if (text[at] == '=')
            return true;
    }
    return false;
}

/* Whether the token before is the name of *args or **kwargs in the head of a function. */
static bool is_starred_parameter(const script_parser *p)
{
    return p->first.kind == SCRIPT_DEF && p->previous.start >= 2 && p->src->text.data[p->previous.start - 1] == '*';
}

static bool is_of_name(char c) { return c == '_' || c == '.' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

/* Where the operand that ends with the token before begins, a name with attributes or that token; what stands before it, 0: it begins a statement. */
static uint32_t operand_start(const script_parser *p, char *behind)
{
    const char *text = p->src->text.data;
    uint32_t    at   = p->previous.start, start;

    while (at > 0 && p->previous.kind == SCRIPT_NAME && is_of_name(text[at - 1]))
        at--;
    start = at;
    while (at > 0 && text[at - 1] == ' ')
        at--;
    *behind = start == p->first.start || at == 0 ? 0 : text[at - 1];
    if (*behind == '=' && at > 1 && strchr("=!<>", text[at - 2]))
        *behind = '<'; /* a comparison's */
    return start;
}

/* The same, if it is all of an expression so far: it begins a statement, or stands behind a bracket or comma. */
static bool stands_alone(const script_parser *p, uint32_t *start)
{
    char behind;
    *start = operand_start(p, &behind);
    return !behind || strchr("([{,", behind);
}

/* `:=` behind something that is no name. */
static bool walrus_mistake(script_parser *p)
{
    const char *what  = NULL;
    uint32_t    start = p->previous.start;

    switch (p->previous.kind) {
    case SCRIPT_TRUE:
    case SCRIPT_FALSE:
    case SCRIPT_NONE: what = script_token_text(p->previous.kind); break;
    case SCRIPT_NUMBER:
    case SCRIPT_IMAGINARY:
    case SCRIPT_STRING: what = stands_alone(p, &start) ? "literal" : NULL; break;
    case SCRIPT_NAME: what = stands_alone(p, &start) && start < p->previous.start ? "attribute" : NULL; break;
    default: break;
    }
    if (!what)
        return false;
    script_syntax_error(p, p->previous.line, (span){start, p->previous.end}, "cannot use assignment expressions with %s", what);
    return true;
}

/* `=` where no assignment can stand. */
static bool assignment_mistake(script_parser *p, const script_token *t)
{
    span     before = script_span(&p->previous);
    uint32_t start;

    if (t->kind == SCRIPT_WALRUS)
        return walrus_mistake(p);
    if (t->kind != SCRIPT_ASSIGN)
        return false;
    switch (p->previous.kind) {
    case SCRIPT_TRUE:
    case SCRIPT_FALSE:
    case SCRIPT_NONE:
        script_syntax_error(p, p->previous.line, before, "cannot assign to %s", script_token_text(p->previous.kind));
        return true;
    default: break;
    }
    if (p->previous.kind == SCRIPT_NAME && is_starred_parameter(p)) {
        bool named = p->src->text.data[p->previous.start - 2] == '*';
        script_syntax_error(p, t->line, script_span(t), "var-%s argument cannot have default value", named ? "keyword" : "positional");
        return true;
    }
    if (in_call(p) && !has_equals_sign(p)) {
        script_syntax_error(p, p->previous.line, before, "expression cannot contain assignment, perhaps you meant \"==\"?");
        return true;
    }
    if (in_call(p) || p->previous.kind != SCRIPT_NAME || !(accepts(p, S_COLON) || accepts(p, S_RPAREN) || (stands_alone(p, &start) && start != p->first.start)))
        return false; /* at the start of a formula CPython says no more than "invalid syntax" */
    script_syntax_error(p, p->previous.line, (span){p->previous.start, t->end}, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
    return true;
}

static bool is_operand(const script_token *t)
{
    switch (t->kind) {
    case SCRIPT_NAME:
    case SCRIPT_NUMBER:
    case SCRIPT_IMAGINARY:
    case SCRIPT_STRING:
    case SCRIPT_TRUE:
    case SCRIPT_FALSE:
    case SCRIPT_NONE:
    case SCRIPT_ELLIPSIS: return true;
    default: return false;
    }
}

static bool ends_operand(const script_token *t)
{
    return is_operand(t) || t->kind == SCRIPT_RPAREN || t->kind == SCRIPT_RBRACKET || t->kind == SCRIPT_RBRACE;
}

static bool is_word(const script_token *t, const char *word)
{
    return t->kind == SCRIPT_NAME && t->value.len == strlen(word) && memcmp(t->value.as.s, word, t->value.len) == 0;
}

static bool in_braces(const script_parser *p)
{
    return p->lexer.bracket_count > 0 && p->lexer.brackets[p->lexer.bracket_count - 1].open == '{';
}

/* Inside of braces: those of a dict whose key has no colon? It is not a lambda's that is missing. */
static bool lacks_colon(const script_parser *p, const script_token *t)
{
    return accepts(p, S_COLON) && !accepts(p, S_COMMA) && p->params_end != t->start;
}

/* Whether the operand before begins as a soft keyword does: CPython 3.11 takes a name that one begins with (`c`, `ma`) for it. */
static bool begins_soft(const script_parser *p)
{
    static const char *const words[] = {"_", "case", "match"};
    const char              *text = p->src->text.data;
    char                     behind;
    uint32_t                 start = operand_start(p, &behind), end;

    if (p->previous.kind != SCRIPT_NAME || (behind && !strchr("([{,=:", behind)))
        return false;
    for (end = start; end < p->previous.end && text[end] != '.';)
        end++;
    for (size_t n = 0; n < sizeof words / sizeof *words; n++)
        if (strncmp(words[n], text + start, end - start) == 0)
            return true;
    return false;
}

/* Two operands with nothing between them. CPython asks for the colon first, once the braces are those of a dict. */
static bool neighbour_mistake(script_parser *p, const script_token *t)
{
    if (!is_operand(t) || !ends_operand(&p->previous))
        return false;
    if (in_braces(p) && lacks_colon(p, t)) {
        script_syntax_error(p, p->previous.line, (span){p->previous.end - 1, p->previous.end}, "':' expected after dictionary key");
        return true;
    }
    for (int i = 0; i < 2; i++) {
        const char *word = i == 0 ? "print" : "exec";
        if (is_word(&p->previous, word) && p->first.start == p->previous.start) {
            script_syntax_error(p, p->previous.line, (span){p->previous.start, t->end}, "Missing parentheses in call to '%s'. Did you mean %s(...)?",
                                word, word);
            return true;
        }
    }
    if ((p->lexer.bracket_count == 0 && !p->lexer.inside) || (p->previous.kind == SCRIPT_NAME && t->kind == SCRIPT_STRING) ||
        p->name_end == p->previous.end)
        return false;
    if (has(p, SCRIPT_HAS_IN, 0) || begins_soft(p))
        return false; /* behind a comprehension's `in`, too, CPython does not ask */
    script_syntax_error(p, p->previous.line, (span){p->previous.start, t->end}, "invalid syntax. Perhaps you forgot a comma?");
    return true;
}

/* [x, y for x in z] */
static bool target_mistake(script_parser *p, const script_token *t)
{
    if (t->kind != SCRIPT_FOR || !has(p, SCRIPT_HAS_COMMA | SCRIPT_HAS_FOR, SCRIPT_HAS_COLON | SCRIPT_HAS_IN))
        return false;
    const script_bracket *open = &p->lexer.brackets[p->lexer.bracket_count - 1];
    if (open->open == '(')
        return false;
    script_syntax_error(p, open->first_line, (span){open->first, p->previous.end}, "did you forget parentheses around the comprehension target?");
    return true;
}

/* Whether names follow, with commas between, up to a closing parenthesis: parameters. */
static bool names_follow(const script_parser *p)
{
    script_lexer ahead = p->lexer;
    script_token t;
    bool         any = false;

    for (;;) {
        script_lexer_next(&ahead, &t);
        if (t.kind != SCRIPT_NAME)
            return any && t.kind == SCRIPT_RPAREN;
        any = true;
        script_lexer_next(&ahead, &t);
        if (t.kind != SCRIPT_COMMA)
            return t.kind == SCRIPT_RPAREN;
    }
}

/* (a, b) among parameters without defaults. */
static bool parameter_mistake(script_parser *p, const script_token *t)
{
    const char *where = NULL;

    if (t->kind != SCRIPT_LPAREN)
        return false;
    if (p->previous.kind == SCRIPT_LAMBDA)
        where = "Lambda expression";
    else if ((p->previous.kind == SCRIPT_LPAREN || p->previous.kind == SCRIPT_COMMA) && p->lexer.bracket_count == 2 && in_head(p) &&
             !(p->lexer.brackets[0].has & SCRIPT_HAS_MARK))
        where = "Function";
    if (!where || !names_follow(p))
        return false;
    script_syntax_error(p, t->line, script_span(t), "%s parameters cannot be parenthesized", where);
    return true;
}

/* A conditional expression without its else. */
static bool cond_mistake(script_parser *p, const script_token *t)
{
    if (t->kind == SCRIPT_COLON || !accepts(p, S_ELSE) || accepts(p, S_NEWLINE) || p->first.kind == SCRIPT_ELSE)
        return false;
    script_syntax_error(p, p->previous.line, script_span(&p->previous), "expected 'else' after 'if' expression");
    return true;
}

/* A `match` statement begins with a name, as other statements do, and ends its line with a colon. */
static bool is_match(const script_parser *p)
{
    const char *begin = p->src->text.data + p->first.start;
    size_t      left  = p->src->text.len - p->first.start;
    const char *end   = memchr(begin, '\n', left);

    if (!is_word(&p->first, "match"))
        return false;
    end = end ? end : begin + left;
    while (end > begin && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    return end > begin && end[-1] == ':';
}

static bool refused(script_parser *p, const script_token *t)
{
    const char *what = NULL;

    if (t->kind == SCRIPT_MUL && p->previous.kind == SCRIPT_EXCEPT)
        what = "TryStar";
    else if (t->kind == SCRIPT_MUL && p->previous.kind == SCRIPT_IMPORT)
        what = "star import";
    else if ((t->kind == SCRIPT_DOT || t->kind == SCRIPT_ELLIPSIS) && p->previous.kind == SCRIPT_FROM)
        what = "relative import";
    else if (is_match(p))
        what = "Match";
    if (what)
        script_parser_fail(p, BURIN_ERR_NOT_IMPLEMENTED, t->line, script_span(t), "%s not supported", what);
    return what != NULL;
}

/* What one token and the one before it tell. */
static const char *small_mistake(const script_parser *p, const script_token *t)
{
    if ((t->kind == SCRIPT_LPAREN || p->first.kind == SCRIPT_DEF) && p->previous.kind == SCRIPT_NAME && accepts(p, S_LPAREN))
        return "expected '('";
    if (in_braces(p) && t->kind == SCRIPT_FOR && has(p, 0, SCRIPT_HAS_COMMA | SCRIPT_HAS_IN) && accepts(p, S_COMMA))
        return "dict unpacking cannot be used in dict comprehension";
    if (in_braces(p) && t->kind == SCRIPT_MUL && p->previous.kind == SCRIPT_COLON)
        return "cannot use a starred expression in a dictionary value";
    if (t->kind == SCRIPT_RBRACE && p->previous.kind == SCRIPT_COLON)
        return "expression expected after dictionary key and ':'";
    if ((t->kind == SCRIPT_RBRACE || (t->kind == SCRIPT_FOR && in_braces(p))) && lacks_colon(p, t))
        return "':' expected after dictionary key";
    if (t->kind == SCRIPT_COMMA && p->first.kind == SCRIPT_EXCEPT && p->lexer.bracket_count == 0)
        return "multiple exception types must be parenthesized";
    if (t->kind == SCRIPT_NEWLINE && p->previous.kind == SCRIPT_COMMA && p->first.kind == SCRIPT_FROM)
        return "trailing comma not allowed without surrounding parentheses";
    return NULL;
}

void script_invalid_syntax(script_parser *p, uint32_t line, span where)
{
    script_syntax_error(p, line, where, "invalid syntax");
    p->is_generic = true;
}

/* What is missing at the end of the text is missing at the end of its last line. */
static script_token placed(const script_parser *p, const script_token *t)
{
    script_token at  = *t;
    uint32_t     len = (uint32_t)p->src->text.len;

    if (t->start == len && len > 0 && p->src->text.data[len - 1] == '\n' && !p->lexer.inside) {
        at.line--;
        at.start = at.end = len - 1;
    }
    return at;
}

void script_unexpected(script_parser *p, const script_token *found)
{
    const script_token at = placed(p, found), *t = &at;

    if (refused(p, t) || block_mistake(p, t) || head_mistake(p, t) || colon_mistake(p, t) || assignment_mistake(p, t) || cond_mistake(p, t) || neighbour_mistake(p, t) ||
        target_mistake(p, t) || parameter_mistake(p, t))
        return;
    const char *message = small_mistake(p, t);
    if (message)
        script_syntax_error(p, t->line, script_span(t), "%s", message);
    else
        script_invalid_syntax(p, t->line, script_span(t));
}
