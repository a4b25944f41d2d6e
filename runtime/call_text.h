/* Text that a function gives as its result: printed straight away where the call says that it is going to be printed (burin_call.print),
 * else built in the heap. A function begins one, writes to `out`, and ends it; whoever called it printing looks at burin_call.printed. */
#ifndef BURIN_RUNTIME_CALL_TEXT_H
#define BURIN_RUNTIME_CALL_TEXT_H

#include "runtime/call.h"
#include "runtime/convert.h"

typedef struct rt_call_text {
    rt_out      *out; /* where the text is written */
    burin_call  *call;
    bool         markup;
    size_t       from; /* printing: where the text begins */
    burin_status (*flush)(rt_out *out); /* ... what may not happen until all of it is there */
    rt_out       own;
} rt_call_text;

/* `markup`: the text is Markup. `size_hint`: bytes that a text in the heap begins with. */
void rt_call_text_begin(rt_call_text *text, burin_call *call, bool markup, size_t size_hint);
/* `status`: of the writing. When that failed nothing has been printed. */
burin_status rt_call_text_end(rt_call_text *text, burin_status status, burin_value *out);

#endif
