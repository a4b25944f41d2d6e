/* What the stages make of a source, as text: `burin dump`. */
#include "engine/compiled.h"
#include "engine/template.h"
#include "lexer/lexer.h"
#include "parser/parser.h"
#include "parser/script.h"
#include "runtime/base/diag.h"

#include <stdlib.h>

typedef enum dump_kind { DUMP_TOKENS, DUMP_AST, DUMP_IR, DUMP_ASM, DUMP_C, DUMP_SCRIPT_AST, DUMP_SCRIPT_IR, DUMP_SCRIPT_ASM, DUMP_SCRIPT_C, DUMP_COUNT } dump_kind;

static bool find_kind(const char *name, dump_kind *out)
{
    static const char *const names[DUMP_COUNT] = {"tokens", "ast", "ir", "asm", "c", "script-ast", "script-ir", "script-asm", "script-c"};

    for (unsigned n = 0; n < DUMP_COUNT; n++)
        if (strcmp(name, names[n]) == 0) {
            *out = (dump_kind)n;
            return true;
        }
    return false;
}

/* Printed from what a template keeps: its normalised source and its program. */
static burin_status dump(const burin_template *tpl, dump_kind kind, buf *out, burin_error *err)
{
    burin_env   *env     = tpl->env;
    arena        scratch = arena_make(env->alloc);
    ast_node    *tree;
    burin_status status = BURIN_OK;

    switch (kind) {
    case DUMP_TOKENS:
        lexer_print(&tpl->src, &env->syntax, out);
        break;
    case DUMP_AST:
        status = template_parse(&scratch, env, &tpl->src, &tree, err);
        if (!status)
            ast_print(tree, out);
        break;
    case DUMP_ASM:
    case DUMP_C:
        status = compile_listing(env, tpl->program, &tpl->src, kind == DUMP_ASM ? WIRE_ASSEMBLER : WIRE_C, out, err);
        break;
    default:
        ir_print(tpl->program, out);
        break;
    }
    arena_deinit(&scratch);
    return status;
}

static burin_status print_program(burin_env *env, const source *src, ast_node *tree, dump_kind kind, arena *scratch, buf *out, burin_error *err)
{
    codegen_options how = {.env = &env->rt, .optimized = env->options.optimized};
    ir_program     *program;
    burin_status    status = codegen_compile_script(&how, src, tree, NULL, 0, scratch, env->alloc, &program, err);

    if (status)
        return status;
    if (kind == DUMP_SCRIPT_IR)
        ir_print(program, out);
    else
        status = compile_listing(env, program, src, kind == DUMP_SCRIPT_ASM ? WIRE_ASSEMBLER : WIRE_C, out, err);
    codegen_free(program);
    return status;
}

static burin_status dump_script(burin_env *env, const char *name, burin_text text, dump_kind kind, buf *out, burin_error *err)
{
    arena          scratch = arena_make(env->alloc);
    script_options options = {.nesting_max = env->syntax.nesting_max, .source_max = env->syntax.source_max, .imports = true};
    source         src     = {.name = name};
    ast_node      *tree;
    burin_status   status = BURIN_OK;

    if (!script_normalize(&scratch, text, &src.text))
        status = diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
    if (!status)
        status = parse_script(&scratch, &src, &options, &tree, err);
    if (!status && kind == DUMP_SCRIPT_AST)
        ast_print(tree, out);
    else if (!status)
        status = print_program(env, &src, tree, kind, &scratch, out, err);
    arena_deinit(&scratch);
    return status;
}

/* The text in `out`, NUL-terminated; NULL after a failure. */
static char *finish(buf *out, burin_status status, burin_error *err)
{
    buf_append_byte(out, '\0');
    if (!status && !out->failed)
        return out->data;
    if (!status)
        diag_fail(err, BURIN_ERR_NOMEM, NULL, 0, (span){0, 0}, "out of memory");
    buf_deinit(out);
    return NULL;
}

char *burin_template_dump(burin_env *env, const char *name, burin_text text, const char *kind_name, burin_error *err)
{
    buf             out = buf_make(&base_malloc_allocator);
    dump_kind       kind;
    burin_template *tpl;
    burin_status    status;

    env_freeze(env);
    diag_begin(err);
    if (!find_kind(kind_name, &kind)) {
        diag_fail(err, BURIN_ERR_USAGE, NULL, 0, (span){0, 0}, "there is nothing like '%s' to dump: tokens, ast, ir, asm, c, script-ast, script-ir, script-asm or script-c", kind_name);
        return NULL;
    }
    if (kind >= DUMP_SCRIPT_AST)
        return finish(&out, dump_script(env, name, text, kind, &out, err), err);
    /* Tokens and tree are wanted most of what does not compile, so only the program and its code insist on it. */
    status = kind >= DUMP_IR ? template_compile(env, name, text, FORM_TEMPLATE, &tpl, err) : template_keep_source(env, name, text, &tpl, err);
    if (status)
        return NULL;
    status = dump(tpl, kind, &out, err);
    template_release(tpl);
    return finish(&out, status, err);
}
