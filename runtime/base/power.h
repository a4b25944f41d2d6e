/* Powers of ten to 128 bits: what printing and reading of doubles are both built on. */
#ifndef BURIN_BASE_POWER_H
#define BURIN_BASE_POWER_H

#include <stdbool.h>
#include <stdint.h>

/* The 128 most significant bits of 10^exponent, cut off; `exact` when nothing was cut off but zeros. */
typedef struct power128 {
    uint64_t high, low; /* the top bit of high is set */
    bool     exact;
} power128;

enum { POWER_MIN = -351, POWER_MAX = 350 };

power128 power_of_ten(int exponent);

#endif
