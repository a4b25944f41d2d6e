/* repr() of values, as CPython writes it.
 *
 * A container being written is linked into st->repr_chain through the C stack; meeting it again inside itself writes
 * [...] or {...}. The chain runs through host functions too, because it starts at the state. Depth is bounded by
 * rt_enter. */
#include "runtime/base/text.h"
#include "runtime/builtins/builtins.h"
#include "runtime/complex.h"
#include "runtime/host.h"
#include "runtime/operate.h"
#include "runtime/struct.h"
#include "runtime/type.h"
#include "runtime/unicode.h"
#include "runtime/view.h"
#include "runtime/write.h"

#include <stdio.h>

typedef struct repr_link {
    const struct repr_link *outer;
    const void             *container;
    uint64_t                word; /* of a struct: one may lie at the start of another */
} repr_link;

/* False if the container is being written already, somewhere around. */
static bool begin(rt_state *st, repr_link *link, const void *container, uint64_t word)
{
    for (const repr_link *outer = st->repr_chain; outer; outer = outer->outer)
        if (outer->container == container && outer->word == word)
            return false;
    *link          = (repr_link){st->repr_chain, container, word};
    st->repr_chain = link;
    return true;
}

static void end(rt_state *st, const repr_link *link) { st->repr_chain = link->outer; }

/* ---- text ---- */

/* 0: as it is; else the letter after the backslash, or 'x' for \xHH. */
static char escape_letter(uint8_t c, char quote, bool array)
{
    if (c == '\\' || c == (uint8_t)quote || (array && c == '\''))
        return (char)c;
    if (c == '\n')
        return 'n';
    if (c == '\r')
        return 'r';
    if (c == '\t')
        return 't';
    return c < 32 || c == 127 ? 'x' : 0;
}

static void write_hex(rt_out *out, char letter, uint32_t cp, unsigned digits)
{
    char text[10] = {'\\', letter};
    for (unsigned n = 0; n < digits; n++)
        text[2 + n] = "0123456789abcdef"[cp >> (4 * (digits - 1 - n)) & 15];
    rt_out_write(out, text, 2 + digits);
}

static char quote_for(burin_text text)
{
    return memchr(text.data, '\'', text.len) && !memchr(text.data, '"', text.len) ? '"' : '\'';
}

/* `array`: a bytearray's bytes, whose apostrophes are escaped whatever the quotes. */
static void write_text_repr(rt_out *out, burin_text text, bool bytes, bool array)
{
    char   quote = text.len ? quote_for(text) : '\'';
    size_t clean = 0, at = 0;
    rt_out_write(out, &quote, 1);
    while (at < text.len) {
        uint8_t c = (uint8_t)text.data[at];
        if (c < 128) {
            char letter = escape_letter(c, quote, array);
            at++;
            if (!letter)
                continue;
            rt_out_write(out, text.data + clean, at - 1 - clean);
            if (letter == 'x')
                write_hex(out, 'x', c, 2);
            else
                rt_out_write(out, (char[2]){'\\', letter}, 2);
        } else {
            size_t   start = at;
            uint32_t cp    = bytes ? (at++, c) : text_decode(text.data, text.len, &at);
            if (!bytes && uni_is_printable(cp))
                continue;
            rt_out_write(out, text.data + clean, start - clean);
            if (cp < 0x100)
                write_hex(out, 'x', cp, 2);
            else if (cp < 0x10000)
                write_hex(out, 'u', cp, 4);
            else
                write_hex(out, 'U', cp, 8);
        }
        clean = at;
    }
    rt_out_write(out, text.data + clean, text.len - clean);
    rt_out_write(out, &quote, 1);
}

/* ---- containers ---- */

static burin_status write_items(rt_state *st, rt_out *out, burin_value v)
{
    for (uint32_t n = 0; n < rt_list_of(st, v)->len; n++) {
        if (n)
            rt_out_literal(out, ", ");
        if (rt_write_repr(st, out, rt_list_of(st, v)->items[n]))
            return st->status;
    }
    return BURIN_OK;
}

static burin_status write_list(rt_state *st, rt_out *out, burin_value v)
{
    bool tuple = v.kind == BURIN_TUPLE;
    rt_out_write(out, tuple ? "(" : "[", 1);
    if (write_items(st, out, v))
        return st->status;
    if (tuple && rt_list_of(st, v)->len == 1)
        rt_out_literal(out, ",");
    rt_out_write(out, tuple ? ")" : "]", 1);
    return BURIN_OK;
}

static burin_status write_dict(rt_state *st, rt_out *out, burin_value v)
{
    const rt_dict *d = rt_dict_of(st, v);
    burin_value    key, value;
    bool           first = true;
    bool           frozen = rt_is_frozen(v);
    if (v.kind == BURIN_SET && d->len == 0) {
        rt_out_write(out, frozen ? "frozenset()" : "set()", frozen ? 11 : 5);
        return BURIN_OK;
    }
    if (frozen)
        rt_out_literal(out, "frozenset(");
    rt_out_literal(out, "{");
    for (uint32_t at = 0; rt_dict_next(d, &at, &key, v.kind == BURIN_SET ? NULL : &value);) {
        if (!first)
            rt_out_literal(out, ", ");
        first = false;
        if (rt_write_repr(st, out, key))
            return st->status;
        if (v.kind == BURIN_SET)
            continue;
        rt_out_literal(out, ": ");
        if (rt_write_repr(st, out, value))
            return st->status;
    }
    rt_out_literal(out, "}");
    if (frozen)
        rt_out_literal(out, ")");
    return BURIN_OK;
}

static burin_status write_container(rt_state *st, rt_out *out, burin_value v)
{
    repr_link link;
    if (!begin(st, &link, v.as.p, 0)) {
        const char *mark = v.kind == BURIN_LIST ? "[...]" : v.kind == BURIN_TUPLE ? "(...)" : rt_is_frozen(v) ? "frozenset(...)" : v.kind == BURIN_SET ? "set(...)" : "{...}";
        rt_out_write(out, mark, strlen(mark));
        return rt_out_status(out);
    }
    bool is_row = v.kind == BURIN_LIST || v.kind == BURIN_TUPLE;
    if (!rt_enter(st)) {
        if (!rt_charge(st, is_row ? rt_list_of(st, v)->len : rt_dict_of(st, v)->len))
            (is_row ? write_list : write_dict)(st, out, v);
        rt_leave(st);
    }
    end(st, &link);
    return st->status ? st->status : rt_out_status(out);
}

/* ---- structs ---- */

static burin_status write_members(rt_state *st, rt_out *out, burin_value v, const rt_layout *layout)
{
    burin_value value;
    rt_out_write(out, layout->name, strlen(layout->name));
    rt_out_literal(out, "(");
    for (uint32_t n = 0; n < layout->count; n++) {
        const rt_member *member = &layout->members[n];
        if (n)
            rt_out_literal(out, ", ");
        rt_out_write(out, member->name.data, member->name.len);
        rt_out_literal(out, "=");
        if (rt_member_read(st, member, v, &value) || rt_write_repr(st, out, value))
            return st->status;
    }
    rt_out_literal(out, ")");
    return rt_out_status(out);
}

static burin_status write_struct(rt_state *st, rt_out *out, burin_value v)
{
    const rt_layout *layout = rt_layout_of(st, v);
    repr_link     link;
    if (!begin(st, &link, v.as.p, rt_struct_word(v))) {
        rt_out_literal(out, "...");
        return rt_out_status(out);
    }
    if (!rt_enter(st)) {
        if (!rt_charge(st, layout->count))
            write_members(st, out, v, layout);
        rt_leave(st);
    }
    end(st, &link);
    return st->status ? st->status : rt_out_status(out);
}

static burin_status write_array(rt_state *st, rt_out *out, burin_value v)
{
    rt_array    array;
    burin_value item;
    if (rt_array_of(st, v, &array) || rt_enter(st) || rt_charge(st, array.count))
        return st->status;
    rt_out_literal(out, "[");
    for (uint32_t n = 0; n < array.count && !st->status; n++) {
        if (n)
            rt_out_literal(out, ", ");
        if (!rt_array_read(st, &array, n, &item))
            rt_write_repr(st, out, item);
    }
    rt_out_literal(out, "]");
    rt_leave(st);
    return st->status ? st->status : rt_out_status(out);
}

/* ---- the rest ---- */

static burin_status write_range(rt_out *out, const rt_range *r)
{
    rt_out_literal(out, "range(");
    rt_write_int_fast(out, r->start);
    rt_out_literal(out, ", ");
    rt_write_int_fast(out, r->stop);
    if (r->step != 1) {
        rt_out_literal(out, ", ");
        rt_write_int_fast(out, r->step);
    }
    rt_out_literal(out, ")");
    return rt_out_status(out);
}

/* What MarkupSafe defines itself is a function of Python, those that wrap str's own under their names. */
static burin_status write_markup_method(rt_state *st, rt_out *out, const rt_function *f)
{
    char text[64];
    snprintf(text, sizeof text, "<bound method %s.%s of ", f->flags & RT_WRAPPED ? "str" : "Markup", f->name);
    rt_out_write(out, text, strlen(text));
    burin_status status = rt_write_repr(st, out, f->self);
    rt_out_literal(out, ">");
    return status ? status : rt_out_status(out);
}

static burin_status write_function(rt_state *st, rt_out *out, burin_value v)
{
    const rt_function *f = v.as.p;
    const char *class_name = rt_function_class(v);
    char        text[256];
    if (class_name)
        snprintf(text, sizeof text, "<class '%s'>", class_name);
    else if (rt_unbound_type(f))
        snprintf(text, sizeof text, "<method '%s' of '%s' objects>", f->name, rt_unbound_type(f));
    else if (st->python && f->self.kind != BURIN_MISSING) /* no addresses: scripts print the same every time */
        snprintf(text, sizeof text, "<built-in method %s of %s object>", f->name, rt_type_name(st, f->self));
    else if (st->python)
        snprintf(text, sizeof text, "<built-in function %s>", f->name);
    else if (f->self.kind == BURIN_STRING && rt_is_safe(f->self) && (f->flags & (RT_WRAPPED | RT_REWRITTEN)))
        return write_markup_method(st, out, f);
    else if (f->self.kind != BURIN_MISSING)
        snprintf(text, sizeof text, "<built-in method %s of %s object at %p>", f->name, rt_type_name(st, f->self), f->self.as.p);
    else
        snprintf(text, sizeof text, "<function %s at %p>", f->name, v.as.p);
    rt_out_write(out, text, strlen(text));
    return rt_out_status(out);
}

static burin_status write_object(rt_state *st, rt_out *out, burin_value v)
{
    const rt_object_value *object = rt_object_of(v);
    if (!object->cls->repr) {
        rt_out_literal(out, "<");
        if (object->cls->module) {
            rt_out_write(out, object->cls->module, strlen(object->cls->module));
            rt_out_literal(out, ".");
        }
        rt_out_write(out, object->cls->name, strlen(object->cls->name));
        rt_out_literal(out, " object>");
        return rt_out_status(out);
    }
    burin_call  call = rt_host_call(st);
    burin_value text;
    if (rt_enter(st))
        return st->status;
    burin_status status = rt_host_done(st, object->cls->repr(&call, object->self, &text));
    rt_leave(st);
    if (status)
        return status;
    if (text.kind != BURIN_STRING)
        return rt_fail(st, BURIN_ERR_TYPE, "__repr__ returned non-string (type %s)", rt_type_name(st, text));
    rt_out_write(out, text.as.s, text.len);
    return rt_out_status(out);
}

static burin_status write_complex(rt_state *st, rt_out *out, rt_complex z)
{
    builder     text;
    burin_value made;
    builder_init(&text, st, 64);
    rt_complex_write(&text, z);
    burin_status status = builder_take(&text, 0, &made);
    if (status)
        return status;
    rt_out_write(out, made.as.s, made.len);
    return rt_out_status(out);
}

/* CPython guards its views as it does its containers. */
static burin_status write_view(rt_state *st, rt_out *out, burin_value v)
{
    repr_link link;
    if (!begin(st, &link, v.as.p, 0)) {
        rt_out_literal(out, "...");
        return rt_out_status(out);
    }
    burin_status status = write_object(st, out, v);
    end(st, &link);
    return status;
}

burin_status rt_write_repr(rt_state *st, rt_out *out, burin_value v)
{
    switch ((burin_kind)v.kind) {
    case BURIN_STRING:
        if (v.flags & BURIN_SAFE)
            rt_out_literal(out, "Markup(");
        write_text_repr(out, rt_text_of(v), false, false);
        if (v.flags & BURIN_SAFE)
            rt_out_literal(out, ")");
        return rt_out_status(out);
    case BURIN_BYTES:
        rt_out_literal(out, "b");
        write_text_repr(out, rt_text_of(v), true, false);
        return rt_out_status(out);
    case BURIN_BYTEARRAY:
        rt_out_literal(out, "bytearray(b");
        write_text_repr(out, rt_text_of(rt_bytearray_view(v)), true, true);
        rt_out_literal(out, ")");
        return rt_out_status(out);
    case BURIN_COMPLEX:
        return write_complex(st, out, rt_complex_of(v));
    case BURIN_LIST:
    case BURIN_TUPLE:
    case BURIN_DICT:
    case BURIN_SET:
        return write_container(st, out, v);
    case BURIN_RANGE:
        return write_range(out, v.as.p);
    case BURIN_FUNCTION:
        return write_function(st, out, v);
    case BURIN_OBJECT:
        return rt_view_of(v) == RT_VIEW_NONE ? write_object(st, out, v) : write_view(st, out, v);
    case BURIN_STRUCT:
        return write_struct(st, out, v);
    case BURIN_ARRAY:
        return write_array(st, out, v);
    case BURIN_UNDEFINED: /* of every class, StrictUndefined too */
        rt_out_literal(out, "Undefined");
        return rt_out_status(out);
    case BURIN_MISSING:
        rt_out_literal(out, "missing");
        return rt_out_status(out);
    default:
        return rt_write_str(st, out, v);
    }
}

burin_status rt_repr(rt_state *st, burin_value v, burin_value *out)
{
    rt_out text;
    rt_out_init_heap(&text, st, v.kind == BURIN_STRING ? v.len + 2u : 0);
    if (rt_write_repr(st, &text, v))
        return st->status;
    return rt_out_take(&text, 0, out);
}
