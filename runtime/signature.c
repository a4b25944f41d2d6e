/* Signatures of functions in C, parsed from their text once.
 *
 *     signature := [parameter {"," parameter}]
 *     parameter := name ["=" default] | "*" name | "**" name | "/" | "*"
 *     default   := "?" | number | 'text' | none | true | false | ()
 *
 * What a signature refers to is a copy in the arena. */
#include "runtime/base/text.h"
#include "runtime/call.h"

enum { PARAMETERS_MAX = 64, NO_STAR = UINT16_MAX };

typedef struct reader {
    arena      *a;
    const char *at;
    bool        no_memory;
} reader;

static void skip_blanks(reader *r)
{
    while (*r->at == ' ')
        r->at++;
}

static bool take(reader *r, char c)
{
    skip_blanks(r);
    if (*r->at != c)
        return false;
    r->at++;
    return true;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static burin_text read_word(reader *r)
{
    skip_blanks(r);
    const char *start = r->at;
    if (is_letter(*r->at))
        while (is_letter(*r->at) || is_digit(*r->at))
            r->at++;
    return (burin_text){start, (size_t)(r->at - start)};
}

static bool read_number(reader *r, burin_value *out)
{
    const char *start = r->at;
    bool        whole = true;
    r->at += *r->at == '-';
    for (; is_digit(*r->at) || *r->at == '.' || *r->at == 'e' || (*r->at == '-' && r->at[-1] == 'e'); r->at++)
        whole &= is_digit(*r->at);
    size_t len = (size_t)(r->at - start);
    if (!whole) {
        *out = burin_float(0);
        return text_to_double(start, len, &out->as.f);
    }
    bool    negative = *start == '-';
    int64_t i        = 0;
    for (const char *digit = start + negative; digit < r->at; digit++) {
        if (__builtin_mul_overflow(i, 10, &i) || __builtin_add_overflow(i, *digit - '0', &i))
            return false;
    }
    *out = burin_int(negative ? -i : i);
    return len > (size_t)negative;
}

static bool read_default(reader *r, burin_value *out)
{
    if (take(r, '?')) {
        *out = rt_missing();
        return true;
    }
    if (take(r, '\'')) {
        const char *start = r->at, *end = strchr(start, '\'');
        if (!end)
            return false;
        *out = rt_string(start, (size_t)(end - start));
        r->at = end + 1;
        return true;
    }
    if (take(r, '(')) {
        rt_list *empty = arena_zalloc(r->a, sizeof *empty);
        r->no_memory   = !empty;
        *out           = rt_tuple_value(empty);
        return empty && take(r, ')');
    }
    if (is_digit(*r->at) || *r->at == '-')
        return read_number(r, out);
    burin_text word = read_word(r);
    if (text_is(word, "none"))
        *out = burin_none();
    else if (text_is(word, "true") || text_is(word, "false"))
        *out = burin_bool(word.data[0] == 't');
    else
        return false;
    return true;
}

/* What stands behind a first '*'. From there on parameters are given by name only. */
static bool read_star(reader *r, rt_signature *sig)
{
    if (take(r, '*')) {
        bool once  = !sig->named;
        sig->named = true;
        return once && read_word(r).len > 0;
    }
    bool once    = sig->by_name == NO_STAR && !sig->named;
    sig->by_name = sig->count; /* how many stand before it, until all are known */
    sig->rest    = read_word(r).len > 0;
    return once;
}

/* As Python wants it: names differ, and of those that are given by place the ones without a default come first. */
static bool is_in_order(const rt_signature *sig, const rt_parameter *next)
{
    for (const rt_parameter *p = sig->parameters; p < next; p++)
        if (text_equal(p->name, next->name) || (next->required && !p->required && sig->by_name == NO_STAR))
            return false;
    return true;
}

static bool read_parameter(reader *r, rt_signature *sig)
{
    if (take(r, '/')) {
        bool first           = sig->count > 0 && !sig->positional_only && sig->by_name == NO_STAR && !sig->named;
        sig->positional_only = sig->count;
        return first;
    }
    if (take(r, '*'))
        return read_star(r, sig);
    if (sig->count == PARAMETERS_MAX || sig->named)
        return false;
    rt_parameter *parameter = &sig->parameters[sig->count++];
    parameter->name         = read_word(r);
    parameter->fallback     = rt_missing();
    parameter->required     = !take(r, '=');
    return parameter->name.len > 0 && is_in_order(sig, parameter) && (parameter->required || read_default(r, &parameter->fallback));
}

/* How many arguments by position leave nothing to do but to add fallbacks. */
static void note_placed(rt_signature *sig)
{
    if (sig->by_name || sig->rest || sig->named || sig->count > RT_PLACED_MAX)
        return;
    sig->until = (uint16_t)(sig->count + 1);
    for (sig->least = sig->count; sig->least && !sig->parameters[sig->least - 1].required;)
        sig->least--;
}

burin_status rt_signature_read(arena *a, const char *text, rt_signature **out)
{
    rt_parameter parameters[PARAMETERS_MAX];
    rt_signature sig = {.parameters = parameters, .by_name = NO_STAR};
    reader       r   = {a, arena_copy(a, (burin_text){text, strlen(text)}), false};
    if (!r.at)
        return BURIN_ERR_NOMEM;
    skip_blanks(&r);
    while (*r.at) {
        if (!read_parameter(&r, &sig))
            return r.no_memory ? BURIN_ERR_NOMEM : BURIN_ERR_USAGE;
        if (!take(&r, ','))
            break;
    }
    skip_blanks(&r);
    if (*r.at || (sig.by_name == sig.count && !sig.rest)) /* a lone "*" with nothing behind */
        return BURIN_ERR_USAGE;
    rt_signature *made = arena_alloc(a, sizeof *made);
    rt_parameter *list = arena_alloc(a, (sig.count + 1u) * sizeof *list);
    if (!made || !list)
        return BURIN_ERR_NOMEM;
    if (sig.count)
        memcpy(list, parameters, sig.count * sizeof *list);
    *made            = sig;
    made->by_name    = sig.by_name == NO_STAR ? 0 : (uint16_t)(sig.count - sig.by_name);
    made->parameters = list;
    note_placed(made);
    *out             = made;
    return BURIN_OK;
}

bool rt_signature_parse(arena *a, const char *text, rt_signature **out) { return rt_signature_read(a, text, out) == BURIN_OK; }
