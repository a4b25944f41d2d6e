/* Changes from other threads: a lock-free stack that they push to and that the graph's thread takes whole. */
#include "runtime/base/text.h"
#include "runtime/reactive/graph.h"

struct rx_post {
    rx_post *next;
    size_t   size, count;
    rx_write writes[]; /* texts behind them, in this block */
};

burin_status burin_graph_post(burin_graph *g, const burin_write *writes, size_t count)
{
    size_t size = sizeof(rx_post) + count * sizeof(rx_write);
    for (size_t k = 0; k < count; k++) {
        burin_text text = rx_is_text(writes[k].value) ? burin_text_of(writes[k].value) : (burin_text){NULL, 0};
        if (writes[k].value.kind == BURIN_STRING && text_valid_prefix(text.data, text.len) != text.len)
            return BURIN_ERR_UNICODE;
        size += text.len;
    }
    rx_post *post = count < SIZE_MAX / sizeof(rx_write) / 2 ? base_alloc(g->alloc, size) : NULL;
    if (!post)
        return BURIN_ERR_NOMEM;
    char *text  = (char *)&post->writes[count];
    post->size  = size;
    post->count = count;
    for (size_t k = 0; k < count; k++) {
        post->writes[k] = (rx_write){writes[k].cell, writes[k].value};
        if (!rx_is_text(writes[k].value))
            continue;
        memcpy(text, writes[k].value.as.s, writes[k].value.len);
        post->writes[k].value.as.s = text;
        text += writes[k].value.len;
    }
    rx_post *newest = atomic_load_explicit(&g->posts, memory_order_relaxed);
    do
        post->next = newest;
    while (!atomic_compare_exchange_weak_explicit(&g->posts, &newest, post, memory_order_release, memory_order_relaxed));
    if (!newest && g->wake)
        g->wake(g->wake_user);
    return BURIN_OK;
}

void burin_graph_on_post(burin_graph *g, void (*wake)(void *user), void *user)
{
    g->wake      = wake;
    g->wake_user = user;
}

/* All that is there, oldest first. */
static rx_post *take_all(burin_graph *g)
{
    rx_post *at = atomic_exchange_explicit(&g->posts, NULL, memory_order_acquire), *oldest = NULL;
    while (at) {
        rx_post *next = at->next;
        at->next      = oldest;
        oldest        = at;
        at            = next;
    }
    return oldest;
}

void rx_posts_drop(burin_graph *g)
{
    for (rx_post *at = take_all(g), *next; at; at = next) {
        next = at->next;
        base_free(g->alloc, at, at->size);
    }
}

burin_status burin_graph_take_posts(burin_graph *g, uint64_t *taken)
{
    burin_status status = rx_may_change(g), first = status;
    uint64_t     count  = 0;
    if (status)
        return status;
    burin_graph_begin(g);
    for (rx_post *at = take_all(g), *next; at; at = next, count++) {
        next = at->next;
        for (size_t k = 0; k < at->count; k++) {
            status = burin_graph_set(g, at->writes[k].cell, at->writes[k].value);
            first  = first ? first : status;
        }
        base_free(g->alloc, at, at->size);
    }
    status = burin_graph_commit(g);
    if (taken)
        *taken = count;
    return first ? first : status;
}
