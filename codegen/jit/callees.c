/* Which global is which function: see callees.h. */
#include "codegen/jit/callees.h"

/* A function that has nothing but its parameters can be entered without looking at it. */
static bool is_simple(const ir_program *p, uint32_t function)
{
    return function < p->function_count && p->functions[function].plain && !p->functions[function].cells;
}

/* The variable that the function made at `pc` is given to; false: to none, or who knows. */
static bool variable_of(const ir_program *p, const ir_unit *root, uint32_t pc, uint32_t *global)
{
    uint32_t reg = root->code[pc].a;
    if (reg < p->root_temps) {
        const ir_insn *next = &root->code[pc + 1];
        if (pc + 1 >= root->code_len || next->op != OP_MOVE || next->b != reg)
            return false;
        reg = next->a;
    }
    *global = reg - p->root_temps;
    return reg >= p->root_temps && *global < p->global_count;
}

void callees_find(wire_request *request, arena *memory)
{
    const ir_program *p    = request->program;
    const ir_unit    *root = p->unit_count ? p->units[0] : NULL;
    uint32_t          global;
    request->callee_count = 0;
    request->callees      = p->is_script && root ? arena_zalloc(memory, (p->global_count + (size_t)1) * sizeof *request->callees) : NULL;
    if (!request->callees)
        return;
    for (uint32_t pc = 0; pc < root->code_len; pc++)
        if (root->code[pc].op == OP_FUNCTION && is_simple(p, root->code[pc].d) && variable_of(p, root, pc, &global))
            request->callees[global] = p->functions[root->code[pc].d].unit; /* the root is no function: 0 is for none */
    request->callee_count = p->global_count;
}
