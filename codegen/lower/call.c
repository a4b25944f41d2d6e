/* Calls, filters and tests: arguments into neighbouring registers, bound when compiled wherever that is possible. */
#include "codegen/lower/lower.h"

#include "runtime/base/text.h"
#include "runtime/builtins/builtins.h"

/* What Call, Filter and Test nodes share. */
typedef struct parts {
    ast_node *node;
    ast_list *args, *kwargs;
    ast_node *rest, *named;
} parts;

static bool is_python_keyword(burin_text name)
{
    static const char *const words[] = {"False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
                                        "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
                                        "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (text_is(name, words[i]))
            return true;
    return false;
}

/* Python's compiler refuses a keyword argument given twice; where a name is a Python keyword Jinja2 passes all of them
 * in a dict, in which the last one wins without a word. */
static void check_repeated(lowerer *c, const parts *p, bool has_caller)
{
    for (ast_node *n = p->kwargs->first; n; n = n->next)
        if (is_python_keyword(ast_as(Keyword, n)->name))
            return;
    for (ast_node *n = p->kwargs->first; n; n = n->next) {
        burin_text name = ast_as(Keyword, n)->name;
        bool       twice = has_caller && text_is(name, "caller");
        for (ast_node *m = p->kwargs->first; m != n; m = m->next)
            twice |= text_equal(ast_as(Keyword, m)->name, name);
        if (twice) {
            lower_refuse(c, n, "keyword argument repeated: %.*s", name);
            return;
        }
    }
}

/* Can evaluating the argument neither fail nor change anything? */
static bool is_quiet(const ast_node *arg) { return arg->kind == AST_Const || arg->kind == AST_Name; }

static bool are_quiet(const ast_list *kwargs)
{
    for (const ast_node *n = kwargs->first; n; n = n->next)
        if (!is_quiet(((const ast_Keyword *)n)->value))
            return false;
    return true;
}

/* *rest, as Python does it: its items are taken before the keyword arguments, even those in front of it, are looked at. */
static void lower_rest(lowerer *c, scope *f, const parts *p, uint16_t to)
{
    if (are_quiet(p->kwargs)) { /* then nobody can tell, and the call takes them */
        expr(c, f, p->rest, to);
        return;
    }
    uint32_t mark  = c->unit->temps;
    uint16_t items = expr(c, f, p->rest, NO_REG);
    emit(c, OP_LIST, to, to, 0, 0);
    emit(c, OP_EXTEND, to, items, 0, 0);
    c->unit->temps = mark;
}

/* Evaluate the arguments into neighbouring registers after `skip` others and describe them. */
static uint16_t lower_arguments(lowerer *c, scope *f, const parts *p, uint32_t skip, uint16_t caller, ir_call *call)
{
    uint32_t named = p->kwargs->count + (caller != NO_REG);
    uint32_t total = skip + p->args->count + named + (p->rest != NULL) + (p->named != NULL);
    uint16_t first = temps(c, total);
    uint16_t at    = (uint16_t)(first + skip);
    burin_text *names = named ? arena_alloc(&c->program->memory, named * sizeof *names) : NULL;
    if (named && !names) {
        lower_no_memory(c);
        return first;
    }
    check_repeated(c, p, caller != NO_REG);
    for (ast_node *n = p->args->first; n; n = n->next)
        expr(c, f, n, at++);
    uint16_t rest = (uint16_t)(at + named);
    if (p->rest)
        lower_rest(c, f, p, rest);
    uint32_t k = 0;
    for (ast_node *n = p->kwargs->first; n; n = n->next) {
        names[k++] = program_text(c, ast_as(Keyword, n)->name);
        expr(c, f, ast_as(Keyword, n)->value, at++);
    }
    if (caller != NO_REG) {
        names[k++] = (burin_text){"caller", 6};
        emit(c, OP_MOVE, at++, caller, 0, 0);
    }
    at = (uint16_t)(rest + (p->rest != NULL));
    if (p->named)
        expr(c, f, p->named, at++);
    call->positional = (uint16_t)(skip + p->args->count);
    call->named      = (uint16_t)named;
    call->names      = names;
    call->rest       = p->rest != NULL;
    call->expand     = p->named != NULL;
    call->plain      = !named && !call->rest && !call->expand;
    return first;
}

/* ---- calls ---- */

static parts call_parts(ast_Call *node) { return (parts){node->node, &node->args, &node->kwargs, node->rest, node->named}; }

/* loop.cycle(...) and loop.changed(...) with plain arguments work on the loop itself. */
static bool lower_loop_method(lowerer *c, scope *f, ast_Call *node, uint16_t dst)
{
    if (node->node->kind != AST_Getattr || node->kwargs.count || node->rest || node->named)
        return false;
    ast_Getattr *method = ast_as(Getattr, node->node);
    bool         cycle  = text_is(method->attr, "cycle");
    if (method->node->kind != AST_Name || !text_is(ast_as(Name, method->node)->name, "loop") || (!cycle && !text_is(method->attr, "changed")))
        return false;
    variable *var = symbols_find(&f->sym, ast_as(Name, method->node)->name);
    if (!var || !var->is_loop || var->unit != c->unit)
        return false;
    uint16_t first = temps(c, node->args.count);
    uint16_t at    = first;
    for (ast_node *n = node->args.first; n; n = n->next)
        expr(c, f, n, at++);
    emit(c, cycle ? OP_LOOP_CYCLE : OP_LOOP_CHANGED, dst, var->loop_slot, first, node->args.count);
    return true;
}

/* Jinja2 looks the method up before it evaluates the arguments: of an undefined object that fails first. */
static void check_member(lowerer *c, const ast_Call *node, uint16_t object)
{
    const ast_Getattr *method = (const ast_Getattr *)node->node;
    bool               quiet  = !node->rest && !node->named && are_quiet(&node->kwargs);
    for (const ast_node *n = node->args.first; quiet && n; n = n->next)
        quiet = is_quiet(n);
    if (!quiet && method->node->kind != AST_Const)
        emit(c, OP_CHECK_MEMBER, 0, object, 0, constant_text(c, method->attr));
}

/* One that prints and names arguments gets a cache of what the names mean to the macro. */
static void emit_call(lowerer *c, ir_op op, uint16_t dst, uint16_t callee, uint16_t first, ir_call call)
{
    if ((op == OP_OUT_CALL || op == OP_OUT_METHOD) && call.named)
        call.site = attribute_site(c, (burin_text){"", 0});
    emit(c, op, dst, callee, first, vector_add(c, c->calls, call));
}

static void lower_method(lowerer *c, scope *f, ast_Call *node, ir_op op, uint16_t dst, ir_output print)
{
    ast_Getattr *method = ast_as(Getattr, node->node);
    parts        p      = call_parts(node);
    ir_call      call   = {.method = program_text(c, method->attr), .print = print};
    uint16_t     object = expr(c, f, method->node, NO_REG);
    check_member(c, node, object);
    uint16_t     first  = lower_arguments(c, f, &p, 0, NO_REG, &call);
    emit_call(c, op, dst, object, first, call);
}

static void lower_plain_call(lowerer *c, scope *f, ast_Call *node, ir_op op, uint16_t dst, ir_output print, uint16_t caller)
{
    parts    p      = call_parts(node);
    ir_call  call   = {.print = print};
    uint16_t callee = expr(c, f, node->node, NO_REG);
    uint16_t first  = lower_arguments(c, f, &p, 0, caller, &call);
    emit_call(c, op, dst, callee, first, call);
}

uint16_t lower_call(lowerer *c, scope *f, ast_Call *node, uint16_t want)
{
    uint16_t dst  = want == NO_REG ? temp(c) : want;
    uint32_t mark = c->unit->temps;
    if (!lower_loop_method(c, f, node, dst)) {
        if (node->node->kind == AST_Getattr)
            lower_method(c, f, node, OP_METHOD, dst, PRINT_STR);
        else
            lower_plain_call(c, f, node, OP_CALL, dst, PRINT_STR, NO_REG);
    }
    c->unit->temps = mark;
    return dst;
}

void print_call(lowerer *c, scope *f, ast_Call *node, ir_output how, uint16_t caller)
{
    uint32_t mark = c->unit->temps;
    span     where = c->where;
    c->where = node->base.where;
    if (c->program->native || c->program->finalize) {
        uint16_t dst = temp(c);
        lower_plain_call(c, f, node, OP_CALL, dst, how, caller);
        print_value(c, f, dst, how);
    } else if (node->node->kind == AST_Getattr && caller == NO_REG) {
        uint16_t dst = temp(c);
        if (lower_loop_method(c, f, node, dst))
            print_value(c, f, dst, how);
        else
            lower_method(c, f, node, OP_OUT_METHOD, 0, how);
    } else {
        lower_plain_call(c, f, node, OP_OUT_CALL, 0, how, caller);
    }
    c->where       = where;
    c->unit->temps = mark;
}

/* ---- filters and tests ---- */

/* Which parameter a keyword argument goes to; count when there is none of that name. */
static uint32_t parameter_named(const rt_signature *s, burin_text name)
{
    uint32_t i = s->positional_only;
    while (i < s->count && !text_equal(s->parameters[i].name, name))
        i++;
    return i < s->count ? i : s->count;
}

/* Whether the arguments fit the signature one to one, so that they can be bound here. */
static bool binds_statically(const rt_function *fn, const parts *p)
{
    const rt_signature *s = fn->signature;
    uint32_t            given = 1 + p->args->count;
    if (s->rest || s->named || p->rest || p->named || given + s->by_name > s->count)
        return false;
    for (ast_node *n = p->kwargs->first; n; n = n->next) {
        uint32_t at = parameter_named(s, ast_as(Keyword, n)->name);
        if (at < given || at == s->count)
            return false;
        for (ast_node *m = p->kwargs->first; m != n; m = m->next)
            if (text_equal(ast_as(Keyword, m)->name, ast_as(Keyword, n)->name))
                return false;
    }
    for (uint32_t i = given; i < s->count; i++) {
        bool set = !s->parameters[i].required;
        for (ast_node *n = p->kwargs->first; n && !set; n = n->next)
            set = parameter_named(s, ast_as(Keyword, n)->name) == i;
        if (!set)
            return false;
    }
    return true;
}

static uint16_t bind_arguments(lowerer *c, scope *f, const rt_function *fn, const parts *p)
{
    const rt_signature *s     = fn->signature;
    uint16_t            first = temps(c, s->count);
    uint16_t            at    = first;
    if (p->node)
        expr(c, f, p->node, at);
    else
        emit(c, OP_MOVE, at, f->captured, 0, 0);
    at++;
    for (ast_node *n = p->args->first; n; n = n->next)
        expr(c, f, n, at++);
    for (uint32_t i = (uint32_t)(at - first); i < s->count; i++) {
        burin_value fallback = s->parameters[i].fallback;
        if (fallback.kind == BURIN_MISSING)
            emit(c, OP_CLEAR, first + i, 0, 0, 0);
        else
            emit(c, OP_LOADK, first + i, 0, 0, constant(c, fallback));
    }
    for (ast_node *n = p->kwargs->first; n; n = n->next)
        expr(c, f, ast_as(Keyword, n)->value, (uint16_t)(first + parameter_named(s, ast_as(Keyword, n)->name)));
    return first;
}

static uint16_t apply(lowerer *c, scope *f, const rt_function *fn, burin_text name, const parts *p, bool is_test, uint16_t dst)
{
    ir_call  call = {.function = fn, .unknown = program_text(c, name), .is_test = is_test};
    uint16_t first;
    if (fn && binds_statically(fn, p)) {
        check_repeated(c, p, false);
        first = bind_arguments(c, f, fn, p);
        if (fn->flags & RT_MARKS && !is_test) {
            emit(c, OP_MARKUP, dst, first, 1, 0);
            return dst;
        }
        emit(c, is_test ? OP_TEST : OP_FILTER, dst, 0, first, vector_add(c, c->calls, call));
        return dst;
    }
    uint16_t value = p->node ? expr(c, f, p->node, NO_REG) : f->captured;
    first          = lower_arguments(c, f, p, 1, NO_REG, &call);
    emit(c, OP_MOVE, first, value, 0, 0);
    emit(c, OP_FILTER_ANY, dst, 0, first, vector_add(c, c->calls, call));
    return dst;
}

typedef struct nearest {
    burin_text name, best;
    size_t     distance;
} nearest;

/* "did you mean": the name of the table closest to what was written. */
static void suggest(lowerer *c, const rt_names *table, burin_text name)
{
    nearest  n = {.name = name, .distance = name.len / 3 + 1};
    uint32_t at = 0;
    burin_text candidate;
    while (rt_names_next(table, &at, &candidate)) {
        size_t d = text_distance(name, candidate, n.distance);
        if (d < n.distance) {
            n.distance = d;
            n.best     = candidate;
        }
    }
    if (n.best.data)
        diag_suggest(c->err, "did you mean '%.*s'?", (int)n.best.len, n.best.data);
}

static const rt_function *function_named(lowerer *c, scope *f, bool is_test, burin_text name, const ast_node *node)
{
    const rt_names    *table = is_test ? c->options->env->tests : c->options->env->filters;
    const rt_function *fn    = rt_names_function(table, name);
    if (!fn && !f->soft && !c->status) {
        lower_fail(c, BURIN_ERR_ASSERTION, node, "No %s named '%.*s'.", is_test ? "test" : "filter", (int)name.len, name.data);
        suggest(c, table, name);
    }
    return fn;
}

uint16_t lower_filter(lowerer *c, scope *f, ast_Filter *node, uint16_t want)
{
    uint16_t           dst  = want == NO_REG ? temp(c) : want;
    uint32_t           mark = c->unit->temps;
    parts              p    = {node->node, &node->args, &node->kwargs, node->rest, node->named};
    const rt_function *fn   = function_named(c, f, false, node->name, &node->base);
    apply(c, f, fn, node->name, &p, false, dst);
    c->unit->temps = mark;
    return dst;
}

bool lower_printed_filter(lowerer *c, scope *f, ast_Filter *node, ir_output how)
{
    parts              p  = {node->node, &node->args, &node->kwargs, node->rest, node->named};
    const rt_function *fn = rt_names_function(c->options->env->filters, node->name);
    if (!fn || fn->flags & RT_MARKS || !binds_statically(fn, &p))
        return false;
    check_repeated(c, &p, false);
    ir_call  call  = {.function = fn, .unknown = program_text(c, node->name)};
    uint16_t first = bind_arguments(c, f, fn, &p);
    emit(c, OP_OUT_FILTER, 0, how, first, vector_add(c, c->calls, call));
    return true;
}

uint16_t lower_filter_chain(lowerer *c, scope *f, ast_node *chain, uint16_t body, uint16_t want)
{
    uint16_t before = f->captured;
    f->captured     = body;
    uint16_t dst    = expr(c, f, chain, want);
    f->captured     = before;
    return dst;
}

/* `x is defined` and `x is undefined` look at the register of a name itself. */
static bool lower_defined(lowerer *c, scope *f, ast_Test *node, uint16_t dst)
{
    bool defined = text_is(node->name, "defined");
    if ((!defined && !text_is(node->name, "undefined")) || node->args.count || node->kwargs.count || node->rest || node->named)
        return false;
    const rt_function *fn = rt_names_function(c->options->env->tests, node->name);
    if (!fn || !(fn->flags & BURIN_PURE)) /* replaced by the host */
        return false;
    uint16_t reg = node->node->kind == AST_Name ? name_register(c, f, ast_as(Name, node->node)->name, NO_REG, false)
                                                : expr(c, f, node->node, NO_REG);
    emit(c, OP_TEST_DEFINED, dst, reg, defined, 0);
    return true;
}

uint16_t lower_test(lowerer *c, scope *f, ast_Test *node, uint16_t want)
{
    uint16_t dst  = want == NO_REG ? temp(c) : want;
    uint32_t mark = c->unit->temps;
    parts    p    = {node->node, &node->args, &node->kwargs, node->rest, node->named};
    if (!lower_defined(c, f, node, dst)) {
        const rt_function *fn = function_named(c, f, true, node->name, &node->base);
        apply(c, f, fn, node->name, &p, true, dst);
    }
    c->unit->temps = mark;
    return dst;
}
