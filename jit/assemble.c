/* The assembler reads from a pipe and writes to a file in memory, so a full disk is no matter. Its start takes as long as a short text does; that goes on
 * while the compiler runs. */
#define _GNU_SOURCE
#include "jit/assemble.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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

/* ---- running it ---- */

/* With the pipe's end `from` as its input, and `to` as the object's file. */
static int spawn(pid_t *pid, const char *path, int from, int to)
{
    enum { OBJECT = 3 };
    char *const arguments[]   = {"as", "--64", "-o", "/dev/fd/3", "--", NULL};
    char *const environment[] = {"LC_ALL=C", NULL};
    posix_spawn_file_actions_t actions;
    int                        failed = posix_spawn_file_actions_init(&actions);
    if (failed)
        return failed;
    failed = posix_spawn_file_actions_adddup2(&actions, from, STDIN_FILENO);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(&actions, to, OBJECT);
    if (!failed)
        failed = posix_spawn(pid, path, &actions, NULL, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

const char *assembler_start(assembler *a, const char *path)
{
    int ends[2];
    *a = (assembler){.text = -1, .object = memory_file("burin-jit object")};
    if (a->object < 0)
        return "no memory file could be made";
    if (pipe2(ends, O_CLOEXEC))
        return "no pipe could be made";
    a->text    = ends[1];
    int failed = spawn(&a->pid, path, ends[0], a->object);
    close(ends[0]);
    if (!failed)
        return NULL;
    a->pid = 0;
    return "the assembler could not be started";
}

static bool write_text(int fd, burin_text text)
{
    for (size_t at = 0; at < text.len;) {
        ssize_t put = write(fd, text.data + at, text.len - at);
        if (put < 0 && errno != EINTR)
            return false;
        at += put < 0 ? 0 : (size_t)put;
    }
    return true;
}

static void close_text(assembler *a)
{
    if (a->text >= 0)
        close(a->text);
    a->text = -1;
}

/* Wait for its end; NULL when that was a good one. */
static const char *wait_for(assembler *a)
{
    int   ended = 0;
    pid_t pid   = a->pid;
    a->pid      = 0;
    while (waitpid(pid, &ended, 0) < 0)
        if (errno != EINTR)
            return "the assembler was lost";
    return WIFEXITED(ended) && WEXITSTATUS(ended) == 0 ? NULL : "the assembler failed";
}

const char *assembler_run(assembler *a, burin_text text, buf *out)
{
    bool        written = write_text(a->text, text);
    close_text(a);
    const char *wrong = wait_for(a);
    if (!wrong && !written)
        wrong = "the assembler did not read its text";
    return !wrong && !read_file(a->object, out) ? "the object could not be read" : wrong;
}

void assembler_end(assembler *a)
{
    close_text(a);
    if (a->pid) {
        kill(a->pid, SIGKILL);
        wait_for(a);
    }
    if (a->object >= 0)
        close(a->object);
    a->object = -1;
}
