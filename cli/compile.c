/* `burin compile`: templates into files of compiled templates, a script into its program. */
#include "cli/cli.h"
#include "cli/compiler.h"
#include "cli/output.h"
#include "cli/setup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct names {
    char **items;
    size_t count;
    bool   failed;
} names;

static burin_status add_name(void *sink, const char *name)
{
    names *n    = sink;
    char **more = realloc(n->items, (n->count + 1) * sizeof *more);
    if (more)
        n->items = more;
    char *copy = more ? strdup(name) : NULL;
    if (!copy)
        return BURIN_ERR_NOMEM;
    n->items[n->count++] = copy;
    return BURIN_OK;
}

static void names_free(names *n)
{
    for (size_t k = 0; k < n->count; k++)
        free(n->items[k]);
    free(n->items);
}

/* FOLDER or FOLDER/NAME: the folder (to be freed) and the name, NULL for all of it. */
static char *split_path(const char *path, const char **name)
{
    struct stat about;
    const char *slash = strrchr(path, '/');
    *name             = NULL;
    if (stat(path, &about)) {
        complain("%s: no such file or folder", path);
        return NULL;
    }
    if (S_ISDIR(about.st_mode))
        return strdup(path);
    *name = slash ? slash + 1 : path;
    return slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
}

static burin_compile_form form_of(const cli_options *options)
{
    static const struct {
        const char        *word;
        burin_compile_form form;
    } forms[] = {{"object", BURIN_COMPILE_OBJECT}, {"asm", BURIN_COMPILE_ASSEMBLER}, {"c-like", BURIN_COMPILE_C}};
    for (size_t n = 0; n < sizeof forms / sizeof forms[0]; n++)
        if (options_is(options, OPT_EMIT, forms[n].word))
            return forms[n].form;
    return BURIN_COMPILE_SHARED;
}

/* What a program that links the object includes. */
static bool write_header(const char *path, const char *symbol)
{
    FILE *file = fopen(path, "we");
    bool  good = file && fprintf(file,
                                "/* Made by `burin compile`: give it to burin_env_add_compiled. */\n#ifndef %s_H\n#define %s_H\n\n#include <burin/compiled.h>\n\n"
                                "#ifdef __cplusplus\nextern \"C\"\n#else\nextern\n#endif\nconst burin_compiled %s;\n\n#endif\n",
                                symbol, symbol, symbol) > 0;
    if (file && fclose(file))
        good = false;
    if (!good)
        complain("%s: %s", path, strerror(errno));
    return good;
}

/* What is said about the file by options. */
static burin_compile_options compile_options(const cli_options *options)
{
    burin_compile_options how    = burin_compile_options_default();
    const char           *symbol = options_last(options, OPT_SYMBOL), *cpu = options_last(options, OPT_CPU);
    how.interpreted = options_has(options, OPT_INTERPRETED);
    how.helper      = compiler_helper();
    if (symbol)
        how.symbol = symbol;
    if (cpu)
        how.cpu = (unsigned)atoi(cpu);
    return how;
}

static int complain_failed(const cli_options *options, burin_error *err)
{
    int code = EXIT_FAILED;
    if (err->status == BURIN_ERR_USAGE) /* of what compile_options says, the symbol alone has not been looked at */
        code = misused(COMMAND_COMPILE, "--symbol: %s", err->message);
    else
        complain_error(options, err);
    burin_error_clear(err);
    return code;
}

/* Compile one template, or all (NULL) of the environment's, which looks them up in `folder`. */
static int compile(const cli_options *options, burin_env *env, const char *folder, const char *name)
{
    burin_error           err    = BURIN_ERROR_INIT;
    burin_compile_options how    = compile_options(options);
    const char           *header = options_last(options, OPT_HEADER), *output = options_last(options, OPT_OUTPUT);
    names                 all    = {NULL, 0, false};
    int                   code   = EXIT_FAILED;
    burin_status          status = name ? add_name(&all, name) : burin_env_list_templates(env, add_name, &all);
    if (!status && !all.count) {
        complain("%s: there are no templates in this folder", folder);
        return code;
    }
    if (!status)
        status = burin_compile(env, (const char *const *)all.items, all.count, form_of(options), output ? output : "/dev/stdout", &how, &err);
    if (status)
        code = complain_failed(options, &err);
    else if (!header || write_header(header, how.symbol))
        code = EXIT_DONE;
    names_free(&all);
    return code;
}

static int compile_path(const cli_options *options, const char *path)
{
    const char  *name;
    char        *folder = split_path(path, &name);
    burin_types *types  = NULL;
    burin_env   *env    = folder ? setup_env(options, (const char *const *)&folder, 1, NULL) : NULL;
    int          code   = env && setup_types(options, env, &types) ? compile(options, env, folder, name) : EXIT_FAILED;
    burin_env_unref(env);
    burin_types_free(types);
    free(folder);
    return code;
}

static int compile_script(const cli_options *options, const char *path)
{
    static const char *const set[] = {"argv"}; /* what `burin run` sets */
    burin_compile_options    how     = compile_options(options);
    setup_source source;
    burin_error  err   = BURIN_ERROR_INIT;
    burin_env   *env   = NULL;
    char        *bytes = NULL;
    size_t       len;
    int          code  = EXIT_FAILED;
    if (!setup_find_source(options, path, &source))
        return code;
    if (!source.text.data)
        complain("%s: there is no such file", source.name);
    else if ((env = setup_env(options, NULL, 0, NULL)) && burin_script_compile(env, source.text, source.name, set, 1, &how, &bytes, &len, &err))
        code = complain_failed(options, &err);
    else if (env && output_write_bytes(options, (burin_text){bytes, len}))
        code = EXIT_DONE;
    free(bytes);
    burin_env_unref(env);
    setup_source_free(&source);
    return code;
}

int command_compile(const cli_options *options)
{
    const bool is_text = form_of(options) >= BURIN_COMPILE_ASSEMBLER;
    if (options->word_count != 1)
        return misused(COMMAND_COMPILE, "`burin compile` needs one folder or template");
    if (options_has(options, OPT_SCRIPT) && options_last(options, OPT_EMIT))
        return misused(COMMAND_COMPILE, "--emit: a script is compiled into one kind of file; `burin dump asm --script` shows its native code");
    if (options_has(options, OPT_INTERPRETED) && is_text)
        return misused(COMMAND_COMPILE, "--interpreted leaves no native code that --emit %s could show", options_last(options, OPT_EMIT));
    if (!options_last(options, OPT_OUTPUT) && !is_text)
        return misused(COMMAND_COMPILE, "`burin compile` needs to know where to: -o FILE");
    return options_has(options, OPT_SCRIPT) ? compile_script(options, options->words[0]) : compile_path(options, options->words[0]);
}
