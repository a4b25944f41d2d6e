/* Host objects on the host's side: getting back what burin_object was given. */
#include "runtime/value.h"

void *burin_object_self(burin_value v, const burin_class *cls)
{
    const rt_object_value *object = v.as.p;

    return v.kind == BURIN_OBJECT && object->cls == cls ? object->self : NULL;
}
