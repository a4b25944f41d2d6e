/* Boxes: lists that the graph owns. A box counts the values that are it, wherever the graph keeps them (nodes,
 * operators, open batches, other boxes), and dies with the last. Other containers are their maker's. */
#ifndef BURIN_REACTIVE_BOX_H
#define BURIN_REACTIVE_BOX_H

#include "runtime/reactive/graph.h"

/* A list of copies of `items`; borrowed containers in it stay borrowed. One reference, the caller's, who drops it
 * with rx_value_free. BURIN_ERR_NOMEM with the message set, and *out none. */
burin_status rx_box_make(burin_graph *g, const burin_value *items, size_t count, burin_value *out);
/* Set a cell to such a list, unless what it holds has the same items. */
burin_status rx_box_set(burin_graph *g, burin_node cell, const burin_value *items, size_t count);

#endif
