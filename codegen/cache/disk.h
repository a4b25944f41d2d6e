/* Objects of native code in a folder, shared by processes and kept between them.
 *
 * What is loaded from here runs, so the folder has to be the user's own and closed to everybody else (0700), and so do its files;
 * otherwise nothing is read or written. A file is written beside its name and renamed, so it is whole or not there; a
 * checksum finds what a crash or a bad disk made of it, and such a file is removed.
 * Its name is a key: a strong hash of the request (what code is to be made, with the ABI, options and processor) and of the
 * build id of burin-jit, and with it the options that it gives libgccjit. The file of libgccjit itself can be replaced under the same
 * burin-jit: an entry notes which it was, and is no use once that file is another. Nothing else is trusted to be the same.
 * There is no state but the folder's: any thread, any process, before and after forks. */
#ifndef BURIN_CODEGEN_DISK_H
#define BURIN_CODEGEN_DISK_H

#include "codegen/cache/builder.h"
#include "runtime/base/blake2b.h"

typedef struct disk {
    const char *folder;
    uint64_t    size_max; /* bytes; beyond that what was used longest ago is removed */
} disk;

typedef struct disk_key {
    uint8_t bytes[BLAKE2B_SIZE];
} disk_key;

disk_key disk_key_of(const uint8_t builder[BUILDER_SIZE], burin_text request);

/* What is kept under the key, in place of what `out` held. False: nothing. */
bool disk_get(const disk *d, const disk_key *key, buf *out);
/* Keep what `library` made of the request; makes the folder. NULL, or why it could not be kept (a literal), which only costs the next compilation. */
const char *disk_put(const disk *d, const disk_key *key, const builder_library *library, burin_text object);
void disk_remove(const disk *d, const disk_key *key);

typedef struct disk_entry {
    const char *name;
    uint64_t    size; /* of the file, in bytes */
    int64_t     used; /* when it was last written or read, give or take an hour; seconds since 1970 */
    const char *why;  /* what is wrong with it; NULL: nothing */
} disk_entry;

/* Call for every file, in no order; `look_inside`: verify contents too. Removing the entry meanwhile is allowed.
 * Returns  NULL, or what is wrong with the folder: a literal. One that does not exist is empty. */
const char *disk_each(const disk *d, bool look_inside, void (*call)(void *user, const disk_entry *entry), void *user);
/* Remove every file of the cache; the folder stays, and so does what is not of the cache. */
const char *disk_clear(const disk *d);

#endif
