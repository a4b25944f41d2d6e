/* Symbol tables: how the scopes of a tree define, read and write names. */
#include "codegen/analysis/symbols.h"

#include "runtime/base/text.h"

/* ---- the table of a scope: its symbols in the order they were met, found by hash once there are several ---- */

enum { FEW = 8, SPARSE = 2 };

static void enter(symbols *s, uint32_t n)
{
    uint32_t at = s->all[n].hash & (s->places - 1);
    while (s->index[at])
        at = (at + 1) & (s->places - 1);
    s->index[at] = n + 1;
}

/* Room for one more symbol, and for its place in the index. */
static bool grow(symbols *s)
{
    if (s->count < s->cap)
        return true;
    uint32_t  cap   = s->cap ? s->cap * 2 : 4;
    symbol   *all   = arena_alloc(s->track->memory, cap * sizeof *all);
    uint32_t *index = cap > FEW ? arena_zalloc(s->track->memory, cap * SPARSE * sizeof *index) : NULL;
    if (!all || (cap > FEW && !index)) {
        s->track->failed = true;
        return false;
    }
    if (s->count)
        memcpy(all, s->all, s->count * sizeof *all);
    s->all    = all;
    s->index  = index;
    s->cap    = cap;
    s->places = cap * SPARSE;
    for (uint32_t n = 0; index && n < s->count; n++)
        enter(s, n);
    return true;
}

static symbol *append(symbols *s, symbol what)
{
    if (!grow(s))
        return NULL;
    s->all[s->count] = what;
    if (s->index)
        enter(s, s->count);
    return &s->all[s->count++];
}

static bool is_of(const symbol *it, burin_text name, uint32_t hash) { return it->hash == hash && text_equal(it->name, name); }

static symbol *lookup(const symbols *s, burin_text name, uint32_t hash)
{
    if (!s->index) {
        for (uint32_t n = 0; n < s->count; n++)
            if (is_of(&s->all[n], name, hash))
                return &s->all[n];
        return NULL;
    }
    for (uint32_t at = hash & (s->places - 1); s->index[at]; at = (at + 1) & (s->places - 1))
        if (is_of(&s->all[s->index[at] - 1], name, hash))
            return &s->all[s->index[at] - 1];
    return NULL;
}

/* The scope's symbol, be it written in this branch of an `if` or before it. */
static const symbol *own(const symbols *s, burin_text name, uint32_t hash)
{
    for (; s; s = s->before) {
        const symbol *it = lookup(s, name, hash);
        if (it)
            return it;
    }
    return NULL;
}

/* The same, to be changed: in this branch, or made here. NULL when memory is out. */
static symbol *change(symbols *s, burin_text name, uint32_t hash)
{
    symbol *it = lookup(s, name, hash);
    if (it)
        return it;
    const symbol *so_far = own(s->before, name, hash);
    return append(s, so_far ? *so_far : (symbol){.name = name, .hash = hash});
}

/* ---- names ---- */

void symbols_init(symbols *s, const symbols *parent, tracker *track, variable_set *vars)
{
    *s = (symbols){.parent = parent, .track = track, .vars = vars};
}

static const symbol *find_hashed(const symbols *s, burin_text name, uint32_t hash)
{
    for (; s; s = s->parent) {
        const symbol *it = own(s, name, hash);
        if (it && it->var)
            return it;
    }
    return NULL;
}

const symbol *symbols_look_up(const symbols *s, burin_text name) { return find_hashed(s, name, text_hash(name.data, name.len, 0)); }

variable *symbols_find(const symbols *s, burin_text name)
{
    const symbol *it = symbols_look_up(s, name);
    return it ? it->var : NULL;
}

static variable *variable_new(symbols *s, burin_text name, uint32_t hash)
{
    variable *v = arena_zalloc(s->track->memory, sizeof *v);
    if (!v) {
        s->track->failed = true;
        return NULL;
    }
    *v = (variable){.name = name, .hash = hash, .slot = (uint16_t)s->vars->count, .unit = s->vars->unit};
    s->vars->count++;
    return v;
}

static void define(symbols *s, symbol *it, load_kind load)
{
    if (!it->var)
        it->var = variable_new(s, it->name, it->hash);
    if (it->var)
        it->load = load;
}

void symbols_share(symbols *s, variable *var)
{
    symbol *it = change(s, var->name, var->hash);
    if (!it)
        return;
    it->stored = true;
    it->var    = var;
    it->load   = LOAD_PARAMETER;
}

variable *symbols_declare_parameter(symbols *s, burin_text name)
{
    symbol *it = change(s, name, text_hash(name.data, name.len, 0));
    if (!it)
        return NULL;
    it->stored = true;
    define(s, it, LOAD_PARAMETER);
    return it->var;
}

/* A name is assigned: unless it is known here already it begins as what the scope around has, or as missing. */
static void store(symbols *s, burin_text name)
{
    symbol *it = change(s, name, text_hash(name.data, name.len, 0));
    if (!it)
        return;
    it->stored = true;
    if (!it->var)
        define(s, it, find_hashed(s->parent, name, it->hash) ? LOAD_ALIAS : LOAD_UNDEFINED);
}

static void load(symbols *s, burin_text name)
{
    uint32_t hash = text_hash(name.data, name.len, 0);
    if (find_hashed(s, name, hash))
        return;
    symbol *it = change(s, name, hash);
    if (it)
        define(s, it, LOAD_RESOLVE);
}

/* ---- branches ---- */

/* Take over what a branch defines. Branches that define the same name mean the same variable: the first one's stays. */
static void adopt(symbols *s, const symbols *branch)
{
    for (uint32_t n = 0; n < branch->count; n++) {
        const symbol *from = &branch->all[n];
        symbol       *to   = change(s, from->name, from->hash);
        if (!to)
            return;
        if (!to->var)
            to->var = from->var;
        to->load = from->load;
        to->branches += from->stored && !to->stored;
    }
}

/* What was assigned in some branches and not before them; where not all did, it begins with its value from around, or from the context. */
static void settle(symbols *s, const symbols *branch, uint32_t branches)
{
    for (uint32_t n = 0; n < branch->count; n++) {
        symbol *it = lookup(s, branch->all[n].name, branch->all[n].hash);
        if (!it || !it->branches)
            continue;
        if (it->branches < branches)
            it->load = find_hashed(s->parent, it->name, it->hash) ? LOAD_ALIAS : LOAD_RESOLVE;
        it->stored   = true;
        it->branches = 0;
    }
}

static void merge_branches(symbols *s, const symbols *branches, uint32_t count)
{
    for (uint32_t b = 0; b < count; b++)
        adopt(s, &branches[b]);
    for (uint32_t b = 0; b < count; b++)
        settle(s, &branches[b], count);
}

/* ---- all that is assigned ---- */

symbol *symbols_all_stores(const symbols *s, uint32_t *count)
{
    symbols all = {.track = s->track};
    for (const symbols *at = s; at; at = at->parent)
        for (uint32_t n = 0; n < at->count; n++)
            if (at->all[n].stored && at->all[n].var && !lookup(&all, at->all[n].name, at->all[n].hash))
                append(&all, at->all[n]);
    *count = all.count;
    return all.all;
}

/* ---- the walk inside one scope (jinja2.idtracking.FrameSymbolVisitor): stops where another scope begins ---- */

static void visit(symbols *s, ast_node *node, bool as_param);

static void visit_list(symbols *s, ast_node *first, bool as_param)
{
    for (ast_node *n = first; n; n = n->next)
        visit(s, n, as_param);
}

static int visit_child(ast_node *child, void *user)
{
    visit(user, child, false);
    return 0;
}

static void visit_if(symbols *s, ast_If *node)
{
    symbols branch[3];
    visit(s, node->test, false);
    for (int i = 0; i < 3; i++) {
        symbols_init(&branch[i], s->parent, s->track, s->vars);
        branch[i].before = s;
    }
    visit_list(&branch[0], node->body.first, false);
    visit_list(&branch[1], node->elifs.first, false);
    visit_list(&branch[2], node->orelse.first, false);
    merge_branches(s, branch, 3);
}

static void visit_name(symbols *s, ast_Name *node, bool as_param)
{
    if (as_param || node->use == AST_PARAM)
        symbols_declare_parameter(s, node->name);
    else if (node->use == AST_STORE)
        store(s, node->name);
    else
        load(s, node->name);
}

static void visit_from_import(symbols *s, ast_FromImport *node)
{
    visit(s, node->name, false);
    for (ast_node *n = node->names.first; n; n = n->next)
        store(s, ast_as(ImportName, n)->alias);
}

static void visit_call_block(symbols *s, ast_node *node)
{
    visit(s, ast_as(CallBlock, node)->call, false);
}

static void visit(symbols *s, ast_node *node, bool as_param)
{
    if (!node)
        return;
    switch (node->kind) {
    case AST_Name: visit_name(s, ast_as(Name, node), as_param); break;
    case AST_Tuple: visit_list(s, ast_as(Tuple, node)->items.first, as_param); break;
    case AST_NSRef: load(s, ast_as(NSRef, node)->name); break;
    case AST_If: visit_if(s, ast_as(If, node)); break;
    case AST_Macro: store(s, ast_as(Macro, node)->name); break;
    case AST_Import:
        visit(s, ast_as(Import, node)->name, false);
        store(s, ast_as(Import, node)->target);
        break;
    case AST_FromImport: visit_from_import(s, ast_as(FromImport, node)); break;
    case AST_Set:
        visit(s, ast_as(Set, node)->value, false);
        visit(s, ast_as(Set, node)->target, false);
        break;
    case AST_For: visit(s, ast_as(For, node)->iter, false); break;
    case AST_CallBlock: visit_call_block(s, node); break;
    case AST_FilterBlock: visit(s, ast_as(FilterBlock, node)->filter, false); break;
    case AST_With: visit_list(s, ast_as(With, node)->values.first, false); break;
    case AST_SetBlock: visit(s, ast_as(SetBlock, node)->target, false); break;
    case AST_Autoescape: case AST_Block: case AST_Generation: break;
    default: ast_walk_children(node, visit_child, s); break;
    }
}

/* ---- what a scope's opening node defines (jinja2.idtracking.RootVisitor) ---- */

static void analyze_for(symbols *s, ast_For *node, for_branch branch)
{
    if (branch != FOR_ELSE)
        visit(s, node->target, true);
    if (branch == FOR_BODY)
        visit_list(s, node->body.first, false);
    else if (branch == FOR_ELSE)
        visit_list(s, node->orelse.first, false);
    else
        visit(s, node->test, false);
}

static void analyze_call_block(symbols *s, ast_CallBlock *node)
{
    visit_list(s, node->args.first, false);
    visit_list(s, node->defaults.first, false);
    visit_list(s, node->body.first, false);
}

void symbols_analyze(symbols *s, ast_node *node, for_branch branch)
{
    switch (node->kind) {
    case AST_For: analyze_for(s, ast_as(For, node), branch); break;
    case AST_SetBlock: visit_list(s, ast_as(SetBlock, node)->body.first, false); break;
    case AST_CallBlock: analyze_call_block(s, ast_as(CallBlock, node)); break;
    case AST_With:
        visit_list(s, ast_as(With, node)->targets.first, false);
        visit_list(s, ast_as(With, node)->body.first, false);
        break;
    default: ast_each_child(node, visit_child, s); break;
    }
}

void symbols_analyze_expression(symbols *s, ast_node *node) { visit(s, node, false); }

/* ---- find_undeclared ---- */

typedef struct undeclared {
    const burin_text *names;
    unsigned          count, live, found;
} undeclared;

static int look(ast_node *node, void *user)
{
    undeclared *u = user;
    if (node->kind == AST_Block)
        return 0;
    if (node->kind != AST_Name)
        return ast_each_child(node, look, user);
    ast_Name *name = ast_as(Name, node);
    for (unsigned i = 0; i < u->count; i++) {
        if (!(u->live >> i & 1) || !text_equal(u->names[i], name->name))
            continue;
        if (name->use == AST_LOAD)
            u->found |= 1u << i;
        else
            u->live &= ~(1u << i);
    }
    return u->live && (u->found & u->live) == u->live && u->found == u->live ? 1 : 0;
}

unsigned find_undeclared(ast_node *first, const burin_text *names, unsigned count)
{
    undeclared u = {names, count, (1u << count) - 1, 0};
    for (ast_node *n = first; n; n = n->next)
        if (look(n, &u))
            break;
    return u.found;
}
