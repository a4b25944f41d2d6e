/* The charset of a message catalogue, and its texts as UTF-8. */
#ifndef BURIN_ENGINE_MO_CHARSET_H
#define BURIN_ENGINE_MO_CHARSET_H

#include "burin/error.h"
#include "runtime/base/memory.h"

/* A converter, made once a catalogue and used by one thread. */
typedef struct mo_charset {
    burin_text name;
    void      *conversion; /* iconv's; NULL: the texts are UTF-8 already */
    arena     *texts;      /* where converted texts live */
} mo_charset;

/* `name` as a header has it (borrowed; empty: UTF-8). False after filling `err`: nobody knows the charset. */
bool mo_charset_open(mo_charset *charset, burin_text name, arena *texts, burin_error *err);
void mo_charset_close(mo_charset *charset);
/* Make *text UTF-8: checked where it is, or a copy in the arena. False after filling `err`: it is not written in that charset. */
bool mo_charset_decode(const mo_charset *charset, burin_text *text, burin_error *err);

#endif
