// SPDX-License-Identifier: MIT
// Objects of the C++ peers, each on lines of its own, as bench_alloc's are;
// and what peers share that are put together of standard parts.
#ifndef BENCH_PEER_OBJECT_HH
#define BENCH_PEER_OBJECT_HH

#include <new>
#include <utility>

#include "peer.h"

template <class T, class... Args>
T *
object_new(Args &&...args)
{
	static_assert(alignof(T) <= BENCH_LINE, "lines are too small");
	return new (bench_alloc(sizeof(T))) T(std::forward<Args>(args)...);
}

template <class T>
void
object_delete(T *object)
{
	object->~T();
	bench_free(object);
}

// Lock and unlock of any mutex in the manner of std::mutex.
#define DEFINE_MUTEX(kind, type)                                               \
	typedef type peer_##kind;                                              \
	static inline peer_##kind *peer_##kind##_new(struct bench_run *)       \
	{                                                                      \
		return object_new<type>();                                     \
	}                                                                      \
	static inline void peer_##kind##_delete(peer_##kind *m)                \
	{                                                                      \
		object_delete(m);                                              \
	}                                                                      \
	static inline void peer_##kind##_lock(peer_##kind *m)                  \
	{                                                                      \
		m->lock();                                                     \
	}                                                                      \
	static inline void peer_##kind##_unlock(peer_##kind *m)                \
	{                                                                      \
		m->unlock();                                                   \
	}

#define DEFINE_TRYLOCK                                                         \
	static inline bool peer_mutex_trylock(peer_mutex *m)                   \
	{                                                                      \
		return m->try_lock();                                          \
	}

// Makes, and frees, a queue; put and get differ too much.
#define DEFINE_QUEUE_OBJECT(kind, type)                                        \
	typedef type peer_##kind;                                              \
	static inline peer_##kind *peer_##kind##_new(                          \
	    struct bench_run *, size_t capacity)                               \
	{                                                                      \
		return object_new<type>(capacity);                             \
	}                                                                      \
	static inline void peer_##kind##_delete(peer_##kind *q)                \
	{                                                                      \
		object_delete(q);                                              \
	}

// The order of a priority queue that hands out the greatest first.
struct keyed_after {
	bool
	operator()(const bench_keyed &a, const bench_keyed &b) const
	{
		return a.priority > b.priority;
	}
};

inline bool
operator<(const bench_keyed &a, const bench_keyed &b)
{
	return keyed_after()(a, b);
}

#endif // BENCH_PEER_OBJECT_HH
