/* Live nodes that run scripts.
 *
 * The script, with the expression as its last statement, is one program that is evaluated like a formula: on a heap of its own, which is
 * empty at the beginning of every run, with nothing but the bound names set. So nothing is left behind for the next run. */
#include "engine/formula.h"
#include "engine/live.h"

#include "burin/interpreter.h"
#include "runtime/base/diag.h"
#include "runtime/convert.h"
#include "runtime/state.h"

#include <stdlib.h>
#include <string.h>

typedef struct script {
    const burin_allocator *alloc;
    burin_formula         *program;
    name_list              names;  /* of slots: bound ones that are read and not set */
    burin_value           *slots;  /* this block, behind it; room for as many as there are bound names */
    burin_value            value;  /* a container that evaluate is to copy */
    bool                   has_value;
    uint32_t               lines;  /* of the script: the expression begins behind them */
    size_t                 size;
} script;

static const span nowhere = {0, 0};

static burin_status no_memory(burin_error *err) { return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, nowhere, "out of memory"); }

static void release(void *what)
{
    script *s = what;
    burin_formula_free(s->program);
    name_list_deinit(&s->names);
    base_free(s->alloc, s, s->size);
}

/* ---- running ---- */

static burin_status run(script *s, burin_value *out, burin_error *err)
{
    burin_status status = burin_formula_eval(s->program, s->slots, out, err);
    if (status && err->line > s->lines)
        err->line -= s->lines;
    return status;
}

static burin_status direct(void *what, const burin_inputs *inputs, burin_value *out, burin_error *err)
{
    script *s = what;
    for (uint32_t k = 0; k < inputs->count; k++)
        s->slots[k] = *burin_input(inputs, k);
    burin_status status = run(s, out, err);
    s->has_value        = !status;
    s->value            = *out;
    return status;
}

static burin_status evaluate(void *what, live_run *means, burin_value variables, burin_value *out, burin_error *err)
{
    script      *s      = what;
    burin_status status = BURIN_OK;
    if (!s->has_value) {
        for (size_t k = 0; k < s->names.count; k++)
            s->slots[k] = burin_get(variables, s->names.names[k]);
        status = run(s, &s->value, err);
    }
    s->has_value = false;
    if (!status && (status = rt_copy_out(rt_state_of(means->result), s->value, means->result, out)))
        diag_fail(err, status, NULL, 0, nowhere, "the value of a script cannot be kept");
    return status;
}

/* ---- making ---- */

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

static burin_status find_names(burin_env *env, burin_text text, burin_text expression, name_list *read, burin_error *err)
{
    naming       n      = {.read = read};
    burin_status status = burin_script_names(env, text, false, take_written, &n, err);
    if (!status)
        status = burin_script_names(env, text, false, take_read, &n, err);
    if (!status)
        status = burin_script_names(env, expression, true, take_read, &n, err);
    name_list_deinit(&n.written);
    return status;
}

/* Those of `read` that are bound, in the same order: their slots. */
static burin_status keep_bound(burin_live *live, const name_list *read, name_list *names, burin_error *err)
{
    for (size_t k = 0; k < read->count; k++)
        if (name_map_get(&live->names, (burin_text){read->names[k], strlen(read->names[k])}) && name_list_add(names, read->names[k]))
            return no_memory(err);
    return BURIN_OK;
}

/* Lines as Python ends them; one that has no end counts. */
static uint32_t lines_of(burin_text text)
{
    uint32_t lines = 0;
    for (size_t k = 0; k < text.len; k++)
        lines += text.data[k] == '\n' || (text.data[k] == '\r' && (k + 1 == text.len || text.data[k + 1] != '\n'));
    return lines + (text.len && text.data[text.len - 1] != '\n' && text.data[text.len - 1] != '\r');
}

static burin_status compile(burin_live *live, script *s, burin_text text, burin_text expression, burin_error *err)
{
    buf all  = buf_make(live->env->alloc);
    s->lines = lines_of(text);
    buf_append(&all, text.data, text.len);
    buf_append_z(&all, "\n" + (text.len == 0 || text.data[text.len - 1] == '\n' || text.data[text.len - 1] == '\r'));
    buf_append_z(&all, "(");
    buf_append(&all, expression.data, expression.len);
    buf_append_z(&all, "\n)");
    if (!all.failed)
        s->program = formula_compile_script(live->env, buf_text(&all), (const char *const *)s->names.names, s->names.count, err);
    burin_status status = all.failed ? no_memory(err) : s->program ? BURIN_OK : err ? err->status : BURIN_ERR_PYTHON_SYNTAX;
    buf_deinit(&all);
    return status;
}

burin_status burin_live_script(burin_live *live, burin_text text, burin_text expression, burin_node *out, burin_error *err)
{
    name_list read = {0};
    size_t    size = sizeof(script) + live->names.count * sizeof(burin_value);
    script   *s    = base_alloc(live->env->alloc, size);
    *out           = (burin_node){0, 0};
    if (!s)
        return no_memory(err);
    *s                  = (script){.alloc = live->env->alloc, .slots = (burin_value *)(s + 1), .size = size};
    burin_status status = find_names(live->env, text, expression, &read, err);
    if (!status)
        status = keep_bound(live, &read, &s->names, err);
    name_list_deinit(&read);
    if (!status)
        status = compile(live, s, text, expression, err);
    if (status) {
        release(s);
        return status;
    }
    live_source made = {evaluate, release, s, expression, direct};
    return live_node_make(live, &made, &s->names, out, err);
}
