/* Functions in plain C: their shapes, and the bodies that call them.
 *
 * C has no way to call a function whose type is only known at run time, so there is a body for each type there is: a result, and up to four
 * parameters, each an integer (I) or a float (F). Row n of a table of such has bit k of n set where parameter k is a float. */
#include "runtime/registry/registry.h"

_Static_assert(RT_PLAIN_PARAMETERS == (int)BURIN_PLAIN_PARAMETERS_MAX, "as the header promises");

/* ---- shapes ---- */

/* The kind of value that such a thing is; MISSING: it cannot be one. */
static burin_kind kind_of(const burin_typing *typing)
{
    static const struct { uint32_t kinds; burin_kind kind; } rows[] = {
        {1u << BURIN_TYPING_BOOL, BURIN_BOOL}, {1u << BURIN_TYPING_INT, BURIN_INT}, {1u << BURIN_TYPING_FLOAT, BURIN_FLOAT}};
    for (size_t n = 0; n < sizeof rows / sizeof *rows && !typing->optional; n++) {
        if (typing->kinds == rows[n].kinds)
            return rows[n].kind;
    }
    return BURIN_MISSING;
}

uint32_t rg_plain_shape(const burin_callable_info *info)
{
    if (info->returns != BURIN_RETURNS_ONE || info->parameter_count > RT_PLAIN_PARAMETERS)
        return 0;
    uint32_t shape = kind_of(&info->results[0]);
    bool     fits  = shape != BURIN_MISSING;
    for (size_t n = 0; n < info->parameter_count; n++) {
        burin_kind kind = kind_of(&info->parameters[n].typing);
        fits &= kind != BURIN_MISSING;
        shape |= (uint32_t)kind << (4 * n + 4);
    }
    return fits ? shape : 0;
}

/* ---- bodies ---- */

typedef int64_t type_I;
typedef double  type_F;
#define VALUE_I(n) args[n].value.as.i
#define VALUE_F(n) args[n].value.as.f

static inline void give_I(const burin_callable *f, int64_t i, burin_value *out)
{
    burin_kind kind = rt_plain_gives(f->plain.shape);
    es_put_words(out, (uint8_t)kind, 0, (uint64_t)(kind == BURIN_BOOL ? i != 0 : i));
}
static inline void give_F(const burin_callable *f, double x, burin_value *out)
{
    (void)f;
    *out = burin_float(x);
}

#define ROW0(R) ROW(R, none, (void), ())
#define ROW1(R, A) ROW(R, A, (type_##A), (VALUE_##A(0)))
#define ROW2(R, A, B) ROW(R, A##B, (type_##A, type_##B), (VALUE_##A(0), VALUE_##B(1)))
#define ROW3(R, A, B, C) ROW(R, A##B##C, (type_##A, type_##B, type_##C), (VALUE_##A(0), VALUE_##B(1), VALUE_##C(2)))
#define ROW4(R, A, B, C, D) ROW(R, A##B##C##D, (type_##A, type_##B, type_##C, type_##D), (VALUE_##A(0), VALUE_##B(1), VALUE_##C(2), VALUE_##D(3)))
#define ROWS1(R) ROW1(R, I) ROW1(R, F)
#define ROWS2(R) ROW2(R, I, I) ROW2(R, F, I) ROW2(R, I, F) ROW2(R, F, F)
#define ROWS3_WITH(R, C) ROW3(R, I, I, C) ROW3(R, F, I, C) ROW3(R, I, F, C) ROW3(R, F, F, C)
#define ROWS4_WITH(R, C, D) ROW4(R, I, I, C, D) ROW4(R, F, I, C, D) ROW4(R, I, F, C, D) ROW4(R, F, F, C, D)
#define ROWS3(R) ROWS3_WITH(R, I) ROWS3_WITH(R, F)
#define ROWS4(R) ROWS4_WITH(R, I, I) ROWS4_WITH(R, F, I) ROWS4_WITH(R, I, F) ROWS4_WITH(R, F, F)
#define ALL(R) ROW0(R) ROWS1(R) ROWS2(R) ROWS3(R) ROWS4(R)

#define ROW(R, name, types, values)                                                                                  \
    static burin_status call_##R##_##name(burin_invocation *call, const burin_item *args, burin_item *out)            \
    {                                                                                                                \
        const burin_callable *f = call->callable;                                                                    \
        (void)args;                                                                                                  \
        give_##R(f, ((type_##R(*) types)f->plain.code) values, &out->value);                                          \
        return BURIN_OK;                                                                                             \
    }
ALL(I)
ALL(F)
#undef ROW

burin_body rg_plain_body(uint32_t shape)
{
    static const burin_body integers[] = {
#define ROW(R, name, types, values) call_##R##_##name,
        ALL(I)
    }, floats[] = {
        ALL(F)
#undef ROW
    };
    uint32_t count = rt_plain_count(shape), at = (1u << count) - 1;
    for (uint32_t n = 0; n < count; n++)
        at += (uint32_t)(rt_plain_takes(shape, n) == BURIN_FLOAT) << n;
    return rt_plain_gives(shape) == BURIN_FLOAT ? floats[at] : integers[at];
}
