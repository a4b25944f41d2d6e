/* burin/version.h: which Burin this header belongs to, and which one is linked. */
#ifndef BURIN_VERSION_H
#define BURIN_VERSION_H

#include "burin/types.h"

#define BURIN_VERSION_MAJOR 0
#define BURIN_VERSION_MINOR 1
#define BURIN_VERSION_PATCH 0
#define BURIN_VERSION "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0": the version of the library that is linked. Static text. */
BURIN_API const char *burin_version(void);

#ifdef __cplusplus
}
#endif
#endif
