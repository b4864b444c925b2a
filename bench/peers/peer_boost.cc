// SPDX-License-Identifier: MIT
// Boost.Thread: mutexes, sync_bounded_queue, and sync_priority_queue, which
// has no bound: an std::counting_semaphore in front of it is its bound.
#include <config.h>

#include <version>
#ifdef __cpp_lib_semaphore
#include <semaphore>
#endif

#include <boost/thread/concurrent_queues/sync_bounded_queue.hpp>
#include <boost/thread/concurrent_queues/sync_priority_queue.hpp>
#include <boost/thread/mutex.hpp>
#include <boost/thread/recursive_mutex.hpp>
#include <boost/version.hpp>

#include "peer.h"
#include "peer_object.hh"

extern "C" {
const char bench_system[] = "boost";
const char bench_version[] = BOOST_LIB_VERSION;
const char bench_traits[] = "";
}

#define HAS_MUTEX   1
#define HAS_TRYLOCK 1
DEFINE_MUTEX(mutex, boost::mutex)
DEFINE_TRYLOCK
#define HAS_RMUTEX 1
DEFINE_MUTEX(rmutex, boost::recursive_mutex)

#define DEFINE_FIFO(kind, element)                                             \
	DEFINE_QUEUE_OBJECT(kind,                                              \
	    boost::concurrent::sync_bounded_queue<element>)                    \
	static inline void peer_##kind##_put(                                  \
	    peer_##kind *q, const element *e)                                  \
	{                                                                      \
		q->push_back(*e);                                              \
	}                                                                      \
	static inline void peer_##kind##_get(peer_##kind *q, element *e)       \
	{                                                                      \
		q->pull_front(*e);                                             \
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
	{
	}

	std::counting_semaphore<> room;
	alignas(BENCH_LINE)
	    boost::concurrent::sync_priority_queue<bench_keyed> queue;
};
DEFINE_QUEUE_OBJECT(prio, bounded_priority)

static inline void
peer_prio_put(peer_prio *q, const bench_keyed *e)
{
	q->room.acquire();
	q->queue.push(*e);
}

static inline void
peer_prio_get(peer_prio *q, bench_keyed *e)
{
	q->queue.pull(*e);
	q->room.release();
}
#endif

#include "cases.h"
