#include "engine/live_program.h"

#include "runtime/base/diag.h"
#include "runtime/convert.h"
#include "runtime/state.h"

static burin_status run(live_program *p, burin_value *out, burin_error *err)
{
    burin_status status = burin_formula_eval(p->formula, p->slots, out, err);
    if (status && err->line > p->lines)
        err->line -= p->lines;
    return status;
}

burin_status live_program_direct(void *what, const burin_inputs *inputs, burin_value *out, burin_error *err)
{
    live_program *p = what;
    for (uint32_t k = 0; k < inputs->count; k++)
        p->slots[k] = *burin_input(inputs, k);
    burin_status status = run(p, out, err);
    p->has_value        = !status;
    p->value            = *out;
    return status;
}

burin_status live_program_evaluate(void *what, live_run *means, burin_value variables, burin_value *out, burin_error *err)
{
    live_program *p      = what;
    burin_status  status = BURIN_OK;
    if (!p->has_value) {
        for (size_t k = 0; k < p->names.count; k++)
            p->slots[k] = burin_get(variables, p->names.names[k]);
        status = run(p, &p->value, err);
    }
    p->has_value = false;
    if (!status && (status = rt_copy_out(rt_state_of(means->result), p->value, means->result, out)))
        diag_fail(err, status, NULL, 0, (span){0, 0}, "a live value cannot be kept");
    return status;
}

void live_program_deinit(live_program *p)
{
    burin_formula_free(p->formula);
    name_list_deinit(&p->names);
}
