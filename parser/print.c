/* The tree as text, for `burin dump ast` and for comparing it with Jinja2's: one node a line, fields by name.
 *
 *     Template @1
 *       body:
 *         Output @1
 *           nodes:
 *             Data @1 data="Hello "
 *
 * "@1" is the line; texts are written as JSON does. Recursion is bounded by the tree's depth, which the parser bounds. */
#include "parser/parser.h"

#include "runtime/base/text.h"

/* Named after their types: ENUM finds its table by name. */
static const char *const ast_use_names[]           = {"load", "store", "param", "del"};
static const char *const ast_compare_names[]       = {"eq", "ne", "lt", "lteq", "gt", "gteq", "in", "notin", "is", "isnot"};
static const char *const ast_binary_names[]        = {"Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow", "LShift", "RShift", "BitAnd", "BitOr", "BitXor"};
static const char *const ast_unary_names[]         = {"Neg", "Pos", "Invert"};
static const char *const ast_parameter_names[]     = {"positional", "either", "rest", "keyword", "named"};
static const char *const ast_comprehension_names[] = {"list", "set", "dict", "generator"};
static const char *const ast_conversion_names[]    = {"none", "str", "repr", "ascii"};

static void print_quoted(buf *out, burin_text text)
{
    buf_append_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '"' || c == '\\')
            buf_append_byte(out, '\\');
        if (c == '\n')
            buf_append(out, "\\n", 2);
        else if (c < 32)
            buf_printf(out, "\\u%04x", c);
        else
            buf_append_byte(out, (char)c);
    }
    buf_append_byte(out, '"');
}

static void print_const(buf *out, burin_value value)
{
    char   number[32];
    size_t len;

    switch (value.kind) {
    case BURIN_NONE: buf_append_z(out, "none"); break;
    case BURIN_BOOL: buf_append_z(out, value.as.i ? "true" : "false"); break;
    case BURIN_STRING: print_quoted(out, (burin_text){value.as.s, value.len}); break;
    case BURIN_BIGINT: buf_append(out, value.as.s, value.len); break;
    case BURIN_INT:
        len = text_from_int(value.as.i, number);
        buf_append(out, number, len);
        break;
    case BURIN_FLOAT:
        len = text_from_double(value.as.f, number);
        buf_append(out, number, len);
        break;
    default: break;
    }
}

static void print_indent(buf *out, unsigned depth)
{
    while (depth-- > 0)
        buf_append(out, "  ", 2);
}

static void print_node(buf *out, const ast_node *node, unsigned depth);

static void print_label(buf *out, const char *label, unsigned depth)
{
    print_indent(out, depth);
    buf_append_z(out, label);
    buf_append(out, ":\n", 2);
}

static void print_child(buf *out, const char *label, const ast_node *child, unsigned depth)
{
    if (!child)
        return;
    print_label(out, label, depth);
    print_node(out, child, depth + 1);
}

static void print_list(buf *out, const char *label, const ast_list *list, unsigned depth)
{
    if (!list->first)
        return;
    print_label(out, label, depth);
    for (const ast_node *child = list->first; child; child = child->next)
        print_node(out, child, depth + 1);
}

static void print_text(buf *out, const char *label, burin_text text)
{
    buf_printf(out, " %s=", label);
    print_quoted(out, text);
}

/* What stands on the node's own line. */
static void print_fields(buf *out, const ast_node *node)
{
    switch (node->kind) {
#define TEXT(x) print_text(out, #x, self->x);
#define CONST(x) \
    buf_append(out, " " #x "=", sizeof " " #x "=" - 1); \
    print_const(out, self->x);
#define FLAG(x) buf_printf(out, " %s=%s", #x, self->x ? "true" : "false");
#define ENUM(type, x) buf_printf(out, " %s=%s", #x, type##_names[self->x]);
#define NODE(Name, what, ...) \
    case AST_##Name: { \
        const ast_##Name *self = (const ast_##Name *)node; \
        (void)self; \
        __VA_ARGS__ \
        break; \
    }
#include "parser/nodes.def"
    case AST_KIND_COUNT: break;
    }
}

/* What stands below it. */
static void print_children(buf *out, const ast_node *node, unsigned depth)
{
    switch (node->kind) {
#define CHILD(x) print_child(out, #x, self->x, depth);
#define LIST(x) print_list(out, #x, &self->x, depth);
#define NODE(Name, what, ...) \
    case AST_##Name: { \
        const ast_##Name *self = (const ast_##Name *)node; \
        (void)self; \
        __VA_ARGS__ \
        break; \
    }
#include "parser/nodes.def"
    case AST_KIND_COUNT: break;
    }
}

static void print_node(buf *out, const ast_node *node, unsigned depth)
{
    print_indent(out, depth);
    buf_printf(out, "%s @%u", ast_kind_name(node->kind), node->line);
    print_fields(out, node);
    buf_append_byte(out, '\n');
    print_children(out, node, depth + 1);
}

void ast_print(const ast_node *tree, buf *out) { print_node(out, tree, 0); }
