/* SPDX-License-Identifier: MIT */
/*
 * libuv: uv_mutex_t, uv_sem_t, uv_cond_t.  Its timers belong to the thread of
 * their loop alone and count milliseconds, so they are left out.
 */
#include <config.h>

#include <uv.h>

#include "peer.h"

const char bench_system[] = "libuv";
#define TEXT(x)  #x
#define TEXT2(x) TEXT(x)
const char bench_version[] = TEXT2(UV_VERSION_MAJOR) "."
    TEXT2(UV_VERSION_MINOR) "." TEXT2(UV_VERSION_PATCH);
const char bench_traits[] = "";

#define HAS_MUTEX   1
#define HAS_TRYLOCK 1
typedef uv_mutex_t peer_mutex;

static inline peer_mutex *
peer_mutex_new(struct bench_run *r)
{
	peer_mutex *m = bench_alloc(sizeof(*m));

	(void)r;
	bench_check(uv_mutex_init(m), "uv_mutex_init");
	return m;
}

static inline void
peer_mutex_delete(peer_mutex *m)
{
	uv_mutex_destroy(m);
	bench_free(m);
}

static inline void
peer_mutex_lock(peer_mutex *m)
{
	uv_mutex_lock(m);
}

static inline void
peer_mutex_unlock(peer_mutex *m)
{
	uv_mutex_unlock(m);
}

static inline bool
peer_mutex_trylock(peer_mutex *m)
{
	return uv_mutex_trylock(m) == 0;
}

#define HAS_RMUTEX 1
typedef uv_mutex_t peer_rmutex;

static inline peer_rmutex *
peer_rmutex_new(struct bench_run *r)
{
	peer_rmutex *m = bench_alloc(sizeof(*m));

	(void)r;
	bench_check(uv_mutex_init_recursive(m), "uv_mutex_init_recursive");
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
	uv_mutex_lock(m);
}

static inline void
peer_rmutex_unlock(peer_rmutex *m)
{
	uv_mutex_unlock(m);
}

#define HAS_SEM 1
typedef uv_sem_t peer_sem;

static inline peer_sem *
peer_sem_new(struct bench_run *r, unsigned value)
{
	peer_sem *s = bench_alloc(sizeof(*s));

	(void)r;
	bench_check(uv_sem_init(s, value), "uv_sem_init");
	return s;
}

static inline void
peer_sem_delete(peer_sem *s)
{
	uv_sem_destroy(s);
	bench_free(s);
}

static inline void
peer_sem_wait(peer_sem *s)
{
	uv_sem_wait(s);
}

static inline void
peer_sem_post(peer_sem *s)
{
	uv_sem_post(s);
}

#define HAS_EVENT 1
typedef struct {
	uv_mutex_t lock;
	uv_cond_t is_set;
	bool set;
} peer_event;

static inline peer_event *
peer_event_new(struct bench_run *r)
{
	peer_event *e = bench_alloc(sizeof(*e));

	(void)r;
	bench_check(uv_mutex_init(&e->lock), "uv_mutex_init");
	bench_check(uv_cond_init(&e->is_set), "uv_cond_init");
	return e;
}

static inline void
peer_event_delete(peer_event *e)
{
	uv_cond_destroy(&e->is_set);
	uv_mutex_destroy(&e->lock);
	bench_free(e);
}

static inline void
peer_event_set(peer_event *e)
{
	uv_mutex_lock(&e->lock);
	e->set = true;
	uv_cond_broadcast(&e->is_set);
	uv_mutex_unlock(&e->lock);
}

static inline void
peer_event_wait(peer_event *e)
{
	uv_mutex_lock(&e->lock);
	while (!e->set)
		uv_cond_wait(&e->is_set, &e->lock);
	uv_mutex_unlock(&e->lock);
}

#include "cases.h"
