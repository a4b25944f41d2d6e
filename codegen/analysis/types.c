/* Statements and names: see types.h. */
#include "codegen/analysis/types.h"

/* ---- names ---- */

static int fail_memory(typer *t)
{
    if (!t->status)
        t->status = diag_fail(t->err, BURIN_ERR_NOMEM, t->src, 0, (span){0, 0}, "out of memory");
    return 1;
}

static void bind(typer *t, burin_text name, known type)
{
    binding *b = arena_alloc(t->memory, sizeof *b);
    if (!b) {
        fail_memory(t);
        return;
    }
    *b = (binding){.name = name, .hash = rt_text_hash(name), .order = ++t->order, .type = type, .previous = t->newest};
    binding **bucket = &t->buckets[b->hash % TYPES_BUCKETS];
    b->below  = *bucket;
    *bucket   = b;
    t->newest = b;
}

/* Forget what was bound since `mark`. */
static void unbind(typer *t, const binding *mark)
{
    for (; t->newest != mark; t->newest = t->newest->previous)
        t->buckets[t->newest->hash % TYPES_BUCKETS] = t->newest->below;
}

static const binding *in_bucket(binding *const *buckets, burin_text name, uint32_t hash)
{
    const binding *b = buckets[hash % TYPES_BUCKETS];
    while (b && !(b->hash == hash && text_equal(b->name, name)))
        b = b->below;
    return b;
}

known types_find(const typer *t, burin_text name)
{
    uint32_t hash = rt_text_hash(name);
    const binding *b = in_bucket(t->buckets, name, hash);
    if (b && b->order > t->deferred_from)
        return b->type;
    if (b || (t->is_deferred && in_bucket(t->assigned, name, hash)))
        return (known){0};
    for (uint32_t n = 0; n < t->types->variable_count; n++) {
        burin_value type = t->types->variable_types[n];
        if (text_equal(t->types->variables[n], name))
            return (known){.kind = type.kind == BURIN_STRUCT ? KNOWN_STRUCT : KNOWN_ARRAY, .layout = &t->types->layouts[type.len]};
    }
    return (known){0};
}

/* The name that a node gives a value to; empty. */
static burin_text assigned_name(ast_node *node)
{
    switch (node->kind) {
    case AST_Name: return ast_as(Name, node)->use == AST_LOAD ? (burin_text){NULL, 0} : ast_as(Name, node)->name;
    case AST_Macro: return ast_as(Macro, node)->name;
    case AST_Import: return ast_as(Import, node)->target;
    case AST_ImportName: return ast_as(ImportName, node)->alias;
    default: return (burin_text){NULL, 0};
    }
}

/* Every name that is assigned somewhere in the tree is not known from here on. */
static int taint(ast_node *node, void *user)
{
    burin_text name = assigned_name(node);
    if (name.len)
        bind(user, name, (known){0});
    return ast_each_child(node, taint, user);
}

static void taint_list(typer *t, const ast_list *list)
{
    for (ast_node *node = list->first; node; node = node->next)
        taint(node, t);
}

static void bind_target(typer *t, ast_node *target, known value)
{
    if (target->kind == AST_Name) {
        bind(t, ast_as(Name, target)->name, value);
    } else if (target->kind == AST_Tuple) {
        ast_node *first = ast_as(Tuple, target)->items.first;
        bool      group = value.kind == KNOWN_GROUP && ast_as(Tuple, target)->items.count == 2 && first->next->kind == AST_Name;
        known     item  = types_item_of(t, value);
        for (ast_node *each = first; each; each = each->next)
            bind_target(t, each, group ? (known){0} : item);
        if (group)
            bind(t, ast_as(Name, first->next)->name, (known){.kind = KNOWN_LIST, .layout = value.layout, .item = value.item});
    }
}

/* ---- statements ---- */

static void statements(typer *t, const ast_list *list);

/* A body whose assignments may not have happened, or not yet, after it. */
static void enclosed(typer *t, const ast_list *body)
{
    const binding *mark = t->newest;
    statements(t, body);
    unbind(t, mark);
    taint_list(t, body);
}

static void for_loop(typer *t, ast_For *node)
{
    known          over = types_of(t, node->iter);
    const binding *mark = t->newest;
    if (node->recursive)
        over = (known){0};
    taint_list(t, &node->body);
    bind(t, (burin_text){"loop", 4}, (known){0});
    bind_target(t, node->target, types_item_of(t, over));
    types_of(t, node->test);
    statements(t, &node->body);
    unbind(t, mark);
    statements(t, &node->orelse);
    unbind(t, mark);
}

static void condition(typer *t, ast_If *node)
{
    types_of(t, node->test);
    enclosed(t, &node->body);
    for (ast_node *elif = node->elifs.first; elif; elif = elif->next) {
        types_of(t, ast_as(If, elif)->test);
        enclosed(t, &ast_as(If, elif)->body);
    }
    enclosed(t, &node->orelse);
}

static void with(typer *t, ast_With *node)
{
    const binding *mark   = t->newest;
    ast_node      *target = node->targets.first;
    for (ast_node *value = node->values.first; value && target; value = value->next, target = target->next)
        bind_target(t, target, types_of(t, value));
    statements(t, &node->body);
    unbind(t, mark);
}

/* Code that runs later or elsewhere: names that the template assigns anywhere may have any value by then. The first of its
 * arguments have `types`, unless NULL. */
static void deferred(typer *t, const ast_list *args, const ast_list *defaults, const known *types, const ast_list *body)
{
    const binding *mark        = t->newest;
    uint32_t       from        = t->deferred_from;
    bool           is_deferred = t->is_deferred;
    unsigned       n           = 0;
    t->deferred_from = t->order;
    t->is_deferred   = true;
    for (ast_node *arg = args ? args->first : NULL; arg; arg = arg->next, n++)
        bind_target(t, arg, types && n < TYPES_ARGUMENTS ? types[n] : (known){0});
    for (ast_node *value = defaults ? defaults->first : NULL; value; value = value->next)
        types_of(t, value);
    statements(t, body);
    unbind(t, mark);
    t->deferred_from = from;
    t->is_deferred   = is_deferred;
}

static int check_child(ast_node *child, void *user)
{
    types_of(user, child);
    return 0;
}

static void statement(typer *t, ast_node *node)
{
    switch (node->kind) {
    case AST_Template: statements(t, &ast_as(Template, node)->body); break;
    case AST_For: for_loop(t, ast_as(For, node)); break;
    case AST_If: condition(t, ast_as(If, node)); break;
    case AST_Set: bind_target(t, ast_as(Set, node)->target, types_of(t, ast_as(Set, node)->value)); break;
    case AST_With: with(t, ast_as(With, node)); break;
    case AST_SetBlock:
        types_of(t, ast_as(SetBlock, node)->filter);
        enclosed(t, &ast_as(SetBlock, node)->body);
        bind_target(t, ast_as(SetBlock, node)->target, (known){0});
        break;
    case AST_FilterBlock:
        types_of(t, ast_as(FilterBlock, node)->filter);
        enclosed(t, &ast_as(FilterBlock, node)->body);
        break;
    case AST_Autoescape:
        types_of(t, ast_as(Autoescape, node)->value);
        enclosed(t, &ast_as(Autoescape, node)->body);
        break;
    case AST_Generation: enclosed(t, &ast_as(Generation, node)->body); break;
    case AST_Macro:
        deferred(t, &ast_as(Macro, node)->args, &ast_as(Macro, node)->defaults, NULL, &ast_as(Macro, node)->body);
        bind(t, ast_as(Macro, node)->name, (known){0});
        break;
    case AST_CallBlock:
        types_of(t, ast_as(CallBlock, node)->call);
        deferred(t, &ast_as(CallBlock, node)->args, &ast_as(CallBlock, node)->defaults, NULL, &ast_as(CallBlock, node)->body);
        break;
    case AST_Block: deferred(t, NULL, NULL, NULL, &ast_as(Block, node)->body); break;
    case AST_Import:
    case AST_FromImport: taint(node, t); break;
    default: ast_each_child(node, check_child, t); break;
    }
}

static void statements(typer *t, const ast_list *list)
{
    for (ast_node *node = list->first; node && !t->status; node = node->next)
        statement(t, node);
}

/* ---- macros ---- */

/* Note every name that is assigned, and its macro when that is all it is. */
static int collect(ast_node *node, void *user)
{
    typer      *t    = user;
    burin_text  name = assigned_name(node);
    uint32_t    hash = rt_text_hash(name);
    binding    *made = name.len ? (binding *)in_bucket(t->assigned, name, hash) : NULL;
    if (made) {
        made->macro = NULL;
    } else if (name.len && (made = arena_zalloc(t->memory, sizeof *made))) {
        binding **bucket = &t->assigned[hash % TYPES_BUCKETS];
        *made   = (binding){.name = name, .hash = hash, .macro = node->kind == AST_Macro ? ast_as(Macro, node) : NULL, .below = *bucket};
        *bucket = made;
    } else if (name.len) {
        return fail_memory(t);
    }
    return ast_each_child(node, collect, t);
}

/* What a call gives to the macro's parameters; every argument is checked, once. False: nothing that is known. */
static bool argument_types(typer *t, const ast_Macro *macro, const ast_Call *call, known *types)
{
    bool     any = false;
    unsigned n   = 0;
    for (ast_node *arg = call->args.first; arg; arg = arg->next, n++) {
        known type = types_of(t, arg);
        if (n < TYPES_ARGUMENTS)
            types[n] = type;
    }
    for (ast_node *given = call->kwargs.first; given; given = given->next) {
        known type = types_of(t, ast_as(Keyword, given)->value);
        n          = 0;
        for (ast_node *arg = macro ? macro->args.first : NULL; arg && n < TYPES_ARGUMENTS; arg = arg->next, n++)
            if (text_equal(ast_as(Name, arg)->name, ast_as(Keyword, given)->name))
                types[n] = type;
    }
    types_of(t, call->rest);
    types_of(t, call->named);
    for (n = 0; n < TYPES_ARGUMENTS; n++)
        any |= types[n].kind != KNOWN_NOTHING;
    return any && !call->rest && !call->named;
}

static bool is_checked(const typer *t, const ast_Macro *macro, const known *types)
{
    for (const typed_call *c = t->calls; c; c = c->next) {
        bool same = c->macro == macro;
        for (unsigned n = 0; same && n < TYPES_ARGUMENTS; n++)
            same = types_equal(c->args[n], types[n]);
        if (same)
            return true;
    }
    return false;
}

void types_call(typer *t, ast_Call *call)
{
    burin_text     name  = call->node->kind == AST_Name ? ast_as(Name, call->node)->name : (burin_text){NULL, 0};
    const binding *named = in_bucket(t->assigned, name, rt_text_hash(name));
    ast_Macro     *macro = named ? named->macro : NULL;
    known          types[TYPES_ARGUMENTS] = {{0}};
    typed_call    *made;
    types_of(t, call->node);
    if (!argument_types(t, macro, call, types) || !macro || t->status || t->depth >= TYPES_DEPTH || t->call_count >= TYPES_CALLS ||
        is_checked(t, macro, types))
        return;
    if (!(made = arena_alloc(t->memory, sizeof *made))) {
        fail_memory(t);
        return;
    }
    *made = (typed_call){.macro = macro, .next = t->calls};
    memcpy(made->args, types, sizeof types);
    t->calls = made;
    t->call_count++;
    t->depth++;
    deferred(t, &macro->args, NULL, types, &macro->body);
    t->depth--;
    if (t->status == BURIN_ERR_ASSERTION)
        diag_add_frame(t->err, t->src->name, call->base.line, "the call");
}

burin_status types_check(arena *memory, const burin_types *types, const source *src, ast_node *tree, burin_error *err)
{
    typer *t = arena_zalloc(memory, sizeof *t);
    if (!t)
        return diag_fail(err, BURIN_ERR_NOMEM, src, 0, (span){0, 0}, "out of memory");
    *t = (typer){.memory = memory, .types = types, .src = src, .tree = tree, .err = err};
    collect(tree, t);
    if (t->status)
        return t->status;
    if (tree->kind == AST_Template)
        statement(t, tree);
    else
        types_of(t, tree);
    return t->status;
}
