/* json_place.h's function: values before the wanted one are skipped, which needs no more than brackets and quotes, because the text is right. */
#include "engine/json_place.h"

#include <string.h>

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

/* Behind the text that begins at `at`. */
static const char *skip_text(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        at += *at == '\\';
    return at < end ? at + 1 : end;
}

static const char *skip_value(const char *at, const char *end)
{
    size_t open = 0;

    if (*at != '[' && *at != '{' && *at != '"') {
        while (at < end && !is_blank(*at) && *at != ',' && *at != ']' && *at != '}')
            at++;
        return at;
    }
    do {
        if (*at == '"') {
            at = skip_text(at, end);
        } else {
            open += *at == '[' || *at == '{';
            open -= *at == ']' || *at == '}';
            at++;
        }
    } while (open && at < end);
    return at;
}

/* Whether the key that begins at `at` is what `step` leads to. */
static bool is_step(const json_step *step, const char *at, const char *end, size_t index)
{
    size_t len = step->key ? strlen(step->key) : 0;
    if (!step->key)
        return index == step->index;
    return (size_t)(end - at) > len + 1 && memcmp(at + 1, step->key, len) == 0 && at[len + 1] == '"';
}

/* The value one step on from the one at `at`; of members with one key the last, as reading has it. NULL: there is none. */
static const char *take_step(const json_step *step, const char *at, const char *end)
{
    bool        is_object = *at == '{';
    const char *found     = NULL;
    size_t      index     = 0;

    if (!is_object && *at != '[')
        return NULL;
    for (at = skip_blanks(at + 1, end); at < end && *at != ']' && *at != '}'; index++) {
        bool is_it = (is_object || !step->key) && is_step(step, at, end, index);
        if (is_object)
            at = skip_blanks(skip_blanks(skip_text(at, end), end) + 1, end); /* over the colon */
        if (is_it)
            found = at;
        at = skip_blanks(skip_value(at, end), end);
        at = skip_blanks(at < end && *at == ',' ? at + 1 : at, end);
    }
    return found;
}

span json_place(burin_text text, const json_step *steps, size_t count)
{
    const char *end   = text.data + text.len;
    bool        marks = text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0;
    const char *at    = skip_blanks(text.data + (marks ? 3 : 0), end), *next = at;

    for (size_t n = 0; n < count && at < end && (next = take_step(&steps[n], at, end)) != NULL; n++)
        at = next;
    return (span){(uint32_t)(at - text.data), (uint32_t)(skip_value(at, end) - text.data)};
}
