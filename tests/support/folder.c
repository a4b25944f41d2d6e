/* A folder of a test's own. See folder.h. */
#include "tests/support/folder.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool folder_make(char path[FOLDER_SIZE])
{
    const char *base = getenv("TMPDIR");
    int         len  = snprintf(path, FOLDER_SIZE, "%s/burin-XXXXXX", base ? base : P_tmpdir);
    return len < FOLDER_SIZE && mkdtemp(path);
}

void folder_remove(const char *path)
{
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        unlinkat(dirfd(folder), entry->d_name, 0);
    if (folder)
        closedir(folder);
    rmdir(path);
}
