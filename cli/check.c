/* `burin check`: find mistakes without rendering.
 *
 * Every template is compiled; what it uses is then looked at: filters and tests the environment lacks (compiling alone
 * misses those under a condition), templates that cannot be loaded, and, when data was given, variables nobody sets.
 * A template that another one names is compiled too; its own mistakes are reported under its own name, once. */
#include "cli/cli.h"
#include "cli/data.h"
#include "cli/json_dump.h"
#include "cli/setup.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct checker {
    const cli_options *options;
    burin_env         *env;
    burin_types       *types;     /* NULL: none were given */
    burin_value        variables; /* MISSING: none were given, so variables are not checked */
    char             **files;     /* paths of the templates to check; owned */
    size_t             file_count;
    char             **seen;      /* findings, as they were printed; owned */
    size_t             seen_count;
    const char        *path;      /* of the template being checked */
    bool               failed;    /* out of memory, or a file that cannot be read */
} checker;

/* ---- findings ---- */

/* Keep a copy in a growing list. */
static bool keep(char ***list, size_t *count, const char *text)
{
    char **more = realloc(*list, (*count + 1) * sizeof *more);
    if (!more)
        return false;
    *list        = more;
    more[*count] = strdup(text);
    return more[*count] && ++*count;
}

static void append_member(buffer *out, const char *name, const char *text)
{
    buffer_format(out, "\"%s\": ", name);
    json_dump_text(out, (burin_text){text, strlen(text)}, false);
    buffer_text(out, ", ");
}

/* Print a finding unless it has been printed; `line` and `column` are 0 where there is no place. */
static void report(checker *c, const char *path, uint32_t line, uint32_t column, const char *kind, const char *message, const char *suggestion)
{
    buffer text = {0};

    if (options_has(c->options, OPT_JSON)) {
        buffer_byte(&text, '{');
        append_member(&text, "file", path);
        append_member(&text, "kind", kind);
        append_member(&text, "message", message);
        if (suggestion)
            append_member(&text, "suggestion", suggestion);
        buffer_format(&text, "\"line\": %u, \"column\": %u}", line, column);
    } else {
        buffer_text(&text, path);
        if (line)
            buffer_format(&text, column ? ":%u:%u" : ":%u", line, column);
        buffer_format(&text, ": %s: %s", kind, message);
        if (suggestion)
            buffer_format(&text, " (%s)", suggestion);
    }
    bool is_new = !text.failed;
    for (size_t i = 0; is_new && i < c->seen_count; i++)
        is_new = strcmp(c->seen[i], text.data) != 0;
    if (is_new)
        puts(text.data);
    if (text.failed || (is_new && !keep(&c->seen, &c->seen_count, text.data)))
        c->failed = true;
    buffer_free(&text);
}

static void report_error(checker *c, const char *path, burin_error *err)
{
    if (err->status == BURIN_ERR_NOMEM)
        c->failed = true;
    uint32_t line = err->span_end > err->span_start ? err->span_line : err->line;
    report(c, path, line ? line : err->line, err->column, burin_status_class(err->status), err->message ? err->message : "", err->suggestion);
    burin_error_clear(err);
}

/* ---- one template ---- */

/* The path of a template that the loader knows by `name`, as far as the files being checked tell. */
static const char *path_of(const checker *c, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < c->file_count; i++) {
        size_t path_len = strlen(c->files[i]);
        if (path_len >= len && strcmp(c->files[i] + path_len - len, name) == 0 && (path_len == len || c->files[i][path_len - len - 1] == '/'))
            return c->files[i];
    }
    return name;
}

static void check_reference(checker *c, const burin_use *use)
{
    burin_error err  = BURIN_ERROR_INIT;
    char       *name = strndup(use->name.data, use->name.len);

    if (!name) {
        c->failed = true;
        return;
    }
    burin_template *tpl = burin_template_get(c->env, name, &err);
    if (!tpl && err.status == BURIN_ERR_NOT_FOUND) {
        if (!use->optional)
            report(c, c->path, use->line, use->column, "TemplateNotFound", name, err.suggestion);
    } else if (!tpl && err.status == BURIN_ERR_TYPE)
        report(c, c->path, use->line, use->column, "TypeError", err.message ? err.message : "no loader", NULL);
    else if (!tpl)
        report_error(c, path_of(c, err.template_name ? err.template_name : name), &err);
    burin_error_clear(&err);
    burin_template_unref(tpl);
    free(name);
}

static bool is_given(const checker *c, burin_text name)
{
    size_t      at = 0;
    burin_value key, value;

    while (burin_next(c->variables, &at, &key, &value)) {
        burin_text text = burin_text_of(key);
        if (text.len == name.len && memcmp(text.data, name.data, name.len) == 0)
            return true;
    }
    return false;
}

static burin_status check_use(void *sink, const burin_use *use)
{
    static const char *const unknown[] = {
        [BURIN_USE_VARIABLE] = "nothing sets the variable '%.*s'", [BURIN_USE_FILTER] = "there is no filter '%.*s'", [BURIN_USE_TEST] = "there is no test '%.*s'",
    };
    static const char *const kinds[] = {[BURIN_USE_VARIABLE] = "UndefinedError", [BURIN_USE_FILTER] = "TemplateAssertionError", [BURIN_USE_TEST] = "TemplateAssertionError"};
    checker *c = sink;
    char     message[256];

    if (use->kind == BURIN_USE_TEMPLATE) {
        if (use->name.data)
            check_reference(c, use);
        return BURIN_OK;
    }
    if (use->known || (use->kind == BURIN_USE_VARIABLE && (c->variables.kind == BURIN_MISSING || is_given(c, use->name))))
        return BURIN_OK;
    snprintf(message, sizeof message, unknown[use->kind], (int)use->name.len, use->name.data);
    report(c, c->path, use->line, use->column, kinds[use->kind], message, NULL);
    return BURIN_OK;
}

static void check_file(checker *c, const char *path)
{
    buffer      text = {0};
    burin_error err  = BURIN_ERROR_INIT;

    c->path = path;
    if (!buffer_read_file(&text, path)) {
        complain("%s: %s", path, strerror(errno));
        c->failed = true;
    } else {
        burin_template *tpl = burin_template_from_string(c->env, path, (burin_text){text.data, text.len}, &err);
        if (!tpl)
            report_error(c, path, &err);
        else if (burin_template_uses(tpl, check_use, c))
            c->failed = true;
        burin_template_unref(tpl);
    }
    buffer_free(&text);
}

/* ---- which templates ---- */

/* Whether the file is one of text: no NUL near its start. */
static bool is_text(const char *path)
{
    char   start[4096];
    FILE  *file = fopen(path, "rb");
    size_t len  = file ? fread(start, 1, sizeof start, file) : 0;
    if (file)
        fclose(file);
    return !memchr(start, '\0', len);
}

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Add every text file below a folder, in the order of their names. */
static void add_folder(checker *c, const char *folder, unsigned depth)
{
    struct dirent **entries;
    int             count = depth < 64 ? scandir(folder, &entries, not_hidden, alphasort) : 0;

    if (count < 0) {
        complain("%s: %s", folder, strerror(errno));
        c->failed = true;
    }
    for (int i = 0; i < count; i++) {
        buffer      path = {0};
        struct stat info = {.st_mode = 0}; /* as of a link to nowhere: no file */
        buffer_format(&path, "%s/%s", folder, entries[i]->d_name);
        if (path.failed || (stat(path.data, &info) && errno != ENOENT))
            c->failed = true;
        else if (S_ISDIR(info.st_mode))
            add_folder(c, path.data, depth + 1);
        else if (S_ISREG(info.st_mode) && is_text(path.data) && !keep(&c->files, &c->file_count, path.data))
            c->failed = true;
        buffer_free(&path);
        free(entries[i]);
    }
    if (count > 0 || (count == 0 && depth < 64))
        free(entries);
}

/* Collect the templates and the folders in which what they name is looked up. */
static bool collect(checker *c, char ***folders, size_t *folder_count)
{
    for (size_t i = 0; i < c->options->word_count; i++) {
        const char *path = c->options->words[i];
        struct stat info;
        if (stat(path, &info) != 0) {
            complain("%s: %s", path, strerror(errno));
            return false;
        }
        const char *slash  = strrchr(path, '/');
        buffer      folder = {0};
        if (S_ISDIR(info.st_mode))
            buffer_text(&folder, path);
        else
            buffer_append(&folder, slash ? path : ".", slash && slash != path ? (size_t)(slash - path) : 1);
        while (S_ISDIR(info.st_mode) && folder.len > 1 && folder.data[folder.len - 1] == '/')
            folder.data[--folder.len] = '\0';
        bool good = !folder.failed && keep(folders, folder_count, folder.data);
        if (S_ISDIR(info.st_mode) && good)
            add_folder(c, folder.data, 0);
        else if (good)
            good = keep(&c->files, &c->file_count, path);
        buffer_free(&folder);
        if (!good) {
            complain("out of memory");
            return false;
        }
    }
    return true;
}

static void free_list(char **list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(list[i]);
    free(list);
}

int command_check(const cli_options *options)
{
    bool        has_data = options_has(options, OPT_DATA) || options_has(options, OPT_DEFINE) || options_has(options, OPT_ENV);
    checker     c        = {.options = options};
    data_texts  texts    = {0};
    burin_heap *heap     = burin_heap_new(NULL);
    char      **folders  = NULL;
    size_t      folder_count = 0;
    int         code     = EXIT_FAILED;

    if (!options->word_count) {
        code = misused(COMMAND_CHECK, "`burin check` needs templates or folders");
        goto done;
    }
    if (!heap || (has_data && !data_load(options, heap, NULL, 0, &texts, &c.variables)) || !collect(&c, &folders, &folder_count))
        goto done;
    c.env = setup_env(options, (const char *const *)folders, folder_count, NULL);
    if (!c.env || !setup_types(options, c.env, &c.types))
        goto done;
    for (size_t i = 0; i < c.file_count; i++)
        check_file(&c, c.files[i]);
    code = c.seen_count ? EXIT_FINDINGS : c.failed ? EXIT_FAILED : EXIT_DONE;
done:
    burin_env_unref(c.env);
    burin_types_free(c.types);
    free_list(folders, folder_count);
    free_list(c.files, c.file_count);
    free_list(c.seen, c.seen_count);
    burin_heap_free(heap);
    data_free(&texts);
    return code;
}
