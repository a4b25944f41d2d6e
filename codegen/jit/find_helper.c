/* Where burin-jit is: beside the file that this code is in (a build folder), or in libexec of where that is installed. */
#define _GNU_SOURCE
#include "codegen/jit/find_helper.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The folder of the library, or of the program that it is linked into, behind all links; without a slash at its end. */
static bool own_folder(char folder[PATH_MAX])
{
    Dl_info info;
    ssize_t len = -1;
    if (!dladdr((void *)(uintptr_t)&find_helper, &info) || !info.dli_fname)
        return false;
    if (info.dli_fname[0] == '/' && realpath(info.dli_fname, folder))
        len = (ssize_t)strlen(folder);
    else if (info.dli_fname[0] != '/' && !strstr(info.dli_fname, ".so")) /* what the program was called as */
        len = readlink("/proc/self/exe", folder, PATH_MAX - 1);
    if (len <= 0)
        return false;
    folder[len] = '\0';
    char *slash = strrchr(folder, '/');
    if (!slash)
        return false;
    *slash = '\0';
    return true;
}

bool find_helper(char *path, size_t size)
{
    static const char *const places[] = {"", "/../libexec/burin", "/../../libexec/burin", "/../lib/burin"};
    char folder[PATH_MAX];
    if (!own_folder(folder))
        return false;
    for (size_t n = 0; n < sizeof places / sizeof places[0]; n++) {
        int len = snprintf(path, size, "%s%s/burin-jit", folder, places[n]);
        if (len > 0 && (size_t)len < size && access(path, X_OK) == 0)
            return true;
    }
    return false;
}
