/* Ansible's `comment`: a text as the comment of a language (plugins/filter/core.py). */
#include "engine/presets.h"
#include "runtime/base/text.h"
#include "runtime/convert.h"
#include "runtime/write.h"

static rt_state *state_of(const burin_call *call) { return rt_state_of(burin_call_heap(call)); }

typedef struct comment_style {
    const char *name, *beginning, *decoration, *end;
} comment_style;

static const comment_style styles[] = {
    {"plain", "", "# ", ""}, {"erlang", "", "% ", ""}, {"c", "", "// ", ""}, {"cblock", "/*", " * ", " */"}, {"xml", "<!--", " - ", "-->"},
};

typedef struct comment {
    burin_text newline, beginning, prefix, decoration, postfix, end;
    int64_t    prefix_count, postfix_count;
} comment;

static burin_text text_of(const char *z) { return (burin_text){z, strlen(z)}; }

static burin_text without_blanks_behind(burin_text text)
{
    while (text.len && strchr(" \t\n\r\f\v", text.data[text.len - 1]))
        text.len--;
    return text;
}

/* What the call says instead of the style. */
static burin_status read_options(burin_call *call, comment *c)
{
    rt_state *st = state_of(call);
    struct {
        const char *name;
        burin_text *to;
    } const texts[] = {{"newline", &c->newline}, {"beginning", &c->beginning}, {"decoration", &c->decoration}, {"end", &c->end}, {"prefix", &c->prefix}, {"postfix", &c->postfix}};
    burin_value value;
    for (size_t n = 0; n < sizeof texts / sizeof texts[0]; n++) {
        burin_value given = burin_get(burin_arg(call, 2), texts[n].name);
        if (given.kind != BURIN_MISSING && rt_str(st, given, &value))
            return st->status;
        if (given.kind != BURIN_MISSING)
            *texts[n].to = rt_text_of(value);
        if (texts[n].to == &c->decoration) /* what stands before and behind is made of it, unless it is given */
            c->prefix = c->postfix = without_blanks_behind(c->decoration);
    }
    burin_value prefixes = burin_get(burin_arg(call, 2), "prefix_count"), postfixes = burin_get(burin_arg(call, 2), "postfix_count");
    c->prefix_count  = prefixes.kind == BURIN_INT ? prefixes.as.i : 1;
    c->postfix_count = postfixes.kind == BURIN_INT ? postfixes.as.i : 1;
    return c->newline.len ? BURIN_OK : burin_raise(call, BURIN_ERR_VALUE, "comment: the newline is empty");
}

static bool ends_with(burin_text text, burin_text with)
{
    return text.len >= with.len && memcmp(text.data + text.len - with.len, with.data, with.len) == 0;
}

/* The text with `decoration` before each line. Where that is also what a line ends with, as it is of an empty one, the blanks behind it go. */
static void write_lines(rt_out *out, const comment *c, burin_text text)
{
    const size_t blanks = c->decoration.len - without_blanks_behind(c->decoration).len;
    for (;;) {
        size_t     found   = text_find(text.data, text.len, c->newline.data, c->newline.len);
        bool       is_last = found == SIZE_MAX;
        burin_text line    = {text.data, is_last ? text.len : found};
        size_t     less    = !is_last && (!line.len || ends_with(line, c->decoration)) ? blanks : 0;
        rt_out_write(out, c->decoration.data, c->decoration.len - (line.len ? 0 : less));
        rt_out_write(out, line.data, line.len - (line.len ? less : 0));
        if (is_last || rt_out_status(out))
            return;
        rt_out_write(out, c->newline.data, c->newline.len);
        text = (burin_text){text.data + found + c->newline.len, text.len - found - c->newline.len};
    }
}

static void write_comment(rt_out *out, const comment *c, burin_text text)
{
    if (c->beginning.len) {
        rt_out_write(out, c->beginning.data, c->beginning.len);
        rt_out_write(out, c->newline.data, c->newline.len);
    }
    for (int64_t n = 0; c->prefix.len && n < c->prefix_count && !rt_out_status(out); n++) {
        if (!text_equal(c->prefix, c->newline))
            rt_out_write(out, c->prefix.data, c->prefix.len);
        rt_out_write(out, c->newline.data, c->newline.len);
    }
    write_lines(out, c, text);
    for (int64_t n = 0; n < c->postfix_count && !rt_out_status(out); n++) {
        rt_out_write(out, c->newline.data, c->newline.len);
        rt_out_write(out, c->postfix.data, c->postfix.len);
    }
    if (c->end.len) {
        rt_out_write(out, c->newline.data, c->newline.len);
        rt_out_write(out, c->end.data, c->end.len);
    }
}

burin_status preset_comment(burin_call *call, burin_value *out)
{
    rt_state            *st    = state_of(call);
    const comment_style *style = NULL;
    burin_value          text, name;
    rt_out               written;
    if (rt_str(st, burin_arg(call, 0), &text) || rt_str(st, burin_arg(call, 1), &name))
        return st->status;
    for (size_t n = 0; n < sizeof styles / sizeof styles[0]; n++)
        if (text_is(rt_text_of(name), styles[n].name))
            style = &styles[n];
    if (!style)
        return burin_raise(call, BURIN_ERR_KEY, "'%.*s'", (int)name.len, name.as.s);
    comment      c      = {.newline = text_of("\n"), .beginning = text_of(style->beginning), .decoration = text_of(style->decoration), .end = text_of(style->end)};
    burin_status status = read_options(call, &c);
    if (status)
        return status;
    rt_out_init_heap(&written, st, text.len + 64);
    write_comment(&written, &c, rt_text_of(text));
    return rt_out_take(&written, 0, out);
}
