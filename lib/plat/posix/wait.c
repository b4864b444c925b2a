/* SPDX-License-Identifier: MIT */
/*
 * Waiting on an address, by POSIX threads alone: a parking lot (the idea is
 * WebKit's).
 *
 * The address selects a bucket of a fixed table.  A bucket is a mutex and a
 * list of sleepers, the oldest first.  A sleeper is on the stack of its thread
 * and has its own condition variable.  So no condition variable has two
 * waiters, and the lost wakeups of glibc before 2.41 (bug 25847), which need
 * two, cannot happen.
 *
 * Why no wake is lost: a sleeper compares the word and joins the list under the
 * bucket's lock.  The waker changes the word first, and then takes the same
 * lock.  So either the sleeper sees the change or the waker sees the sleeper.
 * woken, under the lock, is the predicate of the condition variable.  A thread
 * that sets woken also takes the sleeper off the list and signals, all before
 * it unlocks.  So a sleeper that gets the lock and is still on the list was not
 * woken; only then may it return ETIMEDOUT.
 *
 * Signal handlers.  A wake takes locks.  POSIX allows this in a handler only if
 * the handler did not interrupt a call of the same kind.  So each thread counts
 * the calls that it is inside.  If there is one, the handler rings a bell
 * (bell.h), which is allowed; then a helper thread wakes every sleeper in the
 * lot.  For most of them the wakeup is spurious, and they check again.  This is
 * rare, and no wake is lost.
 *
 * The first thread that sleeps starts the helper.  If the helper or its bell
 * cannot be made, a sleeper checks again after 10 ms.  In the child of a process
 * that had a helper, it is not started if a race detector is active:
 * ThreadSanitizer dies or hangs when such a child starts a thread.
 *
 * pthread_cond_wait is a cancellation point.  A cancellation there would leave
 * the lock taken and the sleeper on the list; so cancellation is disabled while
 * a thread sleeps.
 *
 * Deadlines are times of the monotonic clock.  Where condition variables know
 * only the wall clock (there is no pthread_condattr_setclock), the rest of a
 * wait is translated into a time of that clock, for a SLICE at most, and the
 * monotonic clock alone decides whether the deadline has passed.  If the wall
 * clock is set forward, a slice ends early, and the next one begins.  If it is
 * set back during a slice, the slice ends late: by the step, on a system that
 * compares the times again.  macOS does not; it turns the time into a duration
 * when the wait begins.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/atomic.h"
#include "bell.h"
#include "fork.h"
#include "linkage.h"
#include "lot.h"
#include "plat.h"

#define BUCKETS    256      /* a power of two */
#define LOOK_AGAIN 10000000 /* nanoseconds; sleep at most, without a relay */
#define SLICE      100000000 /* nanoseconds; on the wall clock, at most */

struct sleeper {
	struct sleeper *next;
	const uint32_t *word;
	uint32_t channel;
	bool woken;          /* under the bucket's lock */
	pthread_cond_t wake; /* for woken; the thread that sets it signals */
};

static struct bucket {
	pthread_mutex_t lock;
	struct sleeper *first; /* under lock */
	struct sleeper **last; /* under lock; where the next is linked */
} lot[BUCKETS];

static pthread_condattr_t monotonic;
static pthread_mutex_t relay_lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t relay_runs; /* atomic; set under relay_lock */
static bool relay_barred;   /* set in a child that has one thread */

void
lot_busy(int change)
{
	*plat_inside() += change;
}

/* A handler of this thread forked while it slept: make it check again. */
static void
wake_the_one_that_forked(void)
{
	void **asleep = plat_asleep();
	struct sleeper *s = asleep != NULL ? *asleep : NULL;

	if (s == NULL)
		return;
	s->woken = true; /* it is on no list any more */
	(void)pthread_cond_signal(&s->wake);
}

void
lot_fork_child(void)
{
	int i;

	for (i = 0; i < BUCKETS; i++) {
		(void)pthread_mutex_init(&lot[i].lock, NULL);
		lot[i].first = NULL;
		lot[i].last = &lot[i].first;
	}
	if (announce_on && at_load_relaxed(&relay_runs))
		relay_barred = true;
	(void)pthread_mutex_init(&relay_lock, NULL);
	bell_fork_child();
	at_store_relaxed(&relay_runs, 0);
	wake_the_one_that_forked();
}

CONSTRUCTOR(101) static void
lot_begin(void)
{
	int saved = errno; /* which main may expect to be 0 */

	(void)pthread_condattr_init(&monotonic);
#if HAVE_PTHREAD_CONDATTR_SETCLOCK
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
#endif
	lot_fork_child();
	errno = saved;
}

/* The lot is memory of this process. */
bool
plat_shares(void)
{
	return false;
}

static struct bucket *
bucket_of(const uint32_t *word)
{
	uint64_t h = (uint64_t)(uintptr_t)word * UINT64_C(0x9e3779b97f4a7c15);

	return &lot[(h >> 40) % BUCKETS];
}

/* Call with the bucket's lock held. */
static void
enlist(struct bucket *b, struct sleeper *s)
{
	s->next = NULL;
	*b->last = s;
	b->last = &s->next;
}

/* Call with the bucket's lock held.  at points to the link to s. */
static void
delist(struct bucket *b, struct sleeper **at)
{
	struct sleeper *s = *at;

	*at = s->next;
	if (b->last == &s->next)
		b->last = at;
}

/* Call with the bucket's lock held. */
static void
delist_sleeper(struct bucket *b, struct sleeper *s)
{
	struct sleeper **at = &b->first;

	while (*at != s)
		at = &(*at)->next;
	delist(b, at);
}

/* Wake sleepers of the bucket.  A null word means any word. */
static void
wake_bucket(struct bucket *b, const uint32_t *word, uint32_t n,
    uint32_t channels)
{
	struct sleeper **at, *s;

	(void)pthread_mutex_lock(&b->lock);
	at = &b->first;
	while (n > 0 && (s = *at) != NULL) {
		if ((word != NULL && s->word != word)
		    || (s->channel & channels) == 0) {
			at = &s->next;
			continue;
		}
		delist(b, at);
		s->woken = true;
		/* The one waiter there is.  s is alive: we hold the lock. */
		(void)pthread_cond_signal(&s->wake);
		if (n != PLAT_ALL)
			n--;
	}
	(void)pthread_mutex_unlock(&b->lock);
}

static void *
relay_main(void *unused)
{
	static const struct timespec pause = { 0, LOOK_AGAIN };
	int i;

	for (;;) {
		/* Without a bell, sleepers check again now and then. */
		if (!bell_await() && !bell_make())
			(void)nanosleep(&pause, NULL);
		for (i = 0; i < BUCKETS; i++)
			wake_bucket(&lot[i], NULL, PLAT_ALL, PLAT_ALL);
	}
	return unused;
}

/* Start the helper unless it runs; false if that fails. */
static bool
relay_start(void)
{
	static const struct plat_thread_options o = { "sync-relay", 0, true };
	pthread_t thread;
	uint64_t handle;
	bool runs;

	if (at_load_relaxed(&relay_runs))
		return true;
	if (relay_barred)
		return false;
	(void)pthread_mutex_lock(&relay_lock);
	runs = at_load_relaxed(&relay_runs);
	/* If it fails, the next sleeper tries again. */
	if (!runs && bell_make()
	    && plat_thread_start(&handle, relay_main, NULL, &o) == 0) {
		__builtin_memcpy(&thread, &handle, sizeof(thread));
		(void)pthread_detach(thread);
		at_store_relaxed(&relay_runs, 1);
		runs = true;
	}
	(void)pthread_mutex_unlock(&relay_lock);
	return runs;
}

#if HAVE_PTHREAD_CONDATTR_SETCLOCK
/* The deadline on the clock of the condition variables, which is the same. */
static sync_time
translate(sync_time deadline)
{
	return deadline;
}

static bool
has_passed(sync_time deadline)
{
	(void)deadline;
	return true;
}
#else
/* The end of the next slice, on the wall clock. */
static sync_time
translate(sync_time deadline)
{
	sync_time rest = deadline - plat_now();
	struct timespec ts;

	if (rest < 0)
		rest = 0;
	if (rest > SLICE)
		rest = SLICE;
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return (sync_time)ts.tv_sec * 1000000000 + ts.tv_nsec + rest;
}

/* Whether the deadline has passed, and not only a slice. */
static bool
has_passed(sync_time deadline)
{
	return plat_now() >= deadline;
}
#endif

/*
 * Call with the bucket's lock held.  Sleep once, and perhaps not to the
 * deadline.  Returns ETIMEDOUT if that has passed.
 */
static int
sleep_once(struct bucket *b, struct sleeper *s, sync_time deadline)
{
	struct timespec ts;
	sync_time until;
	int err;

	if (deadline == SYNC_NEVER)
		return pthread_cond_wait(&s->wake, &b->lock);
	until = translate(deadline);
	ts.tv_sec = (time_t)(until / 1000000000);
	ts.tv_nsec = (long)(until % 1000000000);
	if (until / 1000000000 != (int64_t)ts.tv_sec)
		return pthread_cond_wait(&s->wake, &b->lock);
	err = pthread_cond_timedwait(&s->wake, &b->lock, &ts);
	return err == ETIMEDOUT && !has_passed(deadline) ? 0 : err;
}

/* Call with the bucket's lock held. */
static int
sleep_on(struct bucket *b, struct sleeper *s, sync_time deadline)
{
	int err = 0;

	while (!s->woken && err != ETIMEDOUT)
		err = sleep_once(b, s, deadline);
	if (s->woken)
		return 0;
	delist_sleeper(b, s);
	return ETIMEDOUT;
}

static int
park(const uint32_t *word, uint32_t expected, uint32_t channel,
    sync_time deadline)
{
	void **asleep = plat_asleep();
	struct bucket *b = bucket_of(word);
	struct sleeper s = { .word = word, .channel = channel };
	int err = 0;

	if (pthread_cond_init(&s.wake, &monotonic) != 0)
		return 0; /* no resources: the caller checks again */
	(void)pthread_mutex_lock(&b->lock);
	if (at_load_relaxed(word) == expected) {
		enlist(b, &s);
		if (asleep != NULL)
			*asleep = &s;
		err = sleep_on(b, &s, deadline);
		if (asleep != NULL)
			*asleep = NULL;
	}
	(void)pthread_mutex_unlock(&b->lock);
	(void)pthread_cond_destroy(&s.wake);
	return err;
}

int
plat_wait(enum plat_scope scope, const uint32_t *word, uint32_t expected,
    uint32_t channel, sync_time deadline)
{
	sync_time until = deadline;
	int err, state, saved = errno;

	(void)scope;
	if (deadline < 0)
		return ETIMEDOUT;
	lot_busy(1);
	if (!relay_start()) {
		sync_time look = plat_now() + LOOK_AGAIN;

		until = look < deadline ? look : deadline;
	}
	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	err = park(word, expected, channel, until);
	(void)pthread_setcancelstate(state, NULL);
	lot_busy(-1);
	errno = saved;
	return until < deadline ? 0 : err;
}

void
plat_wake(enum plat_scope scope, const uint32_t *word, uint32_t n,
    uint32_t channels)
{
	int saved = errno;

	(void)scope;
	if (*plat_inside() != 0) {
		bell_ring();
	} else {
		lot_busy(1);
		wake_bucket(bucket_of(word), word, n, channels);
		lot_busy(-1);
	}
	errno = saved;
}
