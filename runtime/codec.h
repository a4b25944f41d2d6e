/* Text to bytes and back, as str.encode and bytes.decode: UTF-8, -16, -32, ASCII, Latin-1 and Windows-1252. */
#ifndef BURIN_RUNTIME_CODEC_H
#define BURIN_RUNTIME_CODEC_H

#include "runtime/value.h"

/* `encoding` and `errors` are Python's names (any case, "_" or "-"). BYTES in *out; UnicodeEncodeError, or LookupError for
 * an encoding or error handler that is unknown. */
burin_status codec_encode(rt_state *st, burin_text text, burin_text encoding, burin_text errors, burin_value *out);
/* STRING in *out; UnicodeDecodeError, LookupError. */
burin_status codec_decode(rt_state *st, burin_text bytes, burin_text encoding, burin_text errors, burin_value *out);

#endif
