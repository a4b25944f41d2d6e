/* A script through its parser, as a whole and as one expression, and the tree printed; then run and evaluated under small limits, in an
 * interpreter that is left usable, and as a formula with slots. */
#include "parser/parser.h"
#include "parser/script.h"
#include "tests/fuzz/support_scripts.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(burin_text text, bool expression)
{
    arena          a       = arena_make(&base_malloc_allocator);
    buf            out     = buf_make(&base_malloc_allocator);
    script_options options = {.imports = true, .nesting_max = 300};
    source         src     = {.name = NULL};
    burin_error    err     = BURIN_ERROR_INIT;
    ast_node      *tree    = NULL;

    if (script_normalize(&a, text, &src.text) &&
        !(expression ? parse_script_expression : parse_script)(&a, &src, &options, &tree, &err))
        ast_print(tree, &out);
    burin_error_clear(&err);
    buf_deinit(&out);
    arena_deinit(&a);
}

static void show(burin_value value)
{
    size_t len;
    free(burin_repr(value, &len));
}

/* Whatever a script has come to, the session answers the next one, and counts no more steps than there are. */
static void run(burin_env *env, burin_text text)
{
    burin_error        err = BURIN_ERROR_INIT;
    burin_interpreter *in  = burin_interpreter_new(env, NULL);
    burin_limits       used;
    burin_value        value;
    if (!in)
        return;
    if (burin_interpreter_run(in, text, NULL, &value, &err) == BURIN_OK)
        show(value);
    burin_interpreter_used(in, &used);
    if (used.steps > SUPPORT_STEPS)
        abort();
    if (burin_interpreter_eval(in, text, &value, &err) == BURIN_OK)
        show(value);
    burin_interpreter_reset(in);
    if (burin_interpreter_eval(in, BURIN_TEXT("6 * 7"), &value, &err) != BURIN_OK || value.kind != BURIN_INT || value.as.i != 42)
        abort();
    burin_error_clear(&err);
    burin_interpreter_free(in);
}

static void evaluate(burin_env *env, burin_text text)
{
    static const char *const names[] = {"a", "s"};
    const burin_value        slots[] = {burin_int(7), burin_string_borrow("d\xc3\xa9j\xc3\xa0", 6)};
    burin_error              err     = BURIN_ERROR_INIT;
    burin_formula           *f       = burin_formula_compile(env, text, names, 2, &err);
    burin_value              value;
    for (int twice = 0; f && twice < 2; twice++) /* what one evaluation leaves behind is not seen by the next */
        if (burin_formula_eval(f, slots, &value, &err) == BURIN_OK)
            show(value);
    burin_error_clear(&err);
    burin_formula_free(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    burin_text text = {(const char *)data, size};
    burin_env *env  = support_script_env();

    if (size > 8192)
        return 0;
    parse(text, false);
    parse(text, true);
    if (env) {
        run(env, text);
        evaluate(env, text);
    }
    return 0;
}
