/* Columns: rows become blocks, and blocks results. */
#ifndef BURIN_ENGINE_COLUMNS_H
#define BURIN_ENGINE_COLUMNS_H

#include "burin/columns.h"
#include "codegen/columns/block.h"

/* What the caller makes of the values: each has its own program. */
typedef enum column_use { USE_AS_IS, USE_AS_FLOAT, USE_AS_TRUTH, USE_COUNT } column_use;

/* Rows that were evaluated: values of the type, except in rows that are null or bad. */
typedef struct column_block {
    size_t         first, count;
    const void    *values; /* NULL: every row is bad */
    vec_type       type;
    const uint8_t *bad;    /* NULL: none */
    const uint8_t *nulls;  /* NULL: none */
} column_block;

static inline bool column_is_null(const column_block *b, size_t i) { return b->nulls && b->nulls[i]; }
static inline bool column_is_bad(const column_block *b, size_t i) { return !b->values || (b->bad && b->bad[i]); }
static inline bool column_is_plain(const column_block *b) { return b->values && !b->bad && !b->nulls; }

/* Are they columns that the formula was compiled for? Begins a call. */
burin_status columns_begin(burin_columns *c, const burin_column *in, size_t from, size_t to, burin_error *err);
/* Room for a block's values, of one type and packed. */
typedef struct column_room {
    void    *at; /* NULL: there is none */
    vec_type type;
} column_room;
/* Has the call been cancelled, or its time run out? */
burin_status columns_interrupted(burin_columns *c, burin_error *err);
/* Evaluate the block at `first`, which ends before `to`. Its values may be put into `room`; those of rows that are bad are of no use there. */
burin_status columns_block(burin_columns *c, const burin_column *in, size_t first, size_t to, column_use use, column_room room, column_block *block,
                           burin_error *err);
/* Row `row` of the columns evaluated alone. */
burin_status columns_row(burin_columns *c, const burin_column *in, size_t row, burin_value *out, burin_error *err);
/* Row i of a block: from it, or alone; MISSING: it is null. */
burin_status columns_value(burin_columns *c, const burin_column *in, const column_block *block, size_t i, burin_value *out, burin_error *err);
/* Note the row that failed; `status`. */
burin_status columns_failed(burin_columns *c, size_t row, burin_status status, burin_error *err);

bool           columns_fast_math(const burin_columns *c);
burin_formula *columns_formula(burin_columns *c);
/* The size of one value; 0 for those that have no stride. */
size_t column_value_size(burin_column_type type);

#endif
