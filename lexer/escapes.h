/* Backslash escapes of literals, as Python's codecs decode them. */
#ifndef BURIN_LEXER_ESCAPES_H
#define BURIN_LEXER_ESCAPES_H

#include "burin/types.h"

/* They differ in what a backslash before a character beyond ASCII means, and bytes know fewer escapes. */
typedef enum escape_rules {
    ESCAPES_TEMPLATE, /* the backslash escapes that of the character's own escape: "\é" is the four characters \xe9 */
    ESCAPES_TEXT,     /* Python's str: the backslash stays */
    ESCAPES_BYTES,    /* Python's bytes: \x and octal give bytes, \u, \U and \N mean nothing */
} escape_rules;

typedef struct escape_failure {
    const char *error;       /* NULL when all could be read */
    uint32_t    first, last; /* its bytes, where characters beyond ASCII count as the ten of their own escape */
} escape_failure;

enum { ESCAPES_GROWTH = 3 }; /* "\é" (3 bytes) becomes 4, and 2+4 bytes at most 10: three times is always enough */

/* What `literal` (valid UTF-8) stands for, written to `room` of at least ESCAPES_GROWTH times its bytes. */
burin_text escapes_decode(burin_text literal, escape_rules rules, char *room, escape_failure *failure);

#endif
