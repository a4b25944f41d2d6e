/* Renders into file descriptors and FILEs, over burin_render_to. */
#include "engine/render.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

static burin_status write_fd(void *user, const char *data, size_t len)
{
    int fd = *(int *)user;

    while (len > 0) {
        ssize_t written = write(fd, data, len);
        if (written >= 0) {
            data += written;
            len -= (size_t)written;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) { /* a non-blocking descriptor that is full: wait for its reader */
            struct pollfd wait = {.fd = fd, .events = POLLOUT};
            if (poll(&wait, 1, -1) < 0 && errno != EINTR)
                return BURIN_ERR_OS;
        } else if (errno != EINTR) {
            return BURIN_ERR_OS;
        }
    }
    return BURIN_OK;
}

static burin_status write_file(void *user, const char *data, size_t len)
{
    return fwrite(data, 1, len, user) == len ? BURIN_OK : BURIN_ERR_OS;
}

burin_status burin_render_fd(burin_render *render, burin_template *tpl, burin_value vars, int fd, burin_error *err)
{
    return burin_render_to(render, tpl, vars, &(burin_sink){write_fd, &fd}, err);
}

burin_status burin_render_file(burin_render *render, burin_template *tpl, burin_value vars, void *file, burin_error *err)
{
    return burin_render_to(render, tpl, vars, &(burin_sink){write_file, file}, err);
}
