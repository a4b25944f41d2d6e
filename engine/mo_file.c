/* The file: magic, version, count, then two tables of (length, offset), originals and translations, in either byte order.
 * A message with context is "context\x04message"; one with plural is "singular\0plural", its translation the forms with
 * NULs between. The translation of "" is the header: Content-Type and Plural-Forms are read from it.
 * Every length and offset is checked against the file before use. */
#include "engine/mo_file.h"

#include "engine/mo_charset.h"
#include "runtime/base/diag.h"

#include <strings.h>

enum { MO_HEADER_SIZE = 20, KEY_ON_STACK = 512 };

typedef struct mo_bytes {
    const uint8_t *data;
    size_t         len;
    bool           is_big_endian;
} mo_bytes;

static uint32_t read_u32(const mo_bytes *file, size_t at)
{
    const uint8_t *b = file->data + at;

    return file->is_big_endian ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
                               : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

static mo_catalogue *bad_data(burin_error *err, const char *message)
{
    diag_fail(err, BURIN_ERR_DATA, NULL, 0, (span){0, 0}, "%s", message);
    return NULL;
}

/* The text that row `row` of the table at `table` describes. */
static bool read_text(const mo_bytes *file, uint32_t table, uint32_t row, burin_text *out)
{
    size_t   at     = (size_t)table + (size_t)row * 8;
    uint32_t len    = read_u32(file, at);
    uint32_t offset = read_u32(file, at + 4);

    *out = (burin_text){(const char *)file->data + offset, len};
    return (size_t)offset + len <= file->len;
}

/* ---- the header ---- */

/* The value of the header field `name`; false when there is none. */
static bool header_field(burin_text header, const char *name, burin_text *out)
{
    size_t      name_len = strlen(name);
    const char *end      = header.data + header.len;

    for (const char *line = header.data; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop)
            stop = end;
        if ((size_t)(stop - line) > name_len && strncasecmp(line, name, name_len) == 0 && line[name_len] == ':') {
            *out = (burin_text){line + name_len + 1, (size_t)(stop - line) - name_len - 1};
            return true;
        }
        line = stop + (stop < end);
    }
    return false;
}

/* What follows `key` in `text`, up to ';', without blanks around it. */
static bool field_part(burin_text text, const char *key, burin_text *out)
{
    size_t at = text_find(text.data, text.len, key, strlen(key));

    if (at == SIZE_MAX)
        return false;
    const char *from = text.data + at + strlen(key), *end = text.data + text.len;
    const char *stop = memchr(from, ';', (size_t)(end - from));
    if (!stop)
        stop = end;
    while (from < stop && (*from == ' ' || *from == '\t'))
        from++;
    while (stop > from && (stop[-1] == ' ' || stop[-1] == '\t' || stop[-1] == '\r'))
        stop--;
    *out = (burin_text){from, (size_t)(stop - from)};
    return true;
}

/* The charset that the file's header names; empty where it names none. */
static burin_text header_charset(const mo_bytes *file, uint32_t count)
{
    uint32_t   originals = read_u32(file, 12), translations = read_u32(file, 16);
    burin_text message, header, field, charset;

    for (uint32_t n = 0; n < count && read_text(file, originals, n, &message); n++)
        if (message.len == 0 && read_text(file, translations, n, &header) && header_field(header, "Content-Type", &field) &&
            field_part(field, "charset=", &charset))
            return charset;
    return (burin_text)BURIN_TEXT("");
}

/* False after filling `err`. */
static bool read_plural_rule(mo_catalogue *catalogue, burin_text header, burin_error *err)
{
    burin_text field, part;

    if (!header_field(header, "Plural-Forms", &field) || !field_part(field, "plural=", &part) || plural_parse(part, &catalogue->rule))
        return true;
    diag_fail(err, BURIN_ERR_DATA, NULL, 0, (span){0, 0}, "malformed plural form: %.*s", (int)part.len, part.data);
    return false;
}

/* ---- reading ---- */

/* False after filling `err`. */
static bool add_message(mo_catalogue *catalogue, burin_text message, burin_text *translation, burin_error *err)
{
    const char *nul = message.len ? memchr(message.data, '\0', message.len) : NULL;

    if (message.len == 0 && !read_plural_rule(catalogue, *translation, err))
        return false;
    if (nul)
        message.len = (size_t)(nul - message.data);
    if (!name_map_put(nul ? &catalogue->plurals : &catalogue->singulars, message, translation)) {
        diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
        return false;
    }
    return true;
}

/* False after filling `err`. */
static bool read_rows(mo_catalogue *catalogue, const mo_bytes *file, const mo_charset *charset, burin_error *err)
{
    uint32_t originals = read_u32(file, 12), translations = read_u32(file, 16);

    for (uint32_t n = 0; n < catalogue->count; n++) {
        burin_text message, *translation = &catalogue->translations[n];
        if (!read_text(file, originals, n, &message) || !read_text(file, translations, n, translation))
            return bad_data(err, "the catalogue is cut off") != NULL;
        if (!mo_charset_decode(charset, &message, err) || !mo_charset_decode(charset, translation, err) ||
            !add_message(catalogue, message, translation, err))
            return false;
    }
    return true;
}

/* False after filling `err`. */
static bool read_messages(mo_catalogue *catalogue, const mo_bytes *file, burin_error *err)
{
    mo_charset charset;

    if (!mo_charset_open(&charset, header_charset(file, catalogue->count), &catalogue->converted, err))
        return false;
    bool good = read_rows(catalogue, file, &charset, err);
    mo_charset_close(&charset);
    return good;
}

mo_catalogue *mo_read(const burin_allocator *alloc, const void *bytes, size_t len, burin_error *err)
{
    static const uint8_t little[4] = {0xde, 0x12, 0x04, 0x95}, big[4] = {0x95, 0x04, 0x12, 0xde};
    mo_bytes             file      = {bytes, len, false};

    if (len < MO_HEADER_SIZE || (memcmp(bytes, little, 4) != 0 && memcmp(bytes, big, 4) != 0))
        return bad_data(err, "Bad magic number");
    file.is_big_endian = memcmp(bytes, big, 4) == 0;
    if (read_u32(&file, 4) >> 16 > 1)
        return bad_data(err, "Bad version number");
    uint32_t count = read_u32(&file, 8);
    if ((size_t)read_u32(&file, 12) + (size_t)count * 8 > len || (size_t)read_u32(&file, 16) + (size_t)count * 8 > len)
        return bad_data(err, "the catalogue is cut off");

    size_t        rows_size = (size_t)count * sizeof(burin_text);
    size_t        size      = sizeof(mo_catalogue) + rows_size + len;
    mo_catalogue *catalogue = base_alloc(alloc, size);
    if (!catalogue) {
        diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
        return NULL;
    }
    memset(catalogue, 0, sizeof *catalogue);
    catalogue->alloc        = alloc;
    catalogue->size         = size;
    catalogue->count        = count;
    catalogue->translations = (burin_text *)(void *)(catalogue + 1);
    catalogue->singulars    = name_map_make(alloc);
    catalogue->plurals      = name_map_make(alloc);
    catalogue->converted    = arena_make(alloc);
    plural_germanic(&catalogue->rule);
    file.data = memcpy((char *)(catalogue + 1) + rows_size, bytes, len);
    if (!read_messages(catalogue, &file, err)) {
        mo_free(catalogue, alloc);
        return NULL;
    }
    return catalogue;
}

void mo_free(mo_catalogue *catalogue, const burin_allocator *alloc)
{
    while (catalogue) {
        mo_catalogue *next = catalogue->fallback;
        name_map_deinit(&catalogue->singulars);
        name_map_deinit(&catalogue->plurals);
        arena_deinit(&catalogue->converted);
        base_free(alloc, catalogue, catalogue->size);
        catalogue = next;
    }
}

/* ---- looking up ---- */

/* Look "context\x04message" up; on the stack when it is short. */
static burin_text *find(const name_map *map, const burin_allocator *alloc, burin_text context, burin_text message)
{
    char   on_stack[KEY_ON_STACK];
    size_t len = context.len + 1 + message.len;

    if (!context.data)
        return name_map_get(map, message);
    char *key = len <= sizeof on_stack ? on_stack : base_alloc(alloc, len);
    if (!key)
        return NULL; /* the message stays untranslated */
    if (context.len)
        memcpy(key, context.data, context.len);
    key[context.len] = '\x04';
    if (message.len)
        memcpy(key + context.len + 1, message.data, message.len);
    burin_text *found = name_map_get(map, (burin_text){key, len});
    if (key != on_stack)
        base_free(alloc, key, len);
    return found;
}

bool mo_find(const mo_catalogue *catalogue, burin_text context, burin_text message, burin_text *out)
{
    for (; catalogue; catalogue = catalogue->fallback) {
        const burin_text *found = find(&catalogue->singulars, catalogue->alloc, context, message);
        if (found) {
            *out = *found;
            return true;
        }
    }
    return false;
}

/* Form number `form` of translations that lie one behind the other, a NUL between. */
static bool take_form(burin_text all, int64_t form, burin_text *out)
{
    for (; form >= 0; form--) {
        const char *nul = all.len ? memchr(all.data, '\0', all.len) : NULL;
        size_t      len = nul ? (size_t)(nul - all.data) : all.len;
        if (form == 0) {
            *out = (burin_text){all.data, len};
            return true;
        }
        if (!nul)
            return false;
        all = (burin_text){nul + 1, all.len - len - 1};
    }
    return false;
}

burin_status mo_find_plural(const mo_catalogue *catalogue, rt_state *st, burin_text context, burin_text singular, burin_value n, burin_text *out)
{
    for (; catalogue; catalogue = catalogue->fallback) {
        int64_t           form;
        const burin_text *found  = find(&catalogue->plurals, catalogue->alloc, context, singular);
        burin_status      status = plural_evaluate(&catalogue->rule, st, n, &form);
        if (status || (found && take_form(*found, form, out)))
            return status;
    }
    return BURIN_OK;
}
