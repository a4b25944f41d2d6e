/* See listing.h. Assembler tells lines by `.loc 1 LINE ...`, C by comments `line LINE` that burin-jit writes; the source's own text takes
 * their place wherever the line changes. */
#include "engine/listing.h"

#include <stdlib.h>

typedef struct listing {
    wire_output           form;
    const ir_program     *program;
    const source         *src;
    const char           *prefix;
    buf                  *out;
    uint32_t              line; /* whose text was written last; 0: none since a label */
} listing;

static bool starts(burin_text line, const char *with)
{
    size_t len = strlen(with);
    return line.len >= len && memcmp(line.data, with, len) == 0;
}

/* The text of a line of the source, without the blanks around it. */
static burin_text source_line(const source *src, uint32_t line)
{
    const char *at = src->text.data, *end = at + src->text.len;
    while (at < end && --line) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at                  = newline ? newline + 1 : end;
    }
    const char *stop = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
    stop             = stop ? stop : end;
    while (at < stop && (*at == ' ' || *at == '\t'))
        at++;
    while (stop > at && (stop[-1] == ' ' || stop[-1] == '\t'))
        stop--;
    return (burin_text){at, (size_t)(stop - at)};
}

static void put_source(listing *l, uint32_t line)
{
    burin_text text = source_line(l->src, line);
    if (line == l->line || !line)
        return;
    l->line = line;
    buf_printf(l->out, l->form == WIRE_C ? "\n  /* %s:%u: " : "\n# %s:%u: ", l->src->name ? l->src->name : l->program->is_script ? "<script>" : "<template>", line);
    for (size_t n = 0; n < text.len; n++)
        if (l->form != WIRE_C || text.data[n] != '/' || n == 0 || text.data[n - 1] != '*') /* nothing ends the comment */
            buf_append_byte(l->out, text.data[n]);
    buf_append_z(l->out, l->form == WIRE_C ? " */\n" : "\n");
}

/* The unit whose function begins here: "PREFIX_0_u3:" or "PREFIX_0_u3 (char * frame, ...". */
static void put_unit(listing *l, burin_text line)
{
    size_t prefix = strlen(l->prefix);
    char  *rest;
    if (!starts(line, l->prefix) || line.len <= prefix || line.data[prefix] != '_')
        return;
    strtoul(line.data + prefix + 1, &rest, 10); /* the template's number */
    unsigned long number = strncmp(rest, "_u", 2) == 0 ? strtoul(rest + 2, NULL, 10) : l->program->unit_count;
    if (number >= l->program->unit_count)
        return;
    const ir_unit *unit = l->program->units[number];
    buf_printf(l->out, l->form == WIRE_C ? "/* %s%s%.*s */\n" : "# %s%s%.*s\n", ir_unit_kind_name(unit->kind), unit->name.len ? " " : "", (int)unit->name.len, unit->name.data);
    l->line = 0;
}

/* Directives and labels that are of no use to a reader. */
static bool is_noise(burin_text line)
{
    static const char *const noise[] = {"\t.cfi_", "\t.file", "\t.loc", ".LVL", ".LFB", ".LFE", ".LBB", ".LBE", ".Ltext", ".Letext", "\t.type", "\t.size", "\t.globl", "\t.ident"};
    for (size_t n = 0; n < sizeof noise / sizeof noise[0]; n++)
        if (starts(line, noise[n]))
            return true;
    return false;
}

static void put_assembler(listing *l, burin_text line)
{
    if (starts(line, "\t.loc 1 "))
        put_source(l, (uint32_t)strtoul(line.data + 8, NULL, 10));
    if (is_noise(line))
        return;
    put_unit(l, line);
    buf_append(l->out, line.data, line.len);
    buf_append_byte(l->out, '\n');
}

static void put_c(listing *l, burin_text line)
{
    static const char said[] = "  /* line ";
    if (starts(line, said)) {
        put_source(l, (uint32_t)strtoul(line.data + sizeof said - 1, NULL, 10));
        return;
    }
    if (line.len && line.data[0] == 'b' && line.data[line.len - 1] == ':') /* a block may be entered from anywhere */
        l->line = 0;
    put_unit(l, line);
    buf_append(l->out, line.data, line.len);
    buf_append_byte(l->out, '\n');
}

void listing_write(wire_output form, burin_text code, const ir_program *program, const source *src, const char *prefix, buf *out)
{
    listing     l  = {.form = form, .program = program, .src = src, .prefix = prefix, .out = out};
    const char *at = code.data, *end = at + code.len;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        burin_text  line    = {at, (size_t)((newline ? newline : end) - at)};
        if (form == WIRE_ASSEMBLER && (starts(line, "\t.section\t.debug_") || starts(line, ".Letext0:")))
            break; /* what follows is for debuggers */
        if (form == WIRE_ASSEMBLER)
            put_assembler(&l, line);
        else
            put_c(&l, line);
        at = line.data + line.len + 1;
    }
}
