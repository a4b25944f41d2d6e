/* Versions and types as bytes. See pack.h; back to versions in replay.c. */
#include "runtime/store/pack.h"

/* ---- numbers and texts ---- */

/* Seven bits a byte, lowest first; the top bit says that more follow. */
void es_put_number(buf *out, uint64_t n)
{
    char     bytes[10];
    unsigned len = 0;
    for (; n >= 128; n >>= 7)
        bytes[len++] = (char)(n | 128);
    bytes[len++] = (char)n;
    buf_append(out, bytes, len);
}

void es_put_text(buf *out, burin_text text)
{
    es_put_number(out, text.len);
    if (text.len)
        buf_append(out, text.data, text.len);
}

/* Small numbers of either sign are short. */
static void put_signed(buf *out, int64_t n) { es_put_number(out, (uint64_t)n << 1 ^ (uint64_t)(n >> 63)); }

uint64_t es_take_number(es_unpacker *u, uint64_t most)
{
    uint64_t n = 0;
    for (unsigned shift = 0; shift < 64 && u->at < u->end; shift += 7) {
        uint8_t byte = (uint8_t)*u->at++;
        n |= (uint64_t)(byte & 127) << shift;
        if (!(byte & 128)) {
            u->bad |= n > most;
            return u->bad ? 0 : n;
        }
    }
    u->bad = true;
    return 0;
}

burin_text es_take_text(es_unpacker *u)
{
    uint64_t   len  = es_take_number(u, (uint64_t)(u->end - u->at));
    burin_text text = {u->at, (size_t)len};
    if (len > (uint64_t)(u->end - u->at)) {
        u->bad = true;
        return (burin_text){u->at, 0};
    }
    u->at += len;
    return text;
}

/* ---- states ---- */

static void put_children(buf *out, burin_attribute_kind kind, const es_list *list)
{
    uint32_t count = list ? list->count : 0;
    es_put_number(out, count);
    for (uint32_t n = 0; n < count; n++) {
        es_put_number(out, list->ids[n]);
        if (kind == BURIN_CHILD_DICT_ATTRIBUTE)
            es_put_text(out, es_key_at(es_key_offsets(list), count, n));
    }
}

static void put_cell(const burin_store *s, buf *out, burin_attribute_kind kind, uint64_t cell)
{
    const void     *block = es_is_block(kind) && cell ? es_at(&s->memory, (es_ref)cell) : NULL;
    const es_bytes *bytes = block;
    switch (kind) {
    case BURIN_INT_ATTRIBUTE:
        put_signed(out, (int64_t)cell);
        return;
    case BURIN_FLOAT_ATTRIBUTE:
        buf_append(out, (const char *)&cell, sizeof cell);
        return;
    case BURIN_TEXT_ATTRIBUTE:
    case BURIN_DATA_ATTRIBUTE:
        es_put_text(out, bytes ? (burin_text){bytes->data, bytes->len} : (burin_text){NULL, 0});
        return;
    case BURIN_CHILD_LIST_ATTRIBUTE:
    case BURIN_CHILD_DICT_ATTRIBUTE:
    case BURIN_CHILD_SET_ATTRIBUTE:
        put_children(out, kind, block);
        return;
    default: /* BOOL, REF, CHILD */
        es_put_number(out, cell);
    }
}

static void put_state(const burin_store *s, buf *out, const es_record *r)
{
    const es_type    *type    = es_type_at(s, r->type);
    const es_origins *origins = r->origins ? es_at(&s->memory, r->origins) : NULL;
    es_put_number(out, r->type);
    es_put_number(out, r->owner);
    es_put_number(out, r->field);
    es_put_number(out, r->nulls);
    for (uint32_t n = 0; n < type->count; n++)
        put_cell(s, out, type->attributes[n].kind, r->cells[n]);
    es_put_number(out, origins ? origins->count : 0);
    for (uint32_t n = 0; origins && n < origins->count; n++) {
        const es_origin *o = &origins->items[n];
        es_put_number(out, o->attribute);
        es_put_number(out, o->source);
        es_put_number(out, o->tree);
        es_put_number(out, o->version);
        es_put_number(out, o->source_attribute);
    }
}

/* ---- versions ---- */

typedef struct packing {
    const burin_store *store;
    buf               *out;
    uint32_t           version, last_id;
} packing;

static int pack_pair(void *user, uint32_t id, es_ref old, es_ref new_)
{
    packing         *p = user;
    const es_record *a = es_record_at(p->store, old), *b = es_record_at(p->store, new_);
    bool             whole = b && (!a || es_compare(p->store, a, b).what != BURIN_TOUCHED);
    es_put_number(p->out, id - p->last_id);
    es_put_number(p->out, !b ? ES_PACKED_REMOVED : whole ? ES_PACKED_STATE : ES_PACKED_TOUCHED);
    if (b)
        es_put_number(p->out, p->version - b->version);
    if (whole)
        put_state(p->store, p->out, b);
    p->last_id = id;
    return 0;
}

/* What the change list names; the same as the difference of the indexes, but without looking for it. */
static void pack_listed(packing *p, const es_version *entry)
{
    const burin_store *s       = p->store;
    const es_changes  *changes = entry->changes ? es_at(&s->memory, entry->changes) : NULL;
    for (uint32_t n = 0; changes && n < changes->count; n++) {
        const es_change *c    = &changes->items[n];
        const es_record *r    = es_record_at(s, es_index_get(&s->memory, entry->index, c->id));
        bool             gone = c->what == BURIN_REMOVED || !r;
        es_put_number(p->out, c->id - p->last_id);
        es_put_number(p->out, gone ? ES_PACKED_REMOVED : c->what == BURIN_TOUCHED ? ES_PACKED_TOUCHED : ES_PACKED_STATE);
        if (!gone)
            es_put_number(p->out, p->version - r->version);
        if (!gone && c->what != BURIN_TOUCHED)
            put_state(s, p->out, r);
        p->last_id = c->id;
    }
}

void es_pack_version(const burin_store *s, const es_kept *kept, buf *out)
{
    packing p = {.store = s, .out = out, .version = kept->version};
    es_put_number(out, kept->entry->root);
    if (kept->adjacent)
        pack_listed(&p, kept->entry);
    else
        es_index_differ(&s->memory, kept->before ? kept->before->index : (es_index){0}, kept->entry->index, pack_pair, &p);
}

/* ---- types ---- */

void es_pack_type(const es_type *type, buf *out)
{
    es_put_text(out, (burin_text){type->name, strlen(type->name)});
    es_put_number(out, type->count);
    for (uint32_t n = 0; n < type->count; n++) {
        const burin_attribute *a     = &type->attributes[n];
        const char            *wants = a->entity_type ? a->entity_type : "";
        es_put_text(out, (burin_text){a->name, strlen(a->name)});
        es_put_number(out, a->kind);
        es_put_number(out, a->optional);
        es_put_text(out, (burin_text){wants, strlen(wants)});
    }
}

/* Texts as NUL-terminated names in a scratch arena; NULL when memory is out or they hold a NUL. */
static const char *take_name(es_unpacker *u, arena *scratch)
{
    burin_text text = es_take_text(u);
    u->bad |= text.len && memchr(text.data, 0, text.len) != NULL;
    return u->bad ? NULL : arena_copy(scratch, text);
}

burin_status es_unpack_type(burin_store *s, burin_text bytes, burin_error *err)
{
    es_unpacker     u       = {bytes.data, bytes.data + bytes.len, false};
    arena           scratch = arena_make(&s->alloc);
    burin_attribute attributes[BURIN_ATTRIBUTES_MAX];
    burin_type      made;
    const char     *name  = take_name(&u, &scratch);
    uint32_t        count = (uint32_t)es_take_number(&u, BURIN_ATTRIBUTES_MAX);
    bool            whole = name != NULL;
    for (uint32_t n = 0; n < count && !u.bad && whole; n++) {
        burin_attribute *a = &attributes[n];
        a->name            = take_name(&u, &scratch);
        a->kind            = (burin_attribute_kind)es_take_number(&u, BURIN_ATTRIBUTE_KIND_COUNT - 1);
        a->optional        = es_take_number(&u, 1) != 0;
        a->entity_type     = take_name(&u, &scratch);
        whole              = a->name && a->entity_type;
        if (whole && !*a->entity_type)
            a->entity_type = NULL;
    }
    burin_status status = !whole && !u.bad         ? es_fail(err, BURIN_ERR_NOMEM, "out of memory")
                          : u.bad || u.at != u.end ? es_fail(err, BURIN_ERR_DATA, "a stored type is damaged")
                                                   : es_define(s, name, attributes, count, true, &made, err);
    arena_deinit(&scratch);
    return status;
}
