/* A render as render.c and expr.c share it. */
#ifndef BURIN_ENGINE_RENDER_H
#define BURIN_ENGINE_RENDER_H

#include "engine/template.h"

/* A template that a run asked for, kept for the next ones: the name's place in memory says which of the slots, its text whether it is that. */
typedef struct kept_template {
    burin_text      name; /* the template's own */
    burin_template *tpl;  /* held; NULL: none */
    uint64_t        run;  /* the last that has used it */
} kept_template;
enum { RENDER_KEPT = 32 };

/* What a run does not usually begin with, so that it is asked for at once. */
typedef enum render_mark {
    RENDER_RUNS   = 1, /* a run is under way: a host function may not use the render that called it */
    RENDER_USED   = 2, /* the output is not as runs begin with it: limits are new, a run has failed, or it was a stream's */
    RENDER_SEEDED = 4, /* random numbers are the same in each run; else they go on where the last run's ended */
} render_mark;

struct burin_render {
    burin_env          *env; /* counted */
    vm                 *machine;
    vm_host             host;
    rt_out              out;
    name_map            held; /* name -> burin_template: those the run has loaded and that are not kept, each asked for once and held to its end */
    kept_template       kept[RENDER_KEPT];
    bool                keeps; /* there is one */
    unsigned long long  losses; /* of the cache, when they were kept */
    uint64_t            run;
    buf                 name; /* a template's name, NUL-terminated, while it is looked up */
    burin_limits        limits;
    uint64_t            seed;  /* of each run's random numbers */
    unsigned            marks; /* of render_mark */
};

/* Before and after every run of the machine; the second only when the first was BURIN_OK. */
burin_status render_begin(burin_render *render, burin_template *tpl, burin_value vars, burin_error *err);
void         render_end(burin_render *render);
/* A whole run whose text is the value: it lies in render->out. */
burin_status render_to_value(burin_render *render, burin_template *tpl, burin_value vars, burin_value *out, burin_error *err);
/* After a failed run, before render_end: complete `err` (may be NULL). Returns `status`. */
burin_status render_fail(burin_render *render, burin_status status, burin_value vars, burin_error *err);

#endif
