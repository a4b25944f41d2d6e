/* {% trans %}: from the tag to the calls that Jinja2's i18n extension makes of it.
 *
 * The body becomes a message in which % is doubled and {{ name }} is %(name)s, and the whole becomes
 *     old style   MarkSafeIfAutoescape(gettext(message)) % {"name": name, ...}
 *     new style   gettext(message, name=name, ...)
 * with pgettext for a context, ngettext for a plural form. The first variable, or the one that pluralize names, counts;
 * when it is a call it is stored in `_trans` first. Names that the body uses and the tag does not define come last, in
 * the order of their first use (Jinja2 takes them from a set, in no order at all).
 * Every node made here has the line of the tag. */
#include "parser/build.h"

#include "runtime/base/text.h"

static burin_text text_of(const token *t) { return (burin_text){t->value.as.s, t->value.len}; }

/* ---- the tag ---- */

void trans_begin(parser *p, const token *word, const token *context)
{
    trans *t = arena_zalloc(p->arena, sizeof *t);

    p->trans = t;
    if (!t) {
        parser_fail_memory(p);
        return;
    }
    t->line    = word->line;
    t->where   = (span){p->tag_start, word->end};
    t->trimmed = -1;
    if (context) {
        t->has_context = true;
        t->context     = text_of(context);
    }
}

/* Where the variable of that name is, or belongs. The table is never full. */
static trans_variable **table_slot(const trans *t, burin_text name)
{
    uint32_t at = text_hash(name.data, name.len, 0) & (t->table_size - 1);

    while (t->table[at] && !text_equal(t->table[at]->name, name))
        at = (at + 1) & (t->table_size - 1);
    return &t->table[at];
}

static trans_variable *find_variable(const trans *t, burin_text name)
{
    return t->table_size > 0 ? *table_slot(t, name) : NULL;
}

static bool grow_table(parser *p)
{
    trans   *t    = p->trans;
    uint32_t size = t->table_size ? t->table_size * 2 : 16;

    t->table = arena_zalloc(p->arena, size * sizeof(trans_variable *));
    if (!t->table) {
        parser_fail_memory(p);
        return false;
    }
    t->table_size = size;
    for (trans_variable *v = t->first; v; v = v->next)
        *table_slot(t, v->name) = v;
    return true;
}

static trans_variable *add_variable(parser *p, burin_text name)
{
    trans          *t = p->trans;
    trans_variable *v = arena_zalloc(p->arena, sizeof *v);

    if (!v) {
        parser_fail_memory(p);
        return NULL;
    }
    if (t->count * 2 >= t->table_size && !grow_table(p))
        return NULL;
    v->name               = name;
    *table_slot(t, name) = v;
    t->count++;
    if (t->last)
        t->last->next = v;
    else
        t->first = v;
    t->last = v;
    return v;
}

static ast_node *make_name(parser *p, burin_text text, ast_use use)
{
    ast_Name *name = ast_make(p->arena, Name, p->trans->line, p->trans->where);

    if (!name) {
        parser_fail_memory(p);
        return NULL;
    }
    name->name = text;
    name->use  = use;
    return &name->base;
}

static bool check_new(parser *p, const token *name)
{
    if (find_variable(p->trans, text_of(name)))
        parser_fail(p, BURIN_ERR_ASSERTION, name->line, token_span(name), "translatable variable '%.*s' defined twice.",
                    (int)name->value.len, name->value.as.s);
    return !p->status;
}

void trans_name(parser *p, const token *name)
{
    if (check_new(p, name))
        add_variable(p, text_of(name));
}

void trans_trimmed(parser *p, const token *name)
{
    if (check_new(p, name))
        p->trans->trimmed = name->word == WORD_TRIMMED;
}

/* A call is evaluated once for the count and the message: it is stored first. */
static void count_with(parser *p, trans_variable *v)
{
    static const burin_text stored = {"_trans", 6};
    trans *t = p->trans;

    if (v->value && v->value->kind == AST_Call) {
        ast_Set *set = ast_make(p->arena, Set, t->line, t->where);
        if (!set) {
            parser_fail_memory(p);
            return;
        }
        set->value    = v->value;
        set->target   = make_name(p, stored, AST_STORE);
        t->assignment = &set->base;
        v->value      = make_name(p, stored, AST_LOAD);
    }
    t->plural_expr    = v->value;
    t->num_called_num = text_is(v->name, "num");
}

void trans_value(parser *p, const operand *value)
{
    trans_variable *v = p->trans->last;

    if (p->status)
        return;
    v->value = value ? value->node : make_name(p, v->name, AST_LOAD);
    if (!p->trans->plural_expr && v->value)
        count_with(p, v);
}

void trans_open(parser *p)
{
    p->trans->where.end = p->prev_end;
    parser_open(p, WORD_TRANS, (burin_text){"", 0});
}

/* ---- the body ---- */

static trans_piece *piece_of(parser *p) { return p->trans->has_plural ? &p->trans->plural : &p->trans->singular; }

static void add_text(parser *p, trans_piece *piece, const char *data, size_t len)
{
    if (piece->cap - piece->len < len) {
        size_t cap  = (piece->cap + len) * 2;
        char  *more = arena_alloc(p->arena, cap);
        if (!more) {
            parser_fail_memory(p);
            return;
        }
        if (piece->len > 0)
            memcpy(more, piece->text, piece->len);
        piece->text = more;
        piece->cap  = cap;
    }
    memcpy(piece->text + piece->len, data, len);
    piece->len += len;
}

void trans_data(parser *p, const token *t)
{
    trans_piece *piece = piece_of(p);
    const char  *at    = t->value.as.s, *end = at + t->value.len;

    while (at < end) {
        const char *percent = memchr(at, '%', (size_t)(end - at));
        const char *stop    = percent ? percent + 1 : end;
        add_text(p, piece, at, (size_t)(stop - at));
        if (percent)
            add_text(p, piece, "%", 1);
        at = stop;
    }
}

void trans_reference(parser *p, const token *name)
{
    trans_piece *piece = piece_of(p);

    if (piece->name_count == piece->name_cap) {
        uint32_t    cap  = piece->name_cap ? piece->name_cap * 2 : 8;
        burin_text *more = arena_alloc(p->arena, cap * sizeof *more);
        if (!more) {
            parser_fail_memory(p);
            return;
        }
        if (piece->name_count > 0)
            memcpy(more, piece->names, piece->name_count * sizeof *more);
        piece->names    = more;
        piece->name_cap = cap;
    }
    piece->names[piece->name_count++] = text_of(name);
    add_text(p, piece, "%(", 2);
    add_text(p, piece, name->value.as.s, name->value.len);
    add_text(p, piece, ")s", 2);
}

/* Where nothing was said, the first name of the singular counts. */
static void count_with_first_name(parser *p)
{
    trans *t = p->trans;

    if (t->plural_expr || t->singular.name_count == 0)
        return;
    t->plural_expr    = make_name(p, t->singular.names[0], AST_LOAD);
    t->num_called_num = text_is(t->singular.names[0], "num");
}

void trans_plural(parser *p, const token *name)
{
    trans          *t = p->trans;
    trans_variable *v = find_variable(t, text_of(name));

    if (!v) {
        parser_fail(p, BURIN_ERR_ASSERTION, name->line, token_span(name), "unknown variable '%.*s' for pluralization",
                    (int)name->value.len, name->value.as.s);
        return;
    }
    t->plural_expr    = v->value;
    t->num_called_num = text_is(v->name, "num");
}

void trans_plural_open(parser *p)
{
    count_with_first_name(p);
    p->trans->has_plural = true;
}

/* ---- the message ---- */

/* str.strip(), and every stretch of whitespace with a newline in it as one space. In place. */
static burin_text trim_message(char *text, size_t len)
{
    burin_text message = lexer_strip((burin_text){text, len});
    char      *out     = text;
    const char *at = message.data, *end = message.data + message.len;

    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        if (!newline) {
            memmove(out, at, (size_t)(end - at));
            out += end - at;
            break;
        }
        burin_text before = lexer_strip_end((burin_text){at, (size_t)(newline - at)});
        memmove(out, before.data, before.len);
        out += before.len;
        *out++ = ' ';
        at = lexer_strip_start((burin_text){newline, (size_t)(end - newline)}).data;
    }
    return (burin_text){text, (size_t)(out - text)};
}

static burin_text undouble_percents(char *text, size_t len)
{
    size_t kept = 0;

    for (size_t i = 0; i < len; i++) {
        text[kept++] = text[i];
        if (text[i] == '%' && i + 1 < len && text[i + 1] == '%')
            i++;
    }
    return (burin_text){text, kept};
}

static burin_text message_of(const parser *p, trans_piece *piece, bool names_used)
{
    const trans *t       = p->trans;
    burin_text   message = {piece->text, piece->len};
    bool         trimmed = t->trimmed < 0 ? p->options->i18n_trimmed : t->trimmed;

    if (piece->len == 0)
        return (burin_text){"", 0};
    if (trimmed)
        message = trim_message(piece->text, piece->len);
    if (!names_used && !p->options->i18n_newstyle)
        message = undouble_percents((char *)message.data, message.len);
    return message;
}

/* ---- the nodes ---- */

#define TRANS_NODE(Name) ast_make(p->arena, Name, p->trans->line, p->trans->where)

static ast_node *make_text(parser *p, burin_text text)
{
    ast_Const *constant = TRANS_NODE(Const);

    if (!constant) {
        parser_fail_memory(p);
        return NULL;
    }
    constant->value = burin_string_borrow(text.data, text.len);
    return &constant->base;
}

/* The node again, for a second place in the tree: names are copied, other expressions shared. */
static ast_node *again(parser *p, ast_node *node)
{
    if (node && node->kind == AST_Name) {
        ast_node *copy = make_name(p, ((ast_Name *)node)->name, AST_LOAD);
        if (copy)
            copy->line = node->line;
        return copy;
    }
    return node;
}

static void push(ast_list *list, ast_node *node)
{
    if (node)
        ast_push(list, node);
}

static burin_text function_name(const trans *t)
{
    static const burin_text names[] = {{"gettext", 7}, {"ngettext", 8}, {"pgettext", 8}, {"npgettext", 9}};
    return names[t->has_plural + 2 * t->has_context];
}

static ast_Call *make_call(parser *p, bool names_used)
{
    trans    *t    = p->trans;
    ast_Call *call = TRANS_NODE(Call);

    if (!call) {
        parser_fail_memory(p);
        return NULL;
    }
    call->node = make_name(p, function_name(t), AST_LOAD);
    if (t->has_context)
        push(&call->args, make_text(p, t->context));
    push(&call->args, make_text(p, message_of(p, &t->singular, names_used)));
    if (t->has_plural) {
        push(&call->args, make_text(p, message_of(p, &t->plural, names_used)));
        push(&call->args, again(p, t->plural_expr));
    }
    return call;
}

static void add_keywords(parser *p, ast_Call *call)
{
    trans *t = p->trans;

    for (trans_variable *v = t->first; v; v = v->next) {
        if (t->num_called_num && t->has_plural && text_is(v->name, "num"))
            continue;
        ast_Keyword *keyword = TRANS_NODE(Keyword);
        if (!keyword || !lexer_normalize_name(p->arena, v->name, &keyword->name)) {
            parser_fail_memory(p);
            return;
        }
        keyword->value = v->value;
        push(&call->kwargs, &keyword->base);
    }
}

static ast_node *make_format(parser *p, ast_Call *call)
{
    ast_MarkSafeIfAutoescape *safe   = TRANS_NODE(MarkSafeIfAutoescape);
    ast_Binary               *format = TRANS_NODE(Binary);
    ast_Dict                 *values = TRANS_NODE(Dict);

    if (!safe || !format || !values) {
        parser_fail_memory(p);
        return NULL;
    }
    safe->node = &call->base;
    if (!p->trans->first)
        return &safe->base;
    for (trans_variable *v = p->trans->first; v; v = v->next) {
        ast_Pair *pair = TRANS_NODE(Pair);
        if (!pair) {
            parser_fail_memory(p);
            return NULL;
        }
        pair->key   = make_text(p, v->name);
        pair->value = v->value;
        push(&values->items, &pair->base);
    }
    format->op    = AST_MOD;
    format->left  = &safe->base;
    format->right = &values->base;
    return &format->base;
}

static void add_referenced(parser *p, const trans_piece *piece)
{
    for (uint32_t i = 0; i < piece->name_count && !p->status; i++) {
        if (find_variable(p->trans, piece->names[i]))
            continue;
        trans_variable *v = add_variable(p, piece->names[i]);
        if (v)
            v->value = make_name(p, v->name, AST_LOAD);
    }
}

ast_node *trans_finish(parser *p)
{
    trans      *t          = p->trans;
    bool        names_used = t->singular.name_count > 0 || t->plural.name_count > 0;
    ast_Output *output     = TRANS_NODE(Output);

    parser_close(p);
    add_referenced(p, &t->singular);
    add_referenced(p, &t->plural);
    if (t->has_plural && !t->plural_expr)
        parser_fail(p, BURIN_ERR_SYNTAX, t->line, t->where, "pluralize without variables");
    if (!output)
        parser_fail_memory(p);
    ast_Call *call = p->status ? NULL : make_call(p, names_used);
    if (p->status)
        return NULL;
    if (p->options->i18n_newstyle)
        add_keywords(p, call);
    push(&output->nodes, p->options->i18n_newstyle ? &call->base : make_format(p, call));
    if (!t->assignment)
        return &output->base;
    t->assignment->next = &output->base;
    return t->assignment;
}
