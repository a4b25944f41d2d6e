/* Values as text and back, on the host's side: JSON, str and repr. Each call works in a run state of its own, so any
 * thread may call them on values that nobody changes. */
#include "engine/host_state.h"
#include "runtime/base/diag.h"
#include "runtime/convert.h"

#include <stdlib.h>

burin_status burin_json_read(burin_heap *heap, burin_text text, bool borrow, burin_value *out, burin_error *err)
{
    rt_state    *st     = rt_state_of(heap);
    burin_error  detail = BURIN_ERROR_INIT;
    burin_status status = rt_json_read(st, text, borrow, NULL, out, &detail);

    if (status) {
        *out = rt_missing();
        if (err && detail.status == BURIN_OK)
            diag_fail_text(err, status, NULL, 0, (span){0, 0}, rt_message(st));
        else if (err) {
            burin_error_clear(err);
            *err   = detail;
            detail = (burin_error)BURIN_ERROR_INIT;
        }
        rt_clear_error(st);
    }
    burin_error_clear(&detail);
    return status;
}

/* Hand the buffer over as malloc'ed, NUL-terminated text. */
static burin_status take_text(rt_out *out, char **text, size_t *len)
{
    rt_out_write(out, "", 1);
    if (out->failed)
        return BURIN_ERR_NOMEM;
    *text = malloc((size_t)(out->next - out->data));
    if (!*text)
        return BURIN_ERR_NOMEM;
    memcpy(*text, out->data, (size_t)(out->next - out->data));
    if (len)
        *len = (size_t)(out->next - out->data) - 1;
    return BURIN_OK;
}

burin_status burin_json_write(burin_value v, int indent, char **text, size_t *len, burin_error *err)
{
    rt_json_options options = {.indent = indent < 0 ? burin_none() : burin_int(indent)};
    host_state      host;
    rt_out          out;
    burin_status    status;

    host_state_init(&host, &base_malloc_allocator);
    rt_out_init(&out, &host.st, 0);
    status = rt_write_json(&host.st, &out, v, &options);
    if (status == BURIN_OK)
        status = take_text(&out, text, len);
    if (status && host_state_report(&host.st, err) == BURIN_OK)
        diag_fail(err, status, NULL, 0, (span){0, 0}, "out of memory");
    rt_out_deinit(&out);
    host_state_deinit(&host);
    return status;
}

static char *write_as(burin_value v, size_t *len, burin_status (*write)(rt_state *st, rt_out *out, burin_value v))
{
    host_state host;
    rt_out     out;
    char      *text = NULL;

    host_state_init(&host, &base_malloc_allocator);
    host.st.python = true; /* functions without their addresses */
    rt_out_init(&out, &host.st, 0);
    if (write(&host.st, &out, v) == BURIN_OK)
        take_text(&out, &text, len);
    rt_out_deinit(&out);
    host_state_deinit(&host);
    return text;
}

char *burin_str(burin_value v, size_t *len) { return write_as(v, len, rt_write_str); }
char *burin_repr(burin_value v, size_t *len) { return write_as(v, len, rt_write_repr); }
