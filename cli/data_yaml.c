/* YAML into values, over libyaml's events. Plain scalars mean what PyYAML's safe_load makes of them (YAML 1.1: yes and on
 * are booleans, 010 is eight, 1:30 is ninety), for that is what hosts of Jinja2 load; only timestamps stay text.
 *
 * Aliases share the value they name, so a file cannot grow exponentially; one inside its own anchor is refused, so
 * there are no cycles. Depth is bounded by DEPTH_MAX. Built without libyaml the reader only says so. */
#include "cli/data.h"

#ifdef HAVE_LIBYAML

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

const bool data_has_yaml = true;

enum { DEPTH_MAX = 250 };

typedef struct anchor {
    char       *name;
    burin_value value;
} anchor;

typedef struct reader {
    yaml_parser_t parser;
    burin_heap   *heap;
    burin_error  *err;
    anchor       *anchors;
    size_t        anchor_count;
} reader;

static burin_status fail_at(reader *r, yaml_mark_t mark, const char *message)
{
    return data_fail(r->err, BURIN_ERR_DATA, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1, "%s", message);
}

static burin_status no_memory(reader *r)
{
    return data_fail(r->err, BURIN_ERR_NOMEM, 0, 0, "out of memory");
}

/* The next event; the caller deletes it. */
static burin_status next_event(reader *r, yaml_event_t *event)
{
    if (yaml_parser_parse(&r->parser, event))
        return BURIN_OK;
    if (r->parser.error == YAML_MEMORY_ERROR)
        return no_memory(r);
    return fail_at(r, r->parser.problem_mark, r->parser.problem ? r->parser.problem : "not valid YAML");
}

/* ---- plain scalars ---- */

typedef struct cursor {
    const char *at, *end;
} cursor;

static bool take(cursor *c, char wanted)
{
    if (c->at == c->end || *c->at != wanted)
        return false;
    c->at++;
    return true;
}

static bool take_sign(cursor *c) { return take(c, '-') || take(c, '+'); }

/* Skip characters of `set`; how many. */
static size_t skip(cursor *c, const char *set)
{
    const char *start = c->at;
    while (c->at < c->end && *c->at && strchr(set, *c->at))
        c->at++;
    return (size_t)(c->at - start);
}

static bool is_one_of(burin_text text, const char *words)
{
    while (*words) {
        size_t len = strcspn(words, " ");
        if (len == text.len && memcmp(words, text.data, len) == 0)
            return true;
        words += len + (words[len] == ' ');
    }
    return false;
}

/* (":" [0-5]?[0-9])+ */
static bool take_sixties(cursor *c)
{
    size_t count = 0;
    while (take(c, ':')) {
        const char *start = c->at;
        size_t      len   = skip(c, "0123456789");
        if (len == 0 || len > 2 || (len == 2 && *start > '5'))
            return false;
        count++;
    }
    return count > 0;
}

static bool is_int(burin_text text)
{
    cursor c = {text.data, text.data + text.len};
    take_sign(&c);
    if (take(&c, '0')) {
        if (take(&c, 'b'))
            return skip(&c, "01_") && c.at == c.end;
        if (take(&c, 'x'))
            return skip(&c, "0123456789abcdefABCDEF_") && c.at == c.end;
        skip(&c, "01234567_");
        return c.at == c.end;
    }
    if (c.at == c.end || *c.at == '_' || !skip(&c, "0123456789_"))
        return false;
    return c.at == c.end || (take_sixties(&c) && c.at == c.end);
}

static bool take_exponent(cursor *c)
{
    if (!take(c, 'e') && !take(c, 'E'))
        return true;
    return take_sign(c) && skip(c, "0123456789");
}

static bool is_float(burin_text text)
{
    cursor c      = {text.data, text.data + text.len};
    bool   signed_ = take_sign(&c);
    if (take(&c, '.')) {
        if (is_one_of((burin_text){c.at, (size_t)(c.end - c.at)}, signed_ ? "inf Inf INF" : "inf Inf INF nan NaN NAN"))
            return true;
        if (signed_ || c.at == c.end || *c.at == '_' || !skip(&c, "0123456789_"))
            return false;
        return take_exponent(&c) && c.at == c.end;
    }
    if (c.at == c.end || *c.at == '_' || !skip(&c, "0123456789_"))
        return false;
    bool sixties = c.at < c.end && *c.at == ':';
    if ((sixties && !take_sixties(&c)) || !take(&c, '.'))
        return false;
    skip(&c, "0123456789_");
    return (sixties || take_exponent(&c)) && c.at == c.end;
}

/* `text` without underscores, NUL-terminated. */
static bool digits_of(burin_text text, buffer *out)
{
    buffer_append(out, "", 0);
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] != '_')
            buffer_byte(out, text.data[i]);
    return !out->failed;
}

/* "1:30:00.5": each colon is a factor of sixty. */
static double sixties_of(const char *digits)
{
    double sum = 0;
    for (;;) {
        char *end;
        sum = sum * 60 + strtod(digits, &end);
        if (*end != ':')
            return sum;
        digits = end + 1;
    }
}

static burin_value make_int(reader *r, const char *digits)
{
    bool        negative = digits[0] == '-';
    const char *at       = digits + (negative || digits[0] == '+');
    int         base     = at[0] != '0' || !at[1] ? 10 : at[1] == 'x' ? 16 : at[1] == 'b' ? 2 : 8;

    if (strchr(at, ':')) {
        double sum = sixties_of(at);
        return burin_int((int64_t)(negative ? -sum : sum));
    }
    if (base == 10)
        return burin_integer(r->heap, digits[0] == '+' ? at : digits, strlen(digits) - (digits[0] == '+'));
    unsigned long long value = strtoull(base == 8 ? at + 1 : at + 2, NULL, base);
    if (value > INT64_MAX)
        return (burin_value){BURIN_MISSING};
    return burin_int(negative ? -(int64_t)value : (int64_t)value);
}

static burin_value make_float(const char *digits)
{
    bool        negative = digits[0] == '-';
    const char *at       = digits + (negative || digits[0] == '+');
    double      value    = strchr(at, ':') ? sixties_of(at) : strtod(at, NULL);

    if (at[0] == '.' && (at[1] | 0x20) == 'i')
        value = INFINITY;
    else if (at[0] == '.' && (at[1] | 0x20) == 'n')
        value = NAN;
    return burin_float(negative ? -value : value);
}

typedef enum scalar_kind { SCALAR_TEXT, SCALAR_NULL, SCALAR_BOOL, SCALAR_INT, SCALAR_FLOAT } scalar_kind;

static scalar_kind kind_of(burin_text text)
{
    if (text.len == 0 || is_one_of(text, "~ null Null NULL"))
        return SCALAR_NULL;
    if (is_one_of(text, "yes Yes YES no No NO true True TRUE false False FALSE on On ON off Off OFF"))
        return SCALAR_BOOL;
    if (is_int(text))
        return SCALAR_INT;
    return is_float(text) ? SCALAR_FLOAT : SCALAR_TEXT;
}

static burin_status make_scalar(reader *r, scalar_kind kind, burin_text text, yaml_mark_t mark, burin_value *out)
{
    buffer digits = {0};

    switch (kind) {
    case SCALAR_NULL: *out = burin_none(); return BURIN_OK;
    case SCALAR_BOOL: *out = burin_bool(is_one_of(text, "yes Yes YES true True TRUE on On ON")); return BURIN_OK;
    case SCALAR_TEXT: *out = burin_string(r->heap, text.data, text.len); break;
    case SCALAR_INT:
    case SCALAR_FLOAT:
        if (!digits_of(text, &digits))
            return no_memory(r);
        *out = kind == SCALAR_INT ? make_int(r, digits.data) : make_float(digits.data);
        buffer_free(&digits);
        break;
    }
    return out->kind == BURIN_MISSING ? fail_at(r, mark, kind == SCALAR_INT ? "the integer is too large" : "not valid UTF-8") : BURIN_OK;
}

static burin_status read_scalar(reader *r, const yaml_event_t *event, burin_value *out)
{
    static const struct {
        const char *tag;
        scalar_kind kind;
    } tags[] = {{YAML_STR_TAG, SCALAR_TEXT}, {YAML_INT_TAG, SCALAR_INT}, {YAML_FLOAT_TAG, SCALAR_FLOAT},
                {YAML_BOOL_TAG, SCALAR_BOOL}, {YAML_NULL_TAG, SCALAR_NULL}};
    burin_text  text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    const char *tag  = (const char *)event->data.scalar.tag;

    if (!tag || strcmp(tag, "!") == 0) { /* PyYAML does not take ! for a text */
        bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        return make_scalar(r, plain ? kind_of(text) : SCALAR_TEXT, text, event->start_mark, out);
    }
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        if (strcmp(tags[i].tag, tag) != 0)
            continue;
        scalar_kind found = kind_of(text);
        if (tags[i].kind == SCALAR_FLOAT && found == SCALAR_INT)
            found = SCALAR_FLOAT;
        if (tags[i].kind != SCALAR_TEXT && tags[i].kind != found)
            return fail_at(r, event->start_mark, "the text is not what its tag says");
        return make_scalar(r, tags[i].kind, text, event->start_mark, out);
    }
    return fail_at(r, event->start_mark, "a tag that plain data does not have");
}

/* ---- nodes ---- */

static burin_status read_node(reader *r, yaml_event_t *event, unsigned depth, burin_value *out);

static burin_status remember(reader *r, const yaml_char_t *name, burin_value value)
{
    anchor *more = realloc(r->anchors, (r->anchor_count + 1) * sizeof *more);
    if (!more)
        return no_memory(r);
    r->anchors = more;
    more[r->anchor_count] = (anchor){strdup((const char *)name), value};
    if (!more[r->anchor_count].name)
        return no_memory(r);
    r->anchor_count++;
    return BURIN_OK;
}

/* The newest anchor of that name counts. */
static burin_status read_alias(reader *r, const yaml_event_t *event, burin_value *out)
{
    for (size_t i = r->anchor_count; i > 0; i--) {
        if (strcmp(r->anchors[i - 1].name, (const char *)event->data.alias.anchor) == 0) {
            *out = r->anchors[i - 1].value;
            return BURIN_OK;
        }
    }
    return fail_at(r, event->start_mark, "an alias without an anchor before it");
}

static burin_status read_sequence(reader *r, unsigned depth, burin_value *out)
{
    yaml_event_t event;

    *out = burin_list(r->heap, 4);
    for (;;) {
        burin_value  item;
        burin_status status = next_event(r, &event);
        if (status)
            return status;
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            return BURIN_OK;
        }
        status = read_node(r, &event, depth, &item);
        yaml_event_delete(&event);
        if (status)
            return status;
        if (burin_list_append(r->heap, *out, item))
            return no_memory(r);
    }
}

static burin_status put_all(reader *r, burin_value into, burin_value from)
{
    size_t      at = 0;
    burin_value key, value;

    while (burin_next(from, &at, &key, &value))
        if (burin_dict_set(r->heap, into, key, value))
            return no_memory(r);
    return BURIN_OK;
}

/* What stands behind `<<`: a mapping, or mappings of which the first is the strongest. */
static burin_status put_merged(reader *r, burin_value into, burin_value from, yaml_mark_t mark)
{
    burin_status status = BURIN_OK;

    if (from.kind == BURIN_DICT)
        return put_all(r, into, from);
    if (from.kind != BURIN_LIST)
        return fail_at(r, mark, "<< needs a mapping, or a list of mappings");
    for (size_t i = burin_length(from); i > 0 && !status; i--) {
        burin_value one = burin_at(from, i - 1);
        status          = one.kind == BURIN_DICT ? put_all(r, into, one) : fail_at(r, mark, "<< needs a mapping, or a list of mappings");
    }
    return status;
}

/* One `key: value`, of which `event` is the key's: into `own`, or into *merged when the key is `<<`. */
static burin_status read_pair(reader *r, yaml_event_t *event, unsigned depth, burin_value own, burin_value *merged)
{
    bool is_merge = event->type == YAML_SCALAR_EVENT && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !event->data.scalar.tag &&
                    event->data.scalar.length == 2 && memcmp(event->data.scalar.value, "<<", 2) == 0;
    yaml_mark_t  mark = event->start_mark;
    yaml_event_t next;
    burin_value  key, value;
    burin_status status = read_node(r, event, depth, &key);

    if (!status)
        status = next_event(r, &next);
    if (status)
        return status;
    status = read_node(r, &next, depth, &value);
    yaml_event_delete(&next);
    if (status)
        return status;
    if (is_merge) {
        if (merged->kind == BURIN_MISSING)
            *merged = burin_dict(r->heap, 8);
        return put_merged(r, *merged, value, mark);
    }
    status = burin_dict_set(r->heap, own, key, value);
    return status == BURIN_ERR_TYPE ? fail_at(r, mark, "a list or mapping cannot be a key") : status ? no_memory(r) : BURIN_OK;
}

static burin_status read_mapping(reader *r, unsigned depth, burin_value *out)
{
    burin_value  merged = {BURIN_MISSING};
    yaml_event_t event;

    *out = burin_dict(r->heap, 8);
    for (;;) {
        burin_status status = next_event(r, &event);
        if (status)
            return status;
        bool over = event.type == YAML_MAPPING_END_EVENT;
        if (!over)
            status = read_pair(r, &event, depth, *out, &merged);
        yaml_event_delete(&event);
        if (status)
            return status;
        if (over)
            break;
    }
    if (merged.kind == BURIN_MISSING)
        return BURIN_OK;
    burin_value own = *out; /* own keys win over merged ones, but stand after them */
    *out            = merged;
    return put_all(r, merged, own);
}

static burin_status check_tag(reader *r, const yaml_event_t *event, const yaml_char_t *tag, const char *plain)
{
    if (!tag || strcmp((const char *)tag, plain) == 0)
        return BURIN_OK;
    return fail_at(r, event->start_mark, "a tag that plain data does not have");
}

/* The value that begins with `event`, which stays the caller's. */
static burin_status read_node(reader *r, yaml_event_t *event, unsigned depth, burin_value *out)
{
    const yaml_char_t *name = NULL;
    burin_status       status;

    if (depth > DEPTH_MAX)
        return fail_at(r, event->start_mark, "nested too deep");
    switch (event->type) {
    case YAML_ALIAS_EVENT: return read_alias(r, event, out);
    case YAML_SCALAR_EVENT:
        name   = event->data.scalar.anchor;
        status = read_scalar(r, event, out);
        break;
    case YAML_SEQUENCE_START_EVENT:
        name   = event->data.sequence_start.anchor;
        status = check_tag(r, event, event->data.sequence_start.tag, YAML_SEQ_TAG);
        if (!status)
            status = read_sequence(r, depth + 1, out);
        break;
    case YAML_MAPPING_START_EVENT:
        name   = event->data.mapping_start.anchor;
        status = check_tag(r, event, event->data.mapping_start.tag, YAML_MAP_TAG);
        if (!status)
            status = read_mapping(r, depth + 1, out);
        break;
    default: return fail_at(r, event->start_mark, "not valid YAML");
    }
    return status || !name ? status : remember(r, name, *out);
}

/* Events up to the end of the stream; a second document is an error. */
static burin_status read_stream(reader *r, burin_value *out)
{
    bool         seen = false;
    burin_status status;
    yaml_event_t event;

    *out = burin_none();
    for (;;) {
        status = next_event(r, &event);
        if (status)
            return status;
        bool over = event.type == YAML_STREAM_END_EVENT;
        bool node = event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_START_EVENT && event.type != YAML_DOCUMENT_END_EVENT;
        if (!over && node) {
            status = seen ? fail_at(r, event.start_mark, "more than one document") : read_node(r, &event, 0, out);
            seen   = true;
        }
        yaml_event_delete(&event);
        if (status || over)
            return status;
    }
}

burin_status data_read_yaml(burin_heap *heap, burin_text text, burin_value *out, burin_error *err)
{
    reader r = {.heap = heap, .err = err};

    if (!yaml_parser_initialize(&r.parser))
        return no_memory(&r);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text.data, text.len);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    burin_status status = read_stream(&r, out);
    yaml_parser_delete(&r.parser);
    for (size_t i = 0; i < r.anchor_count; i++)
        free(r.anchors[i].name);
    free(r.anchors);
    return status;
}

#else

const bool data_has_yaml = false;

burin_status data_read_yaml(burin_heap *heap, burin_text text, burin_value *out, burin_error *err)
{
    (void)heap, (void)text, (void)out;
    return data_fail(err, BURIN_ERR_DATA, 0, 0, "this build cannot read YAML: libyaml was missing when it was built");
}

#endif
