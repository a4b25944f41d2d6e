/* Kernels: expressions over floats, ints and bools as straight code over numbers without boxes.
 *
 * A kernel has parts, in order: each evaluates one expression and writes its value into a cell. The caller numbers the cells (8 bytes
 * each); the variables of an expression are cells of types that are known when it is compiled, written by the caller or by a part
 * before. So a kernel of one part is a formula, and one of many a region of a graph.
 *
 * The same kernel is interpreted (kernel_run), compiled natively (native.h), and made into loops over blocks of rows (codegen/columns).
 * All do what the interpreter of scripts does, bit for bit, or say that they do not: where an operator would raise, leave
 * the 64 bits, or give a value of another type, a part fails without having written its cell, and the caller evaluates that expression as
 * ever; so errors have one source.
 *
 *     kernel *k = kernel_new(&memory, 3);                                            cells 0 and 1: a and b; 2: the result
 *     kernel_name names[] = {{BURIN_TEXT("a"), VEC_FLOAT, true, 0}, {BURIN_TEXT("b"), VEC_INT, true, 1}};
 *     kernel_add(k, &env->rt, tree, names, 2, (kernel_wish){0}, 2, &type);           the type of the value: VEC_FLOAT
 *     kernel_cell *room = arena_alloc(&memory, k->place_count * sizeof *room);
 *     kernel_prepare(k, room);
 *     room[0].f = 1.5, room[1].i = 2;
 *     if (kernel_run(k, room, 0) == k->part_count) ... room[2].f
 *
 * In memory: places are numbered: the cells, then constants and values in the order of their making. A value has one step that makes it
 * (static single assignment). What only some inputs come to (branches, the right sides of `and` and `or`)
 * is a way: a row of steps, from a STEP_WAY to the way's end, with a condition; ways lie in one another. Only a SELECT of the same
 * condition, or an AND or OR with it, looks at their values from outside. */
#ifndef BURIN_CODEGEN_KERNEL_KERNEL_H
#define BURIN_CODEGEN_KERNEL_KERNEL_H

#include "codegen/kernel/ops.h"
#include "parser/ast.h"
#include "runtime/env.h"

enum { KERNEL_NONE = UINT32_MAX };

/* A number. Of a bool `i` is 0 or 1. */
typedef union kernel_cell {
    double  f;
    int64_t i;
} kernel_cell;

/* A variable of an expression. */
typedef struct kernel_name {
    burin_text name;
    vec_type   type;
    bool       known; /* false: it is of a type that kernels do not have */
    uint32_t   cell;
} kernel_name;

enum {
    STEP_WAY = VEC_OP_COUNT, /* a way begins: x is its number */
    STEP_GIVE,               /* a part ends: the value at x is written into cell y */
    STEP_OP_COUNT
};

typedef struct kernel_step {
    uint16_t op;      /* vec_op, or STEP_... */
    uint32_t out;     /* the place that it makes; KERNEL_NONE: none */
    uint32_t x, y, z; /* places; KERNEL_NONE: no operand */
    uint32_t way;     /* the innermost that it lies in; 0: none */
} kernel_step;

/* Way 0 is no way: it stands for all inputs. */
typedef struct kernel_way {
    uint32_t outer;   /* the way around it */
    uint32_t test;    /* place of a bool: the condition, or its opposite */
    bool     negated;
    uint32_t end;     /* the first step behind it */
} kernel_way;

typedef enum kernel_place_kind { PLACE_CELL, PLACE_CONSTANT, PLACE_VALUE } kernel_place_kind;

typedef struct kernel_place {
    uint8_t     kind, type; /* kernel_place_kind, vec_type: of a cell that of who wrote or read it first */
    bool        typed;      /* of a cell: it was written or read */
    kernel_cell constant;
} kernel_place;

/* Its last step is its only STEP_GIVE. */
typedef struct kernel_part {
    uint32_t end; /* the first step behind it; it begins where the one before ends */
} kernel_part;

typedef struct kernel {
    arena        *memory;
    uint32_t      cell_count;
    kernel_place *places;
    kernel_step  *steps;
    kernel_way   *ways;
    kernel_part  *parts;
    uint32_t      place_count, step_count, way_count, part_count;
    uint32_t      place_room, step_room, way_room, part_room;
    bool          is_uneven; /* the machine would count more steps for some inputs than for others */
} kernel;

/* Is `here` the way, or inside it? The outer ways have lower numbers. */
static inline bool kernel_way_leads_to(const kernel *k, uint32_t way, uint32_t here)
{
    while (here > way)
        here = k->ways[here].outer;
    return here == way;
}

/* The type of numbers of a kind of values; false: kernels have none for it. */
static inline bool kernel_type_of(burin_kind kind, vec_type *type)
{
    *type = kind == BURIN_FLOAT ? VEC_FLOAT : kind == BURIN_INT ? VEC_INT : VEC_BOOL;
    return kind == BURIN_FLOAT || kind == BURIN_INT || kind == BURIN_BOOL;
}
static inline burin_kind kernel_kind_of(vec_type type) { return type == VEC_FLOAT ? BURIN_FLOAT : type == VEC_INT ? BURIN_INT : BURIN_BOOL; }

/* How an expression's value is wanted. */
typedef struct kernel_wish {
    bool as_float; /* an int or bool as float(value): values of both types in turns will do */
    bool as_truth; /* bool(value) */
} kernel_wish;

typedef enum kernel_added {
    KERNEL_ADDED,
    KERNEL_NOT_POSSIBLE, /* something in it is no number, or an operator or function that kernels do not have; the kernel is as it was */
    KERNEL_NO_MEMORY     /* the kernel is of no use any more */
} kernel_added;

/* A kernel without parts, in `memory`. NULL: out of memory. */
kernel *kernel_new(arena *memory, uint32_t cell_count);

/* Add a part that evaluates the expression `tree`, one of scripts, and writes it into `cell`, which no variable of it is.
 *
 * env    whose functions and globals are what other names mean.
 * names  of the variables; borrowed until the call returns. A name that is there but not `known` makes the expression impossible.
 * type   of the value. */
kernel_added kernel_add(kernel *k, const rt_env *env, ast_node *tree, const kernel_name *names, uint32_t count, kernel_wish wish, uint32_t cell,
                        vec_type *type);

/* Does the value of a part depend on a cell? (Of use to who wants to fold what does not.) */
bool kernel_reads(const kernel *k, uint32_t cell);

/* Write the constants into `room`, k->place_count cells that the caller keeps for kernel_run: one room for each thread. */
void kernel_prepare(const kernel *k, kernel_cell *room);

/* Run the parts from number `from` on. The number of the one that failed: those before have written their cells, it and those after
 * it have not; evaluate it otherwise, write its cell, go on with the next. k->part_count when all are done. */
uint32_t kernel_run(const kernel *k, kernel_cell *room, uint32_t from);

/* What the step's operator makes of the operands; true when it is bad (ops.def). */
bool kernel_apply(vec_op op, kernel_cell x, kernel_cell y, kernel_cell z, kernel_cell *out);

/* x ** y of ints: 1 when there is none in 64 bits. */
int64_t kernel_int_power(int64_t x, int64_t y, int64_t *out);

/* Is it one that kernel_add may have made? For kernels from elsewhere. NULL, or what is wrong: a literal. */
const char *kernel_check(const kernel *k);

#endif
