#define _GNU_SOURCE
#include "codegen/image/seal.h"

#include "runtime/base/text.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char magic[16] = "burin seal 1\n";

typedef struct seal {
    char     magic[16];
    uint64_t size, sum; /* of what stands before it */
} seal;

/* The file, to be unmapped; without data when it cannot be read or is empty. */
static burin_text map(const char *path)
{
    burin_text  bytes = {NULL, 0};
    struct stat about;
    int         fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return bytes;
    if (!fstat(fd, &about) && S_ISREG(about.st_mode) && about.st_size > 0) {
        void *data = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (data != MAP_FAILED)
            bytes = (burin_text){data, (size_t)about.st_size};
    }
    close(fd);
    return bytes;
}

static void unmap(burin_text bytes) { munmap((void *)(uintptr_t)bytes.data, bytes.len); }

static seal seal_of(burin_text bytes)
{
    seal s = {.size = bytes.len, .sum = text_sum(bytes, 0)};
    memcpy(s.magic, magic, sizeof magic);
    return s;
}

bool seal_put(const char *path)
{
    burin_text bytes = map(path);
    if (!bytes.data)
        return false;
    seal s  = seal_of(bytes);
    int  fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    unmap(bytes);
    if (fd < 0)
        return false;
    bool written = write(fd, &s, sizeof s) == sizeof s;
    return close(fd) == 0 && written;
}

bool seal_holds(const char *path)
{
    burin_text bytes = map(path);
    bool       holds = bytes.len > sizeof(seal);
    if (holds) {
        seal s = seal_of((burin_text){bytes.data, bytes.len - sizeof s});
        holds  = memcmp(bytes.data + s.size, &s, sizeof s) == 0;
    }
    if (bytes.data)
        unmap(bytes);
    return holds;
}
