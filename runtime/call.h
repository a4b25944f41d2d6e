/* Calls: signatures, binding of arguments, and the tables that builtins stand in. */
#ifndef BURIN_RUNTIME_CALL_H
#define BURIN_RUNTIME_CALL_H

#include "runtime/value.h"

typedef struct rt_parameter {
    burin_text  name;
    burin_value fallback; /* its default; MISSING: required, or `?` */
    bool        required;
} rt_parameter;

/* A parsed signature. Immutable; shared by all calls. */
typedef struct rt_signature {
    uint16_t      count;            /* of parameters, without * and ** */
    uint16_t      positional_only;  /* the first so many */
    bool          rest, named;      /* has *rest, **named */
    rt_parameter *parameters;
    uint16_t      by_name;          /* the last so many, those behind "*", cannot be given by position */
    uint16_t      least, until;     /* arguments by position alone need nothing but fallbacks behind them when there are `least` of them, or more, but
                                     * fewer than `until`; 0, 0: no call is that simple */
} rt_signature;
enum { RT_PLACED_MAX = 12 }; /* bound arguments that are laid out on the stack */

/* A C function of numbers, without anything between: see burin_declaration.plain. Its shape is four bits for each thing, a burin_kind (BOOL, INT, FLOAT): the
 * result in the lowest, then the parameters, then zeros; 0: there is none. Equal shapes are called alike, so generated code compares nothing else. */
typedef struct rt_plain {
    void   (*code)(void);
    uint32_t shape;
} rt_plain;
enum { RT_PLAIN_PARAMETERS = 4, RT_PLAIN_SLOTS = 1 << 20 /* in a shape: the code is an rt_plain_slots */ };
static inline burin_kind rt_plain_gives(uint32_t shape) { return (burin_kind)(shape & 15); }
static inline burin_kind rt_plain_takes(uint32_t shape, uint32_t n) { return (burin_kind)(shape >> (4 * n + 4) & 15); }
static inline uint32_t rt_plain_count(uint32_t shape)
{
    uint32_t n = 0;
    while (n < RT_PLAIN_PARAMETERS && rt_plain_takes(shape, n))
        n++;
    return n;
}

typedef struct rt_function { /* what a FUNCTION value points at */
    const char         *name;
    const rt_signature *signature;
    burin_function      call;
    void               *data;
    uint32_t            flags; /* BURIN_PURE, ... */
    burin_value         self;  /* MISSING; a bound method's object, passed as argument 0 */
    rt_plain            plain; /* what native code calls instead */
} rt_function;

/* A function of such kinds (rt_plain) that has a body of its own: its arguments lie in slots, which take its result, the two halves of a value; where it
 * fails RT_SLOTS_FAILED and the status. False: nothing was done, it is to be called the usual way. */
enum { RT_SLOTS_FAILED = -1 };
typedef union rt_slot {
    int64_t i; /* INT, BOOL */
    double  f;
} rt_slot;
typedef bool (*rt_plain_slots)(rt_state *st, const rt_function *function, rt_slot *slots);

/* Keyword arguments of a call: names and values side by side. */
typedef struct rt_arguments {
    const burin_value *positional;
    uint32_t           count;
    uint32_t           named_count;
    const burin_text  *names;
    const burin_value *named;
    bool               direct; /* as in burin_call */
} rt_arguments;

struct burin_call {
    rt_state          *st;
    const rt_function *function;
    burin_value       *args; /* bound: one per parameter, then *rest as a TUPLE, **named as a DICT where declared */
    uint32_t           count;
    bool               autoescape;
    bool               whole; /* `args` are copies for the host: see burin_arg */
    bool               escapes; /* what is printed is escaped unless it is Markup */
    bool               printed; /* the function has printed its result, and gives none */
    struct rt_out     *print;   /* the result is going to be printed here and nowhere else, so the function may (runtime/call_text.h); NULL */
    bool               direct;  /* the machine has called it, by one of its instructions: no other function in C holds anything for it */
};

/* Parse "value, width=80, *rest, key=none" into `a`. False when it is malformed or memory is out. */
bool rt_signature_parse(arena *a, const char *text, rt_signature **out);
/* The same: BURIN_ERR_USAGE when it is malformed, BURIN_ERR_NOMEM. */
burin_status rt_signature_read(arena *a, const char *text, rt_signature **out);

/* Bind, then call. TypeErrors of binding as CPython words them. */
burin_status rt_call_function(rt_state *st, const rt_function *f, const rt_arguments *args, burin_value *out);
/* The same for a function that is not bound, with `self` as argument 0: a method call that makes no bound method. */
burin_status rt_call_bound(rt_state *st, const rt_function *f, burin_value self, const rt_arguments *args, burin_value *out);
/* Call any value: "'int' object is not callable", undefined raises, sandbox checks. */
burin_status rt_call(rt_state *st, burin_value callee, const rt_arguments *args, burin_value *out);
struct rt_collector;
/* Tell the collector (runtime/collect.h) of `self` and of what it holds: the memory, the values. */
typedef void (*rt_reach_function)(struct rt_collector *c, void *self);
/* Object call: the class's `call` gets a TUPLE and a DICT as args 0 and 1. Internal classes (macros) set `call_arguments`
 * below; their base.struct_size is sizeof(rt_class). */
typedef struct rt_class { /* internal classes extend the public one */
    burin_class base;
    burin_status (*call_arguments)(rt_state *st, void *self, const rt_arguments *args, burin_value *out); /* instead of base.call */
    uint32_t    tag; /* tells internal classes apart (RT_TAG_...) */
    rt_reach_function reach;
} rt_class;
/* One whose objects are to all others like a host's, but have what they hold in the heap. */
typedef struct rt_holder {
    burin_class       base;
    rt_reach_function reach;
} rt_holder;
/* NULL: what is behind `self` is no memory of the heap, and holds none. */
static inline rt_reach_function rt_reach_of(const burin_class *cls)
{
    _Static_assert(sizeof(rt_class) != sizeof(rt_holder), "told apart by their size");
    return cls->struct_size == sizeof(rt_class)    ? ((const rt_class *)(const void *)cls)->reach
           : cls->struct_size == sizeof(rt_holder) ? ((const rt_holder *)(const void *)cls)->reach
                                                   : NULL;
}
/* The internal class of an OBJECT; NULL when a host made it. */
static inline const rt_class *rt_class_of(burin_value object)
{
    const burin_class *cls = ((const rt_object_value *)object.as.p)->cls;
    return cls->struct_size == sizeof(rt_class) ? (const rt_class *)(const void *)cls : NULL;
}
/* What a call of a function came to, for whoever called it: a failure without a report gets one, a report that the
 * function has swallowed is forgotten (unless it is a limit, which nobody may swallow). */
burin_status rt_call_settle(rt_state *st, burin_status status);
static inline burin_status rt_call_done(rt_state *st, burin_status status) { return BURIN_LIKELY(status == st->status) ? status : rt_call_settle(st, status); }
/* Whether `count` positional arguments are all of a function's parameters. */
static inline bool rt_takes_positional(const rt_function *f, uint32_t count) { return f->signature->until == count + 1 && f->self.kind == BURIN_MISSING; }
/* Whether that many, an object that it is bound to among them, lack nothing but fallbacks. */
static inline bool rt_takes_placed(const rt_function *f, uint32_t given) { return given >= f->signature->least && given < f->signature->until; }
/* rt_call_function for arguments that lie side by side, none given by name. */
burin_status rt_call_placed(rt_state *st, const rt_function *f, const burin_value *args, uint32_t count, bool direct, burin_value *out);

#endif
