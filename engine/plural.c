/* The plural rule's grammar, loosest first:  ?:  ||  &&  == !=  < > <= >=  + -  * / %  !  ( ) n number
 * Precedence climbing over one table; nesting is bounded, so are the recursions of parser and evaluator.
 * The operators are Python's, as in CPython's gettext: division is floored, integers have no bound, and a count may be a float. */
#include "engine/plural.h"
#include "runtime/operate.h"

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

static burin_status evaluate(const plural_rule *rule, uint16_t at, rt_state *st, burin_value n, burin_value *out);

/* Operators that do not need both sides: Python's `not`, `if else`, `or`, `and`. */
static burin_status evaluate_choice(const plural_rule *rule, const plural_node *node, rt_state *st, burin_value n, burin_value *out)
{
    bool         truth  = false;
    burin_status status = evaluate(rule, node->a, st, n, out);

    if (!status)
        status = rt_is_true(st, *out, &truth);
    if (status)
        return status;
    switch ((plural_op)node->op) {
    case PLURAL_NOT: *out = burin_bool(!truth); return BURIN_OK;
    case PLURAL_CHOOSE: return evaluate(rule, truth ? node->b : node->c, st, n, out);
    case PLURAL_OR: return truth ? BURIN_OK : evaluate(rule, node->b, st, n, out);
    default: return truth ? evaluate(rule, node->b, st, n, out) : BURIN_OK;
    }
}

static burin_status evaluate_binary(const plural_rule *rule, const plural_node *node, rt_state *st, burin_value n, burin_value *out)
{
    static const uint8_t comparisons[] = {
        [PLURAL_EQ] = RT_EQ, [PLURAL_NE] = RT_NE, [PLURAL_LE] = RT_LE, [PLURAL_GE] = RT_GE, [PLURAL_LT] = RT_LT, [PLURAL_GT] = RT_GT};
    static const uint8_t arithmetic[] = {
        [PLURAL_ADD] = RT_ADD, [PLURAL_SUB] = RT_SUB, [PLURAL_MUL] = RT_MUL, [PLURAL_DIV] = RT_FLOORDIV, [PLURAL_MOD] = RT_MOD};
    burin_value  left, right;
    bool         truth  = false;
    burin_status status = evaluate(rule, node->a, st, n, &left);

    if (!status)
        status = evaluate(rule, node->b, st, n, &right);
    if (status)
        return status;
    if (node->op >= PLURAL_ADD)
        return rt_binary_op(st, (rt_binary)arithmetic[node->op], left, right, out);
    status = rt_compare_op(st, (rt_compare)comparisons[node->op], left, right, &truth);
    *out   = burin_bool(truth);
    return status;
}

static burin_status evaluate(const plural_rule *rule, uint16_t at, rt_state *st, burin_value n, burin_value *out)
{
    const plural_node *node = &rule->nodes[at];

    switch ((plural_op)node->op) {
    case PLURAL_NUMBER: *out = burin_int(node->value); return BURIN_OK;
    case PLURAL_N: *out = n; return BURIN_OK;
    case PLURAL_NOT: case PLURAL_CHOOSE: case PLURAL_OR: case PLURAL_AND: return evaluate_choice(rule, node, st, n, out);
    default: return evaluate_binary(rule, node, st, n, out);
    }
}

burin_status plural_evaluate(const plural_rule *rule, rt_state *st, burin_value n, int64_t *form)
{
    burin_value  value;
    burin_status status = evaluate(rule, rule->root, st, n, &value);

    if (!status && value.kind == BURIN_FLOAT)
        status = rt_int_from_double(st, value.as.f, &value);
    *form = !status && value.kind != BURIN_BIGINT ? value.as.i : -1;
    return status;
}
