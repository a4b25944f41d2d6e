/* How the engine and the compiler process burin-jit talk: messages over one Unix stream socket.
 *
 * The engine starts `burin-jit [OPTION...]` with one end of a socketpair as its descriptor 0 (its 1 and 2 should be /dev/null; an
 * environment is not needed). The helper sends READY, or FAILED with a reason and ends; then it answers each REQUEST, in order,
 * with OBJECT or FAILED. It ends when its peer closes the socket, and whenever it breaks one of its own limits: then the
 * socket closes in the middle of an answer. A FAILED answer concerns one request; the helper goes on.
 *
 *   kind      from    payload
 *   READY     helper  protocol_ready, then the assembler's path
 *   REQUEST   engine  a request as wire_write writes it
 *   OBJECT    helper  protocol_result, then the output: an ELF object, or text
 *   FAILED    helper  the reason as text; a sentence without a full stop
 *
 * Both sides run on one machine, so structures go as they lie in memory. */
#ifndef BURIN_CODEGEN_PROTOCOL_H
#define BURIN_CODEGEN_PROTOCOL_H

#include "codegen/cache/builder.h"

typedef enum protocol_kind { PROTOCOL_READY, PROTOCOL_REQUEST, PROTOCOL_OBJECT, PROTOCOL_FAILED, PROTOCOL_KIND_COUNT } protocol_kind;

enum {
    PROTOCOL_MAGIC       = 0x316a7562, /* "buj1" */
    PROTOCOL_PAYLOAD_MAX = 256 << 20,
};

typedef struct protocol_header {
    uint32_t magic, kind;
    uint32_t number; /* of the request, chosen by the engine; an answer repeats it; READY: 0 */
    uint32_t size;   /* of the payload that follows */
} protocol_header;

typedef struct protocol_ready {
    uint64_t        abi;                   /* native_abi() of the helper: an engine of another build has no use for it */
    builder_library compiler;              /* libgccjit */
    uint8_t         builder[BUILDER_SIZE]; /* the helper's build id */
} protocol_ready;

typedef struct protocol_result {
    uint64_t compile_ns, assemble_ns; /* CPU time of the compiler; wall time of the assembler */
    uint64_t resident;  /* bytes that the helper holds now: it leaks, so it is replaced when this grows */
    uint32_t compiled;  /* requests since it started */
    uint32_t reserved;
} protocol_result;

typedef enum protocol_status { PROTOCOL_OK, PROTOCOL_CLOSED, PROTOCOL_TIMEOUT, PROTOCOL_BROKEN, PROTOCOL_NO_MEMORY } protocol_status;

/* Send one message whose payload is `head` followed by `body` (either may be empty). Never raises SIGPIPE.
 * timeout_ms   -1: none; it counts for the message as a whole
 * Returns      PROTOCOL_OK, _CLOSED when the peer is gone, _TIMEOUT (part of the message may have been sent), _BROKEN. */
protocol_status protocol_send(int fd, protocol_kind kind, uint32_t number, burin_text head, burin_text body, int timeout_ms);

/* Receive one message; its payload replaces what `payload` held. The same results; _BROKEN is also what is no message. */
protocol_status protocol_receive(int fd, protocol_header *header, buf *payload, int timeout_ms);

#endif
