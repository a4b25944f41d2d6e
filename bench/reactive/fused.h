/* Those of Kairo's workloads that are formulas over numbers, as live formulas: by themselves, fused, and fused and compiled. */
#ifndef BURIN_BENCH_REACTIVE_FUSED_H
#define BURIN_BENCH_REACTIVE_FUSED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum fused_how { FUSED_NOT, FUSED_INTERPRETED, FUSED_NATIVE } fused_how;

typedef struct fused fused;
typedef struct fused_shape {
    const char *name;
    uint64_t    fewest;   /* computations of one write, effects included */
    int64_t     by, plus; /* what its last effect sees after the head was set to n: n * by + plus */
    void (*build)(fused *f, int size);
    int         size;
} fused_shape;

extern const fused_shape fused_shapes[];
extern const unsigned    fused_shape_count;

/* `helper`: the program burin-jit. A compiled one is compiled when this returns. */
fused *fused_new(const fused_shape *shape, fused_how how, const char *helper);
void   fused_free(fused *f);
/* One write. False: a wrong result. */
bool   fused_write(fused *f);
/* Does a write run the fewest computations? */
bool   fused_is_minimal(fused *f);

#endif
