/* A compiled template, as the rooms above codegen see it. Immutable; shared by threads. */
#ifndef BURIN_CODEGEN_PROGRAM_H
#define BURIN_CODEGEN_PROGRAM_H

#include "parser/ast.h"
#include "runtime/env.h"

typedef struct ir_program ir_program;

typedef struct codegen_options {
    const rt_env *env;          /* filters and tests to bind, sandbox, undefined class; outlives the program */
    bool          optimized;    /* fold constants */
    bool          native;       /* NativeEnvironment */
    bool          autoescape;   /* at the template's start */
    const rt_function *finalize; /* NULL: none */
} codegen_options;

/* Compile a tree made by parse_template (or, as_expression, by parse_expression: the program then evaluates to a value).
 * `src` is copied where errors need it. What is needed only while it compiles goes to `scratch`, which may be the tree's. Errors: BURIN_ERR_ASSERTION (unknown filter, block defined twice), BURIN_ERR_PYTHON_SYNTAX. */
burin_status codegen_compile(const codegen_options *options, const source *src, ast_node *tree, bool as_expression, arena *scratch,
                             const burin_allocator *alloc, ir_program **out, burin_error *err);
/* Compile a tree made by parse_script or parse_script_expression (env with rt_env_add_python).
 *
 * globals  names that the session has already, in its order: they keep their numbers; borrowed. None for a session of one script.
 * Running it gives the value of the expression, or of the last statement when that is one. Errors: BURIN_ERR_PYTHON_SYNTAX,
 * BURIN_ERR_NOT_IMPLEMENTED. */
burin_status codegen_compile_script(const codegen_options *options, const source *src, ast_node *tree, const burin_text *globals, uint32_t global_count,
                                    arena *scratch, const burin_allocator *alloc, ir_program **out, burin_error *err);
/* The global names of a script in the order of their numbers: the session's, then those that are new. They live as long as the program. */
const burin_text *codegen_globals(const ir_program *program, uint32_t *count);
void codegen_free(ir_program *program);

/* The IR as text (for `burin dump ir`). */
void ir_print(const ir_program *program, buf *out);

/* jinja2.meta. `emit` gets NUL-terminated names, sorted; for references NULL where the name is not constant. globals: also names that the
 * environment has a value for, which a variable hides. */
burin_status meta_undeclared(const codegen_options *options, const source *src, ast_node *tree, bool globals,
                             burin_status (*emit)(void *sink, const char *name), void *sink, burin_error *err);
burin_status meta_references(const burin_allocator *alloc, ast_node *tree, burin_status (*emit)(void *sink, const char *name), void *sink);

#endif
