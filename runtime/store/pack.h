/* A version of a tree as bytes: what it changed, entity by entity. The form in which versions are kept on disk and sent.
 *
 *   version := root state*                   numbers are LEB128, see es_put_number
 *   state   := id-difference what [written [type owner field nulls cell* origins]]
 *
 * States ascend by id. `written` is how many versions ago the state was written: 0 but for states that were made by a version no longer
 * kept. A cell is a number, 8 bytes of a double, a length and bytes, or a count and ids, each with its key in a CHILD_DICT.
 * In a state of kind CHANGED, which has one before it, a cell of children is twice their count and they, or what leads from those before it to them:
 *   edits   := 2 * count + 1, edit*          edit := keep drop insert id*
 * where so many are kept, so many after them left out, and those of the edit put in their place; the rest is kept. Edits are not adjacent.
 * Bytes come from outside (a file, a server, an import): the reader checks everything it takes. */
#ifndef BURIN_STORE_PACK_H
#define BURIN_STORE_PACK_H

#include "runtime/store/store.h"

/* A version, and what it differs from. */
typedef struct es_kept {
    uint32_t    tree, version;
    uint32_t    keeps;
    uint32_t    last;     /* the kept version before it; 0: it is the tree's first */
    bool        adjacent; /* `before` is the version before: the change list is the difference */
    es_version *entry;
    es_version *before;   /* the kept one before it, or what the tree was forked from; NULL: nothing */
} es_kept;

typedef enum es_packed_kind { ES_PACKED_REMOVED, ES_PACKED_TOUCHED, ES_PACKED_STATE, ES_PACKED_CHANGED, ES_PACKED_KINDS } es_packed_kind;

/* ---- writing ---- */

void es_put_number(buf *out, uint64_t n);
void es_put_text(buf *out, burin_text text);
void es_pack_version(const burin_store *s, const es_kept *kept, buf *out);
void es_pack_type(const es_type *type, buf *out);

/* ---- reading ---- */

typedef struct es_unpacker {
    const char *at, *end;
    bool        bad; /* the bytes are not what they should be; whatever is read after is 0 */
} es_unpacker;

uint64_t   es_take_number(es_unpacker *u, uint64_t most);
burin_text es_take_text(es_unpacker *u);
/* Declare a packed type, which is kept already. BURIN_ERR_DATA, and what burin_store_define says. */
burin_status es_unpack_type(burin_store *s, burin_text bytes, burin_error *err);

#endif
