/* Regions whose registers are C locals, of types that are known or supposed: loops, and whole functions that are called directly.
 *
 * A region is a row of instructions, [from, until). Of each place in it and each register it is known by data flow whether it holds an integer, a float, a
 * bool or just any value there; what cannot be known where the region is entered is supposed, by what is done with it, and looked at there.
 * Instructions that compute are written over locals; the others have their bodies called, with the registers that they name brought to memory and read again.
 * What does not fit (an overflow, a text where a number was supposed) leaves the region: registers go to memory, and the unit's usual code goes on with the very
 * same instruction. A loop is entered again at its next turn.
 *
 * Always true: outside of regions registers are in memory. */
#ifndef BURIN_JIT_TYPED_H
#define BURIN_JIT_TYPED_H

#include "jit/unit.h"

typedef enum typed_kind { TYPED_NONE, TYPED_INT, TYPED_BOOL, TYPED_FLOAT, TYPED_ANY } typed_kind; /* NONE: nobody reads it, or nothing comes here */

typedef struct typed typed;

enum { DIRECT_PARAMETERS = 4, TYPED_REGISTERS_MAX = 200, TYPED_INSNS_MAX = 160 };

struct typed {
    emitter       *e;
    const ir_unit *unit;
    uint32_t       from, until;
    bool           is_function;   /* else a loop */
    typed_kind     result;        /* of a function, as far as it is known: integers alone, or anything */
    bool          *is_callee;     /* by instruction, a GLOBAL: it has been seen to be the function that the call behind it calls directly */
    uint8_t      **live;          /* of each instruction of the unit, by register: it is read before it is written */
    uint8_t      **kinds;         /* of each instruction of the unit, by register; NULL: nothing leads there */
    uint8_t       *supposed;      /* by register: what it is supposed to hold where nothing is known */
    bool          *is_local;      /* by register */
    bool          *is_target;     /* by instruction: jumped to from inside */
    bool          *is_header;     /* by instruction: a loop begins there */
    /* while it is written */
    func          *f;
    uint8_t       *now;           /* kinds of registers */
    uint8_t       *stored;        /* by register that is local: memory holds the same */
    block         *at;            /* of targets */
    place         *head, *as, *real; /* of registers that are local: two halves of any value, or an integer in the second; a float */
    bool          *leaves;        /* by instruction: the unit's usual code goes on there */
    block          out, failed;   /* leave for the instruction in out_pc; leave with the status */
    place          out_pc;
    gcc_jit_param *m, *me, *left, *given[DIRECT_PARAMETERS][2]; /* parameters of functions: see direct.c */
    gcc_jit_function *unrolled;   /* of a function: what it calls instead of itself; NULL: itself */
};

/* ---- typed.c: what is known ---- */

/* Which registers are read before they are written, at each instruction; NULL when memory is out. */
uint8_t **typed_live(emitter *e, const ir_unit *unit);
/* What is known at each place of the whole unit, without supposing anything. False when memory is out. */
bool typed_whole(typed *t);
/* Prepare a region, given what is known of the whole unit; NULL for functions. False: it is not worth it, or memory is out. */
bool typed_find(typed *t, const typed *whole);
/* Can the instruction be written over locals, with registers of these kinds? */
bool typed_takes(const typed *t, uint32_t pc, const uint8_t *kinds);
/* What holds behind the instruction. */
void typed_step(const typed *t, uint32_t pc, uint8_t *kinds);
/* The constant that a register holds before an instruction, loaded just before; NULL: unknown. */
const burin_value *typed_constant(const typed *t, uint32_t pc, uint32_t reg);
/* Does the instruction add a text that is constant? */
bool typed_adds_text(const typed *t, uint32_t pc);
/* The unit that an INVOKE probably calls, which can be called directly; NULL: none. */
const typed *typed_callee(const typed *t, uint32_t pc);
/* The shape of the plain C function (rt_plain) that an INVOKE probably calls; 0: none. */
uint32_t typed_plain(const typed *t, uint32_t pc);
/* INT, BOOL or FLOAT. */
static inline typed_kind typed_kind_of(burin_kind kind) { return kind == BURIN_INT ? TYPED_INT : kind == BURIN_BOOL ? TYPED_BOOL : TYPED_FLOAT; }
/* Does a function give integers alone, if those that it calls keep to what is known of them? */
bool typed_gives_integers(const typed *t);
static inline burin_kind kind_of_typed(typed_kind kind) { return kind == TYPED_INT ? BURIN_INT : kind == TYPED_BOOL ? BURIN_BOOL : BURIN_FLOAT; }

/* ---- typed_code.c: writing it ---- */

/* All instructions of the region, from t->f->block on where t->from begins. */
void typed_write(typed *t);
/* A register as an argument: one half of it, of an integer if that is asked for, or a float; else the region is left for `pc`. */
expr typed_half(typed *t, uint32_t reg, uint32_t pc, typed_kind kind, bool first);
expr typed_float(typed *t, uint32_t reg, uint32_t pc);
/* A register as a number of that kind, and one as such a number. An integer becomes a float; what is something else leaves the region. */
expr typed_number(typed *t, uint32_t reg, uint32_t pc, typed_kind kind);
void typed_give_number(typed *t, uint32_t reg, typed_kind kind, expr number);
/* What the direct call `pc` gives: two halves, or a failure. Of a function of integers anything else leaves the region behind the call. */
void typed_take_result(typed *t, uint32_t pc, typed_kind kind, expr head, expr as);
/* What else a call gives that may have failed, in the same halves: its failure. */
void typed_take_failure(typed *t, uint32_t pc, expr head, expr as);
/* Count the step of a direct call's beginning; where the counter runs out its frame is made, and API(direct_go_on) looks at the limits. */
void typed_count_entry(typed *t);
/* A block that leaves the region for instruction `pc`. */
block typed_leave(typed *t, uint32_t pc);

/* ---- typed_loops.c ---- */

/* To be called before typed_write: `f` is the function that is written, whose locals it makes. False when memory is out. */
bool typed_begin(typed *t, func *f);
/* Go to the region's code for instruction `pc`, from outside; or to `other` where registers do not hold what they are supposed to. */
void typed_enter(typed *t, uint32_t pc, block other);
/* All registers to memory, as t->out and t->failed find them. */
void typed_to_registers(typed *t, expr registers);
/* Find the loops of a unit that are worth it, and write them; what the unit's usual code has to have places for is noted in f. False when
 * memory is out. */
bool typed_loops(func *f);
/* Where instruction `pc` begins a loop of a region: enter it, and go on here with what cannot. */
void typed_loop_entry(func *f, uint32_t pc);
/* The ways back to the unit's usual code, once that is written. False when memory is out. */
bool typed_loops_end(func *f);

/* ---- direct.c ---- */

/* Find the functions that can be called directly, and write them. False when memory is out. */
bool write_direct(emitter *e);
/* Is there one of the unit? */
bool is_called_directly(const emitter *e, uint32_t unit);
/* Call one, with the registers' values; what follows goes on in t->f->block. */
void write_direct_call(typed *t, uint32_t pc);
/* The function that is called directly by an INVOKE behind the GLOBAL at `pc`, to which nothing else leads; NULL: none. */
const typed *callee_of_global(const typed *t, uint32_t pc);
/* Is it the function that is being written, whose object is the parameter `me`? */
static inline bool is_itself(const typed *t, const typed *callee) { return t->is_function && t->unit == callee->unit; }
/* Is the value of these halves that function? Else go to `out`. */
void require_callee(typed *t, const typed *callee, expr head, expr as, block out);

/* ---- typed_remainder.c ---- */

/* Instruction `pc`, which computes a remainder, or else a quotient. */
void typed_write_remainder(typed *t, uint32_t pc, bool is_mod);

/* ---- plain.c ---- */

/* Call the function that typed_plain tells of; what follows goes on in t->f->block. */
void write_plain_call(typed *t, uint32_t pc);

#endif
