/* SPDX-License-Identifier: MIT */
/*
 * A peer whose objects are wrong, to check that the bench notices: a queue that
 * damages an element now and then, an event that releases its waiters without a
 * set, timers that call at once.
 */
#include <config.h>

#include "bench/peers/peer.h"
#include "bench/twin_queue.h"

const char bench_system[] = "wrong";
const char bench_version[] = "";
const char bench_traits[] = "";

#define HAS_FIFO 1
typedef struct twin_queue peer_fifo;

static inline peer_fifo *
peer_fifo_new(struct bench_run *r, size_t capacity)
{
	struct twin_queue *q = bench_alloc(sizeof(*q));

	(void)r;
	bench_check(
	    twin_queue_init(q, TWIN_FIFO, sizeof(uint64_t), capacity), "init");
	return q;
}

static inline void
peer_fifo_delete(peer_fifo *q)
{
	twin_queue_destroy(q);
	bench_free(q);
}

static inline void
peer_fifo_put(peer_fifo *q, const uint64_t *element)
{
	bench_check(twin_queue_put(q, element), "put");
}

static inline void
peer_fifo_get(peer_fifo *q, uint64_t *element)
{
	bench_check(twin_queue_get(q, element), "get");
	if (*element % 64 == 1)
		*element += 1;
}

#define HAS_EVENT 1
typedef int peer_event;

static inline peer_event *
peer_event_new(struct bench_run *r)
{
	(void)r;
	return bench_alloc(sizeof(int));
}

static inline void
peer_event_delete(peer_event *e)
{
	bench_free(e);
}

static inline void
peer_event_set(peer_event *e)
{
	*e = 1;
}

static inline void
peer_event_wait(peer_event *e)
{
	(void)e;
}

#define HAS_TIMERS 1
typedef struct {
	void (*fired)(size_t i);
} peer_timers;

static inline peer_timers *
peer_timers_new(struct bench_run *r, size_t n, void (*fired)(size_t i))
{
	peer_timers *timers = bench_alloc(sizeof(*timers));

	(void)r;
	(void)n;
	timers->fired = fired;
	return timers;
}

static inline void
peer_timers_delete(peer_timers *timers)
{
	bench_free(timers);
}

static inline void
peer_timers_arm(peer_timers *timers, size_t i, int64_t when)
{
	(void)when;
	timers->fired(i);
}

static inline void
peer_timers_cancel(peer_timers *timers, size_t i)
{
	(void)timers;
	(void)i;
}

#include "bench/peers/cases.h"
