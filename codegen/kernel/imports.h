/* Where the functions of imports.def are, and those of fast.def. */
#ifndef BURIN_CODEGEN_KERNEL_IMPORTS_H
#define BURIN_CODEGEN_KERNEL_IMPORTS_H

enum {
#define KERNEL_CALL(name, result, parameters, what) KERNEL_IMPORT_##name,
#include "codegen/kernel/imports.def"
#undef KERNEL_CALL
#if BURIN_MVEC
#define KERNEL_FAST(OP, of_4, of_8, what) KERNEL_IMPORT_##of_4, KERNEL_IMPORT_##of_8,
#include "codegen/kernel/fast.def"
#undef KERNEL_FAST
#endif
    KERNEL_IMPORT_COUNT
};

extern const char *const kernel_import_names[KERNEL_IMPORT_COUNT];
extern void (*const kernel_imports[KERNEL_IMPORT_COUNT])(void);

#endif
