/* Bytes of saved programs: refused as they come; and, as a text, compiled, saved and loaded again, where they must do the same. The first two
 * bytes say which byte of what was saved is changed: then it is refused, too. */
#include "tests/fuzz/support_scripts.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* What is loaded does what the text does, step by step. */
static void run_both(burin_env *env, burin_text text, burin_text bytes)
{
    burin_interpreter *a = burin_interpreter_new(env, NULL), *b = burin_interpreter_new(env, NULL);
    burin_limits       used_a, used_b;
    if (a && b) {
        burin_status status = burin_interpreter_run(a, text, NULL, NULL, NULL), saved = burin_interpreter_run_saved(b, bytes, NULL, NULL);
        burin_text   out_a = burin_interpreter_output(a), out_b = burin_interpreter_output(b);
        burin_interpreter_used(a, &used_a);
        burin_interpreter_used(b, &used_b);
        if (status != BURIN_ERR_LIMIT && saved != BURIN_ERR_LIMIT) { /* time is no step */
            must(status == saved && used_a.steps == used_b.steps);
            must(out_a.len == out_b.len && (!out_a.len || memcmp(out_a.data, out_b.data, out_a.len) == 0));
        }
    }
    burin_interpreter_free(a);
    burin_interpreter_free(b);
}

static void save_and_load(burin_env *env, size_t at, burin_text text)
{
    char  *bytes;
    size_t len;
    if (burin_script_save(env, text, NULL, &bytes, &len, NULL))
        return;
    run_both(env, text, (burin_text){bytes, len});
    bytes[at % len] ^= 1;
    burin_interpreter *in = burin_interpreter_new(env, NULL);
    must(!in || burin_interpreter_run_saved(in, (burin_text){bytes, len}, NULL, NULL) == BURIN_ERR_USAGE);
    burin_interpreter_free(in);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    burin_text text = {(const char *)data, size};
    burin_env *env  = support_script_env();

    if (size > 4096 || !env)
        return 0;
    burin_formula_free(burin_formula_load(env, text, NULL));
    if (size > 2)
        save_and_load(env, (size_t)data[0] << 8 | data[1], (burin_text){text.data + 2, size - 2});
    return 0;
}
