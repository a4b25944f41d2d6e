/* The page with inheritance and macros, and the chat prompts; as in pages.c. */
#include "bench/c/pages.h"

/* ---- inherit: layout, child, macros and footer become one function ---- */

static inline char *put_link(char *at, const link *l)
{
    at = LITERAL(at, "\n      <li><a href=\"");
    at = put_escaped(at, l->href);
    at = LITERAL(at, "\">");
    at = put_escaped(at, l->caption);
    return LITERAL(at, "</a></li>");
}

static inline char *put_article(char *at, const article *a)
{
    at = LITERAL(at, "\n  <div class=\"article\">\n    <h2><a href=\"");
    at = put_escaped(at, a->href);
    at = LITERAL(at, "\">");
    at = put_escaped(at, a->title);
    at = LITERAL(at, "</a></h2>\n    <p class=\"meta\">written by <a href=\"");
    at = put_escaped(at, a->user.href);
    at = LITERAL(at, "\">");
    at = put_escaped(at, a->user.username);
    at = LITERAL(at, "</a> on ");
    at = put_escaped(at, a->pub_date);
    at = LITERAL(at, "</p>\n    <div class=\"text\">");
    at = put_text(at, a->body);
    return LITERAL(at, "</div>\n  </div>");
}

/* The macros get the arguments that the template gives: constants, so all of it is one literal. */
static const char form[] =
    "<form action=\"\" method=\"post\">\n    <dl>\n"
    "      <dt>Name</dt>\n      <dd><input type=\"text\" value=\"\" name=\"name\"></dd>\n"
    "      <dt>E-Mail</dt>\n      <dd><input type=\"text\" value=\"\" name=\"email\"></dd>\n"
    "      <dt>URL</dt>\n      <dd><input type=\"text\" value=\"\" name=\"url\"></dd>\n"
    "      <dt>Comment</dt>\n      <dd><textarea name=\"comment\" rows=\"10\" cols=\"40\"></textarea></dd>\n"
    "      <dt>Captcha</dt>\n      <dd><input type=\"text\" value=\"\" name=\"captcha\"></dd>\n    </dl>\n"
    "    <input type=\"submit\" value=\"Submit\" name=\"submit\">\n    <input type=\"submit\" value=\"Cancel\" name=\"cancel\"></form>\n"
    "\n    </div>\n    <div class=\"footer\">\n      &copy; Copyright ";

size_t page_inherit(page *to, const workload *w)
{
    char *at = reserve(to, to->data, 1024);
    at = LITERAL(at, "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\">\n<html>\n<head>\n"
                     "  <title>Index Page | RealWorld Benchmark</title>\n"
                     "  <meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">\n</head>\n<body>\n"
                     "  <div class=\"contents\">\n    <div class=\"header\">\n      <h1>RealWorld Benchmark</h1>\n      <blockquote><p>\n"
                     "        A less stupid benchmark for Mako and Jinja to get an impression how\n"
                     "        code changes affect runtime performance.\n      </p></blockquote>\n    </div>\n    <ul class=\"navigation\">");
    for (size_t i = 0; i < w->link_count; i++) {
        at = reserve(to, at, 64 + (w->links[i].href.len + w->links[i].caption.len) * ESCAPED_MAX);
        at = put_link(at, &w->links[i]);
    }
    at = reserve(to, at, 64);
    at = LITERAL(at, "\n    </ul>\n    <div class=\"body\">\n      ");
    for (size_t i = 0; i < w->article_count; i++) {
        const article *a = &w->articles[i];
        if (!a->published)
            continue;
        size_t escaped = a->href.len + a->title.len + a->user.href.len + a->user.username.len + a->pub_date.len;
        at             = reserve(to, at, 256 + escaped * ESCAPED_MAX + a->body.len);
        at             = put_article(at, a);
    }
    at = reserve(to, at, sizeof form + 128 + w->site_owner.len * ESCAPED_MAX);
    at = LITERAL(at, form);
    at = put_int(at, w->site_year);
    at = LITERAL(at, " by ");
    at = put_escaped(at, w->site_owner);
    at = LITERAL(at, ".\n    </div>\n  </div>\n</body>\n</html>");
    return (size_t)(at - to->data);
}

/* ---- chat ---- */

static char *put_json_byte(char *at, unsigned char c)
{
    if (c >= 0x20 && c != '"' && c != '\\') {
        *at = (char)c;
        return at + 1;
    }
    *at++ = '\\';
    switch (c) {
    case '\n': *at = 'n'; return at + 1;
    case '\t': *at = 't'; return at + 1;
    case '\r': *at = 'r'; return at + 1;
    case '"':
    case '\\': *at = (char)c; return at + 1;
    default: return at + sprintf(at, "u%04x", c);
    }
}

/* JSON text: clean runs are copied 16 bytes at a time; what needs a backslash is rare. Needs room for six bytes a byte. */
static inline char *put_json(char *at, text t)
{
    const char *from = t.data, *end = t.data + t.len;
    *at++ = '"';
    while (from < end) {
        size_t step = end - from < 16 ? (size_t)(end - from) : 16;
#if defined(__SSE2__)
        __m128i bytes   = _mm_loadu_si128((const __m128i *)(const void *)from);
        __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
        __m128i marks   = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
        unsigned hits   = (unsigned)_mm_movemask_epi8(_mm_or_si128(control, marks)) & ((1u << step) - 1);
        _mm_storeu_si128((__m128i *)(void *)at, bytes);
        if (__builtin_expect(hits == 0, 1)) {
            at += step;
            from += step;
            continue;
        }
#endif
        for (const char *stop = from + step; from < stop; from++)
            at = put_json_byte(at, (unsigned char)*from);
    }
    *at++ = '"';
    return at;
}

static char *put_json_list(page *to, char *at, const text *texts, size_t count)
{
    at    = reserve(to, at, 8);
    *at++ = '[';
    for (size_t i = 0; i < count; i++) {
        at = reserve(to, at, 8 + texts[i].len * 6);
        if (i)
            at = LITERAL(at, ", ");
        at = put_json(at, texts[i]);
    }
    *at++ = ']';
    return at;
}

static char *put_property(page *to, char *at, const property *p)
{
    at = reserve(to, at, 64 + (p->name.len + p->type.len + p->description.len) * 6);
    at = put_json(at, p->name);
    at = LITERAL(at, ": {\"type\": ");
    at = put_json(at, p->type);
    if (p->description.len) {
        at = LITERAL(at, ", \"description\": ");
        at = put_json(at, p->description);
    }
    if (p->choice_count) {
        at = LITERAL(at, ", \"enum\": ");
        at = put_json_list(to, at, p->choices, p->choice_count);
    }
    *at++ = '}';
    return at;
}

static char *put_tool(page *to, char *at, const tool *t)
{
    at = reserve(to, at, 256 + (t->type.len + t->name.len + t->description.len + t->parameters_type.len) * 6);
    at = LITERAL(at, "{\"type\": ");
    at = put_json(at, t->type);
    at = LITERAL(at, ", \"function\": {\"name\": ");
    at = put_json(at, t->name);
    at = LITERAL(at, ", \"description\": ");
    at = put_json(at, t->description);
    at = LITERAL(at, ", \"parameters\": {\"type\": ");
    at = put_json(at, t->parameters_type);
    at = LITERAL(at, ", \"properties\": {");
    for (size_t i = 0; i < t->property_count; i++) {
        if (i)
            at = LITERAL(at, ", ");
        at = put_property(to, at, &t->properties[i]);
    }
    at = LITERAL(at, "}, \"required\": ");
    at = put_json_list(to, at, t->required, t->required_count);
    return LITERAL(at, "}}}");
}

static inline int is(text t, const char *name, size_t len) { return t.len == len && memcmp(t.data, name, len) == 0; }

/* "# Tools" and the schemas, with the system message before them. */
static char *put_tools(page *to, char *at, const workload *w)
{
    at = reserve(to, at, 512 + w->messages[0].content.len);
    at = LITERAL(at, "<|im_start|>system\n");
    if (is(w->messages[0].role, "system", 6))
        at = put_text(at, w->messages[0].content);
    else
        at = LITERAL(at, "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.");
    at = LITERAL(at, "\n\n# Tools\n\nYou may call one or more functions to assist with the user query.\n\n"
                     "You are provided with function signatures within <tools></tools> XML tags:\n<tools>");
    for (size_t i = 0; i < w->tool_count; i++) {
        at = LITERAL(at, "\n");
        at = put_tool(to, at, &w->tools[i]);
    }
    at = reserve(to, at, 512);
    return LITERAL(at, "\n</tools>\n\nFor each function call, return a json object with function name and arguments within "
                       "<tool_call></tool_call> XML tags:\n<tool_call>\n{\"name\": <function-name>, \"arguments\": "
                       "<args-json-object>}\n</tool_call><|im_end|>\n");
}

size_t page_chat(page *to, const workload *w)
{
    char          *at    = to->data;
    const message *first = &w->messages[0];
    if (w->tool_count) {
        at = put_tools(to, at, w);
    } else {
        at = reserve(to, at, 256 + first->content.len);
        at = LITERAL(at, "<|im_start|>system\n");
        if (is(first->role, "system", 6))
            at = put_text(at, first->content);
        else
            at = LITERAL(at, "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.");
        at = LITERAL(at, "<|im_end|>\n");
    }
    for (size_t i = 0; i < w->message_count; i++) {
        const message *m = &w->messages[i];
        /* the messages of this struct have no tool calls */
        if (!is(m->role, "user", 4) && !is(m->role, "assistant", 9) && !(is(m->role, "system", 6) && i > 0))
            continue;
        at = reserve(to, at, 64 + m->role.len + m->content.len);
        at = LITERAL(at, "<|im_start|>");
        at = put_short(at, m->role);
        at = LITERAL(at, "\n");
        at = put_text(at, m->content);
        at = LITERAL(at, "<|im_end|>\n");
    }
    if (w->add_generation_prompt) {
        at = reserve(to, at, 64);
        at = LITERAL(at, "<|im_start|>assistant\n");
    }
    return (size_t)(at - to->data);
}
