/* The classes of exceptions, made from exceptions.def and the class names of burin/status.def, and what instances can do. */
#include "runtime/exception.h"

#include "runtime/base/text.h"
#include "runtime/builder.h"
#include "runtime/collect.h"
#include "runtime/convert.h"
#include "runtime/host.h"
#include "runtime/operate.h"

#include <stdio.h>

/* ---- classes ---- */

static const rt_type types[BURIN_STATUS_COUNT] = {
#define STATUS(NAME, class_name, meaning) [BURIN_##NAME].name = class_name,
#include "burin/status.def"
#undef STATUS
#define EXCEPTION(NAME, BASE, when) [BURIN_##NAME].base = BURIN_##BASE ? &types[BURIN_##BASE] : NULL, [BURIN_##NAME].status = BURIN_##NAME,
#define HOST_EXCEPTION EXCEPTION
#include "runtime/exceptions.def"
#undef HOST_EXCEPTION
#undef EXCEPTION
};

static const rt_object_value objects[BURIN_STATUS_COUNT] = {
#define STATUS(NAME, class_name, meaning) [BURIN_##NAME] = RT_TYPE_OBJECT(&types[BURIN_##NAME]),
#include "burin/status.def"
#undef STATUS
};

static const struct {
    const char  *name;
    burin_status status;
} names[] = {
#define EXCEPTION(NAME, BASE, when) {NULL, BURIN_##NAME},
#define HOST_EXCEPTION(NAME, BASE, when)
#include "runtime/exceptions.def"
#undef HOST_EXCEPTION
#undef EXCEPTION
    {"EnvironmentError", BURIN_ERR_OS},
    {"IOError", BURIN_ERR_OS},
};
enum { NAMES_COUNT = sizeof names / sizeof names[0] };

const rt_type *rt_exception_type(burin_status status) { return types[status].status ? &types[status] : NULL; }

burin_value rt_exception_class(const rt_type *type) { return rt_pointer(BURIN_OBJECT, &objects[type->status]); }

burin_text rt_exception_name(size_t n)
{
    if (n >= NAMES_COUNT)
        return (burin_text){NULL, 0};
    const char *name = names[n].name ? names[n].name : types[names[n].status].name;
    return (burin_text){name, strlen(name)};
}

burin_value rt_exception_named(burin_text name)
{
    for (size_t n = 0; n < NAMES_COUNT; n++)
        if (text_equal(rt_exception_name(n), name))
            return rt_exception_class(&types[names[n].status]);
    return rt_missing();
}

/* ---- what instances can do ---- */

/* Is it (encoding, object, start, end, reason), as UnicodeDecodeError and UnicodeEncodeError take it? */
static bool is_unicode_error(const rt_exception *e, const rt_list *args)
{
    bool decode = e->type->status == BURIN_ERR_UNICODE_DECODE;
    return (decode || e->type->status == BURIN_ERR_UNICODE_ENCODE) && args->len == 5 && args->items[0].kind == BURIN_STRING &&
           args->items[1].kind == (decode ? BURIN_BYTES : BURIN_STRING) && args->items[2].kind == BURIN_INT && args->items[3].kind == BURIN_INT &&
           args->items[4].kind == BURIN_STRING;
}

static void write_unicode_error(const rt_exception *e, const burin_value *args, builder *b)
{
    bool     decode = e->type->status == BURIN_ERR_UNICODE_DECODE;
    int64_t  start = args[2].as.i, end = args[3].as.i;
    size_t   units = decode ? args[1].len : rt_string_count(args[1]);
    char     text[96];
    builder_byte(b, '\'');
    builder_value(b, args[0]);
    builder_text(b, text, (size_t)snprintf(text, sizeof text, "' codec can't %s", decode ? "decode byte" : "encode character"));
    if (end == start + 1 && start >= 0 && (size_t)start < units) {
        size_t      at   = decode ? (size_t)start : text_offset(args[1].as.s, args[1].len, (size_t)start);
        uint32_t    code = decode ? (uint8_t)args[1].as.s[at] : text_decode(args[1].as.s, args[1].len, &at);
        const char *form = decode ? " 0x%02x" : code < 0x100 ? " '\\x%02x'" : code < 0x10000 ? " '\\u%04x'" : " '\\U%08x'";
        builder_text(b, text, (size_t)snprintf(text, sizeof text, form, code));
        builder_text(b, text, (size_t)snprintf(text, sizeof text, " in position %lld: ", (long long)start));
    } else {
        builder_text(b, text, (size_t)snprintf(text, sizeof text, "s in position %lld-%lld: ", (long long)start, (long long)end - 1));
    }
    builder_value(b, args[4]);
}

/* OSError(errno, text): "[Errno 2] No such file or directory"; with a file name as third: ": 'name'" behind it. */
static burin_status write_os_error(rt_state *st, const rt_list *args, builder *b)
{
    burin_value  part;
    burin_status status = rt_str(st, args->items[0], &part);
    builder_text(b, "[Errno ", 7);
    if (!status)
        builder_value(b, part);
    builder_text(b, "] ", 2);
    if (!status && !(status = rt_str(st, args->items[1], &part)))
        builder_value(b, part);
    if (!status && args->len > 2 && !(status = rt_repr(st, args->items[2], &part))) {
        builder_text(b, ": ", 2);
        builder_value(b, part);
    }
    return status;
}

static burin_status exception_str(burin_call *call, void *self, burin_value *out)
{
    rt_state           *st   = call->st;
    const rt_exception *e    = self;
    const rt_list      *args = rt_list_of(st, e->args);
    builder             b;
    builder_init(&b, st, 64);
    if (is_unicode_error(e, args)) {
        write_unicode_error(e, args->items, &b);
    } else if (args->len >= 2 && args->len <= 3 && rt_type_derives(e->type, rt_exception_type(BURIN_ERR_OS))) {
        burin_status status = write_os_error(st, args, &b);
        if (status)
            return status;
    } else if (args->len == 1) {
        if (e->type->status == BURIN_ERR_KEY)
            return rt_repr(st, args->items[0], out);
        burin_status status = rt_str(st, args->items[0], out);
        out->flags &= (uint8_t)~BURIN_SAFE;
        return status;
    } else if (args->len) {
        return rt_repr(st, e->args, out);
    }
    return builder_take(&b, 0, out);
}

/* ValueError('x'), KeyError('a', 1), TypeError() */
static burin_status exception_repr(burin_call *call, void *self, burin_value *out)
{
    rt_state           *st   = call->st;
    const rt_exception *e    = self;
    const rt_list      *args = rt_list_of(st, e->args);
    builder             b;
    burin_value         text;
    burin_status        status = rt_repr(st, args->len == 1 ? args->items[0] : e->args, &text);
    if (status)
        return status;
    builder_init(&b, st, 64);
    builder_text(&b, e->type->name, strlen(e->type->name));
    if (args->len == 1)
        builder_byte(&b, '(');
    builder_value(&b, text);
    if (args->len == 1)
        builder_byte(&b, ')');
    return builder_take(&b, 0, out);
}

/* Attributes that are arguments by another name: None when there are fewer than `least`. */
static const struct {
    burin_status status;
    const char  *name;
    uint8_t      index, least;
} attributes[] = {
    {BURIN_ERR_STOP_ITERATION, "value", 0, 1}, {BURIN_ERR_OS, "errno", 0, 2}, {BURIN_ERR_OS, "strerror", 1, 2}, {BURIN_ERR_OS, "filename", 2, 3},
    {BURIN_ERR_UNICODE_DECODE, "encoding", 0, 5}, {BURIN_ERR_UNICODE_DECODE, "object", 1, 5}, {BURIN_ERR_UNICODE_DECODE, "start", 2, 5},
    {BURIN_ERR_UNICODE_DECODE, "end", 3, 5}, {BURIN_ERR_UNICODE_DECODE, "reason", 4, 5}, {BURIN_ERR_UNICODE_ENCODE, "encoding", 0, 5},
    {BURIN_ERR_UNICODE_ENCODE, "object", 1, 5}, {BURIN_ERR_UNICODE_ENCODE, "start", 2, 5}, {BURIN_ERR_UNICODE_ENCODE, "end", 3, 5},
    {BURIN_ERR_UNICODE_ENCODE, "reason", 4, 5}, {BURIN_ERR_PYTHON_SYNTAX, "msg", 0, 1}, {BURIN_ERR_IMPORT, "msg", 0, 1},
};

static burin_status exception_attr(burin_call *call, void *self, burin_text name, burin_value *out)
{
    const rt_exception *e    = self;
    const rt_list      *args = rt_list_of(call->st, e->args);
    *out                     = text_is(name, "args") ? e->args : rt_missing();
    for (size_t n = 0; n < sizeof attributes / sizeof attributes[0]; n++) {
        if (text_is(name, attributes[n].name) && rt_type_derives(e->type, &types[attributes[n].status]))
            *out = args->len >= attributes[n].least ? args->items[attributes[n].index] : burin_none();
    }
    return BURIN_OK;
}

void rt_trace_reach(rt_collector *c, const rt_trace *trace)
{
    while (trace && rt_reach_bytes(c, trace, trace->size))
        trace = trace->inner;
}

static void exception_reach(rt_collector *c, void *self)
{
    const rt_exception *e = self;
    if (!rt_reach_bytes(c, e, sizeof *e))
        return;
    rt_reach_value(c, &e->args);
    rt_reach_value(c, &e->cause);
    rt_reach_value(c, &e->context);
    rt_reach_value(c, &e->notes);
    rt_trace_reach(c, e->trace);
}

const rt_class rt_exception_instances[BURIN_STATUS_COUNT] = {
#define STATUS(NAME, class_name, meaning)                                                                                                       \
    [BURIN_##NAME].base = {.struct_size = sizeof(rt_class), .name = class_name, .get_attr = exception_attr, .str = exception_str,               \
                           .repr = exception_repr},                                                                                         \
    [BURIN_##NAME].reach = exception_reach,
#include "burin/status.def"
#undef STATUS
};
