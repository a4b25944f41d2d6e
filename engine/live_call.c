/* Live nodes that call registered functions. */
#include "engine/live.h"

#include "runtime/base/diag.h"

#include <string.h>

static const span nowhere = {0, 0};

static burin_status no_memory(burin_error *err) { return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, nowhere, "out of memory"); }

typedef struct call {
    const burin_allocator *alloc;
    const burin_callable  *callable;
    name_list              names; /* of the arguments */
} call;

static void release_call(void *what)
{
    call *c = what;
    name_list_deinit(&c->names);
    base_free(c->alloc, c, sizeof *c);
}

/* A list of several results, or the one. */
static burin_status take_results(burin_heap *heap, const burin_result *result, burin_value *out, burin_error *err)
{
    const burin_returned *items = result->items ? result->items : &result->one;
    size_t                count = result->items ? result->count : 1;
    burin_value           list  = result->items ? burin_list(heap, count) : burin_none();
    for (size_t k = 0; k < count; k++) {
        if (items[k].item.entity.id)
            return diag_fail(err, BURIN_ERR_TYPE, NULL, 0, nowhere, "a function that gives entities is no node");
        if (!result->items)
            list = items[k].item.value;
        else if (burin_list_append(heap, list, items[k].item.value))
            return no_memory(err);
    }
    *out = list;
    return list.kind == BURIN_MISSING ? no_memory(err) : BURIN_OK;
}

static burin_status evaluate_call(void *what, live_run *run, burin_value variables, burin_value *out, burin_error *err)
{
    call                *c = what;
    burin_item           args[BURIN_PARAMETERS_MAX];
    burin_invoke_options options = {.heap = run->result};
    burin_result         result  = {0};
    for (size_t k = 0; k < c->names.count; k++) {
        args[k]         = burin_item_value(burin_get(variables, c->names.names[k]));
        args[k].literal = 1;
    }
    burin_status status = burin_invoke(c->callable, args, c->names.count, &options, &result, err);
    if (!status)
        status = take_results(run->result, &result, out, err);
    burin_result_clear(burin_callable_registry(c->callable), &result);
    return status;
}

burin_status burin_live_call(burin_live *live, const burin_callable *callable, const char *const *names, size_t count, burin_node *out, burin_error *err)
{
    const burin_callable_info *info = burin_callable_info_of(callable);
    *out                            = (burin_node){0, 0};
    if (!info->pure || count > info->parameter_count)
        return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, nowhere, info->pure ? "%s has fewer parameters" : "%s is not pure: its value may change by itself", info->name);
    call *c = base_alloc(live->env->alloc, sizeof *c);
    if (!c)
        return no_memory(err);
    *c                  = (call){.alloc = live->env->alloc, .callable = callable};
    burin_status status = BURIN_OK;
    for (size_t k = 0; k < count && !status; k++) {
        if (!name_map_get(&live->names, (burin_text){names[k], strlen(names[k])}))
            status = diag_fail(err, BURIN_ERR_USAGE, NULL, 0, nowhere, "'%s' is not bound", names[k]);
        else if (name_list_add(&c->names, names[k]))
            status = no_memory(err);
    }
    if (status) {
        release_call(c);
        return status;
    }
    live_source made = {evaluate_call, release_call, c, {info->name, strlen(info->name)}};
    return live_node_make(live, &made, &c->names, out, err);
}
