/* Printing every item of a container between two texts: the loop `{% for x in xs %}<td>{{ x }}</td>{% endfor %}` as one
 * instruction. Small integers and short texts are written without leaving the inner loop; the room for them is asked
 * for once an item. Steps are counted as a loop of instructions counts them: one an item, one for the end. */
#include "codegen/vm/machine.h"

#include "runtime/view.h"

enum {
    EACH_ESCAPED = 1,
    EACH_KEYS    = 2,
    EACH_VALUES  = 4,
    TEXT_SHORT   = 32, /* constant texts can be read this far past their start */
    ITEM_ROOM    = 2 * TEXT_SHORT + 32,
};

typedef struct each {
    vm_frame  *f;
    burin_text before, after;
    bool       escaped, is_short;
} each;

/* An item that is no small integer and no short clean text, or for which there is little room. */
static burin_status print_slow(each *e, burin_value item)
{
    rt_state *st  = &e->f->m->st;
    rt_out   *out = e->f->out;
    rt_out_write(out, e->before.data, e->before.len);
    burin_status status = e->escaped ? rt_write_escaped_fast(st, out, item) : rt_write_str_fast(st, out, item);
    rt_out_write(out, e->after.data, e->after.len);
    return status ? status : rt_out_status(out);
}

static inline burin_status print_item(each *e, burin_value item)
{
    rt_out *out = e->f->out;
    char   *to  = out->next;
    if (BURIN_UNLIKELY(--e->f->m->tick == 0)) {
        burin_status status = vm_tick(e->f->m);
        if (status)
            return status;
    }
    if (item.kind != BURIN_INT || (uint64_t)item.as.i >= 100 || !e->is_short || out->end - to < ITEM_ROOM)
        return print_slow(e, item);
    memcpy(to, e->before.data, TEXT_SHORT);
    to += e->before.len;
    int64_t i = item.as.i;
    to[0]     = rt_digit_pairs[2 * i + (i < 10)];
    to[1]     = rt_digit_pairs[2 * i + 1];
    to += 1 + (i >= 10);
    memcpy(to, e->after.data, TEXT_SHORT);
    out->next = to + e->after.len;
    return BURIN_OK;
}

static burin_status end_of_items(each *e) { return BURIN_LIKELY(--e->f->m->tick) ? BURIN_OK : vm_tick(e->f->m); }

static burin_status print_list(each *e, burin_value over)
{
    rt_state     *st = &e->f->m->st;
    heap_position mark = heap_mark(&st->heap);
    for (uint32_t n = 0;; n++) {
        const rt_list *list = rt_list_of(st, over); /* printing an object may change it */
        if (n >= list->len)
            return end_of_items(e);
        burin_status status = print_item(e, list->items[n]);
        if (BURIN_UNLIKELY(status))
            return status;
        if (BURIN_UNLIKELY(st->heap.next != mark.next))
            heap_release(&st->heap, mark);
    }
}

static burin_status print_values(each *e, burin_value over)
{
    rt_state      *st      = &e->f->m->st;
    const rt_dict *dict    = rt_dict_of(st, over);
    uint32_t       version = dict->version, at = 0;
    heap_position  mark    = heap_mark(&st->heap);
    burin_value    value;
    while (rt_dict_next(dict, &at, NULL, &value)) {
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
    return end_of_items(e);
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
    each e = {f, before, after, how & EACH_ESCAPED, before.len <= TEXT_SHORT && after.len <= TEXT_SHORT};
    if (over.kind == BURIN_DICT && (how & EACH_VALUES))
        return print_values(&e, over);
    if (how & (EACH_KEYS | EACH_VALUES)) {
        rt_arguments none   = {0};
        burin_text   name   = how & EACH_KEYS ? (burin_text){"keys", 4} : (burin_text){"values", 6};
        burin_status status = rt_call_method(&f->m->st, over, name, &none, &over);
        if (status)
            return status;
    }
    return over.kind == BURIN_LIST || over.kind == BURIN_TUPLE ? print_list(&e, over) : print_any(&e, over);
}
