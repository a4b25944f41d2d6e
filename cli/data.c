/* Loading data: which format a file is in, several files into one mapping, then the variables of the command line. */
#include "cli/data.h"
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

extern char **environ;

burin_status data_fail(burin_error *err, burin_status status, uint32_t line, uint32_t column, const char *format, ...)
{
    va_list args;
    buffer  text = {0};
    char    message[512];

    if (!err)
        return status;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    buffer_text(&text, message);
    *err         = (burin_error)BURIN_ERROR_INIT;
    err->status  = status;
    err->message = text.data; /* handed over: both are malloc's */
    err->line    = line;
    err->column  = column;
    return status;
}

/* ---- formats ---- */

static const struct {
    const char *name;
    data_format format;
} format_names[] = {{"json", DATA_JSON}, {"yaml", DATA_YAML}, {"toml", DATA_TOML}, {"ini", DATA_INI}, {"querystring", DATA_QUERYSTRING}, {"env", DATA_ENV}},
  endings[] = {{".json", DATA_JSON}, {".yaml", DATA_YAML}, {".yml", DATA_YAML}, {".toml", DATA_TOML}, {".ini", DATA_INI}, {".conf", DATA_INI}, {".config", DATA_INI},
               {".properties", DATA_INI}, {".qs", DATA_QUERYSTRING}, {".env", DATA_ENV}};

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);
    return len >= end_len && strcasecmp(text + len - end_len, end) == 0;
}

/* By --format, else by the name's ending; a text that begins like a JSON value is JSON, any other YAML. */
static data_format choose_format(const cli_options *options, const char *path, burin_text text)
{
    const char *name = options_last(options, OPT_FORMAT);

    for (size_t i = 0; name && i < sizeof format_names / sizeof format_names[0]; i++)
        if (strcmp(name, format_names[i].name) == 0)
            return format_names[i].format;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (ends_with(path, endings[i].name))
            return endings[i].format;
    size_t at = 0;
    while (at < text.len && strchr(" \t\r\n", text.data[at]))
        at++;
    return at == text.len || text.data[at] == '{' || text.data[at] == '[' || !data_has_yaml ? DATA_JSON : DATA_YAML;
}

static burin_status read_format(burin_heap *heap, data_format format, burin_text text, burin_value *out, burin_error *err)
{
    switch (format) {
    case DATA_YAML: return data_read_yaml(heap, text, out, err);
    case DATA_TOML: return data_read_toml(heap, text, out, err);
    case DATA_INI: return data_read_ini(heap, text, out, err);
    case DATA_QUERYSTRING: return data_read_querystring(heap, text, out, err);
    case DATA_ENV: return data_read_env(heap, text, out, err);
    case DATA_JSON: break;
    }
    return burin_json_read(heap, text, true, out, err);
}

/* ---- merging ---- */

/* Put the entries of `from` into `into`. `deep`: mappings on both sides are merged, not replaced. */
static burin_status merge(burin_heap *heap, burin_value into, burin_value from, bool deep, unsigned depth)
{
    size_t      at = 0;
    burin_value key, value;

    while (burin_next(from, &at, &key, &value)) {
        burin_value old = {BURIN_MISSING};
        if (deep && depth < 200 && key.kind == BURIN_STRING && value.kind == BURIN_DICT) {
            size_t      place = 0;
            burin_value name, candidate;
            burin_text  wanted = burin_text_of(key);
            while (burin_next(into, &place, &name, &candidate)) {
                burin_text text = burin_text_of(name);
                if (text.len == wanted.len && memcmp(text.data, wanted.data, text.len) == 0)
                    old = candidate;
            }
        }
        burin_status status = old.kind == BURIN_DICT ? merge(heap, old, value, deep, depth + 1) : burin_dict_set(heap, into, key, value);
        if (status)
            return status;
    }
    return BURIN_OK;
}

/* ---- the command line's own variables ---- */

/* What "name:=" gives: JSON, or YAML. */
static burin_status read_value(burin_heap *heap, burin_text source, burin_value *out, burin_error *err)
{
    burin_status status = burin_json_read(heap, source, true, out, err);
    if (status == BURIN_ERR_DATA && data_has_yaml) {
        burin_error_clear(err);
        status = data_read_yaml(heap, source, out, err);
    }
    return status;
}

/* Where the value of "name:=value" begins; NULL: it is no such definition. */
static const char *value_of(const char *definition)
{
    const char *equals = strchr(definition, '=');
    return equals && equals > definition && equals[-1] == ':' ? equals + 1 : NULL;
}

bool data_definition_reads(const char *definition, burin_error *err)
{
    const char  *text = value_of(definition);
    burin_heap  *heap = text ? burin_heap_new(NULL) : NULL;
    burin_value  value;
    bool         reads = !heap || read_value(heap, (burin_text){text, strlen(text)}, &value, err) == BURIN_OK;
    burin_heap_free(heap);
    return reads;
}

/* "name", "name=text", "name:=value". */
static bool define(burin_heap *heap, const char *definition, burin_value into)
{
    burin_error err      = BURIN_ERROR_INIT;
    size_t      name_len = strcspn(definition, "=");
    const char *text     = definition[name_len] ? definition + name_len + 1 : NULL;
    bool        is_value = value_of(definition) != NULL;
    burin_value value    = burin_bool(true);
    burin_text  source   = {text, text ? strlen(text) : 0};

    if (is_value) {
        name_len--;
        if (read_value(heap, source, &value, &err)) {
            complain("-D %s: %s", definition, err.message ? err.message : "out of memory");
            burin_error_clear(&err);
            return false;
        }
    } else if (text)
        value = burin_string(heap, text, source.len);
    burin_value name = burin_string(heap, definition, name_len);
    if (value.kind == BURIN_MISSING || name.kind == BURIN_MISSING) {
        complain("-D %s: not valid UTF-8", definition);
        return false;
    }
    return burin_dict_set(heap, into, name, value) == BURIN_OK;
}

/* The process's environment as a mapping; what is no UTF-8 is left out. */
static bool define_environment(burin_heap *heap, burin_value into)
{
    burin_value all = burin_dict(heap, 64);

    for (char **entry = environ; *entry; entry++) {
        size_t      name_len = strcspn(*entry, "=");
        burin_value name     = burin_string(heap, *entry, name_len), value;
        if ((*entry)[name_len] != '=')
            continue;
        value = burin_string(heap, *entry + name_len + 1, strlen(*entry + name_len + 1));
        if (name.kind != BURIN_MISSING && value.kind != BURIN_MISSING)
            burin_dict_set(heap, all, name, value);
    }
    return burin_dict_set_z(heap, into, "ENV", all) == BURIN_OK;
}

/* The part of the data at "a.0.b". */
static bool select_part(const char *path, burin_value data, burin_value *out)
{
    const char *at = path;

    *out = data;
    while (*at) {
        size_t len = strcspn(at, ".");
        char   name[256];
        if (len >= sizeof name) {
            complain("--select %s: a name is too long", path);
            return false;
        }
        memcpy(name, at, len);
        name[len] = '\0';
        char  *end;
        size_t index = strtoul(name, &end, 10);
        if (out->kind == BURIN_LIST || out->kind == BURIN_TUPLE)
            *out = *end || !len ? (burin_value){BURIN_MISSING} : burin_at(*out, index);
        else
            *out = burin_get(*out, name);
        if (out->kind == BURIN_MISSING) {
            complain("--select %s: the data has no %.*s", path, (int)(at - path + (ptrdiff_t)len), path);
            return false;
        }
        at += len + (at[len] == '.');
    }
    return true;
}

/* ---- all together ---- */

/* Line `line` of `text` as a text of its own; NULL when it is not UTF-8 that can be shown. */
static char *copy_line(burin_text text, uint32_t line)
{
    const char *start = text.data, *stop = text.data + text.len;

    for (; line > 1 && start < stop; line--) {
        const char *newline = memchr(start, '\n', (size_t)(stop - start));
        start               = newline ? newline + 1 : stop;
    }
    const char *newline = memchr(start, '\n', (size_t)(stop - start));
    size_t      len     = (size_t)((newline ? newline : stop) - start);
    len -= len && start[len - 1] == '\r';
    burin_heap *heap     = burin_heap_new(NULL);
    bool        is_shown = heap && !memchr(start, '\0', len) && burin_string(heap, start, len).kind == BURIN_STRING;
    burin_heap_free(heap);
    return is_shown ? strndup(start, len) : NULL;
}

void data_name_place(burin_error *err, const char *path, burin_text text)
{
    uint32_t line      = err->span_line ? err->span_line : err->line;
    err->template_name = strdup(strcmp(path, "-") == 0 ? "<stdin>" : path);
    free(err->source_line); /* of JSON, which may not be UTF-8 */
    err->source_line = line ? copy_line(text, line) : NULL;
}

/* A byte order mark, as editors of other systems write it, belongs to no format. */
static burin_text without_mark(burin_text text)
{
    bool marked = text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0;
    return marked ? (burin_text){text.data + 3, text.len - 3} : text;
}

static bool load_file(const cli_options *options, burin_heap *heap, const char *path, buffer *text, burin_value *out)
{
    burin_error err = BURIN_ERROR_INIT;

    if (!buffer_read_file(text, path)) {
        complain("%s: %s", path, strerror(errno));
        return false;
    }
    burin_text  source = without_mark((burin_text){text->data, text->len});
    data_format format = choose_format(options, path, source);
    if (format == DATA_YAML && !data_has_yaml) {
        complain("%s: this build cannot read YAML (libyaml was missing when it was built)", path);
        return false;
    }
    if (read_format(heap, format, source, out, &err)) {
        data_name_place(&err, path, source);
        complain_error(options, &err);
        return false;
    }
    return true;
}

/* One file's variables go over those that are there. */
static bool add_file(const cli_options *options, burin_heap *heap, const char *file, buffer *text, burin_value loaded)
{
    const char *path = options_last(options, OPT_SELECT);
    burin_value value;
    if (!load_file(options, heap, file, text, &value))
        return false;
    if (path && !select_part(path, value, &value))
        return false;
    if (value.kind == BURIN_NONE) /* an empty YAML file */
        return true;
    if (value.kind != BURIN_DICT) {
        complain("%s: the variables must be a mapping, not %s", file, burin_type_name(value));
        return false;
    }
    if (merge(heap, loaded, value, options_is(options, OPT_MERGE, "deep"), 0)) {
        complain("out of memory");
        return false;
    }
    return true;
}

static bool begin(burin_heap *heap, size_t count, data_texts *texts, burin_value *loaded)
{
    *loaded = burin_dict(heap, 8);
    *texts  = (data_texts){calloc(count + 1, sizeof(buffer)), count};
    if (texts->buffers && loaded->kind != BURIN_MISSING)
        return true;
    complain("out of memory");
    return false;
}

bool data_load(const cli_options *options, burin_heap *heap, const char *const *files, size_t file_count, data_texts *texts, burin_value *out)
{
    burin_value loaded;
    size_t      named = 0;

    while (options_nth(options, OPT_DATA, named))
        named++;
    if (!begin(heap, file_count + named, texts, &loaded))
        return false;
    for (size_t i = 0; i < file_count + named; i++)
        if (!add_file(options, heap, i < file_count ? files[i] : options_nth(options, OPT_DATA, i - file_count), &texts->buffers[i], loaded))
            return false;
    if (options_has(options, OPT_ENV) && !define_environment(heap, loaded)) {
        complain("out of memory");
        return false;
    }
    for (size_t i = 0; options_nth(options, OPT_DEFINE, i); i++)
        if (!define(heap, options_nth(options, OPT_DEFINE, i), loaded))
            return false;
    burin_optimize(heap, loaded);
    *out = loaded;
    return true;
}

bool data_load_file(const cli_options *options, burin_heap *heap, const char *file, data_texts *texts, burin_value *out)
{
    if (!begin(heap, 1, texts, out) || !add_file(options, heap, file, &texts->buffers[0], *out))
        return false;
    burin_optimize(heap, *out);
    return true;
}

void data_free(data_texts *texts)
{
    for (size_t i = 0; texts->buffers && i < texts->count; i++)
        buffer_free(&texts->buffers[i]);
    free(texts->buffers);
    *texts = (data_texts){0};
}
