/* A gettext .mo file: whatever its bytes, a template that asks it must render or fail with an error. */
#include <burin/burin.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    burin_options options = burin_options_default();
    options.extensions    = BURIN_EXT_I18N;
    burin_error err       = BURIN_ERROR_INIT;
    burin_env  *env       = burin_env_new(&options, &err);
    if (env && burin_env_load_mo(env, data, size, &err) == BURIN_OK) {
        size_t len;
        free(burin_render_once(env, BURIN_TEXT("{{ gettext('a') }}{{ ngettext('a', 'b', 3) }}{{ pgettext('c', 'a') }}{% trans n=5 %}x{% pluralize %}{{ n }}{% endtrans %}"),
                               burin_none(), &len, &err));
    }
    burin_error_clear(&err);
    burin_env_unref(env);
    return 0;
}
