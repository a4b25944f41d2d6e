/* HTML text back to plain text, as Python's html.unescape and markupsafe.Markup.striptags do it. */
#ifndef BURIN_RUNTIME_HTML_H
#define BURIN_RUNTIME_HTML_H

#include "runtime/value.h"

/* Replace character references (&amp; &#39; &#x27; the 2231 names of HTML 5, also without ';' where HTML allows it). */
burin_status html_unescape(rt_state *st, burin_text text, burin_value *out);
/* Markup(text).striptags(): drop comments, then tags, collapse white space, unescape. */
burin_status html_striptags(rt_state *st, burin_text text, burin_value *out);

#endif
