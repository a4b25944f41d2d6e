/* A PostgreSQL server of a test's own. See server.h. */
#include "tests/support/server.h"

#ifdef BURIN_POSTGRES
#include <glob.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct passwd *unprivileged(void) /* the server refuses to run as root */
{
    const struct passwd *found = geteuid() ? getpwuid(geteuid()) : getpwnam("postgres");
    return found || geteuid() ? found : getpwnam("nobody");
}

/* Run a program of PostgreSQL's as that user. It dies with the test. */
static pid_t run(const server *s, const char *program, const char *const arguments[])
{
    pid_t pid = fork();
    if (pid)
        return pid;
    const struct passwd *as = unprivileged();
    if (geteuid() == 0 && (setgroups(0, NULL) || setgid(as->pw_gid) || setuid(as->pw_uid)))
        _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (chdir(s->folder) || !freopen("out", "a", stdout) || !freopen("out", "a", stderr))
        _exit(126);
    execv(program, (char *const *)(uintptr_t)arguments); // NOLINT: execv writes nothing
    _exit(127);
}

/* The newest of the system's. */
static bool find(const char *name, char *path, size_t size)
{
    char   pattern[64];
    glob_t found;
    snprintf(pattern, sizeof pattern, "/usr/lib/postgresql/*/bin/%s", name);
    bool good = glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc > 0;
    if (good)
        snprintf(path, size, "%s", found.gl_pathv[found.gl_pathc - 1]);
    globfree(&found);
    return good;
}

bool server_start(server *s)
{
    char program[256];
    if (!find("postgres", program, sizeof program))
        return false;
    s->pid = run(s, program, (const char *[]){program, "-D", "data", "-k", s->folder, "-c", "listen_addresses=", "-c", "shared_buffers=16MB", NULL});
    for (int n = 0; n < 600 && s->pid > 0; n++) {
        if (PQping(s->uri) == PQPING_OK)
            return true;
        if (waitpid(s->pid, NULL, WNOHANG) == s->pid)
            s->pid = 0;
        usleep(50000);
    }
    return false;
}

const char *server_make(server *s)
{
    char program[256];
    int  status = -1;
    *s          = (server){.pid = 0};
    if (!find("initdb", program, sizeof program))
        return "skipped: no PostgreSQL server (package postgresql)";
    if (!unprivileged())
        return "skipped: no unprivileged user to run a PostgreSQL server";
    if (!folder_make(s->folder) || chmod(s->folder, 0755) || (geteuid() == 0 && chown(s->folder, unprivileged()->pw_uid, unprivileged()->pw_gid)))
        return "no folder for the server";
    snprintf(s->uri, sizeof s->uri, "postgresql:///postgres?host=%s&user=burin", s->folder);
    pid_t pid = run(s, program, (const char *[]){program, "-D", "data", "-A", "trust", "-U", "burin", "-E", "UTF8", "--locale=C", "--no-sync", NULL});
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status || !server_start(s)) {
        server_remove(s);
        return "the server does not start";
    }
    return NULL;
}

void server_crash(server *s)
{
    if (s->pid > 0) {
        kill(s->pid, SIGQUIT);
        waitpid(s->pid, NULL, 0);
    }
    s->pid = 0;
}

bool server_kill(server *s)
{
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    s->pid       = 0;
    bool started = false;
    for (int n = 0; n < 100 && !started; n++) { /* it refuses while processes of the old one are there */
        usleep(50000);
        started = server_start(s);
    }
    return started;
}

static void no_notice(void *user, const char *message)
{
    (void)user;
    (void)message;
}

bool server_cut(const server *s)
{
    PGconn *db = PQconnectdb(s->uri);
    PQsetNoticeProcessor(db, no_notice, NULL);
    PGresult *result = PQexec(db, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
    bool      any    = PQntuples(result) > 0;
    PQclear(result);
    PQfinish(db);
    return any;
}

bool server_execute(const server *s, const char *sql)
{
    PGconn *db = PQconnectdb(s->uri);
    PQsetNoticeProcessor(db, no_notice, NULL);
    PGresult *result = PQexec(db, sql);
    bool      good   = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    PQfinish(db);
    return good;
}

void server_remove(server *s)
{
    char line[FOLDER_SIZE + 16];
    server_crash(s);
    snprintf(line, sizeof line, "rm -rf '%s'", s->folder);
    if (s->folder[0] && system(line)) // NOLINT: a folder that folder_make named
        perror(s->folder);
}
#else
const char *server_make(server *s)
{
    (void)s;
    return "skipped: built without libpq";
}
bool server_start(server *s)
{
    (void)s;
    return false;
}
bool server_kill(server *s)
{
    (void)s;
    return false;
}
bool server_cut(const server *s)
{
    (void)s;
    return false;
}
bool server_execute(const server *s, const char *sql)
{
    (void)s;
    (void)sql;
    return false;
}
void server_crash(server *s) { (void)s; }
void server_remove(server *s) { (void)s; }
#endif
