/* Ansible's test `version` (plugins/test/core.py): versions of the loose kind, which are numbers and words in a row. */
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
static burin_status components(rt_state *st, burin_value version, burin_value *out)
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

burin_status preset_test_version(burin_call *call, burin_value *out)
{
    rt_state   *st       = state_of(call);
    burin_value relation = burin_arg(call, 2), kind = burin_arg(call, 4), left, right;
    bool        strict = false, empty = false, result = false;
    rt_compare  op;

    if (rt_is_true(st, burin_arg(call, 0), &result) || rt_is_true(st, burin_arg(call, 1), &empty) || rt_is_true(st, burin_arg(call, 3), &strict))
        return st->status;
    if (!result)
        return burin_raise(call, BURIN_ERR_TEMPLATE, "Input version value cannot be empty");
    if (!empty)
        return burin_raise(call, BURIN_ERR_TEMPLATE, "Version parameter to compare against cannot be empty");
    if (strict || (kind.kind != BURIN_NONE && !(kind.kind == BURIN_STRING && text_is(rt_text_of(kind), "loose"))))
        return burin_raise(call, BURIN_ERR_TEMPLATE, "only loose versions can be compared here");
    if (relation.kind != BURIN_STRING || !find_operator(rt_text_of(relation), &op))
        return burin_raise(call, BURIN_ERR_TEMPLATE, "Invalid operator type. Must be one of '==', '=', 'eq', '<', 'lt', '<=', 'le', '>', 'gt', '>=', 'ge', '!=', '<>', 'ne'");
    burin_status status = components(st, burin_arg(call, 0), &left);
    if (!status)
        status = components(st, burin_arg(call, 1), &right);
    if (!status)
        status = rt_compare_op(st, op, left, right, &result);
    *out = burin_bool(result);
    return status;
}
