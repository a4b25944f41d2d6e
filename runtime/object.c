/* Host objects (burin/function.h). */
#include "runtime/call.h"

burin_value burin_object(burin_heap *heap, const burin_class *cls, void *self)
{
    rt_state   *st = rt_state_of(heap);
    burin_value object;
    if (rt_object_new(st, cls, self, &object)) {
        rt_clear_error(st); /* MISSING says it */
        return rt_missing();
    }
    return object;
}
