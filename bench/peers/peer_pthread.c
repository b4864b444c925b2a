/* SPDX-License-Identifier: MIT */
/*
 * What one writes with POSIX alone: mutexes, sem_t, and monitors of a mutex and
 * condition variables for everything else (the queue is twin_queue.c).  The
 * variants are kinds of mutex: errorcheck, and adaptive if the system has it.
 */
#include <config.h>

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <unistd.h>

#include "../twin_queue.h"
#include "peer.h"

const char bench_system[] = "pthread";
const char bench_version[] = "";
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
const char bench_traits[] = "variants:errorcheck,adaptive";
#else
const char bench_traits[] = "variants:errorcheck";
#endif

static int
mutex_type(const char *variant)
{
	if (strcmp(variant, "errorcheck") == 0)
		return PTHREAD_MUTEX_ERRORCHECK;
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
	if (strcmp(variant, "adaptive") == 0)
		return PTHREAD_MUTEX_ADAPTIVE_NP;
#endif
	return PTHREAD_MUTEX_DEFAULT;
}

static pthread_mutex_t *
mutex_of_type(int type)
{
	pthread_mutex_t *m = bench_alloc(sizeof(*m));
	pthread_mutexattr_t attr;

	bench_check(pthread_mutexattr_init(&attr), "pthread_mutexattr_init");
	bench_check(pthread_mutexattr_settype(&attr, type),
	    "pthread_mutexattr_settype");
	bench_check(pthread_mutex_init(m, &attr), "pthread_mutex_init");
	(void)pthread_mutexattr_destroy(&attr);
	return m;
}

static inline void
mutex_delete(pthread_mutex_t *m)
{
	bench_check(pthread_mutex_destroy(m), "pthread_mutex_destroy");
	bench_free(m);
}

#define HAS_MUTEX   1
#define HAS_TRYLOCK 1
typedef pthread_mutex_t peer_mutex;

static inline peer_mutex *
peer_mutex_new(struct bench_run *r)
{
	return mutex_of_type(mutex_type(r->variant));
}

static inline void
peer_mutex_delete(peer_mutex *m)
{
	mutex_delete(m);
}

static inline void
peer_mutex_lock(peer_mutex *m)
{
	bench_check(pthread_mutex_lock(m), "pthread_mutex_lock");
}

static inline void
peer_mutex_unlock(peer_mutex *m)
{
	bench_check(pthread_mutex_unlock(m), "pthread_mutex_unlock");
}

static inline bool
peer_mutex_trylock(peer_mutex *m)
{
	return pthread_mutex_trylock(m) == 0;
}

#define HAS_RMUTEX 1
typedef pthread_mutex_t peer_rmutex;

static inline peer_rmutex *
peer_rmutex_new(struct bench_run *r)
{
	(void)r;
	return mutex_of_type(PTHREAD_MUTEX_RECURSIVE);
}

static inline void
peer_rmutex_delete(peer_rmutex *m)
{
	mutex_delete(m);
}

static inline void
peer_rmutex_lock(peer_rmutex *m)
{
	bench_check(pthread_mutex_lock(m), "pthread_mutex_lock");
}

static inline void
peer_rmutex_unlock(peer_rmutex *m)
{
	bench_check(pthread_mutex_unlock(m), "pthread_mutex_unlock");
}

#define HAS_RCOND 1
typedef pthread_cond_t peer_rcond;

static inline peer_rcond *
peer_rcond_new(struct bench_run *r)
{
	peer_rcond *c = bench_alloc(sizeof(*c));

	(void)r;
	bench_check(pthread_cond_init(c, NULL), "pthread_cond_init");
	return c;
}

static inline void
peer_rcond_delete(peer_rcond *c)
{
	bench_check(pthread_cond_destroy(c), "pthread_cond_destroy");
	bench_free(c);
}

static inline void
peer_rcond_wait(peer_rcond *c, peer_rmutex *m)
{
	bench_check(pthread_cond_wait(c, m), "pthread_cond_wait");
}

static inline void
peer_rcond_signal(peer_rcond *c)
{
	bench_check(pthread_cond_signal(c), "pthread_cond_signal");
}

#if defined(_POSIX_SEMAPHORES) && _POSIX_SEMAPHORES > 0
#define HAS_SEM 1
typedef sem_t peer_sem;

static inline peer_sem *
peer_sem_new(struct bench_run *r, unsigned value)
{
	peer_sem *s = bench_alloc(sizeof(*s));

	(void)r;
	bench_check(sem_init(s, 0, value), "sem_init");
	return s;
}

static inline void
peer_sem_delete(peer_sem *s)
{
	bench_check(sem_destroy(s), "sem_destroy");
	bench_free(s);
}

static inline void
peer_sem_wait(peer_sem *s)
{
	while (__builtin_expect(sem_wait(s) != 0, 0))
		if (errno != EINTR)
			bench_fail("sem_wait");
}

static inline void
peer_sem_post(peer_sem *s)
{
	bench_check(sem_post(s), "sem_post");
}
#endif

#define HAS_EVENT 1
typedef struct {
	pthread_mutex_t lock;
	pthread_cond_t is_set;
	bool set;
} peer_event;

static inline peer_event *
peer_event_new(struct bench_run *r)
{
	peer_event *e = bench_alloc(sizeof(*e));

	(void)r;
	bench_check(pthread_mutex_init(&e->lock, NULL), "pthread_mutex_init");
	bench_check(pthread_cond_init(&e->is_set, NULL), "pthread_cond_init");
	return e;
}

static inline void
peer_event_delete(peer_event *e)
{
	(void)pthread_cond_destroy(&e->is_set);
	(void)pthread_mutex_destroy(&e->lock);
	bench_free(e);
}

static inline void
peer_event_set(peer_event *e)
{
	bench_check(pthread_mutex_lock(&e->lock), "pthread_mutex_lock");
	e->set = true;
	bench_check(pthread_cond_broadcast(&e->is_set),
	    "pthread_cond_broadcast");
	bench_check(pthread_mutex_unlock(&e->lock), "pthread_mutex_unlock");
}

static inline void
peer_event_wait(peer_event *e)
{
	bench_check(pthread_mutex_lock(&e->lock), "pthread_mutex_lock");
	while (!e->set)
		bench_check(pthread_cond_wait(&e->is_set, &e->lock),
		    "pthread_cond_wait");
	bench_check(pthread_mutex_unlock(&e->lock), "pthread_mutex_unlock");
}

#define DEFINE_QUEUE(kind, order, element)                                     \
	typedef struct twin_queue peer_##kind;                                 \
	static inline peer_##kind *peer_##kind##_new(                          \
	    struct bench_run *r, size_t capacity)                              \
	{                                                                      \
		struct twin_queue *q = bench_alloc(sizeof(*q));                \
                                                                               \
		(void)r;                                                       \
		bench_check(                                                   \
		    twin_queue_init(q, order, sizeof(element), capacity),      \
		    "twin_queue_init");                                        \
		return q;                                                      \
	}                                                                      \
	static inline void peer_##kind##_delete(struct twin_queue *q)          \
	{                                                                      \
		twin_queue_destroy(q);                                         \
		bench_free(q);                                                 \
	}                                                                      \
	static inline void peer_##kind##_put(                                  \
	    struct twin_queue *q, const element *e)                            \
	{                                                                      \
		bench_check(twin_queue_put(q, e), "twin_queue_put");           \
	}                                                                      \
	static inline void peer_##kind##_get(                                  \
	    struct twin_queue *q, element *e)                                  \
	{                                                                      \
		bench_check(twin_queue_get(q, e), "twin_queue_get");           \
	}

#define HAS_FIFO 1
DEFINE_QUEUE(fifo, TWIN_FIFO, uint64_t)
#define HAS_FIFO64 1
DEFINE_QUEUE(fifo64, TWIN_FIFO, struct bench_wide)
#define HAS_LIFO 1
DEFINE_QUEUE(lifo, TWIN_LIFO, uint64_t)
#define HAS_PRIORITY 1
DEFINE_QUEUE(prio, TWIN_PRIORITY, struct bench_keyed)

#define HAS_BATCH 1
static inline void
peer_fifo_put_n(peer_fifo *q, const uint64_t *values, size_t n)
{
	bench_check(twin_queue_put_n(q, values, n), "twin_queue_put_n");
}

static inline size_t
peer_fifo_get_n(peer_fifo *q, uint64_t *values, size_t n)
{
	size_t got;

	bench_check(twin_queue_get_n(q, values, n, &got), "twin_queue_get_n");
	return got;
}

#include "cases.h"
