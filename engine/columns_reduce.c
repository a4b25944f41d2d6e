/* All rows' values as one, in the order of the rows: what Python's sum, min, max, any and all would give. */
#include "engine/columns.h"

#include "engine/formula.h"
#include "runtime/base/diag.h"
#include "runtime/bigint.h"
#include "runtime/operate.h"

__extension__ typedef __int128 wide; /* the sum of any number of int64_t */

enum { LANES = 8 }; /* of a sum in any order */

typedef struct reducer {
    burin_reduction how;
    bool            decided; /* ANY, ALL: no further row matters */
    bool            is_float;
    wide            whole; /* SUM while no float came */
    double          sum;
    size_t          count;
    burin_value     best; /* MIN, MAX */
} reducer;

/* ---- one value ---- */

static burin_status fail_overflow(burin_error *err)
{
    return diag_fail(err, BURIN_ERR_OVERFLOW, NULL, 0, (span){0, 0}, "int too large to convert to 64 bits");
}

static void add_float(reducer *r, double f)
{
    if (!r->is_float) {
        r->is_float = true;
        r->sum      = (double)r->whole;
    }
    r->sum += f;
}

static void add_value(reducer *r, burin_value value)
{
    if (value.kind == BURIN_FLOAT)
        add_float(r, value.as.f);
    else if (r->is_float)
        r->sum += (double)value.as.i;
    else
        r->whole += value.as.i;
}

static burin_status take_number(reducer *r, burin_value value, burin_error *err)
{
    bool better = r->best.kind == BURIN_MISSING;
    if (value.kind == BURIN_BIGINT)
        return fail_overflow(err);
    if (!rt_is_number(value))
        return diag_fail(err, BURIN_ERR_TYPE, NULL, 0, (span){0, 0}, "the formula's value must be a number, not %s", burin_type_name(value));
    if (r->how == BURIN_REDUCE_SUM)
        add_value(r, value);
    else if (better || (!rt_compare_op(NULL, r->how == BURIN_REDUCE_MIN ? RT_LT : RT_GT, value, r->best, &better) && better)) /* numbers always compare */
        r->best = value;
    return BURIN_OK;
}

/* What a row's value does to the result. */
static burin_status take(burin_columns *c, reducer *r, burin_value value, burin_error *err)
{
    bool         truth;
    burin_status status;
    switch (r->how) {
    case BURIN_REDUCE_COUNT: r->count++; return BURIN_OK;
    case BURIN_REDUCE_ANY:
    case BURIN_REDUCE_ALL:
        status     = formula_as_bool(columns_formula(c), value, &truth, err);
        r->decided = !status && truth == (r->how == BURIN_REDUCE_ANY);
        return status;
    case BURIN_REDUCE_SUM:
    case BURIN_REDUCE_MIN:
    case BURIN_REDUCE_MAX: break;
    }
    return take_number(r, value, err);
}

/* ---- blocks ---- */

static burin_status take_rows(burin_columns *c, const burin_column *in, reducer *r, const column_block *block, burin_error *err)
{
    for (size_t i = 0; i < block->count && !r->decided; i++) {
        burin_value  value;
        burin_status status = columns_value(c, in, block, i, &value, err);
        if (status)
            return status;
        if (value.kind != BURIN_MISSING && (status = take(c, r, value, err)))
            return columns_failed(c, block->first + i, status, err);
    }
    return BURIN_OK;
}

/* In any order: a sum a lane. */
static double sum_lanes(const double *values, size_t n)
{
    double lanes[LANES] = {0}, sum = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            lanes[k] += values[i + k];
    for (; i < n; i++)
        sum += values[i];
    for (size_t k = 0; k < LANES; k++)
        sum += lanes[k];
    return sum;
}

static void sum_plain(reducer *r, const column_block *block, bool any_order)
{
    if (block->type == VEC_FLOAT && any_order) {
        add_float(r, sum_lanes(block->values, block->count));
    } else if (block->type == VEC_FLOAT) {
        const double *values = block->values;
        add_float(r, values[0]);
        double sum = r->sum;
        for (size_t i = 1; i < block->count; i++)
            sum += values[i];
        r->sum = sum;
    } else if (block->type == VEC_INT) {
        for (size_t i = 0; i < block->count; i++)
            r->whole += ((const int64_t *)block->values)[i];
    } else {
        for (size_t i = 0; i < block->count; i++)
            r->whole += ((const uint8_t *)block->values)[i];
    }
}

/* The least or greatest of a block: the first row has been taken. */
static void extreme_plain(reducer *r, const column_block *block)
{
    bool least = r->how == BURIN_REDUCE_MIN;
    if (block->type == VEC_FLOAT) {
        const double *values = block->values;
        double        best   = r->best.as.f;
        for (size_t i = 0; i < block->count; i++)
            best = (least ? values[i] < best : values[i] > best) ? values[i] : best;
        r->best.as.f = best;
    } else {
        const int64_t *values = block->values;
        int64_t        best   = r->best.as.i;
        for (size_t i = 0; i < block->count; i++)
            best = (least ? values[i] < best : values[i] > best) ? values[i] : best;
        r->best.as.i = best;
    }
}

/* True when the block needed no look at single rows. */
static bool take_plain(reducer *r, const column_block *block, bool any_order)
{
    bool wanted = r->how == BURIN_REDUCE_ANY;
    if (!column_is_plain(block))
        return false;
    switch (r->how) {
    case BURIN_REDUCE_COUNT: r->count += block->count; return true;
    case BURIN_REDUCE_ANY:
    case BURIN_REDUCE_ALL: r->decided = memchr(block->values, wanted, block->count) != NULL; return true;
    case BURIN_REDUCE_SUM:
        if (r->is_float && block->type != VEC_FLOAT)
            return false;
        sum_plain(r, block, any_order);
        return true;
    case BURIN_REDUCE_MIN:
    case BURIN_REDUCE_MAX: break;
    }
    if (r->best.kind != (block->type == VEC_FLOAT ? BURIN_FLOAT : BURIN_INT) || block->type == VEC_BOOL)
        return false;
    extreme_plain(r, block);
    return true;
}

static burin_status finish(const reducer *r, burin_value *out, burin_error *err)
{
    switch (r->how) {
    case BURIN_REDUCE_COUNT: *out = burin_int((int64_t)r->count); return BURIN_OK;
    case BURIN_REDUCE_ANY: *out = burin_bool(r->decided); return BURIN_OK;
    case BURIN_REDUCE_ALL: *out = burin_bool(!r->decided); return BURIN_OK;
    case BURIN_REDUCE_MIN:
    case BURIN_REDUCE_MAX: *out = r->best.kind == BURIN_MISSING ? burin_none() : r->best; return BURIN_OK;
    case BURIN_REDUCE_SUM: break;
    }
    if (!r->is_float && r->whole != (int64_t)r->whole)
        return fail_overflow(err);
    *out = r->is_float ? burin_float(r->sum) : burin_int((int64_t)r->whole);
    return BURIN_OK;
}

burin_status burin_columns_reduce(burin_columns *c, const burin_column *in, size_t from, size_t to, burin_reduction how, burin_value *out, burin_error *err)
{
    bool         by_truth = how == BURIN_REDUCE_ANY || how == BURIN_REDUCE_ALL;
    reducer      r        = {.how = how, .best = burin_missing()};
    burin_status status   = columns_begin(c, in, from, to, err);
    column_block block;
    *out = burin_missing();
    if (!status && (unsigned)how > BURIN_REDUCE_ALL)
        return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "there is no reduction of number %d", (int)how);
    for (size_t row = from; !status && row < to && !r.decided; row += block.count) {
        status = columns_block(c, in, row, to, by_truth ? USE_AS_TRUTH : USE_AS_IS, (column_room){NULL, VEC_FLOAT}, &block, err);
        if (!status && !take_plain(&r, &block, columns_fast_math(c)))
            status = take_rows(c, in, &r, &block, err);
    }
    return status ? status : finish(&r, out, err);
}
