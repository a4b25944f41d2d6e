/* Everything is in a folder beside the file, which is renamed from there at the end. The tools are those of fixed places: what stands in
 * PATH is not ours to trust. */
#define _GNU_SOURCE
#include "codegen/image/link.h"

#include "codegen/image/seal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct workshop {
    char        folder[4096];
    char       *room;
    size_t      size;
    const char *wrong;
} workshop;

static void fail(workshop *w, const char *what, const char *why)
{
    if (!w->wrong)
        snprintf(w->room, w->size, "%s%s%s", what, why ? ": " : "", why ? why : "");
    w->wrong = w->room;
}

/* `folder/name` into `path`. */
static const char *place(const workshop *w, const char *name, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", w->folder, name);
    return path;
}

static void write_bytes(workshop *w, const char *name, burin_text bytes)
{
    char  path[4200];
    FILE *file = w->wrong ? NULL : fopen(place(w, name, path, sizeof path), "wbe");
    if (!file || fwrite(bytes.data, 1, bytes.len, file) != bytes.len || fclose(file))
        fail(w, "a temporary file beside the output cannot be written", strerror(errno));
}

static const char *tool(const char *name, char *path, size_t size)
{
    static const char *const folders[] = {"/usr/bin", "/bin", "/usr/local/bin"};
    for (size_t n = 0; n < sizeof folders / sizeof folders[0]; n++) {
        snprintf(path, size, "%s/%s", folders[n], name);
        if (access(path, X_OK) == 0)
            return path;
    }
    return NULL;
}

/* Run a tool in the folder; what it prints goes nowhere. */
static void run(workshop *w, const char *name, char *const *arguments)
{
    static char *const environment[] = {(char *)(uintptr_t)"LC_ALL=C", NULL};
    char               path[64];
    const char        *program = tool(name, path, sizeof path);
    posix_spawn_file_actions_t actions;
    pid_t              child;
    int                status = 0;
    if (w->wrong)
        return;
    if (!program || posix_spawn_file_actions_init(&actions)) {
        fail(w, "there is no assembler and linker (package binutils)", NULL);
        return;
    }
    posix_spawn_file_actions_addchdir_np(&actions, w->folder);
    for (int fd = 0; fd <= 2; fd++)
        posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    int error = posix_spawn(&child, program, &actions, NULL, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    while (!error && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (error || !WIFEXITED(status) || WEXITSTATUS(status))
        fail(w, name, "it failed");
}

static void assemble(workshop *w, burin_text table)
{
    char *const arguments[] = {"as", "--64", "-o", "table.o", "table.s", NULL};
    write_bytes(w, "table.s", table);
    run(w, "as", arguments);
}

static void join(workshop *w, bool shared, size_t count)
{
    static const char *const as_shared[] = {"ld", "-shared", "-Bsymbolic", "--build-id=none", "-z", "noexecstack", "-z", "relro", "-o", "out"};
    static const char *const as_object[] = {"ld", "-r", "-o", "out"};
    const char *const *first = shared ? as_shared : as_object;
    size_t             firsts = shared ? sizeof as_shared / sizeof as_shared[0] : sizeof as_object / sizeof as_object[0];
    char             **arguments = calloc(firsts + count + 2, sizeof *arguments);
    char             (*names)[24] = calloc(count + 1, sizeof *names);
    if (!arguments || !names) {
        fail(w, "out of memory", NULL);
    } else {
        for (size_t n = 0; n < firsts; n++)
            arguments[n] = (char *)(uintptr_t)first[n];
        arguments[firsts] = "table.o";
        for (size_t n = 0; n < count; n++) {
            snprintf(names[n], sizeof names[n], "%zu.o", n);
            arguments[firsts + 1 + n] = names[n];
        }
        run(w, "ld", arguments);
    }
    free(arguments);
    free(names);
}

static void make_folder(workshop *w, const char *path)
{
    const char *slash = strrchr(path, '/');
    int         len   = slash ? (int)(slash - path + 1) : 2;
    if (snprintf(w->folder, sizeof w->folder, "%.*s.burin-XXXXXX", len, slash ? path : "./") >= (int)sizeof w->folder || !mkdtemp(w->folder)) {
        fail(w, "no temporary folder can be made beside the output", strerror(errno));
        w->folder[0] = '\0';
    }
}

static void remove_folder(const workshop *w)
{
    char path[4400];
    DIR *folder = w->folder[0] ? opendir(w->folder) : NULL;
    if (!folder)
        return;
    for (struct dirent *entry; (entry = readdir(folder));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            snprintf(path, sizeof path, "%s/%s", w->folder, entry->d_name);
            unlink(path);
        }
    closedir(folder);
    rmdir(w->folder);
}

const char *link_file(const char *path, bool shared, burin_text table, const burin_text *objects, size_t count, char *room, size_t size)
{
    workshop w = {.room = room, .size = size};
    char     name[24], out[4200];
    struct stat there;
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode)) { /* a rename would put the file in the place of a device, or of a link to one */
        fail(&w, "the output is there, and no regular file", NULL);
        return w.wrong;
    }
    make_folder(&w, path);
    for (size_t n = 0; n < count && !w.wrong; n++) {
        snprintf(name, sizeof name, "%zu.o", n);
        write_bytes(&w, name, objects[n]);
    }
    if (!w.wrong)
        assemble(&w, table);
    if (!w.wrong)
        join(&w, shared, count);
    if (!w.wrong && shared && !seal_put(place(&w, "out", out, sizeof out)))
        fail(&w, "a temporary file beside the output cannot be written", strerror(errno));
    if (!w.wrong && rename(place(&w, "out", out, sizeof out), path))
        fail(&w, "the output cannot be written", strerror(errno));
    remove_folder(&w);
    return w.wrong;
}
