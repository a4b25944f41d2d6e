#include "bench/c/data.h"
#include "bench/c/harness.h"

#include <burin/burin.h>

static void *many(size_t count, size_t size)
{
    void *items = calloc(count + 1, size);
    if (!items)
        die("out of memory", NULL);
    return items;
}

/* A copy with slack behind it. */
static text text_from(burin_value value)
{
    burin_text from = burin_text_of(value);
    char      *copy = many(from.len + SLACK, 1);
    memcpy(copy, from.data, from.len);
    return (text){copy, from.len};
}

static text field(burin_value dict, const char *key) { return text_from(burin_get(dict, key)); }

static int int_field(burin_value dict, const char *key)
{
    int64_t n = 0;
    burin_as_int(burin_get(dict, key), &n);
    return (int)n;
}

static double double_field(burin_value dict, const char *key)
{
    double x = 0;
    burin_as_double(burin_get(dict, key), &x);
    return x;
}

static int truth(burin_value v) { return v.kind == BURIN_BOOL && v.as.i; }

/* A list of lists, or of dicts whose values count. */
static table table_from(burin_value rows)
{
    table t     = {NULL, burin_length(rows)};
    row  *made  = many(t.count, sizeof *made);
    int  *cells = many(t.count * burin_length(burin_at(rows, 0)), sizeof *cells);
    for (size_t r = 0; r < t.count; r++) {
        burin_value from = burin_at(rows, r), key, value;
        size_t      at   = 0;
        made[r] = (row){cells, burin_length(from)};
        for (size_t c = 0; c < made[r].count; c++) {
            if (from.kind == BURIN_DICT)
                burin_next(from, &at, &key, &value);
            else
                value = burin_at(from, c);
            int64_t n = 0;
            burin_as_int(value, &n);
            *cells++ = (int)n;
        }
    }
    t.rows = made;
    return t;
}

/* One array of structs from a list: `ITEM` is the element, filled in from `v` by the statement that follows. */
#define EACH(type, list, items, count)                                                                                                 \
    type *items##_made = many(burin_length(list), sizeof(type));                                                                       \
    (count) = burin_length(list);                                                                                                      \
    (items) = items##_made;                                                                                                            \
    for (size_t i = 0; i < burin_length(list); i++)

static void load_inherit(workload *w, burin_value data)
{
    burin_value links = burin_get(data, "page_navigation"), articles = burin_get(data, "articles"), site = burin_get(data, "site");
    const link    *made_links;
    const article *made_articles;
    {
        EACH(link, links, made_links, w->link_count)
        {
            burin_value v      = burin_at(links, i);
            made_links_made[i] = (link){field(v, "href"), field(v, "caption")};
        }
        w->links = made_links;
    }
    {
        EACH(article, articles, made_articles, w->article_count)
        {
            burin_value v = burin_at(articles, i), user = burin_get(v, "user");
            made_articles_made[i] = (article){field(v, "href"), field(v, "title"), {field(user, "href"), field(user, "username")},
                                              field(v, "pub_date"), field(v, "body"), truth(burin_get(v, "published"))};
        }
        w->articles = made_articles;
    }
    w->site_year  = int_field(site, "year");
    w->site_owner = field(site, "owner");
}

static property property_from(burin_value key, burin_value v)
{
    burin_value choices = burin_get(v, "enum");
    property    p       = {text_from(key), field(v, "type"), field(v, "description"), NULL, burin_length(choices)};
    text       *made    = many(p.choice_count, sizeof *made);
    for (size_t i = 0; i < p.choice_count; i++)
        made[i] = text_from(burin_at(choices, i));
    p.choices = made;
    return p;
}

static tool tool_from(burin_value v)
{
    burin_value function = burin_get(v, "function"), parameters = burin_get(function, "parameters");
    burin_value properties = burin_get(parameters, "properties"), required = burin_get(parameters, "required"), key, value;
    tool        t = {field(v, "type"), field(function, "name"), field(function, "description"), field(parameters, "type"),
                     NULL, burin_length(properties), NULL, burin_length(required)};
    property   *made_properties = many(t.property_count, sizeof *made_properties);
    text       *made_required   = many(t.required_count, sizeof *made_required);
    size_t      at = 0;
    for (size_t i = 0; burin_next(properties, &at, &key, &value); i++)
        made_properties[i] = property_from(key, value);
    for (size_t i = 0; i < t.required_count; i++)
        made_required[i] = text_from(burin_at(required, i));
    t.properties = made_properties;
    t.required   = made_required;
    return t;
}

static void load_chat(workload *w, burin_value data)
{
    burin_value messages = burin_get(data, "messages"), tools = burin_get(data, "tools");
    {
        const message *made;
        EACH(message, messages, made, w->message_count)
        {
            burin_value v = burin_at(messages, i);
            made_made[i]  = (message){field(v, "role"), field(v, "content")};
        }
        w->messages = made;
    }
    {
        const tool *made;
        EACH(tool, tools, made, w->tool_count)
        made_made[i] = tool_from(burin_at(tools, i));
        w->tools     = made;
    }
    w->add_generation_prompt = truth(burin_get(data, "add_generation_prompt"));
}

static void load_lists(workload *w, burin_value data)
{
    burin_value teams = burin_get(data, "teams"), fortunes = burin_get(data, "fortunes"), stocks = burin_get(data, "items");
    w->year = int_field(data, "year");
    {
        const team *made;
        EACH(team, teams, made, w->team_count)
        made_made[i] = (team){field(burin_at(teams, i), "name"), int_field(burin_at(teams, i), "score")};
        w->teams     = made;
    }
    {
        const fortune *made;
        EACH(fortune, fortunes, made, w->fortune_count)
        made_made[i] = (fortune){int_field(burin_at(fortunes, i), "id"), field(burin_at(fortunes, i), "message")};
        w->fortunes  = made;
    }
    {
        const stock *made;
        EACH(stock, stocks, made, w->stock_count)
        {
            burin_value v = burin_at(stocks, i);
            made_made[i]  = (stock){field(v, "name"),         field(v, "url"),           field(v, "symbol"),
                                    double_field(v, "price"), double_field(v, "change"), double_field(v, "ratio")};
        }
        w->stocks = made;
    }
}

/* The static page's text comes from its template: 31 pieces around {{ v0 }} ... {{ v29 }}. */
static void load_static(workload *w, burin_value data, const char *folder)
{
    char path[1024], mark[16];
    snprintf(path, sizeof path, "%s/templates/static.jinja", folder);
    size_t      len;
    const char *from = read_file(path, SLACK, &len), *end = from + len;
    for (size_t i = 0; i < 30; i++) {
        snprintf(mark, sizeof mark, "v%zu", i);
        w->values[i] = field(data, mark);
        snprintf(mark, sizeof mark, "{{ v%zu }}", i);
        const char *at = strstr(from, mark);
        if (!at)
            die("the static template has no", mark);
        w->pieces[i] = (text){from, (size_t)(at - from)};
        from         = at + strlen(mark);
    }
    w->pieces[30] = (text){from, (size_t)(end - from)};
}

void workload_load(workload *w, const char *name, const char *folder)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/data/%s.json", folder, name);
    size_t      len;
    char       *json = read_file(path, 0, &len);
    burin_heap *heap = burin_heap_new(NULL);
    burin_value data;
    burin_error err = BURIN_ERROR_INIT;
    if (!heap || burin_json_read(heap, (burin_text){json, len}, false, &data, &err))
        die(path, err.message);
    *w = (workload){0};
    burin_value rows = burin_get(data, "table");
    if (rows.kind == BURIN_LIST)
        w->table = table_from(rows);
    load_lists(w, data);
    load_inherit(w, data);
    load_chat(w, data);
    if (strcmp(name, "static") == 0)
        load_static(w, data, folder);
    burin_heap_free(heap);
    free(json);
}
