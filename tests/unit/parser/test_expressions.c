/* What binds to what, and on which line: expressions as one-line trees. */
#include "parse_text.h"

/* ---- a tree on one line: operators in front, "@n" after a node that is not on line 1 ---- */

static void show(buf *out, const ast_node *n);

static void show_list(buf *out, const ast_list *list)
{
    for (const ast_node *n = list->first; n; n = n->next) {
        buf_append_byte(out, ' ');
        show(out, n);
    }
}

static void show_arguments(buf *out, const ast_list *args, const ast_list *kwargs, const ast_node *rest, const ast_node *named)
{
    show_list(out, args);
    show_list(out, kwargs);
    if (rest) {
        buf_append_z(out, " *");
        show(out, rest);
    }
    if (named) {
        buf_append_z(out, " **");
        show(out, named);
    }
}

static void show_optional(buf *out, const ast_node *n)
{
    buf_append_byte(out, ' ');
    if (n)
        show(out, n);
    else
        buf_append_byte(out, '_');
}

#define TEXT_OF(x) (int)(x).len, (x).data

static void show_fields(buf *out, const ast_node *n)
{
    static const char *const binary[]  = {"+", "-", "*", "/", "//", "%", "**"};
    static const char *const compare[] = {"==", "!=", "<", "<=", ">", ">=", "in", "not-in"};

#define AS(Name) ((const ast_##Name *)n)
    switch (n->kind) {
    case AST_Binary:
        buf_append_z(out, binary[AS(Binary)->op]);
        show_optional(out, AS(Binary)->left);
        show_optional(out, AS(Binary)->right);
        break;
    case AST_Unary:
        buf_append_z(out, AS(Unary)->op == AST_NEG ? "neg" : "pos");
        show_optional(out, AS(Unary)->node);
        break;
    case AST_And:
    case AST_Or:
        buf_append_z(out, n->kind == AST_And ? "and" : "or");
        show_optional(out, AS(And)->left); /* both have the same fields */
        show_optional(out, AS(And)->right);
        break;
    case AST_Not:
        buf_append_z(out, "not");
        show_optional(out, AS(Not)->node);
        break;
    case AST_Concat:
        buf_append_z(out, "~");
        show_list(out, &AS(Concat)->items);
        break;
    case AST_Compare:
        buf_append_z(out, "cmp");
        show_optional(out, AS(Compare)->expr);
        for (const ast_node *o = AS(Compare)->ops.first; o; o = o->next) {
            buf_printf(out, " %s", compare[((const ast_Operand *)o)->op]);
            show_optional(out, ((const ast_Operand *)o)->expr);
        }
        break;
    case AST_Cond:
        buf_append_z(out, "if");
        show_optional(out, AS(Cond)->test);
        show_optional(out, AS(Cond)->yes);
        show_optional(out, AS(Cond)->no);
        break;
    case AST_Filter:
        buf_printf(out, "|%.*s", TEXT_OF(AS(Filter)->name));
        show_optional(out, AS(Filter)->node);
        show_arguments(out, &AS(Filter)->args, &AS(Filter)->kwargs, AS(Filter)->rest, AS(Filter)->named);
        break;
    case AST_Test:
        buf_printf(out, "is-%.*s", TEXT_OF(AS(Test)->name));
        show_optional(out, AS(Test)->node);
        show_arguments(out, &AS(Test)->args, &AS(Test)->kwargs, AS(Test)->rest, AS(Test)->named);
        break;
    case AST_Call:
        buf_append_z(out, "call");
        show_optional(out, AS(Call)->node);
        show_arguments(out, &AS(Call)->args, &AS(Call)->kwargs, AS(Call)->rest, AS(Call)->named);
        break;
    case AST_Getattr:
        buf_printf(out, ".%.*s", TEXT_OF(AS(Getattr)->attr));
        show_optional(out, AS(Getattr)->node);
        break;
    case AST_Getitem:
        buf_append_z(out, "item");
        show_optional(out, AS(Getitem)->node);
        show_optional(out, AS(Getitem)->arg);
        break;
    case AST_Slice:
        buf_append_z(out, "slice");
        show_optional(out, AS(Slice)->start);
        show_optional(out, AS(Slice)->stop);
        show_optional(out, AS(Slice)->step);
        break;
    case AST_Tuple:
    case AST_List:
    case AST_Dict:
        buf_append_z(out, n->kind == AST_Tuple ? "tuple" : n->kind == AST_List ? "list" : "dict");
        show_list(out, &AS(List)->items); /* the list is the first field of all three */
        break;
    case AST_Pair:
        buf_append_z(out, "pair");
        show_optional(out, AS(Pair)->key);
        show_optional(out, AS(Pair)->value);
        break;
    default: buf_append_z(out, ast_kind_name(n->kind)); break;
    }
#undef AS
}

static void show(buf *out, const ast_node *n)
{
    if (n->kind == AST_Name)
        buf_printf(out, "%.*s", TEXT_OF(((const ast_Name *)n)->name));
    else if (n->kind == AST_Const) {
        burin_value v = ((const ast_Const *)n)->value;
        if (v.kind == BURIN_STRING)
            buf_printf(out, "'%.*s'", (int)v.len, v.as.s);
        else if (v.kind == BURIN_INT)
            buf_printf(out, "%lld", (long long)v.as.i);
        else
            buf_append_z(out, v.kind == BURIN_NONE ? "None" : v.kind == BURIN_BOOL ? (v.as.i ? "True" : "False") : "?");
    } else if (n->kind == AST_Keyword) {
        buf_printf(out, "%.*s=", TEXT_OF(((const ast_Keyword *)n)->name));
        show(out, ((const ast_Keyword *)n)->value);
    } else {
        buf_append_byte(out, '(');
        show_fields(out, n);
        buf_append_byte(out, ')');
    }
    if (n->line != 1)
        buf_printf(out, "@%u", n->line);
}

/* The first expression that the template prints. */
static const char *tree(const char *text)
{
    static char out[1024];
    arena       a    = arena_make(&base_malloc_allocator);
    buf         line = buf_make(&base_malloc_allocator);
    burin_error err  = BURIN_ERROR_INIT;
    source      src  = {{text, strlen(text)}, NULL};
    ast_node   *top  = NULL;

    if (parse_template(&a, &src, &syntax_default, &top, &err))
        buf_printf(&line, "%s", err.message);
    else
        show(&line, ast_as(Output, ast_as(Template, top)->body.first)->nodes.first);
    snprintf(out, sizeof out, "%.*s", (int)line.len, line.data);
    burin_error_clear(&err);
    buf_deinit(&line);
    arena_deinit(&a);
    return out;
}

typedef struct row {
    const char *text, *want;
} row;

#define CHECK(rows) \
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) \
        assert_string_equal(tree(rows[i].text), rows[i].want)

/* ---- the rules ---- */

static void operators_bind_as_in_jinja(void **state)
{
    static const row rows[] = {
        {"{{ a or b and not c == d }}", "(or a (and b (not (cmp c == d))))"},
        {"{{ a + b ~ c * d }}", "(+ a (~ b (* c d)))"},
        {"{{ a ~ b ~ (c ~ d) }}", "(~ a b (~ c d))"},
        {"{{ a ** b ** c }}", "(** (** a b) c)"},
        {"{{ -a ** b }}", "(** (neg a) b)"},
        {"{{ a - b - c }}", "(- (- a b) c)"},
        {"{{ a // b % c / d }}", "(/ (% (// a b) c) d)"},
        {"{{ a < b <= c == (d != e) }}", "(cmp a < b <= c == (cmp d != e))"},
        {"{{ a in b not in c }}", "(cmp a in b not-in c)"},
        {"{{ not a in b }}", "(not (cmp a in b))"},
        {"{{ - - a }}", "(neg (neg a))"},
        {"{{ -a.b[c](d) }}", "(neg (call (item (.b a) c) d))"},
    };
    (void)state;
    CHECK(rows);
}

static void filters_and_tests_bind_tighter_than_operators(void **state)
{
    static const row rows[] = {
        {"{{ 1 + 2 is odd }}", "(+ 1 (is-odd 2))"},
        {"{{ 2 * 3|string }}", "(* 2 (|string 3))"},
        {"{{ -1|abs }}", "(|abs (neg 1))"},
        {"{{ not x is defined }}", "(not (is-defined x))"},
        {"{{ 4 is divisibleby 2 + 2 }}", "(+ (is-divisibleby 4 2) 2)"},
        {"{{ x is not f }}", "(not (is-f x))"},
        {"{{ x is f a.b(c)[1] }}", "(is-f x (item (call (.b a) c) 1))"},
        {"{{ x is f(a)(b) }}", "(call (is-f x a) b)"},
        {"{{ x|f(1)(2)|g is h }}", "(is-h (|g (call (|f x 1) 2)))"},
        {"{{ x|upper.lower() }}", "(|upper.lower x)"},
        {"{{ x|a . b }}", "(|a.b x)"},
        {"{{ x is f 'a' 'b' }}", "(is-f x 'ab')"},
        {"{{ x is not not }}", "(not (is-not x))"},
    };
    (void)state;
    CHECK(rows);
}

static void words_are_names_where_operands_are_wanted(void **state)
{
    static const row rows[] = {
        {"{{ if if else else else }}", "(if else if else)"},
        {"{{ in in in }}", "(cmp in in in)"},
        {"{{ is is is }}", "(is-is is)"},
        {"{{ x is odd if y }}", "expected token 'end of print statement', got 'y'"},
        {"{{ x is odd if }}", "(is-odd x if)"},
        {"{{ x is odd else }}", "expected token 'end of print statement', got 'else'"},
        {"{{ 1 + not }}", "(+ 1 not)"},
        {"{{ a == not b }}", "expected token 'end of print statement', got 'b'"},
        {"{{ x.not.in[is] }}", "(item (.in (.not x)) is)"},
        {"{{ f(if=1, not=2) }}", "(call f if=1 not=2)"},
        {"{{ x|if|not }}", "(|not (|if x))"},
        {"{{ recursive ~ with ~ context }}", "(~ recursive with context)"},
        {"{{ true ~ True ~ none ~ None ~ null }}", "(~ True True None None null)"},
    };
    (void)state;
    CHECK(rows);
}

static void conditions_nest_to_the_right_and_chain_to_the_left(void **state)
{
    static const row rows[] = {
        {"{{ a if b }}", "(if b a _)"},
        {"{{ a if b else c if d else e }}", "(if b a (if d c e))"},
        {"{{ a if b if c else d }}", "(if c (if b a _) d)"},
        {"{{ [a if b, c] }}", "(list (if b a _) c)"},
    };
    (void)state;
    CHECK(rows);
}

static void arguments_and_subscripts(void **state)
{
    static const row rows[] = {
        {"{{ f() }}", "(call f)"},
        {"{{ f(a, b=c, *d, **e) }}", "(call f a b=c *d **e)"},
        {"{{ f(*a, b=c,) }}", "(call f b=c *a)"},
        {"{{ f(*not a) }}", "(call f *(not a))"},
        {"{{ f(a, b=1, c) }}", "invalid syntax for function call expression"},
        {"{{ f(**a, *b) }}", "invalid syntax for function call expression"},
        {"{{ f(**a, b=1) }}", "invalid syntax for function call expression"},
        {"{{ f(*a, *b) }}", "invalid syntax for function call expression"},
        {"{{ x[] }}", "(item x (tuple))"},
        {"{{ x[a,b] }}", "(item x (tuple a b))"},
        {"{{ x[:] }}", "(item x (slice _ _ _))"},
        {"{{ x[a:b:c] }}", "(item x (slice a b c))"},
        {"{{ x[::c, d] }}", "(item x (tuple (slice _ _ c) d))"},
        {"{{ x.0.1 }}", "(item (item x 0) 1)"},
        {"{{ x.'a' }}", "expected name or number"},
    };
    (void)state;
    CHECK(rows);
}

static void sequences(void **state)
{
    static const row rows[] = {
        {"{{ () }}", "(tuple)"},         {"{{ (a) }}", "a"},        {"{{ (a,) }}", "(tuple a)"},
        {"{{ a, b, }}", "(tuple a b)"},  {"{{ [] }}", "(list)"},    {"{{ [a, b,] }}", "(list a b)"},
        {"{{ {} }}", "(dict)"},          {"{{ {a: b, 'c': d,} }}", "(dict (pair a b) (pair 'c' d))"},
        {"{{ 'a' \"b\" 'c' }}", "'abc'"},
    };
    (void)state;
    CHECK(rows);
}

/* Each line of these has one token, so "@n" names the token that the line was taken from. */
static void lines_are_jinjas(void **state)
{
    static const row rows[] = {
        {"{{ a\n+ b\n+ c }}", "(+ (+ a b@2) c@3)@3"},             /* the second of a chain: its operator */
        {"{{ (\na\n)\n+ b }}", "(+ a@2 b@4)"},                    /* the first: its first token, bracket included */
        {"{{ a\n* b\n+ c }}", "(+ (* a b@2) c@3)"},
        {"{{ a\n~ b\n~ c }}", "(~ a b@2 c@3)"},
        {"{{ a\n== b\n== c\n}}", "(cmp a == b@2 == c@3)@4"},      /* the token after the comparison */
        {"{{ a\n.b\n(c)\n[d] }}", "(item (call (.b a)@2 c@3)@3 d@4)@4"},
        {"{{ a\n|\nf\n(b) }}", "(|f a b@4)@3"},                   /* the filter's name */
        {"{{ a\nis\nf\nb }}", "(is-f a b@4)@2"},                  /* `is` */
        {"{{ a\n,b\n,c }}", "(tuple a b@2 c@3)@3"},               /* the last comma */
        {"{{ (\n) }}", "(tuple)@2"},
        {"{{ {\na:b} }}", "(dict (pair a@2 b@2)@2)"},
        {"{{ f(\na\n=\nb) }}", "(call f a=b@4@4)"},               /* a keyword has its value's */
        {"{{ x[\n:\n] }}", "(item x (slice _ _ _)@2)"},
        {"{{ a\nif b\nif c }}", "(if c@3 (if b@2 a _) _)@3"},
        {"{{ 'a'\n'b' }}", "'ab'"},
        {"{{ not\na }}", "(not a@2)"},
    };
    (void)state;
    CHECK(rows);
}

static void a_lone_expression_ends_with_the_text(void **state)
{
    (void)state;
    assert_string_equal(parsed("a.b", &syntax_default, true), "Getattr @1 attr=\"b\"\n  node:\n    Name @1 name=\"a\" use=load\n");
    assert_string_equal(parsed("a b", &syntax_default, true), "TemplateSyntaxError 1: chunk after expression");
    assert_string_equal(parsed("a, b", &syntax_default, true), "TemplateSyntaxError 1: chunk after expression");
    assert_string_equal(parsed("", &syntax_default, true), "TemplateSyntaxError 1: unexpected 'end of template'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_bind_as_in_jinja),
        cmocka_unit_test(filters_and_tests_bind_tighter_than_operators),
        cmocka_unit_test(words_are_names_where_operands_are_wanted),
        cmocka_unit_test(conditions_nest_to_the_right_and_chain_to_the_left),
        cmocka_unit_test(arguments_and_subscripts),
        cmocka_unit_test(sequences),
        cmocka_unit_test(lines_are_jinjas),
        cmocka_unit_test(a_lone_expression_ends_with_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
