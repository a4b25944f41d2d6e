#define _GNU_SOURCE /* memmem */
/* A template, rendered by the interpreter and by native code: text, error and its place, and the steps counted must be equal.
 *
 * Byte 0: options (autoescape, trim, lstrip, sandbox, undefined class). Byte 1: level of optimisation, and how many steps it may
 * take. The rest is the template; it is also the template "self" that it may include, extend or import. Each is rendered
 * twice in one render, so that the second meets caches that are filled. BURIN_JIT is the compiler process' path. */
#include "codegen/jit/client.h"
#include "codegen/jit/native.h"
#include "codegen/jit/object.h"
#include "codegen/jit/wire.h"
#include "engine/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROUNDS = 2 };

static const char vars_json[] =
    "{\"a\": 1, \"b\": \"<x>\", \"c\": [1, 2.5, \"t\", null, true], \"d\": {\"k\": \"v\", \"n\": {\"m\": [3]}}, \"e\": 12345678901234567890,"
    " \"f\": 2.5, \"rows\": [{\"k\": \"<1>\", \"n\": 1}, {\"k\": \"\", \"n\": -5, \"q\": 0.5}, {\"n\": 9223372036854775807, \"k\": [1]}, {\"k\": \"v\", \"n\": 2}]}";

typedef struct outcome {
    burin_status status;
    char        *text;  /* what was printed, or the error with its excerpt */
    size_t       len;
    uint64_t     steps;
} outcome;

static burin_options options_of(const uint8_t *data)
{
    static const uint64_t steps[] = {20000, 1, 3, 10, 50, 200, 1000, 5000};
    burin_options o  = burin_options_default();
    o.autoescape     = data[0] & 1 ? BURIN_AUTOESCAPE_ON : BURIN_AUTOESCAPE_OFF;
    o.trim_blocks    = data[0] & 2;
    o.lstrip_blocks  = data[0] & 4;
    o.sandbox        = data[0] & 8 ? BURIN_SANDBOX_IMMUTABLE : BURIN_SANDBOX_OFF;
    o.undefined      = (burin_undefined_mode)(data[0] >> 4 & 3);
    o.extensions     = BURIN_EXT_DO | BURIN_EXT_LOOPCONTROLS | BURIN_EXT_I18N | BURIN_EXT_GENERATION;
    o.random_seed    = 1;
    o.limits.steps   = steps[data[1] >> 2 & 7];
    o.limits.memory  = 32u << 20;
    o.limits.output  = 1u << 20;
    o.limits.depth   = 60;
    o.limits.integer_bits = 20000;
    return o;
}

/* ---- native code ---- */

static client *compiler(void)
{
    static client *process;
    if (process)
        return process;
    client_options options = client_options_default(native_abi());
    options.helper         = getenv("BURIN_JIT");
    if (!options.helper || !(process = client_new(&base_malloc_allocator, &options))) {
        fputs("BURIN_JIT does not name burin-jit\n", stderr);
        exit(1);
    }
    return process;
}

/* Have every unit of the program compiled; the object is freed after the program. */
static object *go_native(const ir_program *program, uint32_t level)
{
    wire_request  request = {.abi = native_abi(), .level = level, .cpu = WIRE_CPU_BASE, .prefix = BURIN_TEXT(NATIVE_PREFIX), .program = program,
                             .units = program->units, .unit_count = program->unit_count};
    buf           bytes = buf_make(&base_malloc_allocator);
    client_answer answer;
    object       *code = NULL;
    if (!wire_write(&request, &bytes) || client_compile(compiler(), buf_text(&bytes), &answer) || object_load(&base_malloc_allocator, answer.output, &code))
        abort();
    for (uint32_t n = 0; n < program->unit_count; n++) {
        char name[32];
        snprintf(name, sizeof name, NATIVE_PREFIX "%u", n);
        native_function run = (native_function)(uintptr_t)object_function(code, name);
        if (!run)
            abort();
        atomic_store(&program->natives[n], run);
    }
    buf_deinit(&bytes);
    return code;
}

/* ---- the two tiers ---- */

static void render(burin_render *r, burin_template *tpl, burin_value vars, outcome *out)
{
    burin_error  err  = BURIN_ERROR_INIT;
    burin_text   text = {NULL, 0};
    burin_limits used;
    free(out->text);
    out->status = burin_render_text(r, tpl, vars, &text, &err);
    out->text   = out->status ? burin_error_format(&err, false) : strndup(text.data ? text.data : "", text.len);
    if (!out->text)
        abort();
    out->len = strlen(out->text);
    burin_render_used(r, &used);
    out->steps = used.steps;
    burin_error_clear(&err);
}

static outcome run(const uint8_t *data, burin_text text, bool native)
{
    outcome       result  = {BURIN_OK, NULL, 0, 0};
    burin_options options = options_of(data);
    burin_error   err     = BURIN_ERROR_INIT;
    burin_env    *env     = burin_env_new(&options, &err);
    burin_heap   *heap    = burin_heap_new(NULL);
    const char   *names[] = {"self"};
    burin_value   vars    = burin_none();
    burin_loader  loader;
    object       *code = NULL;
    if (!env || !heap || burin_loader_memory(&loader, names, &text, 1) || burin_env_set_loader(env, &loader) ||
        burin_json_read(heap, (burin_text){vars_json, sizeof vars_json - 1}, true, &vars, &err))
        abort();
    burin_template *tpl = burin_template_get(env, "self", &err);
    burin_render   *r   = tpl ? burin_render_new(env, &err) : NULL;
    if (r && native)
        code = go_native(tpl->program, (data[1] & 3) % 3);
    for (int round = 0; r && round < ROUNDS; round++)
        render(r, tpl, vars, &result);
    if (!r)
        result.status = err.status;
    burin_error_clear(&err);
    burin_render_free(r);
    burin_template_unref(tpl);
    burin_env_unref(env);
    burin_heap_free(heap);
    object_free(code);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 4096 || memchr(data + 2, 0, size - 2))
        return 0;
    burin_text text     = {(const char *)data + 2, size - 2};
    outcome    expected = run(data, text, false);
    if (expected.text) { /* else it is no template */
        outcome native = run(data, text, true);
        /* an object's address differs from run to run */
        bool comparable = !memmem(expected.text, expected.len, " at 0x", 6) && expected.status != BURIN_ERR_NOMEM;
        if (comparable && (expected.status != native.status || strcmp(expected.text, native.text) || expected.steps != native.steps)) {
            fprintf(stderr, "interpreter: %d after %llu steps\n%s\nnative: %d after %llu steps\n%s\n", expected.status, (unsigned long long)expected.steps,
                    expected.text, native.status, (unsigned long long)native.steps, native.text);
            abort();
        }
        free(native.text);
    }
    free(expected.text);
    return 0;
}
