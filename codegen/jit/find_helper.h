/* Looking for burin-jit. PATH is not looked at: what stands there is not ours to trust. */
#ifndef BURIN_CODEGEN_FIND_HELPER_H
#define BURIN_CODEGEN_FIND_HELPER_H

#include "runtime/base/memory.h"

/* Its path into `path`; false when it is nowhere. */
bool find_helper(char *path, size_t size);

#endif
