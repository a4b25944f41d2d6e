/* Which attributes may be which members: see members.h. */
#include "codegen/jit/members.h"

enum { MEMBERS_PER_SITE = 4 }; /* more types than that have the name: it is looked up */

/* The forms that generated code reads itself. */
static bool is_read_natively(const rt_item *item)
{
    switch (item->form) {
    case BURIN_FORM_I32: case BURIN_FORM_I64: return !item->names;
    case BURIN_FORM_F64: case BURIN_FORM_BOOL: case BURIN_FORM_CSTRING: case BURIN_FORM_STRUCT: case RT_FORM_ARRAY: return true;
    case BURIN_FORM_TEXT: return item->length_form == BURIN_FORM_U64;
    default: return false;
    }
}

static wire_member member_of(uint32_t site, const burin_types *types, const rt_layout *layout, const rt_member *member)
{
    const rt_item *item = &member->item;
    wire_member    m    = {.site = site, .offset = member->offset, .form = item->form, .is_pointer = item->is_pointer, .length_offset = item->length_offset};
    m.word              = rt_struct_word(rt_struct_value(BURIN_STRUCT, types->tag, layout->number, NULL));
    if (item->form == BURIN_FORM_STRUCT || item->form == RT_FORM_ARRAY)
        m.head = rt_struct_word(rt_struct_value(item->form == RT_FORM_ARRAY ? BURIN_ARRAY : BURIN_STRUCT, types->tag, item->type, NULL));
    return m;
}

/* The members of all types that are called as the site says; how many. */
static uint32_t find_for_site(const burin_types *types, uint32_t number, const ir_site *site, wire_member to[MEMBERS_PER_SITE])
{
    uint32_t count = 0;
    if (site->name.len && site->name.data[0] == '_') /* what a sandbox may refuse is for the body */
        return 0;
    for (uint32_t n = 1; n < types->count; n++) {
        const rt_layout *layout = &types->layouts[n];
        const rt_member *member = layout->is_array ? NULL : rt_member_find(layout, site->name, site->hash);
        if (!member || !is_read_natively(&member->item))
            continue;
        if (count == MEMBERS_PER_SITE)
            return 0;
        to[count++] = member_of(number, types, layout, member);
    }
    return count;
}

void members_find(wire_request *request, const burin_types *types, arena *memory)
{
    const ir_program *p = request->program;
    request->member_count = 0;
    request->members      = types ? arena_alloc(memory, (p->site_count + (size_t)1) * MEMBERS_PER_SITE * sizeof *request->members) : NULL;
    for (uint32_t n = 0; request->members && n < p->site_count; n++)
        request->member_count += find_for_site(types, n, &p->sites[n], &request->members[request->member_count]);
}
