/* Source to template: normalise, parse, compile; and templates through loader and cache.
 *
 * Tokens and tree live in a scratch arena that is kept for the next compilation. A template is one block: the struct,
 * its name, its normalised text (errors quote from it); the program is a block of its own. */
#include "engine/template.h"

#include "codegen/analysis/types.h"
#include "engine/compiled.h"
#include "engine/jit.h"
#include "engine/loader.h"
#include "engine/suggest.h"
#include "parser/parser.h"
#include "runtime/base/diag.h"
#include "runtime/base/text.h"

static const span nowhere = {0, 0};

/* ---- life ---- */

void template_release(burin_template *tpl)
{
    if (atomic_fetch_sub_explicit(&tpl->refs, 1, memory_order_acq_rel) != 1)
        return;
    if (tpl->program) {
        jit_tell_cold(jit_of_template(tpl));
        codegen_free(tpl->program);
    }
    base_free(tpl->env->alloc, tpl, tpl->size);
}

/* Turn the caller's library reference into one for the host. */
static burin_template *hand_out(burin_template *tpl)
{
    burin_env_ref(tpl->env);
    return tpl;
}

burin_template *burin_template_ref(burin_template *tpl)
{
    template_hold(tpl);
    return hand_out(tpl);
}

void burin_template_unref(burin_template *tpl)
{
    if (!tpl)
        return;
    burin_env *env = tpl->env;
    template_release(tpl);
    burin_env_unref(env);
}

const char *burin_template_name(const burin_template *tpl) { return tpl->src.name; }

/* ---- compiling ---- */

/* CPython's words for the first bytes that are no UTF-8. */
static burin_status fail_encoding(burin_text text, const source *src, burin_error *err)
{
    size_t      at     = text_valid_prefix(text.data, text.len);
    uint8_t     byte   = (uint8_t)text.data[at];
    size_t      length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    const char *reason = "invalid continuation byte";
    source      valid  = {.name = src->name, .text = {text.data, at}}; /* what comes before can be shown */
    span        where  = {(uint32_t)at, (uint32_t)at};
    uint32_t    line, column;

    if (byte < 0xc2 || byte > 0xf4)
        reason = "invalid start byte";
    else if (at + length > text.len) {
        reason = "unexpected end of data";
        for (size_t n = at + 1; n < text.len; n++)
            if (((uint8_t)text.data[n] & 0xc0) != 0x80)
                reason = "invalid continuation byte";
    }
    diag_locate(valid.text, where.start, &line, &column);
    return diag_fail(err, BURIN_ERR_UNICODE_DECODE, &valid, line, where, "'utf-8' codec can't decode byte 0x%02x in position %zu: %s", byte, at, reason);
}

static burin_template *template_new(burin_env *env, const char *name, burin_text text)
{
    size_t          name_size = name ? strlen(name) + 1 : 0;
    size_t          size      = sizeof(burin_template) + name_size + text.len;
    burin_template *tpl       = base_alloc(env->alloc, size);

    if (!tpl)
        return NULL;
    memset(tpl, 0, sizeof *tpl);
    char *bytes   = (char *)(tpl + 1);
    tpl->env      = env;
    tpl->size     = size;
    tpl->src.name = name ? memcpy(bytes, name, name_size) : NULL;
    tpl->src.text = (burin_text){bytes + name_size, text.len};
    if (text.len)
        memcpy(bytes + name_size, text.data, text.len);
    atomic_init(&tpl->refs, 1);
    return tpl;
}

codegen_options template_options(const burin_env *env, const char *name, template_form form)
{
    return (codegen_options){
        .env        = &env->rt,
        .optimized  = env->options.optimized,
        .native     = env->options.native && form == FORM_TEMPLATE,
        .autoescape = env_autoescape_for(env, name),
        .finalize   = env->finalize,
    };
}

/* It has got its program. */
static void template_finish(burin_template *tpl)
{
    burin_env *env = tpl->env;
    tpl->vm = (vm_template){.program = tpl->program, .name = tpl->src.name, .src = &tpl->src, .globals = env->rt.globals,
                            .number = atomic_fetch_add_explicit(&env->numbered, 1, memory_order_relaxed) + 1};
}

/* The expression that is all a template has; NULL when there is anything else. */
static ast_node *only_expression(const ast_node *tree)
{
    const ast_list *body   = &((const ast_Template *)tree)->body;
    const ast_node *output = body->count == 1 && body->first->kind == AST_Output ? body->first : NULL;
    const ast_list *nodes  = output ? &((const ast_Output *)output)->nodes : NULL;
    return nodes && nodes->count == 1 && nodes->first->kind != AST_Data ? nodes->first : NULL;
}

/* Parse and compile what template_new has put into `tpl`. */
static burin_status compile_into(burin_template *tpl, arena *scratch, template_form form, burin_error *err)
{
    burin_env      *env     = tpl->env;
    codegen_options options = template_options(env, tpl->src.name, form);
    ast_node       *tree;
    burin_status    status;

    if (form == FORM_EXPRESSION)
        status = parse_expression(scratch, &tpl->src, &env->syntax, &tree, err);
    else
        status = parse_template(scratch, &tpl->src, &env->syntax, &tree, err);
    if (!status && env->rt.struct_types && env->rt.struct_types->variable_count)
        status = types_check(scratch, env->rt.struct_types, &tpl->src, tree, err);
    if (status)
        return status;
    ast_node *value = form == FORM_EXPRESSION ? tree : form == FORM_DYNAMIC ? only_expression(tree) : NULL;
    tpl->is_value   = value != NULL;
    status          = codegen_compile(&options, &tpl->src, value ? value : tree, tpl->is_value, scratch, env->alloc, &tpl->program, err);
    if (status)
        return status;
    template_finish(tpl);
    return BURIN_OK;
}

static burin_status keep_source(burin_env *env, const char *name, burin_text text, arena *scratch, burin_template **out, burin_error *err)
{
    source       given = {.text = text, .name = name};
    burin_text   normal;
    burin_status status;

    if (text.len > INT32_MAX || (env->options.limits.source && text.len > env->options.limits.source))
        return diag_fail(err, BURIN_ERR_LIMIT, &given, 0, nowhere, "the template's source is too large");
    status = syntax_normalize(&env->syntax, scratch, text, &normal);
    if (status == BURIN_ERR_UNICODE_DECODE)
        return fail_encoding(text, &given, err);
    *out = status ? NULL : template_new(env, name, normal);
    return *out ? BURIN_OK : diag_fail(err, BURIN_ERR_NOMEM, &given, 0, nowhere, "out of memory");
}

burin_status template_keep_source(burin_env *env, const char *name, burin_text text, burin_template **out, burin_error *err)
{
    arena        scratch = arena_make(env->alloc);
    burin_status status  = keep_source(env, name, text, &scratch, out, err);

    arena_deinit(&scratch);
    return status;
}

burin_status template_compile(burin_env *env, const char *name, burin_text text, template_form form, burin_template **out, burin_error *err)
{
    bool         is_shared;
    arena        scratch = env_take_scratch(env, &is_shared);
    burin_status status  = keep_source(env, name, text, &scratch, out, err);

    if (status == BURIN_OK) {
        status = compile_into(*out, &scratch, form, err);
        if (status)
            template_release(*out);
    }
    env_return_scratch(env, &scratch, is_shared);
    return status;
}

burin_status template_part(const burin_template *whole, ast_node *tree, burin_template **out, burin_error *err)
{
    burin_env      *env     = whole->env;
    codegen_options options = template_options(env, whole->src.name, FORM_TEMPLATE);
    burin_template *tpl     = base_alloc(env->alloc, sizeof *tpl);
    if (!tpl)
        return diag_fail(err, BURIN_ERR_NOMEM, &whole->src, 0, nowhere, "out of memory");
    memset(tpl, 0, sizeof *tpl);
    tpl->env  = env;
    tpl->size = sizeof *tpl;
    tpl->src  = whole->src;
    atomic_init(&tpl->refs, 1);
    arena        scratch = arena_make(env->alloc);
    burin_status status  = codegen_compile(&options, &tpl->src, tree, false, &scratch, env->alloc, &tpl->program, err);
    arena_deinit(&scratch);
    if (status) {
        template_release(tpl);
        return status;
    }
    template_finish(tpl);
    *out = tpl;
    return BURIN_OK;
}

burin_status template_parse(arena *a, const burin_env *env, const source *src, ast_node **out, burin_error *err)
{
    return parse_template(a, src, &env->syntax, out, err);
}

burin_template *burin_template_from_string(burin_env *env, const char *name, burin_text text, burin_error *err)
{
    burin_template *tpl;

    env_freeze(env);
    diag_begin(err);
    return template_compile(env, name, text, FORM_TEMPLATE, &tpl, err) ? NULL : hand_out(tpl);
}

/* ---- by name ---- */

bool template_is_current(const burin_env *env, const burin_template *tpl)
{
    if (!env->options.auto_reload || !env->loader.is_current)
        return true;
    return env->loader.is_current(env->loader.user, tpl->src.name, tpl->version);
}

/* From a set of compiled templates, which has the source too: that is compiled where this template was compiled with other options than the
 * environment has for it (autoescape goes by the name). */
static burin_status from_entry(burin_env *env, const char *name, const compiled_entry *entry, burin_template **out, burin_error *err)
{
    const burin_text text = {entry->source, entry->source_len};
    *out                  = template_new(env, name, text);
    if (!*out)
        return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, nowhere, "out of memory");
    burin_status status = compiled_program(*out, entry, err);
    if (status && status != BURIN_ERR_USAGE) {
        template_release(*out);
        return status;
    }
    if (env->tell_compiled)
        env->tell_compiled(env->tell_user, name, status != BURIN_OK);
    if (status == BURIN_OK) {
        template_finish(*out);
        return BURIN_OK;
    }
    template_release(*out);
    if (err)
        burin_error_clear(err);
    return template_compile(env, name, text, FORM_TEMPLATE, out, err);
}

/* Is the entry of the text that the loader has? */
static bool is_of_source(burin_env *env, const compiled_entry *entry, burin_text text)
{
    arena      scratch = arena_make(env->alloc);
    burin_text normal;
    bool       same = !syntax_normalize(&env->syntax, &scratch, text, &normal) && text_equal(normal, (burin_text){entry->source, entry->source_len});
    arena_deinit(&scratch);
    return same;
}

/* From the loader's text, by the entry (NULL: there is none) if it is still of this text. */
static burin_status load_and_compile(burin_env *env, const char *name, const compiled_entry *entry, burin_template **out, burin_error *err)
{
    loaded       text;
    burin_status status = loader_load(env, name, &text, err);
    if (status == BURIN_ERR_NOT_FOUND && entry)
        return from_entry(env, name, entry, out, err);
    if (status)
        return status;
    burin_text given    = {text.source, text.len};
    bool       is_stale = entry && !is_of_source(env, entry, given);
    if (is_stale && env->tell_compiled)
        env->tell_compiled(env->tell_user, name, true);
    if (entry && !is_stale)
        status = from_entry(env, name, entry, out, err);
    else
        status = template_compile(env, name, given, FORM_TEMPLATE, out, err);
    if (status == BURIN_OK)
        (*out)->version = text.version;
    loaded_release(&text);
    return status;
}

burin_status template_load(burin_env *env, const char *name, burin_template **out, burin_error *err)
{
    *out = cache_get(&env->cache, (burin_text){name, strlen(name)});
    if (*out) {
        if (template_is_current(env, *out))
            return BURIN_OK;
        template_release(*out);
    }
    const compiled_entry *entry    = compiled_find(env, name);
    bool                  is_asked = env->has_loader && env->options.auto_reload;
    burin_status          status   = entry && !is_asked ? from_entry(env, name, entry, out, err) : load_and_compile(env, name, entry, out, err);
    if (status == BURIN_OK)
        cache_put(&env->cache, *out);
    return status;
}

burin_template *burin_template_get(burin_env *env, const char *name, burin_error *err)
{
    burin_template *tpl;

    env_freeze(env);
    diag_begin(err);
    burin_status status = template_load(env, name, &tpl, err);
    if (status == BURIN_ERR_NOT_FOUND) {
        diag_fail(err, status, NULL, 0, nowhere, "%s", name);
        suggest_template(env, name, err);
    }
    return status ? NULL : hand_out(tpl);
}
