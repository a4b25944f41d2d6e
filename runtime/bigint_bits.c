/* Bits of integers: & | ^ << >> as if every integer were written in two's complement with endless sign bits.
 *
 * A magnitude is read limb by limb as two's complement (negate: invert and add one, with the carry running along), the
 * operator works on limbs, and a result with the sign bit set is negated back the same way. */
#include "runtime/bigint.h"

typedef struct bits { /* an integer as a stream of two's complement limbs */
    const uint64_t *limbs;
    uint32_t        count;
    bool            negative, carry; /* carry: of the limbs read so far when negative */
    uint64_t        small;
} bits;

static void bits_of(burin_value v, bits *out)
{
    if (v.kind == BURIN_BIGINT) {
        const rt_bigint *big = v.as.p;
        *out                 = (bits){big->limbs, big->count, big->negative != 0, true, 0};
        return;
    }
    *out       = (bits){NULL, 1, v.as.i < 0, true, 0};
    out->small = v.as.i < 0 ? 0 - (uint64_t)v.as.i : (uint64_t)v.as.i;
    out->limbs = &out->small;
}

/* Limb `at`; to be asked for in order. */
static uint64_t limb_of(bits *b, uint32_t at)
{
    uint64_t limb = at < b->count ? b->limbs[at] : 0;
    if (!b->negative)
        return limb;
    limb     = ~limb + b->carry;
    b->carry = b->carry && limb == 0;
    return limb;
}

static void negate_limbs(rt_bigint *big)
{
    bool carry = true;
    for (uint32_t n = 0; n < big->count; n++) {
        big->limbs[n] = ~big->limbs[n] + carry;
        carry         = carry && big->limbs[n] == 0;
    }
}

static uint64_t combine(rt_binary op, uint64_t a, uint64_t b) { return op == RT_AND ? a & b : op == RT_OR ? a | b : a ^ b; }

burin_status rt_int_bitwise(rt_state *st, rt_binary op, burin_value a, burin_value b, burin_value *out)
{
    if (a.kind != BURIN_BIGINT && b.kind != BURIN_BIGINT) {
        *out      = burin_int((int64_t)combine(op, (uint64_t)a.as.i, (uint64_t)b.as.i));
        out->kind = a.kind == BURIN_BOOL && b.kind == BURIN_BOOL ? BURIN_BOOL : BURIN_INT;
        return BURIN_OK;
    }
    bits       left, right;
    rt_bigint *big;
    bits_of(a, &left);
    bits_of(b, &right);
    uint32_t     count  = (left.count > right.count ? left.count : right.count) + 1; /* one for the sign */
    burin_status status = rt_int_room(st, count, &big);
    if (status)
        return status;
    for (uint32_t n = 0; n < count; n++)
        big->limbs[n] = combine(op, limb_of(&left, n), limb_of(&right, n));
    big->count    = count;
    big->negative = big->limbs[count - 1] >> 63;
    if (big->negative)
        negate_limbs(big);
    return rt_int_finish(st, big, out);
}

static burin_status shift_left(rt_state *st, burin_value a, uint64_t by, burin_value *out)
{
    bits       from;
    rt_bigint *big;
    bits_of(a, &from);
    uint64_t words = by / 64, count = from.count + words + 1;
    unsigned rest  = (unsigned)(by % 64);
    if (count > UINT32_MAX) /* refused by rt_int_room, whatever the limit */
        count = UINT32_MAX;
    burin_status status = rt_int_room(st, (uint32_t)count, &big);
    if (status)
        return status;
    memset(big->limbs, 0, (size_t)count * sizeof big->limbs[0]);
    for (uint32_t n = 0; n < from.count; n++) {
        big->limbs[words + n] |= from.limbs[n] << rest;
        if (rest)
            big->limbs[words + n + 1] = from.limbs[n] >> (64 - rest);
    }
    big->count    = (uint32_t)count;
    big->negative = from.negative;
    return rt_int_finish(st, big, out);
}

/* Towards minus infinity: a negative number that loses bits is one less. */
static burin_status shift_right(rt_state *st, burin_value a, uint64_t by, burin_value *out)
{
    bits       from;
    rt_bigint *big;
    bits_of(a, &from);
    uint64_t words = by / 64;
    unsigned rest  = (unsigned)(by % 64);
    if (words >= from.count) {
        *out = burin_int(from.negative ? -1 : 0);
        return BURIN_OK;
    }
    uint32_t     count  = (uint32_t)(from.count - words);
    bool         lost   = rest && from.limbs[words] << (64 - rest);
    burin_status status = rt_int_room(st, count + 1, &big);
    if (status)
        return status;
    for (uint32_t n = 0; n < words; n++)
        lost |= from.limbs[n] != 0;
    for (uint32_t n = 0; n < count; n++) {
        big->limbs[n] = from.limbs[words + n] >> rest;
        if (rest && n + 1 < count)
            big->limbs[n] |= from.limbs[words + n + 1] << (64 - rest);
    }
    big->limbs[count] = 0;
    big->count        = count + 1;
    big->negative     = from.negative;
    for (uint32_t n = 0; from.negative && lost && n <= count; n++) /* add one to the magnitude */
        lost = ++big->limbs[n] == 0;
    return rt_int_finish(st, big, out);
}

burin_status rt_int_shift(rt_state *st, rt_binary op, burin_value a, burin_value b, burin_value *out)
{
    if (rt_int_sign(b) < 0)
        return rt_fail(st, BURIN_ERR_VALUE, "negative shift count");
    if (rt_int_sign(a) == 0) {
        *out = burin_int(0);
        return BURIN_OK;
    }
    uint64_t by = b.kind == BURIN_BIGINT ? (uint64_t)INT64_MAX : (uint64_t)b.as.i;
    if (op == RT_LSHIFT && a.kind != BURIN_BIGINT && by < 63) {
        int64_t shifted = (int64_t)((uint64_t)a.as.i << by);
        if (shifted >> by == a.as.i) {
            *out = burin_int(shifted);
            return BURIN_OK;
        }
    }
    if (op == RT_RSHIFT && a.kind != BURIN_BIGINT) {
        *out = burin_int(a.as.i >> (by > 63 ? 63 : by));
        return BURIN_OK;
    }
    return op == RT_LSHIFT ? shift_left(st, a, by, out) : shift_right(st, a, by, out);
}
