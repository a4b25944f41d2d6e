/* Scripts read from images, in sessions.
 *
 * A script is stored as it was compiled for a session without names: its globals have the numbers 0, 1, ..., and those of the root unit are its
 * last registers. In a session that has names already it must use theirs, and number its own ones behind them. */
#include "codegen/image/image.h"

#include "codegen/ir/ir.h"
#include "runtime/base/text.h"

typedef struct numbering {
    ir_program *program;
    uint16_t   *number_of; /* of each of the program's globals, in the session */
    uint32_t    total;     /* globals of the session then */
} numbering;

static uint16_t renumbered(const numbering *n, uint32_t reg)
{
    const ir_program *p = n->program;
    if (reg < p->root_temps)
        return (uint16_t)reg;
    reg -= p->root_temps;
    return (uint16_t)(p->root_temps + (reg < p->global_count ? n->number_of[reg] : n->total)); /* an empty row stands at the end */
}

/* Operands of the root unit that are registers. */
static void renumber_registers(const numbering *n, ir_insn *i)
{
    const char *spec = ir_op_operands(i->op);
    if (strchr("wrxf", spec[0]))
        i->a = renumbered(n, i->a);
    if (strchr("wrxf", spec[1]))
        i->b = renumbered(n, i->b);
    if (strchr("wrxf", spec[2]))
        i->c = renumbered(n, i->c);
    if (strchr("wrxf", spec[3]))
        i->d = renumbered(n, i->d);
}

/* Operands that are numbers of globals. */
static void renumber_globals(const numbering *n, ir_insn *i)
{
    if (i->op == OP_GLOBAL || i->op == OP_GLOBAL_OR)
        i->b = n->number_of[i->b];
    else if (i->op == OP_SET_GLOBAL)
        i->c = n->number_of[i->c];
}

static void renumber_unit(const numbering *n, ir_unit *u)
{
    for (uint32_t pc = 0; pc < u->code_len; pc++) {
        renumber_globals(n, &u->code[pc]);
        if (u->kind == UNIT_ROOT)
            renumber_registers(n, &u->code[pc]);
    }
    if (u->kind == UNIT_ROOT)
        u->registers = n->program->root_temps + n->total;
}

static uint32_t find_text(const burin_text *texts, uint32_t count, burin_text text)
{
    uint32_t n = 0;
    while (n < count && !text_equal(texts[n], text))
        n++;
    return n;
}

const char *image_join_session(ir_program *p, const burin_text *names, uint32_t count)
{
    burin_text *all = arena_alloc(&p->memory, ((size_t)count + p->global_count + 1) * sizeof *all);
    numbering   n   = {p, arena_alloc(&p->memory, (p->global_count + 1u) * sizeof *n.number_of), count};
    if (!all || !n.number_of)
        return image_no_memory;
    if (count)
        memcpy(all, names, count * sizeof *all);
    for (uint32_t g = 0; g < p->global_count; g++) {
        uint32_t number = find_text(names, count, p->globals[g]);
        if (number == count) {
            number      = n.total++;
            all[number] = p->globals[g];
        }
        n.number_of[g] = (uint16_t)number;
    }
    if (n.total + p->root_temps > UINT16_MAX)
        return "the session has too many names";
    for (uint32_t u = 0; u < p->unit_count; u++)
        renumber_unit(&n, p->units[u]);
    p->globals      = all;
    p->global_count = n.total;
    return NULL;
}
