/* The variables of a render: read from files, merged, and changed by -D, --env and --select. */
#ifndef CLI_DATA_H
#define CLI_DATA_H

#include "cli/buffer.h"
#include "cli/options.h"

typedef enum data_format { DATA_JSON, DATA_YAML, DATA_TOML, DATA_INI, DATA_QUERYSTRING, DATA_ENV } data_format;

/* The files' contents, which values borrow from: freed with data_free after the heap. */
typedef struct data_texts {
    buffer *buffers;
    size_t  count;
} data_texts;
void data_free(data_texts *texts);

/* All the data that `files` and the options name, as one DICT in `heap`. On failure complains and returns false. */
bool data_load(const cli_options *options, burin_heap *heap, const char *const *files, size_t file_count, data_texts *texts, burin_value *out);
/* The same of one file alone: without --data, --env and --define. */
bool data_load_file(const cli_options *options, burin_heap *heap, const char *file, data_texts *texts, burin_value *out);
/* Can the value of a -D be read? Else `err` says why not. */
bool data_definition_reads(const char *definition, burin_error *err);

/* One reader a format. `text` outlives the value. Failures are BURIN_ERR_DATA with the line, or BURIN_ERR_NOMEM. */
burin_status data_read_yaml(burin_heap *heap, burin_text text, burin_value *out, burin_error *err);
burin_status data_read_toml(burin_heap *heap, burin_text text, burin_value *out, burin_error *err);
burin_status data_read_ini(burin_heap *heap, burin_text text, burin_value *out, burin_error *err);
burin_status data_read_querystring(burin_heap *heap, burin_text text, burin_value *out, burin_error *err);
burin_status data_read_env(burin_heap *heap, burin_text text, burin_value *out, burin_error *err);
/* Give an error in `text`, which was read from `path`, the file's name and the line that it is about. */
void data_name_place(burin_error *err, const char *path, burin_text text);
/* Whether this build reads YAML. */
extern const bool data_has_yaml;

/* Fill in `err` (if not NULL): the readers' way to fail. Returns `status`. */
burin_status data_fail(burin_error *err, burin_status status, uint32_t line, uint32_t column, const char *format, ...) BURIN_PRINTF(5, 6);

#endif
