/* What lowerings are written in: a thin layer over libgccjit.
 *
 * One `emitter` builds one context; one `func` builds one function, a statement after another into `block`, which is NULL
 * behind a jump. libgccjit's rvalues are trees that are evaluated where they stand, as often as they stand there: what is used
 * twice is put into a local first (as_local).
 * Everything that is not a number is T_PTR, a char *; memory is read and written by offset, and fields only through the
 * table layout.def, entries of the runtime only through api.def, because both are what the ABI hash vouches for.
 * Failures of libgccjit are sticky in its context; compile.c looks at them once, at the end. */
#ifndef BURIN_JIT_EMIT_H
#define BURIN_JIT_EMIT_H

#include "codegen/jit/native.h"
#include "codegen/jit/wire.h"

#include <libgccjit.h>

typedef enum type { T_VOID, T_B, T_H, T_U, T_I, T_L, T_UL, T_F, T_PTR, T_BOOL, T_VALUE, TYPE_COUNT } type;

typedef gcc_jit_rvalue *expr;
typedef gcc_jit_lvalue *place;
typedef gcc_jit_block  *block;

/* A field of layout.def: FIELD_vm_frame_pc, ... */
typedef enum field {
#define FIELD(structure, name, member, letter) FIELD_##structure##_##name,
#include "codegen/jit/layout.def"
#undef FIELD
    FIELD_COUNT
} field;

typedef enum api_entry {
#define API(name, result, parameters, meaning) API_##name,
#include "codegen/jit/api.def"
#undef API
    API_COUNT
} api_entry;

typedef struct emitter {
    gcc_jit_context    *g;
    arena              *memory;
    const wire_request *request;
    const char         *file;                 /* the template's, for locations; NULL without debugging */
    gcc_jit_type       *types[TYPE_COUNT];
    gcc_jit_type       *pointers[TYPE_COUNT]; /* to them */
    gcc_jit_field      *halves[2];            /* of T_VALUE */
    gcc_jit_type       *op_type;              /* native_op */
    gcc_jit_type       *api_types[API_COUNT];
    uint32_t            left;                 /* what may still be lowered, see wire_request */
    bool                is_quick;             /* a template or an expression at -O1, which is compiled while it waits, and no debugger looks at */
    struct typed      **direct;               /* by unit: its function that is called directly; NULL for none */
    uint32_t            direct_count;
    uint32_t            names;                /* given to locals and blocks so far */
    bool                failed;               /* memory is out */
} emitter;

#define NO_SHAPE UINT32_MAX

typedef struct typed_loop typed_loop;

/* What an instruction does when a guard fails; all NULL when it has none. */
typedef struct slow_site {
    block       begin, done; /* what guards lead to; where the lowering ends */
    native_slow note;
    uint32_t    shape;       /* func.shape_reg at `done` */
} slow_site;

/* A function that is being written: a unit, or a part of one. */
typedef struct func {
    emitter           *e;
    const ir_unit     *unit;
    gcc_jit_function  *fn;
    block              block;
    gcc_jit_param     *frame, *regs, *api;
    gcc_jit_location  *where;
    place              m, status;             /* locals: the machine, or NULL, see machine(); what fails */
    place              to;                    /* the output's next, held in a local between calls */
    place              constants, caches;     /* the frame's */
    block             *at;                    /* of each instruction that something goes to; NULL for others */
    block              fail;                  /* return `status` */
    block              midway;                /* the unit is entered somewhere else than at its beginning; NULL where it cannot be */
    bool              *target;                /* of each instruction: it is jumped to (`at` is also where runs end) */
    int32_t           *since;                 /* of each instruction: all jumps to it come from there on, from before it; -1: not all; INT32_MAX: there are none */
    bool              *hot;                   /* of each instruction: it is lowered; the others lie in stretches that are interpreted */
    bool              *in_loop;               /* of each instruction: it is in a loop of its unit */
    uint32_t          *low, *high;            /* of each that is not hot: where its stretch begins and ends */
    bool              *after_cold;            /* of each instruction: a stretch may lead to it */
    block              cold;                  /* run the stretch that these locals tell of, go on where it leads to */
    place              cold_pc, cold_low, cold_high;
    uint32_t           next;                  /* the instruction to be written next */
    uint32_t           run_end;               /* instructions before it print into room that has been made */
    uint64_t          *rest;                  /* of each instruction of a run: room that those behind it need */
    block              slow, slow_rest;       /* shared by all slow paths: one instruction by its body, the rest of a run */
    place              slow_note;             /* a native_slow: what they do */
    slow_site         *slow_sites;            /* of each instruction: its slow path */
    bool              *ends_run;              /* of each instruction: a run ends before it */
    uint32_t           shape_reg;             /* the register whose dict is looked at; NO_SHAPE for none ... */
    place              shape_keys, shape_values; /* ... the serial of the dict's keys, and its values */
    uint32_t          *known;                 /* of each register: 1 + the constant it holds, if it was noted since `epoch` began */
    uint8_t           *kinds;                 /* of each register: its kind, if it was noted since then; BURIN_KIND_COUNT for any */
    uint32_t          *known_since, epoch;
    typed_loop        *loops;                 /* regions of the unit (typed.h) */
    block             *usual;                 /* of each instruction that one of them begins with: where the usual code goes on */
} func;

/* Is it units of a template or an expression, and not a script or a kernel? */
static inline bool request_is_for_templates(const wire_request *request) { return request->program && !request->program->is_script; }
bool emitter_init(emitter *e, gcc_jit_context *g, arena *memory, const wire_request *request);

/* ---- numbers and locals ---- */

expr  num(func *f, type t, int64_t n);
place local(func *f, type t, const char *name);
expr  get(place p);
void  set(func *f, place p, expr value);
/* A new local that holds the value. */
place as_local(func *f, type t, expr value);
expr  binary(func *f, enum gcc_jit_binary_op op, type t, expr a, expr b);
expr  compare(func *f, enum gcc_jit_comparison op, expr a, expr b);
expr  both(func *f, expr a, expr b);
expr  cast(func *f, type t, expr value);
expr  reinterpret(func *f, type t, expr value); /* a pointer as a number, and back */
/* The condition, said to be mostly true or false. Not in what is_quick: there it takes a tenth of the time, and the code runs no slower without. */
expr  expect(func *f, expr condition, bool likely);

/* ---- memory ---- */

expr  offset(func *f, expr pointer, int64_t bytes);
expr  add_bytes(func *f, expr pointer, expr bytes);
/* Of a local of T_VALUE: its address; one of its halves. */
expr  address_of_value(func *f, place value);
place half_of_value(func *f, place value, int half);
place at_offset(func *f, type t, expr pointer, int64_t bytes);
expr  load(func *f, type t, expr pointer, int64_t bytes);
void  store(func *f, type t, expr pointer, int64_t bytes, expr value);
expr  load_field(func *f, field which, expr pointer);
/* A field that holds the address of a function, as one of that type. */
expr  load_function(func *f, field which, expr pointer, gcc_jit_type *as);
void  store_field(func *f, field which, expr pointer, expr value);
size_t field_offset(field which);

/* ---- control ---- */

block new_block(func *f);
void  go(func *f, block to);                            /* jump there; nothing follows */
void  begin(func *f, block b);                          /* go on in `b`, jumping there if need be */
void  branch(func *f, expr condition, block yes, block no);
void  give(func *f, expr result);                       /* return */
void  give_halves(func *f, expr head, expr as);         /* return a T_VALUE */

/* ---- the runtime ---- */

/* Call an entry: as a value, or for its effect. */
expr call_api(func *f, api_entry which, int count, const expr *arguments);
/* Call the body of instruction `pc`; as native_op. */
expr call_body(func *f, uint32_t pc);
/* The address of instruction `pc`. */
expr insn_address(func *f, uint32_t pc);

#endif
