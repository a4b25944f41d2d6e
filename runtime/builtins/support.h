/* What filters, tests and globals share: their declarations, text as Jinja's filters take it, attribute paths, lazy
 * iterators, pairs of mappings, chance. */
#ifndef BURIN_RUNTIME_BUILTINS_SUPPORT_H
#define BURIN_RUNTIME_BUILTINS_SUPPORT_H

#include "runtime/attribute.h"
#include "runtime/builder.h"
#include "runtime/builtins/builtins.h"
#include "runtime/convert.h"
#include "runtime/env.h"
#include "runtime/host.h"
#include "runtime/iterate.h"
#include "runtime/operate.h"
#include "runtime/struct.h"
#include "runtime/told.h"

#define ALIAS(other, name, signature, flags, doc)
#define FILTER(name, signature, flags, doc) burin_status filter_##name(burin_call *call, burin_value *out);
#include "runtime/builtins/filters.def"
#undef FILTER
#define TEST(name, signature, flags, doc) burin_status test_##name(burin_call *call, burin_value *out);
#include "runtime/builtins/tests.def"
#undef TEST
#define GLOBAL(name, signature, flags, doc) burin_status global_##name(burin_call *call, burin_value *out);
#include "runtime/builtins/globals.def"
#undef GLOBAL
#undef ALIAS

/* ---- text ---- */

/* A STRING without its mark: str(s). */
static inline burin_value builtin_plain(burin_value s)
{
    s.flags &= (uint8_t)~BURIN_SAFE;
    return s;
}
/* A STRING with the mark: Markup(s). */
static inline burin_value builtin_marked(burin_value s)
{
    s.flags |= BURIN_SAFE;
    return s;
}
/* markupsafe.soft_str: text as it is, all else as str() gives it. */
static inline burin_status builtin_soft(rt_state *st, burin_value v, burin_value *out)
{
    if (BURIN_LIKELY(rt_is_text(v))) {
        *out = v;
        return BURIN_OK;
    }
    return rt_str(st, v, out);
}
/* str(v): never Markup. */
static inline burin_status builtin_str(rt_state *st, burin_value v, burin_value *out)
{
    burin_status status = builtin_soft(st, v, out);
    if (!status)
        *out = builtin_plain(*out);
    return status;
}
/* hasattr(v, "__html__"). */
static inline bool builtin_has_html(burin_value v)
{
    switch (v.kind) {
    case BURIN_STRING: return (v.flags & BURIN_SAFE) != 0;
    case BURIN_OBJECT: return rt_object_of(v)->cls->html != NULL;
    case BURIN_UNDEFINED: return ((const rt_undefined *)v.as.p)->cls == RT_CHAINABLE;
    default: return false;
    }
}
/* ignore_case: text in lower case, all else as it is. */
burin_status builtin_ignore_case(rt_state *st, burin_value v, burin_value *out);
/* AttributeError "'int' object has no attribute 'split'"; undefined values raise as their class says. Always fails. */
burin_status builtin_fail_attribute(rt_state *st, burin_value v, const char *name);
/* The value of a policy, or `fallback` where there is none. */
static inline burin_value builtin_policy(rt_state *st, const char *name, burin_value fallback)
{
    burin_value v = rt_policy(st->env, name);
    return v.kind == BURIN_MISSING ? fallback : v;
}

/* ---- attribute paths: what `attribute=` of a filter means ---- */

typedef struct builtin_part { /* one step: environment.getitem(item, key) */
    burin_value    key;
    uint32_t       hash;  /* of a STRING key */
    uint32_t       slot;  /* of the key in `keys` */
    const rt_keys *keys;  /* the shared keys that the last dict had: most lists hold dicts made alike */
    uint64_t         word;   /* the type of the last struct ... */
    const rt_member *member; /* ... and where the key is in it */
} builtin_part;

typedef struct builtin_path {
    uint32_t      count;    /* 0: the item itself */
    builtin_part *parts;    /* NULL when count is 1 */
    builtin_part  only;     /* the part when count is 1 */
    burin_value   fallback; /* instead of an undefined value; MISSING or NONE for nothing */
} builtin_path;

/* "a.b.0" (digits are integers), any other value (one part), or NONE (no part). Parts lie in the heap. */
burin_status builtin_path_init(rt_state *st, burin_value attribute, burin_value fallback, builtin_path *path);
burin_status builtin_path_walk(rt_state *st, builtin_path *path, burin_value item, burin_value *out);
/* The attribute of `item`; in line where there is no path, or the item is a dict made like the one before. */
static inline burin_status builtin_path_get(rt_state *st, builtin_path *path, burin_value item, burin_value *out)
{
    if (path->count == 0) {
        *out = item;
        return BURIN_OK;
    }
    if (BURIN_LIKELY(item.kind == BURIN_DICT && path->only.keys)) {
        const rt_dict *dict = rt_dict_of(st, item);
        if (BURIN_LIKELY(dict->keys == path->only.keys && dict->values[path->only.slot].kind != BURIN_UNDEFINED)) {
            *out = dict->values[path->only.slot];
            return BURIN_OK;
        }
    }
    return builtin_path_walk(st, path, item, out);
}

/* ---- iteration ---- */

enum { BUILTIN_ITEMS_CHARGED = 1024 }; /* native loops are charged and can be stopped once in so many rounds */

/* rt_iter_next with its most frequent case in line; the item at which rt_iter_next charges is left to it. */
static inline burin_status builtin_next(rt_state *st, rt_iter *it, burin_value *item)
{
    if (BURIN_LIKELY((it->kind == BURIN_LIST || it->kind == BURIN_TUPLE) && (it->pulled + 1) % BUILTIN_ITEMS_CHARGED)) {
        const rt_list *list = rt_list_of(st, it->over);
        if (it->at < list->len) {
            it->pulled++;
            *item = list->items[it->at++];
            return BURIN_OK;
        }
    }
    return rt_iter_next(st, it, item);
}
/* The same for a function that tells (runtime/told.h). */
static inline burin_status builtin_told_next(rt_told *told, rt_iter *it, burin_value *item)
{
    return it->kind == BURIN_OBJECT ? rt_told_next(told, it, item) : builtin_next(told->call->st, it, item);
}
/* In round `n` of a native loop that walks nothing. */
static inline burin_status builtin_charge_round(rt_state *st, uint64_t n)
{
    if (BURIN_LIKELY(n % BUILTIN_ITEMS_CHARGED))
        return BURIN_OK;
    burin_status status = rt_charge(st, BUILTIN_ITEMS_CHARGED);
    return status ? status : rt_check_interrupts(st);
}

/* ---- lazy iterators: Python's generators ---- */

/* Embedded first in the state of a generator, which lies in the heap, zeroed. Nothing happens before the first item is
 * asked for; after the last item or a failure nothing happens any more. */
typedef struct builtin_lazy {
    /* Set *out to the next item, or to MISSING at the end. */
    burin_status (*step)(rt_state *st, struct builtin_lazy *self, burin_value *out);
    burin_value source; /* what it was made from */
    rt_iter     it;     /* over the source, from builtin_lazy_open on */
    bool        open;   /* the first item has been asked for */
    bool        running, finished;
} builtin_lazy;

/* A generator over `source` with `size` bytes of state. */
burin_status builtin_lazy_new(rt_state *st, size_t size, burin_value source,
                              burin_status (*step)(rt_state *, builtin_lazy *, burin_value *), builtin_lazy **out);
burin_status builtin_lazy_value(rt_state *st, builtin_lazy *lazy, burin_value *out);
/* iter(source); call it in the first step. */
burin_status builtin_lazy_open(rt_state *st, builtin_lazy *lazy);
/* `before`: st->heap.next when a step began. Keep what the step made if its state now refers to it. */
static inline void builtin_keep(rt_state *st, const char *before)
{
    if (st->heap.next != before)
        heap_escape(&st->heap);
}

/* ---- mappings and pairs ---- */

typedef struct builtin_pairs { /* a walk over v.items() */
    burin_value source;
    uint8_t     form;    /* private */
    uint32_t    at, len; /* of a dict */
    rt_iter     it;      /* of other mappings */
} builtin_pairs;

/* v.items(): AttributeError when `v` has none. */
burin_status builtin_pairs_init(rt_state *st, burin_value v, builtin_pairs *pairs);
/* *key is MISSING at the end. */
burin_status builtin_pairs_next(rt_state *st, builtin_pairs *pairs, burin_value *key, burin_value *value);
/* isinstance(v, collections.abc.Mapping) */
static inline bool builtin_is_mapping(burin_value v)
{
    return v.kind == BURIN_DICT || (v.kind == BURIN_OBJECT && rt_object_of(v)->cls->is_mapping);
}
/* isinstance(v, collections.abc.Iterable): whether iter(v) works, strict undefined values aside. */
bool builtin_is_iterable(burin_value v);
/* `a, b = v`. */
burin_status builtin_unpack2(rt_state *st, burin_value v, burin_value *a, burin_value *b);
/* dict.update(source): the items of a mapping or of an iterable of pairs; `told` as for rt_dict_update. */
burin_status builtin_dict_update(rt_state *st, rt_told *told, rt_dict *dict, burin_value source);
/* dict(*args, **named), whose arguments are a TUPLE and a DICT. */
burin_status builtin_dict(burin_call *call, rt_dict **out);

/* range(*arguments), a TUPLE, of any size. */
burin_status builtin_range(rt_state *st, burin_value arguments, burin_value *out);
/* The same of three integers. */
burin_status builtin_range_of(rt_state *st, const burin_value bounds[3], burin_value *out);

/* ---- arguments ---- */

/* The items of `named`, a DICT with text keys, as the keyword arguments of `args`; the arrays lie in the heap. */
burin_status builtin_spread(rt_state *st, burin_value named, rt_arguments *args);

/* ---- chance ---- */

/* A number in [0, bound), each as likely as the others; bound > 0. From the render's generator. */
uint64_t builtin_random_below(rt_state *st, uint64_t bound);

/* ---- numbers ---- */

/* float(text): false when it is no number, or (st->status tells) memory is out. */
bool builtin_double_of_text(rt_state *st, burin_text text, double *out);
/* round(x, digits) of floats, exactly as CPython's double_round; may overflow to an infinity. */
double builtin_round_double(double x, int64_t digits);

#endif
