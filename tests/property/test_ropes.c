/* Ropes against rendering everything: random templates over cells and live expressions, random batches. A text kept by patches alone must be
 * the template's, rendered whole with the expressions evaluated in it anew. While a part fails nothing is compared;
 * it keeps its place, so that the text is right again once none does. BURIN_STEPS and BURIN_SEED choose another run; a failure prints the seed. */
#include <burin/burin.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CELLS = 4, EXPRESSIONS = 5, NAMES = CELLS + EXPRESSIONS, TEXT = 64 * 1024 };

typedef struct page {
    burin_graph *g;
    burin_env   *env;
    burin_live  *live;
    burin_node   cells[CELLS];
    char         body[4096], whole[8192]; /* of the rope; of the oracle, which sets the expressions' names first */
    char         text[TEXT];              /* kept by patches */
    size_t       len;
    uint64_t     random, seed;
    unsigned     compared;
} page;

static unsigned roll(page *p, unsigned below)
{
    p->random = p->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(p->random >> 33) % below;
}

/* `1` to `3` in a form are names: any, any, and a cell; everything else is itself. */
static void append(page *p, char *to, const char *form, unsigned names)
{
    size_t len = strlen(to);
    for (; *form; form++) {
        char name[3] = {*form, '\0', '\0'};
        if (*form >= '1' && *form <= '3')
            name[0] = (char)('a' + roll(p, *form == '3' ? CELLS : names));
        len += (size_t)sprintf(to + len, "%s", name);
    }
}

static const char *const expressions[] = {"1 + 2", "1 * 2 - 3", "1 > 2", "1 if 3 > 2 else 3", "(1 ~ '<' ~ 2)|length", "[1, 2]|sum", "3 // 1", "(1, 2)|max"};
static const char *const parts[] = {
    "{{ 1 }}", "{{ 1 }}-{{ 2 }}", "{% if 1 > 2 %}yes {{ 3 }}{% elif 3 %}{{ 1 }}{% endif %}", "{% for i in range(3) %}{{ loop.index }}{{ 1 }} {% endfor %}",
    "{{ '%s&' % 1 }}", "{% set x = 1 %}{{ x }}", "{% with z = 1 + 2 %}{{ z }}{{ 3 }}{% endwith %}", " literal ", "{{ 7 // 1 }}", "{%- if 3 %} x {%- endif %}",
    "{% macro m(v) %}<{{ v }}{{ 1 }}>{% endmacro %}{{ m(2) }}{{ m(3) }}", "{% filter upper %}n{{ 1 }}{% endfilter %}", "{{ [1, 2, 3]|sort|join('&') }}",
    "{% if 1 %}{% set y = 2 %}{% endif %}{{ y }}", "{% for i in [0] %}{{ 3 }}{{ 2 }}{% endfor %}", "{% set w = 3 // 1 %}",
};

static burin_status take_patch(void *user, const burin_patch *patch)
{
    page *p = user;
    assert_true(patch->offset + patch->removed <= p->len && p->len + patch->added.len < TEXT);
    memmove(p->text + patch->offset + patch->added.len, p->text + patch->offset + patch->removed, p->len - patch->offset - patch->removed);
    memcpy(p->text + patch->offset, patch->added.data, patch->added.len);
    p->len += patch->added.len - patch->removed;
    return BURIN_OK;
}
static burin_status take_text(void *user, const char *data, size_t len)
{
    page *p = user;
    memcpy(p->text + p->len, data, len);
    p->len += len;
    return BURIN_OK;
}

static void make_page(page *p)
{
    burin_node  node;
    burin_error err = BURIN_ERROR_INIT;
    for (unsigned k = 0; k < CELLS; k++) {
        burin_graph_cell(p->g, burin_int(roll(p, 4)), &p->cells[k]);
        burin_live_bind(p->live, (char[]){(char)('a' + k), '\0'}, p->cells[k]);
    }
    for (unsigned k = CELLS; k < NAMES; k++) {
        char text[100] = "", name[2] = {(char)('a' + k), '\0'};
        append(p, text, expressions[roll(p, sizeof expressions / sizeof *expressions)], k);
        if (burin_live_expr(p->live, (burin_text){text, strlen(text)}, &node, &err))
            fail_msg("seed %llu: %s: %s", (unsigned long long)p->seed, text, err.message);
        burin_live_bind(p->live, name, node);
        sprintf(p->whole + strlen(p->whole), "{%% set %s = %s %%}", name, text);
    }
    for (unsigned k = 0; k < 8; k++)
        append(p, p->body, parts[roll(p, sizeof parts / sizeof *parts)], NAMES);
    memcpy(p->whole + strlen(p->whole), p->body, strlen(p->body) + 1);
}

static burin_rope *make_rope(page *p)
{
    burin_error     err  = BURIN_ERROR_INIT;
    burin_template *tpl  = burin_template_from_string(p->env, "page", (burin_text){p->body, strlen(p->body)}, &err);
    burin_rope     *rope = tpl ? burin_rope_new(p->live, tpl, take_patch, p, &err) : NULL;
    if (!rope)
        fail_msg("seed %llu: %s: %s", (unsigned long long)p->seed, p->body, err.message);
    burin_template_unref(tpl);
    p->len = 0;
    burin_rope_write(rope, take_text, p); /* patches build on it, also where a part fails */
    return rope;
}

static void compare(page *p, burin_rope *rope, burin_template *oracle, burin_render *render)
{
    burin_heap *heap = burin_heap_new(NULL);
    burin_value vars = burin_dict(heap, CELLS), v;
    burin_text  whole;
    for (unsigned k = 0; k < CELLS; k++) {
        burin_graph_get(p->g, p->cells[k], &v);
        burin_dict_set_z(heap, vars, (char[]){(char)('a' + k), '\0'}, v);
    }
    burin_status status = burin_render_text(render, oracle, vars, &whole, NULL);
    page        *now    = calloc(1, sizeof *now);
    burin_status wrote  = burin_rope_write(rope, take_text, now);
    if (now->len != p->len || memcmp(now->text, p->text, p->len) != 0)
        fail_msg("seed %llu: %s\nwritten: %.*s (%d)\npatched: %.*s", (unsigned long long)p->seed, p->whole, (int)now->len, now->text, (int)wrote, (int)p->len, p->text);
    if (!status) {
        bool right = !wrote && now->len == whole.len && memcmp(now->text, whole.data, whole.len) == 0;
        if (!right || p->len != whole.len || memcmp(p->text, whole.data, whole.len) != 0)
            fail_msg("seed %llu: %s\nrendered: %.*s\nwritten:  %.*s (%d)\npatched:  %.*s", (unsigned long long)p->seed, p->whole, (int)whole.len, whole.data,
                     (int)now->len, now->text, (int)wrote, (int)p->len, p->text);
        p->compared++;
    }
    free(now);
    burin_heap_free(heap);
}

static void patched_texts_are_the_rendered_ones(void **unused)
{
    const char        *steps_text = getenv("BURIN_STEPS"), *seed_text = getenv("BURIN_SEED");
    unsigned long long steps = steps_text ? strtoull(steps_text, NULL, 10) : 4000, seed = seed_text ? strtoull(seed_text, NULL, 10) : 1;
    unsigned long long compared = 0, all = steps;
    (void)unused;
    for (; steps; seed++) {
        page *p = calloc(1, sizeof *p);
        p->seed = p->random = seed;
        burin_options options = burin_options_default();
        options.autoescape    = BURIN_AUTOESCAPE_ON;
        p->g                  = burin_graph_new(NULL);
        p->env                = burin_env_new(&options, NULL);
        p->live               = burin_live_new(p->g, p->env, NULL);
        make_page(p);
        burin_rope     *rope   = make_rope(p);
        burin_render   *render = burin_render_new(p->env, NULL);
        burin_template *oracle = burin_template_from_string(p->env, "whole", (burin_text){p->whole, strlen(p->whole)}, NULL);
        for (int n = 0; n < 20 && steps; n++, steps--) {
            compare(p, rope, oracle, render);
            burin_graph_begin(p->g);
            for (unsigned k = 1 + roll(p, 2); k > 0; k--)
                burin_graph_set(p->g, p->cells[roll(p, CELLS)], burin_int(roll(p, 4)));
            assert_int_equal(burin_graph_commit(p->g), BURIN_OK);
        }
        compared += p->compared;
        burin_template_unref(oracle);
        burin_render_free(render);
        burin_rope_free(rope);
        burin_live_free(p->live);
        burin_env_unref(p->env);
        burin_graph_free(p->g);
        free(p);
    }
    assert_true(compared > all / 4); /* failures are the exception */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(patched_texts_are_the_rendered_ones)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
