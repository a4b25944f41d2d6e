/* What both parsers ask of a source before they read it. */
#ifndef BURIN_PARSER_SOURCE_H
#define BURIN_PARSER_SOURCE_H

#include "runtime/base/diag.h"

/* Fails if it has more than `max` bytes (0: no limit), more than a uint32_t numbers, or is not UTF-8. `what`: "template" or "script". */
burin_status source_check(const source *src, const char *what, size_t max, burin_error *err);

#endif
