/* Floats as text with a chosen number of digits: exact for any precision, and free of the process's locale. */
#ifndef BURIN_RUNTIME_FORMAT_FLOAT_H
#define BURIN_RUNTIME_FORMAT_FLOAT_H

#include "runtime/builder.h"

enum { FLOAT_DIGITS_ROOM = 1500 }; /* the longest exact expansion of a double has 309 + 1074 digits */

/* Decimal digits of a double: 0.d1d2d3... * 10^point, no zeros at the end; a zero has no digits and point 0. */
typedef struct float_digits {
    char digits[FLOAT_DIGITS_ROOM];
    int  len;
    int  point;
} float_digits;

/* Digits of |f| (finite) rounded half to even to `count` significant digits (count >= 1). */
void float_round_significant(double f, int count, float_digits *out);
/* The same to `places` digits after the point (>= 0). */
void float_round_places(double f, int places, float_digits *out);

enum { /* flags of float_write */
    FLOAT_ALTERNATE = 1, /* '#': keep the point and the zeros after it */
    FLOAT_ADD_DOT_0 = 2, /* repr: at least one digit after the point */
    FLOAT_UPPER     = 4,
};
/* Append |f| in one of CPython's formats: 'e', 'f', 'g' with `precision`, or 'r', the shortest (precision ignored). Infinity
 * and NaN come out as inf and nan. Returns whether every digit written is a zero. */
bool float_write(builder *b, double f, char format, int precision, unsigned flags);

#endif
