/* urlencode: text for the path of an address, or a query string of a mapping or of pairs. Like urllib.parse.quote. */
#include "runtime/builtins/support.h"

/* Unreserved characters: they stand for themselves everywhere. */
static bool is_unreserved(unsigned char c)
{
    return (unsigned)((c | 0x20) - 'a') < 26 || (unsigned)(c - '0') < 10 || c == '_' || c == '.' || c == '-' || c == '~';
}

/* url_quote: in a query "/" is encoded too and a space is "+". */
static burin_status add_quoted(builder *b, burin_value v, bool in_query)
{
    static const char hex[] = "0123456789ABCDEF";
    burin_status      status;

    if (v.kind != BURIN_BYTES) {
        status = builtin_soft(b->st, v, &v);
        if (status)
            return status;
    }
    for (uint32_t at = 0, from; at < v.len;) {
        for (from = at; at < v.len && (is_unreserved((unsigned char)v.as.s[at]) || (v.as.s[at] == '/' && !in_query));)
            at++;
        builder_ascii(b, v.as.s + from, at - from);
        if (at == v.len)
            break;
        unsigned char c = (unsigned char)v.as.s[at++];
        if (c == ' ' && in_query)
            builder_byte(b, '+');
        else
            builder_ascii(b, (char[]){'%', hex[c >> 4], hex[c & 15]}, 3);
    }
    return BURIN_OK;
}

static burin_status add_pair(builder *b, burin_value key, burin_value value)
{
    burin_status status;

    if (b->len)
        builder_byte(b, '&');
    status = add_quoted(b, key, true);
    builder_byte(b, '=');
    return status ? status : add_quoted(b, value, true);
}

static burin_status add_dict(builder *b, burin_value dict)
{
    builtin_pairs pairs;
    burin_value   key, value;
    burin_status  status = builtin_pairs_init(b->st, dict, &pairs);

    while (!status) {
        status = builtin_pairs_next(b->st, &pairs, &key, &value);
        if (status || key.kind == BURIN_MISSING)
            break;
        status = add_pair(b, key, value);
    }
    return status;
}

static burin_status add_sequence(builder *b, burin_value sequence)
{
    rt_iter      it;
    burin_value  pair, key, value;
    burin_status status = rt_iter_init(b->st, sequence, &it);

    while (!status) {
        status = rt_iter_next(b->st, &it, &pair);
        if (status || pair.kind == BURIN_MISSING)
            break;
        status = builtin_unpack2(b->st, pair, &key, &value);
        if (!status)
            status = add_pair(b, key, value);
    }
    return status;
}

burin_status filter_urlencode(burin_call *call, burin_value *out)
{
    burin_value  value = call->args[0];
    builder      b;
    burin_status status;

    builder_init(&b, call->st, rt_is_text(value) ? value.len + value.len / 4 + 8u : 64);
    if (value.kind == BURIN_DICT)
        status = add_dict(&b, value);
    else if (!rt_is_text(value) && builtin_is_iterable(value))
        status = add_sequence(&b, value);
    else
        status = add_quoted(&b, value, false);
    return status ? status : builder_take(&b, 0, out);
}
