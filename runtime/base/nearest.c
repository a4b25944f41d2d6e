/* See nearest.h. */
#include "runtime/base/nearest.h"

bool nearest_start(nearest *search, burin_text wanted)
{
    *search       = (nearest){.wanted = wanted};
    search->limit = wanted.len / 3;
    if (search->limit < 1)
        search->limit = 1;
    if (search->limit > 3)
        search->limit = 3;
    search->distance = search->limit + 1;
    return wanted.len > 1 && wanted.len <= NEAREST_LEN_MAX;
}

void nearest_consider(nearest *search, burin_text candidate)
{
    size_t length_gap = candidate.len > search->wanted.len ? candidate.len - search->wanted.len : search->wanted.len - candidate.len;

    if (candidate.len == 0 || candidate.len > NEAREST_LEN_MAX || length_gap > search->limit)
        return;
    size_t distance = text_distance(search->wanted, candidate, search->limit + 1);
    if (distance == 0 || distance > search->distance || distance > search->limit)
        return;
    if (distance > 2 && candidate.data[0] != search->wanted.data[0]) /* with so many slips it is another word */
        return;
    if (distance == search->distance && strncmp(candidate.data, search->best, candidate.len) >= 0)
        return;
    search->distance = distance;
    memcpy(search->best, candidate.data, candidate.len);
    search->best[candidate.len] = '\0';
}

void nearest_suggest(const nearest *search, burin_error *err)
{
    if (search->distance <= search->limit)
        diag_suggest(err, "did you mean '%s'?", search->best);
}

const char *burin_nearest(const char *wanted, const char *const *names, size_t count)
{
    nearest search;

    if (!nearest_start(&search, (burin_text){wanted, strlen(wanted)}))
        return NULL;
    for (size_t n = 0; n < count; n++)
        nearest_consider(&search, (burin_text){names[n], strlen(names[n])});
    for (size_t n = 0; n < count && search.distance <= search.limit; n++)
        if (strcmp(names[n], search.best) == 0)
            return names[n];
    return NULL;
}
