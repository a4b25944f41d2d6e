#define _GNU_SOURCE /* memmem */
/* A template, compiled and rendered under limits, with constants folded and not: both must end the same way.
 *
 * Byte 0: options (autoescape, trim, lstrip, sandbox, undefined class). The rest is the template; it is also the template
 * "self" that it may include, extend or import. */
#include <burin/burin.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char vars_json[] = "{\"a\": 1, \"b\": \"<x>\", \"c\": [1, 2.5, \"t\", null, true], \"d\": {\"k\": \"v\", \"n\": {\"m\": [3]}}, \"e\": 12345678901234567890}";

typedef struct outcome {
    burin_status status;
    char        *text;
    size_t       len;
} outcome;

static burin_options options_of(uint8_t bits, bool optimized)
{
    burin_options o  = burin_options_default();
    o.optimized      = optimized;
    o.autoescape     = bits & 1 ? BURIN_AUTOESCAPE_ON : BURIN_AUTOESCAPE_OFF;
    o.trim_blocks    = bits & 2;
    o.lstrip_blocks  = bits & 4;
    o.sandbox        = bits & 8 ? BURIN_SANDBOX_IMMUTABLE : BURIN_SANDBOX_OFF;
    o.undefined      = (burin_undefined_mode)(bits >> 4 & 3);
    o.extensions     = BURIN_EXT_DO | BURIN_EXT_LOOPCONTROLS | BURIN_EXT_I18N | BURIN_EXT_GENERATION;
    o.random_seed    = 1;
    o.limits.steps   = 20000;
    o.limits.memory  = 32u << 20;
    o.limits.output  = 1u << 20;
    o.limits.time_ns = 2000000000u;
    o.limits.depth   = 60;
    o.limits.integer_bits = 20000;
    return o;
}

static outcome run(uint8_t bits, bool optimized, burin_text source)
{
    outcome       result  = {BURIN_OK, NULL, 0};
    burin_options options = options_of(bits, optimized);
    burin_error   err     = BURIN_ERROR_INIT;
    burin_env    *env     = burin_env_new(&options, &err);
    burin_heap   *heap    = burin_heap_new(NULL);
    burin_loader  loader;
    const char   *names[] = {"self"};
    burin_value   vars    = burin_none();
    if (!env || !heap || burin_loader_memory(&loader, names, &source, 1) || burin_env_set_loader(env, &loader) ||
        burin_json_read(heap, (burin_text){vars_json, sizeof vars_json - 1}, true, &vars, &err))
        abort();
    burin_template *tpl    = burin_template_get(env, "self", &err);
    burin_render   *render = tpl ? burin_render_new(env, &err) : NULL;
    burin_text      text   = {NULL, 0};
    result.status          = render ? burin_render_text(render, tpl, vars, &text, &err) : err.status;
    if (result.status == BURIN_OK && (result.text = malloc(text.len + 1)) != NULL) {
        memcpy(result.text, text.data, text.len);
        result.len = text.len;
    }
    free(burin_error_format(&err, false));
    burin_error_clear(&err);
    burin_render_free(render);
    burin_template_unref(tpl);
    burin_env_unref(env);
    burin_heap_free(heap);
    return result;
}

static bool is_bound(burin_status s) { return s == BURIN_ERR_LIMIT || s == BURIN_ERR_NOMEM || s == BURIN_ERR_RECURSION; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 4096)
        return 0;
    burin_text source = {(const char *)data + 1, size - 1};
    outcome    folded = run(data[0], true, source), plain = run(data[0], false, source);
    /* an object's address differs from run to run; folding takes work out of the run, so only one of the two may meet a limit */
    if (!is_bound(folded.status) && !is_bound(plain.status) && !memmem(source.data, source.len, "random", 6) && !memmem(source.data, source.len, "~", 1) &&
        !(plain.len && memmem(plain.text, plain.len, " at 0x", 6))) {
        if (folded.status != plain.status || folded.len != plain.len || (plain.len && memcmp(folded.text, plain.text, plain.len)))
            abort();
    }
    free(folded.text);
    free(plain.text);
    return 0;
}
