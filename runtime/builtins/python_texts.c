/* The types of text and bytes as scripts call them: str, bytes, bytearray. */
#include "runtime/assign.h"
#include "runtime/builtins/python.h"
#include "runtime/codec.h"

static bool is_bytes(burin_value v) { return v.kind == BURIN_BYTES || v.kind == BURIN_BYTEARRAY; }

/* An encoding or error handler by name; MISSING: `fallback`. */
static burin_status name_of(rt_state *st, burin_value v, const char *type, const char *argument, const char *fallback, burin_text *out)
{
    *out = (burin_text){fallback, strlen(fallback)};
    if (v.kind == BURIN_MISSING)
        return BURIN_OK;
    if (!rt_is_text(v))
        return rt_fail(st, BURIN_ERR_TYPE, "%s() argument '%s' must be str, not %s", type, argument, method_argument_type(st, v));
    *out = rt_text_of(v);
    return BURIN_OK;
}

burin_status type_str(burin_call *call, burin_value *out)
{
    rt_state    *st     = call->st;
    burin_value  object = call->args[0];
    burin_text   encoding, errors;
    if (BURIN_LIKELY(call->args[1].kind == BURIN_MISSING && call->args[2].kind == BURIN_MISSING && object.kind != BURIN_MISSING))
        return builtin_str(st, object, out);
    if (object.kind == BURIN_MISSING && call->args[1].kind == BURIN_MISSING && call->args[2].kind == BURIN_MISSING) {
        *out = RT_STRING("");
        return BURIN_OK;
    }
    if (name_of(st, call->args[1], "str", "encoding", "utf-8", &encoding) || name_of(st, call->args[2], "str", "errors", "strict", &errors))
        return st->status;
    if (object.kind == BURIN_STRING)
        return rt_fail(st, BURIN_ERR_TYPE, "decoding str is not supported");
    if (object.kind == BURIN_MISSING) {
        *out = RT_STRING("");
        return BURIN_OK;
    }
    if (!is_bytes(object))
        return rt_fail(st, BURIN_ERR_TYPE, "decoding to str: need a bytes-like object, %s found", rt_type_name(st, object));
    return codec_decode(st, rt_text_of(object.kind == BURIN_BYTES ? object : rt_bytearray_view(object)), encoding, errors, out);
}

/* ---- bytes and bytearray ---- */

static burin_status zeros(rt_state *st, burin_value count, burin_value *out)
{
    if (count.kind == BURIN_BIGINT)
        return rt_fail(st, BURIN_ERR_OVERFLOW, "cannot fit 'int' into an index-sized integer");
    if (count.as.i < 0)
        return rt_fail(st, BURIN_ERR_VALUE, "negative count");
    burin_status status = rt_charge(st, (uint64_t)count.as.i / 64);
    if (!status)
        status = rt_bytearray_new(st, NULL, (size_t)count.as.i, out);
    if (!status && count.as.i)
        memset(rt_bytearray_of(*out)->data, 0, (size_t)count.as.i);
    return status;
}

/* The bytes as a BYTEARRAY of their own; `type` is what is made of them, for messages. */
static burin_status make_bytes(burin_call *call, const char *type, burin_value *out)
{
    rt_state    *st     = call->st;
    burin_value  source = call->args[0], encoded;
    bool         named  = call->args[1].kind != BURIN_MISSING || call->args[2].kind != BURIN_MISSING;
    burin_text   encoding, errors;
    burin_status status;
    if (name_of(st, call->args[1], type, "encoding", "utf-8", &encoding) || name_of(st, call->args[2], type, "errors", "strict", &errors))
        return st->status;
    if (source.kind == BURIN_STRING) {
        if (call->args[1].kind == BURIN_MISSING)
            return rt_fail(st, BURIN_ERR_TYPE, "string argument without an encoding");
        status = codec_encode(st, rt_text_of(source), encoding, errors, &encoded);
        return status ? status : rt_bytearray_new(st, encoded.as.s, encoded.len, out);
    }
    if (named)
        return rt_fail(st, BURIN_ERR_TYPE, call->args[1].kind != BURIN_MISSING ? "encoding without a string argument" : "errors without a string argument");
    if (source.kind == BURIN_MISSING)
        return rt_bytearray_new(st, NULL, 0, out);
    if (rt_is_int(source))
        return zeros(st, source, out);
    const char *message = strcmp(type, "bytes") == 0 ? "cannot convert '%s' object to bytes" : "cannot convert '%s' object to bytearray";
    status              = rt_bytes_of_items(call, source, message, out);
    if (status == BURIN_ERR_VALUE && strcmp(type, "bytes") == 0 && st->message.len > 9 && memcmp(st->message.data, "byte must", 9) == 0) {
        rt_clear_error(st);
        return rt_fail(st, BURIN_ERR_VALUE, "bytes must be in range(0, 256)");
    }
    return status;
}

burin_status type_bytearray(burin_call *call, burin_value *out) { return make_bytes(call, "bytearray", out); }

burin_status type_bytes(burin_call *call, burin_value *out)
{
    burin_value made;
    if (call->args[0].kind == BURIN_BYTES && call->args[1].kind == BURIN_MISSING && call->args[2].kind == BURIN_MISSING) {
        *out = call->args[0];
        return BURIN_OK;
    }
    burin_status status = make_bytes(call, "bytes", &made);
    if (!status)
        *out = rt_bytearray_view(made); /* nobody else has it: it stays as it is */
    return status;
}
