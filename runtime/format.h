/* Python's two formatting languages. */
#ifndef BURIN_RUNTIME_FORMAT_H
#define BURIN_RUNTIME_FORMAT_H

#include "runtime/builder.h"
#include "runtime/call.h"

/* `format % args` of str, or BYTES: args a TUPLE, a DICT (or mapping object), or one value. Errors are CPython's ("not enough
 * arguments for format string", "%d format: a real number is required, not str"). When `format` is Markup the str()
 * of every argument is escaped and the result is Markup (markupsafe.Markup.__mod__). */
burin_status rt_format_percent(rt_state *st, burin_value format, burin_value args, burin_value *out);
/* str.format: fields, attributes, items, conversions, nested specs. In sandboxed environments field lookups follow the sandbox. */
burin_status rt_format_fields(rt_state *st, burin_value format, const rt_arguments *args, burin_value *out);
/* The same with the arguments as a method has them: `positional` a TUPLE (MISSING: none may be asked for, as in format_map),
 * `named` a DICT or any value that answers named["key"]. */
burin_status rt_format_mapping(rt_state *st, burin_value format, burin_value positional, burin_value named, burin_value *out);
/* format(value, spec): the mini-language [[fill]align][sign][#][0][width][,_][.prec][type]. */
burin_status rt_format_spec(rt_state *st, burin_value value, burin_text spec, burin_value *out);
/* Append format(value, spec). */
burin_status rt_format_append(builder *b, burin_value value, burin_text spec);
/* Append ascii(value): its repr with every character from 128 up escaped. */
burin_status rt_append_ascii(builder *b, burin_value value);
/* The same of a STRING that is a repr already. */
burin_status rt_append_ascii_text(builder *b, burin_value text);

#endif
