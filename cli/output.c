/* output.h's one function. A device or pipe cannot be replaced by a rename, and is written to as it is. */
#include "cli/output.h"
#include "cli/buffer.h"
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_all(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t done = write(fd, data, len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        data += done;
        len -= (size_t)done;
    }
    return true;
}

static bool write_text(int fd, burin_text text, bool newline)
{
    return write_all(fd, text.data, text.len) && (!newline || write_all(fd, "\n", 1));
}

/* The permissions a new file would get. */
static mode_t new_file_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static bool replace_file(const char *path, mode_t mode, burin_text text, bool newline)
{
    buffer temporary = {0};
    bool   done      = false;

    buffer_format(&temporary, "%s.XXXXXX", path);
    if (temporary.failed) {
        errno = ENOMEM;
        return false;
    }
    int fd = mkstemp(temporary.data);
    if (fd >= 0) {
        done = write_text(fd, text, newline) && fchmod(fd, mode) == 0 && fsync(fd) == 0;
        done = close(fd) == 0 && done;
        done = done && rename(temporary.data, path) == 0;
        if (!done) {
            int saved = errno;
            unlink(temporary.data);
            errno = saved;
        }
    }
    buffer_free(&temporary);
    return done;
}

static bool write_file(const char *path, burin_text text, bool newline)
{
    struct stat info;
    bool        exists = stat(path, &info) == 0;

    if (!exists)
        return replace_file(path, new_file_mode(), text, newline);
    if (!S_ISREG(info.st_mode)) {
        int  fd   = open(path, O_WRONLY);
        bool done = fd >= 0 && write_text(fd, text, newline);
        return fd >= 0 && close(fd) == 0 && done;
    }
    char *real = realpath(path, NULL); /* replace what a link points to, not the link */
    bool  done = real && replace_file(real, info.st_mode & 07777, text, newline);
    int   saved = errno;
    free(real);
    errno = saved;
    return done;
}

static bool write_output(const cli_options *options, burin_text text, bool newline)
{
    const char *path = options_last(options, OPT_OUTPUT);

    if (!path || strcmp(path, "-") == 0) {
        if (write_text(STDOUT_FILENO, text, newline))
            return true;
        complain("stdout: %s", strerror(errno));
        return false;
    }
    if (write_file(path, text, newline))
        return true;
    complain("%s: %s", path, strerror(errno));
    return false;
}

bool output_write(const cli_options *options, burin_text text)
{
    return write_output(options, text, text.len && text.data[text.len - 1] != '\n' && !options_has(options, OPT_NO_NEWLINE));
}

bool output_write_bytes(const cli_options *options, burin_text bytes) { return write_output(options, bytes, false); }
