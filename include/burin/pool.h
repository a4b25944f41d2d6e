/* burin/pool.h: calls of registered functions that run on other threads.
 *
 *   pool    threads that take calls in the order they were started
 *   future  one such call: it can be waited for, asked, cancelled; its result is read when it is done
 *
 * A call that does not go through a pool knows nothing of it. The registry must outlive the futures of its functions. */
#ifndef BURIN_POOL_H
#define BURIN_POOL_H

#include "burin/registry.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Threads, and a queue of calls for them; a call that was started. */
typedef struct burin_pool   burin_pool;
typedef struct burin_future burin_future;

enum { BURIN_POOL_THREADS_MAX = 256 };

/* Start from {0}. */
typedef struct burin_pool_options {
    const burin_allocator *allocator; /* NULL: malloc; borrowed for the pool's life */
    uint32_t               threads;   /* 0: one */
    uint32_t               queue_max; /* calls that may wait; 0: no bound */
} burin_pool_options;
/* Returns NULL after filling `err`: BURIN_ERR_NOMEM, _OS (a thread could not be started), _LIMIT (too many). */
BURIN_API burin_pool *burin_pool_new(const burin_pool_options *options, burin_error *err);
/* Cancels what waits, waits for what runs, ends the threads. Futures stay readable, and the caller's to free. NULL is allowed. Not from a call that runs in it. */
BURIN_API void burin_pool_free(burin_pool *pool);

/* Start from {0}. */
typedef struct burin_start_options {
    burin_conflict_mode mode;    /* for the commit */
    uint32_t            retries; /* how often to run it again when it ended with BURIN_ERR_CONFLICT */
} burin_start_options;
/* Start a call. args: copied. options: may be NULL. Any thread. Errors: BURIN_ERR_LIMIT (the queue is full), _CANCELLED (the pool is ending, and the
 * call would be made from one that runs in it), _NOMEM, _TYPE (an argument that is no plain value). What is wrong with the call itself is found when it runs. */
BURIN_API burin_status burin_pool_start(burin_pool *pool, const burin_callable *callable, const burin_item *args, size_t count,
                                        const burin_start_options *options, burin_future **out, burin_error *err);

/* Whether it has ended. */
BURIN_API bool burin_future_done(const burin_future *future);
/* Wait until it has; at most so long, if timeout_ns is not negative: BURIN_ERR_TIMEOUT, which leaves err alone. Then what the call came to: its error is copied to err (may be NULL), and
 * *result is borrowed until the future is freed (NULL is allowed). Several threads may wait. */
BURIN_API burin_status burin_future_wait(burin_future *future, int64_t timeout_ns, const burin_result **result, burin_error *err);
/* Ask it to end. One that waits never runs, leaves no record, and has ended when this returns; one that runs is told by burin_invocation_cancelled, and commits nothing any more; for one
 * that has ended it is too late. It ends with BURIN_ERR_CANCELLED. */
BURIN_API void burin_future_cancel(burin_future *future);
/* Nobody may be waiting for it. One that has not ended goes on, unwatched. NULL is allowed. */
BURIN_API void burin_future_free(burin_future *future);

#ifdef __cplusplus
}
#endif
#endif
