#include "engine/jit_cache.h"

#include "codegen/jit/find_helper.h"
#include "codegen/jit/native.h"
#include "codegen/jit/object.h"
#include "runtime/base/diag.h"

#include <limits.h>

enum { SIZE_MAX_DEFAULT = 256 << 20 };

jit_cache jit_cache_open(const burin_jit_options *options)
{
    jit_cache c    = {.disk = {.size_max = options->cache_max ? options->cache_max : SIZE_MAX_DEFAULT}};
    char      path[PATH_MAX];
    if (!options->cache || options->engine == BURIN_ENGINE_INTERP)
        return c;
    const char *helper = options->helper ? options->helper : find_helper(path, sizeof path) ? path : NULL;
    if (helper && builder_of(helper, c.builder))
        c.disk.folder = options->cache;
    return c;
}

bool jit_cache_get(const jit_cache *c, burin_text request, buf *code)
{
    if (!jit_cache_is_on(c))
        return false;
    disk_key key = disk_key_of(c->builder, request);
    return disk_get(&c->disk, &key, code);
}

/* The compiler's file may have been replaced since it was looked at. */
static bool is_by(burin_text code, const uint8_t builder[BUILDER_SIZE])
{
    native_stamp stamp;
    burin_text   bytes = object_section(code, NATIVE_STAMP_SECTION);
    if (bytes.len != sizeof stamp)
        return false;
    memcpy(&stamp, bytes.data, sizeof stamp);
    return memcmp(stamp.builder, builder, BUILDER_SIZE) == 0;
}

const char *jit_cache_put(const jit_cache *c, burin_text request, burin_text code, const builder_library *library)
{
    if (!jit_cache_is_on(c))
        return NULL;
    if (!is_by(code, c->builder))
        return "burin-jit has been replaced since";
    disk_key key = disk_key_of(c->builder, request);
    return disk_put(&c->disk, &key, library, code);
}

void jit_cache_remove(const jit_cache *c, burin_text request)
{
    disk_key key = disk_key_of(c->builder, request);
    disk_remove(&c->disk, &key);
}

/* ---- for hosts ---- */

typedef struct showing {
    void (*call)(void *user, const burin_jit_cached *entry);
    void *user;
} showing;

static void show(void *user, const disk_entry *entry)
{
    showing *s = user;
    s->call(s->user, &(burin_jit_cached){sizeof(burin_jit_cached), entry->name, entry->size, entry->used, entry->why});
}

static burin_status answer(const char *wrong, const char *folder, burin_error *err)
{
    return wrong ? diag_fail(err, BURIN_ERR_OS, NULL, 0, (span){0, 0}, "%s: %s", folder, wrong) : BURIN_OK;
}

burin_status burin_jit_cache_each(const char *folder, bool verify, void (*call)(void *user, const burin_jit_cached *entry), void *user,
                                  burin_error *err)
{
    return answer(disk_each(&(disk){.folder = folder}, verify, show, &(showing){call, user}), folder, err);
}

burin_status burin_jit_cache_clear(const char *folder, burin_error *err) { return answer(disk_clear(&(disk){.folder = folder}), folder, err); }
