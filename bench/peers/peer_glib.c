/* SPDX-License-Identifier: MIT */
/*
 * GLib: GMutex, GRecMutex, GCond.  It has no semaphore; GAsyncQueue has no
 * bound; timeouts count milliseconds.
 */
#include <config.h>

#include <glib.h>

#include "peer.h"

const char bench_system[] = "glib";
const char bench_version[] = G_STRINGIFY(GLIB_MAJOR_VERSION) "."
    G_STRINGIFY(GLIB_MINOR_VERSION) "." G_STRINGIFY(GLIB_MICRO_VERSION);
const char bench_traits[] = "";

#define HAS_MUTEX   1
#define HAS_TRYLOCK 1
typedef GMutex peer_mutex;

static inline peer_mutex *
peer_mutex_new(struct bench_run *r)
{
	peer_mutex *m = bench_alloc(sizeof(*m));

	(void)r;
	g_mutex_init(m);
	return m;
}

static inline void
peer_mutex_delete(peer_mutex *m)
{
	g_mutex_clear(m);
	bench_free(m);
}

static inline void
peer_mutex_lock(peer_mutex *m)
{
	g_mutex_lock(m);
}

static inline void
peer_mutex_unlock(peer_mutex *m)
{
	g_mutex_unlock(m);
}

static inline bool
peer_mutex_trylock(peer_mutex *m)
{
	return g_mutex_trylock(m);
}

#define HAS_RMUTEX 1
typedef GRecMutex peer_rmutex;

static inline peer_rmutex *
peer_rmutex_new(struct bench_run *r)
{
	peer_rmutex *m = bench_alloc(sizeof(*m));

	(void)r;
	g_rec_mutex_init(m);
	return m;
}

static inline void
peer_rmutex_delete(peer_rmutex *m)
{
	g_rec_mutex_clear(m);
	bench_free(m);
}

static inline void
peer_rmutex_lock(peer_rmutex *m)
{
	g_rec_mutex_lock(m);
}

static inline void
peer_rmutex_unlock(peer_rmutex *m)
{
	g_rec_mutex_unlock(m);
}

#define HAS_EVENT 1
typedef struct {
	GMutex lock;
	GCond is_set;
	bool set;
} peer_event;

static inline peer_event *
peer_event_new(struct bench_run *r)
{
	peer_event *e = bench_alloc(sizeof(*e));

	(void)r;
	g_mutex_init(&e->lock);
	g_cond_init(&e->is_set);
	return e;
}

static inline void
peer_event_delete(peer_event *e)
{
	g_cond_clear(&e->is_set);
	g_mutex_clear(&e->lock);
	bench_free(e);
}

static inline void
peer_event_set(peer_event *e)
{
	g_mutex_lock(&e->lock);
	e->set = true;
	g_cond_broadcast(&e->is_set);
	g_mutex_unlock(&e->lock);
}

static inline void
peer_event_wait(peer_event *e)
{
	g_mutex_lock(&e->lock);
	while (!e->set)
		g_cond_wait(&e->is_set, &e->lock);
	g_mutex_unlock(&e->lock);
}

#include "cases.h"
