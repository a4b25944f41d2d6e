/* What filters, tests and globals share: attribute paths, lazy iterators, chance. See the header. */
#include "runtime/builtins/support.h"

#include "runtime/type.h"
#include "runtime/unicode.h"

/* ---- text ---- */

burin_status builtin_ignore_case(rt_state *st, burin_value v, burin_value *out)
{
    *out = v;
    if (!rt_is_text(v))
        return BURIN_OK;
    for (uint32_t at = 0; at < v.len; at++) {
        unsigned char c = (unsigned char)v.as.s[at];
        if (c >= 0x80 || (unsigned)(c - 'A') < 26)
            return uni_lower(st, v, out);
    }
    return BURIN_OK;
}

burin_status builtin_fail_attribute(rt_state *st, burin_value v, const char *name)
{
    if (v.kind == BURIN_UNDEFINED)
        return rt_undefined_fail(st, v);
    const rt_type *type = rt_type_of_object(v);
    if (type && rt_method_of_type(st, type->number, (burin_text){name, strlen(name)}))
        return rt_fail(st, BURIN_ERR_TYPE, "unbound method %s.%s() needs an argument", type->name, name);
    if (type)
        return rt_fail(st, BURIN_ERR_ATTRIBUTE, "type object '%s' has no attribute '%s'", type->name, name);
    if (v.kind == BURIN_OBJECT && rt_object_of(v)->cls == &rt_namespace_class) /* Namespace.__getattribute__ says no more */
        return rt_fail(st, BURIN_ERR_ATTRIBUTE, "%s", name);
    return rt_fail(st, BURIN_ERR_ATTRIBUTE, "'%s' object has no attribute '%s'", rt_type_name(st, v), name);
}

/* ---- attribute paths ---- */

/* str.isdigit, which takes "²" too: int() refuses that one later, as in Jinja2. */
static bool all_digits(burin_text text)
{
    for (size_t at = 0; at < text.len;)
        if (!uni_is_digit(text_decode(text.data, text.len, &at)))
            return false;
    return text.len > 0;
}

static burin_status part_init(rt_state *st, burin_value text, builtin_part *part)
{
    *part = (builtin_part){.key = text};
    if (BURIN_UNLIKELY(all_digits(rt_text_of(text))))
        return rt_int_from_text(st, rt_text_of(text), 10, &part->key);
    part->hash = rt_text_hash(rt_text_of(text));
    return BURIN_OK;
}

burin_status builtin_path_init(rt_state *st, burin_value attribute, burin_value fallback, builtin_path *path)
{
    *path = (builtin_path){.count = 1, .fallback = fallback};
    if (!rt_is_text(attribute)) {
        path->count    = attribute.kind != BURIN_NONE;
        path->only.key = attribute;
        return BURIN_OK;
    }
    const char *next = attribute.as.s, *end = next + attribute.len, *dot;
    if (BURIN_LIKELY(!memchr(next, '.', attribute.len)))
        return part_init(st, attribute, &path->only);

    for (const char *at = next; at < end; at++)
        path->count += *at == '.';
    path->parts = heap_alloc(&st->heap, path->count * sizeof *path->parts);
    if (!path->parts)
        return rt_fail_memory(st);
    for (uint32_t n = 0; n < path->count; n++, next = dot + 1) {
        dot                 = memchr(next, '.', (size_t)(end - next));
        dot                 = dot ? dot : end;
        burin_value piece   = rt_string(next, (size_t)(dot - next));
        piece.flags         = attribute.flags;
        burin_status status = part_init(st, piece, &path->parts[n]);
        if (status)
            return status;
    }
    return BURIN_OK;
}

/* environment.getitem(struct, part): members that a sandbox may hide are left to it. */
static burin_status part_of_struct(rt_state *st, builtin_part *part, burin_value v, burin_value *out)
{
    if (part->word != rt_struct_word(v)) {
        burin_text       name   = rt_text_of(part->key);
        const rt_member *member = name.len && name.data[0] == '_' ? NULL : rt_member_find(rt_layout_of(st, v), name, part->hash);
        if (!member)
            return rt_get_item(st, v, part->key, out);
        part->word   = rt_struct_word(v);
        part->member = member;
    }
    return rt_member_read(st, part->member, v, out);
}

/* environment.getitem(item, part), asking dicts directly: their items come before their attributes. */
static inline burin_status part_get(rt_state *st, builtin_part *part, burin_value item, burin_value *out)
{
    if (BURIN_LIKELY(item.kind == BURIN_DICT && rt_is_text(part->key))) {
        const rt_dict *dict = rt_dict_of(st, item);
        if (BURIN_LIKELY(dict->keys == part->keys)) {
            *out = dict->values[part->slot];
            return BURIN_OK;
        }
        if (dict->keys->serial != RT_NO_SERIAL) {
            uint32_t slot = rt_keys_slot(dict->keys, rt_text_of(part->key), part->hash);
            if (slot != UINT32_MAX) {
                part->keys = dict->keys;
                part->slot = slot;
                *out       = dict->values[slot];
                return BURIN_OK;
            }
        } else {
            const burin_value *found = rt_dict_find_text(dict, rt_text_of(part->key), part->hash);
            if (found) {
                *out = *found;
                return BURIN_OK;
            }
        }
    }
    if (item.kind == BURIN_STRUCT && rt_is_text(part->key))
        return part_of_struct(st, part, item, out);
    return rt_get_item(st, item, part->key, out);
}

burin_status builtin_path_walk(rt_state *st, builtin_path *path, burin_value item, burin_value *out)
{
    builtin_part *part = path->parts ? path->parts : &path->only;

    for (uint32_t n = 0; n < path->count; n++, part++) {
        burin_status status = part_get(st, part, item, &item);
        if (BURIN_UNLIKELY(status))
            return status;
        if (item.kind == BURIN_UNDEFINED && path->fallback.kind != BURIN_MISSING && path->fallback.kind != BURIN_NONE)
            item = path->fallback;
    }
    *out = item;
    return BURIN_OK;
}

/* ---- lazy iterators ---- */

static burin_status lazy_next(burin_call *call, void *self, burin_value *out)
{
    rt_state     *st   = call->st;
    builtin_lazy *lazy = self;

    *out = rt_missing();
    if (lazy->finished)
        return BURIN_OK;
    if (lazy->running)
        return rt_fail(st, BURIN_ERR_VALUE, "generator already executing");
    burin_status status = rt_enter(st); /* generators over generators recurse here */
    if (status)
        return status;
    lazy->running = true;
    status        = lazy->step(st, lazy, out);
    lazy->running = false;
    rt_leave(st);
    lazy->finished = status || out->kind == BURIN_MISSING;
    return status;
}

burin_status builtin_lazy_new(rt_state *st, size_t size, burin_value source,
                              burin_status (*step)(rt_state *, builtin_lazy *, burin_value *), builtin_lazy **out)
{
    builtin_lazy *lazy = heap_alloc(&st->heap, size);
    if (!lazy)
        return rt_fail_memory(st);
    memset(lazy, 0, size);
    lazy->step   = step;
    lazy->source = source;
    *out         = lazy;
    return BURIN_OK;
}

burin_status builtin_lazy_value(rt_state *st, builtin_lazy *lazy, burin_value *out) { return rt_generator_new(st, lazy_next, lazy, out); }

burin_status builtin_lazy_open(rt_state *st, builtin_lazy *lazy)
{
    const char  *before = st->heap.next;
    burin_status status = rt_iter_init(st, lazy->source, &lazy->it);

    builtin_keep(st, before);
    lazy->open = true;
    return status;
}

/* ---- arguments ---- */

burin_status builtin_spread(rt_state *st, burin_value named, rt_arguments *args)
{
    const rt_dict *dict = rt_dict_of(st, named);
    burin_text    *names;
    burin_value   *values, key;
    uint32_t       at = 0, n = 0;

    if (dict->len == 0)
        return BURIN_OK;
    names  = heap_alloc(&st->heap, dict->len * sizeof *names);
    values = heap_alloc(&st->heap, dict->len * sizeof *values);
    if (!names || !values)
        return rt_fail_memory(st);
    for (; rt_dict_next(dict, &at, &key, &values[n]); n++)
        names[n] = rt_text_of(key);
    args->names       = names;
    args->named       = values;
    args->named_count = n;
    return BURIN_OK;
}

/* ---- chance ---- */

/* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", 2016. */
static uint64_t random_next(rt_state *st)
{
    uint64_t x = st->random ? st->random : 0x9e3779b97f4a7c15u; /* zero would stay zero */
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    st->random = x;
    return x * 0x2545f4914f6cdd1du;
}

uint64_t builtin_random_below(rt_state *st, uint64_t bound)
{
    uint64_t uneven = (0 - bound) % bound; /* the first 2^64 mod bound numbers would make some results more likely */
    uint64_t x;

    do
        x = random_next(st);
    while (x < uneven);
    return x % bound;
}
