/* Splitting str and bytes: at separators, at white space, at line ends. The pieces share the memory of the whole. */
#include "runtime/builtins/methods.h"
#include "runtime/unicode.h"

static inline bool ascii_space(unsigned char c) { return c == ' ' || (c >= 9 && c <= 13); }

bool method_space_at(burin_value self, size_t at, size_t *next)
{
    unsigned char c = (unsigned char)self.as.s[at];

    *next = at + 1;
    if (self.kind == BURIN_BYTES)
        return ascii_space(c);
    if (c < 0x80)
        return ascii_space(c) || (c >= 0x1c && c <= 0x1f);
    *next = at;
    return uni_is_space(text_decode(self.as.s, self.len, next));
}

bool method_space_before(burin_value self, size_t end, size_t *start)
{
    size_t at = end - 1, ignored;

    if (self.kind != BURIN_BYTES)
        while (at > 0 && ((unsigned char)self.as.s[at] & 0xc0) == 0x80)
            at--;
    *start = at;
    return method_space_at(self, at, &ignored);
}

/* The list of pieces, and room to begin with for as many as short texts have. */
static burin_status pieces_new(rt_state *st, burin_value self, rt_list **list)
{
    burin_status status = rt_charge(st, self.len / 64);

    return status ? status : rt_list_new(st, BURIN_LIST, 4, list);
}

static inline burin_status add_piece(rt_state *st, rt_list *list, burin_value self, size_t from, size_t to)
{
    burin_value piece = method_piece(self, from, to - from);

    if (list->len < list->cap) {
        list->items[list->len++] = piece;
        return BURIN_OK;
    }
    return rt_list_push(st, list, piece);
}

/* Pieces found from the end stand in the wrong order. */
static void turn_round(rt_list *list)
{
    for (uint32_t low = 0, high = list->len; low + 1 < high; low++) {
        burin_value item   = list->items[low];
        list->items[low]   = list->items[--high];
        list->items[high]  = item;
    }
}

burin_status method_split(rt_state *st, burin_value self, burin_text sep, int64_t max, burin_value *out)
{
    rt_list     *list;
    size_t       at     = 0;
    burin_status status = pieces_new(st, self, &list);

    while (!status && max != 0) {
        size_t found = text_find(self.as.s + at, self.len - at, sep.data, sep.len);
        if (found == SIZE_MAX)
            break;
        status = add_piece(st, list, self, at, at + found);
        at += found + sep.len;
        if (max > 0)
            max--;
    }
    if (!status)
        status = add_piece(st, list, self, at, self.len);
    if (!status)
        *out = rt_list_value(list);
    return status;
}

burin_status method_rsplit(rt_state *st, burin_value self, burin_text sep, int64_t max, burin_value *out)
{
    rt_list     *list;
    size_t       end    = self.len;
    burin_status status = pieces_new(st, self, &list);

    while (!status && max != 0) {
        size_t found = text_rfind(self.as.s, end, sep.data, sep.len);
        if (found == SIZE_MAX)
            break;
        status = add_piece(st, list, self, found + sep.len, end);
        end    = found;
        if (max > 0)
            max--;
    }
    if (!status)
        status = add_piece(st, list, self, 0, end);
    if (status)
        return status;
    turn_round(list);
    *out = rt_list_value(list);
    return BURIN_OK;
}

burin_status method_split_space(rt_state *st, burin_value self, int64_t max, burin_value *out)
{
    rt_list     *list;
    size_t       at = 0, next;
    burin_status status = pieces_new(st, self, &list);

    while (!status) {
        while (at < self.len && method_space_at(self, at, &next))
            at = next;
        if (at == self.len)
            break;
        size_t from = at;
        if (max == 0) { /* the rest, with the white space at its end */
            status = add_piece(st, list, self, from, self.len);
            break;
        }
        while (at < self.len && !method_space_at(self, at, &next))
            at = next;
        status = add_piece(st, list, self, from, at);
        if (max > 0)
            max--;
    }
    if (!status)
        *out = rt_list_value(list);
    return status;
}

burin_status method_rsplit_space(rt_state *st, burin_value self, int64_t max, burin_value *out)
{
    rt_list     *list;
    size_t       end = self.len, start;
    burin_status status = pieces_new(st, self, &list);

    while (!status) {
        while (end > 0 && method_space_before(self, end, &start))
            end = start;
        if (end == 0)
            break;
        size_t to = end;
        if (max == 0) {
            status = add_piece(st, list, self, 0, to);
            break;
        }
        while (end > 0 && !method_space_before(self, end, &start))
            end = start;
        status = add_piece(st, list, self, end, to);
        if (max > 0)
            max--;
    }
    if (status)
        return status;
    turn_round(list);
    *out = rt_list_value(list);
    return BURIN_OK;
}

/* Is there a line end at byte `at`? *next is behind it, or behind the character. */
static bool line_end_at(burin_value self, size_t at, size_t *next)
{
    unsigned char c = (unsigned char)self.as.s[at];

    *next = at + 1;
    if (c == '\r') {
        if (*next < self.len && self.as.s[*next] == '\n')
            ++*next;
        return true;
    }
    if (c == '\n' || self.kind == BURIN_BYTES)
        return c == '\n';
    if (c < 0x80)
        return uni_is_line_break(c);
    *next = at;
    return uni_is_line_break(text_decode(self.as.s, self.len, next));
}

burin_status method_splitlines(rt_state *st, burin_value self, bool keep_ends, burin_value *out)
{
    rt_list     *list;
    size_t       at = 0, next;
    burin_status status = pieces_new(st, self, &list);

    while (!status && at < self.len) {
        size_t from = at;
        next        = at;
        while (at < self.len && !line_end_at(self, at, &next))
            at = next;
        status = add_piece(st, list, self, from, keep_ends && at < self.len ? next : at);
        at     = at < self.len ? next : at;
    }
    if (!status)
        *out = rt_list_value(list);
    return status;
}
