/* Items against the types they are declared to have. */
#include "runtime/registry/registry.h"

#include <stdio.h>

burin_status rg_no_memory(burin_error *err) { return es_fail(err, BURIN_ERR_NOMEM, "out of memory"); }

uint32_t rg_accepts(const burin_typing *typing)
{
    static const uint32_t kinds[] = {
        [BURIN_TYPING_BOOL] = 1u << BURIN_BOOL,
        [BURIN_TYPING_INT] = 1u << BURIN_INT,
        [BURIN_TYPING_FLOAT] = 1u << BURIN_FLOAT,
        [BURIN_TYPING_TEXT] = 1u << BURIN_STRING,
        [BURIN_TYPING_DATA] = ((1u << BURIN_KIND_COUNT) - 1) & ~(1u << BURIN_MISSING | 1u << BURIN_LIST | 1u << BURIN_TUPLE | 1u << BURIN_DICT),
    };
    uint32_t accepts = typing->optional ? 1u << BURIN_NONE : 0;
    for (unsigned n = 0; n < sizeof kinds / sizeof *kinds; n++) {
        if ((typing->kinds >> n) & 1)
            accepts |= kinds[n];
    }
    return accepts;
}

/* "int | Agent | none" */
static void describe(const burin_store *store, const burin_typing *typing, char *out, size_t size)
{
    static const char *const words[] = {
#define TYPING(NAME, name, meaning) name,
#include "burin/registry.def"
    };
    size_t at = 0;
    out[0]    = '\0';
    for (unsigned n = 0; n < BURIN_TYPING_COUNT && at < size; n++) {
        if ((typing->kinds >> n) & 1 && !(n >= BURIN_TYPING_ENTITY && typing->type_count))
            at += (size_t)snprintf(out + at, size - at, "%s%s", at ? " | " : "", words[n]);
    }
    for (uint32_t n = 0; n < typing->type_count && at < size; n++)
        at += (size_t)snprintf(out + at, size - at, "%s%s", at ? " | " : "", burin_type_name_of(store, typing->types[n]));
    if (typing->optional && at < size)
        snprintf(out + at, size - at, "%snone", at ? " | " : "");
}

static burin_status mismatch(burin_invocation *call, const burin_typing *typing, const char *what, const char *name, const char *given)
{
    char        wanted[200];
    const char *quote = *name ? "'" : "";
    describe(call->callable->registry->store, typing, wanted, sizeof wanted);
    return es_fail(call->err, BURIN_ERR_TYPE, "%s() %s%s%s%s%s must be %s, not %s", call->callable->info.name, what, *name ? " " : "", quote, name, quote, wanted, given);
}

burin_status rg_check_entity(burin_invocation *call, const burin_typing *typing, burin_item *item, const char *what, const char *name, es_view *view)
{
    bool         any    = (typing->kinds & (1u << BURIN_TYPING_ENTITY | 1u << BURIN_TYPING_CONFIG)) && typing->type_count == 0;
    burin_status status = call->txn ? es_txn_view(call->txn, item->entity, view, call->err) : BURIN_OK;
    if (status)
        return status;
    if (!call->txn)
        return mismatch(call, typing, what, name, "an entity");
    for (uint32_t n = 0; n < typing->type_count && !any; n++)
        any = typing->types[n] == view->type_number;
    if (!any)
        return mismatch(call, typing, what, name, view->type->name);
    item->entity.tree = view->touch ? call->txn->touches[view->touch - 1].tree : 0;
    return BURIN_OK;
}

burin_status rg_check(burin_invocation *call, const burin_typing *typing, burin_item *item, const char *what, const char *name)
{
    burin_kind kind = item->value.kind;
    if ((rg_accepts(typing) >> kind) & 1)
        return BURIN_OK;
    if (kind == BURIN_INT && typing->kinds & (1u << BURIN_TYPING_FLOAT)) {
        item->value = burin_float((double)item->value.as.i);
        return BURIN_OK;
    }
    if (typing->kinds & (1u << BURIN_TYPING_DATA) && kind != BURIN_MISSING)
        return BURIN_OK;
    return mismatch(call, typing, what, name, kind == BURIN_MISSING ? "nothing" : kind == BURIN_BIGINT ? "an int beyond 64 bits" : burin_type_name(item->value));
}
