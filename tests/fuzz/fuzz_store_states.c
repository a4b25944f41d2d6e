/* The packed states of a version, as they are kept in files and databases: whatever is read as the next version of a store with large lists of children is a
 * tree at every version, and says the same when it is packed again. */
#include "burin/durable.h"
#include "runtime/store/pack.h"
#include "runtime/store/replay.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHILDREN = 150 };

static burin_status add_children(burin_txn *t, burin_entity root)
{
    burin_entity child;
    char         key[12];
    burin_status status = BURIN_OK;
    for (int n = 0; n < 3 * CHILDREN && !status; n++) {
        status = burin_txn_create(t, 1, &child, NULL);
        if (!status)
            status = burin_txn_attach(t, child, root, 1 + n / CHILDREN, BURIN_END, (burin_text){key, (size_t)snprintf(key, sizeof key, "k%d", n)}, NULL);
    }
    return status;
}

/* Tree 1: an entity with a list, a dict and a set of 150 children each. */
static burin_store *base(void)
{
    static const burin_attribute attributes[] = {{"name", BURIN_TEXT_ATTRIBUTE, true, NULL}, {"list", BURIN_CHILD_LIST_ATTRIBUTE, false, NULL},
                                                 {"dict", BURIN_CHILD_DICT_ATTRIBUTE, false, NULL}, {"set", BURIN_CHILD_SET_ATTRIBUTE, false, "Thing"},
                                                 {"one", BURIN_CHILD_ATTRIBUTE, false, NULL}, {"data", BURIN_DATA_ATTRIBUTE, true, NULL}};
    burin_store *s = burin_store_new(&(burin_store_options){.memory_limit = 1 << 24}, NULL);
    burin_type   type;
    burin_entity root;
    burin_txn   *t = burin_txn_begin(s, NULL);
    if (burin_store_define(s, "Thing", attributes, 6, &type, NULL) || burin_txn_create(t, type, &root, NULL) || add_children(t, root) ||
        burin_txn_promote(t, root, NULL) || burin_txn_commit(t, &(burin_commit_options){.time_ns = 1}, NULL, NULL))
        abort();
    return s;
}

static burin_status replay(burin_store *s, burin_text states)
{
    es_logged_version version = {.tree = 1, .version = 2, .last_id = 700, .commit = 2, .time_ns = 2, .states = states};
    burin_error       err     = BURIN_ERROR_INIT;
    burin_status      status  = es_replay_version(s, &version, &err);
    burin_error_clear(&err);
    es_replay_commit(s, 2);
    if (burin_store_verify(s, NULL))
        abort();
    return status;
}

static void pack(const burin_store *s, buf *out)
{
    const es_tree *tree = es_tree_at(s, 1);
    es_pack_version(s, &(es_kept){.tree = 1, .version = 2, .last = 1, .adjacent = true, .entry = es_version_entry(s, tree, 2), .before = es_version_entry(s, tree, 1)},
                    out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    burin_store *s = base();
    if (replay(s, (burin_text){(const char *)data, size}) == BURIN_OK) {
        burin_store *again = base();
        buf          first = buf_make(&s->alloc), second = buf_make(&again->alloc);
        pack(s, &first);
        if (replay(again, buf_text(&first)))
            abort();
        pack(again, &second);
        if (first.len != second.len || memcmp(first.data, second.data, first.len) != 0)
            abort();
        buf_deinit(&first);
        buf_deinit(&second);
        burin_store_free(again);
    }
    burin_store_free(s);
    return 0;
}
