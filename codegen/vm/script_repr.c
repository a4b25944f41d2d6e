/* How functions of scripts print. */
#include "codegen/vm/script.h"
#include "runtime/builder.h"
#include "runtime/convert.h"

typedef struct signature {
    builder *b;
    bool     begun;
} signature;

static void put_name(signature *s, const char *stars, burin_text name)
{
    if (s->begun)
        builder_ascii(s->b, ", ", 2);
    s->begun = true;
    builder_ascii(s->b, stars, strlen(stars));
    builder_text(s->b, name.data, name.len);
}

static burin_status put_default(signature *s, burin_text name, burin_value value)
{
    burin_value  text;
    burin_status status = rt_str(s->b->st, value, &text);
    put_name(s, "", name);
    builder_byte(s->b, '=');
    if (!status)
        builder_value(s->b, text);
    return status;
}

/* asteval's order: parameters without defaults, *rest, those with defaults, **named. */
static burin_status put_parameters(signature *s, const vm_function *fn)
{
    const ir_function *row = fn->row;
    const uint32_t     all = (uint32_t)row->positional + row->keyword_only, bare = (uint32_t)row->positional - row->defaults;
    burin_status       status = BURIN_OK;
    for (uint32_t n = 0; n < bare; n++)
        put_name(s, "", row->names[n]);
    if (row->rest)
        put_name(s, "*", row->names[all]);
    for (uint32_t n = 0; n < row->defaults && !status; n++)
        status = put_default(s, row->names[bare + n], fn->defaults[n]);
    for (uint32_t n = row->positional, k = 0; n < all && !status; n++) {
        if (k < row->keyword_defaults && row->keyword_default_of[k] == n)
            status = put_default(s, row->names[n], fn->defaults[row->defaults + k++]);
        else
            put_name(s, "", row->names[n]);
    }
    if (row->named)
        put_name(s, "**", row->names[all + row->rest]);
    return status;
}

static burin_status write_procedure(builder *b, const vm_function *fn)
{
    signature    s = {b, false};
    burin_status status;
    builder_ascii(b, "<Procedure ", 11);
    builder_text(b, fn->row->name.data, fn->row->name.len);
    builder_byte(b, '(');
    status = put_parameters(&s, fn);
    builder_ascii(b, ")>", 2);
    if (fn->row->doc.data) {
        builder_ascii(b, "\n ", 2);
        builder_text(b, fn->row->doc.data, fn->row->doc.len);
    }
    return status;
}

burin_status vm_function_repr(burin_call *call, void *self, burin_value *out)
{
    const vm_function *fn     = self;
    burin_status       status = BURIN_OK;
    builder            b;
    builder_init(&b, call->st, fn->row->qualified.len + 16);
    if (fn->procedure) {
        status = write_procedure(&b, fn);
    } else {
        builder_ascii(&b, "<function ", 10);
        builder_text(&b, fn->row->qualified.data, fn->row->qualified.len);
        builder_byte(&b, '>');
    }
    return status ? status : builder_take(&b, 0, out);
}
