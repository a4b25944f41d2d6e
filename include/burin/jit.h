/* burin/jit.h: native code for templates, scripts and formulas that are worth it.
 *
 * They always begin in the interpreter. What takes long enough is sent to a process of its own, burin-jit, which the
 * library starts when it first needs it, and runs natively once the answer is there: same results, same errors, same steps. Whatever
 * goes wrong on that way (no burin-jit, no assembler, a full disk, a killed process) is told to `event` and they
 * stay interpreted. The host's signals, locale, standard streams and descriptors stay as they are. */
#ifndef BURIN_JIT_H
#define BURIN_JIT_H

#include "burin/environment.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum burin_engine {
    BURIN_ENGINE_INTERP, /* interpret everything; no thread, no process (the default) */
    BURIN_ENGINE_AUTO,   /* compile what has been interpreted for longer than compiling will take */
    BURIN_ENGINE_JIT,    /* compile everything that is used */
} burin_engine;

typedef enum burin_jit_outcome {
    BURIN_JIT_COMPILED,    /* and in place */
    BURIN_JIT_REFUSED,     /* it stays interpreted, for `why`; of what BURIN_ENGINE_AUTO never found worth it, told when it is freed */
    BURIN_JIT_UNAVAILABLE, /* there is no compiler now, for `why`; told once for each reason */
} burin_jit_outcome;

/* What became of some units of a template (the root, blocks, macros, recursive loops), a script (the root, functions, generators) or a formula. */
typedef struct burin_jit_event {
    size_t            struct_size;
    burin_jit_outcome outcome;
    const char       *name;         /* of the template or script; NULL for one from a string, for expressions and formulas */
    uint32_t          units;        /* how many */
    uint32_t          instructions; /* in them */
    uint64_t          interpreted_ns; /* how long they had been interpreted, as far as that was measured */
    uint64_t          waited_ns;    /* from the wish to its fulfilment */
    uint64_t          compile_ns, assemble_ns; /* processor time of the compiler, time of the assembler */
    uint64_t          bytes;        /* of the object */
    const char       *why;          /* a clause without a full stop; when compiled: why the cache could not keep it, NULL if it could or there is none */
    bool              cached;       /* it was in the cache; no compiler was asked */
} burin_jit_event;

enum { /* burin_jit_options.tools */
    BURIN_JIT_GDB  = 1, /* gdb sees lines of templates in native code; needs the library's symbols */
    BURIN_JIT_PERF = 2, /* perf sees names of templates: /tmp/perf-PID.map */
};

/* Start from burin_jit_options_default(). */
typedef struct burin_jit_options {
    size_t       struct_size;
    burin_engine engine;
    bool         eager;        /* BURIN_ENGINE_JIT: compile a template before its first run, in the thread that wants to run it */
    uint64_t     threshold_ns; /* BURIN_ENGINE_AUTO: interpreted for so long, compile; 0: as long as compiling will take, by estimation */
    const char  *helper;       /* path of burin-jit; NULL: where it is installed beside the library. PATH is not looked at */
    const char  *folder;       /* for the compiler's temporary files; NULL: /dev/shm */
    unsigned     level;        /* of optimisation, 0 to 3; 1 is best nearly always */
    unsigned     tools;        /* BURIN_JIT_... */
    /* Called from the thread that compiled, or that frees what was not; the event is valid until it returns. It may not use
     * environments of this compiler. NULL: nobody is told. */
    void       (*event)(void *user, const burin_jit_event *event);
    void        *user;
    const burin_allocator *allocator; /* NULL: malloc; borrowed for the compiler's life */
    /* A folder for native code, shared by processes and kept between them. It must be a folder, no symbolic link, of the user's own and
     * closed to others (0700), and the helper must have a build id of 20 bytes, else it is not used; it is made when it is not there.
     * Templates are looked up in it when they are first used, whatever the engine but BURIN_ENGINE_INTERP, and a template that becomes hot
     * is compiled whole. NULL: none. */
    const char  *cache;
    uint64_t     cache_max;    /* bytes in it; beyond them what was used longest ago goes. 0: 256 MiB */
} burin_jit_options;

/* What a host that sets nothing gets. Any thread. */
BURIN_API burin_jit_options burin_jit_options_default(void);

/* A compiler: a queue, a thread that works it off, and its process; both begin when there is something to compile. Shared by
 * any number of environments and threads.
 * Forks    a child compiles by a thread and a process of its own; what the parent had waiting is not compiled there. */
typedef struct burin_jit burin_jit;

/* Options and their texts are copied. NULL after filling `err`: BURIN_ERR_USAGE (an unknown engine, level or tool), BURIN_ERR_NOMEM. */
BURIN_API burin_jit *burin_jit_new(const burin_jit_options *options, burin_error *err);
/* One more and one fewer owner; any thread. NULL is allowed in unref. The last one ends thread and process. */
BURIN_API burin_jit *burin_jit_ref(burin_jit *jit);
BURIN_API void       burin_jit_unref(burin_jit *jit);
/* Wait until everything that is to be compiled so far has been dealt with. For tests and measurements. */
BURIN_API void       burin_jit_wait(burin_jit *jit);

/* Let `jit` compile the environment's templates, expressions, scripts and formulas; takes a reference. NULL: interpret everything (as at first).
 * Before the environment's first use, else BURIN_ERR_USAGE. An environment that dies calls back what it has in the queue. */
BURIN_API burin_status burin_env_set_jit(burin_env *env, burin_jit *jit);

/* ---- the cache's folder: any thread, beside processes that use it ---- */

/* One compilation that is kept. */
typedef struct burin_jit_cached {
    size_t      struct_size;
    const char *name;  /* of its file */
    uint64_t    bytes;
    int64_t     used;  /* when it was last used, give or take an hour; seconds since 1970 */
    const char *why;   /* why it is of no use, a clause; NULL: nothing is wrong with it */
} burin_jit_cached;

/* Call for each; what is given is valid until the call returns. `verify`: read and check the contents, else only what is left over
 * from writers that ended in the middle has a `why`. A folder that does not exist is empty. Returns BURIN_OK, or after filling
 * `err` BURIN_ERR_OS: it cannot be read, is another user's or open to others. */
BURIN_API burin_status burin_jit_cache_each(const char *folder, bool verify, void (*call)(void *user, const burin_jit_cached *entry), void *user,
                                            burin_error *err);
/* Remove all of them; the folder stays, and what else is in it. The same results. */
BURIN_API burin_status burin_jit_cache_clear(const char *folder, burin_error *err);

#ifdef __cplusplus
}
#endif
#endif
