#define _GNU_SOURCE
#include "codegen/cache/disk.h"

#include "runtime/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    NAME_SIZE  = 2 * BLAKE2B_SIZE + 3, /* hexadecimal, ".o" and a NUL */
    FRESH_S    = 3600, /* a use is noted when the last note is older; what somebody began to write and did not end in that time is nobody's */
    FILE_SIZE_MAX = 256 << 20,
    LEFT_PARTS = 4,    /* eviction leaves 3/4 of what is allowed, so that not every file that comes makes one go */
};

static const char magic[16]   = "burin cache 3\n";
static const char unfinished[] = ".burin-new-";

/* Before the object in a file. */
typedef struct file_head {
    char     magic[16];
    disk_key key;
    uint64_t size; /* of the object */
    uint64_t sum;  /* of library and object; against accidents, not against forgers: those cannot write here */
    builder_library library;
} file_head;

typedef struct file_name {
    char text[NAME_SIZE];
} file_name;

static uint64_t sum_of(const builder_library *library, burin_text object)
{
    return text_sum(object, text_sum((burin_text){(const char *)library, sizeof *library}, 0));
}

disk_key disk_key_of(const uint8_t builder[BUILDER_SIZE], burin_text request)
{
    disk_key         key;
    const burin_text parts[] = {{magic, sizeof magic}, {(const char *)builder, BUILDER_SIZE}, request};
    blake2b(parts, sizeof parts / sizeof *parts, key.bytes);
    return key;
}

static file_name name_of(const disk_key *key)
{
    static const char digits[] = "0123456789abcdef";
    file_name         name;
    for (size_t n = 0; n < BLAKE2B_SIZE; n++) {
        name.text[2 * n]     = digits[key->bytes[n] >> 4];
        name.text[2 * n + 1] = digits[key->bytes[n] & 15];
    }
    memcpy(name.text + 2 * BLAKE2B_SIZE, ".o", 3);
    return name;
}

static bool is_entry(const char *name)
{
    return strspn(name, "0123456789abcdef") == 2 * BLAKE2B_SIZE && strcmp(name + 2 * BLAKE2B_SIZE, ".o") == 0;
}

static bool is_unfinished(const char *name) { return strncmp(name, unfinished, sizeof unfinished - 1) == 0; }

/* ---- the folder ---- */

/* Make it and what it is in. */
static void make_folder(const char *path)
{
    char part[PATH_MAX];
    if ((size_t)snprintf(part, sizeof part, "%s", path) >= sizeof part)
        return;
    for (char *at = part + 1; (at = strchr(at, '/')); at++) {
        *at = '\0';
        mkdir(part, 0700);
        *at = '/';
    }
    mkdir(part, 0700);
}

/* NULL and the folder in *fd (-1: it does not exist), or what is wrong with it. */
static const char *open_folder(const disk *d, int *fd)
{
    struct stat about;
    *fd = open(d->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (*fd < 0)
        return errno == ENOENT ? NULL : "the cache's folder cannot be opened";
    const char *wrong = fstat(*fd, &about)            ? "the cache's folder cannot be looked at"
                        : about.st_uid != geteuid()   ? "the cache's folder is somebody else's"
                        : about.st_mode & 077         ? "the cache's folder is open to others (its mode must be 0700)"
                                                      : NULL;
    if (wrong) {
        close(*fd);
        *fd = -1;
    }
    return wrong;
}

/* ---- reading ---- */

static const char *check_file(const struct stat *about)
{
    if (!S_ISREG(about->st_mode))
        return "it is not a file";
    if (about->st_uid != geteuid())
        return "it is somebody else's";
    if (about->st_mode & 022)
        return "others can write to it";
    if (about->st_size > FILE_SIZE_MAX)
        return "it is too large";
    if (about->st_size < (off_t)sizeof(file_head))
        return "it has been cut off";
    return NULL;
}

static bool read_all(int fd, char *room, size_t size)
{
    for (ssize_t n; size > 0; room += n, size -= (size_t)n) {
        n = read(fd, room, size);
        if (n < 0 && errno == EINTR)
            n = 0;
        else if (n <= 0)
            return false;
    }
    return true;
}

/* The object of an open file into `out`; NULL, or what is wrong. `name` is the file's. */
static const char *read_object(int fd, const struct stat *about, const char *name, buf *out)
{
    file_head head;
    if (!read_all(fd, (char *)&head, sizeof head))
        return "it cannot be read";
    if (memcmp(head.magic, magic, sizeof magic) != 0)
        return "it is of no known format";
    if (strcmp(name_of(&head.key).text, name) != 0)
        return "it has another one's name";
    if (head.size != (uint64_t)about->st_size - sizeof head)
        return "it has been cut off";
    out->len = 0;
    if (!buf_reserve(out, head.size))
        return "out of memory";
    if (!read_all(fd, out->data, head.size))
        return "it cannot be read";
    out->len = head.size;
    if (sum_of(&head.library, buf_text(out)) != head.sum)
        return "its contents have changed";
    return builder_library_is_there(&head.library) ? NULL : "libgccjit has been replaced since";
}

/* NULL and the object, or what is wrong; *damaged: the file is no use to anybody. */
static const char *read_entry(int folder, const char *name, bool is_use, buf *out, bool *damaged)
{
    struct stat about;
    int         fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    *damaged       = false;
    out->failed    = false; /* of an earlier one */
    if (fd < 0)
        return "it cannot be opened";
    const char *wrong = fstat(fd, &about) ? "it cannot be looked at" : check_file(&about);
    if (!wrong)
        wrong = read_object(fd, &about, name, out);
    *damaged = wrong && !out->failed;
    if (!wrong && is_use && time(NULL) - about.st_mtime > FRESH_S)
        futimens(fd, NULL);
    close(fd);
    return wrong;
}

bool disk_get(const disk *d, const disk_key *key, buf *out)
{
    file_name name = name_of(key);
    int       folder;
    bool      damaged;
    if (open_folder(d, &folder) || folder < 0)
        return false;
    bool found = !read_entry(folder, name.text, true, out, &damaged);
    if (damaged)
        unlinkat(folder, name.text, 0);
    close(folder);
    return found;
}

void disk_remove(const disk *d, const disk_key *key)
{
    int folder;
    if (open_folder(d, &folder) || folder < 0)
        return;
    unlinkat(folder, name_of(key).text, 0);
    close(folder);
}

/* ---- going through it ---- */

/* Call for each name of ours. `folder` stays the caller's. False when it cannot be read. */
static bool each_name(int folder, void (*call)(void *user, int folder, const char *name), void *user)
{
    int            fd     = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR           *stream = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *file;
    if (!stream) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    while ((file = readdir(stream)))
        if (is_entry(file->d_name) || is_unfinished(file->d_name))
            call(user, folder, file->d_name);
    closedir(stream);
    return true;
}

typedef struct looking {
    bool  look_inside;
    buf   contents;
    void (*call)(void *user, const disk_entry *entry);
    void *user;
} looking;

static void look_at(void *user, int folder, const char *name)
{
    looking    *l = user;
    struct stat about;
    bool        damaged;
    if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW))
        return;
    disk_entry entry = {.name = name, .size = (uint64_t)about.st_size, .used = about.st_mtime};
    if (is_unfinished(name)) {
        if (time(NULL) - about.st_mtime <= FRESH_S)
            return; /* it is being written */
        entry.why = "it was never finished";
    } else if (l->look_inside) {
        entry.why = read_entry(folder, name, false, &l->contents, &damaged);
    }
    l->call(l->user, &entry);
}

const char *disk_each(const disk *d, bool look_inside, void (*call)(void *user, const disk_entry *entry), void *user)
{
    looking     l = {look_inside, buf_make(&base_malloc_allocator), call, user};
    int         folder;
    const char *wrong = open_folder(d, &folder);
    if (wrong || folder < 0)
        return wrong;
    if (!each_name(folder, look_at, &l))
        wrong = "the cache's folder cannot be read";
    buf_deinit(&l.contents);
    close(folder);
    return wrong;
}

static void remove_name(void *user, int folder, const char *name)
{
    bool *all_gone = user;
    if (unlinkat(folder, name, 0) && errno != ENOENT)
        *all_gone = false;
}

const char *disk_clear(const disk *d)
{
    bool        all_gone = true;
    int         folder;
    const char *wrong = open_folder(d, &folder);
    if (wrong || folder < 0)
        return wrong;
    if (!each_name(folder, remove_name, &all_gone) || !all_gone)
        wrong = "not every file could be removed";
    close(folder);
    return wrong;
}

/* ---- eviction ---- */

typedef struct old_file {
    file_name name;
    uint64_t  size;
    int64_t   used;
} old_file;

typedef struct census {
    buf      files; /* old_file */
    uint64_t size;
} census;

static void count_file(void *user, int folder, const char *name)
{
    census     *all = user;
    struct stat about;
    old_file    file;
    if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW))
        return;
    if (is_unfinished(name)) {
        if (time(NULL) - about.st_mtime > FRESH_S)
            unlinkat(folder, name, 0);
        return;
    }
    memcpy(file.name.text, name, NAME_SIZE);
    file.size = (uint64_t)about.st_size;
    file.used = about.st_mtim.tv_sec * 1000 + about.st_mtim.tv_nsec / 1000000;
    all->size += file.size;
    buf_append(&all->files, (const char *)&file, sizeof file);
}

static int by_use(const void *a, const void *b)
{
    const old_file *x = a, *y = b;
    return x->used != y->used ? (x->used > y->used) - (x->used < y->used) : strcmp(x->name.text, y->name.text);
}

/* Of more than is allowed remove what was used longest ago. */
static void evict(const disk *d, int folder)
{
    census all = {.files = buf_make(&base_malloc_allocator)};
    if (each_name(folder, count_file, &all) && all.size > d->size_max && !all.files.failed) {
        old_file *files = (old_file *)(void *)all.files.data;
        size_t    count = all.files.len / sizeof *files;
        uint64_t  left  = d->size_max - d->size_max / LEFT_PARTS;
        qsort(files, count, sizeof *files, by_use);
        for (size_t n = 0; n < count && all.size > left; n++) {
            unlinkat(folder, files[n].name.text, 0);
            all.size -= files[n].size;
        }
    }
    buf_deinit(&all.files);
}

/* ---- writing ---- */

/* A write beyond it would be a signal to the host. */
static bool is_allowed(size_t size)
{
    struct rlimit most;
    return getrlimit(RLIMIT_FSIZE, &most) == 0 && (most.rlim_cur == RLIM_INFINITY || size <= most.rlim_cur);
}

static bool write_all(int fd, burin_text bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.data, bytes.len);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            bytes = (burin_text){bytes.data + n, bytes.len - (size_t)n};
    }
    return true;
}

/* Write the file beside its name, then give it the name. NULL, or what was wrong. */
static const char *write_file(int folder, const disk_key *key, const builder_library *library, burin_text object)
{
    char      name[64];
    uint64_t  number;
    file_head head = {.key = *key, .size = object.len, .sum = sum_of(library, object), .library = *library};
    memcpy(head.magic, magic, sizeof magic);
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) != sizeof number)
        return "the system has no random numbers yet";
    snprintf(name, sizeof name, "%s%016llx", unfinished, (unsigned long long)number);
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EROFS || errno == EACCES ? "the cache's folder cannot be written to" : "no file can be made in the cache's folder";
    bool written = write_all(fd, (burin_text){(const char *)&head, sizeof head}) && write_all(fd, object);
    written      = close(fd) == 0 && written && renameat(folder, name, folder, name_of(key).text) == 0;
    if (!written)
        unlinkat(folder, name, 0);
    return written ? NULL : "it could not be written to the cache's folder";
}

/* NULL and the folder, made where there is none, in *fd; or what is wrong with it. */
static const char *open_or_make_folder(const disk *d, int *fd)
{
    const char *wrong = open_folder(d, fd);
    if (wrong || *fd >= 0)
        return wrong;
    make_folder(d->folder);
    wrong = open_folder(d, fd);
    return !wrong && *fd < 0 ? "the cache's folder cannot be made" : wrong;
}

const char *disk_put(const disk *d, const disk_key *key, const builder_library *library, burin_text object)
{
    int folder;
    if (!library->path[0])
        return "libgccjit's file is not known";
    if (sizeof(file_head) + object.len > d->size_max)
        return "it is larger than the cache may be";
    if (!is_allowed(sizeof(file_head) + object.len))
        return "it is larger than files may be (ulimit -f)";
    const char *wrong = open_or_make_folder(d, &folder);
    if (wrong)
        return wrong;
    wrong = write_file(folder, key, library, object);
    if (!wrong)
        evict(d, folder);
    close(folder);
    return wrong;
}
