/* Templates from folders. Like jinja2.FileSystemLoader.
 *
 * A name is cut at '/' as jinja2.loaders.split_template_path does: empty and "." pieces fall away (so a leading '/' has no
 * meaning), ".." is refused; what remains cannot leave a root but through a symbolic link. Unless links are followed, the
 * file that was opened must be the one that the resolved path names, and that path must lie under the resolved root: the
 * comparison of the open file with the resolved one closes the gap between looking and opening.
 * A version is a hash of root, device, inode, size and modification time in nanoseconds. */
#include "engine/loader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIST_DEPTH_MAX = 64 }; /* folders within folders; also ends loops of links */

typedef struct files_loader {
    bool   follow_links;
    size_t count;
    char  *roots[]; /* texts follow in the same block */
} files_loader;

/* Join the pieces of `name` to `root` in `path`. False when the name is none of a template. */
static bool join_name(const char *root, const char *name, buf *path)
{
    path->len = 0;
    buf_append_z(path, root);
    for (const char *piece = name; *piece;) {
        size_t len = strcspn(piece, "/");
        if (len == 2 && piece[0] == '.' && piece[1] == '.')
            return false;
        if (len > 0 && !(len == 1 && piece[0] == '.')) {
            if (path->len && path->data[path->len - 1] != '/')
                buf_append_byte(path, '/');
            buf_append(path, piece, len);
        }
        piece += len;
        piece += *piece == '/';
    }
    buf_append_byte(path, '\0');
    return true;
}

/* Whether what `fd` has open lies under `root` with all links resolved. */
static bool lies_under(const char *root, const char *path, const struct stat *opened)
{
    char       *real_root = realpath(root, NULL);
    char       *real_path = realpath(path, NULL);
    struct stat resolved;
    bool        inside = false;

    if (real_root && real_path) {
        size_t len = strlen(real_root);
        inside     = strncmp(real_root, real_path, len) == 0 && (real_path[len] == '/' || (len > 0 && real_root[len - 1] == '/')) &&
                 lstat(real_path, &resolved) == 0 && resolved.st_dev == opened->st_dev && resolved.st_ino == opened->st_ino;
    }
    free(real_root);
    free(real_path);
    return inside;
}

static uint64_t version_of(size_t root, const struct stat *s)
{
    uint64_t parts[] = {root, (uint64_t)s->st_dev, (uint64_t)s->st_ino, (uint64_t)s->st_size, (uint64_t)s->st_mtim.tv_sec, (uint64_t)s->st_mtim.tv_nsec};
    uint64_t hash    = 0x9e3779b97f4a7c15u;

    for (size_t n = 0; n < sizeof parts / sizeof parts[0]; n++) {
        hash ^= parts[n];
        hash *= 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    return hash;
}

/* Read all of `fd` into a malloc'ed text. */
static burin_status read_all(int fd, size_t expected, char **text, size_t *len)
{
    size_t room = expected + 1, used = 0;
    char  *data = malloc(room);

    if (!data)
        return BURIN_ERR_NOMEM;
    for (;;) {
        ssize_t got = read(fd, data + used, room - used);
        if (got == 0)
            break;
        if (got < 0) {
            if (errno == EINTR)
                continue;
            free(data);
            return BURIN_ERR_OS;
        }
        used += (size_t)got;
        if (used == room) { /* the file has grown since fstat */
            char *bigger = realloc(data, room * 2);
            if (!bigger) {
                free(data);
                return BURIN_ERR_NOMEM;
            }
            data = bigger;
            room *= 2;
        }
    }
    *text = data;
    *len  = used;
    return BURIN_OK;
}

/* Whether errno says that there is no such template, rather than that it cannot be read. */
static bool is_absent(int reason) { return reason == ENOENT || reason == ENOTDIR || reason == ELOOP || reason == ENAMETOOLONG; }

static burin_status load_at(const files_loader *loader, size_t root, const char *path, char **text, size_t *len, uint64_t *version)
{
    struct stat  s;
    burin_status status;
    int          fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* O_NONBLOCK: a pipe in the folder must not hang us */

    if (fd < 0)
        return is_absent(errno) ? BURIN_ERR_NOT_FOUND : BURIN_ERR_OS;
    if (fstat(fd, &s) != 0)
        status = BURIN_ERR_OS;
    else if (!S_ISREG(s.st_mode) || (!loader->follow_links && !lies_under(loader->roots[root], path, &s)))
        status = BURIN_ERR_NOT_FOUND;
    else
        status = read_all(fd, (size_t)s.st_size, text, len);
    int reason = errno;
    close(fd);
    errno    = reason;
    *version = version_of(root, &s);
    return status;
}

static burin_status files_load(void *user, const char *name, char **text, size_t *len, uint64_t *version, char **filename)
{
    files_loader *loader = user;
    buf           path   = buf_make(&base_malloc_allocator);
    burin_status  status = BURIN_ERR_NOT_FOUND;

    for (size_t root = 0; root < loader->count && status == BURIN_ERR_NOT_FOUND; root++) {
        if (!join_name(loader->roots[root], name, &path))
            break;
        status = path.failed ? BURIN_ERR_NOMEM : load_at(loader, root, path.data, text, len, version);
    }
    if (status == BURIN_OK || status == BURIN_ERR_OS) {
        int reason = errno;
        *filename  = strdup(path.data);
        errno      = reason;
        if (!*filename && status == BURIN_OK) {
            free(*text);
            *text  = NULL;
            status  = BURIN_ERR_NOMEM;
        }
    }
    buf_deinit(&path);
    return status;
}

/* A path on the stack: this is asked at every render, which must not allocate. Longer ones no file can have. */
enum { PATH_ROOM = 16384 };

static void *resize_in_room(void *room, void *block, size_t old_size, size_t new_size)
{
    (void)block;
    (void)old_size;
    return new_size && new_size <= PATH_ROOM ? room : NULL;
}

static bool files_is_current(void *user, const char *name, uint64_t version)
{
    files_loader   *loader = user;
    char            room[PATH_ROOM];
    burin_allocator on_stack = {resize_in_room, room};
    buf             path     = buf_make(&on_stack);
    bool            current  = false;

    for (size_t root = 0; root < loader->count; root++) {
        struct stat s;
        if (!join_name(loader->roots[root], name, &path) || path.failed)
            break;
        if (stat(path.data, &s) == 0 && S_ISREG(s.st_mode)) { /* an earlier root that has it now makes it stale */
            current = version_of(root, &s) == version;
            break;
        }
    }
    buf_deinit(&path);
    return current;
}

/* ---- listing ---- */

typedef struct file_walk {
    burin_status (*emit)(void *sink, const char *name);
    void  *sink;
    buf    path;      /* of the folder or file at hand */
    size_t name_from; /* where the template's name begins in it */
    bool   follow_links;
} file_walk;

static burin_status walk_folder(file_walk *walk, unsigned depth);

static burin_status walk_entry(file_walk *walk, const char *entry, unsigned depth)
{
    size_t       len    = walk->path.len;
    burin_status status = BURIN_OK;
    struct stat  s;

    buf_append_z(&walk->path, entry);
    buf_append_byte(&walk->path, '\0');
    if (walk->path.failed)
        return BURIN_ERR_NOMEM;
    if (stat(walk->path.data, &s) == 0) {
        if (S_ISREG(s.st_mode)) {
            status = walk->emit(walk->sink, walk->path.data + walk->name_from);
        } else if (S_ISDIR(s.st_mode) && (walk->follow_links || (lstat(walk->path.data, &s) == 0 && !S_ISLNK(s.st_mode)))) {
            walk->path.data[walk->path.len - 1] = '/';
            status                              = walk_folder(walk, depth + 1);
        }
    }
    walk->path.len = len;
    return status;
}

/* The folder walk->path, which ends with '/'. One that cannot be read is passed over, as os.walk does. */
static burin_status walk_folder(file_walk *walk, unsigned depth)
{
    size_t        len    = walk->path.len;
    burin_status  status = BURIN_OK;
    struct dirent *entry;

    buf_append_byte(&walk->path, '\0');
    if (walk->path.failed)
        return BURIN_ERR_NOMEM;
    DIR *folder    = depth <= LIST_DEPTH_MAX ? opendir(walk->path.data) : NULL;
    walk->path.len = len;
    if (!folder)
        return BURIN_OK;
    while (!status && (entry = readdir(folder)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            status = walk_entry(walk, entry->d_name, depth);
    closedir(folder);
    return status;
}

static burin_status files_list(void *user, burin_status (*emit)(void *sink, const char *name), void *sink)
{
    files_loader *loader = user;
    file_walk     walk   = {emit, sink, buf_make(&base_malloc_allocator), 0, loader->follow_links};
    burin_status  status = BURIN_OK;

    for (size_t root = 0; root < loader->count && !status; root++) {
        walk.path.len = 0;
        buf_append_z(&walk.path, loader->roots[root]);
        if (walk.path.len == 0 || walk.path.data[walk.path.len - 1] != '/')
            buf_append_byte(&walk.path, '/');
        walk.name_from = walk.path.len;
        status         = walk_folder(&walk, 0);
    }
    buf_deinit(&walk.path);
    return status;
}

static void files_release(void *user) { free(user); }

burin_status burin_loader_files(burin_loader *out, const char *const *roots, size_t count, bool follow_links)
{
    size_t bytes = sizeof(files_loader) + count * sizeof(char *);

    for (size_t n = 0; n < count; n++)
        bytes += strlen(roots[n]) + 2;
    files_loader *loader = malloc(bytes);
    if (!loader)
        return BURIN_ERR_NOMEM;
    loader->follow_links = follow_links;
    loader->count        = count;
    char *text           = (char *)&loader->roots[count];
    for (size_t n = 0; n < count; n++) {
        const char *root = *roots[n] ? roots[n] : "."; /* "" is the current folder, as in os.path.join */
        size_t      size = strlen(root) + 1;
        loader->roots[n] = memcpy(text, root, size);
        text += size;
    }
    *out = (burin_loader){sizeof *out, files_load, files_is_current, files_list, files_release, loader};
    return BURIN_OK;
}
