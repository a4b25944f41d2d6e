/* Printing every item of a container between two texts: the loop `{% for x in xs %}<td>{{ x }}</td>{% endfor %}` as one
 * instruction. Runs of small integers and short clean texts are written with the cursor in a register: the text after an
 * item and the one before the next are one store, and what is too much after the last item is taken back.
 * Steps are counted as a loop of instructions counts them: one an item, one for the end. */
#include "codegen/vm/machine.h"

#include "runtime/view.h"

enum {
    EACH_ESCAPED = 1,
    EACH_KEYS    = 2,
    EACH_VALUES  = 4,
    JOINT_SHORT  = 16,                   /* both texts together, for a run */
    INT_ROOM     = 2 * JOINT_SHORT,      /* what a run may write for a small integer ... */
    ITEM_ROOM    = JOINT_SHORT + RT_SHORT, /* ... and for any item */
};

typedef char joint_bytes __attribute__((vector_size(JOINT_SHORT)));

typedef struct each {
    vm_frame          *f;
    const burin_value *before, *after, *joint; /* `joint` is both, the text after an item first */
    bool               escaped;
} each;

/* An item that does not fit a run. */
static burin_status print_item(each *e, burin_value item)
{
    rt_state *st  = &e->f->m->st;
    rt_out   *out = e->f->out;
    if (BURIN_UNLIKELY(--e->f->m->st.tick == 0)) {
        burin_status status = vm_tick(e->f->m);
        if (status)
            return status;
    }
    rt_out_write(out, e->before->as.s, e->before->len);
    burin_status status = e->escaped ? rt_write_escaped_fast(st, out, item) : rt_write_str_fast(st, out, item);
    rt_out_write(out, e->after->as.s, e->after->len);
    return status ? status : rt_out_status(out);
}

/* ---- runs ---- */

static uint32_t smaller(size_t a, uint32_t b) { return a < b ? (uint32_t)a : b; }

/* What lies side by side: values, or the integers of an array. */
typedef enum run_source { FROM_VALUES, FROM_I32, FROM_I64 } run_source;

static BURIN_INLINE bool small_int_at(const char *at, run_source from, uint64_t *out)
{
    int32_t narrow;
    switch (from) {
    case FROM_I32:
        memcpy(&narrow, at, sizeof narrow);
        *out = (uint64_t)narrow;
        break;
    case FROM_I64: memcpy(out, at, sizeof *out); break;
    default:
        if (((const burin_value *)(const void *)at)->kind != BURIN_INT)
            return false;
        *out = (uint64_t)((const burin_value *)(const void *)at)->as.i;
    }
    return *out < 10000;
}

/* How far a run has come: in the output, in the container. */
typedef struct run_end {
    char       *to;
    const char *at;
} run_end;

/* Print small integers as long as there are such, each with the joint. */
static BURIN_INLINE run_end run_of_ints(const each *e, char *to, const char *at, size_t stride, run_source from, uint32_t count)
{
    const char *end = at + count * stride;
    size_t      len = e->joint->len;
    joint_bytes joint;
    uint64_t    i;
    memcpy(&joint, e->joint->as.s, sizeof joint); /* constant texts can be read so far */
    for (; at < end && small_int_at(at, from, &i); at += stride) {
        to = text_put_small(to, (unsigned)i);
        memcpy(to, &joint, sizeof joint);
        to += len;
    }
    return (run_end){to, at};
}

static __attribute__((noinline)) run_end run_of_values(const each *e, char *to, const char *at, size_t stride, uint32_t count)
{
    return run_of_ints(e, to, at, stride, FROM_VALUES, count);
}
char *vm_put_ints(char *to, const burin_value *items, size_t count, const burin_value *joint)
{
    const each e   = {.joint = joint};
    run_end    run = run_of_ints(&e, to, (const char *)items, sizeof *items, FROM_VALUES, (uint32_t)count);
    return run.at == (const char *)(items + count) ? run.to : NULL;
}
static __attribute__((noinline)) run_end run_of_i32(const each *e, char *to, const char *at, size_t stride, uint32_t count)
{
    return run_of_ints(e, to, at, stride, FROM_I32, count);
}
static __attribute__((noinline)) run_end run_of_i64(const each *e, char *to, const char *at, size_t stride, uint32_t count)
{
    return run_of_ints(e, to, at, stride, FROM_I64, count);
}

/* The same for texts that are printed in one piece. */
static __attribute__((noinline)) run_end run_of_texts(const each *e, char *to, const char *at, size_t stride, uint32_t count)
{
    const char *end = at + count * stride;
    joint_bytes joint;
    memcpy(&joint, e->joint->as.s, sizeof joint);
    for (; at < end; at += stride) {
        const burin_value *item  = (const burin_value *)(const void *)at;
        char              *after = item->kind == BURIN_STRING ? rt_write_short(to, item, e->escaped) : NULL;
        if (!after)
            break;
        memcpy(after, &joint, sizeof joint);
        to = after + e->joint->len;
    }
    return (run_end){to, at};
}

/* Where a run of at most *count items begins, behind the text before the first; NULL when there can be none. No tick runs out meanwhile. */
static inline char *begin_items(each *e, uint32_t *count)
{
    rt_out *out = e->f->out;
    *count      = smaller(e->f->m->st.tick - 1, *count);
    if (e->joint->len > JOINT_SHORT || out->end - out->next < ITEM_ROOM)
        return NULL;
    memcpy(out->next, e->before->as.s, JOINT_SHORT);
    return out->next + e->before->len;
}

static inline uint32_t end_items(each *e, const char *to, uint32_t done)
{
    e->f->out->next += to - e->f->out->next - (ptrdiff_t)e->before->len;
    e->f->m->st.tick -= done;
    return done;
}

static inline size_t room_for(const each *e, const char *to, size_t each_room)
{
    ptrdiff_t room = e->f->out->end - to;
    return room < 0 ? 0 : (size_t)room / each_room;
}

/* Print as many of the values that lie side by side as are simple and have room; how many that were. */
static inline uint32_t print_run_of(each *e, const char *items, size_t stride, uint32_t count)
{
    run_end  run  = {begin_items(e, &count), NULL};
    uint32_t done = 0, more = 1;
    if (!run.to)
        return 0;
    for (; more && done < count; done += more) {
        const char *item = items + done * stride;
        if (((const burin_value *)(const void *)item)->kind == BURIN_INT)
            run = run_of_values(e, run.to, item, stride, smaller(room_for(e, run.to, INT_ROOM), count - done));
        else
            run = run_of_texts(e, run.to, item, stride, smaller(room_for(e, run.to, ITEM_ROOM), count - done));
        more = (uint32_t)((size_t)(run.at - item) / stride);
    }
    return end_items(e, run.to, done);
}

static inline uint32_t print_run(each *e, const burin_value *items, uint32_t count) { return print_run_of(e, (const char *)items, sizeof *items, count); }

/* The same for integers of an array; they are none where that is not what lies there. */
static inline uint32_t print_run_of_array(each *e, const rt_array *array, uint32_t from, uint32_t count)
{
    const rt_item *item   = array->item;
    size_t         stride = array->stride;
    if (item->names || item->is_pointer || (item->form != BURIN_FORM_I32 && item->form != BURIN_FORM_I64))
        return 0;
    const char *at = array->at + from * stride;
    char       *to = begin_items(e, &count);
    if (!to)
        return 0;
    count       = smaller(room_for(e, to, INT_ROOM), count);
    run_end run = item->form == BURIN_FORM_I32 ? run_of_i32(e, to, at, stride, count) : run_of_i64(e, to, at, stride, count);
    return end_items(e, run.to, (uint32_t)((size_t)(run.at - at) / stride));
}

/* ---- containers ---- */

static burin_status end_of_items(each *e) { return BURIN_LIKELY(--e->f->m->st.tick) ? BURIN_OK : vm_tick(e->f->m); }

/* From item n on; printing an object may change the list. */
static __attribute__((noinline)) burin_status print_list_from(each *e, burin_value over, uint32_t n)
{
    rt_state     *st   = &e->f->m->st;
    heap_position mark = heap_mark(&st->heap);
    for (;; n++) {
        const rt_list *list = rt_list_of(st, over);
        if (n < list->len)
            n += print_run(e, list->items + n, list->len - n);
        if (n >= list->len)
            return end_of_items(e);
        burin_status status = print_item(e, list->items[n]);
        if (BURIN_UNLIKELY(status))
            return status;
        if (BURIN_UNLIKELY(st->heap.next != mark.next))
            heap_release(&st->heap, mark);
    }
}

static burin_status print_list(each *e, burin_value over)
{
    const rt_list *list = rt_list_of(&e->f->m->st, over);
    uint32_t       done = print_run(e, list->items, list->len);
    return BURIN_LIKELY(done == list->len) ? end_of_items(e) : print_list_from(e, over, done);
}

enum { CHUNK = 32 }; /* items of an array that are made values at once */

static burin_status print_chunk(each *e, const burin_value *items, uint32_t count)
{
    burin_status status = BURIN_OK;
    for (uint32_t n = 0; n < count && !status; n++) {
        n += print_run(e, items + n, count - n);
        if (n < count)
            status = print_item(e, items[n]);
    }
    return status;
}

static burin_status print_array(each *e, burin_value over)
{
    rt_state     *st = &e->f->m->st;
    rt_array      array;
    burin_value   items[CHUNK];
    heap_position mark   = heap_mark(&st->heap);
    burin_status  status = rt_array_of(st, over, &array);
    for (uint32_t n = 0; !status && n < array.count;) {
        n += print_run_of_array(e, &array, n, array.count - n);
        uint32_t left  = array.count - n;
        if (!left)
            break;
        uint32_t count = rt_array_fast(&array, n, left < CHUNK ? left : CHUNK, items);
        status         = print_chunk(e, items, count);
        if (count == 0 && !(status = rt_array_read(st, &array, n, items))) {
            status = print_item(e, items[0]);
            count  = 1;
        }
        n += count;
        heap_release(&st->heap, mark);
    }
    return status ? status : end_of_items(e);
}

/* What of a dict is printed: its keys, or its values. */
static inline uint32_t print_run_of_dict(each *e, const rt_dict *dict, bool keys, uint32_t from)
{
    if (dict->len != dict->keys->len) /* it has holes */
        return 0;
    return keys ? print_run_of(e, (const char *)(dict->keys->entries + from), sizeof *dict->keys->entries, dict->len - from)
                : print_run(e, dict->values + from, dict->len - from);
}

/* From entry `at` on. */
static __attribute__((noinline)) burin_status print_dict_from(each *e, burin_value over, bool keys, uint32_t at)
{
    rt_state      *st      = &e->f->m->st;
    const rt_dict *dict    = rt_dict_of(st, over);
    uint32_t       version = dict->version;
    heap_position  mark    = heap_mark(&st->heap);
    burin_value    key, value;
    for (;;) {
        at += print_run_of_dict(e, dict, keys, at);
        if (!rt_dict_next(dict, &at, &key, &value))
            return end_of_items(e);
        burin_status status = print_item(e, keys ? key : value);
        if (BURIN_UNLIKELY(status))
            return status;
        if (BURIN_UNLIKELY(st->heap.next != mark.next)) {
            heap_release(&st->heap, mark);
            dict = rt_dict_of(st, over);
            if (dict->version != version)
                return rt_fail(st, BURIN_ERR_GENERATOR, "dictionary changed size during iteration");
        }
    }
}

static burin_status print_dict(each *e, burin_value over, bool keys)
{
    const rt_dict *dict = rt_dict_of(&e->f->m->st, over);
    uint32_t       done = print_run_of_dict(e, dict, keys, 0);
    return BURIN_LIKELY(done && done == dict->len) ? end_of_items(e) : print_dict_from(e, over, keys, done);
}

static burin_status print_any(each *e, burin_value over)
{
    rt_state    *st = &e->f->m->st;
    rt_iter      it;
    burin_value  item;
    burin_status status = rt_iter_init(st, over, &it);
    bool          releases = over.kind != BURIN_OBJECT || rt_class_of(over);
    heap_position mark     = heap_mark(&st->heap);
    while (!status && !(status = rt_iter_next(st, &it, &item)) && item.kind != BURIN_MISSING) {
        status = print_item(e, item);
        if (releases && st->heap.next != mark.next)
            heap_release(&st->heap, mark);
    }
    return status ? status : end_of_items(e);
}

/* Everything but dicts. */
static __attribute__((noinline)) burin_status print_view(each *e, burin_value over, unsigned how)
{
    if (how & (EACH_KEYS | EACH_VALUES)) {
        rt_arguments none   = {0};
        burin_text   name   = how & EACH_KEYS ? (burin_text){"keys", 4} : (burin_text){"values", 6};
        burin_status status = rt_call_method(&e->f->m->st, over, name, &none, &over);
        if (status)
            return status;
    }
    if (over.kind == BURIN_ARRAY)
        return print_array(e, over);
    return over.kind == BURIN_LIST || over.kind == BURIN_TUPLE ? print_list(e, over) : print_any(e, over);
}

burin_status vm_print_each(vm_frame *f, burin_value over, unsigned how, const burin_value *texts)
{
    each e = {.f = f, .before = &texts[0], .after = &texts[1], .joint = &texts[2], .escaped = how & EACH_ESCAPED};
    if (over.kind == BURIN_DICT)
        return print_dict(&e, over, !(how & EACH_VALUES));
    if (over.kind == BURIN_LIST && !(how & (EACH_KEYS | EACH_VALUES)))
        return print_list(&e, over);
    return print_view(&e, over, how);
}
