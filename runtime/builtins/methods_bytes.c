/* The methods of bytes that find, cut and join; most of the work is in methods_text.c and methods_split.c. */
#include "runtime/builtins/methods.h"
#include "runtime/codec.h"
#include "runtime/iterate.h"
#include "runtime/operate.h"

static burin_status bytes_required(rt_state *st, burin_value v)
{
    return v.kind == BURIN_BYTES ? BURIN_OK : rt_fail(st, BURIN_ERR_TYPE, "a bytes-like object is required, not '%s'", rt_type_name(st, v));
}

/* ---- find and its kin: `sub` is bytes, or one byte as a number ---- */

/* args: (self, sub, start, end). CPython reads the bounds first. */
static burin_status sub_of(rt_state *st, const burin_value *args, char *byte, burin_text *out)
{
    method_range ignored;
    burin_value  v = args[1];

    if (v.kind == BURIN_BYTES) {
        *out = rt_text_of(v);
        return BURIN_OK;
    }
    burin_status status = method_part(st, args[0], args[2], args[3], &ignored);
    if (status)
        return status;
    if (!rt_is_int(v))
        return rt_fail(st, BURIN_ERR_TYPE, "argument should be integer or bytes-like object, not '%s'", rt_type_name(st, v));
    if (v.kind == BURIN_BIGINT || v.as.i < 0 || v.as.i > 255)
        return rt_fail(st, BURIN_ERR_VALUE, "byte must be in range(0, 256)");
    *byte = (char)v.as.i;
    *out  = (burin_text){byte, 1};
    return BURIN_OK;
}

static burin_status find(burin_call *call, bool last, bool must_exist, burin_value *out)
{
    const burin_value *args = call->args;
    burin_text         sub;
    char               byte;
    int64_t            index;
    burin_status       status = sub_of(call->st, args, &byte, &sub);

    if (!status)
        status = method_find(call->st, args[0], sub, args[2], args[3], last, &index);
    if (status)
        return status;
    if (must_exist && index < 0)
        return rt_fail(call->st, BURIN_ERR_VALUE, "subsection not found");
    *out = burin_int(index);
    return BURIN_OK;
}

burin_status method_bytes_find(burin_call *call, burin_value *out) { return find(call, false, false, out); }
burin_status method_bytes_rfind(burin_call *call, burin_value *out) { return find(call, true, false, out); }
burin_status method_bytes_index(burin_call *call, burin_value *out) { return find(call, false, true, out); }
burin_status method_bytes_rindex(burin_call *call, burin_value *out) { return find(call, true, true, out); }

burin_status method_bytes_count(burin_call *call, burin_value *out)
{
    const burin_value *args = call->args;
    burin_text         sub;
    char               byte;
    int64_t            number;
    burin_status       status = sub_of(call->st, args, &byte, &sub);

    if (!status)
        status = method_count(call->st, args[0], sub, args[2], args[3], &number);
    if (!status)
        *out = burin_int(number);
    return status;
}

static burin_status affixed(burin_call *call, const char *name, bool at_end, burin_value *out)
{
    const burin_value *args = call->args;
    method_range       part;
    burin_status       status = method_part(call->st, args[0], args[2], args[3], &part);

    if (status)
        return status;
    *out = burin_bool(false);
    if (args[1].kind == BURIN_BYTES) {
        *out = burin_bool(method_has_affix(args[0], &part, args[1], at_end));
        return BURIN_OK;
    }
    if (args[1].kind != BURIN_TUPLE)
        return rt_fail(call->st, BURIN_ERR_TYPE, "%s first arg must be bytes or a tuple of bytes, not %s", name, rt_type_name(call->st, args[1]));
    const rt_list *choices = rt_list_of(call->st, args[1]);
    for (uint32_t n = 0; n < choices->len && !out->as.i; n++) {
        status = bytes_required(call->st, choices->items[n]);
        if (status)
            return status;
        *out = burin_bool(method_has_affix(args[0], &part, choices->items[n], at_end));
    }
    return BURIN_OK;
}

burin_status method_bytes_startswith(burin_call *call, burin_value *out) { return affixed(call, "startswith", false, out); }
burin_status method_bytes_endswith(burin_call *call, burin_value *out) { return affixed(call, "endswith", true, out); }

static burin_status remove_affix(burin_call *call, bool at_end, burin_value *out)
{
    burin_value  self = call->args[0], affix = call->args[1];
    burin_status status = bytes_required(call->st, affix);

    if (status)
        return status;
    *out = method_without_affix(self, affix, at_end);
    return BURIN_OK;
}

burin_status method_bytes_removeprefix(burin_call *call, burin_value *out) { return remove_affix(call, false, out); }
burin_status method_bytes_removesuffix(burin_call *call, burin_value *out) { return remove_affix(call, true, out); }

/* ---- cutting ---- */

static burin_status strip(burin_call *call, bool left, bool right, burin_value *out)
{
    burin_value self = call->args[0], chars = call->args[1];
    bool        dropped[256] = {false};

    if (chars.kind == BURIN_NONE) {
        static const char spaces[] = " \t\n\r\v\f";
        chars                      = rt_string(spaces, sizeof spaces - 1);
    } else {
        burin_status status = bytes_required(call->st, chars);
        if (status)
            return status;
    }
    for (uint32_t n = 0; n < chars.len; n++)
        dropped[(unsigned char)chars.as.s[n]] = true;
    size_t from = 0, to = self.len;
    while (left && from < to && dropped[(unsigned char)self.as.s[from]])
        from++;
    while (right && to > from && dropped[(unsigned char)self.as.s[to - 1]])
        to--;
    *out = method_piece(self, from, to - from);
    return BURIN_OK;
}

burin_status method_bytes_strip(burin_call *call, burin_value *out) { return strip(call, true, true, out); }
burin_status method_bytes_lstrip(burin_call *call, burin_value *out) { return strip(call, true, false, out); }
burin_status method_bytes_rstrip(burin_call *call, burin_value *out) { return strip(call, false, true, out); }

static burin_status split(burin_call *call, bool from_end, burin_value *out)
{
    const burin_value *args = call->args;
    int64_t            max;
    burin_status       status = method_ssize(call->st, args[2], &max);

    if (status)
        return status;
    if (args[1].kind == BURIN_NONE)
        return from_end ? method_rsplit_space(call->st, args[0], max, out) : method_split_space(call->st, args[0], max, out);
    status = bytes_required(call->st, args[1]);
    if (status)
        return status;
    if (args[1].len == 0)
        return rt_fail(call->st, BURIN_ERR_VALUE, "empty separator");
    burin_text sep = rt_text_of(args[1]);
    return from_end ? method_rsplit(call->st, args[0], sep, max, out) : method_split(call->st, args[0], sep, max, out);
}

burin_status method_bytes_split(burin_call *call, burin_value *out) { return split(call, false, out); }
burin_status method_bytes_rsplit(burin_call *call, burin_value *out) { return split(call, true, out); }

burin_status method_bytes_splitlines(burin_call *call, burin_value *out)
{
    int          keep_ends = 0;
    burin_status status    = method_c_int(call->st, call->args[1], &keep_ends);

    return status ? status : method_splitlines(call->st, call->args[0], keep_ends != 0, out);
}

static burin_status partition(burin_call *call, bool last, burin_value *out)
{
    burin_status status = bytes_required(call->st, call->args[1]);

    return status ? status : method_partition(call->st, call->args[0], call->args[1], last, out);
}

burin_status method_bytes_partition(burin_call *call, burin_value *out) { return partition(call, false, out); }
burin_status method_bytes_rpartition(burin_call *call, burin_value *out) { return partition(call, true, out); }

/* ---- putting together ---- */

burin_status method_bytes_join(burin_call *call, burin_value *out)
{
    rt_state    *st = call->st;
    rt_iter      it;
    rt_list     *list;
    burin_status status = rt_iter_init(st, call->args[1], &it);

    if (status == BURIN_ERR_TYPE) {
        rt_clear_error(st);
        return rt_fail(st, BURIN_ERR_TYPE, "can only join an iterable");
    }
    if (!status)
        status = rt_to_list(st, call->args[1], &list);
    for (uint32_t n = 0; !status && n < list->len; n++) { /* what is to come may still change a bytearray */
        burin_value *item = &list->items[n];
        if (item->kind == BURIN_BYTEARRAY)
            *item = rt_bytearray_view(*item);
        else if (item->kind != BURIN_BYTES)
            return rt_fail(st, BURIN_ERR_TYPE, "sequence item %u: expected a bytes-like object, %s found", n, rt_type_name(st, *item));
    }
    return status ? status : method_join(st, call->args[0], list->items, list->len, out);
}

burin_status method_bytes_replace(burin_call *call, burin_value *out)
{
    const burin_value *args = call->args;
    int64_t            max;
    burin_status       status = bytes_required(call->st, args[1]);

    if (!status)
        status = bytes_required(call->st, args[2]);
    if (!status)
        status = method_ssize(call->st, args[3], &max);
    return status ? status : method_replace(call->st, args[0], args[1], args[2], max, out);
}

typedef enum side { PAD_LEFT, PAD_RIGHT, PAD_BOTH } side;

static burin_status pad(burin_call *call, const char *name, side where, burin_value *out)
{
    burin_value  self = call->args[0], fill = call->args[2];
    int64_t      width;
    burin_status status = method_ssize(call->st, call->args[1], &width);

    if (status)
        return status;
    if (fill.kind != BURIN_MISSING && (fill.kind != BURIN_BYTES || fill.len != 1))
        return rt_fail(call->st, BURIN_ERR_TYPE, "%s() argument 2 must be a byte string of length 1, not %s", name,
                       method_argument_type(call->st, fill));
    uint64_t wanted = width < 0 ? 0 : (uint64_t)width, pads = wanted > self.len ? wanted - self.len : 0, left = 0;
    if (where == PAD_LEFT)
        left = pads;
    if (where == PAD_BOTH)
        left = pads / 2 + (pads & wanted & 1);
    return method_pad(call->st, self, left, pads - left, fill.kind == BURIN_MISSING ? ' ' : (unsigned char)fill.as.s[0], out);
}

burin_status method_bytes_center(burin_call *call, burin_value *out) { return pad(call, "center", PAD_BOTH, out); }
burin_status method_bytes_ljust(burin_call *call, burin_value *out) { return pad(call, "ljust", PAD_RIGHT, out); }
burin_status method_bytes_rjust(burin_call *call, burin_value *out) { return pad(call, "rjust", PAD_LEFT, out); }

burin_status method_bytes_zfill(burin_call *call, burin_value *out)
{
    int64_t      width;
    burin_status status = method_ssize(call->st, call->args[1], &width);

    return status ? status : method_zfill(call->st, call->args[0], width, out);
}

burin_status method_bytes_expandtabs(burin_call *call, burin_value *out)
{
    return method_expandtabs(call->st, call->args[0], call->args[1], out);
}
