/* Homes: making pages of them, and freeing them. See homes.h. */
#include "runtime/store/homes.h"

es_home_page *es_home_page_beyond(const es_homes *h, uint32_t id)
{
    uint32_t             page  = id / ES_PAGE_HOMES;
    const es_home_group *group = __atomic_load_n(&h->others[page / ES_GROUP_PAGES], __ATOMIC_ACQUIRE);
    return group ? __atomic_load_n(&group->pages[page % ES_GROUP_PAGES], __ATOMIC_ACQUIRE) : NULL;
}

/* ---- seats ---- */

static _Atomic uint32_t *seat_at(const es_homes *h, uint32_t id)
{
    uint32_t      number = id / ES_PAGE_HOMES;
    es_home_page *page   = number < ES_GROUP_PAGES ? __atomic_load_n(&h->first.pages[number], __ATOMIC_ACQUIRE) : es_home_page_beyond(h, id);
    return page ? &page->seats[id % ES_PAGE_HOMES] : NULL;
}

uint32_t es_seat_of(const es_homes *h, uint32_t id)
{
    const _Atomic uint32_t *seat = seat_at(h, id);
    return seat ? atomic_load_explicit(seat, memory_order_relaxed) : 0;
}

void es_seat_put(const es_homes *h, uint32_t id, uint32_t seat)
{
    _Atomic uint32_t *at = seat_at(h, id);
    if (at)
        atomic_store_explicit(at, seat, memory_order_relaxed);
}

/* ---- pages ---- */

/* Zeroed, and counted; NULL when memory is out or the limit is reached. */
static void *take(es_memory *m, size_t size)
{
    bool zeroed   = false;
    m->over_limit = m->limit && m->used + size > m->limit;
    void *p       = m->over_limit ? NULL : es_take_piece(m->alloc, size, &zeroed);
    if (!p)
        return NULL;
    m->used += size;
    if (!zeroed)
        memset(p, 0, size);
    return p;
}

/* Where the pages up to this one are there, as many as these; else, and at first, one. */
static uint32_t pages_at_once(const es_home_group *group, uint32_t page)
{
    enum { AT_FIRST = 64, MOST = 512 };
    uint32_t count = page & -page;
    if (count < AT_FIRST || !group->pages[page - 1])
        return 1;
    return count < MOST ? count : MOST;
}

static bool make_pages(es_home_group *group, es_memory *m, uint32_t page)
{
    uint32_t count = pages_at_once(group, page);
    for (uint32_t n = 1; n < count; n++) {
        if (group->pages[page + n])
            count = 1;
    }
    es_home_page *pages = take(m, count * sizeof *pages);
    if (!pages)
        return false;
    group->block[page] = (uint16_t)count;
    for (uint32_t n = 0; n < count; n++)
        __atomic_store_n(&group->pages[page + n], &pages[n], __ATOMIC_RELEASE);
    return true;
}

bool es_homes_reach(es_homes *h, es_memory *m, uint32_t id)
{
    uint32_t       page = id / ES_PAGE_HOMES, number = page / ES_GROUP_PAGES;
    es_home_group *group = number ? h->others[number] : &h->first;
    if (!group) {
        group = take(m, sizeof *group);
        if (!group)
            return false;
        __atomic_store_n(&h->others[number], group, __ATOMIC_RELEASE);
    }
    return group->pages[page % ES_GROUP_PAGES] || make_pages(group, m, page % ES_GROUP_PAGES);
}

static void free_pages(const es_home_group *group, const burin_allocator *alloc)
{
    for (uint32_t n = 0; n < ES_GROUP_PAGES; n++) {
        if (group->block[n])
            es_free_piece(alloc, group->pages[n], group->block[n] * sizeof *group->pages[n]);
    }
}

void es_homes_deinit(es_homes *h, const burin_allocator *alloc)
{
    free_pages(&h->first, alloc);
    for (uint32_t n = 1; n < ES_GROUPS; n++) {
        if (h->others[n]) {
            free_pages(h->others[n], alloc);
            es_free_piece(alloc, h->others[n], sizeof *h->others[n]);
        }
    }
}
