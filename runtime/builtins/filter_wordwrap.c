/* wordwrap: Python's textwrap.wrap on every line of a text.
 *
 * A line is looked at as code points with a class each. It is cut into chunks: white space, words, words up to and with a
 * hyphen at which they may break, dashes between words. Chunks stand side by side, and lines only drop white space at their
 * ends, so an output line is a piece of the input line: nothing is copied but the result.
 * Time is linear: chunks are found once, each as it is needed.
 * Modelled on CPython's Lib/textwrap.py: _split (the regular expression wordsep_re) and _wrap_chunks. */
#include "runtime/builtins/methods.h"
#include "runtime/builtins/support.h"
#include "runtime/unicode.h"

enum { /* classes of characters */
    SPACE  = 1,  /* ASCII white space: what separates chunks */
    BLANK  = 2,  /* any white space: what lines do not end with */
    DASH   = 4,
    WORD   = 8,  /* re \w */
    LETTER = 16, /* a word character that is no digit: [^\d\W] */
    JOINS  = 32, /* may stand before a dash between words: [\w!"'&.,?] */
};

static const uint8_t ascii_classes[128] = {
    ['\t' ... '\r'] = SPACE | BLANK,
    [' ']           = SPACE | BLANK,
    [0x1c ... 0x1f] = BLANK,
    ['-']           = DASH,
    ['0' ... '9']   = WORD | JOINS,
    ['A' ... 'Z']   = WORD | JOINS | LETTER,
    ['a' ... 'z']   = WORD | JOINS | LETTER,
    ['_']           = WORD | JOINS | LETTER,
    ['!']           = JOINS,
    ['"']           = JOINS,
    ['\'']          = JOINS,
    ['&']           = JOINS,
    ['.']           = JOINS,
    [',']           = JOINS,
    ['?']           = JOINS,
};

static uint8_t class_of(uint32_t cp)
{
    if (BURIN_LIKELY(cp < 0x80))
        return ascii_classes[cp];
    if (uni_is_space(cp))
        return BLANK;
    if (!uni_is_word(cp))
        return 0;
    return WORD | JOINS | (uni_is_decimal(cp) ? 0 : LETTER);
}

typedef struct wrapping {
    rt_state *st;
    builder   out;
    uint64_t  width;
    bool      fractional_width; /* a float was given: long words cannot be cut at it */
    bool      break_words, at_hyphens;
    bool      split_hyphens;    /* break_on_hyphens is True itself */
    burin_value joint;          /* between the lines */
    bool      escape;           /* the joint is Markup */
    bool      first;            /* nothing written yet */

    /* the line that is wrapped */
    const char *text;
    uint8_t    *classes; /* one a code point */
    uint32_t   *offsets; /* byte offset of each code point, and the end; NULL when all are ASCII */
    size_t      count;   /* code points */
    size_t      from, to;     /* the chunk that comes next; empty at the end */
    size_t      last_visible; /* end of the last character in it that is not blank; <= from when there is none */
} wrapping;

/* ---- chunks ---- */

static bool is(const wrapping *w, size_t at, unsigned class) { return at < w->count && (w->classes[at] & class); }

/* Two dashes or more at `at` with a word after them: their end; else 0. */
static size_t dash_end(const wrapping *w, size_t at)
{
    size_t end = at;

    while (is(w, end, DASH))
        end++;
    return end - at >= 2 && is(w, end, WORD) ? end : 0;
}

/* A hyphen at `at` inside a compound word: after two letters (or letter, hyphen, letter), before two more. */
static bool breaks_at_hyphen(const wrapping *w, size_t at)
{
    if (!is(w, at, DASH) || at < 2 || !is(w, at - 1, LETTER))
        return false;
    if (!is(w, at - 2, LETTER) && !(at >= 3 && is(w, at - 2, DASH) && is(w, at - 3, LETTER)))
        return false;
    if (!is(w, at + 1, LETTER))
        return false;
    return is(w, at + 2, LETTER) || (is(w, at + 2, DASH) && is(w, at + 3, LETTER));
}

static size_t word_end(const wrapping *w, size_t from)
{
    for (size_t end = from + 1;; end++) {
        if (w->split_hyphens && breaks_at_hyphen(w, end))
            return end + 1;
        if (end == w->count || is(w, end, SPACE))
            return end;
        if (w->split_hyphens && is(w, end, DASH) && is(w, end - 1, JOINS) && dash_end(w, end))
            return end;
    }
}

/* Go on to the chunk that starts at w->to. */
static void next_chunk(wrapping *w)
{
    size_t at = w->from = w->to, end = 0;

    if (at == w->count)
        return;
    if (is(w, at, SPACE)) {
        for (end = at + 1; is(w, end, SPACE);)
            end++;
    } else {
        if (w->split_hyphens && at > 0 && is(w, at - 1, JOINS))
            end = dash_end(w, at);
        if (!end)
            end = word_end(w, at);
    }
    w->to           = end;
    w->last_visible = end;
    while (w->last_visible > at && is(w, w->last_visible - 1, BLANK))
        w->last_visible--;
}

static bool chunk_is_blank(const wrapping *w) { return w->last_visible <= w->from; }

/* ---- lines ---- */

static size_t offset_of(const wrapping *w, size_t at) { return w->offsets ? w->offsets[at] : at; }

static burin_status write_line(wrapping *w, size_t from, size_t to)
{
    burin_value  line   = rt_string(w->text + offset_of(w, from), offset_of(w, to) - offset_of(w, from));
    burin_status status = BURIN_OK;

    if (!w->first)
        builder_value(&w->out, w->joint);
    w->first = false;
    if (w->escape)
        status = rt_escape(w->st, line, &line);
    if (!status)
        builder_value(&w->out, line);
    return status;
}

typedef struct line { /* an output line as it fills up */
    size_t from, to;   /* code points */
    size_t last;       /* where its last chunk starts */
    bool   any;        /* has it chunks */
    bool   last_blank; /* is the last one blank */
} line;

/* Take the characters of the chunk up to `end`. */
static void take(wrapping *w, line *l, size_t end)
{
    if (!l->any)
        l->from = w->from;
    l->any        = true;
    l->last       = w->from;
    l->to         = end;
    l->last_blank = true;
    for (size_t at = end; at > w->from && l->last_blank; at--)
        l->last_blank = is(w, at - 1, BLANK);
    w->from = end;
    if (end == w->to)
        next_chunk(w);
}

/* A chunk that no line can hold: fill the line with its beginning, cut after a hyphen if there is one. */
static burin_status take_long_word(wrapping *w, line *l)
{
    size_t left = w->width - (l->any ? l->to - l->from : 0), end = w->from + left;

    if (!w->break_words) {
        if (!l->any)
            take(w, l, w->to);
        return BURIN_OK;
    }
    if (w->width == 0) /* a width below 1: one character a time */
        end = w->from + 1;
    else if (w->fractional_width)
        return rt_fail(w->st, BURIN_ERR_TYPE, "slice indices must be integers or None or have an __index__ method");
    if (w->at_hyphens) {
        size_t hyphen = end, before = w->from;
        while (hyphen > w->from && !is(w, hyphen - 1, DASH))
            hyphen--;
        while (before < hyphen && is(w, before, DASH))
            before++;
        if (before < hyphen) /* something else than dashes stands before it */
            end = hyphen;
    }
    take(w, l, end);
    return BURIN_OK;
}

static burin_status wrap_chunks(wrapping *w)
{
    burin_status status = BURIN_OK;
    bool         lines  = false;

    next_chunk(w);
    while (!status && w->from < w->count) {
        line l = {.any = false};
        if (lines && chunk_is_blank(w))
            next_chunk(w);
        while (w->from < w->count && (l.any ? l.to - l.from : 0) + (w->to - w->from) <= w->width)
            take(w, &l, w->to);
        if (w->from < w->count && w->to - w->from > w->width)
            status = take_long_word(w, &l);
        if (!status && l.any && l.last_blank) {
            l.to  = l.last;
            l.any = l.to > l.from;
        }
        if (!status && l.any) {
            status = write_line(w, l.from, l.to);
            lines  = true;
        }
    }
    if (!status && !lines) /* an empty line stays one */
        status = write_line(w, 0, 0);
    return status;
}

/* Classify the line's characters into the scratch arrays and wrap it. */
static burin_status wrap_line(wrapping *w, burin_text source)
{
    size_t at = 0, n = 0;

    w->text = source.data;
    if (!w->offsets)
        for (; n < source.len; n++)
            w->classes[n] = ascii_classes[source.data[n] & 0x7f];
    for (; w->offsets && at < source.len; n++) {
        w->offsets[n] = (uint32_t)at;
        w->classes[n] = class_of(text_decode(source.data, source.len, &at));
    }
    if (w->offsets)
        w->offsets[n] = (uint32_t)at;
    w->count = n;
    w->from = w->to = w->last_visible = 0;
    return wrap_chunks(w);
}

/* ---- the filter ---- */

/* width > 0, as textwrap checks it for every line. */
static burin_status read_width(wrapping *w, burin_value width)
{
    burin_value  shown;
    bool         too_small;
    burin_status status = rt_compare_op(w->st, RT_LE, width, burin_int(0), &too_small);

    if (status)
        return status;
    if (too_small) {
        status = rt_repr(w->st, width, &shown);
        return status ? status : rt_fail(w->st, BURIN_ERR_VALUE, "invalid width %.*s (must be > 0)", (int)shown.len, shown.as.s);
    }
    w->fractional_width = width.kind == BURIN_FLOAT;
    if (width.kind == BURIN_FLOAT)
        w->width = width.as.f < 0x1p40 ? (uint64_t)width.as.f : (uint64_t)1 << 40;
    else
        w->width = width.kind == BURIN_BIGINT ? (uint64_t)1 << 40 : (uint64_t)width.as.i;
    return BURIN_OK;
}

/* Room for the classes and offsets of the longest line. */
static burin_status make_room(wrapping *w, const rt_list *lines, bool ascii)
{
    size_t longest = 0;

    for (uint32_t n = 0; n < lines->len; n++)
        longest = lines->items[n].len > longest ? lines->items[n].len : longest;
    w->classes = heap_alloc(&w->st->heap, longest + 1);
    if (w->classes && !ascii)
        w->offsets = heap_alloc(&w->st->heap, (longest + 1) * sizeof *w->offsets);
    return w->classes && (ascii || w->offsets) ? BURIN_OK : rt_fail_memory(w->st);
}

burin_status filter_wordwrap(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    burin_value  s = call->args[0], lines;
    wrapping     w = {.st = st, .joint = call->args[3], .first = true};
    burin_status status;

    if (w.joint.kind == BURIN_NONE)
        w.joint = rt_string(st->env->newline.data, st->env->newline.len);
    if (!rt_is_text(w.joint))
        return builtin_fail_attribute(st, w.joint, "join");
    if (s.kind == BURIN_BYTES)
        return rt_fail(st, BURIN_ERR_TYPE, "cannot use a string pattern on a bytes-like object");
    if (!rt_is_text(s))
        return builtin_fail_attribute(st, s, "splitlines");
    w.escape        = rt_is_safe(w.joint);
    w.split_hyphens = call->args[4].kind == BURIN_BOOL && call->args[4].as.i;
    status          = rt_is_true(st, call->args[2], &w.break_words);
    if (!status)
        status = rt_is_true(st, call->args[4], &w.at_hyphens);
    if (!status)
        status = rt_charge(st, s.len / 8);
    if (!status)
        status = method_splitlines(st, builtin_plain(s), false, &lines);
    if (status)
        return status;
    const rt_list *list = rt_list_of(st, lines);
    if (list->len)
        status = read_width(&w, call->args[1]);
    if (!status)
        status = make_room(&w, list, rt_string_is_ascii(s));
    builder_init(&w.out, st, s.len + s.len / 32u + 16);
    for (uint32_t n = 0; !status && n < list->len; n++)
        status = wrap_line(&w, rt_text_of(list->items[n]));
    return status ? status : builder_take(&w.out, w.escape ? BURIN_SAFE : 0, out);
}
