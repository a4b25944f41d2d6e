/* BLAKE2b (RFC 7693) of 256 bits: the name of contents that nobody shall be able to forge. Any thread. */
#ifndef BURIN_BASE_BLAKE2B_H
#define BURIN_BASE_BLAKE2B_H

#include "runtime/base/memory.h"

enum { BLAKE2B_SIZE = 32 };

/* The hash of the parts, one behind the other. */
void blake2b(const burin_text *parts, size_t count, uint8_t out[BLAKE2B_SIZE]);

#endif
