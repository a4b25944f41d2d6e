/* Programs to bytes. Numbers are 32 bits wide where nothing else is said, in the order of this machine. */
#include "codegen/image/image.h"

#include "codegen/image/format.h"
#include "runtime/convert.h"

typedef struct writer {
    buf        *out;
    rt_state    st;    /* to walk containers and to print large integers */
    const char *wrong;
    const rt_function *finalize; /* the program's */
} writer;

static void put(writer *w, uint32_t n) { buf_append(w->out, (const char *)&n, sizeof n); }
static void put64(writer *w, uint64_t n) { buf_append(w->out, (const char *)&n, sizeof n); }

static void put_text(writer *w, burin_text text)
{
    put(w, text.data ? (uint32_t)text.len : IMAGE_NO_TEXT);
    buf_append(w->out, text.data, text.len);
}

static void put_texts(writer *w, const burin_text *texts, uint32_t count)
{
    for (uint32_t n = 0; n < count; n++)
        put_text(w, texts[n]);
}

/* ---- values ---- */

static void put_value(writer *w, burin_value v);

static void put_undefined(writer *w, const rt_undefined *u)
{
    put(w, u->cls);
    put(w, (uint32_t)u->status);
    put_text(w, u->hint);
    put_value(w, u->name);
    put_value(w, u->object);
}

static void put_bigint(writer *w, burin_value v)
{
    rt_out text;
    rt_out_init(&text, &w->st, 0);
    if (rt_write_str(&w->st, &text, v))
        w->wrong = image_no_memory;
    put_text(w, (burin_text){text.data, (size_t)(text.next - text.data)});
    rt_out_deinit(&text);
}

static void put_items(writer *w, burin_value v)
{
    const rt_list *list = rt_list_of(&w->st, v);
    if (list->fields)
        w->wrong = "a constant is a tuple with named fields";
    put(w, list->len);
    for (uint32_t n = 0; n < list->len; n++)
        put_value(w, list->items[n]);
}

static void put_dict(writer *w, burin_value v)
{
    const rt_dict *dict = rt_dict_of(&w->st, v);
    burin_value    key, value = rt_missing();
    uint32_t       at = 0;
    if (dict->flags & RT_FROZEN)
        w->wrong = "a constant is a frozenset";
    put(w, dict->len);
    while (rt_dict_next(dict, &at, &key, v.kind == BURIN_DICT ? &value : NULL)) {
        put_value(w, key);
        if (v.kind == BURIN_DICT)
            put_value(w, value);
    }
}

/* What scripts have without asking is stored by its name. */
static void put_builtin(writer *w, burin_value v)
{
    const rt_names *python = w->st.env->python;
    burin_text      name;
    for (uint32_t at = 0; python && rt_names_next(python, &at, &name);) {
        const burin_value *value = rt_names_value(python, name);
        if (v.as.p == (value ? value->as.p : rt_names_function(python, name)) && v.kind == (value ? value->kind : BURIN_FUNCTION)) {
            put_text(w, name);
            return;
        }
    }
    w->wrong = "a constant is of a kind that cannot be stored";
}

static void put_value(writer *w, burin_value v)
{
    if (rt_enter(&w->st)) {
        w->wrong = "a constant is nested too deeply";
        return;
    }
    put(w, v.kind | (uint32_t)v.flags << 8);
    switch ((burin_kind)v.kind) {
    case BURIN_MISSING: case BURIN_NONE: break;
    case BURIN_BOOL: case BURIN_INT: case BURIN_FLOAT: put64(w, (uint64_t)v.as.i); break;
    case BURIN_STRING: case BURIN_BYTES: put_text(w, (burin_text){v.len ? v.as.s : "", v.len}); break;
    case BURIN_BIGINT: put_bigint(w, v); break;
    case BURIN_LIST: case BURIN_TUPLE: put_items(w, v); break;
    case BURIN_DICT: case BURIN_SET: put_dict(w, v); break;
    case BURIN_UNDEFINED: put_undefined(w, v.as.p); break;
    case BURIN_RANGE: buf_append(w->out, v.as.p, sizeof(rt_range)); break;
    case BURIN_COMPLEX: buf_append(w->out, v.as.p, sizeof(rt_complex)); break;
    case BURIN_FUNCTION: case BURIN_OBJECT: put_builtin(w, v); break;
    default: w->wrong = "a constant is of a kind that cannot be stored";
    }
    rt_leave(&w->st);
}

/* ---- tables ---- */

static void put_unit(writer *w, const ir_unit *u)
{
    put(w, u->kind);
    put(w, (uint32_t)u->captured | (uint32_t)u->uses_outer << 1 | (uint32_t)u->markup << 8 | (uint32_t)u->parameters << 16);
    put(w, u->registers);
    put(w, u->line);
    put_text(w, u->name);
    put(w, u->code_len);
    buf_append(w->out, (const char *)u->code, u->code_len * sizeof *u->code);
    put(w, u->place_count);
    buf_append(w->out, (const char *)u->places, u->place_count * sizeof *u->places);
    put(w, u->visible_count);
    for (uint32_t n = 0; n < u->visible_count; n++) {
        put_text(w, u->visible[n].name);
        put(w, u->visible[n].start);
        put(w, u->visible[n].end);
        put(w, u->visible[n].slot);
    }
    put(w, u->variables);
    put(w, u->handler_count);
    for (uint32_t n = 0; n < u->handler_count; n++) {
        put(w, u->handlers[n].start);
        put(w, u->handlers[n].end);
        put(w, u->handlers[n].target);
        put(w, u->handlers[n].reg | (uint32_t)u->handlers[n].catches << 16);
    }
}

static void put_call(writer *w, const ir_call *c)
{
    put(w, c->positional | (uint32_t)c->named << 16);
    const bool is_finalize = c->function && c->function == w->finalize;
    put(w, (uint32_t)c->rest | (uint32_t)c->expand << 1 | (uint32_t)c->is_test << 2 | (uint32_t)(c->function != NULL) << 3 |
               (uint32_t)(c->names != NULL) << 4 | (uint32_t)c->plain << 5 | (uint32_t)is_finalize << 6 | (uint32_t)c->print << 8);
    put(w, c->site);
    put_text(w, c->method);
    put_text(w, c->unknown);
    put_texts(w, c->names, c->names ? c->named : 0u);
}

static void put_macro(writer *w, const ir_macro *m)
{
    put(w, m->unit);
    put(w, (uint32_t)m->catch_kwargs | (uint32_t)m->catch_varargs << 1 | (uint32_t)m->caller << 2 | (uint32_t)m->explicit_caller << 3 |
               (uint32_t)m->argument_count << 16);
    put_text(w, m->name);
    put_texts(w, m->arguments, m->argument_count);
}

static void put_function(writer *w, const ir_function *f)
{
    const uint32_t named = f->generator ? 0 : ir_function_names(f); /* a generator's iterable has no name */
    put(w, f->unit);
    put(w, f->positional_only | (uint32_t)f->positional << 16);
    put(w, f->keyword_only | (uint32_t)f->defaults << 16);
    put(w, f->keyword_defaults | (uint32_t)f->first_cell << 16);
    put(w, f->cells | (uint32_t)f->rest << 16 | (uint32_t)f->named << 17 | (uint32_t)f->generator << 18 | (uint32_t)f->plain << 19);
    put_text(w, f->name);
    put_text(w, f->qualified);
    put_text(w, f->doc);
    put_texts(w, f->names, named);
    for (uint32_t n = 0; n < f->keyword_defaults; n++)
        put(w, f->keyword_default_of[n]);
}

static void put_locals(writer *w, const ir_locals *l)
{
    put(w, l->count);
    for (uint32_t n = 0; n < l->count; n++) {
        put_text(w, l->names[n]);
        put(w, l->outs[n] | (uint32_t)l->slots[n] << 16);
    }
}

static void put_tables(writer *w, const ir_program *p)
{
    put(w, p->call_count);
    for (uint32_t n = 0; n < p->call_count; n++)
        put_call(w, &p->calls[n]);
    put(w, p->site_count);
    for (uint32_t n = 0; n < p->site_count; n++) {
        put_text(w, p->sites[n].name);
        put(w, (uint32_t)p->sites[n].plain | (uint32_t)p->sites[n].is_item << 1);
    }
    put(w, p->loop_count);
    for (uint32_t n = 0; n < p->loop_count; n++) {
        put(w, p->loops[n].extended);
        put(w, p->loops[n].unit);
        put(w, p->loops[n].clear_from | (uint32_t)p->loops[n].clear_count << 16);
    }
    put(w, p->macro_count);
    for (uint32_t n = 0; n < p->macro_count; n++)
        put_macro(w, &p->macros[n]);
    put(w, p->block_place_count);
    for (uint32_t n = 0; n < p->block_place_count; n++) {
        put_text(w, p->block_places[n].name);
        put(w, (uint32_t)p->block_places[n].required | (uint32_t)p->block_places[n].scoped << 1);
        put_locals(w, &p->block_places[n].locals);
    }
    put(w, p->include_count);
    for (uint32_t n = 0; n < p->include_count; n++) {
        put(w, p->includes[n].by | (uint32_t)p->includes[n].ignore_missing << 8 | (uint32_t)p->includes[n].with_context << 9);
        put_locals(w, &p->includes[n].locals);
    }
    put(w, p->function_count);
    for (uint32_t n = 0; n < p->function_count; n++)
        put_function(w, &p->functions[n]);
    put(w, p->root_temps);
    put(w, p->global_count);
    put_texts(w, p->globals, p->global_count);
    put(w, p->block_count);
    buf_append(w->out, (const char *)p->blocks, p->block_count * sizeof *p->blocks);
}

const char *image_write(const ir_program *p, buf *out)
{
    writer w = {.out = out, .st = {.env = p->env, .steps_left = UINT64_MAX}, .finalize = p->finalize};
    heap_init(&w.st.heap, out->alloc, 0);
    w.st.message = buf_make(out->alloc);
    buf_append(out, image_magic, sizeof image_magic);
    put64(&w, image_abi());
    put(&w, (uint32_t)p->native | (uint32_t)p->autoescape << 1 | (uint32_t)p->is_expression << 2 | (uint32_t)p->has_extends << 3 |
                (uint32_t)(p->finalize != NULL) << 4 | (uint32_t)p->is_script << 5);
    put(&w, p->unit_count);
    for (uint32_t n = 0; n < p->unit_count; n++)
        put_unit(&w, p->units[n]);
    put(&w, p->constant_count);
    for (uint32_t n = 0; n < p->constant_count && !w.wrong; n++)
        put_value(&w, p->constants[n]);
    put_tables(&w, p);
    heap_deinit(&w.st.heap);
    buf_deinit(&w.st.message);
    return !w.wrong && out->failed ? image_no_memory : w.wrong;
}
