/* Host objects and functions of a case: things a host program would give to its templates, described in JSON. */
#include "cli/case.h"
#include "cli/json_dump.h"
#include "cli/truth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- objects: attributes without items ---- */

typedef struct host_object {
    burin_value spec;       /* the JSON it was made from */
    burin_value attributes; /* DICT, decoded */
    burin_value text;       /* what str() gives; MISSING: the default */
} host_object;

static burin_status object_attr(burin_call *call, void *self, burin_text name, burin_value *out)
{
    (void)call;
    *out = case_find(((host_object *)self)->attributes, name);
    return BURIN_OK;
}

static burin_status object_str(burin_call *call, void *self, burin_value *out)
{
    const host_object *object = self;
    (void)call;
    *out = object->text.kind == BURIN_STRING ? object->text : burin_string_borrow("<jcase.HostObject object at 0x7f0000000000>", 43);
    return BURIN_OK;
}

static const burin_class object_class = {
    .struct_size = sizeof(burin_class), .name = "HostObject", .module = "jcase", .get_attr = object_attr, .str = object_str,
};

burin_status case_host_object(batch_case *c, burin_heap *heap, burin_value spec, burin_value *out)
{
    host_object *object = case_alloc(c, sizeof *object);
    burin_value  attributes = burin_get(spec, "$object"), key, value;
    size_t       at = 0;
    burin_status status;

    if (!object)
        return case_fail(c, BURIN_ERR_NOMEM, "out of memory");
    if (attributes.kind != BURIN_DICT)
        return case_fail(c, BURIN_ERR_VALUE, "$object needs a dict of attributes");
    object->spec = spec;
    object->text = burin_get(spec, "str");
    object->attributes = burin_dict(heap, burin_length(attributes));
    status             = object->attributes.kind == BURIN_MISSING ? case_fail(c, BURIN_ERR_NOMEM, "out of memory") : BURIN_OK;
    while (!status && burin_next(attributes, &at, &key, &value)) {
        status = case_decode(c, heap, value, &value);
        if (!status && burin_dict_set(heap, object->attributes, key, value))
            status = case_fail(c, BURIN_ERR_NOMEM, "out of memory");
    }
    if (status)
        return status;
    *out = burin_object(heap, &object_class, object);
    return out->kind == BURIN_MISSING ? case_fail(c, BURIN_ERR_NOMEM, "out of memory") : BURIN_OK;
}

/* ---- functions ---- */

typedef struct host_function {
    batch_case *owner;
    burin_value spec;    /* the JSON it was made from */
    burin_value name;    /* call_repr: printed before the arguments */
    burin_value replies; /* LIST of JSON values */
    size_t      calls;
} host_function;

static burin_status no_memory(burin_call *call)
{
    return burin_raise(call, BURIN_ERR_NOMEM, "out of memory");
}

/* The one argument of a function with the one parameter `name`, bound as Python binds it. */
static burin_status bind_one(burin_call *call, const char *name, burin_value *out)
{
    burin_value args = burin_arg(call, 0), named = burin_arg(call, 1), key, value;
    size_t      count = burin_length(args), at = 0;

    *out = burin_at(args, 0);
    if (count > 1)
        return burin_raise(call, BURIN_ERR_TYPE, "host_function.<locals>.fn() takes 1 positional argument but %zu were given", count);
    while (burin_next(named, &at, &key, &value)) {
        burin_text text = burin_text_of(key);
        if (text.len != strlen(name) || memcmp(text.data, name, text.len) != 0)
            return burin_raise(call, BURIN_ERR_TYPE, "host_function.<locals>.fn() got an unexpected keyword argument '%.*s'", (int)text.len, text.data);
        if (count)
            return burin_raise(call, BURIN_ERR_TYPE, "host_function.<locals>.fn() got multiple values for argument '%s'", name);
        *out = value;
    }
    if (out->kind == BURIN_MISSING)
        return burin_raise(call, BURIN_ERR_TYPE, "host_function.<locals>.fn() missing 1 required positional argument: '%s'", name);
    return BURIN_OK;
}

static burin_status call_raise(burin_call *call, void *self, burin_value *out)
{
    burin_value  message;
    burin_status status = bind_one(call, "message", &message);
    size_t       len;

    (void)self, (void)out;
    if (status)
        return status;
    char *text = burin_str(message, &len); /* NULL for a strict undefined value: str() of the exception would fail */
    status     = burin_raise(call, BURIN_ERR_TEMPLATE, "%.*s", text ? (int)len : 0, text ? text : "");
    free(text);
    return status;
}

/* The one moment batch knows, so that results can be compared: Thu 2026-03-05 14:07:09. */
static burin_status call_strftime(burin_call *call, void *self, burin_value *out)
{
    static const struct tm now = {.tm_year = 126, .tm_mon = 2, .tm_mday = 5, .tm_hour = 14, .tm_min = 7, .tm_sec = 9,
                                  .tm_wday = 4, .tm_yday = 63, .tm_zone = "UTC"};
    burin_value  format;
    burin_status status = bind_one(call, "fmt", &format);

    (void)self;
    if (status)
        return status;
    burin_text text = burin_text_of(format);
    if (format.kind != BURIN_STRING)
        return burin_raise(call, BURIN_ERR_TYPE, "strftime() argument 1 must be str, not %s", burin_type_name(format));
    if (text.len && memchr(text.data, '\0', text.len))
        return burin_raise(call, BURIN_ERR_VALUE, "embedded null character");
    size_t room   = 256 * (text.len + 1); /* no conversion is longer */
    char  *copy   = malloc(text.len + 1 + room);
    if (!copy)
        return no_memory(call);
    if (text.len)
        memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    size_t len     = text.len ? strftime(copy + text.len + 1, room, copy, &now) : 0;
    *out           = burin_string(burin_call_heap(call), copy + text.len + 1, len);
    free(copy);
    return out->kind == BURIN_MISSING ? no_memory(call) : BURIN_OK;
}

static void append_repr(buffer *out, burin_value v)
{
    size_t len;
    char  *text = burin_repr(v, &len);
    if (!text) {
        out->failed = true;
        return;
    }
    buffer_append(out, text, len);
    free(text);
}

/* name(arguments), as they are written in Python. */
static burin_status print_call(burin_call *call, burin_text name, burin_value *out)
{
    burin_value args = burin_arg(call, 0), named = burin_arg(call, 1), key, value;
    burin_text  keyword;
    buffer      text  = {0};
    size_t      at    = 0;
    const char *comma = "";

    buffer_append(&text, name.data, name.len);
    buffer_byte(&text, '(');
    for (size_t i = 0; i < burin_length(args); i++, comma = ", ") {
        buffer_text(&text, comma);
        append_repr(&text, burin_at(args, i));
    }
    for (; burin_next(named, &at, &key, &value); comma = ", ") {
        keyword = burin_text_of(key);
        buffer_text(&text, comma);
        buffer_append(&text, keyword.data, keyword.len);
        buffer_byte(&text, '=');
        append_repr(&text, value);
    }
    buffer_byte(&text, ')');
    *out = text.failed ? (burin_value){BURIN_MISSING} : burin_string(burin_call_heap(call), text.data, text.len);
    buffer_free(&text);
    return out->kind == BURIN_MISSING ? no_memory(call) : BURIN_OK;
}

static burin_status call_repr(burin_call *call, void *self, burin_value *out)
{
    return print_call(call, burin_text_of(((const host_function *)self)->name), out);
}

static burin_status call_replies(burin_call *call, void *self, burin_value *out)
{
    host_function *function = self;
    size_t         count    = burin_length(function->replies);

    if (!count)
        return burin_raise(call, BURIN_ERR_INDEX, "list index out of range");
    size_t       n      = function->calls < count ? function->calls : count - 1;
    burin_status status = case_decode(function->owner, burin_call_heap(call), burin_at(function->replies, n), out);
    function->calls++;
    return status ? burin_raise(call, status, "%s", function->owner->message) : BURIN_OK;
}

static const struct {
    const char *kind;
    burin_class cls;
} functions[] = {
    {"raise_exception", {.struct_size = sizeof(burin_class), .name = "function", .call = call_raise}},
    {"strftime_now", {.struct_size = sizeof(burin_class), .name = "function", .call = call_strftime}},
    {"call_repr", {.struct_size = sizeof(burin_class), .name = "function", .call = call_repr}},
    {"replies", {.struct_size = sizeof(burin_class), .name = "function", .call = call_replies}},
};
enum { FUNCTION_COUNT = sizeof functions / sizeof functions[0] };

burin_status case_host_function(batch_case *c, burin_heap *heap, burin_value spec, burin_value *out)
{
    burin_text     kind     = burin_text_of(burin_get(spec, "$host"));
    host_function *function = case_alloc(c, sizeof *function);

    if (!function)
        return case_fail(c, BURIN_ERR_NOMEM, "out of memory");
    *function = (host_function){c, spec, burin_get(spec, "name"), burin_get(spec, "replies"), 0};
    for (size_t i = 0; i < FUNCTION_COUNT; i++) {
        if (strlen(functions[i].kind) != kind.len || memcmp(functions[i].kind, kind.data, kind.len) != 0)
            continue;
        *out = burin_object(heap, &functions[i].cls, function);
        return out->kind == BURIN_MISSING ? case_fail(c, BURIN_ERR_NOMEM, "out of memory") : BURIN_OK;
    }
    return case_fail(c, BURIN_ERR_VALUE, "unknown host function %.*s", (int)kind.len, kind.data);
}

bool case_host_form(buffer *out, burin_value v)
{
    const json_style     style  = json_style_default();
    const host_object   *object = burin_object_self(v, &object_class);
    const host_function *function;
    char                 message[128];

    if (object)
        return json_dump(out, object->spec, &style, message, sizeof message) == BURIN_OK;
    for (size_t i = 0; i < FUNCTION_COUNT; i++) {
        function = burin_object_self(v, &functions[i].cls);
        if (function)
            return json_dump(out, function->spec, &style, message, sizeof message) == BURIN_OK;
    }
    return false;
}

/* ---- filters and tests that stand in for a host's ---- */

burin_status case_filter_repr(burin_call *call, burin_value *out)
{
    const char *name = burin_call_data(call);
    return print_call(call, (burin_text){name, strlen(name)}, out);
}

burin_status case_test_true(burin_call *call, burin_value *out)
{
    (void)call;
    *out = burin_bool(true);
    return BURIN_OK;
}

burin_status case_test_false(burin_call *call, burin_value *out)
{
    (void)call;
    *out = burin_bool(false);
    return BURIN_OK;
}

/* ---- the filter hf_tojson ---- */

/* json.dumps's `indent`: a number of spaces, or a text. */
static burin_status read_indent(burin_call *call, burin_value indent, buffer *spaces, json_style *style)
{
    int64_t count = 0;

    if (indent.kind == BURIN_NONE)
        return BURIN_OK;
    style->item_separator = BURIN_TEXT(",");
    buffer_append(spaces, "", 0);
    if (indent.kind == BURIN_STRING)
        buffer_append(spaces, burin_text_of(indent).data, burin_text_of(indent).len);
    else if (indent.kind != BURIN_BOOL && indent.kind != BURIN_INT)
        return burin_raise(call, BURIN_ERR_TYPE, "can't multiply sequence by non-int of type '%s'", burin_type_name(indent));
    else if (burin_as_int(indent, &count) && count > 1 << 20)
        return no_memory(call);
    while (count-- > 0)
        buffer_byte(spaces, ' ');
    if (spaces->failed)
        return no_memory(call);
    style->indent = (burin_text){spaces->data, spaces->len};
    return BURIN_OK;
}

/* json.dumps's `separators`: a pair of texts. */
static burin_status read_separators(burin_call *call, burin_value pair, json_style *style)
{
    if (pair.kind == BURIN_NONE)
        return BURIN_OK;
    if (pair.kind != BURIN_TUPLE && pair.kind != BURIN_LIST)
        return burin_raise(call, BURIN_ERR_TYPE, "cannot unpack non-iterable %s object", burin_type_name(pair));
    if (burin_length(pair) < 2)
        return burin_raise(call, BURIN_ERR_VALUE, "not enough values to unpack (expected 2, got %zu)", burin_length(pair));
    if (burin_length(pair) > 2)
        return burin_raise(call, BURIN_ERR_VALUE, "too many values to unpack (expected 2)");
    burin_value item = burin_at(pair, 0), key = burin_at(pair, 1);
    if (item.kind != BURIN_STRING || key.kind != BURIN_STRING)
        return burin_raise(call, BURIN_ERR_TYPE, "make_encoder() argument must be str, not %s", burin_type_name(item.kind != BURIN_STRING ? item : key));
    style->item_separator = burin_text_of(item);
    style->key_separator  = burin_text_of(key);
    return BURIN_OK;
}

burin_status case_filter_json(burin_call *call, burin_value *out)
{
    json_style   style  = json_style_default();
    buffer       text   = {0}, spaces = {0};
    char         message[256];
    burin_status status = read_indent(call, burin_arg(call, 2), &spaces, &style);

    style.ensure_ascii = value_is_true(burin_arg(call, 1));
    style.sort_keys    = value_is_true(burin_arg(call, 4));
    if (!status)
        status = read_separators(call, burin_arg(call, 3), &style);
    if (status)
        goto done;
    status = json_dump(&text, burin_arg(call, 0), &style, message, sizeof message);
    if (status) {
        burin_raise(call, status, "%s", message);
        goto done;
    }
    *out = burin_string(burin_call_heap(call), text.data, text.len);
    if (out->kind == BURIN_MISSING)
        status = no_memory(call);
done:
    buffer_free(&text);
    buffer_free(&spaces);
    return status;
}
