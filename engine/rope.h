/* A template's top level taken apart: what each piece of a rope is. */
#ifndef BURIN_ENGINE_ROPE_H
#define BURIN_ENGINE_ROPE_H

#include "engine/template.h"

/* A literal text, or a part that renders. The text is in the tree's arena. */
typedef struct rope_cut {
    burin_text literal;
    ast_node  *tree; /* a Template: the part with all it needs; NULL: a literal */
    bool       is_hole; /* an expression that is printed */
    bool       reads_everything; /* it includes or imports: names are known only when it runs */
} rope_cut;

/* Cut `tree`, which lives in `a` like all that is made, calling `take` for every piece in order; its failure ends it and is
 * returned. Between two calls the tree of the first is taken apart again. BURIN_ERR_NOMEM. */
burin_status rope_split(arena *a, ast_node *tree, burin_status (*take)(void *user, const rope_cut *cut), void *user);

#endif
