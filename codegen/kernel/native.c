#include "codegen/kernel/native.h"

#include "codegen/jit/code.h"
#include "codegen/jit/object.h"

static uint32_t give_1(const kernel_caller *caller, const void *slots, kernel_cell *result, void *more)
{
    (void)caller, (void)slots, (void)result, (void)more;
    return 1;
}

const kernel_caller kernel_plain_caller = {give_1, NULL};

const char *kernel_load(const burin_allocator *alloc, const kernel_request *request, burin_text bytes, burin_text answer, struct object **out, kernel_function *function)
{
    const char *wrong = code_is_answer(answer, &request->how, wire_hash(bytes)) ? object_load(alloc, answer, out) : "the object was made for something else";
    if (wrong)
        return wrong;
    function->address = object_function(*out, KERNEL_SYMBOL);
    if (function->address)
        return NULL;
    object_free(*out);
    return "the object lacks the kernel";
}
