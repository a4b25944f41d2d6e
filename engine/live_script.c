/* Live nodes that run scripts.
 *
 * The script, with the expression as its last statement, is one program that is evaluated like a formula: on a heap of its own, which is
 * empty at the beginning of every run, with nothing but the bound names set. So nothing is left behind for the next run. */
#include "engine/formula.h"
#include "engine/live_program.h"

#include "burin/interpreter.h"
#include "runtime/base/diag.h"

#include <stdlib.h>
#include <string.h>

typedef struct script {
    live_program           program; /* its names: bound ones that are read and not set; slots: this block, behind it */
    const burin_allocator *alloc;
    size_t                 size;
} script;

static const span nowhere = {0, 0};

static burin_status no_memory(burin_error *err) { return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, nowhere, "out of memory"); }

static void release(void *what)
{
    script *s = what;
    live_program_deinit(&s->program);
    base_free(s->alloc, s, s->size);
}

typedef struct naming { /* names that a script reads, but does not set */
    name_list *read, written;
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
    buf           all = buf_make(live->env->alloc);
    live_program *p = &s->program;
    p->lines        = lines_of(text);
    buf_append(&all, text.data, text.len);
    if (text.len && text.data[text.len - 1] != '\n' && text.data[text.len - 1] != '\r')
        buf_append_byte(&all, '\n');
    buf_append_z(&all, "(");
    buf_append(&all, expression.data, expression.len);
    buf_append_z(&all, "\n)");
    if (!all.failed)
        p->formula = formula_compile_script(live->env, buf_text(&all), (const char *const *)p->names.names, p->names.count, err);
    burin_status status = all.failed ? no_memory(err) : p->formula ? BURIN_OK : err ? err->status : BURIN_ERR_PYTHON_SYNTAX;
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
    *s                  = (script){.program.slots = (burin_value *)(s + 1), .alloc = live->env->alloc, .size = size};
    burin_status status = find_names(live->env, text, expression, &read, err);
    if (!status)
        status = keep_bound(live, &read, &s->program.names, err);
    name_list_deinit(&read);
    if (!status)
        status = compile(live, s, text, expression, err);
    if (status) {
        release(s);
        return status;
    }
    live_source made = {live_program_evaluate, release, s, expression, live_program_direct};
    return live_node_make(live, &made, &s->program.names, out, err);
}
