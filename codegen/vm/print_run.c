/* Superinstruction RUN: instructions that print, one after another, as parts (ir_part), with the output's cursor in a register.
 *
 * There is one check of room in front. A part is done if it is what it mostly is; else it is left, with all that follow, to the instructions:
 * then nothing of it has been printed, and no register set that they read. Parts make no values, call no code of others, and cannot fail.
 * Each goes on to the next by itself, as the interpreter's instructions do. Where the run is all that a loop does, so is the loop. */
#include "codegen/vm/ops.h"

/* A text that is not printed by a short copy: NULL when it might need more room than there is. */
static __attribute__((noinline)) char *put_long(rt_out *out, char *to, const burin_value *v, uint32_t rest, bool as_is)
{
    enum { ESCAPED_MAX = 5 }; /* "&#34;" */
    uint64_t most = as_is ? v->len : (uint64_t)v->len * ESCAPED_MAX;
    if ((uint64_t)(out->end - to) < most + rest)
        return NULL;
    if (as_is) {
        if (v->len)
            memcpy(to, v->as.s, v->len);
        return to + v->len;
    }
    out->next = to;
    rt_out_escaped_long(out, v->as.s, v->len);
    return out->next;
}

/* The attribute that the site's cache did not know of a dict, or that of a struct, in *room; NULL. */
static inline __attribute__((always_inline)) const burin_value *find_elsewhere(vm_frame *f, const ir_part *p, const burin_value *object, burin_value *room)
{
    const vm_cache *cache = &f->caches[p->site];
    if (object->kind != BURIN_STRUCT)
        return vm_dict_attribute(f, object, p->site);
    if (rt_struct_word(*object) != cache->word)
        return NULL;
    *room = rt_item_fast(object->reserved, &cache->member->item, (const char *)object->as.p + cache->member->offset);
    return room->kind == BURIN_MISSING ? NULL : room;
}

/* A value that is no text; NULL: not by a run. */
static inline __attribute__((always_inline)) char *put_number(char *to, const burin_value *v)
{
    if (v->kind == BURIN_INT)
        return BURIN_LIKELY((uint64_t)v->as.i < 10000) ? text_put_small(to, (unsigned)v->as.i) : to + text_from_int(v->as.i, to);
    return v->kind == BURIN_FLOAT ? to + text_from_double(v->as.f, to) : NULL;
}

/* The next item of a loop over a list, or over an array of structs, in *item. RUN_OVER: there is none. RUN_OTHER: the instruction has to find out. */
typedef enum run_next { RUN_ITEM, RUN_OVER, RUN_OTHER } run_next;

static inline __attribute__((always_inline)) run_next next_of_run(vm_frame *f, vm_loop *loop, burin_value *item)
{
    if (BURIN_UNLIKELY(f->m->tick == 1 || (loop->releases && f->m->st.heap.next != loop->mark.next)))
        return RUN_OTHER;
    if (BURIN_LIKELY(loop->walk == WALK_LIST && !loop->shadows)) {
        f->m->tick--;
        uint64_t at = (uint64_t)++loop->index0;
        if (at >= loop->list->len)
            return RUN_OVER;
        rt_copy_words(item, &loop->list->items[at]);
        return RUN_ITEM;
    }
    if (loop->walk != WALK_ARRAY || loop->row->extended || loop->item->form != BURIN_FORM_STRUCT || loop->item->is_pointer)
        return RUN_OTHER;
    f->m->tick--;
    loop->index0++;
    if (loop->left-- <= 0)
        return RUN_OVER;
    *item = rt_struct_value(BURIN_STRUCT, loop->over.reserved, loop->item->type, loop->place);
    loop->place += loop->step;
    return RUN_ITEM;
}

/* ---- what a part does, when `to` is behind its text: for the function below alone ---- */

#define GO()                                     \
    do {                                         \
        memcpy(to, p->text, 32);                 \
        to += p->text_len;                       \
        if (BURIN_UNLIKELY(p->text_len > 32))    \
            goto long_text;                      \
        goto *labels[p->kind];                   \
    } while (0)
#define GO_ON() do { p++; GO(); } while (0)

/* The attribute of the part's object, which is looked at; then on to `print`. */
#define ATTRIBUTE(print)                                                 \
    do {                                                                 \
        serial = RT_NO_SERIAL;                                           \
        if (BURIN_LIKELY(regs[p->reg].kind == BURIN_DICT)) {             \
            const rt_dict *dict = regs[p->reg].as.p;                     \
            values = dict->values;                                       \
            serial = dict->keys->serial;                                 \
        }                                                                \
        SAME(print);                                                     \
    } while (0)
#define SAME(print)                                                      \
    do {                                                                 \
        const vm_cache *cache = &caches[p->site];                        \
        if (BURIN_LIKELY(serial == cache->keys))                         \
            v = &values[cache->slot];                                    \
        else if (!(v = find_elsewhere(f, p, &regs[p->reg], &room)))      \
            goto left;                                                   \
        goto print;                                                      \
    } while (0)
#define REGISTER(print)      \
    do {                     \
        v = &regs[p->reg];   \
        goto print;          \
    } while (0)

const ir_insn *vm_print_run(vm_frame *f, const ir_insn *i)
{
    static const void *const labels[] = {
#define X(name) &&part_##name,
        PART_KINDS(X)
#undef X
    };
    const ir_run      *run    = f->program->runs[i->row];
    const ir_part     *p      = run->parts;
    const vm_cache    *caches = f->caches;
    burin_value       *regs   = f->regs, room;
    const burin_value *v, *values = NULL;
    uint64_t           serial = RT_NO_SERIAL;
    char              *to = f->out->next, *sum = to, *after;
    if (BURIN_UNLIKELY(f->out->end - to < run->room || f->m->st.heap.shadows))
        return i;
    GO();
long_text:
    memcpy(to - p->text_len + 32, p->text + 32, 32);
    if (p->text_len > 64)
        memcpy(to - p->text_len + 64, p->text + 64, p->text_len - 64);
    goto *labels[p->kind];

part_NONE: GO_ON();
part_REGISTER: REGISTER(print);
part_REGISTER_E: REGISTER(print_escaped);
part_REGISTER_SUM: REGISTER(print_in_sum);
part_REGISTER_SAFE: REGISTER(print_safe);
part_ATTR: ATTRIBUTE(print);
part_ATTR_E: ATTRIBUTE(print_escaped);
part_ATTR_SUM: ATTRIBUTE(print_in_sum);
part_ATTR_SAFE: ATTRIBUTE(print_safe);
part_SAME: SAME(print);
part_SAME_E: SAME(print_escaped);
part_SAME_SUM: SAME(print_in_sum);
part_SAME_SAFE: SAME(print_safe);
part_FETCH: {
    const burin_value *of    = &regs[p->reg];
    const vm_cache    *cache = &caches[p->site];
    if (BURIN_LIKELY(of->kind == BURIN_DICT && ((const rt_dict *)of->as.p)->keys->serial == cache->keys))
        v = &((const rt_dict *)of->as.p)->values[cache->slot];
    else if (!(v = find_elsewhere(f, p, of, &room)))
        goto left;
    rt_copy_words(&regs[p->to], v);
    GO_ON();
}
part_COUNTER:
    regs[p->to] = burin_int(((const vm_loop *)regs[p->reg].as.p)->index0 + p->site);
    v           = &regs[p->to];
    goto number;
part_SUM:
    sum = to - p->text_len;
    GO_ON();
part_NEXT:
    switch (next_of_run(f, regs[p->reg].as.p, &regs[p->to])) {
    case RUN_ITEM:
        p = run->parts;
        if (BURIN_LIKELY(f->out->end - to >= run->room))
            GO();
        f->out->next = to;
        return i;
    case RUN_OTHER: goto left;
    case RUN_OVER: break;
    }
part_END:
    f->out->next = to;
    return i + run->insns;

print_in_sum:
    if (BURIN_UNLIKELY(v->kind != BURIN_STRING || v->flags & BURIN_SAFE))
        goto left;
    goto string;
print_safe:
    if (BURIN_UNLIKELY(v->kind != BURIN_STRING))
        goto left;
    rt_copy_words(&regs[p->to], v);
    regs[p->to].flags |= BURIN_SAFE;
    goto string;
print_escaped:
    if (v->kind != BURIN_STRING)
        goto number;
    if (v->flags & RT_PRINTED_AS_IS)
        goto string;
    after = rt_write_short(to, v, true);
    if (BURIN_UNLIKELY(!after))
        after = put_long(f->out, to, v, run->room, false);
    goto printed;
print:
    if (v->kind != BURIN_STRING)
        goto number;
string:
    after = rt_write_short(to, v, false);
    if (BURIN_UNLIKELY(!after))
        after = put_long(f->out, to, v, run->room, true);
    goto printed;
number:
    after = put_number(to, v);
printed:
    if (BURIN_UNLIKELY(!after))
        goto left;
    to = after;
    GO_ON();

left:
    f->out->next = p->in_sum ? sum : to - p->text_len;
    return i + p->insn;
}
