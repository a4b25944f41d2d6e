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

/* ---- a store's transaction ---- */

typedef struct work {
    const cli_options *options;
    burin_interpreter *in;
    burin_store       *store; /* NULL: the script has none */
    burin_txn         *txn;
    const char        *note;
} work;

/* Open the store of --store, if given, and have the script run in a transaction. False after complaining. */
static bool work_begin(work *w)
{
    burin_error err  = BURIN_ERROR_INIT;
    const char *path = options_last(w->options, OPT_STORE);
    if (!path)
        return true;
    w->store = burin_store_open(path, &(burin_open_options){0}, &err);
    w->txn   = w->store ? burin_txn_begin(w->store, &err) : NULL;
    if (!w->txn) {
        complain_error(w->options, &err);
        return false;
    }
    burin_interpreter_set_txn(w->in, w->txn);
    return true;
}

/* Commit what a script that ended well has changed. */
static burin_status work_commit(work *w, burin_error *err)
{
    burin_txn *txn = w->txn;
    if (!txn)
        return BURIN_OK;
    burin_interpreter_set_txn(w->in, NULL);
    w->txn = NULL;
    return burin_txn_commit(txn, &(burin_commit_options){.note = {w->note, strlen(w->note)}}, NULL, err);
}

/* Once the interpreter is gone: what it had of older versions is seen through readers of the store. */
static void work_end(work *w)
{
    burin_txn_abort(w->txn);
    burin_store_free(w->store);
}

/* ---- running ---- */

static burin_env *script_env(const cli_options *options, burin_jit *jit)
{
    burin_env *env = setup_env(options, NULL, 0, jit);
    if (!env || !options_has(options, OPT_STORE) || (burin_env_grant_changes(env) == BURIN_OK && burin_env_grant_versions(env) == BURIN_OK))
        return env;
    complain("out of memory");
    burin_env_unref(env);
    return NULL;
}

static int run_script(const cli_options *options, burin_interpreter *in, const setup_source *source, work *w)
{
    burin_error err  = BURIN_ERROR_INIT;
    int         code = EXIT_FAILED;
    const char *name = source->name ? source->name : "<stdin>";
    *w               = (work){.options = options, .in = in, .note = name};
    if (!profile_set(options, in))
        code = EXIT_USAGE;
    else if (!set_arguments(in, options))
        complain("out of memory");
    else if (work_begin(w)) {
        burin_status status = burin_is_saved(source->text) ? burin_interpreter_run_saved(in, source->text, NULL, &err)
                                                           : burin_interpreter_run(in, source->text, name, NULL, &err);
        if (status == BURIN_OK)
            status = work_commit(w, &err);
        code = status ? complain_error(options, &err) : EXIT_DONE;
    }
    return code;
}

int command_run(const cli_options *options)
{
    setup_source       source;
    burin_error        err = BURIN_ERROR_INIT;
    burin_env         *env = NULL;
    burin_interpreter *in  = NULL;
    burin_jit         *jit = NULL;
    work               w   = {0};
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
    env = script_env(options, jit);
    in  = env ? burin_interpreter_new(env, &err) : NULL;
    if (env && !in)
        complain_error(options, &err);
    if (in) {
        burin_interpreter_set_sink(in, &sink);
        code = run_script(options, in, &source, &w);
    }
done:
    compiler_end(options, jit); /* waits for what the interpreter would call back */
    burin_interpreter_free(in);
    work_end(&w);
    burin_env_unref(env);
    setup_source_free(&source);
    return code;
}
