/* A program whose settings are Python expressions, with Burin; with_asteval.py is the same with asteval, line for line.
 *
 *     asteval                                  Burin
 *     Interpreter(...)                         burin_interpreter_new, burin_interpreter_set_profile
 *     symtable["x"] = v                        burin_interpreter_set(in, "x", v)
 *     symtable["f"] = function                 burin_env_add_function(env, "f", "signature", function, ...)
 *     interpreter(text)                        burin_interpreter_run(in, text, NULL, &value, &err)
 *     symtable["x"]                            burin_interpreter_get(in, "x")
 *     error[0].get_error()                     err: class, message, line, column, excerpt, calls */
#include <burin/burin.h>
#include <burin/interpreter.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static burin_status fee(burin_call *call, burin_value *out)
{
    double amount;
    if (!burin_as_double(burin_arg(call, 0), &amount))
        return burin_raise(call, BURIN_ERR_TYPE, "an amount must be a number, not %s", burin_type_name(burin_arg(call, 0)));
    *out = amount > 100 ? burin_float(amount * 0.05) : burin_int(5);
    return BURIN_OK;
}

static void show(burin_interpreter *in, const char *text)
{
    burin_value value;
    burin_error err = BURIN_ERROR_INIT;
    if (burin_interpreter_run(in, (burin_text){text, strlen(text)}, NULL, &value, &err)) {
        printf("%s\n", burin_status_class(err.status));
        burin_error_clear(&err);
    } else if (value.kind != BURIN_NONE) {
        char *str = burin_str(value, NULL);
        printf("%s\n", str);
        free(str);
    }
}

int main(void)
{
    static const char *const readonly[] = {"budget", NULL};
    burin_error        err     = BURIN_ERROR_INIT;
    burin_options      options = burin_options_default();
    burin_profile      profile = burin_profile_asteval();
    burin_interpreter *in      = NULL;
    options.scripts  = true;
    profile.readonly = readonly;
    profile.without  = 1u << BURIN_FEATURE_WHILE;
    burin_env *env   = burin_env_new(&options, &err);
    int        code  = 1;
    if (env && !burin_env_add_function(env, "fee", "amount", fee, NULL, BURIN_PURE))
        in = burin_interpreter_new(env, &err);
    if (in && !burin_interpreter_set_profile(in, &profile, &err)) {
        burin_interpreter_set(in, "budget", burin_int(1000));
        burin_interpreter_set(in, "rate", burin_float(0.19));

        show(in, "def gross(net):\n    return round(net * (1 + rate), 2)\n");
        show(in, "gross(100)");
        show(in, "rate = 0.07");
        show(in, "gross(100)");
        show(in, "[fee(x) for x in (50, 400)]");

        show(in, "gross(1) / 0");
        show(in, "budget = 5");
        show(in, "gross(");
        show(in, "missing + 1");
        show(in, "x = 1\nwhile x: pass");
        printf("%lld\n", (long long)burin_interpreter_get(in, "budget").as.i);
        code = 0;
    }
    burin_interpreter_free(in);
    burin_env_unref(env);
    return code;
}
