/* String literals of scripts: adjacent ones become one, and f-strings are taken apart.
 *
 * As in CPython 3.11 an f-string is one token. Its expressions are found by counting brackets and quotes and are then
 * parsed, each by a parser of its own on that range of the source (Parser/string_parser.c). No backslash may stand in them
 * and no quote of the f-string's own, so f-strings nest no deeper than there are kinds of quotes. */
#include "parser/script_build.h"

#include "runtime/base/text.h"

enum { FORMAT_LEVELS_MAX = 2 }; /* f"{a:{b}}" and no deeper */

string_tokens *compose_string_tokens(script_parser *p, string_tokens *all, const script_token *t)
{
    string_token *one = arena_zalloc(p->arena, sizeof *one);

    if (!all)
        all = arena_zalloc(p->arena, sizeof *all);
    if (!all || !one) {
        script_fail_memory(p);
        return NULL;
    }
    one->token = *t;
    if (all->last)
        all->last->next = one;
    else
        all->first = one;
    all->last = one;
    return all;
}

/* ---- text that grows ---- */

typedef struct pieces {
    script_parser *p;
    ast_list      *into;      /* of a Joined, NULL where there are no expressions */
    burin_text     text;      /* since the last expression */
    size_t         room;      /* bytes at text.data that may be written; 0: it is borrowed */
    uint32_t       line;      /* of the string */
    span           where;     /* of the string */
    uint32_t       depth;     /* of the deepest expression */
} pieces;

static void add_text(pieces *to, burin_text more)
{
    if (to->text.len == 0) {
        to->text = more;
        to->room = 0;
        return;
    }
    size_t needed = to->text.len + more.len;
    if (more.len > 0 && needed > to->room) {
        char *grown = arena_alloc(to->p->arena, needed * 2);
        if (!grown) {
            script_fail_memory(to->p);
            return;
        }
        memcpy(grown, to->text.data, to->text.len);
        to->text.data = grown;
        to->room      = needed * 2;
    }
    if (more.len > 0)
        memcpy((char *)to->text.data + to->text.len, more.data, more.len);
    to->text.len = needed;
}

static void flush_text(pieces *to)
{
    if (to->text.len == 0)
        return;
    ast_Const *constant = ast_make(to->p->arena, Const, to->line, to->where);
    if (!constant) {
        script_fail_memory(to->p);
        return;
    }
    constant->value = burin_string_borrow(to->text.data, to->text.len);
    ast_push(to->into, &constant->base);
    to->text = (burin_text){NULL, 0};
}

static bool decode(pieces *to, const char *from, const char *end, unsigned prefix)
{
    burin_text text;

    if (!script_string_decode(&to->p->lexer, (burin_text){from, (size_t)(end - from)}, prefix, to->line, to->where, &text)) {
        script_fail_lexical(to->p);
        return false;
    }
    add_text(to, text);
    return true;
}

/* ---- f-strings ---- */

typedef struct format_reader {
    pieces     *to;
    const char *at, *end; /* of the body */
    unsigned    prefix;
} format_reader;

static bool fail(const format_reader *r, const char *format, char c)
{
    script_parser *p = r->to->p;

    if (!p->status) /* these messages carry their own "f-string" */
        script_parser_fail(p, BURIN_ERR_PYTHON_SYNTAX, r->to->line, r->to->where, format, c);
    return false;
}
static bool fail_end(const format_reader *r) { return fail(r, "f-string: expecting '}'", 0); }

/* Where the text ends that begins at r->at, `\N{...}` being skipped: at a brace or at the end. */
static const char *literal_end(const format_reader *r)
{
    const char *p = r->at;

    while (p < r->end && *p != '{' && *p != '}') {
        if (*p == '\\' && !(r->prefix & SCRIPT_RAW) && p + 1 < r->end && p[1] != '{' && p[1] != '}') {
            p += 2;
            if (p[-1] == 'N' && p < r->end && *p == '{') {
                while (p < r->end && *p != '}')
                    p++;
                p += p < r->end;
            }
        } else
            p++;
    }
    return p;
}

/* Text up to an expression or the end of the part; doubled braces count as text outside format specifications. */
static bool read_literal(format_reader *r, unsigned level)
{
    for (;;) {
        const char *end     = literal_end(r);
        bool        doubled = level == 0 && end + 1 < r->end && end[1] == *end;
        if (!decode(r->to, r->at, doubled ? end + 1 : end, r->prefix))
            return false;
        r->at = doubled ? end + 2 : end;
        if (!doubled)
            return level > 0 || r->at == r->end || *r->at == '{' || fail(r, "f-string: single '}' is not allowed", 0);
    }
}

/* A quote in an expression: go behind its string. */
static bool skip_string(format_reader *r)
{
    char   quote  = *r->at;
    size_t left   = (size_t)(r->end - r->at);
    bool   triple = left >= 3 && r->at[1] == quote && r->at[2] == quote;

    for (r->at += triple ? 3 : 1; r->at < r->end; r->at++) {
        if (*r->at == '\\')
            return fail(r, "f-string expression part cannot include a backslash", 0);
        if (*r->at != quote)
            continue;
        if (!triple) {
            r->at++;
            return true;
        }
        if (r->end - r->at >= 3 && r->at[1] == quote && r->at[2] == quote) {
            r->at += 3;
            return true;
        }
    }
    return fail(r, "f-string: unterminated string", 0);
}

/* Whether the character outside brackets ends the expression. */
static bool ends_expression(const format_reader *r)
{
    char c    = *r->at;
    char next = r->at + 1 < r->end ? r->at[1] : '\0';

    if (c == '!' || c == '=')
        return next != '=';
    return c == ':' || c == '}';
}

/* Move to the end of the expression: to `!`, `=`, `:` or `}`. */
static bool find_expression_end(format_reader *r)
{
    char     open[SCRIPT_BRACKETS_MAX];
    uint32_t depth = 0;

    while (r->at < r->end) {
        char c = *r->at;
        if (c == '\\')
            return fail(r, "f-string expression part cannot include a backslash", 0);
        if (c == '#')
            return fail(r, "f-string expression part cannot include '#'", 0);
        if (c == '\'' || c == '"') {
            if (!skip_string(r))
                return false;
            continue;
        }
        if (depth == 0 && ends_expression(r))
            return true;
        if (depth == 0 && (c == '!' || c == '=' || c == '<' || c == '>') && r->at + 1 < r->end && r->at[1] == '=')
            r->at++; /* of a comparison */
        if (c == '(' || c == '[' || c == '{') {
            if (depth == SCRIPT_BRACKETS_MAX)
                return fail(r, "f-string: too many nested parenthesis", 0);
            open[depth++] = c;
        } else if (c == ')' || c == ']' || c == '}') {
            if (depth == 0)
                return fail(r, "f-string: unmatched '%c'", c);
            char opened = open[--depth];
            if (opened != (c == ')' ? '(' : c == ']' ? '[' : '{')) {
                script_parser_fail(r->to->p, BURIN_ERR_PYTHON_SYNTAX, r->to->line, r->to->where,
                                   "f-string: closing parenthesis '%c' does not match opening parenthesis '%c'", c, opened);
                return false;
            }
        }
        r->at++;
    }
    return depth > 0 ? fail(r, "f-string: unmatched '%c'", open[depth - 1]) : fail_end(r);
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\v' || c == '\r'; }

static ast_node *parse_expression_at(format_reader *r, const char *from, const char *end)
{
    script_parser *p     = r->to->p;
    const char    *begin = p->src->text.data;
    const char    *first = from;
    uint32_t       line  = r->to->line;
    uint32_t       depth = 0;

    while (first < end && is_space(*first))
        first++;
    if (first == end) {
        fail(r, *end == '}' ? "f-string: empty expression not allowed" : "f-string: expression required before '%c'", *end);
        return NULL;
    }
    for (const char *c = begin + r->to->where.start; c < from; c++)
        line += *c == '\n';
    ast_node *node = script_parse_inside(p, (span){(uint32_t)(from - begin), (uint32_t)(end - begin)}, line, &depth);
    r->to->depth   = script_max(r->to->depth, depth);
    return node;
}

static bool read_conversion(format_reader *r, ast_Formatted *made)
{
    r->at++;
    if (r->at == r->end)
        return fail_end(r);
    switch (*r->at++) {
    case 's': made->conversion = AST_TO_STR; return true;
    case 'r': made->conversion = AST_TO_REPR; return true;
    case 'a': made->conversion = AST_TO_ASCII; return true;
    default: return fail(r, "f-string: invalid conversion character: expected 's', 'r', or 'a'", 0);
    }
}

static bool read_parts(format_reader *r, unsigned level);

/* The part behind the colon: an f-string of its own, without an end to its braces. */
static bool read_specification(format_reader *r, ast_Formatted *made, unsigned level)
{
    ast_Joined *joined = ast_make(r->to->p->arena, Joined, r->to->line, r->to->where);
    pieces     *outer  = r->to;

    if (!joined) {
        script_fail_memory(outer->p);
        return false;
    }
    pieces inner = {.p = outer->p, .into = &joined->parts, .line = outer->line, .where = outer->where};
    r->at++;
    r->to     = &inner;
    bool read = read_parts(r, level + 1);
    r->to     = outer;
    flush_text(&inner);
    outer->depth = script_max(outer->depth, inner.depth + 1);
    made->spec   = &joined->base;
    return read;
}

/* {expression=!r:specification} */
static bool read_expression(format_reader *r, unsigned level)
{
    script_parser *p    = r->to->p;
    const char    *from = ++r->at;
    ast_Formatted *made = ast_make(p->arena, Formatted, r->to->line, r->to->where);

    if (level >= FORMAT_LEVELS_MAX)
        return fail(r, "f-string: expressions nested too deeply", 0);
    if (!made) {
        script_fail_memory(p);
        return false;
    }
    if (!find_expression_end(r))
        return false;
    made->value = parse_expression_at(r, from, r->at);
    if (!made->value)
        return false;
    made->base.line = made->value->line;
    bool shown      = *r->at == '=';
    if (shown) {
        r->at++;
        while (r->at < r->end && is_space(*r->at))
            r->at++;
        add_text(r->to, (burin_text){from, (size_t)(r->at - from)});
    }
    flush_text(r->to);
    if (r->at < r->end && *r->at == '!' && !read_conversion(r, made))
        return false;
    if (r->at < r->end && *r->at == ':' && !read_specification(r, made, level))
        return false;
    if (r->at == r->end || *r->at != '}')
        return fail_end(r);
    r->at++;
    if (shown && made->conversion == AST_PLAIN && !made->spec)
        made->conversion = AST_TO_REPR;
    ast_push(r->to->into, &made->base);
    return true;
}

static bool read_parts(format_reader *r, unsigned level)
{
    while (r->at < r->end) {
        if (!read_literal(r, level))
            return false;
        if (r->at == r->end || *r->at == '}')
            break;
        if (!read_expression(r, level))
            return false;
    }
    return true;
}

void compose_inside(script_parser *p, expr value)
{
    if (value.node && value.node->kind == AST_Starred)
        script_syntax_error(p, value.line, value.node->where, "cannot use starred expression here");
    p->result       = value.node;
    p->result_depth = value.depth;
}

/* ---- all of them ---- */

static unsigned prefixes(const script_parser *p, const string_tokens *all, unsigned *common)
{
    unsigned any = 0;

    *common = ~0U;
    for (const string_token *s = all->first; s; s = s->next) {
        unsigned prefix = script_string_of(&p->lexer, &s->token).prefix;
        any |= prefix;
        *common &= prefix;
    }
    return any;
}

static bool read_all(pieces *to, const string_tokens *all)
{
    const char *begin = to->p->src->text.data;

    for (const string_token *s = all->first; s; s = s->next) {
        script_string one = script_string_of(&to->p->lexer, &s->token);
        to->line          = s->token.line;
        to->where         = script_span(&s->token);
        format_reader r   = {to, begin + one.body.start, begin + one.body.end, one.prefix};
        if (one.prefix & SCRIPT_FORMAT ? !read_parts(&r, 0) : !decode(to, r.at, r.end, one.prefix))
            return false;
    }
    return true;
}

expr compose_strings(script_parser *p, string_tokens *all)
{
    if (!all)
        return (expr){0};
    unsigned    common = 0, any = prefixes(p, all, &common);
    uint32_t    line = all->first->token.line, start = all->first->token.start;
    ast_Joined *joined = any & SCRIPT_FORMAT ? BUILD(Joined, line, start) : NULL;
    pieces      to     = {.p = p, .into = joined ? &joined->parts : NULL};

    if ((any & SCRIPT_BYTES) != (common & SCRIPT_BYTES)) {
        script_syntax_error(p, line, compose_span(p, start), "cannot mix bytes and nonbytes literals");
        return (expr){0};
    }
    if ((any & SCRIPT_FORMAT) && !joined)
        script_fail_memory(p);
    if (p->status || !read_all(&to, all))
        return (expr){0};
    if (joined) {
        flush_text(&to);
        return compose_finish(p, joined, line, start, to.depth + 2);
    }
    if (any & SCRIPT_BYTES) {
        ast_Bytes *bytes = BUILD(Bytes, line, start);
        if (bytes)
            bytes->value = to.text;
        return compose_finish(p, bytes, line, start, 1);
    }
    ast_Const *constant = BUILD(Const, line, start);
    if (constant)
        constant->value = burin_string_borrow(to.text.data, to.text.len);
    return compose_finish(p, constant, line, start, 1);
}
