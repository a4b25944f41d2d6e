/* join: the text of many items.
 *
 * Without autoescape the result is the plain str() of everything. With autoescape it is Markup if the separator or any
 * item is: then the others are escaped; so the items must be seen twice, and iterators are made lists first. */
#include "runtime/builtins/support.h"
#include "runtime/write.h"

typedef struct joining {
    rt_state    *st;
    rt_out       out;
    burin_value  separator; /* text, escaped already where it must be */
    bool         escape;
    builtin_path path;
    bool         started;
} joining;

static inline burin_status add_item(joining *join, burin_value item)
{
    if (join->started)
        rt_out_write_fast(&join->out, join->separator.as.s, join->separator.len);
    join->started = true;
    return join->escape ? rt_write_escaped_fast(join->st, &join->out, item) : rt_write_str_fast(join->st, &join->out, item);
}

/* Every item of `items`; lists are walked live. */
static burin_status add_items(joining *join, burin_value items)
{
    rt_state    *st = join->st;
    rt_iter      it;
    burin_value  item;
    burin_status status = rt_iter_init(st, items, &it);

    while (!status) {
        status = builtin_next(st, &it, &item);
        if (status || item.kind == BURIN_MISSING)
            break;
        if (join->path.count)
            status = builtin_path_get(st, &join->path, item, &item);
        if (!status)
            status = add_item(join, item);
    }
    return status;
}

/* The items as a list, with their attributes taken; *markup when one of them has markup. */
static burin_status gather(joining *join, burin_value *items, bool *markup)
{
    rt_list     *list;
    burin_status status = rt_to_list(join->st, *items, &list);

    *markup = false;
    for (uint32_t n = 0; !status && n < list->len; n++) {
        if (join->path.count)
            status = builtin_path_get(join->st, &join->path, list->items[n], &list->items[n]);
        if (!status)
            *markup |= builtin_has_html(list->items[n]);
    }
    join->path.count = 0;
    if (!status)
        *items = rt_list_value(list);
    return status;
}

/* Under autoescape: decide about escaping, and make the separator and the items ready for it. */
static burin_status prepare_escaping(joining *join, burin_value *items, burin_value separator)
{
    burin_status status;

    if (builtin_has_html(separator)) { /* an object's __html__ is not asked: its text is plain */
        join->escape = rt_is_text(separator);
        return builtin_soft(join->st, separator, &join->separator);
    }
    status = gather(join, items, &join->escape);
    if (status)
        return status;
    return join->escape ? rt_escape(join->st, separator, &join->separator) : builtin_str(join->st, separator, &join->separator);
}

/* Before the separator is looked at, as map() is made before str.join is called. */
static burin_status check_iterable(rt_state *st, burin_value items)
{
    rt_iter it;
    return rt_iter_init(st, items, &it);
}

burin_status filter_join(burin_call *call, burin_value *out)
{
    rt_state    *st     = call->st;
    burin_value  items  = call->args[0];
    joining      join   = {.st = st};
    burin_status status = builtin_path_init(st, call->args[2], rt_missing(), &join.path);

    if (!status && join.path.count)
        status = check_iterable(st, items);
    if (!status)
        status = call->autoescape ? prepare_escaping(&join, &items, call->args[1]) : builtin_str(st, call->args[1], &join.separator);
    if (status)
        return status;
    rt_out_init_heap(&join.out, st, 256);
    status = add_items(&join, items);
    if (!status)
        status = rt_charge(st, (uint64_t)(join.out.next - join.out.data) / 64);
    if (!status)
        status = rt_out_take(&join.out, 0, out);
    if (!status && join.escape)
        *out = builtin_marked(*out);
    return status;
}
