/* burin/types.h: the types every other public header uses.
 *
 * Strings are UTF-8, given as pointer and length in bytes; they need no terminating NUL and may hold NULs. Whatever keeps text longer than its call
 * sees to it, values and what is in them included: BURIN_ERR_UNICODE (of whole sources BURIN_ERR_UNICODE_DECODE), and nothing is changed; constructors of
 * values give BURIN_MISSING. Of text that is only borrowed it is the caller's promise.
 * Every function that can fail returns a burin_status and fills a burin_error owned by the caller.
 * The library keeps no global mutable state, never calls exit, abort or longjmp, and touches no signal or locale. */
#ifndef BURIN_TYPES_H
#define BURIN_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(BURIN_STATIC)
#define BURIN_API
#elif defined(__GNUC__)
#define BURIN_API __attribute__((visibility("default")))
#else
#define BURIN_API
#endif

#if defined(__GNUC__)
#define BURIN_PRINTF(format_index, first_argument) __attribute__((format(printf, format_index, first_argument)))
#define BURIN_ALIGNED(bytes) __attribute__((aligned(bytes)))
#else
#define BURIN_PRINTF(format_index, first_argument)
#define BURIN_ALIGNED(bytes)
#endif

/* What a call came to. The rows of burin/status.def: the Python or Jinja2 class each stands for is burin_status_class(). */
typedef enum burin_status {
#define STATUS(NAME, class_name, meaning) BURIN_##NAME,
#include "burin/status.def"
#undef STATUS
    BURIN_STATUS_COUNT
} burin_status;

/* A piece of UTF-8 text. Borrowed: whoever hands one over keeps the bytes alive as long as the call's contract says. */
typedef struct burin_text {
    const char *data; /* may be NULL when len is 0 */
    size_t      len;  /* bytes */
} burin_text;

/* A burin_text for a string literal. BURIN_CAST_ is for these headers. */
#ifdef __cplusplus
#define BURIN_TEXT(literal) (burin_text{"" literal, sizeof(literal) - 1})
#define BURIN_CAST_(type, x) static_cast<type>(x)
#else
#define BURIN_TEXT(literal) ((burin_text){"" literal, sizeof(literal) - 1})
#define BURIN_CAST_(type, x) ((type)(x))
#endif

/* Where memory comes from. `resize(user, NULL, 0, n)` allocates, `resize(user, p, old, 0)` frees; it returns NULL on
 * failure and then leaves `p` as it was. Must be callable from every thread that uses the environment. Like Lua's lua_Alloc.
 * What may outlive an environment comes from malloc all the same: the texts of a burin_error, the library's loaders and what loaders
 * hand over, and every result that is said to be malloc'ed. A render in which nothing is loaded and nothing fails takes none of it. */
typedef struct burin_allocator {
    void *(*resize)(void *user, void *block, size_t old_size, size_t new_size);
    void *user;
} burin_allocator;

/* The Python (or Jinja2) exception class a status stands for: "UndefinedError", "TypeError", ... ; "" for BURIN_OK. Static text. */
BURIN_API const char *burin_status_class(burin_status status);

#ifdef __cplusplus
}
#endif
#endif
