/* The methods of str that look at or cut a text. Markup's versions escape their arguments and keep the mark where
 * markupsafe wraps the method; everything else gives plain text. */
#include "runtime/builtins/methods.h"
#include "runtime/convert.h"
#include "runtime/iterate.h"
#include "runtime/operate.h"
#include "runtime/told.h"

/* ---- find and its kin ---- */

static burin_status must_be_str(rt_state *st, burin_value v)
{
    return rt_is_text(v) ? BURIN_OK : rt_fail(st, BURIN_ERR_TYPE, "must be str, not %s", rt_type_name(st, v));
}

/* (self, sub, start, end): CPython reads the bounds first. */
static burin_status must_be_sub(rt_state *st, const burin_value *args)
{
    method_range ignored;

    if (BURIN_LIKELY(rt_is_text(args[1])))
        return BURIN_OK;
    burin_status status = method_part(st, args[0], args[2], args[3], &ignored);
    return status ? status : must_be_str(st, args[1]);
}

static burin_status find(burin_call *call, bool last, bool must_exist, burin_value *out)
{
    const burin_value *args   = call->args;
    burin_status       status = must_be_sub(call->st, args);
    int64_t            index;

    if (!status)
        status = method_find(call->st, args[0], rt_text_of(args[1]), args[2], args[3], last, &index);
    if (status)
        return status;
    if (must_exist && index < 0)
        return rt_fail(call->st, BURIN_ERR_VALUE, "substring not found");
    *out = burin_int(index);
    return BURIN_OK;
}

burin_status method_str_find(burin_call *call, burin_value *out) { return find(call, false, false, out); }
burin_status method_str_rfind(burin_call *call, burin_value *out) { return find(call, true, false, out); }
burin_status method_str_index(burin_call *call, burin_value *out) { return find(call, false, true, out); }
burin_status method_str_rindex(burin_call *call, burin_value *out) { return find(call, true, true, out); }

burin_status method_str_count(burin_call *call, burin_value *out)
{
    const burin_value *args   = call->args;
    burin_status       status = must_be_sub(call->st, args);
    int64_t            count;

    if (!status)
        status = method_count(call->st, args[0], rt_text_of(args[1]), args[2], args[3], &count);
    if (!status)
        *out = burin_int(count);
    return status;
}

static burin_status affixed(burin_call *call, const char *name, bool at_end, burin_value *out)
{
    const burin_value *args = call->args;
    method_range       part;
    burin_status       status = method_part(call->st, args[0], args[2], args[3], &part);

    if (status)
        return status;
    if (BURIN_LIKELY(rt_is_text(args[1]))) {
        *out = burin_bool(method_has_affix(args[0], &part, args[1], at_end));
        return BURIN_OK;
    }
    if (args[1].kind != BURIN_TUPLE)
        return rt_fail(call->st, BURIN_ERR_TYPE, "%s first arg must be str or a tuple of str, not %s", name, rt_type_name(call->st, args[1]));
    const rt_list *choices = rt_list_of(call->st, args[1]);
    *out                   = burin_bool(false);
    for (uint32_t n = 0; n < choices->len; n++) {
        if (!rt_is_text(choices->items[n]))
            return rt_fail(call->st, BURIN_ERR_TYPE, "tuple for %s must only contain str, not %s", name, rt_type_name(call->st, choices->items[n]));
        if (method_has_affix(args[0], &part, choices->items[n], at_end)) {
            *out = burin_bool(true);
            break;
        }
    }
    return BURIN_OK;
}

burin_status method_str_startswith(burin_call *call, burin_value *out) { return affixed(call, "startswith", false, out); }
burin_status method_str_endswith(burin_call *call, burin_value *out) { return affixed(call, "endswith", true, out); }

static burin_status remove_affix(burin_call *call, const char *name, bool at_end, burin_value *out)
{
    burin_value  self = method_plain(call->args[0]), affix = call->args[1];

    if (!rt_is_text(affix))
        return rt_fail(call->st, BURIN_ERR_TYPE, "%s() argument must be str, not %s", name, method_argument_type(call->st, affix));
    *out = method_without_affix(self, affix, at_end);
    return BURIN_OK;
}

burin_status method_str_removeprefix(burin_call *call, burin_value *out) { return remove_affix(call, "removeprefix", false, out); }
burin_status method_str_removesuffix(burin_call *call, burin_value *out) { return remove_affix(call, "removesuffix", true, out); }

/* ---- strip ---- */

enum { SHORT_SET = 64, SET_WORDS = 0x110000 / 64 }; /* bytes of a set that is searched; words of a bitmap */

typedef struct char_set { /* the characters to strip */
    uint64_t   ascii[2];
    uint64_t  *bits; /* of all characters; NULL: the set is short, look in `all` */
    burin_text all;
} char_set;

static burin_status set_of(rt_state *st, burin_text chars, char_set *set)
{
    *set = (char_set){.all = chars};
    for (size_t at = 0; at < chars.len; at++) {
        unsigned char c = (unsigned char)chars.data[at];
        if (c < 0x80)
            set->ascii[c >> 6] |= (uint64_t)1 << (c & 63);
    }
    if (chars.len <= SHORT_SET || text_is_ascii(chars.data, chars.len))
        return BURIN_OK;
    set->bits = heap_alloc(&st->heap, SET_WORDS * sizeof(uint64_t));
    if (!set->bits)
        return rt_fail_memory(st);
    memset(set->bits, 0, SET_WORDS * sizeof(uint64_t));
    for (size_t at = 0; at < chars.len;) {
        uint32_t cp = text_decode(chars.data, chars.len, &at);
        set->bits[cp / 64] |= (uint64_t)1 << (cp % 64);
    }
    return rt_charge(st, chars.len / 64);
}

/* Is the character in the bytes [from, to) of `self` one of the set? */
static bool in_set(const char_set *set, burin_value self, size_t from, size_t to)
{
    unsigned char c = (unsigned char)self.as.s[from];

    if (c < 0x80)
        return set->ascii[c >> 6] >> (c & 63) & 1;
    if (!set->bits)
        return text_find(set->all.data, set->all.len, self.as.s + from, to - from) != SIZE_MAX;
    uint32_t cp = text_decode(self.as.s, self.len, &from);
    return set->bits[cp / 64] >> (cp % 64) & 1;
}

static burin_status strip_set(rt_state *st, burin_value self, burin_text chars, bool left, bool right, burin_value *out)
{
    char_set     set;
    size_t       from   = 0, to = self.len;
    burin_status status = set_of(st, chars, &set);

    if (!status)
        status = rt_charge(st, self.len / 64);
    if (status)
        return status;
    while (left && from < to) {
        size_t next = from;
        text_decode(self.as.s, self.len, &next);
        if (!in_set(&set, self, from, next))
            break;
        from = next;
    }
    while (right && to > from) {
        size_t start = to - 1;
        while (start > from && ((unsigned char)self.as.s[start] & 0xc0) == 0x80)
            start--;
        if (!in_set(&set, self, start, to))
            break;
        to = start;
    }
    *out = method_piece(self, from, to - from);
    return BURIN_OK;
}

static burin_status strip(burin_call *call, const char *name, bool left, bool right, burin_value *out)
{
    burin_value  self   = call->args[0], chars = call->args[1];
    size_t       from   = 0, to = self.len, step;
    burin_status status = BURIN_OK;

    if (rt_is_safe(self))
        status = method_escape_argument(call->st, &chars);
    if (status)
        return status;
    if (rt_is_text(chars))
        return strip_set(call->st, self, rt_text_of(chars), left, right, out);
    if (chars.kind != BURIN_NONE)
        return rt_fail(call->st, BURIN_ERR_TYPE, "%s arg must be None or str", name);
    if (left)
        while (from < to && method_space_at(self, from, &step))
            from = step;
    if (right)
        while (to > from && method_space_before(self, to, &step))
            to = step;
    *out = method_piece(self, from, to - from);
    return BURIN_OK;
}

burin_status method_str_strip(burin_call *call, burin_value *out) { return strip(call, "strip", true, true, out); }
burin_status method_str_lstrip(burin_call *call, burin_value *out) { return strip(call, "lstrip", true, false, out); }
burin_status method_str_rstrip(burin_call *call, burin_value *out) { return strip(call, "rstrip", false, true, out); }

/* ---- split, join, partition ---- */

static burin_status split(burin_call *call, bool from_end, burin_value *out)
{
    const burin_value *args = call->args;
    burin_value        self = args[0];
    int64_t            max;
    burin_status       status = method_ssize(call->st, args[2], &max);

    if (status)
        return status;
    if (args[1].kind == BURIN_NONE)
        return from_end ? method_rsplit_space(call->st, self, max, out) : method_split_space(call->st, self, max, out);
    if (!rt_is_text(args[1]))
        return rt_fail(call->st, BURIN_ERR_TYPE, "must be str or None, not %s", rt_type_name(call->st, args[1]));
    if (args[1].len == 0)
        return rt_fail(call->st, BURIN_ERR_VALUE, "empty separator");
    return from_end ? method_rsplit(call->st, self, rt_text_of(args[1]), max, out) : method_split(call->st, self, rt_text_of(args[1]), max, out);
}

burin_status method_str_split(burin_call *call, burin_value *out) { return split(call, false, out); }
burin_status method_str_rsplit(burin_call *call, burin_value *out) { return split(call, true, out); }

burin_status method_str_splitlines(burin_call *call, burin_value *out)
{
    int          keep_ends = 0;
    burin_status status    = method_c_int(call->st, call->args[1], &keep_ends);

    return status ? status : method_splitlines(call->st, call->args[0], keep_ends != 0, out);
}

static burin_status partition(burin_call *call, bool last, burin_value *out)
{
    burin_value  self   = call->args[0], sep = call->args[1];
    burin_status status = rt_is_safe(self) ? rt_escape(call->st, sep, &sep) : must_be_str(call->st, sep);

    return status ? status : method_partition(call->st, self, sep, last, out);
}

burin_status method_str_partition(burin_call *call, burin_value *out) { return partition(call, false, out); }
burin_status method_str_rpartition(burin_call *call, burin_value *out) { return partition(call, true, out); }

/* Every item of `list` escaped, in a new list. */
static burin_status escape_items(rt_state *st, const rt_list *list, const rt_list **out)
{
    rt_list     *escaped;
    burin_status status = rt_list_new(st, BURIN_LIST, list->len, &escaped);

    for (uint32_t n = 0; n < list->len && !status; n++) {
        burin_value item = list->items[n];
        status           = rt_escape(st, item, &item);
        if (!status)
            status = rt_list_push(st, escaped, item);
    }
    *out = escaped;
    return status;
}

/* The items of what is no list or tuple. */
static burin_status collect(burin_call *call, burin_value items, bool plain, const rt_list **out)
{
    rt_state    *st = call->st;
    rt_iter      it;
    rt_told      told;
    rt_list     *list;
    burin_value  item, held;
    burin_status status = rt_iter_init(st, items, &it);

    if (status == BURIN_ERR_TYPE && plain) {
        rt_clear_error(st);
        return rt_fail(st, BURIN_ERR_TYPE, "can only join an iterable");
    }
    if (!status)
        status = rt_list_new(st, BURIN_LIST, 8, &list);
    if (status)
        return status;
    held = rt_list_value(list);
    rt_told_begin(&told, call, &held, 1);
    while (!status && !(status = rt_told_next(&told, &it, &item)) && item.kind != BURIN_MISSING)
        status = rt_list_push(st, list, item);
    rt_told_end(&told);
    *out = list;
    return status;
}

burin_status method_str_join(burin_call *call, burin_value *out)
{
    rt_state      *st     = call->st;
    burin_value    self   = call->args[0], items = call->args[1];
    const rt_list *list   = NULL;
    burin_status   status = BURIN_OK;

    if (items.kind == BURIN_LIST || items.kind == BURIN_TUPLE)
        list = rt_list_of(st, items);
    else
        status = collect(call, items, !rt_is_safe(self), &list);
    if (!status && rt_is_safe(self))
        status = escape_items(st, list, &list);
    for (uint32_t n = 0; !status && n < list->len; n++)
        if (BURIN_UNLIKELY(!rt_is_text(list->items[n])))
            status = rt_fail(st, BURIN_ERR_TYPE, "sequence item %u: expected str instance, %s found", n, rt_type_name(st, list->items[n]));
    return status ? status : method_join(st, self, list->items, list->len, out);
}

/* ---- replace and padding ---- */

/* Argument `index` as a Py_ssize_t. */
static burin_status number(burin_call *call, unsigned index, int64_t *out)
{
    burin_value  v      = call->args[index];
    burin_status status = rt_is_safe(call->args[0]) ? method_escape_argument(call->st, &v) : BURIN_OK;

    return status ? status : method_ssize(call->st, v, out);
}

burin_status method_str_replace(burin_call *call, burin_value *out)
{
    rt_state    *st      = call->st;
    burin_value  self    = call->args[0], texts[2] = {call->args[1], call->args[2]};
    burin_status status  = BURIN_OK;
    int64_t      max;

    for (unsigned n = 0; n < 2 && !status; n++) {
        if (rt_is_safe(self))
            status = method_escape_argument(st, &texts[n]);
        if (!status && !rt_is_text(texts[n]))
            status = rt_fail(st, BURIN_ERR_TYPE, "replace() argument %u must be str, not %s", n + 1, method_argument_type(st, texts[n]));
    }
    if (!status)
        status = number(call, 3, &max);
    return status ? status : method_replace(st, self, texts[0], texts[1], max, out);
}

/* The fill character of center and its kin. */
static burin_status fill_character(burin_call *call, burin_value fill, uint32_t *out)
{
    burin_status status = BURIN_OK;

    *out = ' ';
    if (fill.kind == BURIN_MISSING)
        return BURIN_OK;
    if (rt_is_safe(call->args[0]))
        status = method_escape_argument(call->st, &fill);
    if (status)
        return status;
    if (!rt_is_text(fill))
        return rt_fail(call->st, BURIN_ERR_TYPE, "The fill character must be a unicode character, not %s", rt_type_name(call->st, fill));
    if (rt_string_count(fill) != 1)
        return rt_fail(call->st, BURIN_ERR_TYPE, "The fill character must be exactly one character long");
    size_t at = 0;
    *out      = text_decode(fill.as.s, fill.len, &at);
    return BURIN_OK;
}

typedef enum side { PAD_LEFT, PAD_RIGHT, PAD_BOTH } side;

static burin_status pad(burin_call *call, side where, burin_value *out)
{
    burin_value  self = call->args[0];
    int64_t      width;
    uint32_t     fill;
    burin_status status = number(call, 1, &width);

    if (!status)
        status = fill_character(call, call->args[2], &fill);
    if (status)
        return status;
    uint64_t units = rt_string_count(self), wanted = width < 0 ? 0 : (uint64_t)width;
    uint64_t pads  = wanted > units ? wanted - units : 0, left = 0;
    if (where == PAD_LEFT)
        left = pads;
    if (where == PAD_BOTH) /* the odd one goes left only when the width is odd too, as in CPython's unicode_center_impl */
        left = pads / 2 + (pads & wanted & 1);
    return method_pad(call->st, self, left, pads - left, fill, out);
}

burin_status method_str_center(burin_call *call, burin_value *out) { return pad(call, PAD_BOTH, out); }
burin_status method_str_ljust(burin_call *call, burin_value *out) { return pad(call, PAD_RIGHT, out); }
burin_status method_str_rjust(burin_call *call, burin_value *out) { return pad(call, PAD_LEFT, out); }

burin_status method_str_zfill(burin_call *call, burin_value *out)
{
    int64_t      width;
    burin_status status = number(call, 1, &width);

    return status ? status : method_zfill(call->st, call->args[0], width, out);
}

burin_status method_str_expandtabs(burin_call *call, burin_value *out)
{
    burin_value  size   = call->args[1];
    burin_status status = rt_is_safe(call->args[0]) ? method_escape_argument(call->st, &size) : BURIN_OK;

    return status ? status : method_expandtabs(call->st, call->args[0], size, out);
}
