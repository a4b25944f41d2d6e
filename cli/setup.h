/* An environment as the command line describes it, and the template it names. */
#ifndef CLI_SETUP_H
#define CLI_SETUP_H

#include "cli/buffer.h"
#include "cli/options.h"

/* The environment of the options; templates are looked up in the -I folders, then in `folders`. `jit` (may be NULL)
 * compiles for it. NULL after complaining. */
burin_env *setup_env(const cli_options *options, const char *const *folders, size_t folder_count, burin_jit *jit);

/* Whether the library takes the delimiters of --syntax, each and all together. False after complaining. */
bool setup_syntax_fits(const cli_options *options);

/* The types of --types for the environment, if given: *types, which is NULL before, is to be freed behind it. False after complaining. */
bool setup_types(const cli_options *options, burin_env *env, burin_types **types);

/* What the command is to render or dump. */
typedef struct setup_source {
    const char *path;   /* as given; NULL: inline or stdin */
    const char *name;   /* for messages; NULL when it has none */
    burin_text  text;
    buffer      owned;  /* behind `text` when it was read */
    char       *folder; /* where it lies; owned; NULL when nowhere */
    bool        by_loader; /* no such file: a template of the -I folders; text.data is NULL when none has it */
} setup_source;
/* The template that -t gives or `word` (NULL: stdin) names. False after complaining. */
bool setup_find_source(const cli_options *options, const char *word, setup_source *out);
void setup_source_free(setup_source *source);
burin_template *setup_compile(burin_env *env, const setup_source *source, burin_error *err);

#endif
