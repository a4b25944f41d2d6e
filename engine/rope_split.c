/* Where a template may be cut.
 *
 * Pieces are independent when none changes what another sees. What the top level sets, defines or imports goes before every
 * later part, which so has its own; that is right as long as nothing is changed in place. Where something may be, where names are set
 * under a condition, or where something before tells of a name that is set later, which hides a variable there too, the template stays
 * whole. */
#include "engine/rope.h"

#include "runtime/base/text.h"

#include <string.h>

typedef struct splitter {
    arena       *memory;
    ast_list     prelude; /* definitions so far; their `next` are theirs only between parts */
    bool         loads;   /* one of them, or what is in it, loads a template */
    bool         waits;   /* one that may fail is in no part yet */
    uint8_t      mentions; /* of the whole template */
    burin_status (*take)(void *user, const rope_cut *cut);
    void        *user;
} splitter;

/* ---- may it be cut at all? ---- */

static bool is_one_of(burin_text name, const char *const *words)
{
    for (; *words; words++)
        if (text_is(name, *words))
            return true;
    return false;
}

/* Something that changes others, or looks at the whole template. */
static int needs_whole(ast_node *node, void *user)
{
    static const char *const methods[] = {"append", "add", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "reverse",
                                          "setdefault", "sort", "update", "next", "reset", NULL};
    static const char *const names[]   = {"namespace", "cycler", "joiner", "self", NULL};
    switch ((ast_kind)node->kind) {
    case AST_Extends:
    case AST_NSRef:
    case AST_Do:
    case AST_Debug:
    case AST_Generation: return 1;
    case AST_Getattr:
        if (is_one_of(ast_as(Getattr, node)->attr, methods))
            return 1;
        break;
    case AST_Name:
        if (is_one_of(ast_as(Name, node)->name, names))
            return 1;
        break;
    default: break;
    }
    return ast_each_child(node, needs_whole, user);
}

static bool defines(const ast_node *node)
{
    return node->kind == AST_Set || node->kind == AST_SetBlock || node->kind == AST_Macro || node->kind == AST_Import || node->kind == AST_FromImport;
}

/* Inside an if, or a change of autoescape, names go to the scope around it. */
static int defines_inside(ast_node *node, void *user)
{
    if (defines(node))
        return 1;
    return node->kind == AST_If || node->kind == AST_Autoescape ? ast_each_child(node, defines_inside, user) : 0;
}

/* ---- names that are set later ---- */

typedef struct target_visit {
    int (*visit)(burin_text name, void *user);
    void *user;
} target_visit;

/* A name, a tuple of names, a name of an import. */
static int visit_targets(ast_node *node, void *user)
{
    const target_visit *v = user;
    switch ((ast_kind)node->kind) {
    case AST_Name: return v->visit(ast_as(Name, node)->name, v->user);
    case AST_ImportName: return v->visit(ast_as(ImportName, node)->alias, v->user);
    default: return ast_each_child(node, visit_targets, user);
    }
}

/* Call `visit` for each name that a definition sets, until it gives another result than 0, which is returned. */
static int each_target(ast_node *definition, int (*visit)(burin_text name, void *user), void *user)
{
    target_visit v     = {visit, user};
    int          found = 0;
    switch ((ast_kind)definition->kind) {
    case AST_Set: return visit_targets(ast_as(Set, definition)->target, &v);
    case AST_SetBlock: return visit_targets(ast_as(SetBlock, definition)->target, &v);
    case AST_Macro: return visit(ast_as(Macro, definition)->name, user);
    case AST_Import: return visit(ast_as(Import, definition)->target, user);
    default: break;
    }
    for (ast_node *n = ast_as(FromImport, definition)->names.first; n && !found; n = n->next)
        found = visit_targets(n, &v);
    return found;
}

static int is_name(burin_text name, void *other) { return text_equal(name, *(const burin_text *)other); }

/* Does the code tell of a name? */
static int mentions(ast_node *node, void *name)
{
    if (node->kind == AST_Name && is_name(ast_as(Name, node)->name, name))
        return 1;
    return ast_each_child(node, mentions, name);
}

typedef struct nodes_before { /* of the top level */
    ast_node *first, *end;
} nodes_before;

/* Is a name told of before it is set for the first time? */
static int is_mentioned(burin_text name, void *user)
{
    const nodes_before *before = user;
    for (ast_node *n = before->first; n != before->end; n = n->next) {
        if (defines(n) && each_target(n, is_name, &name))
            return 0;
        if (mentions(n, &name))
            return 1;
    }
    return 0;
}

static bool is_text(const ast_node *node)
{
    if (node->kind != AST_Output)
        return false;
    for (const ast_node *n = ((const ast_Output *)node)->nodes.first; n; n = n->next)
        if (n->kind != AST_Data)
            return false;
    return true;
}

static bool may_be_cut(ast_node *tree)
{
    nodes_before before   = {.first = ast_as(Template, tree)->body.first};
    bool         has_part = false;
    if (needs_whole(tree, NULL))
        return false;
    for (ast_node *n = before.first; n; n = n->next) {
        before.end = n;
        if ((n->kind == AST_If || n->kind == AST_Autoescape) && ast_each_child(n, defines_inside, NULL))
            return false;
        if (!defines(n))
            has_part |= !is_text(n);
        else if (has_part && each_target(n, is_mentioned, &before))
            return false;
    }
    return true;
}

/* ---- cutting ---- */

static int loads(ast_node *node, void *user)
{
    if (node->kind == AST_Include || node->kind == AST_Import || node->kind == AST_FromImport)
        return 1;
    return ast_each_child(node, loads, user);
}

/* A part of its own: the prelude, then this node. */
static burin_status take_part(splitter *s, ast_node *node)
{
    ast_Template *part = ast_make(s->memory, Template, node->line, node->where);
    ast_node     *next = node->next, *last = s->prelude.last;
    if (!part)
        return BURIN_ERR_NOMEM;
    node->next     = NULL;
    part->mentions = s->mentions;
    part->body     = s->prelude;
    ast_push(&part->body, node);
    rope_cut     cut    = {.tree = &part->base, .is_hole = node->kind == AST_Output, .reads_everything = s->loads || loads(node, NULL)};
    s->waits            = false;
    burin_status status = s->take(s->user, &cut);
    node->next          = next;
    if (last)
        last->next = NULL;
    return status;
}

static burin_status take_output(splitter *s, ast_Output *output)
{
    burin_status status = BURIN_OK;
    for (ast_node *n = output->nodes.first, *next; n && !status; n = next) {
        next = n->next;
        if (n->kind == AST_Data) {
            rope_cut cut = {.literal = ast_as(Data, n)->data};
            status       = s->take(s->user, &cut);
            continue;
        }
        ast_Output *hole = ast_make(s->memory, Output, n->line, n->where);
        if (!hole)
            return BURIN_ERR_NOMEM;
        n->next = NULL;
        ast_push(&hole->nodes, n);
        status  = take_part(s, &hole->base);
        n->next = next;
    }
    return status;
}

/* What is set or imported behind the last part writes nothing, but may fail. */
static burin_status take_rest(splitter *s)
{
    const ast_node *last = s->prelude.last;
    ast_Template   *part = ast_make(s->memory, Template, last->line, last->where);
    if (!part)
        return BURIN_ERR_NOMEM;
    part->body     = s->prelude;
    part->mentions = s->mentions;
    rope_cut cut   = {.tree = &part->base, .reads_everything = s->loads};
    return s->take(s->user, &cut);
}

burin_status rope_split(arena *a, ast_node *tree, burin_status (*take)(void *user, const rope_cut *cut), void *user)
{
    splitter     s      = {.memory = a, .mentions = ast_as(Template, tree)->mentions, .take = take, .user = user};
    burin_status status = BURIN_OK;
    if (!may_be_cut(tree)) {
        rope_cut whole = {.tree = tree, .reads_everything = loads(tree, NULL) || ast_each_child(tree, loads, NULL)};
        for (ast_node *n = ast_as(Template, tree)->body.first; n; n = n->next)
            whole.reads_everything |= n->kind == AST_Extends;
        return take(user, &whole);
    }
    for (ast_node *n = ast_as(Template, tree)->body.first, *next; n && !status; n = next) {
        next = n->next;
        if (defines(n)) {
            s.loads |= loads(n, NULL);
            s.waits |= n->kind != AST_Macro;
            n->next = NULL;
            ast_push(&s.prelude, n);
        } else if (n->kind == AST_Output) {
            status = take_output(&s, ast_as(Output, n));
        } else {
            status = take_part(&s, n);
        }
    }
    return status || !s.waits ? status : take_rest(&s);
}
