/* Entities as values, for the functions that are granted to templates. */
#ifndef BURIN_ENGINE_GRANT_H
#define BURIN_ENGINE_GRANT_H

#include "burin/grant.h"
#include "runtime/state.h"

typedef struct granted { /* what an entity object holds; in the heap */
    burin_reader     *reader;
    burin_entity_info info;
} granted;

/* What is behind a value; NULL when it is no entity. */
const granted *granted_of(burin_value v);
/* An entity as a value in the heap; tree and version are filled in. */
burin_status grant_value(burin_heap *heap, burin_reader *reader, burin_entity entity, burin_value *out, burin_error *err);
/* A reader of a store as it is now, which is freed with the call's heap; NULL when memory is out. */
burin_reader *grant_reader(burin_call *call, burin_store *store);
/* The transaction that the state runs in: its call's, or the host's; NULL: none. */
burin_txn *live_txn(const rt_state *st);
/* An entity in that transaction: it can be changed, and is of use as long as the state runs in it. BURIN_ERR_NOMEM. */
burin_status live_value(rt_state *st, burin_entity entity, burin_value *out);
/* The entity behind such a value; false for every other value. */
bool live_entity(burin_value v, burin_entity *out);
/* Raise for such a value where what it was made for has ended: BURIN_ERR_USAGE. BURIN_OK for every other value. */
burin_status live_check(burin_call *call, burin_value v);

/* Raise in the template what a function of the store failed with, and clear it. */
burin_status grant_raise(burin_call *call, burin_status status, burin_error *err);

#endif
