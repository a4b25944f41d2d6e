/* Arguments by name to positions; and configurations made of values that are named as their attributes. */
#include "runtime/registry/registry.h"

/* The position of a parameter that may be given; -1: there is none of that name. */
static int find_parameter(const burin_callable_info *info, burin_text name)
{
    for (size_t n = 0; n < info->parameter_count; n++) {
        if (text_is(name, info->parameters[n].name))
            return (int)n;
    }
    return -1;
}

/* The parameter whose configuration has this attribute, of those that were not given. */
static int find_config(const burin_invocation *call, burin_text name, const burin_item *out, int *attribute)
{
    const burin_callable_info *info = &call->callable->info;
    for (size_t n = 0; n < info->parameter_count; n++) {
        const burin_typing *typing = &info->parameters[n].typing;
        if (!(typing->kinds & (1u << BURIN_TYPING_CONFIG)) || out[n].entity.id || out[n].value.kind != BURIN_MISSING)
            continue;
        *attribute = burin_type_find_attribute(call->callable->registry->store, typing->types[0], name);
        if (*attribute >= 0)
            return (int)n;
    }
    return -1;
}

/* One attribute of a configuration in the making. */
static burin_status set_attribute(burin_invocation *call, burin_entity config, int attribute, const burin_item *given)
{
    burin_item item = *given;
    if (item.entity.id == 0 && item.value.kind == BURIN_STRING && !item.literal) {
        burin_addressed found;
        burin_text      text = burin_text_of(item.value);
        if (burin_is_address(text)) {
            burin_status status = burin_txn_resolve(call->txn, text, call->options->heap, &found, call->err);
            if (status)
                return status;
            if (found.what == BURIN_ADDRESSED_VALUE && !found.inside) {
                status = rg_link(call, BURIN_LINK_SOURCE, BURIN_SEMANTIC_VALUE, found.holder);
                return status ? status : burin_txn_borrow(call->txn, config, attribute, found.holder, found.attribute, call->err);
            }
            item = found.what == BURIN_ADDRESSED_ENTITY ? burin_item_entity(found.entity) : burin_item_value(found.value);
        }
    }
    return burin_txn_set(call->txn, config, attribute, item.entity.id ? burin_int(item.entity.id) : item.value, call->err);
}

burin_status rg_place(burin_invocation *call, const rg_arguments *given, burin_item *out)
{
    const burin_callable_info *info = &call->callable->info;
    burin_entity               made[BURIN_PARAMETERS_MAX] = {{0}};
    burin_status               status = BURIN_OK;
    for (size_t n = 0; n < info->parameter_count; n++)
        out[n] = burin_item_value(burin_missing());
    for (size_t n = 0; n < given->count; n++) {
        int at = find_parameter(info, given->names[n]);
        if (at >= 0 && (out[at].entity.id || out[at].value.kind != BURIN_MISSING))
            return es_fail(call->err, BURIN_ERR_TYPE, "%s() got multiple values for argument '%s'", info->name, info->parameters[at].name);
        if (at >= 0)
            out[at] = given->args[n];
    }
    for (size_t n = 0; n < given->count && !status; n++) {
        int attribute, at;
        if (find_parameter(info, given->names[n]) >= 0)
            continue;
        at = find_config(call, given->names[n], out, &attribute);
        if (at < 0)
            return es_fail(call->err, BURIN_ERR_TYPE, "%s() got an unexpected keyword argument '%.*s'", info->name, (int)given->names[n].len,
                           given->names[n].data);
        status = rg_need_txn(call);
        if (status == BURIN_OK && !made[at].id)
            status = burin_txn_create(call->txn, info->parameters[at].typing.types[0], &made[at], call->err);
        if (status == BURIN_OK)
            status = set_attribute(call, made[at], attribute, &given->args[n]);
    }
    for (size_t n = 0; n < info->parameter_count && !status; n++) {
        if (!made[n].id)
            continue;
        out[n] = burin_item_entity(made[n]);
        status = burin_txn_promote(call->txn, made[n], call->err);
    }
    return status;
}
