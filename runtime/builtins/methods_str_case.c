/* The methods of str about letters: case, and the questions is...(). */
#include "runtime/builtins/methods.h"
#include "runtime/unicode.h"

burin_status method_str_lower(burin_call *call, burin_value *out) { return uni_lower(call->st, call->args[0], out); }
burin_status method_str_upper(burin_call *call, burin_value *out) { return uni_upper(call->st, call->args[0], out); }
burin_status method_str_title(burin_call *call, burin_value *out) { return uni_title(call->st, call->args[0], out); }
burin_status method_str_swapcase(burin_call *call, burin_value *out) { return uni_swapcase(call->st, call->args[0], out); }
burin_status method_str_capitalize(burin_call *call, burin_value *out) { return uni_capitalize(call->st, call->args[0], out); }
/* markupsafe does not wrap casefold: its result is plain. */
burin_status method_str_casefold(burin_call *call, burin_value *out) { return uni_casefold(call->st, method_plain(call->args[0]), out); }

/* Are all characters so? Of an empty text: `of_empty`. */
static burin_status all(burin_call *call, bool (*is)(uint32_t cp), bool of_empty, burin_value *out)
{
    burin_text text   = rt_text_of(call->args[0]);
    bool       answer = text.len ? true : of_empty;

    for (size_t at = 0; answer && at < text.len;)
        answer = is(text_decode(text.data, text.len, &at));
    *out = burin_bool(answer);
    return rt_charge(call->st, text.len / 64);
}

burin_status method_str_isalnum(burin_call *call, burin_value *out) { return all(call, uni_is_alnum, false, out); }
burin_status method_str_isalpha(burin_call *call, burin_value *out) { return all(call, uni_is_alpha, false, out); }
burin_status method_str_isdecimal(burin_call *call, burin_value *out) { return all(call, uni_is_decimal, false, out); }
burin_status method_str_isdigit(burin_call *call, burin_value *out) { return all(call, uni_is_digit, false, out); }
burin_status method_str_isnumeric(burin_call *call, burin_value *out) { return all(call, uni_is_numeric, false, out); }
burin_status method_str_isprintable(burin_call *call, burin_value *out) { return all(call, uni_is_printable, true, out); }
burin_status method_str_isspace(burin_call *call, burin_value *out) { return all(call, uni_is_space, false, out); }

burin_status method_str_isascii(burin_call *call, burin_value *out)
{
    *out = burin_bool(rt_string_is_ascii(call->args[0]));
    return BURIN_OK;
}

burin_status method_str_isidentifier(burin_call *call, burin_value *out)
{
    burin_text text   = rt_text_of(call->args[0]);
    size_t     at     = 0;
    bool       answer = text.len && uni_is_id_start(text_decode(text.data, text.len, &at));

    while (answer && at < text.len)
        answer = uni_is_id_continue(text_decode(text.data, text.len, &at));
    *out = burin_bool(answer);
    return rt_charge(call->st, text.len / 64);
}

/* No character is `other` or in title case, and at least one is `wanted`. */
static burin_status all_cased(burin_call *call, bool (*wanted)(uint32_t cp), bool (*other)(uint32_t cp), burin_value *out)
{
    burin_text text  = rt_text_of(call->args[0]);
    bool       cased = false;

    *out = burin_bool(false);
    for (size_t at = 0; at < text.len;) {
        uint32_t cp = text_decode(text.data, text.len, &at);
        if (other(cp) || uni_is_title(cp))
            return BURIN_OK;
        cased = cased || wanted(cp);
    }
    *out = burin_bool(cased);
    return rt_charge(call->st, text.len / 64);
}

burin_status method_str_isupper(burin_call *call, burin_value *out) { return all_cased(call, uni_is_upper, uni_is_lower, out); }
burin_status method_str_islower(burin_call *call, burin_value *out) { return all_cased(call, uni_is_lower, uni_is_upper, out); }

burin_status method_str_istitle(burin_call *call, burin_value *out)
{
    burin_text text  = rt_text_of(call->args[0]);
    bool       cased = false, in_word = false;

    *out = burin_bool(false);
    for (size_t at = 0; at < text.len;) {
        uint32_t cp    = text_decode(text.data, text.len, &at);
        bool     large = uni_is_upper(cp) || uni_is_title(cp), small = !large && uni_is_lower(cp);
        if ((large && in_word) || (small && !in_word))
            return BURIN_OK;
        in_word = large || small;
        cased   = cased || in_word;
    }
    *out = burin_bool(cased);
    return rt_charge(call->st, text.len / 64);
}
