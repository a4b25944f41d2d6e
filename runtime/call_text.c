/* Text as a function's result, printed or built: see call_text.h.
 *
 * What is printed is taken back when the function fails in the middle of it, so nothing is handed to a sink meanwhile. */
#include "runtime/call_text.h"

void rt_call_text_begin(rt_call_text *text, burin_call *call, bool markup, size_t size_hint)
{
    text->call   = call;
    text->markup = markup;
    if (call->print && (markup || !call->escapes)) {
        text->out        = call->print;
        text->from       = (size_t)(text->out->next - text->out->data);
        text->flush      = text->out->flush;
        text->out->flush = NULL;
        return;
    }
    text->out = &text->own;
    rt_out_init_heap(&text->own, call->st, size_hint);
}

burin_status rt_call_text_end(rt_call_text *text, burin_status status, burin_value *out)
{
    if (text->out == &text->own) {
        if (!status)
            status = rt_out_take(&text->own, 0, out);
        if (!status && text->markup)
            out->flags |= BURIN_SAFE;
        return status;
    }
    text->out->flush = text->flush;
    if (BURIN_UNLIKELY(status))
        rt_out_cut(text->out, text->from);
    else
        text->call->printed = true;
    return status;
}
