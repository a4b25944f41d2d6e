/* Memory runs out at every allocation of an import, an export, and of calls in a pool: what fails says so, and all memory is given back. */
#include "tests/oom/exported.h"

static void is_lack_of_memory(burin_status status)
{
    if (status == BURIN_OK)
        return;
    assert_true(oom.failed);
    assert_int_equal(status, BURIN_ERR_NOMEM);
}

/* ---- import and export ---- */

static const char json[] =
    "{\"burin_store\": 1, \"ids\": 40,"
    " \"types\": [{\"name\": \"Thing\", \"attributes\": [{\"name\": \"name\", \"kind\": \"text\"}, {\"name\": \"children\", \"kind\": \"children\"},"
    " {\"name\": \"data\", \"kind\": \"data\", \"optional\": true}]}],"
    " \"trees\": [{\"tree\": 1}],"
    " \"versions\": [{\"tree\": 1, \"version\": 1, \"commit\": 1, \"time_ns\": 5, \"note\": \"n\", \"root\": 16, \"states\": ["
    "{\"id\": 16, \"written\": 1, \"type\": \"Thing\", \"attributes\": {\"name\": \"root\", \"children\": [17], \"data\": {\"a\": [1, 2.5, \"x\", {\"$tuple\": [1]}]}}},"
    "{\"id\": 17, \"written\": 1, \"type\": \"Thing\", \"attributes\": {\"name\": \"child\", \"children\": []}}]}]}";

/* The trees of a store; a tree that is imported declares its types first, and they stay. To be freed. */
static char *look(burin_store *s) { return exported_from(s, " \"trees\""); }

static const char tree_json[] =
    "{\"burin_tree\": 1, \"types\": [{\"name\": \"Other\", \"attributes\": [{\"name\": \"name\", \"kind\": \"text\"}, {\"name\": \"child\", \"kind\": \"child\", \"optional\": true}]}],"
    " \"tree\": 1, \"version\": 1, \"root\": 5, \"states\": [{\"id\": 5, \"type\": \"Other\", \"attributes\": {\"name\": \"new\", \"child\": 6}},"
    " {\"id\": 6, \"type\": \"Other\", \"attributes\": {\"name\": \"below\"}}]}";

static burin_status import_tree(burin_store *s)
{
    burin_entity root;
    burin_txn   *t      = burin_txn_begin(s, NULL);
    burin_status status = t ? burin_tree_import(t, (burin_text){tree_json, sizeof tree_json - 1}, &root, NULL) : BURIN_ERR_NOMEM;
    if (status == BURIN_OK)
        status = burin_txn_promote(t, root, NULL);
    if (status == BURIN_OK)
        return burin_txn_commit(t, NULL, NULL, NULL);
    if (t)
        burin_txn_abort(t);
    return status;
}

/* An import that fails leaves the store as it was, and is done with memory. */
static void import_tree_twice(burin_store *s)
{
    char        *before = look(s);
    burin_status status = import_tree(s);
    if (status) {
        char *after = look(s);
        is_lack_of_memory(status);
        assert_string_equal(before, after);
        free(after);
        oom.fail_at = 0;
        assert_int_equal(import_tree(s), BURIN_OK);
    }
    free(before);
}

static void write_out(const burin_reader *reader)
{
    char        *out;
    size_t       len;
    burin_status status;
    is_lack_of_memory(status = burin_store_export(reader, &out, &len, NULL));
    if (status == BURIN_OK)
        free(out);
    is_lack_of_memory(status = burin_tree_export(reader, 1, 0, &out, &len, NULL));
    if (status == BURIN_OK)
        free(out);
    for (burin_picture form = BURIN_MERMAID; form <= BURIN_DOT; form++) {
        is_lack_of_memory(status = burin_tree_draw(reader, 1, 0, form, &out, &len, NULL));
        if (status == BURIN_OK)
            free(out);
        is_lack_of_memory(status = burin_diff_draw(reader, 1, 1, 2, 1, form, &out, &len, NULL));
        if (status == BURIN_OK)
            free(out);
    }
}

static void import_and_export(void)
{
    burin_store *s = burin_store_new(&(burin_store_options){.allocator = &failing}, NULL);
    if (!s)
        return;
    burin_error  err    = BURIN_ERROR_INIT;
    burin_status status = burin_store_import(s, (burin_text){json, sizeof json - 1}, &err);
    if (status == BURIN_ERR_DATA)
        fail_msg("%s", err.message);
    burin_error_clear(&err);
    is_lack_of_memory(status);
    if (status) { /* it may hold a part */
        burin_store_free(s);
        return;
    }
    import_tree_twice(s);
    burin_reader *reader = burin_reader_new(s);
    if (reader) {
        burin_reader_pin(reader);
        write_out(reader);
    }
    burin_reader_free(reader);
    burin_store_free(s);
}

/* ---- a pool ---- */

static burin_status twice(burin_invocation *call, const burin_item *args, burin_item *out)
{
    (void)call;
    out->value = burin_int(2 * args[0].value.as.i);
    return BURIN_OK;
}

static void call_in_a_pool(void)
{
    long saved            = oom.fail_at;
    oom.fail_at           = 0;
    burin_registry       *r = burin_registry_new(&(burin_registry_options){.allocator = &failing}, NULL);
    const burin_callable *f;
    burin_register(r, &(burin_declaration){.name = "twice", .signature = "n: int, t: text = 'x' -> int", .body = twice}, &f, NULL);
    oom.fail_at      = saved;
    burin_pool *pool = burin_pool_new(&(burin_pool_options){.allocator = &failing, .threads = 2}, NULL);
    for (int n = 0; pool && n < 6; n++) {
        burin_future       *future = NULL;
        const burin_result *result;
        burin_item          args[] = {burin_item_value(burin_int(n)), burin_item_value(burin_string_borrow("a longer text", 13))};
        burin_status        status = burin_pool_start(pool, f, args, 2, NULL, &future, NULL);
        is_lack_of_memory(status);
        if (status)
            continue;
        is_lack_of_memory(status = burin_future_wait(future, -1, &result, NULL));
        if (status == BURIN_OK)
            assert_int_equal(result->one.item.value.as.i, 2 * n);
        burin_future_free(future);
    }
    burin_pool_free(pool);
    oom.fail_at = 0;
    burin_registry_free(r);
}

static void imports_and_exports(void **state)
{
    (void)state;
    fail_every_allocation(import_and_export, 20);
}

static void pools(void **state)
{
    (void)state;
    fail_every_allocation(call_in_a_pool, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(imports_and_exports), cmocka_unit_test(pools)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
