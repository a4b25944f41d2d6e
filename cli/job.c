/* What a command that renders or evaluates needs: made in order, released at once. */
#include "cli/job.h"

#include "cli/compiler.h"
#include "cli/setup.h"

#include <stdlib.h>
#include <string.h>

bool job_start(job *j, const cli_options *options, const char *const *files, size_t file_count, const char *folder)
{
    *j = (job){.options = options, .err = BURIN_ERROR_INIT, .heap = burin_heap_new(NULL)};
    if (!j->heap) {
        complain("out of memory");
        return false;
    }
    if (!data_load(options, j->heap, files, file_count, &j->texts, &j->variables))
        return false;
    if (!compiler_start(options, &j->jit))
        return false;
    j->env = setup_env(options, &folder, folder ? 1 : 0, j->jit);
    if (!j->env)
        return false;
    j->render = burin_render_new(j->env, &j->err);
    if (!j->render)
        complain_error(options, &j->err);
    return j->render != NULL;
}

void job_free(job *j)
{
    burin_render_free(j->render);
    compiler_end(j->options, j->jit);
    burin_env_unref(j->env);
    burin_heap_free(j->heap);
    data_free(&j->texts);
}

burin_status job_variables(job *j, burin_interpreter *in)
{
    burin_value  key, value;
    burin_status status = BURIN_OK;
    for (size_t at = 0; !status && burin_next(j->variables, &at, &key, &value);) {
        char *name = strndup(burin_text_of(key).data, burin_text_of(key).len);
        status     = name ? burin_interpreter_set(in, name, value) : BURIN_ERR_NOMEM;
        free(name);
    }
    return status;
}

burin_error *job_name_places(burin_error *err)
{
    static const char name[] = "<expression>";
    if (err->status && !err->template_name)
        err->template_name = strdup(name);
    for (size_t n = 0; n < err->frame_count; n++)
        if (!err->frames[n].template_name)
            err->frames[n].template_name = strdup(name);
    return err;
}

bool job_reads_stdin_twice(const cli_options *options, bool template_is_stdin, const char *const *files, size_t count)
{
    size_t readers = template_is_stdin;

    for (size_t i = 0; i < count; i++)
        readers += strcmp(files[i], "-") == 0;
    for (size_t i = 0; options_nth(options, OPT_DATA, i); i++)
        readers += strcmp(options_nth(options, OPT_DATA, i), "-") == 0;
    if (readers > 1)
        misused(options->command, "stdin cannot be two things at once");
    return readers > 1;
}
