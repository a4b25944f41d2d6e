/* Filters on the length and the lines of a text: truncate and indent. */
#include "runtime/builtins/support.h"
#include "runtime/unicode.h"

/* ---- truncate ---- */

/* assert `value` >= `least`, with Jinja2's words. */
static burin_status expect_at_least(rt_state *st, const char *what, burin_value value, int64_t least)
{
    bool         enough;
    burin_value  shown;
    burin_status status = rt_compare_op(st, RT_GE, value, burin_int(least), &enough);

    if (status || enough)
        return status;
    status = rt_str(st, value, &shown);
    if (status)
        return status;
    return rt_fail(st, BURIN_ERR_PY_ASSERTION, "expected %s >= %lld, got %.*s", what, (long long)least, (int)shown.len, shown.as.s);
}

/* The first `count` characters of `s`, back to the last space among them unless `kill_words`. */
static burin_value cut(burin_value s, size_t count, bool kill_words)
{
    size_t keep = (s.flags & BURIN_ASCII) ? count : text_offset(s.as.s, s.len, count);

    if (!kill_words) {
        size_t space = text_rfind(s.as.s, keep, " ", 1);
        if (space != SIZE_MAX)
            keep = space;
    }
    s.len = (uint32_t)keep;
    return s;
}

/* What Python says when something that is no text turns out too long. */
static burin_status cut_other(rt_state *st, burin_value s, burin_value end, bool kill_words)
{
    burin_value  unused;
    burin_status status;

    if (s.kind != BURIN_LIST && s.kind != BURIN_TUPLE && s.kind != BURIN_BYTES && s.kind != BURIN_RANGE)
        return rt_fail(st, BURIN_ERR_TYPE, s.kind == BURIN_DICT ? "unhashable type: 'slice'" : "'%s' object is not subscriptable",
                       rt_type_name(st, s));
    if (!kill_words && s.kind == BURIN_BYTES)
        return rt_fail(st, BURIN_ERR_TYPE, "a bytes-like object is required, not 'str'");
    if (!kill_words)
        return builtin_fail_attribute(st, s, "rsplit");
    status = rt_binary_op(st, RT_ADD, s, end, &unused);
    return status ? status : rt_fail(st, BURIN_ERR_TYPE, "can only truncate text");
}

/* length + leeway, and length - len(end). */
static burin_status truncate_bounds(burin_call *call, size_t end_len, burin_value *most, burin_value *keep)
{
    rt_state    *st     = call->st;
    burin_value  length = call->args[1], leeway = call->args[4];
    burin_status status;

    if (leeway.kind == BURIN_NONE)
        leeway = builtin_policy(st, "truncate.leeway", burin_int(5));
    if (BURIN_LIKELY(length.kind == BURIN_INT && leeway.kind == BURIN_INT && length.as.i >= (int64_t)end_len && leeway.as.i >= 0 &&
                     leeway.as.i <= INT64_MAX - length.as.i)) {
        *most = burin_int(length.as.i + leeway.as.i);
        *keep = burin_int(length.as.i - (int64_t)end_len);
        return BURIN_OK;
    }
    status = expect_at_least(st, "length", length, (int64_t)end_len);
    if (!status)
        status = expect_at_least(st, "leeway", leeway, 0);
    if (!status)
        status = rt_binary_op(st, RT_ADD, length, leeway, most);
    if (!status)
        status = rt_binary_op(st, RT_SUB, length, burin_int((int64_t)end_len), keep);
    return status;
}

burin_status filter_truncate(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    burin_value  s = call->args[0], end = call->args[3], most, keep;
    size_t       end_len, count;
    bool         fits, kill_words;
    burin_status status = rt_length(st, end, &end_len);

    if (!status)
        status = truncate_bounds(call, end_len, &most, &keep);
    if (status)
        return status;
    if (rt_is_text(s) && most.kind == BURIN_INT && (int64_t)s.len <= most.as.i) { /* not longer in bytes, so not in characters */
        *out = s;
        return BURIN_OK;
    }
    status = rt_charge(st, s.kind == BURIN_STRING ? s.len / 64 : 0);
    if (!status)
        status = rt_length(st, s, &count);
    if (!status)
        status = rt_compare_op(st, RT_LE, burin_int((int64_t)count), most, &fits);
    if (!status && fits)
        *out = s;
    if (status || fits)
        return status;
    status = rt_is_true(st, call->args[2], &kill_words);
    if (status)
        return status;
    if (keep.kind == BURIN_FLOAT)
        return rt_fail(st, BURIN_ERR_TYPE, "slice indices must be integers or None or have an __index__ method");
    if (!rt_is_text(s))
        return cut_other(st, s, end, kill_words);
    return rt_binary_op(st, RT_ADD, cut(s, (size_t)keep.as.i, kill_words), end, out);
}

/* ---- indent ---- */

/* `s += "\n"` of what is no text. Always fails. */
static burin_status fail_no_lines(rt_state *st, burin_value s)
{
    const char *type = rt_type_name(st, s);

    switch (s.kind) {
    case BURIN_UNDEFINED: return rt_undefined_fail(st, s);
    case BURIN_LIST: return builtin_fail_attribute(st, s, "splitlines");
    case BURIN_TUPLE: return rt_fail(st, BURIN_ERR_TYPE, "can only concatenate tuple (not \"str\") to tuple");
    case BURIN_BYTES: return rt_fail(st, BURIN_ERR_TYPE, "can't concat str to bytes");
    default: return rt_fail(st, BURIN_ERR_TYPE, "unsupported operand type(s) for +=: '%s' and 'str'", type);
    }
}

/* The text to indent with: `width` itself, or so many spaces. */
static burin_status indentation(rt_state *st, burin_value width, burin_value *out)
{
    if (rt_is_text(width)) {
        *out = width;
        return BURIN_OK;
    }
    return rt_binary_op(st, RT_MUL, RT_STRING(" "), width, out);
}

/* The end of the line that starts at `from`, and where the next one starts. */
static size_t line_end(burin_text s, size_t from, size_t *next)
{
    for (size_t at = from; at < s.len;) {
        unsigned char c = (unsigned char)s.data[at];
        if (BURIN_LIKELY(c > 0x1e && c < 0xc2)) { /* breaks beyond ASCII start with 0xc2 or 0xe2 */
            at++;
            continue;
        }
        size_t after = at;
        if (uni_is_line_break(text_decode(s.data, s.len, &after))) {
            *next = after + (c == '\r' && after < s.len && s.data[after] == '\n');
            return at;
        }
        at = after;
    }
    *next = s.len;
    return s.len;
}

typedef struct indenting {
    builder     b;
    burin_value by;
    bool        escape; /* a Markup indentation escapes what it is added to */
} indenting;

static burin_status add_line(indenting *in, burin_text line)
{
    if (!in->escape) {
        builder_text(&in->b, line.data, line.len);
        return BURIN_OK;
    }
    burin_value  escaped;
    burin_status status = rt_escape(in->b.st, rt_string(line.data, line.len), &escaped);
    if (!status)
        builder_value(&in->b, escaped);
    return status;
}

/* Every line of (s + "\n").splitlines(), as Jinja2 does it: so a text that ends in a line break keeps an empty last line,
 * but the "\r" at an end is taken with the "\n" after it. */
static burin_status add_lines(indenting *in, burin_text s, bool blank)
{
    size_t       next = 0;
    burin_status status;

    for (bool first = true;; first = false) {
        size_t from = next, end = line_end(s, from, &next);
        if (!first)
            builder_byte(&in->b, '\n');
        if (!first && (blank || end > from))
            builder_value(&in->b, in->by);
        bool escape = in->escape;
        in->escape  = escape && (blank || (!first && end > from));
        status      = add_line(in, (burin_text){s.data + from, end - from});
        in->escape  = escape;
        if (status || end == s.len || (next == s.len && s.data[s.len - 1] == '\r'))
            return status;
    }
}

burin_status filter_indent(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    burin_value  s  = call->args[0];
    indenting    in = {.escape = false};
    bool         first, blank, marked;
    burin_status status = indentation(st, call->args[1], &in.by);

    if (status)
        return status;
    if (!rt_is_text(s))
        return fail_no_lines(st, s);
    status = rt_is_true(st, call->args[2], &first);
    if (!status)
        status = rt_is_true(st, call->args[3], &blank);
    if (!status)
        status = rt_charge(st, s.len / 64);
    if (status)
        return status;
    in.escape = rt_is_safe(in.by) && !rt_is_safe(s);
    marked    = rt_is_safe(s) || (in.escape && blank);
    builder_init(&in.b, st, (size_t)s.len + s.len / 8 + in.by.len);
    if (first && !(in.escape && !blank))
        builder_value(&in.b, in.by);
    status = add_lines(&in, rt_text_of(s), blank);
    if (!status)
        status = builder_take(&in.b, marked ? BURIN_SAFE : 0, out);
    if (!status && first && in.escape && !blank) /* Markup + plain text: escaped as a whole */
        status = rt_binary_op(st, RT_ADD, in.by, *out, out);
    return status;
}
