/* What the methods of Python's types share: their declarations, the ways they read arguments, and the work that str and
 * bytes have in common (methods_text.c), which is bytes to bytes: only indices and fill characters differ. */
#ifndef BURIN_RUNTIME_BUILTINS_METHODS_H
#define BURIN_RUNTIME_BUILTINS_METHODS_H

#include "runtime/builder.h"
#include "runtime/builtins/builtins.h"

#define METHOD(type, name, signature, flags, doc) burin_status method_##type##_##name(burin_call *call, burin_value *out);
#include "runtime/builtins/methods.def"
#undef METHOD

/* ---- arguments ---- */

/* A Py_ssize_t: "'x' object cannot be interpreted as an integer", OverflowError beyond 64 bits. */
burin_status method_ssize(rt_state *st, burin_value v, int64_t *out);
/* A C int, for what CPython reads so: flags, the width of tabs. */
burin_status method_c_int(rt_state *st, burin_value v, int *out);
/* start and end of find, count, ... on `len` units: NONE and MISSING mean the ends, negative ones count from the end.
 * *from may come out greater than *to: then there is nothing between them. */
burin_status method_bounds(rt_state *st, burin_value start, burin_value end, size_t len, int64_t *from, int64_t *to);
/* markupsafe's rule for arguments of Markup's methods: text and objects with __html__ are escaped, others stay. */
burin_status method_escape_argument(rt_state *st, burin_value *argument);
/* hasattr(v, "__html__") of what is no text: objects with the ability, and jinja2.ChainableUndefined. */
bool method_has_html(burin_value v);

/* The type of an argument as CPython's argument clinic names it. */
const char *method_argument_type(rt_state *st, burin_value v);

/* ---- str and bytes: `self` a STRING or BYTES ---- */

/* The bytes [from, from + len) of self, of the same kind and markup, sharing its memory. */
static inline burin_value method_piece(burin_value self, size_t from, size_t len)
{
    self.as.s += from;
    self.len = (uint32_t)len;
    return self;
}
/* self without its markup: str's own result where markupsafe does not wrap the method. */
static inline burin_value method_plain(burin_value self)
{
    self.flags &= (uint8_t)~BURIN_SAFE;
    return self;
}
/* Units (code points, bytes) of self. */
static inline size_t method_units(burin_value self) { return self.kind == BURIN_BYTES ? self.len : rt_string_count(self); }
/* Byte offset of unit `index` <= units. */
static inline size_t method_offset(burin_value self, size_t index)
{
    return self.kind == BURIN_BYTES || (self.flags & BURIN_ASCII) ? index : text_offset(self.as.s, self.len, index);
}

typedef struct method_range { /* a part of self in bytes; `valid` false where start lies behind end */
    size_t from, to;
    size_t units_before; /* of self before `from` */
    bool   valid;
} method_range;
burin_status method_part(rt_state *st, burin_value self, burin_value start, burin_value end, method_range *out);
/* Whether that part begins, or ends, with `affix`; and self without it. Both are text, or both bytes. */
bool         method_has_affix(burin_value self, const method_range *part, burin_value affix, bool at_end);
burin_value  method_without_affix(burin_value self, burin_value affix, bool at_end);

/* Index in units of the first / last `sub`, -1 when there is none. */
burin_status method_find(rt_state *st, burin_value self, burin_text sub, burin_value start, burin_value end, bool last, int64_t *out);
burin_status method_count(rt_state *st, burin_value self, burin_text sub, burin_value start, burin_value end, int64_t *out);
/* Lists of pieces; `max` < 0: all. `sep` is not empty. */
burin_status method_split(rt_state *st, burin_value self, burin_text sep, int64_t max, burin_value *out);
burin_status method_rsplit(rt_state *st, burin_value self, burin_text sep, int64_t max, burin_value *out);
/* Between runs of white space: Unicode's for str, ASCII's for bytes. */
burin_status method_split_space(rt_state *st, burin_value self, int64_t max, burin_value *out);
burin_status method_rsplit_space(rt_state *st, burin_value self, int64_t max, burin_value *out);
burin_status method_splitlines(rt_state *st, burin_value self, bool keep_ends, burin_value *out);
/* (before, sep, after) at the first or last `sep`, a value of self's kind. */
burin_status method_partition(rt_state *st, burin_value self, burin_value sep, bool last, burin_value *out);
burin_status method_replace(rt_state *st, burin_value self, burin_value old, burin_value fresh, int64_t max, burin_value *out);
/* `left` and `right` times `fill` around self. */
burin_status method_pad(rt_state *st, burin_value self, uint64_t left, uint64_t right, uint32_t fill, burin_value *out);
burin_status method_zfill(rt_state *st, burin_value self, int64_t width, burin_value *out);
burin_status method_expandtabs(rt_state *st, burin_value self, burin_value tab_size, burin_value *out);
/* self between the items, which are all of self's kind. */
burin_status method_join(rt_state *st, burin_value self, const burin_value *items, size_t count, burin_value *out);
/* White space of str or bytes at byte `at`; *next is behind it. */
bool method_space_at(burin_value self, size_t at, size_t *next);
/* The same of the unit that ends at `end` > 0; *start is where it begins. */
bool method_space_before(burin_value self, size_t end, size_t *start);
/* The finished builder as a value of self's kind and markup. */
burin_status method_take(builder *b, burin_value self, burin_value *out);

/* ---- sorting (methods_sort.c) ---- */

/* Sort `items` by `keys` (items themselves when NULL), stably, in ascending order, or descending with equal ones in place.
 * Compares as list.sort does; on failure the order is one the sort had on its way, as in CPython. */
burin_status rt_sort(rt_state *st, burin_value *items, burin_value *keys, size_t count, bool reverse);

/* Place of the newest entry of a dict or set that is not empty. Dead entries behind it are dropped, so that taking one after
 * the other out is linear. */
uint32_t method_newest_entry(rt_dict *dict);

/* Items of a LIST or TUPLE equal to `value`: index of the first in [from, to), SIZE_MAX when there is none. The list may
 * change while it is compared. */
burin_status method_list_find(rt_state *st, burin_value list, burin_value value, uint64_t from, uint64_t to, size_t *out);
/* start and stop of list.index. */
burin_status method_list_bounds(rt_state *st, burin_value start, burin_value stop, size_t len, uint64_t *from, uint64_t *to);

#endif
