/* Starting, asking and ending the compiler process. */
#define _GNU_SOURCE
#include "codegen/jit/client.h"

#include "codegen/jit/find_helper.h"
#include "runtime/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { END_MS = 1000, KILLED_MS = 10000, RETRY_MAX_MS = 300000, WHY_SIZE = 256 };

struct client {
    const burin_allocator *alloc;
    client_options         options;
    char                  *helper, *folder; /* copies; NULL for none */
    pthread_mutex_t        lock;        /* guards fd and interrupted against client_interrupt */
    bool                   interrupted;
    int                    fd;          /* our end of the socket; -1: no process */
    int                    pidfd;
    pid_t                  pid;
    uint32_t               number;      /* of the last request */
    uint32_t               starts, compiled;
    uint64_t               resident;
    uint32_t               failures;    /* to start, in a row */
    int64_t                retry_at_ms;
    buf                    payload;
    builder_library        library;     /* of the process */
    char                   why[WHY_SIZE];
};

/* ---- life ---- */

client_options client_options_default(uint64_t abi)
{
    return (client_options){
        .abi = abi, .start_ms = 10000, .answer_ms = 60000, .compiles_max = 500, .resident_max = 256 << 20, .retry_ms = 1000};
}

static bool copy_text(const burin_allocator *alloc, const char *text, char **out)
{
    if (!text)
        return true;
    size_t size = strlen(text) + 1;
    *out        = base_alloc(alloc, size);
    return *out && memcpy(*out, text, size);
}

static void free_text(const burin_allocator *alloc, char *text)
{
    if (text)
        base_free(alloc, text, strlen(text) + 1);
}

static void free_memory(client *c)
{
    buf_deinit(&c->payload);
    free_text(c->alloc, c->helper);
    free_text(c->alloc, c->folder);
    base_free(c->alloc, c, sizeof *c);
}

client *client_new(const burin_allocator *alloc, const client_options *options)
{
    client *c = base_alloc(alloc, sizeof *c);
    if (!c)
        return NULL;
    *c = (client){.alloc = alloc, .options = *options, .fd = -1, .pidfd = -1, .payload = buf_make(alloc)};
    if (!copy_text(alloc, options->helper, &c->helper) || !copy_text(alloc, options->folder, &c->folder) || pthread_mutex_init(&c->lock, NULL)) {
        free_memory(c);
        return NULL;
    }
    return c;
}

static void set_socket(client *c, int fd)
{
    pthread_mutex_lock(&c->lock);
    c->fd = fd;
    if (fd >= 0 && c->interrupted)
        shutdown(fd, SHUT_RDWR);
    pthread_mutex_unlock(&c->lock);
}

/* Whether the process has ended within that time. */
static bool has_ended(const client *c, int timeout_ms)
{
    struct pollfd p = {.fd = c->pidfd, .events = POLLIN};
    int           ready;
    do
        ready = poll(&p, 1, timeout_ms);
    while (ready < 0 && errno == EINTR);
    return ready > 0;
}

/* End the process: it goes by itself when its socket closes. Somebody may have reaped it already. */
static void end_process(client *c, bool at_once)
{
    siginfo_t info;
    if (c->fd < 0)
        return;
    int fd = c->fd;
    set_socket(c, -1);
    close(fd);
    bool ended = !at_once && has_ended(c, END_MS);
    if (!ended) {
        pidfd_send_signal(c->pidfd, SIGKILL, NULL, 0);
        ended = has_ended(c, KILLED_MS); /* a busy machine takes its time to clear a large process away */
    }
    /* The descriptor is readable a moment before the process can be reaped. */
    waitid(P_PIDFD, (id_t)c->pidfd, &info, ended ? WEXITED : WEXITED | WNOHANG);
    close(c->pidfd);
    c->pidfd    = -1;
    c->compiled = 0;
    c->resident = 0;
}

void client_free(client *c)
{
    if (!c)
        return;
    end_process(c, true);
    pthread_mutex_destroy(&c->lock);
    free_memory(c);
}

void client_abandon(client *c)
{
    if (!c)
        return;
    if (c->fd >= 0) {
        close(c->fd);
        close(c->pidfd);
    }
    free_memory(c);
}

uint32_t client_starts(const client *c) { return c->starts; }

void client_interrupt(client *c)
{
    pthread_mutex_lock(&c->lock);
    c->interrupted = true;
    if (c->fd >= 0)
        shutdown(c->fd, SHUT_RDWR);
    pthread_mutex_unlock(&c->lock);
}

void client_resume(client *c)
{
    pthread_mutex_lock(&c->lock);
    c->interrupted = false;
    pthread_mutex_unlock(&c->lock);
}

static bool is_interrupted(client *c)
{
    pthread_mutex_lock(&c->lock);
    bool is = c->interrupted;
    pthread_mutex_unlock(&c->lock);
    return is;
}

/* ---- starting ---- */

/* Our word for why there is no process. False, so that callers can return it. */
static bool no_process(client *c, const char *format, const char *detail)
{
    snprintf(c->why, sizeof c->why, format, detail);
    return false;
}

/* What the process begins with: `socket` as descriptor 0, nothing else of ours. */
static int describe(posix_spawn_file_actions_t *files, posix_spawnattr_t *attributes, int socket)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int failed = posix_spawn_file_actions_adddup2(files, socket, STDIN_FILENO);
    if (!failed)
        failed = posix_spawn_file_actions_addopen(files, STDOUT_FILENO, "/dev/null", O_RDWR, 0);
    if (!failed)
        failed = posix_spawn_file_actions_addopen(files, STDERR_FILENO, "/dev/null", O_RDWR, 0);
    if (!failed)
        failed = posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
    if (!failed)
        failed = posix_spawnattr_setsigmask(attributes, &none);
    if (!failed)
        failed = posix_spawnattr_setsigdefault(attributes, &all);
    if (!failed)
        failed = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return failed;
}

static int spawn(client *c, const char *helper, int socket)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t          attributes;
    char  program[]     = "burin-jit", folder_option[] = "--folder";
    char *arguments[]   = {program, c->folder ? folder_option : NULL, c->folder, NULL};
    char *environment[] = {NULL};
    int   failed        = posix_spawn_file_actions_init(&files);
    if (failed)
        return failed;
    failed = posix_spawnattr_init(&attributes);
    if (!failed) {
        failed = describe(&files, &attributes, socket);
        if (!failed)
            failed = posix_spawn(&c->pid, helper, &files, &attributes, arguments, environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&files);
    return failed;
}

static bool open_process(client *c, const char *helper)
{
    int  ends[2];
    char text[128];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        return no_process(c, "no socket for the compiler: %s", strerror_r(errno, text, sizeof text));
    int failed = spawn(c, helper, ends[1]);
    close(ends[1]);
    if (failed) {
        close(ends[0]);
        snprintf(c->why, sizeof c->why, "%.100s cannot be started: %s", helper, strerror_r(failed, text, sizeof text));
        return false;
    }
    c->pidfd = pidfd_open(c->pid, 0);
    if (c->pidfd < 0) { /* an old system; the process goes when its socket closes */
        close(ends[0]);
        waitpid(c->pid, NULL, 0);
        return no_process(c, "%s", "the system has no pidfd_open");
    }
    c->starts++;
    set_socket(c, ends[0]);
    return true;
}

static bool is_ready(client *c)
{
    protocol_header header;
    protocol_ready  ready;
    protocol_status status = protocol_receive(c->fd, &header, &c->payload, (int)c->options.start_ms);
    if (status)
        return no_process(c, "the compiler %s", status == PROTOCOL_TIMEOUT ? "does not get ready" : "ended before it was ready");
    if (header.kind == PROTOCOL_FAILED) {
        snprintf(c->why, sizeof c->why, "%.*s", (int)c->payload.len, c->payload.data);
        return false;
    }
    if (header.kind != PROTOCOL_READY || c->payload.len < sizeof ready)
        return no_process(c, "%s", "what was started is no compiler");
    memcpy(&ready, c->payload.data, sizeof ready);
    c->library = ready.compiler;
    return ready.abi == c->options.abi || no_process(c, "%s", "the compiler is of another build");
}

static bool start(client *c)
{
    char        found[PATH_MAX];
    const char *helper = c->helper;
    if (!helper && !find_helper(found, sizeof found))
        return no_process(c, "%s", "burin-jit is not installed");
    if (!open_process(c, helper ? helper : found))
        return false;
    if (is_ready(c))
        return true;
    end_process(c, true);
    return false;
}

/* A process, or after a failure none until its time has come. */
static bool ensure_process(client *c)
{
    if (c->fd >= 0 && (c->compiled >= c->options.compiles_max || c->resident >= c->options.resident_max))
        end_process(c, false);
    if (c->fd >= 0)
        return true;
    if (c->failures && monotonic_ms() < c->retry_at_ms)
        return false; /* c->why still says why */
    if (start(c)) {
        c->failures = 0;
        return true;
    }
    uint64_t wait  = (uint64_t)c->options.retry_ms << (c->failures < 16 ? c->failures : 16);
    c->retry_at_ms = monotonic_ms() + (int64_t)(wait < RETRY_MAX_MS ? wait : RETRY_MAX_MS);
    c->failures++;
    return false;
}

/* ---- asking ---- */

/* What did not answer in its time would not do so the next time either; what died may. */
static client_status lost(client *c, protocol_status status)
{
    no_process(c, "%s", status == PROTOCOL_TIMEOUT    ? "the compiler took too long"
                        : status == PROTOCOL_CLOSED   ? "the compiler ended in the middle of it"
                        : status == PROTOCOL_NO_MEMORY ? "out of memory"
                                                      : "the compiler's answer makes no sense");
    end_process(c, true);
    return status == PROTOCOL_TIMEOUT ? CLIENT_REFUSED : CLIENT_LOST;
}

static client_status take_answer(client *c, const protocol_header *header, client_answer *answer)
{
    if (header->number != c->number)
        return lost(c, PROTOCOL_BROKEN);
    if (header->kind == PROTOCOL_FAILED) {
        snprintf(c->why, sizeof c->why, "%.*s", (int)c->payload.len, c->payload.data);
        return CLIENT_REFUSED;
    }
    if (header->kind != PROTOCOL_OBJECT || c->payload.len < sizeof answer->cost)
        return lost(c, PROTOCOL_BROKEN);
    memcpy(&answer->cost, c->payload.data, sizeof answer->cost);
    answer->output = (burin_text){c->payload.data + sizeof answer->cost, c->payload.len - sizeof answer->cost};
    c->resident    = answer->cost.resident;
    return CLIENT_DONE;
}

client_status client_compile(client *c, burin_text request, client_answer *answer)
{
    protocol_header header;
    *answer           = (client_answer){.library = &c->library, .why = c->why};
    c->payload.failed = false;
    if (!ensure_process(c)) {
        if (!is_interrupted(c))
            return CLIENT_UNAVAILABLE;
        c->failures = 0; /* it was not the process that failed */
        return CLIENT_LOST;
    }
    c->number++;
    c->compiled++;
    protocol_status status = protocol_send(c->fd, PROTOCOL_REQUEST, c->number, request, (burin_text){NULL, 0}, (int)c->options.answer_ms);
    if (!status)
        status = protocol_receive(c->fd, &header, &c->payload, (int)c->options.answer_ms);
    return status ? lost(c, status) : take_answer(c, &header, answer);
}
