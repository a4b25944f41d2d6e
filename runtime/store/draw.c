/* Trees and their differences as pictures: Mermaid for Markdown, DOT for Graphviz. See burin/exchange.h. */
#include "burin/exchange.h"
#include "runtime/store/children.h"

#include <stdio.h>
#include <stdlib.h>

enum { VALUE_MAX = 40 }; /* bytes of a value that are shown */

typedef struct drawing {
    const burin_store *store;
    burin_picture      form;
    burin_heap        *heap;
    buf                out;
    es_index           old, now; /* what is drawn; `old` is empty for a tree */
    bool               is_diff, failed;
} drawing;

/* ---- text ---- */

/* Text inside a label's quotes. */
static void put_label(drawing *d, burin_text text)
{
    for (size_t n = 0; n < text.len; n++) {
        char c = text.data[n];
        if ((uint8_t)c < 32 || c == 127)
            buf_append_byte(&d->out, ' ');
        else if (d->form == BURIN_DOT && (c == '"' || c == '\\'))
            buf_append(&d->out, (char[]){'\\', c}, 2);
        else if (d->form == BURIN_MERMAID && strchr("\"<>&#`", c))
            buf_printf(&d->out, "#%d;", c);
        else
            buf_append_byte(&d->out, c);
    }
}

static void put_line_end(drawing *d) { buf_append_z(&d->out, d->form == BURIN_DOT ? "\\n" : "<br/>"); }

static void put_value(drawing *d, const es_record *r, int attribute)
{
    burin_value value;
    size_t      len  = 0;
    char       *text = NULL;
    if (es_cell_value(d->store, es_type_at(d->store, r->type), r->nulls, r->cells, attribute, d->heap, &value, NULL) == BURIN_OK)
        text = burin_repr(value, &len);
    d->failed |= !text;
    size_t shown = text && len > VALUE_MAX ? text_valid_prefix(text, VALUE_MAX) : len;
    if (text)
        put_label(d, (burin_text){text, shown});
    if (shown < len)
        buf_append_z(&d->out, "\xe2\x80\xa6");
    free(text);
    burin_heap_clear(d->heap);
}

/* ---- entities ---- */

static bool is_plain(const es_type *type, uint32_t n)
{
    return !((type->children >> n) & 1) && type->attributes[n].kind != BURIN_REF_ATTRIBUTE;
}

/* The attributes that say something: of a tree those that are set, of a difference those that differ. */
static void put_attributes(drawing *d, const es_record *old, const es_record *now, uint64_t differ)
{
    const es_record *r    = now ? now : old;
    const es_type   *type = es_type_at(d->store, r->type);
    for (uint32_t n = 0; n < type->count; n++) {
        bool both = old && now && d->is_diff;
        if (!is_plain(type, n) || (both && !((differ >> n) & 1)) || (!both && (((r->nulls >> n) & 1) || r->cells[n] == 0)))
            continue;
        put_line_end(d);
        buf_printf(&d->out, "%s: ", type->attributes[n].name);
        if (both) {
            put_value(d, old, (int)n);
            buf_append_z(&d->out, " \xe2\x86\x92 ");
        }
        put_value(d, r, (int)n);
    }
}

static const char *const names[]  = {"added", "removed", "moved", "modified", "touched"};
static const char *const colors[] = {"#d4f4d4", "#f4d4d4", "#d4e4f8", "#f8f0c8", "#f0f0f0"};

static void put_entity(drawing *d, uint32_t id, const es_record *old, const es_record *now)
{
    const es_record *r      = now ? now : old;
    es_change        change = es_compare(d->store, old, now);
    buf_printf(&d->out, d->form == BURIN_DOT ? "  e%u [label=\"%s @%u" : "  e%u[\"%s @%u", id, es_type_at(d->store, r->type)->name, id);
    put_attributes(d, old, now, change.attributes);
    if (d->form == BURIN_DOT && d->is_diff)
        buf_printf(&d->out, "\", class=\"%s\", fillcolor=\"%s\"];\n", names[change.what], colors[change.what]);
    else if (d->form == BURIN_DOT)
        buf_append_z(&d->out, "\"];\n");
    else if (d->is_diff)
        buf_printf(&d->out, "\"]:::%s\n", names[change.what]);
    else
        buf_append_z(&d->out, "\"]\n");
}

/* ---- arrows ---- */

typedef enum arrow { OWNED, WAS_OWNED, REFERS } arrow;

static void put_arrow(drawing *d, uint32_t from, uint32_t to, arrow how, burin_text attribute, const char *place, burin_text key)
{
    static const char *const mermaid[] = {"-->", "-.-x", "-.->"}, *const dot[] = {"", ", style=dotted, arrowhead=tee", ", style=dashed"};
    if (d->form == BURIN_DOT)
        buf_printf(&d->out, "  e%u -> e%u [label=\"", from, to);
    else
        buf_printf(&d->out, "  e%u %s|\"", from, mermaid[how]);
    put_label(d, attribute);
    put_label(d, (burin_text){place, strlen(place)});
    put_label(d, key);
    if (d->form == BURIN_DOT)
        buf_printf(&d->out, "\"%s];\n", dot[how]);
    else
        buf_printf(&d->out, "\"| e%u\n", to);
}

/* The arrow to child `n` of an attribute. */
static void put_child(drawing *d, const es_record *r, const burin_attribute *a, burin_children *held, size_t n, arrow how)
{
    char place[24] = "";
    if (a->kind == BURIN_CHILD_LIST_ATTRIBUTE)
        snprintf(place, sizeof place, "[%zu]", n);
    else if (a->kind == BURIN_CHILD_DICT_ATTRIBUTE)
        snprintf(place, sizeof place, ".");
    put_arrow(d, r->id, burin_children_id(held, n), how, (burin_text){a->name, strlen(a->name)}, place, burin_children_key(held, n));
}

/* The arrow to an entity from the owner that it names, which may be gone. */
static void put_owner_arrow(drawing *d, es_index index, const es_record *child, arrow how)
{
    const es_record *r = es_record_at(d->store, es_index_get(&d->store->memory, index, child->owner));
    burin_children   held;
    if (!r || es_cell_children(d->store, es_type_at(d->store, r->type), r->cells, child->field, &held, NULL))
        return;
    size_t n = 0;
    while (n < held.count && burin_children_id(&held, n) != child->id)
        n++;
    if (n < held.count)
        put_child(d, r, &es_type_at(d->store, r->type)->attributes[child->field], &held, n, how);
}

/* The arrows from what a record holds or refers to. */
static void put_arrows(drawing *d, const es_record *r)
{
    const es_type *type = es_type_at(d->store, r->type);
    for (int n = 0; (uint32_t)n < type->count; n++) {
        const burin_attribute *a    = &type->attributes[n];
        burin_text             name = {a->name, strlen(a->name)}, none = {"", 0};
        burin_children         held;
        if (a->kind == BURIN_REF_ATTRIBUTE && r->cells[n] && es_index_get(&d->store->memory, d->now, (uint32_t)r->cells[n]))
            put_arrow(d, r->id, (uint32_t)r->cells[n], REFERS, name, "", none);
        if (!((type->children >> n) & 1))
            continue;
        es_cell_children(d->store, type, r->cells, n, &held, NULL);
        for (size_t c = 0; c < held.count; c++)
            put_child(d, r, a, &held, c, OWNED);
    }
}

/* ---- pictures ---- */

static void begin(drawing *d)
{
    if (d->form == BURIN_DOT) {
        buf_append_z(&d->out, d->is_diff ? "digraph diff {\n  node [shape=box, style=\"rounded,filled\"];\n"
                                         : "digraph tree {\n  node [shape=box, style=rounded];\n");
        return;
    }
    buf_append_z(&d->out, "flowchart TD\n");
    for (size_t n = 0; d->is_diff && n < sizeof names / sizeof *names; n++)
        buf_printf(&d->out, "  classDef %s fill:%s\n", names[n], colors[n]);
}

static int draw_entity(void *user, uint32_t id, es_ref old, es_ref now)
{
    drawing *d = user;
    put_entity(d, id, es_record_at(d->store, old), es_record_at(d->store, now));
    return d->failed || d->out.failed;
}

/* Of a tree all arrows; of a difference the one to the entity, and the one there was if it was another. */
static int draw_arrows(void *user, uint32_t id, es_ref old, es_ref now)
{
    drawing         *d = user;
    (void)id;
    const es_record *was = es_record_at(d->store, old), *is = es_record_at(d->store, now);
    if (!d->is_diff) {
        put_arrows(d, is);
        return d->out.failed;
    }
    bool left = was && (!is || is->owner != was->owner || is->field != was->field);
    if (left && was->owner)
        put_owner_arrow(d, d->old, was, WAS_OWNED);
    if (is && is->owner)
        put_owner_arrow(d, d->now, is, OWNED);
    return d->out.failed;
}

static burin_status draw(drawing *d, char **out, size_t *len, burin_error *err)
{
    if (d->form != BURIN_MERMAID && d->form != BURIN_DOT)
        return es_fail(err, BURIN_ERR_USAGE, "there is no form %d of pictures: BURIN_MERMAID or BURIN_DOT", (int)d->form);
    d->heap = burin_heap_new(&d->store->alloc);
    d->out  = buf_make(&base_malloc_allocator);
    begin(d);
    d->failed |= !d->heap || es_index_differ(&d->store->memory, d->old, d->now, draw_entity, d) ||
                 es_index_differ(&d->store->memory, d->old, d->now, draw_arrows, d);
    if (d->form == BURIN_DOT)
        buf_append_z(&d->out, "}\n");
    buf_append_byte(&d->out, '\0');
    char *exact = d->failed || d->out.failed ? NULL : malloc(d->out.len);
    if (exact) {
        *out = memcpy(exact, d->out.data, d->out.len);
        *len = d->out.len - 1;
    }
    buf_deinit(&d->out);
    burin_heap_free(d->heap);
    return exact ? BURIN_OK : es_fail(err, BURIN_ERR_NOMEM, "out of memory");
}

burin_status burin_tree_draw(const burin_reader *reader, uint32_t tree, uint32_t version, burin_picture form, char **out, size_t *len, burin_error *err)
{
    es_version  *entry;
    burin_status status = es_find_version(reader->store, reader->snapshot, tree, &version, &entry, err);
    if (status)
        return status;
    return draw(&(drawing){.store = reader->store, .form = form, .now = entry->index}, out, len, err);
}

burin_status burin_diff_draw(const burin_reader *reader, uint32_t old_tree, uint32_t old_version, uint32_t new_tree, uint32_t new_version,
                             burin_picture form, char **out, size_t *len, burin_error *err)
{
    es_version  *old, *now;
    burin_status status = es_find_version(reader->store, reader->snapshot, old_tree, &old_version, &old, err);
    if (status == BURIN_OK)
        status = es_find_version(reader->store, reader->snapshot, new_tree, &new_version, &now, err);
    if (status)
        return status;
    return draw(&(drawing){.store = reader->store, .form = form, .old = old->index, .now = now->index, .is_diff = true}, out, len, err);
}
