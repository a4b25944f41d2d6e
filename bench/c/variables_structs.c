/* The structs that the hand-written C reads (data.h), described to Burin and read by the same templates where they lie.
 *
 * Pages that need dicts (dicttable asks its rows for values(), chattools writes tools as JSON) are not for structs. */
#include "bench/c/data.h"
#include "bench/c/harness.h"
#include "bench/c/variables.h"

#include <burin/struct.h>

static const burin_field row_fields[]     = {BURIN_ARRAY_OF(row, cells, count)};
static const burin_field team_fields[]    = {BURIN_FIELD(team, name), BURIN_FIELD(team, score)};
static const burin_field fortune_fields[] = {BURIN_FIELD(fortune, id), BURIN_FIELD(fortune, message)};
static const burin_field stock_fields[]   = {BURIN_FIELD(stock, name),  BURIN_FIELD(stock, url),    BURIN_FIELD(stock, symbol),
                                             BURIN_FIELD(stock, price), BURIN_FIELD(stock, change), BURIN_FIELD(stock, ratio)};
static const burin_field link_fields[]    = {BURIN_FIELD(link, href), BURIN_FIELD(link, caption)};
static const burin_field author_fields[]  = {BURIN_FIELD(author, href), BURIN_FIELD(author, username)};
static const burin_field article_fields[] = {BURIN_FIELD(article, href), BURIN_FIELD(article, title), BURIN_NESTED(article, user, "author"),
                                             BURIN_FIELD(article, pub_date), BURIN_FIELD(article, body), BURIN_FIELD(article, published)};
static const burin_field message_fields[] = {BURIN_FIELD(message, role), BURIN_FIELD(message, content)};

typedef struct site { int year; text owner; } site;
static const burin_field site_fields[] = {BURIN_FIELD(site, year), BURIN_FIELD(site, owner)};

static const burin_struct structs[] = {
    BURIN_DESCRIBE_ARRAY(row, "row", row_fields),     BURIN_DESCRIBE(team, "team", team_fields),       BURIN_DESCRIBE(fortune, "fortune", fortune_fields),
    BURIN_DESCRIBE(stock, "stock", stock_fields),     BURIN_DESCRIBE(link, "link", link_fields),       BURIN_DESCRIBE(author, "author", author_fields),
    BURIN_DESCRIBE(article, "article", article_fields), BURIN_DESCRIBE(message, "message", message_fields), BURIN_DESCRIBE(site, "site", site_fields),
};

typedef struct setting {
    burin_types *types;
    burin_heap  *heap;
    burin_value  vars;
} setting;

static void set(setting *s, const char *name, burin_value value)
{
    if (value.kind == BURIN_MISSING || burin_dict_set_z(s->heap, s->vars, name, value))
        die("cannot set", name);
}

/* An array of structs; nothing where the workload has none. */
static void set_array(setting *s, const char *name, const char *type, const void *data, size_t count)
{
    burin_slice *slice = malloc(sizeof *slice);
    if (!slice)
        die("out of memory", NULL);
    *slice = (burin_slice){data, count};
    if (count)
        set(s, name, burin_structs_value(s->types, type, slice));
}

static void set_site(setting *s, const workload *w)
{
    site *all = malloc(sizeof *all);
    if (!all)
        die("out of memory", NULL);
    *all = (site){w->site_year, w->site_owner};
    set(s, "site", burin_struct_value(s->types, "site", all));
}

burin_value bench_variables(burin_env *env, const char *name, const char *folder)
{
    static workload w;
    char            key[8];
    burin_error     err = BURIN_ERROR_INIT;
    setting         s   = {burin_types_new(structs, sizeof structs / sizeof structs[0], NULL, 0, NULL, &err), burin_heap_new(NULL), burin_missing()};
    if (!s.types || !s.heap || burin_env_set_types(env, s.types))
        die("types", err.message);
    if (strcmp(name, "dicttable") == 0 || strcmp(name, "chattools") == 0)
        die("no structs stand for this workload's dicts", name);
    workload_load(&w, name, folder);
    s.vars = burin_dict(s.heap, 32);
    set_array(&s, "table", "row", w.table.rows, w.table.count);
    set_array(&s, "teams", "team", w.teams, w.team_count);
    set_array(&s, "fortunes", "fortune", w.fortunes, w.fortune_count);
    set_array(&s, "items", "stock", w.stocks, w.stock_count);
    set_array(&s, "page_navigation", "link", w.links, w.link_count);
    set_array(&s, "articles", "article", w.articles, w.article_count);
    set_array(&s, "messages", "message", w.messages, w.message_count);
    set_site(&s, &w);
    set(&s, "year", burin_int(w.year));
    set(&s, "add_generation_prompt", burin_bool(w.add_generation_prompt != 0));
    for (int n = 0; n < 30; n++) {
        snprintf(key, sizeof key, "v%d", n);
        set(&s, key, burin_string_borrow(w.values[n].data, w.values[n].len));
    }
    return s.vars;
}
