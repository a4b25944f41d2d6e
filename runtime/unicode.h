/* Unicode as Python 3.11 has it (version 14.0): properties and full case mapping. ASCII is decided inline, the rest by libunistring. */
#ifndef BURIN_RUNTIME_UNICODE_H
#define BURIN_RUNTIME_UNICODE_H

#include "runtime/value.h"

bool uni_is_space(uint32_t cp);      /* str.isspace, str.strip, re \s */
bool uni_is_line_break(uint32_t cp); /* str.splitlines */
bool uni_is_alpha(uint32_t cp);
bool uni_is_digit(uint32_t cp);
bool uni_is_decimal(uint32_t cp);
bool uni_is_numeric(uint32_t cp);
bool uni_is_alnum(uint32_t cp);
enum { UNI_DECOMPOSED_MAX = 18 };
/* The code points that NFKD puts for `cp` (an accented letter: the letter, then the accent); how many. */
uint32_t uni_decompose(uint32_t cp, uint32_t *out);
bool uni_is_upper(uint32_t cp);
bool uni_is_lower(uint32_t cp);
bool uni_is_title(uint32_t cp);
bool uni_is_printable(uint32_t cp);  /* repr keeps it */
bool uni_is_word(uint32_t cp);       /* re \w */
bool uni_is_id_start(uint32_t cp);   /* str.isidentifier: the first character, "_" included */
bool uni_is_id_continue(uint32_t cp);
int  uni_decimal_value(uint32_t cp); /* 0..9, -1 when none */

/* Whole-string mappings (full: "ß" -> "SS", final sigma), flags kept (Markup stays Markup). */
burin_status uni_lower(rt_state *st, burin_value s, burin_value *out);
burin_status uni_upper(rt_state *st, burin_value s, burin_value *out);
burin_status uni_casefold(rt_state *st, burin_value s, burin_value *out);
burin_status uni_swapcase(rt_state *st, burin_value s, burin_value *out);
burin_status uni_capitalize(rt_state *st, burin_value s, burin_value *out);
burin_status uni_title(rt_state *st, burin_value s, burin_value *out); /* str.title */

#endif
