/* `burin dump`: the stages a template or a script goes through. */
#include "cli/cli.h"
#include "cli/output.h"
#include "cli/setup.h"

#include <stdlib.h>
#include <string.h>

/* What burin_template_dump calls it; NULL: there is nothing like that. */
static const char *kind_named(const char *word, bool of_script)
{
    static const char *const kinds[][2] = {{"tokens", NULL}, {"ast", "script-ast"}, {"ir", "script-ir"}, {"asm", "script-asm"}, {"c", "script-c"}};
    for (size_t n = 0; n < sizeof kinds / sizeof kinds[0]; n++)
        if (strcmp(word, kinds[n][0]) == 0)
            return kinds[n][of_script];
    return NULL;
}

int command_dump(const cli_options *options)
{
    const char  *kind = options->word_count ? kind_named(options->words[0], options_has(options, OPT_SCRIPT)) : NULL;
    setup_source source;
    burin_error  err  = BURIN_ERROR_INIT;
    burin_env   *env  = NULL;
    char        *text = NULL;
    int          code = EXIT_FAILED;

    if (!kind || options->word_count > 2)
        return misused(COMMAND_DUMP, "`burin dump` needs %sast, ir, asm or c", options_has(options, OPT_SCRIPT) ? "" : "tokens, ");
    if (!setup_find_source(options, options->word_count > 1 ? options->words[1] : NULL, &source))
        goto done;
    if (source.by_loader && !source.text.data) {
        complain("%s: no -I folder has it", source.name);
        goto done;
    }
    env = setup_env(options, (const char *const *)&source.folder, source.folder ? 1 : 0, NULL);
    if (!env)
        goto done;
    text = burin_template_dump(env, source.name, source.text, kind, &err);
    if (!text)
        code = complain_error(options, &err);
    else if (output_write(options, (burin_text){text, strlen(text)}))
        code = EXIT_DONE;
done:
    free(text);
    burin_env_unref(env);
    setup_source_free(&source);
    return code;
}
