/* Running one computation. */
#include "runtime/reactive/evaluate.h"

burin_status rx_failed_input(burin_graph *g, const burin_inputs *inputs)
{
    for (uint32_t k = 0; k < inputs->count; k++) {
        const rx_failure *failure = rx_failure_of(g, inputs->nodes[k]);
        if (failure)
            return rx_fail_with(g, failure);
    }
    return BURIN_OK;
}

/* A computation that has not said why it failed, in its own run, fails with the name of its status. */
static bool take_failure(burin_graph *g, uint32_t node, uint64_t run, burin_status status)
{
    burin_text message = buf_text(&g->message);
    if (!message.len || g->message_run < run)
        message.data = burin_status_class(status), message.len = strlen(message.data);
    rx_log(g, node, status, message);
    return rx_failure_set(g, node, status, message);
}

__attribute__((noinline)) static bool take_anew(burin_graph *g, uint32_t node, uint64_t run, burin_status status, burin_value v)
{
    burin_value own;
    if (!status)
        status = rx_value_copy(g, v, &own);
    return status ? take_failure(g, node, run, status) : rx_value_set(g, node, own);
}

/* A text is written over that which is there, if it fits: it is borrowed, and may be a part of that. */
bool rx_take_other(burin_graph *g, uint32_t node, uint64_t run, burin_status status, const burin_value *given)
{
    burin_value *at = &g->values[node], v = *given;
    if (status || !rx_is_text(v) || v.kind != at->kind || g->nodes[node].flags & RX_ERROR || !rx_bytes_fit(at->len, v.len))
        return take_anew(g, node, run, status, v);
    if (rx_text_same(*at, v))
        return false;
    if (v.kind == BURIN_STRING && rx_check_text(g, burin_text_of(v)))
        return take_failure(g, node, run, BURIN_ERR_UNICODE);
    char *text = (char *)at->as.s;
    *at        = v;
    at->as.s   = text;
    if (v.len)
        memmove(text, v.as.s, v.len);
    return true;
}

bool rx_evaluate_for(burin_graph *g, uint32_t node, uint32_t reader)
{
    rx_node *n       = &g->nodes[node];
    bool     changed = false, done = true;
    if (n->flags & RX_STATIC) {
        n->flags &= (uint16_t)~RX_STALE;
        rx_frame frame = {.outer = g->frame, .is_static = true};
        g->frame       = &frame;
        changed        = rx_evaluate_static(g, node);
        g->frame       = frame.outer;
    } else {
        done = rx_evaluate_dynamic(g, node, RX_STALE, &changed);
    }
    if (changed && rx_only_link(g, &g->nodes[node]) != reader)
        rx_mark_readers(g, node);
    return done;
}
bool rx_evaluate(burin_graph *g, uint32_t node) { return rx_evaluate_for(g, node, 0); }
