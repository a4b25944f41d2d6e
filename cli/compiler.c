/* --engine, --jit-threshold, --jit-eager, --jit-level, --jit-tools, --cache, --explain. */
#include "cli/compiler.h"

#include "cli/cache.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double ms(uint64_t ns) { return (double)ns / 1e6; }

/* One line of --explain; from any thread. */
static void explain(void *user, const burin_jit_event *e)
{
    const char *name = e->name ? e->name : "<template>";

    (void)user;
    switch (e->outcome) {
    case BURIN_JIT_COMPILED:
        if (e->cached) {
            fprintf(stderr, "burin: jit: %s: %u unit%s of %u instructions native from the cache after %.1f ms (%zu bytes)\n", name, e->units,
                    e->units == 1 ? "" : "s", e->instructions, ms(e->waited_ns), (size_t)e->bytes);
            break;
        }
        fprintf(stderr, "burin: jit: %s: %u unit%s of %u instructions native after %.1f ms (compiler %.1f ms, assembler %.1f ms, %zu bytes; interpreted for %.1f ms before)%s%s\n",
                name, e->units, e->units == 1 ? "" : "s", e->instructions, ms(e->waited_ns), ms(e->compile_ns), ms(e->assemble_ns), (size_t)e->bytes,
                ms(e->interpreted_ns), e->why ? "; not kept in the cache: " : "", e->why ? e->why : "");
        break;
    case BURIN_JIT_REFUSED:
        fprintf(stderr, "burin: jit: %s: %u unit%s of %u instructions stay%s interpreted: %s\n", name, e->units, e->units == 1 ? "" : "s", e->instructions,
                e->units == 1 ? "s" : "", e->why);
        break;
    case BURIN_JIT_UNAVAILABLE: fprintf(stderr, "burin: jit: there is no compiler: %s\n", e->why); break;
    }
}

static burin_engine engine_of(const cli_options *options)
{
    if (options_is(options, OPT_ENGINE, "jit") || (options_has(options, OPT_JIT_EAGER) && !options_has(options, OPT_ENGINE)))
        return BURIN_ENGINE_JIT;
    return options_is(options, OPT_ENGINE, "auto") ? BURIN_ENGINE_AUTO : BURIN_ENGINE_INTERP;
}

/* Where native code is kept; NULL: nowhere. */
static const char *cache_of(const cli_options *options, char *room, size_t size)
{
    const char *given = options_last(options, OPT_CACHE);

    if (given)
        return strcmp(given, "off") ? given : NULL;
    return cache_user_folder(room, size) ? room : NULL;
}

static void ignore(void *user, const burin_jit_cached *entry)
{
    (void)user;
    (void)entry;
}

/* With --explain: why nothing is kept, if that is so and was not asked for. */
static void explain_cache(const cli_options *options, const char *folder)
{
    burin_error err = BURIN_ERROR_INIT;

    if (!folder && !options_has(options, OPT_CACHE))
        fprintf(stderr, "burin: jit: the cache is not used: there is no folder $HOME\n");
    if (folder && burin_jit_cache_each(folder, false, ignore, NULL, &err))
        fprintf(stderr, "burin: jit: the cache is not used: %s\n", err.message ? err.message : "out of memory");
    burin_error_clear(&err);
}

const char *compiler_helper(void) { return getenv("BURIN_JIT"); }

bool compiler_start(const cli_options *options, burin_jit **out)
{
    char              folder[PATH_MAX];
    burin_jit_options wish      = burin_jit_options_default();
    burin_error       err       = BURIN_ERROR_INIT;
    const char       *tool, *threshold = options_last(options, OPT_JIT_THRESHOLD);

    *out        = NULL;
    wish.engine = engine_of(options);
    if (wish.engine == BURIN_ENGINE_INTERP)
        return true;
    wish.eager  = options_has(options, OPT_JIT_EAGER);
    wish.helper = compiler_helper();
    if (threshold)
        wish.threshold_ns = (uint64_t)(strtod(threshold, NULL) * 1e6) + 1; /* 0 is "by estimation" to the library */
    if (options_has(options, OPT_JIT_LEVEL))
        wish.level = (unsigned)(options_last(options, OPT_JIT_LEVEL)[0] - '0');
    for (size_t n = 0; (tool = options_nth(options, OPT_JIT_TOOLS, n)) != NULL; n++)
        wish.tools |= strcmp(tool, "gdb") == 0 ? BURIN_JIT_GDB : BURIN_JIT_PERF;
    wish.cache = cache_of(options, folder, sizeof folder);
    if (options_has(options, OPT_EXPLAIN)) {
        wish.event = explain;
        explain_cache(options, wish.cache);
    }
    *out = burin_jit_new(&wish, &err);
    if (!*out)
        complain_error(options, &err);
    return *out != NULL;
}

void compiler_end(const cli_options *options, burin_jit *jit)
{
    if (jit && options_has(options, OPT_EXPLAIN))
        burin_jit_wait(jit);
    burin_jit_unref(jit);
}
