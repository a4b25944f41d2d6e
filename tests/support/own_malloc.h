/* OWN_MALLOC: may a test put its own malloc in the place of the C library's? Not where a sanitizer has done so. */
#ifndef BURIN_TESTS_SUPPORT_OWN_MALLOC_H
#define BURIN_TESTS_SUPPORT_OWN_MALLOC_H

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OWN_MALLOC 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define OWN_MALLOC 0
#else
#define OWN_MALLOC 1
#endif
#else
#define OWN_MALLOC 1
#endif

#endif
