/* SPDX-License-Identifier: MIT */
/*
 * Shared by the objects of POSIX threads: records of objects, sleeps,
 * deadlines, clocks and sleeping functions; see posix.h.
 */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "machine/posix/posix.h"

#define m sim_machine

#define MADE 64

/*
 * How far CLOCK_REALTIME is ahead of CLOCK_MONOTONIC, in ns.  They differ so
 * that a deadline for the wrong clock shows as an error.
 */
#define DAY INT64_C(1600000000000000000)

struct posix_thread posix_threads[SIM_THREADS];

/* The objects that init has made in this execution, and those destroyed since. */
static const void *made[MADE], *gone[MADE];
static unsigned nmade, ngone;

void
posix_begin(void)
{
	memset(posix_threads, 0, sizeof(posix_threads));
	nmade = ngone = 0;
	posix_keys_begin();
}

void
posix_point(enum sim_kind kind, const void *object, const void *site)
{
	struct sim_op op = { (uint8_t)kind, false, 0, object, site };

	if (!sim_on)
		return; /* plat/posix makes its parking lot before main */
	if (m.limits.atomics) {
		sim_point(kind, object, site);
		sim_trace(m.current, &op, 0);
	}
	memory_check(object);
	sim_touch(object, true);
}

static bool
is_gone(const void *object)
{
	unsigned i;

	for (i = 0; i < ngone; i++)
		if (gone[i] == object)
			return true;
	return false;
}

static void
forget_gone(const void *object)
{
	unsigned i;

	for (i = 0; i < ngone; i++)
		if (gone[i] == object)
			gone[i--] = gone[--ngone];
}

void
posix_check(
    const void *object, uint32_t word, bool fresh, const char *what)
{
	memory_check(object);
	if (fresh)
		forget_gone(object);
	if (word == POSIX_GONE || is_gone(object))
		sim_fail(SIM_GONE, "a %s is used after it was destroyed", what);
}

void
posix_misuse(const char *format, ...)
{
	char what[160];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	sim_fail(SIM_MISUSE, "%s", what);
}

void
posix_gone(const void *object)
{
	unsigned i;

	for (i = 0; i < nmade; i++)
		if (made[i] == object)
			made[i--] = made[--nmade];
	if (ngone < MADE && !is_gone(object))
		gone[ngone++] = object;
}

/*
 * On the thread's own stack, an earlier object at this address may have gone
 * out of scope without being destroyed.  That is not reported.
 */
void
posix_made(const void *object, bool intact, const char *what)
{
	bool before = false;
	unsigned i;

	if (!sim_on)
		return;
	for (i = 0; i < nmade; i++)
		before = before || made[i] == object;
	if (before && intact && !carrier_owns(m.current, object))
		posix_misuse("a %s is initialised again, and was not destroyed",
		    what);
	if (!before && nmade < MADE)
		made[nmade++] = object;
	forget_gone(object);
}

unsigned
posix_sleepers(const uint32_t *word)
{
	unsigned t, n = 0;

	for (t = 0; t < m.nthreads; t++)
		n += (m.asleep & SIM_BIT(t)) != 0 && m.threads[t].word == word;
	return n;
}

int
posix_sleep(
    const uint32_t *word, uint32_t channel, sync_time deadline, bool listens)
{
	struct sim_thread *t = sim_me();
	struct posix_thread *p = posix_me();

	if (deadline != SYNC_NEVER)
		sim_touch(&m.now, false);
	if (deadline <= m.now)
		return ETIMEDOUT;
	if (!t->dozes)
		sim_touch(word, true);
	t->word = word;
	t->channel = channel;
	t->deadline = deadline;
	p->listens = listens && !p->disabled;
	sim_block(t);
	p->listens = false;
	if (!t->dozes)
		sim_touch(word, true); /* it will read the object again */
	return t->result;
}

static int
time_of(const struct timespec *ts, sync_time *time)
{
	if (ts->tv_nsec < 0 || ts->tv_nsec >= 1000000000)
		return EINVAL;
	if (ts->tv_sec >= INT64_MAX / 1000000000)
		*time = SYNC_NEVER;
	else if (ts->tv_sec < 0)
		*time = 0;
	else
		*time = (sync_time)ts->tv_sec * 1000000000 + ts->tv_nsec;
	return 0;
}

int
posix_deadline(
    clockid_t clock, const struct timespec *ts, sync_time *deadline)
{
	int err = time_of(ts, deadline);

	if (err == 0 && clock == CLOCK_REALTIME && *deadline != SYNC_NEVER)
		*deadline = *deadline > DAY ? *deadline - DAY : 0;
	return err;
}

int
posix_after(const struct timespec *length, sync_time *deadline)
{
	int err = length->tv_sec < 0 ? EINVAL : time_of(length, deadline);

	if (err == 0)
		*deadline = *deadline >= SYNC_NEVER - m.now
		    ? SYNC_NEVER : m.now + *deadline;
	return err;
}

static void
tell(clockid_t clock, struct timespec *ts)
{
	sync_time now = plat_now();

	if (clock == CLOCK_REALTIME)
		now += DAY;
	ts->tv_sec = (time_t)(now / 1000000000);
	ts->tv_nsec = (long)(now % 1000000000);
}

int
inner_clock_gettime(clockid_t clock, struct timespec *ts)
{
	tell(clock, ts);
	return 0;
}

int
inner_timespec_get(struct timespec *ts, int base)
{
	tell(CLOCK_REALTIME, ts);
	return base;
}

int
inner_gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec ts;

	(void)zone;
	tell(CLOCK_REALTIME, &ts);
	tv->tv_sec = ts.tv_sec;
	tv->tv_usec = ts.tv_nsec / 1000;
	return 0;
}

time_t
inner_time(time_t *seconds)
{
	struct timespec ts;

	tell(CLOCK_REALTIME, &ts);
	if (seconds != NULL)
		*seconds = ts.tv_sec;
	return ts.tv_sec;
}

/* Sleep, which is a cancellation point; returns 0. */
static int
sleep_until(sync_time deadline)
{
	static const uint32_t nobody;
	int err = 0;

	posix_test();
	sim_touch(&m.now, false);
	while (err != ETIMEDOUT) {
		sim_me()->dozes = true;
		err = posix_sleep(&nobody, PLAT_ALL, deadline, POSIX_LISTENS);
		sim_me()->dozes = false;
		if (err == ECANCELED)
			posix_test();
	}
	return 0;
}

int
inner_clock_nanosleep(clockid_t clock, int flags, const struct timespec *ts,
    struct timespec *left)
{
	sync_time deadline;
	int err = flags & TIMER_ABSTIME ? posix_deadline(clock, ts, &deadline)
					: posix_after(ts, &deadline);

	(void)left;
	return err != 0 ? err : sleep_until(deadline);
}

int
inner_nanosleep(const struct timespec *length, struct timespec *left)
{
	errno = inner_clock_nanosleep(CLOCK_MONOTONIC, 0, length, left);
	return errno != 0 ? -1 : 0;
}

int
inner_usleep(useconds_t length)
{
	struct timespec ts = { length / 1000000, (long)(length % 1000000) * 1000 };

	return inner_nanosleep(&ts, NULL);
}

unsigned
inner_sleep(unsigned seconds)
{
	struct timespec ts = { seconds, 0 };

	(void)inner_nanosleep(&ts, NULL);
	return 0;
}

/* The step is that of sim_yield, and it is not progress. */
int
inner_sched_yield(void)
{
	const struct sim_thread *t = sim_me();

	sim_yield(t->depth > 0 && t->depth <= SIM_CALLS
		? t->calls[t->depth - 1].site : __builtin_return_address(0));
	return 0;
}
