/* The interpreter's loop: direct-threaded dispatch over the unit's instructions.
 *
 * What jumps is here; the meaning of everything else is in ops.h. A failure leaves at once: the frame notes its place. */
#include "codegen/vm/ops.h"

/* One step of counting, for each iteration and each unit entered; the limits are looked at when the tick runs out. */
static inline burin_status count_step(vm *m) { return BURIN_LIKELY(--m->tick) ? BURIN_OK : vm_tick(m); }

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

/* The next item of a loop into *item; false at the end or after a failure. */
static inline __attribute__((always_inline)) bool next_item(vm_frame *f, vm_loop *loop, burin_value *item, burin_status *status)
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
    return op_compare_values(f, RT_EQ, *v, *text, out);
}

#define CASE(NAME) op_label_##NAME
#define GO() goto *labels[i->op]
#define ADVANCE() do { i++; GO(); } while (0)
#define JUMP_TO(pc) do { i = code + (pc); GO(); } while (0)
#define PLAIN(NAME, name)                   \
    CASE(NAME) : status = op_##name(f, regs, i); \
    if (BURIN_UNLIKELY(status))             \
        goto failed;                        \
    ADVANCE();

burin_status vm_run(vm_frame *f)
{
    static const void *const labels[] = {
#define OP(NAME, name, operands, meaning) &&op_label_##NAME,
#include "codegen/ir/ops.def"
#undef OP
    };
    const ir_insn *code = f->unit->code, *i = code;
    burin_value   *regs = f->regs;
    burin_status   status;
    bool           truth = false;

    status = count_step(f->m);
    if (BURIN_UNLIKELY(status))
        goto failed;
    GO();

    PLAIN(LOADK, loadk)
    PLAIN(COPYK, copyk)
    PLAIN(MOVE, move)
    PLAIN(CLEAR, clear)
    PLAIN(CHECK, check)
    PLAIN(OUTER, outer)
    PLAIN(CHECK_OUTER, check_outer)
    PLAIN(RESOLVE, resolve)
    PLAIN(RESOLVE_U, resolve_u)
    PLAIN(TEXT, text)
    PLAIN(OUT, out)
    PLAIN(OUT_E, out_e)
    PLAIN(OUT_V, out_v)
    PLAIN(OUT_RAW, out_raw)
    PLAIN(OUT_ATTR, out_attr)
    PLAIN(OUT_ATTR_E, out_attr_e)
    PLAIN(OUT_CALL, out_call)
    PLAIN(OUT_METHOD, out_method)
    PLAIN(SUM_BEGIN, sum_begin)
    PLAIN(SUM_BEGIN_VALUE, sum_begin_value)
    PLAIN(SUM_TEXT, sum_text)
    PLAIN(SUM_ADD, sum_add)
    PLAIN(SUM_ATTR, sum_attr)
    PLAIN(SUM_END, sum_end)
    PLAIN(PRINT_EACH, print_each)
    PLAIN(PIECE, piece)
    PLAIN(CAPTURE, capture)
    PLAIN(CAPTURED, captured)
    PLAIN(ADD, add)
    PLAIN(SUB, sub)
    PLAIN(MUL, mul)
    PLAIN(DIV, div)
    PLAIN(FLOORDIV, floordiv)
    PLAIN(MOD, mod)
    PLAIN(POW, pow)
    PLAIN(NEG, neg)
    PLAIN(POS, pos)
    PLAIN(NOT, not)
    PLAIN(COMPARE, compare)
    PLAIN(CONCAT, concat)
    PLAIN(MARKUP, markup)
    PLAIN(RAISE, raise)
    PLAIN(ATTR, attr)
    PLAIN(ITEM, item)
    PLAIN(SLICE, slice)
    PLAIN(LIST, list)
    PLAIN(TUPLE, tuple)
    PLAIN(DICT, dict)
    PLAIN(UNPACK, unpack)
    PLAIN(CHECK_NS, check_ns)
    PLAIN(SET_NS, set_ns)
    PLAIN(CALL, call)
    PLAIN(METHOD, method)
    PLAIN(FILTER, filter)
    PLAIN(FILTER_ANY, filter_any)
    PLAIN(TEST, test)
    PLAIN(TEST_DEFINED, test_defined)
    PLAIN(ITER, iter)
    PLAIN(ITER_VIEW, iter_view)
    PLAIN(ITER_TEST, iter_test)
    PLAIN(LOOP_VALUE, loop_value)
    PLAIN(LOOP_ATTR, loop_attr)
    PLAIN(LOOP_CYCLE, loop_cycle)
    PLAIN(LOOP_CHANGED, loop_changed)
    PLAIN(LOOP_CALL, loop_call)
    PLAIN(EXPORT, export)
    PLAIN(MACRO, macro)
    PLAIN(SELF, self)
    PLAIN(SUPER, super)
    PLAIN(BLOCK, block)
    PLAIN(EXTENDS, extends)
    PLAIN(INCLUDE, include)
    PLAIN(IMPORT, import)
    PLAIN(IMPORT_NAME, import_name)
    PLAIN(AUTOESCAPE, autoescape)
    PLAIN(UNAUTOESCAPE, unautoescape)
    PLAIN(DEBUG, debug)

    CASE(NEXT) : if (next_item(f, regs[i->a].as.p, &regs[i->b], &status)) JUMP_TO(i->d);
    if (BURIN_UNLIKELY(status))
        goto failed;
    ADVANCE();
    CASE(NEXT_UNPACK) : if (next_unpacked(f, regs[i->a].as.p, &regs[i->b], i->c, &status)) JUMP_TO(i->d);
    if (BURIN_UNLIKELY(status))
        goto failed;
    ADVANCE();
    CASE(JUMP) : JUMP_TO(i->d);
    CASE(JUMP_IF) : status = op_truth(f, regs[i->b], &truth);
    if (BURIN_UNLIKELY(status))
        goto failed;
    if (truth)
        JUMP_TO(i->d);
    ADVANCE();
    CASE(JUMP_NOT) : status = op_truth(f, regs[i->b], &truth);
    if (BURIN_UNLIKELY(status))
        goto failed;
    if (!truth)
        JUMP_TO(i->d);
    ADVANCE();
    CASE(JUMP_SET) : if (regs[i->b].kind != BURIN_MISSING) JUMP_TO(i->d);
    ADVANCE();
    CASE(JUMP_COMPARE) : status = op_compare_values(f, i->a, regs[i->b], regs[i->c], &truth);
    if (BURIN_UNLIKELY(status))
        goto failed;
    if (!truth)
        JUMP_TO(i->d);
    ADVANCE();
    CASE(JUMP_ATTR_EQ) : status = attribute_is(f, &regs[i->b], i->c, &f->constants[i->a], &truth);
    if (BURIN_UNLIKELY(status))
        goto failed;
    if (truth)
        JUMP_TO(i->d);
    ADVANCE();
    CASE(JUMP_ATTR_NE) : status = attribute_is(f, &regs[i->b], i->c, &f->constants[i->a], &truth);
    if (BURIN_UNLIKELY(status))
        goto failed;
    if (!truth)
        JUMP_TO(i->d);
    ADVANCE();
    CASE(JUMP_CHILD) : if (f->parent) JUMP_TO(i->d);
    ADVANCE();
    CASE(RETURN) : f->result = regs[i->b];
    return BURIN_OK;
    CASE(END) : if (BURIN_LIKELY(!f->m->bad_piece)) return BURIN_OK;
    status = vm_end_pieces(f);
    if (!status)
        return BURIN_OK;

failed:
    f->pc = (uint32_t)(i - code);
    vm_locate(f);
    return status;
}
