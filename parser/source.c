#include "parser/source.h"

#include "runtime/base/text.h"

burin_status source_check(const source *src, const char *what, size_t max, burin_error *err)
{
    burin_text text = src->text;
    uint32_t   line, column;

    if (max > 0 && text.len > max)
        return diag_fail(err, BURIN_ERR_LIMIT, src, 0, (span){0, 0}, "the %s has %zu bytes, more than the limit of %zu", what, text.len, max);
    if (text.len >= UINT32_MAX)
        return diag_fail(err, BURIN_ERR_LIMIT, src, 0, (span){0, 0}, "the %s has %zu bytes, more than can be numbered", what, text.len);
    size_t valid = text_valid_prefix(text.data, text.len);
    if (valid == text.len)
        return BURIN_OK;
    diag_locate((burin_text){text.data, valid}, (uint32_t)valid, &line, &column);
    return diag_fail(err, BURIN_ERR_UNICODE_DECODE, src, line, (span){(uint32_t)valid, (uint32_t)valid + 1},
                     "'utf-8' codec can't decode byte 0x%02x in position %zu: invalid start byte", (unsigned char)text.data[valid], valid);
}
