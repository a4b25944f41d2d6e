/* Registers, constants and guards: what lowerings have in common. */
#include "jit/unit.h"

expr register_address(func *f, uint32_t reg) { return offset(f, gcc_jit_param_as_rvalue(f->regs), (int64_t)(reg * sizeof(burin_value))); }
expr register_kind(func *f, uint32_t reg) { return load_field(f, FIELD_burin_value_kind, register_address(f, reg)); }

expr register_as(func *f, uint32_t reg)
{
    const burin_value *v = known(f, reg);
    if (v && v->kind == BURIN_INT)
        return num(f, T_L, v->as.i);
    return load_field(f, FIELD_burin_value_as, register_address(f, reg));
}

expr constant_address(func *f, uint32_t k) { return offset(f, get(f->constants), (int64_t)(k * sizeof(burin_value))); }

void store_int(func *f, uint32_t reg, burin_kind kind, expr value)
{
    store(f, T_L, register_address(f, reg), 0, num(f, T_L, kind));
    store_field(f, FIELD_burin_value_as, register_address(f, reg), value);
}

void copy_value(func *f, expr to, expr from)
{
    place at = as_local(f, T_PTR, from), as = as_local(f, T_L, load_field(f, FIELD_burin_value_as, get(at)));
    store(f, T_L, to, 0, load(f, T_L, get(at), 0));
    store_field(f, FIELD_burin_value_as, to, get(as));
}

const burin_value *known(const func *f, uint32_t reg)
{
    uint32_t k = f->known[reg];
    return k && f->known_since[reg] == f->epoch ? &f->e->request->program->constants[k - 1] : NULL;
}

burin_kind known_kind(const func *f, uint32_t reg) { return f->known_since[reg] == f->epoch ? (burin_kind)f->kinds[reg] : BURIN_KIND_COUNT; }

void require(func *f, expr condition, block slow)
{
    block next = new_block(f);
    branch(f, expect(f, condition, true), next, slow);
    f->block = next;
}

void require_kind(func *f, uint32_t reg, burin_kind kind, block slow)
{
    if (known_kind(f, reg) != kind)
        require(f, compare(f, GCC_JIT_COMPARISON_EQ, register_kind(f, reg), num(f, T_B, kind)), slow);
}

expr register_pointer(func *f, uint32_t reg) { return load(f, T_PTR, register_address(f, reg), (int64_t)field_offset(FIELD_burin_value_as)); }

place begin_attribute(func *f, uint32_t reg, uint32_t count)
{
    return count ? as_local(f, T_L, load(f, T_L, register_address(f, reg), 0)) : NULL;
}

block begin_member(func *f, const wire_member *m, uint32_t reg, place word)
{
    block same = new_block(f), other = new_block(f);
    branch(f, compare(f, GCC_JIT_COMPARISON_EQ, get(word), num(f, T_L, (int64_t)m->word)), same, other);
    f->block = same;
    if (f->shape_reg != reg) /* no cache knows the keys of a struct */
        set(f, f->shape_keys, num(f, T_L, RT_NO_SERIAL));
    return other;
}

/* The member that lies at `from` as a value, then to `ready`. */
static void take_member(func *f, const wire_member *m, place from, place at, block ready, block slow)
{
    place value = local(f, T_VALUE, "member");
    read_member_at(f, m, from, address_of_value(f, value), slow);
    if (f->block)
        set(f, at, address_of_value(f, value));
    go(f, ready);
}

/* The register's dict is looked at once for several attributes in a row; what is none goes to `other`, as a dict whose keys no cache knows. */
static void note_shape(func *f, uint32_t reg, block other, block slow)
{
    block is_dict = new_block(f), is_none = new_block(f);
    branch(f, compare(f, GCC_JIT_COMPARISON_EQ, register_kind(f, reg), num(f, T_B, BURIN_DICT)), is_dict, is_none);
    f->block = is_none;
    set(f, f->shape_keys, num(f, T_L, RT_NO_SERIAL));
    go(f, other);
    f->block = is_dict;
    require(f, compare(f, GCC_JIT_COMPARISON_EQ, load_field(f, FIELD_vm_shadows, machine(f)), num(f, T_U, 0)), slow);
    place dict = as_local(f, T_PTR, register_pointer(f, reg));
    set(f, f->shape_keys, load_field(f, FIELD_rt_keys_serial, load_field(f, FIELD_rt_dict_keys, get(dict))));
    set(f, f->shape_values, load_field(f, FIELD_rt_dict_values, get(dict)));
}

/* Go to `to` where dicts with these keys are known to lack the attribute, unless that is an error to be told. */
static void try_lacking(func *f, expr cache, block to)
{
    block lacking = new_block(f), other = new_block(f);
    branch(f, compare(f, GCC_JIT_COMPARISON_EQ, get(f->shape_keys), load_field(f, FIELD_vm_cache_lacking, cache)), lacking, other);
    f->block = lacking;
    branch(f, compare(f, GCC_JIT_COMPARISON_NE, load_field(f, FIELD_rt_env_undefined, load_field(f, FIELD_vm_env, machine(f))), num(f, T_U, RT_STRICT)), to, other);
    f->block = other;
}

place item_place(func *f, uint32_t reg, uint32_t site, block lacking, block slow)
{
    expr cache = offset(f, get(f->caches), (int64_t)(site * sizeof(vm_cache)));
    place at    = local(f, T_PTR, "attribute");
    block known = new_block(f), other = new_block(f), ready = new_block(f);
    if (f->shape_reg != reg) {
        note_shape(f, reg, other, slow);
        f->shape_reg = reg;
    }
    branch(f, expect(f, compare(f, GCC_JIT_COMPARISON_EQ, get(f->shape_keys), load_field(f, FIELD_vm_cache_keys, cache)), true), known, other);
    f->block         = other;
    if (lacking)
        try_lacking(f, cache, lacking);
    expr arguments[] = {gcc_jit_param_as_rvalue(f->frame), register_address(f, reg), num(f, T_U, site)};
    set(f, at, call_api(f, API_attribute, 3, arguments));
    branch(f, compare(f, GCC_JIT_COMPARISON_NE, get(at), num(f, T_PTR, 0)), ready, slow);
    f->block   = known;
    expr slot  = cast(f, T_L, load_field(f, FIELD_vm_cache_slot, cache));
    expr bytes = binary(f, GCC_JIT_BINARY_OP_MULT, T_L, slot, num(f, T_L, sizeof(burin_value)));
    set(f, at, add_bytes(f, get(f->shape_values), bytes));
    begin(f, ready);
    return at;
}

/* Structs of the type that the site's cache knows to lack the attribute; those of the types that have it were looked at. */
static void try_struct_lacking(func *f, uint32_t reg, uint32_t site, block to)
{
    expr  cache = offset(f, get(f->caches), (int64_t)(site * sizeof(vm_cache)));
    block lacking = new_block(f), other = new_block(f);
    branch(f, compare(f, GCC_JIT_COMPARISON_EQ, load(f, T_L, register_address(f, reg), 0), load_field(f, FIELD_vm_cache_lacking, cache)), lacking, other);
    f->block = lacking;
    branch(f, compare(f, GCC_JIT_COMPARISON_NE, load_field(f, FIELD_rt_env_undefined, load_field(f, FIELD_vm_env, machine(f))), num(f, T_U, RT_STRICT)), to, other);
    f->block = other;
}

place attribute_or_member(func *f, uint32_t reg, uint32_t site, block lacking, block slow, member_use use, void *user)
{
    uint32_t           count;
    const wire_member *members = members_of(f, site, &count);
    place              word = begin_attribute(f, reg, count), at = count ? local(f, T_PTR, "attribute") : NULL;
    block              ready = count ? new_block(f) : NULL;
    for (uint32_t n = 0; n < count; n++) {
        block other = begin_member(f, &members[n], reg, word);
        place from  = member_address(f, &members[n], register_pointer(f, reg), slow);
        if (!use(f, user, &members[n], from, slow))
            take_member(f, &members[n], from, at, ready, slow);
        f->block = other;
    }
    if (lacking && f->e->request->member_count)
        try_struct_lacking(f, reg, site, lacking);
    place item = item_place(f, reg, site, lacking, slow);
    if (!count)
        return item;
    set(f, at, get(item));
    begin(f, ready);
    return at;
}
