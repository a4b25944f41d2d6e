/* Live formulas, as what makes regions of them sees them. */
#ifndef BURIN_ENGINE_LIVE_FORMULA_H
#define BURIN_ENGINE_LIVE_FORMULA_H

#include "engine/live_program.h"

typedef struct live_formula live_formula;
struct live_formula {
    live_program  program; /* its names: the bound ones among those that are read */
    live_formula *older, **held_by; /* held_by: of the list of its live */
    burin_live   *live;
    burin_node   *reads;   /* what the names were bound to; {0, 0}: a record */
    burin_node    node;
    burin_text    source;  /* this block, behind it */
    size_t        size;
};

#endif
