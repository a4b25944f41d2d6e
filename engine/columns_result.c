/* What blocks of rows become: a column, a selection, one value. */
#include "engine/columns.h"

#include "engine/formula.h"
#include "runtime/base/diag.h"

/* ---- a column ---- */

static burin_status check_out(const burin_column_out *out, size_t rows, burin_error *err)
{
    if (!column_value_size(out->type))
        return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "a column of bits or of offsets cannot be written");
    if (!out->data && rows)
        return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "there is no room for the results");
    if (out->type == BURIN_COLUMN_TEXT && !out->heap)
        return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "a column of text needs a heap");
    return BURIN_OK;
}

static void *place_of(const burin_column_out *out, size_t row)
{
    ptrdiff_t stride = out->stride ? out->stride : (ptrdiff_t)column_value_size(out->type);
    return (char *)out->data + (ptrdiff_t)row * stride;
}

static burin_status set_valid(const burin_column_out *out, size_t row, bool valid, burin_error *err)
{
    if (!out->validity)
        return valid ? BURIN_OK : diag_fail(err, BURIN_ERR_VALUE, NULL, 0, (span){0, 0}, "the row has no value, and the column no validity");
    uint8_t bit = (uint8_t)(1u << (row & 7));
    out->validity[row >> 3] = (uint8_t)(valid ? out->validity[row >> 3] | bit : out->validity[row >> 3] & ~bit);
    return BURIN_OK;
}

static burin_status put_text(const burin_column_out *out, void *to, burin_value value, burin_error *err)
{
    burin_text   text;
    burin_status status = formula_as_text(value, &text, err);
    if (status)
        return status;
    burin_value copy = burin_string(out->heap, text.data, text.len);
    if (copy.kind == BURIN_MISSING)
        return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
    text = (burin_text){copy.as.s, copy.len};
    memcpy(to, &text, sizeof text);
    return BURIN_OK;
}

static burin_status put_value(burin_columns *c, const burin_column_out *out, size_t row, burin_value value, burin_error *err)
{
    void        *to = place_of(out, row);
    double       f;
    int64_t      i;
    bool         b;
    burin_status status;
    switch (out->type) {
    case BURIN_COLUMN_DOUBLE:
        if (!(status = formula_as_double(value, &f, err)))
            memcpy(to, &f, sizeof f);
        return status;
    case BURIN_COLUMN_INT64:
        if (!(status = formula_as_int64(value, &i, err)))
            memcpy(to, &i, sizeof i);
        return status;
    case BURIN_COLUMN_BOOL:
        if (!(status = formula_as_bool(columns_formula(c), value, &b, err)))
            *(uint8_t *)to = b;
        return status;
    case BURIN_COLUMN_TEXT: return put_text(out, to, value, err);
    case BURIN_COLUMN_BITS:
    case BURIN_COLUMN_TEXT32: break;
    }
    return BURIN_ERR_USAGE;
}

static burin_status map_rows(burin_columns *c, const burin_column *in, const column_block *block, const burin_column_out *out, burin_error *err)
{
    for (size_t i = 0; i < block->count; i++) {
        size_t       row = block->first + i;
        burin_value  value;
        burin_status status = columns_value(c, in, block, i, &value, err);
        if (status)
            return status;
        bool valid = value.kind != BURIN_MISSING;
        status     = set_valid(out, row, valid, err);
        if (!status && valid)
            status = put_value(c, out, row, value, err);
        if (status)
            return columns_failed(c, row, status, err);
    }
    return BURIN_OK;
}

/* A block without exceptions whose values have the column's type. */
static void map_plain(const column_block *block, const burin_column_out *out)
{
    size_t    size   = column_value_size(out->type);
    ptrdiff_t stride = out->stride ? out->stride : (ptrdiff_t)size;
    char     *to     = place_of(out, block->first);
    if (stride != (ptrdiff_t)size)
        for (size_t i = 0; i < block->count; i++)
            memcpy(to + (ptrdiff_t)i * stride, (const char *)block->values + i * size, size);
    else if (block->values != to) /* the loops have not put them there */
        memmove(to, block->values, block->count * size); /* they may be a column that lies there too */
    for (size_t i = 0; out->validity && i < block->count; i++)
        set_valid(out, block->first + i, true, NULL);
}

static column_room room_in(const burin_column_out *out, size_t row)
{
    vec_type type   = out->type == BURIN_COLUMN_DOUBLE ? VEC_FLOAT : out->type == BURIN_COLUMN_INT64 ? VEC_INT : VEC_BOOL;
    bool     packed = out->type <= BURIN_COLUMN_BOOL && (!out->stride || out->stride == (ptrdiff_t)column_value_size(out->type));
    return (column_room){packed ? place_of(out, row) : NULL, type};
}

static bool is_same_type(vec_type type, burin_column_type column)
{
    return column == (type == VEC_FLOAT ? BURIN_COLUMN_DOUBLE : type == VEC_INT ? BURIN_COLUMN_INT64 : BURIN_COLUMN_BOOL);
}

burin_status burin_columns_map(burin_columns *c, const burin_column *in, size_t from, size_t to, const burin_column_out *out, burin_error *err)
{
    column_use   use    = out->type == BURIN_COLUMN_DOUBLE ? USE_AS_FLOAT : out->type == BURIN_COLUMN_BOOL ? USE_AS_TRUTH : USE_AS_IS;
    burin_status status = columns_begin(c, in, from, to, err);
    column_block block;
    if (!status)
        status = check_out(out, to - from, err);
    for (size_t row = from; !status && row < to; row += block.count) {
        status = columns_block(c, in, row, to, use, room_in(out, row), &block, err);
        if (status)
            break;
        if (column_is_plain(&block) && is_same_type(block.type, out->type))
            map_plain(&block, out);
        else
            status = map_rows(c, in, &block, out, err);
    }
    return status;
}

/* ---- a selection ---- */

/* Is the row's value true? A row without one: not. *has says so. */
static burin_status row_truth(burin_columns *c, const burin_column *in, const column_block *block, size_t i, bool *truth, bool *has, burin_error *err)
{
    burin_value  value;
    burin_status status = columns_value(c, in, block, i, &value, err);
    *truth              = false;
    *has                = value.kind != BURIN_MISSING;
    if (!status && *has && (status = formula_as_bool(columns_formula(c), value, truth, err)))
        columns_failed(c, block->first + i, status, err);
    return status;
}

static size_t select_plain(const column_block *block, uint32_t *selected)
{
    const uint8_t *truth = block->values;
    size_t         found = 0;
    for (size_t i = 0; i < block->count; i++) {
        selected[found] = (uint32_t)(block->first + i);
        found += truth[i];
    }
    return found;
}

static burin_status select_rows(burin_columns *c, const burin_column *in, const column_block *block, uint32_t *selected, size_t *found, burin_error *err)
{
    for (size_t i = 0; i < block->count; i++) {
        bool         truth, has;
        burin_status status = row_truth(c, in, block, i, &truth, &has, err);
        if (status)
            return status;
        if (truth)
            selected[(*found)++] = (uint32_t)(block->first + i);
    }
    return BURIN_OK;
}

burin_status burin_columns_filter(burin_columns *c, const burin_column *in, size_t from, size_t to, uint32_t *selected, size_t *count, burin_error *err)
{
    burin_status status = columns_begin(c, in, from, to, err);
    column_block block;
    *count = 0;
    if (!status && to > (size_t)UINT32_MAX + 1)
        return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "rows beyond 32 bits cannot be selected");
    for (size_t row = from; !status && row < to; row += block.count) {
        status = columns_block(c, in, row, to, USE_AS_TRUTH, (column_room){NULL, VEC_BOOL}, &block, err);
        if (status)
            break;
        if (column_is_plain(&block))
            *count += select_plain(&block, selected + *count);
        else
            status = select_rows(c, in, &block, selected, count, err);
    }
    return status;
}
