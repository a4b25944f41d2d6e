/* Running programs: what engine/ uses. One vm belongs to one thread and is used for any number of renders. */
#ifndef BURIN_CODEGEN_VM_H
#define BURIN_CODEGEN_VM_H

#include "codegen/program.h"
#include "runtime/convert.h"

/* A template as running code sees it; engine/ embeds it in its own. */
typedef struct vm_template {
    const ir_program *program;
    const char       *name;     /* NULL for a template from a string: "<template>" in messages */
    const source     *src;      /* for excerpts */
    const rt_names   *globals;  /* the environment's globals as this template sees them */
    uint64_t          number;   /* no other template that machines of this environment run ever has it; 0: it has none */
    struct vm_context *session; /* of a script, from its first run on: vm_run_script's, as long as the session */
} vm_template;

/* The back-arrow: what running code asks of the engine. Failures are reported with rt_fail. */
struct ir_unit;
typedef struct vm_host {
    void *user;
    bool  has_loader; /* whether templates can be had by name at all */
    /* include, import, extends: the template `name` as seen from `parent`. Lives until the render ends. BURIN_ERR_NOT_FOUND
     * (error_value set to the name), or what loading and compiling it came to. TypeError "no loader for this environment
     * specified" without a loader. A failure to compile fills in `err` as well (line, excerpt). */
    burin_status (*get_template)(void *user, rt_state *st, burin_text name, const vm_template *parent, const vm_template **out, burin_error *err);
    /* `ns` of interpretation that `unit` of `tpl` is to be charged with (profile.c); from the thread that runs. NULL: nobody asks. */
    void (*sample)(void *user, const vm_template *tpl, const struct ir_unit *unit, uint64_t ns);
} vm_host;

typedef struct vm vm;

vm  *vm_new(const rt_env *env, const burin_allocator *alloc, const vm_host *host);
void vm_free(vm *machine);
/* Its state, which it begins with. */
static inline rt_state *vm_state(vm *machine) { return (rt_state *)(void *)machine; }

typedef struct vm_limits {
    uint64_t steps, memory, output, time_ns; /* 0: none */
    uint32_t depth;
} vm_limits;
/* Limits for runs from now on. */
void vm_set_limits(vm *machine, const vm_limits *limits);

/* Every run begins with a fresh heap (the last run's values are gone) and leaves the machine usable whatever happens. On
 * failure `err` is filled in: status, message, template, line, span, frames. `vars` is a DICT or MISSING. */
burin_status vm_render(vm *machine, const vm_template *tpl, burin_value vars, rt_out *out, burin_error *err);
/* Native environments: the value; lives in the machine's heap until the next run. */
burin_status vm_render_value(vm *machine, const vm_template *tpl, burin_value vars, burin_value *out, burin_error *err);
burin_status vm_render_block(vm *machine, const vm_template *tpl, burin_text block, burin_value vars, rt_out *out, burin_error *err);
burin_status vm_render_macro(vm *machine, const vm_template *tpl, burin_text macro, const burin_value *args, size_t count, burin_value vars, rt_out *out, burin_error *err);
/* str(value), which lives outside of the machine. */
burin_status vm_write_str(vm *machine, burin_value value, rt_out *out, burin_error *err);
/* A program compiled as_expression; undefined results come back as they are. */
burin_status vm_eval(vm *machine, const vm_template *expr, burin_value vars, burin_value *out, burin_error *err);

/* Scripts. A session is a machine between two calls of vm_session_begin: its variables and what can be reached from them live that long, and
 * its programs must too (compiled with codegen_compile_script, each with the globals of the one before). What cannot be reached is freed when a script
 * begins and while it runs. */
void vm_session_begin(vm *machine);
/* print writes to the output, as it does when the session begins. */
void vm_session_writes(vm *machine);
/* Do functions print as asteval's procedures? Not when the machine is made. */
void vm_session_procedures(vm *machine, bool on);
/* The session's first `count` variables in the order of codegen_globals, MISSING where they are not set; valid until the next script runs.
 * The values put there must live as long as the session. NULL when memory is out. */
burin_value *vm_session_variables(vm *machine, uint32_t count);
/* Run a script; what it prints goes to `out`. */
burin_status vm_run_script(vm *machine, vm_template *script, rt_out *out, burin_value *result, burin_error *err);
/* Formulas: a script of one expression that a machine evaluates again and again, each time in a fresh session whose first `count`
 * variables are the slots. Borrowed by the machine. */
void         vm_formula_begin(vm *machine, const vm_template *formula);
burin_status vm_run_formula(vm *machine, const burin_value *slots, uint32_t count, rt_out *out, burin_value *result, burin_error *err);
/* What the last run used. */
void vm_used(const vm *machine, vm_limits *used);

#endif
