/* Memory runs out at every allocation of functions of scripts, of a script in a transaction, and of calls by a pool. What fails says that it was
 * for want of memory and changes nothing of the store, and all memory is given back. */
#include "tests/oom/failing.h"

#include <burin/grant.h>
#include <burin/interpreter.h>
#include <burin/pool.h>

static const char source[] = "log = []\n"
                             "def hire(name, many=20):\n"
                             "    made = [create('Agent', name=name + str(n), speed=n) for n in range(many)]\n"
                             "    for a in made:\n"
                             "        promote(a)\n"
                             "    log.append(name)\n"
                             "    return {a.name: a for a in made[:3]}\n";
static const char work[] = "made = hire('eve', many=2)\n"
                           "for a in [entity(made['eve0'].id)] + roots():\n"
                           "    a.name = a.name * 40\n"
                           "    promote(copy(a))\n"
                           "seen = [h.version for h in history(roots()[0])]\n";

typedef struct life {
    burin_store    *store;
    burin_registry *registry;
    burin_heap     *heap;
    burin_env      *env, *outer; /* of the function, of the script that calls it */
    burin_error     err;
} life;

static uint64_t commits(const life *l)
{
    burin_store_stats stats;
    burin_store_stats_of(l->store, &stats);
    return stats.commits;
}

static burin_env *granted(life *l)
{
    burin_options options = burin_options_default();
    options.scripts       = true;
    options.allocator     = &failing;
    burin_env *env        = burin_env_new(&options, &l->err);
    if (env && (burin_env_grant_changes(env) || burin_env_grant_versions(env))) {
        burin_env_unref(env);
        return NULL;
    }
    return env;
}

static burin_status prepare(life *l, const burin_callable **hire)
{
    static const burin_attribute agent[] = {{"name", BURIN_TEXT_ATTRIBUTE, false, NULL}, {"speed", BURIN_INT_ATTRIBUTE, false, NULL}};
    burin_type                   type;
    l->store    = burin_store_new(&(burin_store_options){.allocator = &failing}, NULL);
    l->registry = l->store ? burin_registry_new(&(burin_registry_options){.allocator = &failing, .store = l->store}, NULL) : NULL;
    l->heap     = burin_heap_new(&failing);
    l->env      = l->registry ? granted(l) : NULL;
    l->outer    = l->env ? granted(l) : NULL;
    if (!l->outer || !l->heap)
        return BURIN_ERR_NOMEM;
    burin_status status = burin_store_define(l->store, "Agent", agent, 2, &type, NULL);
    if (status == BURIN_OK)
        status = burin_register_script(l->registry, l->env,
                                       &(burin_declaration){.name = "staff.hire", .signature = "name: text, many: int = 20 -> {Agent}", .effect = BURIN_EFFECT_CREATES},
                                       (burin_text){source, sizeof source - 1}, hire, &l->err);
    return status ? status : burin_env_grant(l->outer, *hire, NULL);
}

static burin_status call_from_c(life *l, const burin_callable *hire)
{
    burin_item   name   = burin_item_value(burin_string_borrow("ann", 3));
    uint64_t     before = commits(l);
    burin_result result;
    burin_status status = burin_invoke(hire, &name, 1, &(burin_invoke_options){.heap = l->heap}, &result, &l->err);
    assert_int_equal(commits(l), before + (status == BURIN_OK));
    assert_int_equal(result.count, status ? 0 : 3);
    burin_result_clear(l->registry, &result);
    return status;
}

static burin_status script_in_transaction(life *l)
{
    uint64_t           before = commits(l);
    burin_interpreter *in     = burin_interpreter_new(l->outer, &l->err);
    burin_txn         *txn    = in ? burin_txn_begin(l->store, &l->err) : NULL;
    burin_status       status = BURIN_ERR_NOMEM;
    if (txn) {
        burin_interpreter_set_txn(in, txn);
        status = burin_interpreter_run(in, (burin_text){work, sizeof work - 1}, NULL, NULL, &l->err);
        burin_interpreter_set_txn(in, NULL);
        if (status)
            burin_txn_abort(txn);
        else
            status = burin_txn_commit(txn, NULL, NULL, &l->err);
    }
    assert_int_equal(commits(l), before + (status == BURIN_OK));
    burin_interpreter_free(in);
    return status;
}

static burin_status calls_by_a_pool(life *l, const burin_callable *hire)
{
    burin_item    args[] = {burin_item_value(burin_string_borrow("bob", 3)), burin_item_value(burin_int(1))};
    uint64_t      before = commits(l);
    burin_future *future = NULL;
    burin_pool   *pool   = burin_pool_new(&(burin_pool_options){.allocator = &failing, .threads = 1}, &l->err);
    burin_status  status = pool ? burin_pool_start(pool, hire, args, 2, NULL, &future, &l->err) : BURIN_ERR_NOMEM;
    if (status == BURIN_OK) {
        status = burin_future_wait(future, -1, NULL, &l->err);
        burin_future_free(future);
    }
    burin_pool_free(pool);
    assert_int_equal(commits(l), before + (status == BURIN_OK));
    return status;
}

static burin_status live(life *l)
{
    const burin_callable *hire   = NULL;
    burin_status          status = prepare(l, &hire);
    if (status == BURIN_OK)
        status = call_from_c(l, hire);
    if (status == BURIN_OK)
        status = script_in_transaction(l);
    return status ? status : calls_by_a_pool(l, hire);
}

static void scenario(void)
{
    life         l      = {.err = BURIN_ERROR_INIT};
    burin_status status = live(&l);
    if (status) {
        assert_int_equal(status, BURIN_ERR_NOMEM);
        assert_true(oom.failed);
    }
    oom.fail_at = 0;
    burin_error_clear(&l.err);
    burin_registry_free(l.registry);
    burin_env_unref(l.outer);
    burin_env_unref(l.env);
    burin_heap_free(l.heap);
    burin_store_free(l.store);
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    fail_every_allocation(scenario, 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
