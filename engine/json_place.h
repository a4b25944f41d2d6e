/* Where in a text of JSON a value stands: for errors that are found only once it has been read. */
#ifndef ENGINE_JSON_PLACE_H
#define ENGINE_JSON_PLACE_H

#include "runtime/base/diag.h"

/* A step into a value: to the member `key` of an object, or, where `key` is NULL, to item `index` of an array or object. */
typedef struct json_step {
    const char *key;
    size_t      index;
} json_step;

/* The bytes of what the steps lead to in `text`, which burin_json_read has taken; where a step leads nowhere, of what it should lead on from. */
span json_place(burin_text text, const json_step *steps, size_t count);

#endif
