/* The interpreter: direct-threaded dispatch over a unit's instructions, whose meaning is in ops.h and jumps.h.
 *
 * A failure leaves at once: the frame notes its place. Functions of scripts run in the same loop as what calls them; a failure goes to
 * the innermost of their handlers that covers its place. A loop of a script whose unit has been compiled meanwhile goes on natively, the next time
 * that limits are looked at. */
#include "codegen/jit/native.h"
#include "codegen/vm/jumps.h"
#include "codegen/vm/script_ops.h"

/* do_<name>: whether place d is next; after a failure *status says what. */
#define OP(NAME, name, operands, meaning)                                                                      \
    static BURIN_INLINE bool do_##name(vm_frame *f, burin_value *regs, const ir_insn *i, burin_status *status) \
    {                                                                                                          \
        *status = op_##name(f, regs, i);                                                                       \
        return false;                                                                                          \
    }
#define JUMPING(NAME, name, operands, meaning)                                                                 \
    static BURIN_INLINE bool do_##name(vm_frame *f, burin_value *regs, const ir_insn *i, burin_status *status) \
    {                                                                                                          \
        return op_##name(f, regs, i, status);                                                                  \
    }
#define CALLING(NAME, name, operands, meaning)
#include "codegen/ir/ops.def"
#undef OP

/* SUPER_ATTR_IS: the instruction that is next; `i` itself when its attribute is nothing that the site's cache can know, or no text. */
static BURIN_INLINE const ir_insn *answers(vm_frame *f, const burin_value *regs, const ir_insn *i)
{
    const burin_value *object = &regs[i->b], *v = NULL;
    const vm_cache    *cache  = &f->caches[i->c];
    burin_value        room;
    if (BURIN_LIKELY(object->kind == BURIN_DICT)) {
        const rt_dict *dict = rt_dict_of(&f->m->st, *object);
        v = BURIN_LIKELY(dict->keys->serial == cache->keys) ? &dict->values[cache->slot] : vm_dict_attribute(f, object, i->c);
    } else if (object->kind == BURIN_STRUCT && rt_struct_word(*object) == cache->word) {
        room = rt_item_fast(object->reserved, &cache->member->item, (const char *)object->as.p + cache->member->offset);
        v    = &room;
    }
    if (BURIN_UNLIKELY(!v || v->kind != BURIN_STRING))
        return i;
    for (;;) {
        const burin_value *text = &f->constants[i->a];
        bool               same = v->len == text->len && text_same(v->as.s, text->as.s, v->len);
        const ir_insn     *next = same == (i->op == OP_JUMP_ATTR_EQ) ? f->unit->code + i->d : i + 1;
        if (next->go != SUPER_ATTR_IS || next->row != i->row)
            return next;
        i = next;
    }
}

/* Is the frame's unit run natively? */
static inline bool is_native(const vm_frame *f)
{
    return BURIN_UNLIKELY(atomic_load_explicit(&f->program->natives[f->unit->index], memory_order_relaxed) != NULL) && f->m->natives < VM_NATIVES_MAX;
}

/* The unit's native function, entered at f->pc. */
static __attribute__((noinline)) burin_status enter_native(vm_frame *f)
{
    native_function run = atomic_load_explicit(&f->program->natives[f->unit->index], memory_order_acquire);
    f->m->natives++;
    burin_status status = (burin_status)run(f, f->regs, &native_table);
    f->m->natives--;
    return status;
}

burin_status vm_run(vm_frame *f)
{
    const ir_insn *i = f->unit->code + f->pc;
    if (BURIN_UNLIKELY(count_step(f->m))) {
        vm_locate(f);
        return f->m->st.status;
    }
#define BOUNDED 0
#include "codegen/vm/run_loop.inc"
#undef BOUNDED
}

/* The failure's place is noted by whoever runs the unit. */
burin_status vm_run_stretch(vm_frame *f, uint32_t pc, uint32_t from, uint32_t until, bool *outside)
{
    const ir_insn  *i   = f->unit->code + pc;
    const uintptr_t low = (uintptr_t)(f->unit->code + from), inside = (until - from) * sizeof *i;
#define BOUNDED 1
#include "codegen/vm/run_loop.inc"
#undef BOUNDED
}
