/* What a command that renders or evaluates needs: data, environment, compiler, render. */
#ifndef CLI_JOB_H
#define CLI_JOB_H

#include "cli/cli.h"
#include "cli/data.h"

/* Released by job_free whatever has been made of it. */
typedef struct job {
    const cli_options *options;
    data_texts         texts;
    burin_heap        *heap;
    burin_value        variables;
    burin_jit         *jit;
    burin_env         *env;
    burin_render      *render;
    burin_error        err;
} job;

/* The data of the options and of `files`; templates are looked up in `folder`, too, unless it is NULL. False after complaining. */
bool job_start(job *j, const cli_options *options, const char *const *files, size_t file_count, const char *folder);
void job_free(job *j);
/* The data as the first variables of a session. */
burin_status job_variables(job *j, burin_interpreter *in);
/* Messages call what has no name a template: of a script's expression they are to say that it is one. Gives `err` back. */
burin_error *job_name_places(burin_error *err);
/* stdin can be read once: for the template or for one data file. True after complaining. */
bool job_reads_stdin_twice(const cli_options *options, bool template_is_stdin, const char *const *files, size_t count);

#endif
