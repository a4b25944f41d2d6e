/* Worker pools.
 *
 * A future has two holders, its owner and the pool, and goes with the last: so either may be done with it first. Its arguments are in a heap of
 * its own, where its result is made too. The pool's lock guards the queue and every future's state; ends are broadcast, since several may wait
 * for different futures. The lock outlives the pool as long as there are futures: both are counted in `holders`. */
#include "burin/pool.h"
#include "runtime/registry/registry.h"
#include "runtime/store/data.h"

#include <errno.h>

struct burin_pool {
    burin_allocator alloc;
    pthread_mutex_t lock;
    pthread_cond_t  work, ended;
    burin_future   *first, *last; /* waiting */
    uint32_t        waiting, queue_max;
    uint32_t        holders;      /* the owner and the futures */
    bool            closing;
    uint32_t        count;        /* threads */
    pthread_t       threads[];
};

struct burin_future {
    burin_pool           *pool;
    burin_future         *next;
    const burin_callable *callable;
    burin_start_options   options;
    burin_heap           *heap;
    volatile int          cancel;
    bool                  done;         /* one that was cancelled while it waited stays in the queue until it is met there */
    bool                  taken;        /* a worker has it */
    uint32_t              holders;
    burin_status          status;
    burin_error           err;
    burin_result          result;
    size_t                count;
    burin_item            args[BURIN_PARAMETERS_MAX];
};

/* ---- the ends of lives; under the lock, which is given up ---- */

static void drop_pool(burin_pool *p)
{
    bool last = --p->holders == 0;
    pthread_mutex_unlock(&p->lock);
    if (!last)
        return;
    burin_allocator alloc = p->alloc;
    pthread_cond_destroy(&p->work);
    pthread_cond_destroy(&p->ended);
    pthread_mutex_destroy(&p->lock);
    base_free(&alloc, p, sizeof *p + p->count * sizeof *p->threads);
}

static void drop_future(burin_future *f)
{
    burin_pool *p = f->pool;
    if (--f->holders) {
        pthread_mutex_unlock(&p->lock);
        return;
    }
    burin_result_clear(f->callable->registry, &f->result);
    burin_error_clear(&f->err);
    burin_heap_free(f->heap);
    base_free(&p->alloc, f, sizeof *f);
    drop_pool(p);
}

/* ---- workers ---- */

static void end(burin_future *f, burin_status status)
{
    f->status = status;
    f->done   = true;
    pthread_cond_broadcast(&f->pool->ended);
}

/* One that waits ends without having run. */
static void end_waiting(burin_future *f)
{
    es_fail(&f->err, BURIN_ERR_CANCELLED, "%s() was cancelled", f->callable->info.name);
    f->pool->waiting--;
    end(f, BURIN_ERR_CANCELLED);
}

static burin_status run(burin_future *f)
{
    burin_invoke_options options = {.heap = f->heap, .mode = f->options.mode, .cancel = &f->cancel};
    burin_status         status  = BURIN_OK;
    for (uint32_t tries = 0; tries <= f->options.retries; tries++) {
        burin_error_clear(&f->err);
        burin_result_clear(f->callable->registry, &f->result);
        status = burin_invoke(f->callable, f->args, f->count, &options, &f->result, &f->err);
        if (status != BURIN_ERR_CONFLICT)
            break;
    }
    return status;
}

static void *work(void *pool)
{
    burin_pool *p = pool;
    pthread_mutex_lock(&p->lock);
    while (!p->closing) {
        burin_future *f = p->first;
        if (!f) {
            pthread_cond_wait(&p->work, &p->lock);
            continue;
        }
        p->first = f->next;
        p->last  = p->first ? p->last : NULL;
        f->taken = true;
        if (!f->done) {
            p->waiting--;
            pthread_mutex_unlock(&p->lock);
            burin_status status = run(f);
            pthread_mutex_lock(&p->lock);
            end(f, status);
        }
        drop_future(f);
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* ---- pools ---- */

burin_pool *burin_pool_new(const burin_pool_options *options, burin_error *err)
{
    burin_pool_options o       = options ? *options : (burin_pool_options){0};
    burin_allocator    alloc   = o.allocator ? *o.allocator : base_malloc_allocator;
    uint32_t           threads = o.threads ? o.threads : 1;
    if (threads > BURIN_POOL_THREADS_MAX) {
        es_fail(err, BURIN_ERR_LIMIT, "a pool has at most %d threads", BURIN_POOL_THREADS_MAX);
        return NULL;
    }
    burin_pool *p = base_alloc(&alloc, sizeof *p + threads * sizeof *p->threads);
    if (!p) {
        rg_no_memory(err);
        return NULL;
    }
    memset(p, 0, sizeof *p);
    p->alloc     = alloc;
    p->queue_max = o.queue_max ? o.queue_max : UINT32_MAX;
    p->holders   = 1;
    monotonic_condition(&p->ended);
    pthread_cond_init(&p->work, NULL);
    pthread_mutex_init(&p->lock, NULL);
    uint32_t started = 0;
    while (started < threads && pthread_create(&p->threads[started], NULL, work, p) == 0)
        started++;
    p->count = threads;
    if (started == threads)
        return p;
    pthread_mutex_lock(&p->lock);
    p->closing = true; /* no future can be there yet */
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    for (uint32_t n = 0; n < started; n++)
        pthread_join(p->threads[n], NULL);
    pthread_mutex_lock(&p->lock);
    drop_pool(p);
    es_fail(err, BURIN_ERR_OS, "a thread could not be started");
    return NULL;
}

void burin_pool_free(burin_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->closing = true;
    pthread_cond_broadcast(&pool->work);
    while (pool->first) {
        burin_future *f = pool->first;
        pool->first     = f->next;
        if (!f->done)
            end_waiting(f);
        drop_future(f);
        pthread_mutex_lock(&pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    for (uint32_t n = 0; n < pool->count; n++)
        pthread_join(pool->threads[n], NULL);
    pthread_mutex_lock(&pool->lock);
    drop_pool(pool);
}

/* ---- starting ---- */

/* A copy of an argument that the future owns. */
static burin_status copy_item(burin_future *f, const burin_item *item, burin_item *out, burin_error *err)
{
    *out = *item;
    if (item->entity.id || item->value.kind <= BURIN_FLOAT)
        return BURIN_OK;
    if (item->value.kind == BURIN_STRING) {
        if (diag_check_text(err, burin_text_of(item->value)))
            return BURIN_ERR_UNICODE;
        out->value = burin_string(f->heap, item->value.as.s, item->value.len);
        return out->value.kind == BURIN_MISSING ? rg_no_memory(err) : BURIN_OK;
    }
    buf          bytes  = buf_make(&f->pool->alloc);
    burin_status status = es_data_encode(&bytes, item->value, err);
    if (status == BURIN_OK)
        status = es_data_value(f->heap, buf_text(&bytes), &out->value, err);
    buf_deinit(&bytes);
    return status;
}

static burin_status enqueue(burin_future *f, burin_error *err)
{
    burin_pool  *p      = f->pool;
    burin_status status = BURIN_OK;
    pthread_mutex_lock(&p->lock);
    if (p->closing) {
        status = es_fail(err, BURIN_ERR_CANCELLED, "%s() was cancelled: the pool is ending", f->callable->info.name);
    } else if (p->waiting == p->queue_max) {
        status = es_fail(err, BURIN_ERR_LIMIT, "%u calls wait already", p->waiting);
    } else {
        if (p->last)
            p->last->next = f;
        else
            p->first = f;
        p->last = f;
        p->waiting++;
        p->holders++;
        pthread_cond_signal(&p->work);
    }
    pthread_mutex_unlock(&p->lock);
    return status;
}

burin_status burin_pool_start(burin_pool *pool, const burin_callable *callable, const burin_item *args, size_t count, const burin_start_options *options,
                              burin_future **out, burin_error *err)
{
    if (count > BURIN_PARAMETERS_MAX)
        return es_fail(err, BURIN_ERR_TYPE, "%s() got more arguments than a function may have", callable->info.name);
    burin_future *f      = base_alloc(&pool->alloc, sizeof *f);
    burin_heap   *heap   = burin_heap_new(&pool->alloc);
    burin_status  status = BURIN_OK;
    if (!f || !heap)
        status = rg_no_memory(err);
    if (status == BURIN_OK) {
        *f = (burin_future){.pool = pool, .callable = callable, .heap = heap, .holders = 2, .count = count, .err = BURIN_ERROR_INIT};
        if (options)
            f->options = *options;
    }
    for (size_t n = 0; n < count && !status; n++)
        status = copy_item(f, &args[n], &f->args[n], err);
    if (status == BURIN_OK)
        status = enqueue(f, err);
    if (status == BURIN_OK) {
        *out = f;
        return BURIN_OK;
    }
    burin_heap_free(heap);
    base_free(&pool->alloc, f, sizeof *f);
    return status;
}

/* ---- futures ---- */

bool burin_future_done(const burin_future *future)
{
    pthread_mutex_lock(&future->pool->lock);
    bool done = future->done;
    pthread_mutex_unlock(&future->pool->lock);
    return done;
}

burin_status burin_future_wait(burin_future *future, int64_t timeout_ns, const burin_result **result, burin_error *err)
{
    burin_pool     *p     = future->pool;
    struct timespec until = monotonic_after(timeout_ns < 0 ? 0 : (uint64_t)timeout_ns);
    int             waked = 0;
    pthread_mutex_lock(&p->lock);
    while (!future->done && waked != ETIMEDOUT)
        waked = timeout_ns < 0 ? pthread_cond_wait(&p->ended, &p->lock) : pthread_cond_timedwait(&p->ended, &p->lock, &until);
    bool done = future->done;
    pthread_mutex_unlock(&p->lock);
    if (!done)
        return BURIN_ERR_TIMEOUT;
    if (result)
        *result = &future->result;
    return future->status ? es_fail(err, future->status, "%s", future->err.message ? future->err.message : "out of memory") : BURIN_OK;
}

void burin_future_cancel(burin_future *future)
{
    pthread_mutex_lock(&future->pool->lock);
    __atomic_store_n(&future->cancel, 1, __ATOMIC_RELAXED);
    if (!future->taken && !future->done)
        end_waiting(future);
    pthread_mutex_unlock(&future->pool->lock);
}

void burin_future_free(burin_future *future)
{
    if (!future)
        return;
    pthread_mutex_lock(&future->pool->lock);
    drop_future(future);
}
