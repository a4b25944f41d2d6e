/* What the grammar cannot say: names that come twice, stars that stand alone, words outside their place. */
#include "parser/script_build.h"

#include "runtime/base/text.h"

#include <assert.h>

/* ---- names that come twice ---- */

static burin_text name_of(const ast_node *node)
{
    return node->kind == AST_Parameter ? ((const ast_Parameter *)node)->name : ((const ast_Keyword *)node)->name;
}

/* Open addressing, at most half full. */
const ast_node *script_repeated_name(script_parser *p, const ast_list *list)
{
    size_t           room  = 16;
    const ast_node **table = NULL;

    while (room < (size_t)list->count * 2)
        room *= 2;
    if (list->count > 1)
        table = arena_zalloc(p->arena, room * sizeof *table);
    if (!table) {
        if (list->count > 1)
            script_fail_memory(p);
        return NULL;
    }
    for (const ast_node *node = list->first; node; node = node->next) {
        burin_text name = name_of(node);
        size_t     at   = name.len > 0 ? text_hash(name.data, name.len, 0) & (room - 1) : 0;
        if (name.len == 0) /* **x */
            continue;
        for (; table[at]; at = (at + 1) & (room - 1)) {
            if (text_equal(name_of(table[at]), name))
                return node;
        }
        table[at] = node;
    }
    return NULL;
}

/* ---- stars ---- */

void script_check_star(script_parser *p, expr value)
{
    if (value.node && value.node->kind == AST_Starred)
        script_late_syntax_error(p, value.line, value.node->where, "can't use starred expression here");
}

/* ---- words outside their place ---- */

static script_context *context(script_parser *p) { return &p->contexts[p->context_count]; }

void script_enter_function(script_parser *p)
{
    assert(p->context_count + 1 < SCRIPT_CONTEXTS_MAX); /* the lexer bounds how deep blocks nest */
    p->context_count++;
    *context(p) = (script_context){.in_function = true, .in_loop = false};
}

void script_enter_loop(script_parser *p)
{
    bool in_function = context(p)->in_function;

    assert(p->context_count + 1 < SCRIPT_CONTEXTS_MAX);
    p->context_count++;
    *context(p) = (script_context){.in_function = in_function, .in_loop = true};
}

void script_leave(script_parser *p)
{
    assert(p->context_count > 0);
    p->context_count--;
}

void script_check_place(script_parser *p, const script_token *word)
{
    bool in_place = word->kind == SCRIPT_RETURN ? context(p)->in_function : word->kind == SCRIPT_PASS || context(p)->in_loop;

    if (in_place)
        return;
    if (word->kind == SCRIPT_CONTINUE)
        script_late_syntax_error(p, word->line, script_span(word), "'continue' not properly in loop");
    else
        script_late_syntax_error(p, word->line, script_span(word), "'%s' outside %s", script_token_text(word->kind),
                            word->kind == SCRIPT_RETURN ? "function" : "loop");
}
