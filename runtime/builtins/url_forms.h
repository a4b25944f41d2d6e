/* The forms of addresses that urlize knows: jinja2.utils._http_re, _email_re and jinja2.filters._uri_scheme_re. */
#ifndef BURIN_RUNTIME_BUILTINS_URL_FORMS_H
#define BURIN_RUNTIME_BUILTINS_URL_FORMS_H

#include "runtime/base/text.h"

/* A word without white space: is all of it an address in the web, with or without http:// ? */
bool url_is_web_address(burin_text word);
/* Is all of it a mail address? */
bool url_is_mail_address(burin_text word);
/* Is all of it a scheme, like "tel:" or "ftp://"? */
bool url_is_scheme(burin_text word);

#endif
