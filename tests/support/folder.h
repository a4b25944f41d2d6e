/* A folder of a test's own, for files it makes. */
#ifndef BURIN_TESTS_SUPPORT_FOLDER_H
#define BURIN_TESTS_SUPPORT_FOLDER_H

#include <stdbool.h>

enum { FOLDER_SIZE = 128 };

/* Make one; false when that fails. */
bool folder_make(char path[FOLDER_SIZE]);
/* Remove it and the files in it. */
void folder_remove(const char *path);

#endif
