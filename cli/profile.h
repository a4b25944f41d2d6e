/* The script language that the options ask for. */
#ifndef CLI_PROFILE_H
#define CLI_PROFILE_H

#include "cli/options.h"

#include <burin/interpreter.h>

/* False after complaining. */
bool profile_set(const cli_options *options, burin_interpreter *in);

#endif
