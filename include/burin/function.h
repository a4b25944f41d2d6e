/* burin/function.h: functions, filters, tests and objects written in C. Burin's own builtins use this same interface. */
#ifndef BURIN_FUNCTION_H
#define BURIN_FUNCTION_H

#include "burin/value.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One call of a host function: its arguments, bound to the parameters its signature declares. */
typedef struct burin_call burin_call;

/* A function, filter or test. Filters get the filtered value as argument 0, tests the tested one.
 * On success sets *out and returns BURIN_OK. To fail, return burin_raise(call, ...). Must not keep argument values
 * after it returns. May run on several threads at once (one call per render). */
typedef burin_status (*burin_function)(burin_call *call, burin_value *out);

/* What a function promises; the compiler relies on it. */
enum {
    BURIN_PURE    = 1, /* same arguments, same result, no effect: may be folded when the template is compiled */
    BURIN_CONTEXT = 2, /* reads the template's variables (jinja2.pass_context): never folded */
    BURIN_EVAL    = 4, /* depends on autoescape (jinja2.pass_eval_context): not folded where that is decided at run time */
};

/* Signatures are written as in Python: "value, width=80, *rest, **named" with literal defaults (numbers, 'text', none,
 * true, false, () for the empty tuple). A parameter without default is required; one with default `?` is BURIN_MISSING when not given. A lone "/" makes
 * the parameters before it positional-only; those behind "*" or "*rest" are given by name only. Binding errors are CPython's TypeErrors. */

/* Argument `index` of the signature; for "*rest" a tuple, for "**named" a dict. */
BURIN_API burin_value burin_arg(const burin_call *call, size_t index);
/* Report a failure: CPython-style message, printf format. Returns `status`. */
BURIN_API burin_status burin_raise(burin_call *call, burin_status status, const char *format, ...) BURIN_PRINTF(3, 4);
/* What was given at registration. */
BURIN_API void *burin_call_data(const burin_call *call);
/* The heap of the running render: containers and texts made in it live until the render ends; in a session of scripts (burin/interpreter.h) until the
 * function has returned, and then as long as scripts can reach them. What an object of the host keeps does not count. */
BURIN_API burin_heap *burin_call_heap(const burin_call *call);
/* Whether autoescape is on where the call stands. */
BURIN_API bool burin_call_autoescape(const burin_call *call);
/* Look up a variable as the template would at this place; BURIN_MISSING when there is none. Only in BURIN_CONTEXT functions. */
BURIN_API burin_value burin_call_variable(burin_call *call, const char *name);
/* Call any callable value (a function, a macro, an object with `call`) from inside a function. */
BURIN_API burin_status burin_call_value(burin_call *call, burin_value callee, const burin_value *args, size_t count, burin_value *out);
/* The same for a function that runs a program, as a main loop that waits for events and calls a script for each: in a session of scripts garbage is collected
 * meanwhile, as between runs. What the function still uses afterwards of values that it has made, or got from calls, has to be among `held` (borrowed; read
 * while it runs; MISSING is allowed). Its arguments stay anyway. Where another function in C waits for this one, garbage waits too. */
BURIN_API burin_status burin_call_value_holding(burin_call *call, burin_value callee, const burin_value *args, size_t count, const burin_value *held,
                                                size_t held_count, burin_value *out);

/* ---- objects ---- */

/* What a kind of host object can do. Start every class with struct_size = sizeof(burin_class); absent abilities are NULL
 * and give Python's error or default. Functions returning burin_status report through burin_raise. The class must
 * outlive every object of it. `self` is the pointer given to burin_object. */
typedef struct burin_class {
    size_t      struct_size;
    const char *name;   /* type(x).__name__ */
    const char *module; /* type(x).__module__, NULL for builtins; used in "'module.Name object' has no attribute" */
    /* Attribute / item; set *out to BURIN_MISSING (and return BURIN_OK) where there is none. */
    burin_status (*get_attr)(burin_call *call, void *self, burin_text name, burin_value *out);
    burin_status (*get_item)(burin_call *call, void *self, burin_value key, burin_value *out);
    burin_status (*set_attr)(burin_call *call, void *self, burin_text name, burin_value value);
    burin_status (*length)(burin_call *call, void *self, size_t *out);
    /* Next item, BURIN_MISSING at the end. An object with `next` is an iterator. */
    burin_status (*next)(burin_call *call, void *self, burin_value *out);
    /* A value to iterate instead (an iterator object, a list). */
    burin_status (*iterate)(burin_call *call, void *self, burin_value *out);
    burin_status (*contains)(burin_call *call, void *self, burin_value item, bool *out);
    /* Arguments through burin_arg as "*args, **kwargs": 0 is a tuple, 1 a dict. */
    burin_status (*call)(burin_call *call, void *self, burin_value *out);
    burin_status (*str)(burin_call *call, void *self, burin_value *out);  /* str(x); default: repr */
    burin_status (*repr)(burin_call *call, void *self, burin_value *out); /* repr(x); default: <module.Name object> */
    burin_status (*html)(burin_call *call, void *self, burin_value *out); /* __html__: the object is safe in HTML */
    burin_status (*truth)(burin_call *call, void *self, bool *out);       /* default: length != 0, else true */
    burin_status (*equal)(burin_call *call, void *self, burin_value other, bool *out); /* default: identity */
    burin_status (*hash)(burin_call *call, void *self, uint64_t *out);    /* default: identity */
    void (*release)(void *self); /* called when the heap that owns the object dies; may be NULL */
    bool is_mapping;  /* collections.abc.Mapping: `is mapping`, **expansion and dict() see it so; needs iterate and get_item */
    bool is_sequence; /* list-like: `is sequence`, reversible; needs length and get_item with int keys */
} burin_class;

/* An object value owned by `heap`; `self` is handed to the class's functions. MISSING when memory is out. */
BURIN_API burin_value burin_object(burin_heap *heap, const burin_class *cls, void *self);
/* The `self` of an object of class `cls`; NULL for every other value. */
BURIN_API void *burin_object_self(burin_value v, const burin_class *cls);

#ifdef __cplusplus
}
#endif
#endif
