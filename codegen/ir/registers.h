/* Which registers instructions read and write, and which are still read from a place on. */
#ifndef BURIN_CODEGEN_REGISTERS_H
#define BURIN_CODEGEN_REGISTERS_H

#include "codegen/ir/ir.h"

enum { IR_ITERATOR_REGISTERS = 3 }; /* that an iterator of scripts fills */

/* How many registers an instruction writes from the first one on; of those that write none it says nothing. */
uint32_t ir_written(const ir_insn *i);
/* The rows of registers that an instruction reads and writes, one by one. A row whose length is not known goes on to the last register. */
typedef void (*ir_each_register)(void *user, uint32_t reg);
void ir_reads(const ir_program *p, const ir_unit *unit, uint32_t pc, ir_each_register call, void *user);
void ir_writes(const ir_unit *unit, uint32_t pc, ir_each_register call, void *user);

/* ---- live.c ---- */

/* What is done with what a register holds at a place of a unit: nothing, or it is read as a value, or as the first of those of an iterator. */
typedef enum ir_life { IR_DEAD, IR_VALUE, IR_ITERATOR } ir_life;
/* By register, of a script's unit, before instruction `pc`. NULL when memory is out. */
uint8_t *ir_live(const ir_program *p, const ir_unit *unit, uint32_t pc, arena *memory);
/* Is nothing of a script's unit read before it is written? Also when memory is out. */
bool ir_begins_written(const ir_program *p, const ir_unit *unit, arena *scratch);

#endif
