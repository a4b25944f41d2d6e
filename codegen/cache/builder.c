#define _GNU_SOURCE
#include "codegen/cache/builder.h"

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEGMENTS_MAX = 64, NOTES_MAX = 4096 };

static bool read_at(int fd, void *room, size_t size, uint64_t offset)
{
    return offset <= INT64_MAX && pread(fd, room, size, (off_t)offset) == (ssize_t)size;
}

static size_t padded(uint32_t size) { return ((size_t)size + 3) & ~(size_t)3; }

/* The build id among the notes. */
static bool find_note(const char *notes, size_t size, uint8_t id[BUILDER_SIZE])
{
    Elf64_Nhdr head;
    for (size_t at = 0; size - at >= sizeof head; ) {
        memcpy(&head, notes + at, sizeof head);
        at += sizeof head;
        size_t name = padded(head.n_namesz), contents = padded(head.n_descsz);
        if (name > size - at || contents > size - at - name)
            return false;
        if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == 4 && memcmp(notes + at, "GNU", 4) == 0 && head.n_descsz == BUILDER_SIZE) {
            memcpy(id, notes + at + name, BUILDER_SIZE);
            return true;
        }
        at += name + contents;
    }
    return false;
}

static bool find_id(int fd, uint8_t id[BUILDER_SIZE])
{
    Elf64_Ehdr head;
    Elf64_Phdr segments[SEGMENTS_MAX];
    char       notes[NOTES_MAX];
    if (!read_at(fd, &head, sizeof head, 0) || memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_ident[EI_CLASS] != ELFCLASS64)
        return false;
    if (head.e_phentsize != sizeof *segments || head.e_phnum > SEGMENTS_MAX || !read_at(fd, segments, head.e_phnum * sizeof *segments, head.e_phoff))
        return false;
    for (unsigned n = 0; n < head.e_phnum; n++) {
        const Elf64_Phdr *s = &segments[n];
        if (s->p_type == PT_NOTE && s->p_filesz <= NOTES_MAX && read_at(fd, notes, s->p_filesz, s->p_offset) && find_note(notes, s->p_filesz, id))
            return true;
    }
    return false;
}

bool builder_of(const char *path, uint8_t id[BUILDER_SIZE])
{
    int  fd    = open(path, O_RDONLY | O_CLOEXEC);
    bool found = fd >= 0 && find_id(fd, id);
    if (fd >= 0)
        close(fd);
    return found;
}

bool builder_library_note(const char *path, builder_library *out)
{
    struct stat about;
    char        real[PATH_MAX];
    *out = (builder_library){0};
    if (!realpath(path, real) || strlen(real) >= sizeof out->path || stat(real, &about))
        return false;
    memcpy(out->path, real, strlen(real));
    out->size       = (uint64_t)about.st_size;
    out->changed_ns = (int64_t)about.st_mtim.tv_sec * 1000000000 + about.st_mtim.tv_nsec;
    return true;
}

bool builder_library_is_there(const builder_library *library)
{
    builder_library now;
    return library->path[0] && memchr(library->path, '\0', sizeof library->path) && builder_library_note(library->path, &now) &&
           strcmp(now.path, library->path) == 0 && now.size == library->size && now.changed_ns == library->changed_ns;
}
