/* Finding the runs of a unit, for supers.c. */
#ifndef BURIN_CODEGEN_RUNS_H
#define BURIN_CODEGEN_RUNS_H

#include "codegen/ir/ir.h"

enum { RUN_PARTS_MAX = 256 };
typedef enum run_target { NO_TARGET, JUMPED_TO, LOOP_HEAD } run_target; /* of no jump; of jumps forward only; of one back too */

typedef struct run_finder {
    ir_program    *p;
    const ir_unit *u;
    uint8_t       *target; /* a run_target for each instruction of the unit */
    arena         *scratch;
    ir_run        *runs;
    uint32_t       run_count, run_cap;
    uint32_t       count;    /* of parts */
    uint32_t       room;     /* of all of them */
    uint32_t       from, pc; /* the stretch's first instruction; the next to be looked at */
    uint32_t       sum;      /* the instruction that the running sum began with, or NO_SUM ... */
    uint32_t       sum_part; /* ... and its first part */
    ir_part        parts[2 * RUN_PARTS_MAX];
    uint32_t       begins[RUN_PARTS_MAX]; /* each part's first instruction ... */
    uint32_t       goals[RUN_PARTS_MAX];  /* ... and the one it may jump to, later the part; of those that jump */
    uint32_t       rooms[RUN_PARTS_MAX];  /* in the output, for what it prints */
    uint8_t        ways_in[RUN_PARTS_MAX];
} run_finder;

/* The runs of the unit `s->u`. False when memory is out. */
bool ir_find_runs(run_finder *s);

#endif
