/* Between the tree and the loops: an expression whose every part has a type that is known beforehand. */
#ifndef BURIN_CODEGEN_COLUMNS_TYPED_H
#define BURIN_CODEGEN_COLUMNS_TYPED_H

#include "codegen/columns/block.h"

typedef enum typed_kind {
    TYPED_COLUMN, /* place */
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

/* What an operand is wanted as. EXACT: a float that is equal to it; a row where there is none is bad. */
typedef enum typed_wish { AS_IS, AS_INT, AS_FLOAT, AS_EXACT, AS_TRUTH } typed_wish;

typedef union typed_value {
    uint8_t b;
    int64_t i;
    double  f;
} typed_value;

typedef struct typed typed;
struct typed {
    uint8_t     kind, type;
    uint8_t     operands; /* typed_wish */
    bool        kept;     /* several parts use it: computed once, its place is kept */
    uint16_t    op;       /* vec_op */
    uint16_t    place;    /* BLOCK_NONE: not computed yet */
    typed      *x, *y, *test;
    typed_value value;
};

/* The expression with types; NULL with *possible false when a part has no loop, or NULL alone when memory is out. Lives in `a`. */
typed *typed_make(arena *a, const rt_env *env, ast_node *tree, const block_name *names, uint32_t count, bool *possible);

#endif
