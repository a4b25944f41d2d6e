/* Preset functions for JSON: json.dumps and json.loads under the names and defaults of each host. */
#include "engine/presets.h"
#include "runtime/call_text.h"
#include "runtime/convert.h"
#include "runtime/iterate.h"
#include "runtime/operate.h"

static rt_state *state_of(const burin_call *call) { return rt_state_of(burin_call_heap(call)); }

/* Python's `separators`: None or a pair of texts. */
static burin_status read_separators(burin_call *call, burin_value v, rt_json_options *options)
{
    rt_state    *st = state_of(call);
    rt_list     *pair;
    burin_status status;

    if (v.kind == BURIN_NONE || v.kind == BURIN_MISSING)
        return BURIN_OK;
    status = rt_to_list(st, v, &pair);
    if (status)
        return status;
    if (pair->len != 2)
        return burin_raise(call, BURIN_ERR_VALUE, pair->len < 2 ? "not enough values to unpack (expected 2, got %u)" : "too many values to unpack (expected 2)",
                           pair->len);
    if (pair->items[0].kind != BURIN_STRING || pair->items[1].kind != BURIN_STRING)
        return burin_raise(call, BURIN_ERR_TYPE, "separators must be str");
    options->item_separator = rt_text_of(pair->items[0]);
    options->key_separator  = rt_text_of(pair->items[1]);
    return BURIN_OK;
}

static burin_status dumps(burin_call *call, burin_value v, const rt_json_options *options, burin_value *out)
{
    rt_call_text text;

    rt_call_text_begin(&text, call, false, 512);
    return rt_call_text_end(&text, rt_write_json(state_of(call), text.out, v, options), out);
}

/* `flags` are the arguments' places: value, then these; MISSING for what the host does not offer. */
static burin_status dumps_with(burin_call *call, burin_value ensure_ascii, burin_value indent, burin_value separators, burin_value sort_keys, burin_value *out)
{
    rt_state       *st      = state_of(call);
    rt_json_options options = {.indent = indent.kind == BURIN_MISSING ? burin_none() : indent};
    burin_status    status  = rt_is_true(st, ensure_ascii, &options.ensure_ascii);

    if (!status)
        status = rt_is_true(st, sort_keys, &options.sort_keys);
    if (!status)
        status = read_separators(call, separators, &options);
    return status ? status : dumps(call, burin_arg(call, 0), &options, out);
}

burin_status preset_json_dumps(burin_call *call, burin_value *out)
{
    return dumps_with(call, burin_arg(call, 1), burin_arg(call, 2), burin_arg(call, 3), burin_arg(call, 4), out);
}

burin_status preset_to_json(burin_call *call, burin_value *out)
{
    return dumps_with(call, burin_arg(call, 2), burin_arg(call, 1), burin_arg(call, 4), burin_arg(call, 3), out);
}

burin_status preset_to_nice_json(burin_call *call, burin_value *out)
{
    return dumps_with(call, burin_arg(call, 3), burin_arg(call, 1), burin_arg(call, 4), burin_arg(call, 2), out);
}

burin_status preset_salt_json(burin_call *call, burin_value *out)
{
    return dumps_with(call, burin_bool(true), burin_arg(call, 2), rt_missing(), burin_arg(call, 1), out);
}

burin_status preset_jsonify(burin_call *call, burin_value *out)
{
    return dumps_with(call, burin_bool(true), burin_arg(call, 1), rt_missing(), burin_bool(true), out);
}

burin_status preset_dbt_tojson(burin_call *call, burin_value *out)
{
    rt_state    *st     = state_of(call);
    burin_status status = dumps_with(call, burin_bool(true), rt_missing(), rt_missing(), burin_arg(call, 2), out);

    if (status == BURIN_ERR_TYPE || status == BURIN_ERR_VALUE) {
        rt_clear_error(st);
        *out   = burin_arg(call, 1);
        status = BURIN_OK;
    }
    return status;
}

/* json.loads; *is_json is false (and nothing reported) for a text that is no JSON. */
static burin_status loads(burin_call *call, burin_value text, burin_value *out, bool *is_json)
{
    rt_state    *st  = state_of(call);
    burin_error  err = BURIN_ERROR_INIT;
    burin_status status;

    *is_json = true;
    if (text.kind != BURIN_STRING)
        return burin_raise(call, BURIN_ERR_TYPE, "the JSON object must be str, bytes or bytearray, not %s", rt_type_name(st, text));
    status = rt_json_read(st, rt_text_of(text), true, NULL, out, &err);
    if (status == BURIN_ERR_DATA) {
        *is_json = false;
        rt_clear_error(st);
        rt_fail(st, BURIN_ERR_VALUE, "%s: line %u column %u", err.message ? err.message : "Expecting value", err.line, err.column);
        status = BURIN_ERR_VALUE;
    }
    burin_error_clear(&err);
    return status;
}

burin_status preset_from_json(burin_call *call, burin_value *out)
{
    bool is_json;

    return loads(call, burin_arg(call, 0), out, &is_json);
}

burin_status preset_dbt_fromjson(burin_call *call, burin_value *out)
{
    bool         is_json;
    burin_status status = loads(call, burin_arg(call, 0), out, &is_json);

    if (!is_json) {
        rt_clear_error(state_of(call));
        *out   = burin_arg(call, 1);
        status = BURIN_OK;
    }
    return status;
}
