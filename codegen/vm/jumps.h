/* The meaning of each instruction that jumps: one function op_<name> each, true when the instruction's place d is next. After a
 * failure *status says what, and the answer is false. Like ops.h for the others. */
#ifndef BURIN_CODEGEN_JUMPS_H
#define BURIN_CODEGEN_JUMPS_H

#include "codegen/vm/ops.h"

#define DECISION(name) \
    static BURIN_INLINE bool op_##name(vm_frame *f, burin_value *regs, const ir_insn *i, burin_status *status)

/* ---- loops ---- */

/* One step of counting, for each iteration and each unit entered; the limits are looked at when the tick runs out. */
static inline burin_status count_step(vm *m) { return BURIN_LIKELY(--m->st.tick) ? BURIN_OK : vm_tick(m); }

/* Drop what the iteration made. Variables that inner units may still read are forgotten first. */
static inline void end_iteration(vm_frame *f, vm_loop *loop)
{
    if (!loop->releases || f->m->st.heap.next == loop->mark.next)
        return;
    if (BURIN_UNLIKELY(f->unit->captured))
        for (uint32_t n = 0; n < loop->row->clear_count; n++)
            f->regs[loop->row->clear_from + n] = rt_missing();
    heap_release(&f->m->st.heap, loop->mark);
}

/* For the neighbours of the next one. */
static inline void note_item(vm_loop *loop, const burin_value *item)
{
    rt_copy_words(&loop->before, &loop->current);
    rt_copy_words(&loop->current, item);
}

static inline bool next_of_array(vm_frame *f, vm_loop *loop, burin_value *item, burin_status *status)
{
    loop->index0++;
    if (loop->left-- <= 0)
        return false;
    *item = rt_item_fast(loop->over.reserved, loop->item, loop->place);
    if (BURIN_UNLIKELY(item->kind == BURIN_MISSING))
        *status = rt_item_read(&f->m->st, loop->item, loop->place, item);
    loop->place += loop->step;
    if (loop->row->extended)
        note_item(loop, item);
    return !*status;
}

/* The next item of a loop into *item; false at the end or after a failure. */
static BURIN_INLINE bool next_item(vm_frame *f, vm_loop *loop, burin_value *item, burin_status *status)
{
    end_iteration(f, loop);
    *status = count_step(f->m);
    if (BURIN_UNLIKELY(*status))
        return false;
    if (BURIN_LIKELY(loop->walk == WALK_LIST && loop->shadows == f->m->st.heap.shadows)) {
        uint64_t at = (uint64_t)++loop->index0;
        if (at >= loop->list->len)
            return false;
        *item = loop->list->items[at];
        return true;
    }
    if (loop->walk == WALK_RANGE && loop->after.kind == BURIN_MISSING) {
        loop->index0++;
        if (loop->left-- <= 0)
            return false;
        *item = burin_int(loop->next_int);
        loop->next_int += (uint64_t)loop->step;
        return true;
    }
    if (loop->walk == WALK_ARRAY)
        return next_of_array(f, loop, item, status);
    *status = vm_loop_next(f, loop, item);
    return !*status && item->kind != BURIN_MISSING;
}

/* Key and value of the next entry of a dict, without the tuple between. */
static inline bool next_pair(vm_loop *loop, burin_value *to)
{
    uint32_t at = loop->entry;
    if (!rt_dict_next(loop->dict, &at, &to[0], &to[1]))
        return false;
    loop->entry = at;
    loop->index0++;
    return true;
}

static inline bool next_unpacked(vm_frame *f, vm_loop *loop, burin_value *to, uint32_t count, burin_status *status)
{
    burin_value item;
    if (loop->walk == WALK_DICT_ITEMS && count == 2 && loop->dict->version == loop->version && loop->shadows == f->m->st.heap.shadows &&
        loop->after.kind == BURIN_MISSING && !loop->row->extended) {
        end_iteration(f, loop);
        *status = count_step(f->m);
        return !*status && next_pair(loop, to);
    }
    if (!next_item(f, loop, &item, status))
        return false;
    *status = vm_unpack(&f->m->st, item, to, count);
    return !*status;
}

DECISION(next) { return next_item(f, regs[i->a].as.p, &regs[i->b], status); }
DECISION(next_unpack) { return next_unpacked(f, regs[i->a].as.p, &regs[i->b], i->c, status); }

/* ---- conditions ---- */

DECISION(jump)
{
    (void)f, (void)regs, (void)i, (void)status;
    return true;
}
DECISION(jump_if)
{
    bool truth = false;
    *status    = op_truth(f, regs[i->b], &truth);
    return truth && !*status;
}
DECISION(jump_not)
{
    bool truth = true;
    *status    = op_truth(f, regs[i->b], &truth);
    return !truth && !*status;
}
DECISION(jump_set)
{
    (void)f, (void)status;
    return regs[i->b].kind != BURIN_MISSING;
}
/* The comparison is a constant where the instruction's is known. */
static BURIN_INLINE bool op_jump_unless(vm_frame *f, unsigned how, const burin_value *regs, const ir_insn *i, burin_status *status)
{
    bool truth = true;
    *status    = op_compare_registers(f, i, how, &regs[i->b], &regs[i->c], &truth);
    return !truth && !*status;
}
DECISION(jump_compare) { return op_jump_unless(f, i->a, regs, i, status); }

/* x.attribute == "text" */
static inline burin_status attribute_is(vm_frame *f, const burin_value *object, uint32_t site, const burin_value *text, bool *out)
{
    burin_value        room;
    burin_status       status = BURIN_OK;
    const burin_value *v      = op_attribute_at(f, object, site, &room, &status);
    if (BURIN_UNLIKELY(!v))
        return status;
    if (BURIN_LIKELY(v->kind == BURIN_STRING)) {
        *out = v->len == text->len && vm_same_text(v->as.s, text->as.s, v->len);
        return BURIN_OK;
    }
    return op_compare_values(f, RT_EQ, v, text, out);
}

DECISION(jump_attr_eq)
{
    bool truth = false;
    *status    = attribute_is(f, &regs[i->b], i->c, &f->constants[i->a], &truth);
    return truth && !*status;
}
DECISION(jump_attr_ne)
{
    bool truth = true;
    *status    = attribute_is(f, &regs[i->b], i->c, &f->constants[i->a], &truth);
    return !truth && !*status;
}
/* Do dicts with the object's keys, or structs of its type, lack the attribute for certain? */
static inline bool is_lacking(vm_frame *f, const burin_value *object, const vm_cache *cache)
{
    uint64_t lacking = cache->lacking;
    if (object->kind == BURIN_DICT)
        return rt_dict_of(&f->m->st, *object)->keys->serial == lacking;
    return object->kind == BURIN_STRUCT && rt_struct_word(*object) == lacking;
}

/* x.attribute as a condition: no undefined value is made of what is lacking. */
static inline burin_status attribute_truth(vm_frame *f, const burin_value *object, uint32_t site, bool *out)
{
    burin_value  room;
    burin_status status = BURIN_OK;
    *out                = false;
    if (is_lacking(f, object, &f->caches[site]) && f->m->st.env->undefined != RT_STRICT)
        return BURIN_OK;
    const burin_value *v = op_attribute_at(f, object, site, &room, &status);
    return BURIN_LIKELY(v != NULL) ? op_truth(f, *v, out) : status;
}

DECISION(jump_attr_if)
{
    bool truth = false;
    *status    = attribute_truth(f, &regs[i->b], i->c, &truth);
    return truth && !*status;
}
DECISION(jump_attr_not)
{
    bool truth = true;
    *status    = attribute_truth(f, &regs[i->b], i->c, &truth);
    return !truth && !*status;
}
DECISION(jump_child)
{
    (void)regs, (void)i, (void)status;
    return f->parent != NULL;
}

#undef DECISION
#endif
