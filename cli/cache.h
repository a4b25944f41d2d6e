/* Where the command keeps native code. */
#ifndef BURIN_CLI_CACHE_H
#define BURIN_CLI_CACHE_H

#include <stdbool.h>
#include <stddef.h>

/* The user's folder, $XDG_CACHE_HOME/burin or ~/.cache/burin, into `path`; false when there is no home, or no room. */
bool cache_user_folder(char *path, size_t size);

#endif
