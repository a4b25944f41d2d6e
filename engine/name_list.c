#include "engine/name_list.h"

#include <stdlib.h>
#include <string.h>

burin_status name_list_add(void *list_, const char *name)
{
    name_list *list = list_;

    if (list->count == list->room) {
        size_t room  = list->room ? list->room * 2 : 64;
        char **names = realloc(list->names, room * sizeof *names);
        if (!names)
            return BURIN_ERR_NOMEM;
        list->names = names;
        list->room  = room;
    }
    list->names[list->count] = strdup(name);
    if (!list->names[list->count])
        return BURIN_ERR_NOMEM;
    list->count++;
    return BURIN_OK;
}

static int compare_names(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

burin_status name_list_emit(name_list *list, burin_status (*emit)(void *sink, const char *name), void *sink)
{
    burin_status status = BURIN_OK;

    if (list->count)
        qsort(list->names, list->count, sizeof *list->names, compare_names);
    for (size_t n = 0; n < list->count && !status; n++)
        if (n == 0 || strcmp(list->names[n - 1], list->names[n]) != 0)
            status = emit(sink, list->names[n]);
    return status;
}

void name_list_deinit(name_list *list)
{
    for (size_t n = 0; n < list->count; n++)
        free(list->names[n]);
    free(list->names);
    *list = (name_list){0};
}
