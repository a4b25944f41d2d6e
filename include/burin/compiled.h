/* Templates compiled ahead of time (`burin compile`): programs and native code in a shared object, or in an object file that is linked
 * into the host.
 *
 *     burin_env *env = burin_env_new(NULL, &err);
 *     burin_env_add_compiled_file(env, "./site.so", &err);
 *     burin_template *tpl = burin_template_get(env, "index.html", &err);   // nothing is parsed
 *
 * A set of compiled templates is for one build of the library, for the options of the environment that it was compiled with, and for
 * processors of a level of x86-64 (1, the base, unless another was asked for): anything else is refused, with the reason, and so is a shared
 * object that was changed since (stripped, say) or is not whole. Filters, tests and globals are the host's own, by name; those that constants were folded with have to mean what they meant to the compiler.
 * Files of compiled templates are code: whoever can write them can do what the host can. */
#ifndef BURIN_COMPILED_H
#define BURIN_COMPILED_H

#include "burin/environment.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A set of compiled templates, as `burin compile --object` declares it. Immutable. */
typedef struct burin_compiled burin_compiled;

/* Use the templates of a shared object. They come before those of the loader: where there is a loader and auto_reload is set, its source
 * is compared, and when it has changed the template is compiled from it as if there were no set. Of several sets that have a name, the
 * one added first counts.
 *
 * path     of the file; without a slash it is looked for in the working folder, nowhere else
 * Errors   BURIN_ERR_USAGE (the environment is in use; the file was changed; the set is of another build, for other options or another processor),
 *          BURIN_ERR_NOT_FOUND, BURIN_ERR_NOMEM
 * Threads  as burin_loader_...: before the first use. The file stays open as long as the environment lives. */
BURIN_API burin_status burin_env_add_compiled_file(burin_env *env, const char *path, burin_error *err);
/* The same for a set that is linked into the host; it is borrowed. */
BURIN_API burin_status burin_env_add_compiled(burin_env *env, const burin_compiled *set, burin_error *err);
/* Be told of each template that a set has when it is loaded: `is_stale` when its source has changed since, so that it is compiled from
 * that. `name` is valid until `tell` returns, which is called from any thread and may not use the environment. NULL: nobody is told.
 * BURIN_ERR_USAGE when the environment is in use. */
BURIN_API burin_status burin_env_on_compiled(burin_env *env, void (*tell)(void *user, const char *name, bool is_stale), void *user);

/* ---- compiling ---- */

typedef enum burin_compile_form {
    BURIN_COMPILE_SHARED,    /* a shared object for burin_env_add_compiled_file */
    BURIN_COMPILE_OBJECT,    /* an object file to link, which defines `const burin_compiled SYMBOL` */
    BURIN_COMPILE_ASSEMBLER, /* the native code of each template as text, the template's lines between, for people */
    BURIN_COMPILE_C,         /* the same before it is compiled, in something like C */
} burin_compile_form;

typedef struct burin_compile_options {
    size_t      struct_size;
    const char *symbol;      /* a C identifier of at most 40 characters; "burin_compiled" is what shared objects must have */
    unsigned    cpu;         /* level of x86-64 that may be used, 1 to 4 */
    bool        interpreted; /* leave native code out: burin-jit is not needed, renders are the interpreter's */
    const char *helper;      /* path of burin-jit; NULL: where it is installed */
} burin_compile_options;

/* Level 1, native code, "burin_compiled". Any thread. */
BURIN_API burin_compile_options burin_compile_options_default(void);

/* Compile templates of the environment's loader into a file, which is the same byte for byte every time. What they include, import and
 * extend is not followed: name it too. Needs the assembler and linker of binutils.
 *
 * path     made anew or replaced; what is there and no regular file (a device, a pipe) is left alone and is an error, but for the text forms
 * options  NULL: the defaults
 * Errors   what loading and compiling a template comes to; BURIN_ERR_RUNTIME with a sentence when burin-jit fails, BURIN_ERR_OS with one
 *          when the assembler, the linker or writing fails. The file is whole or not there. */
BURIN_API burin_status burin_compile(burin_env *env, const char *const *names, size_t count, burin_compile_form form, const char *path,
                                     const burin_compile_options *options, burin_error *err);

#ifdef __cplusplus
}
#endif

#endif
