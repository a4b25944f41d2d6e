/* TOML 1.0 into values: a hand-written reader with one cursor. Dates and times stay text.
 *
 * Reads every valid file; of the invalid ones it refuses those that cannot be read or give a key twice, not all that the
 * standard forbids (a table opened a second time is simply continued). Nesting is bounded by DEPTH_MAX. */
#include "cli/data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 200 };

typedef struct reader {
    burin_heap  *heap;
    burin_error *err;
    const char  *start, *at, *end;
    buffer       scratch; /* a string or number being put together */
} reader;

static burin_status read_value(reader *r, unsigned depth, burin_value *out);

static burin_status fail(reader *r, const char *message)
{
    uint32_t line = 1, column = 1;
    for (const char *c = r->start; c < r->at; c++) {
        column = *c == '\n' ? 1 : column + ((*c & 0xC0) != 0x80);
        line += *c == '\n';
    }
    return data_fail(r->err, BURIN_ERR_DATA, line, column, "%s", message);
}

static burin_status no_memory(reader *r)
{
    return data_fail(r->err, BURIN_ERR_NOMEM, 0, 0, "out of memory");
}

/* ---- blanks ---- */

static bool take(reader *r, const char *text)
{
    size_t len = strlen(text);
    if ((size_t)(r->end - r->at) < len || memcmp(r->at, text, len) != 0)
        return false;
    r->at += len;
    return true;
}

static void skip_blanks(reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
        r->at++;
}

/* Blanks and a comment. */
static void skip_comment(reader *r)
{
    skip_blanks(r);
    if (r->at < r->end && *r->at == '#')
        while (r->at < r->end && *r->at != '\n')
            r->at++;
}

/* Blanks, comments and newlines: between the items of an array. */
static void skip_lines(reader *r)
{
    do
        skip_comment(r);
    while (take(r, "\n") || take(r, "\r\n"));
}

static burin_status end_line(reader *r)
{
    skip_comment(r);
    return r->at == r->end || take(r, "\n") || take(r, "\r\n") ? BURIN_OK : fail(r, "the line should end here");
}

/* ---- strings ---- */

static void append_code_point(buffer *out, uint32_t c)
{
    if (c < 0x80)
        buffer_byte(out, (char)c);
    else if (c < 0x800) {
        buffer_byte(out, (char)(0xC0 | c >> 6));
        buffer_byte(out, (char)(0x80 | (c & 0x3F)));
    } else {
        buffer_byte(out, (char)(c < 0x10000 ? 0xE0 | c >> 12 : 0xF0 | c >> 18));
        if (c >= 0x10000)
            buffer_byte(out, (char)(0x80 | (c >> 12 & 0x3F)));
        buffer_byte(out, (char)(0x80 | (c >> 6 & 0x3F)));
        buffer_byte(out, (char)(0x80 | (c & 0x3F)));
    }
}

/* What follows a backslash. */
static burin_status read_escape(reader *r, bool lines)
{
    static const char names[] = "btnfr\"\\", meanings[] = "\b\t\n\f\r\"\\";
    char              name    = r->at < r->end ? *r->at : '\0';
    const char       *found   = name ? strchr(names, name) : NULL;

    if (found) {
        buffer_byte(&r->scratch, meanings[found - names]);
        r->at++;
        return BURIN_OK;
    }
    if (name == 'u' || name == 'U') {
        int      digits = name == 'u' ? 4 : 8;
        uint32_t code   = 0;
        for (r->at++; digits && r->at < r->end && hex_digit(*r->at) >= 0; digits--, r->at++)
            code = code << 4 | (uint32_t)hex_digit(*r->at);
        if (digits || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
            return fail(r, "not a code point");
        append_code_point(&r->scratch, code);
        return BURIN_OK;
    }
    skip_blanks(r);
    if (!lines || r->at == r->end || (*r->at != '\n' && *r->at != '\r'))
        return fail(r, "an unknown escape");
    while (r->at < r->end && strchr(" \t\r\n", *r->at))
        r->at++;
    return BURIN_OK;
}

/* "..", '..', or three quotes with lines inside; the cursor is on the quote. Into scratch. */
static burin_status read_string(reader *r)
{
    char quote   = *r->at;
    char three[] = {quote, quote, quote, '\0'};
    bool lines   = take(r, three);

    buffer_clear(&r->scratch);
    buffer_append(&r->scratch, "", 0);
    if (!lines)
        r->at++;
    else if (!take(r, "\n"))
        take(r, "\r\n");
    for (;;) {
        if (r->at == r->end || (*r->at == '\n' && !lines))
            return fail(r, "a string without end");
        if (*r->at == quote && (!lines || take(r, three))) {
            if (!lines)
                r->at++;
            break;
        }
        char c = *r->at++;
        if (c == '\\' && quote == '"') {
            burin_status status = read_escape(r, lines);
            if (status)
                return status;
        } else
            buffer_byte(&r->scratch, c);
    }
    for (int more = 0; lines && more < 2 && take(r, (char[]){quote, '\0'}); more++)
        buffer_byte(&r->scratch, quote); /* """""" closes after up to two quotes of the text */
    return r->scratch.failed ? no_memory(r) : BURIN_OK;
}

static burin_status make_text(reader *r, burin_value *out)
{
    *out = burin_string(r->heap, r->scratch.data, r->scratch.len);
    return out->kind == BURIN_MISSING ? fail(r, "not valid UTF-8") : BURIN_OK;
}

/* ---- numbers, dates, words ---- */

static bool is_number_like(const char *text, const char *digits)
{
    return *text && text[strspn(text, digits)] == '\0';
}

/* A bare word: scratch holds it without underscores; `word` as it stands. */
static burin_status make_word(reader *r, burin_text word, burin_value *out)
{
    static const struct {
        const char *word;
        double      value;
    } floats[] = {{"inf", INFINITY}, {"+inf", INFINITY}, {"-inf", -INFINITY}, {"nan", NAN}, {"+nan", NAN}, {"-nan", NAN}};
    const char *text = r->scratch.data;
    bool        sign = *text == '-' || *text == '+';
    char       *end;

    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
        *out = burin_bool(*text == 't');
        return BURIN_OK;
    }
    for (size_t i = 0; i < sizeof floats / sizeof floats[0]; i++) {
        if (strcmp(text, floats[i].word) == 0) {
            *out = burin_float(floats[i].value);
            return BURIN_OK;
        }
    }
    if (text[0] == '0' && text[1] && strchr("xob", text[1]) && is_number_like(text + 2, "0123456789abcdefABCDEF")) {
        unsigned long long value = strtoull(text + 2, &end, text[1] == 'x' ? 16 : text[1] == 'o' ? 8 : 2);
        if (*end || value > INT64_MAX)
            return fail(r, "not an integer of 64 bits");
        *out = burin_int((int64_t)value);
        return BURIN_OK;
    }
    if (is_number_like(text + sign, "0123456789") && (text[sign] != '0' || !text[sign + 1])) {
        *out = burin_integer(r->heap, *text == '+' ? text + 1 : text, strlen(text) - (*text == '+'));
        return out->kind == BURIN_MISSING ? no_memory(r) : BURIN_OK;
    }
    if (strchr("0123456789", text[sign]) && is_number_like(text + sign, "0123456789.eE+-") && strpbrk(text, ".eE")) {
        *out = burin_float(strtod(text, &end));
        if (!*end)
            return BURIN_OK;
    }
    bool is_date = strchr("0123456789", *text) && word.len >= 8 && (word.data[2] == ':' || word.data[4] == '-');
    if (!is_date)
        return fail(r, "not a value");
    *out = burin_string(r->heap, word.data, word.len);
    return out->kind == BURIN_MISSING ? no_memory(r) : BURIN_OK;
}

static burin_status read_word(reader *r, burin_value *out)
{
    const char *start = r->at;

    while (r->at < r->end && !strchr(" \t\r\n,]}#=", *r->at))
        r->at++;
    bool date_then_time = r->at - start == 10 && start[4] == '-' && r->end - r->at > 3 && r->at[0] == ' ' && r->at[3] == ':';
    if (date_then_time)
        for (r->at++; r->at < r->end && !strchr(" \t\r\n,]}#=", *r->at);)
            r->at++;
    buffer_clear(&r->scratch);
    buffer_append(&r->scratch, "", 0);
    for (const char *c = start; c < r->at; c++)
        if (*c != '_')
            buffer_byte(&r->scratch, *c);
    if (r->scratch.failed)
        return no_memory(r);
    const char *end = r->at;
    r->at           = start; /* a failure names the start of the word */
    for (const char *c = start; c < end; c++)
        if ((*c == '_' || *c == '.') && (c == start || c + 1 == end || hex_digit(c[-1]) < 0 || hex_digit(c[1]) < 0))
            return fail(r, "a number has digits on both sides of _ and .");
    burin_status status = make_word(r, (burin_text){start, (size_t)(end - start)}, out);
    if (!status)
        r->at = end;
    return status;
}

/* ---- keys and tables ---- */

/* One part of a dotted key. */
static burin_status read_key_part(reader *r, burin_value *out)
{
    static const char bare[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    const char       *start;
    burin_status      status = BURIN_OK;

    skip_blanks(r);
    start = r->at;
    if (r->at < r->end && (*r->at == '"' || *r->at == '\''))
        status = read_string(r);
    else {
        while (r->at < r->end && *r->at && strchr(bare, *r->at))
            r->at++;
        buffer_clear(&r->scratch);
        buffer_append(&r->scratch, start, (size_t)(r->at - start));
        if (r->at == start)
            status = fail(r, "a key is missing");
    }
    skip_blanks(r);
    return status ? status : make_text(r, out);
}

static burin_value entry_of(burin_value table, burin_value key)
{
    burin_text  wanted = burin_text_of(key);
    size_t      at     = 0;
    burin_value name, value;

    while (burin_next(table, &at, &name, &value)) {
        burin_text text = burin_text_of(name);
        if (text.len == wanted.len && memcmp(text.data, wanted.data, text.len) == 0)
            return value;
    }
    return (burin_value){BURIN_MISSING};
}

/* Step from a table into the table (or the newest table of the array) under `key`, made when it is not there. */
static burin_status step_into(reader *r, burin_value *table, burin_value key)
{
    burin_value inner = entry_of(*table, key);

    if (inner.kind == BURIN_MISSING) {
        inner = burin_dict(r->heap, 4);
        if (burin_dict_set(r->heap, *table, key, inner))
            return no_memory(r);
    } else if (inner.kind == BURIN_LIST && burin_length(inner))
        inner = burin_at(inner, burin_length(inner) - 1);
    if (inner.kind != BURIN_DICT)
        return fail(r, "a key that is a value already cannot be a table");
    *table = inner;
    return BURIN_OK;
}

/* "a.b.c": steps into all parts but the last, which is *key. */
static burin_status read_key(reader *r, burin_value *table, burin_value *key)
{
    burin_status status = read_key_part(r, key);

    while (!status && take(r, ".")) {
        status = step_into(r, table, *key);
        if (!status)
            status = read_key_part(r, key);
    }
    return status;
}

/* "key = value" into `table`. */
static burin_status read_pair(reader *r, burin_value table, unsigned depth)
{
    burin_value  key, value;
    burin_status status = read_key(r, &table, &key);

    if (status)
        return status;
    if (!take(r, "="))
        return fail(r, "= is missing");
    if (entry_of(table, key).kind != BURIN_MISSING)
        return fail(r, "a key given twice");
    skip_blanks(r);
    status = read_value(r, depth, &value);
    return status ? status : burin_dict_set(r->heap, table, key, value) ? no_memory(r) : BURIN_OK;
}

/* "[a.b]" or "[[a.b]]"; the cursor is behind the first bracket. */
static burin_status read_header(reader *r, burin_value root, burin_value *table)
{
    bool         is_array = take(r, "[");
    burin_value  key;
    burin_status status;

    *table = root;
    status = read_key(r, table, &key);
    if (!status && !take(r, is_array ? "]]" : "]"))
        status = fail(r, "a table's ] is missing");
    if (status || !is_array)
        return status ? status : step_into(r, table, key);
    burin_value list = entry_of(*table, key);
    if (list.kind == BURIN_MISSING) {
        list = burin_list(r->heap, 4);
        if (burin_dict_set(r->heap, *table, key, list))
            return no_memory(r);
    }
    if (list.kind != BURIN_LIST)
        return fail(r, "a key that is a value already cannot be a list of tables");
    *table = burin_dict(r->heap, 4);
    return burin_list_append(r->heap, list, *table) ? no_memory(r) : BURIN_OK;
}

/* ---- values ---- */

static burin_status read_array(reader *r, unsigned depth, burin_value *out)
{
    *out = burin_list(r->heap, 4);
    for (;;) {
        burin_value item;
        skip_lines(r);
        if (take(r, "]"))
            return BURIN_OK;
        burin_status status = read_value(r, depth, &item);
        if (status)
            return status;
        if (burin_list_append(r->heap, *out, item))
            return no_memory(r);
        skip_lines(r);
        if (!take(r, ",") && (r->at == r->end || *r->at != ']'))
            return fail(r, ", or ] is missing");
    }
}

static burin_status read_inline_table(reader *r, unsigned depth, burin_value *out)
{
    *out = burin_dict(r->heap, 4);
    skip_blanks(r);
    if (take(r, "}"))
        return BURIN_OK;
    for (;;) {
        burin_status status = read_pair(r, *out, depth);
        if (status)
            return status;
        skip_blanks(r);
        if (take(r, "}"))
            return BURIN_OK;
        if (!take(r, ","))
            return fail(r, ", or } is missing");
    }
}

static burin_status read_value(reader *r, unsigned depth, burin_value *out)
{
    burin_status status;

    if (depth > DEPTH_MAX)
        return fail(r, "nested too deep");
    if (r->at == r->end)
        return fail(r, "a value is missing");
    switch (*r->at) {
    case '"':
    case '\'':
        status = read_string(r);
        return status ? status : make_text(r, out);
    case '[': r->at++; return read_array(r, depth + 1, out);
    case '{': r->at++; return read_inline_table(r, depth + 1, out);
    default: return read_word(r, out);
    }
}

burin_status data_read_toml(burin_heap *heap, burin_text text, burin_value *out, burin_error *err)
{
    reader       r      = {.heap = heap, .err = err, .start = text.data, .at = text.data, .end = text.data + text.len};
    burin_value  table  = burin_dict(heap, 8);
    burin_status status = BURIN_OK;

    *out = table;
    take(&r, "\xEF\xBB\xBF");
    for (skip_lines(&r); !status && r.at < r.end; skip_lines(&r)) {
        status = take(&r, "[") ? read_header(&r, *out, &table) : read_pair(&r, table, 0);
        if (!status)
            status = end_line(&r);
    }
    buffer_free(&r.scratch);
    return status;
}
