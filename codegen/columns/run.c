/* Running a program of loops over one block of rows. */
#include "codegen/columns/block.h"

bool block_run(block_program *p, size_t n)
{
    bool any_bad = false;

    for (uint32_t i = 0; i < p->step_count; i++) {
        const block_step *s   = &p->steps[i];
        const vec_row    *row = &p->rows[s->op];
        const void       *x   = p->places[s->x];
        const void       *y   = s->y == BLOCK_NONE ? NULL : p->places[s->y];
        if (BURIN_LIKELY(!row->kernel[s->form](p->places[s->out], x, y, s->z == BLOCK_NONE ? NULL : p->places[s->z], n)))
            continue;
        if (!any_bad)
            memset(p->bad, 0, n);
        any_bad = true;
        row->mark(p->bad, s->asked == BLOCK_NONE ? NULL : p->places[s->asked], x, !(s->form & VEC_X_IS_ONE), y, !(s->form & VEC_Y_IS_ONE), n);
    }
    return any_bad;
}
