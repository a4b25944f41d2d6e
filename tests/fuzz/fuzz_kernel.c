/* Bytes of requests for kernels: refused, or a kernel that can be run, written and read again, from each of its parts on. */
#include "codegen/kernel/wire.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void run(const kernel *k)
{
    kernel_cell *room = calloc(k->place_count, sizeof *room);
    if (!room)
        return;
    kernel_prepare(k, room);
    for (uint32_t part = 0; part <= k->part_count; part++) {
        uint32_t done = kernel_run(k, room, part);
        must(done >= part && done <= k->part_count);
    }
    free(room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena          memory = arena_make(&base_malloc_allocator);
    buf            bytes  = buf_make(&base_malloc_allocator);
    kernel_request request, again;
    burin_text     text = {(const char *)data, size};
    kernel_wire_is(text);
    if (!kernel_wire_read(text, &memory, &request)) {
        run(request.kernel);
        must(kernel_wire_write(&request, &bytes));
        must(!kernel_wire_read(buf_text(&bytes), &memory, &again));
        must(again.kernel->step_count == request.kernel->step_count && again.shape == request.shape && again.fast == request.fast);
    }
    buf_deinit(&bytes);
    arena_deinit(&memory);
    return 0;
}
