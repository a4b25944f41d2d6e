/* The table through which generated code reaches the runtime. The bodies are those of the interpreter. */
#define _GNU_SOURCE /* mempcpy */
#include "codegen/jit/direct.h"

#include "codegen/vm/jumps.h"
#include "codegen/vm/script_ops.h"

static int32_t noted(vm_frame *f, const ir_insn *i, burin_status status)
{
    if (BURIN_UNLIKELY(status))
        f->pc = (uint32_t)(i - f->unit->code);
    return (int32_t)status;
}

#define OP(NAME, name, operands, meaning) \
    static int32_t body_##name(vm_frame *f, burin_value *regs, const ir_insn *i) { return noted(f, i, op_##name(f, regs, i)); }
#define JUMPING(NAME, name, operands, meaning)                                  \
    static int32_t body_##name(vm_frame *f, burin_value *regs, const ir_insn *i) \
    {                                                                           \
        burin_status status = BURIN_OK;                                         \
        return op_##name(f, regs, i, &status) ? NATIVE_TAKEN : noted(f, i, status); \
    }
#include "codegen/ir/ops.def"
#undef OP

static int32_t api_tick(vm_frame *f, uint32_t pc)
{
    f->pc = pc;
    return (int32_t)vm_tick(f->m);
}

static int32_t api_row(vm_frame *f, burin_value *regs, uint32_t from, uint32_t until)
{
    int32_t status = 0;
    for (const ir_insn *i = f->unit->code + from; !status && i < f->unit->code + until; i++)
        status = native_table.ops[i->op](f, regs, i);
    return status;
}

static int32_t api_slow(vm_frame *f, burin_value *regs, const native_slow *slow) { return api_row(f, regs, slow->pc, slow->next); }

static int32_t api_run(vm_frame *f, uint32_t pc, uint32_t low, uint32_t high)
{
    bool         outside = false;
    burin_status status  = vm_run_stretch(f, pc, low, high, &outside);
    return outside ? NATIVE_TAKEN : (int32_t)status;
}

/* From a name on that is not where its cache says. */
static __attribute__((noinline)) void resolve_rest(vm_frame *f, burin_value *regs, const ir_insn *i, const ir_insn *end)
{
    const rt_dict *variables = op_variables(f); /* names that are looked up change none */
    for (; i < end; i++)
        if (i->op == OP_RESOLVE)
            op_resolve_in(f, variables, regs, i);
        else
            op_resolve_u_in(f, variables, regs, i);
}

static void api_resolve(vm_frame *f, burin_value *regs, uint32_t from, uint32_t until)
{
    const vm_context *c      = f->context;
    const vm_cache   *caches = f->caches;
    const ir_insn    *i = f->unit->code + from, *end = f->unit->code + until;
    if (op_has_variables_alone(c) && BURIN_LIKELY(!f->m->st.heap.shadows)) {
        const rt_dict *variables = c->base.as.p; /* without shadows it is what rt_dict_of gives */
        const uint64_t serial    = variables->keys->serial; /* RT_NO_SERIAL: no cache is of it */
        for (; i < end && BURIN_LIKELY(caches[i->d].keys == serial); i++)
            regs[i->a] = variables->values[caches[i->d].slot];
        if (BURIN_LIKELY(i == end))
            return;
    }
    resolve_rest(f, regs, i, end);
}

static const burin_value *api_attribute(vm_frame *f, const burin_value *object, uint32_t site) { return vm_dict_attribute(f, object, site); }

static const burin_value *api_named(vm_cache *caches, const ir_program *p, const rt_dict *dict, uint32_t site)
{
    return vm_named_in(&caches[site], &p->sites[site], dict);
}

static burin_value text_of(int64_t head, int64_t as)
{
    burin_value v;
    memcpy(&v, &head, sizeof head);
    v.as.i = as;
    return v;
}

static int64_t api_join(vm *m, int64_t a_head, int64_t a, int64_t b_head, int64_t b)
{
    burin_value  joined;
    burin_status status = rt_join_texts(&m->st, text_of(a_head, a), text_of(b_head, b), &joined);
    if (BURIN_UNLIKELY(status)) {
        m->direct_head = DIRECT_FAILED;
        return status;
    }
    memcpy(&m->direct_head, &joined, sizeof m->direct_head);
    return joined.as.i;
}

static uint32_t api_caught(vm_frame *f)
{
    const ir_handler *handler = vm_catch(f, f->pc);
    return handler ? handler->target + 1 : 0;
}

/* ---- printing ---- */

static char *api_put_bytes(vm_frame *f, char *to, const char *data, uint64_t len, uint64_t rest)
{
    if (BURIN_UNLIKELY((uint64_t)(f->out->end - to) < len + rest))
        return NULL;
    return mempcpy(to, data, len); /* the last call of its callers, too: they keep nothing over it */
}
static char *api_put_bytes_escaped(vm_frame *f, char *to, const char *data, uint64_t len, uint64_t rest)
{
    if (BURIN_UNLIKELY((uint64_t)(f->out->end - to) < len * RT_ESCAPED_MAX + RT_ESCAPED_SLACK + rest))
        return NULL;
    return rt_escape_at(to, data, len);
}

static char *api_put_int(char *to, int64_t i) { return (uint64_t)i < 10000 ? text_put_small(to, (unsigned)i) : to + text_from_int(i, to); }
static char *api_put_float(char *to, double f) { return to + text_from_double(f, to); }

static BURIN_INLINE char *put_value(vm_frame *f, char *to, const burin_value *v, uint64_t rest, bool escaped)
{
    if (BURIN_LIKELY(v->kind == BURIN_STRING)) {
        bool  fits  = v->len <= NATIVE_VALUE_ROOM || (v->len <= RT_SHORT && (uint64_t)(f->out->end - to) >= v->len + rest);
        char *after = fits ? rt_write_short(to, v, escaped) : NULL;
        if (BURIN_LIKELY(after != NULL))
            return after;
        return !escaped || v->flags & RT_PRINTED_AS_IS ? api_put_bytes(f, to, v->as.s, v->len, rest) : api_put_bytes_escaped(f, to, v->as.s, v->len, rest);
    }
    if (v->kind == BURIN_INT)
        return api_put_int(to, v->as.i);
    return v->kind == BURIN_FLOAT ? api_put_float(to, v->as.f) : NULL;
}
static char *api_put(vm_frame *f, char *to, const burin_value *v, uint64_t rest) { return put_value(f, to, v, rest, false); }
static char *api_put_escaped(vm_frame *f, char *to, const burin_value *v, uint64_t rest) { return put_value(f, to, v, rest, true); }

static char *api_put_each(char *to, const burin_value *items, uint64_t count, const burin_value *joint) { return vm_put_ints(to, items, count, joint); }

static size_t api_length(const char *text) { return strlen(text); }

static void api_copy(char *to, const char *from, uint64_t len) { memcpy(to, from, len); }

#define TIMES_16(b) b, b, b, b, b, b, b, b, b, b, b, b, b, b, b, b
static const uint8_t escaped_bytes[80] __attribute__((aligned(16))) = {TIMES_16(5), TIMES_16(0x27), TIMES_16(2), TIMES_16(0x3E),
                                                                       255, 0, '"', 0, 0, 0, '&', '\'', 0, 0, 0, 0, '<', 0, '>', 0};

const native_api native_table = {
    .small_numbers = text_small_numbers,
    .function_class = &vm_function_class.base,
    .escaped = escaped_bytes,
    .ops = {
#define OP(NAME, name, operands, meaning) [OP_##NAME] = body_##name,
#include "codegen/ir/ops.def"
#undef OP
    },
#define API(name, result, parameters, meaning) .name = api_##name,
#include "codegen/jit/api.def"
#undef API
};
