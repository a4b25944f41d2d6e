/* Python's module math: sums and products of many numbers, with CPython's care for the last bit. */
#include "runtime/builtins/python.h"
#include "runtime/told.h"

#include <math.h>

/* ---- fsum: Shewchuk's partial sums, which together are the exact sum ---- */

typedef struct partials {
    rt_state *st;
    double   *items; /* not overlapping, from the least on */
    burin_value room; /* ... as bytes, which the collector knows */
    uint32_t  count, cap;
    double    specials, infinities;
} partials;

static burin_status partials_add(partials *p, double x)
{
    double   given = x;
    uint32_t kept  = 0;
    for (uint32_t n = 0; n < p->count; n++) {
        double y = p->items[n];
        if (fabs(x) < fabs(y)) {
            double swap = x;
            x           = y;
            y           = swap;
        }
        double high = x + y, low = y - (high - x);
        if (low != 0)
            p->items[kept++] = low;
        x = high;
    }
    p->count = kept;
    if (x == 0)
        return BURIN_OK;
    if (!isfinite(x)) {
        if (isfinite(given))
            return rt_fail(p->st, BURIN_ERR_OVERFLOW, "intermediate overflow in fsum");
        if (isinf(given))
            p->infinities += given;
        p->specials += given;
        p->count = 0;
        return BURIN_OK;
    }
    if (p->count == p->cap) {
        uint32_t cap   = p->cap ? 2 * p->cap : 32;
        double  *items = heap_resize(&p->st->heap, p->items, p->cap * sizeof *items, cap * sizeof *items);
        if (!items)
            return rt_fail_memory(p->st);
        p->items = items;
        p->cap   = cap;
        p->room  = rt_string((const char *)items, cap * sizeof *items);
    }
    p->items[p->count++] = x;
    return BURIN_OK;
}

/* The partial sums as one, rounded once: half-way cases look at the next partial sum. */
static double partials_total(const partials *p)
{
    double   high = 0, low = 0;
    uint32_t n = p->count;
    if (n > 0)
        high = p->items[--n];
    while (n > 0) {
        double x = high, y = p->items[--n];
        high = x + y;
        low  = y - (high - x);
        if (low != 0)
            break;
    }
    if (n > 0 && ((low < 0 && p->items[n - 1] < 0) || (low > 0 && p->items[n - 1] > 0))) {
        double y = low * 2, x = high + y;
        if (y == x - high)
            high = x;
    }
    return high;
}

burin_status math_fsum(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    partials     p  = {.st = st, .room = rt_missing()};
    rt_iter      it;
    rt_told      told;
    burin_value  item;
    double       x;
    burin_status status = rt_iter_init(st, call->args[0], &it);
    rt_told_begin(&told, call, &p.room, 1);
    while (!status && !(status = builtin_told_next(&told, &it, &item)) && item.kind != BURIN_MISSING)
        if (!(status = python_real(st, item, &x)))
            status = partials_add(&p, x);
    rt_told_end(&told);
    if (status)
        return status;
    if (p.specials != 0) {
        if (isnan(p.infinities))
            return rt_fail(st, BURIN_ERR_VALUE, "-inf + inf in fsum");
        *out = burin_float(p.specials);
        return BURIN_OK;
    }
    *out = burin_float(partials_total(&p));
    return BURIN_OK;
}

/* ---- hypot and dist: CPython's vector_norm ---- */

typedef struct norm { /* a sum of squares as a double and what it lost, in three parts */
    double sum, lost_high, lost_middle, lost_low;
} norm;

static void norm_add(norm *s, double x, double *lost)
{
    double before = s->sum;
    s->sum += x;
    *lost += (before - s->sum) + x;
}

/* Veltkamp's split: the upper and lower half of x's bits. */
static void halves(double x, double *high, double *low)
{
    double t = x * 134217729.0;
    *high    = t - (t - x);
    *low     = x - *high;
}

static double norm_of(const double *v, uint32_t count, double largest)
{
    int    exponent;
    double high, low;
    norm   s = {1.0, 0, 0, 0};
    if (largest == 0 || count <= 1)
        return largest;
    frexp(largest, &exponent);
    if (exponent < -1023) { /* the scale would overflow */
        for (uint32_t n = 0; n < count; n++)
            norm_add(&s, v[n] / largest * (v[n] / largest), &s.lost_high);
        return largest * sqrt(s.sum - 1.0 + s.lost_high);
    }
    double scale = ldexp(1.0, -exponent);
    for (uint32_t n = 0; n < count; n++) {
        halves(v[n] * scale, &high, &low);
        norm_add(&s, high * high, &s.lost_high);
        norm_add(&s, 2.0 * high * low, &s.lost_middle);
        s.lost_low += low * low;
    }
    double root = sqrt(s.sum - 1.0 + (s.lost_high + s.lost_middle + s.lost_low));
    halves(root, &high, &low);
    norm_add(&s, -high * high, &s.lost_high);
    norm_add(&s, -2.0 * high * low, &s.lost_middle);
    norm_add(&s, -low * low, &s.lost_low);
    double rest = s.sum - 1.0 + (s.lost_high + s.lost_middle + s.lost_low);
    return (root + rest / (2.0 * root)) / scale;
}

/* The norm of `count` items, or of their differences to `others`. */
static burin_status measure(rt_state *st, const burin_value *items, const burin_value *others, uint32_t count, burin_value *out)
{
    double  largest = 0, x, y;
    bool    nan     = false;
    double *v       = heap_alloc(&st->heap, (size_t)count * sizeof *v + 1);
    if (!v)
        return rt_fail_memory(st);
    for (uint32_t n = 0; n < count; n++) {
        if (python_real(st, items[n], &x) || (others && python_real(st, others[n], &y)))
            return st->status;
        v[n] = fabs(others ? x - y : x);
        nan |= isnan(v[n]);
        if (v[n] > largest)
            largest = v[n];
    }
    *out = burin_float(isinf(largest) ? largest : nan ? NAN : norm_of(v, count, largest));
    return rt_charge(st, count / 16);
}

burin_status math_hypot(burin_call *call, burin_value *out)
{
    const rt_list *coordinates = rt_list_of(call->st, call->args[0]);
    return measure(call->st, coordinates->items, NULL, coordinates->len, out);
}

burin_status math_dist(burin_call *call, burin_value *out)
{
    rt_state    *st    = call->st;
    burin_value  first;
    rt_list     *p, *q;
    rt_told      told;
    burin_status status = rt_told_list(call, call->args[0], &p);
    if (status)
        return status;
    first = rt_list_value(p);
    rt_told_begin(&told, call, &first, 1);
    status = rt_told_list(call, call->args[1], &q);
    rt_told_end(&told);
    if (status)
        return status;
    if (p->len != q->len)
        return rt_fail(st, BURIN_ERR_VALUE, "both points must have the same number of dimensions");
    return measure(st, p->items, q->items, p->len, out);
}

burin_status math_prod(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    rt_iter      it;
    rt_told      told;
    burin_value  item, product = call->args[1];
    burin_status status = rt_iter_init(st, call->args[0], &it);
    rt_told_begin(&told, call, &product, 1);
    while (!status && !(status = builtin_told_next(&told, &it, &item)) && item.kind != BURIN_MISSING)
        status = rt_binary_op(st, RT_MUL, product, item, &product);
    rt_told_end(&told);
    *out = product;
    return status;
}
