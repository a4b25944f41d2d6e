/* Superinstruction RUN: instructions that print, and decide what is printed, as parts (ir_part), with the output's cursor in a register.
 *
 * There is one check of room in front. A part is done if it is what it mostly is; else it is left, with all that follow, to the instructions:
 * then nothing of it has been printed, and no register set that they read. Parts make nothing but loops, call no code of others, and cannot fail.
 * Each goes on to the next by itself, as the interpreter's instructions do. */
#include "codegen/vm/jumps.h"

/* Is there room for `most` bytes, and `rest` of the run behind them? */
static inline bool has_room(const rt_out *out, const char *to, uint64_t most, uint32_t rest) { return (uint64_t)(out->end - to) >= most + rest; }

/* A text that is not escaped by a short copy: NULL when it might need more room than there is. */
static __attribute__((noinline)) char *put_escaped(const rt_out *out, char *to, const burin_value *v, uint32_t rest)
{
    if (!has_room(out, to, (uint64_t)v->len * RT_ESCAPED_MAX + RT_ESCAPED_SLACK, rest))
        return NULL;
    return rt_escape_at(to, v->as.s, v->len);
}

/* The attribute that the site's cache did not know of a dict, or that of a struct, in *room; NULL. */
static BURIN_INLINE const burin_value *find_elsewhere(vm_frame *f, const ir_part *p, const vm_cache *cache, const burin_value *object,
                                                      burin_value *room)
{
    if (BURIN_UNLIKELY(object->kind != BURIN_STRUCT))
        return vm_dict_attribute(f, object, p->site);
    if (BURIN_UNLIKELY(rt_struct_word(*object) != cache->word))
        return NULL;
    const rt_words words = rt_item_words(object->reserved, &cache->member->item, (const char *)object->as.p + cache->member->offset);
    memcpy(room, &words, sizeof *room);
    return words.head == rt_head(BURIN_MISSING, 0, 0) ? NULL : room;
}

/* A value that is neither text nor number, if it prints as a word; NULL. */
static __attribute__((noinline)) char *put_word(char *to, const burin_value *v)
{
    if (v->kind != BURIN_BOOL && v->kind != BURIN_NONE)
        return NULL;
    memcpy(to, v->kind == BURIN_NONE ? "None " : v->as.i ? "True " : "False", 5);
    return to + 4 + (v->kind == BURIN_BOOL && !v->as.i);
}

/* A value that is no text, and no small integer; NULL: not by a run. */
static BURIN_INLINE char *put_number(char *to, const burin_value *v)
{
    if (v->kind == BURIN_INT)
        return to + text_from_int(v->as.i, to);
    return v->kind == BURIN_FLOAT ? to + text_from_double(v->as.f, to) : put_word(to, v);
}

/* Is the value true? DECIDED_LATER: the instruction has to find out. */
typedef enum decision { DECIDED_NO, DECIDED_YES, DECIDED_LATER } decision;

static __attribute__((noinline)) decision decide_seldom(const burin_value *v)
{
    switch ((burin_kind)v->kind) {
    case BURIN_NONE: return DECIDED_NO;
    case BURIN_FLOAT: return v->as.f != 0;
    case BURIN_LIST: case BURIN_TUPLE: return ((const rt_list *)v->as.p)->len != 0;
    case BURIN_DICT: return ((const rt_dict *)v->as.p)->len != 0;
    case BURIN_UNDEFINED: return rt_is_strict(*v) ? DECIDED_LATER : DECIDED_NO;
    default: return DECIDED_LATER;
    }
}
static inline decision decide(const burin_value *v)
{
    if (BURIN_LIKELY(v->kind == BURIN_BOOL || v->kind == BURIN_INT))
        return v->as.i != 0;
    return v->kind == BURIN_STRING ? v->len != 0 : decide_seldom(v);
}

static BURIN_INLINE decision decide_comparison(unsigned how, const burin_value *x, const burin_value *y)
{
    if (x->kind == BURIN_INT && y->kind == BURIN_INT)
        return op_holds_of_ints(how, x->as.i, y->as.i);
    if (x->kind == BURIN_FLOAT && y->kind == BURIN_FLOAT)
        return op_holds(how, x->as.f < y->as.f, x->as.f == y->as.f, x->as.f > y->as.f);
    if (x->kind == BURIN_STRING && y->kind == BURIN_STRING && how <= RT_NE)
        return (x->len == y->len && vm_same_text(x->as.s, y->as.s, x->len)) == (how == RT_EQ);
    return DECIDED_LATER;
}

/* The variable of the part's site; mostly it is where it was. */
static BURIN_INLINE const burin_value *find_variable(vm_frame *f, const ir_part *p, burin_value *room)
{
    const burin_value *found = op_variable(f, op_variables(f), p->site);
    if (BURIN_LIKELY(found != NULL))
        *room = *found;
    else
        *room = vm_resolve_site(f, p->site);
    return BURIN_UNLIKELY(room->kind == BURIN_MISSING && p->constant) ? p->constant : room;
}

/* The part's loop over a list or an array, made where no memory has to be asked for. */
static inline bool begin_loop(vm_frame *f, const ir_part *p, const burin_value *over, burin_value *to)
{
    vm_loop *loop;
    if ((over->kind != BURIN_LIST && over->kind != BURIN_TUPLE && over->kind != BURIN_ARRAY) || !heap_has_room(&f->m->st.heap, sizeof *loop))
        return false;
    if (vm_loop_new(f, *over, &f->program->loops[p->site], 0, &loop)) /* of an array that is none: the instruction fails again */
        return false;
    op_set_loop(to, loop);
    return true;
}

/* The next item of a loop over a list, or over an array of structs, in *item. RUN_OVER: there is none. RUN_OTHER: the instruction has to find out. */
typedef enum run_next { RUN_ITEM, RUN_OVER, RUN_OTHER } run_next;

static __attribute__((noinline)) void drop_made(vm_frame *f, vm_loop *loop) { end_iteration(f, loop); }

static BURIN_INLINE run_next next_of_run(vm_frame *f, vm_loop *loop, burin_value *item)
{
    rt_state *st = &f->m->st;
    if (BURIN_UNLIKELY(st->tick == 1))
        return RUN_OTHER;
    if (BURIN_UNLIKELY(loop->releases && st->heap.next != loop->mark.next))
        drop_made(f, loop);
    if (BURIN_LIKELY(loop->walk == WALK_LIST && !loop->shadows)) {
        st->tick--;
        uint64_t at = (uint64_t)++loop->index0;
        if (at >= loop->list->len)
            return RUN_OVER;
        rt_copy_words(item, &loop->list->items[at]);
        return RUN_ITEM;
    }
    if (loop->walk != WALK_ARRAY || !loop->word)
        return RUN_OTHER;
    st->tick--;
    loop->index0++;
    if (loop->left-- <= 0)
        return RUN_OVER;
    memcpy(item, &(rt_words){loop->word, (uintptr_t)loop->place}, sizeof *item);
    if (loop->row->extended)
        note_item(loop, item);
    loop->place += loop->step;
    return RUN_ITEM;
}

/* ---- what a part does, when `to` is behind its text: for the function below alone ---- */

/* Registers and caches of the part. */
#define REG(operand) (*(burin_value *)(void *)((char *)regs + p->operand))
#define CACHE()      ((const vm_cache *)(const void *)((const char *)caches + p->cache))

#define GO()    goto *labels[p->start]
#define GO_ON() do { p++; GO(); } while (0)
#define DO()    goto *labels[p->kind] /* behind the text */
/* On, if all of a value is printed up to `end`. */
#define PRINTED(end)                 \
    do {                             \
        after = (end);               \
        if (BURIN_UNLIKELY(!after))  \
            goto left;               \
        to = after;                  \
        GO_ON();                     \
    } while (0)
#define BRANCH(yes)                                                       \
    do {                                                                  \
        p = (yes) ? (const ir_part *)((const char *)p + p->jump) : p + 1; \
        GO();                                                             \
    } while (0)
/* On what is found: a decision. */
#define DECIDE(found, jumping)                          \
    do {                                                \
        decision is = (found);                          \
        if (BURIN_UNLIKELY(is == DECIDED_LATER))        \
            goto left;                                  \
        BRANCH(is == (jumping));                        \
    } while (0)

/* A text of at most 32 bytes, mostly, by two blocks. */
#if RT_VECTORS
#define PUT_SHORT(v)                                                                       \
    do {                                                                                   \
        const char    *from = (v)->as.s;                                                   \
        const uint32_t len  = (v)->len;                                                    \
        if (BURIN_LIKELY(len - 1 < 32 && rt_readable_32(from))) {                          \
            __m128i low = _mm_loadu_si128((const __m128i *)from), high = _mm_loadu_si128((const __m128i *)(from + 16)); \
            _mm_storeu_si128((__m128i *)to, low);                                          \
            _mm_storeu_si128((__m128i *)(to + 16), high);                                  \
            to += len;                                                                     \
            GO_ON();                                                                       \
        }                                                                                  \
    } while (0)
#else
#define PUT_SHORT(v) (void)0
#endif

/* The attribute of the part's object, which is looked at; then on to `print`. */
#define ATTRIBUTE(print)                                 \
    do {                                                 \
        serial = RT_NO_SERIAL;                           \
        if (BURIN_LIKELY(REG(reg).kind == BURIN_DICT)) { \
            const rt_dict *dict = REG(reg).as.p;         \
            values = dict->values;                       \
            serial = dict->keys->serial;                 \
        }                                                \
        SAME(print);                                     \
    } while (0)
#define SAME(print)                                                    \
    do {                                                               \
        const vm_cache *cache = CACHE();                               \
        if (BURIN_LIKELY(serial == cache->keys))                       \
            v = &values[cache->slot];                                  \
        else if (!(v = find_elsewhere(f, p, cache, &REG(reg), &room))) \
            goto left;                                                 \
        goto print;                                                    \
    } while (0)
#define REGISTER(print) \
    do {                \
        v = &REG(reg);  \
        goto print;     \
    } while (0)
/* Where the attribute lies, for parts that do not print it. */
#define FIND(v, room)                                                                                         \
    do {                                                                                                      \
        const burin_value *of    = &REG(reg);                                                                 \
        const vm_cache    *cache = CACHE();                                                                   \
        if (BURIN_LIKELY(of->kind == BURIN_DICT && ((const rt_dict *)of->as.p)->keys->serial == cache->keys)) \
            v = &((const rt_dict *)of->as.p)->values[cache->slot];                                            \
        else if (!(v = find_elsewhere(f, p, cache, of, &(room))))                                             \
            goto left;                                                                                        \
    } while (0)
#define ARITHMETIC_PART(checked)                                                                           \
    do {                                                                                                   \
        const burin_value *x = &REG(reg), *y = &regs[p->site];                                             \
        int64_t            r;                                                                              \
        if (BURIN_UNLIKELY(x->kind != BURIN_INT || y->kind != BURIN_INT || checked(x->as.i, y->as.i, &r))) \
            goto left;                                                                                     \
        REG(to) = burin_int(r);                                                                            \
        GO_ON();                                                                                           \
    } while (0)

const ir_insn *vm_print_run(vm_frame *f, const ir_insn *i)
{
    static const void *const labels[] = {
#define X(name) &&part_##name,
        PART_KINDS(X)
#undef X
    };
    const ir_run      *run    = &f->program->runs[i->row];
    const ir_part     *p      = run->first;
    const vm_cache    *caches = f->caches;
    burin_value       *regs   = f->regs, room, room_asked;
    const burin_value *v, *values = NULL, *asked = NULL;
    uint64_t           serial = RT_NO_SERIAL;
    char              *to = f->out->next, *sum = to, *after;
    const char *const  limit = f->out->end - run->room; /* so far there is room */
    if (BURIN_UNLIKELY(to > limit || f->m->st.heap.shadows))
        return i;
    GO();

part_TEXT_16:
    memcpy(to, p->text, 16);
    to += p->text_len;
    DO();
part_TEXT_32:
    memcpy(to, p->text, 32);
    to += p->text_len;
    DO();
part_TEXT_LONG:
    memcpy(to, p->text, 32);
    memcpy(to + 32, p->text + 32, 32);
    if (p->text_len > 64)
        memcpy(to + 64, p->text + 64, p->text_len - 64);
    to += p->text_len;
    DO();

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
part_COUNTER:
    REG(to) = burin_int(((const vm_loop *)REG(reg).as.p)->index0 + p->site);
    v           = &REG(to);
    goto number;
part_SUM:
    sum = to - p->text_len;
    GO_ON();

part_FETCH:
    FIND(v, room);
    rt_copy_words(&REG(to), v);
    GO_ON();
part_RESOLVE:
    rt_copy_words(&REG(to), find_variable(f, p, &room));
    GO_ON();
part_CONSTANT:
    rt_copy_words(&REG(to), p->constant);
    GO_ON();
part_MOVE:
    rt_copy_words(&REG(to), &REG(reg));
    GO_ON();
part_CLEAR:
    REG(to) = rt_missing();
    GO_ON();
part_CHECK:
    v = &REG(reg);
    rt_copy_words(&REG(to), v->kind == BURIN_MISSING ? p->constant : v);
    GO_ON();
part_DEFINED:
    REG(to) = burin_bool((REG(reg).kind > BURIN_UNDEFINED) == (p->site != 0));
    GO_ON();
part_ADD: ARITHMETIC_PART(__builtin_add_overflow);
part_SUB: ARITHMETIC_PART(__builtin_sub_overflow);
part_MOD: {
    const burin_value *x = &REG(reg), *y = &regs[p->site];
    if (BURIN_UNLIKELY(x->kind != BURIN_INT || y->kind != BURIN_INT || x->as.i < 0 || y->as.i <= 0))
        goto left;
    const bool power = (y->as.i & (y->as.i - 1)) == 0; /* of two: no division */
    REG(to)      = burin_int(power ? x->as.i & (y->as.i - 1) : x->as.i % y->as.i);
    GO_ON();
}
part_ITEM: {
    const burin_value *of = &REG(reg), *at = &regs[p->site];
    if (BURIN_UNLIKELY(of->kind != BURIN_LIST || at->kind != BURIN_INT || (uint64_t)at->as.i >= ((const rt_list *)of->as.p)->len))
        goto left;
    rt_copy_words(&REG(to), &((const rt_list *)of->as.p)->items[at->as.i]);
    GO_ON();
}
part_COUNT:
    REG(to) = burin_int(((const vm_loop *)REG(reg).as.p)->index0 + p->site);
    GO_ON();
part_FIRST:
    REG(to) = burin_bool(((const vm_loop *)REG(reg).as.p)->index0 == 0);
    GO_ON();
part_LAST: {
    const vm_loop *loop = REG(reg).as.p;
    if (BURIN_UNLIKELY(loop->walk != WALK_LIST || loop->shadows))
        goto left;
    REG(to) = burin_bool((uint64_t)loop->index0 + 1 >= loop->list->len);
    GO_ON();
}
part_ITER:
    if (BURIN_UNLIKELY(!begin_loop(f, p, &REG(reg), &REG(to))))
        goto left;
    GO_ON();

part_JUMP: BRANCH(true);
part_IF: DECIDE(decide(&REG(reg)), DECIDED_YES);
part_NOT: DECIDE(decide(&REG(reg)), DECIDED_NO);
part_SET: BRANCH(REG(reg).kind != BURIN_MISSING);
part_COMPARE: DECIDE(decide_comparison(p->how, &REG(reg), &regs[p->site]), DECIDED_NO);
part_COMPARE_K:
    v = p->constant;
    rt_copy_words(&REG(to), v);
    DECIDE(decide_comparison(p->how, &REG(reg), v), DECIDED_NO);
part_ATTR_IF:
    if (is_lacking(f, &REG(reg), CACHE()) && f->m->st.env->undefined != RT_STRICT)
        GO_ON();
    FIND(v, room);
    DECIDE(decide(v), DECIDED_YES);
part_ATTR_NOT:
    if (is_lacking(f, &REG(reg), CACHE()) && f->m->st.env->undefined != RT_STRICT)
        BRANCH(true);
    FIND(v, room);
    DECIDE(decide(v), DECIDED_NO);
part_IS:
    FIND(asked, room_asked);
    if (BURIN_UNLIKELY(asked->kind != BURIN_STRING))
        goto left;
part_SAME_IS: {
    const burin_value *text = p->constant;
    BRANCH((asked->len == text->len && text_same(asked->as.s, text->as.s, text->len)) == p->how);
}
part_NEXT:
    switch (next_of_run(f, REG(reg).as.p, &REG(to))) {
    case RUN_ITEM:
        if (BURIN_LIKELY(to <= limit))
            BRANCH(true);
        f->out->next = to;
        return f->unit->code + p->site;
    case RUN_OTHER: goto left;
    case RUN_OVER: break;
    }
    GO_ON();
part_EXIT:
    f->out->next = to;
    return f->unit->code + p->insn;

print_in_sum:
    if (BURIN_UNLIKELY(v->kind != BURIN_STRING || v->flags & BURIN_SAFE))
        goto left;
    goto string;
print_safe:
    if (BURIN_UNLIKELY(v->kind != BURIN_STRING))
        goto left;
    rt_copy_words(&REG(to), v);
    REG(to).flags |= BURIN_SAFE;
    goto string;
print_escaped:
    if (v->kind != BURIN_STRING)
        goto number;
    if (BURIN_LIKELY(v->flags & RT_PRINTED_AS_IS))
        goto string;
    after = rt_write_short(to, v, true);
    if (BURIN_UNLIKELY(!after))
        after = put_escaped(f->out, to, v, run->room);
    PRINTED(after);
print:
    if (v->kind != BURIN_STRING)
        goto number;
string:
    PUT_SHORT(v);
    if (v->len <= RT_SHORT)
        PRINTED(rt_write_short(to, v, false));
    if (BURIN_UNLIKELY(!has_room(f->out, to, v->len, run->room)))
        goto left;
    memcpy(to, v->as.s, v->len);
    to += v->len;
    GO_ON();
number:
    if (BURIN_LIKELY(v->kind == BURIN_INT && (uint64_t)v->as.i < 10000)) {
        to = text_put_small(to, (unsigned)v->as.i);
        GO_ON();
    }
    PRINTED(put_number(to, v));

left:
    f->out->next = p->in_sum ? sum : to - p->text_len;
    return f->unit->code + p->insn;
}
