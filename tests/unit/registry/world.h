/* A small world for tests of the registry: a map of two nodes with two agents each, and the agents' settings. */
#ifndef BURIN_TESTS_UNIT_REGISTRY_WORLD_H
#define BURIN_TESTS_UNIT_REGISTRY_WORLD_H

#include "burin/burin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NODES, WIDTH };        /* of a Map */
enum { AGENTS };              /* of a Node */
enum { NAME, SPEED, DATA };   /* of an Agent */
enum { FACTOR, LABEL };       /* of Settings */

typedef struct world {
    burin_store    *store;
    burin_registry *registry;
    burin_reader   *reader;
    burin_heap     *heap;
    burin_error     err;
    burin_entity    map, nodes[2], agents[4];
    burin_result    result;
} world;

static const burin_text no_key = {NULL, 0};

static inline burin_value text_value(const char *z) { return burin_string_borrow(z, strlen(z)); }
static inline burin_item item_int(int64_t i) { return burin_item_value(burin_int(i)); }
static inline burin_item item_text(const char *z) { return burin_item_value(text_value(z)); }

static inline int world_open(void **state)
{
    static const burin_attribute agent[]    = {{"name", BURIN_TEXT_ATTRIBUTE, false, NULL}, {"speed", BURIN_INT_ATTRIBUTE, false, NULL},
                                               {"data", BURIN_DATA_ATTRIBUTE, true, NULL}};
    static const burin_attribute node[]     = {{"agents", BURIN_CHILD_LIST_ATTRIBUTE, false, "Agent"}};
    static const burin_attribute map[]      = {{"nodes", BURIN_CHILD_LIST_ATTRIBUTE, false, "Node"}, {"width", BURIN_INT_ATTRIBUTE, false, NULL}};
    static const burin_attribute settings[] = {{"factor", BURIN_INT_ATTRIBUTE, false, NULL}, {"label", BURIN_TEXT_ATTRIBUTE, false, NULL}};
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    burin_type type[4];
    w->store    = burin_store_new(NULL, NULL);
    w->reader   = burin_reader_new(w->store);
    w->heap     = burin_heap_new(NULL);
    w->registry = burin_registry_new(&(burin_registry_options){.store = w->store, .records_max = 16}, NULL);
    assert_true(w->store && w->reader && w->heap && w->registry);
    burin_store_define(w->store, "Agent", agent, 3, &type[0], NULL);
    burin_store_define(w->store, "Node", node, 1, &type[1], NULL);
    burin_store_define(w->store, "Map", map, 2, &type[2], NULL);
    burin_store_define(w->store, "Settings", settings, 2, &type[3], NULL);
    burin_txn *t = burin_txn_begin(w->store, NULL);
    burin_txn_create(t, type[2], &w->map, NULL);
    for (int n = 0; n < 2; n++) {
        burin_txn_create(t, type[1], &w->nodes[n], NULL);
        burin_txn_attach(t, w->nodes[n], w->map, NODES, BURIN_END, no_key, NULL);
        for (int a = 2 * n; a < 2 * n + 2; a++) {
            static const char *const names[] = {"ann", "bob", "cyd", "dan"};
            burin_txn_create(t, type[0], &w->agents[a], NULL);
            burin_txn_set(t, w->agents[a], NAME, text_value(names[a]), NULL);
            burin_txn_set(t, w->agents[a], SPEED, burin_int(a + 1), NULL);
            burin_txn_attach(t, w->agents[a], w->nodes[n], AGENTS, BURIN_END, no_key, NULL);
        }
    }
    burin_txn_promote(t, w->map, NULL);
    assert_int_equal(burin_txn_commit(t, NULL, NULL, NULL), BURIN_OK);
    burin_reader_pin(w->reader);
    *state = w;
    return 0;
}

static inline int world_close(void **state)
{
    world *w = *state;
    burin_result_clear(w->registry, &w->result);
    burin_error_clear(&w->err);
    burin_reader_free(w->reader);
    burin_heap_free(w->heap);
    burin_registry_free(w->registry);
    burin_store_free(w->store);
    free(w);
    return 0;
}

static inline const burin_callable *declare(world *w, burin_declaration d)
{
    const burin_callable *f = NULL;
    if (burin_register(w->registry, &d, &f, &w->err))
        fail_msg("%s: %s", d.name, w->err.message);
    return f;
}

/* Call with options, expecting `want`; the message of what failed is in w->err. The world is looked at anew. */
static inline burin_result *call_with(world *w, const burin_callable *f, const burin_item *args, size_t count, burin_invoke_options options, burin_status want)
{
    options.heap = w->heap;
    burin_error_clear(&w->err);
    burin_result_clear(w->registry, &w->result);
    burin_status status = burin_invoke(f, args, count, &options, &w->result, &w->err);
    if (status != want)
        fail_msg("%s() is %s: %s", burin_callable_info_of(f)->name, burin_status_class(status), w->err.message ? w->err.message : "");
    burin_reader_pin(w->reader);
    return &w->result;
}
#define CALL(w, f, want, ...) \
    call_with(w, f, (burin_item[]){__VA_ARGS__}, sizeof((burin_item[]){__VA_ARGS__}) / sizeof(burin_item), (burin_invoke_options){0}, want)

/* The message, in which %u is the first agent's number. */
static inline void assert_says(world *w, const char *format)
{
    char want[200];
    snprintf(want, sizeof want, format, w->agents[0].id); // NOLINT: from the tests
    assert_string_equal(w->err.message, want);
}

/* A number of an agent, as it is now. */
static inline int64_t speed_of(world *w, burin_entity agent)
{
    burin_value v = burin_int(-1);
    agent.version = 0;
    burin_reader_get(w->reader, agent, SPEED, NULL, &v, NULL);
    return v.as.i;
}
static inline uint32_t head(world *w) { return burin_reader_head(w->reader, 1); }

#endif
