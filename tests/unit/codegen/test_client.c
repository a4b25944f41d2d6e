/* The client of the compiler process: what a process may do to it, and that the host notices nothing.
 *
 * The process is this program itself, started under the name burin-jit: it answers a request by what its text says, and
 * misbehaves from the start as its --folder says. */
#define _GNU_SOURCE
#include "codegen/jit/client.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <pthread.h>

enum { ABI = 42, SIGNALS = 32 };

/* ---- the stand-in ---- */

static bool is(burin_text text, const char *word) { return text.len == strlen(word) && memcmp(text.data, word, text.len) == 0; }

static void reply(protocol_kind kind, uint32_t number, burin_text head, const char *body)
{
    protocol_send(STDIN_FILENO, kind, number, head, (burin_text){body, strlen(body)}, -1);
}

/* What the process was given by its parent: descriptors but the first three, signals that are ignored or blocked, variables. */
static int inheritance(void)
{
    extern char **environ;
    int   count = 0;
    DIR  *folder = opendir("/proc/self/fd");
    for (struct dirent *entry; (entry = readdir(folder));)
        count += entry->d_name[0] != '.' && atoi(entry->d_name) > STDERR_FILENO && atoi(entry->d_name) != dirfd(folder);
    closedir(folder);
    sigset_t blocked;
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    for (int n = 1; n < SIGNALS; n++) {
        struct sigaction now;
        if (sigismember(&blocked, n) == 1)
            count++;
        if (sigaction(n, NULL, &now) == 0 && now.sa_handler == SIG_IGN) /* a handler is never inherited */
            count++;
    }
    for (char **at = environ; *at; at++)
        count++;
    return count;
}

static void serve_one(burin_text request, uint32_t number, uint32_t compiled)
{
    protocol_result result = {.compiled = compiled, .resident = is(request, "grown") ? 1u << 30 : 1000};
    burin_text      head   = {(const char *)&result, sizeof result};
    char            text[64];
    if (is(request, "die"))
        raise(SIGKILL);
    if (is(request, "hang"))
        raise(SIGSTOP);
    if (is(request, "refuse"))
        reply(PROTOCOL_FAILED, number, (burin_text){NULL, 0}, "it cannot be compiled");
    else if (is(request, "half")) {
        protocol_header header = {PROTOCOL_MAGIC, PROTOCOL_OBJECT, number, 1000};
        send(STDIN_FILENO, &header, sizeof header, MSG_NOSIGNAL);
        raise(SIGKILL);
    } else if (is(request, "another")) {
        reply(PROTOCOL_OBJECT, number + 1, head, "");
    } else if (is(request, "garbage")) {
        send(STDIN_FILENO, "no message at all, but long enough", 34, MSG_NOSIGNAL);
    } else {
        snprintf(text, sizeof text, is(request, "inheritance") ? "%d" : "process %d", is(request, "inheritance") ? inheritance() : (int)getpid());
        reply(PROTOCOL_OBJECT, number, head, text);
    }
}

static int stand_in(const char *folder)
{
    protocol_ready  ready   = {.abi = strcmp(folder, "foreign") ? ABI : ABI + 1, .compiler = {.path = "/the/compiler"}};
    buf             request = buf_make(&base_malloc_allocator);
    protocol_header header;
    uint32_t        compiled = 0;
    if (strcmp(folder, "dead") == 0)
        return 3;
    if (strcmp(folder, "slow") == 0)
        pause();
    if (strcmp(folder, "unable") == 0)
        reply(PROTOCOL_FAILED, 0, (burin_text){NULL, 0}, "there is no assembler");
    else
        reply(PROTOCOL_READY, 0, (burin_text){(const char *)&ready, sizeof ready}, "/usr/bin/as");
    while (!protocol_receive(STDIN_FILENO, &header, &request, -1))
        serve_one(buf_text(&request), header.number, ++compiled);
    buf_deinit(&request);
    return 0;
}

/* ---- asking ---- */

static client *make(const char *folder)
{
    client_options options = client_options_default(ABI);
    options.helper         = "/proc/self/exe";
    options.folder         = folder;
    options.start_ms       = strcmp(folder, "slow") ? 10000 : 100;
    options.answer_ms      = 10000;
    options.compiles_max   = 5;
    options.retry_ms       = 50;
    client *c              = client_new(&base_malloc_allocator, &options);
    assert_non_null(c);
    return c;
}

static client_status ask(client *c, const char *request, client_answer *answer)
{
    return client_compile(c, (burin_text){request, strlen(request)}, answer);
}

/* The number of the process that answers. */
static int process(client *c)
{
    client_answer answer;
    char          text[64] = "";
    assert_int_equal(ask(c, "who", &answer), CLIENT_DONE);
    assert_string_equal(answer.library->path, "/the/compiler");
    assert_true(answer.output.len > 8 && answer.output.len < sizeof text);
    memcpy(text, answer.output.data + 8, answer.output.len - 8);
    return atoi(text);
}

static void one_process_answers_until_it_has_done_enough(void **state)
{
    (void)state;
    client *c     = make("well");
    int     first = process(c);
    for (int n = 1; n < 5; n++)
        assert_int_equal(process(c), first);
    assert_int_not_equal(process(c), first);
    assert_int_equal(client_starts(c), 2);
    client_free(c);
    assert_int_equal(kill(first, 0), -1);
}

static void a_process_that_has_grown_is_replaced(void **state)
{
    (void)state;
    client       *c = make("well");
    client_answer answer;
    int           first = process(c);
    assert_int_equal(ask(c, "grown", &answer), CLIENT_DONE);
    assert_int_not_equal(process(c), first);
    client_free(c);
}

static void whatever_it_does_the_next_request_is_answered(void **state)
{
    (void)state;
    static const struct { const char *request; client_status want; const char *why; } rows[] = {
        {"die", CLIENT_LOST, "the compiler ended in the middle of it"},
        {"half", CLIENT_LOST, "the compiler ended in the middle of it"},
        {"garbage", CLIENT_LOST, "the compiler's answer makes no sense"},
        {"another", CLIENT_LOST, "the compiler's answer makes no sense"},
        {"refuse", CLIENT_REFUSED, "it cannot be compiled"},
    };
    client *c = make("well");
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        client_answer answer;
        assert_int_equal(ask(c, rows[n].request, &answer), rows[n].want);
        assert_string_equal(answer.why, rows[n].why);
        process(c);
    }
    client_free(c);
}

static void a_hung_process_is_ended(void **state)
{
    (void)state;
    client_options options = client_options_default(ABI);
    client_answer  answer;
    options.helper    = "/proc/self/exe";
    options.folder    = "well";
    options.answer_ms = 200;
    client *c         = client_new(&base_malloc_allocator, &options);
    int     hung      = process(c);
    assert_int_equal(ask(c, "hang", &answer), CLIENT_REFUSED);
    assert_string_equal(answer.why, "the compiler took too long");
    assert_int_equal(kill(hung, 0), -1);
    client_free(c);
}

static void a_process_that_does_not_start_is_named_and_tried_again_later(void **state)
{
    (void)state;
    static const struct { const char *folder, *why; } rows[] = {
        {"dead", "the compiler ended before it was ready"},
        {"slow", "the compiler does not get ready"},
        {"unable", "there is no assembler"},
        {"foreign", "the compiler is of another build"},
    };
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        client       *c = make(rows[n].folder);
        client_answer answer;
        for (int again = 0; again < 3; again++) {
            assert_int_equal(ask(c, "who", &answer), CLIENT_UNAVAILABLE);
            assert_string_equal(answer.why, rows[n].why);
        }
        assert_int_equal(client_starts(c), 1);
        nanosleep(&(struct timespec){.tv_nsec = 60000000}, NULL);
        assert_int_equal(ask(c, "who", &answer), CLIENT_UNAVAILABLE);
        assert_int_equal(client_starts(c), 2);
        client_free(c);
    }
}

static void a_missing_helper_is_named(void **state)
{
    (void)state;
    client_options options = client_options_default(ABI);
    client_answer  answer;
    options.helper = "/nowhere/burin-jit";
    client *c      = client_new(&base_malloc_allocator, &options);
    assert_int_equal(ask(c, "who", &answer), CLIENT_UNAVAILABLE);
    assert_string_equal(answer.why, "/nowhere/burin-jit cannot be started: No such file or directory");
    client_free(c);
}

/* ---- the host ---- */

#if !BURIN_THREAD_SANITIZER /* it gives every process descriptors of its own */
static void the_process_inherits_nothing(void **state)
{
    (void)state;
    int           open_one = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */
    sigset_t      some, before;
    client       *c = make("well");
    client_answer answer;
    sigemptyset(&some);
    sigaddset(&some, SIGUSR1);
    sigprocmask(SIG_BLOCK, &some, &before);
    signal(SIGUSR2, SIG_IGN);
    setenv("A_SECRET", "1", 1);
    assert_int_equal(ask(c, "inheritance", &answer), CLIENT_DONE);
    assert_true(is(answer.output, "0"));
    signal(SIGUSR2, SIG_DFL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    client_free(c);
    close(open_one);
}
#endif

static int open_descriptors(void)
{
    int  count  = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static void the_host_keeps_signals_and_descriptors(void **state)
{
    (void)state;
    client_answer    answer;
    int              before = open_descriptors();
    struct sigaction handlers[SIGNALS], now;
    for (int n = 1; n < SIGNALS; n++)
        sigaction(n, NULL, &handlers[n]);
    client *c = make("well");
    process(c);
    for (const char *const *request = (const char *const[]){"die", "garbage", "half", NULL}; *request; request++)
        ask(c, *request, &answer);
    process(c);
    client_free(c);
    for (int n = 1; n < SIGNALS; n++) {
        sigaction(n, NULL, &now);
        assert_ptr_equal(now.sa_handler, handlers[n].sa_handler);
    }
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* and no child to wait for */
}

static void a_host_that_reaps_every_child_does_no_harm(void **state)
{
    (void)state;
    client_answer answer;
    client       *c = make("well");
    process(c);
    signal(SIGCHLD, SIG_IGN);
    assert_int_equal(ask(c, "die", &answer), CLIENT_LOST);
    process(c);
    client_free(c);
    signal(SIGCHLD, SIG_DFL);
}

static void a_child_made_by_fork_leaves_the_process_to_its_parent(void **state)
{
    (void)state;
    client *c     = make("well");
    int     first = process(c), result;
    pid_t   child = fork();
    if (child == 0) {
        client *own = make("well");
        bool    is_other;
        client_abandon(c);
        is_other = process(own) != first;
        client_free(own);
        _exit(is_other ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    assert_int_equal(process(c), first);
    client_free(c);
}

static void *interrupt_soon(void *c)
{
    nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    client_interrupt(c);
    return NULL;
}

static void a_waiting_request_can_be_interrupted(void **state)
{
    (void)state;
    client_answer answer;
    client       *c = make("well");
    pthread_t     thread;
    process(c);
    assert_int_equal(pthread_create(&thread, NULL, interrupt_soon, c), 0);
    assert_int_equal(ask(c, "hang", &answer), CLIENT_LOST);
    pthread_join(thread, NULL);
    assert_int_equal(ask(c, "who", &answer), CLIENT_LOST);
    client_resume(c);
    process(c);
    client_free(c);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_process_answers_until_it_has_done_enough),
        cmocka_unit_test(a_process_that_has_grown_is_replaced),
        cmocka_unit_test(whatever_it_does_the_next_request_is_answered),
        cmocka_unit_test(a_hung_process_is_ended),
        cmocka_unit_test(a_process_that_does_not_start_is_named_and_tried_again_later),
        cmocka_unit_test(a_missing_helper_is_named),
#if !BURIN_THREAD_SANITIZER
        cmocka_unit_test(the_process_inherits_nothing),
#endif
        cmocka_unit_test(the_host_keeps_signals_and_descriptors),
        cmocka_unit_test(a_host_that_reaps_every_child_does_no_harm),
        cmocka_unit_test(a_child_made_by_fork_leaves_the_process_to_its_parent),
        cmocka_unit_test(a_waiting_request_can_be_interrupted),
    };
    if (strcmp(argv[0], "burin-jit") == 0)
        return stand_in(argc > 2 ? argv[2] : "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
