/* Messages over a stream socket, with a deadline. */
#include "codegen/jit/protocol.h"
#include "runtime/base/clock.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

/* Wait until the socket is ready for `events`. */
static protocol_status wait_for(int fd, short events, int64_t deadline_ms)
{
    for (;;) {
        struct pollfd p    = {.fd = fd, .events = events};
        int64_t       left = deadline_ms < 0 ? -1 : deadline_ms - monotonic_ms();
        if (deadline_ms >= 0 && left < 0)
            left = 0;
        int ready = poll(&p, 1, left > INT32_MAX ? INT32_MAX : (int)left);
        if (ready > 0)
            return PROTOCOL_OK;
        if (ready == 0)
            return PROTOCOL_TIMEOUT;
        if (errno != EINTR && errno != EAGAIN)
            return PROTOCOL_BROKEN;
    }
}

static protocol_status after_error(void)
{
    return errno == EPIPE || errno == ECONNRESET ? PROTOCOL_CLOSED : PROTOCOL_BROKEN;
}

static bool try_again(void) { return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK; }

static protocol_status send_all(int fd, const void *data, size_t len, int64_t deadline_ms)
{
    const char *at = data;
    while (len) {
        protocol_status status = wait_for(fd, POLLOUT, deadline_ms);
        if (status)
            return status;
        ssize_t sent = send(fd, at, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && !try_again())
            return after_error();
        if (sent > 0) {
            at += sent;
            len -= (size_t)sent;
        }
    }
    return PROTOCOL_OK;
}

static protocol_status receive_all(int fd, void *data, size_t len, int64_t deadline_ms)
{
    char *at = data;
    while (len) {
        protocol_status status = wait_for(fd, POLLIN, deadline_ms);
        if (status)
            return status;
        ssize_t got = recv(fd, at, len, MSG_DONTWAIT);
        if (got == 0)
            return PROTOCOL_CLOSED;
        if (got < 0 && !try_again())
            return after_error();
        if (got > 0) {
            at += got;
            len -= (size_t)got;
        }
    }
    return PROTOCOL_OK;
}

static int64_t deadline_of(int timeout_ms) { return timeout_ms < 0 ? -1 : monotonic_ms() + timeout_ms; }

protocol_status protocol_send(int fd, protocol_kind kind, uint32_t number, burin_text head, burin_text body, int timeout_ms)
{
    int64_t         deadline = deadline_of(timeout_ms);
    protocol_header header   = {PROTOCOL_MAGIC, kind, number, (uint32_t)(head.len + body.len)};
    if (head.len > PROTOCOL_PAYLOAD_MAX || body.len > PROTOCOL_PAYLOAD_MAX - head.len)
        return PROTOCOL_BROKEN;
    protocol_status status = send_all(fd, &header, sizeof header, deadline);
    if (!status)
        status = send_all(fd, head.data, head.len, deadline);
    return status ? status : send_all(fd, body.data, body.len, deadline);
}

protocol_status protocol_receive(int fd, protocol_header *header, buf *payload, int timeout_ms)
{
    int64_t         deadline = deadline_of(timeout_ms);
    protocol_status status   = receive_all(fd, header, sizeof *header, deadline);
    payload->len             = 0;
    if (status)
        return status;
    if (header->magic != PROTOCOL_MAGIC || header->kind >= PROTOCOL_KIND_COUNT || header->size > PROTOCOL_PAYLOAD_MAX)
        return PROTOCOL_BROKEN;
    if (!buf_reserve(payload, header->size))
        return PROTOCOL_NO_MEMORY;
    status = receive_all(fd, payload->data, header->size, deadline);
    if (!status)
        payload->len = header->size;
    return status;
}
