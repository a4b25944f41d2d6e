/* Where burin-jit is: beside the file that this code is in (a build folder), or in libexec of where that is installed. */
#define _GNU_SOURCE
#include "codegen/jit/find_helper.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

/* The folder of the library, or of the program that it is linked into; without a slash at its end. */
static bool own_folder(char folder[PATH_MAX])
{
    Dl_info info;
    if (!dladdr((void *)(uintptr_t)&find_helper, &info) || !info.dli_fname)
        return false;
    ssize_t len = -1;
    if (info.dli_fname[0] == '/')
        len = snprintf(folder, PATH_MAX, "%s", info.dli_fname);
    else if (!strstr(info.dli_fname, ".so")) /* what the program was called as */
        len = readlink("/proc/self/exe", folder, PATH_MAX - 1);
    if (len <= 0 || len >= PATH_MAX)
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
