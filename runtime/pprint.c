/* pprint.pformat with width 80, one space a level and dict keys sorted; the caller chooses depth and compact.
 *
 * As in CPython's pprint.py: what fits in the rest of the line is written whole, else containers are broken one item a line
 * (compact: as many short items a line as fit), and strings at spaces. A container that is not empty is written as {...} where
 * `level`, the number of containers around it, has reached the depth. The one-line form is measured in a scratch buffer that is used over and over. Containers in progress are
 * linked through the C stack, so a cycle is written as <Recursion on ...>. */
#include "runtime/base/text.h"
#include "runtime/operate.h"
#include "runtime/struct.h"
#include "runtime/unicode.h"
#include "runtime/write.h"

#include <stdio.h>

enum { WIDTH = 80 };

typedef struct link {
    const struct link *outer;
    const void        *container;
} link;

typedef struct printer {
    rt_state         *st;
    rt_out           *out;
    rt_pprint_options options;
    rt_out            line; /* the one-line form last made */
    const link       *open;
} printer;

static void write_form(printer *p, rt_out *out, burin_value v, unsigned level);
static void format_value(printer *p, burin_value v, size_t indent, size_t allowance, unsigned level);

static bool failed(const printer *p) { return p->st->status != BURIN_OK; }

static bool is_plain_list(printer *p, burin_value v) /* a named tuple has a repr of its own */
{
    return v.kind == BURIN_LIST || (v.kind == BURIN_TUPLE && !rt_list_of(p->st, v)->fields);
}

static bool is_open(const printer *p, burin_value v)
{
    for (const link *each = p->open; each; each = each->outer)
        if (each->container == v.as.p)
            return true;
    return false;
}

static void write_recursion(printer *p, rt_out *out, burin_value v)
{
    char text[96];
    snprintf(text, sizeof text, "<Recursion on %s with id=%llu>", rt_type_name(p->st, v), (unsigned long long)(uintptr_t)v.as.p);
    rt_out_write(out, text, strlen(text));
}

/* ---- sorting: pprint._safe_key ---- */

/* a < b; where Python refuses to compare, by the names of the types. */
static bool is_less(printer *p, burin_value a, burin_value b)
{
    bool less = false;
    if (rt_compare_op(p->st, RT_LT, a, b, &less) == BURIN_ERR_TYPE) {
        rt_clear_error(p->st);
        less = strcmp(rt_type_name(p->st, a), rt_type_name(p->st, b)) < 0;
    }
    return less;
}

/* Merge sort of `order`, entry numbers of `keys`; `spare` has the same size. */
static void sort_entries(printer *p, const rt_key *keys, uint32_t *order, uint32_t *spare, uint32_t count)
{
    uint32_t half = count / 2;
    if (count < 2)
        return;
    sort_entries(p, keys, order, spare, half);
    sort_entries(p, keys, order + half, spare, count - half);
    if (failed(p))
        return;
    memcpy(spare, order, half * sizeof *order);
    for (uint32_t left = 0, right = half, to = 0; left < half && !failed(p); to++) {
        bool take_right = right < count && is_less(p, keys[order[right]].value, keys[spare[left]].value);
        order[to]       = take_right ? order[right++] : spare[left++];
    }
}

/* The entry numbers of `d` in the order of its keys; NULL after a failure. */
static const uint32_t *sorted_entries(printer *p, const rt_dict *d)
{
    uint32_t *order = heap_alloc(&p->st->heap, (2 * (size_t)d->len + 1) * sizeof *order), count = 0;
    if (!order) {
        rt_fail_memory(p->st);
        return NULL;
    }
    for (uint32_t n = 0; n < d->keys->len; n++)
        if (d->keys->entries[n].live)
            order[count++] = n;
    sort_entries(p, d->keys->entries, order, order + count, count);
    return failed(p) ? NULL : order;
}

/* ---- the one-line form: pprint._safe_repr ---- */

static void write_dict_form(printer *p, rt_out *out, const rt_dict *d, unsigned level)
{
    const uint32_t *order = sorted_entries(p, d);
    rt_out_literal(out, "{");
    for (uint32_t n = 0; order && n < d->len && !failed(p); n++) {
        if (n)
            rt_out_literal(out, ", ");
        write_form(p, out, d->keys->entries[order[n]].value, level);
        rt_out_literal(out, ": ");
        write_form(p, out, d->values[order[n]], level);
    }
    rt_out_literal(out, "}");
}

static void write_list_form(printer *p, rt_out *out, burin_value v, unsigned level)
{
    const rt_list *list = rt_list_of(p->st, v);
    rt_out_write(out, v.kind == BURIN_LIST ? "[" : "(", 1);
    for (uint32_t n = 0; n < list->len && !failed(p); n++) {
        if (n)
            rt_out_literal(out, ", ");
        write_form(p, out, list->items[n], level);
    }
    if (v.kind == BURIN_TUPLE && list->len == 1)
        rt_out_literal(out, ",");
    rt_out_write(out, v.kind == BURIN_LIST ? "]" : ")", 1);
}

static void write_too_deep(rt_out *out, burin_value v, uint32_t count)
{
    const char *text = v.kind == BURIN_DICT ? "{...}" : v.kind == BURIN_LIST ? "[...]" : count == 1 ? "(...,)" : "(...)";
    rt_out_write(out, text, strlen(text));
}

static void write_form(printer *p, rt_out *out, burin_value v, unsigned level)
{
    if (rt_array_unfold(p->st, &v))
        return;
    bool is_dict = v.kind == BURIN_DICT;
    if (!is_dict && !is_plain_list(p, v)) {
        rt_write_repr(p->st, out, v);
        return;
    }
    uint32_t count = is_dict ? rt_dict_of(p->st, v)->len : rt_list_of(p->st, v)->len;
    if (count && p->options.depth && level >= p->options.depth) {
        write_too_deep(out, v, count);
        return;
    }
    if (is_open(p, v)) {
        write_recursion(p, out, v);
        return;
    }
    if (rt_enter(p->st) || rt_charge(p->st, count))
        return;
    link here = {p->open, v.as.p};
    p->open   = &here;
    if (is_dict)
        write_dict_form(p, out, rt_dict_of(p->st, v), level + 1);
    else
        write_list_form(p, out, v, level + 1);
    p->open = here.outer;
    rt_leave(p->st);
}

/* Make the one-line form in p->line and measure it in characters. */
static size_t measure(printer *p, burin_value v, unsigned level)
{
    p->line.next = p->line.data;
    write_form(p, &p->line, v, level);
    return p->line.data ? text_count(p->line.data, (size_t)(p->line.next - p->line.data)) : 0;
}

static void write_measured(printer *p) { rt_out_write(p->out, p->line.data, (size_t)(p->line.next - p->line.data)); }

static void write_line_break(printer *p, size_t indent)
{
    rt_out_literal(p->out, "\n");
    for (; indent; indent--)
        rt_out_literal(p->out, " ");
}

/* ---- strings and bytes ---- */

/* Pieces of a text, written below each other or only counted. */
typedef struct pieces {
    printer *p;
    bool     bytes, only_count;
    size_t   indent;
    size_t   count;
} pieces;

static burin_value piece_value(const pieces *s, const char *data, size_t len)
{
    burin_value v = rt_string(data, len);
    v.kind        = s->bytes ? BURIN_BYTES : BURIN_STRING;
    return v;
}

static size_t measure_piece(const pieces *s, const char *data, size_t len) { return measure(s->p, piece_value(s, data, len), 0); }

static void write_piece(pieces *s, const char *data, size_t len)
{
    if (s->count++ && !s->only_count)
        write_line_break(s->p, s->indent);
    if (s->only_count)
        return;
    measure_piece(s, data, len);
    write_measured(s->p);
}

/* Like int arithmetic in Python, which may fall below zero. */
static size_t less(size_t width, size_t by) { return width > by ? width - by : 0; }

/* End of the line that starts at `at`, its line break included (str.splitlines(True)). */
static size_t line_end(burin_text text, size_t at)
{
    while (at < text.len) {
        uint32_t cp = text_decode(text.data, text.len, &at);
        if (cp == '\r' && at < text.len && text.data[at] == '\n')
            return at + 1;
        if (uni_is_line_break(cp))
            return at;
    }
    return at;
}

/* End of the word and the spaces after it. */
static size_t word_end(burin_text text, size_t at)
{
    bool spaces = false;
    while (at < text.len) {
        size_t next  = at;
        bool   space = uni_is_space(text_decode(text.data, text.len, &next));
        if (spaces && !space)
            break;
        spaces |= space;
        at = next;
    }
    return at;
}

static void write_long_line(pieces *s, burin_text line, size_t width, size_t last_allowance)
{
    size_t start = 0, end = 0;
    while (end < line.len && !failed(s->p)) {
        size_t next = word_end(line, end);
        if (next == line.len)
            width = less(width, last_allowance);
        if (end > start && measure_piece(s, line.data + start, next - start) > width) {
            write_piece(s, line.data + start, end - start);
            start = end;
        }
        end = next;
    }
    if (end > start)
        write_piece(s, line.data + start, end - start);
}

static void write_lines(pieces *s, burin_text text, size_t allowance)
{
    size_t width = less(WIDTH, s->indent);
    for (size_t at = 0; at < text.len && !failed(s->p);) {
        size_t end  = line_end(text, at);
        bool   last = end == text.len;
        if (measure_piece(s, text.data + at, end - at) <= (last ? less(width, allowance) : width))
            write_piece(s, text.data + at, end - at);
        else
            write_long_line(s, (burin_text){text.data + at, end - at}, width, last ? allowance : 0);
        at = end;
    }
}

static void format_text(printer *p, burin_value v, size_t indent, size_t allowance, unsigned level)
{
    bool   paren   = level == 1;
    pieces counted = {p, false, true, indent + paren, 0}, written = {p, false, false, indent + paren, 0};
    write_lines(&counted, rt_text_of(v), allowance + paren);
    if (counted.count == 1) {
        measure(p, v, level);
        write_measured(p);
        return;
    }
    if (paren)
        rt_out_literal(p->out, "(");
    write_lines(&written, rt_text_of(v), allowance + paren);
    if (paren)
        rt_out_literal(p->out, ")");
}

static void format_bytes(printer *p, burin_value v, size_t indent, size_t allowance, unsigned level)
{
    bool paren = level == 1;
    if (paren) {
        indent++;
        allowance++;
        rt_out_literal(p->out, "(");
    }
    pieces s     = {p, true, false, indent, 0};
    size_t width = less(WIDTH, indent), start = 0, last = v.len / 4 * 4;
    for (size_t at = 0; at < v.len && !failed(p); at += 4) {
        size_t end = at + 4 < v.len ? at + 4 : v.len;
        if (at == last)
            width = less(width, allowance);
        if (at > start && measure_piece(&s, v.as.s + start, end - start) > width) {
            write_piece(&s, v.as.s + start, at - start);
            start = at;
        }
    }
    write_piece(&s, v.as.s + start, v.len - start);
    if (paren)
        rt_out_literal(p->out, ")");
}

static void format_bytearray(printer *p, burin_value v, size_t indent, size_t allowance, unsigned level)
{
    burin_value bytes = rt_bytearray_view(v);
    rt_out_literal(p->out, "bytearray(");
    if (bytes.len > 4)
        format_bytes(p, bytes, indent + 10, allowance + 1, level + 1);
    else
        rt_write_repr(p->st, p->out, bytes);
    rt_out_literal(p->out, ")");
}

/* ---- containers ---- */

static void format_dict(printer *p, burin_value v, size_t indent, size_t allowance, unsigned level)
{
    const rt_dict  *d     = rt_dict_of(p->st, v);
    const uint32_t *order = sorted_entries(p, d);
    rt_out_literal(p->out, "{");
    for (uint32_t n = 0; order && n < d->len && !failed(p); n++) {
        if (n) {
            rt_out_literal(p->out, ",");
            write_line_break(p, indent + 1);
        }
        size_t width = measure(p, d->keys->entries[order[n]].value, level);
        write_measured(p);
        rt_out_literal(p->out, ": ");
        format_value(p, d->values[order[n]], indent + 1 + width + 2, n + 1 == d->len ? allowance + 1 : 1, level);
    }
    rt_out_literal(p->out, "}");
}

/* The line that items are written on. */
typedef struct row {
    size_t    indent;
    ptrdiff_t room, width; /* what is left for compact items, and what there is on a new line */
    enum { ROW_EMPTY, ROW_OPEN, ROW_FULL } state;
} row;

static void begin_item(printer *p, row *r)
{
    if (r->state == ROW_OPEN)
        rt_out_literal(p->out, ", ");
    if (r->state == ROW_FULL) {
        rt_out_literal(p->out, ",");
        write_line_break(p, r->indent);
    }
}

/* Compact: the item behind the one before it, or on a new line. False, with nothing written, where it must be broken. */
static bool write_compact(printer *p, row *r, burin_value item, unsigned level)
{
    ptrdiff_t width = (ptrdiff_t)measure(p, item, level) + 2;
    if (r->room < width) {
        r->room  = r->width;
        r->state = r->state == ROW_EMPTY ? ROW_EMPTY : ROW_FULL;
    }
    if (r->room < width)
        return false;
    r->room -= width;
    begin_item(p, r);
    write_measured(p);
    r->state = ROW_OPEN;
    return true;
}

static void format_items(printer *p, burin_value v, size_t indent, size_t allowance, unsigned level)
{
    ptrdiff_t width = WIDTH - (ptrdiff_t)indent;
    row       r     = {indent + 1, width, width, ROW_EMPTY};
    for (uint32_t n = 0; n < rt_list_of(p->st, v)->len && !failed(p); n++) {
        const rt_list *list = rt_list_of(p->st, v);
        bool           last = n + 1 == list->len;
        if (last) {
            r.room -= (ptrdiff_t)allowance;
            r.width -= (ptrdiff_t)allowance;
        }
        if (p->options.compact && write_compact(p, &r, list->items[n], level))
            continue;
        begin_item(p, &r);
        r.state = ROW_FULL;
        format_value(p, list->items[n], r.indent, last ? allowance : 1, level);
    }
}

static void format_list(printer *p, burin_value v, size_t indent, size_t allowance, unsigned level)
{
    bool        list = v.kind == BURIN_LIST;
    const char *end  = list ? "]" : rt_list_of(p->st, v)->len == 1 ? ",)" : ")";
    rt_out_write(p->out, list ? "[" : "(", 1);
    format_items(p, v, indent, allowance + strlen(end), level);
    rt_out_write(p->out, end, strlen(end));
}

static void format_set(printer *p, burin_value v, size_t indent, size_t allowance, unsigned level)
{
    const rt_dict  *d     = rt_dict_of(p->st, v);
    const uint32_t *order = sorted_entries(p, d);
    rt_list        *items;
    if (!order || rt_list_new(p->st, BURIN_LIST, d->len, &items))
        return;
    for (uint32_t n = 0; n < d->len; n++)
        items->items[items->len++] = d->keys->entries[order[n]].value;
    const char *begin = rt_is_frozen(v) ? "frozenset({" : "{", *end = rt_is_frozen(v) ? "})" : "}";
    rt_out_write(p->out, begin, strlen(begin));
    format_items(p, rt_list_value(items), indent + strlen(begin) - 1, allowance + strlen(end), level);
    rt_out_write(p->out, end, strlen(end));
}

/* The form over several lines; false for values that have none. */
static bool format_broken(printer *p, burin_value v, size_t indent, size_t allowance, unsigned level)
{
    if (v.kind == BURIN_DICT)
        format_dict(p, v, indent, allowance, level);
    else if (is_plain_list(p, v))
        format_list(p, v, indent, allowance, level);
    else if (v.kind == BURIN_SET && rt_dict_of(p->st, v)->len)
        format_set(p, v, indent, allowance, level);
    else if (v.kind == BURIN_STRING && !rt_is_safe(v) && v.len)
        format_text(p, v, indent, allowance, level);
    else if (v.kind == BURIN_BYTES && v.len > 4)
        format_bytes(p, v, indent, allowance, level);
    else if (v.kind == BURIN_BYTEARRAY)
        format_bytearray(p, v, indent, allowance, level);
    else
        return false;
    return true;
}

static void format_value(printer *p, burin_value v, size_t indent, size_t allowance, unsigned level)
{
    if (rt_array_unfold(p->st, &v))
        return;
    bool container = v.kind >= BURIN_LIST && v.kind <= BURIN_SET;
    if (container && is_open(p, v)) {
        write_recursion(p, p->out, v);
        return;
    }
    if (measure(p, v, level) + indent + allowance > WIDTH) {
        if (failed(p) || rt_enter(p->st))
            return;
        link here = {p->open, v.as.p};
        if (container)
            p->open = &here;
        bool done = format_broken(p, v, indent, allowance, level + 1);
        p->open   = here.outer;
        rt_leave(p->st);
        if (done)
            return;
    }
    write_measured(p);
}

burin_status rt_write_pprint(rt_state *st, rt_out *out, burin_value v, rt_pprint_options options)
{
    printer p = {.st = st, .out = out, .options = options};
    rt_out_init(&p.line, st, 256);
    if (!failed(&p))
        format_value(&p, v, 0, 0, 0);
    rt_out_deinit(&p.line);
    return st->status ? st->status : rt_out_status(out);
}
