/* Installing objects in programs. */
#include "codegen/jit/code.h"

#include "codegen/jit/object.h"
#include "codegen/jit/tools.h"

#include <stdio.h>
#ifdef __x86_64__
#include <sys/platform/x86.h>
#endif

struct native_code {
    object      *o;
    tools_entry *debugger;
    native_code *next;
};

bool code_is_answer(burin_text bytes, const wire_request *request, uint64_t hash)
{
    native_stamp stamp;
    burin_text   section = object_section(bytes, NATIVE_STAMP_SECTION);
    if (section.len != sizeof stamp)
        return false;
    memcpy(&stamp, section.data, sizeof stamp);
    return memcmp(stamp.magic, NATIVE_STAMP_MAGIC, sizeof stamp.magic) == 0 && stamp.abi == request->abi && stamp.request == hash &&
           stamp.cpu == request->cpu && stamp.level == request->level;
}

static void *unit_function(const object *o, const wire_request *request, const ir_unit *unit)
{
    char name[WIRE_PREFIX_MAX + 16];
    snprintf(name, sizeof name, "%.*s%u", (int)request->prefix.len, request->prefix.data, unit->index);
    return object_function(o, name);
}

static void put_in_place(ir_program *program, const object *o, const wire_request *request)
{
    for (uint32_t n = 0; n < request->unit_count; n++) {
        union {
            void           *address;
            native_function run;
        } found = {unit_function(o, request, request->units[n])};
        atomic_store_explicit(&program->natives[request->units[n]->index], found.run, memory_order_release);
    }
}

const char *code_install(ir_program *program, const wire_request *request, uint64_t hash, burin_text bytes, unsigned tell)
{
    object     *o;
    const char *wrong = code_is_answer(bytes, request, hash) ? object_load(program->alloc, bytes, &o) : "the object was made for something else";
    if (wrong)
        return wrong;
    for (uint32_t n = 0; n < request->unit_count && !wrong; n++)
        if (!unit_function(o, request, request->units[n]))
            wrong = "the object lacks a unit";
    native_code *code = wrong ? NULL : base_alloc(program->alloc, sizeof *code);
    if (!code) {
        object_free(o);
        return wrong ? wrong : "out of memory";
    }
    *code = (native_code){.o = o, .next = program->code};
    if (tell & CODE_FOR_DEBUGGER)
        code->debugger = tools_debugger_add(program->alloc, o, bytes);
    if (tell & CODE_FOR_PROFILER)
        tools_profiler_add(o);
    program->code = code;
    put_in_place(program, o, request);
    return NULL;
}

void code_free(ir_program *program)
{
    while (program->code) {
        native_code *next = program->code->next;
        tools_debugger_remove(program->code->debugger);
        object_free(program->code->o);
        base_free(program->alloc, program->code, sizeof *program->code);
        program->code = next;
    }
}

#ifdef __x86_64__
/* What each level adds, as the System V ABI lists it. */
static bool has_level_2(void)
{
    return CPU_FEATURE_ACTIVE(CMPXCHG16B) && CPU_FEATURE_ACTIVE(LAHF64_SAHF64) && CPU_FEATURE_ACTIVE(POPCNT) && CPU_FEATURE_ACTIVE(SSE3) &&
           CPU_FEATURE_ACTIVE(SSSE3) && CPU_FEATURE_ACTIVE(SSE4_1) && CPU_FEATURE_ACTIVE(SSE4_2);
}
static bool has_level_3(void)
{
    return CPU_FEATURE_ACTIVE(AVX) && CPU_FEATURE_ACTIVE(AVX2) && CPU_FEATURE_ACTIVE(BMI1) && CPU_FEATURE_ACTIVE(BMI2) && CPU_FEATURE_ACTIVE(F16C) &&
           CPU_FEATURE_ACTIVE(FMA) && CPU_FEATURE_ACTIVE(LZCNT) && CPU_FEATURE_ACTIVE(MOVBE);
}
static bool has_level_4(void)
{
    return CPU_FEATURE_ACTIVE(AVX512F) && CPU_FEATURE_ACTIVE(AVX512BW) && CPU_FEATURE_ACTIVE(AVX512CD) && CPU_FEATURE_ACTIVE(AVX512DQ) &&
           __builtin_cpu_supports("avx512vl"); /* bit 31, which the header shifts an int by */
}

uint32_t code_cpu_here(void)
{
    if (!has_level_2())
        return WIRE_CPU_BASE;
    return !has_level_3() ? 2 : has_level_4() ? 4 : 3;
}
#else
uint32_t code_cpu_here(void) { return 0; }
#endif
