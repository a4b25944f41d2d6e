/* Where a template may be cut.
 *
 * Pieces are independent when none changes what another sees. What the top level sets, defines or imports goes before every
 * later part, which so has its own; that is right as long as nothing is changed in place. Where something may be, or where
 * names are set under a condition, the template stays whole. */
#include "engine/rope.h"

#include "runtime/base/text.h"

#include <string.h>

typedef struct splitter {
    arena       *memory;
    ast_list     prelude; /* definitions so far; their `next` are theirs only between parts */
    bool         imports; /* one of them loads a template */
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

static int changes_in_place(ast_node *node, void *user)
{
    static const char *const methods[] = {"append", "add", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "reverse",
                                          "setdefault", "sort", "update", "next", "reset", NULL};
    static const char *const makers[]  = {"namespace", "cycler", "joiner", NULL};
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
        if (is_one_of(ast_as(Name, node)->name, makers))
            return 1;
        break;
    default: break;
    }
    return ast_each_child(node, changes_in_place, user);
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

static bool may_be_cut(ast_node *tree)
{
    if (changes_in_place(tree, NULL))
        return false;
    for (ast_node *n = ast_as(Template, tree)->body.first; n; n = n->next)
        if ((n->kind == AST_If || n->kind == AST_Autoescape) && ast_each_child(n, defines_inside, NULL))
            return false;
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
    node->next = NULL;
    part->body = s->prelude;
    ast_push(&part->body, node);
    rope_cut     cut    = {.tree = &part->base, .is_hole = node->kind == AST_Output, .reads_everything = s->imports || loads(node, NULL)};
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

burin_status rope_split(arena *a, ast_node *tree, burin_status (*take)(void *user, const rope_cut *cut), void *user)
{
    splitter     s      = {.memory = a, .take = take, .user = user};
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
            s.imports |= n->kind == AST_Import || n->kind == AST_FromImport;
            n->next = NULL;
            ast_push(&s.prelude, n);
        } else if (n->kind == AST_Output) {
            status = take_output(&s, ast_as(Output, n));
        } else {
            status = take_part(&s, n);
        }
    }
    return status;
}
