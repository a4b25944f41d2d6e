/* The ABI hash: FNV-1a over the tables that generated code depends on. Linked into the library and into the helper. */
#include "codegen/jit/native.h"
#include "codegen/kernel/wire.h"

static uint64_t add(uint64_t hash, const void *data, size_t len)
{
    const uint8_t *bytes = data;
    for (size_t n = 0; n < len; n++)
        hash = (hash ^ bytes[n]) * 0x100000001b3u;
    return hash;
}

static uint64_t add_text(uint64_t hash, const char *text) { return add(hash, text, strlen(text) + 1); }

static uint64_t add_field(uint64_t hash, size_t offset, size_t size)
{
    const uint32_t place[2] = {(uint32_t)offset, (uint32_t)size};
    return add(hash, place, sizeof place);
}

uint64_t native_abi(void)
{
    uint64_t hash = add_text(0xcbf29ce484222325u, NATIVE_STAMP_MAGIC);
#define OP(NAME, name, operands, meaning) hash = add_text(add_text(add_text(hash, #NAME), operands), meaning);
#include "codegen/ir/ops.def"
#undef OP
#define API(name, result, parameters, meaning) hash = add_text(add_text(add_text(hash, #name), #result #parameters), meaning);
#include "codegen/jit/api.def"
#undef API
#define FIELD(structure, name, member, letter) hash = add_field(add_text(hash, #letter), offsetof(structure, member), sizeof(((structure *)0)->member));
#include "codegen/jit/layout.def"
#undef FIELD
#define VEC_UNARY(NAME, TX, TR, result, bad, what) hash = add_text(add_text(hash, #NAME #TX #TR), #result "|" #bad);
#define VEC_BINARY(NAME, TX, TY, TR, result, bad, what) hash = add_text(add_text(hash, #NAME #TX #TY #TR), #result "|" #bad);
#define VEC_FUSED(NAME, result, what) hash = add_text(add_text(hash, #NAME), #result);
#include "codegen/kernel/ops.def"
#undef VEC_FUSED
#undef VEC_BINARY
#undef VEC_UNARY
#define KERNEL_CALL(name, result, parameters, what) hash = add_text(add_text(hash, #name), #result #parameters);
#include "codegen/kernel/imports.def"
#undef KERNEL_CALL
    return add_field(hash, sizeof(burin_value), sizeof(ir_insn));
}
