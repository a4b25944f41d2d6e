/* The intermediate representation: a register program.
 *
 * A template is a program of units: its root, one for each block and macro, one for each recursive loop and for each
 * loop's `if` that must be asked ahead of time. A unit works on a frame of registers: first its variables, then
 * temporaries. Instructions are 16 bytes; tables beside them hold what does not fit.
 * Everything is immutable once built and lies in the program's arena; only `natives`, `heat` and `code` change. */
#ifndef BURIN_CODEGEN_IR_H
#define BURIN_CODEGEN_IR_H

#include "codegen/program.h"

#include <stdatomic.h>

typedef enum ir_op {
#define OP(NAME, name, operands, meaning) OP_##NAME,
#include "codegen/ir/ops.def"
#undef OP
    OP_COUNT
} ir_op;

/* What the interpreter may do at an instruction, besides the instruction. */
typedef enum ir_super {
    SUPERS_BEHIND = OP_COUNT - 1,
#define SUPER(NAME, meaning) SUPER_##NAME,
#include "codegen/ir/supers.def"
} ir_super;

typedef struct ir_insn {
    uint16_t op, a, b, c;
    uint32_t d;
    uint16_t go;  /* what the interpreter does here: `op`, or an ir_super; no part of the program's meaning */
    uint16_t row; /* SUPER_RUN: the run; SUPER_ATTR_IS: the same where register and name are; SUPER_ENTER: how many arguments */
} ir_insn;

/* One thing that a run does: a text is printed, then a value, unless there is none. A value comes as it is, escaped, as a part of a sum, or as `|safe` of a
 * text, which is left in register `to` too. Parts that print no value do what the instruction of that name does. What is not as it mostly is, is left to
 * the instructions. */
#define PART_KINDS(X)                                                                                                      \
    X(NONE)                                                                                                                \
    X(REGISTER) X(REGISTER_E) X(REGISTER_SUM) X(REGISTER_SAFE) /* the value in `reg` */                                    \
    X(ATTR) X(ATTR_E) X(ATTR_SUM) X(ATTR_SAFE) /* the attribute of site `site` of what is in `reg` */                      \
    X(SAME) X(SAME_E) X(SAME_SUM) X(SAME_SAFE) /* the same; the last ATTR was of that register, and it has not changed */  \
    X(COUNTER) /* the index0 of the loop in `reg`, plus `site`; in register `to` too */                                    \
    X(SUM)     /* a sum begins */                                                                                          \
    X(FETCH)   /* register `to` = the attribute of site `site` of what is in `reg` */                                      \
    X(RESOLVE) /* ... the variable of site `site`, or `constant` when it is missing, unless that is NULL */                 \
    X(CONSTANT) X(MOVE) X(CLEAR) X(CHECK) X(DEFINED) /* ..., of `reg`, `constant`, `site` */                               \
    X(ADD) X(SUB) X(MOD) X(ITEM)                                                                                           \
    X(COUNT) X(FIRST) X(LAST) /* the same of loop attributes */                                                            \
    X(ITER)    /* register `to` = a loop over the list in `reg`, as loop table row `site` says */                          \
    X(JUMP) X(IF) X(NOT) X(SET) X(COMPARE) X(ATTR_IF) X(ATTR_NOT) /* on to the part `jump` further, or to the next */      \
    X(COMPARE_K) /* COMPARE with `constant`, which register `to` is set to */                                              \
    X(IS) X(SAME_IS) /* ... there when (attribute of site `site` of what is in `reg` == text `constant`) is `how`; SAME:    \
                        the last IS asked for the same */                                                                  \
    X(NEXT)    /* register `to` = the next item of the loop in `reg`, and on to the part `jump` further, which is          \
                  instruction `site` of the unit; or to the next */                                                        \
    X(EXIT)    /* on to the instruction `insn` */                                                                          \
    X(TEXT_16) X(TEXT_32) X(TEXT_LONG) /* no kinds: what is done first where there is a text, by its length */
typedef enum ir_part_kind {
#define X(name) PART_##name,
    PART_KINDS(X)
#undef X
} ir_part_kind;
typedef enum ir_part_how { HOW_STR, HOW_ESCAPED, HOW_SUM, HOW_SAFE } ir_part_how; /* added to PART_REGISTER, PART_ATTR, PART_SAME */
enum { IR_CACHE_SIZE = 40 }; /* of an inline cache (vm_cache); there is one for each site */
typedef struct ir_part {
    const char        *text; /* may be read in blocks of 32 bytes that begin within it */
    const burin_value *constant;
    uint32_t    text_len;
    uint32_t    insn; /* the instruction of the unit that it begins with; of a sum: that with which the sum begins */
    uint32_t    site;
    uint32_t    cache;   /* of an attribute's site: bytes from the caches' first */
    uint32_t    reg, to; /* registers: bytes from the first */
    uint8_t     start; /* what is done first: the text, or `kind` where there is none */
    uint8_t     kind;
    bool        in_sum;
    uint8_t     how;   /* COMPARE, COMPARE_K: the rt_compare; IS: whether it jumps when the texts are the same */
    int32_t     jump;  /* bytes to the part that is jumped to */
} ir_part;
typedef struct ir_run {
    const ir_part *first;
    uint32_t       room; /* in the output, for what is printed until room is asked for again, when no value takes more than RT_SHORT */
} ir_run;

/* Jinja's line for the instructions from `pc` on, and the part of the source they come from. */
typedef struct ir_place {
    uint32_t pc, line;
    span     where;
} ir_place;

/* A variable that functions with BURIN_CONTEXT see besides the context's: `name` is in `slot` for pc in [start, end). */
typedef struct ir_visible {
    burin_text name;
    uint32_t   start, end;
    uint16_t   slot;
} ir_visible;

/* What of a unit an exception handler covers: pc in [start, end). A catching row goes on at `target` with the exception in `reg`;
 * the first that covers the pc counts. The other rows say where the exception in `reg`, unless missing, is being handled. */
typedef struct ir_handler {
    uint32_t start, end, target;
    uint16_t reg;
    bool     catches;
} ir_handler;

typedef enum ir_unit_kind { UNIT_ROOT, UNIT_BLOCK, UNIT_MACRO, UNIT_LOOP, UNIT_TEST, UNIT_FUNCTION, UNIT_GENERATOR } ir_unit_kind;

typedef struct ir_unit ir_unit;
struct ir_unit {
    ir_unit_kind kind;
    uint32_t     index;      /* in the program's units */
    bool         captured;   /* an inner unit reads its registers: the frame lies in the heap */
    burin_text   name;       /* of the block or macro */
    ir_insn     *code;
    uint32_t     code_len;
    uint16_t     parameters; /* filled in by the caller: registers 0 .. parameters-1 */
    uint32_t     registers;
    uint8_t      markup;     /* UNIT_LOOP called for its text: Markup 0 never, 1 always, 2 when autoescape is on */
    bool         uses_outer; /* reads registers of a frame around it */
    ir_place    *places;     /* ascending pc */
    uint32_t     place_count;
    ir_visible  *visible;
    uint32_t     visible_count;
    uint32_t     line;       /* of its definition */
    ir_handler  *handlers;   /* scripts; inner ones first */
    uint32_t     handler_count;
    uint16_t     variables;  /* scripts: the first registers, to be missing at the start; parameters first */
};

/* What printing a value does to it. */
typedef enum ir_print { PRINT_STR, PRINT_ESCAPED, PRINT_BY_AUTOESCAPE, PRINT_RAW } ir_output;

/* How a call passes its arguments: `positional` registers, then one for each name, then *rest, then **named. */
typedef struct ir_call {
    uint16_t           positional, named;
    bool               rest, expand;
    bool               plain;     /* positional arguments alone */
    const burin_text  *names;
    burin_text         method;    /* METHOD: its name */
    uint32_t           site;      /* OUT_CALL, OUT_METHOD with names: inline cache */
    const rt_function *function;  /* FILTER: bound when compiled; NULL: not known then */
    burin_text         unknown;   /* FILTER_ANY without function: its name */
    bool               is_test;
    ir_output          print;     /* OUT_CALL, OUT_METHOD */
} ir_call;

/* x.name, x["name"], or a look into the context: the name and what inline caches need to know of it. */
typedef struct ir_site {
    burin_text name;
    uint32_t   hash;
    bool       plain;   /* no Python method or attribute of dict is called so, and no sandbox rule applies: dicts may be asked directly */
    bool       is_item; /* x["name"]; plain, for both kinds are the same to dicts then */
} ir_site;

typedef struct ir_loop {
    bool     extended;  /* `loop` is used */
    uint32_t unit;      /* recursive: the unit, else UINT32_MAX */
    uint16_t clear_from, clear_count; /* variables of the body that inner units may read: forgotten after each iteration */
} ir_loop;

typedef struct ir_macro {
    uint32_t    unit;
    burin_text  name;         /* data NULL for the body of a call block */
    uint16_t    argument_count;
    burin_text *arguments;
    bool        catch_kwargs, catch_varargs, caller; /* which extra parameters follow, in the order caller, kwargs, varargs */
    bool        explicit_caller;
} ir_macro;

/* A function of a script. The first registers of its unit are its parameters: those that may be given by position, those by
 * keyword only, then *rest, then **named. From `first_cell` on, registers hold the cells of its free variables. */
typedef struct ir_function {
    uint32_t          unit;
    burin_text        name, qualified;   /* "g", "f.<locals>.g" */
    uint16_t          positional_only, positional, keyword_only; /* positional: with those that are so only */
    uint16_t          defaults;          /* of the last parameters by position; the instruction takes them, then the next: */
    uint16_t          keyword_defaults;
    const uint16_t   *keyword_default_of; /* the parameter of each */
    const burin_text *names;             /* positional and keyword-only, then those of rest and named */
    burin_text        doc;               /* of a function that begins with a text; data NULL: none */
    bool              rest, named, generator;
    bool              plain;             /* none but positional parameters, and no generator */
    uint16_t          first_cell, cells;
} ir_function;

static inline uint32_t ir_function_names(const ir_function *f) { return (uint32_t)f->positional + f->keyword_only + f->rest + f->named; }

/* Names and registers that a scoped block, an include or an import with context sees besides the context. */
typedef struct ir_locals {
    uint32_t    count;
    burin_text *names;
    uint16_t   *outs;  /* how many frames out the register is */
    uint16_t   *slots;
} ir_locals;

typedef struct ir_block_place {
    burin_text name;
    bool       required, scoped;
    ir_locals  locals;
} ir_block_place;

typedef enum ir_include_by { BY_NAME, BY_LIST, BY_EITHER } ir_include_by;
typedef struct ir_include {
    ir_include_by by;
    bool          ignore_missing, with_context;
    ir_locals     locals;
} ir_include;

/* What runs a unit instead of its instructions (codegen/jit/native.h), NULL as long as there is nothing. Whoever puts a function there
 * stores it with release; it must stay loaded as long as the program lives. */
struct vm_frame;
struct native_api;
typedef int32_t (*native_function)(struct vm_frame *f, burin_value *regs, const struct native_api *api);
typedef _Atomic(native_function) ir_native;

/* What the engine notes of a unit to decide when it is compiled. */
typedef enum ir_native_state { NATIVE_NOT_YET, NATIVE_WANTED, NATIVE_THERE, NATIVE_REFUSED } ir_native_state;
typedef struct ir_heat {
    _Atomic uint64_t ns;    /* of interpretation */
    atomic_uchar     state; /* ir_native_state */
} ir_heat;

/* Loaded code of a program (codegen/jit/code.h). */
typedef struct native_code native_code;

struct ir_program {
    const burin_allocator *alloc;
    arena            memory;
    burin_heap       heap;      /* containers among the constants; borrowed */
    bool             heap_used;
    uint64_t         serial;    /* of its sites (runtime/base/serial.h) */
    const rt_env    *env;
    const rt_function *finalize;
    bool             native, autoescape, is_expression;
    bool             has_extends, is_script;

    ir_unit        **units;    uint32_t unit_count;      /* 0 is the root */
    burin_value     *constants; uint32_t constant_count;
    ir_call         *calls;    uint32_t call_count;
    ir_site         *sites;    uint32_t site_count;
    ir_loop         *loops;    uint32_t loop_count;
    ir_macro        *macros;   uint32_t macro_count;
    ir_block_place  *block_places; uint32_t block_place_count;
    ir_include      *includes; uint32_t include_count;
    ir_function     *functions; uint32_t function_count;
    ir_run          *runs;      uint32_t run_count;
    burin_text      *globals;  uint32_t global_count;   /* scripts: the names of the root's variables */
    uint16_t         root_temps; /* scripts: registers of the root before its variables */
    uint32_t        *blocks;   uint32_t block_count;     /* units of kind UNIT_BLOCK */
    ir_native       *natives;  /* one a unit */
    ir_heat         *heat;     /* likewise */
    native_code     *code;     /* freed with the program */
};

/* Find the superinstructions of a finished program. False when memory is out. */
bool ir_find_supers(ir_program *program, arena *scratch);
/* The serial of a program whose sites are there. */
uint64_t ir_serial(const ir_program *program);

/* The unit of the block, NULL when the program has none of that name. */
const ir_unit *ir_find_block(const ir_program *program, burin_text name);
/* The place of an instruction: never NULL for a pc inside the unit that has any. */
const ir_place *ir_place_of(const ir_unit *unit, uint32_t pc);
const char     *ir_unit_kind_name(ir_unit_kind kind);
const char     *ir_op_name(ir_op op);
extern const char *const ir_operands[OP_COUNT];
static inline const char *ir_op_operands(ir_op op) { return op < OP_COUNT ? ir_operands[op] : "----"; }
/* What must hold of every unit: operands in range, jumps inside, temporaries below `registers`. For debug builds. */
bool ir_verify(const ir_program *program, const ir_unit *unit);

/* Attributes of `loop` that need no loop object. */
#define LOOP_ATTRIBUTES(X) X(index) X(index0) X(revindex) X(revindex0) X(first) X(last) X(length) X(depth) X(depth0) X(previtem) X(nextitem)
typedef enum loop_attribute {
#define X(name) LOOP_##name,
    LOOP_ATTRIBUTES(X)
#undef X
    LOOP_ATTRIBUTE_COUNT
} loop_attribute;

#endif
