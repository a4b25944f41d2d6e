/* Plain values and states of entities as values that JSON can hold, and back. See burin/exchange.h for the form. */
#ifndef BURIN_STORE_PLAIN_H
#define BURIN_STORE_PLAIN_H

#include "runtime/store/store.h"

/* What JSON cannot hold is put in tagged objects. MISSING: memory is out. */
burin_value es_to_plain(burin_heap *heap, burin_value v);
/* BURIN_ERR_DATA, BURIN_ERR_NOMEM. */
burin_status es_from_plain(burin_heap *heap, burin_value v, burin_value *out, burin_error *err);
/* The double of an attribute, or of a tagged object; false: it is none. */
bool es_plain_double(burin_value v, double *out);

/* {"id":, "type":, "attributes":, "origins":} of a record. MISSING: memory is out. */
burin_value es_plain_state(const burin_store *s, burin_heap *heap, const es_record *record);
/* {"name":, "attributes":} of a type. */
burin_value es_plain_type(burin_heap *heap, const es_type *type);
/* Declare a type, or see that the one of that name is the same. is_kept: as es_define says. */
burin_status es_plain_define(burin_store *s, burin_value type, bool is_kept, burin_error *err);

/* A whole number of an object from `least` to `most`; absent: `otherwise`, unless that is less. False after filling err. */
bool es_plain_number(burin_value object, const char *key, uint64_t least, uint64_t most, uint64_t otherwise, uint64_t *out, burin_error *err);

#endif
