/* The meaning of each instruction that does not jump: one function op_<name> each, inlined into the interpreter's loop. (jumps.h
 * has the others.)
 * `regs` is f->regs. Long ones go on in ops.c, loop.c, macro.c, block.c, include.c, print.c. */
#ifndef BURIN_CODEGEN_OPS_H
#define BURIN_CODEGEN_OPS_H

#include "codegen/vm/machine.h"

#define OPERATION(name) static BURIN_INLINE burin_status op_##name(vm_frame *f, burin_value *regs, const ir_insn *i)

static inline burin_text op_constant_text(const vm_frame *f, uint32_t k) { return rt_text_of(f->constants[k]); }

/* Constant texts may be read 32 bytes past their start, so short ones are copied whole without asking for their length. */
static BURIN_INLINE burin_status op_print_text(rt_out *out, burin_text text)
{
    if (BURIN_LIKELY(text.len <= 32 && out->end - out->next >= 32)) {
        memcpy(out->next, text.data, 32);
        out->next += text.len;
        return BURIN_OK; /* a buffer that has failed has no room */
    }
    rt_out_write(out, text.data, text.len);
    return rt_out_status(out);
}

static inline vm_frame *op_frame_out(vm_frame *f, uint32_t levels)
{
    while (levels--)
        f = f->outer;
    return f;
}

/* ---- values ---- */

OPERATION(loadk)
{
    regs[i->a] = f->constants[i->d];
    return BURIN_OK;
}
OPERATION(copyk) { return vm_copy_constant(&f->m->st, f->constants[i->d], &regs[i->a]); }
OPERATION(move)
{
    (void)f;
    rt_copy_words(&regs[i->a], &regs[i->b]);
    return BURIN_OK;
}
OPERATION(clear)
{
    (void)f;
    regs[i->a] = rt_missing();
    return BURIN_OK;
}
OPERATION(check)
{
    regs[i->a] = regs[i->b].kind == BURIN_MISSING ? f->constants[i->d] : regs[i->b];
    return BURIN_OK;
}
OPERATION(outer)
{
    regs[i->a] = op_frame_out(f, i->c)->regs[i->d];
    return BURIN_OK;
}
OPERATION(check_outer)
{
    burin_value v = op_frame_out(f, i->c)->regs[i->b];
    regs[i->a]    = v.kind == BURIN_MISSING ? f->constants[i->d] : v;
    return BURIN_OK;
}
/* Most names are the render's variables: can nothing else be? */
static BURIN_INLINE bool op_has_variables_alone(const vm_context *c) { return BURIN_LIKELY(!c->up && !c->vars && c->base.kind == BURIN_DICT); }
/* Then this is where they are. */
static BURIN_INLINE const rt_dict *op_variables(const vm_frame *f)
{
    return op_has_variables_alone(f->context) ? rt_dict_of(&f->m->st, f->context->base) : NULL;
}
/* Where the site's name is among the variables: mostly in the slot where it was in the last render. NULL: it has to be looked for. */
static BURIN_INLINE const burin_value *op_variable(const vm_frame *f, const rt_dict *variables, uint32_t number)
{
    const ir_site *site  = &f->program->sites[number];
    vm_cache      *cache = &f->caches[number];
    if (BURIN_UNLIKELY(!variables))
        return NULL;
    if (BURIN_UNLIKELY(variables->keys->serial != cache->keys)) {
        if (!rt_keys_has(variables->keys, cache->slot, site->name, site->hash))
            return NULL;
        cache->keys = vm_cached_serial(variables);
    }
    return &variables->values[cache->slot];
}
/* The name of the instruction's site. */
static BURIN_INLINE void op_resolve_in(vm_frame *f, const rt_dict *variables, burin_value *regs, const ir_insn *i)
{
    const burin_value *found = op_variable(f, variables, i->d);
    if (BURIN_LIKELY(found != NULL))
        regs[i->a] = *found;
    else
        regs[i->a] = vm_resolve_site(f, i->d);
}
/* The same, or an undefined value. */
static BURIN_INLINE void op_resolve_u_in(vm_frame *f, const rt_dict *variables, burin_value *regs, const ir_insn *i)
{
    op_resolve_in(f, variables, regs, i);
    if (regs[i->a].kind == BURIN_MISSING)
        regs[i->a] = f->constants[i->b | (uint32_t)i->c << 16];
}
OPERATION(resolve)
{
    op_resolve_in(f, op_variables(f), regs, i);
    return BURIN_OK;
}
OPERATION(resolve_u)
{
    op_resolve_u_in(f, op_variables(f), regs, i);
    return BURIN_OK;
}

/* ---- output ---- */

OPERATION(text)
{
    (void)regs;
    return op_print_text(f->out, op_constant_text(f, i->d));
}
/* Text, then a value: one check of room for both where both are short. */
enum { OP_TEXT_SHORT = 64, OP_ROOM = OP_TEXT_SHORT + RT_SHORT };

static BURIN_INLINE burin_status op_print(vm_frame *f, uint32_t k, const burin_value *v, bool escaped)
{
    rt_out    *out  = f->out;
    burin_text text = op_constant_text(f, k);
    char      *to   = out->next;
    if (BURIN_LIKELY(text.len <= OP_TEXT_SHORT && out->end - to >= OP_ROOM)) {
        memcpy(to, text.data, 32);
        if (text.len > 32)
            memcpy(to + 32, text.data + 32, 32);
        to += text.len;
        char *after = NULL;
        if (v->kind == BURIN_STRING)
            after = rt_write_short(to, v, escaped);
        else if (v->kind == BURIN_INT && (uint64_t)v->as.i < 10000)
            after = text_put_small(to, (unsigned)v->as.i);
        else if (v->kind == BURIN_FLOAT)
            after = to + text_from_double(v->as.f, to);
        if (BURIN_LIKELY(after != NULL)) {
            out->next = after;
            return BURIN_OK;
        }
        out->next = to;
    } else {
        rt_out_write(out, text.data, text.len);
    }
    return escaped ? rt_write_escaped_fast(&f->m->st, out, *v) : rt_write_str_fast(&f->m->st, out, *v);
}
OPERATION(out) { return op_print(f, i->d, &regs[i->b], false); }
OPERATION(out_e) { return op_print(f, i->d, &regs[i->b], true); }
OPERATION(out_v) { return f->context->mode->autoescape ? op_out_e(f, regs, i) : op_out(f, regs, i); }
OPERATION(out_raw)
{
    f->pc = (uint32_t)(i - f->unit->code);
    return vm_print_value(f->m, regs[i->b], PRINT_RAW);
}

/* The attribute of a dict with known keys: a comparison and a load. Where it is, or NULL after a failure. */
static BURIN_INLINE const burin_value *op_attribute_at(vm_frame *f, const burin_value *object, uint32_t site, burin_value *room, burin_status *status)
{
    const vm_cache *cache = &f->caches[site];
    if (BURIN_LIKELY(object->kind == BURIN_DICT)) {
        const rt_dict *dict = rt_dict_of(&f->m->st, *object);
        if (BURIN_LIKELY(dict->keys->serial == cache->keys)) {
            const burin_value *found = &dict->values[cache->slot];
            if (!found)
                __builtin_unreachable(); /* so that nobody asks */
            return found;
        }
    } else if (object->kind == BURIN_STRUCT && rt_struct_word(*object) == cache->word) {
        *room = vm_member(f, cache, object);
        if (BURIN_LIKELY(room->kind != BURIN_MISSING))
            return room;
        *status = f->m->st.status;
        return NULL;
    }
    const burin_value *found = vm_attribute_at(f, object, site, room);
    if (BURIN_UNLIKELY(!found))
        *status = f->m->st.status;
    return found;
}
static BURIN_INLINE burin_status op_attribute(vm_frame *f, const burin_value *object, uint32_t site, burin_value *out)
{
    burin_status       status = BURIN_OK;
    const burin_value *v      = op_attribute_at(f, object, site, out, &status);
    if (v != out && BURIN_LIKELY(v != NULL))
        *out = *v;
    return status;
}
static BURIN_INLINE burin_status op_print_attribute(vm_frame *f, const burin_value *object, const ir_insn *i, bool escaped)
{
    burin_value     room;
    burin_status    status = BURIN_OK;
    const vm_cache *cache  = &f->caches[i->c];
    if (object->kind == BURIN_STRUCT && rt_struct_word(*object) == cache->word)
        return vm_print_member(f, cache, object, i->d, escaped);
    const burin_value *v = op_attribute_at(f, object, i->c, &room, &status);
    return BURIN_LIKELY(v != NULL) ? op_print(f, i->d, v, escaped) : status;
}
OPERATION(out_attr) { return op_print_attribute(f, &regs[i->b], i, false); }
OPERATION(out_attr_e) { return op_print_attribute(f, &regs[i->b], i, true); }
OPERATION(out_call)
{
    f->pc = (uint32_t)(i - f->unit->code);
    return vm_print_call(f, regs[i->b], &f->program->calls[i->d], &regs[i->c]);
}
OPERATION(out_method)
{
    f->pc = (uint32_t)(i - f->unit->code);
    return vm_print_method(f, regs[i->b], &f->program->calls[i->d], &regs[i->c]);
}
/* A sum of texts is printed part by part. Its register is MISSING, with the place where it began, as long as all parts
 * were plain texts; then it holds the value. Nothing is flushed meanwhile, so the parts can be taken back. */
static inline void op_sum_start(vm_frame *f, burin_value *sum)
{
    *sum      = rt_missing();
    sum->as.i = (int64_t)vm_capture(f->m);
}
static BURIN_INLINE burin_status op_sum_part(vm_frame *f, burin_value *sum, const burin_value *part)
{
    if (BURIN_LIKELY(sum->kind == BURIN_MISSING && part->kind == BURIN_STRING && !(part->flags & BURIN_SAFE))) {
        rt_out_write_fast(f->out, part->as.s, part->len);
        return rt_out_status(f->out);
    }
    return vm_sum_value(f, sum, *part);
}
OPERATION(sum_begin)
{
    op_sum_start(f, &regs[i->a]);
    return op_print_text(f->out, op_constant_text(f, i->d));
}
OPERATION(sum_begin_value)
{
    op_sum_start(f, &regs[i->a]);
    const burin_value *first = &regs[i->b];
    if (BURIN_LIKELY(first->kind == BURIN_STRING && !(first->flags & BURIN_SAFE)))
        return op_sum_part(f, &regs[i->a], first);
    regs[i->a] = *first;
    return BURIN_OK;
}
OPERATION(sum_text)
{
    if (BURIN_UNLIKELY(regs[i->a].kind != BURIN_MISSING))
        return vm_sum_texts(f, &regs[i->a], &f->constants[i->d], i->c);
    return op_print_text(f->out, op_constant_text(f, i->d));
}
OPERATION(sum_add) { return op_sum_part(f, &regs[i->a], &regs[i->b]); }
OPERATION(sum_attr)
{
    burin_value        room;
    burin_status       status = BURIN_OK;
    const burin_value *part   = op_attribute_at(f, &regs[i->b], i->d, &room, &status);
    return BURIN_LIKELY(part != NULL) ? op_sum_part(f, &regs[i->a], part) : status;
}
OPERATION(sum_end)
{
    vm_uncapture(f->m);
    return BURIN_LIKELY(regs[i->b].kind == BURIN_MISSING) ? BURIN_OK : rt_write_str_fast(&f->m->st, f->out, regs[i->b]);
}
OPERATION(print_each)
{
    f->pc = (uint32_t)(i - f->unit->code);
    return vm_print_each(f, regs[i->b], i->c, &f->constants[i->d]);
}
OPERATION(piece) { return vm_piece(f->m, regs[i->b]); }
OPERATION(capture)
{
    regs[i->a] = burin_int(f->program->native ? f->m->pieces->len : (int64_t)vm_capture(f->m));
    return BURIN_OK;
}
OPERATION(captured)
{
    bool markup = i->c == 1 || (i->c == 2 && f->context->mode->autoescape);
    return vm_captured(f->m, f->program->native, (size_t)regs[i->b].as.i, markup, &regs[i->a]);
}

/* ---- operators: small integers and floats here, everything else in the runtime ---- */

/* The number as a float; false when it is none. */
static BURIN_INLINE bool op_as_float(const burin_value *v, double *out)
{
    if (BURIN_LIKELY(v->kind == BURIN_FLOAT))
        *out = v->as.f;
    else if (v->kind == BURIN_INT)
        *out = (double)v->as.i;
    else
        return false;
    return true;
}

#define ARITHMETIC(name, OP, checked, sign)                                                       \
    OPERATION(name)                                                                               \
    {                                                                                             \
        const burin_value *x = &regs[i->b], *y = &regs[i->c];                                     \
        int64_t            r;                                                                     \
        double             f_x, f_y;                                                              \
        if (BURIN_LIKELY(x->kind == BURIN_INT && y->kind == BURIN_INT)) {                         \
            if (BURIN_LIKELY(!checked(x->as.i, y->as.i, &r))) {                                   \
                regs[i->a] = burin_int(r);                                                        \
                return BURIN_OK;                                                                  \
            }                                                                                     \
        } else if (op_as_float(x, &f_x) && op_as_float(y, &f_y)) {                                \
            regs[i->a] = burin_float(f_x sign f_y);                                               \
            return BURIN_OK;                                                                      \
        }                                                                                         \
        if (OP == RT_ADD && x->kind == BURIN_STRING && y->kind == BURIN_STRING && !((x->flags | y->flags) & BURIN_SAFE)) \
            return rt_join_texts(&f->m->st, *x, *y, &regs[i->a]);                                 \
        return rt_binary_op(&f->m->st, OP, *x, *y, &regs[i->a]);                                  \
    }
ARITHMETIC(add, RT_ADD, __builtin_add_overflow, +)
ARITHMETIC(sub, RT_SUB, __builtin_sub_overflow, -)
ARITHMETIC(mul, RT_MUL, __builtin_mul_overflow, *)

OPERATION(div)
{
    const burin_value *x = &regs[i->b], *y = &regs[i->c];
    const uint64_t     exact = UINT64_C(1) << 53; /* integers up to here are floats without loss */
    double             f_x, f_y;
    if (op_as_float(x, &f_x) && op_as_float(y, &f_y) && f_y != 0 && (x->kind == BURIN_FLOAT || (uint64_t)x->as.i + exact <= 2 * exact) &&
        (y->kind == BURIN_FLOAT || (uint64_t)y->as.i + exact <= 2 * exact)) {
        regs[i->a] = burin_float(f_x / f_y);
        return BURIN_OK;
    }
    return rt_binary_op(&f->m->st, RT_DIV, *x, *y, &regs[i->a]);
}
/* Are both of 32 bits, none negative? Dividing such takes half the time. */
static inline bool op_are_short(int64_t x, int64_t y) { return ((uint64_t)x | (uint64_t)y) >> 32 == 0; }

OPERATION(mod)
{
    const burin_value *x = &regs[i->b], *y = &regs[i->c];
    if (BURIN_LIKELY(x->kind == BURIN_INT && y->kind == BURIN_INT && y->as.i > 0)) {
        const uint64_t by = (uint64_t)y->as.i, mask = by - 1;
        int64_t        r;
        if ((by & mask) == 0) /* a power of two: no division */
            r = x->as.i & (int64_t)mask;
        else if (op_are_short(x->as.i, y->as.i))
            r = (uint32_t)x->as.i % (uint32_t)by;
        else
            r = x->as.i % y->as.i;
        regs[i->a] = burin_int(r < 0 ? r + y->as.i : r);
        return BURIN_OK;
    }
    return rt_binary_op(&f->m->st, RT_MOD, *x, *y, &regs[i->a]);
}
OPERATION(floordiv)
{
    const burin_value *x = &regs[i->b], *y = &regs[i->c];
    if (BURIN_LIKELY(x->kind == BURIN_INT && y->kind == BURIN_INT && y->as.i > 0)) {
        if (op_are_short(x->as.i, y->as.i))
            regs[i->a] = burin_int((uint32_t)x->as.i / (uint32_t)y->as.i);
        else
            regs[i->a] = burin_int(x->as.i / y->as.i - (x->as.i % y->as.i < 0));
        return BURIN_OK;
    }
    return rt_binary_op(&f->m->st, RT_FLOORDIV, *x, *y, &regs[i->a]);
}
OPERATION(pow) { return rt_binary_op(&f->m->st, RT_POW, regs[i->b], regs[i->c], &regs[i->a]); }
OPERATION(neg) { return rt_unary_op(&f->m->st, RT_NEG, regs[i->b], &regs[i->a]); }
OPERATION(pos) { return rt_unary_op(&f->m->st, RT_POS, regs[i->b], &regs[i->a]); }

static BURIN_INLINE burin_status op_truth(vm_frame *f, burin_value v, bool *out)
{
    if (BURIN_LIKELY(v.kind == BURIN_BOOL || v.kind == BURIN_INT)) {
        *out = v.as.i != 0;
        return BURIN_OK;
    }
    if (v.kind == BURIN_STRING) {
        *out = v.len != 0;
        return BURIN_OK;
    }
    bool         truth; /* so that `out` need not lie in memory */
    burin_status status = rt_is_true(&f->m->st, v, &truth);
    if (!status)
        *out = truth;
    return status;
}
OPERATION(not)
{
    bool         truth  = false;
    burin_status status = op_truth(f, regs[i->b], &truth);
    regs[i->a]          = burin_bool(!truth);
    return status;
}

/* Does the comparison hold? A digit for each of RT_EQ ... RT_GE: 1 less, 2 equal, 4 greater, 8 none of them (NaN). */
static inline bool op_holds(unsigned how, bool less, bool equal, bool greater)
{
    unsigned is = (unsigned)less | (unsigned)equal << 1 | (unsigned)greater << 2;
    return 0x6431d2u >> (4 * how) & (is ? is : 8);
}

/* The same of integers: a bit for each of less, equal, greater; one comparison of the machine where `how` is known to the compiler. */
static BURIN_INLINE bool op_holds_of_ints(unsigned how, int64_t x, int64_t y)
{
    if (__builtin_constant_p(how))
        return how == RT_EQ ? x == y : how == RT_NE ? x != y : how == RT_LT ? x < y : how == RT_LE ? x <= y : how == RT_GT ? x > y : x >= y;
    unsigned is = 1u + (x > y) - (x < y);
    return 0x643152u >> (4 * how + is) & 1;
}

static BURIN_INLINE burin_status op_compare_values(vm_frame *f, unsigned how, const burin_value *x, const burin_value *y, bool *out)
{
    if (BURIN_LIKELY(x->kind == BURIN_INT && y->kind == BURIN_INT && how <= RT_GE)) {
        *out = op_holds_of_ints(how, x->as.i, y->as.i);
        return BURIN_OK;
    }
    if (x->kind == BURIN_STRING && y->kind == BURIN_STRING && how <= RT_NE) {
        bool same = x->len == y->len && vm_same_text(x->as.s, y->as.s, x->len);
        *out      = same == (how == RT_EQ);
        return BURIN_OK;
    }
    if (x->kind == BURIN_FLOAT && y->kind == BURIN_FLOAT && how <= RT_GE) {
        *out = op_holds(how, x->as.f < y->as.f, x->as.f == y->as.f, x->as.f > y->as.f);
        return BURIN_OK;
    }
    bool         truth; /* so that `out` need not lie in memory */
    burin_status status = rt_compare_op(&f->m->st, (rt_compare)how, *x, *y, &truth);
    if (!status)
        *out = truth;
    return status;
}
/* The comparison of an instruction, in whose registers they are. */
static BURIN_INLINE burin_status op_compare_registers(vm_frame *f, const ir_insn *i, unsigned how, const burin_value *x, const burin_value *y, bool *out)
{
    if (BURIN_LIKELY(how < RT_IN || y->kind != BURIN_OBJECT))
        return op_compare_values(f, how, x, y, out);
    f->pc = (uint32_t)(i - f->unit->code);
    return rt_in_walked(&f->m->st, (rt_compare)how, *x, *y, out);
}
OPERATION(compare)
{
    bool         result = false;
    burin_status status = op_compare_registers(f, i, i->d, &regs[i->b], &regs[i->c], &result);
    regs[i->a]          = burin_bool(result);
    return status;
}
OPERATION(concat)
{
    burin_value *parts = &regs[i->b];
    return rt_concat(&f->m->st, parts, i->c, i->d == 0, &regs[i->a]);
}
OPERATION(soft_str)
{
    if (regs[i->b].kind == BURIN_OBJECT)
        return rt_str(&f->m->st, regs[i->b], &regs[i->a]);
    regs[i->a] = regs[i->b];
    return BURIN_OK;
}
OPERATION(markup)
{
    if (i->c == 1 || (i->c == 2 && f->context->mode->autoescape))
        return vm_markup(&f->m->st, regs[i->b], &regs[i->a]);
    regs[i->a] = regs[i->b];
    return BURIN_OK;
}
OPERATION(raise)
{
    (void)regs;
    burin_text message = op_constant_text(f, i->d);
    return rt_fail(&f->m->st, (burin_status)i->c, "%.*s", (int)message.len, message.data);
}

/* ---- attributes, items, containers ---- */

OPERATION(attr) { return op_attribute(f, &regs[i->b], i->d, &regs[i->a]); }
OPERATION(item)
{
    burin_value object = regs[i->b], key = regs[i->c];
    if (object.kind == BURIN_LIST && key.kind == BURIN_INT) {
        const rt_list *list = rt_list_of(&f->m->st, object);
        if ((uint64_t)key.as.i < list->len) {
            regs[i->a] = list->items[key.as.i];
            return BURIN_OK;
        }
    }
    return rt_get_item(&f->m->st, object, key, &regs[i->a]);
}
OPERATION(slice) { return rt_get_slice(&f->m->st, regs[i->b], regs[i->c], regs[i->c + 1], regs[i->c + 2], &regs[i->a]); }
OPERATION(list) { return vm_row(&f->m->st, BURIN_LIST, &regs[i->b], i->c, &regs[i->a]); }
OPERATION(tuple) { return vm_row(&f->m->st, BURIN_TUPLE, &regs[i->b], i->c, &regs[i->a]); }
OPERATION(dict) { return vm_dict(&f->m->st, &regs[i->b], i->c, &regs[i->a]); }
OPERATION(unpack)
{
    f->pc = (uint32_t)(i - f->unit->code);
    return vm_unpack(&f->m->st, regs[i->b], &regs[i->a], i->c);
}
OPERATION(check_ns) { return vm_check_namespace(&f->m->st, regs[i->b]); }
OPERATION(set_ns) { return vm_set_namespace(f, regs[i->b], i->d, regs[i->c]); }

/* ---- calls ---- */

OPERATION(call)
{
    rt_arguments args;
    burin_status status = vm_arguments(&f->m->st, &f->program->calls[i->d], &regs[i->c], &args);
    f->pc               = (uint32_t)(i - f->unit->code);
    return status ? status : rt_call(&f->m->st, regs[i->b], &args, &regs[i->a]);
}
OPERATION(check_member)
{
    burin_value ignored;
    return BURIN_LIKELY(regs[i->b].kind != BURIN_UNDEFINED) ? BURIN_OK : rt_get_attr(&f->m->st, regs[i->b], op_constant_text(f, i->d), &ignored);
}
OPERATION(method)
{
    rt_arguments   args;
    const ir_call *call   = &f->program->calls[i->d];
    burin_status   status = vm_arguments(&f->m->st, call, &regs[i->c], &args);
    f->pc                 = (uint32_t)(i - f->unit->code);
    return status ? status : rt_call_method(&f->m->st, regs[i->b], call->method, &args, &regs[i->a]);
}
OPERATION(filter)
{
    const rt_function *fn   = f->program->calls[i->d].function;
    burin_call         call = {.st = &f->m->st, .function = fn, .args = &regs[i->c], .count = fn->signature->count, .autoescape = f->m->st.autoescape};
    f->pc                   = (uint32_t)(i - f->unit->code);
    return rt_call_done(&f->m->st, fn->call(&call, &regs[i->a]));
}
OPERATION(out_filter)
{
    rt_state          *st      = &f->m->st;
    const rt_function *fn      = f->program->calls[i->d].function;
    const bool         escapes = i->b == PRINT_BY_AUTOESCAPE ? f->context->mode->autoescape : i->b == PRINT_ESCAPED;
    burin_call         call = {.st = st, .function = fn, .args = &regs[i->c], .count = fn->signature->count, .autoescape = st->autoescape, .escapes = escapes, .print = f->out};
    burin_value        result;
    f->pc               = (uint32_t)(i - f->unit->code);
    burin_status status = rt_call_done(st, fn->call(&call, &result));
    if (status || call.printed)
        return status;
    return escapes ? rt_write_escaped_fast(st, f->out, result) : rt_write_str_fast(st, f->out, result);
}
OPERATION(test)
{
    burin_status status = op_filter(f, regs, i);
    bool         truth  = false;
    if (!status && regs[i->a].kind != BURIN_BOOL) {
        status     = rt_is_true(&f->m->st, regs[i->a], &truth);
        regs[i->a] = burin_bool(truth);
    }
    return status;
}
OPERATION(filter_any)
{
    f->pc = (uint32_t)(i - f->unit->code);
    return vm_filter_any(f, &f->program->calls[i->d], &regs[i->c], &regs[i->a]);
}
OPERATION(test_defined)
{
    (void)f;
    bool defined = regs[i->b].kind > BURIN_UNDEFINED;
    regs[i->a]   = burin_bool(defined == (i->c != 0));
    return BURIN_OK;
}

/* ---- loops ---- */

static inline void op_set_loop(burin_value *to, vm_loop *loop)
{
    to->as.p = loop;
    to->kind = BURIN_MISSING;
}

OPERATION(iter)
{
    vm_loop     *loop   = NULL;
    uint32_t     depth0 = i->c ? (uint32_t)regs[1].as.i : 0;
    burin_status status = vm_loop_new(f, regs[i->b], &f->program->loops[i->d], depth0, &loop);
    op_set_loop(&regs[i->a], loop);
    return status;
}
OPERATION(iter_view)
{
    vm_loop     *loop   = NULL;
    burin_status status = vm_loop_over_view(f, regs[i->b], i->c, &f->program->loops[i->d], &loop);
    op_set_loop(&regs[i->a], loop);
    return status;
}
OPERATION(iter_test) { return vm_loop_test_new(f, regs[i->b], i->d, &regs[i->a]); }
OPERATION(loop_value) { return vm_loop_value(f, regs[i->b].as.p, &regs[i->a]); }
OPERATION(loop_attr)
{
    vm_loop *loop = regs[i->b].as.p;
    if (i->c == LOOP_index || i->c == LOOP_index0) {
        regs[i->a] = burin_int(loop->index0 + (i->c == LOOP_index));
        return BURIN_OK;
    }
    return vm_loop_attribute(&f->m->st, loop, (loop_attribute)i->c, &regs[i->a]);
}
OPERATION(loop_cycle) { return vm_loop_cycle(&f->m->st, regs[i->b].as.p, &regs[i->c], i->d, &regs[i->a]); }
OPERATION(loop_changed) { return vm_loop_changed(&f->m->st, regs[i->b].as.p, &regs[i->c], i->d, &regs[i->a]); }
OPERATION(loop_call) { return vm_loop_call(f, i->d, regs[i->b], 0); }

/* ---- names, templates ---- */

OPERATION(export) { return vm_export(f->m, f->context, op_constant_text(f, i->d), regs[i->b], i->c); }
OPERATION(macro) { return vm_macro_new(f, &f->program->macros[i->d], &regs[i->a]); }
OPERATION(self) { return vm_self_new(f, &regs[i->a]); }
OPERATION(super) { return vm_super_new(f, op_constant_text(f, i->d), &regs[i->a]); }
OPERATION(block)
{
    (void)regs;
    return vm_block_place(f, &f->program->block_places[i->d]);
}
OPERATION(extends) { return vm_extend(f, regs[i->b]); }
OPERATION(include) { return vm_include(f, &f->program->includes[i->d], regs[i->b]); }
OPERATION(import) { return vm_import(f, &f->program->includes[i->d], regs[i->b], &regs[i->a]); }
OPERATION(import_name)
{
    return vm_import_name(f, regs[i->b], op_constant_text(f, i->d), op_constant_text(f, i->d + 1), &regs[i->a]);
}
OPERATION(autoescape)
{
    bool         truth  = false;
    burin_status status = op_truth(f, regs[i->b], &truth);
    regs[i->a]          = burin_bool(f->context->mode->autoescape);
    f->context->mode->autoescape = f->m->st.autoescape = truth;
    return status;
}
OPERATION(unautoescape)
{
    f->context->mode->autoescape = f->m->st.autoescape = regs[i->b].as.i != 0;
    return BURIN_OK;
}
OPERATION(debug)
{
    (void)regs;
    (void)i;
    return vm_debug(f);
}

/* ---- leaving the unit ---- */

OPERATION(return)
{
    rt_copy_words(&f->result, &regs[i->b]);
    return BURIN_OK;
}
OPERATION(end)
{
    (void)regs;
    (void)i;
    return BURIN_LIKELY(!f->m->bad_piece) ? BURIN_OK : vm_end_pieces(f);
}

#undef OPERATION
#endif
