/* What a watched graph keeps. */
#ifndef BURIN_REACTIVE_WATCH_H
#define BURIN_REACTIVE_WATCH_H

#include "burin/watch.h"
#include "runtime/base/clock.h"
#include "runtime/reactive/graph.h"

#include <stdio.h>

enum { RX_NAME_ROOM = 24, RX_BATCH_BUCKETS = 7 }; /* of batches: up to 1 us, 10 us, ... 1 s, and more */

typedef struct rx_seen {
    burin_node marked_by, changed_by; /* what it read had changed: when it was marked last, and when its value changed last */
    uint64_t   batch, ns;
    uint32_t   runs, changes;
} rx_seen;

struct rx_watch {
    burin_watch asked;
    rx_seen    *seen;
    uint32_t    seen_cap;
    buf         event;
    uint64_t    began, traced;
    char        name[RX_NAME_ROOM], name_of_event[RX_NAME_ROOM];
    uint64_t    batch_buckets[RX_BATCH_BUCKETS + 1], batch_ns;
};

void       rx_note_batch(burin_graph *g, uint64_t start);
/* A node's name, or "node 7" in `room`. */
burin_text rx_name_of(const burin_graph *g, uint32_t node, char (*room)[RX_NAME_ROOM]);
/* What marked a node last; 0: nothing, or it has been disposed of. */
uint32_t   rx_marked_by(const burin_graph *g, uint32_t node);
burin_text rx_kind_text(const rx_node *n);
/* The text, as a JSON string, or as it is; with U+FFFD for each byte that is no UTF-8. */
void       rx_append_json(buf *b, burin_text text);
void       rx_append_valid(buf *b, burin_text text);

#endif
