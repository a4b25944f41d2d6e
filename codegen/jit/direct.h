/* Direct calls: native code calls a function of a script with the arguments as C's own parameters, and without a frame.
 *
 * Only functions that do nothing but compute are called so (jit/direct.c). When one meets what it was not made for, its frame is made
 * after all, its registers are filled, and the interpreter goes on where it was. The frames of those that have called it directly are then missing
 * between it and the frame they were entered from; nothing looks for them: they handle no exceptions, and when one passes through them each notes its own place.
 * Depth is counted by a parameter, `left`: how many such calls may still be in one another.
 * A result comes in two halves, in two registers; the first is DIRECT_FAILED when the second is a status. Functions here give the second, and
 * the first in vm.direct_head. */
#ifndef BURIN_CODEGEN_DIRECT_H
#define BURIN_CODEGEN_DIRECT_H

#include "codegen/jit/native.h"

uint32_t     api_direct_begin(vm_frame *f);
void         api_direct_end(vm_frame *f, uint64_t before);
burin_value *api_direct_frame(vm *m, const void *function, uint32_t left);
int64_t      api_direct_go_on(vm *m, uint32_t pc);
int64_t      api_direct_failed(vm *m, const void *function, uint32_t pc, int32_t status);

#endif
