/* JSON as a store, and as a tree: what is read must be a tree at every version, and come out and in again as the same text. */
#include <burin/burin.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static burin_store *read_store(burin_text json, char **out, size_t *len)
{
    burin_store  *store  = burin_store_new(&(burin_store_options){.memory_limit = 1 << 24}, NULL);
    burin_error   err    = BURIN_ERROR_INIT;
    burin_status  status = burin_store_import(store, json, &err);
    burin_reader *reader = burin_reader_new(store);
    *out                 = NULL;
    burin_reader_pin(reader);
    if (status == BURIN_OK && burin_store_export(reader, out, len, NULL))
        abort();
    burin_reader_free(reader);
    burin_error_clear(&err);
    return store;
}

static void read_tree(burin_store *store, burin_text json)
{
    burin_txn   *t = burin_txn_begin(store, NULL);
    burin_entity root;
    burin_error  err = BURIN_ERROR_INIT;
    if (burin_tree_import(t, json, &root, &err) == BURIN_OK && burin_txn_promote(t, root, NULL))
        abort();
    burin_status status = burin_txn_commit(t, NULL, NULL, &err);
    if (status && status != BURIN_ERR_LIMIT)
        abort();
    burin_error_clear(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    burin_text json = {(const char *)data, size};
    char      *first, *second;
    size_t     len, second_len;
    burin_store *store = read_store(json, &first, &len);
    read_tree(store, json);
    burin_store_free(store);
    if (first) {
        store = read_store((burin_text){first, len}, &second, &second_len);
        if (!second || second_len != len || memcmp(first, second, len))
            abort();
        burin_store_free(store);
        free(second);
    }
    free(first);
    return 0;
}
