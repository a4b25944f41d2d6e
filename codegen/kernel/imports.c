#include "codegen/kernel/imports.h"

#include "codegen/kernel/kernel.h"
#include "runtime/operate.h"

#include <math.h>

const char *const kernel_import_names[KERNEL_IMPORT_COUNT] = {
#define KERNEL_CALL(name, result, parameters, what) #name,
#include "codegen/kernel/imports.def"
#undef KERNEL_CALL
#if BURIN_MVEC
#define KERNEL_FAST(OP, of_4, of_8, what) #of_4, #of_8,
#include "codegen/kernel/fast.def"
#undef KERNEL_FAST
#endif
};

#if BURIN_MVEC
#define KERNEL_FAST(OP, of_4, of_8, what) \
    void of_4(void);                      \
    void of_8(void);
#include "codegen/kernel/fast.def"
#undef KERNEL_FAST
#endif

void (*const kernel_imports[KERNEL_IMPORT_COUNT])(void) = {
#define KERNEL_CALL(name, result, parameters, what) (void (*)(void))name,
#include "codegen/kernel/imports.def"
#undef KERNEL_CALL
#if BURIN_MVEC
#define KERNEL_FAST(OP, of_4, of_8, what) of_4, of_8,
#include "codegen/kernel/fast.def"
#undef KERNEL_FAST
#endif
};
