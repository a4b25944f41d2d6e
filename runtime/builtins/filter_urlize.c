/* urlize: the addresses in a text made links.
 *
 * The text is escaped, then looked at word by word. Brackets and punctuation around a word are set aside, those at its end
 * given back as far as brackets inside need them; what is left is compared with the forms of addresses (url_forms.c).
 * Words without '.', ':' or '@' are no addresses and are copied as they are.
 * Modelled on jinja2.utils.urlize. */
#include "runtime/builtins/methods.h"
#include "runtime/builtins/support.h"
#include "runtime/builtins/url_forms.h"
#include "runtime/unicode.h"

typedef struct linking {
    rt_state      *st;
    builder        out;
    burin_value    limit;      /* trim_url_limit, or NONE */
    burin_value    attributes; /* ` rel="..." target="..."`, ready */
    const rt_list *schemes;    /* extra ones; NULL for none */
} linking;

static bool starts_with(burin_text s, const char *z) { return s.len >= strlen(z) && memcmp(s.data, z, strlen(z)) == 0; }

/* ---- what surrounds a word ---- */

/* Length of the bracket at the start of `s`: ( < &lt; or 0. */
static size_t opening(burin_text s)
{
    if (s.len && (s.data[0] == '(' || s.data[0] == '<'))
        return 1;
    return starts_with(s, "&lt;") ? 4 : 0;
}

/* Length of the bracket or mark at the end of `s`: ) > . , &gt; or 0. */
static size_t closing(burin_text s)
{
    if (s.len && strchr(")>.,", s.data[s.len - 1]) && s.data[s.len - 1])
        return 1;
    return s.len >= 4 && memcmp(s.data + s.len - 4, "&gt;", 4) == 0 ? 4 : 0;
}

static size_t occurrences(burin_text s, const char *z)
{
    size_t count = 0, len = strlen(z), found;

    while ((found = text_find(s.data, s.len, z, len)) != SIZE_MAX) {
        count++;
        s.data += found + len;
        s.len -= found + len;
    }
    return count;
}

/* Give the tail's closing brackets back to the middle where it has more opening ones; tail follows middle in memory. */
static void balance(burin_text *middle, burin_text *tail)
{
    static const char *const pairs[3][2] = {{"(", ")"}, {"<", ">"}, {"&lt;", "&gt;"}};

    for (int n = 0; n < 3 && tail->len; n++) {
        const char *close = pairs[n][1];
        size_t      open  = occurrences(*middle, pairs[n][0]);
        if (open <= occurrences(*middle, close))
            continue;
        for (; open > 0; open--) {
            size_t at = text_find(tail->data, tail->len, close, strlen(close));
            if (at == SIZE_MAX)
                break;
            at += strlen(close);
            middle->len += at;
            tail->data += at;
            tail->len -= at;
        }
    }
}

/* ---- links ---- */

static void add(linking *l, burin_text s) { builder_text(&l->out, s.data, s.len); }
static void add_z(linking *l, const char *z) { builder_ascii(&l->out, z, strlen(z)); }

/* x[:limit] + "...", if x is longer. */
static burin_status add_trimmed(linking *l, burin_text url)
{
    size_t       count = text_count(url.data, url.len);
    bool         longer;
    int64_t      keep;
    burin_status status;

    if (l->limit.kind == BURIN_NONE) {
        add(l, url);
        return BURIN_OK;
    }
    status = rt_compare_op(l->st, RT_GT, burin_int((int64_t)count), l->limit, &longer);
    if (status || !longer) {
        add(l, url);
        return status;
    }
    if (!rt_is_int(l->limit))
        return rt_fail(l->st, BURIN_ERR_TYPE, "slice indices must be integers or None or have an __index__ method");
    status = rt_as_index(l->st, l->limit, &keep);
    if (status)
        return status;
    if (keep < 0)
        keep = keep + (int64_t)count < 0 ? 0 : keep + (int64_t)count;
    add(l, (burin_text){url.data, text_offset(url.data, url.len, (size_t)keep)});
    add_z(l, "...");
    return BURIN_OK;
}

static burin_status add_web_link(linking *l, burin_text url)
{
    add_z(l, "<a href=\"");
    if (!starts_with(url, "https://") && !starts_with(url, "http://"))
        add_z(l, "https://");
    add(l, url);
    add_z(l, "\"");
    builder_value(&l->out, l->attributes);
    add_z(l, ">");
    burin_status status = add_trimmed(l, url);
    add_z(l, "</a>");
    return status;
}

static void add_mail_link(linking *l, const char *scheme, burin_text address)
{
    add_z(l, "<a href=\"");
    add_z(l, scheme);
    add(l, address);
    add_z(l, "\">");
    add(l, address);
    add_z(l, "</a>");
}

/* With the first of the extra schemes that fits: what comes out starts with "<", so no other can fit after it. */
static void add_other(linking *l, burin_text word)
{
    for (uint32_t n = 0; l->schemes && n < l->schemes->len; n++) {
        burin_text scheme = rt_text_of(l->schemes->items[n]);
        if (word.len <= scheme.len || memcmp(word.data, scheme.data, scheme.len) != 0)
            continue;
        add_z(l, "<a href=\"");
        add(l, word);
        add_z(l, "\"");
        builder_value(&l->out, l->attributes);
        add_z(l, ">");
        add(l, word);
        add_z(l, "</a>");
        return;
    }
    add(l, word);
}

static burin_status add_word(linking *l, burin_text word)
{
    burin_text   middle = word, mail, tail;
    size_t       len;
    burin_status status = BURIN_OK;

    if (!memchr(word.data, '.', word.len) && !memchr(word.data, ':', word.len) && !memchr(word.data, '@', word.len)) {
        add(l, word);
        return BURIN_OK;
    }
    while ((len = opening(middle)) != 0) {
        middle.data += len;
        middle.len -= len;
    }
    add(l, (burin_text){word.data, word.len - middle.len});
    tail = (burin_text){middle.data + middle.len, 0};
    while ((len = closing(middle)) != 0) {
        middle.len -= len;
        tail.data -= len;
        tail.len += len;
    }
    balance(&middle, &tail);

    bool mailto = starts_with(middle, "mailto:");
    mail        = mailto ? (burin_text){middle.data + 7, middle.len - 7} : middle;
    if (url_is_web_address(middle))
        status = add_web_link(l, middle);
    else if (mailto && url_is_mail_address(mail))
        add_mail_link(l, "mailto:", mail);
    else if (!starts_with(middle, "www.") && !memchr(middle.data, ':', middle.len) && url_is_mail_address(middle))
        add_mail_link(l, "mailto:", middle);
    else
        add_other(l, middle);
    add(l, tail);
    return status;
}

/* Every word, with the white space between them as it is. */
static burin_status add_words(linking *l, burin_text s)
{
    burin_status status = BURIN_OK;

    for (size_t at = 0, from = 0, next; !status && at <= s.len; at = next) {
        next = at + 1;
        if (at < s.len && (unsigned char)(s.data[at] - '!') < 0x7f - '!') /* ASCII that is no white space */
            continue;
        next       = at;
        bool space = at == s.len || uni_is_space(text_decode(s.data, s.len, &next));
        if (!space)
            continue;
        if (at > from)
            status = add_word(l, (burin_text){s.data + from, at - from});
        if (at == s.len)
            break;
        add(l, (burin_text){s.data + at, next - at});
        from = next;
    }
    return status;
}

/* ---- arguments ---- */

static bool is_one_word(burin_text s)
{
    for (size_t at = 0; at < s.len; at++)
        if (s.data[at] < 'a' || s.data[at] > 'z')
            return false;
    return s.len > 0;
}

/* The words of `rel` and the policy, and nofollow, sorted, each once; NONE when there are none. */
static burin_status collect_rel(rt_state *st, burin_value rel, burin_value nofollow, burin_value *out)
{
    burin_value  sources[2] = {rel, builtin_policy(st, "urlize.rel", RT_STRING("noopener"))}, pieces;
    bool         truth;
    rt_list     *words;
    builder      b;
    burin_status status = BURIN_OK;

    if (rel.kind == BURIN_NONE && nofollow.kind == BURIN_BOOL && !nofollow.as.i && rt_is_text(sources[1]) && is_one_word(rt_text_of(sources[1]))) {
        *out = sources[1]; /* as in nearly every call */
        return BURIN_OK;
    }
    status = rt_list_new(st, BURIN_LIST, 4, &words);
    for (int n = 0; !status && n < 2; n++) {
        status = rt_is_true(st, sources[n], &truth);
        if (status || !truth)
            continue;
        if (!rt_is_text(sources[n]))
            return builtin_fail_attribute(st, sources[n], "split");
        status = method_split_space(st, builtin_plain(sources[n]), -1, &pieces);
        for (uint32_t at = 0; !status && at < rt_list_of(st, pieces)->len; at++)
            status = rt_list_push(st, words, rt_list_of(st, pieces)->items[at]);
    }
    if (!status)
        status = rt_is_true(st, nofollow, &truth);
    if (!status && truth)
        status = rt_list_push(st, words, RT_STRING("nofollow"));
    if (!status)
        status = rt_sort(st, words->items, NULL, words->len, false);
    if (status)
        return status;
    builder_init(&b, st, 32);
    for (uint32_t n = 0; n < words->len; n++) {
        if (n && text_equal(rt_text_of(words->items[n]), rt_text_of(words->items[n - 1])))
            continue;
        if (n)
            builder_byte(&b, ' ');
        builder_value(&b, words->items[n]);
    }
    return builder_take(&b, 0, out);
}

/* ` name="escaped value"`, or nothing for a false value. */
static burin_status add_attribute(rt_state *st, builder *b, const char *name, burin_value value)
{
    bool         truth;
    burin_status status = rt_is_true(st, value, &truth);

    if (!status && truth)
        status = rt_escape(st, value, &value);
    if (status || !truth)
        return status;
    builder_ascii(b, name, strlen(name));
    builder_value(b, value);
    builder_byte(b, '"');
    return BURIN_OK;
}

/* A scheme must be text of the form [\w.+-]{2,}:(/){0,2} */
static burin_status check_scheme(rt_state *st, burin_value scheme)
{
    burin_value shown;

    if (!rt_is_text(scheme))
        return rt_fail(st, BURIN_ERR_TYPE, scheme.kind == BURIN_BYTES ? "cannot use a string pattern on a bytes-like object" : "expected string or bytes-like object, got '%s'",
                       rt_type_name(st, scheme));
    if (url_is_scheme(rt_text_of(scheme)))
        return BURIN_OK;
    burin_status status = rt_repr(st, scheme, &shown);
    return status ? status
                  : rt_fail(st, BURIN_ERR_FILTER_ARGUMENT, "%.*s is not a valid URI scheme prefix.", (int)shown.len, shown.as.s);
}

static burin_status read_schemes(linking *l, burin_value schemes)
{
    rt_list     *list;
    bool         truth;
    burin_status status = BURIN_OK;

    if (schemes.kind == BURIN_NONE) {
        schemes = builtin_policy(l->st, "urlize.extra_schemes", burin_none());
        status  = rt_is_true(l->st, schemes, &truth);
        if (status || !truth)
            return status;
    }
    status = rt_to_list(l->st, schemes, &list);
    for (uint32_t n = 0; !status && n < list->len; n++)
        status = check_scheme(l->st, list->items[n]);
    if (!status)
        l->schemes = list;
    return status;
}

burin_status filter_urlize(burin_call *call, burin_value *out)
{
    rt_state    *st     = call->st;
    linking      l      = {.st = st, .limit = call->args[1]};
    burin_value  target = call->args[3], rel, text;
    builder      attributes;
    burin_status status = collect_rel(st, call->args[4], call->args[2], &rel);

    if (target.kind == BURIN_NONE)
        target = builtin_policy(st, "urlize.target", burin_none());
    if (!status)
        status = read_schemes(&l, call->args[5]);
    if (!status)
        status = rt_escape(st, call->args[0], &text);
    if (!status)
        status = rt_charge(st, text.len / 16);
    if (status)
        return status;
    builder_init(&attributes, st, 32);
    status = add_attribute(st, &attributes, " rel=\"", rel);
    if (!status)
        status = add_attribute(st, &attributes, " target=\"", target);
    if (!status)
        status = builder_take(&attributes, 0, &l.attributes);
    if (status)
        return status;
    builder_init(&l.out, st, text.len + text.len / 2 + 64);
    status = add_words(&l, rt_text_of(text));
    return status ? status : builder_take(&l.out, call->autoescape ? BURIN_SAFE : 0, out);
}
