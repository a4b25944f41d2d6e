/* The IR as text, for `burin dump ir`. */
#include "codegen/ir/ir.h"

static void print_string(buf *out, const char *s, size_t len)
{
    enum { LONGEST = 48 };
    buf_append_byte(out, '"');
    for (size_t i = 0; i < len && i < LONGEST; i++) {
        if (s[i] == '\n')
            buf_append_z(out, "\\n");
        else if (s[i] == '"' || s[i] == '\\')
            buf_printf(out, "\\%c", s[i]);
        else
            buf_append_byte(out, s[i]);
    }
    buf_append_z(out, len > LONGEST ? "...\"" : "\"");
}

static void print_constant(buf *out, burin_value v)
{
    switch (v.kind) {
    case BURIN_NONE: buf_append_z(out, "none"); break;
    case BURIN_BOOL: buf_append_z(out, v.as.i ? "true" : "false"); break;
    case BURIN_INT: buf_printf(out, "%lld", (long long)v.as.i); break;
    case BURIN_FLOAT: buf_append_double(out, v.as.f); break;
    case BURIN_STRING: print_string(out, v.as.s, v.len); break;
    case BURIN_UNDEFINED: buf_append_z(out, "undefined"); break;
    default: buf_append_z(out, "container"); break;
    }
}

static void print_operand(buf *out, const ir_program *p, char spec, uint32_t value)
{
    switch (spec) {
    case 'w': case 'r': case 'x': case 'f': buf_printf(out, " r%u", value); break;
    case 'n': buf_printf(out, " %u", value); break;
    case 'j': buf_printf(out, " ->%u", value); break;
    case 't': buf_printf(out, " #%u", value); break;
    case 's': buf_printf(out, " .%.*s", (int)p->sites[value].name.len, p->sites[value].name.data); break;
    case 'k':
        buf_append_byte(out, ' ');
        print_constant(out, p->constants[value]);
        break;
    default: break;
    }
}

const char *ir_unit_kind_name(ir_unit_kind kind)
{
    static const char *const names[] = {[UNIT_ROOT] = "root", [UNIT_BLOCK] = "block", [UNIT_MACRO] = "macro", [UNIT_LOOP] = "loop", [UNIT_TEST] = "test",
                                        [UNIT_FUNCTION] = "function", [UNIT_GENERATOR] = "generator"};
    return names[kind];
}

static void print_unit(const ir_program *p, const ir_unit *u, uint32_t index, buf *out)
{
    buf_printf(out, "unit %u: %s", index, ir_unit_kind_name(u->kind));
    if (u->name.len)
        buf_printf(out, " %.*s", (int)u->name.len, u->name.data);
    buf_printf(out, " (%u parameters, %u registers%s)\n", u->parameters, u->registers, u->captured ? ", captured" : "");
    uint32_t line = 0;
    for (uint32_t pc = 0; pc < u->code_len; pc++) {
        const ir_insn  *i     = &u->code[pc];
        const char     *spec  = ir_op_operands(i->op);
        const ir_place *place = ir_place_of(u, pc);
        if (place && place->line != line) {
            line = place->line;
            buf_printf(out, "  line %u\n", line);
        }
        buf_printf(out, "  %4u  %-14s", pc, ir_op_name(i->op));
        print_operand(out, p, spec[0], i->a);
        print_operand(out, p, spec[1], i->b);
        print_operand(out, p, spec[2], i->c);
        print_operand(out, p, spec[3], i->d);
        buf_append_byte(out, '\n');
    }
}

void ir_print(const ir_program *program, buf *out)
{
    for (uint32_t i = 0; i < program->unit_count; i++)
        print_unit(program, program->units[i], i, out);
}
