/* Values inside a graph: what a node has is the graph's own copy; failures are values too. */
#include "runtime/reactive/graph.h"
#include "runtime/base/text.h"

#include <stdarg.h>
#include <stdio.h>

burin_status burin_graph_fail(burin_graph *g, burin_status status, const char *format, ...)
{
    char    text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    g->message.len = 0;
    g->message_run = g->evaluations;
    buf_append_z(&g->message, text);
    return status;
}

burin_status rx_fail_with(burin_graph *g, const rx_failure *failure)
{
    g->message.len = 0;
    g->message_run = g->evaluations;
    buf_append(&g->message, failure->message, failure->len);
    return failure->status;
}

burin_status rx_check_text(burin_graph *g, burin_text text)
{
    size_t valid = text_valid_prefix(text.data, text.len);
    if (valid == text.len)
        return BURIN_OK;
    return burin_graph_fail(g, BURIN_ERR_UNICODE, "text that is not UTF-8: byte 0x%02x at %zu", (unsigned)(uint8_t)text.data[valid], valid);
}

burin_status rx_value_copy(burin_graph *g, burin_value v, burin_value *out)
{
    *out = v;
    switch ((burin_kind)v.kind) {
    case BURIN_NONE:
    case BURIN_BOOL:
    case BURIN_INT:
    case BURIN_FLOAT:
    default: return BURIN_OK; /* borrowed */
    case BURIN_LIST: rx_box_hold(g, v); return BURIN_OK;
    case BURIN_STRING:
    case BURIN_BYTES: break;
    case BURIN_MISSING:
    case BURIN_UNDEFINED:
        *out = burin_missing();
        return burin_graph_fail(g, BURIN_ERR_USAGE, "a node's value is not undefined, and not missing");
    }
    burin_status status = v.kind == BURIN_STRING ? rx_check_text(g, burin_text_of(v)) : BURIN_OK;
    if (status) {
        *out = burin_missing();
        return status;
    }
    char *copy = rx_bytes(g, v.len);
    if (!copy)
        return burin_graph_fail(g, BURIN_ERR_NOMEM, "out of memory");
    memcpy(copy, v.as.s, v.len);
    out->as.s = copy;
    return BURIN_OK;
}

void rx_value_free_other(burin_graph *g, burin_value v)
{
    if (rx_is_text(v))
        rx_bytes_free(g, (char *)v.as.s, v.len);
    else if (v.kind == BURIN_LIST)
        rx_box_drop(g, v);
}

/* ---- failures ---- */

/* What a node fails with when there is no memory for its failure. */
static const rx_failure no_memory = {.status = BURIN_ERR_NOMEM, .last = {.kind = BURIN_MISSING}};

void rx_value_drop(burin_graph *g, uint32_t node)
{
    rx_failure *failure = (rx_failure *)rx_failure_of(g, node);
    if (failure) {
        g->nodes[node].flags &= (uint16_t)~RX_ERROR;
        g->careful--;
        if (failure != &no_memory) {
            rx_value_free(g, failure->last);
            rx_bytes_free(g, failure, sizeof *failure + failure->len + 1);
        }
    } else {
        rx_value_free(g, g->values[node]);
    }
    g->values[node] = burin_missing();
}

bool rx_value_set(burin_graph *g, uint32_t node, burin_value v)
{
    if (BURIN_LIKELY(!(g->nodes[node].flags & RX_ERROR)) && rx_value_same(g->values[node], v)) {
        rx_value_free(g, v);
        return false;
    }
    rx_value_drop(g, node);
    g->values[node] = v;
    return true;
}

/* What a node had last, before it fails or fails again: it is no longer the node's. */
static burin_value take_last(burin_graph *g, uint32_t node)
{
    rx_failure  *old  = (rx_failure *)rx_failure_of(g, node);
    burin_value *at   = old ? &old->last : &g->values[node], last = *at;
    if (old == &no_memory || !rx_is_kept(last))
        return burin_missing();
    *at = burin_missing();
    return last;
}

bool rx_failure_set(burin_graph *g, uint32_t node, burin_status status, burin_text message)
{
    const rx_failure *old = rx_failure_of(g, node);
    size_t            len = message.len > 4000 ? 4000 : message.len;
    if (old && old->status == status && old->len == len && memcmp(old->message, message.data, len) == 0)
        return false;
    burin_value last    = take_last(g, node);
    rx_failure *failure = rx_bytes(g, sizeof *failure + len + 1);
    if (failure) {
        failure->status = status;
        failure->len    = (uint32_t)len;
        failure->last   = last;
        memcpy(failure->message, message.data, len);
        failure->message[len] = '\0';
    } else {
        rx_value_free(g, last);
    }
    rx_value_drop(g, node);
    g->nodes[node].flags |= RX_ERROR;
    g->careful++;
    g->values[node].as.p = failure ? failure : (void *)&no_memory;
    return true;
}
