/* Host-side run states and the heaps of burin/value.h. */
#include "engine/host_state.h"

#include "runtime/base/diag.h"
#include "runtime/convert.h"

enum { HOST_DEPTH_MAX = 1000 }; /* nesting of the host's data; CPython's recursion limit */

void host_state_init(host_state *host, const burin_allocator *alloc)
{
    memset(host, 0, sizeof *host);
    host->env.alloc       = alloc;
    host->env.undefined   = RT_UNDEFINED;
    host->env.newline     = (burin_text){"\n", 1};
    host->env.depth_max   = HOST_DEPTH_MAX;
    host->env.policies    = rt_missing();
    host->st.env          = &host->env;
    host->st.message      = buf_make(alloc);
    host->st.error_value  = rt_missing();
    host->st.steps_left   = UINT64_MAX;
    heap_init(&host->st.heap, alloc, 0);
    host->st.heap.borrowed = true;
}

void host_state_deinit(host_state *host)
{
    buf_deinit(&host->st.message);
    heap_deinit(&host->st.heap);
}

burin_status host_state_report(rt_state *st, burin_error *err)
{
    burin_status status = st->status;

    if (status != BURIN_OK)
        diag_fail_text(err, status, NULL, 0, (span){0, 0}, rt_message(st));
    rt_clear_error(st);
    return status;
}

burin_heap *burin_heap_new(const burin_allocator *allocator)
{
    const burin_allocator *alloc = allocator ? allocator : &base_malloc_allocator;
    host_state            *host  = base_alloc(alloc, sizeof *host);

    if (!host)
        return NULL;
    host_state_init(host, alloc);
    return &host->st.heap;
}

void burin_heap_free(burin_heap *heap)
{
    if (!heap)
        return;
    host_state            *host  = (host_state *)(void *)rt_state_of(heap);
    const burin_allocator *alloc = heap->alloc;

    host_state_deinit(host);
    base_free(alloc, host, sizeof *host);
}

void burin_heap_clear(burin_heap *heap)
{
    rt_clear_error(rt_state_of(heap));
    heap_reset(heap);
}
