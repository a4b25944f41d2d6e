/* What str and bytes have in common: finding, counting, replacing, padding, joining.
 *
 * UTF-8 is self-synchronising, so a search for bytes finds exactly the places of the text; only indices, which str counts
 * in code points, need a conversion, and none where a text is known to be ASCII. Pieces share the memory of the whole. */
#include "runtime/builtins/methods.h"
#include "runtime/unicode.h"

burin_status method_take(builder *b, burin_value self, burin_value *out)
{
    burin_status status = builder_take(b, self.flags & BURIN_SAFE, out);

    if (!status && self.kind == BURIN_BYTES) {
        out->kind  = BURIN_BYTES;
        out->flags = 0;
    }
    return status;
}

burin_status method_part(rt_state *st, burin_value self, burin_value start, burin_value end, method_range *out)
{
    if (start.kind == BURIN_NONE && end.kind == BURIN_NONE) {
        *out = (method_range){0, self.len, 0, true};
        return BURIN_OK;
    }
    int64_t      from, to;
    burin_status status = method_bounds(st, start, end, method_units(self), &from, &to);

    if (status)
        return status;
    *out = (method_range){.valid = from <= to};
    if (out->valid) {
        out->units_before = (size_t)from;
        out->from         = method_offset(self, (size_t)from);
        out->to           = out->from + method_offset(method_piece(self, out->from, self.len - out->from), (size_t)(to - from));
    }
    return BURIN_OK;
}

bool method_has_affix(burin_value self, const method_range *part, burin_value affix, bool at_end)
{
    if (!part->valid || affix.len > part->to - part->from)
        return false;
    size_t from = at_end ? part->to - affix.len : part->from;
    return affix.len == 0 || memcmp(self.as.s + from, affix.as.s, affix.len) == 0;
}

burin_value method_without_affix(burin_value self, burin_value affix, bool at_end)
{
    const method_range all = {0, self.len, 0, true};
    return method_has_affix(self, &all, affix, at_end) ? method_piece(self, at_end ? 0 : affix.len, self.len - affix.len) : self;
}

burin_status method_find(rt_state *st, burin_value self, burin_text sub, burin_value start, burin_value end, bool last, int64_t *out)
{
    method_range part;
    burin_status status = method_part(st, self, start, end, &part);

    if (!status)
        status = rt_charge(st, self.len / 64);
    *out = -1;
    if (status || !part.valid)
        return status;
    const char *hay   = self.as.s + part.from;
    size_t      len   = part.to - part.from;
    size_t      found = last ? text_rfind(hay, len, sub.data, sub.len) : text_find(hay, len, sub.data, sub.len);
    if (found != SIZE_MAX)
        *out = (int64_t)(part.units_before + method_units(method_piece(self, part.from, found)));
    return BURIN_OK;
}

static int64_t count_matches(const char *hay, size_t len, burin_text sub)
{
    int64_t count = 0;

    for (size_t at = 0; at < len;) {
        size_t found = text_find(hay + at, len - at, sub.data, sub.len);
        if (found == SIZE_MAX)
            break;
        count++;
        at += found + sub.len;
    }
    return count;
}

burin_status method_count(rt_state *st, burin_value self, burin_text sub, burin_value start, burin_value end, int64_t *out)
{
    method_range part;
    burin_status status = method_part(st, self, start, end, &part);

    if (!status)
        status = rt_charge(st, self.len / 64);
    *out = 0;
    if (status || !part.valid)
        return status;
    burin_value within = method_piece(self, part.from, part.to - part.from);
    *out = sub.len ? count_matches(within.as.s, within.len, sub) : (int64_t)method_units(within) + 1;
    return BURIN_OK;
}

/* ---- replace ---- */

/* An empty `old` stands before every unit and at the end. */
static burin_status replace_nothing(rt_state *st, burin_value self, burin_value fresh, int64_t max, burin_value *out)
{
    builder  b;
    size_t   at     = 0;
    uint64_t places = (uint64_t)method_units(self) + 1;

    if (max < 0 || (uint64_t)max > places)
        max = (int64_t)places;
    builder_init(&b, st, 0);
    if (!builder_room(&b, self.len + (size_t)max * fresh.len))
        return st->status;
    for (int64_t n = 0; n < max; n++) {
        size_t from = at;
        if (n > 0) {
            if (self.kind == BURIN_BYTES)
                at++;
            else
                text_decode(self.as.s, self.len, &at);
            builder_text(&b, self.as.s + from, at - from);
        }
        builder_value(&b, fresh);
    }
    builder_text(&b, self.as.s + at, self.len - at);
    return method_take(&b, self, out);
}

burin_status method_replace(rt_state *st, burin_value self, burin_value old, burin_value fresh, int64_t max, burin_value *out)
{
    burin_status status = rt_charge(st, self.len / 64);

    if (status || max == 0) {
        *out = self;
        return status;
    }
    if (old.len == 0)
        return replace_nothing(st, self, fresh, max, out);
    size_t found = text_find(self.as.s, self.len, old.as.s, old.len);
    if (found == SIZE_MAX) {
        *out = self;
        return BURIN_OK;
    }
    builder b;
    size_t  at = 0;
    builder_init(&b, st, (size_t)self.len + (fresh.len > old.len ? fresh.len : 0));
    b.ascii = (self.flags & BURIN_ASCII) && (fresh.flags & BURIN_ASCII); /* not worth a scan of every piece */
    while (found != SIZE_MAX && max != 0 && !b.failed) {
        builder_ascii(&b, self.as.s + at, found);
        builder_ascii(&b, fresh.as.s, fresh.len);
        at += found + old.len;
        if (max > 0)
            max--;
        found = text_find(self.as.s + at, self.len - at, old.as.s, old.len);
    }
    builder_ascii(&b, self.as.s + at, self.len - at);
    return method_take(&b, self, out);
}

/* ---- padding ---- */

/* `fill` is a code point of text, or a byte. */
static void fill_units(builder *b, bool bytes, uint32_t fill, size_t count)
{
    if (!bytes || fill < 128) {
        builder_fill(b, fill, count);
    } else if (builder_room(b, count)) {
        memset(b->data + b->len, (int)fill, count);
        b->len += count;
        b->ascii = false;
    }
}

burin_status method_pad(rt_state *st, burin_value self, uint64_t left, uint64_t right, uint32_t fill, burin_value *out)
{
    if (left == 0 && right == 0) {
        *out = self;
        return BURIN_OK;
    }
    if (left > UINT32_MAX || right > UINT32_MAX || left + right + self.len > UINT32_MAX)
        return rt_fail(st, BURIN_ERR_NOMEM, "a string of more than 4 GiB");
    builder b;
    char    unit[4];
    size_t  fill_width = self.kind == BURIN_BYTES ? 1 : text_encode(fill, unit);

    builder_init(&b, st, (size_t)(left + right) * fill_width + self.len);
    fill_units(&b, self.kind == BURIN_BYTES, fill, (size_t)left);
    builder_value(&b, self);
    fill_units(&b, self.kind == BURIN_BYTES, fill, (size_t)right);
    return method_take(&b, self, out);
}

burin_status method_zfill(rt_state *st, burin_value self, int64_t width, burin_value *out)
{
    size_t units = method_units(self);
    if (width <= 0 || (uint64_t)width <= units) {
        *out = self;
        return BURIN_OK;
    }
    size_t  zeros = (size_t)width - units, sign = self.len && (self.as.s[0] == '+' || self.as.s[0] == '-');
    builder b;
    if (zeros > UINT32_MAX - self.len)
        return rt_fail(st, BURIN_ERR_NOMEM, "a string of more than 4 GiB");
    builder_init(&b, st, self.len + zeros);
    builder_ascii(&b, self.as.s, sign);
    builder_fill(&b, '0', zeros);
    builder_value(&b, method_piece(self, sign, self.len - sign));
    return method_take(&b, self, out);
}

burin_status method_expandtabs(rt_state *st, burin_value self, burin_value tab_size, burin_value *out)
{
    int          size   = 0;
    burin_status status = method_c_int(st, tab_size, &size);

    if (status)
        return status;
    builder b;
    size_t  column = 0, at = 0;
    builder_init(&b, st, self.len);
    while (at < self.len && !b.failed) {
        size_t from = at;
        while (at < self.len && self.as.s[at] != '\t') {
            unsigned char c = (unsigned char)self.as.s[at++];
            if (c == '\n' || c == '\r')
                column = 0;
            else if (self.kind == BURIN_BYTES || (c & 0xc0) != 0x80)
                column++;
        }
        builder_text(&b, self.as.s + from, at - from);
        if (at == self.len)
            break;
        at++;
        if (size > 0) {
            size_t spaces = (size_t)size - column % (size_t)size;
            builder_fill(&b, ' ', spaces);
            column += spaces;
        }
    }
    return method_take(&b, self, out);
}

/* ---- partition and join ---- */

burin_status method_partition(rt_state *st, burin_value self, burin_value sep, bool last, burin_value *out)
{
    if (sep.len == 0)
        return rt_fail(st, BURIN_ERR_VALUE, "empty separator");
    rt_list     *parts;
    burin_value  none   = method_piece(self, 0, 0);
    burin_status status = rt_list_new(st, BURIN_TUPLE, 3, &parts);

    if (!status)
        status = rt_charge(st, self.len / 64);
    if (status)
        return status;
    size_t found = last ? text_rfind(self.as.s, self.len, sep.as.s, sep.len) : text_find(self.as.s, self.len, sep.as.s, sep.len);
    if (found == SIZE_MAX) {
        parts->items[0] = last ? none : self;
        parts->items[1] = none;
        parts->items[2] = last ? self : none;
    } else {
        parts->items[0] = method_piece(self, 0, found);
        parts->items[1] = sep;
        parts->items[2] = method_piece(self, found + sep.len, self.len - found - sep.len);
    }
    parts->len = 3;
    *out       = rt_tuple_value(parts);
    return BURIN_OK;
}

burin_status method_join(rt_state *st, burin_value self, const burin_value *items, size_t count, burin_value *out)
{
    uint64_t total = count > 1 ? (uint64_t)self.len * (count - 1) : 0;
    uint8_t  ascii = BURIN_ASCII;
    char    *data;

    for (size_t n = 0; n < count; n++) {
        total += items[n].len;
        ascii &= items[n].flags;
    }
    if (count > 1)
        ascii &= self.flags;
    if (total > UINT32_MAX)
        return rt_fail(st, BURIN_ERR_NOMEM, "a string of more than 4 GiB");
    burin_status status = rt_charge(st, count + total / 64);
    if (total == 0) {
        *out = method_piece(self, 0, 0);
        return status;
    }
    if (!status)
        status = rt_string_new(st, (size_t)total, &data, out);
    if (status)
        return status;
    for (size_t n = 0; n < count; n++) {
        if (n && self.len) {
            memcpy(data, self.as.s, self.len);
            data += self.len;
        }
        if (items[n].len)
            memcpy(data, items[n].as.s, items[n].len);
        data += items[n].len;
    }
    out->kind  = self.kind;
    out->flags = (uint8_t)(ascii | (self.flags & BURIN_SAFE));
    return BURIN_OK;
}
