/* Statements: one function for each shape the grammar reduces.
 *
 * A statement with a body is made when its tag ends, so that its name is known to whatever its body says, and is put on
 * the stack of open statements (parser_open); the body joins it at the end (build_end). The span of a statement is its
 * first tag. */
#include "parser/build.h"

static span tag_span(const parser *p) { return (span){p->tag_start, p->prev_end}; }

/* A statement on the line of its word. Yields a discarded node when memory is out, so that fields may be set. */
#define STATEMENT(Name, line) ((ast_##Name *)make_statement(p, AST_##Name, (line)))

static ast_node *make_statement(parser *p, ast_kind kind, uint32_t line)
{
    ast_node *node = ast_new(p->arena, kind, line, tag_span(p));
    if (!node)
        parser_fail_memory(p);
    return node;
}

static burin_text text_of(const token *t) { return (burin_text){t->value.as.s, t->value.len}; }

/* Statements nest; a tree under an expression counts on top of those that are open around it. */
static ast_node *open_statement(parser *p, void *node, token_word tag, burin_text name)
{
    if (node)
        parser_open(p, tag, name);
    return node;
}

static const burin_text no_name = {"", 0};

/* ---- bodies ---- */

ast_node *build_template(parser *p, body *b)
{
    ast_Template *template = ast_make(p->arena, Template, 1, ((span){0, (uint32_t)p->src->text.len}));

    if (template && b) {
        template->body     = b->list;
        template->mentions = p->mentions;
    } else {
        parser_fail_memory(p);
    }
    return template ? &template->base : NULL;
}

body *build_body(parser *p)
{
    body *b = arena_zalloc(p->arena, sizeof *b);
    if (!b)
        parser_fail_memory(p);
    return b;
}

/* Neighbouring pieces of output share an Output, which has the line of the first. */
static body *add_piece(parser *p, body *b, ast_node *piece)
{
    if (!b || !piece)
        return b;
    if (!b->open) {
        b->open = ast_make(p->arena, Output, piece->line, piece->where);
        if (!b->open) {
            parser_fail_memory(p);
            return b;
        }
        ast_push(&b->list, &b->open->base);
    }
    ast_push(&b->open->nodes, piece);
    b->open->base.where.end = piece->where.end;
    return b;
}

body *build_body_data(parser *p, body *b, const token *t)
{
    ast_Data *data = ast_make(p->arena, Data, t->line, token_span(t));

    if (!data) {
        parser_fail_memory(p);
        return b;
    }
    data->data = text_of(t);
    return add_piece(p, b, &data->base);
}

body *build_body_print(parser *p, body *b, operand value) { return add_piece(p, b, value.node); }

body *build_body_statement(body *b, ast_node *statement)
{
    if (!b || !statement)
        return b;
    b->open = NULL;
    for (ast_node *next; statement; statement = next) {
        next            = statement->next;
        statement->next = NULL;
        ast_push(&b->list, statement);
    }
    return b;
}

ast_node *build_end(parser *p, ast_node *statement, body *b)
{
    if (!statement || !b)
        return statement;
    parser_close(p);
    switch (statement->kind) {
    case AST_SetBlock: ast_as(SetBlock, statement)->body = b->list; break;
    case AST_With: ast_as(With, statement)->body = b->list; break;
    case AST_Autoescape: ast_as(Autoescape, statement)->body = b->list; break;
    case AST_Macro: ast_as(Macro, statement)->body = b->list; break;
    case AST_CallBlock: ast_as(CallBlock, statement)->body = b->list; break;
    case AST_FilterBlock: ast_as(FilterBlock, statement)->body = b->list; break;
    default: ast_as(Generation, statement)->body = b->list; break;
    }
    return statement;
}

/* ---- control ---- */

ast_node *build_for(parser *p, const token *word, operand target, operand iter, operand test, bool recursive)
{
    ast_For *loop = STATEMENT(For, word->line);

    if (loop) {
        loop->target    = target.node;
        loop->iter      = iter.node;
        loop->test      = test.node;
        loop->recursive = recursive;
    }
    return open_statement(p, loop, WORD_FOR, no_name);
}

ast_node *build_for_end(parser *p, ast_node *loop, body *b, body *orelse)
{
    if (!loop || !b)
        return loop;
    parser_close(p);
    ast_as(For, loop)->body = b->list;
    if (orelse)
        ast_as(For, loop)->orelse = orelse->list;
    return loop;
}

if_open build_if(parser *p, const token *word, operand test)
{
    ast_If *node = STATEMENT(If, word->line);

    if (!node)
        return (if_open){NULL, NULL};
    node->test = test.node;
    open_statement(p, node, WORD_IF, no_name);
    return (if_open){node, &node->body};
}

/* An elif has the line of the token after its word. */
if_open build_elif(parser *p, if_open open, body *b, operand test)
{
    ast_If *node = STATEMENT(If, test.line);

    if (!node || !b || !open.node)
        return open;
    node->test = test.node;
    *open.into = b->list;
    ast_push(&open.node->elifs, &node->base);
    open.into = &node->body;
    return open;
}

if_open build_else(if_open open, body *b)
{
    if (open.node && b) {
        *open.into = b->list;
        open.into  = &open.node->orelse;
    }
    return open;
}

ast_node *build_if_end(parser *p, if_open open, body *b)
{
    if (!open.node || !b)
        return NULL;
    parser_close(p);
    *open.into = b->list;
    return &open.node->base;
}

/* ---- assignment ---- */

ast_node *build_set(parser *p, const token *word, operand target, operand value)
{
    ast_Set *set = STATEMENT(Set, word->line);

    if (!set)
        return NULL;
    set->target = target.node;
    set->value  = value.node;
    return &set->base;
}

ast_node *build_set_block(parser *p, const token *word, operand target, operand filter)
{
    ast_SetBlock *set = STATEMENT(SetBlock, word->line);

    if (set) {
        set->target = target.node;
        set->filter = filter.node;
    }
    return open_statement(p, set, WORD_SET, no_name);
}

ast_With *build_with(parser *p) { return STATEMENT(With, 0); }

ast_With *build_with_pair(ast_With *with, operand target, operand value)
{
    if (with && target.node && value.node) {
        ast_push(&with->targets, target.node);
        ast_push(&with->values, value.node);
    }
    return with;
}

ast_node *build_with_open(parser *p, ast_With *with, const token *word)
{
    if (with) {
        with->base.line  = word->line;
        with->base.where = tag_span(p);
    }
    return open_statement(p, with, WORD_WITH, no_name);
}

/* ---- blocks, macros, calls ---- */

ast_node *build_autoescape(parser *p, const token *word, operand value)
{
    ast_Autoescape *node = STATEMENT(Autoescape, word->line);

    if (node)
        node->value = value.node;
    return open_statement(p, node, WORD_AUTOESCAPE, no_name);
}

ast_node *build_block(parser *p, const token *word, const token *name, bool scoped, bool required)
{
    ast_Block *block = STATEMENT(Block, word->line);

    if (block) {
        block->name     = text_of(name);
        block->scoped   = scoped;
        block->required = required;
    }
    return open_statement(p, block, WORD_BLOCK, text_of(name));
}

static bool is_blank(const ast_list *nodes)
{
    for (const ast_node *n = nodes->first; n; n = n->next) {
        if (n->kind != AST_Data || !lexer_is_blank(((const ast_Data *)n)->data))
            return false;
    }
    return true;
}

/* How jinja2.nodes calls a statement. */
static const char *statement_class(const ast_node *node)
{
    switch (node->kind) {
    case AST_Set: return "Assign";
    case AST_SetBlock: return "AssignBlock";
    case AST_Do: return "ExprStmt";
    case AST_Autoescape: return "Scope";
    case AST_Generation: return "CallBlock";
    default: return ast_kind_name(node->kind);
    }
}

/* Jinja2 asks whatever stands in a required block for its `nodes`, which only output has. */
static void check_required(parser *p, const ast_node *block, const body *b)
{
    for (const ast_node *n = b->list.first; n; n = n->next) {
        if (n->kind == AST_Output && is_blank(&((const ast_Output *)n)->nodes))
            continue;
        if (n->kind == AST_Output || n->kind == AST_Debug)
            parser_fail(p, BURIN_ERR_SYNTAX, p->current.line, block->where, "Required blocks can only contain comments or whitespace");
        else
            parser_fail(p, BURIN_ERR_ATTRIBUTE, p->current.line, n->where, "'%s' object has no attribute 'nodes'", statement_class(n));
        return;
    }
}

ast_node *build_block_body(parser *p, ast_node *node, body *b)
{
    if (!node || !b)
        return node;
    ast_Block *block = ast_as(Block, node);
    block->body      = b->list;
    if (block->required)
        check_required(p, node, b);
    return node;
}

signature *build_signature(parser *p)
{
    signature *s = arena_zalloc(p->arena, sizeof *s);
    if (!s)
        parser_fail_memory(p);
    return s;
}

signature *build_param(parser *p, signature *s, const token *name, ast_node *fallback)
{
    ast_Name *param = ast_make(p->arena, Name, name->line, token_span(name));

    if (!s || !param) {
        parser_fail_memory(p);
        return s;
    }
    if (fallback)
        ast_push(&s->defaults, fallback);
    else if (s->defaults.first)
        parser_fail(p, BURIN_ERR_SYNTAX, p->current.line, token_span(name), "non-default argument follows default argument");
    param->name = text_of(name);
    param->use  = AST_PARAM;
    ast_push(&s->args, &param->base);
    return s;
}

ast_node *build_macro(parser *p, const token *word, const token *name, const signature *s)
{
    ast_Macro *macro = STATEMENT(Macro, word->line);

    if (macro && s) {
        macro->name     = text_of(name);
        macro->args     = s->args;
        macro->defaults = s->defaults;
    }
    return open_statement(p, macro, WORD_MACRO, no_name);
}

ast_node *build_call_block(parser *p, const token *word, const signature *s)
{
    ast_CallBlock *block = STATEMENT(CallBlock, word->line);

    if (!block || !s)
        return NULL;
    block->args     = s->args;
    block->defaults = s->defaults;
    return &block->base;
}

ast_node *build_called(parser *p, ast_node *block, operand call)
{
    if (!block || !call.node)
        return block;
    if (call.node->kind != AST_Call)
        parser_fail(p, BURIN_ERR_SYNTAX, block->line, call.node->where, "expected call");
    ast_as(CallBlock, block)->call = call.node;
    return block;
}

ast_node *build_call_open(parser *p, ast_node *block)
{
    if (block)
        block->where = tag_span(p);
    return open_statement(p, block, WORD_CALL, no_name);
}

ast_node *build_filter_block(parser *p, const token *word, operand filter)
{
    ast_FilterBlock *block = STATEMENT(FilterBlock, word->line);

    if (block)
        block->filter = filter.node;
    return open_statement(p, block, WORD_FILTER, no_name);
}

ast_node *build_generation(parser *p, const token *word)
{
    return open_statement(p, STATEMENT(Generation, word->line), WORD_GENERATION, no_name);
}

/* ---- other templates ---- */

ast_node *build_extends(parser *p, const token *word, operand name)
{
    ast_Extends *node = STATEMENT(Extends, word->line);

    if (!node)
        return NULL;
    node->name = name.node;
    return &node->base;
}

ast_node *build_include(parser *p, const token *word, operand name, bool ignore_missing, int with_context)
{
    ast_Include *node = STATEMENT(Include, word->line);

    if (!node)
        return NULL;
    node->name           = name.node;
    node->ignore_missing = ignore_missing;
    node->with_context   = with_context != 0;
    return &node->base;
}

ast_node *build_import(parser *p, const token *word, operand name, const token *target, int with_context)
{
    ast_Import *node = STATEMENT(Import, word->line);

    if (!node)
        return NULL;
    node->name         = name.node;
    node->target       = text_of(target);
    node->with_context = with_context == 1;
    return &node->base;
}

ast_FromImport *build_from_list(parser *p) { return STATEMENT(FromImport, 0); }

ast_FromImport *build_imported(parser *p, ast_FromImport *from, const token *name, const token *alias)
{
    ast_ImportName *import = ast_make(p->arena, ImportName, name->line, ((span){name->start, (alias ? alias : name)->end}));

    if (!from || !import) {
        parser_fail_memory(p);
        return from;
    }
    import->name  = text_of(name);
    import->alias = text_of(alias ? alias : name);
    ast_push(&from->names, &import->base);
    return from;
}

ast_FromImport *build_from_context(ast_FromImport *from, bool with_context)
{
    if (from)
        from->with_context = with_context;
    return from;
}

ast_node *build_from(parser *p, const token *word, operand name, ast_FromImport *from)
{
    if (!from)
        return NULL;
    from->base.line  = word->line;
    from->base.where = tag_span(p);
    from->name       = name.node;
    return &from->base;
}

/* ---- simple statements ---- */

ast_Output *build_print(parser *p) { return STATEMENT(Output, 0); }

ast_Output *build_print_add(ast_Output *print, operand value)
{
    if (print && value.node)
        ast_push(&print->nodes, value.node);
    return print;
}

ast_node *build_print_end(parser *p, ast_Output *print, const token *word)
{
    if (!print)
        return NULL;
    print->base.line  = word->line;
    print->base.where = tag_span(p);
    return &print->base;
}

ast_node *build_do(parser *p, const token *word, operand value)
{
    ast_Do *node = STATEMENT(Do, word->line);

    if (!node)
        return NULL;
    node->value = value.node;
    return &node->base;
}

ast_node *build_word(parser *p, ast_kind kind, const token *word) { return make_statement(p, kind, word->line); }
