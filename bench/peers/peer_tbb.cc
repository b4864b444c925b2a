// SPDX-License-Identifier: MIT
// oneTBB: its mutex, which sleeps; the bounded queue; and the priority queue,
// which neither waits nor has a bound, between two std::counting_semaphore.
#include <config.h>

#include <version>
#ifdef __cpp_lib_semaphore
#include <semaphore>
#endif

#include <oneapi/tbb/concurrent_priority_queue.h>
#include <oneapi/tbb/concurrent_queue.h>
#include <oneapi/tbb/mutex.h>
#include <oneapi/tbb/version.h>

#include "peer.h"
#include "peer_object.hh"

extern "C" {
const char bench_system[] = "tbb";
const char bench_version[] = TBB_VERSION_STRING;
const char bench_traits[] = "";
}

#define HAS_MUTEX   1
#define HAS_TRYLOCK 1
DEFINE_MUTEX(mutex, tbb::mutex)
DEFINE_TRYLOCK

template <class T>
class bounded {
public:
	explicit bounded(size_t capacity)
	{
		queue.set_capacity(static_cast<std::ptrdiff_t>(capacity));
	}

	tbb::concurrent_bounded_queue<T> queue;
};

#define DEFINE_FIFO(kind, element)                                             \
	DEFINE_QUEUE_OBJECT(kind, bounded<element>)                            \
	static inline void peer_##kind##_put(                                  \
	    peer_##kind *q, const element *e)                                  \
	{                                                                      \
		q->queue.push(*e);                                             \
	}                                                                      \
	static inline void peer_##kind##_get(peer_##kind *q, element *e)       \
	{                                                                      \
		q->queue.pop(*e);                                              \
	}

#define HAS_FIFO 1
DEFINE_FIFO(fifo, uint64_t)
#define HAS_FIFO64 1
DEFINE_FIFO(fifo64, bench_wide)

#ifdef __cpp_lib_semaphore
#define HAS_PRIORITY 1
class bounded_priority {
public:
	explicit bounded_priority(size_t capacity)
	    : room(static_cast<std::ptrdiff_t>(capacity))
	    , filled(0)
	{
	}

	std::counting_semaphore<> room;
	alignas(BENCH_LINE) std::counting_semaphore<> filled;
	alignas(BENCH_LINE) tbb::concurrent_priority_queue<bench_keyed> queue;
};
DEFINE_QUEUE_OBJECT(prio, bounded_priority)

static inline void
peer_prio_put(peer_prio *q, const bench_keyed *e)
{
	q->room.acquire();
	q->queue.push(*e);
	q->filled.release();
}

static inline void
peer_prio_get(peer_prio *q, bench_keyed *e)
{
	q->filled.acquire();
	if (!q->queue.try_pop(*e))
		bench_fail("try_pop of a queue that is not empty");
	q->room.release();
}
#endif

#include "cases.h"
