/* The plural rule's grammar, loosest first:  ?:  ||  &&  == !=  < > <= >=  + -  * / %  !  ( ) n number
 * Precedence climbing over one table; nesting is bounded, so are the recursions of parser and evaluator.
 * Division and remainder are floored, as in CPython's gettext, which a negative count shows. */
#include "engine/plural.h"

typedef enum plural_op {
    PLURAL_NUMBER, PLURAL_N, PLURAL_NOT, PLURAL_CHOOSE,
    PLURAL_OR, PLURAL_AND, PLURAL_EQ, PLURAL_NE, PLURAL_LE, PLURAL_GE, PLURAL_LT, PLURAL_GT,
    PLURAL_ADD, PLURAL_SUB, PLURAL_MUL, PLURAL_DIV, PLURAL_MOD,
} plural_op;

/* Longer spellings before their prefixes. */
static const struct {
    char    text[3];
    uint8_t op, priority;
} operators[] = {
    {"||", PLURAL_OR, 1}, {"&&", PLURAL_AND, 2}, {"==", PLURAL_EQ, 3}, {"!=", PLURAL_NE, 3}, {"<=", PLURAL_LE, 4}, {">=", PLURAL_GE, 4},
    {"<", PLURAL_LT, 4},  {">", PLURAL_GT, 4},   {"+", PLURAL_ADD, 5}, {"-", PLURAL_SUB, 5}, {"*", PLURAL_MUL, 6}, {"/", PLURAL_DIV, 6},
    {"%", PLURAL_MOD, 6},
};

typedef struct plural_parser {
    const char  *at, *end;
    plural_rule *rule;
    unsigned     depth;
} plural_parser;

static void skip_blanks(plural_parser *p)
{
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\t'))
        p->at++;
}

/* Take `text` if it comes next. */
static bool take(plural_parser *p, const char *text)
{
    size_t len = strlen(text);

    skip_blanks(p);
    if ((size_t)(p->end - p->at) < len || memcmp(p->at, text, len) != 0)
        return false;
    p->at += len;
    return true;
}

static bool add_node(plural_parser *p, plural_node node, uint16_t *out)
{
    if (p->rule->count == PLURAL_NODES_MAX)
        return false;
    *out                             = p->rule->count;
    p->rule->nodes[p->rule->count++] = node;
    return true;
}

static bool parse_choice(plural_parser *p, uint16_t *out);

static bool parse_primary(plural_parser *p, uint16_t *out)
{
    plural_node node = {0};

    skip_blanks(p);
    if (take(p, "!")) {
        node.op = PLURAL_NOT;
        if (p->depth++ >= PLURAL_DEPTH_MAX || !parse_primary(p, &node.a))
            return false;
        p->depth--;
        return add_node(p, node, out);
    }
    if (take(p, "("))
        return parse_choice(p, out) && take(p, ")");
    if (take(p, "n")) {
        node.op = PLURAL_N;
        return add_node(p, node, out);
    }
    if (p->at == p->end || *p->at < '0' || *p->at > '9')
        return false;
    for (; p->at < p->end && *p->at >= '0' && *p->at <= '9'; p->at++) {
        if (node.value > (INT64_MAX - 9) / 10)
            return false;
        node.value = node.value * 10 + (*p->at - '0');
    }
    return add_node(p, node, out);
}

/* The operator that comes next, if it binds at least as tightly as `priority`; its row, or -1. */
static int take_operator(plural_parser *p, unsigned priority)
{
    for (size_t n = 0; n < sizeof operators / sizeof operators[0]; n++) {
        if (!take(p, operators[n].text))
            continue;
        if (operators[n].priority >= priority)
            return (int)n;
        p->at -= strlen(operators[n].text);
        return -1;
    }
    return -1;
}

static bool parse_binary(plural_parser *p, unsigned priority, uint16_t *out)
{
    int row;

    if (p->depth++ >= PLURAL_DEPTH_MAX || !parse_primary(p, out))
        return false;
    while ((row = take_operator(p, priority)) >= 0) {
        plural_node node = {.op = operators[row].op, .a = *out};
        if (!parse_binary(p, operators[row].priority + 1u, &node.b) || !add_node(p, node, out))
            return false;
    }
    p->depth--;
    return true;
}

static bool parse_choice(plural_parser *p, uint16_t *out)
{
    plural_node node = {.op = PLURAL_CHOOSE};

    if (p->depth++ >= PLURAL_DEPTH_MAX || !parse_binary(p, 1, out))
        return false;
    if (take(p, "?")) {
        node.a = *out;
        if (!parse_choice(p, &node.b) || !take(p, ":") || !parse_choice(p, &node.c) || !add_node(p, node, out))
            return false;
    }
    p->depth--;
    return true;
}

bool plural_parse(burin_text text, plural_rule *out)
{
    plural_parser p = {text.data, text.data + text.len, out, 0};

    out->count = 0;
    if (!parse_choice(&p, &out->root))
        return false;
    skip_blanks(&p);
    return p.at == p.end;
}

void plural_germanic(plural_rule *out) { plural_parse((burin_text){"n != 1", 6}, out); }

static int64_t wrap_arithmetic(plural_op op, int64_t a, int64_t b)
{
    switch (op) {
    case PLURAL_ADD: return (int64_t)((uint64_t)a + (uint64_t)b);
    case PLURAL_SUB: return (int64_t)((uint64_t)a - (uint64_t)b);
    case PLURAL_MUL: return (int64_t)((uint64_t)a * (uint64_t)b);
    default: break;
    }
    if (b == 0 || (a == INT64_MIN && b == -1))
        return 0;
    int64_t quotient = a / b, rest = a % b;
    bool    is_low   = rest != 0 && (rest < 0) != (b < 0);
    return op == PLURAL_DIV ? quotient - is_low : rest + (is_low ? b : 0);
}

static int64_t evaluate(const plural_rule *rule, uint16_t at, int64_t n)
{
    const plural_node *node = &rule->nodes[at];

    switch ((plural_op)node->op) {
    case PLURAL_NUMBER: return node->value;
    case PLURAL_N: return n;
    case PLURAL_NOT: return !evaluate(rule, node->a, n);
    case PLURAL_CHOOSE: return evaluate(rule, evaluate(rule, node->a, n) ? node->b : node->c, n);
    case PLURAL_OR: return evaluate(rule, node->a, n) || evaluate(rule, node->b, n);
    case PLURAL_AND: return evaluate(rule, node->a, n) && evaluate(rule, node->b, n);
    default: break;
    }
    int64_t a = evaluate(rule, node->a, n), b = evaluate(rule, node->b, n);
    switch ((plural_op)node->op) {
    case PLURAL_EQ: return a == b;
    case PLURAL_NE: return a != b;
    case PLURAL_LE: return a <= b;
    case PLURAL_GE: return a >= b;
    case PLURAL_LT: return a < b;
    case PLURAL_GT: return a > b;
    default: return wrap_arithmetic((plural_op)node->op, a, b);
    }
}

int64_t plural_evaluate(const plural_rule *rule, int64_t n) { return evaluate(rule, rule->root, n); }
