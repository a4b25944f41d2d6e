/* What live formulas and live scripts have in common: a program that is evaluated from slots. */
#ifndef BURIN_ENGINE_LIVE_PROGRAM_H
#define BURIN_ENGINE_LIVE_PROGRAM_H

#include "burin/formula.h"
#include "engine/live.h"

/* The first member of what a live_source has as `what`. */
typedef struct live_program {
    burin_formula *formula;
    name_list      names;     /* of slots, in the order of the node's reads */
    burin_value   *slots;     /* the owner's */
    burin_value    value;     /* a container that evaluate is to copy */
    bool           has_value;
    uint32_t       lines;     /* that failures do not count: what they tell of begins behind them */
} live_program;

/* Of live_source. */
burin_status live_program_direct(void *what, const burin_inputs *inputs, burin_value *out, burin_error *err);
burin_status live_program_evaluate(void *what, live_run *run, burin_value variables, burin_value *out, burin_error *err);
void         live_program_deinit(live_program *p);

#endif
