/* Expressions, like jinja2.Environment.compile_expression: no bare tuple, nothing after it. And templates that give values: those that
 * are one expression are compiled as it alone, so both are evaluated in the same way. */
#include "engine/render.h"
#include "runtime/base/diag.h"

static burin_expr *compile(burin_env *env, burin_text text, template_form form, burin_error *err)
{
    burin_expr *expr = base_alloc(env->alloc, sizeof *expr);

    env_freeze(env);
    diag_begin(err);
    if (!expr) {
        diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
        return NULL;
    }
    if (template_compile(env, NULL, text, form, &expr->program, err)) {
        base_free(env->alloc, expr, sizeof *expr);
        return NULL;
    }
    burin_env_ref(env);
    return expr;
}

burin_expr *burin_expr_compile(burin_env *env, burin_text text, burin_error *err) { return compile(env, text, FORM_EXPRESSION, err); }
burin_expr *burin_expr_compile_dynamic(burin_env *env, burin_text text, burin_error *err) { return compile(env, text, FORM_DYNAMIC, err); }
bool        burin_expr_is_text(const burin_expr *expr) { return !expr->program->is_value; }

void burin_expr_free(burin_expr *expr)
{
    if (!expr)
        return;
    burin_env *env = expr->program->env;

    template_release(expr->program);
    base_free(env->alloc, expr, sizeof *expr);
    burin_env_unref(env);
}

burin_status burin_expr_eval(burin_render *render, burin_expr *expr, burin_value vars, bool undefined_to_none, burin_heap *heap,
                             burin_value *out, burin_error *err)
{
    rt_state    *st = vm_state(render->machine);
    burin_value  value;
    burin_status status = render_begin(render, expr->program, vars, err);

    *out = rt_missing();
    if (status)
        return status;
    if (expr->program->is_value)
        status = vm_eval(render->machine, &expr->program->vm, vars, &value, err);
    else
        status = render_to_value(render, expr->program, vars, &value, err);
    if (status == BURIN_OK && undefined_to_none && value.kind == BURIN_UNDEFINED)
        value = burin_none();
    if (status == BURIN_OK && rt_copy_out(st, value, heap, out))
        status = host_state_report(st, err);
    render_fail(render, status, vars, err);
    render_end(render);
    return status;
}
