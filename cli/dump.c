/* `burin dump`: the stages a template goes through. */
#include "cli/cli.h"
#include "cli/output.h"
#include "cli/setup.h"

#include <stdlib.h>
#include <string.h>

int command_dump(const cli_options *options)
{
    static const char *const kinds[] = {"tokens", "ast", "ir", "asm", "c"};
    const char  *kind = options->word_count ? options->words[0] : "";
    bool         known = false;
    setup_source source;
    burin_error  err  = BURIN_ERROR_INIT;
    burin_env   *env  = NULL;
    char        *text = NULL;
    int          code = EXIT_FAILED;

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        known |= strcmp(kinds[i], kind) == 0;
    if (!known || options->word_count > 2) {
        complain("`burin dump` needs tokens, ast, ir, asm or c; see burin dump --help");
        return EXIT_USAGE;
    }
    if (options_has(options, OPT_SCRIPT)) {
        if (strcmp(kind, "ast") != 0 && strcmp(kind, "ir") != 0) {
            complain("of a script only the ast and the ir can be shown; see burin dump --help");
            return EXIT_USAGE;
        }
        kind = strcmp(kind, "ast") == 0 ? "script-ast" : "script-ir";
    }
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
