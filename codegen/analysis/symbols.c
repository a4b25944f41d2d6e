/* Symbol tables: how the scopes of a tree define, read and write names. */
#include "codegen/analysis/symbols.h"

#include "runtime/base/text.h"

/* Room for one more element in an array of the arena; false when memory is out. */
static bool grow(tracker *t, void **array, uint32_t count, uint32_t *cap, size_t size)
{
    if (count < *cap)
        return true;
    uint32_t wider = *cap ? *cap * 2 : 4;
    void    *moved = arena_alloc(t->memory, wider * size);
    if (!moved) {
        t->failed = true;
        return false;
    }
    if (count)
        memcpy(moved, *array, count * size);
    *array = moved;
    *cap   = wider;
    return true;
}

void symbols_init(symbols *s, symbols *parent, tracker *track, variable_set *vars)
{
    *s = (symbols){.parent = parent, .track = track, .vars = vars};
}

/* An exact-size copy in the arena: growing it copies again, so the original is never touched. */
static void *duplicate(tracker *t, const void *from, size_t size)
{
    if (!size)
        return NULL;
    void *to = arena_alloc(t->memory, size);
    if (to)
        memcpy(to, from, size);
    else
        t->failed = true;
    return to;
}

void symbols_copy(symbols *to, const symbols *from)
{
    *to        = *from;
    to->refs   = duplicate(from->track, from->refs, from->ref_count * sizeof *from->refs);
    to->loads  = duplicate(from->track, from->loads, from->load_count * sizeof *from->loads);
    to->stores = duplicate(from->track, from->stores, from->store_count * sizeof *from->stores);
    if (!to->refs)
        to->ref_count = 0;
    if (!to->loads)
        to->load_count = 0;
    if (!to->stores)
        to->store_count = 0;
    to->ref_cap   = to->ref_count;
    to->load_cap  = to->load_count;
    to->store_cap = to->store_count;
}

static symbol_ref *own_ref(const symbols *s, burin_text name, uint32_t hash)
{
    for (uint32_t i = 0; i < s->ref_count; i++)
        if (s->refs[i].hash == hash && text_equal(s->refs[i].name, name))
            return &s->refs[i];
    return NULL;
}

static variable *find_hashed(const symbols *s, burin_text name, uint32_t hash)
{
    for (; s; s = s->parent) {
        symbol_ref *ref = own_ref(s, name, hash);
        if (ref)
            return ref->var;
    }
    return NULL;
}

variable *symbols_find(const symbols *s, burin_text name)
{
    return find_hashed(s, name, text_hash(name.data, name.len, 0));
}

static bool has_store(const symbols *s, burin_text name, uint32_t hash)
{
    for (uint32_t i = 0; i < s->store_count; i++)
        if (s->stores[i].hash == hash && text_equal(s->stores[i].name, name))
            return true;
    return false;
}

bool symbols_stores(const symbols *s, burin_text name)
{
    return has_store(s, name, text_hash(name.data, name.len, 0));
}

static void add_store(symbols *s, burin_text name, uint32_t hash)
{
    if (!has_store(s, name, hash) && grow(s->track, (void **)&s->stores, s->store_count, &s->store_cap, sizeof *s->stores))
        s->stores[s->store_count++] = (symbol_store){name, hash};
}

static void set_load(symbols *s, variable *var, load_kind kind, variable *alias)
{
    for (uint32_t i = 0; i < s->load_count; i++)
        if (s->loads[i].var == var) {
            s->loads[i] = (symbol_load){var, kind, alias};
            return;
        }
    if (grow(s->track, (void **)&s->loads, s->load_count, &s->load_cap, sizeof *s->loads))
        s->loads[s->load_count++] = (symbol_load){var, kind, alias};
}

load_kind symbols_load_kind(const symbols *s, const variable *var, bool *stored)
{
    for (; s; s = s->parent)
        for (uint32_t i = 0; i < s->load_count; i++)
            if (s->loads[i].var == var) {
                *stored = has_store(s, var->name, var->hash);
                return s->loads[i].kind;
            }
    *stored = true;
    return LOAD_UNDEFINED;
}

void symbols_share(symbols *s, variable *var)
{
    add_store(s, var->name, var->hash);
    if (grow(s->track, (void **)&s->refs, s->ref_count, &s->ref_cap, sizeof *s->refs))
        s->refs[s->ref_count++] = (symbol_ref){var->name, var->hash, var};
    set_load(s, var, LOAD_PARAMETER, NULL);
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

static variable *define(symbols *s, burin_text name, uint32_t hash, load_kind kind, variable *alias)
{
    symbol_ref *ref = own_ref(s, name, hash);
    variable   *var = ref ? ref->var : variable_new(s, name, hash);
    if (!var)
        return NULL;
    if (!ref && grow(s->track, (void **)&s->refs, s->ref_count, &s->ref_cap, sizeof *s->refs))
        s->refs[s->ref_count++] = (symbol_ref){name, hash, var};
    set_load(s, var, kind, alias);
    return var;
}

variable *symbols_declare_parameter(symbols *s, burin_text name)
{
    uint32_t hash = text_hash(name.data, name.len, 0);
    add_store(s, name, hash);
    return define(s, name, hash, LOAD_PARAMETER, NULL);
}

/* A name is assigned: unless it is known here already it begins as what the scope around has, or as missing. */
static void store(symbols *s, burin_text name)
{
    uint32_t hash = text_hash(name.data, name.len, 0);
    add_store(s, name, hash);
    if (!own_ref(s, name, hash)) {
        variable *outer = s->parent ? find_hashed(s->parent, name, hash) : NULL;
        define(s, name, hash, outer ? LOAD_ALIAS : LOAD_UNDEFINED, outer);
    }
}

static void load(symbols *s, burin_text name)
{
    uint32_t hash = text_hash(name.data, name.len, 0);
    if (!find_hashed(s, name, hash))
        define(s, name, hash, LOAD_RESOLVE, NULL);
}

/* Take over what a branch defines. Branches that define the same name mean the same variable: the first one's stays. */
static bool adopt(symbols *s, const symbols *branch)
{
    for (uint32_t i = 0; i < branch->ref_count; i++)
        if (!own_ref(s, branch->refs[i].name, branch->refs[i].hash) &&
            grow(s->track, (void **)&s->refs, s->ref_count, &s->ref_cap, sizeof *s->refs))
            s->refs[s->ref_count++] = branch->refs[i];
    for (uint32_t i = 0; i < branch->load_count; i++) {
        symbol_ref *ref = own_ref(s, branch->loads[i].var->name, branch->loads[i].var->hash);
        if (ref)
            set_load(s, ref->var, branch->loads[i].kind, branch->loads[i].alias);
    }
    for (uint32_t i = 0; i < branch->store_count; i++)
        add_store(s, branch->stores[i].name, branch->stores[i].hash);
    return !s->track->failed;
}

/* A name that some branches assign and others do not begins with its value from around, or from the context. */
static void merge_branches(symbols *s, symbols *branches, uint32_t count)
{
    symbols before = *s;
    for (uint32_t b = 0; b < count; b++)
        if (!adopt(s, &branches[b]))
            return;
    for (uint32_t i = 0; i < s->store_count; i++) {
        symbol_store st  = s->stores[i];
        uint32_t     in  = 0;
        if (has_store(&before, st.name, st.hash))
            continue;
        for (uint32_t b = 0; b < count; b++)
            in += has_store(&branches[b], st.name, st.hash);
        if (in == count)
            continue;
        variable *target = find_hashed(s, st.name, st.hash);
        variable *outer  = s->parent ? find_hashed(s->parent, st.name, st.hash) : NULL;
        set_load(s, target, outer ? LOAD_ALIAS : LOAD_RESOLVE, outer);
    }
}

symbol_ref *symbols_all_stores(const symbols *s, uint32_t *count)
{
    symbol_ref *all = NULL;
    uint32_t    n = 0, cap = 0;
    for (const symbols *at = s; at; at = at->parent)
        for (uint32_t i = 0; i < at->store_count; i++) {
            uint32_t k = 0;
            while (k < n && !(all[k].hash == at->stores[i].hash && text_equal(all[k].name, at->stores[i].name)))
                k++;
            if (k < n || !grow(s->track, (void **)&all, n, &cap, sizeof *all))
                continue;
            all[n++] = (symbol_ref){at->stores[i].name, at->stores[i].hash, find_hashed(at, at->stores[i].name, at->stores[i].hash)};
        }
    *count = n;
    return all;
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
    for (int i = 0; i < 3; i++)
        symbols_copy(&branch[i], s);
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
    default: ast_each_child(node, visit_child, s); break;
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
