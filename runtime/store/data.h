/* Plain values as bytes: how a store keeps what a DATA attribute holds.
 *
 * A tag byte for the kind, then numbers as 8 bytes, text as length and bytes, containers as count and items. Equal values of
 * equal kinds give equal bytes, so that contents are compared as bytes; nothing but what es_data_encode wrote is decoded. */
#ifndef BURIN_STORE_DATA_H
#define BURIN_STORE_DATA_H

#include "burin/error.h"
#include "burin/value.h"
#include "runtime/base/memory.h"

/* Append `value`. BURIN_ERR_TYPE for what is no plain data, BURIN_ERR_RECURSION when nested deeper than 100, BURIN_ERR_NOMEM. */
burin_status es_data_encode(buf *out, burin_value value, burin_error *err);
/* Whether bytes from outside are what es_data_encode may have written. */
bool es_data_valid(burin_text bytes);
/* Bytes back to a value in `heap` (BURIN_ERR_USAGE when it is NULL and needed); no bytes: none. */
burin_status es_data_value(burin_heap *heap, burin_text bytes, burin_value *out, burin_error *err);

#endif
