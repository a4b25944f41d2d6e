/* Loops over a block of rows: the rows of codegen/kernel/ops.def, and the choice between two blocks. */
#ifndef BURIN_CODEGEN_COLUMNS_LOOPS_H
#define BURIN_CODEGEN_COLUMNS_LOOPS_H

#include "codegen/kernel/ops.h"

enum { VEC_X_IS_ONE = 1, VEC_Y_IS_ONE = 2, VEC_Z_IS_ONE = 4, VEC_FORMS = 8 }; /* an operand that is one value for all rows */

/* Do it to n rows. `out` overlaps no operand. True when one of them is bad. */
typedef bool (*vec_kernel)(void *restrict out, const void *x, const void *y, const void *z, size_t n);
/* Set bad[row] for the rows that are, among those of `asked` (NULL: all). The steps of x and y are 0 (one value) or 1. */
typedef void (*vec_marker)(uint8_t *bad, const uint8_t *asked, const void *x, size_t x_step, const void *y, size_t y_step, size_t n);

typedef struct vec_row {
    vec_kernel kernel[VEC_FORMS]; /* NULL: there is no such form; never NULL for 0 */
    vec_marker mark;
} vec_row;

/* The loops for this processor; with `fast` some functions of math are those of libmvec, where the library was built with it and the
 * processor has its instructions: within 4 units in the last place. */
const vec_row *vec_rows(bool fast);

#endif
