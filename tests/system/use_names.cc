/* SPDX-License-Identifier: MIT */
/*
 * The library's functions are functions: C++ may qualify their names, take
 * their addresses and types, bind them, and have members and functions of the
 * same names.
 */
#include <libsync.h>

#include <functional>
#include <type_traits>

static sync_event event = SYNC_EVENT_INIT;
static sync_mutex mutex = SYNC_MUTEX_INIT;
static sync_rmutex rmutex = SYNC_RMUTEX_INIT;
static sync_kmutex kmutex;
static sync_cond cond = SYNC_COND_INIT;

typedef int event_wait(sync_event *);
typedef int cond_wait(sync_cond *, sync_mutex *);
typedef int cond_wait_until(sync_cond *, sync_mutex *, sync_time);

static_assert(
    std::is_same<decltype(sync_event_wait), event_wait>::value, "function");
static_assert(
    std::is_same<decltype(&sync_event_wait), event_wait *>::value, "address");
static_assert(
    std::is_same<decltype(sync_event_wait(&event)), int>::value, "call");
static_assert(
    std::is_same<decltype(&sync_cond_wait), cond_wait *>::value, "address");
static_assert(
    std::is_same<decltype(&sync_cond_wait_until), cond_wait_until *>::value,
    "address");
static_assert(
    std::is_same<decltype(sync_cond_wait(&cond, &rmutex)), int>::value,
    "call");

static int at_start = (sync_event_set(&event), sync_event_wait(&event));

struct member {
	sync_event own = SYNC_EVENT_INIT;
	int in_class = ::sync_event_wait(&event);

	int
	sync_event_wait()
	{
		return ::sync_event_set(&own) + ::sync_event_wait(&own);
	}
	int
	sync_cond_wait(sync_cond *c)
	{
		return ::sync_cond_wait(c, &rmutex);
	}
};

namespace mine {
inline int
sync_event_wait(sync_event *e, int times)
{
	return ::sync_event_set(e) + times;
}
inline int
sync_cond_wait(int times)
{
	return times;
}
}

template <class T>
auto
wait_for(T *t) -> decltype(sync_event_wait(t))
{
	return sync_event_wait(t);
}

template <class Lock>
auto
wait_with(Lock *lock) -> decltype(::sync_cond_wait(&cond, lock))
{
	return ::sync_cond_wait_until(&cond, lock, 0)
		== ::sync_cond_wait(&cond, lock)
	    ? EPERM : 0;
}

static int
by_default(int err = sync_event_wait(&event))
{
	return err;
}

static int
call(cond_wait *wait)
{
	return wait(&cond, &mutex);
}

static int
addresses()
{
	auto wait = &sync_event_wait;
	auto one = &sync_cond_wait, two = &::sync_cond_wait;
	auto until = &sync_cond_wait_until;
	cond_wait *plain = sync_cond_wait;
	std::function<cond_wait> function = sync_cond_wait;
	auto bound = std::bind(sync_cond_wait, &cond, &mutex);
	auto bound_until = std::bind(&sync_cond_wait_until, &cond, &mutex, 0);
	auto bound_event = std::bind(sync_event_wait, &event);

	return wait(&event) == 0 && bound_event() == 0
	    && one(&cond, &mutex) == EPERM && two(&cond, &mutex) == EPERM
	    && until(&cond, &mutex, 0) == EPERM && one == two && plain == one
	    && function(&cond, &mutex) == EPERM && bound() == EPERM
	    && bound_until() == EPERM && call(sync_cond_wait) == EPERM
	    && call(&sync_cond_wait) == EPERM;
}

int
main()
{
	using ::sync_cond_wait;
	member m;
	bool right = sync_kmutex_init(&kmutex, 0) == 0 && at_start == 0
	    && m.in_class == 0 && m.sync_event_wait() == 0
	    && m.sync_cond_wait(&cond) == EPERM
	    && mine::sync_event_wait(&event, 3) == 3
	    && mine::sync_cond_wait(4) == 4 && wait_for(&event) == 0
	    && wait_with(&mutex) == EPERM && wait_with(&rmutex) == EPERM
	    && wait_with(&kmutex) == EPERM && by_default() == 0 && addresses()
	    && sync_cond_wait(&cond, &kmutex) == EPERM;

	return right ? 0 : 1;
}
