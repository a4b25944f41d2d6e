/* Where results go: stdout, or a file that is replaced at once or not at all. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "cli/options.h"

/* Write `text` where --output says, and a newline after a text that lacks one (unless --no-newline or it is empty).
 * A file is written beside its place and renamed, so nobody ever sees half of it and a failure leaves it as it was.
 * On failure complains and returns false. */
bool output_write(const cli_options *options, burin_text text);
/* The same for what is no text: nothing is added. */
bool output_write_bytes(const cli_options *options, burin_text bytes);

#endif
