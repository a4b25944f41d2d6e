/* Stores and trees to JSON. See burin/exchange.h.
 *
 * The text is put together from small values, one a state, each made in a heap that is cleared after it: memory is the text's. */
#include "burin/exchange.h"
#include "runtime/base/diag.h"
#include "runtime/store/plain.h"
#include "runtime/store/replay.h"

#include <stdlib.h>

typedef struct exporter {
    const burin_store *store;
    uint32_t           snapshot;
    burin_heap        *heap;
    buf                out; /* malloc'ed, to be handed over */
    bool               first, failed;
    uint32_t           version;
} exporter;

static void put(exporter *x, burin_value v)
{
    char  *text = NULL;
    size_t len;
    if (v.kind == BURIN_MISSING || burin_json_write(v, -1, &text, &len, NULL))
        x->failed = true;
    else
        buf_append(&x->out, text, len);
    free(text);
    burin_heap_clear(x->heap);
}

/* Items stand on lines of their own. */
static void next_item(exporter *x)
{
    buf_append_z(&x->out, x->first ? "\n  " : ",\n  ");
    x->first = false;
}

static void put_types(exporter *x)
{
    burin_type count = burin_store_type_count(x->store);
    buf_append_z(&x->out, " \"types\": [");
    x->first = true;
    for (burin_type n = 1; n <= count; n++) {
        next_item(x);
        put(x, es_plain_type(x->heap, es_type_at(x->store, n)));
    }
    buf_append_z(&x->out, "],\n");
}

/* ---- states ---- */

static int put_pair(void *user, uint32_t id, es_ref old, es_ref now)
{
    exporter        *x = user;
    const es_record *a = es_record_at(x->store, old), *b = es_record_at(x->store, now);
    bool             touched = a && b && es_compare(x->store, a, b).what == BURIN_TOUCHED;
    next_item(x);
    if (!b || touched) {
        buf_printf(&x->out, "{\"id\": %u, \"%s\": true", id, b ? "touched" : "removed");
    } else {
        put(x, es_plain_state(x->store, x->heap, b));
        if (x->out.len && !x->out.failed)
            x->out.len--; /* the brace, to go on before it */
    }
    if (b && b->version < x->version)
        buf_printf(&x->out, ", \"written\": %u", b->version);
    buf_append_byte(&x->out, '}');
    return x->failed || x->out.failed;
}

static void put_states(exporter *x, const es_version *before, const es_version *entry, uint32_t version)
{
    buf_append_z(&x->out, "\"states\": [");
    x->first   = true;
    x->version = version;
    x->failed |= es_index_differ(&x->store->memory, before ? before->index : (es_index){0}, entry->index, put_pair, x) != 0;
    buf_append_byte(&x->out, ']');
}

/* ---- a store ---- */

static void put_trees(exporter *x, uint32_t trees)
{
    buf_append_z(&x->out, " \"trees\": [");
    x->first = true;
    for (uint32_t n = 1; n <= trees; n++) {
        const es_tree *t = es_tree_at(x->store, n);
        es_version    *entry;
        if (es_head_at(x->store, t, x->snapshot, &entry) == 0)
            continue;
        next_item(x);
        buf_printf(&x->out, "{\"tree\": %u", n);
        if (t->parent_tree)
            buf_printf(&x->out, ", \"parent_tree\": %u, \"parent_version\": %u", t->parent_tree, t->parent_version);
        if (t->retention.last)
            buf_printf(&x->out, ", \"last\": %u", t->retention.last);
        if (t->retention.since_time_ns)
            buf_printf(&x->out, ", \"since_time_ns\": %lld", (long long)t->retention.since_time_ns);
        buf_append_byte(&x->out, '}');
    }
    buf_append_z(&x->out, "],\n");
}

static void put_version(exporter *x, const es_kept *kept)
{
    const es_bytes *note = kept->entry->note ? es_at(&x->store->memory, kept->entry->note) : NULL;
    buf_printf(&x->out, "\n {\"tree\": %u, \"version\": %u, \"commit\": %u, \"time_ns\": %lld, \"root\": %u, ", kept->tree, kept->version,
               kept->entry->index.seq - 1, (long long)kept->entry->time_ns, kept->entry->root);
    if (kept->keeps)
        buf_printf(&x->out, "\"keeps\": %u, ", kept->keeps);
    if (note) {
        buf_append_z(&x->out, "\"note\": ");
        put(x, burin_string_borrow(note->data, note->len));
        buf_append_z(&x->out, ", ");
    }
    put_states(x, kept->before, kept->entry, kept->version);
    buf_append_byte(&x->out, '}');
}

static void put_store(exporter *x)
{
    buf            list = buf_make(&x->store->alloc);
    uint32_t       trees;
    const es_kept *kept;
    x->failed |= !es_list_kept(x->store, x->snapshot, &trees, &list);
    buf_printf(&x->out, "{\"burin_store\": 1, \"ids\": %u,\n", atomic_load(&x->store->next_id) - 1);
    put_types(x);
    put_trees(x, trees);
    buf_append_z(&x->out, " \"versions\": [");
    kept = (const es_kept *)(const void *)list.data;
    for (size_t n = 0; n < list.len / sizeof *kept && !x->failed; n++) {
        if (n)
            buf_append_byte(&x->out, ',');
        put_version(x, &kept[n]);
    }
    buf_append_z(&x->out, "]}\n");
    buf_deinit(&list);
}

/* ---- the interface ---- */

static exporter begin(const burin_reader *reader)
{
    return (exporter){.store = reader->store, .snapshot = reader->snapshot, .heap = burin_heap_new(&reader->store->alloc),
                      .out = buf_make(&base_malloc_allocator)};
}

/* Hand the text over, NUL-terminated. */
static burin_status finish(exporter *x, char **out, size_t *len, burin_error *err)
{
    buf_append_byte(&x->out, '\0');
    char *exact = x->failed || x->out.failed ? NULL : malloc(x->out.len);
    if (exact) {
        *out = memcpy(exact, x->out.data, x->out.len);
        *len = x->out.len - 1;
    }
    buf_deinit(&x->out);
    burin_heap_free(x->heap);
    return exact ? BURIN_OK : es_fail(err, BURIN_ERR_NOMEM, "out of memory");
}

burin_status burin_store_export(const burin_reader *reader, char **out, size_t *len, burin_error *err)
{
    exporter x = begin(reader);
    if (x.heap) {
        pthread_mutex_lock(&reader->store->lock); /* no version is dropped meanwhile */
        put_store(&x);
        pthread_mutex_unlock(&reader->store->lock);
    }
    x.failed |= !x.heap;
    return finish(&x, out, len, err);
}

burin_status burin_reader_state(const burin_reader *reader, burin_entity entity, burin_heap *heap, burin_value *out, burin_error *err)
{
    const es_record *record;
    burin_status     status = es_find(reader->store, reader->snapshot, &entity, &record, err);
    if (status)
        return status;
    *out = es_plain_state(reader->store, heap, record);
    return out->kind == BURIN_MISSING ? es_fail(err, BURIN_ERR_NOMEM, "out of memory") : BURIN_OK;
}

burin_status burin_tree_export(const burin_reader *reader, uint32_t tree, uint32_t version, char **out, size_t *len, burin_error *err)
{
    es_version  *entry;
    burin_status status = es_find_version(reader->store, reader->snapshot, tree, &version, &entry, err);
    if (status)
        return status;
    exporter x = begin(reader);
    if (x.heap) {
        buf_append_z(&x.out, "{\"burin_tree\": 1,\n");
        put_types(&x);
        buf_printf(&x.out, " \"tree\": %u, \"version\": %u, \"root\": %u, ", tree, version, entry->root);
        put_states(&x, NULL, entry, version);
        buf_append_z(&x.out, "}\n");
    }
    x.failed |= !x.heap;
    return finish(&x, out, len, err);
}
