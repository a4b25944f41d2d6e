/* buffer.h's functions: plain doubling over malloc. */
#include "cli/buffer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for `more` bytes and the NUL after them. */
static bool reserve(buffer *b, size_t more)
{
    if (b->failed)
        return false;
    if (more < b->cap - b->len) /* cap is 0, or above len */
        return true;
    size_t cap = b->cap ? b->cap : 256;
    while (cap - b->len <= more) {
        if (cap > SIZE_MAX / 2) {
            b->failed = true;
            return false;
        }
        cap *= 2;
    }
    char *data = realloc(b->data, cap);
    if (!data) {
        b->failed = true;
        return false;
    }
    b->data = data;
    b->cap  = cap;
    return true;
}

void buffer_append(buffer *b, const char *data, size_t len)
{
    if (!reserve(b, len))
        return;
    if (len)
        memcpy(b->data + b->len, data, len);
    b->len += len;
    b->data[b->len] = '\0';
}

void buffer_text(buffer *b, const char *text)
{
    buffer_append(b, text, strlen(text));
}

void buffer_byte(buffer *b, char byte)
{
    buffer_append(b, &byte, 1);
}

void buffer_format(buffer *b, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        b->failed = true;
    else if (reserve(b, (size_t)len)) {
        vsnprintf(b->data + b->len, (size_t)len + 1, format, again);
        b->len += (size_t)len;
    }
    va_end(again);
}

void buffer_clear(buffer *b)
{
    b->len    = 0;
    b->failed = false;
    if (b->data)
        b->data[0] = '\0';
}

void buffer_free(buffer *b)
{
    free(b->data);
    *b = (buffer){0};
}

int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    digit |= 0x20;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

bool buffer_read_file(buffer *b, const char *path)
{
    bool   is_stdin = strcmp(path, "-") == 0;
    FILE  *file     = is_stdin ? stdin : fopen(path, "rb");
    size_t got;

    if (!file)
        return false;
    buffer_append(b, "", 0); /* an empty file is a text too */
    do {
        if (!reserve(b, 65536)) {
            errno = ENOMEM;
            break;
        }
        errno = 0;
        got   = fread(b->data + b->len, 1, 65536, file);
        b->len += got;
        b->data[b->len] = '\0';
    } while (got > 0);
    bool good      = !b->failed && !ferror(file);
    int  saved     = errno ? errno : EIO;
    if (!is_stdin)
        fclose(file);
    errno = good ? 0 : saved;
    return good;
}
