/* Live nodes that run scripts, or call registered functions. */
#include "engine/live.h"

#include "burin/formula.h"
#include "burin/interpreter.h"
#include "runtime/base/diag.h"
#include "runtime/convert.h"
#include "runtime/state.h"

#include <stdlib.h>
#include <string.h>

static const span nowhere = {0, 0};

static burin_status no_memory(burin_error *err) { return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, nowhere, "out of memory"); }

/* ---- scripts ----
 *
 * Every run sets the names, runs the script and evaluates the expression, in one session, where their compiled form stays. What
 * runs leave behind is dropped with the session when it has become much. */

enum { SESSION_MAX = 1 << 20 }; /* bytes */

typedef struct script {
    const burin_allocator *alloc;
    burin_interpreter     *session;
    name_list              names; /* that may be set */
    burin_text             script, expression; /* this block, behind it */
    size_t                 size;
} script;

static void release_script(void *what)
{
    script *s = what;
    burin_interpreter_free(s->session);
    name_list_deinit(&s->names);
    base_free(s->alloc, s, s->size);
}

static burin_status evaluate_script(void *what, live_run *run, burin_value variables, burin_value *out, burin_error *err)
{
    script      *s = what;
    burin_limits used;
    burin_value  value;
    burin_status status = BURIN_OK;
    burin_interpreter_used(s->session, &used);
    if (used.memory > SESSION_MAX)
        burin_interpreter_reset(s->session);
    for (size_t k = 0; k < s->names.count && !status; k++) {
        burin_value bound = burin_get(variables, s->names.names[k]);
        if (bound.kind != BURIN_MISSING && (status = burin_interpreter_set(s->session, s->names.names[k], bound)))
            diag_fail(err, status, NULL, 0, nowhere, "a value cannot be set in a script");
    }
    if (!status && s->script.len)
        status = burin_interpreter_run(s->session, s->script, NULL, NULL, err);
    if (!status)
        status = burin_interpreter_eval(s->session, s->expression, &value, err);
    if (!status && (status = rt_copy_out(rt_state_of(run->result), value, run->result, out)))
        diag_fail(err, status, NULL, 0, nowhere, "the value of a script cannot be kept");
    return status;
}

typedef struct naming { /* names that a script reads, but does not set */
    name_list *read, written;
    bool       is_script;
} naming;

static bool has(const name_list *list, burin_text name)
{
    for (size_t k = 0; k < list->count; k++)
        if (strlen(list->names[k]) == name.len && memcmp(list->names[k], name.data, name.len) == 0)
            return true;
    return false;
}
static burin_status add(name_list *list, burin_text name)
{
    char        *copy   = strndup(name.data, name.len);
    burin_status status = copy ? name_list_add(list, copy) : BURIN_ERR_NOMEM;
    free(copy);
    return status;
}
static burin_status take_written(void *user, burin_text name, unsigned uses) { return uses & BURIN_NAME_WRITTEN ? add(&((naming *)user)->written, name) : BURIN_OK; }
static burin_status take_read(void *user, burin_text name, unsigned uses)
{
    naming *n = user;
    return uses & BURIN_NAME_READ && !has(&n->written, name) && !has(n->read, name) ? add(n->read, name) : BURIN_OK;
}

static burin_status find_names(burin_env *env, const script *s, name_list *read, burin_error *err)
{
    naming       n      = {.read = read};
    burin_status status = burin_script_names(env, s->script, false, take_written, &n, err);
    if (!status)
        status = burin_script_names(env, s->script, false, take_read, &n, err);
    if (!status)
        status = burin_script_names(env, s->expression, true, take_read, &n, err);
    name_list_deinit(&n.written);
    return status;
}

burin_status burin_live_script(burin_live *live, burin_text text, burin_text expression, burin_node *out, burin_error *err)
{
    size_t  size = sizeof(script) + text.len + expression.len;
    script *s    = base_alloc(live->env->alloc, size);
    *out         = (burin_node){0, 0};
    if (!s)
        return no_memory(err);
    char *copy = (char *)(s + 1);
    *s         = (script){.alloc = live->env->alloc, .script = {copy, text.len}, .expression = {copy + text.len, expression.len}, .size = size};
    if (text.len)
        memcpy(copy, text.data, text.len);
    if (expression.len)
        memcpy(copy + text.len, expression.data, expression.len);
    s->session          = burin_interpreter_new(live->env, err);
    burin_status status = s->session ? find_names(live->env, s, &s->names, err) : err ? err->status : BURIN_ERR_USAGE;
    if (status) {
        release_script(s);
        return status;
    }
    live_source made = {evaluate_script, release_script, s, expression};
    return live_node_make(live, &made, &s->names, out, err);
}

/* ---- registered functions ---- */

typedef struct call {
    const burin_allocator *alloc;
    const burin_callable  *callable;
    name_list              sorted; /* the arguments' names */
    char                  *names[BURIN_PARAMETERS_MAX]; /* in their order */
    size_t                 count;
} call;

static void release_call(void *what)
{
    call *c = what;
    name_list_deinit(&c->sorted);
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
    for (size_t k = 0; k < c->count; k++) {
        args[k]         = burin_item_value(burin_get(variables, c->names[k]));
        args[k].literal = 1;
    }
    burin_status status = burin_invoke(c->callable, args, c->count, &options, &result, err);
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
    *c                  = (call){.alloc = live->env->alloc, .callable = callable, .count = count};
    burin_status status = BURIN_OK;
    for (size_t k = 0; k < count && !status; k++) {
        if (!name_map_get(&live->names, (burin_text){names[k], strlen(names[k])}))
            status = diag_fail(err, BURIN_ERR_USAGE, NULL, 0, nowhere, "'%s' is not bound", names[k]);
        else if (name_list_add(&c->sorted, names[k]))
            status = no_memory(err);
        else
            c->names[k] = c->sorted.names[k];
    }
    if (status) {
        release_call(c);
        return status;
    }
    live_source made = {evaluate_call, release_call, c, {info->name, strlen(info->name)}};
    return live_node_make(live, &made, &c->sorted, out, err);
}
