/* The inside of the interpreter, shared by the files of this room.
 *
 * A frame runs one unit: it has registers, the context its names are resolved in, and, for units written inside others,
 * the frame around it. Frames whose registers inner units read lie in the render's heap and live as long as it; the
 * others lie on the C stack with their registers on the machine's stack.
 * A context is what Jinja2's Context is: the names set at a template's top level, over the locals passed on, over the
 * context it was derived from, over the render's variables, over the globals.
 * Errors: each frame that one leaves adds its place to the machine's trace, the innermost first; a run that fails writes the trace
 * into `err` at its end, an exception that a script catches takes it along. */
#ifndef BURIN_CODEGEN_MACHINE_H
#define BURIN_CODEGEN_MACHINE_H

#include "codegen/ir/ir.h"
#include "codegen/vm/vm.h"
#include "runtime/attribute.h"
#include "runtime/base/diag.h"
#include "runtime/collect.h"
#include "runtime/exception.h"
#include "runtime/iterate.h"
#include "runtime/operate.h"
#include "runtime/struct.h"
#include "runtime/write.h"

typedef struct vm_mode { /* what Jinja2 calls eval_ctx: shared by contexts derived from one another */
    bool autoescape;
} vm_mode;

typedef struct vm_context vm_context;
struct vm_context {
    const vm_template  *tpl;      /* whose name it carries */
    vm_context         *up;       /* what it was derived from; NULL for those made from the render's variables */
    rt_dict            *vars;     /* set at top level; NULL while there are none */
    rt_dict            *hidden;   /* its keys are the names among `vars` that importers do not see; NULL while there are none */
    const ir_locals    *locals;   /* names passed on, with their values then; NULL for none */
    const burin_value  *local_values;
    burin_value         base;     /* up == NULL: the render's variables, a DICT or MISSING */
    const rt_names     *globals;  /* up == NULL */
    vm_mode            *mode;
    const vm_template **chain;    /* this template, its parent, ...: where blocks are looked for */
    uint32_t            chain_len, chain_cap;
};

/* An inline cache of one site, for as long as the machine lives: dicts whose keys have this serial have the name in that slot, those with the other
 * one lack it. 0: not known. */
typedef struct vm_cache {
    uint64_t         keys;
    uint64_t         lacking; /* a serial, or the rt_struct_word of a struct */
    uint32_t         slot;
    uint64_t         word;    /* structs of this type (rt_struct_word) have the name in `member`; values of this kind (FIND_METHOD) the method */
    union {
        const rt_member   *member;
        const rt_function *method;
        uint8_t            places[8]; /* of a call's site: which parameter of a macro, row `slot` of the program with the serial `keys`, each name is for */
    };
} vm_cache;

_Static_assert(sizeof(vm_cache) == IR_CACHE_SIZE, "parts of runs say where theirs is");

/* By what a cache knows the dict's keys. */
static inline uint64_t vm_cached_serial(const rt_dict *dict) { return dict->keys->serial == RT_NO_SERIAL ? 0 : dict->keys->serial; }

typedef struct vm_frame vm_frame;
struct vm_frame {
    vm                *m;
    const ir_unit     *unit;
    const ir_program  *program; /* these and the next as in vm_function: copied two at once */
    const vm_template *tpl;
    vm_context        *context;
    vm_cache          *caches;    /* of the program's sites */
    const burin_value *constants; /* the program's */
    burin_value       *regs;
    rt_out            *out;       /* the machine's */
    vm_frame          *caller; /* the frame that was running */
    vm_frame          *outer;  /* the frame of the unit around this one */
    const vm_template *parent; /* root units: the template extended */
    burin_value        result;
    uint32_t           pc;     /* brought up to date before code that may look at it; where the unit begins */
    bool               parked; /* a generator's: it has given an item and can go on */
    burin_value       *globals; /* scripts: the session's variables */
};

typedef enum walk_kind { WALK_LIST, WALK_RANGE, WALK_DICT_KEYS, WALK_DICT_VALUES, WALK_DICT_ITEMS, WALK_ARRAY, WALK_ANY } walk_kind;

/* A running loop; lies in the heap. What a kind of walk does not need, and what stands after `iterable` where nobody uses `loop`, is not set. */
typedef struct vm_loop {
    uint8_t        walk;
    bool           releases;  /* what an iteration makes is dropped at its end */
    uint32_t       shadows;   /* the heap's count when `list` was taken */
    const ir_loop *row;
    int64_t        index0;    /* of the running iteration; -1 before the first */
    int64_t        length;    /* -1: not known yet */
    const rt_list *list;
    const rt_dict *dict;
    uint32_t       entry, version;
    int64_t        next_int, step, left; /* WALK_RANGE; WALK_ARRAY: step and left; WALK_DICT_...: left is how many entries there were at first */
    const char    *place;     /* WALK_ARRAY: the next item */
    const rt_item *item;      /* ... and how it is read */
    uint64_t       word;      /* ... its rt_struct_word, where items are structs that lie there; else 0 */
    heap_position  mark;
    burin_value    after;     /* the next item, when it was looked at ahead of time */
    burin_value    over;      /* WALK_DICT_...: the dict */
    burin_value    iterable;
    rt_iter        it;        /* WALK_ANY */
    burin_value    before, current; /* of all loops but those over lists */
    burin_value    changed;   /* TUPLE of the last loop.changed; MISSING before */
    uint32_t       depth0;
    burin_value    object;    /* `loop`; MISSING until asked for */
    const ir_program  *program; /* of `object`, where the loop runs: a recursive one enters its unit again */
    const vm_template *tpl;
    vm_frame          *outer;
    vm_context        *context;
} vm_loop;

typedef struct vm_macro {
    const ir_macro    *row;
    const ir_program  *program;
    const vm_template *tpl;
    vm_frame          *outer;
    vm_context        *context;
    vm_cache          *caches;
} vm_macro;

typedef struct vm_block_ref {
    burin_text  name;
    vm_context *context;
    uint32_t    depth; /* how many overriding blocks are skipped */
} vm_block_ref;

typedef struct vm_module {
    const vm_template *tpl;
    vm_context        *context;
    burin_value        body;
    rt_list           *pieces;    /* native: what was printed, instead of the body */
    const char        *bad_piece; /* type of the first piece of the body that is no text: printing the module fails; NULL */
    struct vm_module  *next; /* in the render's cache */
} vm_module;

enum { VM_PROGRAM_LISTS = 512 }; /* a power of two */
typedef struct vm_program { /* the caches of a program; kept from run to run, though the program may be gone */
    const ir_program  *program;
    uint64_t           serial; /* the program's: another one may come to lie at its address */
    uint32_t           site_count;
    struct vm_program *next;  /* in its list */
    struct vm_program *older; /* the one made before it */
    _Alignas(16) vm_cache caches[];
} vm_program;

typedef struct vm_profile {
    uint32_t steps_left; /* until the next look */
    uint64_t since_ns;   /* the last look, or the run's beginning */
    uint64_t carried_ns; /* of runs that ended since the last look */
} vm_profile;

typedef struct vm_place { /* where a frame was when an error left it */
    const vm_template *tpl;
    const ir_program  *program;
    const ir_unit     *unit;
    uint32_t           pc;
} vm_place;

typedef struct vm_trace { /* of an exception that was caught: what was added since it was caught before, then what there was */
    rt_trace head;     /* inner NULL: it was raised anew */
    uint32_t count;
    vm_place places[]; /* the innermost first */
} vm_trace;

typedef struct stack_chunk stack_chunk;
struct stack_chunk {
    stack_chunk *older;
    size_t       used, size; /* registers */
    burin_value  registers[];
};

/* The variables of a session of scripts: numbered alike by all its programs. Before them is room for the temporaries of root
 * units, whose registers they are. */
typedef struct vm_globals {
    burin_value *values;
    uint32_t     count, cap, before;
} vm_globals;

enum { VM_CHAIN_SHORT = 4 }; /* templates that a context has room for from the beginning */

/* The root of what is rendered: where a run begins. What a run makes does not outlive it, so one is enough, and what is the same in all runs
 * of a template is set when another one was rendered before. */
typedef struct vm_root {
    uint64_t           number;  /* the template's; ROOT_OF_NONE */
    bool               plain;   /* its registers are its own, it extends nothing and is not native */
    vm_frame           frame;
    vm_context         context;
    vm_mode            mode;
    const vm_template *chain[VM_CHAIN_SHORT];
    burin_value       *registers;
    uint32_t           register_count;
} vm_root;
#define ROOT_OF_NONE UINT64_MAX

struct vm {
    rt_state      st; /* first: see vm_state; rt_state.vm points back here */
    vm_host       host;
    vm_limits     limits;
    uint64_t      steps_given; /* to a run, by the limits ... */
    uint64_t      steps_begin; /* ... and what is left of them when the first stretch has been taken: VM_TICKS, unless `looks` */
    bool          looks;       /* at the limits with a run's first step: more than the number of steps may end it soon, or somebody counts its time */
    rt_out       *out;
    burin_error  *err;      /* where the running call wants its error; NULL allowed */
    stack_chunk  *chunks;   /* registers of frames that nothing outlives: the newest in use first ... */
    stack_chunk  *spare;    /* ... and one kept for later */
    vm_program   *latest;   /* of the programs, the one entered last; NULL */
    vm_program   *newest;   /* the one made last, of all of them */
    size_t        sites;    /* in all programs */
    /* What a run begins without (vm_begin clears it): */
    vm_frame     *frame;    /* running */
    vm_module    *modules;  /* default modules made in this render */
    rt_list      *pieces;   /* native programs: what was printed */
    const rt_trace *inner;  /* of the pending error: of an exception raised again; NULL ... */
    const char   *bad_piece;  /* type of the first printed piece that is no text, until it is joined with the others; NULL */
    uint32_t      trace_count; /* ... and behind `inner`: places in `trace` */
    uint32_t      captures; /* open ones: while there are any, nothing may be flushed */
    uint32_t      natives;  /* native functions that run in one another */
    uint32_t      pinned;   /* functions in C that have called back: what they hold is told to no collector */
    bool          located;  /* `err` has the pending error's place: a template that does not compile */
    bool          is_again; /* a RERAISE: the running frame's place is in the trace already */
    /* The rest. */
    vm_place     *trace;
    uint32_t      trace_cap;
    uint32_t      bad_depth;  /* of captures where bad_piece was printed ... */
    vm_frame     *bad_frame;  /* ... whose pieces it is among ... */
    vm_place      bad_place;  /* ... and where that was */
    burin_status (*held_flush)(rt_out *out); /* while there are captures ... */
    size_t        held_from;   /* ... which begin here in the output */
    uint64_t      direct;      /* calls without frames that run: see codegen/jit/direct.c */
    int64_t       direct_head; /* the first half of what such a call gave; DIRECT_FAILED: the other half is a status */
    vm_profile    profile;
    vm_globals    globals;
    arena         contexts;   /* of the session's scripts */
    struct collection *collection; /* under way */
    bool          collects_always; /* wherever that is possible: to find what is not told of */
    bool          procedures; /* functions print as asteval's do */
    vm_context    formula; /* of the formula that the machine evaluates again and again */
    vm_mode       formula_mode;
    vm_frame      formula_frame;
    vm_root       root;
    vm_program   *programs[VM_PROGRAM_LISTS]; /* by the program's address; the last made first */
};

static inline vm *vm_of(rt_state *st) { return st->vm; }

/* ---- run.c ---- */

/* Run the frame's unit in the interpreter. Its printed text is in the machine's output; a RETURN's value in frame->result. */
burin_status vm_run(vm_frame *f);
/* Interpret from pc on as long as it lies in [from, until); *outside: it goes on elsewhere, at f->pc. A failure has noted f->pc. */
burin_status vm_run_stretch(vm_frame *f, uint32_t pc, uint32_t from, uint32_t until, bool *outside);
/* A native function takes room on the C stack until it ends, a function of a script that is interpreted takes none, and depth may be
 * without limit: what is nested deeper than this in native code is interpreted (unit.h). */
enum { VM_NATIVES_MAX = 500 };

/* ---- frame.c ---- */

/* Make a frame for a unit and run it with `args` in its first registers; parameters without one are missing. */
typedef struct vm_call {
    const ir_unit     *unit;
    const ir_program  *program;
    const vm_template *tpl;
    vm_frame          *outer;
    vm_context        *context;
    vm_cache          *caches; /* NULL: to be found */
    const burin_value *args;
    uint32_t           count;
} vm_call;
burin_status vm_enter(vm *m, const vm_call *call, burin_value *result);
/* The same for a macro with arguments as its unit takes them. */
burin_status vm_enter_macro(vm *m, const vm_macro *macro, const burin_value *args, uint32_t count);
/* The root unit of a template, then of those it extends. */
burin_status vm_run_root(vm *m, const vm_template *tpl, vm_context *context, burin_value *result);
/* The same where that has been entered. */
burin_status vm_run_roots(vm *m, const vm_template *tpl, vm_context *context, burin_value *result);
void         vm_stack_free(vm *m);
/* Room for registers on the machine's stack; NULL when memory is out. Given back in the opposite order. */
burin_value *vm_push_registers_slow(vm *m, uint32_t count);
void         vm_drop_chunk(vm *m);
static inline burin_value *vm_push_registers(vm *m, uint32_t count)
{
    stack_chunk *chunk = m->chunks;
    if (BURIN_UNLIKELY(!chunk || chunk->size - chunk->used < count))
        return vm_push_registers_slow(m, count);
    chunk->used += count;
    return chunk->registers + chunk->used - count;
}
static inline void vm_pop_registers(vm *m, uint32_t count)
{
    stack_chunk *chunk = m->chunks;
    chunk->used -= count;
    if (BURIN_UNLIKELY(!chunk->used))
        vm_drop_chunk(m);
}
vm_cache    *vm_caches_of_sites(vm *m, const ir_program *program);
static inline vm_cache *vm_caches(vm *m, const ir_program *program)
{
    static const vm_cache none;
    if (BURIN_LIKELY(m->latest && m->latest->program == program && m->latest->serial == program->serial))
        return m->latest->caches;
    return program->site_count ? vm_caches_of_sites(m, program) : (vm_cache *)(uintptr_t)&none; /* never written */
}
void         vm_caches_free(vm *m);
/* Slow path of counting: limits, deadline, cancel flag. */
burin_status vm_tick(vm *m);

/* ---- trace.c ---- */

/* Note where the pending error happened or passed through. */
void vm_locate(vm_frame *f);
/* The same for an error that is found out when no frame runs any more. */
void vm_locate_at(vm *m, vm_place at);
void vm_forget_error(vm *m);
/* The pending error's trace in the heap, NULL when memory is out; and back. */
const rt_trace *vm_trace_take(vm *m);
void            vm_trace_restore(vm *m, const rt_trace *trace);
void            vm_trace_free(vm *m);
/* Fill in m->err: the run has failed. */
void            vm_report(vm *m);
burin_value vm_find_variable(rt_state *st, burin_text name);

/* What joining pieces raises when one of them is no text. */
burin_status vm_bad_piece(vm *m);
/* What a module printed cannot be joined: whoever prints the module will fail, not who imports it. */
void         vm_keep_bad_piece(vm *m, vm_module *module);
/* A frame has ended: a bad piece of it is now among its caller's, or joined and raised. */
burin_status vm_end_pieces(vm_frame *f);
/* Capture what is printed from here on; vm_captured cuts it off and makes a value of it. */
static inline size_t vm_capture(vm *m)
{
    const size_t from = (size_t)(m->out->next - m->out->data);
    if (m->captures++ == 0) {
        m->held_from  = from;
        m->held_flush = m->out->flush;
        m->out->flush = NULL;
    }
    return from;
}
burin_status vm_captured(vm *m, bool native, size_t from, bool markup, burin_value *out);
static inline void vm_uncapture(vm *m)
{
    if (--m->captures == 0)
        m->out->flush = m->held_flush;
}

/* ---- context.c ---- */

vm_context *vm_context_new(vm *m, const vm_template *tpl, burin_value base, const rt_names *globals);
/* A context over another one; `locals` (may be NULL) are read from the frame now. `mode` NULL: one of its own, as tpl's. */
vm_context *vm_context_over(vm *m, vm_context *up, const vm_template *tpl, vm_frame *f, const ir_locals *locals, vm_mode *mode);
/* MISSING when there is none. */
burin_value vm_resolve(vm *m, const vm_context *context, burin_text name, uint32_t hash);
/* The same for a site's name; its cache remembers where among the render's variables that was. */
burin_value vm_resolve_site(vm_frame *f, uint32_t site);
/* The context's template extends `parent`: its blocks come after. */
burin_status vm_context_extend(vm *m, vm_context *context, const vm_template *parent);
burin_status vm_export(vm *m, vm_context *context, burin_text name, burin_value value, unsigned how);
/* Every name that the context sees, as a DICT (Context.get_all). */
burin_status vm_context_all(vm *m, const vm_context *context, rt_dict **out);

/* ---- loop.c ---- */

burin_status vm_loop_new(vm_frame *f, burin_value over, const ir_loop *row, uint32_t depth0, vm_loop **out);
/* A loop over v.keys() (2), v.values() (4) or v.items() (6). */
burin_status vm_loop_over_view(vm_frame *f, burin_value v, unsigned which, const ir_loop *row, vm_loop **out);
burin_status vm_loop_next(vm_frame *f, vm_loop *loop, burin_value *item);
burin_status vm_loop_attribute(rt_state *st, vm_loop *loop, loop_attribute which, burin_value *out);
burin_status vm_loop_value(const vm_frame *f, vm_loop *loop, burin_value *out);
burin_status vm_loop_cycle(rt_state *st, vm_loop *loop, const burin_value *items, uint32_t count, burin_value *out);
burin_status vm_loop_changed(rt_state *st, vm_loop *loop, const burin_value *items, uint32_t count, burin_value *out);
burin_status vm_loop_test_new(vm_frame *f, burin_value over, uint32_t unit, burin_value *out);
/* Print a recursive loop's unit over a value; `outer` is the frame around the unit. */
burin_status vm_loop_call(vm_frame *f, uint32_t unit, burin_value over, uint32_t depth0);
extern const rt_class vm_loop_class;

/* ---- macro.c ---- */

burin_status vm_macro_new(vm_frame *f, const ir_macro *row, burin_value *out);
extern const rt_class vm_macro_class;
/* The macro behind a value, NULL when it is none. */
static inline vm_macro *vm_macro_of(burin_value v)
{
    const rt_object_value *object = v.as.p;
    return v.kind == BURIN_OBJECT && object->cls == &vm_macro_class.base ? object->self : NULL;
}
/* Bind and run; the text goes to the output. */
burin_status vm_macro_print(vm *m, vm_macro *macro, const rt_arguments *args);
/* The same for a call that prints, by what its site's cache knows of the macro; `call` has no starred arguments. */
burin_status vm_macro_print_at(vm_frame *f, vm_macro *macro, const ir_call *call, const rt_arguments *args);
/* Do positional arguments alone, `count` of them, bind themselves? Those that are not given are missing. */
static inline bool vm_macro_takes(const vm_macro *macro, uint32_t count)
{
    const ir_macro *row = macro->row;
    return count <= row->argument_count && !row->caller && !row->catch_kwargs && !row->catch_varargs;
}
burin_status vm_macro_call(rt_state *st, void *self, const rt_arguments *args, burin_value *out);
/* The arguments of a call instruction, from its registers. */
burin_status vm_arguments(rt_state *st, const ir_call *call, const burin_value *regs, rt_arguments *out);

/* ---- profile.c: of machines whose host has `sample` ---- */

void vm_profile_begin(vm *m);
void vm_profile_end(vm *m);
/* When the tick has run out: steps until it must again. */
uint32_t vm_profile_tick(vm *m);

/* ---- block.c ---- */

burin_status vm_self_new(vm_frame *f, burin_value *out);
burin_status vm_super_new(vm_frame *f, burin_text block, burin_value *out);
vm_block_ref *vm_block_ref_of(burin_value v);
bool vm_block_is_there(const vm_context *context, burin_text name);
/* One that is there, after skipping `depth` that override it. */
burin_status vm_block_print(vm *m, vm_context *context, burin_text name, uint32_t depth);
burin_status vm_block_place(vm_frame *f, const ir_block_place *place);
burin_status vm_extend(vm_frame *f, burin_value name);

/* ---- include.c ---- */

burin_status vm_include(vm_frame *f, const ir_include *row, burin_value name);
burin_status vm_import(vm_frame *f, const ir_include *row, burin_value name, burin_value *out);
burin_status vm_import_name(vm_frame *f, burin_value module, burin_text name, burin_text place, burin_value *out);
burin_status vm_load(vm_frame *f, burin_value name, ir_include_by by, const vm_template **out);
vm_module   *vm_module_of(burin_value v);

/* ---- print.c ---- */

/* Print the result of a call as `call` says. */
burin_status vm_print_call(vm_frame *f, burin_value callee, const ir_call *call, const burin_value *regs);
burin_status vm_print_method(vm_frame *f, burin_value object, const ir_call *call, const burin_value *regs);
burin_status vm_print_value(vm *m, burin_value v, ir_output how);
burin_status vm_debug(vm_frame *f);
/* "".join of the pieces since `from`: TypeError when one is no text. */
burin_status vm_join_texts(vm *m, size_t from, burin_value *out);
burin_status vm_native_concat(vm *m, size_t from, burin_value *out);
burin_status vm_piece(vm *m, burin_value v);

/* Add to a sum what is no plain text, or to one that has become a value. */
burin_status vm_sum_value(vm_frame *f, burin_value *sum, burin_value part);
/* The same for `count` texts; where there are several, they stand behind the joined one. */
burin_status vm_sum_texts(vm_frame *f, burin_value *sum, const burin_value *texts, uint32_t count);
/* Print every item of a value (of its keys() or values(): `how` as in the table of instructions) between two texts; `texts` are these, and
 * the second joined with the first. */
burin_status vm_print_each(vm_frame *f, burin_value over, unsigned how, const burin_value *texts);
/* Print integers from 0 to 9999, each with the joint behind it, which is short, where there is room: for each the joint and 4 bytes, and 32 more. The
 * end; NULL when one of them is something else. */
char *vm_put_ints(char *to, const burin_value *items, size_t count, const burin_value *joint);

/* ---- print_run.c ---- */

/* Superinstruction RUN: the instruction that is next, which may be `i` itself. */
const ir_insn *vm_print_run(vm_frame *f, const ir_insn *i);

/* ---- vm.c ---- */

burin_status vm_end_slow(vm *m, burin_status status);

enum { VM_SITES_KEPT = 1 << 14, VM_TICKS = 1024, VM_TICKS_WAITING = 7 }; /* caches of so many sites, 40 bytes each; steps between two looks at the limits, and while a collection waits */

void vm_begin_looking(vm *m);

/* Steps, time and what they are counted for. */
static inline void vm_begin_steps(vm *m)
{
    rt_state *st = &m->st;
    if (BURIN_UNLIKELY(m->looks || st->cancel)) {
        vm_begin_looking(m);
        return;
    }
    st->steps_left = m->steps_begin;
    st->tick_from  = VM_TICKS;
    st->tick       = VM_TICKS + 1;
}

/* A run begins, in a fresh heap or in what the session has; it ends with its error reported. */
static inline void vm_begin(vm *m, rt_out *out, burin_error *err)
{
    rt_state *st = &m->st;
    m->out = out;
    m->err = err;
    if (BURIN_UNLIKELY(st->status != BURIN_OK))
        rt_clear_error(st);
    st->depth      = 0;
    m->frame       = NULL;
    m->modules     = NULL;
    m->pieces      = NULL;
    m->inner       = NULL;
    m->bad_piece   = NULL;
    m->trace_count = 0;
    m->captures    = 0;
    m->natives     = 0;
    m->pinned      = 0;
    st->told       = NULL;
    m->located     = false;
    m->is_again    = false;
    if (BURIN_UNLIKELY(m->sites > VM_SITES_KEPT) && !st->heap.wants_sweep) /* of programs that may be gone, as those of a session are not */
        vm_caches_free(m);
    vm_begin_steps(m);
}

static inline burin_status vm_end(vm *m, burin_status status)
{
    if (BURIN_UNLIKELY(status || m->host.sample || m->captures || m->bad_piece))
        return vm_end_slow(m, status);
    m->err = NULL;
    m->out = NULL;
    return BURIN_OK;
}

/* ---- script_session.c ---- */

void vm_globals_free(vm *m);

/* ---- collect.c: sessions alone ---- */

static inline bool vm_is_due(const vm *m) { return m->st.heap.due | m->collects_always; }
/* Collect, unless values in use lie elsewhere than in registers: where limits are looked at, or a run begins. f->pc is up to date in all frames. */
void vm_collect(vm *m);
/* The heap is filling: limits are looked at with the next step. */
void vm_wants_sweep(burin_heap *h);
/* What a frame that is at its pc holds, and the memory of its registers is told of by itself. */
void vm_reach_frame(rt_collector *c, const vm_frame *f);

/* ---- ops.c: what is not in the loop's body ---- */

bool         vm_same_text(const char *a, const char *b, size_t len);

/* An attribute that the inline cache did not know: where it is, in *room if need be. NULL after a failure. */
const burin_value *vm_attribute_at(vm_frame *f, const burin_value *object, uint32_t site, burin_value *room);
/* The same where it is an item of a dict or of a namespace: its place, which the cache knows from now on if it can. NULL: it is something else. */
const burin_value *vm_dict_attribute(vm_frame *f, const burin_value *object, uint32_t site);
/* The member of a struct that the cache knows; MISSING after a failure. */
burin_value vm_member(vm_frame *f, const vm_cache *cache, const burin_value *object);
/* Print constant text k, then that member. */
burin_status vm_print_member(vm_frame *f, const vm_cache *cache, const burin_value *object, uint32_t k, bool escaped);
burin_status vm_filter_any(vm_frame *f, const ir_call *call, const burin_value *regs, burin_value *out);
burin_status vm_unpack(rt_state *st, burin_value v, burin_value *to, uint32_t count);
burin_status vm_dict(rt_state *st, const burin_value *pairs, uint32_t count, burin_value *out);
burin_status vm_row(rt_state *st, burin_kind kind, const burin_value *items, uint32_t count, burin_value *out);
burin_status vm_copy_constant(rt_state *st, burin_value v, burin_value *out);
burin_status vm_set_namespace(vm_frame *f, burin_value ns, uint32_t site, burin_value value);
burin_status vm_check_namespace(rt_state *st, burin_value ns);
burin_status vm_markup(rt_state *st, burin_value v, burin_value *out);

#endif
