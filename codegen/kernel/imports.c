#include "codegen/kernel/imports.h"

#include "codegen/kernel/kernel.h"
#include "runtime/operate.h"

#include <math.h>

void (*const kernel_imports[KERNEL_IMPORT_COUNT])(void) = {
#define KERNEL_CALL(name, result, parameters, what) (void (*)(void))name,
#include "codegen/kernel/imports.def"
#undef KERNEL_CALL
};
