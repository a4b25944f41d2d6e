/* Which cell follows what: a hash table by node, with linear probing. */
#include "engine/follow.h"

#include "runtime/base/memory.h"

#include <string.h>

/* The place of a node, or the free one where it belongs. */
static uint32_t slot_of(const follow_index *index, uint32_t node)
{
    uint32_t slot = node * 2654435769u >> 7 & (index->room - 1);
    while (index->table[slot].node && index->table[slot].node != node)
        slot = (slot + 1) & (index->room - 1);
    return slot;
}

bool follow_index_reserve(follow_index *index, const burin_allocator *alloc)
{
    follow_index old = *index;
    if (2 * (index->count + 1) <= index->room)
        return true;
    uint32_t       room  = old.room ? 2 * old.room : 16;
    follow_target *table = room ? base_alloc(alloc, room * sizeof *table) : NULL;
    if (!table)
        return false;
    memset(table, 0, room * sizeof *table);
    index->table = table;
    index->room  = room;
    for (uint32_t k = 0; k < old.room; k++)
        if (old.table[k].node)
            table[slot_of(index, old.table[k].node)] = old.table[k];
    base_free(alloc, old.table, old.room * sizeof *old.table);
    return true;
}

void follow_index_put(follow_index *index, follow_target target)
{
    index->table[slot_of(index, target.node)] = target;
    index->count++;
}

const follow_target *follow_index_find(const follow_index *index, uint32_t node)
{
    const follow_target *target = node && index->room ? &index->table[slot_of(index, node)] : NULL;
    return target && target->node ? target : NULL;
}

void follow_index_drop(follow_index *index, uint32_t node)
{
    uint32_t mask             = index->room - 1, slot = slot_of(index, node);
    index->table[slot].node = 0;
    index->count--;
    for (uint32_t at = (slot + 1) & mask; index->table[at].node; at = (at + 1) & mask) { /* those behind it may belong before it */
        follow_target moved     = index->table[at];
        index->table[at].node = 0;
        index->table[slot_of(index, moved.node)] = moved;
    }
}

void follow_index_free(follow_index *index, const burin_allocator *alloc) { base_free(alloc, index->table, index->room * sizeof *index->table); }
