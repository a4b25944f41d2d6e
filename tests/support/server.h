/* A PostgreSQL server of a test's own: in a folder of its own, reached through a socket there, ended with the test. */
#ifndef BURIN_TESTS_SUPPORT_SERVER_H
#define BURIN_TESTS_SUPPORT_SERVER_H

#include "tests/support/folder.h"

#include <sys/types.h>

typedef struct server {
    char  folder[FOLDER_SIZE];
    char  uri[FOLDER_SIZE + 64]; /* of its database */
    pid_t pid;
} server;

/* Make one and start it, as an unprivileged user. NULL when it runs; else why it does not: what is missing ("skipped: ..."), or what failed. */
const char *server_make(server *s);
/* Start it again; false when that fails. */
bool server_start(server *s);
/* End it at once, without writing what it still holds in memory: what follows is its recovery. */
void server_crash(server *s);
/* Kill it (SIGKILL), and start it again when its processes are gone; false when that fails. */
bool server_kill(server *s);
/* End every connection to it; false when there was none. */
bool server_cut(const server *s);
/* Run SQL in its database; false when that fails. */
bool server_execute(const server *s, const char *sql);
void server_remove(server *s);

#endif
