/* The feeder: from tokens to the grammar's terminals.
 *
 * Jinja2 reserves no word: `if`, `in`, `not`, `is`, `with`, `recursive` and the rest are names wherever its parser is
 * looking for an operand or a name, and keywords only where it asks for them. So the feeder keeps track of what can
 * stand at each place (`place`): whether an operand is due or has just ended, which statement is being read and how far,
 * which bracket is open. That also tells the two kinds of "(" and "[" apart.
 * Statement words are looked up in tags.def, and the words that may end a body in the frames of open statements.
 * Jinja2 looks one token ahead in a few places (`not in`, `with context`, `name=`); the feeder does so in the same
 * places, because an error in the token looked at then comes first. */
#include "parser/grammar.h"
#include "parser/tags.h"

#include "runtime/base/nearest.h"

#define P_EOF 0

/* Functions that most tokens do not need: apart, they need not save registers for them. */
#define APART __attribute__((noinline))

static const uint8_t terminals[TOKEN_KIND_COUNT] = {
#define TOKEN(NAME, ...) [TOKEN_##NAME] = P_##NAME,
#include "lexer/tokens.def"
};

static const uint8_t positions[TOKEN_KIND_COUNT] = {
#define TOKEN(NAME, text, description, next) [TOKEN_##NAME] = AT_##next,
#include "lexer/tokens.def"
};

static const uint8_t mentions[WORD_COUNT] = {
    [WORD_EXTENDS] = MENTIONS_EXTENDS, [WORD_BLOCK] = MENTIONS_BLOCK, [WORD_LOOP] = MENTIONS_LOOP, [WORD_SELF] = MENTIONS_SELF, [WORD_SUPER] = MENTIONS_SELF,
};

/* ---- tokens ---- */

static void take(parser *p, token *t)
{
    if (p->has_peeked) {
        *t            = p->peeked;
        p->has_peeked = false;
    } else
        lexer_next(&p->lexer, t);
}

const token *parser_peek(parser *p)
{
    if (!p->has_peeked) {
        lexer_next(&p->lexer, &p->peeked);
        p->has_peeked = true;
    }
    return &p->peeked;
}

static bool is_word(const token *t, token_word word) { return t->kind == TOKEN_NAME && t->word == word; }

/* ---- open statements ---- */

static const tag_facts tags[WORD_COUNT] = {
#define TAG(WORD, group, first, end1, end2, end3) \
    [WORD_##WORD] = {P_##WORD, TAG_##group, FIRST_##first, {WORD_##end1, WORD_##end2, WORD_##end3}},
#include "parser/tags.def"
};

void parser_open(parser *p, token_word tag, burin_text name)
{
    if (p->frame_count >= p->nesting_max) {
        parser_fail_nesting(p);
        return;
    }
    if (p->frame_count == p->frame_cap) {
        frame *more = arena_alloc(p->arena, p->frame_cap * 2 * sizeof *more);
        if (!more) {
            parser_fail_memory(p);
            return;
        }
        memcpy(more, p->frames, p->frame_count * sizeof *more);
        p->frames = more;
        p->frame_cap *= 2;
    }
    frame *top = &p->frames[p->frame_count++];
    *top       = (frame){.tag = (uint8_t)tag, .name = name};
    memcpy(top->ends, tags[tag].ends, sizeof top->ends);
}

/* After an else only the end itself may follow. */
void parser_open_else(parser *p)
{
    frame *top = parser_frame(p);
    top->ends[0] = top->tag == WORD_IF ? WORD_ENDIF : WORD_ENDFOR;
    top->ends[1] = top->ends[2] = WORD_NONE;
}

void parser_close(parser *p)
{
    if (p->frame_count > 0)
        p->frame_count--;
}

static bool in_trans(parser *p)
{
    frame *top = parser_frame(p);
    return top && top->tag == WORD_TRANS;
}

static bool is_end(const frame *top, token_word word)
{
    return top && word != WORD_NONE && (top->ends[0] == word || top->ends[1] == word || top->ends[2] == word);
}

static bool has_extension(const syntax *o, tag_group group)
{
    switch (group) {
    case TAG_CORE: return true;
    case TAG_DO: return o->ext_do;
    case TAG_LOOPCONTROLS: return o->ext_loopcontrols;
    case TAG_I18N: return o->ext_i18n;
    case TAG_DEBUG: return o->ext_debug;
    case TAG_GENERATION: return o->ext_generation;
    case TAG_NONE:
    case TAG_PART: break;
    }
    return false;
}

/* ---- the word of a statement ---- */

static int begin_tag(parser *p, token_word word)
{
    static const place after[] = {
        [FIRST_TUPLE]      = {AT_EXPRESSION, .after_tag = true, .tuple_start = true},
        [FIRST_TARGET]     = {AT_OPERAND, .after_tag = true, .tuple_start = true},
        [FIRST_EXPRESSION] = {AT_EXPRESSION, .after_tag = true},
        [FIRST_NAME]       = {AT_NAME, .after_tag = true},
        [FIRST_OPERATOR]   = {AT_OPERATOR, .after_tag = true},
    };

    p->tag          = (uint8_t)word;
    p->past         = false;
    p->trimmed_said = false;
    p->place        = after[tags[word].first];
    return tags[word].terminal;
}

static int trans_tag(parser *p, const token *t)
{
    if (is_word(t, WORD_ENDTRANS))
        return begin_tag(p, WORD_ENDTRANS);
    if (is_word(t, WORD_PLURALIZE) && !p->trans->has_plural)
        return begin_tag(p, WORD_PLURALIZE);
    parser_fail(p, BURIN_ERR_SYNTAX, t->line, token_span(t), "%s",
                is_word(t, WORD_PLURALIZE) ? "a translatable section can have only one pluralize section"
                                           : "control structures in translatable sections are not allowed");
    return -1;
}

/* Of a tag that is none here: the extension that has it, or the nearest of those that may stand here. */
static void suggest_tag(parser *p, const token *t)
{
    static const char *const extensions[] = {
        [TAG_DO] = "do", [TAG_LOOPCONTROLS] = "loopcontrols", [TAG_I18N] = "i18n", [TAG_DEBUG] = "debug", [TAG_GENERATION] = "generation", [TAG_PART] = NULL};
    const tag_group group = (tag_group)tags[t->word].group;
    nearest         search;

    if (group != TAG_NONE && extensions[group])
        diag_suggest(p->err, "the extension '%s' has this tag, and is not switched on", extensions[group]);
    if (group != TAG_NONE || !nearest_start(&search, token_describe(t)))
        return;
    for (token_word word = WORD_NONE; word < WORD_COUNT; word++)
        if (is_end(parser_frame(p), word) || has_extension(p->options, (tag_group)tags[word].group))
            nearest_consider(&search, (burin_text){token_word_text(word), strlen(token_word_text(word))});
    nearest_suggest(&search, p->err);
}

static APART int tag_terminal(parser *p, const token *t)
{
    p->tag_start = p->current.start;
    if (in_trans(p))
        return trans_tag(p, t);
    if (t->kind != TOKEN_NAME) {
        parser_fail(p, BURIN_ERR_SYNTAX, t->line, token_span(t), "tag name expected");
        return -1;
    }
    if (is_end(parser_frame(p), t->word) || has_extension(p->options, tags[t->word].group))
        return begin_tag(p, t->word);
    parser_unknown_tag(p, t);
    suggest_tag(p, t);
    return -1;
}

/* ---- words of expressions ---- */

static int go(parser *p, position next, int terminal)
{
    p->place.position = (uint8_t)next;
    return terminal;
}

static int for_in(parser *p)
{
    p->past              = true;
    p->place.tuple_start = true;
    return go(p, AT_EXPRESSION, P_FOR_IN);
}

/* A word and the one after it as one terminal, or the word alone as a name that the grammar will refuse. Jinja2 looks at
 * the second word only where the two could stand; there a failure to read it comes next, after what the grammar has to
 * check about the words before. */
static int two_words(parser *p, token_word second, int terminal, position next)
{
    const token *ahead = parser_peek(p);
    token        rest;

    if (ahead->kind == TOKEN_ERROR && grammar_accepts(p->grammar, terminal))
        return go(p, next, terminal);
    if (!is_word(ahead, second))
        return go(p, AT_OPERATOR, P_NAME);
    take(p, &rest);
    return go(p, next, terminal);
}

static int context_word(parser *p, const token *t)
{
    return two_words(p, WORD_CONTEXT, t->word == WORD_WITH ? P_WITH_CONTEXT : P_WITHOUT_CONTEXT, AT_OPERATOR);
}

static int from_import(parser *p)
{
    p->past             = true;
    p->place.item_start = true;
    return go(p, AT_NAME, P_IMPORT);
}

/* Words that belong to one kind of statement, outside brackets. */
static int statement_word(parser *p, const token *t)
{
    bool with = t->word == WORD_WITH || t->word == WORD_WITHOUT;

    switch (p->tag) {
    case WORD_FOR:
        if (t->word == WORD_RECURSIVE && p->past)
            return go(p, AT_OPERATOR, P_RECURSIVE);
        break;
    case WORD_BLOCK:
        if (t->word == WORD_SCOPED || t->word == WORD_REQUIRED)
            return go(p, AT_OPERATOR, t->word == WORD_SCOPED ? P_SCOPED : P_REQUIRED);
        break;
    case WORD_INCLUDE:
        if (t->word == WORD_IGNORE)
            return two_words(p, WORD_MISSING, P_IGNORE_MISSING, AT_OPERATOR);
        if (with)
            return context_word(p, t);
        break;
    case WORD_IMPORT:
    case WORD_FROM:
        if (t->word == WORD_IMPORT && p->tag == WORD_FROM)
            return from_import(p);
        if (t->word == WORD_AS)
            return go(p, AT_NAME, P_AS);
        if (with)
            return context_word(p, t);
        break;
    default: break;
    }
    return go(p, AT_OPERATOR, P_NAME);
}

/* A name where an operand has ended. */
static APART int operator_word(parser *p, const token *t)
{
    bool outside = p->bracket_count == 0;

    switch (t->word) {
    case WORD_AND: return go(p, AT_EXPRESSION, P_AND);
    case WORD_OR: return go(p, AT_EXPRESSION, P_OR);
    case WORD_IF: return go(p, AT_EXPRESSION, P_IF);
    case WORD_ELSE: return go(p, AT_EXPRESSION, P_ELSE);
    case WORD_IS: return go(p, AT_TEST, P_IS);
    case WORD_IN: return outside && p->tag == WORD_FOR && !p->past ? for_in(p) : go(p, AT_OPERAND, P_IN);
    case WORD_NOT: return two_words(p, WORD_IN, P_NOT_IN, AT_OPERAND);
    default: return outside ? statement_word(p, t) : go(p, AT_OPERATOR, P_NAME);
    }
}

/* After the name of a test every name but these three is its argument. */
static APART int after_test(parser *p, const token *t)
{
    if (t->word == WORD_ELSE || t->word == WORD_OR || t->word == WORD_AND)
        return operator_word(p, t);
    if (t->word != WORD_IS)
        return go(p, AT_OPERATOR, P_NAME);
    parser_fail(p, BURIN_ERR_SYNTAX, t->line, token_span(t), "You cannot chain multiple tests with is");
    return -1;
}

/* trimmed and notrimmed are words once, and only where no value is given to them. Before the first variable (`past`) they
 * need no comma after them. */
static int trans_name_terminal(parser *p, const token *t)
{
    if (!p->trimmed_said && (t->word == WORD_TRIMMED || t->word == WORD_NOTRIMMED)) {
        const token *ahead = parser_peek(p);
        if (ahead->kind == TOKEN_ERROR) {
            parser_fail_lexical(p);
            return -1;
        }
        if (ahead->kind != TOKEN_ASSIGN) {
            p->trimmed_said     = true;
            p->place.item_start = !p->past;
            return go(p, p->past ? AT_OPERATOR : AT_NAME, P_TRIMMED);
        }
    }
    p->past = true;
    return go(p, AT_OPERATOR, P_NAME);
}

/* A name where nothing but a name may stand. */
static APART int bare_name(parser *p, const place *here, const token *t)
{
    bool outside = p->bracket_count == 0;

    if (outside && p->tag == WORD_TRANS && (here->after_tag || here->item_start))
        return trans_name_terminal(p, t);
    if (outside && p->tag == WORD_FROM && here->item_start && (t->word == WORD_WITH || t->word == WORD_WITHOUT))
        return context_word(p, t);
    if (p->tag == WORD_ENDBLOCK && here->after_tag) {
        burin_text name = parser_frame(p)->name;
        bool       same = name.len == t->value.len && memcmp(name.data, t->value.as.s, name.len) == 0;
        return go(p, AT_OPERATOR, same ? P_NAME : P_STRAY);
    }
    return go(p, AT_OPERATOR, P_NAME);
}

/* A name that is no word, and not the first of anything. */
static inline int plain_name(parser *p, const place *here)
{
    return go(p, here->position == AT_TEST || here->position == AT_TEST_NAME ? AFTER_TEST : AT_OPERATOR, P_NAME);
}

static APART int name_terminal(parser *p, const place *here, const token *t)
{
    p->mentions |= mentions[t->word];
    switch (here->position) {
    case AT_TAG: return tag_terminal(p, t);
    case AT_NAME: return bare_name(p, here, t);
    case AT_TEST:
        if (t->word == WORD_NOT)
            return go(p, AT_TEST_NAME, P_NOT);
        return go(p, AFTER_TEST, P_NAME);
    case AT_TEST_NAME: return go(p, AFTER_TEST, P_NAME);
    case AFTER_TEST: return after_test(p, t);
    case AT_OPERATOR: return operator_word(p, t);
    case AT_EXPRESSION:
        if (t->word == WORD_NOT)
            return go(p, AT_EXPRESSION, P_NOT);
        return go(p, AT_OPERATOR, P_NAME);
    default: return go(p, AT_OPERATOR, P_NAME);
    }
}

/* ---- brackets ---- */

/* A bracket counts as two levels: Jinja2 reaches Python's limit with 75 of them, but with 200 operators in a row. */
static APART int open_bracket(parser *p, const token *t, bracket_kind kind, int terminal)
{
    if (p->bracket_count * 2 + p->frame_count >= p->nesting_max) {
        parser_fail_nesting(p);
        return -1;
    }
    if (p->bracket_count == p->bracket_cap) {
        bracket *more = arena_alloc(p->arena, p->bracket_cap * 2 * sizeof *more);
        if (!more) {
            parser_fail_memory(p);
            return -1;
        }
        memcpy(more, p->brackets, p->bracket_count * sizeof *more);
        p->brackets = more;
        p->bracket_cap *= 2;
    }
    p->brackets[p->bracket_count++] = (bracket){.kind = (uint8_t)kind, .line = t->line};
    p->place.arg_start              = kind == BRACKET_CALL;
    if (kind == BRACKET_SIGNATURE)
        p->place.position = AT_NAME;
    return terminal;
}

static APART int open_paren(parser *p, const place *here, const token *t)
{
    bool outside = p->bracket_count == 0;

    if (outside && p->tag == WORD_CALL && here->after_tag)
        return open_bracket(p, t, BRACKET_SIGNATURE, P_CALL_PAREN);
    if (outside && p->tag == WORD_MACRO && !p->past && here->position == AT_OPERATOR) {
        p->past = true;
        return open_bracket(p, t, BRACKET_SIGNATURE, P_CALL_PAREN);
    }
    if (here->position == AT_OPERATOR || here->position == AFTER_TEST)
        return open_bracket(p, t, BRACKET_CALL, P_CALL_PAREN);
    return open_bracket(p, t, BRACKET_GROUP, P_LPAREN);
}

/* The lexer has seen to it that brackets match. */
static void close_bracket(parser *p)
{
    if (p->bracket_count == 0)
        return;
    bracket *closed = &p->brackets[--p->bracket_count];
    if (closed->kind == BRACKET_SIGNATURE && p->tag == WORD_CALL && p->bracket_count == 0)
        p->place.position = AT_EXPRESSION;
}

static void after_comma(parser *p)
{
    if (p->bracket_count > 0) {
        bracket_kind kind = p->brackets[p->bracket_count - 1].kind;
        p->place.arg_start  = kind == BRACKET_CALL;
        p->place.item_start = kind == BRACKET_GROUP;
        if (kind == BRACKET_SIGNATURE)
            p->place.position = AT_NAME;
        return;
    }
    p->place.item_start = p->tag != WORD_PRINT;
    switch (p->tag) {
    case WORD_FOR:
    case WORD_SET:
        if (!p->past)
            p->place.position = AT_OPERAND;
        break;
    case WORD_WITH: /* the comma of a target's tuple, or the one before the next target */
        p->place.position    = AT_OPERAND;
        p->place.tuple_start = p->past;
        p->place.item_start  = !p->past;
        p->past              = false;
        break;
    case WORD_FROM:
    case WORD_TRANS: p->place.position = AT_NAME; break;
    default: break;
    }
}

/* The order of arguments, which Jinja2 checks at the first token of each. False after a failure; *keyword says that the
 * token is the name of a keyword argument. */
static bool check_argument(parser *p, const token *t, bool *keyword)
{
    bracket *call = &p->brackets[p->bracket_count - 1];
    bool     fits;

    switch (t->kind) {
    case TOKEN_RPAREN: return true;
    case TOKEN_MUL:
        fits = !(call->seen & (SEEN_REST | SEEN_NAMED));
        call->seen |= SEEN_REST;
        break;
    case TOKEN_POW:
        fits = !(call->seen & SEEN_NAMED);
        call->seen |= SEEN_NAMED;
        break;
    default:
        fits = call->seen == 0;
        if (t->kind != TOKEN_NAME)
            break;
        const token *ahead = parser_peek(p);
        if (ahead->kind == TOKEN_ERROR) {
            parser_fail_lexical(p);
            return false;
        }
        *keyword = ahead->kind == TOKEN_ASSIGN;
        if (*keyword) {
            fits = !(call->seen & SEEN_NAMED);
            call->seen |= SEEN_KEYWORD;
        }
    }
    if (!fits)
        parser_fail(p, BURIN_ERR_SYNTAX, call->line, token_span(t), "invalid syntax for function call expression");
    return fits;
}

/* ---- everything ---- */

/* Jinja2 looks at the token after the first of a set's target, to find `namespace.attribute`. */
static bool check_set_target(parser *p, const token *t)
{
    const token *ahead = parser_peek(p);

    if (ahead->kind == TOKEN_ERROR)
        parser_fail_lexical(p);
    else if (ahead->kind == TOKEN_DOT && t->kind != TOKEN_NAME)
        parser_fail(p, BURIN_ERR_SYNTAX, t->line, token_span(t), "expected token 'name', got '%s'", token_describe_kind(t->kind));
    return !p->status;
}

static APART int string_terminal(parser *p, const place *here, const token *t)
{
    burin_text text = {t->value.as.s, t->value.len};

    if (p->tag == WORD_TRANS && here->after_tag) { /* the message's context */
        p->place.position   = AT_NAME;
        p->place.item_start = true;
    }
    /* Jinja2 compares the value without asking for the kind: from x import a "with" context */
    if (p->tag == WORD_FROM && p->past && here->position == AT_OPERATOR && p->bracket_count == 0) {
        bool with = text.len == 4 && memcmp(text.data, "with", 4) == 0;
        if (with || (text.len == 7 && memcmp(text.data, "without", 7) == 0)) {
            int terminal = two_words(p, WORD_CONTEXT, with ? P_WITH_CONTEXT : P_WITHOUT_CONTEXT, AT_OPERATOR);
            return terminal == P_NAME ? P_STRING : terminal;
        }
    }
    return P_STRING;
}

static void after_assign(parser *p)
{
    if (p->bracket_count > 0)
        return;
    p->place.tuple_start = p->tag == WORD_SET && !p->past;
    p->past |= p->tag == WORD_SET || p->tag == WORD_WITH;
}

/* After a comma a tuple may end, but in Jinja2 only where the tag or the parenthesis ends; else an operand must begin. The
 * grammar would end it before other tokens too, and check the target that it makes before it refuses them. */
static bool check_item(parser *p, const place *here, const token *t)
{
    switch (t->kind) {
    case TOKEN_NAME:
    case TOKEN_STRING:
    case TOKEN_INTEGER:
    case TOKEN_FLOAT:
    case TOKEN_LPAREN:
    case TOKEN_LBRACKET:
    case TOKEN_LBRACE:
    case TOKEN_RPAREN:
    case TOKEN_VARIABLE_END:
    case TOKEN_BLOCK_END: return true;
    case TOKEN_ADD:
    case TOKEN_SUB:
        if (here->position == AT_EXPRESSION)
            return true;
        break;
    default: break;
    }
    parser_unexpected(p, t);
    return false;
}

static APART int other_terminal(parser *p, const place *here, const token *t)
{
    bool operand_ended = here->position == AT_OPERATOR;

    switch (t->kind) {
    case TOKEN_STRING: return string_terminal(p, here, t);
    case TOKEN_LPAREN: return open_paren(p, here, t);
    case TOKEN_LBRACKET:
        return operand_ended ? open_bracket(p, t, BRACKET_SUBSCRIPT, P_SUBSCRIPT) : open_bracket(p, t, BRACKET_LIST, P_LBRACKET);
    case TOKEN_LBRACE: return open_bracket(p, t, BRACKET_DICT, P_LBRACE);
    case TOKEN_RPAREN:
    case TOKEN_RBRACKET:
    case TOKEN_RBRACE: close_bracket(p); break;
    case TOKEN_COMMA: after_comma(p); break;
    case TOKEN_ASSIGN: after_assign(p); break;
    case TOKEN_MUL:
    case TOKEN_POW:
        if (here->arg_start)
            p->place.position = AT_EXPRESSION;
        break;
    case TOKEN_DOT:
        if (here->position == AFTER_TEST)
            p->place.position = AT_TEST_NAME;
        break;
    case TOKEN_COLON:
        if (p->bracket_count == 0 && p->tag != WORD_NONE) { /* of a tag's end: {% if x: %} */
            p->place.position = AT_OPERATOR;
            p->past           = true;
        }
        break;
    case TOKEN_VARIABLE_BEGIN: p->tag = WORD_NONE; break;
    case TOKEN_BLOCK_END:
    case TOKEN_VARIABLE_END: p->bracket_count = 0; break;
    default: break;
    }
    return terminals[t->kind];
}

/* A print statement holds an expression, but in a translated section a name. */
static void settle_print(parser *p)
{
    p->place = in_trans(p) ? (place){AT_NAME} : (place){AT_EXPRESSION, .tuple_start = true};
}

/* What Jinja2 checks where an argument, a target or an item begins. */
static APART bool check_start(parser *p, const place *here, const token *t, bool *keyword)
{
    if (here->arg_start && !check_argument(p, t, keyword))
        return false;
    if (here->after_tag && p->tag == WORD_SET && !check_set_target(p, t))
        return false;
    return !here->item_start || here->position == AT_NAME || check_item(p, here, t);
}

int parser_next(parser *p, token *t)
{
    bool keyword = false;

    if (p->place.position == AT_PRINT)
        settle_print(p);
    take(p, t);
    p->before         = p->place;
    const place *here = &p->before;
    p->before_brackets = p->bracket_count;
    if (BURIN_UNLIKELY(t->kind == TOKEN_ERROR)) {
        parser_fail_lexical(p);
        return -1;
    }
    const bool is_start = here->after_tag | here->item_start | here->arg_start;
    if (is_start && !check_start(p, here, t, &keyword))
        return -1;
    p->place = (place){positions[t->kind]};
    if (keyword)
        return P_NAME;
    if (t->kind == TOKEN_NAME && t->word == WORD_NONE && !is_start && here->position != AT_TAG)
        return plain_name(p, here);
    if (t->kind == TOKEN_NAME)
        return name_terminal(p, here, t);
    if (here->position == AT_TAG)
        return tag_terminal(p, t);
    return other_terminal(p, here, t);
}
