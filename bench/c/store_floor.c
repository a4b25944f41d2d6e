/* See store_floor.h. */
#include "bench/c/store_floor.h"
#include "bench/c/harness.h"

#include <sys/mman.h>

typedef struct record { uint64_t head[6]; const char *name; int64_t speed; } record;
struct floor_radix { void *at[16]; };

static char *next, *end;

void floor_memory(size_t size)
{
    next = malloc(size);
    if (!next)
        die("out of memory", NULL);
    uintptr_t whole = ((uintptr_t)next + 4095) & ~(uintptr_t)4095;
    madvise((void *)whole, size - 4096, MADV_HUGEPAGE); // NOLINT: an address inside it; as the store does
    end = next + size;
}

void *floor_alloc(size_t size)
{
    void *p = next;
    next += (size + 15) & ~(size_t)15;
    if (next > end)
        die("the floor has used up its memory", NULL);
    return p;
}

static floor_radix *put(const floor_store *s, const floor_radix *root, uint32_t id, void *value)
{
    floor_radix *made = floor_alloc(sizeof *made), *top = made;
    *made             = *root;
    for (unsigned level = s->levels; --level > 0;) {
        void       **place = &made->at[(id >> (4 * level)) & 15];
        floor_radix *copy  = floor_alloc(sizeof *copy);
        *copy              = *(floor_radix *)*place;
        *place             = copy;
        made               = copy;
    }
    made->at[id & 15] = value;
    return top;
}

static floor_radix *subtree(unsigned level, uint32_t first, uint32_t count)
{
    floor_radix *made = floor_alloc(sizeof *made);
    memset(made, 0, sizeof *made);
    for (uint32_t n = 0; n < 16 && (first | n << (4 * level)) < count; n++) {
        made->at[n] = level ? (void *)subtree(level - 1, first | n << (4 * level), count) : floor_alloc(sizeof(record));
        if (!level)
            memset(made->at[n], 0, sizeof(record));
    }
    return made;
}

static record *find(const floor_store *s, uint32_t version, uint32_t id)
{
    void *at = s->roots[version];
    for (unsigned level = s->levels; level-- > 0;)
        at = ((floor_radix *)at)->at[(id >> (4 * level)) & 15];
    return at;
}

floor_store floor_make(uint32_t count, uint32_t commits)
{
    floor_store s = {.levels = 1, .count = count, .versions = 1, .roots = calloc(commits + 1, sizeof(floor_radix *))};
    while (count > (uint64_t)1 << (4 * s.levels))
        s.levels++;
    s.roots[0] = subtree(s.levels - 1, 0, count);
    return s;
}

double floor_commit(floor_store *s, int commits, uint32_t (*draw)(uint32_t))
{
    uint64_t start = cpu_ns();
    for (int n = 0; n < commits; n++) {
        uint32_t     id = draw(s->count), ids[] = {id, id / 100, 0};
        floor_radix *root = s->roots[s->versions - 1];
        for (int k = 0; k < 3; k++) {
            record *made = floor_alloc(sizeof *made);
            *made        = *find(s, s->versions - 1, ids[k]);
            made->speed  = n;
            root         = put(s, root, ids[k], made);
        }
        s->roots[s->versions++] = root;
    }
    return (double)(cpu_ns() - start) / commits;
}

double floor_get(const floor_store *s, const uint32_t *numbers, const uint32_t *versions, int gets)
{
    int64_t  sum   = 0;
    uint64_t start = cpu_ns();
    for (int n = 0; n < gets; n++)
        sum += find(s, versions ? versions[n] : s->versions - 1, numbers[n])->speed;
    keep(&sum);
    return (double)(cpu_ns() - start) / gets;
}

floor_table floor_table_make(uint32_t count, uint32_t (*draw)(uint32_t))
{
    enum { RECORD = 64 };
    floor_table t = {count, floor_alloc(count * sizeof *t.places), floor_alloc((size_t)count * RECORD)};
    for (uint32_t n = 0; n < count; n++)
        t.places[n] = (uint64_t)n * RECORD;
    for (uint32_t n = count; n-- > 1;) { /* records do not lie by number */
        uint32_t other  = draw(n + 1);
        uint64_t place  = t.places[n];
        t.places[n]     = t.places[other];
        t.places[other] = place;
    }
    memset(t.records, 1, (size_t)count * RECORD);
    return t;
}

double floor_two_loads(const floor_table *t, const uint32_t *numbers, int gets)
{
    int64_t  sum   = 0;
    uint64_t start = cpu_ns();
    for (int n = 0; n < gets; n++)
        sum += t->records[t->places[numbers[n]] + 40];
    keep(&sum);
    return (double)(cpu_ns() - start) / gets;
}
