/* What a row of tags.def becomes. */
#ifndef BURIN_PARSER_TAGS_H
#define BURIN_PARSER_TAGS_H

#include "parser/state.h"

typedef enum tag_group { TAG_NONE, TAG_CORE, TAG_DO, TAG_LOOPCONTROLS, TAG_I18N, TAG_DEBUG, TAG_GENERATION, TAG_PART } tag_group;
typedef enum tag_first { FIRST_TUPLE, FIRST_TARGET, FIRST_EXPRESSION, FIRST_NAME, FIRST_OPERATOR } tag_first;

typedef struct tag_facts {
    uint8_t terminal; /* of the grammar */
    uint8_t group;    /* tag_group; TAG_NONE for words that are no statement */
    uint8_t first;    /* tag_first */
    uint8_t ends[3];  /* token_word */
} tag_facts;

#endif
