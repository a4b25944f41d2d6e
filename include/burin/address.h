/* burin/address.h: naming an entity of a store, one of its attributes, or what an attribute holds, as text.
 *
 *   @ID                 an entity, as it is now
 *   @ID~VERSION         as it is in a version of the tree it lives in
 *   @ID~TREE:VERSION    as it is in a version of that tree; 0: its newest
 *
 * and then any number of steps:
 *
 *   .NAME               an attribute of an entity; a key of what an attribute holds
 *   [N]                 a child or an item by its place; negative: from the end
 *   ["KEY"] ['KEY']     a child or an item by its key; a backslash takes the next character as it is
 *
 * so `@7~3.nodes[0].agents["bob"].speed`. A step through a reference goes to the entity referred to: to what it is in the same version
 * of the same tree where it is there, else to what it is now. There is no space in an address. This grammar is the only one: calls,
 * scripts, templates, borrowing and `burin store` all use it. Types, attributes and errors are those of burin/store.h. */
#ifndef BURIN_ADDRESS_H
#define BURIN_ADDRESS_H

#include "burin/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An address as it is read: the entity it begins with, and its steps, which are known to be well formed. Borrowed from the text. */
typedef struct burin_address {
    burin_entity entity;
    burin_text   path;
} burin_address;
/* BURIN_ERR_VALUE with the column of what is wrong, BURIN_ERR_UNICODE. */
BURIN_API burin_status burin_address_read(burin_text text, burin_address *out, burin_error *err);
/* Whether a text is an address; one that merely begins with '@' is not. */
BURIN_API bool burin_is_address(burin_text text);
/* The address of an entity: `@id`, `@id~tree:version` where they are not 0. Returns its length; `out` is NUL-terminated. */
enum { BURIN_ADDRESS_SIZE = 40 };
BURIN_API size_t burin_address_write(burin_entity entity, char out[BURIN_ADDRESS_SIZE]);

typedef enum burin_addressed_kind {
    BURIN_ADDRESSED_ENTITY,   /* `entity` */
    BURIN_ADDRESSED_CHILDREN, /* `children` of `holder` */
    BURIN_ADDRESSED_VALUE,    /* `value`; none also for a CHILD or REF without entity */
} burin_addressed_kind;

/* What an address names. */
typedef struct burin_addressed {
    burin_addressed_kind what;
    burin_entity         entity;
    burin_entity         holder;    /* whose attribute the last steps went through; id 0: none was */
    int                  attribute; /* of the holder; -1: none */
    bool                 inside;    /* the last step was not that attribute, but one further in */
    burin_children       children;  /* borrowed as burin_reader_children and burin_txn_children say */
    burin_value          value;     /* borrowed, or made in the heap */
} burin_addressed;
/* Find what an address names, as a pinned reader sees it, or a transaction with its own changes (of other versions than the newest:
 * without). heap: where DATA is made; it may be NULL where none is met.
 * Errors, with the column: BURIN_ERR_VALUE (no address), _KEY (no such entity, version or key), _GONE, _ATTRIBUTE, _INDEX,
 * _TYPE (a step into what has no parts). */
BURIN_API burin_status burin_reader_resolve(const burin_reader *reader, burin_text address, burin_heap *heap, burin_addressed *out, burin_error *err);
BURIN_API burin_status burin_txn_resolve(burin_txn *txn, burin_text address, burin_heap *heap, burin_addressed *out, burin_error *err);
/* Several, into `out` in their order: all, or the error of the first that fails, its message with that address before it. bad: its number; may be NULL. */
BURIN_API burin_status burin_reader_resolve_all(const burin_reader *reader, const burin_text *addresses, size_t count, burin_heap *heap, burin_addressed *out,
                                                size_t *bad, burin_error *err);
/* Set the attribute that an address names, as burin_txn_set. BURIN_ERR_TYPE for an address of an entity, of children or inside a value;
 * BURIN_ERR_USAGE for one of an old version. */
BURIN_API burin_status burin_txn_put(burin_txn *txn, burin_text address, burin_value value, burin_error *err);

#ifdef __cplusplus
}
#endif
#endif
