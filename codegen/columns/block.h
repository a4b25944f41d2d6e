/* Expressions over blocks of rows: a program of loops (loops.h) over columns, constants and blocks in between.
 *
 * The program does what the expression would for each row, or marks the row for being evaluated alone: where an operator would raise, or
 * leave the 64 bits. Branches and the right sides of `and` and `or` are computed for all rows; a mark there counts only where
 * the row would have come that way. */
#ifndef BURIN_CODEGEN_COLUMNS_BLOCK_H
#define BURIN_CODEGEN_COLUMNS_BLOCK_H

#include "codegen/columns/loops.h"
#include "codegen/kernel/kernel.h"

enum { BLOCK_ROWS = 1024, BLOCK_NONE = UINT16_MAX };

typedef struct block_step {
    uint16_t op;   /* vec_op */
    uint8_t  form; /* VEC_X_IS_ONE, VEC_Y_IS_ONE, VEC_Z_IS_ONE */
    uint16_t out, x, y, z; /* places; BLOCK_NONE: no operand */
    uint16_t asked; /* of a step that can fail: which rows take the step; BLOCK_NONE: all */
} block_step;

/* Places hold what the loops work on: those of the columns first, in the order of their names, then constants and blocks. */
typedef struct block_program {
    const vec_row *rows;
    block_step    *steps;
    uint32_t       step_count, place_count;
    void         **places; /* the caller sets those of the columns before each run; that of the result, when it is `own`, where it likes */
    uint8_t       *bad;    /* BLOCK_ROWS marks, 1: evaluate it alone; of use when block_run was true */
    uint16_t       result;
    void          *own;    /* the block of the result; NULL: it is a column's */
    vec_type       type;
} block_program;

/* The program for a kernel of one part that gives its last cell; the others are the columns. NULL when memory is out, or, with *possible
 * false, when there is no use for loops: the value is a constant. It lives in `a`.
 *
 * fast  libmvec's functions will do. */
block_program *block_compile(arena *a, const kernel *k, bool fast, bool *possible);
/* Run it for n rows, at most BLOCK_ROWS. True when rows are marked as bad; the result is of no use there. */
bool block_run(block_program *program, size_t n);

#endif
