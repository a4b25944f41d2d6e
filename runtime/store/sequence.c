/* Changing a list of children, by position, and making blocks of it. See children.h.
 *
 * An insertion splits what is full on its way down, a removal joins what has become small on its way up; neither changes what the list holds, so memory
 * that is out in between does no harm. */
#include "runtime/store/twig.h"

enum { LEAF_MIN = ES_LEAF_MAX / 4, LEAF_JOINED = ES_LEAF_MAX * 3 / 4, FAN_MIN = ES_FAN_MAX / 4, FAN_JOINED = ES_FAN_MAX * 3 / 4 };

/* ---- twigs ---- */

/* Room for so many ids or parts; false when memory is out. */
static bool make_room(const es_editor *e, es_twig *t, bool keyed, uint32_t cap)
{
    if (t->level) {
        t->parts = arena_alloc(e->arena, ES_FAN_MAX * sizeof *t->parts);
        t->cap   = ES_FAN_MAX;
        return t->parts != NULL;
    }
    uint32_t   *ids  = arena_alloc(e->arena, cap * sizeof *ids);
    burin_text *keys = keyed ? arena_alloc(e->arena, cap * sizeof *keys) : NULL;
    if (!ids || (keyed && !keys))
        return false;
    if (t->len)
        memcpy(ids, t->ids, t->len * sizeof *ids);
    if (t->len && keyed)
        memcpy(keys, t->keys, t->len * sizeof *keys);
    t->ids  = ids;
    t->keys = keys;
    t->cap  = cap;
    return true;
}

static es_twig *new_twig(const es_editor *e, uint32_t level, bool keyed, uint32_t cap)
{
    es_twig *t = arena_alloc(e->arena, sizeof *t);
    if (!t)
        return NULL;
    *t = (es_twig){.level = level, .save = e->saves};
    return make_room(e, t, keyed, cap) ? t : NULL;
}

static void fill_from_block(const es_editor *e, es_twig *t, es_ref ref, bool keyed)
{
    const es_list *leaf = es_at(e->m, ref);
    t->len              = leaf->count;
    for (uint32_t n = 0; t->level && n < t->len; n++)
        t->parts[n] = es_part_at(e->m, (es_part){ref, 0, NULL}, n);
    if (t->level)
        return;
    memcpy(t->ids, leaf->ids, t->len * sizeof *t->ids);
    for (uint32_t n = 0; keyed && n < t->len; n++)
        t->keys[n] = es_key_at(es_key_offsets(leaf), t->len, n);
}

static void fill_from_twig(es_twig *t, const es_twig *from)
{
    t->len = from->len;
    if (t->level)
        memcpy(t->parts, from->parts, t->len * sizeof *t->parts);
    else if (t->len)
        memcpy(t->ids, from->ids, t->len * sizeof *t->ids);
    if (t->keys && t->len)
        memcpy(t->keys, from->keys, t->len * sizeof *t->keys);
}

/* The part as a twig that may be changed; NULL when memory is out. */
static es_twig *own(const es_editor *e, es_part *p, bool keyed)
{
    if (p->own && p->own->save >= e->save)
        return p->own;
    uint32_t len = es_part_length(e->m, *p), cap = len < 6 ? 8 : len + len / 2;
    es_twig *t   = new_twig(e, es_part_level(e->m, *p), keyed, cap < ES_LEAF_MAX ? cap : ES_LEAF_MAX);
    if (!t)
        return NULL;
    if (p->own)
        fill_from_twig(t, p->own);
    else if (p->ref)
        fill_from_block(e, t, p->ref, keyed);
    t->from = p->own ? p->own->from : p->ref;
    *p      = (es_part){0, p->count, t};
    return t;
}

static uint32_t count_of(const es_twig *t)
{
    uint32_t count = t->level ? 0 : t->len;
    for (uint32_t n = 0; t->level && n < t->len; n++)
        count += t->parts[n].count;
    return count;
}

static bool is_full(const es_twig *t) { return t->len == (t->level ? ES_FAN_MAX : ES_LEAF_MAX); }

static void bury(es_children *list, es_twig *t)
{
    if (!t->from)
        return;
    t->next_dead = list->dead;
    list->dead   = t;
}

/* ---- inserting ---- */

/* Make two of part k of a branch that has room: its beginning, and what comes from `at` on. */
static bool split(const es_editor *e, es_twig *branch, uint32_t k, uint32_t at, bool keyed)
{
    es_twig *left = branch->parts[k].own, *right = new_twig(e, left->level, keyed, ES_LEAF_MAX);
    if (!right)
        return false;
    right->len = left->len - at;
    if (left->level)
        memcpy(right->parts, &left->parts[at], right->len * sizeof *right->parts);
    else
        memcpy(right->ids, &left->ids[at], right->len * sizeof *right->ids);
    if (keyed && !left->level)
        memcpy(right->keys, &left->keys[at], right->len * sizeof *right->keys);
    left->len = at;
    memmove(&branch->parts[k + 2], &branch->parts[k + 1], (branch->len - k - 1) * sizeof *branch->parts);
    branch->len++;
    branch->parts[k].count = count_of(left);
    branch->parts[k + 1]   = (es_part){0, count_of(right), right};
    return true;
}

/* The part that number *at goes to, which is then counted in it. At a boundary it is the beginning of the right one. */
static uint32_t choose(const es_twig *branch, uint32_t *at)
{
    uint32_t k = 0;
    for (; k + 1 < branch->len && *at >= branch->parts[k].count; k++)
        *at -= branch->parts[k].count;
    return k;
}

/* A branch above the root, which is full. */
static bool raise_root(const es_editor *e, es_children *list)
{
    es_twig *top = list->root.own->level + 1 < ES_DEPTH_MAX ? new_twig(e, list->root.own->level + 1, list->keyed, 0) : NULL;
    if (!top)
        return false;
    top->parts[0] = list->root;
    top->len      = 1;
    list->root    = (es_part){0, list->root.count, top};
    return true;
}

/* The leaf for number *at, with room for one more, and the parts on the way to it. NULL when memory is out. */
static es_twig *go_down(const es_editor *e, es_children *list, uint32_t *at, es_part **way, uint32_t *length)
{
    es_twig *t = own(e, &list->root, list->keyed);
    if (t && is_full(t))
        t = raise_root(e, list) ? list->root.own : NULL;
    way[0]  = &list->root;
    *length = 1;
    while (t && t->level) {
        uint32_t k     = choose(t, at);
        es_twig *child = own(e, &t->parts[k], list->keyed);
        if (!child)
            return NULL;
        if (is_full(child)) { /* what is appended to leaves full parts behind */
            uint32_t last = child->level ? child->len - 1 : child->len;
            if (!split(e, t, k, *at == t->parts[k].count ? last : child->len / 2, list->keyed))
                return NULL;
            if (*at >= t->parts[k].count) {
                *at -= t->parts[k].count;
                k++;
            }
        }
        way[(*length)++] = &t->parts[k];
        t                = own(e, &t->parts[k], list->keyed);
    }
    if (t && t->len == t->cap && !make_room(e, t, list->keyed, t->cap * 2 < ES_LEAF_MAX ? t->cap * 2 : ES_LEAF_MAX))
        return NULL;
    return t;
}

bool es_children_insert(const es_editor *e, es_children *list, uint32_t at, uint32_t id, burin_text key)
{
    es_part *way[ES_DEPTH_MAX];
    uint32_t length;
    es_twig *leaf = go_down(e, list, &at, way, &length);
    if (!leaf)
        return false;
    memmove(&leaf->ids[at + 1], &leaf->ids[at], (leaf->len - at) * sizeof *leaf->ids);
    leaf->ids[at] = id;
    if (list->keyed) {
        memmove(&leaf->keys[at + 1], &leaf->keys[at], (leaf->len - at) * sizeof *leaf->keys);
        leaf->keys[at] = key;
    }
    if (list->keys)
        es_keys_add(e, list, key);
    leaf->len++;
    while (length > 0)
        way[--length]->count++;
    return true;
}

/* ---- removing ---- */

static void take_out(es_children *list, es_twig *branch, uint32_t k)
{
    bury(list, branch->parts[k].own);
    branch->len--;
    memmove(&branch->parts[k], &branch->parts[k + 1], (branch->len - k) * sizeof *branch->parts);
}

/* Put what part k + 1 of a branch holds at the end of part k, if memory allows. */
static void join(const es_editor *e, es_children *list, es_twig *branch, uint32_t k)
{
    es_twig *left = own(e, &branch->parts[k], list->keyed), *right = own(e, &branch->parts[k + 1], list->keyed);
    if (!left || !right || (left->len + right->len > left->cap && !make_room(e, left, list->keyed, ES_LEAF_MAX)))
        return;
    if (left->level)
        memcpy(&left->parts[left->len], right->parts, right->len * sizeof *right->parts);
    else
        memcpy(&left->ids[left->len], right->ids, right->len * sizeof *right->ids);
    if (left->keys)
        memcpy(&left->keys[left->len], right->keys, right->len * sizeof *right->keys);
    left->len += right->len;
    branch->parts[k].count += branch->parts[k + 1].count;
    take_out(list, branch, k + 1);
}

/* Part k of a branch has become smaller. */
static void tend(const es_editor *e, es_children *list, es_twig *branch, uint32_t k)
{
    const es_twig *child = branch->parts[k].own;
    uint32_t       least = child->level ? FAN_MIN : LEAF_MIN, most = child->level ? FAN_JOINED : LEAF_JOINED;
    if (child->len == 0)
        take_out(list, branch, k);
    else if (child->len < least && k + 1 < branch->len && child->len + es_part_length(e->m, branch->parts[k + 1]) <= most)
        join(e, list, branch, k);
    else if (child->len < least && k > 0 && child->len + es_part_length(e->m, branch->parts[k - 1]) <= most)
        join(e, list, branch, k - 1);
}

bool es_children_remove(const es_editor *e, es_children *list, uint32_t at)
{
    es_part *way[ES_DEPTH_MAX] = {&list->root};
    uint32_t turns[ES_DEPTH_MAX], length = 0;
    es_twig *t = own(e, &list->root, list->keyed);
    while (t && t->level) {
        turns[length]   = choose(t, &at);
        way[length + 1] = &t->parts[turns[length]];
        length++;
        t = own(e, way[length], list->keyed);
    }
    if (!t)
        return false;
    if (list->keys)
        es_keys_take(list, t->keys[at]);
    t->len--;
    memmove(&t->ids[at], &t->ids[at + 1], (t->len - at) * sizeof *t->ids);
    if (list->keyed)
        memmove(&t->keys[at], &t->keys[at + 1], (t->len - at) * sizeof *t->keys);
    for (uint32_t n = 0; n <= length; n++)
        way[n]->count--;
    while (length-- > 0)
        tend(e, list, way[length]->own, turns[length]);
    while (list->root.own && list->root.own->level && list->root.own->len <= 1) {
        es_twig *top = list->root.own;
        bury(list, top);
        list->root = top->len ? top->parts[0] : (es_part){0};
    }
    return true;
}

/* ---- finding ---- */

uint32_t es_children_place(const es_memory *m, es_part list, uint32_t id)
{
    burin_children ids;
    uint32_t       low = 0, high = list.count;
    es_part_children(m, list, false, &ids);
    while (low < high) { /* most looks fall into one leaf */
        uint32_t middle = low + (high - low) / 2;
        if (burin_children_id(&ids, middle) < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Whether the leaf that holds number n has the id, and where. */
static bool in_leaf(burin_children *ids, size_t n, uint32_t id, uint32_t *at)
{
    burin_children_id(ids, n);
    for (size_t k = 0; k < ids->run; k++) {
        if (ids->ids[k] == id) {
            *at = (uint32_t)(ids->first + k);
            return true;
        }
    }
    return false;
}

/* In the leaf that holds number n, and so many to each side; the count where it is not. */
static uint32_t look_near(const es_memory *m, es_part list, uint32_t id, uint32_t n, uint32_t leaves)
{
    burin_children left, right;
    uint32_t       at;
    es_part_children(m, list, false, &left);
    if (in_leaf(&left, n < list.count ? n : list.count - 1, id, &at))
        return at;
    right         = left;
    size_t before = left.first, after = right.first + right.run; /* what lies between has been looked through */
    for (uint32_t leaf = 0; leaf < leaves && (before > 0 || after < list.count); leaf++) {
        if (before > 0 && in_leaf(&left, before - 1, id, &at))
            return at;
        before = before > 0 ? left.first : 0;
        if (after < list.count && in_leaf(&right, after, id, &at))
            return at;
        after = after < list.count ? right.first + right.run : after;
    }
    return list.count;
}

/* Where it was put, or at an end, as in a queue; then as far away from where it was put as need be: the more has been put in or taken out before it since. */
static uint32_t look_for(const es_memory *m, es_part list, uint32_t id, uint32_t near)
{
    enum { AROUND = 64, AT_ENDS = 4 }; /* leaves */
    uint32_t at = near ? look_near(m, list, id, near, AROUND) : list.count;
    if (at == list.count)
        at = look_near(m, list, id, 0, AT_ENDS);
    if (at == list.count)
        at = look_near(m, list, id, list.count - 1, AT_ENDS);
    return at < list.count ? at : look_near(m, list, id, near, UINT32_MAX);
}

uint32_t es_children_find(const es_memory *m, es_part list, uint32_t id, bool ascends, uint32_t near)
{
    burin_children ids;
    if (list.count == 0)
        return 0;
    if (!ascends)
        return look_for(m, list, id, near);
    uint32_t at = es_children_place(m, list, id);
    es_part_children(m, list, false, &ids);
    return at < list.count && burin_children_id(&ids, at) == id ? at : list.count;
}

/* ---- writing ---- */

static es_ref write_leaf(es_writer *w, const es_twig *t, bool keyed)
{
    es_ref ref;
    size_t bytes = 0, size = sizeof(es_list) + t->len * sizeof(uint32_t);
    for (uint32_t n = 0; keyed && n < t->len; n++)
        bytes += t->keys[n].len;
    if (keyed)
        size += (t->len + (size_t)1) * sizeof(uint32_t) + bytes;
    es_list *block = t->len ? es_make(w, size, &ref) : NULL;
    if (!block)
        return 0;
    block->level = 0;
    block->count = (uint16_t)t->len;
    memcpy(block->ids, t->ids, t->len * sizeof *t->ids);
    uint32_t *offsets = &block->ids[t->len], offset = 0;
    for (uint32_t n = 0; keyed && n < t->len; n++) {
        offsets[n] = offset;
        memcpy((char *)&offsets[t->len + 1] + offset, t->keys[n].data, t->keys[n].len);
        offset += (uint32_t)t->keys[n].len;
    }
    if (keyed)
        offsets[t->len] = offset;
    return ref;
}

static es_ref write_part(es_writer *w, const es_part *p, bool keyed, bool copy);

static es_ref write_branch(es_writer *w, const es_twig *t, bool keyed, bool copy)
{
    es_ref ref, parts[ES_FAN_MAX];
    for (uint32_t n = 0; n < t->len; n++)
        parts[n] = write_part(w, &t->parts[n], keyed, copy);
    es_branch *block = es_make(w, es_branch_size(t->level, t->len), &ref);
    if (!block)
        return 0;
    block->level = (uint16_t)t->level;
    block->count = (uint16_t)t->len;
    memcpy(block->refs, parts, t->len * sizeof *parts);
    uint16_t *narrow = (uint16_t *)&block->refs[t->len];
    uint32_t *wide   = &block->refs[t->len];
    for (uint32_t n = 0, end = 0; n < t->len; n++) {
        end += t->parts[n].count;
        if (es_is_narrow(t->level))
            narrow[n] = (uint16_t)end;
        else
            wide[n] = end;
    }
    return ref;
}

static void retire_block(es_writer *w, es_ref ref, bool keyed)
{
    if (ref)
        es_retire(w, ref, es_list_size(es_at(w->m, ref), keyed));
}

static es_ref write_part(es_writer *w, const es_part *p, bool keyed, bool copy)
{
    const es_twig *t = p->own;
    if (!t)
        return copy ? es_copy_list(w, p->ref, keyed) : p->ref;
    es_ref made = t->level ? write_branch(w, t, keyed, copy) : write_leaf(w, t, keyed);
    if (!copy)
        retire_block(w, t->from, keyed);
    return made;
}

es_ref es_children_write(es_writer *w, const es_children *list, bool copy)
{
    es_ref made = write_part(w, &list->root, list->keyed, copy);
    for (const es_twig *t = copy ? NULL : list->dead; t; t = t->next_dead)
        retire_block(w, t->from, list->keyed);
    return made;
}
