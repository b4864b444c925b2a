/* SPDX-License-Identifier: MIT */
/* libsync through its public headers; every error number is checked. */
#include <config.h>

#include <libsync.h>

#include "peer.h"

const char bench_system[] = "libsync";
const char bench_version[] = SYNC_VERSION;
const char bench_traits[] = "";

#define HAS_MUTEX 1
#define HAS_TRYLOCK 1
typedef struct sync_mutex peer_mutex;

static inline peer_mutex *
peer_mutex_new(struct bench_run *r)
{
	peer_mutex *m = bench_alloc(sizeof(*m));

	(void)r;
	bench_check(sync_mutex_init(m, 0), "sync_mutex_init");
	return m;
}

static inline void
peer_mutex_delete(peer_mutex *m)
{
	bench_check(sync_mutex_destroy(m), "sync_mutex_destroy");
	bench_free(m);
}

static inline void peer_mutex_lock(peer_mutex *m) SYNC_NO_ANALYSIS;
static inline void
peer_mutex_lock(peer_mutex *m)
{
	bench_check(sync_mutex_lock(m), "sync_mutex_lock");
}

static inline void peer_mutex_unlock(peer_mutex *m) SYNC_NO_ANALYSIS;
static inline void
peer_mutex_unlock(peer_mutex *m)
{
	bench_check(sync_mutex_unlock(m), "sync_mutex_unlock");
}

static inline bool peer_mutex_trylock(peer_mutex *m) SYNC_NO_ANALYSIS;
static inline bool
peer_mutex_trylock(peer_mutex *m)
{
	return sync_mutex_trylock(m) == 0;
}

#define HAS_RMUTEX 1
typedef struct sync_rmutex peer_rmutex;

static inline peer_rmutex *
peer_rmutex_new(struct bench_run *r)
{
	peer_rmutex *m = bench_alloc(sizeof(*m));

	(void)r;
	bench_check(sync_rmutex_init(m, 0), "sync_rmutex_init");
	return m;
}

static inline void
peer_rmutex_delete(peer_rmutex *m)
{
	bench_check(sync_rmutex_destroy(m), "sync_rmutex_destroy");
	bench_free(m);
}

static inline void
peer_rmutex_lock(peer_rmutex *m)
{
	bench_check(sync_rmutex_lock(m), "sync_rmutex_lock");
}

static inline void
peer_rmutex_unlock(peer_rmutex *m)
{
	bench_check(sync_rmutex_unlock(m), "sync_rmutex_unlock");
}

#define HAS_RCOND 1
typedef struct sync_cond peer_rcond;

static inline peer_rcond *
peer_rcond_new(struct bench_run *r)
{
	peer_rcond *c = bench_alloc(sizeof(*c));

	(void)r;
	bench_check(sync_cond_init(c, 0), "sync_cond_init");
	return c;
}

static inline void
peer_rcond_delete(peer_rcond *c)
{
	bench_check(sync_cond_destroy(c), "sync_cond_destroy");
	bench_free(c);
}

static inline void
peer_rcond_wait(peer_rcond *c, peer_rmutex *m)
{
	bench_check(sync_cond_wait_rmutex(c, m), "sync_cond_wait_rmutex");
}

static inline void
peer_rcond_signal(peer_rcond *c)
{
	bench_check(sync_cond_signal(c), "sync_cond_signal");
}

#define HAS_SEM 1
typedef struct sync_sem peer_sem;

static inline peer_sem *
peer_sem_new(struct bench_run *r, unsigned value)
{
	peer_sem *s = bench_alloc(sizeof(*s));

	(void)r;
	bench_check(sync_sem_init(s, value, SYNC_SEM_MAX, 0), "sync_sem_init");
	return s;
}

static inline void
peer_sem_delete(peer_sem *s)
{
	bench_check(sync_sem_destroy(s), "sync_sem_destroy");
	bench_free(s);
}

static inline void
peer_sem_wait(peer_sem *s)
{
	bench_check(sync_sem_wait(s), "sync_sem_wait");
}

static inline void
peer_sem_post(peer_sem *s)
{
	bench_check(sync_sem_post(s), "sync_sem_post");
}

#define HAS_EVENT 1
typedef struct sync_event peer_event;

static inline peer_event *
peer_event_new(struct bench_run *r)
{
	peer_event *e = bench_alloc(sizeof(*e));

	(void)r;
	bench_check(sync_event_init(e, 0), "sync_event_init");
	return e;
}

static inline void
peer_event_delete(peer_event *e)
{
	bench_check(sync_event_destroy(e), "sync_event_destroy");
	bench_free(e);
}

static inline void
peer_event_set(peer_event *e)
{
	bench_check(sync_event_set(e), "sync_event_set");
}

static inline void
peer_event_wait(peer_event *e)
{
	bench_check(sync_event_wait(e), "sync_event_wait");
}

/* Queues: they have one type, so the kinds differ in the arguments of new. */

#define DEFINE_QUEUE(kind, order, element)                                     \
	typedef struct sync_queue peer_##kind;                                 \
	static inline peer_##kind *peer_##kind##_new(                          \
	    struct bench_run *r, size_t capacity)                              \
	{                                                                      \
		struct sync_queue *q = bench_alloc(sizeof(*q));                \
                                                                               \
		(void)r;                                                       \
		bench_check(                                                   \
		    sync_queue_init(q, order, sizeof(element), capacity),      \
		    "sync_queue_init");                                        \
		return q;                                                      \
	}                                                                      \
	static inline void peer_##kind##_delete(struct sync_queue *q)          \
	{                                                                      \
		bench_check(sync_queue_destroy(q), "sync_queue_destroy");      \
		bench_free(q);                                                 \
	}                                                                      \
	static inline void peer_##kind##_put(                                  \
	    struct sync_queue *q, const element *e)                            \
	{                                                                      \
		bench_check(sync_queue_put(q, e), "sync_queue_put");           \
	}                                                                      \
	static inline void peer_##kind##_get(                                  \
	    struct sync_queue *q, element *e)                                  \
	{                                                                      \
		bench_check(sync_queue_get(q, e), "sync_queue_get");           \
	}

#define HAS_FIFO 1
DEFINE_QUEUE(fifo, SYNC_FIFO, uint64_t)
#define HAS_FIFO64 1
DEFINE_QUEUE(fifo64, SYNC_FIFO, struct bench_wide)
#define HAS_LIFO 1
DEFINE_QUEUE(lifo, SYNC_LIFO, uint64_t)
#define HAS_PRIORITY 1
DEFINE_QUEUE(prio, SYNC_PRIORITY, struct bench_keyed)

#define HAS_BATCH 1
static inline void
peer_fifo_put_n(peer_fifo *q, const uint64_t *values, size_t n)
{
	bench_check(sync_queue_put_n(q, values, n, NULL), "sync_queue_put_n");
}

static inline size_t
peer_fifo_get_n(peer_fifo *q, uint64_t *values, size_t n)
{
	size_t got;

	bench_check(sync_queue_get_n(q, values, n, &got), "sync_queue_get_n");
	return got;
}

#define HAS_TIMERS 1
typedef struct {
	struct sync_timer_thread thread;
	struct sync_timer *timers;
	size_t n;
	void (*fired)(size_t i);
} peer_timers;

static void
timer_tick(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	peer_timers *timers = arg;

	(void)tick;
	timers->fired((size_t)(t - timers->timers));
}

static inline peer_timers *
peer_timers_new(struct bench_run *r, size_t n, void (*fired)(size_t i))
{
	peer_timers *timers = bench_alloc(sizeof(*timers));

	(void)r;
	bench_check(sync_timer_thread_init(&timers->thread, NULL),
	    "sync_timer_thread_init");
	timers->timers = bench_alloc(n * sizeof(*timers->timers));
	timers->n = n;
	timers->fired = fired;
	for (size_t i = 0; i < n; i++)
		bench_check(sync_timer_init(&timers->timers[i],
				&timers->thread, timer_tick, timers),
		    "sync_timer_init");
	return timers;
}

static inline void
peer_timers_delete(peer_timers *timers)
{
	bench_check(sync_timer_thread_stop(&timers->thread),
	    "sync_timer_thread_stop");
	for (size_t i = 0; i < timers->n; i++)
		bench_check(sync_timer_destroy(&timers->timers[i]),
		    "sync_timer_destroy");
	bench_check(sync_timer_thread_destroy(&timers->thread),
	    "sync_timer_thread_destroy");
	bench_free(timers->timers);
	bench_free(timers);
}

static inline void
peer_timers_arm(peer_timers *timers, size_t i, int64_t when)
{
	bench_check(sync_timer_arm(&timers->timers[i], when), "sync_timer_arm");
}

static inline void
peer_timers_cancel(peer_timers *timers, size_t i)
{
	bench_check(sync_timer_cancel(&timers->timers[i]),
	    "sync_timer_cancel");
}

#include "cases.h"
