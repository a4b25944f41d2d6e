/* Catalogues that are not UTF-8 are converted by libc's iconv, whose names of charsets are those that gettext writes. */
#include "engine/mo_charset.h"

#include "runtime/base/diag.h"
#include "runtime/base/text.h"

#include <errno.h>
#include <iconv.h>
#include <strings.h>

enum { NAME_ROOM = 64, CHUNK = 512 };

static bool is_utf8(burin_text name)
{
    static const char *const names[] = {"", "utf-8", "utf8", "us-ascii", "ascii"};
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++)
        if (name.len == strlen(names[n]) && strncasecmp(name.data, names[n], name.len) == 0)
            return true;
    return false;
}

bool mo_charset_open(mo_charset *charset, burin_text name, arena *texts, burin_error *err)
{
    char    room[NAME_ROOM];
    iconv_t conversion = (iconv_t)-1;

    *charset = (mo_charset){.name = name, .texts = texts};
    if (is_utf8(name))
        return true;
    if (name.len < sizeof room && !memchr(name.data, '/', name.len)) { /* iconv takes options behind slashes */
        memcpy(room, name.data, name.len);
        room[name.len] = '\0';
        conversion     = iconv_open("UTF-8", room);
    }
    if (conversion == (iconv_t)-1) {
        diag_fail(err, BURIN_ERR_DATA, NULL, 0, (span){0, 0}, "the catalogue's charset is unknown: %.*s", (int)name.len, name.data);
        return false;
    }
    charset->conversion = conversion;
    return true;
}

void mo_charset_close(mo_charset *charset)
{
    if (charset->conversion)
        iconv_close(charset->conversion);
}

/* Append all of `text` to `out`; false where a byte means nothing in the charset. */
static bool convert(iconv_t conversion, burin_text text, buf *out)
{
    char  *in = (char *)(uintptr_t)text.data; /* iconv does not write there */
    size_t left = text.len, done;

    iconv(conversion, NULL, NULL, NULL, NULL);
    do {
        char   chunk[CHUNK], *to = chunk;
        size_t room = sizeof chunk;
        done        = iconv(conversion, &in, &left, &to, &room);
        buf_append(out, chunk, sizeof chunk - room);
    } while (done == (size_t)-1 && errno == E2BIG);
    return done != (size_t)-1;
}

static bool decode_copy(const mo_charset *charset, burin_text *text, burin_error *err)
{
    buf         out  = buf_make(charset->texts->alloc);
    bool        good = convert(charset->conversion, *text, &out);
    const char *copy = out.failed ? NULL : arena_copy(charset->texts, buf_text(&out));

    *text = (burin_text){copy, out.len};
    buf_deinit(&out);
    if (!copy)
        diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
    else if (!good)
        diag_fail(err, BURIN_ERR_DATA, NULL, 0, (span){0, 0}, "the catalogue is not valid %.*s", (int)charset->name.len, charset->name.data);
    return copy && good;
}

bool mo_charset_decode(const mo_charset *charset, burin_text *text, burin_error *err)
{
    if (charset->conversion)
        return decode_copy(charset, text, err);
    if (text_valid_prefix(text->data, text->len) == text->len)
        return true;
    diag_fail(err, BURIN_ERR_DATA, NULL, 0, (span){0, 0}, "the catalogue is not valid utf-8");
    return false;
}
