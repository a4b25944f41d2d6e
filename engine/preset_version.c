/* Ansible's test `version` (plugins/test/core.py). Of each version a list is made that is ordered as the versions are:
 * loose (distutils.version.LooseVersion): its numbers and words in a row;
 * strict (StrictVersion): three numbers, whether it is a release, and the letter and number of what comes before one;
 * semantic (semver.org): three numbers, whether it is a release, and what tells the ones before it apart. */
#include "engine/presets.h"
#include "runtime/base/text.h"
#include "runtime/convert.h"
#include "runtime/operate.h"

static rt_state *state_of(const burin_call *call) { return rt_state_of(burin_call_heap(call)); }

static const struct {
    const char *words[4];
    rt_compare  op;
} operators[] = {
    {{"==", "=", "eq"}, RT_EQ}, {{"<", "lt"}, RT_LT}, {{"<=", "le"}, RT_LE}, {{">", "gt"}, RT_GT}, {{">=", "ge"}, RT_GE}, {{"!=", "<>", "ne"}, RT_NE},
};

static bool find_operator(burin_text word, rt_compare *op)
{
    for (size_t n = 0; n < sizeof operators / sizeof operators[0]; n++)
        for (size_t k = 0; k < 4 && operators[n].words[k]; k++)
            if (text_is(word, operators[n].words[k])) {
                *op = operators[n].op;
                return true;
            }
    return false;
}

typedef enum part { NUMBER, WORD, DOT, OTHER } part;

static part part_of(char c)
{
    return c >= '0' && c <= '9' ? NUMBER : c >= 'a' && c <= 'z' ? WORD : c == '.' ? DOT : OTHER;
}

/* "1.10rc2" is [1, 10, 'rc', 2]. */
static burin_status loose(rt_state *st, burin_value version, burin_value *out)
{
    rt_list     *list;
    burin_value  text;
    burin_status status = rt_str(st, version, &text);
    if (!status)
        status = rt_list_new(st, BURIN_LIST, 8, &list);
    if (status)
        return status;
    for (size_t at = 0, len; at < text.len && !status; at += len) {
        const part kind = part_of(text.as.s[at]);
        for (len = 1; kind != DOT && at + len < text.len && part_of(text.as.s[at + len]) == kind;)
            len++;
        burin_value item = rt_string(text.as.s + at, len);
        if (kind == NUMBER)
            status = rt_int_from_text(st, (burin_text){text.as.s + at, len}, 10, &item);
        if (!status && kind != DOT)
            status = rt_list_push(st, list, item);
    }
    *out = rt_list_value(list);
    return status;
}

/* A version that is being read from left to right, and the list that is made of it. */
typedef struct reader {
    rt_state  *st;
    burin_text text;
    size_t     at;
    rt_list   *list;
} reader;

static bool accept(reader *r, char c)
{
    bool is_there = r->at < r->text.len && r->text.data[r->at] == c;
    r->at += is_there;
    return is_there;
}

static bool push(reader *r, burin_value item) { return !rt_list_push(r->st, r->list, item); }

/* Digits; `plain`: without a leading zero. */
static bool number(reader *r, bool plain)
{
    size_t      from = r->at;
    burin_value value;
    while (r->at < r->text.len && part_of(r->text.data[r->at]) == NUMBER)
        r->at++;
    burin_text digits = {r->text.data + from, r->at - from};
    return digits.len && !(plain && digits.len > 1 && digits.data[0] == '0') && !rt_int_from_text(r->st, digits, 10, &value) && push(r, value);
}

static bool is_identifier(char c) { return part_of(c) == NUMBER || part_of(c) == WORD || (c >= 'A' && c <= 'Z') || c == '-'; }

/* An identifier of a semantic version: numbers come before words. */
static bool identifier(reader *r)
{
    size_t from = r->at, digits = 0;
    while (r->at < r->text.len && is_identifier(r->text.data[r->at]))
        digits += part_of(r->text.data[r->at++]) == NUMBER;
    size_t len = r->at - from;
    if (!len || digits < len)
        return len && push(r, burin_int(1)) && push(r, rt_string(r->text.data + from, len));
    r->at = from;
    return push(r, burin_int(0)) && number(r, true);
}

static bool strict(reader *r)
{
    bool is_good = number(r, false) && accept(r, '.') && number(r, false);
    if (is_good && accept(r, '.'))
        is_good = number(r, false);
    else
        is_good = is_good && push(r, burin_int(0));
    const char *letter = r->at < r->text.len ? r->text.data + r->at : "";
    if (!is_good || (*letter != 'a' && *letter != 'b'))
        return is_good && push(r, burin_int(1));
    r->at++;
    return push(r, burin_int(0)) && push(r, rt_string(letter, 1)) && number(r, false);
}

static bool semantic(reader *r)
{
    bool is_good = number(r, true) && accept(r, '.') && number(r, true) && accept(r, '.') && number(r, true);
    bool is_pre  = is_good && accept(r, '-');
    is_good      = is_good && push(r, burin_int(!is_pre)) && (!is_pre || identifier(r));
    while (is_pre && is_good && accept(r, '.'))
        is_good = identifier(r);
    if (is_good && accept(r, '+')) { /* of the build: written, but not compared */
        size_t from = r->at;
        while (r->at < r->text.len && (is_identifier(r->text.data[r->at]) || (r->text.data[r->at] == '.' && r->at > from && is_identifier(r->text.data[r->at - 1]))))
            r->at++;
        is_good = r->at > from && r->text.data[r->at - 1] != '.';
    }
    return is_good;
}

typedef struct version_kind {
    const char *name, *alias;
    bool      (*read)(reader *r); /* NULL: loose */
    const char *invalid;
} version_kind;

static const version_kind kinds[] = {
    {"loose", NULL, NULL, NULL},
    {"strict", NULL, strict, "invalid version number '%.*s'"},
    {"semver", "semantic", semantic, "invalid semantic version '%.*s'"},
};
enum { LOOSE, STRICT, SEMANTIC, KIND_COUNT };

/* The list that stands for `version`. */
static burin_status components(burin_call *call, const version_kind *kind, burin_value version, burin_value *out)
{
    reader       r = {.st = state_of(call)};
    burin_value  text;
    if (!kind->read)
        return loose(r.st, version, out);
    burin_status status = rt_str(r.st, version, &text);
    if (!status)
        status = rt_list_new(r.st, BURIN_LIST, 8, &r.list);
    if (status)
        return status;
    r.text = rt_text_of(text);
    if (!kind->read(&r) || r.at < r.text.len)
        return r.st->status ? r.st->status : burin_raise(call, BURIN_ERR_TEMPLATE, kind->invalid, (int)r.text.len, r.text.data);
    *out = rt_list_value(r.list);
    return BURIN_OK;
}

/* By the arguments `strict` and `version_type`; NULL after raising. */
static const version_kind *find_kind(burin_call *call)
{
    burin_value strict = burin_arg(call, 3), type = burin_arg(call, 4);
    bool        is_strict;

    if (strict.kind != BURIN_NONE && type.kind != BURIN_NONE) {
        burin_raise(call, BURIN_ERR_TEMPLATE, "Cannot specify both 'strict' and 'version_type'");
        return NULL;
    }
    if (rt_is_true(state_of(call), strict, &is_strict))
        return NULL;
    for (size_t n = 0; type.kind == BURIN_STRING && n < KIND_COUNT; n++)
        if (text_is(rt_text_of(type), kinds[n].name) || (kinds[n].alias && text_is(rt_text_of(type), kinds[n].alias)))
            return &kinds[n];
    if (type.kind == BURIN_NONE)
        return &kinds[is_strict ? STRICT : LOOSE];
    burin_raise(call, BURIN_ERR_TEMPLATE, "Invalid version type. Here it is one of 'loose', 'strict', 'semver', 'semantic'");
    return NULL;
}

burin_status preset_test_version(burin_call *call, burin_value *out)
{
    rt_state           *st       = state_of(call);
    burin_value         relation = burin_arg(call, 2), left, right;
    bool                has_value = false, has_version = false, result = false;
    const version_kind *kind;
    rt_compare          op;

    if (rt_is_true(st, burin_arg(call, 0), &has_value) || rt_is_true(st, burin_arg(call, 1), &has_version))
        return st->status;
    if (!has_value)
        return burin_raise(call, BURIN_ERR_TEMPLATE, "Input version value cannot be empty");
    if (!has_version)
        return burin_raise(call, BURIN_ERR_TEMPLATE, "Version parameter to compare against cannot be empty");
    if (!(kind = find_kind(call)))
        return st->status;
    if (relation.kind != BURIN_STRING || !find_operator(rt_text_of(relation), &op))
        return burin_raise(call, BURIN_ERR_TEMPLATE, "Invalid operator type. Must be one of '==', '=', 'eq', '<', 'lt', '<=', 'le', '>', 'gt', '>=', 'ge', '!=', '<>', 'ne'");
    burin_status status = components(call, kind, burin_arg(call, 0), &left);
    if (!status)
        status = components(call, kind, burin_arg(call, 1), &right);
    if (!status)
        status = rt_compare_op(st, op, left, right, &result);
    *out = burin_bool(result);
    return status;
}
