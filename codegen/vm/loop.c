/* Loops: walking values, and `loop` (jinja2.runtime.LoopContext). */
#include "codegen/vm/machine.h"

#include "runtime/view.h"

#include <stdio.h>

/* ---- starting ---- */

/* Whether items live on by themselves, so that what an iteration made can be dropped although `loop` remembers items. */
static bool releases(const vm_frame *f, const ir_loop *row, burin_value over)
{
    if (f->program->native)
        return false; /* printed values wait in the list of pieces */
    if (over.kind == BURIN_ARRAY) /* big integers are made */
        return !row->extended || rt_layout_of(&f->m->st, over)->item.form != BURIN_FORM_U64;
    if (over.kind != BURIN_OBJECT)
        return true;
    rt_view view = rt_view_of(over);
    return view == RT_VIEW_KEYS || view == RT_VIEW_VALUES || (!row->extended && (view == RT_VIEW_ITEMS || rt_class_of(over)));
}

_Static_assert(WALK_DICT_VALUES - WALK_DICT_KEYS == (int)RT_VIEW_VALUES && WALK_DICT_ITEMS - WALK_DICT_KEYS == (int)RT_VIEW_ITEMS, "same order");

static bool walks_dict(const vm_loop *loop) { return loop->walk >= WALK_DICT_KEYS && loop->walk <= WALK_DICT_ITEMS; }

static void walk_dict(rt_state *st, vm_loop *loop, burin_value dict, rt_view view)
{
    loop->walk    = (uint8_t)(WALK_DICT_KEYS + view);
    loop->over    = dict;
    loop->dict    = rt_dict_of(st, dict);
    loop->entry   = 0;
    loop->version = loop->dict->version;
    loop->left    = loop->dict->len;
}

static burin_status walk_array(rt_state *st, vm_loop *loop, burin_value over)
{
    rt_array     array;
    burin_status status = rt_array_of(st, over, &array);
    loop->walk   = WALK_ARRAY;
    loop->over   = over;
    loop->place  = array.at;
    loop->item   = array.item;
    loop->step   = array.stride;
    loop->left   = loop->length = array.count;
    loop->word   = array.item->form == BURIN_FORM_STRUCT && !array.item->is_pointer
                       ? rt_struct_word(rt_struct_value(BURIN_STRUCT, over.reserved, array.item->type, NULL))
                       : 0;
    return status;
}

static const burin_text view_names[] = {{"keys", 4}, {"values", 6}, {"items", 5}};

static burin_status start_walk(vm_frame *f, vm_loop *loop, burin_value over)
{
    rt_state *st = &f->m->st;
    if (over.kind == BURIN_LIST || over.kind == BURIN_TUPLE) {
        loop->walk = WALK_LIST;
        loop->list = rt_list_of(st, over);
        return BURIN_OK;
    }
    if (over.kind == BURIN_RANGE) {
        const rt_range *range = over.as.p;
        loop->walk     = WALK_RANGE;
        loop->next_int = range->start;
        loop->step     = range->step;
        loop->left = loop->length = range->len;
        return BURIN_OK;
    }
    if (over.kind == BURIN_ARRAY)
        return walk_array(st, loop, over);
    if (over.kind == BURIN_DICT) {
        walk_dict(st, loop, over, RT_VIEW_KEYS);
        return BURIN_OK;
    }
    rt_view view = rt_view_of(over);
    if (view != RT_VIEW_NONE && !loop->row->extended) {
        walk_dict(st, loop, rt_view_dict(over), view);
        return BURIN_OK;
    }
    loop->walk = WALK_ANY;
    return rt_iter_init(st, over, &loop->it);
}

/* What start_walk does not set. */
static inline vm_loop *loop_make(vm_frame *f, burin_value over, const ir_loop *row)
{
    rt_state *st   = &f->m->st;
    vm_loop  *loop = heap_alloc(&st->heap, sizeof *loop);
    if (!loop) {
        rt_fail_memory(st);
        return NULL;
    }
    if (row->extended)
        loop->before = loop->current = loop->changed = loop->object = rt_missing();
    loop->row      = row;
    loop->index0   = -1;
    loop->length   = -1;
    loop->iterable = over;
    loop->after    = rt_missing();
    loop->shadows  = st->heap.shadows;
    return loop;
}

/* A loop over a list for which there is room, as most are; NULL: it is another one. */
static inline vm_loop *loop_over_list(vm_frame *f, const burin_value *over, const ir_loop *row, uint32_t depth0)
{
    burin_heap *heap = &f->m->st.heap;
    if ((over->kind != BURIN_LIST && over->kind != BURIN_TUPLE) || heap->shadows || !heap_has_room(heap, sizeof(vm_loop)))
        return NULL;
    vm_loop *loop  = heap_alloc(heap, sizeof *loop);
    loop->walk     = WALK_LIST;
    loop->releases = !f->program->native;
    loop->shadows  = 0;
    loop->row      = row;
    loop->index0   = -1;
    loop->length   = -1;
    loop->list     = over->as.p;
    loop->mark     = heap_mark(heap);
    loop->depth0   = depth0;
    rt_copy_words(&loop->iterable, over);
    loop->changed.kind = loop->object.kind = BURIN_MISSING;
    return loop;
}

burin_status vm_loop_new(vm_frame *f, burin_value over, const ir_loop *row, uint32_t depth0, vm_loop **out)
{
    vm_loop *loop = loop_over_list(f, &over, row, depth0);
    if (BURIN_LIKELY(loop != NULL)) {
        *out = loop;
        return BURIN_OK;
    }
    loop = loop_make(f, over, row);
    if (!loop)
        return f->m->st.status;
    loop->depth0        = depth0;
    loop->releases      = releases(f, row, over);
    *out                = loop;
    burin_status status = start_walk(f, loop, over);
    loop->mark          = heap_mark(&f->m->st.heap);
    return status;
}

burin_status vm_loop_over_view(vm_frame *f, burin_value v, unsigned which, const ir_loop *row, vm_loop **out)
{
    rt_state *st = &f->m->st;
    if (v.kind == BURIN_DICT && !row->extended) { /* walk the dict itself: no view is needed */
        vm_loop *loop = loop_make(f, v, row);
        if (!loop)
            return st->status;
        walk_dict(st, loop, v, (rt_view)(which / 2 - 1));
        loop->releases = !f->program->native;
        loop->mark     = heap_mark(&st->heap);
        *out           = loop;
        return BURIN_OK;
    }
    rt_arguments none = {0};
    burin_value  view;
    burin_status status = rt_call_method(st, v, view_names[which / 2 - 1], &none, &view);
    return status ? status : vm_loop_new(f, view, row, 0, out);
}

/* ---- walking ---- */

static burin_status dict_changed(rt_state *st, const vm_loop *loop)
{
    bool size = (int64_t)loop->dict->len != loop->left;
    return rt_fail(st, BURIN_ERR_GENERATOR, size ? "dictionary changed size during iteration" : "dictionary keys changed during iteration");
}

static burin_status next_of_dict(rt_state *st, vm_loop *loop, burin_value *item)
{
    if (loop->shadows != st->heap.shadows) {
        loop->dict    = rt_dict_of(st, loop->over);
        loop->shadows = st->heap.shadows;
    }
    if (loop->dict->version != loop->version)
        return dict_changed(st, loop);
    return rt_view_next(st, loop->dict, (rt_view)(loop->walk - WALK_DICT_KEYS), &loop->entry, item);
}

/* From the iterator itself; what it gives is kept from being dropped when `loop` may look at it later. */
static burin_status pull(rt_state *st, vm_loop *loop, burin_value *item)
{
    if (walks_dict(loop))
        return next_of_dict(st, loop, item);
    return rt_iter_next(st, &loop->it, item);
}

burin_status vm_loop_next(vm_frame *f, vm_loop *loop, burin_value *item)
{
    rt_state    *st     = &f->m->st;
    burin_status status = BURIN_OK;
    if (loop->walk == WALK_LIST) { /* the list has got a private copy meanwhile */
        loop->list    = rt_list_of(st, loop->iterable);
        loop->shadows = st->heap.shadows;
        uint64_t at   = (uint64_t)++loop->index0;
        *item         = at < loop->list->len ? loop->list->items[at] : rt_missing();
        return BURIN_OK;
    }
    if (loop->after.kind != BURIN_MISSING) {
        *item       = loop->after;
        loop->after = rt_missing();
    } else {
        status = pull(st, loop, item);
    }
    if (!status && item->kind != BURIN_MISSING) {
        loop->index0++;
        if (loop->row->extended) {
            loop->before  = loop->current;
            loop->current = *item;
        }
    }
    return status;
}

/* ---- looking around ---- */

static burin_status peek(rt_state *st, vm_loop *loop, burin_value *item)
{
    if (loop->walk == WALK_LIST) {
        const rt_list *list = rt_list_of(st, loop->iterable);
        uint64_t       at   = (uint64_t)loop->index0 + 1;
        *item               = at < list->len ? list->items[at] : rt_missing();
        return BURIN_OK;
    }
    if (loop->walk == WALK_RANGE) {
        *item = loop->left > 0 ? burin_int(loop->next_int) : rt_missing();
        return BURIN_OK;
    }
    if (loop->walk == WALK_ARRAY) {
        *item = rt_missing();
        return loop->left > 0 ? rt_item_read(st, loop->item, loop->place, item) : BURIN_OK;
    }
    burin_status status = loop->after.kind == BURIN_MISSING ? pull(st, loop, &loop->after) : BURIN_OK;
    *item               = loop->after;
    return status;
}

static burin_value previous(const vm_loop *loop)
{
    if (loop->walk == WALK_LIST)
        return loop->list->items[loop->index0 - 1];
    if (loop->walk == WALK_RANGE)
        return burin_int(loop->next_int - 2 * loop->step);
    return loop->before;
}

/* len(); an iterator without one is turned into a list of what is left. */
static burin_status find_length(rt_state *st, vm_loop *loop)
{
    if (loop->walk == WALK_LIST && loop->length < 0)
        loop->length = rt_list_of(st, loop->iterable)->len;
    if (loop->length >= 0)
        return BURIN_OK;
    size_t known = rt_iter_length_hint(st, loop->iterable);
    if (known != SIZE_MAX) {
        loop->length = (int64_t)known;
        return BURIN_OK;
    }
    rt_list     *rest;
    burin_status status = rt_list_new(st, BURIN_LIST, 8, &rest);
    burin_value  item;
    while (!status && !(status = pull(st, loop, &item)) && item.kind != BURIN_MISSING)
        status = rt_list_push(st, rest, item);
    if (!status)
        status = rt_iter_init(st, rt_list_value(rest), &loop->it);
    loop->length = rest ? (int64_t)rest->len + loop->index0 + 1 + (loop->after.kind != BURIN_MISSING) : 0;
    heap_escape(&st->heap);
    return status;
}

static burin_status counted(rt_state *st, vm_loop *loop, loop_attribute which, burin_value *out)
{
    burin_status status = find_length(st, loop);
    int64_t      passed = which == LOOP_length ? 0 : which == LOOP_revindex ? loop->index0 : loop->index0 + 1;
    *out                = burin_int(loop->length - passed);
    return status;
}

static burin_status neighbour(rt_state *st, vm_loop *loop, loop_attribute which, burin_value *out)
{
    burin_status status = BURIN_OK;
    if (which == LOOP_previtem) {
        if (loop->index0 == 0)
            return rt_undefined_hint(st, st->env->undefined, out, "there is no previous item");
        *out = previous(loop);
        return BURIN_OK;
    }
    status = peek(st, loop, out);
    if (!status && out->kind == BURIN_MISSING)
        status = rt_undefined_hint(st, st->env->undefined, out, "there is no next item");
    return status;
}

burin_status vm_loop_attribute(rt_state *st, vm_loop *loop, loop_attribute which, burin_value *out)
{
    burin_value  item;
    burin_status status = BURIN_OK;
    switch (which) {
    case LOOP_index: *out = burin_int(loop->index0 + 1); break;
    case LOOP_index0: *out = burin_int(loop->index0); break;
    case LOOP_first: *out = burin_bool(loop->index0 == 0); break;
    case LOOP_depth: *out = burin_int((int64_t)loop->depth0 + 1); break;
    case LOOP_depth0: *out = burin_int(loop->depth0); break;
    case LOOP_last:
        status = peek(st, loop, &item);
        *out   = burin_bool(item.kind == BURIN_MISSING);
        break;
    case LOOP_previtem: case LOOP_nextitem: status = neighbour(st, loop, which, out); break;
    default: status = counted(st, loop, which, out); break;
    }
    return status;
}

burin_status vm_loop_cycle(rt_state *st, vm_loop *loop, const burin_value *items, uint32_t count, burin_value *out)
{
    if (!count)
        return rt_fail(st, BURIN_ERR_TYPE, "no items for cycling given");
    *out = items[(uint64_t)loop->index0 % count];
    return BURIN_OK;
}

burin_status vm_loop_changed(rt_state *st, vm_loop *loop, const burin_value *items, uint32_t count, burin_value *out)
{
    burin_value  now;
    bool         same   = false;
    burin_status status = vm_row(st, BURIN_TUPLE, items, count, &now);
    if (!status && loop->changed.kind != BURIN_MISSING)
        status = rt_equal(st, loop->changed, now, &same);
    if (!status && !same) {
        loop->changed = now;
        heap_escape(&st->heap); /* it outlives the iteration */
    }
    *out = burin_bool(!same);
    return status;
}

/* ---- recursion ---- */

static vm_call recursion(const vm_loop *loop, uint32_t unit, const burin_value *args)
{
    return (vm_call){.unit = loop->program->units[unit], .program = loop->program, .tpl = loop->tpl, .outer = loop->outer,
                     .context = loop->context, .args = args, .count = 2};
}

/* Whether what a recursive loop has printed comes back as Markup. */
static bool prints_markup(const ir_unit *unit, const vm_context *context)
{
    return unit->markup == 1 || (unit->markup == 2 && context->mode->autoescape);
}

burin_status vm_loop_call(vm_frame *f, uint32_t unit, burin_value over, uint32_t depth0)
{
    burin_value args[2] = {over, burin_int(depth0)}, result;
    vm_call call = {.unit = f->program->units[unit], .program = f->program, .tpl = f->tpl, .context = f->context, .caches = f->caches, .args = args, .count = 2};
    size_t from  = f->program->native ? f->m->pieces->len : 0;
    call.outer   = call.unit->uses_outer ? f : NULL;
    burin_status status = vm_enter(f->m, &call, &result);
    if (status || !f->program->native)
        return status;
    status = vm_captured(f->m, true, from, prints_markup(call.unit, f->context), &result);
    return status ? status : vm_piece(f->m, result);
}

static burin_status call_again(rt_state *st, void *self, const rt_arguments *args, burin_value *out)
{
    vm_loop *loop = self;
    vm      *m    = vm_of(st);
    if (args->count + args->named_count != 1)
        return rt_fail(st, BURIN_ERR_TYPE, "LoopContext.__call__() takes 2 positional arguments but %u were given", args->count + args->named_count + 1);
    if (loop->row->unit == UINT32_MAX)
        return rt_fail(st, BURIN_ERR_TYPE, "The loop must have the 'recursive' marker to be called recursively.");
    burin_value  params[2] = {args->count ? args->positional[0] : args->named[0], burin_int((int64_t)loop->depth0 + 1)}, result;
    vm_call      call      = recursion(loop, loop->row->unit, params);
    bool         native    = loop->program->native;
    size_t       from      = native ? m->pieces->len : vm_capture(m);
    burin_status status    = vm_enter(m, &call, &result);
    return status ? status : vm_captured(m, native, from, prints_markup(call.unit, loop->context), out);
}

/* ---- the object ---- */

static burin_status loop_cycle(burin_call *call, burin_value *out)
{
    const rt_object_value *object = call->args[0].as.p;
    const rt_list         *items  = rt_list_of(call->st, call->args[1]);
    return vm_loop_cycle(call->st, object->self, items->items, items->len, out);
}

static burin_status loop_changed(burin_call *call, burin_value *out)
{
    const rt_object_value *object = call->args[0].as.p;
    const rt_list         *items  = rt_list_of(call->st, call->args[1]);
    return vm_loop_changed(call->st, object->self, items->items, items->len, out);
}

static const rt_parameter loop_method_self      = {.name = {"self", 4}, .required = true};
static const rt_signature loop_method_signature = {
    .count = 1, .positional_only = 1, .rest = true, .parameters = (rt_parameter *)&loop_method_self};

static burin_status bound(rt_state *st, const char *name, burin_function fn, burin_value self, burin_value *out)
{
    rt_function *f = heap_alloc(&st->heap, sizeof *f);
    if (!f)
        return rt_fail_memory(st);
    *f   = (rt_function){.name = name, .signature = &loop_method_signature, .call = fn, .self = self};
    *out = rt_pointer(BURIN_FUNCTION, f);
    return BURIN_OK;
}

static burin_status get_attribute(burin_call *call, void *self, burin_text name, burin_value *out)
{
    static const char *const names[] = {
#define X(attribute) #attribute,
        LOOP_ATTRIBUTES(X)
#undef X
    };
    vm_loop *loop = self;
    for (int n = 0; n < LOOP_ATTRIBUTE_COUNT; n++)
        if (text_is(name, names[n]))
            return vm_loop_attribute(call->st, loop, (loop_attribute)n, out);
    if (text_is(name, "cycle"))
        return bound(call->st, "cycle", loop_cycle, loop->object, out);
    if (text_is(name, "changed"))
        return bound(call->st, "changed", loop_changed, loop->object, out);
    *out = rt_missing();
    return BURIN_OK;
}

/* LoopContext.__next__: the loop itself moves on. */
static burin_status get_next(burin_call *call, void *self, burin_value *out)
{
    vm_loop     *loop = self;
    burin_value  item;
    burin_status status = peek(call->st, loop, &item);
    if (status || item.kind == BURIN_MISSING) {
        *out = rt_missing();
        return status;
    }
    loop->index0++;
    if (loop->walk == WALK_RANGE) {
        loop->left--;
        loop->next_int += loop->step;
    } else if (loop->walk == WALK_ARRAY) {
        loop->left--;
        loop->place += loop->step;
    }
    if (loop->walk != WALK_LIST) {
        loop->before  = loop->current;
        loop->current = item;
        loop->after   = rt_missing();
    }
    return rt_tuple2(call->st, item, loop->object, out);
}

static burin_status get_length(burin_call *call, void *self, size_t *out)
{
    burin_status status = find_length(call->st, self);
    *out                = (size_t)((vm_loop *)self)->length;
    return status;
}

static burin_status get_repr(burin_call *call, void *self, burin_value *out)
{
    vm_loop     *loop   = self;
    char         room[64];
    burin_status status = find_length(call->st, loop);
    int          len    = snprintf(room, sizeof room, "<LoopContext %lld/%lld>", (long long)loop->index0 + 1, (long long)loop->length);
    return status ? status : rt_string_copy(call->st, room, (size_t)len, out);
}

const rt_class vm_loop_class = {
    .base = {.struct_size = sizeof(rt_class), .name = "LoopContext", .module = "jinja2.runtime", .get_attr = get_attribute, .length = get_length, .next = get_next, .repr = get_repr},
    .call_arguments = call_again,
};

burin_status vm_loop_value(const vm_frame *f, vm_loop *loop, burin_value *out)
{
    rt_state    *st     = &f->m->st;
    burin_status status = BURIN_OK;
    if (loop->object.kind == BURIN_MISSING) {
        loop->program = f->program;
        loop->tpl     = f->tpl;
        loop->outer   = f->outer;
        loop->context = f->context;
        status = rt_object_new(st, &vm_loop_class.base, loop, &loop->object);
        heap_escape(&st->heap);
    }
    *out = loop->object;
    return status;
}

/* ---- the test of an extended loop: an iterator over the items that pass ---- */

typedef struct filtered {
    rt_iter            it;
    const ir_program  *program;
    const vm_template *tpl;
    vm_frame          *outer;
    vm_context        *context;
    uint32_t           unit;
} filtered;

static burin_status next_passing(burin_call *call, void *self, burin_value *out)
{
    filtered    *filter = self;
    rt_state    *st     = call->st;
    burin_value  item;
    burin_status status;
    *out = rt_missing();
    while (!(status = rt_iter_next(st, &filter->it, &item)) && item.kind != BURIN_MISSING) {
        vm_call ask = {.unit = filter->program->units[filter->unit], .program = filter->program, .tpl = filter->tpl,
                       .outer = filter->outer, .context = filter->context, .args = &item, .count = 1};
        status = vm_enter(vm_of(st), &ask, out);
        if (status || out->kind != BURIN_MISSING)
            return status;
    }
    if (status) /* what is walked failed: in Jinja2 the test's function walks it */
        vm_locate_at(vm_of(st), (vm_place){filter->tpl, filter->program, filter->program->units[filter->unit], 0});
    return status;
}

burin_status vm_loop_test_new(vm_frame *f, burin_value over, uint32_t unit, burin_value *out)
{
    rt_state *st     = &f->m->st;
    filtered *filter = heap_alloc(&st->heap, sizeof *filter);
    if (!filter)
        return rt_fail_memory(st);
    *filter = (filtered){.program = f->program, .tpl = f->tpl, .context = f->context, .unit = unit};
    filter->outer       = f->program->units[unit]->uses_outer ? f : NULL;
    burin_status status = rt_iter_init(st, over, &filter->it);
    return status ? status : rt_generator_new(st, next_passing, filter, out);
}
