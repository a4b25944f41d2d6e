/* Kernels interpreted: one value at a time, by the expressions of ops.def. */
#include "codegen/kernel/kernel.h"

#include "codegen/kernel/meaning.h"

void kernel_prepare(const kernel *k, kernel_cell *room)
{
    for (uint32_t n = 0; n < k->place_count; n++)
        room[n] = k->places[n].constant;
}

#define GET_B(place) ((uint8_t)room[place].i)
#define GET_I(place) room[place].i
#define GET_F(place) room[place].f
#define SET_B(place, value) room[place].i = (value)
#define SET_I(place, value) room[place].i = (value)
#define SET_F(place, value) room[place].f = (value)

/* From step s to the last one. The step that failed, NULL: none. */
static const kernel_step *run_steps(const kernel_step *s, const kernel_step *steps, const kernel_step *last, const kernel_way *ways, kernel_cell *room)
{
    static const void *const labels[] = {
#define VEC_UNARY(NAME, ...) &&label_##NAME,
#define VEC_BINARY(NAME, ...) &&label_##NAME,
#define VEC_FUSED(NAME, ...) &&label_##NAME,
#include "codegen/kernel/ops.def"
#undef VEC_FUSED
#undef VEC_BINARY
#undef VEC_UNARY
        &&label_select, &&label_select, &&label_select, &&label_way, &&label_give,
    };
#define NEXT()               \
    do {                     \
        s++;                 \
        goto *labels[s->op]; \
    } while (0)
    goto *labels[s->op];

#define VEC_UNARY(NAME, TX, TR, result, bad, what) \
    label_##NAME: {                                \
        TX x = GET_##TX(s->x);                     \
        TR r = (TR)(result);                       \
        if (BURIN_UNLIKELY(bad))                   \
            return s;                              \
        SET_##TR(s->out, r);                       \
        NEXT();                                    \
    }
#define VEC_BINARY(NAME, TX, TY, TR, result, bad, what) \
    label_##NAME: {                                     \
        TX x = GET_##TX(s->x);                          \
        TY y = GET_##TY(s->y);                          \
        TR r = (TR)(result);                            \
        if (BURIN_UNLIKELY(bad))                        \
            return s;                                   \
        SET_##TR(s->out, r);                            \
        NEXT();                                         \
    }
#define VEC_FUSED(NAME, result, what)                                              \
    label_##NAME: {                                                                \
        double x = room[s->x].f, y = room[s->y].f, z = room[s->z].f;               \
        room[s->out].f = (result);                                                 \
        NEXT();                                                                    \
    }
#include "codegen/kernel/ops.def"
#undef VEC_FUSED
#undef VEC_BINARY
#undef VEC_UNARY

label_select:
    room[s->out] = room[room[s->z].i ? s->x : s->y];
    NEXT();
label_way: {
    const kernel_way *way = &ways[s->x];
    if ((room[way->test].i != 0) != way->negated)
        NEXT();
    s = steps + way->end;
    goto *labels[s->op];
}
label_give:
    room[s->y] = room[s->x];
    if (s == last)
        return NULL;
    NEXT();
#undef NEXT
}

uint32_t kernel_run(const kernel *k, kernel_cell *room, uint32_t from)
{
    if (from >= k->part_count)
        return k->part_count;
    const kernel_step *first  = k->steps + (from ? k->parts[from - 1].end : 0);
    const kernel_step *failed = run_steps(first, k->steps, k->steps + k->step_count - 1, k->ways, room);
    if (BURIN_LIKELY(!failed))
        return k->part_count;
    while (failed >= k->steps + k->parts[from].end)
        from++;
    return from;
}

bool kernel_apply(vec_op op, kernel_cell x, kernel_cell y, kernel_cell z, kernel_cell *out)
{
    const kernel_step steps[] = {{(uint16_t)op, 3, 0, 1, 2, 0}, {STEP_GIVE, KERNEL_NONE, 3, 3, KERNEL_NONE, 0}};
    kernel_cell       room[]  = {x, y, z, {0}};
    bool              bad     = run_steps(steps, steps, steps + 1, NULL, room) != NULL;
    *out                      = room[3];
    return bad;
}

int64_t kernel_int_power(int64_t x, int64_t y, int64_t *out) { return !power_of(x, y, out); }
