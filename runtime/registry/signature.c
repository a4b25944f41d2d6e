/* Signatures with types, read once when a function is registered; the grammar is in burin/registry.h. */
#include "runtime/registry/registry.h"

typedef struct reader {
    const burin_store *store;
    arena             *a;
    const char        *text, *at;
    burin_error       *err;
} reader;

static void skip_blanks(reader *r)
{
    while (*r->at == ' ' || *r->at == '\n')
        r->at++;
}

static bool take(reader *r, const char *mark)
{
    skip_blanks(r);
    size_t len = strlen(mark);
    if (strncmp(r->at, mark, len) != 0)
        return false;
    r->at += len;
    return true;
}

static burin_status wrong(reader *r, const char *wanted)
{
    return es_fail(r->err, BURIN_ERR_VALUE, "signature '%s': column %zu: %s", r->text, (size_t)(r->at - r->text) + 1, wanted);
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* A name or word; empty where there is none. */
static burin_text read_word(reader *r)
{
    skip_blanks(r);
    const char *start = r->at;
    if (is_letter(*r->at)) {
        while (is_letter(*r->at) || is_digit(*r->at))
            r->at++;
    }
    return (burin_text){start, (size_t)(r->at - start)};
}

/* ---- types ---- */

static burin_status add_entity_type(reader *r, burin_text name, burin_typing *out)
{
    char *z = arena_copy(r->a, name);
    if (!z)
        return rg_no_memory(r->err);
    burin_type type = r->store ? burin_store_find_type(r->store, z) : 0;
    if (type == 0)
        return es_fail(r->err, BURIN_ERR_KEY, "signature '%s': there is no type '%s'", r->text, z);
    if (out->type_count == BURIN_ALTERNATIVES_MAX)
        return wrong(r, "more types of entities than may stand beside each other");
    out->types[out->type_count++] = type;
    return BURIN_OK;
}

/* One word of a type. *any_entity: it was `entity`. */
static burin_status read_alternative(reader *r, burin_typing *out, bool *any_entity)
{
    static const char *const words[] = {
#define TYPING(NAME, name, meaning) name,
#include "burin/registry.def"
    };
    burin_text word = read_word(r);
    if (word.len == 0)
        return wrong(r, "a type is wanted here");
    if (text_is(word, "none")) {
        out->optional = true;
        return BURIN_OK;
    }
    if (text_is(word, "config")) {
        out->kinds |= 1u << BURIN_TYPING_CONFIG;
        word = read_word(r);
        return word.len ? add_entity_type(r, word, out) : wrong(r, "the type of the configuration is wanted here");
    }
    for (uint32_t n = 0; n < BURIN_TYPING_CONFIG; n++) {
        if (text_is(word, words[n])) {
            out->kinds |= 1u << n;
            *any_entity |= n == BURIN_TYPING_ENTITY;
            return BURIN_OK;
        }
    }
    out->kinds |= 1u << BURIN_TYPING_ENTITY;
    return add_entity_type(r, word, out);
}

static burin_status read_type(reader *r, burin_typing *out)
{
    bool any_entity = false;
    *out            = (burin_typing){0};
    do {
        burin_status status = read_alternative(r, out, &any_entity);
        if (status)
            return status;
    } while (take(r, "|"));
    if (out->kinds & (1u << BURIN_TYPING_CONFIG) && (out->kinds != 1u << BURIN_TYPING_CONFIG || out->type_count != 1))
        return wrong(r, "a configuration has one type and no alternatives");
    if (any_entity)
        out->type_count = 0;
    return BURIN_OK;
}

/* ---- parameters ---- */

static burin_status read_default(reader *r, burin_value *out)
{
    skip_blanks(r);
    if (take(r, "'")) {
        const char *end = strchr(r->at, '\'');
        if (!end)
            return wrong(r, "a text without its end");
        char *copy = arena_copy(r->a, (burin_text){r->at, (size_t)(end - r->at)});
        if (!copy)
            return rg_no_memory(r->err);
        *out  = burin_string_borrow(copy, (size_t)(end - r->at));
        r->at = end + 1;
        return BURIN_OK;
    }
    if (is_letter(*r->at)) {
        burin_text word = read_word(r);
        *out            = text_is(word, "true") ? burin_bool(true) : text_is(word, "false") ? burin_bool(false) : burin_none();
        return out->kind == BURIN_NONE && !text_is(word, "none") ? wrong(r, "a default is a number, 'text', true, false or none") : BURIN_OK;
    }
    const char *start = r->at;
    r->at += *r->at == '-';
    while (is_digit(*r->at) || *r->at == '.' || *r->at == 'e' || (*r->at == '-' && r->at[-1] == 'e'))
        r->at++;
    size_t  len = (size_t)(r->at - start), digits = len - (*start == '-');
    int64_t i   = 0;
    bool    whole = digits > 0 && digits <= 18;
    for (size_t n = len - digits; n < len; n++) {
        whole &= is_digit(start[n]);
        i = whole ? i * 10 + (start[n] - '0') : 0;
    }
    if (whole) {
        *out = burin_int(*start == '-' ? -i : i);
        return BURIN_OK;
    }
    *out = burin_float(0);
    return len && text_to_double(start, len, &out->as.f) ? BURIN_OK : wrong(r, "a default is a number, 'text', true, false or none");
}

static burin_status read_parameter(reader *r, burin_parameter *out)
{
    burin_text name = read_word(r);
    *out            = (burin_parameter){.fallback = burin_item_value(burin_missing())};
    if (name.len == 0)
        return wrong(r, "the name of a parameter is wanted here");
    out->name = arena_copy(r->a, name);
    if (!out->name)
        return rg_no_memory(r->err);
    if (!take(r, ":"))
        return wrong(r, "a parameter needs a type");
    burin_status status = read_type(r, &out->typing);
    if (status || !take(r, "="))
        return status;
    status = read_default(r, &out->fallback.value);
    if (status)
        return status;
    if (out->fallback.value.kind == BURIN_INT && !((rg_accepts(&out->typing) >> BURIN_INT) & 1) && out->typing.kinds & (1u << BURIN_TYPING_FLOAT))
        out->fallback.value = burin_float((double)out->fallback.value.as.i);
    out->fallback.literal = 1;
    return (rg_accepts(&out->typing) >> out->fallback.value.kind) & 1 ? BURIN_OK : wrong(r, "the default is not of the parameter's type");
}

static burin_status read_parameters(reader *r, burin_parameter *list, size_t *count)
{
    *count = 0;
    while (!take(r, "->")) {
        if (*count && !take(r, ","))
            return wrong(r, "',' or '->' is wanted here");
        if (*count == BURIN_PARAMETERS_MAX)
            return wrong(r, "more parameters than a function may have");
        if (*r->at == '\0')
            return wrong(r, "a result is wanted: '-> type'");
        burin_status status = read_parameter(r, &list[*count]);
        if (status)
            return status;
        for (size_t n = 0; n < *count; n++) {
            if (strcmp(list[n].name, list[*count].name) == 0)
                return wrong(r, "two parameters have this name");
        }
        ++*count;
    }
    return BURIN_OK;
}

/* ---- results ---- */

static burin_status read_result(reader *r, burin_typing *list, size_t *count, burin_returns *returns)
{
    static const struct { const char *open, *close; burin_returns returns; } brackets[] = {
        {"(", ")", BURIN_RETURNS_TUPLE}, {"[", "]", BURIN_RETURNS_LIST}, {"{", "}", BURIN_RETURNS_DICT}};
    *count = 0;
    for (size_t b = 0; b < sizeof brackets / sizeof *brackets; b++) {
        if (!take(r, brackets[b].open))
            continue;
        *returns = brackets[b].returns;
        do {
            if (*count == BURIN_PARAMETERS_MAX || (*count && *returns != BURIN_RETURNS_TUPLE))
                return wrong(r, "more types of results than there may be");
            burin_status status = read_type(r, &list[(*count)++]);
            if (status)
                return status;
        } while (take(r, ","));
        return take(r, brackets[b].close) ? BURIN_OK : wrong(r, "the bracket is not closed");
    }
    burin_status status = read_type(r, &list[0]);
    *returns = list[0].kinds ? BURIN_RETURNS_ONE : BURIN_RETURNS_NOTHING;
    *count = list[0].kinds ? 1 : 0;
    return status;
}

burin_status rg_signature(const burin_store *store, arena *a, const char *text, burin_callable *callable, burin_error *err)
{
    reader               r    = {store, a, text, text, err};
    burin_callable_info *info = &callable->info;
    burin_parameter     *parameters = arena_alloc(a, BURIN_PARAMETERS_MAX * sizeof *parameters);
    burin_typing        *results    = arena_alloc(a, BURIN_PARAMETERS_MAX * sizeof *results);
    if (!parameters || !results)
        return rg_no_memory(err);
    burin_status status = read_parameters(&r, parameters, &info->parameter_count);
    if (status == BURIN_OK)
        status = read_result(&r, results, &info->result_count, &info->returns);
    skip_blanks(&r);
    if (status == BURIN_OK && *r.at)
        status = wrong(&r, "nothing may follow the result");
    info->parameters = callable->parameters = parameters;
    callable->count  = info->parameter_count;
    info->results    = results;
    return status;
}

/* ---- the plan ---- */

burin_strategy rg_strategy(const burin_parameter *parameters, size_t count)
{
    size_t entities = 0, values = 0, configs = 0;
    for (size_t n = 0; n < count; n++) {
        if (parameters[n].typing.kinds & (1u << BURIN_TYPING_CONFIG))
            configs++;
        else if (parameters[n].typing.kinds & (1u << BURIN_TYPING_ENTITY))
            entities++;
        else
            values++;
    }
    if (entities > 1)
        return values + configs ? BURIN_STRATEGY_MIXED : BURIN_STRATEGY_ENTITIES;
    if (configs || (entities && values))
        return BURIN_STRATEGY_CONFIGURED;
    return entities ? BURIN_STRATEGY_ENTITY : values ? BURIN_STRATEGY_VALUES : BURIN_STRATEGY_NO_INPUTS;
}

void rg_plan(burin_callable *callable)
{
    burin_callable_info *info = &callable->info;
    info->strategy            = rg_strategy(info->parameters, info->parameter_count);
    callable->direct          = info->effect == BURIN_EFFECT_NONE && info->returns <= BURIN_RETURNS_ONE && !callable->bound;
    for (size_t n = 0; n < callable->count; n++) {
        const burin_typing *typing = &callable->parameters[n].typing;
        callable->accepts[n]       = rg_accepts(typing);
        if (typing->kinds & (1u << BURIN_TYPING_CONFIG))
            callable->configs |= 1u << n;
        if (typing->kinds & (1u << BURIN_TYPING_FLOAT) && !(callable->accepts[n] >> BURIN_INT & 1))
            callable->widens |= 1u << n;
    }
    callable->slots = info->pure && callable->direct && !callable->plain.shape ? rg_plain_shape(info) : 0;
    callable->gives = info->returns == BURIN_RETURNS_ONE ? rg_accepts(&info->results[0]) : 1u << BURIN_NONE;
}
