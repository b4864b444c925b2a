// SPDX-License-Identifier: MIT
// The C++ standard library: std::mutex and std::recursive_mutex,
// std::counting_semaphore, an std::atomic<bool> that is waited for, and timers
// as one writes them: an std::multimap with a thread of its own.
#include <config.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <semaphore>
#include <thread>
#include <vector>

#include "peer.h"
#include "peer_object.hh"

extern "C" {
const char bench_system[] = "c++20";
#define TEXT(x)  #x
#define TEXT2(x) TEXT(x)
#ifdef _GLIBCXX_RELEASE
const char bench_version[] = "libstdc++ " TEXT2(_GLIBCXX_RELEASE);
#else
const char bench_version[] = "";
#endif
const char bench_traits[] = "";
}

#define HAS_MUTEX   1
#define HAS_TRYLOCK 1
DEFINE_MUTEX(mutex, std::mutex)
DEFINE_TRYLOCK
#define HAS_RMUTEX 1
DEFINE_MUTEX(rmutex, std::recursive_mutex)

#define HAS_SEM 1
typedef std::counting_semaphore<> peer_sem;

static inline peer_sem *
peer_sem_new(bench_run *, unsigned value)
{
	return object_new<peer_sem>(static_cast<std::ptrdiff_t>(value));
}

static inline void
peer_sem_delete(peer_sem *s)
{
	object_delete(s);
}

static inline void
peer_sem_wait(peer_sem *s)
{
	s->acquire();
}

static inline void
peer_sem_post(peer_sem *s)
{
	s->release();
}

#define HAS_EVENT 1
typedef std::atomic<bool> peer_event;

static inline peer_event *
peer_event_new(bench_run *)
{
	return object_new<peer_event>(false);
}

static inline void
peer_event_delete(peer_event *e)
{
	object_delete(e);
}

static inline void
peer_event_set(peer_event *e)
{
	e->store(true, std::memory_order_release);
	e->notify_all();
}

static inline void
peer_event_wait(peer_event *e)
{
	e->wait(false, std::memory_order_acquire);
}

#define HAS_TIMERS 1
class peer_timers {
public:
	peer_timers(size_t n, void (*fired)(size_t))
	    : fired_(fired)
	    , where_(n, due_.end())
	    , thread_([this] { run(); })
	{
	}

	~peer_timers()
	{
		{
			std::lock_guard<std::mutex> hold(lock_);
			stop_ = true;
		}
		changed_.notify_one();
		thread_.join();
	}

	void
	arm(size_t i, int64_t when)
	{
		bool first;
		{
			std::lock_guard<std::mutex> hold(lock_);
			where_[i] = due_.emplace(when, i);
			first = where_[i] == due_.begin();
		}
		if (first)
			changed_.notify_one();
	}

	void
	cancel(size_t i)
	{
		std::lock_guard<std::mutex> hold(lock_);
		if (where_[i] == due_.end())
			return;
		due_.erase(where_[i]);
		where_[i] = due_.end();
	}

private:
	typedef std::chrono::steady_clock clock;

	void
	run()
	{
		std::unique_lock<std::mutex> hold(lock_);
		while (!stop_) {
			if (due_.empty()) {
				changed_.wait(hold);
				continue;
			}
			auto first = due_.begin();
			if (first->first > bench_now()) {
				changed_.wait_until(hold,
				    clock::time_point(std::chrono::nanoseconds(
					first->first)));
				continue;
			}
			size_t i = first->second;
			due_.erase(first);
			where_[i] = due_.end();
			hold.unlock();
			fired_(i);
			hold.lock();
		}
	}

	std::mutex lock_; // guards all below but fired_
	std::condition_variable changed_; // the first of due_, or stop_
	bool stop_ = false;
	void (*fired_)(size_t);
	std::multimap<int64_t, size_t> due_;
	std::vector<std::multimap<int64_t, size_t>::iterator> where_;
	std::thread thread_; // last: it uses the rest
};

static inline peer_timers *
peer_timers_new(bench_run *, size_t n, void (*fired)(size_t))
{
	return object_new<peer_timers>(n, fired);
}

static inline void
peer_timers_delete(peer_timers *t)
{
	object_delete(t);
}

static inline void
peer_timers_arm(peer_timers *t, size_t i, int64_t when)
{
	t->arm(i, when);
}

static inline void
peer_timers_cancel(peer_timers *t, size_t i)
{
	t->cancel(i);
}

#include "cases.h"
