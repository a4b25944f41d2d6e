/* Where entities live: a table by their numbers, which grows without moving.
 *
 * Pages of homes are found through a table of pages, those of numbers beyond the first 4 million through one more. A page is made when a number of it is
 * used, so that numbers that lie far apart do not cost what lies between; where numbers are dense pages are made many at a time, as large pieces of
 * memory. Readers follow what was published; the holder of the store's lock makes pages. */
#ifndef BURIN_STORE_HOMES_H
#define BURIN_STORE_HOMES_H

#include "runtime/store/memory.h"

#include <stdatomic.h>

/* The tree an entity lives in, and its record in the newest version there (0: it is not there any more). A reader that finds a
 * record no younger than the commit it pinned has what it may see: were it not the newest one then, it would stand here no longer. */
typedef struct es_home {
    uint32_t tree; /* 0: nowhere yet */
    es_ref   record;
} es_home;

/* Beside a home is where in a list of many children the entity was put last: somewhere near it is likely to be found. Any thread may write it. */
enum { ES_PAGE_HOMES = 1 << 12, ES_GROUP_PAGES = 1 << 10, ES_GROUPS = 1 << 10 };
typedef struct es_home_page {
    _Atomic es_home  homes[ES_PAGE_HOMES];
    _Atomic uint32_t seats[ES_PAGE_HOMES];
} es_home_page;
typedef struct es_home_group {
    es_home_page    *pages[ES_GROUP_PAGES];
    uint16_t         block[ES_GROUP_PAGES]; /* pages in the piece of memory that begins with this one; 0: it lies within one */
} es_home_group;
typedef struct es_homes {
    es_home_group  first;
    es_home_group *others[ES_GROUPS]; /* from 1 */
} es_homes;

/* Of a number beyond the first group's. */
es_home_page *es_home_page_beyond(const es_homes *h, uint32_t id);
/* NULL also for those: what calls nothing needs no registers saved. */
static inline _Atomic es_home *es_home_near(const es_homes *h, uint32_t id)
{
    uint32_t      number = id / ES_PAGE_HOMES;
    es_home_page *page   = BURIN_LIKELY(number < ES_GROUP_PAGES) ? __atomic_load_n(&h->first.pages[number], __ATOMIC_ACQUIRE) : NULL;
    return BURIN_LIKELY(page != NULL) ? &page->homes[id % ES_PAGE_HOMES] : NULL;
}
/* NULL where its page is not there: it has never been used. */
static inline _Atomic es_home *es_homes_find(const es_homes *h, uint32_t id)
{
    if (BURIN_LIKELY(id < ES_GROUP_PAGES * ES_PAGE_HOMES))
        return es_home_near(h, id);
    es_home_page *page = es_home_page_beyond(h, id);
    return page ? &page->homes[id % ES_PAGE_HOMES] : NULL;
}
/* Where it sat last; 0 where nothing is known. */
uint32_t es_seat_of(const es_homes *h, uint32_t id);
void     es_seat_put(const es_homes *h, uint32_t id, uint32_t seat);
/* Make the home of a number exist, nowhere at first; false when memory is out or the store's limit is reached. */
bool es_homes_reach(es_homes *h, es_memory *m, uint32_t id);
void es_homes_deinit(es_homes *h, const burin_allocator *alloc);

#endif
