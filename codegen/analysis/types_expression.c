/* Expressions: see types.h. Each node is looked at once, whatever is known of it. */
#include "codegen/analysis/types.h"

#include "runtime/base/nearest.h"

static const known nothing;

bool types_equal(known a, known b) { return a.kind == b.kind && a.layout == b.layout && a.item == b.item; }

/* What `item` reads. */
static known type_of_item(const typer *t, const rt_item *item)
{
    if (item->form == BURIN_FORM_STRUCT)
        return (known){.kind = KNOWN_STRUCT, .layout = &t->types->layouts[item->type]};
    if (item->form == RT_FORM_ARRAY)
        return (known){.kind = KNOWN_ARRAY, .layout = &t->types->layouts[item->type]};
    return nothing;
}

known types_item_of(const typer *t, known container)
{
    if (container.kind == KNOWN_ARRAY)
        return type_of_item(t, &container.layout->item);
    if (container.kind == KNOWN_LIST && container.item)
        return type_of_item(t, container.item);
    if (container.kind == KNOWN_GROUPS)
        return (known){.kind = KNOWN_GROUP, .item = container.item};
    return nothing;
}

/* A list of what the container has. */
static known list_of(known container)
{
    if (container.kind == KNOWN_ARRAY)
        return (known){.kind = KNOWN_LIST, .item = &container.layout->item};
    return container.kind == KNOWN_LIST ? container : nothing;
}

/* ---- members ---- */

static void report(typer *t, const rt_layout *layout, burin_text name, span where, uint32_t line)
{
    nearest search;
    if (t->status)
        return;
    t->status = diag_fail(t->err, BURIN_ERR_ASSERTION, t->src, line, where, "%s%s%s has no member '%.*s'", layout->is_array ? "an " : "struct '", layout->name,
                          layout->is_array ? "" : "'", (int)name.len, name.data);
    if (!nearest_start(&search, name))
        return;
    for (uint32_t n = 0; n < layout->count && !layout->is_array; n++)
        nearest_consider(&search, layout->members[n].name);
    nearest_suggest(&search, t->err);
}

/* A name that every object has, or may have: __class__, or a method of lists. */
static bool is_general(burin_text name) { return name.len >= 2 && name.data[0] == '_' && name.data[1] == '_'; }

static known member_of(typer *t, known object, burin_text name, span where, uint32_t line)
{
    if (is_general(name) || (object.kind != KNOWN_STRUCT && object.kind != KNOWN_ARRAY))
        return nothing;
    const rt_member *member = rt_member_find(object.layout, name, rt_text_hash(name));
    if (member)
        return type_of_item(t, &member->item);
    report(t, object.layout, name, where, line);
    return nothing;
}

/* The last `len` bytes of a node: the name after its dot. */
static span name_span(const ast_node *node, size_t len)
{
    uint32_t start = node->where.end - node->where.start > len ? node->where.end - (uint32_t)len : node->where.start;
    return (span){start, node->where.end};
}

static known attribute(typer *t, ast_Getattr *node)
{
    known object = types_of(t, node->node);
    if (object.kind == KNOWN_GROUP)
        return text_is(node->attr, "list") ? (known){.kind = KNOWN_LIST, .item = object.item} : nothing;
    return member_of(t, object, node->attr, name_span(&node->base, node->attr.len), node->base.line);
}

static known subscript(typer *t, ast_Getitem *node)
{
    known object = types_of(t, node->node);
    types_of(t, node->arg);
    if (node->arg->kind == AST_Slice)
        return list_of(object);
    if (node->arg->kind != AST_Const)
        return object.kind == KNOWN_ARRAY || object.kind == KNOWN_LIST ? types_item_of(t, object) : nothing;
    burin_value key = ast_as(Const, node->arg)->value;
    if (key.kind == BURIN_STRING)
        return member_of(t, object, rt_text_of(key), node->arg->where, node->base.line);
    return key.kind == BURIN_INT ? types_item_of(t, object) : nothing;
}

/* ---- filters ---- */

typedef enum filter_result { GIVES_NOTHING, GIVES_LIST, GIVES_ITEM, GIVES_SAME, GIVES_GROUPS, GIVES_MAPPED } filter_result;

/* Filters that pass their input's items on, and which argument names an attribute of theirs. */
static const struct {
    const char   *name;
    filter_result gives;
    bool          first_is_attribute; /* the first argument, if it has no name, is the attribute */
} filters[] = {
    {"list", GIVES_LIST, false},  {"sort", GIVES_LIST, false},   {"reverse", GIVES_LIST, false}, {"unique", GIVES_LIST, false},
    {"select", GIVES_LIST, false}, {"reject", GIVES_LIST, false}, {"selectattr", GIVES_LIST, true}, {"rejectattr", GIVES_LIST, true},
    {"first", GIVES_ITEM, false}, {"last", GIVES_ITEM, false},   {"random", GIVES_ITEM, false}, {"min", GIVES_ITEM, false}, {"max", GIVES_ITEM, false},
    {"default", GIVES_SAME, false}, {"d", GIVES_SAME, false},    {"groupby", GIVES_GROUPS, true}, {"map", GIVES_MAPPED, false},
    {"sum", GIVES_NOTHING, true}, {"join", GIVES_NOTHING, false},
};

static const ast_node *keyword(const ast_Filter *node, const char *name)
{
    for (ast_node *each = node->kwargs.first; each; each = each->next)
        if (text_is(ast_as(Keyword, each)->name, name))
            return ast_as(Keyword, each)->value;
    return NULL;
}

/* The item that an attribute's path leads to; NULL when nothing is known of it. */
static const rt_item *follow(typer *t, const rt_item *item, const ast_node *path)
{
    burin_text text = rt_text_of(ast_as(Const, (ast_node *)path)->value);
    while (item && text.len && !t->status) {
        const char *dot   = memchr(text.data, '.', text.len);
        burin_text  name  = {text.data, dot ? (size_t)(dot - text.data) : text.len};
        known       type  = type_of_item(t, item);
        const char *comma = memchr(name.data, ',', name.len);
        if (type.kind != KNOWN_STRUCT || comma || (name.len && name.data[0] >= '0' && name.data[0] <= '9'))
            return NULL;
        member_of(t, type, name, path->where, path->line);
        const rt_member *member = rt_member_find(type.layout, name, rt_text_hash(name));
        item = member ? &member->item : NULL;
        text = dot ? (burin_text){dot + 1, text.len - name.len - 1} : (burin_text){NULL, 0};
    }
    return item;
}

static int check_child(ast_node *child, void *user)
{
    types_of(user, child);
    return 0;
}

static bool is_default(burin_text name) { return text_is(name, "default") || text_is(name, "d"); }

/* The value that a question is about may be a member that is not there. */
static known asked(typer *t, ast_node *node)
{
    if (node && node->kind == AST_Getattr) {
        known object = types_of(t, ast_as(Getattr, node)->node);
        bool  there  = object.kind == KNOWN_STRUCT && rt_member_find(object.layout, ast_as(Getattr, node)->attr, rt_text_hash(ast_as(Getattr, node)->attr));
        return there ? member_of(t, object, ast_as(Getattr, node)->attr, node->where, node->line) : nothing;
    }
    if (node && node->kind == AST_Getitem) {
        types_of(t, ast_as(Getitem, node)->node);
        types_of(t, ast_as(Getitem, node)->arg);
        return nothing;
    }
    return types_of(t, node);
}

static known filter(typer *t, ast_Filter *node)
{
    known          input = is_default(node->name) ? asked(t, node->node) : types_of(t, node->node), list = list_of(input);
    const rt_item *item  = list.kind == KNOWN_LIST ? list.item : NULL;
    size_t         n     = 0, count = sizeof filters / sizeof filters[0];
    for (ast_node *arg = node->args.first; arg; arg = arg->next)
        types_of(t, arg);
    for (ast_node *arg = node->kwargs.first; arg; arg = arg->next)
        types_of(t, ast_as(Keyword, arg)->value);
    types_of(t, node->rest);
    types_of(t, node->named);
    while (n < count && !text_is(node->name, filters[n].name))
        n++;
    if (n == count || node->rest || node->named)
        return nothing;
    if (filters[n].gives == GIVES_SAME)
        return input;
    const ast_node *path   = filters[n].first_is_attribute && node->args.first ? node->args.first : keyword(node, "attribute");
    bool            is_path = path && path->kind == AST_Const && ast_as(Const, (ast_node *)path)->value.kind == BURIN_STRING;
    const rt_item  *end    = is_path && !keyword(node, "default") ? follow(t, item, path) : NULL;
    switch (filters[n].gives) {
    case GIVES_LIST: return list;
    case GIVES_ITEM: return types_item_of(t, list);
    case GIVES_GROUPS: return item ? (known){.kind = KNOWN_GROUPS, .item = item} : nothing;
    case GIVES_MAPPED: return end ? (known){.kind = KNOWN_LIST, .item = end} : nothing;
    default: return nothing;
    }
}

static bool asks_for_being(burin_text name) { return text_is(name, "defined") || text_is(name, "undefined"); }

static known test(typer *t, ast_Test *node)
{
    if (!asks_for_being(node->name)) {
        ast_each_child(&node->base, check_child, t);
        return nothing;
    }
    asked(t, node->node);
    return nothing;
}

/* ---- the rest ---- */

static known either(known a, known b) { return types_equal(a, b) ? a : nothing; }

known types_of(typer *t, ast_node *node)
{
    known yes;
    if (!node || t->status)
        return nothing;
    switch (node->kind) {
    case AST_Name: return ast_as(Name, node)->use == AST_LOAD ? types_find(t, ast_as(Name, node)->name) : nothing;
    case AST_Getattr: return attribute(t, ast_as(Getattr, node));
    case AST_Getitem: return subscript(t, ast_as(Getitem, node));
    case AST_Filter: return filter(t, ast_as(Filter, node));
    case AST_Test: return test(t, ast_as(Test, node));
    case AST_Call: types_call(t, ast_as(Call, node)); return nothing;
    case AST_Cond:
        types_of(t, ast_as(Cond, node)->test);
        yes = types_of(t, ast_as(Cond, node)->yes);
        return either(yes, types_of(t, ast_as(Cond, node)->no));
    case AST_Or:
        yes = types_of(t, ast_as(Or, node)->left);
        return either(yes, types_of(t, ast_as(Or, node)->right));
    default: ast_each_child(node, check_child, t); return nothing;
    }
}
