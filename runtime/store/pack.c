/* Versions and types as bytes. See pack.h; back to versions in replay.c. */
#include "runtime/store/pack.h"
#include "runtime/store/children.h"

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

static void put_child(buf *out, uint32_t id, bool keyed, burin_text key)
{
    es_put_number(out, id);
    if (keyed)
        es_put_text(out, key);
}

static void put_children(const burin_store *s, buf *out, es_ref list, bool keyed, unsigned shift)
{
    burin_children held;
    es_part_children(&s->memory, es_list_part(&s->memory, list), keyed, &held);
    es_put_number(out, (uint64_t)held.count << shift);
    for (size_t n = 0; n < held.count; n++)
        put_child(out, burin_children_id(&held, n), keyed, burin_children_key(&held, n));
}

typedef struct packed_edits {
    buf  *out; /* NULL: count them only */
    bool  keyed;
    uint32_t count;
} packed_edits;

static void put_edit(void *user, const es_edit *edit)
{
    packed_edits *p = user;
    p->count++;
    if (!p->out)
        return;
    es_put_number(p->out, edit->keep);
    es_put_number(p->out, edit->drop);
    es_put_number(p->out, edit->insert);
    for (uint32_t n = 0; n < edit->insert; n++)
        put_child(p->out, edit->inserted[n].id, p->keyed, edit->inserted[n].key);
}

/* What leads from one list to another. */
static void put_edits(const burin_store *s, buf *out, es_ref old, es_ref list, uint32_t seen, bool keyed)
{
    packed_edits counted = {NULL, keyed, 0}, written = {out, keyed, 0};
    bool         good    = es_children_edits(s, old, list, seen, keyed, put_edit, &counted);
    es_put_number(out, (uint64_t)counted.count << 1 | 1);
    out->failed |= !(good && es_children_edits(s, old, list, seen, keyed, put_edit, &written));
}

static bool is_tree(const burin_store *s, uint64_t cell) { return cell && ((const es_list *)es_at(&s->memory, (es_ref)cell))->level > 0; }

/* Whether a state is best told by what has changed in a list: one of many. */
static bool has_large_lists(const burin_store *s, const es_record *old, const es_record *r)
{
    const es_type *type = es_type_at(s, r->type);
    uint64_t       lists = type->blocks & type->children;
    for (uint32_t n = 0; lists && n < type->count; n++) {
        if ((lists >> n) & 1 && (is_tree(s, old->cells[n]) || is_tree(s, r->cells[n])))
            return true;
    }
    return false;
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
    default: /* BOOL, REF, CHILD */
        es_put_number(out, cell);
    }
}

/* old: what it differs from, where lists are told so; NULL: whole. seen: the commit of that. */
static void put_state(const burin_store *s, buf *out, const es_record *r, const es_record *old, uint32_t seen)
{
    const es_type    *type    = es_type_at(s, r->type);
    const es_origins *origins = r->origins ? es_at(&s->memory, r->origins) : NULL;
    es_put_number(out, r->type);
    es_put_number(out, r->owner);
    es_put_number(out, r->field);
    es_put_number(out, r->nulls);
    for (uint32_t n = 0; n < type->count; n++) {
        burin_attribute_kind kind  = type->attributes[n].kind;
        bool                 keyed = kind == BURIN_CHILD_DICT_ATTRIBUTE;
        if (!es_is_owning(kind) || kind == BURIN_CHILD_ATTRIBUTE)
            put_cell(s, out, kind, r->cells[n]);
        else if (old && (is_tree(s, old->cells[n]) || is_tree(s, r->cells[n])))
            put_edits(s, out, (es_ref)old->cells[n], (es_ref)r->cells[n], seen, keyed);
        else
            put_children(s, out, (es_ref)r->cells[n], keyed, old != NULL);
    }
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
    const es_version  *before;
    uint32_t           version, last_id;
} packing;

/* One entity: gone (b is NULL), new (a is NULL), touched, or as it is. */
static void pack_one(packing *p, uint32_t id, const es_record *a, const es_record *b, bool touched)
{
    bool           changed = b && a && !touched && has_large_lists(p->store, a, b);
    es_packed_kind kind    = !b ? ES_PACKED_REMOVED : touched ? ES_PACKED_TOUCHED : changed ? ES_PACKED_CHANGED : ES_PACKED_STATE;
    es_put_number(p->out, id - p->last_id);
    es_put_number(p->out, kind);
    if (b)
        es_put_number(p->out, p->version - b->version);
    if (b && !touched)
        put_state(p->store, p->out, b, changed ? a : NULL, p->before ? p->before->index.seq : 0);
    p->last_id = id;
}

static int pack_pair(void *user, uint32_t id, es_ref old, es_ref new_)
{
    packing         *p = user;
    const es_record *a = es_record_at(p->store, old), *b = es_record_at(p->store, new_);
    pack_one(p, id, a, b, a && b && es_compare(p->store, a, b).what == BURIN_TOUCHED);
    return 0;
}

/* What the change list names; the same as the difference of the indexes, but without looking for it. */
static void pack_listed(packing *p, const es_version *entry)
{
    const burin_store *s       = p->store;
    const es_changes  *changes = entry->changes ? es_at(&s->memory, entry->changes) : NULL;
    es_index           none    = {0};
    for (uint32_t n = 0; changes && n < changes->count; n++) {
        const es_change *c   = &changes->items[n];
        const es_record *now = es_record_at(s, c->what == BURIN_REMOVED ? 0 : es_index_get(&s->memory, entry->index, c->id));
        const es_record *old = es_record_at(s, es_index_get(&s->memory, p->before ? p->before->index : none, c->id));
        pack_one(p, c->id, old, now, c->what == BURIN_TOUCHED);
    }
}

void es_pack_version(const burin_store *s, const es_kept *kept, buf *out)
{
    packing p = {.store = s, .out = out, .before = kept->before, .version = kept->version};
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
