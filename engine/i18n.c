/* Translations: the functions that the i18n extension and a catalogue bring. Like jinja2.ext.InternationalizationExtension.
 *
 * The extension alone brings `_`, which calls whatever `gettext` is at that place. gettext, ngettext, pgettext and
 * npgettext come with burin_env_set_translations or burin_env_load_mo. Old style they return the plain text; new style
 * (newstyle_gettext) they mark it safe where autoescape is on and always format it with their keyword arguments, so that
 * the translation is trusted and the variables are not. */
#include "engine/environment.h"
#include "engine/mo_file.h"
#include "runtime/base/diag.h"
#include "runtime/convert.h"
#include "runtime/format.h"
#include "runtime/attribute.h"
#include "runtime/operate.h"

/* One message to look up, as the template gave it. */
typedef struct i18n_message {
    burin_value context, singular, plural; /* context and plural MISSING where the function has none */
    burin_value count;
} i18n_message;

/* Is the count 1? That is Python's ==, which is an error for an undefined count in strict environments. A catalogue file refuses
 * what is no number, as CPython's gettext does: what round() does not take. */
static burin_status count_is_one(rt_state *st, const burin_env *env, burin_value count, bool *is_one)
{
    burin_value whole;

    *is_one = true;
    if (count.kind == BURIN_MISSING)
        return BURIN_OK;
    if (env->catalogue && !env->translate) {
        if (!rt_is_number(count) || count.kind == BURIN_COMPLEX)
            return rt_fail(st, BURIN_ERR_TYPE, "Plural value must be an integer, got %s", rt_type_name(st, count));
        if (count.kind == BURIN_FLOAT && rt_int_from_double(st, count.as.f, &whole))
            return st->status;
    }
    return rt_compare_op(st, RT_EQ, count, burin_int(1), is_one);
}

/* The count for burin_translate: 64 bits, and 2, which is many, for what is no whole number. */
static int64_t count_for_host(burin_value count, bool is_one)
{
    int64_t n;

    if (is_one || burin_as_int(count, &n))
        return is_one ? 1 : n;
    return count.kind == BURIN_BIGINT ? INT64_MAX : 2;
}

static burin_text text_or_none(burin_value v) { return v.kind == BURIN_STRING ? rt_text_of(v) : (burin_text){NULL, 0}; }

/* The translation, or the message itself. */
static burin_status look_up(burin_call *call, const i18n_message *message, burin_value *out)
{
    const burin_env *env      = burin_call_data(call);
    rt_state        *st       = rt_state_of(burin_call_heap(call));
    burin_text       found    = {NULL, 0};
    burin_text       context  = text_or_none(message->context);
    burin_text       singular = text_or_none(message->singular);
    burin_text       plural   = text_or_none(message->plural);
    bool             is_one;
    burin_status     status = count_is_one(st, env, message->count, &is_one);

    if (status)
        return status;
    *out = is_one || message->plural.kind == BURIN_MISSING ? message->singular : message->plural;
    if (message->singular.kind != BURIN_STRING)
        return BURIN_OK;
    if (env->translate)
        status = env->translate(call, env->translate_user, context, singular, plural, count_for_host(message->count, is_one), &found);
    else if (plural.data)
        status = mo_find_plural(env->catalogue, st, context, singular, message->count, &found);
    else
        mo_find(env->catalogue, context, singular, &found);
    if (status == BURIN_OK && found.data)
        *out = rt_string(found.data, found.len);
    return status;
}

/* ---- old style ---- */

static burin_status old_gettext(burin_call *call, burin_value *out)
{
    return look_up(call, &(i18n_message){.singular = burin_arg(call, 0)}, out);
}

static burin_status old_ngettext(burin_call *call, burin_value *out)
{
    return look_up(call, &(i18n_message){.singular = burin_arg(call, 0), .plural = burin_arg(call, 1), .count = burin_arg(call, 2)}, out);
}

static burin_status old_pgettext(burin_call *call, burin_value *out)
{
    return look_up(call, &(i18n_message){.context = burin_arg(call, 0), .singular = burin_arg(call, 1)}, out);
}

static burin_status old_npgettext(burin_call *call, burin_value *out)
{
    i18n_message message = {burin_arg(call, 0), burin_arg(call, 1), burin_arg(call, 2), burin_arg(call, 3)};

    return look_up(call, &message, out);
}

/* ---- new style ---- */

/* variables.setdefault(name, value), in a dict of this call's own. */
static burin_status set_default(rt_state *st, rt_dict *variables, const char *name, burin_value value)
{
    burin_text key = {name, strlen(name)};

    if (value.kind == BURIN_MISSING || rt_dict_find_text(variables, key, rt_text_hash(key)))
        return BURIN_OK;
    return rt_dict_put_z(st, variables, name, value);
}

static burin_status format_message(burin_call *call, const i18n_message *message, burin_value variables, burin_value *out)
{
    rt_state    *st = rt_state_of(burin_call_heap(call));
    burin_value  text;
    rt_dict     *names;
    burin_status status = look_up(call, message, &text);

    if (!status)
        status = rt_dict_edit(st, variables, &names);
    if (!status)
        status = set_default(st, names, "context", message->context);
    if (!status)
        status = set_default(st, names, "num", message->count);
    if (!status && burin_call_autoescape(call)) {
        status = rt_str(st, text, &text);
        text.flags |= BURIN_SAFE;
    }
    if (status)
        return status;
    return rt_binary_op(st, RT_MOD, text, variables, out);
}

static burin_status new_gettext(burin_call *call, burin_value *out)
{
    return format_message(call, &(i18n_message){.singular = burin_arg(call, 0)}, burin_arg(call, 1), out);
}

static burin_status new_ngettext(burin_call *call, burin_value *out)
{
    i18n_message message = {.singular = burin_arg(call, 0), .plural = burin_arg(call, 1), .count = burin_arg(call, 2)};

    return format_message(call, &message, burin_arg(call, 3), out);
}

static burin_status new_pgettext(burin_call *call, burin_value *out)
{
    return format_message(call, &(i18n_message){.context = burin_arg(call, 0), .singular = burin_arg(call, 1)}, burin_arg(call, 2), out);
}

static burin_status new_npgettext(burin_call *call, burin_value *out)
{
    i18n_message message = {burin_arg(call, 0), burin_arg(call, 1), burin_arg(call, 2), burin_arg(call, 3)};

    return format_message(call, &message, burin_arg(call, 4), out);
}

/* ---- `_` ---- */

static burin_status gettext_alias(burin_call *call, burin_value *out)
{
    rt_state     *st     = rt_state_of(burin_call_heap(call));
    burin_value   callee = burin_call_variable(call, "gettext");
    const rt_list *args  = rt_list_of(st, call->args[0]);
    const rt_dict *named = rt_dict_of(st, call->args[1]);
    burin_text    *names  = NULL;
    burin_value   *values = NULL;
    burin_value    key;
    uint32_t       at = 0, count = 0;

    if (callee.kind == BURIN_MISSING && rt_undefined_new(st, rt_missing(), RT_STRING("gettext"), &callee))
        return st->status;
    if (named->len) {
        names  = heap_alloc(&st->heap, named->len * sizeof *names);
        values = heap_alloc(&st->heap, named->len * sizeof *values);
        if (!names || !values)
            return rt_fail_memory(st);
        for (; rt_dict_next(named, &at, &key, &values[count]); count++)
            names[count] = rt_text_of(key);
    }
    return rt_call(st, callee, &(rt_arguments){args->items, args->len, count, names, values}, out);
}

/* ---- installing ---- */

burin_status i18n_install_alias(burin_env *env)
{
    return rt_env_add(&env->rt, env->rt.globals, "_", "*args, **kwargs", gettext_alias, env, BURIN_CONTEXT);
}

burin_status i18n_install_functions(burin_env *env)
{
    static const struct {
        const char    *name, *old_signature, *new_signature;
        burin_function old_style, new_style;
    } rows[] = {
        {"gettext", "message", "__string, **variables", old_gettext, new_gettext},
        {"ngettext", "msgid1, msgid2, n", "__singular, __plural, __num, **variables", old_ngettext, new_ngettext},
        {"pgettext", "context, message", "__string_ctx, __string, **variables", old_pgettext, new_pgettext},
        {"npgettext", "context, msgid1, msgid2, n", "__string_ctx, __singular, __plural, __num, **variables", old_npgettext, new_npgettext},
    };
    bool is_new = env->options.newstyle_gettext;

    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_status status = rt_env_add(&env->rt, env->rt.globals, rows[n].name, is_new ? rows[n].new_signature : rows[n].old_signature,
                                         is_new ? rows[n].new_style : rows[n].old_style, env, BURIN_CONTEXT);
        if (status)
            return status;
    }
    return BURIN_OK;
}

burin_status burin_env_set_translations(burin_env *env, burin_translate translate, void *user)
{
    if (env_is_frozen(env))
        return BURIN_ERR_USAGE;
    env->translate      = translate;
    env->translate_user = user;
    return i18n_install_functions(env);
}

burin_status burin_env_load_mo(burin_env *env, const void *bytes, size_t len, burin_error *err)
{
    static const span nowhere = {0, 0};

    diag_begin(err);
    if (env_is_frozen(env))
        return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, nowhere, "the environment is in use already");
    burin_error   local     = BURIN_ERROR_INIT;
    mo_catalogue *catalogue = mo_read(env->alloc, bytes, len, &local);
    if (!catalogue) {
        burin_status status = local.status;
        if (err) {
            burin_error_clear(err);
            *err = local;
        } else {
            burin_error_clear(&local);
        }
        return status;
    }
    mo_catalogue **last = &env->catalogue;
    while (*last)
        last = &(*last)->fallback;
    *last = catalogue;
    burin_status status = i18n_install_functions(env);
    return status ? diag_fail(err, status, NULL, 0, nowhere, "out of memory") : BURIN_OK;
}
