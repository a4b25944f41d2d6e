/* Structs of the host in native code: every form of member, and loops over arrays of them, give what the interpreter gives: text,
 * error, steps, also with few steps. */
#include "burin/burin.h"
#include "burin/struct.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct spot { int x; double y; } spot;
typedef struct thing {
    bool        good;
    int8_t      tiny;
    uint64_t    huge;
    int         number;
    int64_t     large;
    double      real;
    const char *chars;
    burin_text  text;
    int         colour;
    spot        nested;
    spot       *pointed;
    int        *maybe;
    size_t      count;
    spot       *spots;
} thing;
typedef struct other { const char *text, *number; int x; } other;

static const burin_enum  colours[]      = {{"red", 1}, {NULL, 0}};
static const burin_field spot_fields[]  = {BURIN_FIELD(spot, x), BURIN_FIELD(spot, y)};
static const burin_field thing_fields[] = {
    BURIN_FIELD(thing, good),    BURIN_FIELD(thing, tiny),  BURIN_FIELD(thing, huge), BURIN_FIELD(thing, number),      BURIN_FIELD(thing, large),
    BURIN_FIELD(thing, real),    BURIN_FIELD(thing, chars), BURIN_FIELD(thing, text), BURIN_NAMED(thing, colour, colours), BURIN_NESTED(thing, nested, "spot"),
    BURIN_POINTER(thing, pointed, "spot"), BURIN_OPTIONAL(thing, maybe), BURIN_STRUCTS(thing, spots, count, "spot")};
static const burin_field  other_fields[] = {BURIN_FIELD(other, text), BURIN_FIELD(other, number), BURIN_FIELD(other, x)};
static const burin_struct structs[]      = {BURIN_DESCRIBE(spot, "spot", spot_fields), BURIN_DESCRIBE(thing, "thing", thing_fields),
                                            BURIN_DESCRIBE(other, "other", other_fields)};

static const char *const templates[] = {
    "{{ t.good }} {{ t.tiny }} {{ t.huge }} {{ t.number }} {{ t.large }} {{ t.real }} {{ t.chars }} {{ t.text }} {{ t.colour }}",
    "{{ t.nested.x }} {{ t.nested.y + t.real }} {{ t.pointed.x }} {{ t.maybe }} {{ n.maybe }} {{ n.pointed }} {{ n.chars }} {{ n.text }} {{ n.text ~ t.text }}",
    "{% for s in t.spots %}{{ s.x }}/{{ s.y }};{% else %}none{% endfor %}{% for s in n.spots %}{{ s.x }}{% else %}none{% endfor %}",
    "{% for s in t.spots %}{{ loop.index }}{{ loop.last }}{{ s.x if s.x > 1 }}{{ loop.previtem.x if loop.previtem }}{% endfor %}",
    "{% for v in [t, o, d, 5, 'text', n, none] %}{{ v.text }}|{{ v.number }}|{{ v.x }}|{{ v.number }};{% endfor %}", /* a site sees all of them */
    "{% for v in [t, o, d] %}{% if v.text == 'escape <me>' %}yes{% endif %}{{ 'a' + v.text + 'b' }}{% endfor %}",
    "{% for v in [o, d] %}{{ v.number + 'x' }}{% endfor %}{{ t.lacking }}{{ t.nested.lacking.more }}",
    "{% macro m(s) %}{{ s.x }}{{ s.text }}{{ caller(s) }}{% endmacro %}{% for s in t.spots %}{% call(s) m(s) %}{{ s.y }}{% endcall %}{% endfor %}",
    "{% for s in t.spots %}{% set q = s.x * 2 %}{{ q }}{{ n.text.upper() }}{{ t.number // s.x }}{% endfor %}",
    "{% for v in [t, o, d, n, odd] %}{% if v.good %}g{% endif %}{% if v.number %}n{% endif %}{% if v.text %}t{% endif %}{% if v.lacking %}l{% endif %}"
    "{% if not v.large %}-{% endif %}{% if v.real %}r{% endif %}{% if v.spots %}s{% endif %}{% if v.nested %}x{% endif %}{% endfor %}",
    "{% for v in [odd, t] %}{{ v.text }}{{ v.text|safe }}{{ v.chars|safe }}{% if v.text == 'escape <me>' %}same{% elif v.text != '' %}other{% endif %}{% endfor %}",
    "{% for v in [t, odd] %}{{ 'a' + v.text + 'b' }}{% endfor %}",
    "{% for v in [wide, t, wide] %}{{ v.text }}{{ 'a' + v.text + v.text }}{% if v.text == '' %}{% endif %}{% endfor %}{{ wide.text }}{{ wide.text|safe }}",
    "{% for v in [t, 5, 'a < b', ['<'], none] %}{{ v|safe }}{{ v|e|safe }}{{ (v|safe) + '<' if v is string }}{% endfor %}{{ missing|safe }}",
};

typedef struct fixture {
    burin_types *types;
    burin_jit   *jit;
    burin_env   *envs[2]; /* interpreted, native */
    burin_heap  *heap;
    burin_value  vars;
    int          compiled;
} fixture;

static void note(void *user, const burin_jit_event *event)
{
    fixture *f = user;
    assert_int_equal(event->outcome, BURIN_JIT_COMPILED);
    f->compiled++;
}

static int             seven   = 7;
static spot            row[]   = {{1, 0.5}, {2, -1.5}, {0, 1e300}, {-4, 0}};
static thing           full    = {true, -3, UINT64_MAX, 42, INT64_MAX, 2.5, "a & b", {"escape <me>", 11}, 1, {5, 6.5}, &row[1], &seven, 4, row};
static thing           nothing = {.colour = 9};
static other           second  = {"other", "no number", 77};
static thing           odd     = {.text = {NULL, 5}};
static thing           wide    = {.text = {"a text of some length, <b>with marks</b> & \"quotes\", which is not copied whole: it's too long", 93}};

static void set(fixture *f, const char *name, const char *type, const void *data)
{
    assert_int_equal(burin_dict_set_z(f->heap, f->vars, name, burin_struct_value(f->types, type, data)), BURIN_OK);
}

static int set_up(void **state)
{
    fixture          *f       = calloc(1, sizeof *f);
    burin_jit_options options = burin_jit_options_default();
    burin_options     setting = burin_options_default();
    assert_non_null(f);
    setting.autoescape = BURIN_AUTOESCAPE_ON;
    options.engine     = BURIN_ENGINE_JIT;
    options.eager      = true;
    options.helper     = getenv("BURIN_JIT");
    options.event      = note;
    options.user       = f;
    f->types           = burin_types_new(structs, sizeof structs / sizeof structs[0], NULL, 0, NULL, NULL);
    f->jit             = burin_jit_new(&options, NULL);
    assert_non_null(f->types);
    assert_non_null(f->jit);
    for (int n = 0; n < 2; n++) {
        f->envs[n] = burin_env_new(&setting, NULL);
        assert_int_equal(burin_env_set_types(f->envs[n], f->types), BURIN_OK);
        assert_int_equal(burin_env_set_jit(f->envs[n], n ? f->jit : NULL), BURIN_OK);
    }
    f->heap = burin_heap_new(NULL);
    assert_non_null(f->heap);
    f->vars = burin_dict(f->heap, 4);
    set(f, "t", "thing", &full);
    set(f, "n", "thing", &nothing);
    set(f, "o", "other", &second);
    set(f, "odd", "thing", &odd);
    set(f, "wide", "thing", &wide);
    burin_value dict = burin_dict(f->heap, 4);
    assert_int_equal(burin_dict_set_z(f->heap, dict, "text", burin_string(f->heap, "in a dict", 9)), BURIN_OK);
    assert_int_equal(burin_dict_set_z(f->heap, dict, "number", burin_string(f->heap, "nine", 4)), BURIN_OK);
    assert_int_equal(burin_dict_set_z(f->heap, f->vars, "d", dict), BURIN_OK);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    burin_heap_free(f->heap);
    for (int n = 0; n < 2; n++)
        burin_env_unref(f->envs[n]);
    burin_jit_unref(f->jit);
    burin_types_free(f->types);
    free(f);
    return 0;
}

typedef struct result {
    burin_status status;
    char         text[2048];
    uint64_t     steps;
} result;

static void render(const fixture *f, burin_env *env, burin_template *tpl, uint64_t steps, result *out)
{
    burin_error   err    = BURIN_ERROR_INIT;
    burin_limits  limits = burin_options_default().limits, used;
    burin_render *r      = burin_render_new(env, NULL);
    burin_text    text   = {NULL, 0};
    assert_non_null(r);
    if (steps)
        limits.steps = steps;
    burin_render_set_limits(r, &limits);
    for (int times = 0; times < 2; times++) { /* without and with what caches know */
        burin_error_clear(&err);
        out->status = burin_render_text(r, tpl, f->vars, &text, &err);
    }
    const char *shown = out->status ? err.message : text.data;
    size_t      len   = out->status ? strlen(shown) : text.len;
    assert_true(len < sizeof out->text);
    memcpy(out->text, shown, len);
    out->text[len] = '\0';
    burin_render_used(r, &used);
    out->steps = used.steps;
    burin_error_clear(&err);
    burin_render_free(r);
}

static void native_code_reads_members_as_the_interpreter_does(void **state)
{
    enum { STEPS_MAX = 40 };
    fixture *f = *state;
    for (size_t n = 0; n < sizeof templates / sizeof templates[0]; n++) {
        burin_template *tpl[2];
        for (int e = 0; e < 2; e++)
            assert_non_null(tpl[e] = burin_template_from_string(f->envs[e], "page", (burin_text){templates[n], strlen(templates[n])}, NULL));
        for (uint64_t steps = 0; steps < STEPS_MAX; steps++) {
            result want, got;
            render(f, f->envs[0], tpl[0], steps, &want);
            render(f, f->envs[1], tpl[1], steps, &got);
            assert_int_equal(got.status, want.status);
            assert_string_equal(got.text, want.text);
            assert_int_equal(got.steps, want.steps);
        }
        for (int e = 0; e < 2; e++)
            burin_template_unref(tpl[e]);
    }
    assert_true(f->compiled >= (int)(sizeof templates / sizeof templates[0]));
}

/* What caches know of the host's dicts holds only as long as their keys. */
static void dicts_that_change_between_renders_are_looked_at_again(void **state)
{
    static const char source[] = "{{ a }}{{ b }}{{ c }}{{ d.a }}{{ d.b }}{{ d.c }}";
    static const char *const wanted[] = {"", "1", "12", "123", "1231", "12312", "123123"};
    fixture *f = *state;
    for (int e = 0; e < 2; e++) {
        burin_template *tpl  = burin_template_from_string(f->envs[e], "page", (burin_text){source, strlen(source)}, NULL);
        burin_render   *r    = burin_render_new(f->envs[e], NULL);
        burin_value     vars = burin_dict(f->heap, 1), inner = burin_dict(f->heap, 1);
        assert_non_null(tpl);
        assert_non_null(r);
        assert_int_equal(burin_dict_set_z(f->heap, vars, "d", inner), BURIN_OK);
        for (int n = 0; n <= 6; n++) {
            burin_text text;
            char       name[2] = {(char)('a' + (n - 1) % 3), '\0'};
            if (n)
                assert_int_equal(burin_dict_set_z(f->heap, n <= 3 ? vars : inner, name, burin_int((n - 1) % 3 + 1)), BURIN_OK);
            for (int times = 0; times < 2; times++) {
                assert_int_equal(burin_render_text(r, tpl, vars, &text, NULL), BURIN_OK);
                assert_int_equal(text.len, strlen(wanted[n]));
                assert_memory_equal(text.data, wanted[n], text.len);
            }
        }
        burin_render_free(r);
        burin_template_unref(tpl);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(dicts_that_change_between_renders_are_looked_at_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(native_code_reads_members_as_the_interpreter_does, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
