/* SPDX-License-Identifier: MIT */
/*
 * APR: apr_thread_mutex, and apr_queue.  The elements of apr_queue are
 * pointers, so only elements of eight bytes are put, as pointers.  apr_queue is
 * in APR-util.
 */
#include <config.h>

#include <apr_general.h>
#include <apr_pools.h>
#include <apr_thread_cond.h>
#include <apr_thread_mutex.h>
#include <apr_version.h>
#if HAVE_APR_QUEUE
#include <apr_queue.h>
#endif

#include "peer.h"

const char bench_system[] = "apr";
const char bench_version[] = APR_VERSION_STRING;
const char bench_traits[] = "";

/* One pool for the life of the program, made by the main thread. */
static apr_pool_t *
pool(void)
{
	static apr_pool_t *only;

	if (only == NULL) {
		bench_check(apr_initialize(), "apr_initialize");
		bench_check(apr_pool_create(&only, NULL), "apr_pool_create");
	}
	return only;
}

#define HAS_MUTEX   1
#define HAS_TRYLOCK 1
typedef apr_thread_mutex_t peer_mutex;

static inline peer_mutex *
peer_mutex_new(struct bench_run *r)
{
	peer_mutex *m;

	(void)r;
	bench_check(
	    apr_thread_mutex_create(&m, APR_THREAD_MUTEX_UNNESTED, pool()),
	    "apr_thread_mutex_create");
	return m;
}

static inline void
peer_mutex_delete(peer_mutex *m)
{
	bench_check(apr_thread_mutex_destroy(m), "apr_thread_mutex_destroy");
}

static inline void
peer_mutex_lock(peer_mutex *m)
{
	bench_check(apr_thread_mutex_lock(m), "apr_thread_mutex_lock");
}

static inline void
peer_mutex_unlock(peer_mutex *m)
{
	bench_check(apr_thread_mutex_unlock(m), "apr_thread_mutex_unlock");
}

static inline bool
peer_mutex_trylock(peer_mutex *m)
{
	return apr_thread_mutex_trylock(m) == APR_SUCCESS;
}

#define HAS_RMUTEX 1
typedef apr_thread_mutex_t peer_rmutex;

static inline peer_rmutex *
peer_rmutex_new(struct bench_run *r)
{
	peer_rmutex *m;

	(void)r;
	bench_check(
	    apr_thread_mutex_create(&m, APR_THREAD_MUTEX_NESTED, pool()),
	    "apr_thread_mutex_create");
	return m;
}

static inline void
peer_rmutex_delete(peer_rmutex *m)
{
	peer_mutex_delete(m);
}

static inline void
peer_rmutex_lock(peer_rmutex *m)
{
	peer_mutex_lock(m);
}

static inline void
peer_rmutex_unlock(peer_rmutex *m)
{
	peer_mutex_unlock(m);
}

#define HAS_EVENT 1
typedef struct {
	apr_thread_mutex_t *lock;
	apr_thread_cond_t *is_set;
	bool set;
} peer_event;

static inline peer_event *
peer_event_new(struct bench_run *r)
{
	peer_event *e = bench_alloc(sizeof(*e));

	e->lock = peer_mutex_new(r);
	bench_check(apr_thread_cond_create(&e->is_set, pool()),
	    "apr_thread_cond_create");
	return e;
}

static inline void
peer_event_delete(peer_event *e)
{
	(void)apr_thread_cond_destroy(e->is_set);
	peer_mutex_delete(e->lock);
	bench_free(e);
}

static inline void
peer_event_set(peer_event *e)
{
	peer_mutex_lock(e->lock);
	e->set = true;
	bench_check(apr_thread_cond_broadcast(e->is_set),
	    "apr_thread_cond_broadcast");
	peer_mutex_unlock(e->lock);
}

static inline void
peer_event_wait(peer_event *e)
{
	peer_mutex_lock(e->lock);
	while (!e->set)
		bench_check(apr_thread_cond_wait(e->is_set, e->lock),
		    "apr_thread_cond_wait");
	peer_mutex_unlock(e->lock);
}

#if HAVE_APR_QUEUE
#define HAS_FIFO 1
typedef apr_queue_t peer_fifo;

static apr_pool_t *queue_pool; /* of the one queue there is at a time */

static inline peer_fifo *
peer_fifo_new(struct bench_run *r, size_t capacity)
{
	peer_fifo *q;

	(void)r;
	bench_check(apr_pool_create(&queue_pool, pool()), "apr_pool_create");
	bench_check(apr_queue_create(&q, (unsigned)capacity, queue_pool),
	    "apr_queue_create");
	return q;
}

static inline void
peer_fifo_delete(peer_fifo *q)
{
	bench_check(apr_queue_term(q), "apr_queue_term");
	apr_pool_destroy(queue_pool);
}

static inline void
peer_fifo_put(peer_fifo *q, const uint64_t *element)
{
	apr_status_t err;

	do {
		err = apr_queue_push(q, (void *)(uintptr_t)*element);
	} while (err == APR_EINTR);
	bench_check(err, "apr_queue_push");
}

static inline void
peer_fifo_get(peer_fifo *q, uint64_t *element)
{
	apr_status_t err;
	void *data;

	do {
		err = apr_queue_pop(q, &data);
	} while (err == APR_EINTR);
	bench_check(err, "apr_queue_pop");
	*element = (uintptr_t)data;
}
#endif /* HAVE_APR_QUEUE */

#include "cases.h"
