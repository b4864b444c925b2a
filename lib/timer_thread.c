/* SPDX-License-Identifier: MIT */
/*
 * The timer thread is a monitor: one lock, the armed timers (the earliest
 * first, equal ones in the order of arming), and two conditions.
 *
 *	condition	predicate				signalled by
 *	rearmed		the earliest timer or the state		arm, stop
 *			has changed
 *	ended		the call that the joiner found		the thread
 *			running has ended
 *
 * Rounds.  A round calls all timers that are due at the moment it begins, in
 * the order of their times; round is that moment.  A timer that is armed during
 * the round for a time not after round is put on another heap, later.  This
 * happens when a callback arms its own timer, or when a periodic timer lags
 * behind.  When the heap first has no more timer that was due at round, the
 * round is over.  Then later is melded into first, and the next round begins.
 *
 * So no timer starves.  A round has a finite number of calls: the timers on
 * first that are due at round.  Their number cannot grow, because a timer that
 * is armed meanwhile goes to later or is due after round.  A due timer is in
 * the first round that begins after it was armed and came due.  So before it is
 * called, any other timer is called at most twice: once in the current round,
 * and once in the next.
 *
 * running is the timer whose callback is being called, without the lock.
 * Before the call it was taken off its heap; a periodic timer was put back with
 * its next time, so it is both armed and running.  There is one thread, so its
 * callback cannot be called again meanwhile.  Once the callback is entered, the
 * thread does not access the timer.  It only compares the pointer running, and
 * never follows it; a destroy clears it.  So a callback may free its timer.
 *
 * revoked: another thread has cancelled or destroyed running during this call,
 * so its callback cannot arm it until it has returned.
 *
 * Why no wake is lost: the thread checks the heaps and begins to wait for
 * rearmed in one step under the lock.  arm, under the lock, signals if its
 * timer has become the earliest of its heap.  A signal is enough: only the
 * thread waits there.  Cancelling the earliest timer wakes nobody: the thread
 * checks again when that time has come.  If the time is so near that the thread
 * does not sleep, it polls everything.
 *
 * Signals.  While the thread sleeps, it takes no signals except those of
 * faults.  Before a callback it restores the mask with which it began, which is
 * that of the thread that made it; threads and processes started from the
 * callback inherit it.  Changing the mask takes as long as a short callback,
 * and would delay the next callback by that time; so it is not changed for a
 * short sleep.
 *
 * A callback may end the thread, by pthread_exit or by cancellation.  Then
 * another thread takes its place.  If none can be created, the dying thread
 * continues the loop inside its cleanup handler.
 *
 * Callbacks run with no lock held.  Lock order: this lock is taken last.
 */
#include "timer.h"

#include <string.h>

#include "base/deadline.h"
#include "misuse.h"
#include "thread.h"
#include "wait/spin.h"

#define NAME "sync-timer"

/* Only the thread accesses this. */
struct loop {
	struct sync_timer_thread *tt;
	struct plat_signals outside; /* its mask in callbacks */
	bool quiet;                  /* it takes no signals now */
	bool calling;                /* a callback */
	sync_time oversleep;         /* how late sleeps end, on average */
};

bool
timer_is_own_callback(
    const struct sync_timer_thread *tt, const struct sync_timer *t)
{
	return tt->running == t && sync_thread_current() == &tt->thread;
}

/*
 * With the lock held: put a periodic timer back.  Its tick at node.key is about
 * to be called, and passed more ticks have come due since.  Returns the number
 * of missed ticks that this call must report.
 */
static uint64_t
put_back(struct sync_timer_thread *tt, struct sync_timer *t, uint64_t passed)
{
	uint64_t steps = 1, missed = t->missed;

	t->missed = 0;
	if (t->policy == SYNC_TIMER_SKIP) {
		steps = passed + 1;
		missed = passed;
	} else if (t->policy == SYNC_TIMER_ONCE && passed > 0) {
		steps = passed; /* the last one represents all */
		t->missed = passed - 1;
	}
	timer_put(tt, t,
	    deadline_add(t->node.key, deadline_mul(t->period, steps)));
	return missed;
}

static void
call_ended(struct loop *l)
{
	struct sync_timer_thread *tt = l->tt;

	l->calling = false;
	tt->running = NULL;
	tt->revoked = false;
	tt->runs++;
	(void)sync_cond_broadcast(&tt->ended);
}

/*
 * With the lock held, which this releases meanwhile: call the first timer,
 * which is due.  False, and the lock is not held, if the callback forked and
 * returned in the child: the thread there is not a timer thread.
 */
static bool
run_first(struct loop *l, sync_time now) SYNC_NO_ANALYSIS
{
	struct sync_timer_thread *tt = l->tt;
	struct sync_timer *t = timer_of(tt->first);
	void (*fn)(struct sync_timer *, const struct sync_tick *, void *);
	sync_time due = t->node.key;
	struct sync_tick tick = { .due = due, .late = now - due };
	void *arg = t->arg;

	fn = t->fn;
	(void)timer_take(tt, t);
	if (t->period > 0)
		tick.missed = put_back(
		    tt, t, (uint64_t)(tick.late / t->period));
	tt->running = t;
	timer_leave(tt);
	if (l->quiet)
		plat_signals_set(&l->outside);
	l->quiet = false;
	l->calling = true;
	fn(t, &tick, arg);
	if (timer_lost(tt))
		return false;
	(void)sync_mutex_lock(&tt->lock);
	call_ended(l);
	return true;
}

/* The pauses between two polls of the clock: some 300 ns. */
#define ASIDE_PAUSES 8

/* With the lock held, which this releases for a moment. */
static void
stand_aside(struct sync_timer_thread *tt) SYNC_REQUIRES(tt->lock)
{
	int i;

	timer_leave(tt);
	for (i = 0; i < ASIDE_PAUSES; i++)
		plat_pause();
	(void)sync_mutex_lock(&tt->lock);
}

/* Nanoseconds.  For a shorter sleep the mask is not changed. */
#define SHORT_SLEEP 1000000

/* Nanoseconds.  Oversleeping by more comes from other load; not counted. */
#define OVERSLEEP_MAX 20000

/*
 * With the lock held, which this releases meanwhile: wait until due, or until
 * arm or stop changes the earliest timer or the state.  If the timer is due
 * sooner than sleeps are late on average, a sleep would certainly end too late,
 * and cost the processor as much; so the thread polls instead.
 */
static void
await_due(struct loop *l, sync_time now, sync_time due) SYNC_NO_ANALYSIS
{
	struct sync_timer_thread *tt = l->tt;
	sync_time late;

	if (due - now < l->oversleep) {
		stand_aside(tt);
		return;
	}
	if (!l->quiet && due - now > SHORT_SLEEP) {
		plat_signals_block(NULL);
		l->quiet = true;
	}
	if (sync_cond_wait_until(&tt->rearmed, &tt->lock, due) != ETIMEDOUT
	    || !spin_may_poll())
		return;
	late = plat_now() - due;
	if (late > OVERSLEEP_MAX)
		late = OVERSLEEP_MAX;
	l->oversleep += (late - l->oversleep) / 8;
}

/* With the lock held: begin the next round if this one has no timer left. */
static void
begin_round(struct sync_timer_thread *tt, sync_time now)
{
	if (tt->first != NULL && tt->first->key <= tt->round)
		return; /* this one goes on */
	tt->round = now;
	heap_meld(&tt->first, &tt->later);
}

static void
loop(void *arg) SYNC_NO_ANALYSIS
{
	struct loop *l = arg;
	struct sync_timer_thread *tt = l->tt;

	(void)sync_mutex_lock(&tt->lock);
	while (tt->state == TIMER_RUNNING) {
		sync_time now = plat_now(), due = SYNC_NEVER;

		begin_round(tt, now);
		if (tt->first != NULL)
			due = tt->first->key;
		if (due > now)
			await_due(l, now, due);
		else if (!run_first(l, now))
			return;
	}
	timer_leave(tt);
}

/* Called after the loop, also if a callback has ended the thread. */
static void
loop_ended(void *arg) SYNC_NO_ANALYSIS /* NOLINT(misc-no-recursion) */
{
	struct loop *l = arg;
	struct sync_timer_thread *tt = l->tt;

	if (!l->calling || timer_lost(tt))
		return;
	plat_signals_set(&l->outside); /* the new thread inherits it */
	(void)sync_mutex_lock(&tt->lock);
	call_ended(l);
	timer_leave(tt);
	if (thread_replace(&tt->thread, tt->stack_size) != 0)
		plat_thread_run(loop, loop_ended, l);
}

static void *
timer_main(void *arg)
{
	struct loop l = { .tt = arg, .quiet = true };

	plat_be_punctual();
	plat_signals_block(&l.outside);
	plat_thread_run(loop, loop_ended, &l);
	return NULL;
}

static int
start(struct sync_timer_thread *tt, const struct sync_thread_options *options)
{
	struct sync_thread_options o = { .name = NAME };
	struct sync_timer_thread before_init;
	int err;

	if (thread_is_alive(&tt->thread))
		return EBUSY;
	if (options != NULL)
		o = *options;
	if (o.name == NULL)
		o.name = NAME;
	memcpy(&before_init, tt, sizeof(before_init));
	*tt = (struct sync_timer_thread) {
		.lock = SYNC_MUTEX_INIT,
		.salt = timer_salt(tt),
		.round = INT64_MIN,
		.stack_size = o.stack_size,
		.generation = plat_generation(),
		.state = TIMER_RUNNING,
	};
	(void)sync_cond_init(&tt->rearmed, 0);
	(void)sync_cond_init(&tt->ended, 0);
	err = thread_start(&tt->thread, timer_main, tt, &o);
	if (err != 0)
		memcpy(tt, &before_init, sizeof(before_init));
	return err;
}

int
sync_timer_thread_init(struct sync_timer_thread *tt, const char *name)
{
	struct sync_thread_options o = { .name = name };

	if (UNFIT(tt, struct sync_timer_thread))
		return MISUSE(EINVAL, tt);
	return start(tt, &o);
}

int
sync_timer_thread_init_with(
    struct sync_timer_thread *tt, const struct sync_thread_options *options)
{
	if (UNFIT(tt, struct sync_timer_thread))
		return MISUSE(EINVAL, tt);
	return MISUSE(start(tt, options), tt);
}

/* With the lock held, which this releases while the thread ends. */
static int
stop(struct sync_timer_thread *tt) SYNC_REQUIRES(tt->lock)
{
	if (sync_thread_current() == &tt->thread)
		return EDEADLK;
	tt->state = TIMER_STOPPED;
	heap_meld(&tt->first, &tt->later);
	while (tt->first != NULL)
		(void)timer_take(tt, timer_of(tt->first));
	(void)sync_cond_signal(&tt->rearmed); /* to the thread */
	tt->blocked++;
	timer_leave(tt);
	(void)sync_thread_join(&tt->thread, NULL);
	(void)sync_mutex_lock(&tt->lock);
	tt->blocked--;
	return 0;
}

int
sync_timer_thread_stop(struct sync_timer_thread *tt)
{
	int err = timer_enter(tt);

	if (err != 0)
		return MISUSE(err, tt);
	err = stop(tt);
	timer_leave(tt);
	return MISUSE(err, tt);
}

/* With the lock held, which this releases: end its use if nobody is inside. */
static int
finish(struct sync_timer_thread *tt) SYNC_RELEASE(tt->lock)
{
	int err;

	if (sync_thread_current() == &tt->thread)
		err = EDEADLK;
	else if (tt->armed > 0 || tt->blocked > 0)
		err = EBUSY;
	else
		err = stop(tt);
	if (err == 0 && tt->blocked > 0)
		err = EBUSY; /* somebody came while the thread ended */
	if (err == 0)
		tt->state = TIMER_NONE; /* late callers get EINVAL */
	timer_leave(tt);
	return err;
}

int
sync_timer_thread_destroy(struct sync_timer_thread *tt)
{
	int err;

	if (timer_left_behind(tt)) {
		tt->state = TIMER_NONE;
		return 0;
	}
	err = timer_enter(tt);
	if (err == 0)
		err = finish(tt);
	if (err != 0)
		return MISUSE(err, tt);
	(void)sync_cond_destroy(&tt->rearmed);
	(void)sync_cond_destroy(&tt->ended);
	(void)sync_mutex_destroy(&tt->lock);
	return 0;
}

size_t
sync_timer_thread_armed(struct sync_timer_thread *tt)
{
	size_t n;

	if (timer_enter(tt) != 0)
		return 0;
	n = tt->armed;
	timer_leave(tt);
	return n;
}
