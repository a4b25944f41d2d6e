/* What an environment gives to the runtime: tables of names.
 *
 * A table keeps its entries in the order they were added and finds them through an index with open addressing. Entries,
 * names and signatures lie in the table's arena and never move, so compiled templates hold pointers to functions; an entry
 * that is replaced leaves the table but not the arena.
 * The methods of Python's types are one table more, keyed by kind and name. */
#include "runtime/env.h"

#include "runtime/attribute.h"
#include "runtime/base/text.h"
#include "runtime/builtins/big_range.h"
#include "runtime/builtins/builtins.h"
#include "runtime/exception.h"
#include "runtime/view.h"

#include <math.h>

enum { DEPTH_MAX = 1000 };

typedef struct entry {
    burin_text  name; /* NUL-terminated */
    uint32_t    hash;
    rt_function function; /* call is NULL when the entry is only a value */
    burin_value value;    /* the FUNCTION, or what rt_env_add_value was given */
} entry;

struct rt_names {
    arena     memory;
    entry   **entries; /* in the order they were added */
    uint32_t *index;   /* entry number + 1; 0: empty */
    uint32_t  count, cap, mask;
};

/* ---- tables ---- */

static rt_names *names_new(const burin_allocator *alloc)
{
    arena     memory = arena_make(alloc);
    rt_names *names  = arena_zalloc(&memory, sizeof *names);
    if (names)
        names->memory = memory;
    return names;
}

static void names_free(rt_names *names)
{
    if (!names)
        return;
    arena memory = names->memory; /* the table itself lies in it */
    arena_deinit(&memory);
}

static void index_put(rt_names *names, uint32_t hash, uint32_t number)
{
    uint32_t at = hash & names->mask;
    while (names->index[at])
        at = (at + 1) & names->mask;
    names->index[at] = number;
}

static bool names_grow(rt_names *names)
{
    uint32_t  cap     = names->cap ? 2 * names->cap : 32;
    entry   **entries = arena_alloc(&names->memory, cap * sizeof *entries);
    uint32_t *index   = arena_zalloc(&names->memory, 2 * cap * sizeof *index);
    if (!entries || !index)
        return false;
    if (names->count)
        memcpy(entries, names->entries, names->count * sizeof *entries);
    names->entries = entries;
    names->index   = index;
    names->cap     = cap;
    names->mask    = 2 * cap - 1;
    for (uint32_t n = 0; n < names->count; n++)
        index_put(names, names->entries[n]->hash, n + 1);
    return true;
}

/* The place of a name among the entries; NULL when it is not there. */
static entry **names_find(const rt_names *names, burin_text name, uint32_t hash)
{
    if (!names || !names->index)
        return NULL;
    for (uint32_t at = hash;; at++) {
        uint32_t number = names->index[at & names->mask];
        if (number == 0)
            return NULL;
        entry *candidate = names->entries[number - 1];
        if (candidate->hash == hash && text_equal(candidate->name, name))
            return &names->entries[number - 1];
    }
}

/* A zeroed entry that replaces the one of the same name; NULL when memory is out. */
static entry *names_add(rt_names *names, burin_text name)
{
    uint32_t hash = rt_text_hash(name);
    entry  **old  = names_find(names, name, hash);
    if (!old && names->count == names->cap && !names_grow(names))
        return NULL;
    entry *made = arena_zalloc(&names->memory, sizeof *made);
    char  *copy = arena_copy(&names->memory, name);
    if (!made || !copy)
        return NULL;
    made->name = (burin_text){copy, name.len};
    made->hash = hash;
    if (old) {
        *old = made;
    } else {
        names->entries[names->count++] = made;
        index_put(names, hash, names->count);
    }
    return made;
}

const rt_function *rt_names_function(const rt_names *names, burin_text name)
{
    entry **found = names_find(names, name, rt_text_hash(name));
    return found && (*found)->function.call ? &(*found)->function : NULL;
}

const burin_value *rt_names_value_of(const rt_names *names, burin_text name, uint32_t hash)
{
    entry **found = names_find(names, name, hash);
    return found ? &(*found)->value : NULL;
}

const burin_value *rt_names_value(const rt_names *names, burin_text name) { return rt_names_value_of(names, name, rt_text_hash(name)); }

bool rt_names_next(const rt_names *names, uint32_t *at, burin_text *name)
{
    if (*at >= names->count)
        return false;
    *name = names->entries[(*at)++]->name;
    return true;
}

burin_status rt_env_add(rt_env *env, rt_names *where, const char *name, const char *signature, burin_function fn, void *data,
                        uint32_t flags)
{
    (void)env;
    rt_signature *parsed;
    burin_status  status = rt_signature_read(&where->memory, signature, &parsed);
    if (status)
        return status;
    entry *made = names_add(where, (burin_text){name, strlen(name)});
    if (!made)
        return BURIN_ERR_NOMEM;
    made->function = (rt_function){made->name.data, parsed, fn, data, flags, rt_missing(), {NULL, 0}};
    made->value    = rt_pointer(BURIN_FUNCTION, &made->function);
    return BURIN_OK;
}

void rt_env_set_plain(rt_names *where, const char *name, rt_plain plain)
{
    burin_text text = {name, strlen(name)};
    entry    **made = names_find(where, text, rt_text_hash(text));
    if (made)
        (*made)->function.plain = plain;
}

burin_status rt_env_add_value(rt_env *env, rt_names *where, burin_text name, burin_value value)
{
    (void)env;
    entry *made = names_add(where, name);
    if (!made)
        return BURIN_ERR_NOMEM;
    made->value = value;
    return BURIN_OK;
}

/* ---- methods ---- */

typedef struct method {
    uint32_t    hash; /* of the name, mixed with the kind */
    uint8_t     kind;
    rt_function function;
} method;

struct method_table {
    arena    memory;
    uint32_t mask;
    method **slots;
};

static uint32_t method_hash(uint32_t name_hash, uint8_t kind) { return name_hash + kind * 0x9E3779B1u; }

static bool method_add(struct method_table *table, const rt_builtin *row)
{
    burin_text    name = {row->name, strlen(row->name)};
    method       *made = arena_alloc(&table->memory, sizeof *made);
    rt_signature *signature;
    if (!made || !rt_signature_parse(&table->memory, row->signature, &signature))
        return false;
    made->hash     = method_hash(rt_text_hash(name), row->kind);
    made->kind     = row->kind;
    made->function = (rt_function){row->name, signature, row->call, NULL, row->flags, rt_missing(), {NULL, 0}};
    if (row->kind == BURIN_BYTES) {
        made->function.call = rt_method_of_bytes;
        made->function.data = (void *)row;
    }
    uint32_t at    = made->hash & table->mask;
    while (table->slots[at])
        at = (at + 1) & table->mask;
    table->slots[at] = made;
    return true;
}

static void methods_free(struct method_table *table)
{
    if (!table)
        return;
    arena memory = table->memory;
    arena_deinit(&memory);
}

static struct method_table *methods_new(const burin_allocator *alloc)
{
    arena                memory = arena_make(alloc);
    struct method_table *table  = arena_zalloc(&memory, sizeof *table);
    uint32_t             size   = 64;
    if (!table)
        return NULL;
    while (size < 3 * rt_methods_count)
        size *= 2;
    table->memory = memory;
    table->mask   = size - 1;
    table->slots  = arena_zalloc(&table->memory, size * sizeof *table->slots);
    bool complete = table->slots != NULL;
    for (size_t n = 0; n < rt_methods_count && complete; n++)
        complete = method_add(table, &rt_methods[n]);
    if (!complete) {
        methods_free(table);
        return NULL;
    }
    return table;
}

const rt_function *rt_method_find(rt_state *st, burin_value v, burin_text name)
{
    return rt_method_find_hashed(st, v, name, rt_text_hash(name));
}

/* Which rows of methods.def serve a value. */
static uint8_t methods_of(burin_value v)
{
    burin_value start, stop, step;
    if (v.kind == BURIN_BOOL || v.kind == BURIN_BIGINT)
        return BURIN_INT;
    if (BURIN_LIKELY(v.kind != BURIN_OBJECT))
        return v.kind;
    if (rt_exception_of(v))
        return RT_METHODS_EXCEPTION;
    if (rt_view_of(v) == RT_VIEW_KEYS || rt_view_of(v) == RT_VIEW_ITEMS)
        return RT_METHODS_VIEW;
    if (big_range_is(v))
        return RT_METHODS_LONGRANGE;
    return rt_slice_parts(v, &start, &stop, &step) ? RT_METHODS_SLICE : RT_METHODS_NONE;
}

static const rt_function *method_of_kind(const struct method_table *table, uint8_t kind, burin_text name, uint32_t name_hash)
{
    uint32_t hash = method_hash(name_hash, kind);
    for (uint32_t at = hash;; at++) {
        const method *m = table->slots[at & table->mask];
        if (!m || (m->hash == hash && m->kind == kind && text_is(name, m->function.name)))
            return m ? &m->function : NULL;
    }
}

const rt_function *rt_method_find_hashed(rt_state *st, burin_value v, burin_text name, uint32_t name_hash)
{
    const struct method_table *table = st->env->methods;
    if (!table)
        return NULL;
    const rt_function *f = method_of_kind(table, methods_of(v), name, name_hash);
    if (!f && v.kind == BURIN_BYTEARRAY)
        f = method_of_kind(table, BURIN_BYTES, name, name_hash);
    if (f && (((f->flags & RT_MARKUP_ONLY) && !rt_is_safe(v)) || ((f->flags & RT_CHANGES) && rt_is_frozen(v))))
        return NULL;
    return f;
}

uint8_t rt_kind_of_type(int type_number)
{
    static const uint8_t kinds[RT_TYPE_COUNT] = {
        [RT_TYPE_bool] = BURIN_INT, [RT_TYPE_bytearray] = BURIN_BYTEARRAY, [RT_TYPE_bytes] = BURIN_BYTES, [RT_TYPE_complex] = BURIN_COMPLEX,
        [RT_TYPE_dict] = BURIN_DICT, [RT_TYPE_float] = BURIN_FLOAT, [RT_TYPE_frozenset] = BURIN_SET, [RT_TYPE_int] = BURIN_INT,
        [RT_TYPE_list] = BURIN_LIST, [RT_TYPE_range] = BURIN_RANGE, [RT_TYPE_set] = BURIN_SET, [RT_TYPE_slice] = RT_METHODS_SLICE,
        [RT_TYPE_str] = BURIN_STRING, [RT_TYPE_tuple] = BURIN_TUPLE,
    };
    return kinds[type_number];
}

const rt_function *rt_method_of_type(rt_state *st, int type_number, burin_text name)
{
    uint8_t kind = rt_kind_of_type(type_number);
    if (kind == BURIN_MISSING || !st->env->methods)
        return NULL;
    const rt_function *f = method_of_kind(st->env->methods, kind, name, rt_text_hash(name));
    if (!f && kind == BURIN_BYTEARRAY)
        f = method_of_kind(st->env->methods, BURIN_BYTES, name, rt_text_hash(name));
    bool hidden = f && ((f->flags & (RT_MARKUP_ONLY | RT_PROPERTY)) || ((f->flags & RT_CHANGES) && type_number == RT_TYPE_frozenset));
    return hidden ? NULL : f;
}

bool rt_method_next(rt_state *st, burin_value v, uint32_t *at, burin_text *name)
{
    const rt_type *type = rt_type_of_object(v);
    while (*at < rt_methods_count) {
        const rt_builtin *row = &rt_methods[(*at)++];
        *name                 = (burin_text){row->name, strlen(row->name)};
        const rt_function *f  = type ? rt_method_of_type(st, type->number, *name) : rt_method_find(st, v, *name);
        bool               is_of_kind = row->kind == (type ? rt_kind_of_type(type->number) : methods_of(v));
        if (f && (is_of_kind || f->data == row)) /* a bytearray has some of its own, and those of bytes */
            return true;
    }
    return false;
}

/* ---- environments ---- */

static bool add_rows(rt_env *env, rt_names *where, const rt_builtin *rows, size_t count)
{
    for (size_t n = 0; n < count; n++) {
        if (rt_env_add(env, where, rows[n].name, rows[n].signature, rows[n].call, NULL, rows[n].flags))
            return false;
    }
    return true;
}

/* What calls of types do, by their numbers. */
static bool add_types(rt_env *env)
{
    arena *memory = &env->globals->memory;
    env->types    = arena_zalloc(memory, RT_TYPE_COUNT * sizeof *env->types);
    for (int n = 1; env->types && n < RT_TYPE_COUNT; n++) {
        const rt_builtin *row = &rt_type_calls[n];
        rt_signature     *signature;
        if (!rt_signature_parse(memory, row->signature, &signature))
            return false;
        env->types[n] = (rt_function){row->name, signature, row->call, NULL, row->flags, rt_missing(), {NULL, 0}};
    }
    return env->types != NULL;
}

bool rt_env_init(rt_env *env, const burin_allocator *alloc)
{
    *env = (rt_env){.alloc = alloc, .newline = {"\n", 1}, .depth_max = DEPTH_MAX};
    env->filters = names_new(alloc);
    env->tests   = names_new(alloc);
    env->globals = names_new(alloc);
    env->methods = methods_new(alloc);
    if (env->filters && env->tests && env->globals && env->methods && add_rows(env, env->filters, rt_filters, rt_filters_count) &&
        add_rows(env, env->tests, rt_tests, rt_tests_count) && add_rows(env, env->globals, rt_globals, rt_globals_count) && add_types(env))
        return true;
    rt_env_deinit(env);
    return false;
}

static bool add_type_names(rt_env *env)
{
    for (int n = 1; n < RT_TYPE_COUNT; n++)
        if (rt_env_add_value(env, env->python, (burin_text){rt_type_calls[n].name, strlen(rt_type_calls[n].name)}, rt_type_value((rt_type_number)n)))
            return false;
    return true;
}

static bool add_exceptions(rt_env *env)
{
    burin_text name;
    for (size_t n = 0; (name = rt_exception_name(n)).data; n++)
        if (rt_env_add_value(env, env->python, name, rt_exception_named(name)))
            return false;
    return true;
}

bool rt_env_add_python(rt_env *env)
{
    static const struct {
        const char *name;
        double      value;
    } constants[] = {{"pi", M_PI}, {"e", M_E}, {"tau", 2 * M_PI}, {"inf", INFINITY}, {"nan", NAN}};
    env->python  = names_new(env->alloc);
    env->profile = names_new(env->alloc);
    bool complete = env->python && env->profile && add_rows(env, env->python, rt_python, rt_python_count) &&
                    add_rows(env, env->profile, rt_profile, rt_profile_count) && add_type_names(env) && add_exceptions(env) &&
                    !rt_env_add_value(env, env->python, BURIN_TEXT("Ellipsis"), rt_ellipsis());
    for (size_t n = 0; complete && n < sizeof constants / sizeof constants[0]; n++)
        complete = !rt_env_add_value(env, env->python, (burin_text){constants[n].name, strlen(constants[n].name)}, burin_float(constants[n].value));
    return complete; /* what was added goes with the environment */
}

void rt_env_deinit(rt_env *env)
{
    names_free(env->python);
    names_free(env->profile);
    env->python = env->profile = NULL;
    names_free(env->filters);
    names_free(env->tests);
    names_free(env->globals);
    methods_free(env->methods);
    env->filters = env->tests = env->globals = NULL;
    env->methods = NULL;
    env->types   = NULL;
}

burin_value rt_policy(const rt_env *env, const char *name)
{
    if (env->policies.kind != BURIN_DICT)
        return rt_missing();
    burin_text         key   = {name, strlen(name)};
    const burin_value *value = rt_dict_find_text(env->policies.as.p, key, rt_text_hash(key));
    return value ? *value : rt_missing();
}
