/* str.format: literal text and replacement fields {name.attribute[item]!conversion:spec}.
 *
 * Two formatters share the reading of fields and differ in the rules around it. Plain text outside the sandbox follows
 * str.format of CPython's Objects/stringlib/unicode_format.h. Markup and sandboxed environments follow string.Formatter,
 * which markupsafe.EscapeFormatter and jinja2.sandbox.SandboxedFormatter extend: it numbers fields by other rules, words
 * some errors differently, always expands specifications, and its subclasses escape each field or look attributes up
 * through the environment. A specification may hold fields whose own may not, so the recursion is at most four deep. */
#include "runtime/attribute.h"
#include "runtime/builtins/builtins.h"
#include "runtime/builtins/methods.h"
#include "runtime/convert.h"
#include "runtime/env.h"
#include "runtime/format.h"
#include "runtime/host.h"
#include "runtime/operate.h"
#include "runtime/unicode.h"

#include <inttypes.h>

typedef enum numbering { UNDECIDED, AUTOMATIC, MANUAL } numbering;

typedef struct formatter {
    rt_state           *st;
    const burin_value  *positional;
    uint32_t            positional_count;
    bool                takes_positional; /* false: format_map */
    const rt_arguments *names;            /* or, when NULL, `named` */
    burin_value         named;
    bool                python, escapes, sandboxed;
    bool                markup; /* the result is Markup though the format is not */
    numbering           state;
    uint64_t            next; /* number of the next {} */
} formatter;

typedef struct field { /* one replacement field, as written */
    burin_text name, spec;
    uint32_t   conversion; /* 0: none */
    bool       spec_has_fields;
} field;

enum { NO_INDEX = -1 };

static burin_status fail(rt_state *st, const char *message) { return rt_fail(st, BURIN_ERR_VALUE, "%s", message); }

/* ---- reading ---- */

/* The specification begins at *at: up to the brace that closes the field. */
static burin_status read_field_spec(rt_state *st, burin_text text, size_t *at, field *f)
{
    size_t start = *at;
    int    depth = 1;

    while (*at < text.len) {
        char c = text.data[(*at)++];
        if (c == '{') {
            f->spec_has_fields = true;
            depth++;
        } else if (c == '}' && --depth == 0) {
            f->spec = (burin_text){text.data + start, *at - 1 - start};
            return BURIN_OK;
        }
    }
    return fail(st, "unmatched '{' in format spec");
}

/* A field whose opening brace ends at *at. */
static burin_status read_field(rt_state *st, burin_text text, size_t *at, field *f)
{
    size_t start = *at;
    char   c     = 0;

    *f = (field){.spec = {"", 0}};
    while (*at < text.len) {
        c = text.data[(*at)++];
        if (c == '{')
            return fail(st, "unexpected '{' in field name");
        if (c == '[')
            while (*at < text.len && text.data[*at] != ']')
                ++*at;
        else if (c == '}' || c == ':' || c == '!')
            break;
    }
    if (c != '}' && c != ':' && c != '!')
        return fail(st, "expected '}' before end of string");
    f->name = (burin_text){text.data + start, *at - 1 - start};
    if (c == '}')
        return BURIN_OK;
    if (c == '!') {
        if (*at >= text.len)
            return fail(st, "end of string while looking for conversion specifier");
        f->conversion = text_decode(text.data, text.len, at);
        if (*at < text.len) {
            c = text.data[(*at)++];
            if (c == '}')
                return BURIN_OK;
            if (c != ':')
                return fail(st, "expected ':' after conversion specifier");
        }
    }
    return read_field_spec(st, text, at, f);
}

/* A decimal number of any script; NO_INDEX when it is none. */
static burin_status read_index(rt_state *st, burin_text text, int64_t *out)
{
    int64_t number = 0;

    *out = NO_INDEX;
    for (size_t at = 0; at < text.len;) {
        int digit = uni_decimal_value(text_decode(text.data, text.len, &at));
        if (digit < 0)
            return BURIN_OK;
        if (number > (INT64_MAX - digit) / 10)
            return fail(st, "Too many decimal digits in format string");
        number = number * 10 + digit;
    }
    if (text.len)
        *out = number;
    return BURIN_OK;
}

/* ---- finding the value of a field ---- */

/* of[key]; Markup escapes keys too, which shows in its TypeErrors. */
static burin_status item_of(rt_state *st, burin_value of, burin_value key, burin_value *out)
{
    burin_status status = rt_is_safe(of) ? method_escape_argument(st, &key) : BURIN_OK;

    return status ? status : rt_python_item(st, of, key, out);
}

static burin_status named_value(formatter *f, burin_text key_text, burin_value *out)
{
    burin_value key = rt_string(key_text.data, key_text.len);

    if (f->names) {
        for (uint32_t n = 0; n < f->names->named_count; n++)
            if (text_equal(f->names->names[n], key_text)) {
                *out = f->names->named[n];
                return BURIN_OK;
            }
        return rt_key_error(f->st, key);
    }
    if (f->named.kind != BURIN_DICT)
        return item_of(f->st, f->named, key, out);
    const burin_value *found = rt_dict_find_text(rt_dict_of(f->st, f->named), key_text, rt_text_hash(key_text));
    if (!found)
        return rt_key_error(f->st, key);
    *out = *found;
    return BURIN_OK;
}

static burin_status positional_value(formatter *f, int64_t index, burin_value *out)
{
    if (!f->takes_positional && !f->python)
        return fail(f->st, "Format string contains positional fields");
    if ((uint64_t)index < f->positional_count) {
        *out = f->positional[index];
        return BURIN_OK;
    }
    if (f->python)
        return rt_fail(f->st, BURIN_ERR_INDEX, "tuple index out of range");
    return rt_fail(f->st, BURIN_ERR_INDEX, "Replacement index %" PRId64 " out of range for positional args tuple", index);
}

/* CPython: a field counts when the name before the first "." or "[" is empty or a number. */
static burin_status number_field(formatter *f, burin_text first, int64_t *index)
{
    bool counts = first.len == 0 || *index != NO_INDEX;

    if (!counts)
        return BURIN_OK;
    if (f->state == UNDECIDED)
        f->state = first.len ? MANUAL : AUTOMATIC;
    if (f->state == MANUAL && first.len == 0)
        return fail(f->st, "cannot switch from manual field specification to automatic field numbering");
    if (f->state == AUTOMATIC && first.len)
        return fail(f->st, "cannot switch from automatic field numbering to manual field specification");
    if (first.len == 0)
        *index = (int64_t)f->next++;
    return BURIN_OK;
}

static bool all_digits(burin_text text)
{
    bool digits = text.len > 0;

    for (size_t at = 0; digits && at < text.len;)
        digits = uni_is_digit(text_decode(text.data, text.len, &at));
    return digits;
}

/* string.Formatter: a field counts when its whole name is empty or digits; "{.a}" asks for the argument named "". */
static burin_status number_field_python(formatter *f, burin_text name, int64_t *index)
{
    static const char message[] = "cannot switch from manual field specification to automatic field numbering";

    if (name.len == 0) {
        if (f->state == MANUAL)
            return fail(f->st, message);
        f->state = AUTOMATIC;
        *index   = (int64_t)f->next++;
    } else if (all_digits(name)) {
        if (f->next > 0)
            return fail(f->st, message);
        f->state = MANUAL;
    }
    return BURIN_OK;
}

static burin_status fail_no_attribute(rt_state *st, burin_value v, burin_text name)
{
    if (v.kind == BURIN_OBJECT && rt_object_of(v)->cls == &rt_namespace_class) /* Jinja2's class raises with the bare name */
        return rt_fail(st, BURIN_ERR_ATTRIBUTE, "%.*s", (int)name.len, name.data);
    return rt_fail(st, BURIN_ERR_ATTRIBUTE, "'%s' object has no attribute '%.*s'", rt_type_name(st, v), (int)name.len, name.data);
}

/* One step of ".attribute" or "[item]" at *at of `path`. */
static burin_status follow(formatter *f, burin_text path, size_t *at, burin_value *v)
{
    rt_state  *st     = f->st;
    char       kind   = path.data[(*at)++];
    size_t     start  = *at;
    burin_text name;

    if (kind == '.') {
        while (*at < path.len && path.data[*at] != '.' && path.data[*at] != '[')
            ++*at;
        name = (burin_text){path.data + start, *at - start};
    } else if (kind == '[') {
        while (*at < path.len && path.data[*at] != ']')
            ++*at;
        if (*at == path.len)
            return fail(st, "Missing ']' in format string");
        name = (burin_text){path.data + start, *at - start};
        ++*at;
    } else {
        return fail(st, "Only '.' or '[' may follow ']' in format field specifier");
    }
    int64_t      index  = NO_INDEX;
    burin_status status = kind == '[' ? read_index(st, name, &index) : BURIN_OK;
    if (status)
        return status;
    if (name.len == 0)
        return fail(st, "Empty attribute in format string");
    burin_value of = *v;
    if (kind == '[') {
        burin_value key = index != NO_INDEX ? burin_int(index) : rt_string(name.data, name.len);
        return f->sandboxed ? rt_get_item(st, of, key, v) : item_of(st, of, key, v);
    }
    if (f->sandboxed)
        return rt_get_attr(st, of, name, v);
    if (st->python && name.len >= 2 && name.data[0] == '_' && name.data[1] == '_') /* scripts have no way to special attributes */
        return fail_no_attribute(st, of, name);
    status = rt_python_attr(st, of, name, v);
    return status || v->kind != BURIN_MISSING ? status : fail_no_attribute(st, of, name);
}

static burin_status field_value(formatter *f, burin_text name, burin_value *out)
{
    size_t at = 0;
    while (at < name.len && name.data[at] != '.' && name.data[at] != '[')
        at++;
    burin_text   first = {name.data, at};
    int64_t      index;
    burin_status status = read_index(f->st, first, &index);

    if (!status)
        status = f->python ? number_field_python(f, name, &index) : number_field(f, first, &index);
    if (!status)
        status = index != NO_INDEX ? positional_value(f, index, out) : named_value(f, first, out);
    while (!status && at < name.len)
        status = follow(f, name, &at, out);
    return status;
}

/* ---- writing ---- */

static burin_status convert(formatter *f, uint32_t conversion, burin_value *v)
{
    rt_state    *st = f->st;
    builder      b;
    burin_status status;

    switch (conversion) {
    case 0: return BURIN_OK;
    case 's':
        status = rt_str(st, *v, v);
        *v     = method_plain(*v);
        return status;
    case 'r': return rt_repr(st, *v, v);
    case 'a':
        builder_init(&b, st, 0);
        status = rt_append_ascii(&b, *v);
        return status ? status : builder_take(&b, 0, v);
    default: break;
    }
    if (conversion > 32 && conversion < 127)
        return rt_fail(st, BURIN_ERR_VALUE, "Unknown conversion specifier %c", (char)conversion);
    char   unit[5] = {0};
    size_t len     = text_encode(conversion, unit);
    if (f->python)
        return rt_fail(st, BURIN_ERR_VALUE, "Unknown conversion specifier %.*s", (int)len, unit);
    return rt_fail(st, BURIN_ERR_VALUE, "Unknown conversion specifier \\x%x", (unsigned)conversion);
}

/* markupsafe.EscapeFormatter.format_field */
static burin_status write_escaped_field(formatter *f, builder *b, burin_value v, burin_text spec)
{
    rt_state    *st = f->st;
    burin_status status;

    if (rt_is_safe(v)) {
        if (spec.len)
            return fail(st, "Unsupported format specification for Markup.");
        builder_value(b, v);
        return BURIN_OK;
    }
    if (method_has_html(v)) {
        if (spec.len && v.kind != BURIN_UNDEFINED) {
            const char *module = ((const rt_object_value *)v.as.p)->cls->module;
            return rt_fail(st, BURIN_ERR_VALUE,
                           "Format specifier %.*s given, but <class '%s%s%s'> does not define __html_format__. A class that defines __html__ must "
                           "define __html_format__ to work with format specifiers.",
                           (int)spec.len, spec.data, module ? module : "", module ? "." : "", rt_type_name(st, v));
        }
        status = v.kind == BURIN_UNDEFINED ? rt_undefined_fail(st, v) : rt_escape(st, v, &v); /* a chainable one has any attribute, and calls it */
    } else {
        status = rt_format_spec(st, v, spec, &v);
        if (!status)
            status = rt_escape(st, v, &v);
    }
    if (!status)
        builder_value(b, v);
    return status;
}

static burin_status write_format(formatter *f, builder *b, burin_text text, int depth);

static burin_status write_field(formatter *f, builder *b, const field *fd, int depth)
{
    burin_value  v, expanded;
    burin_text   spec   = fd->spec;
    burin_status status = field_value(f, fd->name, &v);

    if (!status)
        status = convert(f, fd->conversion, &v);
    if (!status && (f->python ? spec.len > 0 || depth == 0 : fd->spec_has_fields)) {
        builder inner;
        builder_init(&inner, f->st, 0);
        status = write_format(f, &inner, spec, depth - 1);
        if (!status)
            status = builder_take(&inner, 0, &expanded);
        if (!status)
            spec = rt_text_of(expanded);
    }
    if (status)
        return status;
    if (f->escapes)
        return write_escaped_field(f, b, v, spec);
    size_t before = b->len;
    status        = rt_format_append(b, v, spec);
    /* CPython gives a lone Markup that its specification leaves as it is back unchanged */
    f->markup = rt_is_safe(v) && spec.len && v.len && before == 0 && b->len == v.len && !f->python;
    return status;
}

/* Append `text` with its fields replaced. `depth` counts down: fields, fields in specifications. */
static burin_status write_format(formatter *f, builder *b, burin_text text, int depth)
{
    burin_status status = BURIN_OK;
    size_t       at     = 0;

    if (depth < (f->python ? 0 : 1))
        return fail(f->st, "Max string recursion exceeded");
    while (!status && at < text.len) {
        size_t start = at;
        while (at < text.len && text.data[at] != '{' && text.data[at] != '}')
            at++;
        builder_text(b, text.data + start, at - start);
        if (at == text.len)
            break;
        char brace = text.data[at++];
        if (at < text.len && text.data[at] == brace) {
            builder_byte(b, brace);
            at++;
        } else if (brace == '}') {
            status = fail(f->st, "Single '}' encountered in format string");
        } else if (at == text.len) {
            status = fail(f->st, "Single '{' encountered in format string");
        } else {
            field fd;
            status = read_field(f->st, text, &at, &fd);
            if (!status)
                status = write_field(f, b, &fd, depth);
            f->markup = f->markup && at == text.len;
        }
    }
    return status;
}

static burin_status run(formatter *f, burin_value format, burin_value *out)
{
    builder b;

    f->sandboxed = f->st->env->sandbox != RT_UNSANDBOXED;
    f->escapes   = rt_is_safe(format);
    f->python    = f->sandboxed || f->escapes;
    builder_init(&b, f->st, (size_t)format.len + 16);
    burin_status status = rt_charge(f->st, format.len / 64);
    if (!status)
        status = write_format(f, &b, rt_text_of(format), 2);
    return status ? status : builder_take(&b, f->markup ? BURIN_SAFE : format.flags & BURIN_SAFE, out);
}

burin_status rt_format_fields(rt_state *st, burin_value format, const rt_arguments *args, burin_value *out)
{
    formatter f = {.st = st, .positional = args->positional, .positional_count = args->count, .takes_positional = true, .names = args};

    return run(&f, format, out);
}

burin_status rt_format_mapping(rt_state *st, burin_value format, burin_value positional, burin_value named, burin_value *out)
{
    formatter f = {.st = st, .named = named};

    if (positional.kind == BURIN_TUPLE) {
        const rt_list *items = rt_list_of(st, positional);
        f.positional         = items->items;
        f.positional_count   = items->len;
        f.takes_positional   = true;
    }
    return run(&f, format, out);
}
