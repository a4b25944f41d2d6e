/* What all of images have: the hash of what they store as it lies in memory, and the word for the want of it. */
#include "codegen/image/format.h"
#include "codegen/image/image.h"

const char image_no_memory[] = "out of memory";

static uint64_t add(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (uint8_t)*text) * 0x100000001b3u;
    return (hash ^ 0xff) * 0x100000001b3u;
}

uint64_t image_abi(void)
{
    const size_t sizes[] = {sizeof(ir_insn), sizeof(ir_place), sizeof(rt_range), BURIN_KIND_COUNT, LOOP_ATTRIBUTE_COUNT};
    uint64_t     hash    = 0xcbf29ce484222325u;
#define OP(NAME, name, operands, meaning) hash = add(add(add(hash, #NAME), operands), meaning);
#include "codegen/ir/ops.def"
#undef OP
    for (size_t n = 0; n < sizeof sizes / sizeof sizes[0]; n++)
        hash = (hash ^ sizes[n]) * 0x100000001b3u;
    return hash;
}
