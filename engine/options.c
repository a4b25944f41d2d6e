/* Options: defaults, the caller's wishes over them, and what cannot be wished for. */
#include "engine/environment.h"
#include "runtime/base/diag.h"

burin_options burin_options_default(void)
{
    burin_options options = {
        .struct_size     = sizeof(burin_options),
        .block_start     = "{%",
        .block_end       = "%}",
        .variable_start  = "{{",
        .variable_end    = "}}",
        .comment_start   = "{#",
        .comment_end     = "#}",
        .newline_sequence = "\n",
        .optimized       = true,
        .auto_reload     = true,
        .cache_size      = 400,
        .limits =
            {
#define LIMIT(field, value, unit, meaning) .field = value,
#include "burin/limits.def"
#undef LIMIT
            },
    };
    return options;
}

/* The texts of the options, in one table: where they are, which must not be empty. */
#define OPTION_TEXTS(ROW) \
    ROW(block_start, true) \
    ROW(block_end, true) \
    ROW(variable_start, true) \
    ROW(variable_end, true) \
    ROW(comment_start, true) \
    ROW(comment_end, true) \
    ROW(newline_sequence, true) \
    ROW(line_statement_prefix, false) \
    ROW(line_comment_prefix, false)

static burin_status usage(burin_error *err, const char *message)
{
    return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "%s", message);
}

static burin_status check_options(const burin_options *o, burin_error *err)
{
#define ROW(field, required) \
    if (required && (!o->field || !*o->field)) \
        return usage(err, #field " must not be empty");
    OPTION_TEXTS(ROW)
#undef ROW
    if (strcmp(o->block_start, o->variable_start) == 0 || strcmp(o->variable_start, o->comment_start) == 0 ||
        strcmp(o->block_start, o->comment_start) == 0)
        return usage(err, "block, variable and comment start strings must be different");
    if (strcmp(o->newline_sequence, "\n") != 0 && strcmp(o->newline_sequence, "\r\n") != 0 && strcmp(o->newline_sequence, "\r") != 0)
        return usage(err, "newline_sequence set to unknown line ending string.");
    if ((unsigned)o->undefined > BURIN_UNDEFINED_ANSIBLE || (unsigned)o->sandbox > BURIN_SANDBOX_IMMUTABLE ||
        (unsigned)o->autoescape > BURIN_AUTOESCAPE_BY_NAME)
        return usage(err, "undefined, sandbox or autoescape is not one of its modes");
    return BURIN_OK;
}

static burin_text text_of(const char *z) { return (burin_text){z, z ? strlen(z) : 0}; }

/* What the lexer and parser need to know of the options. */
static syntax syntax_from_options(const burin_options *o)
{
    return (syntax){
        .block_start           = text_of(o->block_start),
        .block_end             = text_of(o->block_end),
        .variable_start        = text_of(o->variable_start),
        .variable_end          = text_of(o->variable_end),
        .comment_start         = text_of(o->comment_start),
        .comment_end           = text_of(o->comment_end),
        .line_statement_prefix = text_of(o->line_statement_prefix),
        .line_comment_prefix   = text_of(o->line_comment_prefix),
        .newline_sequence      = text_of(o->newline_sequence),
        .trim_blocks           = o->trim_blocks,
        .lstrip_blocks         = o->lstrip_blocks,
        .keep_trailing_newline = o->keep_trailing_newline,
        .ext_do                = o->extensions & BURIN_EXT_DO,
        .ext_loopcontrols      = o->extensions & BURIN_EXT_LOOPCONTROLS,
        .ext_i18n              = o->extensions & BURIN_EXT_I18N,
        .ext_debug             = o->extensions & BURIN_EXT_DEBUG,
        .ext_generation        = o->extensions & BURIN_EXT_GENERATION,
        .i18n_newstyle         = o->newstyle_gettext,
        .nesting_max           = o->limits.nesting,
        .source_max            = o->limits.source,
    };
}

burin_status env_adopt_options(burin_env *env, const burin_options *options, burin_error *err)
{
    burin_options chosen = burin_options_default();
    burin_status  status;

    if (options) { /* a caller compiled against an older header knows fewer fields */
        if (options->struct_size == 0)
            return usage(err, "options.struct_size is 0: start from burin_options_default()");
        memcpy(&chosen, options, options->struct_size < sizeof chosen ? options->struct_size : sizeof chosen);
    }
    chosen.struct_size = sizeof chosen;
    status             = check_options(&chosen, err);
    if (status)
        return status;
#define ROW(field, required) \
    if (chosen.field && !(chosen.field = env_copy_text(env, chosen.field))) \
        return diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
    OPTION_TEXTS(ROW)
#undef ROW
    env->options             = chosen;
    env->syntax              = syntax_from_options(&env->options);
    env->rt.undefined        = (rt_undefined_class)chosen.undefined;
    env->rt.sandbox          = (rt_sandbox)chosen.sandbox;
    env->rt.newline          = env->syntax.newline_sequence;
    env->rt.depth_max        = chosen.limits.depth ? chosen.limits.depth : UINT32_MAX;
    env->rt.integer_bits_max = chosen.limits.integer_bits;
    return BURIN_OK;
}
