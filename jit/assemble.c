/* The assembler reads from and writes to files in memory, so a full disk is no matter. */
#define _GNU_SOURCE
#include "jit/assemble.h"

#include <errno.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

const char *assembler_find(void)
{
    static const char *const places[] = {"/usr/bin/as", "/bin/as", "/usr/local/bin/as"};
    for (size_t n = 0; n < sizeof places / sizeof places[0]; n++)
        if (access(places[n], X_OK) == 0)
            return places[n];
    return NULL;
}

int memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

bool read_file(int fd, buf *out)
{
    struct stat about;
    if (fstat(fd, &about) || !buf_reserve(out, (size_t)about.st_size))
        return false;
    for (off_t at = 0; at < about.st_size;) {
        ssize_t got = pread(fd, out->data + out->len, (size_t)(about.st_size - at), at);
        if (got <= 0)
            return false;
        out->len += (size_t)got;
        at += got;
    }
    return true;
}

static bool write_file(int fd, burin_text text)
{
    for (size_t at = 0; at < text.len;) {
        ssize_t put = write(fd, text.data + at, text.len - at);
        if (put <= 0)
            return false;
        at += (size_t)put;
    }
    return lseek(fd, 0, SEEK_SET) == 0;
}

/* Run it with `from` as its input and `to` as the object's file. */
static const char *run(const char *assembler, int from, int to)
{
    enum { OBJECT = 3 };
    char *const arguments[]   = {"as", "--64", "-o", "/dev/fd/3", "--", NULL};
    char *const environment[] = {"LC_ALL=C", NULL};
    posix_spawn_file_actions_t actions;
    pid_t                      child;
    int                        ended = 0;
    if (posix_spawn_file_actions_init(&actions))
        return "out of memory";
    posix_spawn_file_actions_adddup2(&actions, from, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, to, OBJECT);
    int error = posix_spawn(&child, assembler, &actions, NULL, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    if (error)
        return "the assembler could not be started";
    while (waitpid(child, &ended, 0) < 0)
        if (errno != EINTR)
            return "the assembler was lost";
    return WIFEXITED(ended) && WEXITSTATUS(ended) == 0 ? NULL : "the assembler failed";
}

const char *assemble(const char *assembler, burin_text text, buf *out)
{
    const char *wrong = "no memory file could be made";
    int         from  = memory_file("burin-jit text"), to = memory_file("burin-jit object");
    if (from >= 0 && to >= 0 && write_file(from, text))
        wrong = run(assembler, from, to);
    if (!wrong && !read_file(to, out))
        wrong = "the object could not be read";
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    return wrong;
}
