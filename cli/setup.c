/* setup.h's functions: options of the command line into options of the library. */
#include "cli/setup.h"
#include "cli/cli.h"
#include "cli/data.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* ---- words to values ---- */

typedef struct word_value {
    const char *word;
    int         value;
} word_value;

static const word_value undefined_modes[] = {
    {"default", BURIN_UNDEFINED_DEFAULT}, {"chainable", BURIN_UNDEFINED_CHAINABLE}, {"debug", BURIN_UNDEFINED_DEBUG}, {"strict", BURIN_UNDEFINED_STRICT},
    {"ansible", BURIN_UNDEFINED_ANSIBLE},
};
static const word_value extension_bits[] = {
    {"do", BURIN_EXT_DO}, {"loopcontrols", BURIN_EXT_LOOPCONTROLS}, {"i18n", BURIN_EXT_I18N}, {"debug", BURIN_EXT_DEBUG}, {"generation", BURIN_EXT_GENERATION},
};
static const word_value sandbox_modes[] = {{"sandboxed", BURIN_SANDBOX_ON}, {"immutable", BURIN_SANDBOX_IMMUTABLE}};
static const struct {
    const char *feature;
    size_t      offset; /* of a const char * in burin_options */
} delimiters[] = {
    {"block-start", offsetof(burin_options, block_start)},       {"block-end", offsetof(burin_options, block_end)},
    {"variable-start", offsetof(burin_options, variable_start)}, {"variable-end", offsetof(burin_options, variable_end)},
    {"comment-start", offsetof(burin_options, comment_start)},   {"comment-end", offsetof(burin_options, comment_end)},
    {"line-statement-prefix", offsetof(burin_options, line_statement_prefix)},
    {"line-comment-prefix", offsetof(burin_options, line_comment_prefix)},
};

/* The value of a word that options_parse has found among the choices. */
static int value_of(const word_value *table, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].word, word) == 0)
            return table[i].value;
    return 0;
}
#define VALUE_OF(table, word) value_of(table, sizeof(table) / sizeof(table)[0], word)

/* ---- autoescape ---- */

static bool name_ends(const char *name, size_t len, const char *ending)
{
    size_t ending_len = strlen(ending);
    return len >= ending_len && strncasecmp(name + len - ending_len, ending, ending_len) == 0;
}

/* --autoescape auto: page.html, page.html.j2, feed.xml.jinja. */
static bool escape_by_name(void *user, const char *name)
{
    static const char *const shells[] = {".j2", ".jinja", ".jinja2"}, *const pages[] = {".html", ".htm", ".xhtml", ".xml"};
    size_t                   len      = name ? strlen(name) : 0;

    (void)user;
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        if (name && name_ends(name, len, shells[i])) {
            len -= strlen(shells[i]);
            break;
        }
    }
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        if (name && name_ends(name, len, pages[i]))
            return true;
    return false;
}

/* ---- the environment ---- */

static void set_options(const cli_options *given, burin_options *options)
{
    const char *word = options_last(given, OPT_PRESET);

    if (word)
        burin_options_preset(options, word);
    for (size_t i = 0; (word = options_nth(given, OPT_SYNTAX, i)) != NULL; i++)
        for (size_t d = 0; d < sizeof delimiters / sizeof delimiters[0]; d++) {
            size_t len = strlen(delimiters[d].feature);
            if (strncmp(word, delimiters[d].feature, len) == 0 && word[len] == '=')
                *(const char **)((char *)options + delimiters[d].offset) = word + len + 1;
        }
    for (size_t i = 0; (word = options_nth(given, OPT_EXTENSION, i)) != NULL; i++)
        options->extensions |= (unsigned)VALUE_OF(extension_bits, word);
    if (options_has(given, OPT_MO))
        options->extensions |= BURIN_EXT_I18N;
    options->trim_blocks |= options_has(given, OPT_TRIM);
    options->lstrip_blocks |= options_has(given, OPT_LSTRIP);
    options->keep_trailing_newline |= options_has(given, OPT_KEEP);
    options->native |= options_has(given, OPT_NATIVE);
    options->newstyle_gettext |= options_has(given, OPT_NEWSTYLE);
    if ((word = options_last(given, OPT_NEWLINE)) != NULL)
        options->newline_sequence = strcmp(word, "crlf") == 0 ? "\r\n" : strcmp(word, "cr") == 0 ? "\r" : "\n";
    if ((word = options_last(given, OPT_UNDEFINED)) != NULL)
        options->undefined = (burin_undefined_mode)VALUE_OF(undefined_modes, word);
    if (options_has(given, OPT_STRICT))
        options->undefined = BURIN_UNDEFINED_STRICT;
    if ((word = options_last(given, OPT_SANDBOX)) != NULL)
        options->sandbox = (burin_sandbox_mode)VALUE_OF(sandbox_modes, word);
    if ((word = options_last(given, OPT_AUTOESCAPE)) != NULL)
        options->autoescape = strcmp(word, "html") == 0 ? BURIN_AUTOESCAPE_ON : BURIN_AUTOESCAPE_OFF;
    if ((word = options_last(given, OPT_SEED)) != NULL)
        options->random_seed = strtoull(word, NULL, 10);
    options_limits(given, &options->limits);
}

bool setup_syntax_fits(const cli_options *given)
{
    burin_options options = burin_options_default();
    burin_error   err     = BURIN_ERROR_INIT;

    if (!options_has(given, OPT_SYNTAX))
        return true;
    set_options(given, &options);
    burin_env *env  = burin_env_new(&options, &err);
    bool       fits = err.status != BURIN_ERR_USAGE;
    if (!fits)
        misused(given->command, "--syntax: %s", err.message);
    burin_env_unref(env);
    burin_error_clear(&err);
    return fits;
}

static burin_status add_loader(const cli_options *given, burin_env *env, const char *const *folders, size_t folder_count)
{
    size_t       count  = 0;
    burin_loader loader = {sizeof loader};

    while (options_nth(given, OPT_INCLUDE, count))
        count++;
    const char **roots = calloc(count + folder_count + 1, sizeof *roots);
    if (!roots)
        return BURIN_ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        roots[i] = options_nth(given, OPT_INCLUDE, i);
    for (size_t i = 0; i < folder_count; i++)
        roots[count++] = folders[i];
    burin_status status = count ? burin_loader_files(&loader, roots, count, true) : BURIN_OK;
    if (!status && count)
        status = burin_env_set_loader(env, &loader);
    free(roots);
    return status;
}

/* False after complaining. */
static bool add_translations(const char *path, burin_env *env)
{
    burin_error err   = BURIN_ERROR_INIT;
    buffer      bytes = {0};
    bool        good  = buffer_read_file(&bytes, path);

    if (!good)
        complain("%s: %s", path, strerror(errno));
    else if (burin_env_load_mo(env, bytes.data, bytes.len, &err)) {
        complain("%s: %s", path, err.message ? err.message : "not a .mo file");
        good = false;
    }
    burin_error_clear(&err);
    buffer_free(&bytes);
    return good;
}

/* A line of --explain; from any thread. */
static void explain_compiled(void *user, const char *name, bool is_stale)
{
    (void)user;
    fprintf(stderr, "burin: compiled: %s: %s\n", name, is_stale ? "the file is stale: the source has changed, or an option of it; it is compiled anew" : "from the file");
}

/* A file that does not fit fails, unless sources are at hand: then its templates are compiled from them. */
static burin_status add_compiled(const cli_options *given, burin_env *env, burin_error *err)
{
    burin_status status = BURIN_OK;
    const char  *path;

    for (size_t n = 0; !status && (path = options_nth(given, OPT_COMPILED, n)); n++) {
        status = burin_env_add_compiled_file(env, path, err);
        if (status == BURIN_ERR_USAGE && options_has(given, OPT_INCLUDE) && !options_has(given, OPT_NO_INCLUDE)) {
            complain("%s; templates are compiled from their sources", err->message);
            burin_error_clear(err);
            status = BURIN_OK;
        }
    }
    if (!status && options_has(given, OPT_EXPLAIN) && options_has(given, OPT_COMPILED))
        status = burin_env_on_compiled(env, explain_compiled, NULL);
    return status;
}

burin_env *setup_env(const cli_options *given, const char *const *folders, size_t folder_count, burin_jit *jit)
{
    burin_options options = burin_options_default();
    burin_error   err     = BURIN_ERROR_INIT;
    const char   *preset  = options_last(given, OPT_PRESET), *mo = options_last(given, OPT_MO);
    bool          by_name = options_is(given, OPT_AUTOESCAPE, "auto") || (!preset && !options_has(given, OPT_AUTOESCAPE));

    set_options(given, &options);
    options.scripts = given->command == COMMAND_RUN || given->command == COMMAND_REPL || options_has(given, OPT_SCRIPT);
    burin_env *env = burin_env_new(&options, &err);
    if (!env) {
        complain_error(given, &err);
        return NULL;
    }
    burin_status status = burin_env_set_jit(env, jit);
    if (!status && preset)
        status = burin_env_preset(env, preset, &err);
    if (!status && by_name)
        status = burin_env_set_autoescape(env, escape_by_name, NULL);
    if (!status && !options_has(given, OPT_NO_INCLUDE))
        status = add_loader(given, env, folders, folder_count);
    if (!status)
        status = add_compiled(given, env, &err);
    if (status) {
        err.status = status;
        complain_error(given, &err);
    }
    if (status || (mo && !add_translations(mo, env))) {
        burin_env_unref(env);
        return NULL;
    }
    return env;
}

bool setup_types(const cli_options *options, burin_env *env, burin_types **types)
{
    const char *path = options_last(options, OPT_TYPES);
    buffer      text = {0};
    burin_error err  = BURIN_ERROR_INIT;
    if (!path)
        return true;
    if (!buffer_read_file(&text, path))
        complain("%s: %s", path, strerror(errno));
    else if (!(*types = burin_types_read((burin_text){text.data, text.len}, NULL, &err))) {
        data_name_place(&err, path, (burin_text){text.data, text.len});
        complain_error(options, &err);
    } else
        burin_env_set_types(env, *types);
    buffer_free(&text);
    return *types != NULL;
}

/* ---- the template ---- */

static char *folder_of(const char *path)
{
    const char *slash  = strrchr(path, '/');
    char       *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
    if (!folder)
        complain("out of memory");
    return folder;
}

/* The text of a template of the -I folders; left empty when none has it. */
static void read_from_roots(const cli_options *options, setup_source *out)
{
    const char *root;
    buffer      path = {0};

    for (size_t i = 0; (root = options_nth(options, OPT_INCLUDE, i)) != NULL && !out->owned.data; i++) {
        buffer_clear(&path);
        buffer_format(&path, "%s/%s", root, out->name);
        if (!path.failed && !buffer_read_file(&out->owned, path.data))
            buffer_free(&out->owned);
    }
    buffer_free(&path);
    out->text = (burin_text){out->owned.data, out->owned.len};
}

bool setup_find_source(const cli_options *options, const char *word, setup_source *out)
{
    const char *text = options_last(options, OPT_TEMPLATE);

    *out = (setup_source){.name = options_last(options, OPT_NAME)};
    if (text) {
        out->text = (burin_text){text, strlen(text)};
        return true;
    }
    if (word && options_has(options, OPT_COMPILED)) {
        out->name      = word;
        out->by_loader = true;
        return true;
    }
    bool is_stdin = !word || strcmp(word, "-") == 0;
    if (!is_stdin && access(word, F_OK) != 0 && options_has(options, OPT_INCLUDE)) {
        out->name      = word;
        out->by_loader = true;
        read_from_roots(options, out);
        return true;
    }
    if (!buffer_read_file(&out->owned, is_stdin ? "-" : word)) {
        const char *reason = strerror(errno), *command = is_stdin || options->command != COMMAND_RENDER ? NULL : options_near_command(word);
        if (command)
            complain("%s: %s; did you mean the command `burin %s`?", word, reason, command);
        else
            complain("%s: %s", is_stdin ? "stdin" : word, reason);
        return false;
    }
    out->text = (burin_text){out->owned.data, out->owned.len};
    if (is_stdin)
        return true;
    out->path   = word;
    out->name   = word;
    out->folder = folder_of(word);
    return out->folder != NULL;
}

void setup_source_free(setup_source *source)
{
    buffer_free(&source->owned);
    free(source->folder);
}

burin_template *setup_compile(burin_env *env, const setup_source *source, burin_error *err)
{
    if (source->by_loader)
        return burin_template_get(env, source->name, err);
    return burin_template_from_string(env, source->name, source->text, err);
}
