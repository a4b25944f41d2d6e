/* `burin cache`: look at and tend the folder where native code is kept. */
#include "cli/cache.h"

#include "cli/buffer.h"
#include "cli/cli.h"
#include "cli/output.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

bool cache_user_folder(char *path, size_t size)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int         len   = -1;

    if (cache && cache[0] == '/')
        len = snprintf(path, size, "%s/burin", cache);
    else if (home && home[0] == '/' && is_folder(home)) /* users without a home get none */
        len = snprintf(path, size, "%s/.cache/burin", home);
    return len > 0 && (size_t)len < size;
}

typedef struct cache_run {
    bool     only_wrong;
    buffer   out;
    uint64_t bytes, files, wrong;
} cache_run;

static void show(void *user, const burin_jit_cached *entry)
{
    cache_run *r = user;
    time_t     used = (time_t)entry->used;
    struct tm  parts;
    char       when[32] = "?";

    r->files++;
    r->bytes += entry->bytes;
    r->wrong += entry->why != NULL;
    if (r->only_wrong && !entry->why)
        return;
    if (gmtime_r(&used, &parts))
        strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &parts);
    buffer_format(&r->out, "%s %10" PRIu64 " %.12s%s%s\n", when, entry->bytes, entry->name, entry->why ? "  " : "", entry->why ? entry->why : "");
}

static int list(const cli_options *options, const char *folder, bool verify)
{
    cache_run   r   = {.only_wrong = verify};
    burin_error err = BURIN_ERROR_INIT;

    if (burin_jit_cache_each(folder, verify, show, &r, &err)) {
        buffer_free(&r.out);
        return complain_error(options, &err);
    }
    buffer_format(&r.out, "%s: %" PRIu64 " file%s, %" PRIu64 " bytes, %" PRIu64 " of no use\n", folder, r.files, r.files == 1 ? "" : "s", r.bytes, r.wrong);
    if (r.out.failed)
        complain("out of memory");
    bool written = !r.out.failed && output_write(options, (burin_text){r.out.data, r.out.len});
    buffer_free(&r.out);
    return !written ? EXIT_FAILED : verify && r.wrong ? EXIT_FINDINGS : EXIT_DONE;
}

static int clear(const cli_options *options, const char *folder)
{
    burin_error err = BURIN_ERROR_INIT;
    return burin_jit_cache_clear(folder, &err) ? complain_error(options, &err) : EXIT_DONE;
}

int command_cache(const cli_options *options)
{
    char        room[PATH_MAX];
    const char *what   = options->word_count == 1 ? options->words[0] : "";
    const char *folder = options_last(options, OPT_CACHE);

    if (!folder && !cache_user_folder(room, sizeof room))
        return misused(COMMAND_CACHE, "there is no folder $HOME, so the cache's is not known: --cache names one");
    folder = folder ? folder : room;
    if (strcmp(what, "list") == 0)
        return list(options, folder, false);
    if (strcmp(what, "verify") == 0)
        return list(options, folder, true);
    if (strcmp(what, "clear") == 0)
        return clear(options, folder);
    return misused(COMMAND_CACHE, "`burin cache` needs one of list, verify, clear");
}
