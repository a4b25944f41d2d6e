/* A filter, a test, a function and an object written in C.
 *
 * The object shows a C struct to templates without copying it: its class looks the fields up. */
#include <burin/burin.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- a filter: {{ metres|feet }}, {{ metres|feet(digits=0) }} ---- */

static burin_status feet(burin_call *call, burin_value *out)
{
    double  metres;
    int64_t digits;

    if (!burin_as_double(burin_arg(call, 0), &metres))
        return burin_raise(call, BURIN_ERR_TYPE, "feet needs a number, not %s", burin_type_name(burin_arg(call, 0)));
    if (!burin_as_int(burin_arg(call, 1), &digits))
        return burin_raise(call, BURIN_ERR_TYPE, "digits must be an integer");
    double power = pow(10, (double)digits);
    *out         = burin_float(round(metres / 0.3048 * power) / power);
    return BURIN_OK;
}

/* ---- an object: a C struct seen from templates ---- */

typedef struct boat {
    const char *name;
    double      length_metres;
    int         berth; /* 0: at sea */
} boat;

static burin_status boat_attr(burin_call *call, void *self, burin_text name, burin_value *out)
{
    const boat *b = self;

    (void)call; /* *out is BURIN_MISSING until it is set */
    if (name.len == 4 && memcmp(name.data, "name", 4) == 0)
        *out = burin_string_borrow(b->name, strlen(b->name));
    else if (name.len == 6 && memcmp(name.data, "length", 6) == 0)
        *out = burin_float(b->length_metres);
    else if (name.len == 5 && memcmp(name.data, "berth", 5) == 0)
        *out = b->berth ? burin_int(b->berth) : burin_none();
    else
        *out = (burin_value){BURIN_MISSING};
    return BURIN_OK;
}

static burin_status boat_str(burin_call *call, void *self, burin_value *out)
{
    (void)call;
    *out = burin_string_borrow(((boat *)self)->name, strlen(((boat *)self)->name));
    return BURIN_OK;
}

static const burin_class boat_class = {
    .struct_size = sizeof(burin_class), .name = "Boat", .module = "harbour", .get_attr = boat_attr, .str = boat_str,
};

/* ---- a test: {% if b is moored %} ---- */

static burin_status moored(burin_call *call, burin_value *out)
{
    const boat *b = burin_object_self(burin_arg(call, 0), &boat_class);

    *out = burin_bool(b && b->berth);
    return BURIN_OK;
}

/* ---- a function: {{ boat("name") }} ---- */

typedef struct harbour {
    boat  *boats;
    size_t count;
} harbour;

static burin_status find_boat(burin_call *call, burin_value *out)
{
    const harbour *h    = burin_call_data(call);
    burin_text     name = burin_text_of(burin_arg(call, 0));

    for (size_t i = 0; i < h->count; i++) {
        if (strlen(h->boats[i].name) == name.len && memcmp(h->boats[i].name, name.data, name.len) == 0) {
            *out = burin_object(burin_call_heap(call), &boat_class, &h->boats[i]);
            return BURIN_OK;
        }
    }
    return burin_raise(call, BURIN_ERR_KEY, "no boat named '%.*s'", (int)name.len, name.data);
}

/* ---- putting it together ---- */

#define SOURCE \
    "{% for b in boats -%}\n" \
    "{{ b }}: {{ b.length|feet }} ft{% if b is moored %}, berth {{ b.berth }}{% endif %}{{ '' if b.owner is defined else ', no owner' }}\n" \
    "{% endfor -%}\n" \
    "The tug is {{ boat('Tug 7').length|feet(digits=0)|int }} feet long.\n\n"

static burin_status render(burin_env *env, harbour *h, burin_error *err)
{
    burin_status    status = BURIN_ERR_NOMEM;
    burin_heap     *heap   = burin_heap_new(NULL);
    burin_template *tpl    = burin_template_from_string(env, "harbour.txt", BURIN_TEXT(SOURCE), err);
    burin_render   *r      = burin_render_new(env, err);

    if (heap && tpl && r) {
        burin_value vars = burin_dict(heap, 1), list = burin_list(heap, h->count);
        for (size_t i = 0; i < h->count; i++)
            burin_list_append(heap, list, burin_object(heap, &boat_class, &h->boats[i]));
        burin_dict_set_z(heap, vars, "boats", list);
        status = burin_render_file(r, tpl, vars, stdout, err);
        /* A mistake in the template comes back as an error with its place. */
        burin_template *bad = burin_template_from_string(env, "bad.txt", BURIN_TEXT("one\n{{ boat('Titanic').length }}\n"), err);
        burin_text      text;
        if (!status && bad && burin_render_text(r, bad, vars, &text, err) == BURIN_ERR_KEY)
            printf("%s:%u: %s: %s\n", err->template_name, err->line, burin_status_class(err->status), err->message);
        burin_template_unref(bad);
    }
    burin_render_free(r);
    burin_template_unref(tpl);
    burin_heap_free(heap);
    return status;
}

int main(void)
{
    boat         boats[] = {{"Moewe", 9.4, 12}, {"Tug 7", 18.0, 0}};
    harbour      h       = {boats, 2};
    burin_error  err     = BURIN_ERROR_INIT;
    burin_env   *env     = burin_env_new(NULL, &err);
    burin_status status  = env ? BURIN_OK : err.status;

    if (!status)
        status = burin_env_add_filter(env, "feet", "value, digits=1", feet, NULL, BURIN_PURE);
    if (!status)
        status = burin_env_add_test(env, "moored", "value", moored, NULL, 0);
    if (!status)
        status = burin_env_add_function(env, "boat", "name", find_boat, &h, 0);
    if (!status)
        status = render(env, &h, &err);
    if (status)
        fprintf(stderr, "%s: %s\n", burin_status_class(status), err.message ? err.message : "");
    burin_error_clear(&err);
    burin_env_unref(env);
    return status ? 1 : 0;
}
