/* What an address names, as a cell: an effect goes along the address and follows every attribute on the way, so that it goes again when one
 * of them has changed. */
#include "burin/address.h"
#include "engine/follow.h"
#include "runtime/base/diag.h"
#include "runtime/base/memory.h"

#include <string.h>

struct follow_address {
    follow_address *older, *newer;
    burin_follower *follower;
    burin_node      cell, effect;
    follow_room     room; /* of the value */
    size_t          size, steps, len; /* steps: where they begin */
    burin_node     *held[2];          /* the cells on the way, of the last run and of this one */
    uint32_t        held_count[2];
    bool            is_lost;          /* it had no memory the last time, and may follow nothing */
    unsigned        now;              /* which of the two the next run fills */
    char           *text;
};

static const span nowhere = {0, 0};

static void leave_held(follow_address *a, unsigned which)
{
    while (a->held_count[which])
        burin_unfollow(a->follower, a->held[which][--a->held_count[which]], NULL);
}

/* Its cell is no longer known, so what runs meanwhile cannot end it again. */
void follow_address_end(follow_address *a)
{
    burin_follower *f = a->follower;
    if (follow_index_find(&f->index, a->cell.index))
        follow_index_drop(&f->index, a->cell.index);
    if (a->newer)
        a->newer->older = a->older;
    else
        f->addresses = a->older;
    if (a->older)
        a->older->newer = a->newer;
    a->older = f->over;
    f->over  = a;
    burin_graph_begin(f->graph);
    burin_graph_dispose(f->graph, a->effect);
    leave_held(a, !a->now);
    burin_graph_dispose(f->graph, a->cell);
    burin_graph_commit(f->graph);
}

void follow_addresses_free(follow_address *newest)
{
    while (newest) {
        follow_address *a = newest;
        newest            = a->older;
        follow_room_close(&a->room);
        base_free(a->follower->alloc, a, a->size);
    }
}

/* Where the step that begins at `at` ends; the address is known to be well formed. */
static size_t step_end(const follow_address *a, size_t at)
{
    char quote = a->text[at] == '[' ? a->text[at + 1] : 0;
    if (a->text[at++] == '.') {
        while (at < a->len && a->text[at] != '.' && a->text[at] != '[')
            at++;
        return at;
    }
    if (quote == '"' || quote == '\'')
        for (at++; a->text[at] != quote; at++)
            at += a->text[at] == '\\';
    while (a->text[at] != ']')
        at++;
    return at + 1;
}

/* Follow the attribute that the first `len` bytes lead through last. A container found is in `heap`, not the attribute's cell's: that has
 * its own times. */
static burin_status follow_through(follow_address *a, size_t len, burin_heap *heap, burin_addressed *found, burin_error *err)
{
    burin_follower *f = a->follower;
    burin_node      cell;
    burin_value     read;
    burin_status    status = burin_reader_resolve(f->reader, (burin_text){a->text, len}, heap, found, err);
    if (status || !found->holder.id)
        return status;
    burin_entity holder = {.id = found->holder.id, .tree = found->holder.tree};
    status              = burin_follow(f, holder, found->attribute, &cell, err);
    if (!status)
        a->held[a->now][a->held_count[a->now]++] = cell;
    if (!status && (status = burin_graph_get(f->graph, cell, &read)))
        follow_fail_as_graph(f, status, err);
    return status;
}

static burin_value ids_of(burin_heap *heap, burin_children *children)
{
    burin_value list = burin_list(heap, children->count);
    for (size_t k = 0; k < children->count && list.kind != BURIN_MISSING; k++)
        if (burin_list_append(heap, list, burin_int(burin_children_id(children, k))))
            return burin_missing();
    return list;
}

/* Go along the address. What is not there any more is none; what is no attribute at all, or wants memory, is a failure. */
static burin_status go_along(follow_address *a, burin_heap *heap, burin_value *out, burin_error *err)
{
    burin_addressed found  = {.value = burin_none()};
    burin_status    status = BURIN_OK;
    size_t          at     = a->steps;
    while (at < a->len && !status) {
        at     = step_end(a, at);
        status = follow_through(a, at, heap, &found, err);
    }
    *out = burin_none();
    if (status == BURIN_ERR_KEY || status == BURIN_ERR_INDEX || status == BURIN_ERR_GONE) {
        if (err)
            burin_error_clear(err);
        return BURIN_OK;
    }
    if (status)
        return status;
    switch (found.what) {
    case BURIN_ADDRESSED_ENTITY: *out = burin_int(found.entity.id); break;
    case BURIN_ADDRESSED_CHILDREN: *out = ids_of(heap, &found.children); break;
    case BURIN_ADDRESSED_VALUE: *out = found.value; break;
    }
    return out->kind == BURIN_MISSING ? diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, nowhere, "out of memory") : BURIN_OK;
}

static burin_status follow_again(burin_graph *g, void *user, const burin_inputs *in, burin_value *out)
{
    follow_address *a   = user;
    burin_error     err = BURIN_ERROR_INIT;
    burin_value     value;
    (void)in, (void)out;
    follower_pin(a->follower);
    burin_heap  *heap   = follow_room_next(g, a->cell, &a->room);
    burin_status status = go_along(a, heap, &value, &err);
    if (status)
        burin_graph_fail(g, status, "%s", err.message ? err.message : burin_status_class(status));
    burin_error_clear(&err);
    if (!status && !(status = burin_graph_set(g, a->cell, value)))
        follow_room_took(&a->room, heap, value);
    a->now     = !a->now;
    a->is_lost = status == BURIN_ERR_NOMEM;
    a->follower->has_lost |= a->is_lost;
    leave_held(a, a->now);
    follower_unpin(a->follower);
    return status;
}

/* Its parts are in the follower's scope, which is open. */
static burin_status make_nodes(follow_address *a, burin_error *err)
{
    burin_graph *g      = a->follower->graph;
    burin_status status = burin_graph_cell(g, burin_none(), &a->cell);
    if (!status)
        status = burin_graph_name(g, a->cell, (burin_text){a->text, a->len});
    if (!status)
        status = burin_graph_effect(g, follow_again, a, BURIN_NODE_DYNAMIC, NULL, 0, &a->effect);
    if (!status && a->is_lost)
        return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, nowhere, "out of memory");
    return status ? follow_fail_as_graph(a->follower, status, err) : BURIN_OK;
}

/* What had no memory goes along its address anew. */
burin_status follow_addresses_again(burin_follower *f, burin_error *err)
{
    burin_node   before;
    burin_status status = burin_graph_enter(f->graph, f->scope, &before);
    for (follow_address *a = f->addresses; a && !status; a = a->older) {
        if (!a->is_lost)
            continue;
        burin_graph_dispose(f->graph, a->effect);
        a->effect  = (burin_node){0, 0};
        status     = burin_graph_effect(f->graph, follow_again, a, BURIN_NODE_DYNAMIC, NULL, 0, &a->effect);
        a->is_lost = status != BURIN_OK;
    }
    f->has_lost = status != BURIN_OK;
    if (status)
        follow_fail_as_graph(f, status, err);
    burin_graph_leave(f->graph, before);
    return status;
}

static burin_status follow_pinned(follow_address *a, burin_entity entity, burin_error *err)
{
    burin_follower *f = a->follower;
    burin_node      before;
    burin_status    status = burin_reader_find(f->reader, &entity, err);
    if (status)
        return status;
    if (!follow_index_reserve(&f->index, f->alloc))
        return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, nowhere, "out of memory");
    if ((status = burin_graph_enter(f->graph, f->scope, &before)))
        return follow_fail_as_graph(f, status, err);
    status = make_nodes(a, err);
    burin_graph_leave(f->graph, before);
    return status;
}

/* The cells on the way, which are fewer than bytes of the text, lie before it. NULL when memory is out. */
static follow_address *make(burin_follower *f, burin_text text, size_t steps)
{
    size_t          size = sizeof(follow_address) + 2 * text.len * sizeof(burin_node) + text.len;
    follow_address *a    = base_alloc(f->alloc, size);
    if (!a)
        return NULL;
    burin_node *held = (burin_node *)(void *)(a + 1);
    *a      = (follow_address){.follower = f, .size = size, .len = text.len, .steps = steps, .held = {held, held + text.len}, .text = (char *)(held + 2 * text.len)};
    memcpy(a->text, text.data, text.len);
    return a;
}

burin_status burin_follow_address(burin_follower *f, burin_text text, burin_node *out, burin_error *err)
{
    burin_address address;
    burin_status  status = burin_address_read(text, &address, err);
    *out                 = (burin_node){0, 0};
    if (status)
        return status;
    if (address.entity.version || !address.path.len)
        return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, nowhere, "an address of an old version, or of no attribute, is not followed");
    follow_free_over(f);
    follow_address *a = make(f, text, text.len - address.path.len);
    if (!a || !follow_room_open(&a->room, f->alloc)) {
        if (a)
            base_free(f->alloc, a, a->size);
        return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, nowhere, "out of memory");
    }
    follower_pin(f);
    a->older = f->addresses;
    if (a->older)
        a->older->newer = a;
    f->addresses = a;
    status       = follow_pinned(a, address.entity, err);
    if (status) {
        follow_address_end(a);
    } else {
        follow_index_put(&f->index, (follow_target){.node = a->cell.index, .address = a});
        *out = a->cell;
    }
    follower_unpin(f);
    return status;
}
