/* A compiled template as the files of engine/ share it.
 *
 * Immutable once made, but for its reference count and its place in the cache's list (written under the cache's lock).
 * Two kinds of references: the library's own (the cache, a running render) are template_hold and template_release; the
 * host's (burin_template_ref) hold the environment as well. */
#ifndef BURIN_ENGINE_TEMPLATE_H
#define BURIN_ENGINE_TEMPLATE_H

#include "codegen/vm/vm.h"
#include "engine/environment.h"

struct burin_template {
    vm_template     vm; /* first: running code hands this back */
    source          src; /* normalised text and name, both in this block */
    ir_program     *program;
    burin_env      *env;
    atomic_uint     refs;
    size_t          size;    /* bytes of this block */
    uint64_t        version; /* the loader's */
    bool            is_value; /* its program gives the value of an expression, and prints nothing */
    atomic_bool     jit_seen; /* its first use has been noted (jit.c) */
    burin_template *newer, *older; /* in the cache */
};

/* What a source is taken for. FORM_DYNAMIC: a template, whose expression alone is compiled when it is nothing but one. */
typedef enum template_form { FORM_TEMPLATE, FORM_EXPRESSION, FORM_DYNAMIC } template_form;

struct burin_expr {
    burin_template *program; /* an expression is compiled like a template without a name */
};

static inline void template_hold(burin_template *tpl) { atomic_fetch_add_explicit(&tpl->refs, 1, memory_order_relaxed); }
void template_release(burin_template *tpl);

static inline burin_text template_name_text(const burin_template *tpl)
{
    return (burin_text){tpl->src.name, tpl->src.name ? strlen(tpl->src.name) : 0};
}

/* Compile `text` (any newlines); one library reference. Fills `err` on failure. */
burin_status template_compile(burin_env *env, const char *name, burin_text text, template_form form, burin_template **out, burin_error *err);
/* A template that only has its source, normalised; its program is NULL. */
burin_status template_keep_source(burin_env *env, const char *name, burin_text text, burin_template **out, burin_error *err);
/* From the cache or the loader; one library reference. Fills `err` unless there is no such template (BURIN_ERR_NOT_FOUND). */
burin_status template_load(burin_env *env, const char *name, burin_template **out, burin_error *err);

/* Is it, loaded by its name, still what that name gives? Asks the loader where the environment reloads. */
bool template_is_current(const burin_env *env, const burin_template *tpl);

/* How a template or expression of that name is compiled. */
codegen_options template_options(const burin_env *env, const char *name, template_form form);
/* Compile a part of a template by itself, from a tree of its source; one library reference. It shares the text of `whole`, which
 * must outlive it. */
burin_status template_part(const burin_template *whole, ast_node *tree, burin_template **out, burin_error *err);
/* The tree of an expression, as if a template printed it. The tree lives in `a`. */
burin_status expr_tree(arena *a, const burin_expr *expr, ast_node **tree);
/* Parse the source a template keeps (for dump and meta). The tree lives in `a`. */
burin_status template_parse(arena *a, const burin_env *env, const source *src, ast_node **out, burin_error *err);

#endif
