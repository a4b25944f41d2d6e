/* An address against a small store: it is read or refused, resolved or refused, alike by a reader and a transaction. */
#include <burin/burin.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static burin_store *small_store(void)
{
    static const burin_attribute attributes[] = {{"a", BURIN_CHILD_LIST_ATTRIBUTE, false, NULL}, {"b", BURIN_CHILD_DICT_ATTRIBUTE, false, NULL},
                                                 {"c", BURIN_REF_ATTRIBUTE, true, NULL},         {"d", BURIN_DATA_ATTRIBUTE, true, NULL}};
    burin_store *store = burin_store_new(NULL, NULL);
    burin_heap  *heap  = burin_heap_new(NULL);
    burin_txn   *t     = burin_txn_begin(store, NULL);
    burin_entity e[3];
    burin_type   type;
    burin_value  value;
    burin_store_define(store, "T", attributes, 4, &type, NULL);
    for (int n = 0; n < 3; n++)
        burin_txn_create(t, type, &e[n], NULL);
    burin_txn_attach(t, e[1], e[0], 0, BURIN_END, (burin_text){NULL, 0}, NULL);
    burin_txn_attach(t, e[2], e[1], 1, BURIN_END, (burin_text){"k", 1}, NULL);
    burin_txn_set(t, e[2], 2, burin_int(e[0].id), NULL);
    burin_json_read(heap, (burin_text){"{\"k\": [1, {\"k\": 2}]}", 20}, false, &value, NULL);
    burin_txn_set(t, e[0], 3, value, NULL);
    burin_txn_promote(t, e[0], NULL);
    burin_txn_commit(t, NULL, NULL, NULL);
    burin_heap_free(heap);
    return store;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    burin_text      text   = {(const char *)data, size};
    burin_store    *store  = small_store();
    burin_reader   *reader = burin_reader_new(store);
    burin_txn      *t      = burin_txn_begin(store, NULL);
    burin_heap     *heap   = burin_heap_new(NULL);
    burin_error     err    = BURIN_ERROR_INIT;
    burin_address   read;
    burin_addressed a, b;
    burin_reader_pin(reader);
    burin_status status = burin_address_read(text, &read, &err);
    if (burin_is_address(text) != (status == BURIN_OK))
        abort();
    burin_status first = burin_reader_resolve(reader, text, heap, &a, &err), second = burin_txn_resolve(t, text, heap, &b, &err);
    if (first != second || (status && first != status))
        abort();
    if (first == BURIN_OK && (a.what != b.what || a.entity.id != b.entity.id || a.attribute != b.attribute || a.inside != b.inside))
        abort();
    burin_error_clear(&err);
    burin_heap_free(heap);
    burin_txn_abort(t);
    burin_reader_free(reader);
    burin_store_free(store);
    return 0;
}
