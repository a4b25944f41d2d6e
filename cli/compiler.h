/* The compiler of native code, as --engine and its kin want it. */
#ifndef CLI_COMPILER_H
#define CLI_COMPILER_H

#include "cli/cli.h"

/* Where burin-jit is, as the variable BURIN_JIT says; NULL: where the library looks for it. */
const char *compiler_helper(void);
/* *out is NULL when everything is to be interpreted. False after complaining. */
bool compiler_start(const cli_options *options, burin_jit **out);
/* The end of its work: with --explain, what is still being compiled is waited for. NULL is allowed. */
void compiler_end(const cli_options *options, burin_jit *jit);

#endif
