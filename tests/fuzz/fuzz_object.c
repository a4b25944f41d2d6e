/* An object of a compiler: whatever its bytes, it is refused or loads without touching what is not its own. It is not run. */
#include "codegen/jit/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(void *user, const char *name, void *address, size_t size)
{
    const object *o = user;
    (void)address, (void)size;
    if (!object_function(o, name))
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    burin_text bytes = {(const char *)data, size};
    object    *o;
    object_section(bytes, ".burinstamp");
    if (object_load(&base_malloc_allocator, bytes, &o))
        return 0;
    object_each(o, look, o);
    base_free(&base_malloc_allocator, object_for_debugger(o, &base_malloc_allocator, bytes), size);
    object_free(o);
    return 0;
}
