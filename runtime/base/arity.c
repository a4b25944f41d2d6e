#include "runtime/base/arity.h"

#include <stdio.h>

void arity_too_many(char out[ARITY_SIZE], unsigned required, unsigned positional, unsigned given, unsigned by_keyword)
{
    char takes[32], more[64] = "";
    if (required < positional)
        snprintf(takes, sizeof takes, "from %u to %u", required, positional);
    else
        snprintf(takes, sizeof takes, "%u", positional);
    if (by_keyword)
        snprintf(more, sizeof more, " positional argument%s (and %u keyword-only argument%s)", given == 1 ? "" : "s", by_keyword, by_keyword == 1 ? "" : "s");
    snprintf(out, ARITY_SIZE, "takes %s positional argument%s but %u%s %s given", takes, positional != 1 || required < positional ? "s" : "", given, more,
             given == 1 && !by_keyword ? "was" : "were");
}

void arity_missing(char out[ARITY_SIZE], unsigned missing, const char *kind)
{
    snprintf(out, ARITY_SIZE, "missing %u required %s argument%s: ", missing, kind, missing == 1 ? "" : "s");
}

const char *arity_joint(unsigned listed, unsigned missing)
{
    return !listed ? "" : missing == 2 ? " and " : listed + 1 == missing ? ", and " : ", ";
}
