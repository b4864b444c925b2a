/* SPDX-License-Identifier: MIT */
/*
 * The timer thread is a monitor: one lock, a heap of the armed timers (the
 * earliest first, equal ones by when they were armed), and two conditions.
 *
 *	condition	predicate				signalled by
 *	rearmed		the earliest timer or the state		arm, stop
 *			has changed
 *	ended		no callback runs, or not that call	the thread
 *			of it
 *
 * A timer is not armed, or armed: on the heap.  running is the timer whose
 * callback is being called, without the lock.  It was taken off the heap
 * before, or, if periodic, put back with its next time, so that it is armed
 * and running; being one thread, it cannot be called again meanwhile.  From
 * the moment the callback is entered the thread does not touch the timer: only
 * running, a pointer that is compared, never followed, says that it was there,
 * unless the callback destroyed it.  So a callback may free its timer.
 *
 * Why no wake is lost: the thread looks at the heap and begins to wait for
 * rearmed in one step under the lock; arm, under the lock, signals when its
 * timer has become the earliest.  signal suffices: the thread is the only one
 * that waits there.  Cancelling the earliest wakes nobody: the thread looks
 * again when its time has come.  If that is so near that the thread stays
 * awake, it looks at everything again and again.
 *
 * Callbacks run with no lock held.  Lock order: this lock is taken last.
 */
#include <libsync/timer.h>

#include <string.h>

#include "base/deadline.h"
#include "base/heap.h"
#include "base/misuse.h"
#include "mutex.h"
#include "plat.h"
#include "thread.h"

enum { NONE, RUNNING, STOPPED };

static struct sync_timer *
timer_of(struct sync_heap_node *n)
{
	return (struct sync_timer *)(void *)n; /* its first member */
}

/* Take the lock of a timer thread that is one.  Inline for arm and cancel. */
static inline int
enter(struct sync_timer_thread *tt) SYNC_TRY_ACQUIRE(tt->lock)
{
	int err;

	if (tt == NULL)
		return EINVAL;
	if (tt->generation != plat_generation()) /* no other thread has it */
		return tt->state == NONE ? EINVAL : ENOTRECOVERABLE;
	err = mutex_lock(&tt->lock, SYNC_NEVER);
	if (err != 0)
		return err;
	if (tt->state == NONE) {
		(void)sync_mutex_unlock(&tt->lock);
		return EINVAL;
	}
	return 0;
}

static void
leave(struct sync_timer_thread *tt) SYNC_RELEASE(tt->lock)
{
	(void)sync_mutex_unlock(&tt->lock);
}

/* With the lock held. */
static void
put_on_heap(struct sync_timer_thread *tt, struct sync_timer *t, sync_time due)
{
	t->node.key = due;
	t->node.order = tt->sequence++;
	t->armed = 1;
	tt->armed++;
	heap_insert(&tt->first, &t->node);
}

/* With the lock held.  Whether it was armed. */
static bool
take_off_heap(struct sync_timer_thread *tt, struct sync_timer *t)
{
	if (!t->armed)
		return false;
	heap_remove(&tt->first, &t->node);
	t->armed = 0;
	tt->armed--;
	return true;
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
	put_on_heap(tt, t,
	    deadline_add(t->node.key, deadline_mul(t->period, steps)));
	return missed;
}

/*
 * With the lock held, which is given back meanwhile: the first timer is due.
 * False, and the lock is not held, if the callback returned in the child of a
 * fork that it made: that is not the timer thread.
 */
static bool
run_first(struct sync_timer_thread *tt, sync_time now) SYNC_NO_ANALYSIS
{
	struct sync_timer *t = timer_of(tt->first);
	void (*fn)(struct sync_timer *, const struct sync_tick *, void *);
	sync_time due = t->node.key;
	struct sync_tick tick = { .due = due, .late = now - due };
	void *arg = t->arg;

	fn = t->fn;
	(void)take_off_heap(tt, t);
	if (t->period > 0)
		tick.missed = put_back(
		    tt, t, (uint64_t)(tick.late / t->period));
	tt->running = t;
	leave(tt);
	fn(t, &tick, arg);
	if (tt->generation != plat_generation())
		return false;
	(void)sync_mutex_lock(&tt->lock);
	tt->running = NULL;
	tt->runs++;
	(void)sync_cond_broadcast(&tt->ended);
	return true;
}

/* How often to look at the clock, instead of sleeping: some 300 ns. */
#define ASIDE_PAUSES 8

/* With the lock held, which is given back for a moment. */
static void
stand_aside(struct sync_timer_thread *tt) SYNC_REQUIRES(tt->lock)
{
	int i;

	leave(tt);
	for (i = 0; i < ASIDE_PAUSES; i++)
		plat_pause();
	(void)sync_mutex_lock(&tt->lock);
}

/* A sleep that ends later than that does so because other threads run. */
#define OVERSLEEP_MAX 20000

/*
 * With the lock held, which is given back meanwhile: nothing is to be done
 * before due, unless arm or stop changes that.  *oversleep is how late sleeps
 * end here, on average.  A shorter one would end too late for sure, and costs
 * the processor as much: so we stay awake.
 */
static void
await_due(struct sync_timer_thread *tt, sync_time now, sync_time due,
    sync_time *oversleep) SYNC_REQUIRES(tt->lock)
{
	sync_time late;

	if (due - now < *oversleep) {
		stand_aside(tt);
		return;
	}
	if (sync_cond_wait_until(&tt->rearmed, &tt->lock, due) != ETIMEDOUT
	    || !plat_spin_pays())
		return;
	late = plat_now() - due;
	if (late > OVERSLEEP_MAX)
		late = OVERSLEEP_MAX;
	*oversleep += (late - *oversleep) / 8;
}

static void *
timer_main(void *arg) SYNC_NO_ANALYSIS
{
	struct sync_timer_thread *tt = arg;
	sync_time oversleep = 0;

	plat_be_punctual();
	(void)sync_mutex_lock(&tt->lock);
	while (tt->state == RUNNING) {
		sync_time now = plat_now(), due = SYNC_NEVER;

		if (tt->first != NULL)
			due = tt->first->key;
		if (due > now)
			await_due(tt, now, due, &oversleep);
		else if (!run_first(tt, now))
			return NULL;
	}
	leave(tt);
	return NULL;
}

int
sync_timer_thread_init(struct sync_timer_thread *tt, const char *name)
{
	struct sync_thread_options o = { .name = name };
	struct sync_timer_thread before_init;
	int err;

	if (UNFIT(tt, struct sync_timer_thread))
		return MISUSE(EINVAL, tt);
	if (name == NULL)
		o.name = "sync-timer";
	memcpy(&before_init, tt, sizeof(before_init));
	*tt = (struct sync_timer_thread) {
		.lock = SYNC_MUTEX_INIT,
		.generation = plat_generation(),
		.state = RUNNING,
	};
	(void)sync_cond_init(&tt->rearmed, 0);
	(void)sync_cond_init(&tt->ended, 0);
	err = thread_start(&tt->thread, timer_main, tt, &o, true);
	if (err != 0)
		memcpy(tt, &before_init, sizeof(before_init));
	return err;
}

/* With the lock held, which is given back while the thread ends. */
static int
stop(struct sync_timer_thread *tt) SYNC_REQUIRES(tt->lock)
{
	if (sync_thread_current() == &tt->thread)
		return EDEADLK;
	tt->state = STOPPED;
	while (tt->first != NULL)
		(void)take_off_heap(tt, timer_of(tt->first));
	(void)sync_cond_signal(&tt->rearmed); /* to the thread */
	tt->blocked++;
	leave(tt);
	(void)sync_thread_join(&tt->thread, NULL);
	(void)sync_mutex_lock(&tt->lock);
	tt->blocked--;
	return 0;
}

int
sync_timer_thread_stop(struct sync_timer_thread *tt)
{
	int err = enter(tt);

	if (err != 0)
		return MISUSE(err, tt);
	err = stop(tt);
	leave(tt);
	return MISUSE(err, tt);
}

int
sync_timer_thread_destroy(struct sync_timer_thread *tt)
{
	int err = enter(tt);

	if (err != 0)
		return MISUSE(err, tt);
	if (sync_thread_current() == &tt->thread)
		err = EDEADLK;
	else if (tt->armed > 0 || tt->blocked > 0)
		err = EBUSY;
	else
		err = stop(tt);
	if (err == 0 && tt->blocked > 0)
		err = EBUSY; /* somebody came while the thread ended */
	if (err == 0)
		tt->state = NONE; /* whoever is late gets EINVAL */
	leave(tt);
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

	if (enter(tt) != 0)
		return 0;
	n = tt->armed;
	leave(tt);
	return n;
}

int
sync_timer_init(struct sync_timer *t, struct sync_timer_thread *tt,
    void (*fn)(struct sync_timer *, const struct sync_tick *, void *),
    void *arg)
{
	int err;

	if (UNFIT(t, struct sync_timer) || tt == NULL || fn == NULL)
		return MISUSE(EINVAL, t);
	err = enter(tt);
	if (err != 0)
		return MISUSE(err, t);
	if (tt->running == t) /* one that was freed in its callback was here */
		tt->running = NULL;
	leave(tt);
	*t = (struct sync_timer) { .home = tt, .fn = fn, .arg = arg };
	return 0;
}

/* The first tick since the clock began, at 0. */
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
	int err = enter(tt);

	if (err != 0)
		return err;
	if (tt->state != RUNNING) {
		leave(tt);
		return ECANCELED;
	}
	(void)take_off_heap(tt, t);
	t->period = period;
	t->policy = policy;
	t->missed = 0;
	put_on_heap(tt, t, first_tick(first, period));
	if (tt->first == &t->node)
		(void)sync_cond_signal(&tt->rearmed); /* to the thread */
	leave(tt);
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

int
sync_timer_cancel(struct sync_timer *t)
{
	struct sync_timer_thread *tt = t != NULL ? t->home : NULL;
	bool armed, running;
	int err = enter(tt);

	if (err != 0)
		return MISUSE(err, t);
	armed = take_off_heap(tt, t);
	running = tt->running == t;
	leave(tt);
	if (running)
		return EINPROGRESS;
	return armed ? 0 : ENOENT;
}

/* With the lock held: the call of t that runs now, if one does, has ended. */
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

static int
join(struct sync_timer *t, sync_time deadline)
{
	struct sync_timer_thread *tt = t != NULL ? t->home : NULL;
	int err = enter(tt);

	if (err != 0)
		return err;
	err = await_end(tt, t, deadline);
	leave(tt);
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

	if (enter(tt) != 0)
		return false;
	armed = t->armed;
	leave(tt);
	return armed;
}

int
sync_timer_destroy(struct sync_timer *t)
{
	struct sync_timer_thread *tt = t != NULL ? t->home : NULL;
	int err = enter(tt);

	if (err != 0)
		return MISUSE(err, t);
	(void)take_off_heap(tt, t);
	if (tt->running == t && sync_thread_current() != &tt->thread) {
		err = EBUSY;
	} else {
		if (tt->running == t) /* a new timer may get its memory */
			tt->running = NULL;
		t->home = NULL;
	}
	leave(tt);
	return err;
}
