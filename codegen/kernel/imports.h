/* Where the functions of imports.def are. */
#ifndef BURIN_CODEGEN_KERNEL_IMPORTS_H
#define BURIN_CODEGEN_KERNEL_IMPORTS_H

enum {
#define KERNEL_CALL(name, result, parameters, what) KERNEL_IMPORT_##name,
#include "codegen/kernel/imports.def"
#undef KERNEL_CALL
    KERNEL_IMPORT_COUNT
};

extern void (*const kernel_imports[KERNEL_IMPORT_COUNT])(void);

#endif
