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
    JOINT_SHORT  = 16,              /* both texts together, for a run */
    ITEM_ROOM    = JOINT_SHORT + RT_SHORT, /* what a run may write for an item */
};

typedef struct each {
    vm_frame  *f;
    burin_text before, after;
    bool       escaped, has_joint;
    char       joint[2 * JOINT_SHORT]; /* after, then before: JOINT_SHORT bytes at most */
} each;

/* An item that does not fit a run. */
static burin_status print_item(each *e, burin_value item)
{
    rt_state *st  = &e->f->m->st;
    rt_out   *out = e->f->out;
    if (BURIN_UNLIKELY(--e->f->m->tick == 0)) {
        burin_status status = vm_tick(e->f->m);
        if (status)
            return status;
    }
    rt_out_write(out, e->before.data, e->before.len);
    burin_status status = e->escaped ? rt_write_escaped_fast(st, out, item) : rt_write_str_fast(st, out, item);
    rt_out_write(out, e->after.data, e->after.len);
    return status ? status : rt_out_status(out);
}

static inline char *write_simple(char *to, const burin_value *item, bool escaped)
{
    if (BURIN_LIKELY(item->kind == BURIN_INT && (uint64_t)item->as.i < 10000))
        return rt_write_small(to, (unsigned)item->as.i);
    return item->kind == BURIN_STRING ? rt_write_short(to, item, escaped) : NULL;
}

/* Print as many of the items as are simple and have room; how many that were. No tick runs out meanwhile. */
static inline uint32_t print_run(each *e, const burin_value *items, uint32_t count)
{
    rt_out  *out  = e->f->out;
    uint32_t most = e->f->m->tick - 1, done = 0;
    char    *to   = out->next;
    if (!e->has_joint || out->end - to < ITEM_ROOM)
        return 0;
    memcpy(to, e->before.data, JOINT_SHORT);
    to += e->before.len;
    for (count = count < most ? count : most; done < count && out->end - to >= ITEM_ROOM; done++) {
        char *after = write_simple(to, &items[done], e->escaped);
        if (!after)
            break;
        memcpy(after, e->joint, JOINT_SHORT);
        to = after + e->before.len + e->after.len;
    }
    out->next = to - e->before.len;
    e->f->m->tick -= done;
    return done;
}

static burin_status end_of_items(each *e) { return BURIN_LIKELY(--e->f->m->tick) ? BURIN_OK : vm_tick(e->f->m); }

static burin_status print_list(each *e, burin_value over)
{
    rt_state     *st = &e->f->m->st;
    heap_position mark = heap_mark(&st->heap);
    for (uint32_t n = 0;; n++) {
        const rt_list *list = rt_list_of(st, over); /* printing an object may change it */
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
        uint32_t left  = array.count - n;
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

static burin_status print_values(each *e, burin_value over)
{
    rt_state      *st      = &e->f->m->st;
    const rt_dict *dict    = rt_dict_of(st, over);
    uint32_t       version = dict->version, at = 0;
    heap_position  mark    = heap_mark(&st->heap);
    burin_value    value;
    for (;;) {
        if (dict->len == dict->keys->len) /* no deleted entries between the values */
            at += print_run(e, dict->values + at, dict->len - at);
        if (!rt_dict_next(dict, &at, NULL, &value))
            return end_of_items(e);
        burin_status status = print_item(e, value);
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

burin_status vm_print_each(vm_frame *f, burin_value over, unsigned how, burin_text before, burin_text after)
{
    each e = {f, before, after, how & EACH_ESCAPED, before.len + after.len <= JOINT_SHORT, {0}};
    if (e.has_joint) {
        memcpy(e.joint, after.data, JOINT_SHORT); /* constant texts can be read so far */
        memcpy(e.joint + after.len, before.data, JOINT_SHORT);
    }
    if (over.kind == BURIN_DICT && (how & EACH_VALUES))
        return print_values(&e, over);
    if (how & (EACH_KEYS | EACH_VALUES)) {
        rt_arguments none   = {0};
        burin_text   name   = how & EACH_KEYS ? (burin_text){"keys", 4} : (burin_text){"values", 6};
        burin_status status = rt_call_method(&f->m->st, over, name, &none, &over);
        if (status)
            return status;
    }
    if (over.kind == BURIN_ARRAY)
        return print_array(&e, over);
    return over.kind == BURIN_LIST || over.kind == BURIN_TUPLE ? print_list(&e, over) : print_any(&e, over);
}
