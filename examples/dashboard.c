/* A live page of 10,000 values: 1000 entities of a store with ten attributes each, bound to the holes of a template. In every frame,
 * 60 a second, a few entities change in one commit; the graph takes its change list in as one batch, the parts that read something
 * changed are rendered, and patches come out. A second copy of the page, kept by patches alone, must equal the rope's text.
 *
 *     dashboard [FRAMES [CHANGES]]    how many frames, and how many values change in each; with times when CHANGES is given
 *
 * The times are of the library's part of a frame: from the commit that has been made to the patches that have been told. Moving the
 * text of the copy to make room for them is the client's, and done after that. They are given by the clock and as CPU time of the thread, which
 * is less where the machine ran something else meanwhile; and of the slowest frames is said what they did and what came between. */
#include <burin/burin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { ENTITIES = 1000, VALUES = 10, ROOM = 1 << 21, PATCHES = ENTITIES * VALUES, BUDGET_US = 1000 };

static const char *const names[VALUES] = {"speed", "load", "heat", "volts", "amps", "drops", "errors", "queue", "age", "score"};

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "dashboard: %s: %s\n", what, why ? why : "");
    return 1;
}

/* ---- the page ---- */

static char *template_text(void)
{
    char *text = malloc(ROOM), *at = text;
    if (!text)
        return NULL;
    at += sprintf(at, "<table>\n");
    for (int e = 0; e < ENTITIES; e++) {
        at += sprintf(at, "<tr><th>%d</th>", e);
        for (int v = 0; v < VALUES; v++)
            at += sprintf(at, v == 2 ? "<td>{{ %s_%d ~ (' (high)' if %s_%d > 900 else '') }}</td>" : "<td>{{ %s_%d }}</td>", names[v], e, names[v], e);
        at += sprintf(at, "</tr>\n");
    }
    sprintf(at, "</table>\n");
    return text;
}

/* ---- the client: a text kept by patches ---- */

typedef struct message { /* a patch on its way */
    size_t offset, removed, added; /* added: that many bytes of `sent` */
} message;

typedef struct client {
    char    *text;
    size_t   len;
    message  messages[PATCHES]; /* of this frame */
    char     sent[1 << 18];     /* their texts, one after the other */
    size_t   message_count, sent_len;
    uint64_t patches, bytes;
} client;

static burin_status send_patch(void *user, const burin_patch *patch)
{
    client *c = user;
    if (c->message_count == PATCHES || c->sent_len + patch->added.len > sizeof c->sent)
        return BURIN_ERR_LIMIT;
    c->messages[c->message_count++] = (message){patch->offset, patch->removed, patch->added.len};
    memcpy(c->sent + c->sent_len, patch->added.data, patch->added.len);
    c->sent_len += patch->added.len;
    return BURIN_OK;
}

/* In their order: each counts from the text that the one before it has left. */
static int apply_patches(client *c)
{
    const char *added = c->sent;
    for (size_t k = 0; k < c->message_count; k++) {
        const message *m = &c->messages[k];
        if (c->len + m->added - m->removed > ROOM)
            return fail("the screen", "is full");
        if (m->added != m->removed)
            memmove(c->text + m->offset + m->added, c->text + m->offset + m->removed, c->len - m->offset - m->removed);
        memcpy(c->text + m->offset, added, m->added);
        c->len += m->added - m->removed;
        added += m->added;
    }
    c->patches += c->message_count;
    c->bytes += c->sent_len;
    c->message_count = c->sent_len = 0;
    return 0;
}

static burin_status append(void *user, const char *data, size_t len)
{
    client *c = user;
    if (c->len + len > ROOM)
        return BURIN_ERR_LIMIT;
    memcpy(c->text + c->len, data, len);
    c->len += len;
    return BURIN_OK;
}

/* ---- the world ---- */

typedef struct world {
    burin_store    *store;
    burin_graph    *graph;
    burin_env      *env;
    burin_live     *live;
    burin_follower *follower;
    burin_rope     *page;
    burin_entity    entities[ENTITIES];
    client          screen;
} world;

static int fill_store(world *w)
{
    burin_attribute attributes[VALUES];
    burin_attribute children = {"units", BURIN_CHILD_LIST_ATTRIBUTE, false, NULL};
    burin_type      unit, plant;
    burin_entity    root;
    w->store = burin_store_new(NULL, NULL);
    for (int v = 0; v < VALUES; v++)
        attributes[v] = (burin_attribute){names[v], BURIN_INT_ATTRIBUTE, false, NULL};
    if (!w->store || burin_store_define(w->store, "Unit", attributes, VALUES, &unit, NULL) || burin_store_define(w->store, "Plant", &children, 1, &plant, NULL))
        return fail("store", "cannot define its types");
    burin_txn *t = burin_txn_begin(w->store, NULL);
    burin_txn_create(t, plant, &root, NULL);
    burin_txn_promote(t, root, NULL);
    for (int e = 0; e < ENTITIES; e++) {
        burin_txn_create(t, unit, &w->entities[e], NULL);
        for (int v = 0; v < VALUES; v++)
            burin_txn_set(t, w->entities[e], v, burin_int((e * 7 + v * 13) % 100), NULL);
        burin_txn_attach(t, w->entities[e], root, 0, BURIN_END, (burin_text){NULL, 0}, NULL);
        w->entities[e].tree = 0;
    }
    return burin_txn_commit(t, NULL, NULL, NULL) ? fail("store", "cannot commit") : 0;
}

static int bind_values(world *w)
{
    burin_error err = BURIN_ERROR_INIT;
    burin_node  cell;
    char        name[40];
    w->follower = burin_follower_new(w->graph, w->store, &err);
    for (int e = 0; w->follower && e < ENTITIES; e++)
        for (int v = 0; v < VALUES; v++) {
            snprintf(name, sizeof name, "%s_%d", names[v], e);
            if (burin_follow(w->follower, w->entities[e], v, &cell, &err) || burin_live_bind(w->live, name, cell))
                return fail(name, err.message);
        }
    return w->follower ? 0 : fail("follower", err.message);
}

static int open_world(world *w)
{
    burin_error err = BURIN_ERROR_INIT;
    if (fill_store(w))
        return 1;
    w->graph = burin_graph_new(NULL);
    w->env   = burin_env_new(NULL, &err);
    w->live  = w->graph && w->env ? burin_live_new(w->graph, w->env, &err) : NULL;
    if (!w->live)
        return fail("graph", err.message);
    if (bind_values(w))
        return 1;
    char           *text = template_text();
    burin_template *tpl  = text ? burin_template_from_string(w->env, "dashboard", (burin_text){text, strlen(text)}, &err) : NULL;
    w->page              = tpl ? burin_rope_new(w->live, tpl, send_patch, &w->screen, &err) : NULL;
    burin_template_unref(tpl);
    free(text);
    if (!w->page)
        return fail("page", err.message);
    w->screen.text = malloc(ROOM);
    return w->screen.text && !burin_rope_write(w->page, append, &w->screen) ? 0 : fail("page", "cannot write it");
}

static void close_world(world *w)
{
    burin_rope_free(w->page);
    burin_live_free(w->live);
    burin_follower_free(w->follower);
    burin_env_unref(w->env);
    burin_graph_free(w->graph);
    burin_store_free(w->store);
    free(w->screen.text);
}

/* ---- frames ---- */

static uint64_t now_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint32_t draw(uint32_t *seed, uint32_t below) { return (*seed = *seed * 1664525 + 1013904223) / 65536 * below >> 16; }

static int commit_changes(world *w, uint32_t *seed, int changes)
{
    burin_txn *t = burin_txn_begin(w->store, NULL);
    for (int k = 0; k < changes; k++)
        burin_txn_set(t, w->entities[draw(seed, ENTITIES)], (int)draw(seed, VALUES), burin_int(draw(seed, 1000)), NULL);
    return burin_txn_commit(t, NULL, NULL, NULL) ? fail("commit", NULL) : 0;
}

/* The screen is what the page is now. */
static int compare(world *w)
{
    static client whole;
    whole.text = malloc(ROOM);
    bool same  = whole.text && !burin_rope_write(w->page, append, &whole) && whole.len == w->screen.len && memcmp(whole.text, w->screen.text, whole.len) == 0;
    free(whole.text);
    return same ? 0 : fail("the screen", "is not the page");
}

/* ---- times ---- */

typedef enum phase {
    TAKE_IN, /* the change list, into cells */
    FOLLOW,  /* what reads them: computed, rendered, told in patches */
    PHASES
} phase;

typedef struct frame {
    double us, cpu_us, phases[PHASES]; /* by the clock, of the thread; CPU time of each phase */
    long   faults, switches;           /* pages that were not there, and how often something else ran */
    size_t patches;
} frame;

typedef struct moment {
    uint64_t      ns, cpu_ns;
    struct rusage usage;
} moment;

static moment now(void)
{
    moment m;
    getrusage(RUSAGE_SELF, &m.usage);
    m.ns     = now_ns(CLOCK_MONOTONIC);
    m.cpu_ns = now_ns(CLOCK_THREAD_CPUTIME_ID);
    return m;
}

static int by_time(const void *a, const void *b)
{
    double x = ((const frame *)a)->us, y = ((const frame *)b)->us;
    return (x > y) - (x < y);
}
static int by_cpu_time(const void *a, const void *b)
{
    double x = ((const frame *)a)->cpu_us, y = ((const frame *)b)->cpu_us;
    return (x > y) - (x < y);
}

/* Take in what has been committed, and tell the client. */
static int run_frame(world *w, frame *f)
{
    burin_error err   = BURIN_ERROR_INIT;
    moment      begin = now();
    burin_graph_begin(w->graph);
    burin_status status = burin_follower_update(w->follower, NULL, &err);
    uint64_t     middle = now_ns(CLOCK_THREAD_CPUTIME_ID);
    if (!burin_graph_commit(w->graph) && status)
        return fail("update", err.message);
    moment end = now();
    *f         = (frame){.us       = (double)(end.ns - begin.ns) / 1000,
                         .cpu_us   = (double)(end.cpu_ns - begin.cpu_ns) / 1000,
                         .phases   = {[TAKE_IN] = (double)(middle - begin.cpu_ns) / 1000, [FOLLOW] = (double)(end.cpu_ns - middle) / 1000},
                         .faults   = end.usage.ru_minflt - begin.usage.ru_minflt,
                         .switches = end.usage.ru_nivcsw - begin.usage.ru_nivcsw,
                         .patches  = w->screen.message_count};
    return apply_patches(&w->screen);
}

static void print_row(const char *what, double p50, double p99, double worst, int over)
{
    printf("%-10s p50 %.0f us, p99 %.0f us, worst %.0f us; %d above 1 ms\n", what, p50, p99, worst, over);
}

static void print_times(frame *frames, int count)
{
    enum { SLOWEST = 5 };
    int over = 0, cpu_over = 0, median = count / 2, last = count - 1, percentile = count * 99 / 100;
    for (int k = 0; k < count; k++) {
        over += frames[k].us > BUDGET_US;
        cpu_over += frames[k].cpu_us > BUDGET_US;
    }
    printf("a frame's propagation, rendering and patches:\n");
    qsort(frames, (size_t)count, sizeof *frames, by_cpu_time);
    print_row("  CPU time", frames[median].cpu_us, frames[percentile].cpu_us, frames[last].cpu_us, cpu_over);
    qsort(frames, (size_t)count, sizeof *frames, by_time);
    print_row("  clock", frames[median].us, frames[percentile].us, frames[last].us, over);
    for (int k = last; k >= 0 && k > last - SLOWEST; k--)
        printf("  slowest: %.0f us, CPU %.0f (taken in %.0f, followed %.0f), %zu patches, %ld page faults, %ld times something else ran\n", frames[k].us,
               frames[k].cpu_us, frames[k].phases[TAKE_IN], frames[k].phases[FOLLOW], frames[k].patches, frames[k].faults, frames[k].switches);
}

static int run_frames(world *w, int count, int changes, bool timed)
{
    frame   *frames = calloc((size_t)count, sizeof *frames);
    uint32_t seed   = 1;
    int      code   = frames ? 0 : 1;
    for (int f = 0; f < count && !code; f++) {
        uint64_t        next  = now_ns(CLOCK_MONOTONIC) + 1000000000 / 60;
        struct timespec until = {(time_t)(next / 1000000000), (long)(next % 1000000000)};
        code                  = commit_changes(w, &seed, changes);
        if (!code)
            code = run_frame(w, &frames[f]);
        if (timed)
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    }
    if (!code && timed)
        print_times(frames, count);
    free(frames);
    return code;
}

int main(int argc, char **argv)
{
    static world w;
    int          frames = argc > 1 ? atoi(argv[1]) : 30, changes = argc > 2 ? atoi(argv[2]) : 100;
    if (frames < 1 || changes < 1)
        return fail("usage", "dashboard [FRAMES [CHANGES]]");
    int code = open_world(&w);
    if (!code) {
        printf("%d values over %d entities, %zu parts of a page\n", ENTITIES * VALUES, ENTITIES, burin_rope_parts(w.page));
        code = run_frames(&w, frames, changes, argc > 2);
    }
    if (!code)
        printf("%d frames: %llu patches, %llu bytes\n", frames, (unsigned long long)w.screen.patches, (unsigned long long)w.screen.bytes);
    if (!code)
        code = compare(&w);
    if (!code)
        printf("the screen is the page: %zu bytes\n", w.screen.len);
    close_world(&w);
    return code;
}
