/* burin-jit: the only program that is linked with libgccjit.
 *
 * It is started by the engine with a socket as descriptor 0 (codegen/jit/protocol.h) and compiles what it is sent until its peer
 * goes. What libgccjit does to a process (it leaks, changes signals and locale, ends the process when a disk is full) it
 * does to this one. It limits its own memory and, for each request, its processor time. */
#define _GNU_SOURCE
#include "codegen/jit/native.h"
#include "jit/assemble.h"
#include "jit/compile.h"
#include "jit/folder.h"
#include "jit/identity.h"

#include <libgccjit.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static const char usage[] =
    "burin-jit: Burin's compiler process; the engine starts it, with a socket as its standard input\n"
    "  --memory MB       address space it may use (2048)\n"
    "  --seconds N       processor time that a request may take (60)\n"
    "  --folder DIR      where its temporary files go (/dev/shm)\n"
    "  --assembler PATH  the assembler (/usr/bin/as)\n";

typedef struct options {
    unsigned long memory_mb, seconds;
    const char   *folder, *assembler;
} options;

static char folder[512];

static void clean_up(void)
{
    if (folder[0])
        folder_remove(folder);
}

static bool read_options(int argc, char **argv, options *o)
{
    static const struct option names[] = {
        {"memory", required_argument, NULL, 'm'}, {"seconds", required_argument, NULL, 's'},
        {"folder", required_argument, NULL, 'f'}, {"assembler", required_argument, NULL, 'a'}, {0},
    };
    *o = (options){.memory_mb = 2048, .seconds = 60, .assembler = assembler_find()};
    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;)
        switch (c) {
        case 'm': o->memory_mb = strtoul(optarg, NULL, 10); break;
        case 's': o->seconds = strtoul(optarg, NULL, 10); break;
        case 'f': o->folder = optarg; break;
        case 'a': o->assembler = optarg; break;
        default: return false;
        }
    return optind == argc && o->memory_mb && o->seconds;
}

/* ---- limits ---- */

static void limit_memory(unsigned long mb)
{
    struct rlimit limit = {(rlim_t)mb << 20, (rlim_t)mb << 20}, none = {0, 0};
    setrlimit(RLIMIT_AS, &limit);
    setrlimit(RLIMIT_CORE, &none);
}

/* The kernel ends the process `seconds` of its time from now. */
static void limit_time(unsigned long seconds)
{
    struct rusage used;
    struct rlimit limit;
    if (getrusage(RUSAGE_SELF, &used) || getrlimit(RLIMIT_CPU, &limit))
        return;
    limit.rlim_cur = (rlim_t)used.ru_utime.tv_sec + (rlim_t)used.ru_stime.tv_sec + 1 + seconds;
    setrlimit(RLIMIT_CPU, &limit);
}

/* The peer may go while a long compilation runs. */
static void *watch_peer(void *user)
{
    struct pollfd socket = {.fd = *(int *)user, .events = POLLRDHUP};
    while (poll(&socket, 1, -1) < 0 && errno == EINTR)
        ;
    clean_up();
    _exit(0);
}

/* ---- serving ---- */

static bool answer(int fd, uint32_t number, const char *wrong, const protocol_result *result, const buf *output)
{
    if (wrong)
        return !protocol_send(fd, PROTOCOL_FAILED, number, (burin_text){wrong, strlen(wrong)}, (burin_text){NULL, 0}, -1);
    return !protocol_send(fd, PROTOCOL_OBJECT, number, (burin_text){(const char *)result, sizeof *result}, buf_text(output), -1);
}

static void serve(int fd, compiler *c, unsigned long seconds)
{
    buf             request = buf_make(&base_malloc_allocator), output = buf_make(&base_malloc_allocator);
    protocol_header header;
    bool            going = true;
    while (going && !protocol_receive(fd, &header, &request, -1) && header.kind == PROTOCOL_REQUEST) {
        protocol_result result;
        limit_time(seconds);
        output.len        = 0;
        output.failed     = false;
        const char *wrong = compile_request(c, buf_text(&request), &output, &result);
        going             = answer(fd, header.number, wrong, &result, &output);
    }
    buf_deinit(&request);
    buf_deinit(&output);
}

static bool say_ready(int fd, const compiler *c)
{
    return !protocol_send(fd, PROTOCOL_READY, 0, (burin_text){(const char *)&c->ready, sizeof c->ready}, (burin_text){c->assembler, strlen(c->assembler)}, -1);
}

static int refuse(int fd, const char *why)
{
    protocol_send(fd, PROTOCOL_FAILED, 0, (burin_text){why, strlen(why)}, (burin_text){NULL, 0}, -1);
    return 1;
}

/* Take the socket away from descriptor 0, which children would inherit; what libraries print goes nowhere. */
static int take_socket(void)
{
    int  type = 0;
    socklen_t size = sizeof type;
    if (getsockopt(STDIN_FILENO, SOL_SOCKET, SO_TYPE, &type, &size))
        return -1;
    int fd   = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (fd < 0 || null < 0)
        return -1;
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    return fd;
}

int main(int argc, char **argv)
{
    options   o;
    pthread_t watcher;
    bool      understood = read_options(argc, argv, &o);
    int       fd         = understood ? take_socket() : -1;
    if (fd < 0) {
        fputs(usage, stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    limit_memory(o.memory_mb);
    if (!o.assembler || access(o.assembler, X_OK))
        return refuse(fd, "there is no assembler (package binutils)");
    if (folder_make(o.folder, folder, sizeof folder))
        return refuse(fd, "no temporary folder can be made");
    atexit(clean_up); /* libgccjit ends the process when its folder is full */
    setenv("TMPDIR", folder, 1);
    compiler c = {.assembler = o.assembler, .folder = folder, .ready = {.abi = native_abi()}};
    identify(&c.ready);
    if (chdir("/") || pthread_create(&watcher, NULL, watch_peer, &fd))
        return refuse(fd, "a thread could not be started");
    if (say_ready(fd, &c))
        serve(fd, &c, o.seconds);
    return 0;
}
