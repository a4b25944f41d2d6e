/* Values as JSON text, the way Python's json.dumps writes them, and the way batch results carry them. */
#ifndef CLI_JSON_DUMP_H
#define CLI_JSON_DUMP_H

#include "burin/burin.h"
#include "cli/buffer.h"

typedef struct json_style {
    bool        ensure_ascii;   /* \uXXXX for everything outside ASCII */
    bool        sort_keys;
    bool        lossless;       /* what JSON has no form for becomes {"$tuple": ..} etc. (docs/BATCH.md) */
    burin_text  indent;         /* one level of indentation; data == NULL: everything on one line */
    burin_text  item_separator, key_separator;
    size_t      most;           /* bytes of text, then BURIN_ERR_LIMIT; 0: any number */
    /* lossless: writes the form of an object that is none of Burin's own; false when it has none. May be NULL. */
    bool      (*object_form)(buffer *out, burin_value v);
} json_style;

/* json.dumps's defaults for `ensure_ascii=False`: one line, ", " and ": ". */
json_style json_style_default(void);

/* Append `v` to `out`. On failure *message is static or inside `scratch` and says why as Python would: BURIN_ERR_TYPE,
 * BURIN_ERR_VALUE (a cycle), BURIN_ERR_RECURSION, BURIN_ERR_LIMIT, BURIN_ERR_NOMEM. */
burin_status json_dump(buffer *out, burin_value v, const json_style *style, char *message, size_t message_size);

/* Append a text with quotes and escapes. */
void json_dump_text(buffer *out, burin_text text, bool ensure_ascii);

#endif
