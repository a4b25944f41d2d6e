/* Live nodes when memory runs out: every allocation fails once, and every later one with it. Nothing may leak or crash, nothing but the want of
 * memory is reported, and with memory again what has been made works. */
#include "tests/support/budget.h"

#include <burin/burin.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static burin_status formula(burin_live *live, const char *text, const char *name, burin_error *err)
{
    burin_node   node;
    burin_status status = burin_live_formula(live, (burin_text){text, strlen(text)}, &node, err);
    return status ? status : burin_live_bind(live, name, node);
}

/* Some of everything; the first failure ends it. */
static burin_status scenario(burin_graph *g, burin_live *live, burin_node a, burin_error *err)
{
    burin_node   node;
    burin_value  v;
    uint32_t     fused;
    burin_status status = burin_live_bind(live, "a", a);
    if (!status)
        status = formula(live, "a * 2", "b", err);
    if (!status)
        status = formula(live, "b + a", "c", err);
    if (!status)
        status = formula(live, "c - a if c > 3 else b", "f", err); /* a region has three at least */
    if (!status)
        status = formula(live, "[c, str(b)]", "d", err);
    if (!status)
        status = formula(live, "len(d) + c", "e", err);
    if (!status)
        status = burin_live_fuse(live, &fused, err);
    if (!status)
        status = burin_live_script(live, BURIN_TEXT("def f(x):\n    return [x, e]\n"), BURIN_TEXT("f(a)"), &node, err);
    for (int k = 2; k < 5 && !status; k++) {
        status = burin_graph_set(g, a, burin_int(k));
        if (!status)
            status = burin_graph_get(g, node, &v);
    }
    return status;
}

static void live_nodes_survive_the_want_of_memory(void **state)
{
    (void)state;
    burin_status status = BURIN_ERR_NOMEM;
    for (long allocations = 0; status; allocations++) {
        budget          memory    = {.left = BUDGET_NONE};
        burin_allocator allocator = budget_allocator(&memory);
        burin_options   options   = burin_options_default();
        options.scripts           = true;
        options.allocator         = &allocator;
        burin_node   a;
        burin_error  err   = BURIN_ERROR_INIT;
        burin_graph *g     = burin_graph_new(&allocator);
        burin_env   *env   = burin_env_new(&options, NULL);
        burin_live  *live  = burin_live_new(g, env, NULL);
        assert_int_equal(burin_graph_cell(g, burin_int(1), &a), BURIN_OK);
        memory.left = allocations;
        status = scenario(g, live, a, &err);
        if (status && status != BURIN_ERR_NOMEM)
            fail_msg("after %ld allocations: %s, %s", allocations, burin_status_class(status), err.message ? err.message : burin_graph_message(g));
        burin_error_clear(&err);
        assert_true(allocations < 20000);
        memory.left = BUDGET_NONE;
        burin_node  node;
        burin_value v;
        assert_int_equal(burin_live_bind(live, "again", a), BURIN_OK);
        assert_int_equal(burin_live_formula(live, BURIN_TEXT("again + 1"), &node, NULL), BURIN_OK);
        assert_int_equal(burin_graph_set(g, a, burin_int(41)), BURIN_OK);
        assert_int_equal(burin_graph_get(g, node, &v), BURIN_OK);
        assert_int_equal(v.as.i, 42);
        burin_live_free(live);
        burin_env_unref(env);
        burin_graph_free(g);
        assert_int_equal(memory.held, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(live_nodes_survive_the_want_of_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
