/* Sorting as list.sort does it: stable, and with the comparisons in CPython's order, so that values that cannot be compared
 * raise the same error.
 *
 * Short lists: the ordered run at the start is found (a strictly descending one is turned round), the rest goes in by
 * binary insertion. Long lists are cut into such runs, which are merged so that lengths stay balanced. This is timsort
 * (CPython's Objects/listsort.txt) without galloping. Keys lead and the items follow them, in arrays side by side. */
#include "runtime/builtins/methods.h"
#include "runtime/operate.h"

enum { RUNS_MAX = 85, SHORT_MAX = 64 };

typedef struct run {
    size_t start, len;
} run;

typedef struct sorter {
    rt_state    *st;
    burin_value *keys, *items;           /* items NULL: the keys are the items */
    burin_value *kept_keys, *kept_items; /* room for half of them, for merging */
    run          runs[RUNS_MAX];
    size_t       run_count;
} sorter;

/* a < b */
static inline burin_status less(sorter *s, burin_value a, burin_value b, bool *out)
{
    if (BURIN_LIKELY(a.kind == BURIN_INT && b.kind == BURIN_INT)) {
        *out = a.as.i < b.as.i;
        return BURIN_OK;
    }
    if (a.kind == BURIN_STRING && b.kind == BURIN_STRING) {
        size_t shorter = a.len < b.len ? a.len : b.len; /* UTF-8 sorts as its code points do */
        int    order   = shorter ? memcmp(a.as.s, b.as.s, shorter) : 0;
        *out           = order ? order < 0 : a.len < b.len;
        return BURIN_OK;
    }
    return rt_compare_op(s->st, RT_LT, a, b, out);
}

static void turn_round(burin_value *values, size_t from, size_t to)
{
    for (; from + 1 < to; from++) {
        burin_value value = values[from];
        values[from]      = values[--to];
        values[to]        = value;
    }
}

static void turn_both(sorter *s, size_t from, size_t to)
{
    turn_round(s->keys, from, to);
    if (s->items)
        turn_round(s->items, from, to);
}

/* Length of the ordered run at `start`; made ascending. */
static burin_status count_run(sorter *s, size_t start, size_t end, size_t *len)
{
    size_t       at = start + 1;
    bool         descending, down;
    burin_status status;

    *len = end - start;
    if (*len < 2)
        return BURIN_OK;
    status = less(s, s->keys[at], s->keys[at - 1], &descending);
    for (at++; !status && at < end; at++) {
        status = less(s, s->keys[at], s->keys[at - 1], &down);
        if (status || down != descending)
            break;
    }
    if (!status && descending)
        turn_both(s, start, at);
    *len = at - start;
    return status;
}

static void shift_in(burin_value *values, size_t place, size_t from)
{
    burin_value value = values[from];
    memmove(values + place + 1, values + place, (from - place) * sizeof *values);
    values[place] = value;
}

/* [start, sorted) is in order; put the rest up to `end` in by binary search. */
static burin_status insert_rest(sorter *s, size_t start, size_t sorted, size_t end)
{
    for (; sorted < end; sorted++) {
        size_t low = start, high = sorted;
        while (low < high) {
            size_t       middle = low + (high - low) / 2;
            bool         before;
            burin_status status = less(s, s->keys[sorted], s->keys[middle], &before);
            if (status)
                return status;
            if (before)
                high = middle;
            else
                low = middle + 1;
        }
        shift_in(s->keys, low, sorted);
        if (s->items)
            shift_in(s->items, low, sorted);
    }
    return BURIN_OK;
}

/* Merge two neighbouring runs: the left one is set aside, then the smaller head comes next, the left one's when equal. */
static burin_status merge(sorter *s, run left, run right)
{
    size_t       from_left = 0, from_right = right.start, to = left.start, end = right.start + right.len;
    burin_status status = rt_charge(s->st, left.len + right.len);

    memcpy(s->kept_keys, s->keys + left.start, left.len * sizeof(burin_value));
    if (s->items)
        memcpy(s->kept_items, s->items + left.start, left.len * sizeof(burin_value));
    while (!status && from_left < left.len && from_right < end) {
        bool right_first;
        status = less(s, s->keys[from_right], s->kept_keys[from_left], &right_first);
        if (status)
            break;
        if (s->items)
            s->items[to] = right_first ? s->items[from_right] : s->kept_items[from_left];
        s->keys[to++] = right_first ? s->keys[from_right++] : s->kept_keys[from_left++];
    }
    /* what is left of the left run fills the gap; also after a failure, so that no item is lost */
    memcpy(s->keys + to, s->kept_keys + from_left, (left.len - from_left) * sizeof(burin_value));
    if (s->items)
        memcpy(s->items + to, s->kept_items + from_left, (left.len - from_left) * sizeof(burin_value));
    return status;
}

/* Merge runs `at` and `at` + 1 of the stack. The left one may be the longer: then sorting moves more, the room is for all. */
static burin_status merge_at(sorter *s, size_t at)
{
    run left = s->runs[at], right = s->runs[at + 1];

    s->runs[at].len += right.len;
    memmove(s->runs + at + 1, s->runs + at + 2, (s->run_count - at - 2) * sizeof(run));
    s->run_count--;
    return merge(s, left, right);
}

/* Restore the balance of the stack: each run longer than the two after it together; everything when `all`. */
static burin_status collapse(sorter *s, bool all)
{
    burin_status status = BURIN_OK;

    while (!status && s->run_count > 1) {
        size_t     last = s->run_count - 2;
        const run *r    = s->runs;
        bool       off  = (last > 0 && r[last - 1].len <= r[last].len + r[last + 1].len) ||
                   (last > 1 && r[last - 2].len <= r[last - 1].len + r[last].len);
        if (!all && !off && r[last].len > r[last + 1].len)
            break;
        if (last > 0 && (off || all) && r[last - 1].len < r[last + 1].len)
            last--;
        status = merge_at(s, last);
    }
    return status;
}

/* Length that runs are brought to: `count` divided by a power of two, rounded up, 32 to 64. */
static size_t run_least(size_t count)
{
    size_t odd = 0;

    while (count >= SHORT_MAX) {
        odd |= count & 1;
        count >>= 1;
    }
    return count + odd;
}

static burin_status sort_up(sorter *s, size_t count)
{
    size_t       least  = run_least(count), start = 0;
    burin_status status = BURIN_OK;

    if (count >= SHORT_MAX) {
        s->kept_keys  = heap_alloc(&s->st->heap, count * sizeof(burin_value));
        s->kept_items = s->items ? heap_alloc(&s->st->heap, count * sizeof(burin_value)) : NULL;
        if (!s->kept_keys || (s->items && !s->kept_items))
            return rt_fail_memory(s->st);
    }
    while (!status && start < count) {
        size_t len;
        status = count_run(s, start, count, &len);
        if (!status && len < least) {
            size_t forced = count - start < least ? count - start : least;
            status        = insert_rest(s, start, start + len, start + forced);
            len           = forced;
        }
        if (status)
            break;
        s->runs[s->run_count++] = (run){start, len};
        start += len;
        status = collapse(s, false);
    }
    return status ? status : collapse(s, true);
}

burin_status rt_sort(rt_state *st, burin_value *items, burin_value *keys, size_t count, bool reverse)
{
    sorter s = {.st = st, .keys = keys ? keys : items, .items = keys ? items : NULL};

    if (count < 2)
        return BURIN_OK;
    burin_status status = rt_charge(st, count);
    if (status)
        return status;
    if (reverse) /* turned round before and after, equal ones keep their order */
        turn_both(&s, 0, count);
    status = sort_up(&s, count);
    if (reverse)
        turn_both(&s, 0, count);
    return status;
}
