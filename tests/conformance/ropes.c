/* ropes [--every N] [--only ID] FILE...: the conformance cases as live pages.
 *
 * Every N-th case that renders becomes a rope over its variables, each of which is a cell. Then variables change, some at a time, and after each
 * batch the rope's text, and the text that its patches have kept, must be what a fresh render of the template with those values gives; where that
 * fails the rope fails with the same error. Left out are cases whose values change while they are rendered: iterators, functions that
 * count their calls, and templates of which two renders with the same values differ. */
#define _GNU_SOURCE /* memmem */
#include "cli/case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 64, BATCHES = 8, EXIT_USAGE = 2, STEPS_MAX = 1000000, MEMORY_MAX = 200 << 20, SHOWN_MAX = 300 };

typedef struct text { /* that patches keep */
    char  *at;
    size_t len, room;
} text;

typedef struct live_case {
    batch_case      c;
    burin_value     json;
    const char     *id;
    burin_env      *env;
    burin_template *tpl;
    burin_render   *render;
    burin_graph    *graph;
    burin_live     *live;
    burin_rope     *rope;
    size_t          count;
    const char     *names[NAMES_MAX];
    burin_value     values[NAMES_MAX];
    burin_node      cells[NAMES_MAX];
    text            patched;
    uint64_t        random;
} live_case;

static unsigned long cases, ropes, parts, left_out, compared, failures, differences;

static unsigned roll(live_case *l, unsigned below)
{
    l->random = l->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(l->random >> 33) % below;
}

/* ---- texts ---- */

static bool text_replace(text *t, size_t offset, size_t removed, burin_text added)
{
    if (offset > t->len || removed > t->len - offset)
        return false;
    size_t len = t->len - removed + added.len;
    if (len > t->room) {
        char *wider = realloc(t->at, t->room = 2 * len);
        if (!wider)
            return false;
        t->at = wider;
    }
    if (len)
        memmove(t->at + offset + added.len, t->at + offset + removed, t->len - offset - removed);
    if (added.len)
        memcpy(t->at + offset, added.data, added.len);
    t->len = len;
    return true;
}
static burin_status take_patch(void *user, const burin_patch *patch)
{
    live_case *l = user;
    if (!text_replace(&l->patched, patch->offset, patch->removed, patch->added)) {
        printf("%s: a patch at %zu of %zu bytes, which takes away %zu\n", l->id, patch->offset, l->patched.len, patch->removed);
        differences++;
    }
    return BURIN_OK;
}
static burin_status take_text(void *user, const char *data, size_t len)
{
    text *t = user;
    return text_replace(t, t->len, 0, (burin_text){data, len}) ? BURIN_OK : BURIN_ERR_NOMEM;
}
/* Where the same method of a text is printed, another address is as good. */
static bool is_text(const text *t, burin_text other)
{
    static const char address[] = " object at 0x";
    if (t->len == other.len && (!other.len || memcmp(t->at, other.data, other.len) == 0))
        return true;
    return t->len && memmem(t->at, t->len, address, sizeof address - 1) && other.len && memmem(other.data, other.len, address, sizeof address - 1);
}

/* ---- comparing ---- */

static void say(const live_case *l, unsigned batch, const char *what, burin_text want, burin_text got)
{
    differences++;
    printf("%s, batch %u: %s\n  rendered %.*s\n  rope     %.*s\n", l->id, batch, what, want.len > SHOWN_MAX ? SHOWN_MAX : (int)want.len, want.data,
           got.len > SHOWN_MAX ? SHOWN_MAX : (int)got.len, got.len ? got.data : "");
}

static burin_value variables(live_case *l)
{
    burin_value all = burin_dict(l->c.heap, l->count);
    for (size_t k = 0; k < l->count; k++)
        burin_dict_set_z(l->c.heap, all, l->names[k], l->values[k]);
    return all;
}

/* The rope against a fresh render. */
static void compare(live_case *l, unsigned batch)
{
    burin_error  err = BURIN_ERROR_INIT;
    burin_text   whole = {"", 0};
    text         now = {0};
    burin_status want = burin_render_text(l->render, l->tpl, variables(l), &whole, &err), got = burin_rope_write(l->rope, take_text, &now);
    burin_text   written = {now.at, now.len}, patched = {l->patched.at, l->patched.len};
    compared++;
    failures += want != BURIN_OK;
    if (want && got && strstr(burin_graph_message(l->graph), "sequence item")) {
        /* what a filter around a part gives is no text: a render finds that when it puts all parts together, after other failures */
    } else if (want != got) {
        const char *wanted = want ? err.message : "a text", *gave = got ? burin_graph_message(l->graph) : "a text";
        say(l, batch, "another status", (burin_text){wanted, strlen(wanted)}, (burin_text){gave, strlen(gave)});
    } else if (!want && !is_text(&now, whole)) {
        say(l, batch, "another text", whole, written);
    } else if (!is_text(&l->patched, written)) {
        say(l, batch, "another text of patches", written, patched);
    }
    burin_error_clear(&err);
    free(now.at);
}

/* ---- changing ---- */

static burin_value another(live_case *l, unsigned k)
{
    static const char *const texts[] = {"", "text", "<b>&</b>", "x y\nz", "7"};
    enum { TEXTS = sizeof texts / sizeof *texts };
    burin_value list;
    switch (roll(l, 8)) {
    case 0: return burin_int(roll(l, 5));
    case 1: return burin_none();
    case 2: return burin_bool(roll(l, 2));
    case 3: return burin_float(roll(l, 9) / 2.0);
    case 4: return burin_string_borrow(texts[k % TEXTS], strlen(texts[k % TEXTS]));
    case 5:
        list = burin_list(l->c.heap, 3);
        for (unsigned n = roll(l, 4); n; n--)
            burin_list_append(l->c.heap, list, roll(l, 2) ? burin_int(n) : burin_string(l->c.heap, "a<", 2));
        return list;
    default: return l->values[roll(l, (unsigned)l->count)];
    }
}

/* Values of before come back now and then: `first` has them. */
static void change(live_case *l, const burin_value *first)
{
    burin_graph_begin(l->graph);
    for (unsigned n = 1 + roll(l, 3); n; n--) {
        unsigned k   = roll(l, (unsigned)l->count);
        l->values[k] = roll(l, 2) ? first[k] : another(l, k);
        burin_graph_set(l->graph, l->cells[k], l->values[k]);
    }
    burin_graph_commit(l->graph);
}

/* ---- making ---- */

static bool read_context(live_case *l)
{
    burin_value context, key, value;
    size_t      at = 0;
    if (case_decode(&l->c, l->c.heap, burin_get(l->json, "context"), &context))
        return false;
    while (context.kind == BURIN_DICT && burin_next(context, &at, &key, &value)) {
        if (l->count == NAMES_MAX || !(l->names[l->count] = case_text(&l->c, key)))
            return false;
        l->values[l->count++] = value;
    }
    return true;
}

static bool open_template(live_case *l)
{
    burin_limits   limits    = burin_options_default().limits;
    burin_value    main_name = burin_get(l->json, "main"), source = burin_get(l->json, "source");
    bool           loader    = burin_get(l->json, "templates").kind == BURIN_DICT;
    case_templates templates;
    burin_status   status;
    limits.steps  = STEPS_MAX;
    limits.memory = MEMORY_MAX;
    if (loader && case_read_templates(&l->c, l->json, &templates))
        return false;
    l->env = case_env(&l->c, l->json, loader ? &templates : NULL, &limits, NULL, &status);
    if (!l->env)
        return false;
    if (main_name.kind == BURIN_STRING)
        l->tpl = burin_template_get(l->env, case_text(&l->c, main_name), NULL);
    else
        l->tpl = burin_template_from_string(l->env, NULL, burin_text_of(source), NULL);
    l->render = l->tpl ? burin_render_new(l->env, NULL) : NULL;
    return l->render;
}

/* Do two renders give the same? (The first is copied: the second is written over it.) */
static bool is_settled(live_case *l)
{
    burin_text   whole;
    text         first  = {0};
    burin_status status = burin_render_text(l->render, l->tpl, variables(l), &whole, NULL);
    if (!status)
        take_text(&first, whole.data, whole.len);
    bool same = burin_render_text(l->render, l->tpl, variables(l), &whole, NULL) == status && (status || is_text(&first, whole));
    free(first.at);
    return same;
}

static bool open_rope(live_case *l)
{
    burin_error err = BURIN_ERROR_INIT;
    l->graph        = burin_graph_new(NULL);
    l->live         = burin_live_new(l->graph, l->env, NULL);
    for (size_t k = 0; k < l->count; k++)
        if (burin_graph_cell(l->graph, l->values[k], &l->cells[k]) || burin_live_bind(l->live, l->names[k], l->cells[k]))
            return false;
    l->rope = burin_rope_new(l->live, l->tpl, take_patch, l, &err);
    if (!l->rope) {
        printf("%s: there is no rope: %s\n", l->id, err.message);
        differences++;
    } else {
        burin_rope_write(l->rope, take_text, &l->patched); /* patches build on it, also where a part fails */
    }
    burin_error_clear(&err);
    return l->rope;
}

static void close_case(live_case *l)
{
    burin_rope_free(l->rope);
    burin_live_free(l->live);
    burin_graph_free(l->graph);
    burin_render_free(l->render);
    burin_template_unref(l->tpl);
    burin_env_unref(l->env);
    free(l->patched.at);
    case_clear(&l->c);
}

static void run_rope(live_case *l)
{
    burin_value first[NAMES_MAX];
    ropes++;
    parts += burin_rope_parts(l->rope);
    memcpy(first, l->values, sizeof first);
    compare(l, 0);
    for (unsigned batch = 1; batch <= BATCHES && l->count; batch++) {
        change(l, first);
        compare(l, batch);
    }
}

static bool may_be_live(live_case *l, const char *line)
{
    burin_text  mode   = burin_text_of(burin_get(l->json, "mode"));
    burin_value native = burin_get(burin_get(l->json, "env"), "native");
    return (!mode.len || (mode.len == 6 && memcmp(mode.data, "render", 6) == 0)) && native.kind == BURIN_MISSING && !strstr(line, "\"$iter\"") &&
           !strstr(line, "\"replies\"");
}

static void run_line(burin_heap *heap, const char *line, const char *only)
{
    live_case *l = calloc(1, sizeof *l);
    l->c.heap    = heap;
    l->random    = ++cases;
    if (burin_json_read(heap, (burin_text){line, strlen(line)}, true, &l->json, NULL) == BURIN_OK && may_be_live(l, line)) {
        l->id = case_text(&l->c, burin_get(l->json, "id"));
        if (!l->id || (only && strcmp(l->id, only) != 0)) {
        } else if (read_context(l) && open_template(l) && is_settled(l) && open_rope(l)) {
            run_rope(l);
        } else {
            left_out++;
        }
    }
    close_case(l);
    free(l);
}

static int run_file(const char *path, unsigned every, const char *only)
{
    FILE       *file = fopen(path, "r");
    burin_heap *heap = burin_heap_new(NULL);
    char       *line = NULL;
    size_t      room = 0;
    unsigned    n    = 0;
    if (!file || !heap) {
        fprintf(stderr, "ropes: cannot read %s\n", path);
        return EXIT_USAGE;
    }
    while (getline(&line, &room, file) >= 0)
        if (n++ % every == 0)
            run_line(heap, line, only);
    free(line);
    fclose(file);
    burin_heap_free(heap);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    unsigned    every = 1;
    const char *only  = NULL;
    int         at    = 1, code = EXIT_SUCCESS;
    for (; at + 1 < argc && argv[at][0] == '-'; at += 2)
        if (strcmp(argv[at], "--every") == 0 && atoi(argv[at + 1]) > 0)
            every = (unsigned)atoi(argv[at + 1]);
        else if (strcmp(argv[at], "--only") == 0)
            only = argv[at + 1];
        else
            return EXIT_USAGE;
    for (; at < argc && !code; at++)
        code = run_file(argv[at], every, only);
    printf("%lu cases, %lu ropes of %lu parts (%lu left out), %lu comparisons, %lu of failures: %lu differ\n", cases, ropes, parts, left_out, compared, failures,
           differences);
    return code ? code : differences ? EXIT_FAILURE : EXIT_SUCCESS;
}
