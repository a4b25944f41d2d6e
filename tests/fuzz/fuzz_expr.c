/* An expression, and a template that gives a value, evaluated under limits; the value is printed and written as JSON. */
#include <burin/burin.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(burin_value v)
{
    burin_error err = BURIN_ERROR_INIT;
    char       *json = NULL;
    size_t      len;
    free(burin_str(v, &len));
    free(burin_repr(v, &len));
    if (burin_json_write(v, -1, &json, &len, &err) == BURIN_OK)
        free(json);
    burin_error_clear(&err);
}

static void evaluate(burin_env *env, burin_expr *expr)
{
    burin_error   err    = BURIN_ERROR_INIT;
    burin_heap   *heap   = burin_heap_new(NULL);
    burin_render *render = expr ? burin_render_new(env, &err) : NULL;
    burin_value   vars   = burin_dict(heap, 2), value;
    burin_dict_set_z(heap, vars, "a", burin_int(7));
    burin_dict_set_z(heap, vars, "s", burin_string(heap, "d\xc3\xa9j\xc3\xa0", 6));
    if (render && burin_expr_eval(render, expr, vars, true, heap, &value, &err) == BURIN_OK)
        use(value);
    burin_error_clear(&err);
    burin_render_free(render);
    burin_expr_free(expr);
    burin_heap_free(heap);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 2048)
        return 0;
    static burin_env *env; /* made once: that takes longer than most expressions */
    burin_options options = burin_options_default();
    options.limits        = (burin_limits){.steps = 20000, .memory = 32u << 20, .output = 1u << 20, .time_ns = 2000000000u, .depth = 60, .nesting = 100, .integer_bits = 20000};
    options.random_seed   = 1;
    const burin_text text = {(const char *)data, size};
    env = env ? env : burin_env_new(&options, NULL);
    if (!env)
        return 0;
    evaluate(env, burin_expr_compile(env, text, NULL));
    evaluate(env, burin_expr_compile_dynamic(env, text, NULL));
    return 0;
}
