/* Reading and writing addresses. See burin/address.h for the grammar. */
#include "runtime/store/address.h"
#include "runtime/base/diag.h"
#include "runtime/base/text.h"

#include <stdio.h>

typedef struct scanner {
    const char *at, *end;
    const char *problem;
} scanner;

static bool bad(scanner *s, const char *problem)
{
    s->problem = problem;
    return false;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool accept(scanner *s, char c)
{
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

/* Digits up to `most`. */
static bool number(scanner *s, uint64_t most, uint64_t *out)
{
    const char *start = s->at;
    *out              = 0;
    for (; s->at < s->end && is_digit(*s->at); s->at++) {
        *out = 10 * *out + (uint64_t)(*s->at - '0');
        if (*out > most)
            return bad(s, "the number is too large");
    }
    return s->at > start || bad(s, "a number was expected");
}

static bool head(scanner *s, burin_entity *e)
{
    uint64_t id, first, second;
    *e = (burin_entity){0};
    if (!accept(s, '@'))
        return bad(s, "an address begins with '@'");
    if (!number(s, UINT32_MAX, &id))
        return false;
    if (id == 0)
        return bad(s, "there is no entity 0");
    e->id = (uint32_t)id;
    if (!accept(s, '~'))
        return true;
    if (!number(s, UINT32_MAX, &first))
        return false;
    if (first == 0)
        return bad(s, "versions and trees are numbered from 1");
    if (!accept(s, ':')) {
        e->version = (uint32_t)first;
        return true;
    }
    if (!number(s, UINT32_MAX, &second))
        return false;
    e->tree    = (uint32_t)first;
    e->version = (uint32_t)second;
    return true;
}

static bool key(scanner *s, char quote, es_step *step)
{
    const char *start = s->at;
    while (s->at < s->end && *s->at != quote)
        s->at += *s->at == '\\' ? 2 : 1;
    if (s->at >= s->end) {
        s->at = s->end;
        return bad(s, "the key is not closed");
    }
    step->kind = ES_STEP_KEY;
    step->text = (burin_text){start, (size_t)(s->at++ - start)};
    return true;
}

static bool bracket(scanner *s, es_step *step)
{
    uint64_t index;
    bool     negative;
    if (accept(s, '"') || accept(s, '\'')) {
        if (!key(s, s->at[-1], step))
            return false;
    } else {
        negative = accept(s, '-');
        if (!number(s, UINT32_MAX, &index))
            return false;
        step->kind  = ES_STEP_INDEX;
        step->index = negative ? -(int64_t)index : (int64_t)index;
    }
    return accept(s, ']') || bad(s, "']' was expected");
}

static bool next(scanner *s, es_step *step)
{
    *step = (es_step){.at = s->at};
    if (accept(s, '['))
        return bracket(s, step);
    if (!accept(s, '.'))
        return bad(s, "'.' or '[' was expected");
    const char *start = s->at;
    if (s->at == s->end || !is_letter(*s->at))
        return bad(s, "a name was expected");
    while (s->at < s->end && (is_letter(*s->at) || is_digit(*s->at)))
        s->at++;
    step->kind = ES_STEP_NAME;
    step->text = (burin_text){start, (size_t)(s->at - start)};
    return true;
}

static bool scan(scanner *s, burin_address *out)
{
    es_step step;
    if (!head(s, &out->entity))
        return false;
    out->path = (burin_text){s->at, (size_t)(s->end - s->at)};
    while (s->at < s->end) {
        if (!next(s, &step))
            return false;
    }
    return true;
}

burin_status burin_address_read(burin_text text, burin_address *out, burin_error *err)
{
    scanner s = {text.data, text.data + text.len, NULL};
    if (text.len > UINT32_MAX)
        return diag_fail(err, BURIN_ERR_VALUE, NULL, 0, (span){0, 0}, "no address: it is too long");
    if (diag_check_text(err, text))
        return BURIN_ERR_UNICODE;
    if (scan(&s, out))
        return BURIN_OK;
    source   src = {text, NULL};
    uint32_t at  = (uint32_t)(s.at - text.data);
    return diag_fail(err, BURIN_ERR_VALUE, &src, 1, (span){at, at}, "no address: %s", s.problem);
}

bool burin_is_address(burin_text text)
{
    burin_address address;
    return text.len > 1 && text.data[0] == '@' && burin_address_read(text, &address, NULL) == BURIN_OK;
}

size_t burin_address_write(burin_entity entity, char out[BURIN_ADDRESS_SIZE])
{
    int len;
    if (entity.tree)
        len = snprintf(out, BURIN_ADDRESS_SIZE, "@%u~%u:%u", entity.id, entity.tree, entity.version);
    else if (entity.version)
        len = snprintf(out, BURIN_ADDRESS_SIZE, "@%u~%u", entity.id, entity.version);
    else
        len = snprintf(out, BURIN_ADDRESS_SIZE, "@%u", entity.id);
    return (size_t)len;
}

/* ---- steps ---- */

bool es_next_step(burin_text *path, es_step *step)
{
    scanner s = {path->data, path->data + path->len, NULL};
    if (path->len == 0)
        return false;
    next(&s, step);
    *path = (burin_text){s.at, (size_t)(s.end - s.at)};
    return true;
}

bool es_step_is(const es_step *step, burin_text text)
{
    size_t at = 0;
    for (size_t n = 0; n < step->text.len; n++, at++) {
        if (step->kind == ES_STEP_KEY && step->text.data[n] == '\\')
            n++;
        if (at == text.len || step->text.data[n] != text.data[at])
            return false;
    }
    return at == text.len;
}
