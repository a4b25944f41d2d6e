/* A growing text of the command's own.
 *
 * Failure sticks: once an append runs out of memory the buffer takes nothing more and `failed` stays set, so a long
 * row of appends is tested once, at its end. Always true: data is NULL or NUL-terminated at len. The owner frees it. */
#ifndef CLI_BUFFER_H
#define CLI_BUFFER_H

#include "burin/types.h"

typedef struct buffer {
    char  *data;
    size_t len, cap;
    bool   failed;
} buffer;

void buffer_append(buffer *b, const char *data, size_t len);
void buffer_text(buffer *b, const char *text); /* NUL-terminated */
void buffer_byte(buffer *b, char byte);
void buffer_format(buffer *b, const char *format, ...) BURIN_PRINTF(2, 3);
/* Empty it, keep the memory, forget a failure. */
void buffer_clear(buffer *b);
void buffer_free(buffer *b);

/* The value of a hexadecimal digit; -1 when it is none. */
int hex_digit(char digit);

/* Read all of a file, or of stdin when `path` is "-". False with errno set. */
bool buffer_read_file(buffer *b, const char *path);

#endif
