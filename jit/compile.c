/* One request: units to a libgccjit context, that to assembler text, that to an object.
 *
 * The object is reproducible: with debugging information libgccjit names its source file after a random folder, which is
 * replaced in the text. The text also gets the stamp (native_stamp) by which loaders know what the object was made for. */
#define _GNU_SOURCE
#include "jit/compile.h"

#include "jit/assemble.h"
#include "jit/kernel.h"
#include "jit/typed.h"
#include "runtime/base/clock.h"

#include <stdio.h>
#include <unistd.h>

static uint64_t resident_bytes(void)
{
    unsigned long pages = 0, resident = 0;
    FILE         *file  = fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    if (fscanf(file, "%lu %lu", &pages, &resident) != 2)
        resident = 0;
    fclose(file);
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* ---- options ---- */

static void set_options(gcc_jit_context *g, const wire_request *request)
{
    static const char *const always[] = {"-ffp-contract=off", "-fwrapv", "-fno-strict-aliasing", "-fno-stack-protector", "-fcf-protection=none"};
    /* Passes that cost three tenths of the time at -O1 and give nothing to code of this kind. */
    static const char *const quick[]  = {
        "-fno-tree-pta", "-fno-move-loop-invariants", "-fno-cprop-registers", "-fno-forward-propagate", "-fno-dse",
        "-fno-tree-ch", "-fno-tree-sra", "-fno-tree-dominator-opts", "-fno-tree-phiprop", "-fno-tree-sink", "-fno-tree-slsr", "-fno-tree-bit-ccp",
        "-fno-tree-loop-optimize", "-fno-ssa-backprop", "-fno-ssa-phiopt", "-fno-tree-dse",
        "-fno-ipa-pure-const", "-fno-ipa-profile", "-fno-ipa-reference", "-fno-ipa-modref", "-fno-inline-functions-called-once",
    };
    /* Of -O2, worth their time where registers are locals; and functions that are to be inlined (direct.c) are, whatever their size. */
    static const char *const scripts[] = {"-fpeephole2", "-fexpensive-optimizations", "--param=max-inline-insns-single=2000"};
    /* More of them, which templates and expressions do without. */
    static const char *const quicker[] = {"-fno-tree-ccp", "-fno-tree-copy-prop", "-fno-compare-elim", "-fno-combine-stack-adjustments", "-fira-region=one",
                                            "-fno-tree-fre", "-fno-tree-reassoc", "-fno-tree-loop-im", "-fno-optimize-strlen", "-fno-split-wide-types",
                                            "-fno-thread-jumps", "-fno-tree-dce", "-fno-dce",
                                            "-fdisable-rtl-cse1", /* no option stops it */
                                            "-mno-mmx", "-mno-80387", /* registers that the start need not prepare */
                                            "-Wno-free-nonheap-object", "-Wno-mismatched-dealloc", "-Wno-mismatched-new-delete", /* passes that only warn */
                                            "-fno-if-conversion", "-fno-if-conversion2" /* they bring what slow paths note in front of the guards */};
    static const char *const levels[] = {"-march=x86-64", "-march=x86-64", "-march=x86-64-v2", "-march=x86-64-v3", "-march=x86-64-v4"};
    const bool is_quick = request->level == 1 && request_is_for_templates(request);
    gcc_jit_context_set_int_option(g, GCC_JIT_INT_OPTION_OPTIMIZATION_LEVEL, (int)request->level);
    gcc_jit_context_set_bool_option(g, GCC_JIT_BOOL_OPTION_DEBUGINFO, request->debug);
    gcc_jit_context_set_bool_allow_unreachable_blocks(g, 1);
    gcc_jit_context_set_bool_print_errors_to_stderr(g, 0);
    for (size_t n = 0; n < sizeof always / sizeof always[0]; n++)
        gcc_jit_context_add_command_line_option(g, always[n]);
    for (size_t n = 0; request->level == 1 && n < sizeof quick / sizeof quick[0]; n++)
        gcc_jit_context_add_command_line_option(g, quick[n]);
    for (size_t n = 0; is_quick && n < sizeof quicker / sizeof quicker[0]; n++)
        gcc_jit_context_add_command_line_option(g, quicker[n]);
    if (!request->debug)
        gcc_jit_context_add_command_line_option(g, "-fno-asynchronous-unwind-tables");
    if (is_quick && !request->debug) /* debuggers need the usual way in front: see emitter_init */
        gcc_jit_context_add_command_line_option(g, "-fno-guess-branch-probability");
    for (size_t n = 0; request->program && request->program->is_script && n < sizeof scripts / sizeof scripts[0]; n++)
        gcc_jit_context_add_command_line_option(g, scripts[n]);
    /* Templates have no vectors, and the compiler's start takes longer for each set of registers that it might use. */
    gcc_jit_context_add_command_line_option(g, levels[is_quick ? WIRE_CPU_BASE : request->cpu]);
}

/* ---- the text ---- */

/* Copy the text without the folder that libgccjit invented: what stands before "/fake.c" in a quoted name. */
static void copy_without_folder(burin_text text, burin_text folder, buf *out)
{
    enum { NAME_MAX_LEN = 64 };
    static const char faked[] = "/fake.c";
    const char       *at       = text.data, *end = text.data + text.len;
    while (at < end) {
        const char *found = memmem(at, (size_t)(end - at), folder.data, folder.len);
        size_t      near  = found ? (size_t)(end - found) : 0;
        if (near > folder.len + NAME_MAX_LEN)
            near = folder.len + NAME_MAX_LEN;
        const char *name = found ? memmem(found, near, faked, sizeof faked - 1) : NULL;
        if (!name) {
            buf_append(out, at, (size_t)(end - at));
            return;
        }
        buf_append(out, at, (size_t)(found - at));
        buf_append_z(out, "/burin");
        at = name;
    }
}

static void add_stamp(const compiler *c, const wire_request *request, uint64_t hash, buf *text)
{
    native_stamp   stamp = {.magic = NATIVE_STAMP_MAGIC, .abi = request->abi, .request = hash, .cpu = request->cpu, .level = request->level};
    const uint8_t *bytes = (const uint8_t *)&stamp;
    memcpy(stamp.compiler, c->ready.compiler.version, sizeof stamp.compiler);
    memcpy(stamp.builder, c->ready.builder, sizeof stamp.builder);
    buf_append_z(text, "\t.section " NATIVE_STAMP_SECTION ",\"\",@progbits\n\t.byte ");
    for (size_t n = 0; n < sizeof stamp; n++)
        buf_printf(text, n ? ",%u" : "%u", bytes[n]);
    buf_append_byte(text, '\n');
}

/* libgccjit writes the text to a path; a file in memory has one. */
static const char *context_text(gcc_jit_context *g, const compiler *c, const wire_request *request, buf *text)
{
    const char *wrong = NULL;
    buf         raw   = buf_make(text->alloc);
    char        path[32];
    int         fd = memory_file("burin-jit output");
    if (fd < 0)
        return "no memory file could be made";
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (request->output == WIRE_C)
        gcc_jit_context_dump_to_file(g, path, 0);
    else
        gcc_jit_context_compile_to_file(g, GCC_JIT_OUTPUT_KIND_ASSEMBLER, path);
    if (gcc_jit_context_get_first_error(g))
        wrong = "libgccjit failed";
    else if (!read_file(fd, &raw))
        wrong = "the compiler's output could not be read";
    else
        copy_without_folder(buf_text(&raw), (burin_text){c->folder, strlen(c->folder)}, text);
    close(fd);
    buf_deinit(&raw);
    return wrong;
}

/* ---- a request ---- */

/* Write what was asked for into the context. False when memory is out. */
typedef bool (*writer)(gcc_jit_context *g, arena *memory, const wire_request *request, const void *what);

static bool write_units(gcc_jit_context *g, arena *memory, const wire_request *request, const void *what)
{
    (void)what;
    emitter e;
    bool    good = emitter_init(&e, g, memory, request) && write_direct(&e);
    for (uint32_t n = 0; good && n < request->unit_count; n++)
        good = lower_unit(&e, request->units[n]);
    return good;
}

static bool write_kernel(gcc_jit_context *g, arena *memory, const wire_request *request, const void *what)
{
    emitter e;
    kernel_options(g, what);
    return emitter_init(&e, g, memory, request) && lower_kernel(&e, what);
}

static const char *compile_to_text(compiler *c, const wire_request *request, writer write, const void *what, arena *memory, buf *text,
                                   protocol_result *result)
{
    uint64_t         start = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    gcc_jit_context *g     = gcc_jit_context_acquire();
    if (!g)
        return "libgccjit gives no context";
    set_options(g, request);
    const char *wrong = write(g, memory, request, what) ? context_text(g, c, request, text) : "out of memory";
    gcc_jit_context_release(g);
    result->compile_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start;
    return wrong;
}

static const char *compile_to_object(compiler *c, burin_text bytes, const wire_request *request, writer write, const void *what, arena *memory, buf *text,
                                     buf *out, protocol_result *result)
{
    assembler   a;
    const char *wrong = assembler_start(&a, c->assembler);
    if (!wrong)
        wrong = compile_to_text(c, request, write, what, memory, text, result);
    if (!wrong) {
        uint64_t start = monotonic_ns();
        add_stamp(c, request, wire_hash(bytes), text);
        wrong = text->failed ? "out of memory" : assembler_run(&a, buf_text(text), out);
        result->assemble_ns = monotonic_ns() - start;
    }
    assembler_end(&a);
    return wrong;
}

static const char *compile(compiler *c, burin_text bytes, const wire_request *request, writer write, const void *what, arena *memory, buf *out,
                           protocol_result *result)
{
    buf         text  = buf_make(out->alloc);
    const char *wrong = request->output == WIRE_OBJECT ? compile_to_object(c, bytes, request, write, what, memory, &text, out, result)
                                                       : compile_to_text(c, request, write, what, memory, &text, result);
    if (!wrong && request->output != WIRE_OBJECT)
        buf_append(out, text.data, text.len);
    buf_deinit(&text);
    return !wrong && out->failed ? "out of memory" : wrong;
}

const char *compile_request(compiler *c, burin_text bytes, buf *out, protocol_result *result)
{
    arena          memory    = arena_make(out->alloc);
    bool           is_kernel = kernel_wire_is(bytes);
    kernel_request request   = {0};
    const char    *wrong     = is_kernel ? kernel_wire_read(bytes, &memory, &request) : wire_read(bytes, &memory, &request.how);
    *result                  = (protocol_result){.compiled = ++c->compiled};
    if (!wrong && request.how.abi != native_abi())
        wrong = "the request comes from another build";
    if (!wrong)
        wrong = compile(c, bytes, &request.how, is_kernel ? write_kernel : write_units, &request, &memory, out, result);
    result->resident = resident_bytes();
    arena_deinit(&memory);
    return wrong;
}
