/* Between the tree and a kernel: an expression whose every part has a type that is known beforehand. */
#ifndef BURIN_CODEGEN_KERNEL_TYPED_H
#define BURIN_CODEGEN_KERNEL_TYPED_H

#include "codegen/kernel/kernel.h"

typedef enum typed_kind {
    TYPED_CELL,   /* place */
    TYPED_CONST,  /* value */
    TYPED_AS,     /* x, as `operands` says */
    TYPED_UNARY,  /* op of x */
    TYPED_BINARY, /* op of x and y */
    TYPED_AND,    /* x and y */
    TYPED_OR,
    TYPED_COND    /* x if test else y */
} typed_kind;

/* The type of a value; MIXED: a number whose type differs between rows. */
enum { TYPED_MIXED = VEC_FLOAT + 1 };

/* What an operand is wanted as. EXACT: a float that is equal to it; where there is none it is bad. */
typedef enum typed_wish { AS_IS, AS_INT, AS_FLOAT, AS_EXACT, AS_TRUTH } typed_wish;

typedef struct typed typed;
struct typed {
    uint8_t     kind, type;
    uint8_t     operands; /* typed_wish */
    bool        kept;     /* several parts use it: computed once */
    uint16_t    op;       /* vec_op */
    uint32_t    place;    /* KERNEL_NONE: not computed yet */
    typed      *x, *y, *test;
    kernel_cell value;
};

/* The expression with types; NULL with *possible false when a part has no loop, or NULL alone when memory is out. Lives in `a`.
 * *uneven is set when it has an operator that takes more steps of the machine for some operands than for others. */
typed *typed_make(arena *a, const rt_env *env, ast_node *tree, const kernel_name *names, uint32_t count, bool *possible, bool *uneven);

#endif
