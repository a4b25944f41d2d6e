/* Kernels on their way to a compiler: a request as bytes, and what comes of it. */
#ifndef BURIN_CODEGEN_KERNEL_WIRE_H
#define BURIN_CODEGEN_KERNEL_WIRE_H

#include "codegen/jit/wire.h"
#include "codegen/kernel/kernel.h"

/* What the native function takes. Its symbol is KERNEL_SYMBOL. */
typedef enum kernel_shape {
    KERNEL_OF_CELLS,  /* kernel_cells_function */
    KERNEL_OF_VALUES, /* kernel_slots_function: of a kernel of one part that gives its last cell; slots are values */
    KERNEL_OF_DOUBLES, /* kernel_slots_function: the same, slots are doubles, and all cells that are read floats */
    KERNEL_OF_ROWS,   /* kernel_rows_function: of a kernel as KERNEL_OF_VALUES takes it */
    KERNEL_SHAPE_COUNT
} kernel_shape;

#define KERNEL_SYMBOL "burin_kernel"

/* kernel_run, over the cells alone: no room for places behind them is needed. */
typedef uint32_t (*kernel_cells_function)(kernel_cell *cells, uint32_t from);
/* Who calls the function over slots. What `failed` makes of the same arguments is what the function gives, as its last act, where the kernel
 * fails or a slot has a value of another kind than its cell. So the caller need not look, nor keep its arguments. */
typedef struct kernel_caller kernel_caller;
/* Cell n is slot n: 0 and the value in *result, or what caller->failed gives. `more` is the caller's own. */
typedef uint32_t (*kernel_slots_function)(const kernel_caller *caller, const void *slots, kernel_cell *result, void *more);
struct kernel_caller {
    kernel_slots_function failed;
    void                 *user;
};
/* n rows: cell k of row r is item r of columns[k], packed (bools are bytes), and row r's value goes to item r of `out`, which overlaps
 * no column, or begins where one does. 0, or not: a row failed, the results are of no use. */
typedef int64_t (*kernel_rows_function)(const void *const *columns, void *out, int64_t n);

typedef union kernel_function {
    void                  *address;
    kernel_cells_function  of_cells;
    kernel_slots_function of_slots;
    kernel_rows_function   of_rows;
} kernel_function;

typedef struct kernel_request {
    wire_request  how; /* abi, output, level and cpu; the rest is not sent */
    kernel_shape  shape;
    bool          fast;   /* KERNEL_OF_ROWS: the functions of fast.def will do; of processors from level 3 on */
    const kernel *kernel;
} kernel_request;

/* Append the request to `out`. False when memory is out. */
bool kernel_wire_write(const kernel_request *request, buf *out);

/* Are the bytes meant to be such a request? (Else wire_read is for them.) */
bool kernel_wire_is(burin_text bytes);

/* Read a request into `memory`; its kernel has passed kernel_check. NULL, or what is wrong with it: a literal. */
const char *kernel_wire_read(burin_text bytes, arena *memory, kernel_request *out);

#endif
