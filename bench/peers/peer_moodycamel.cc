// SPDX-License-Identifier: MIT
// moodycamel's LightweightSemaphore.  BlockingConcurrentQueue has no bound at
// which a put would wait, and no order among producers: it is left out.
#include <config.h>

#include <concurrentqueue/concurrentqueue.h>
// Needs the one before.
#include <concurrentqueue/lightweightsemaphore.h>

#include "peer.h"
#include "peer_object.hh"

extern "C" {
const char bench_system[] = "moodycamel";
const char bench_version[] = "";
const char bench_traits[] = "";
}

#define HAS_SEM 1
typedef moodycamel::LightweightSemaphore peer_sem;

static inline peer_sem *
peer_sem_new(bench_run *, unsigned value)
{
	return object_new<peer_sem>(static_cast<ssize_t>(value));
}

static inline void
peer_sem_delete(peer_sem *s)
{
	object_delete(s);
}

static inline void
peer_sem_wait(peer_sem *s)
{
	if (__builtin_expect(!s->wait(), 0))
		bench_fail("LightweightSemaphore::wait");
}

static inline void
peer_sem_post(peer_sem *s)
{
	s->signal();
}

#include "cases.h"
