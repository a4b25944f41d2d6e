/* Making strings and objects; hashing.
 *
 * Hashes follow Python's equality: integers, booleans and floats that are equal hash alike, as residues modulo 2^61 - 1
 * (the scheme of CPython's _Py_HashDouble; hash_bigint says where it is left). All hashes are seeded by where the library was loaded, which differs from
 * process to process: nobody can prepare keys that collide, and within a process equal values hash alike everywhere. */
#include "runtime/attribute.h"
#include "runtime/base/text.h"
#include "runtime/bigint.h"

#include <math.h>

/* ---- strings ---- */

burin_status rt_string_new(rt_state *st, size_t len, char **data, burin_value *out)
{
    if (len > UINT32_MAX)
        return rt_fail(st, BURIN_ERR_NOMEM, "a string of more than 4 GiB");
    char *bytes = heap_alloc(&st->heap, len ? len : 1); /* a fresh heap gives NULL for nothing */
    if (!bytes)
        return rt_fail_memory(st);
    *data = bytes;
    *out  = rt_string(bytes, len);
    return BURIN_OK;
}

burin_status rt_string_copy(rt_state *st, const char *data, size_t len, burin_value *out)
{
    char        *bytes = NULL;
    burin_status status = rt_string_new(st, len, &bytes, out);
    if (status)
        return status;
    if (len)
        memcpy(bytes, data, len);
    if (text_is_ascii(bytes, len))
        out->flags |= BURIN_ASCII;
    return BURIN_OK;
}

/* ---- objects ---- */

burin_status rt_object_new(rt_state *st, const burin_class *cls, void *self, burin_value *out)
{
    rt_object_value *object = heap_alloc(&st->heap, sizeof *object);
    if (!object)
        return rt_fail_memory(st);
    object->cls             = cls;
    object->self            = self;
    object->next_releasable = NULL;
    if (cls->release) {
        object->next_releasable = st->heap.releasable;
        st->heap.releasable     = object;
        st->heap.calm           = false;
    }
    *out = rt_pointer(BURIN_OBJECT, object);
    return BURIN_OK;
}

/* ---- hashes ---- */

static const uint64_t PRIME = ((uint64_t)1 << 61) - 1; /* numbers hash as their residue modulo this */

static inline uint64_t hash_seed(void)
{
    static const char anchor = 0;
    return (uint64_t)(uintptr_t)&anchor;
}

static inline uint32_t mix(uint64_t word)
{
    unsigned __int128 product = (unsigned __int128)(word ^ hash_seed()) * 0x9E3779B97F4A7C15u;
    return (uint32_t)((uint64_t)product ^ (uint64_t)(product >> 64));
}

uint32_t rt_text_hash(burin_text key) { return text_hash(key.data, key.len, hash_seed()); }

static uint64_t residue_signed(uint64_t magnitude_residue, bool negative) { return negative ? 0 - magnitude_residue : magnitude_residue; }

static uint64_t residue_of_int(int64_t i)
{
    uint64_t magnitude = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    magnitude          = (magnitude & PRIME) + (magnitude >> 61);
    return residue_signed(magnitude >= PRIME ? magnitude - PRIME : magnitude, i < 0);
}

static uint64_t residue_of_bigint(const rt_bigint *big)
{
    unsigned __int128 rest = 0;
    for (uint32_t n = big->count; n-- > 0;)
        rest = (rest << 64 | big->limbs[n]) % PRIME;
    return residue_signed((uint64_t)rest, big->negative != 0);
}

static uint64_t residue_of_double(double f)
{
    if (!isfinite(f))
        return isnan(f) ? 0 : residue_signed(314159, f < 0);
    if (f == floor(f) && fabs(f) < 0x1p63)
        return residue_of_int((int64_t)f);
    int      exponent;
    uint64_t mantissa = (uint64_t)ldexp(frexp(fabs(f), &exponent), 53); /* f = mantissa * 2^(exponent - 53) */
    int      turn     = (exponent - 53) % 61; /* 2^61 is 1 modulo the prime: a power of two is a rotation of 61 bits */
    if (turn < 0)
        turn += 61;
    if (turn)
        mantissa = (mantissa << turn & PRIME) | mantissa >> (61 - turn);
    return residue_signed(mantissa, f < 0);
}

/* A whole number that a double can express hashes as that double does. Those that none can are mixed limb by limb: their
 * residues would be easy to make equal (the multiples of the prime), and nothing else needs to hash like them. */
static uint32_t hash_bigint(const rt_bigint *big)
{
    uint32_t low = 0;
    while (big->limbs[low] == 0)
        low++;
    uint64_t bits = (uint64_t)big->count * 64 - (uint64_t)__builtin_clzll(big->limbs[big->count - 1]);
    uint64_t zeros = (uint64_t)low * 64 + (uint64_t)__builtin_ctzll(big->limbs[low]);
    if (bits - zeros <= 53 && bits <= 1024)
        return mix(residue_of_bigint(big));
    uint64_t hash = big->negative;
    for (uint32_t n = 0; n < big->count; n++)
        hash = (uint64_t)mix(hash ^ big->limbs[n]) << 32 | mix(hash + big->limbs[n] + n);
    return mix(hash);
}

static burin_status hash_tuple(rt_state *st, burin_value tuple, uint32_t *out)
{
    const rt_list *items  = rt_list_of(st, tuple);
    uint32_t       hash   = 0x345678u + items->len, item = 0;
    burin_status   status = rt_enter(st);
    if (status)
        return status;
    status = rt_charge(st, items->len);
    for (uint32_t n = 0; n < items->len && !status; n++) {
        status = rt_hash(st, items->items[n], &item);
        hash   = (hash ^ item) * 0x85EBCA6Bu;
        hash ^= hash >> 13;
    }
    rt_leave(st);
    *out = hash;
    return status;
}

/* In whatever order the items stand. Their hashes were taken when they came into the set. */
static uint32_t hash_frozenset(const rt_dict *set)
{
    uint64_t hash = 0x66726F7Au + (uint64_t)set->len * 1927868237u;
    for (uint32_t n = 0; n < set->keys->len; n++)
        if (set->keys->entries[n].live)
            hash += (uint64_t)set->keys->entries[n].hash * (set->keys->entries[n].hash | 1u);
    return mix(hash);
}

static burin_status hash_object(rt_state *st, burin_value v, uint32_t *out)
{
    const rt_object_value *object = v.as.p;
    if (!object->cls->hash) {
        if (object->cls->equal)
            return rt_fail(st, BURIN_ERR_TYPE, "unhashable type: '%s'", object->cls->name);
        *out = mix((uint64_t)(uintptr_t)object);
        return BURIN_OK;
    }
    uint64_t     hash   = 0;
    burin_call   call   = {.st = st, .autoescape = st->autoescape};
    burin_status status = object->cls->hash(&call, object->self, &hash);
    *out                = mix(hash);
    return status;
}

burin_status rt_hash(rt_state *st, burin_value key, uint32_t *out)
{
    switch ((burin_kind)key.kind) {
    case BURIN_STRING:
    case BURIN_BYTES: *out = rt_text_hash(rt_text_of(key)); return BURIN_OK;
    case BURIN_BOOL:
    case BURIN_INT: *out = mix(residue_of_int(key.as.i)); return BURIN_OK;
    case BURIN_BIGINT: *out = hash_bigint(key.as.p); return BURIN_OK;
    case BURIN_FLOAT: *out = mix(residue_of_double(key.as.f)); return BURIN_OK;
    case BURIN_TUPLE: return hash_tuple(st, key, out);
    case BURIN_OBJECT: return hash_object(st, key, out);
    case BURIN_UNDEFINED: { /* all undefined values of a class are equal */
        const rt_undefined *undefined = key.as.p;
        if (rt_is_strict(key))
            return rt_undefined_fail(st, key);
        *out = mix(0x756E6465u + undefined->cls);
        return BURIN_OK;
    }
    case BURIN_RANGE: { /* equal when they have the same items */
        const rt_range *range = key.as.p;
        uint64_t        word  = (uint64_t)range->len;
        if (range->len > 0)
            word = word * 31 + (uint64_t)range->start;
        if (range->len > 1)
            word = word * 31 + (uint64_t)range->step;
        *out = mix(word);
        return BURIN_OK;
    }
    case BURIN_NONE: *out = mix(0x4E6F6E65u); return BURIN_OK;
    case BURIN_STRUCT:
    case BURIN_FUNCTION: *out = mix((uint64_t)(uintptr_t)key.as.p); return BURIN_OK;
    case BURIN_COMPLEX: {
        rt_complex z = rt_complex_of(key);
        *out         = mix(residue_of_double(z.re) + 1000003u * residue_of_double(z.im));
        return BURIN_OK;
    }
    case BURIN_SET:
        if (!rt_is_frozen(key))
            break;
        *out = hash_frozenset(key.as.p);
        return rt_charge(st, ((const rt_dict *)key.as.p)->len / 16);
    case BURIN_LIST:
    case BURIN_DICT:
    case BURIN_BYTEARRAY:
    case BURIN_ARRAY:
    case BURIN_MISSING:
    case BURIN_KIND_COUNT: break;
    }
    return rt_fail(st, BURIN_ERR_TYPE, "unhashable type: '%s'", rt_type_name(st, key));
}

/* ---- hash() ---- */

/* CPython's tuplehash: xxHash's rounds over the hashes of the items. */
static burin_status python_hash_tuple(rt_state *st, burin_value tuple, int64_t *out)
{
    const rt_list *items = rt_list_of(st, tuple);
    uint64_t       hash  = 2870177450012600261u;
    burin_status   status = rt_enter(st);
    if (status)
        return status;
    status = rt_charge(st, items->len);
    for (uint32_t n = 0; n < items->len && !status; n++) {
        int64_t lane = 0;
        status       = rt_python_hash(st, items->items[n], &lane);
        hash += (uint64_t)lane * 14029467366897019727u;
        hash = (hash << 31 | hash >> 33) * 11400714785074694791u;
    }
    rt_leave(st);
    hash += items->len ^ (2870177450012600261u ^ 3527539u);
    *out = hash == UINT64_MAX ? 1546275796 : (int64_t)hash;
    return status;
}

burin_status rt_python_hash(rt_state *st, burin_value v, int64_t *out)
{
    uint32_t hash;
    uint64_t wide;
    switch ((burin_kind)v.kind) {
    case BURIN_BOOL:
    case BURIN_INT: wide = residue_of_int(v.as.i); break;
    case BURIN_BIGINT: wide = residue_of_bigint(v.as.p); break;
    case BURIN_FLOAT: wide = residue_of_double(v.as.f); break;
    case BURIN_COMPLEX: wide = residue_of_double(rt_complex_of(v).re) + 1000003u * residue_of_double(rt_complex_of(v).im); break;
    case BURIN_TUPLE: return python_hash_tuple(st, v, out);
    default: {
        burin_status status = rt_hash(st, v, &hash);
        if (status)
            return status;
        wide = hash;
    }
    }
    *out = wide == UINT64_MAX ? -2 : (int64_t)wide;
    return BURIN_OK;
}
