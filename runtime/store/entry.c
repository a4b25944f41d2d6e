/* Entries, as they stand in a queue and in the rows of a database. See backend.h. */
#include "runtime/store/backend.h"
#include "runtime/store/txn.h"

es_entry *es_next_entry(const buf *entries, size_t *at)
{
    if (*at == entries->len)
        return NULL;
    es_entry   *entry = (es_entry *)(void *)(entries->data + *at);
    const char *note  = (const char *)(entry + 1);
    *at += entry->size;
    if (entry->kind == ES_ENTRY_VERSION || entry->kind == ES_ENTRY_TYPE) {
        entry->as.version.note   = (burin_text){note, entry->note_len};
        entry->as.version.states = (burin_text){note + entry->note_len, entry->states_len};
    }
    return entry;
}

int64_t es_sum(burin_text bytes)
{
    uint64_t sum = 0xcbf29ce484222325u;
    for (size_t n = 0; n < bytes.len; n++)
        sum = (sum ^ (uint8_t)bytes.data[n]) * 0x100000001b3u;
    return (int64_t)sum;
}

es_contents es_contents_of(const buf *entries)
{
    es_contents     all = {ES_ID_BLOCK, 1, 0, 0};
    const es_entry *entry;
    size_t          at = 0;
    while ((entry = es_next_entry(entries, &at))) {
        int64_t tree = entry->kind == ES_ENTRY_TREE ? entry->as.tree.tree : 0, id = entry->kind == ES_ENTRY_VERSION ? entry->as.version.last_id : 0;
        all.next_tree = tree >= all.next_tree ? tree + 1 : all.next_tree;
        all.next_id   = id >= all.next_id ? (id / ES_ID_BLOCK + 1) * ES_ID_BLOCK : all.next_id;
        all.types += entry->kind == ES_ENTRY_TYPE;
        all.keeps += entry->kind == ES_ENTRY_VERSION ? entry->as.version.keeps : 0;
    }
    return all;
}

/* The numbers a row begins with; false: one cannot be so. any: the place of the one that may be. */
static bool take_numbers(const es_row *row, int64_t *n, int count, int any)
{
    bool fits = true;
    for (int k = 0; k < count; k++) {
        n[k] = row->number(row->row, k);
        fits &= k == any || (n[k] >= 0 && n[k] <= UINT32_MAX);
    }
    return fits;
}

bool es_row_entry(const es_row *row, es_entry_kind kind, es_entry *entry)
{
    int64_t n[6];
    bool    fits;
    *entry = (es_entry){.kind = kind};
    if (kind == ES_ENTRY_TYPE) {
        fits              = take_numbers(row, n, 1, -1);
        entry->as.version = (es_logged_version){.version = (uint32_t)n[0], .states = row->text(row->row, 1)};
        return fits;
    }
    if (kind == ES_ENTRY_TREE) {
        fits           = take_numbers(row, n, 5, 4);
        entry->as.tree = (es_logged_tree){(uint32_t)n[0], (uint32_t)n[1], (uint32_t)n[2], {(uint32_t)n[3], n[4]}};
        return fits;
    }
    fits              = take_numbers(row, n, 6, 5);
    entry->as.version = (es_logged_version){(uint32_t)n[0], (uint32_t)n[1], (uint32_t)n[2], (uint32_t)n[3], (uint64_t)n[4], n[5],
                                            row->text(row->row, 6), row->text(row->row, 7)};
    int64_t before    = row->number(row->row, 9);
    entry->before     = (uint32_t)before;
    entry->writer     = row->number(row->row, 10);
    return fits && before >= 0 && before <= UINT32_MAX && es_sum(entry->as.version.states) == row->number(row->row, 8);
}
