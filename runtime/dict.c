/* Dicts and sets: keys in insertion order, and an index over them.
 *
 * Modelled on CPython's compact dicts. The entries of rt_keys hold the keys with their hashes in the order they came; the
 * index, a table of entry numbers with open addressing, finds them. Up to SMALL_MAX entries there is no index: comparing a
 * few hashes in a row is faster. A deleted entry stays, dead, until the next growth, and its place in the index with it.
 * The values stand apart, so that dicts with the same keys share them (see "shapes" in value.h): whoever changes shared
 * keys takes a copy first.
 * Always true: keys->len <= keys->cap; for private keys d->cap == keys->cap; every live entry is found from its hash. */
#include "runtime/operate.h"
#include "runtime/value.h"

#include "runtime/base/serial.h"
#include "runtime/base/text.h"

#include <math.h>

enum { SMALL_MAX = 8, ENTRIES_MAX = 1 << 29 };

static const rt_keys no_keys = {.serial = RT_NO_SERIAL, .shared = 1};

/* ---- looking up ---- */

uint32_t rt_keys_slot(const rt_keys *keys, burin_text key, uint32_t hash)
{
    if (!keys->index) {
        for (uint32_t n = 0; n < keys->len; n++) {
            if (rt_key_is(&keys->entries[n], key, hash))
                return n;
        }
        return UINT32_MAX;
    }
    for (uint32_t at = hash;; at++) {
        uint32_t number = keys->index[at & keys->index_mask];
        if (number == 0)
            return UINT32_MAX;
        if (rt_key_is(&keys->entries[number - 1], key, hash))
            return number - 1;
    }
}

const burin_value *rt_dict_find_text(const rt_dict *d, burin_text key, uint32_t hash)
{
    uint32_t slot = rt_keys_slot(d->keys, key, hash);
    return slot == UINT32_MAX ? NULL : &d->values[slot];
}

/* Which keys have the same hash by accident goes by the seed of the process, so what it takes to tell them apart is not counted: steps would
 * differ from run to run. `met` counts such keys of one search; more than a few are no accident, and are counted, lest work go uncounted. */
enum { ACCIDENTS_MAX = 4 };

static uint64_t steps_left(const rt_state *st) { return st->steps_left + rt_steps_ahead(st); }

static burin_status is_key(rt_state *st, const rt_key *entry, burin_value key, uint32_t hash, uint32_t *met, bool *out)
{
    if (entry->hash != hash || !entry->live) {
        *out = false;
        return BURIN_OK;
    }
    if (entry->value.kind == key.kind && (key.kind == BURIN_INT || key.kind == BURIN_BOOL)) {
        *out = entry->value.as.i == key.as.i;
        return BURIN_OK;
    }
    if (entry->value.kind == BURIN_FLOAT && key.kind == BURIN_FLOAT) { /* a NaN is not equal to itself, but the same object */
        *out = entry->value.as.f == key.as.f || (isnan(entry->value.as.f) && isnan(key.as.f));
        return BURIN_OK;
    }
    const uint64_t left   = steps_left(st);
    burin_status   status = rt_equal(st, entry->value, key, out);
    if (status || *out)
        return status;
    if (++*met > ACCIDENTS_MAX)
        return rt_charge(st, 1);
    st->steps_left += left - steps_left(st);
    return BURIN_OK;
}

/* The entry of any key; UINT32_MAX when there is none. */
static burin_status find(rt_state *st, const rt_keys *keys, burin_value key, uint32_t hash, uint32_t *slot)
{
    burin_status status;
    uint32_t     met = 0;
    bool         same;
    *slot = UINT32_MAX;
    if (key.kind == BURIN_STRING) {
        *slot = rt_keys_slot(keys, rt_text_of(key), hash);
        return BURIN_OK;
    }
    if (!keys->index) {
        for (uint32_t n = 0; n < keys->len; n++) {
            if ((status = is_key(st, &keys->entries[n], key, hash, &met, &same)))
                return status;
            if (same) {
                *slot = n;
                return BURIN_OK;
            }
        }
        return BURIN_OK;
    }
    for (uint32_t at = hash;; at++) {
        uint32_t number = keys->index[at & keys->index_mask];
        if (number == 0)
            return BURIN_OK;
        if ((status = is_key(st, &keys->entries[number - 1], key, hash, &met, &same)))
            return status;
        if (same) {
            *slot = number - 1;
            return BURIN_OK;
        }
    }
}

burin_status rt_dict_get(rt_state *st, const rt_dict *d, burin_value key, burin_value *out)
{
    uint32_t     hash, slot;
    burin_status status = rt_hash(st, key, &hash);
    if (status || (status = find(st, d->keys, key, hash, &slot)))
        return status;
    if (slot == UINT32_MAX)
        *out = rt_missing();
    else
        *out = d->flags & RT_SET ? d->keys->entries[slot].value : d->values[slot];
    return BURIN_OK;
}

/* ---- making and growing ---- */

/* Slots of the index over `cap` entries, a power of two at least half larger; 0 for none. */
static uint32_t index_size(uint32_t cap)
{
    if (cap <= SMALL_MAX)
        return 0;
    uint32_t least = cap + cap / 2;
    return 1u << (32 - __builtin_clz(least - 1));
}

static size_t keys_bytes(uint32_t cap) { return sizeof(rt_keys) + cap * sizeof(rt_key) + index_size(cap) * sizeof(uint32_t); }

/* Lay out empty private keys for `cap` entries in keys_bytes(cap) bytes of memory. */
static rt_keys *keys_place(void *memory, uint32_t cap)
{
    rt_keys *keys    = memory;
    uint32_t slots   = index_size(cap);
    keys->shared     = 0;
    keys->serial     = RT_NO_SERIAL;
    keys->len        = 0;
    keys->cap        = cap;
    keys->index_mask = slots ? slots - 1 : 0;
    keys->entries    = (rt_key *)(keys + 1);
    keys->index      = slots ? (uint32_t *)(keys->entries + cap) : NULL;
    if (slots)
        memset(keys->index, 0, slots * sizeof(uint32_t));
    return keys;
}

/* Append an entry that is known to be new; there is room. */
static void keys_append(rt_keys *keys, burin_value key, uint32_t hash)
{
    keys->entries[keys->len++] = (rt_key){key, hash, true, false};
    if (!keys->index)
        return;
    uint32_t at = hash;
    while (keys->index[at & keys->index_mask])
        at++;
    keys->index[at & keys->index_mask] = keys->len;
}

static burin_status container_new(rt_state *st, uint32_t cap, uint32_t flags, rt_dict **out)
{
    if (cap > ENTRIES_MAX)
        return rt_fail(st, BURIN_ERR_NOMEM, "a dict of more than %d entries", ENTRIES_MAX);
    size_t   values = flags & RT_SET ? 0 : cap * sizeof(burin_value);
    rt_dict *d      = heap_alloc(&st->heap, sizeof *d + (cap ? values + keys_bytes(cap) : 0));
    if (!d)
        return rt_fail_memory(st);
    d->flags   = flags | (st->heap.borrowed ? RT_BORROWED : 0);
    d->len     = 0;
    d->cap     = cap;
    d->version = 0;
    d->values  = flags & RT_SET ? NULL : (burin_value *)(d + 1);
    d->keys    = cap ? keys_place((char *)(d + 1) + values, cap) : (rt_keys *)&no_keys;
    *out       = d;
    return BURIN_OK;
}

burin_status rt_dict_new(rt_state *st, uint32_t cap, rt_dict **out) { return container_new(st, cap, 0, out); }
burin_status rt_set_new(rt_state *st, uint32_t cap, rt_dict **out) { return container_new(st, cap, RT_SET, out); }

/* Give `d` private keys with room for `cap` entries, without the dead ones. */
static burin_status rebuild(rt_state *st, rt_dict *d, uint32_t cap)
{
    if (cap > ENTRIES_MAX)
        return rt_fail(st, BURIN_ERR_NOMEM, "a dict of more than %d entries", ENTRIES_MAX);
    size_t values_bytes = d->flags & RT_SET ? 0 : cap * sizeof(burin_value);
    char  *memory       = heap_alloc(&st->heap, values_bytes + keys_bytes(cap));
    if (!memory)
        return rt_fail_memory(st);
    burin_value *values = d->flags & RT_SET ? NULL : (burin_value *)(void *)memory;
    rt_keys     *keys   = keys_place(memory + values_bytes, cap);
    for (uint32_t n = 0; n < d->keys->len; n++) {
        const rt_key *entry = &d->keys->entries[n];
        if (!entry->live)
            continue;
        if (values)
            values[keys->len] = d->values[n];
        keys_append(keys, entry->value, entry->hash);
    }
    d->keys   = keys;
    d->values = values;
    d->cap    = cap;
    return BURIN_OK;
}

burin_status rt_dict_reserve(rt_state *st, rt_dict *d, uint32_t count)
{
    return count > d->cap || (count > d->len && d->keys->shared) ? rebuild(st, d, count) : BURIN_OK;
}

burin_status rt_dict_copy(rt_state *st, const rt_dict *d, rt_dict **out)
{
    if (d->keys->shared && d->values)
        return rt_dict_from_keys(st, d->keys, d->values, out);
    burin_status status = container_new(st, 0, d->flags & RT_SET, out);
    if (status || d->len == 0)
        return status;
    rt_dict *copy = *out;
    copy->len     = d->len;
    copy->keys    = d->keys; /* what rebuild copies from */
    copy->values  = d->values;
    return rebuild(st, copy, d->len);
}

void rt_dict_clear(rt_dict *d)
{
    d->version += d->len > 0;
    d->len  = 0;
    d->cap  = 0;
    d->keys = (rt_keys *)&no_keys;
}

/* ---- small sets of integers show the order of CPython's hash table, where an integer's hash is itself ---- */

enum { ORDERED_MAX = 64 };

/* Size - 1 of the table that CPython has after adding `count` items one by one. */
static uint32_t cpython_mask(uint32_t count)
{
    uint32_t mask = 7;
    for (uint32_t n = 1; n <= count; n++) {
        if (n * 5 >= mask * 3)
            for (mask = 7; mask + 1 <= 4 * n; mask = 2 * mask + 1)
                ;
    }
    return mask;
}

/* The slot of an item that collides with no other; UINT32_MAX when it is no small integer. */
static uint32_t cpython_slot(const rt_key *entry, uint32_t mask)
{
    int64_t i = entry->value.as.i;
    if ((entry->value.kind != BURIN_INT && entry->value.kind != BURIN_BOOL) || !entry->live || i > INT32_MAX || i < INT32_MIN)
        return UINT32_MAX;
    return (uint32_t)(i == -1 ? -2 : i) & mask;
}

/* Put the entries in that order, unless two collide (then it would depend on history). */
static void order_integers(rt_keys *keys)
{
    uint32_t mask = cpython_mask(keys->len), slots[ORDERED_MAX];
    rt_key   sorted[ORDERED_MAX];
    for (uint32_t n = 0; n < keys->len; n++) {
        uint32_t slot = cpython_slot(&keys->entries[n], mask), at = n;
        if (slot == UINT32_MAX)
            return;
        for (; at > 0 && slots[at - 1] >= slot; at--) {
            if (slots[at - 1] == slot)
                return;
            slots[at]  = slots[at - 1];
            sorted[at] = sorted[at - 1];
        }
        slots[at]  = slot;
        sorted[at] = keys->entries[n];
    }
    uint32_t count = keys->len;
    keys->len      = 0;
    if (keys->index)
        memset(keys->index, 0, (keys->index_mask + 1) * sizeof(uint32_t));
    for (uint32_t n = 0; n < count; n++)
        keys_append(keys, sorted[n].value, sorted[n].hash);
}

/* The host's dict has other keys now, so caches must know them by another serial. */
static void renew_serial(rt_state *st, rt_keys *keys)
{
    burin_heap *heap = &st->heap;
    if (!heap->borrowed)
        return;
    heap->serial = serial_with(heap->serial ? heap->serial : serial_begin(heap), 1);
    keys->serial = heap->serial > RT_NO_SERIAL ? heap->serial : ~heap->serial;
}

static burin_status insert(rt_state *st, rt_dict *d, burin_value key, uint32_t hash, burin_value value)
{
    rt_keys *keys = d->keys;
    if (keys->shared || keys->len == keys->cap) {
        bool         full   = d->len + d->len / 4 >= keys->cap; /* few dead entries: growing pays */
        uint32_t     cap    = d->len < SMALL_MAX / 2 ? SMALL_MAX : keys->shared || full ? 2 * d->len : keys->cap;
        burin_status status = rebuild(st, d, cap);
        if (status)
            return status;
    }
    if (d->values)
        d->values[d->keys->len] = value;
    keys_append(d->keys, key, hash);
    renew_serial(st, d->keys);
    d->len++;
    d->version++;
    if ((d->flags & RT_SET) && key.kind == BURIN_INT && d->keys->len <= ORDERED_MAX)
        order_integers(d->keys);
    return BURIN_OK;
}

burin_status rt_dict_put(rt_state *st, rt_dict *d, burin_value key, burin_value value)
{
    uint32_t     hash, slot;
    burin_status status = rt_hash(st, key, &hash);
    if (status || (status = find(st, d->keys, key, hash, &slot)))
        return status;
    if (slot == UINT32_MAX)
        return insert(st, d, key, hash, value);
    if (d->values)
        d->values[slot] = value;
    return BURIN_OK;
}

burin_status rt_dict_put_text(rt_state *st, rt_dict *d, burin_text key, uint32_t hash, burin_value value)
{
    uint32_t slot = rt_keys_slot(d->keys, key, hash);
    if (slot == UINT32_MAX)
        return insert(st, d, rt_string(key.data, key.len), hash, value);
    if (d->values)
        d->values[slot] = value;
    return BURIN_OK;
}

burin_status rt_dict_put_z(rt_state *st, rt_dict *d, const char *key, burin_value value)
{
    return rt_dict_put(st, d, rt_string(key, strlen(key)), value);
}

burin_status rt_dict_remove(rt_state *st, rt_dict *d, burin_value key, burin_value *removed)
{
    uint32_t     hash, slot;
    burin_status status = rt_hash(st, key, &hash);
    if (status || (status = find(st, d->keys, key, hash, &slot)))
        return status;
    if (slot == UINT32_MAX) {
        *removed = rt_missing();
        return BURIN_OK;
    }
    if (d->keys->shared) { /* its entries are all alive, so the copy has them at the same places */
        if ((status = rebuild(st, d, d->len)))
            return status;
    }
    rt_key *entry = &d->keys->entries[slot];
    *removed      = d->values ? d->values[slot] : entry->value;
    entry->live   = false;
    renew_serial(st, d->keys);
    d->len--;
    d->version++;
    while (d->keys->len > 0 && !d->keys->index && !d->keys->entries[d->keys->len - 1].live)
        d->keys->len--; /* without an index nothing else refers to the last entries */
    return BURIN_OK;
}

/* ---- shapes ---- */

static bool keys_are(const rt_keys *keys, const burin_value *texts, uint32_t count)
{
    if (keys->len != count)
        return false;
    for (uint32_t n = 0; n < count; n++) {
        if (!text_equal(rt_text_of(keys->entries[n].value), rt_text_of(texts[n])))
            return false;
    }
    return true;
}

/* Room for one more shape. */
static burin_status shapes_grow(rt_state *st, rt_shapes *shapes)
{
    if (shapes->slots && 2 * shapes->count <= shapes->mask)
        return BURIN_OK;
    uint32_t  size   = shapes->slots ? 2 * (shapes->mask + 1) : 16;
    rt_keys **slots  = heap_alloc(&st->heap, size * sizeof *slots);
    uint32_t *hashes = heap_alloc(&st->heap, size * sizeof *hashes);
    if (!slots || !hashes)
        return rt_fail_memory(st);
    memset(slots, 0, size * sizeof *slots);
    for (uint32_t n = 0; shapes->slots && n <= shapes->mask; n++) {
        if (!shapes->slots[n])
            continue;
        uint32_t at = shapes->hashes[n];
        while (slots[at & (size - 1)])
            at++;
        slots[at & (size - 1)]  = shapes->slots[n];
        hashes[at & (size - 1)] = shapes->hashes[n];
    }
    shapes->slots  = slots;
    shapes->hashes = hashes;
    shapes->mask   = size - 1;
    return BURIN_OK;
}

uint64_t rt_keys_serial(const rt_keys *keys)
{
    uint64_t serial = serial_begin(keys);
    for (uint32_t n = 0; n < keys->len; n++)
        serial = serial_with(serial, keys->entries[n].hash);
    return serial > RT_NO_SERIAL ? serial : ~serial;
}

static bool is_plain_key(burin_text key)
{
    for (size_t n = 0; n < key.len && n < RT_PLAIN_KEY_MAX; n++)
        if (key.data[n] < ' ' || key.data[n] > '~' || strchr("\"\\<>&'", key.data[n]))
            return false;
    return key.len - 1 < RT_PLAIN_KEY_MAX;
}

/* New shared keys; *out is NULL when a key occurs twice. */
static burin_status keys_share(rt_state *st, const burin_value *texts, uint32_t count, rt_keys **out)
{
    *out         = NULL;
    void *memory = heap_alloc(&st->heap, keys_bytes(count));
    if (!memory)
        return rt_fail_memory(st);
    rt_keys *keys = keys_place(memory, count);
    for (uint32_t n = 0; n < count; n++) {
        uint32_t hash = rt_text_hash(rt_text_of(texts[n]));
        if (rt_keys_slot(keys, rt_text_of(texts[n]), hash) != UINT32_MAX)
            return BURIN_OK;
        keys_append(keys, texts[n], hash);
        keys->entries[n].plain = is_plain_key(rt_text_of(texts[n]));
    }
    keys->shared  = 1;
    keys->serial  = st->heap.borrowed ? rt_keys_serial(keys) : RT_NO_SERIAL;
    *out          = keys;
    return BURIN_OK;
}

burin_status rt_shapes_keys(rt_state *st, rt_shapes *shapes, const burin_value *texts, uint32_t count, rt_keys **out)
{
    rt_keys **recent = &shapes->recent[count % 8];
    if (*recent && keys_are(*recent, texts, count)) {
        *out = *recent;
        return BURIN_OK;
    }
    if (count > ENTRIES_MAX)
        return rt_fail(st, BURIN_ERR_NOMEM, "a dict of more than %d entries", ENTRIES_MAX);
    burin_status status = shapes_grow(st, shapes);
    if (status)
        return status;
    uint32_t hash = count;
    for (uint32_t n = 0; n < count; n++)
        hash = (hash ^ rt_text_hash(rt_text_of(texts[n]))) * 0x9E3779B1u;
    hash ^= hash >> 15;
    uint32_t at = hash & shapes->mask;
    for (; shapes->slots[at]; at = (at + 1) & shapes->mask) {
        if (shapes->hashes[at] == hash && keys_are(shapes->slots[at], texts, count)) {
            *out = *recent = shapes->slots[at];
            return BURIN_OK;
        }
    }
    status = keys_share(st, texts, count, out);
    if (status || !*out)
        return status;
    shapes->slots[at]  = *out;
    shapes->hashes[at] = hash;
    shapes->count++;
    *recent = *out;
    return BURIN_OK;
}

burin_status rt_dict_from_keys(rt_state *st, rt_keys *keys, const burin_value *values, rt_dict **out)
{
    rt_dict *d = heap_alloc(&st->heap, sizeof *d + keys->len * sizeof(burin_value));
    if (!d)
        return rt_fail_memory(st);
    d->flags   = st->heap.borrowed ? RT_BORROWED : 0;
    d->len     = keys->len;
    d->cap     = keys->len;
    d->version = 0;
    d->keys    = keys;
    d->values  = (burin_value *)(d + 1);
    if (keys->len)
        memcpy(d->values, values, keys->len * sizeof(burin_value));
    *out = d;
    return BURIN_OK;
}
