/* The formats whose values are all text: INI files, query strings, and NAME=VALUE lines. */
#include "cli/data.h"

#include <string.h>

static burin_text trimmed(burin_text text)
{
    while (text.len && strchr(" \t\r\f\v", text.data[0])) {
        text.data++;
        text.len--;
    }
    while (text.len && strchr(" \t\r\f\v", text.data[text.len - 1]))
        text.len--;
    return text;
}

/* The next line of `text` from *at on; false at the end. */
static bool next_line(burin_text text, size_t *at, burin_text *line)
{
    if (*at >= text.len)
        return false;
    const char *start = text.data + *at, *end = memchr(start, '\n', text.len - *at);
    *line = (burin_text){start, end ? (size_t)(end - start) : text.len - *at};
    *at += line->len + 1;
    return true;
}

/* Set a text under a text; a value that is no UTF-8 is an error. */
static burin_status set_text(burin_heap *heap, burin_value into, burin_text name, burin_text value, uint32_t line, burin_error *err)
{
    burin_value key = burin_string(heap, name.data, name.len), text = burin_string(heap, value.data, value.len);
    if (key.kind == BURIN_MISSING || text.kind == BURIN_MISSING)
        return data_fail(err, BURIN_ERR_DATA, line, 1, "not valid UTF-8");
    return burin_dict_set(heap, into, key, text);
}

static burin_text unquoted(burin_text text)
{
    if (text.len >= 2 && (text.data[0] == '"' || text.data[0] == '\'') && text.data[text.len - 1] == text.data[0])
        return (burin_text){text.data + 1, text.len - 2};
    return text;
}

/* "name = value" or "name: value", split at whichever comes first. */
static bool split(burin_text line, const char *marks, burin_text *name, burin_text *value)
{
    for (size_t i = 0; i < line.len; i++) {
        if (strchr(marks, line.data[i])) {
            *name  = trimmed((burin_text){line.data, i});
            *value = trimmed((burin_text){line.data + i + 1, line.len - i - 1});
            return true;
        }
    }
    return false;
}

/* A mapping of sections; what stands before the first one is section "default". */
burin_status data_read_ini(burin_heap *heap, burin_text text, burin_value *out, burin_error *err)
{
    burin_value  section = {BURIN_MISSING};
    burin_text   line, name, value;
    size_t       at     = 0;
    uint32_t     number = 0;
    burin_status status = BURIN_OK;

    *out = burin_dict(heap, 8);
    while (!status && next_line(text, &at, &line)) {
        number++;
        line = trimmed(line);
        if (!line.len || line.data[0] == '#' || line.data[0] == ';')
            continue;
        bool is_header = line.data[0] == '[';
        if (is_header && line.data[line.len - 1] != ']')
            return data_fail(err, BURIN_ERR_DATA, number, 1, "a section's ] is missing");
        if (is_header || section.kind == BURIN_MISSING) {
            name             = is_header ? trimmed((burin_text){line.data + 1, line.len - 2}) : BURIN_TEXT("default");
            burin_value key = burin_string(heap, name.data, name.len);
            if (key.kind == BURIN_MISSING)
                return data_fail(err, BURIN_ERR_DATA, number, 1, "not valid UTF-8");
            section = burin_dict(heap, 8);
            status  = burin_dict_set(heap, *out, key, section);
            if (is_header || status)
                continue;
        }
        if (!split(line, "=:", &name, &value))
            return data_fail(err, BURIN_ERR_DATA, number, 1, "neither [section] nor name = value");
        status = set_text(heap, section, name, value, number, err);
    }
    return status;
}

/* NAME=VALUE lines, as in .env files: `export` before and quotes around are dropped. */
burin_status data_read_env(burin_heap *heap, burin_text text, burin_value *out, burin_error *err)
{
    burin_text   line, name, value;
    size_t       at     = 0;
    uint32_t     number = 0;
    burin_status status = BURIN_OK;

    *out = burin_dict(heap, 8);
    while (!status && next_line(text, &at, &line)) {
        number++;
        line = trimmed(line);
        if (!line.len || line.data[0] == '#')
            continue;
        if (!split(line, "=", &name, &value))
            return data_fail(err, BURIN_ERR_DATA, number, 1, "not NAME=VALUE");
        if (name.len > 7 && memcmp(name.data, "export ", 7) == 0)
            name = trimmed((burin_text){name.data + 7, name.len - 7});
        status = set_text(heap, *out, name, unquoted(value), number, err);
    }
    return status;
}

/* Percent-decode a part of a query string; `+` is a blank. */
static burin_text decoded(buffer *to, const char *data, size_t len)
{
    buffer_clear(to);
    buffer_append(to, "", 0);
    for (size_t i = 0; i < len; i++) {
        bool coded = data[i] == '%' && i + 2 < len && hex_digit(data[i + 1]) >= 0 && hex_digit(data[i + 2]) >= 0;
        if (coded) {
            buffer_byte(to, (char)(hex_digit(data[i + 1]) << 4 | hex_digit(data[i + 2])));
            i += 2;
        } else
            buffer_byte(to, data[i] == '+' ? ' ' : data[i]);
    }
    return (burin_text){to->data, to->len};
}

/* a=1&b=2; of a name given twice the last value counts. */
burin_status data_read_querystring(burin_heap *heap, burin_text text, burin_value *out, burin_error *err)
{
    buffer       name = {0}, value = {0};
    burin_status status = BURIN_OK;

    while (text.len && strchr("\r\n", text.data[text.len - 1]))
        text.len--;
    *out = burin_dict(heap, 8);
    while (text.len && !status) {
        const char *amp    = memchr(text.data, '&', text.len);
        size_t      len    = amp ? (size_t)(amp - text.data) : text.len;
        const char *equals = memchr(text.data, '=', len);
        size_t      name_len = equals ? (size_t)(equals - text.data) : len;
        if (len) {
            burin_text key = decoded(&name, text.data, name_len);
            burin_text is  = decoded(&value, equals ? equals + 1 : "", equals ? len - name_len - 1 : 0);
            status         = name.failed || value.failed ? BURIN_ERR_NOMEM : set_text(heap, *out, key, is, 0, err);
        }
        text.data += len + (amp != NULL);
        text.len -= len + (amp != NULL);
    }
    buffer_free(&name);
    buffer_free(&value);
    return status;
}
