/* Plural forms of message catalogues: the C expression over n in a catalogue's "Plural-Forms" header. */
#ifndef BURIN_ENGINE_PLURAL_H
#define BURIN_ENGINE_PLURAL_H

#include "runtime/value.h"

enum { PLURAL_NODES_MAX = 256, PLURAL_DEPTH_MAX = 32 };

typedef struct plural_node {
    uint8_t  op;
    uint16_t a, b, c; /* operands: numbers of nodes */
    int64_t  value;   /* of a literal */
} plural_node;

/* A parsed rule: a tree in an array, the root last. Plain data, nothing to free. */
typedef struct plural_rule {
    uint16_t    count;
    uint16_t    root;
    plural_node nodes[PLURAL_NODES_MAX];
} plural_rule;

/* Parse "n != 1" and the like. False when it is malformed or too large. */
bool plural_parse(burin_text text, plural_rule *out);
/* The number of the form for the number `n`, int(rule(n)); -1, which no catalogue has, when it is beyond 64 bits. ZeroDivisionError
 * where the rule divides by zero. */
burin_status plural_evaluate(const plural_rule *rule, rt_state *st, burin_value n, int64_t *form);
/* gettext's default: form 0 for one, 1 for all else. */
void plural_germanic(plural_rule *out);

#endif
