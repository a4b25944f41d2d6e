/* Big integers: + - * // % ** and comparison over GMP's mpn functions.
 *
 * Every operand is seen as sign and magnitude (`view`), whether it is small or big; a result is built in the heap and then
 * made canonical: what fits in 64 bits becomes BURIN_INT.
 * GMP's larger algorithms take scratch space from its allocator. BLOCK_LIMBS stays below where they do: longer products
 * are Karatsuba over blocks, longer divisions are schoolbook, with scratch in the render heap. */
#include "runtime/bigint.h"
#include "runtime/env.h"

#include <gmp.h>
#include <math.h>

_Static_assert(sizeof(mp_limb_t) == 8, "limbs are 64 bits");
_Static_assert(GMP_NAIL_BITS == 0, "limbs have no spare bits");

enum { BLOCK_LIMBS = 1000 }; /* GMP multiplies and divides operands of this size with scratch on the stack */

typedef struct view {
    const mp_limb_t *limbs;
    mp_size_t        count; /* 0 for zero */
    bool             negative;
    mp_limb_t        small; /* what limbs points at for an integer of 64 bits */
} view;

static void view_of(burin_value v, view *out)
{
    if (v.kind == BURIN_BIGINT) {
        const rt_bigint *big = v.as.p;
        out->limbs    = (const mp_limb_t *)big->limbs;
        out->count    = big->count;
        out->negative = big->negative;
        return;
    }
    out->negative = v.as.i < 0;
    out->small    = out->negative ? -(uint64_t)v.as.i : (uint64_t)v.as.i;
    out->limbs    = &out->small;
    out->count    = out->small != 0;
}

static uint64_t bits_of(const view *v)
{
    return v->count ? (uint64_t)v->count * 64 - (uint64_t)__builtin_clzll(v->limbs[v->count - 1]) : 0;
}

static uint64_t bits_max(const rt_state *st)
{
    uint64_t max = st->env ? st->env->integer_bits_max : 0;
    return max && max < RT_INT_BITS_MAX ? max : RT_INT_BITS_MAX;
}

static burin_status fail_too_big(rt_state *st)
{
    return rt_fail(st, BURIN_ERR_LIMIT, "an integer may have at most %llu bits", (unsigned long long)bits_max(st));
}

/* Room for a result of `count` limbs. One limb more than the limit is let through: the carry that is not needed. */
static burin_status big_new(rt_state *st, mp_size_t count, rt_bigint **out)
{
    if ((uint64_t)count > bits_max(st) / 64 + 2)
        return fail_too_big(st);
    if (rt_charge(st, (uint64_t)count / 8))
        return st->status;
    *out = heap_alloc(&st->heap, sizeof(rt_bigint) + (size_t)count * sizeof(mp_limb_t));
    return *out ? BURIN_OK : rt_fail_memory(st);
}

/* The canonical value of `big`, whose top limbs may be zero. */
static burin_value canonical(rt_bigint *big)
{
    while (big->count && big->limbs[big->count - 1] == 0)
        big->count--;
    if (big->count == 0)
        return burin_int(0);
    if (big->count == 1) {
        if (big->negative && big->limbs[0] <= (uint64_t)1 << 63)
            return burin_int((int64_t)-big->limbs[0]);
        if (!big->negative && big->limbs[0] < (uint64_t)1 << 63)
            return burin_int((int64_t)big->limbs[0]);
    }
    return rt_pointer(BURIN_BIGINT, big);
}

static burin_status finish(rt_state *st, rt_bigint *big, burin_value *out)
{
    *out = canonical(big);
    if (out->kind == BURIN_BIGINT && rt_int_bits(*out) > bits_max(st))
        return fail_too_big(st);
    return BURIN_OK;
}

static int compare_magnitudes(const view *a, const view *b)
{
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    return a->count ? mpn_cmp(a->limbs, b->limbs, a->count) : 0;
}

/* ---- addition ---- */

static burin_status add(rt_state *st, const view *a, const view *b, burin_value *out)
{
    rt_bigint *big;
    int        order = compare_magnitudes(a, b);
    const view *large = order < 0 ? b : a, *less = order < 0 ? a : b;

    if (big_new(st, large->count + 1, &big))
        return st->status;
    mp_limb_t *to = (mp_limb_t *)big->limbs;
    big->negative = large->negative;
    big->count    = (uint32_t)large->count + 1;
    to[large->count] = 0;
    if (less->count == 0)
        mpn_copyi(to, large->limbs, large->count);
    else if (a->negative == b->negative)
        to[large->count] = mpn_add(to, large->limbs, large->count, less->limbs, less->count);
    else
        mpn_sub(to, large->limbs, large->count, less->limbs, less->count);
    return finish(st, big, out);
}

/* ---- multiplication ---- */

/* |a - b| to `to`; true when a < b. a has `an` limbs, b `bn` <= an. */
static bool absolute_difference(mp_limb_t *to, const mp_limb_t *a, mp_size_t an, const mp_limb_t *b, mp_size_t bn)
{
    mp_size_t n = an;
    while (n > bn && a[n - 1] == 0)
        n--;
    if (n == bn && mpn_cmp(a, b, bn) < 0) {
        mpn_sub_n(to, b, a, bn);
        mpn_zero(to + bn, an - bn);
        return true;
    }
    mpn_sub(to, a, an, b, bn);
    return false;
}

/* to[0..2n) = a * b by Karatsuba; `scratch` has room for 8n + 64 limbs. */
static void multiply_equal(mp_limb_t *to, const mp_limb_t *a, const mp_limb_t *b, mp_size_t n, mp_limb_t *scratch)
{
    if (n <= BLOCK_LIMBS) {
        mpn_mul_n(to, a, b, n);
        return;
    }
    mp_size_t  low = n / 2, high = n - low, above = 2 * n - low;
    mp_limb_t *difference_a = scratch, *difference_b = scratch + high, *product = scratch + 2 * high;
    mp_limb_t *middle = scratch + 4 * high, *rest = middle;

    multiply_equal(to, a, b, low, scratch);
    multiply_equal(to + 2 * low, a + low, b + low, high, scratch);
    bool negative_a = absolute_difference(difference_a, a + low, high, a, low);
    bool negative_b = absolute_difference(difference_b, b + low, high, b, low);
    multiply_equal(product, difference_a, difference_b, high, rest);
    middle[2 * high] = mpn_add(middle, to + 2 * low, 2 * high, to, 2 * low);
    if (negative_a == negative_b)
        middle[2 * high] -= mpn_sub_n(middle, middle, product, 2 * high);
    else
        middle[2 * high] += mpn_add_n(middle, middle, product, 2 * high);
    mpn_add(to + low, to + low, above, middle, 2 * high + 1 < above ? 2 * high + 1 : above);
}

/* Before work of `products` limbs times limbs: charged, and large work looks at deadline and cancel flag. */
static burin_status charge_products(rt_state *st, uint64_t products)
{
    enum { LARGE = 1 << 16 };
    burin_status status = rt_charge(st, products / 64);
    return status || products < LARGE ? status : rt_check_interrupts(st);
}

/* to[0..an+bn) = a * b, an >= bn >= 1; `to` overlaps neither. */
static burin_status multiply(rt_state *st, mp_limb_t *to, const mp_limb_t *a, mp_size_t an, const mp_limb_t *b, mp_size_t bn)
{
    if (bn <= BLOCK_LIMBS) {
        burin_status status = charge_products(st, (uint64_t)an * (uint64_t)bn);
        if (!status)
            mpn_mul(to, a, an, b, bn);
        return status;
    }
    heap_position mark = heap_mark(&st->heap);
    mp_limb_t *scratch = heap_alloc(&st->heap, (size_t)(12 * bn + 64) * sizeof(mp_limb_t));
    if (!scratch)
        return rt_fail_memory(st);
    mp_limb_t *block = scratch, *product = scratch + bn, *rest = scratch + 3 * bn;
    mpn_zero(to, an + bn);
    for (mp_size_t at = 0; at < an; at += bn) {
        mp_size_t n = an - at < bn ? an - at : bn;
        if (charge_products(st, (uint64_t)bn * 1024))
            return st->status;
        mpn_copyi(block, a + at, n);
        mpn_zero(block + n, bn - n);
        multiply_equal(product, block, b, bn, rest);
        mpn_add(to + at, to + at, an + bn - at, product, n + bn);
    }
    heap_release(&st->heap, mark);
    return BURIN_OK;
}

static burin_status mul(rt_state *st, const view *a, const view *b, burin_value *out)
{
    const view *large = a->count >= b->count ? a : b, *less = a->count >= b->count ? b : a;
    rt_bigint  *big;

    if (less->count == 0) {
        *out = burin_int(0);
        return BURIN_OK;
    }
    if (big_new(st, large->count + less->count, &big) ||
        multiply(st, (mp_limb_t *)big->limbs, large->limbs, large->count, less->limbs, less->count))
        return st->status;
    big->negative = a->negative != b->negative;
    big->count    = (uint32_t)(large->count + less->count);
    return finish(st, big, out);
}

/* ---- division ---- */

/* Knuth's algorithm D: quotient[0..nn-dn], and the remainder left in n[0..dn). n has nn + 1 limbs, d's top bit is set. */
static burin_status divide_schoolbook(rt_state *st, mp_limb_t *quotient, mp_limb_t *n, mp_size_t nn, const mp_limb_t *d, mp_size_t dn)
{
    enum { LOOK = 1 << 20 }; /* products between two looks at the deadline: half a millisecond */
    mp_limb_t top = d[dn - 1], next = d[dn - 2];
    mp_size_t unlooked = 0;
    for (mp_size_t at = nn - dn; at >= 0; at--) {
        unlooked += dn;
        if (unlooked >= LOOK) {
            unlooked = 0;
            if (rt_check_interrupts(st))
                return st->status;
        }
        unsigned __int128 head = (unsigned __int128)n[at + dn] << 64 | n[at + dn - 1];
        mp_limb_t digit;
        if (n[at + dn] >= top)
            digit = UINT64_MAX;
        else {
            digit = (mp_limb_t)(head / top);
            unsigned __int128 left = head - (unsigned __int128)digit * top;
            while (left >> 64 == 0 && (unsigned __int128)digit * next > (left << 64 | n[at + dn - 2])) {
                digit--;
                left += top;
            }
        }
        mp_limb_t borrow = mpn_submul_1(n + at, d, dn, digit), above = n[at + dn];
        n[at + dn] = above - borrow;
        while (n[at + dn] != 0) { /* the estimate was too large, by two at most */
            digit--;
            n[at + dn] += mpn_add_n(n + at, n + at, d, dn);
        }
        quotient[at] = digit;
    }
    return BURIN_OK;
}

/* Truncated division of magnitudes, nn >= dn >= 1: quotient has nn - dn + 1 limbs, remainder dn. */
static burin_status divide(rt_state *st, mp_limb_t *quotient, mp_limb_t *remainder, const view *n, const view *d)
{
    mp_size_t nn = n->count, dn = d->count;

    burin_status status = charge_products(st, (uint64_t)(nn - dn + 1) * (uint64_t)dn);
    if (status)
        return status;
    if (nn <= 2 * BLOCK_LIMBS) {
        mpn_tdiv_qr(quotient, remainder, 0, n->limbs, nn, d->limbs, dn);
        return BURIN_OK;
    }
    heap_position mark = heap_mark(&st->heap);
    mp_limb_t *scratch = heap_alloc(&st->heap, (size_t)(nn + 1 + dn + 2) * sizeof(mp_limb_t));
    if (!scratch)
        return rt_fail_memory(st);
    if (dn == 1) {
        remainder[0] = mpn_divrem_1(quotient, 0, n->limbs, nn, d->limbs[0]);
    } else {
        mp_limb_t *dividend = scratch, *divisor = scratch + nn + 1;
        unsigned   shift    = (unsigned)__builtin_clzll(d->limbs[dn - 1]);
        dividend[nn]        = 0;
        if (shift) {
            mpn_lshift(divisor, d->limbs, dn, shift);
            dividend[nn] = mpn_lshift(dividend, n->limbs, nn, shift);
        } else {
            mpn_copyi(divisor, d->limbs, dn);
            mpn_copyi(dividend, n->limbs, nn);
        }
        if (divide_schoolbook(st, quotient, dividend, nn, divisor, dn))
            return st->status;
        if (shift)
            mpn_rshift(remainder, dividend, dn, shift);
        else
            mpn_copyi(remainder, dividend, dn);
    }
    heap_release(&st->heap, mark);
    return BURIN_OK;
}

/* Floor division and modulo: Python rounds towards minus infinity, the remainder takes the divisor's sign. */
static burin_status floor_divide(rt_state *st, const view *a, const view *b, burin_value *quotient, burin_value *remainder)
{
    rt_bigint *q, *r;
    bool       opposite = a->negative != b->negative;

    mp_size_t qn = a->count >= b->count ? a->count - b->count + 2 : 1, rn = b->count + 1;
    if (big_new(st, qn, &q) || big_new(st, rn, &r))
        return st->status;
    mp_limb_t *to = (mp_limb_t *)q->limbs, *left = (mp_limb_t *)r->limbs;
    if (compare_magnitudes(a, b) < 0) {
        mpn_zero(to, qn);
        mpn_zero(left, rn);
        mpn_copyi(left, a->limbs, a->count);
    } else {
        to[qn - 1]   = 0;
        left[rn - 1] = 0;
        if (divide(st, to, left, a, b))
            return st->status;
    }
    if (opposite && !mpn_zero_p(left, rn)) {
        mpn_add_1(to, to, qn, 1);
        mpn_sub_n(left, b->limbs, left, b->count);
    }
    q->count    = (uint32_t)qn;
    q->negative = opposite;
    r->count    = (uint32_t)rn;
    r->negative = b->negative;
    if (quotient && finish(st, q, quotient))
        return st->status;
    return remainder ? finish(st, r, remainder) : BURIN_OK;
}

burin_status rt_int_scaled_quotient(rt_state *st, burin_value a, burin_value b, int64_t shift, uint64_t *x, bool *inexact)
{
    view n, d;
    view_of(a, &n);
    view_of(b, &d);
    heap_position mark  = heap_mark(&st->heap);
    mp_size_t     moved = (mp_size_t)((shift < 0 ? -shift : shift) / 64);
    unsigned      bits  = (unsigned)((shift < 0 ? -shift : shift) % 64);
    mp_size_t     room  = n.count + (shift < 0 ? moved + 1 : 1);
    mp_limb_t    *scaled = heap_alloc(&st->heap, (size_t)(2 * room + d.count + 4) * sizeof(mp_limb_t));
    if (!scaled)
        return rt_fail_memory(st);
    mp_limb_t *quotient = scaled + room, *remainder = quotient + room + 2;

    *inexact = false;
    if (shift < 0) {
        mpn_zero(scaled, room);
        mpn_copyi(scaled + moved, n.limbs, n.count);
        if (bits)
            scaled[room - 1] = mpn_lshift(scaled + moved, scaled + moved, n.count, bits);
        n.count = room;
    } else {
        mp_size_t kept = n.count - moved;
        *inexact       = (moved && !mpn_zero_p(n.limbs, moved));
        mpn_copyi(scaled, n.limbs + moved, kept);
        if (bits)
            *inexact |= mpn_rshift(scaled, scaled, kept, bits) != 0;
        n.count = kept;
    }
    n.limbs = scaled;
    while (n.count && scaled[n.count - 1] == 0)
        n.count--;
    if (compare_magnitudes(&n, &d) < 0) {
        *x = 0;
        *inexact |= n.count != 0;
    } else {
        if (divide(st, quotient, remainder, &n, &d))
            return st->status;
        *x = quotient[0];
        *inexact |= !mpn_zero_p(remainder, d.count);
    }
    heap_release(&st->heap, mark);
    return BURIN_OK;
}

/* ---- power ---- */

static burin_status power_to_float(rt_state *st, burin_value a, burin_value b, burin_value *out)
{
    double base, exponent;
    if (rt_int_sign(a) == 0)
        return rt_fail(st, BURIN_ERR_ZERO_DIVISION, "0.0 cannot be raised to a negative power");
    if (rt_as_double(st, a, &base) || rt_as_double(st, b, &exponent))
        return st->status;
    *out = burin_float(pow(base, exponent));
    return BURIN_OK;
}

static burin_status power(rt_state *st, burin_value a, burin_value b, burin_value *out)
{
    if (rt_int_sign(b) < 0)
        return power_to_float(st, a, b, out);
    view base, exponent;
    view_of(a, &base);
    view_of(b, &exponent);
    if (exponent.count == 0 || (base.count == 1 && base.limbs[0] == 1)) {
        bool odd = exponent.count && (exponent.limbs[0] & 1);
        *out     = burin_int(base.negative && odd ? -1 : 1);
        return BURIN_OK;
    }
    if (base.count == 0) {
        *out = burin_int(0);
        return BURIN_OK;
    }
    /* A result has at least (bits - 1) * exponent bits: refuse before working. */
    if (exponent.count > 1 || exponent.limbs[0] > RT_INT_BITS_MAX || (bits_of(&base) - 1) * exponent.limbs[0] > bits_max(st))
        return fail_too_big(st);

    burin_value result = a;
    for (int bit = 62 - __builtin_clzll(exponent.limbs[0]); bit >= 0; bit--) {
        if (rt_int_binary(st, RT_MUL, result, result, &result))
            return st->status;
        if ((exponent.limbs[0] >> bit & 1) && rt_int_binary(st, RT_MUL, result, a, &result))
            return st->status;
    }
    *out = result.kind == BURIN_BOOL ? burin_int(result.as.i) : result;
    return BURIN_OK;
}

/* ---- entry points ---- */

static burin_status divide_by_zero(rt_state *st, rt_binary op)
{
    const char *message = op == RT_DIV ? "division by zero" : op == RT_FLOORDIV ? "integer division or modulo by zero" : "integer modulo by zero";
    return rt_fail(st, BURIN_ERR_ZERO_DIVISION, "%s", message);
}

static burin_status small_floor_divide(rt_binary op, int64_t a, int64_t b, burin_value *out)
{
    int64_t quotient = a / b, remainder = a % b;
    if (remainder != 0 && (remainder ^ b) < 0) {
        quotient--;
        remainder += b;
    }
    *out = burin_int(op == RT_FLOORDIV ? quotient : remainder);
    return BURIN_OK;
}

burin_status rt_int_binary(rt_state *st, rt_binary op, burin_value a, burin_value b, burin_value *out)
{
    bool small = a.kind != BURIN_BIGINT && b.kind != BURIN_BIGINT;
    if (op >= RT_DIV && op <= RT_MOD) {
        if (b.kind != BURIN_BIGINT && b.as.i == 0)
            return divide_by_zero(st, op);
        if (op == RT_DIV)
            return rt_int_true_divide(st, a, b, out);
        if (small && b.as.i != -1) /* INT64_MIN / -1 overflows */
            return small_floor_divide(op, a.as.i, b.as.i, out);
    }
    int64_t result;
    if (small && ((op == RT_ADD && !__builtin_add_overflow(a.as.i, b.as.i, &result)) ||
                  (op == RT_SUB && !__builtin_sub_overflow(a.as.i, b.as.i, &result)) ||
                  (op == RT_MUL && !__builtin_mul_overflow(a.as.i, b.as.i, &result)))) {
        *out = burin_int(result);
        return BURIN_OK;
    }
    if (op == RT_POW)
        return power(st, a, b, out);
    view left, right;
    view_of(a, &left);
    view_of(b, &right);
    switch (op) {
    case RT_SUB:
        right.negative = !right.negative;
        return add(st, &left, &right, out);
    case RT_MUL:
        return mul(st, &left, &right, out);
    case RT_FLOORDIV:
        return floor_divide(st, &left, &right, out, NULL);
    case RT_MOD:
        return floor_divide(st, &left, &right, NULL, out);
    default:
        return add(st, &left, &right, out);
    }
}

burin_status rt_int_negate(rt_state *st, burin_value a, burin_value *out)
{
    return rt_int_binary(st, RT_SUB, burin_int(0), a, out);
}

burin_status rt_int_divmod(rt_state *st, burin_value a, burin_value b, burin_value *quotient, burin_value *remainder)
{
    if (a.kind != BURIN_BIGINT && b.kind != BURIN_BIGINT && b.as.i != -1) {
        small_floor_divide(RT_FLOORDIV, a.as.i, b.as.i, quotient);
        return small_floor_divide(RT_MOD, a.as.i, b.as.i, remainder);
    }
    view left, right;
    view_of(a, &left);
    view_of(b, &right);
    return floor_divide(st, &left, &right, quotient, remainder);
}

burin_status rt_int_room(rt_state *st, uint32_t count, rt_bigint **out) { return big_new(st, count, out); }

burin_status rt_int_finish(rt_state *st, rt_bigint *big, burin_value *out) { return finish(st, big, out); }

int rt_int_sign(burin_value a)
{
    if (a.kind == BURIN_BIGINT)
        return ((const rt_bigint *)a.as.p)->negative ? -1 : 1;
    return (a.as.i > 0) - (a.as.i < 0);
}

int rt_int_compare(burin_value a, burin_value b)
{
    if (a.kind != BURIN_BIGINT && b.kind != BURIN_BIGINT)
        return (a.as.i > b.as.i) - (a.as.i < b.as.i);
    int sign = rt_int_sign(a);
    if (sign != rt_int_sign(b))
        return sign < rt_int_sign(b) ? -1 : 1;
    view left, right;
    view_of(a, &left);
    view_of(b, &right);
    int order = compare_magnitudes(&left, &right);
    return sign < 0 ? -order : order;
}

uint64_t rt_int_bits(burin_value a)
{
    view v;
    view_of(a, &v);
    return bits_of(&v);
}

bool rt_bigint_copy(burin_heap *heap, const rt_bigint *big, burin_value *out)
{
    size_t     size = sizeof *big + big->count * sizeof big->limbs[0];
    rt_bigint *copy = heap_alloc(heap, size);
    if (!copy)
        return false;
    memcpy(copy, big, size);
    *out = rt_pointer(BURIN_BIGINT, copy);
    return true;
}

/* ---- text ---- */

static burin_status fail_digits(rt_state *st)
{
    return rt_fail(st, BURIN_ERR_VALUE, "Exceeds the limit (%d digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit", RT_INT_DIGITS_MAX);
}

/* Digits in a base that is a power of two: groups of bits, from the lowest. */
static size_t digits_of_bits(const view *v, unsigned bits_each, char *to)
{
    uint64_t bits = bits_of(v);
    size_t   len  = (size_t)((bits + bits_each - 1) / bits_each);
    for (size_t n = 0; n < len; n++) {
        uint64_t at = (uint64_t)n * bits_each, limb = at / 64, offset = at % 64;
        uint64_t digit = v->limbs[limb] >> offset;
        if (offset + bits_each > 64 && limb + 1 < (uint64_t)v->count)
            digit |= v->limbs[limb + 1] << (64 - offset);
        to[len - 1 - n] = "0123456789abcdef"[digit & ((1u << bits_each) - 1)];
    }
    return len;
}

burin_status rt_int_digits(rt_state *st, burin_value a, int base, burin_text *out)
{
    view v;
    view_of(a, &v);
    if (v.count == 0) {
        *out = BURIN_TEXT("0");
        return BURIN_OK;
    }
    uint64_t bits = bits_of(&v);
    if (base == 10 && bits > (uint64_t)RT_INT_DIGITS_MAX * 3322 / 1000 + 8)
        return fail_digits(st);
    size_t room = base == 10 ? (size_t)(bits * 302 / 1000) + 8 : (size_t)bits + 1;
    char  *text = heap_alloc(&st->heap, room);
    if (!text)
        return rt_fail_memory(st);
    if (base != 10) {
        *out = (burin_text){text, digits_of_bits(&v, base == 16 ? 4 : base == 8 ? 3 : 1, text)};
        return BURIN_OK;
    }
    mp_limb_t *work = heap_alloc(&st->heap, (size_t)(v.count + 1) * sizeof(mp_limb_t)); /* mpn_get_str destroys it */
    if (!work)
        return rt_fail_memory(st);
    mpn_copyi(work, v.limbs, v.count);
    size_t len = mpn_get_str((unsigned char *)text, 10, work, v.count), zeros = 0;
    while (zeros + 1 < len && text[zeros] == 0)
        zeros++;
    if (len - zeros > RT_INT_DIGITS_MAX)
        return fail_digits(st);
    for (size_t n = zeros; n < len; n++)
        text[n] = (char)(text[n] + '0');
    *out = (burin_text){text + zeros, len - zeros};
    return BURIN_OK;
}

bool rt_int_from_digits(burin_heap *heap, const uint8_t *digits, size_t count, int base, bool negative, burin_value *out)
{
    while (count > 1 && digits[0] == 0) {
        digits++;
        count--;
    }
    if (count == 0) {
        *out = burin_int(0);
        return true;
    }
    /* log2(36) < 5.2: bits needed, rounded up to limbs, and one more that mpn_set_str may touch. */
    size_t     limbs = (size_t)((double)count * (base <= 16 ? 4.0 : 5.2) / 64) + 2;
    rt_bigint *big   = heap_alloc(heap, sizeof *big + limbs * sizeof big->limbs[0]);
    if (!big)
        return false;
    big->count    = (uint32_t)mpn_set_str((mp_limb_t *)big->limbs, digits, count, base);
    big->negative = negative;
    *out          = canonical(big);
    return true;
}
