/* What the compiler says of itself, and what is asked of it. */
#ifndef BURIN_BASE_TOOLCHAIN_H
#define BURIN_BASE_TOOLCHAIN_H

#define BURIN_LIKELY(x) __builtin_expect(!!(x), 1)
#define BURIN_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Which sanitizer is this instrumented by? gcc tells by macros, clang by features. */
#ifdef __has_feature
#define BURIN_HAS_FEATURE(name) __has_feature(name)
#else
#define BURIN_HAS_FEATURE(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || BURIN_HAS_FEATURE(address_sanitizer)
#define BURIN_ADDRESS_SANITIZER 1
#else
#define BURIN_ADDRESS_SANITIZER 0
#endif
#if defined(__SANITIZE_THREAD__) || BURIN_HAS_FEATURE(thread_sanitizer)
#define BURIN_THREAD_SANITIZER 1
#else
#define BURIN_THREAD_SANITIZER 0
#endif
#if BURIN_ADDRESS_SANITIZER || BURIN_THREAD_SANITIZER || BURIN_HAS_FEATURE(memory_sanitizer)
#define BURIN_SANITIZED 1
#else
#define BURIN_SANITIZED 0
#endif

/* Inlined wherever it is called: for the hot paths. A sanitizer's checks make the loop that all instructions are inlined into
 * so large that compilers take minutes for it; there the compiler chooses. */
#if BURIN_SANITIZED
#define BURIN_INLINE inline
#else
#define BURIN_INLINE inline __attribute__((always_inline))
#endif

#endif
