/* Presets: the options and additions of presets.def, found by name. */
#include "engine/presets.h"

#include "runtime/base/diag.h"

bool burin_options_preset(burin_options *options, const char *name)
{
    bool is_known = false;

#define OPTION(preset, field, setting) \
    if (strcmp(name, preset) == 0) { \
        options->field = setting; \
        is_known       = true; \
    }
#define FINALIZE(preset, fn, flags, doc)
#define FUNCTION(preset, fn_name, signature, fn, flags, doc)
#define FILTER FUNCTION
#define TEST FUNCTION
#include "engine/presets.def"
#undef TEST
#undef FILTER
#undef FUNCTION
#undef FINALIZE
#undef OPTION
    return is_known;
}

typedef struct preset_row {
    const char *preset, *name, *signature;
    burin_status (*add)(burin_env *env, const char *name, const char *signature, burin_function fn, void *data, unsigned flags); /* NULL: finalize */
    burin_function fn;
    unsigned       flags;
} preset_row;

static const preset_row rows[] = {
#define OPTION(preset, field, value)
#define FINALIZE(preset, fn, flags, doc) {preset, NULL, NULL, NULL, fn, flags},
#define FUNCTION(preset, name, signature, fn, flags, doc) {preset, name, signature, burin_env_add_function, fn, flags},
#define FILTER(preset, name, signature, fn, flags, doc) {preset, name, signature, burin_env_add_filter, fn, flags},
#define TEST(preset, name, signature, fn, flags, doc) {preset, name, signature, burin_env_add_test, fn, flags},
#include "engine/presets.def"
#undef TEST
#undef FILTER
#undef FUNCTION
#undef FINALIZE
#undef OPTION
};

burin_status burin_env_preset(burin_env *env, const char *name, burin_error *err)
{
    burin_options unused = {0};
    burin_status  status = BURIN_OK;

    diag_begin(err);
    if (!burin_options_preset(&unused, name))
        return diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "there is no preset '%s'", name);
    for (size_t n = 0; n < sizeof rows / sizeof rows[0] && !status; n++)
        if (strcmp(rows[n].preset, name) == 0)
            status = rows[n].add ? rows[n].add(env, rows[n].name, rows[n].signature, rows[n].fn, NULL, rows[n].flags)
                                 : burin_env_set_finalize(env, rows[n].fn, NULL, rows[n].flags);
    if (status)
        diag_fail(err, status, NULL, 0, (span){0, 0}, status == BURIN_ERR_USAGE ? "the environment is in use already" : "out of memory");
    return status;
}
