/* The compiler process burin-jit, as the engine sees it: started when first needed, replaced when it has grown or died.
 *
 * The host notices nothing: the process has its own session, default signals, /dev/null for its output, an empty environment and
 * none of the host's descriptors; writing to a dead one raises no SIGPIPE. A host that waits for any child may reap
 * it; it is signalled through a pidfd, so never somebody else who got its number.
 * One thread compiles at a time; client_interrupt may come from any other. After a fork the client is its parent's: the child
 * makes a new one and forgets the other with client_abandon.
 * A process that cannot be started is tried again after a while, which doubles with every failure. */
#ifndef BURIN_CODEGEN_CLIENT_H
#define BURIN_CODEGEN_CLIENT_H

#include "codegen/jit/protocol.h"

typedef struct client client;

typedef struct client_options {
    const char *helper;       /* path of burin-jit; NULL: where it is installed beside this library */
    const char *folder;       /* for its temporary files; NULL: its own choice */
    uint64_t    abi;          /* native_abi(): a helper of another build is of no use */
    uint32_t    start_ms;     /* how long it may take to be ready ... */
    uint32_t    answer_ms;    /* ... and to answer a request */
    uint32_t    compiles_max; /* then a new process; libgccjit leaks */
    uint64_t    resident_max; /* bytes that it may hold; likewise */
    uint32_t    retry_ms;     /* after the first failure to start */
} client_options;

client_options client_options_default(uint64_t abi);

typedef enum client_status {
    CLIENT_DONE,
    CLIENT_REFUSED,     /* this request, or the process hung on it: it will be so the next time too */
    CLIENT_LOST,        /* the process died on it */
    CLIENT_UNAVAILABLE, /* there is no process now */
} client_status;

typedef struct client_answer {
    burin_text      output; /* valid until the next request */
    protocol_result cost;
    const builder_library *library; /* libgccjit as the process found it; valid as long as the client */
    const char     *why;    /* NUL-terminated, when there is no output; valid until the next request */
} client_answer;

/* Options are copied. NULL: out of memory. */
client *client_new(const burin_allocator *alloc, const client_options *options);
/* Ends the process. */
void client_free(client *c);
/* In a child made by fork: free what the parent's client left in memory; its process is not touched. */
void client_abandon(client *c);

client_status client_compile(client *c, burin_text request, client_answer *answer);
/* Let a running client_compile, and all until client_resume, come back soon as CLIENT_LOST. */
void client_interrupt(client *c);
void client_resume(client *c);
/* Processes started so far. */
uint32_t client_starts(const client *c);

#endif
