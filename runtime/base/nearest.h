/* "Did you mean": the nearest of known names to one that is not known.
 *
 * Names are compared by Damerau-Levenshtein distance; a candidate counts when it differs in at most a third of the name's
 * length (at least one, at most three edits). The nearest wins, among equals the first in the alphabet. */
#ifndef BURIN_BASE_NEAREST_H
#define BURIN_BASE_NEAREST_H

#include "runtime/base/diag.h"
#include "runtime/base/text.h"

enum { NEAREST_LEN_MAX = 64 };

typedef struct nearest {
    burin_text wanted;
    size_t     limit;    /* most edits that still count */
    size_t     distance; /* of the best so far; > limit: none */
    char       best[NEAREST_LEN_MAX + 1]; /* a copy: candidates may go */
} nearest;

static const nearest nearest_nothing = {.distance = 1};

/* False: nothing can be near to it. */
bool nearest_start(nearest *search, burin_text wanted);
void nearest_consider(nearest *search, burin_text candidate);
/* Make the best the error's suggestion, if there is one. */
void nearest_suggest(const nearest *search, burin_error *err);

#endif
