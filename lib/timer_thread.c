/* SPDX-License-Identifier: MIT */
/*
 * The timer thread is a monitor: one lock, the armed timers (the earliest
 * first, equal ones by when they were armed), and two conditions.
 *
 *	condition	predicate				signalled by
 *	rearmed		the earliest timer or the state		arm, stop
 *			has changed
 *	ended		no callback runs, or not that call	the thread
 *			of it
 *
 * Rounds.  The timers that are due at a moment, called round, are called in
 * one round, in the order of their times.  What is armed during a round for a
 * time not after round, by a callback for its own timer, say, or the next tick
 * of a periodic timer that lags, is kept apart, on the heap later.  When first
 * has nothing more that was due at round, the round is over: later joins first,
 * and the next round begins, now.
 * So nothing starves.  A round has finitely many calls: those of first that are
 * due at round, and their number cannot grow, as what is armed meanwhile is
 * later, or due after round.  A timer that is due at some time is in each round
 * that begins at that time or after it, and after the timer was armed.  So
 * before it is called each other timer is called at most twice: once in the
 * round that goes on when it is armed or comes due, and once in its own.
 *
 * running is the timer whose callback is being called, without the lock.  It
 * was taken off the heap before, or, if periodic, put back with its next time,
 * so that it is armed and running; being one thread, it cannot be called again
 * meanwhile.  From the moment the callback is entered the thread does not touch
 * the timer: only running, a pointer that is compared, never followed, says
 * that it was there, unless the callback destroyed it.  So a callback may free
 * its timer.
 * revoked: running was cancelled or destroyed by another thread during this
 * call, so that its callback cannot arm it until it has returned.
 *
 * Why no wake is lost: the thread looks at the heaps and begins to wait for
 * rearmed in one step under the lock; arm, under the lock, signals when its
 * timer has become the earliest of its heap.  signal suffices: the thread is
 * the only one that waits there.  Cancelling the earliest wakes nobody: the
 * thread looks again when its time has come.  If that is so near that the
 * thread stays awake, it looks at everything again and again.
 *
 * Signals.  While it sleeps the thread takes none, but those of faults.  Before
 * a callback it gets the mask back that it began with, which is its creator's:
 * what a callback starts inherits that.  To change the mask takes as long as a
 * short callback, and would make the next one late by as much; so it is not
 * changed for a sleep that is short.
 *
 * A callback may end the thread, by pthread_exit or as the thread is cancelled.
 * Then another thread takes its place; if there is none to be had, the dying
 * one goes on, inside the handler that ends it.
 *
 * Callbacks run with no lock held.  Lock order: this lock is taken last.
 */
#include "timer.h"

#include <string.h>

#include "base/deadline.h"
#include "base/misuse.h"
#include "thread.h"

#define NAME "sync-timer"

/* What the thread knows alone. */
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
 * With the lock held: put a periodic timer back, whose tick at its key is being
 * made and passed further ticks have come due meanwhile.  Returns how many of
 * those this call must report.
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
		steps = passed; /* the last that passed stands for all */
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
 * With the lock held, which is given back meanwhile: the first timer is due.
 * False, and the lock is not held, if the callback returned in the child of a
 * fork that it made: that is not the timer thread.
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

/* How often to look at the clock, instead of sleeping: some 300 ns. */
#define ASIDE_PAUSES 8

/* With the lock held, which is given back for a moment. */
static void
stand_aside(struct sync_timer_thread *tt) SYNC_REQUIRES(tt->lock)
{
	int i;

	timer_leave(tt);
	for (i = 0; i < ASIDE_PAUSES; i++)
		plat_pause();
	(void)sync_mutex_lock(&tt->lock);
}

/* A sleep that is shorter is not worth a change of the mask. */
#define SHORT_SLEEP 1000000

/* A sleep that ends later than that does so because other threads run. */
#define OVERSLEEP_MAX 20000

/*
 * With the lock held, which is given back meanwhile: nothing is to be done
 * before due, unless arm or stop changes that.  A sleep that is shorter than
 * what sleeps are late here would end too late for sure, and costs the
 * processor as much: so we stay awake.
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
	    || !plat_spin_pays())
		return;
	late = plat_now() - due;
	if (late > OVERSLEEP_MAX)
		late = OVERSLEEP_MAX;
	l->oversleep += (late - l->oversleep) / 8;
}

/* With the lock held: if nothing of this round is left, another one begins. */
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

/* After the loop, also if a callback has ended the thread. */
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

/* With the lock held, which is given back while the thread ends. */
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

/* With the lock held, and given back: end its use, if nobody is inside. */
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
		tt->state = TIMER_NONE; /* whoever is late gets EINVAL */
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
