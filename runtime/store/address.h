/* Addresses of entities: their grammar, taken step by step. What they mean is resolve.c's. */
#ifndef BURIN_STORE_ADDRESS_H
#define BURIN_STORE_ADDRESS_H

#include "burin/address.h"

typedef enum es_step_kind { ES_STEP_NAME, ES_STEP_INDEX, ES_STEP_KEY } es_step_kind;

typedef struct es_step {
    es_step_kind kind;
    burin_text   text;  /* NAME; KEY: between the quotes, backslashes included */
    int64_t      index;
    const char  *at;    /* where it begins */
} es_step;

/* Take the next step off a path that burin_address_read gave; false at its end. */
bool es_next_step(burin_text *path, es_step *step);
/* Whether the step's name or key is this text. */
bool es_step_is(const es_step *step, burin_text text);

#endif
