/* `burin run`: a script from a file or stdin. */
#include "cli/cli.h"
#include "cli/compiler.h"
#include "cli/data.h"
#include "cli/output.h"
#include "cli/profile.h"
#include "cli/setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static burin_status write_stdout(void *user, const char *data, size_t len)
{
    (void)user;
    return fwrite(data, 1, len, stdout) == len ? BURIN_OK : BURIN_ERR_OS;
}

/* The words after the script as the variable `argv`. */
static bool set_arguments(burin_interpreter *in, const cli_options *options)
{
    burin_heap  *heap = burin_heap_new(NULL);
    burin_value  list = heap ? burin_list(heap, options->word_count) : burin_missing();
    bool         done = heap && list.kind == BURIN_LIST;
    for (size_t n = 1; n < options->word_count && done; n++)
        done = burin_list_append(heap, list, burin_string_borrow(options->words[n], strlen(options->words[n]))) == BURIN_OK;
    done = done && burin_interpreter_set(in, "argv", list) == BURIN_OK;
    burin_heap_free(heap);
    return done;
}

int command_run(const cli_options *options)
{
    setup_source       source;
    burin_error        err = BURIN_ERROR_INIT;
    burin_env         *env = NULL;
    burin_interpreter *in  = NULL;
    burin_jit         *jit = NULL;
    const burin_sink   sink = {write_stdout, NULL};
    int                code = EXIT_FAILED;

    if (!setup_find_source(options, options->word_count ? options->words[0] : NULL, &source))
        goto done;
    if (!source.text.data) {
        complain("%s: there is no such file", source.name);
        goto done;
    }
    if (!compiler_start(options, &jit))
        goto done;
    env = setup_env(options, NULL, 0, jit);
    in  = env ? burin_interpreter_new(env, &err) : NULL;
    if (env && !in)
        complain_error(options, &err);
    if (!in)
        goto done;
    burin_interpreter_set_sink(in, &sink);
    if (!profile_set(options, in))
        code = EXIT_USAGE;
    else if (!set_arguments(in, options))
        complain("out of memory");
    else if (burin_is_saved(source.text) ? burin_interpreter_run_saved(in, source.text, NULL, &err)
                                         : burin_interpreter_run(in, source.text, source.name, NULL, &err))
        complain_error(options, &err);
    else
        code = EXIT_DONE;
done:
    compiler_end(options, jit); /* waits for what the interpreter would call back */
    burin_interpreter_free(in);
    burin_env_unref(env);
    setup_source_free(&source);
    return code;
}
