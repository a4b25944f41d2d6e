/* A folder named burin-jit-<pid>-<random>: the name says whether its owner still lives. */
#define _GNU_SOURCE
#include "jit/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_NAME "burin-jit-"

/* Remove the files of an open folder; of folders in it too, `depth` levels down. */
static void empty(int fd, int depth)
{
    DIR *folder = fdopendir(fd);
    if (!folder) {
        close(fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || unlinkat(fd, entry->d_name, 0) == 0)
            continue;
        int inner = depth ? openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
        if (inner >= 0)
            empty(inner, depth - 1);
        unlinkat(fd, entry->d_name, AT_REMOVEDIR);
    }
    closedir(folder);
}

void folder_remove(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0)
        empty(fd, 1);
    rmdir(path);
}

/* Is it a helper's of ours that is gone? */
static bool is_left_over(int base, const char *name)
{
    struct stat about;
    if (strncmp(name, FOLDER_NAME, sizeof FOLDER_NAME - 1) != 0)
        return false;
    long pid = strtol(name + sizeof FOLDER_NAME - 1, NULL, 10);
    if (pid <= 0 || kill((pid_t)pid, 0) == 0 || errno != ESRCH)
        return false;
    return fstatat(base, name, &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(about.st_mode) && about.st_uid == geteuid();
}

static void remove_left_over(const char *base)
{
    char path[512];
    DIR *folder = opendir(base);
    if (!folder)
        return;
    for (struct dirent *entry; (entry = readdir(folder));)
        if (is_left_over(dirfd(folder), entry->d_name) && snprintf(path, sizeof path, "%s/%s", base, entry->d_name) < (int)sizeof path)
            folder_remove(path);
    closedir(folder);
}

int folder_make(const char *base, char *path, size_t size)
{
    if (!base)
        base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    if (snprintf(path, size, "%s/" FOLDER_NAME "%ld-XXXXXX", base, (long)getpid()) >= (int)size)
        return ENAMETOOLONG;
    remove_left_over(base);
    return mkdtemp(path) ? 0 : errno;
}
