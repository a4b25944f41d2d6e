/* From a unit to a native function: control flow, and what lowerings of instructions are written with. */
#ifndef BURIN_JIT_UNIT_H
#define BURIN_JIT_UNIT_H

#include "jit/emit.h"

#include "codegen/ir/registers.h"

/* Write the function of `unit` into the emitter's context. False when memory is out. */
bool lower_unit(emitter *e, const ir_unit *unit);

typedef enum op_form { FORM_PLAIN, FORM_JUMPING, FORM_LEAVING } op_form;
extern const uint8_t op_forms[OP_COUNT];

/* ---- lowerings ---- */

/* Write one instruction: from f->block on, which is then where the next one begins, or NULL when nothing follows. One that did the
 * instructions behind it as well has moved f->next. */
typedef void (*lowering)(func *f, uint32_t pc);

/* The one that every instruction has: its body is called. */
void lower_by_body(func *f, uint32_t pc);

/* The instruction's own one, NULL when its body has to be called. Most are worth their compile time only where it is hot. */
lowering lowering_of(const func *f, uint32_t pc);
/* Bytes of output that the lowering of an instruction may need; 0 when it prints nothing. */
uint64_t room_of(const func *f, uint32_t pc);
/* The tables behind these: lower_<name>s.c. */
extern const lowering output_lowerings[OP_COUNT], sum_lowerings[OP_COUNT], value_lowerings[OP_COUNT], arithmetic_lowerings[OP_COUNT], jump_lowerings[OP_COUNT],
    loop_lowerings[OP_COUNT], script_lowerings[OP_COUNT];

/* What an operator does to numbers: OP_ADD of an INPLACE that adds; OP_COUNT when it is none of the arithmetic ones. */
ir_op operation_of(const ir_insn *i);

/* Write text k at `to`, which stays there; where it ends. */
place write_text(func *f, uint32_t k);
void  lower_text(func *f, uint32_t pc);
/* lower_each.c; it asks for its room itself. */
void  lower_print_each(func *f, uint32_t pc);

/* ---- the slow path ---- */

/* A block that has the instruction's body called instead of what the lowering does; `done` is where both meet. A JUMPING's body goes
 * where it says. Inside a run of output it makes sure again that there is room for the rest. */
block slow_path(func *f, uint32_t pc, block done);
/* The same for `count` instructions of a run, none of which jumps, that one lowering does. */
block slow_path_of_many(func *f, uint32_t pc, uint32_t count, block done);
/* Make room for the instructions from here on that print: f->run_end is set, if there are any. */
void begin_run(func *f, uint32_t from);
/* What all of these lead to, once the instructions are written. False when memory is out. */
bool write_slow_paths(func *f);

/* A switch over instructions: what to do with their numbers. */
typedef struct cases {
    gcc_jit_case **items;
    int            count;
    block          first; /* what the first one's number leads to: also the place of numbers that do not occur */
} cases;
bool make_cases(func *f, cases *c);
void add_case(func *f, cases *c, uint32_t number, block to);
/* Go where the number says; without cases, to f->fail. */
void end_with_cases(func *f, const cases *c, expr number);

/* The machine and its output, a vm and an rt_out. Templates seldom need them, so that they are no locals there. */
expr machine(func *f);
expr output(func *f);
/* What was printed is in the output's own fields while code that may look at it runs. */
void spill(func *f);
void reload(func *f);

/* ---- errors and generators: resume.c ---- */

/* Has the unit loops of scripts, at whose turns an interpreted frame may change over to it? */
bool may_begin_midway(const func *f);
/* Where a frame goes on that has taken a turn at instruction `pc`; UINT32_MAX: that is no turn. */
uint32_t behind_turn(const ir_unit *unit, uint32_t pc);
/* Where the unit begins, or a generator goes on. False when memory is out. */
bool write_beginning(func *f);
/* What f->fail leads to: the handler of the error, or out of the unit. False when memory is out. */
bool write_failure(func *f);

/* ---- what is not hot ---- */

/* Say which instructions are hot, and make blocks for what is jumped to. False when memory is out. */
bool find_hot(func *f);
/* There must be a block for the instruction: it is jumped to from elsewhere. */
void need_place(func *f, uint32_t pc);
/* From here on the interpreter, for the stretch that instruction `pc` lies in. */
void run_cold(func *f, uint32_t pc);
/* What all of these lead to. False when memory is out. */
bool write_cold_path(func *f);

/* ---- registers and constants ---- */

expr register_address(func *f, uint32_t reg);
expr register_kind(func *f, uint32_t reg);
expr register_as(func *f, uint32_t reg);
expr register_pointer(func *f, uint32_t reg);
void store_int(func *f, uint32_t reg, burin_kind kind, expr value);
/* Word by word: a value's parts are read alone, and a load of 8 bytes waits long for a store of 16, as one of 16 does for two stores. */
void copy_value(func *f, expr to, expr from);
/* lower_scripts.c: the address of item `at`, an integer that may count from the end, of a list or tuple; there is none: go to `other`. */
expr list_item(func *f, place list, place at, block other);
expr constant_address(func *f, uint32_t k);
/* The constant that the register is known to hold here, NULL when it is none. */
const burin_value *known(const func *f, uint32_t reg);
/* The kind that the register is known to have, BURIN_KIND_COUNT when it is none. */
burin_kind known_kind(const func *f, uint32_t reg);
/* Go on behind the check, or in `slow`, when the register is not of that kind; nothing is written when that is known. */
void require_kind(func *f, uint32_t reg, burin_kind kind, block slow);
/* Is the kind one of the two whose payload is a number that is its truth? */
expr is_bool_or_int(func *f, expr kind);
enum { TEXT_COMPARED = 16 }; /* bytes of a constant text that is compared inline */
/* Go to `same` or `different`, as the text at v is the constant one, or not; `v` is known to be text. */
void branch_on_text(func *f, place v, const burin_value *text, block same, block different);
/* The same for `len` bytes at `data`, numbers of T_PTR and T_UL. */
void branch_on_bytes(func *f, place data, place len, const burin_value *text, block same, block different);
/* Is there a way to compare what the registers may hold, from what is known of them? Then go to `yes` or `no`, or to `slow` where it is
 * something else. */
bool compares_inline(const func *f, uint32_t how, uint32_t b, uint32_t c);
void branch_on_comparison(func *f, uint32_t how, uint32_t b, uint32_t c, block yes, block no, block slow);
/* Go on only when the condition holds. */
void require(func *f, expr condition, block slow);
/* Where the attribute of site `site` is in the dict in `reg`, if it is one with the keys that the site's cache knows; or where a local
 * holds it, if it is a member of a struct of a known type. `lacking`, unless NULL, is gone to where the cache knows that there is none.
 * A member may be used where it lies, without a value made of it: `use` writes that, from f->block on, which leads nowhere then, for
 * the member at address `at`; false: it has written nothing, as the member's form is not for it. */
typedef bool (*member_use)(func *f, void *user, const wire_member *m, place at, block slow);
place attribute_or_member(func *f, uint32_t reg, uint32_t site, block lacking, block slow, member_use use, void *user);
/* The members that the site may mean; how many. */
const wire_member *members_of(const func *f, uint32_t site, uint32_t *count);

/* The parts of it. The register's first 8 bytes, NULL when there are no members to compare them with. */
place begin_attribute(func *f, uint32_t reg, uint32_t count);
/* Go on where the object in `reg` is a struct that has the member; the block for when it is none is given. */
block begin_member(func *f, const wire_member *m, uint32_t reg, place word);
/* Where the member of the struct at `object` lies, and read it from there into the value at `to`; all guards come before that is changed. */
place member_address(func *f, const wire_member *m, expr object, block slow);
void read_member_at(func *f, const wire_member *m, place at, expr to, block slow);
/* Where it is in a dict with the keys that the site's cache knows. */
place item_place(func *f, uint32_t reg, uint32_t site, block lacking, block slow);
/* A text's two parts, numbers of T_PTR and T_UL: of at most 4 GB, and not NULL. */
typedef struct text_at {
    place data, len;
} text_at;
text_at member_text(func *f, const wire_member *m, place at, block slow);
/* Make the value at `to`. */
void set_value(func *f, expr to, expr head, expr as);
void set_text(func *f, expr to, text_at text);

/* ---- printing: print.c ---- */

/* Write a text as it is at `to`, which stays there; where it ends. */
place put_text(func *f, uint32_t pc, place v, block slow);
place put_bytes(func *f, uint32_t pc, text_at text, block slow);
/* Print text k, then the register, or an attribute of it. */
void print_register(func *f, uint32_t pc, uint32_t k, uint32_t reg, bool escaped);
void print_attribute(func *f, uint32_t pc, uint32_t k, uint32_t reg, uint32_t site, bool escaped);

#endif
