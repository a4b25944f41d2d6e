/* What is typed at `burin repl`: lines with a history where libedit is there, and when they make a whole input. */
#ifndef CLI_REPL_INPUT_H
#define CLI_REPL_INPUT_H

#include "cli/buffer.h"

#include <burin/interpreter.h>

typedef struct repl_input repl_input;

/* From stdin; a terminal gets prompts, a history (kept in $XDG_STATE_HOME/burin, or ~/.local/state/burin) and completion of `in`'s names. NULL
 * after complaining. */
repl_input *repl_input_open(burin_interpreter *in);
void        repl_input_close(repl_input *input);
/* The next whole input: a statement, or a block up to an empty line. It lives until the next call. False at the end; an interrupt drops what was
 * typed. */
bool repl_input_next(repl_input *input, volatile int *interrupted, burin_text *out);

/* Is the text a whole input, as far as brackets, strings, a last backslash and blocks tell? */
bool repl_is_whole(burin_text text);

#endif
