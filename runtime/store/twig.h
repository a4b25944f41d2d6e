/* Twigs: what stands for the blocks of a list of children that is being changed. See children.h. */
#ifndef BURIN_STORE_TWIG_H
#define BURIN_STORE_TWIG_H

#include "runtime/store/children.h"

typedef struct es_twig {
    uint32_t        level; /* 0: a leaf */
    uint32_t        len;   /* ids or parts */
    uint32_t        cap;
    uint32_t        save;  /* how many savepoints there had been when it was made */
    es_ref          from;  /* the block it replaces; 0: none */
    struct es_twig *next_dead;
    uint32_t       *ids;
    burin_text     *keys;  /* of a dict */
    es_part        *parts; /* of a branch */
} es_twig;

/* Keep list->keys, which is there, in step. */
void es_keys_add(const es_editor *e, es_children *list, burin_text key);
void es_keys_take(const es_children *list, burin_text key);

uint32_t es_part_level(const es_memory *m, es_part p);
uint32_t es_part_length(const es_memory *m, es_part p);
/* A part of a branch. */
es_part es_part_at(const es_memory *m, es_part p, uint32_t n);

#endif
