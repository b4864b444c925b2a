/* SPDX-License-Identifier: MIT */
/*
 * Timers.  A timer is armed, which means that it is on one of the heaps of its
 * thread, or not armed.  Independently of that, it is running or not running.
 * timer_thread.c has the states of the thread, and says why no wake is lost.
 *
 *	arm		not armed -> armed; armed: gets the new time
 *	cancel, destroy	armed -> not armed; running: revokes the call, unless
 *			its own callback calls
 *	the thread	armed -> running, and still armed if periodic; then
 *			running -> not running
 *
 * Cancel is final.  If cancel returns EINPROGRESS, the timer is not armed, and
 * until its callback has returned only another thread can arm it: the callback
 * itself gets ECANCELED, because the call is revoked.  So after a join the
 * timer is armed only if another thread has armed it.  A callback that cancels
 * its own timer does not revoke the call: it may arm the timer again.
 *
 * Init accepts memory that was never written.  It must not take such memory for
 * a timer, nor overwrite a timer that is armed or running.  Therefore a timer
 * has a mark, which other memory has with a probability of 2^-63.  If the mark
 * says "armed", init also checks the heaps of the timer's thread: a timer that
 * is on no heap is not armed.  That thread exists, because a thread with armed
 * timers cannot be destroyed.
 */
#include "timer.h"

#include "base/deadline.h"
#include "misuse.h"
#include "thread.h"
#include "wait/spin.h"

/* The parts of a timer that identify it; read from any memory. */
struct seen {
	uint64_t mark;
	struct sync_timer_thread *home;
};

static struct seen
look_at(const struct sync_timer *t)
{
	struct seen s = { t->mark, t->home };

	announce_any(&s, sizeof(s));
	return s;
}

/* With the lock of tt held: whether t is an armed or running timer of tt. */
static bool
is_in_use(struct sync_timer_thread *tt, const struct sync_timer *t,
    const struct seen *seen) SYNC_REQUIRES(tt->lock)
{
	if (seen->home != tt || (seen->mark | 1) != ((uintptr_t)t ^ tt->salt))
		return false;
	return tt->running == t
	    || ((seen->mark & 1)
		&& (heap_has(tt->first, &t->node)
		    || heap_has(tt->later, &t->node)));
}

/* Whether t is an armed timer of another timer thread. */
static bool
is_armed_elsewhere(struct sync_timer *t, const struct seen *seen)
{
	struct sync_timer_thread *tt = seen->home;
	bool in_use;

	if (tt == NULL || seen->mark != ((uintptr_t)t ^ timer_salt(tt))
	    || timer_enter(tt) != 0)
		return false;
	in_use = is_in_use(tt, t, seen);
	timer_leave(tt);
	return in_use;
}

int
sync_timer_init(struct sync_timer *t, struct sync_timer_thread *tt,
    void (*fn)(struct sync_timer *, const struct sync_tick *, void *),
    void *arg)
{
	struct seen seen;
	bool in_use;
	int err;

	if (UNFIT(t, struct sync_timer) || tt == NULL || fn == NULL)
		return MISUSE(EINVAL, t);
	err = timer_enter(tt);
	if (err != 0)
		return MISUSE(err, t);
	seen = look_at(t);
	in_use = is_in_use(tt, t, &seen);
	if (!in_use && tt->running == t) /* that was freed in its callback */
		tt->running = NULL;
	timer_leave(tt);
	if (in_use || (seen.home != tt && is_armed_elsewhere(t, &seen)))
		return EBUSY;
	*t = (struct sync_timer) { .home = tt, .fn = fn, .arg = arg };
	t->mark = ((uintptr_t)t ^ tt->salt) - 1;
	return 0;
}

/* The first tick that is not before the start of the clock, 0. */
static sync_time
first_tick(sync_time first, int64_t period)
{
	uint64_t ago = first < 0 ? 0 - (uint64_t)first : 0;
	uint64_t over = period > 0 ? ago % (uint64_t)period : 0;

	if (first >= 0)
		return first;
	return over > 0 ? (int64_t)((uint64_t)period - over) : 0;
}

static int
arm(struct sync_timer *t, sync_time first, int64_t period, uint32_t policy)
{
	struct sync_timer_thread *tt = t != NULL ? t->home : NULL;
	int err = timer_enter(tt);

	if (err != 0)
		return err;
	if (tt->state != TIMER_RUNNING
	    || (tt->revoked && timer_is_own_callback(tt, t))) {
		timer_leave(tt);
		return ECANCELED;
	}
	(void)timer_take(tt, t);
	t->period = period;
	t->policy = policy;
	t->missed = 0;
	timer_put(tt, t, first_tick(first, period));
	if (tt->first == &t->node || tt->later == &t->node)
		(void)sync_cond_signal(&tt->rearmed); /* to the thread */
	timer_leave(tt);
	return 0;
}

int
sync_timer_arm(struct sync_timer *t, sync_time when)
{
	return MISUSE(arm(t, when, 0, SYNC_TIMER_SKIP), t);
}

int
sync_timer_arm_every(struct sync_timer *t, sync_time first, int64_t period,
    enum sync_timer_missed missed)
{
	if (period <= 0
	    || (missed != SYNC_TIMER_SKIP && missed != SYNC_TIMER_ONCE
		&& missed != SYNC_TIMER_ALL))
		return MISUSE(EINVAL, t);
	return MISUSE(arm(t, first, period, (uint32_t)missed), t);
}

/* With the lock held: revoke the running call, unless its callback calls. */
static void
revoke(struct sync_timer_thread *tt) SYNC_REQUIRES(tt->lock)
{
	if (sync_thread_current() != &tt->thread)
		tt->revoked = true;
}

int
sync_timer_cancel(struct sync_timer *t)
{
	struct sync_timer_thread *tt = t != NULL ? t->home : NULL;
	bool armed, running;
	int err = timer_enter(tt);

	if (err != 0)
		return MISUSE(err, t);
	armed = timer_take(tt, t);
	running = tt->running == t;
	if (running)
		revoke(tt);
	timer_leave(tt);
	if (running)
		return EINPROGRESS;
	return armed ? 0 : ENOENT;
}

/* With the lock held: wait until the running call of t, if any, has ended. */
static int
await_end(struct sync_timer_thread *tt, const struct sync_timer *t,
    sync_time deadline) SYNC_REQUIRES(tt->lock)
{
	uint64_t runs = tt->runs;
	int err = 0;

	if (tt->running != t)
		return 0;
	if (sync_thread_current() == &tt->thread)
		return EDEADLK;
	if (deadline == DEADLINE_TRY)
		return EAGAIN;
	tt->blocked++;
	while (tt->runs == runs && err == 0)
		err = sync_cond_wait_until(&tt->ended, &tt->lock, deadline);
	tt->blocked--;
	return tt->runs != runs ? 0 : err; /* true beats the clock */
}

/* As timer_enter, by the deadline; a try function gives up with EAGAIN. */
static int
enter_until(struct sync_timer_thread *tt, sync_time deadline)
    SYNC_TRY_ACQUIRE(tt->lock)
{
	unsigned turn = 0;
	int err = timer_refuses(tt);

	if (err != 0)
		return err;
	do
		err = mutex_lock(&tt->lock, deadline);
	while (err == ETIMEDOUT && deadline == DEADLINE_TRY
	    && spin_back_off(&turn, deadline));
	if (err == ETIMEDOUT)
		return deadline_error(deadline, EAGAIN);
	return err != 0 ? err : timer_entered(tt);
}

static int
join(struct sync_timer *t, sync_time deadline)
{
	struct sync_timer_thread *tt = t != NULL ? t->home : NULL;
	int err = enter_until(tt, deadline);

	if (err != 0)
		return err;
	err = await_end(tt, t, deadline);
	timer_leave(tt);
	return err;
}

int
sync_timer_join(struct sync_timer *t)
{
	return MISUSE(join(t, SYNC_NEVER), t);
}

int
sync_timer_tryjoin(struct sync_timer *t)
{
	return MISUSE(join(t, DEADLINE_TRY), t);
}

int
sync_timer_join_until(struct sync_timer *t, sync_time deadline)
{
	return MISUSE(join(t, deadline_real(deadline)), t);
}

bool
sync_timer_is_armed(struct sync_timer *t)
{
	struct sync_timer_thread *tt = t != NULL ? t->home : NULL;
	bool armed;

	if (timer_enter(tt) != 0)
		return false;
	armed = timer_armed(t, tt);
	timer_leave(tt);
	return armed;
}

static void
end_use(struct sync_timer *t)
{
	t->home = NULL;
	t->mark = 0;
}

int
sync_timer_destroy(struct sync_timer *t)
{
	struct sync_timer_thread *tt = t != NULL ? t->home : NULL;
	int err;

	if (timer_left_behind(tt)) {
		end_use(t);
		return 0;
	}
	err = timer_enter(tt);
	if (err != 0)
		return MISUSE(err, t);
	(void)timer_take(tt, t);
	if (tt->running == t && sync_thread_current() != &tt->thread) {
		revoke(tt);
		err = EBUSY;
	} else {
		if (tt->running == t) /* a new timer may get its memory */
			tt->running = NULL;
		end_use(t);
	}
	timer_leave(tt);
	return err;
}
