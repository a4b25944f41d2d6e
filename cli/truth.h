/* Whether Python would take a value for true. Host objects and functions are. */
#ifndef CLI_TRUTH_H
#define CLI_TRUTH_H

#include "burin/value.h"

static inline bool value_is_true(burin_value v)
{
    double number;

    switch (v.kind) {
    case BURIN_MISSING:
    case BURIN_UNDEFINED:
    case BURIN_NONE: return false;
    case BURIN_BIGINT:
    case BURIN_FUNCTION:
    case BURIN_OBJECT: return true;
    case BURIN_BOOL:
    case BURIN_INT:
    case BURIN_FLOAT: return burin_as_double(v, &number) && number != 0;
    default: return burin_length(v) != 0;
    }
}

#endif
