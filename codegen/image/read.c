/* Bytes to programs. The first thing that is wrong is remembered; from then on everything reads as 0.
 *
 * Like a program that was compiled, everything lies in the program's arena, containers among the constants in its heap. */
#include "codegen/image/image.h"

#include "codegen/image/format.h"
#include "runtime/base/text.h"
#include "runtime/call.h"

#include <stdio.h>

typedef struct reader {
    const char *at, *end;
    rt_state    st;     /* its heap becomes the program's */
    ir_program *program;
    bool        failed, no_memory;
    char       *room;   /* for the sentence */
    size_t      size;
} reader;

static void fail(reader *r, const char *why, burin_text name)
{
    if (!r->failed)
        snprintf(r->room, r->size, "%s%.*s", why, (int)name.len, name.data ? name.data : "");
    r->failed = true;
}
static void fail_memory(reader *r)
{
    r->no_memory |= !r->failed;
    r->failed = true;
}

static const char *take(reader *r, size_t len)
{
    if (r->failed || (size_t)(r->end - r->at) < len) {
        fail(r, "the image is cut off", (burin_text){NULL, 0});
        return NULL;
    }
    const char *at = r->at;
    r->at += len;
    return at;
}

static void get_bytes(reader *r, void *to, size_t len)
{
    const char *at = take(r, len);
    if (at && len)
        memcpy(to, at, len);
}

static uint32_t get(reader *r)
{
    uint32_t n = 0;
    get_bytes(r, &n, sizeof n);
    return n;
}

static uint64_t get64(reader *r)
{
    uint64_t n = 0;
    get_bytes(r, &n, sizeof n);
    return n;
}

/* Printing copies short texts in blocks of 32 bytes. */
static burin_text get_text(reader *r)
{
    enum { OVER_READ = 32 };
    uint32_t len = get(r);
    if (r->failed || len == IMAGE_NO_TEXT)
        return (burin_text){NULL, 0};
    const char *at   = take(r, len);
    char       *copy = at ? arena_alloc(&r->program->memory, (size_t)len + OVER_READ) : NULL;
    if (!copy) {
        if (at)
            fail_memory(r);
        return (burin_text){NULL, 0};
    }
    memcpy(copy, at, len);
    memset(copy + len, 0, OVER_READ);
    return (burin_text){copy, len};
}

/* Room for `count` things of which each takes `least` bytes of the image at least. */
static void *get_room(reader *r, uint32_t count, size_t least, size_t size)
{
    if (!r->failed && count > (size_t)(r->end - r->at) / least)
        fail(r, "a count is larger than the image", (burin_text){NULL, 0});
    void *row = r->failed ? NULL : arena_zalloc(&r->program->memory, ((size_t)count + 1) * size);
    if (!row && !r->failed)
        fail_memory(r);
    return row;
}

/* A row of structures as they lie in memory. */
static void *get_row(reader *r, uint32_t *count, size_t size)
{
    *count    = get(r);
    void *row = get_room(r, *count, size, size);
    if (!row)
        *count = 0;
    get_bytes(r, row, *count * size);
    return row;
}

static burin_text *get_texts(reader *r, uint32_t count)
{
    burin_text *texts = get_room(r, count, sizeof(uint32_t), sizeof *texts);
    for (uint32_t n = 0; texts && n < count; n++)
        texts[n] = get_text(r);
    return texts;
}

/* ---- values ---- */

static burin_value get_value(reader *r);

static void check(reader *r, burin_status status)
{
    if (status == BURIN_ERR_NOMEM)
        fail_memory(r);
    else if (status)
        fail(r, "", rt_message(&r->st));
}

static burin_value get_undefined(reader *r)
{
    rt_undefined *u = get_room(r, 1, 1, sizeof *u);
    if (!u)
        return rt_missing();
    u->cls    = (rt_undefined_class)get(r);
    u->status = (burin_status)get(r);
    u->hint   = get_text(r);
    u->name   = get_value(r);
    u->object = get_value(r);
    return rt_pointer(BURIN_UNDEFINED, u);
}

static burin_value get_items(reader *r, burin_kind kind)
{
    rt_list *list  = NULL;
    uint32_t count = get(r);
    get_room(r, count, sizeof(uint32_t), 0);
    if (!r->failed)
        check(r, rt_list_new(&r->st, kind, count, &list));
    for (uint32_t n = 0; n < count && !r->failed; n++) {
        burin_value item = get_value(r);
        check(r, rt_list_push(&r->st, list, item));
    }
    return r->failed ? rt_missing() : rt_pointer(kind, list);
}

static burin_value get_dict(reader *r, burin_kind kind)
{
    rt_dict *dict  = NULL;
    uint32_t count = get(r);
    get_room(r, count, sizeof(uint32_t), 0);
    if (!r->failed)
        check(r, kind == BURIN_DICT ? rt_dict_new(&r->st, count, &dict) : rt_set_new(&r->st, count, &dict));
    for (uint32_t n = 0; n < count && !r->failed; n++) {
        burin_value key = get_value(r);
        check(r, rt_dict_put(&r->st, dict, key, kind == BURIN_DICT ? get_value(r) : rt_missing()));
    }
    return r->failed ? rt_missing() : rt_pointer(kind, dict);
}

static burin_value get_bigint(reader *r)
{
    burin_value v = rt_missing();
    burin_text  digits = get_text(r);
    if (!r->failed)
        check(r, rt_int_from_text(&r->st, digits, 10, &v));
    return v;
}

static burin_value get_range(reader *r)
{
    rt_range *range = get_room(r, 1, sizeof *range, sizeof *range);
    get_bytes(r, range, range ? sizeof *range : 0);
    return rt_pointer(BURIN_RANGE, range);
}

static burin_value get_complex(reader *r)
{
    rt_complex *z = get_room(r, 1, sizeof *z, sizeof *z);
    get_bytes(r, z, z ? sizeof *z : 0);
    return rt_pointer(BURIN_COMPLEX, z);
}

/* The environment's of the same name, if it is of the same kind. */
static burin_value get_builtin(reader *r, burin_kind kind)
{
    const rt_names    *python = r->program->env->python;
    burin_text         name   = get_text(r);
    const burin_value *value  = python ? rt_names_value(python, name) : NULL;
    const rt_function *fn     = python && !value ? rt_names_function(python, name) : NULL;
    burin_value        v      = value ? *value : fn ? rt_pointer(BURIN_FUNCTION, fn) : rt_missing();
    if (!r->failed && v.kind != kind)
        fail(r, "the environment has no builtin named ", name);
    return v;
}

static burin_value get_contents(reader *r, burin_kind kind)
{
    burin_value v = {.kind = (uint8_t)kind};
    burin_text  text;
    switch (kind) {
    case BURIN_MISSING: case BURIN_NONE: return v;
    case BURIN_BOOL: case BURIN_INT: case BURIN_FLOAT: v.as.i = (int64_t)get64(r); return v;
    case BURIN_STRING: case BURIN_BYTES:
        text  = get_text(r);
        v.as.s = text.data ? text.data : "";
        v.len = (uint32_t)text.len;
        return v;
    case BURIN_BIGINT: return get_bigint(r);
    case BURIN_LIST: case BURIN_TUPLE: return get_items(r, kind);
    case BURIN_DICT: case BURIN_SET: return get_dict(r, kind);
    case BURIN_UNDEFINED: return get_undefined(r);
    case BURIN_RANGE: return get_range(r);
    case BURIN_COMPLEX: return get_complex(r);
    case BURIN_FUNCTION: case BURIN_OBJECT: return get_builtin(r, kind);
    default: fail(r, "a constant is of no kind", (burin_text){NULL, 0}); return v;
    }
}

static burin_value get_value(reader *r)
{
    uint32_t word = get(r);
    if (r->failed || rt_enter(&r->st)) {
        fail(r, "a constant is nested too deeply", (burin_text){NULL, 0});
        return rt_missing();
    }
    burin_value v = get_contents(r, (burin_kind)(word & 255));
    if (v.kind != BURIN_FUNCTION && v.kind != BURIN_OBJECT)
        v.flags = (uint8_t)(word >> 8);
    rt_leave(&r->st);
    return v;
}

/* ---- tables ---- */

static ir_unit *get_unit(reader *r, uint32_t index)
{
    ir_unit *u = get_room(r, 1, 1, sizeof *u);
    if (!u)
        return NULL;
    u->index      = index;
    u->kind       = (ir_unit_kind)get(r);
    uint32_t word = get(r);
    u->captured   = word & 1;
    u->uses_outer = word >> 1 & 1;
    u->markup     = (uint8_t)(word >> 8);
    u->parameters = (uint16_t)(word >> 16);
    u->registers  = get(r);
    u->line       = get(r);
    u->name       = get_text(r);
    u->code       = get_row(r, &u->code_len, sizeof *u->code);
    u->places     = get_row(r, &u->place_count, sizeof *u->places);
    u->visible_count = get(r);
    u->visible    = get_room(r, u->visible_count, 16, sizeof *u->visible);
    for (uint32_t n = 0; u->visible && n < u->visible_count; n++) {
        ir_visible *v = &u->visible[n];
        v->name       = get_text(r);
        v->start      = get(r);
        v->end        = get(r);
        v->slot       = (uint16_t)get(r);
    }
    u->variables     = (uint16_t)get(r);
    u->handler_count = get(r);
    u->handlers      = get_room(r, u->handler_count, 16, sizeof *u->handlers);
    for (uint32_t n = 0; u->handlers && n < u->handler_count; n++) {
        ir_handler *h = &u->handlers[n];
        h->start      = get(r);
        h->end        = get(r);
        h->target     = get(r);
        word          = get(r);
        h->reg        = (uint16_t)word;
        h->catches    = word >> 16 & 1;
    }
    return u;
}

/* The function that a call was bound to is the environment's of the same name. */
static void bind(reader *r, ir_call *c)
{
    const rt_env *env = r->program->env;
    c->function       = rt_names_function(c->is_test ? env->tests : env->filters, c->unknown);
    if (!c->function)
        fail(r, c->is_test ? "the environment has no test named " : "the environment has no filter named ", c->unknown);
}

static void get_call(reader *r, ir_call *c)
{
    uint32_t counts = get(r), flags = get(r);
    c->positional   = (uint16_t)counts;
    c->named        = (uint16_t)(counts >> 16);
    c->rest         = flags & 1;
    c->expand       = flags >> 1 & 1;
    c->is_test      = flags >> 2 & 1;
    c->plain        = flags >> 5 & 1;
    c->print        = (ir_output)(flags >> 8);
    c->site         = get(r);
    c->method       = get_text(r);
    c->unknown      = get_text(r);
    c->names        = flags & 16 ? get_texts(r, c->named) : NULL;
    if (flags & 64 && r->program->finalize)
        c->function = r->program->finalize;
    else if (!r->failed && flags & 8)
        bind(r, c);
}

static void get_macro(reader *r, ir_macro *m)
{
    m->unit            = get(r);
    uint32_t flags     = get(r);
    m->catch_kwargs    = flags & 1;
    m->catch_varargs   = flags >> 1 & 1;
    m->caller          = flags >> 2 & 1;
    m->explicit_caller = flags >> 3 & 1;
    m->argument_count  = (uint16_t)(flags >> 16);
    m->name            = get_text(r);
    m->arguments       = get_texts(r, m->argument_count);
}

/* The low half of a word, and the high one. */
static uint16_t get_halves(reader *r, uint16_t *high)
{
    uint32_t word = get(r);
    *high         = (uint16_t)(word >> 16);
    return (uint16_t)word;
}

static void get_function(reader *r, ir_function *f)
{
    uint16_t flags;
    f->unit             = get(r);
    f->positional_only  = get_halves(r, &f->positional);
    f->keyword_only     = get_halves(r, &f->defaults);
    f->keyword_defaults = get_halves(r, &f->first_cell);
    f->cells            = get_halves(r, &flags);
    f->rest             = flags & 1;
    f->named            = flags >> 1 & 1;
    f->generator        = flags >> 2 & 1;
    f->plain            = flags >> 3 & 1;
    f->name             = get_text(r);
    f->qualified        = get_text(r);
    f->doc              = get_text(r);
    f->names            = f->generator ? NULL : get_texts(r, ir_function_names(f));
    uint16_t *of        = get_room(r, f->keyword_defaults, sizeof(uint32_t), sizeof *of);
    for (uint32_t n = 0; of && n < f->keyword_defaults; n++)
        of[n] = (uint16_t)get(r);
    f->keyword_default_of = of;
}

static void get_locals(reader *r, ir_locals *l)
{
    l->count = get(r);
    l->names = get_room(r, l->count, 8, sizeof *l->names);
    l->outs  = get_room(r, l->count, 8, sizeof *l->outs);
    l->slots = get_room(r, l->count, 8, sizeof *l->slots);
    for (uint32_t n = 0; !r->failed && n < l->count; n++) {
        l->names[n]   = get_text(r);
        uint32_t word = get(r);
        l->outs[n]    = (uint16_t)word;
        l->slots[n]   = (uint16_t)(word >> 16);
    }
}

static void get_loop(reader *r, ir_loop *l)
{
    l->extended    = get(r);
    l->unit        = get(r);
    uint32_t clear = get(r);
    l->clear_from  = (uint16_t)clear;
    l->clear_count = (uint16_t)(clear >> 16);
}

static void get_site(reader *r, ir_site *s)
{
    s->name       = get_text(r);
    s->hash       = rt_text_hash(s->name);
    uint32_t bits = get(r);
    s->plain      = bits & 1;
    s->is_item    = bits & 2;
}

static void get_block_place(reader *r, ir_block_place *b)
{
    b->name        = get_text(r);
    uint32_t flags = get(r);
    b->required    = flags & 1;
    b->scoped      = flags >> 1 & 1;
    get_locals(r, &b->locals);
}

static void get_include(reader *r, ir_include *i)
{
    uint32_t flags    = get(r);
    i->by             = (ir_include_by)(flags & 255);
    i->ignore_missing = flags >> 8 & 1;
    i->with_context   = flags >> 9 & 1;
    get_locals(r, &i->locals);
}

/* A table whose rows `read_row` reads one by one. */
#define GET_TABLE(r, items, count, read_row)                             \
    do {                                                                 \
        (count) = get(r);                                                \
        (items) = get_room(r, (count), sizeof(uint32_t), sizeof *(items)); \
        for (uint32_t n_ = 0; !(r)->failed && n_ < (count); n_++)        \
            read_row(r, &(items)[n_]);                                   \
    } while (0)

static void get_tables(reader *r, ir_program *p)
{
    GET_TABLE(r, p->calls, p->call_count, get_call);
    GET_TABLE(r, p->sites, p->site_count, get_site);
    GET_TABLE(r, p->loops, p->loop_count, get_loop);
    GET_TABLE(r, p->macros, p->macro_count, get_macro);
    GET_TABLE(r, p->block_places, p->block_place_count, get_block_place);
    GET_TABLE(r, p->includes, p->include_count, get_include);
    GET_TABLE(r, p->functions, p->function_count, get_function);
    p->root_temps   = (uint16_t)get(r);
    p->global_count = get(r);
    p->globals      = get_texts(r, p->global_count);
    p->blocks  = get_row(r, &p->block_count, sizeof *p->blocks);
    p->natives = get_room(r, 0, 1, (p->unit_count + 1u) * sizeof *p->natives);
    p->heat    = get_room(r, 0, 1, (p->unit_count + 1u) * sizeof *p->heat);
}

static void get_program(reader *r, ir_program *p, const codegen_options *options)
{
    uint32_t flags = get(r);
    p->native        = flags & 1;
    p->autoescape    = flags >> 1 & 1;
    p->is_expression = flags >> 2 & 1;
    p->has_extends   = flags >> 3 & 1;
    p->is_script     = flags >> 5 & 1;
    if (!r->failed && ((flags >> 4 & 1) != (options->finalize != NULL) || p->native != options->native || p->autoescape != options->autoescape))
        fail(r, "the image was made with other options", (burin_text){NULL, 0});
    p->unit_count = get(r);
    p->units      = get_room(r, p->unit_count, sizeof(uint32_t), sizeof(ir_unit *));
    for (uint32_t n = 0; !r->failed && n < p->unit_count; n++)
        p->units[n] = get_unit(r, n);
    p->constant_count = get(r);
    p->constants      = get_room(r, p->constant_count, sizeof(uint32_t), sizeof *p->constants);
    for (uint32_t n = 0; !r->failed && n < p->constant_count; n++)
        p->constants[n] = get_value(r);
    get_tables(r, p);
    for (uint32_t n = 0; !r->failed && n < p->unit_count; n++)
        if (!ir_verify(p, p->units[n]))
            fail(r, "a unit does not pass the verifier", (burin_text){NULL, 0});
    arena scratch = arena_make(p->alloc);
    if (!r->failed && !ir_find_supers(p, &scratch))
        fail_memory(r);
    arena_deinit(&scratch);
    if (!r->failed)
        p->serial = ir_serial(p);
    if (!r->failed && (!p->unit_count || r->at != r->end))
        fail(r, "the image does not end where it should", (burin_text){NULL, 0});
}

const char *image_read(burin_text image, const codegen_options *options, const burin_allocator *alloc, ir_program **out, char *room, size_t size)
{
    ir_program *p = base_alloc(alloc, sizeof *p);
    *out          = NULL;
    if (!p)
        return image_no_memory;
    *p       = (ir_program){.alloc = alloc, .memory = arena_make(alloc), .env = options->env, .finalize = options->finalize};
    reader r = {.at = image.data, .end = image.data + image.len, .program = p, .room = room, .size = size};
    r.st     = (rt_state){.env = options->env, .steps_left = UINT64_MAX, .message = buf_make(alloc)};
    heap_init(&r.st.heap, alloc, 0);
    r.st.heap.borrowed = true;
    const char *magic  = take(&r, sizeof image_magic);
    if (!magic || memcmp(magic, image_magic, sizeof image_magic) != 0 || get64(&r) != image_abi())
        fail(&r, "the image is of another build", (burin_text){NULL, 0});
    if (!r.failed)
        get_program(&r, p, options);
    p->heap = r.st.heap;
    buf_deinit(&r.st.message);
    if (r.failed) {
        codegen_free(p);
        return r.no_memory ? image_no_memory : room;
    }
    *out = p;
    return NULL;
}
