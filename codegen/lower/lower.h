/* Lowering: from the tree to units of instructions. Shared by the files of this room.
 *
 * One lowerer compiles one template; one builder collects one unit; one scope is one Frame of Jinja2's compiler. Temporaries
 * are a stack: whoever takes some gives them back by restoring `temps`. A register number from TEMP_BASE on is a
 * temporary; when the unit is finished they are renumbered to follow its variables.
 * Numbers from RESOLVED_BASE on are the unit's resolved context variables; they come between the two.
 * Lines: `line` is the line that errors of the code emitted next carry; it is set where Jinja2's compiler marks a line
 * (newline(node)) and otherwise stays what it was, in the order in which Jinja2 emits.
 * Failures: the first one is kept in `status` and `err`; after it everything goes on harmlessly to the end. */
#ifndef BURIN_CODEGEN_LOWER_H
#define BURIN_CODEGEN_LOWER_H

#include "codegen/analysis/symbols.h"
#include "codegen/ir/ir.h"
#include "runtime/operate.h"

#define RESOLVED_BASE 0x4000u
#define TEMP_BASE 0x8000u
#define NO_REG 0xffffu
#define NO_JUMP UINT32_MAX

/* An array that grows in the scratch arena. */
#define VECTOR(type) struct { type *items; uint32_t count, cap; }

/* A variable that the unit resolves in the context when it starts. */
typedef struct resolved {
    burin_text name;
    uint32_t   hash;
    uint16_t   slot;
} resolved;

typedef struct builder {
    struct builder *outer; /* the unit this one is written in; NULL for roots and blocks */
    ir_unit        *unit;
    variable_set    vars;
    uint32_t        temps, temps_max;
    VECTOR(ir_insn) code;
    VECTOR(ir_place) places;
    VECTOR(ir_visible) visible;
    VECTOR(resolved) resolves;
    VECTOR(ir_handler) handlers;
    bool            variables_last; /* a script's root: temporaries come first, so that variables keep their registers from script to script */
} builder;

/* Jinja's Frame. `if` and inline if work on a copy (soft). */
typedef struct frame_scope {
    symbols       sym;
    builder      *unit;
    bool          require_output_check;
    bool          buffered;
    bool          toplevel, rootlevel;
    bool          loop_frame, block_frame;
    bool          soft;
    uint32_t     *breaks, *continues; /* chains of jumps of the innermost loop of this unit; NULL outside */
    uint16_t      captured; /* the text a filter block's innermost filter works on: its register, else NO_REG */
    uint16_t      open_capture; /* the outermost capture begun since the innermost loop began; NO_REG for none */
} scope;

typedef struct block_def {
    ast_Block *node;
    uint32_t   hash; /* of its name */
    uint32_t   unit;
} block_def;

/* Told every name that some scope looks up in the context (jinja2.meta). */
typedef struct resolve_listener {
    void (*hear)(void *user, burin_text name);
    void *user;
} resolve_listener;

typedef struct lowerer {
    const codegen_options *options;
    const source          *src;
    arena                 *scratch; /* dies with the compilation */
    ir_program            *program;
    burin_error           *err;
    burin_status           status;
    tracker                track;
    builder               *unit;
    rt_state               fold; /* what constants are computed in; its heap becomes the program's */

    bool       autoescape, is_volatile; /* eval_ctx */
    bool       is_optimizing; /* what is folded is folded as Jinja2's optimizer does it */
    uint32_t   line;
    span       where;
    uint32_t   extends_so_far;
    bool       has_known_extends;
    bool       stopped; /* CompilerExit: the rest of this list of statements is unreachable */
    burin_text pending; /* constant text not yet emitted: borrowed, or joined in `joined` */
    bool       has_pending;
    buf        joined;

    VECTOR(ir_unit *) units;
    VECTOR(burin_value) constants;
    VECTOR(ir_call) calls;
    VECTOR(ir_site) sites;
    VECTOR(ir_loop) loops;
    VECTOR(ir_macro) macros;
    VECTOR(ir_block_place) block_places;
    VECTOR(ir_include) includes;
    VECTOR(block_def) blocks;
    uint8_t mentions; /* ast_mention, of the template: walks are only made where they may find something */
    VECTOR(ir_function) functions;

    const struct resolve_listener *listener; /* NULL when nobody asks */

    struct { /* local_names of the scope that asked last */
        const symbol  *of;
        uint32_t       count;
        const builder *unit;
        ir_locals      names;
    } locals;

    struct { /* the first thing that Python's compiler refuses; no format: nothing */
        const char     *format; /* takes (int length, text) of the name */
        const ast_node *at;
        burin_text      name;
    } refused;
} lowerer;

/* What is to become a program: a template, an expression of templates, or a script (or an expression of scripts). */
typedef struct lowering {
    ast_node         *tree;
    bool              as_expression, script;
    const burin_text *globals; /* of a script's session */
    uint32_t          global_count;
    const resolve_listener *listener; /* NULL when nobody asks */
} lowering;
burin_status lower_program(const codegen_options *options, const source *src, const lowering *what, arena *scratch, const burin_allocator *alloc,
                           ir_program **out, burin_error *err);
void lower_script(lowerer *c, ast_node *tree, const burin_text *known, uint32_t known_count);
/* A copy in the program's memory; NULL of nothing and after a failure. */
void *lower_kept(lowerer *c, const void *items, size_t size);

/* ---- emit.c ---- */

/* Append to a VECTOR of the lowerer; the new element's index. */
#define vector_add(c, v, item) \
    ((v).count < (v).cap || lower_grow((c), (void **)&(v).items, (v).count, &(v).cap, sizeof *(v).items) \
         ? ((v).items[(v).count] = (item), (v).count++) : 0)
bool lower_grow(lowerer *c, void **items, uint32_t count, uint32_t *cap, size_t size); /* room for more than `count` */

void     lower_no_memory(lowerer *c);
burin_status lower_fail(lowerer *c, burin_status status, const ast_node *at, const char *format, ...) BURIN_PRINTF(4, 5);
/* A SyntaxError of Python's, "...%.*s..." of `name`: raised at the end, if nothing else fails. */
void     lower_refuse(lowerer *c, const ast_node *at, const char *format, burin_text name);
void     lower_refused(lowerer *c);
uint32_t emit(lowerer *c, ir_op op, uint32_t a, uint32_t b, uint32_t cc, uint32_t d);
/* A jump onto a chain, to be pointed at its goal by `land`. */
void     emit_jump(lowerer *c, ir_op op, uint32_t a, uint32_t b, uint32_t cc, uint32_t *chain);
void     land(lowerer *c, uint32_t chain);
/* A place to jump back to. */
uint32_t label(lowerer *c);
uint16_t temp(lowerer *c);
uint16_t temps(lowerer *c, uint32_t count); /* neighbouring */
uint32_t constant(lowerer *c, burin_value v);
uint32_t constant_text(lowerer *c, burin_text text); /* copied into the program, with room to over-read */
burin_text program_text(lowerer *c, burin_text text);
burin_text joined_text(lowerer *c, burin_text a, burin_text b); /* one behind the other, in scratch */
void     mark_line(lowerer *c, const ast_node *node); /* newline(node) */
/* Constant text to print, which lives till the end of the compilation: joined with what comes before it. */
void     print_text(lowerer *c, burin_text text);
void     flush_text(lowerer *c);
/* The pending text as a constant, for an instruction that prints it first; 0 is the empty text. */
uint32_t take_text(lowerer *c);
builder *unit_begin(lowerer *c, ir_unit_kind kind, burin_text name, bool is_inner, uint32_t *index);
void     unit_end(lowerer *c, builder *b);

/* ---- fold.c ---- */

/* as_const: true with the value when the expression is constant and its evaluation does not fail. */
bool fold(lowerer *c, ast_node *node, burin_value *out);
/* The same for use inside a larger expression: only values that Jinja2 would write as a literal (has_safe_repr). */
bool fold_literal(lowerer *c, ast_node *node, burin_value *out);
/* What Jinja2's optimizer does to a node before it is compiled: fold_literal, but an error that Jinja2 does not catch fails the compilation. */
bool optimize(lowerer *c, ast_node *node, burin_value *out);

/* ---- expr.c ---- */

/* Evaluate into a register: `want`, or with NO_REG a variable's own register or a new temporary. */
uint16_t expr(lowerer *c, scope *f, ast_node *node, uint16_t want);
/* Jump onto `chain` when the condition is false (true). */
void jump_unless(lowerer *c, scope *f, ast_node *node, uint32_t *chain);
void jump_when(lowerer *c, scope *f, ast_node *node, uint32_t *chain);
/* Where a name's value is: its register in this unit (through OUTER into `want` or a temporary for outer ones). `checked`: never missing. */
uint16_t name_register(lowerer *c, scope *f, burin_text name, uint16_t want, bool checked);
uint32_t attribute_site(lowerer *c, burin_text name);
/* The x of `x.name`, and of `x["name"]` where a dict could mean nothing but the item, with the site of the name; NULL when the node is neither,
 * when x is `loop`, and when the instruction has no room for the site's number. */
ast_node *member_object(lowerer *c, scope *f, ast_node *node, uint32_t *site);
uint32_t constant_undefined(lowerer *c, rt_undefined_class cls, burin_text name, burin_text hint);

/* ---- call.c ---- */

uint16_t lower_call(lowerer *c, scope *f, ast_Call *node, uint16_t want);
uint16_t lower_filter(lowerer *c, scope *f, ast_Filter *node, uint16_t want);
/* Print the filter's result, which it may do itself. False: not possible, and nothing has been lowered. */
bool lower_printed_filter(lowerer *c, scope *f, ast_Filter *node, ir_output how);
uint16_t lower_test(lowerer *c, scope *f, ast_Test *node, uint16_t want);
/* Apply a chain of filters whose innermost node is missing to `body`. */
uint16_t lower_filter_chain(lowerer *c, scope *f, ast_node *chain, uint16_t body, uint16_t want);
/* Print the result of a call; `caller`: register of a call block's body, NO_REG for none. */
void print_call(lowerer *c, scope *f, ast_Call *node, ir_output how, uint16_t caller);
/* ---- output.c, stmt.c, loop.c, macro.c, template.c ---- */

void lower_output(lowerer *c, scope *f, ast_Output *node);
void print_value(lowerer *c, scope *f, uint16_t reg, ir_output how);
ir_output print_mode(const lowerer *c);
void lower_body(lowerer *c, scope *f, ast_node *first); /* blockvisit */
void assign(lowerer *c, scope *f, ast_node *target, uint16_t value);
void lower_for(lowerer *c, scope *f, ast_For *node);
void lower_macro(lowerer *c, scope *f, ast_Macro *node);
void lower_call_block(lowerer *c, scope *f, ast_CallBlock *node);
void lower_block_statement(lowerer *c, scope *f, ast_Block *node);
void lower_extends(lowerer *c, scope *f, ast_Extends *node);
void lower_include(lowerer *c, scope *f, ast_Include *node);
void lower_import(lowerer *c, scope *f, ast_Import *node);
void lower_from_import(lowerer *c, scope *f, ast_FromImport *node);
scope scope_inner(lowerer *c, scope *f);
void  scope_enter(lowerer *c, scope *f); /* enter_frame */
/* Registers of every name assigned in or around the scope (dump_local_context). */
ir_locals local_names(lowerer *c, scope *f);
/* How many frames out `var` lives; marks the units between as captured. */
uint16_t levels_out(lowerer *c, const variable *var);

#endif
