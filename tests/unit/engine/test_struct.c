/* C structs as data: every form of member, and what templates may do with structs and arrays. */
#include "engine_test.h"

/* ---- an order with everything in it ---- */

enum state { OPEN, PAID = 5, LOST = -1 };

typedef struct item {
    const char *name;
    double      price;
} item;

typedef struct place {
    char city[8];
    struct {
        int32_t x, y;
    } at;
} place;

typedef struct point {
    int32_t x, y;
} point;

typedef struct order order;
struct order {
    int8_t      i8;
    uint8_t     u8;
    bool        yes;
    int16_t     i16;
    uint16_t    u16;
    int32_t     i32;
    uint32_t    u32;
    int64_t     i64;
    uint64_t    u64;
    float       f32;
    double      f64;
    long        wide;
    const char *text, *no_text;
    char        code[4];
    char       *note;
    uint16_t    note_len;
    burin_text  whole;
    burin_value value, no_value;
    enum state  state;
    int8_t      small_state;
    int32_t    *maybe, *no_number;
    place       from;
    order      *parent;
    point       corners[2];
    int32_t     digits[3];
    const char *tags[2];
    item       *items;
    uint32_t    item_count;
    double     *weights;
    int32_t     weight_count;
    uint8_t     used[4];
    uint8_t     used_count;
    uint64_t    wides[3];
    int         numbers[40];
    order     **others;
    size_t      other_count;
    int32_t     _hidden;
};

static const burin_enum   state_names[]  = {{"paid", PAID}, {"open", OPEN}, {"also open", OPEN}, {"lost", LOST}, {NULL, 0}};
static const burin_field  item_fields[]  = {BURIN_FIELD(item, name), BURIN_FIELD(item, price)};
static const burin_field  point_fields[] = {BURIN_FIELD(point, x), BURIN_FIELD(point, y)};
static const burin_field  place_fields[] = {BURIN_CHARS(place, city), BURIN_NESTED(place, at, "point")};
static const burin_field  order_fields[] = {
    BURIN_FIELD(order, i8), BURIN_FIELD(order, u8), BURIN_FIELD(order, yes), BURIN_FIELD(order, i16), BURIN_FIELD(order, u16),
    BURIN_FIELD(order, i32), BURIN_FIELD(order, u32), BURIN_FIELD(order, i64), BURIN_FIELD(order, u64), BURIN_FIELD(order, f32),
    BURIN_FIELD(order, f64), BURIN_FIELD(order, wide), BURIN_FIELD(order, text), BURIN_FIELD(order, no_text), BURIN_CHARS(order, code),
    BURIN_LENGTH_TEXT(order, note, note_len), BURIN_FIELD(order, whole), BURIN_FIELD(order, value), BURIN_FIELD(order, no_value),
    BURIN_NAMED(order, state, state_names), BURIN_NAMED(order, small_state, state_names), BURIN_OPTIONAL(order, maybe),
    BURIN_OPTIONAL(order, no_number), BURIN_NESTED(order, from, "place"), BURIN_POINTER(order, parent, "order"),
    BURIN_FIXED_STRUCTS(order, corners, "point"), BURIN_FIXED_ARRAY(order, digits), BURIN_FIXED_ARRAY(order, tags),
    BURIN_STRUCTS(order, items, item_count, "item"), BURIN_ARRAY_OF(order, weights, weight_count),
    BURIN_FILLED_ARRAY(order, used, used_count), BURIN_POINTERS(order, others, other_count, "order"), BURIN_FIELD(order, _hidden),
    BURIN_FIXED_ARRAY(order, wides), BURIN_FIXED_ARRAY(order, numbers),
};
static const burin_struct structs[] = {
    BURIN_DESCRIBE(order, "order", order_fields),
    BURIN_DESCRIBE(item, "item", item_fields),
    BURIN_DESCRIBE(place, "place", place_fields),
    BURIN_DESCRIBE(point, "point", point_fields),
};

typedef struct fixture {
    burin_types  *types;
    burin_env    *env;
    burin_heap   *heap;
    burin_render *render;
    burin_value   vars;
} fixture;

static item    things[]  = {{"b<1>", 2.5}, {"a", 0.5}, {"c", 2.5}};
static double  weights[] = {1.5, -2};
static int32_t number    = 7;
static order   parent    = {.i32 = 1, .text = "the parent"};
static order  *others[]  = {&parent, NULL};
static order   sample    = {
    .i8 = -128, .u8 = 255, .yes = true, .i16 = -32768, .u16 = 65535, .i32 = INT32_MIN, .u32 = UINT32_MAX, .i64 = INT64_MIN, .u64 = UINT64_MAX,
    .f32 = 0.5f, .f64 = 0.1, .wide = -5, .text = "caf\xc3\xa9 <b>", .code = {'a', 'b', 'c', 'd'}, .note = (char *)"a note and more", .note_len = 6,
    .whole = {"whole", 5}, .value = {BURIN_INT, 0, 0, 0, {42}}, .state = PAID, .small_state = -1, .maybe = &number,
    .from = {"Oslo", {3, 4}}, .parent = &parent, .corners = {{1, 2}, {3, 4}}, .digits = {3, 1, 2}, .tags = {"x", "y"}, .items = things,
    .item_count = 3, .weights = weights, .weight_count = 2, .used = {1, 2, 3, 4}, .used_count = 2, .others = others, .other_count = 2,
    .wides = {UINT64_MAX, 1, UINT64_MAX - 1},
};
static const burin_slice slice = {things, 3};

static int set_up(void **state)
{
    static fixture f;
    burin_error    err = BURIN_ERROR_INIT;
    burin_options  options = burin_options_default();
    options.extensions = BURIN_EXT_DO;
    f.types = burin_types_new(structs, sizeof structs / sizeof structs[0], NULL, 0, NULL, &err);
    if (!f.types)
        fail_msg("%s", err.message);
    f.env    = burin_env_new(&options, NULL);
    f.heap   = burin_heap_new(NULL);
    f.vars   = burin_dict(f.heap, 4);
    assert_int_equal(burin_env_set_types(f.env, f.types), BURIN_OK);
    burin_dict_set_z(f.heap, f.vars, "o", burin_struct_value(f.types, "order", &sample));
    burin_dict_set_z(f.heap, f.vars, "things", burin_structs_value(f.types, "item", &slice));
    f.render = burin_render_new(f.env, NULL);
    *state   = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    burin_render_free(f->render);
    burin_heap_free(f->heap);
    burin_env_unref(f->env);
    burin_types_free(f->types);
    return 0;
}

/* A `want` that starts with "!" is the message of an error. */
static void gives(fixture *f, const char *source, const char *want)
{
    burin_error     err = BURIN_ERROR_INIT;
    burin_text      out = {NULL, 0};
    burin_template *tpl = burin_template_from_string(f->env, NULL, text_z(source), &err);
    burin_status    status = tpl ? burin_render_text(f->render, tpl, f->vars, &out, &err) : err.status;
    if (status && want[0] != '!')
        fail_msg("%s: %s: %s", source, burin_status_class(status), err.message);
    if (want[0] == '!') {
        assert_int_not_equal(status, BURIN_OK);
        assert_string_equal(err.message, want + 1);
    } else {
        assert_text(out, want);
    }
    burin_error_clear(&err);
    burin_template_unref(tpl);
}

typedef struct row {
    const char *source, *want;
} row;

static void all_give(void **state, const row *rows, size_t count)
{
    for (size_t n = 0; n < count; n++)
        gives(*state, rows[n].source, rows[n].want);
}
#define ALL_GIVE(state, rows) all_give(state, rows, sizeof rows / sizeof rows[0])

/* ---- the tests ---- */

static void every_form_of_member_is_read(void **state)
{
    static const row rows[] = {
        {"{{ o.i8 }} {{ o.u8 }} {{ o.i16 }} {{ o.u16 }} {{ o.i32 }} {{ o.u32 }}", "-128 255 -32768 65535 -2147483648 4294967295"},
        {"{{ o.i64 }} {{ o.u64 }} {{ o.u64 + 1 }} {{ o.wide }}", "-9223372036854775808 18446744073709551615 18446744073709551616 -5"},
        {"{{ o.f32 }} {{ o.f64 }} {{ o.yes }} {{ o.parent.yes }}", "0.5 0.1 True False"},
        {"{{ o.text }}|{{ o.text|e }}|{{ o.no_text }}", "caf\xc3\xa9 <b>|caf\xc3\xa9 &lt;b&gt;|None"},
        {"{{ o.code }} {{ o.note }} {{ o.whole }} {{ o.parent.note }} {{ o.parent.whole }} {{ o.parent.code == '' }}", "abcd a note whole None None True"},
        {"{{ o.value + 1 }} {{ o.no_value }}", "43 None"},
        {"{{ o.state }} {{ o.small_state }} {{ o.parent.state }}", "paid lost open"},
        {"{{ o.maybe }} {{ o.no_number }}", "7 None"},
        {"{{ o.from.city }} {{ o.from.at.x + o.from.at.y }}", "Oslo 7"},
        {"{{ o.parent.text }} {{ o.parent.parent }}", "the parent None"},
        {"{{ o.corners[1].x }} {{ o.digits[0] }} {{ o.digits[-1] }} {{ o.tags[1] }}", "3 3 2 y"},
        {"{{ o.items[0].price }} {{ o.weights[1] }} {{ o.used|list }}", "2.5 -2.0 [1, 2]"},
        {"{{ o.others[0].text }} {{ o.others[1] }} {{ o.parent.others|list }} {{ o.parent.items|list }}", "the parent None [] []"},
        {"{{ o['i8'] }} {{ o|attr('u8') }} {{ o[('i' ~ '16')] }}", "-128 255 -32768"},
        {"{{ things[2].name }} {{ things|length }}", "c 3"},
    };
    ALL_GIVE(state, rows);
}

static void a_number_without_a_name_is_shown(void **state)
{
    sample.state = (enum state)77;
    gives(*state, "{{ o.state }}{{ o.state == 77 }}", "77True");
    sample.state = PAID;
}

static void arrays_are_walked_like_lists(void **state)
{
    static const row rows[] = {
        {"{% for i in o.items %}{{ loop.index }}/{{ loop.length }}{{ '.' if loop.last }}{{ i.name|e }} {% endfor %}", "1/3b&lt;1&gt; 2/3a 3/3.c "},
        {"{% for d in o.digits %}{{ d }}{% endfor %}{% for p in o.corners if p.x > 1 %}({{ p.x }},{{ p.y }}){% endfor %}", "312(3,4)"},
        {"{% for i in o.parent.items %}x{% else %}none{% endfor %}", "none"},
        {"{% for i in things recursive %}{{ i.name }}{{ loop.previtem.name if loop.previtem }};{% endfor %}", "b<1>;ab<1>;ca;"},
        {"{% set a, b, c = o.digits %}{{ a }}{{ b }}{{ c }}", "312"},
        {"{% set a, b = o.digits %}", "!too many values to unpack (expected 2)"},
        {"{{ o.digits|length }}{{ o.digits|count }} {{ 1 in o.digits }} {{ 9 in o.digits }} {{ o.digits is sequence }}", "33 True False True"},
        {"{{ o.digits[1:] }} {{ o.digits[::-1] }} {{ o.digits[5] is defined }}", "[1, 2] [2, 1, 3] False"},
        {"{{ 'y' if o.digits else 'n' }}{{ 'y' if o.parent.items else 'n' }}", "yn"},
        {"{{ o.digits == [3, 1, 2] }} {{ [3, 1] == o.digits }} {{ o.digits == o.digits }} {{ o.digits == (3, 1, 2) }} {{ o.digits < [4] }}", "True False True False True"},
        {"{{ o.digits + [9] }} {{ [9] + o.digits }} {{ o.digits * 2 }} {{ o.tags ~ '!' }}", "[3, 1, 2, 9] [9, 3, 1, 2] [3, 1, 2, 3, 1, 2] ['x', 'y']!"},
        {"{{ o.digits.append(4) }}", "!'array object' has no attribute 'append'"},
        {"{{ {o.digits: 1} }}", "!unhashable type: 'array'"},
    };
    ALL_GIVE(state, rows);
}

static void loops_look_around(void **state)
{
    static const row rows[] = {
        {"{% for w in o.wides %}{{ loop.previtem if loop.previtem }}<{{ w }}>{{ loop.nextitem if not loop.last }} {% endfor %}",
         "<18446744073709551615>1 18446744073709551615<1>18446744073709551614 1<18446744073709551614> "},
        {"{% for i in o.items %}{{ loop.changed(i.price) }}{{ loop.revindex }}{{ loop.cycle('a', 'b') }} {% endfor %}", "True3a True2b True1a "},
        {"{% for p in o.corners %}{% for q in o.corners %}{{ p.x * q.y }} {% endfor %}{% endfor %}", "2 4 6 12 "},
        {"{% for x in [o, o.corners[0], {'x': 9}, o, o.from.at, {'i8': 1}] %}{{ x.x }}{{ x.i8 }} {% endfor %}", "-128 1 9 -128 3 1 "},
        {"{% for x in o.wides %}{% if loop.first %}{% set y = x %}{% endif %}{{ y }}{{ x }} {% endfor %}", "1844674407370955161518446744073709551615 1 18446744073709551614 "},
        {"{% for x in o.digits %}{% if x == 1 %}{% for y in loop %}{{ y[0] }}{% endfor %}{% endif %}{% endfor %}", "2"},
        {"{% macro m(p) %}{{ p.x }}{{ p.y }}{% endmacro %}{% for p in o.corners %}{{ m(p) }}{% endfor %}", "1234"},
    };
    ALL_GIVE(state, rows);
}

static void whole_arrays_are_printed(void **state)
{
    static const row rows[] = {
        {"{% for d in o.digits %}<{{ d }}>{% endfor %}{% for w in o.wides %}[{{ w }}]{% endfor %}{% for t in o.tags %}{{ t|e }},{% endfor %}", "<3><1><2>[18446744073709551615][1][18446744073709551614]x,y,"},
        {"{% for n in o.numbers %}{{ n }} {% endfor %}", "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 -7 12345 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 "},
        {"{% for w in o.weights %}{{ w }};{% endfor %}{% for i in o.items %}{{ i }};{% endfor %}", "1.5;-2.0;item(name='b<1>', price=2.5);item(name='a', price=0.5);item(name='c', price=2.5);"},
    };
    for (int n = 0; n < 40; n++)
        sample.numbers[n] = n;
    sample.numbers[20] = -7; /* a run of small integers ends, another begins */
    sample.numbers[21] = 12345;
    ALL_GIVE(state, rows);
}

static void filters_take_arrays(void **state)
{
    static const row rows[] = {
        {"{{ o.items|map(attribute='name')|join('+') }} {{ o.items|sum(attribute='price') }}", "b<1>+a+c 5.5"},
        {"{{ o.items|sort(attribute='name')|map(attribute='name')|list }} {{ o.items|sort(attribute='price,name')|map(attribute='name')|first }}", "['a', 'b<1>', 'c'] a"},
        {"{% for price, group in o.items|groupby('price') %}{{ price }}:{{ group|map(attribute='name')|join }} {% endfor %}", "0.5:a 2.5:b<1>c "},
        {"{{ o.items|selectattr('price', 'gt', 1)|map(attribute='name')|list }} {{ o.items|rejectattr('price')|list }}", "['b<1>', 'c'] []"},
        {"{{ (o.items|max(attribute='price')).name }} {{ o.digits|min }}{{ o.digits|max }}{{ o.digits|sum }} {{ o.digits|sort }}", "b<1> 136 [1, 2, 3]"},
        {"{{ (o.items|first).name }} {{ (o.items|last).name }} {{ o.digits|reverse|list }} {{ o.digits|batch(2)|list }} {{ o.digits|slice(2)|list }}", "b<1> c [2, 1, 3] [[3, 1], [2]] [[3, 1], [2]]"},
        {"{{ o.digits|unique|list }} {{ o.items|unique(attribute='price')|map(attribute='name')|list }} {{ o.digits|map('string')|join(',') }}", "[3, 1, 2] ['b<1>', 'a'] 3,1,2"},
        {"{{ o.tags|join('-') }} {{ o.items|join('|', attribute='name') }} {{ o.digits|tojson }} {{ o.digits|pprint }}", "x-y b<1>|a|c [3, 1, 2] [3, 1, 2]"},
        {"{{ '%s %s'|format(*o.tags) }} {{ dict([o.tags])}} {{ o.digits|random in o.digits }}", "x y {'x': 'y'} True"},
    };
    ALL_GIVE(state, rows);
}

static void structs_are_like_objects(void **state)
{
    static const row rows[] = {
        {"{{ o.from }} {{ o.items|list }}", "place(city='Oslo', at=point(x=3, y=4)) [item(name='b<1>', price=2.5), item(name='a', price=0.5), item(name='c', price=2.5)]"},
        {"{{ o.from|tojson }} {{ o.corners|tojson }}", "{\"at\": {\"x\": 3, \"y\": 4}, \"city\": \"Oslo\"} [{\"x\": 1, \"y\": 2}, {\"x\": 3, \"y\": 4}]"},
        {"{{ o.from|pprint }}", "place(city='Oslo', at=point(x=3, y=4))"},
        {"{{ o.from == o.from }} {{ o.corners[0] == o.corners[1] }} {{ o.corners[1] in o.corners }} {{ o.from == 1 }} {{ o.from != none }}", "True False True False True"},
        {"{{ o.from is sameas o.from }} {{ {o.from: 1}[o.from] }} {{ o.from is mapping }}{{ o.from is iterable }}{{ o.from is sequence }}{{ o.from is callable }}{{ o.from is defined }}{{ o.from is string }}",
         "True 1 FalseFalseFalseFalseTrueFalse"},
        {"{{ 'yes' if o.from else 'no' }}", "yes"},
        {"{{ o.from|length }}", "!object of type 'place' has no len()"},
        {"{% for x in o.from %}{% endfor %}", "!'place' object is not iterable"},
        {"{{ o.from < o.from }}", "!'<' not supported between instances of 'place' and 'place'"},
        {"{{ o.from + 1 }}", "!unsupported operand type(s) for +: 'place' and 'int'"},
        {"{{ o.from() }}", "!'place' object is not callable"},
        {"[{{ o.nothing }}] {{ o.nothing is defined }} {{ o.nothing|default('d') }} {{ o[0] is defined }}", "[] False d False"},
        {"{{ o.nothing.more }}", "!'order object' has no attribute 'nothing'"},
        {"{% set o.i8 = 4 %}", "!cannot assign attribute on non-namespace object"},
        {"{{ o.from.at.x.__class__ }}", "<class 'int'>"},
    };
    ALL_GIVE(state, rows);
}

static void circles_end(void **state)
{
    parent.parent = &parent;
    gives(*state, "{{ o.parent|string|length > 10 }}{{ o.parent.parent.parent == o.parent }}", "TrueTrue");
    gives(*state, "{{ 'parent=..., corners' in (o.parent|string) }}", "True");
    gives(*state, "{{ o.parent|tojson }}", "!Circular reference detected");
    parent.parent = NULL;
}

/* A grid of rows, rows of numbers. */
static void arrays_of_arrays_are_read(void **state)
{
    typedef struct row_of { const int16_t *cells; uint8_t count; } row_of;
    typedef struct three { float x[3]; } three;
    typedef struct grid { row_of *rows; size_t count; three pair[2]; row_of *one; } grid;
    static const burin_field row_fields[]   = {BURIN_ARRAY_OF(row_of, cells, count)};
    static const burin_field three_fields[] = {BURIN_FIXED_ARRAY(three, x)};
    static const burin_field grid_fields[]  = {BURIN_STRUCTS(grid, rows, count, "row"), BURIN_FIXED_STRUCTS(grid, pair, "three"), BURIN_POINTER(grid, one, "row")};
    const burin_struct       all[]          = {BURIN_DESCRIBE(grid, "grid", grid_fields), BURIN_DESCRIBE_ARRAY(row_of, "row", row_fields),
                                               BURIN_DESCRIBE_ARRAY(three, "three", three_fields)};
    static const int16_t cells[] = {1, 2, 3, 4, 5};
    static row_of        rows[]  = {{cells, 3}, {cells + 3, 2}, {NULL, 9}};
    static const grid    data    = {rows, 3, {{{0.5f, 1, 2}}, {{3, 4, 5}}}, &rows[1]};
    static const burin_slice rows_slice = {rows, 2};
    fixture f = *(fixture *)*state;
    f.types = burin_types_new(all, 3, NULL, 0, NULL, NULL);
    f.env   = burin_env_new(NULL, NULL);
    burin_env_set_types(f.env, f.types);
    f.render = burin_render_new(f.env, NULL);
    f.vars   = burin_dict(f.heap, 1);
    burin_dict_set_z(f.heap, f.vars, "g", burin_struct_value(f.types, "grid", &data));
    burin_dict_set_z(f.heap, f.vars, "row", burin_struct_value(f.types, "row", &rows[1]));
    burin_dict_set_z(f.heap, f.vars, "rows", burin_structs_value(f.types, "row", &rows_slice));
    gives(&f, "{% for row in g.rows %}{% for c in row %}{{ c }} {% endfor %}{{ row|sum }};{% endfor %}", "1 2 3 6;4 5 9;0;");
    gives(&f, "{{ g }} {{ g.rows[1][-1] }} {{ row }} {{ rows|map('sum')|list }} {{ g.pair|tojson }}",
          "grid(rows=[[1, 2, 3], [4, 5], []], pair=[[0.5, 1.0, 2.0], [3.0, 4.0, 5.0]], one=[4, 5]) 5 [4, 5] [6, 9] [[0.5, 1.0, 2.0], [3.0, 4.0, 5.0]]");
    burin_render_free(f.render);
    burin_env_unref(f.env);
    burin_types_free(f.types);
}

/* A struct and its first member have one address. */
static void a_first_member_is_not_its_struct(void **state)
{
    typedef struct outer {
        point inner;
    } outer;
    static const burin_field  fields[] = {BURIN_NESTED(outer, inner, "point")};
    const burin_struct        both[]   = {BURIN_DESCRIBE(point, "point", point_fields), BURIN_DESCRIBE(outer, "outer", fields)};
    static const outer        data     = {{1, 2}};
    fixture                   f        = *(fixture *)*state;
    f.types = burin_types_new(both, 2, NULL, 0, NULL, NULL);
    f.env   = burin_env_new(NULL, NULL);
    burin_env_set_types(f.env, f.types);
    f.render = burin_render_new(f.env, NULL);
    f.vars   = burin_dict(f.heap, 1);
    burin_dict_set_z(f.heap, f.vars, "o", burin_struct_value(f.types, "outer", &data));
    gives(&f, "{{ o }} {{ o|tojson }} {{ o == o.inner }} {{ o is sameas o.inner }}", "outer(inner=point(x=1, y=2)) {\"inner\": {\"x\": 1, \"y\": 2}} False False");
    burin_render_free(f.render);
    burin_env_unref(f.env);
    burin_types_free(f.types);
}

static void counts_that_make_no_sense_are_errors(void **state)
{
    static const row rows[] = {
        {"{{ o.weights|length }}", "!an array of -1 in a struct"},
        {"{% for w in o.weights %}{% endfor %}", "!an array of -1 in a struct"},
        {"{{ o.weights }}", "!an array of -1 in a struct"},
        {"{{ o.weights|list }}", "!an array of -1 in a struct"},
        {"{{ 'y' if o.weights }}", "!an array of -1 in a struct"},
        {"{{ o.weights[0] }}", "!an array of -1 in a struct"},
        {"{{ o.used|list }}", "!an array of 5 in a struct with room for 4"},
        {"{{ o.others|length }}", "!an array of 4294967296 in a struct"},
    };
    sample.weight_count = -1;
    sample.used_count   = 5;
    sample.other_count  = (size_t)1 << 32;
    ALL_GIVE(state, rows);
    sample.weight_count = 2;
    sample.used_count   = 2;
    sample.other_count  = 2;
}

static void the_sandbox_hides_underscores(void **state)
{
    fixture       f       = *(fixture *)*state;
    burin_options options = burin_options_default();
    options.sandbox       = BURIN_SANDBOX_ON;
    gives(&f, "{{ o._hidden }}", "0");
    f.env = burin_env_new(&options, NULL);
    burin_env_set_types(f.env, f.types);
    f.render = burin_render_new(f.env, NULL);
    gives(&f, "{{ o.i8 }}", "-128");
    gives(&f, "{{ o._hidden }}", "");
    gives(&f, "{{ o['_hidden'] }}{{ [o]|map(attribute='_hidden')|first }}{{ o|attr('_hidden') }}", "");
    gives(&f, "{{ o._hidden.x }}", "!access to attribute '_hidden' of 'order' object is unsafe.");
    burin_render_free(f.render);
    burin_env_unref(f.env);
}

/* Values of other types, or where there are none, have no members: never another struct's. */
static void types_that_do_not_match_are_opaque(void **state)
{
    fixture      f     = *(fixture *)*state;
    burin_types *other = burin_types_new(&structs[3], 1, NULL, 0, NULL, NULL);
    for (int n = 0; n < 2; n++) {
        f.env = burin_env_new(NULL, NULL);
        if (n)
            burin_env_set_types(f.env, other);
        f.render = burin_render_new(f.env, NULL);
        gives(&f, "{{ o.i8 is defined }} {{ o }} {{ things|length }} {{ things }} {{ o|tojson }}", "False struct() 0 [] {}");
        burin_render_free(f.render);
        burin_env_unref(f.env);
    }
    burin_types_free(other);
}

static void descriptions_are_checked(void **state)
{
    static const struct {
        burin_field field;
        const char *want;
    } rows[] = {
        {{"x", BURIN_FORM_I32, BURIN_ONE, false, 0, 0, 62, 4, 0, 0, 0, NULL, NULL}, "struct 's', field 'x': lies outside its struct"},
        {{"x", BURIN_FORM_I32, BURIN_FIXED, false, 0, 0, 0, 4, 17, 0, 0, NULL, NULL}, "struct 's', field 'x': lies outside its struct"},
        {{"x", BURIN_FORM_I32, BURIN_ONE, false, 0, 0, 0, 8, 0, 0, 0, NULL, NULL}, "struct 's', field 'x': its size is not that of its form"},
        {{"x", BURIN_FORM_COUNT, BURIN_ONE, false, 0, 0, 0, 8, 0, 0, 0, NULL, NULL}, "struct 's', field 'x': has no such form"},
        {{"x", BURIN_FORM_STRUCT, BURIN_ONE, false, 0, 0, 0, 8, 0, 0, 0, "nowhere", NULL}, "struct 's', field 'x': there is no struct nowhere"},
        {{"x", BURIN_FORM_STRUCT, BURIN_ONE, false, 0, 0, 0, 12, 0, 0, 0, "point", NULL}, "struct 's', field 'x': its size is not that of struct point"},
        {{"x", BURIN_FORM_F64, BURIN_ONE, false, 0, 0, 0, 8, 0, 0, 0, NULL, state_names}, "struct 's', field 'x': only integers can have names"},
        {{"x", BURIN_FORM_CSTRING, BURIN_ONE, true, 0, 0, 0, 8, 0, 0, 0, NULL, NULL}, "struct 's', field 'x': text of this form cannot be behind a pointer"},
        {{"x", BURIN_FORM_I32, BURIN_COUNTED, false, BURIN_FORM_F64, 0, 0, 4, 0, 8, 0, NULL, NULL}, "struct 's', field 'x': its count is no integer"},
        {{"x", BURIN_FORM_I32, BURIN_COUNTED, false, BURIN_FORM_U32, 0, 0, 4, 0, 61, 0, NULL, NULL}, "struct 's', field 'x': its count lies outside its struct"},
        {{"x", BURIN_FORM_TEXT, BURIN_ONE, false, 0, BURIN_FORM_U32, 0, 8, 0, 0, -4, NULL, NULL}, "struct 's', field 'x': the length of its text is out of place"},
        {{"x", BURIN_FORM_TEXT, BURIN_FIXED, false, 0, BURIN_FORM_U64, 0, 8, 2, 0, 8, NULL, NULL}, "struct 's', field 'x': the length of its text is out of place"},
        {{"n", BURIN_FORM_I32, BURIN_ONE, false, 0, 0, 0, 4, 0, 0, 0, NULL, NULL}, "struct 's', field 'n': there are two"},
        {{"x", BURIN_FORM_CHARS, BURIN_ONE, false, 0, 0, 0, 0, 0, 0, 0, NULL, NULL}, "struct 's', field 'x': has no size"},
    };
    static const burin_variable unknown = {"x", "order[]"};
    const burin_struct          twice[] = {BURIN_DESCRIBE(point, "point", point_fields), BURIN_DESCRIBE(point, "point", point_fields)};
    burin_error                 err     = BURIN_ERROR_INIT;
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        const burin_field  fields[] = {{"n", BURIN_FORM_I32, BURIN_ONE, false, 0, 0, 60, 4, 0, 0, 0, NULL, NULL}, rows[n].field};
        const burin_struct both[]   = {{"s", 64, fields, 2, false}, BURIN_DESCRIBE(point, "point", point_fields)};
        assert_null(burin_types_new(both, 2, NULL, 0, NULL, &err));
        assert_int_equal(err.status, BURIN_ERR_USAGE);
        assert_string_equal(err.message, rows[n].want);
    }
    assert_null(burin_types_new(twice, 2, NULL, 0, NULL, &err));
    assert_string_equal(err.message, "there are two structs point");
    assert_null(burin_types_new(twice, 1, &unknown, 1, NULL, &err));
    assert_string_equal(err.message, "a variable is declared as what is not described: order[]");
    burin_error_clear(&err);
}

static void hosts_find_their_structs_again(void **state)
{
    fixture *f = *state;
    assert_ptr_equal(burin_struct_data(f->types, burin_struct_value(f->types, "order", &sample), "order"), &sample);
    assert_null(burin_struct_data(f->types, burin_struct_value(f->types, "order", &sample), "item"));
    assert_null(burin_struct_data(f->types, burin_int(1), "order"));
    assert_int_equal(burin_struct_value(f->types, "no such", &sample).kind, BURIN_MISSING);
    assert_int_equal(burin_struct_value(f->types, "order", NULL).kind, BURIN_NONE);
    assert_int_equal(burin_structs_value(f->types, "item", NULL).kind, BURIN_NONE);
    burin_env_ref(f->env);
    gives(f, "{{ o.i8 }}", "-128");
    assert_int_equal(burin_env_set_types(f->env, NULL), BURIN_ERR_USAGE);
    burin_env_unref(f->env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_member_is_read),
        cmocka_unit_test(a_number_without_a_name_is_shown),
        cmocka_unit_test(arrays_are_walked_like_lists),
        cmocka_unit_test(loops_look_around),
        cmocka_unit_test(whole_arrays_are_printed),
        cmocka_unit_test(filters_take_arrays),
        cmocka_unit_test(structs_are_like_objects),
        cmocka_unit_test(circles_end),
        cmocka_unit_test(arrays_of_arrays_are_read),
        cmocka_unit_test(a_first_member_is_not_its_struct),
        cmocka_unit_test(counts_that_make_no_sense_are_errors),
        cmocka_unit_test(the_sandbox_hides_underscores),
        cmocka_unit_test(types_that_do_not_match_are_opaque),
        cmocka_unit_test(descriptions_are_checked),
        cmocka_unit_test(hosts_find_their_structs_again),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
