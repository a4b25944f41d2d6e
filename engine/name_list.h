/* Names collected, sorted and handed out once each: what lists of templates and variables go through. */
#ifndef BURIN_ENGINE_NAME_LIST_H
#define BURIN_ENGINE_NAME_LIST_H

#include "burin/types.h"

typedef struct name_list {
    char **names; /* malloc'ed, so are the names */
    size_t count, room;
} name_list;

/* Add a copy; fits where an `emit` is wanted. */
burin_status name_list_add(void *list, const char *name);
/* Sort, and call `emit` for every name once. */
burin_status name_list_emit(name_list *list, burin_status (*emit)(void *sink, const char *name), void *sink);
void         name_list_deinit(name_list *list);

#endif
