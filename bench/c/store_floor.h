/* The floor of commits and gets: a radix tree of 16-way nodes by pointers. A commit copies the path to one record, the record, and those
 * of two owners; nothing is checked, counted or freed. */
#ifndef BENCH_STORE_FLOOR_H
#define BENCH_STORE_FLOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct floor_radix floor_radix;
typedef struct floor_store {
    unsigned      levels;
    uint32_t      count, versions;
    floor_radix **roots;
} floor_store;

/* All that floors allocate comes from here, and is never freed. */
void  floor_memory(size_t size);
void *floor_alloc(size_t size);

floor_store floor_make(uint32_t count, uint32_t commits);
/* CPU ns each. */
double floor_commit(floor_store *s, int commits, uint32_t (*draw)(uint32_t));
/* versions: from 0; NULL: the newest. */
double floor_get(const floor_store *s, const uint32_t *numbers, const uint32_t *versions, int gets);

/* The floor of the machine under any such store: from a number to a place in a table of 8 bytes each, from there to a record of 64. */
typedef struct floor_table {
    uint32_t  count;
    uint64_t *places;
    char     *records;
} floor_table;
floor_table floor_table_make(uint32_t count, uint32_t (*draw)(uint32_t));
double      floor_two_loads(const floor_table *t, const uint32_t *numbers, int gets);

#endif
