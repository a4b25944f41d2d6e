/* Scopes of scripts in two walks: the first notes what each scope assigns, declares and reads; the second, from the outermost
 * scope inwards, decides what every name is. */
#include "codegen/analysis/scopes.h"

#include "runtime/base/text.h"
#include "runtime/value.h"

typedef struct walker {
    arena        *memory;
    const source *src;
    burin_error  *err;
    burin_status  status;
    struct scope *scope;
    uint32_t      iterables; /* expressions around that a comprehension iterates over */
    scope_name    nowhere;   /* what a failed allocation gives */
} walker;

static void no_memory(walker *w)
{
    if (!w->status)
        w->status = diag_fail(w->err, BURIN_ERR_NOMEM, w->src, 0, (span){0, 0}, "out of memory");
}

static void refuse(walker *w, const ast_node *at, const char *format, burin_text name)
{
    if (!w->status)
        w->status = diag_fail(w->err, BURIN_ERR_PYTHON_SYNTAX, w->src, at->line, at->where, format, (int)name.len, name.data);
}

/* ---- the table of a scope ---- */

static scope_name *find_hashed(const struct scope *s, burin_text name, uint32_t hash)
{
    if (!s->table)
        return NULL;
    for (uint32_t at = hash & s->mask; s->table[at]; at = (at + 1) & s->mask)
        if (s->table[at]->hash == hash && text_equal(s->table[at]->name, name))
            return s->table[at];
    return NULL;
}

scope_name *scope_find(const struct scope *s, burin_text name) { return find_hashed(s, name, rt_text_hash(name)); }

static bool grow(walker *w, struct scope *s)
{
    uint32_t     cap   = s->cap ? s->cap * 2 : 8;
    scope_name **names = arena_alloc(w->memory, cap * sizeof *names), **table = arena_zalloc(w->memory, 2 * cap * sizeof *table);
    if (!names || !table)
        return false;
    for (uint32_t n = 0; n < s->count; n++) {
        names[n]    = s->names[n];
        uint32_t at = names[n]->hash & (2 * cap - 1);
        while (table[at])
            at = (at + 1) & (2 * cap - 1);
        table[at] = names[n];
    }
    s->names = names;
    s->table = table;
    s->cap   = cap;
    s->mask  = 2 * cap - 1;
    return true;
}

/* The scope's entry for the name, made when there is none. Never NULL: after a failure it is one that nobody looks at. */
static scope_name *entry(walker *w, struct scope *s, burin_text name)
{
    uint32_t    hash  = rt_text_hash(name);
    scope_name *found = find_hashed(s, name, hash);
    if (found)
        return found;
    found = arena_zalloc(w->memory, sizeof *found);
    if (!found || (s->count == s->cap && !grow(w, s))) {
        no_memory(w);
        return &w->nowhere;
    }
    found->name = name;
    found->hash = hash;
    s->names[s->count++] = found;
    uint32_t at = hash & s->mask;
    while (s->table[at])
        at = (at + 1) & s->mask;
    s->table[at] = found;
    return found;
}

/* ---- the first walk ---- */

static int walk(ast_node *node, void *user);

static void walk_list(walker *w, ast_list list)
{
    for (ast_node *n = list.first; n && !w->status; n = n->next)
        walk(n, w);
}

static void walk_child(walker *w, ast_node *node)
{
    if (node)
        walk(node, w);
}

static struct scope *scope_new(walker *w, scope_kind kind, ast_node *node)
{
    struct scope *s = arena_zalloc(w->memory, sizeof *s);
    if (!s) {
        no_memory(w);
        return NULL;
    }
    s->kind  = kind;
    s->outer = w->scope;
    s->node  = node;
    if (s->outer) { /* in source order: names are resolved in the order of the text */
        if (s->outer->last)
            s->outer->last->next = s;
        else
            s->outer->inner = s;
        s->outer->last = s;
    }
    return s;
}

static void bind_name(walker *w, struct scope *s, burin_text name)
{
    scope_name *n = entry(w, s, name);
    n->assigned   = true;
    n->used       = true;
}

static void walk_name(walker *w, ast_Name *node)
{
    scope_name *n = entry(w, w->scope, node->name);
    n->used       = true;
    n->read |= node->use == AST_LOAD;
    n->assigned |= node->use != AST_LOAD;
    n->deleted |= node->use == AST_DELETE;
}

/* The function or module whose names a walrus in `s` assigns. */
static struct scope *statement_scope(struct scope *s)
{
    while (s->kind == SCOPE_INLINE || (s->node && s->node->kind == AST_Comprehension))
        s = s->outer;
    return s;
}

static void walk_walrus(walker *w, ast_Walrus *node)
{
    burin_text    name  = ast_as(Name, node->target)->name;
    struct scope *owner = statement_scope(w->scope);
    if (w->iterables)
        refuse(w, &node->base, "assignment expression cannot be used in a comprehension iterable expression%.*s", (burin_text){"", 0});
    for (struct scope *s = w->scope; s != owner; s = s->outer) {
        scope_name *own = scope_find(s, name);
        if (own && own->assigned)
            refuse(w, node->target, "assignment expression cannot rebind comprehension iteration variable '%.*s'", name);
    }
    walk(node->value, w);
    scope_name *n = entry(w, owner, name);
    n->assigned = n->used = n->unsteady = true;
    for (struct scope *s = w->scope; s != owner; s = s->outer)
        entry(w, s, name)->used = true;
}

static void walk_parameters(walker *w, ast_list params, struct scope *into)
{
    for (ast_node *p = params.first; p && !w->status; p = p->next)
        walk_child(w, ast_as(Parameter, p)->value);
    for (ast_node *p = params.first; p && !w->status; p = p->next) {
        burin_text  name = ast_as(Parameter, p)->name;
        scope_name *n    = entry(w, into, name);
        if (n->parameter)
            refuse(w, p, "duplicate argument '%.*s' in function definition", name);
        n->parameter = n->assigned = true;
    }
}

static void walk_function(walker *w, ast_node *node, ast_list params, ast_list body, ast_node *value, struct scope **scope)
{
    struct scope *s = *scope = scope_new(w, SCOPE_FUNCTION, node);
    if (!s)
        return;
    walk_parameters(w, params, s);
    w->scope = s;
    walk_list(w, body);
    walk_child(w, value);
    w->scope = s->outer;
}

static void walk_iterable(walker *w, ast_node *node)
{
    w->iterables++;
    walk(node, w);
    w->iterables--;
}

static void walk_comprehension(walker *w, ast_Comprehension *node)
{
    bool          first = true;
    struct scope *s     = node->scope = scope_new(w, node->form == AST_GENERATOR ? SCOPE_FUNCTION : SCOPE_INLINE, &node->base);
    if (!s)
        return;
    walk_iterable(w, ast_as(Clause, node->clauses.first)->iter);
    w->scope = s;
    for (ast_node *n = node->clauses.first; n && !w->status; n = n->next, first = false) {
        ast_Clause *clause = ast_as(Clause, n);
        walk(clause->target, w);
        if (!first)
            walk_iterable(w, clause->iter);
        walk_list(w, clause->tests);
    }
    walk_child(w, node->item);
    walk_child(w, node->value);
    w->scope = s->outer;
}

static void declare(walker *w, ast_list names, bool global)
{
    const char *word = global ? "global" : "nonlocal";
    for (ast_node *at = names.first; at && !w->status; at = at->next) {
        burin_text  name = ast_as(Name, at)->name;
        scope_name *n    = entry(w, w->scope, name);
        if (n->parameter)
            refuse(w, at, global ? "name '%.*s' is parameter and global" : "name '%.*s' is parameter and nonlocal", name);
        else if (global ? n->declared_nonlocal : n->declared_global)
            refuse(w, at, "name '%.*s' is nonlocal and global", name);
        else if (n->annotated && !n->read)
            refuse(w, at, global ? "annotated name '%.*s' can't be global" : "annotated name '%.*s' can't be nonlocal", name);
        else if (n->used && !n->declared_global && !n->declared_nonlocal)
            w->status = diag_fail(w->err, BURIN_ERR_PYTHON_SYNTAX, w->src, at->line, at->where,
                                  n->read ? "name '%.*s' is used prior to %s declaration" : "name '%.*s' is assigned to before %s declaration",
                                  (int)name.len, name.data, word);
        else if (!global && w->scope->kind == SCOPE_MODULE)
            refuse(w, at, "nonlocal declaration not allowed at module level%.*s", (burin_text){"", 0});
        n->declared_global |= global;
        n->declared_nonlocal |= !global;
        n->declared_at = at;
    }
}

static void walk_annotated(walker *w, ast_AnnAssign *node)
{
    if (node->target->kind == AST_Name && w->scope->kind != SCOPE_MODULE) {
        burin_text  name = ast_as(Name, node->target)->name;
        scope_name *n    = entry(w, w->scope, name);
        if (n->declared_global || n->declared_nonlocal)
            refuse(w, &node->base, n->declared_global ? "annotated name '%.*s' can't be global" : "annotated name '%.*s' can't be nonlocal", name);
        n->annotated = true;
    }
    walk(node->target, w);
    walk_child(w, node->value);
}

static void walk_handler(walker *w, ast_Handler *node)
{
    walk_child(w, node->type);
    if (node->name.len) {
        bind_name(w, w->scope, node->name);
        entry(w, w->scope, node->name)->deleted = true;
    }
    walk_list(w, node->body);
}

static void walk_imported(walker *w, ast_list names)
{
    for (ast_node *n = names.first; n; n = n->next) {
        burin_text alias = ast_as(ImportName, n)->alias;
        const char *dot  = memchr(alias.data, '.', alias.len);
        bind_name(w, w->scope, dot ? (burin_text){alias.data, (size_t)(dot - alias.data)} : alias);
    }
}

static int walk(ast_node *node, void *user)
{
    walker *w = user;
    if (w->status)
        return 1;
    switch (node->kind) {
    case AST_Name: walk_name(w, ast_as(Name, node)); break;
    case AST_Walrus: walk_walrus(w, ast_as(Walrus, node)); break;
    case AST_Function: {
        ast_Function *f = ast_as(Function, node);
        bind_name(w, w->scope, f->name);
        walk_function(w, node, f->params, f->body, NULL, &f->scope);
        break;
    }
    case AST_Lambda: {
        ast_Lambda *l = ast_as(Lambda, node);
        walk_function(w, node, l->params, (ast_list){0}, l->value, &l->scope);
        break;
    }
    case AST_AnnAssign: walk_annotated(w, ast_as(AnnAssign, node)); break;
    case AST_Comprehension: walk_comprehension(w, ast_as(Comprehension, node)); break;
    case AST_Global: declare(w, ast_as(Global, node)->names, true); break;
    case AST_Nonlocal: declare(w, ast_as(Nonlocal, node)->names, false); break;
    case AST_Handler: walk_handler(w, ast_as(Handler, node)); break;
    case AST_ImportModule: walk_imported(w, ast_as(ImportModule, node)->names); break;
    case AST_FromModule: walk_imported(w, ast_as(FromModule, node)->names); break;
    default: return ast_each_child(node, walk, w);
    }
    return w->status != BURIN_OK;
}

/* ---- the second walk: what each name is ---- */

static bool is_own(const scope_name *n) { return n->assigned && !n->declared_global && !n->declared_nonlocal; }

/* The function around `s` whose own the name is; NULL when none. */
static struct scope *owner_around(struct scope *s, burin_text name)
{
    for (struct scope *o = s->outer; o && o->kind != SCOPE_MODULE; o = o->outer) {
        scope_name *n = scope_find(o, name);
        if (n && n->declared_global)
            return NULL;
        if (n && is_own(n))
            return o;
    }
    return NULL;
}

/* Every function between a use and the owner passes the cell on. */
static void pass_on(walker *w, struct scope *s, struct scope *owner, burin_text name)
{
    bool crossed = false;
    for (; s != owner; s = s->outer) {
        if (s->kind != SCOPE_INLINE) {
            entry(w, s, name)->kind = NAME_FREE;
            crossed = true;
        }
    }
    if (crossed)
        entry(w, owner, name)->kind = NAME_CELL;
}

static void decide_name(walker *w, struct scope *module, struct scope *s, scope_name *n)
{
    if (is_own(n)) {
        if (n->kind != NAME_CELL)
            n->kind = NAME_LOCAL;
        return;
    }
    struct scope *owner = n->declared_global ? NULL : owner_around(s, n->name);
    if (owner) {
        pass_on(w, s, owner, n->name);
    } else if (n->declared_nonlocal) {
        refuse(w, n->declared_at, "no binding for nonlocal '%.*s' found", n->name);
    } else {
        scope_name *global = entry(w, module, n->name);
        global->unsteady |= n->assigned;
        global->deleted |= n->deleted;
    }
}

static void decide(walker *w, struct scope *module, struct scope *s)
{
    if (s->kind != SCOPE_MODULE)
        for (uint32_t n = 0; n < s->count && !w->status; n++)
            if (s->names[n]->kind == NAME_GLOBAL)
                decide_name(w, module, s, s->names[n]);
    for (struct scope *inner = s->inner; inner && !w->status; inner = inner->next)
        decide(w, module, inner);
}

burin_status scopes_analyze(arena *memory, const source *src, ast_node *tree, struct scope **module, burin_error *err)
{
    walker w = {.memory = memory, .src = src, .err = err};
    *module = w.scope = scope_new(&w, SCOPE_MODULE, tree);
    if (w.scope)
        walk(tree, &w);
    if (!w.status)
        decide(&w, *module, *module);
    return w.status;
}

scope_name *scope_resolve(const struct scope *s, burin_text name)
{
    uint32_t    hash = rt_text_hash(name);
    scope_name *n    = find_hashed(s, name, hash);
    while (s->kind == SCOPE_INLINE && !(n && is_own(n))) {
        s = s->outer;
        n = find_hashed(s, name, hash);
    }
    while (!n) { /* a global that only a comprehension of a function uses */
        s = s->outer;
        n = s->kind == SCOPE_MODULE ? find_hashed(s, name, hash) : NULL;
    }
    return n;
}
