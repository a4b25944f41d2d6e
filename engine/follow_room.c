/* Two heaps for the containers of a cell.
 *
 * A cell's next container goes into the other heap, which is cleared: so the one that the cell still has stays where it is. It goes into
 * the same heap, behind what is there, while another must not go: the one that the cell had before the open batch, which a new one at its
 * place would be taken for; and the one that it has while what it was set to last is not its value yet, because an effect has set it, or
 * never will be, because the effects did not come to rest. */
#include "engine/follow.h"

#include "runtime/reactive/graph.h"

bool follow_room_open(follow_room *room, const burin_allocator *alloc)
{
    *room = (follow_room){.heaps = {burin_heap_new(alloc), burin_heap_new(alloc)}, .set = burin_none()};
    if (room->heaps[0] && room->heaps[1])
        return true;
    follow_room_close(room);
    return false;
}

void follow_room_close(follow_room *room)
{
    for (unsigned n = 0; n < 2; n++) {
        if (room->heaps[n])
            burin_heap_free(room->heaps[n]);
        room->heaps[n] = NULL;
    }
}

/* Does the cell have the container that it was set to last, or was it none? */
static bool has_it(const burin_graph *g, burin_node cell, burin_value set)
{
    burin_value has = g->values[cell.index];
    return rx_is_kept(set) ? rx_is_kept(has) : has.kind == set.kind && has.as.p == set.as.p;
}

burin_heap *follow_room_next(const burin_graph *g, burin_node cell, follow_room *room)
{
    if (g->nodes[cell.index].flags & RX_TOUCHED || !has_it(g, cell, room->set))
        return room->heaps[room->current];
    burin_heap_clear(room->heaps[!room->current]);
    return room->heaps[!room->current];
}

void follow_room_took(follow_room *room, const burin_heap *heap, burin_value set)
{
    room->current = heap == room->heaps[1];
    room->set     = set;
}
