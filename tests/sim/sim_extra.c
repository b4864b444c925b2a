/* SPDX-License-Identifier: MIT */
/*
 * Tests across the objects: a wait sees what is there before its deadline; a
 * thread that destroyed an object may reuse its memory; and other cases that
 * only mutants brought up.
 */
#include "sim_support.h"

static struct sync_sem s;
static struct sync_event e;
static struct sync_latch l;
static struct sync_mutex m;
static struct sync_barrier b;
static struct sync_queue q;

/*
 * What comes before the deadline is there for a thread that checks at the
 * deadline.  The giver notes when it has given, and lets the deadline pass.
 */
#define DEADLINE sim_soon(1)

static sync_time given;
static unsigned got;

static void
has_given(void)
{
	given = sync_time_now();
	sync_thread_sleep_until(DEADLINE);
}

static void
note_result(int err)
{
	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	got += err == 0;
	if (err == ETIMEDOUT)
		SYNC_ASSERT(given == 0 || given >= DEADLINE);
}

static void
sem_gives(unsigned me)
{
	(void)me;
	SYNC_OK(sync_sem_post(&s));
	has_given();
}

static void
sem_takes(unsigned me)
{
	(void)me;
	note_result(sync_sem_wait_until(&s, DEADLINE));
}

static void
unit_beats_the_deadline(void *arg)
{
	(void)arg;
	SYNC_OK(sync_sem_init(&s, 0, 1, 0));
	given = 0;
	sim_play(NULL, sem_takes, sem_gives);
}

static void
event_gives(unsigned me)
{
	(void)me;
	SYNC_OK(sync_event_set(&e));
	has_given();
}

static void
event_takes(unsigned me)
{
	(void)me;
	note_result(sync_event_wait_until(&e, DEADLINE));
}

static void
set_beats_the_deadline(void *arg)
{
	(void)arg;
	SYNC_OK(sync_event_init(&e, 0));
	given = 0;
	sim_play(NULL, event_takes, event_gives);
}

static void
latch_gives(unsigned me)
{
	(void)me;
	SYNC_OK(sync_latch_count_down(&l));
	has_given();
}

static void
latch_takes(unsigned me)
{
	(void)me;
	note_result(sync_latch_wait_until(&l, DEADLINE));
}

static void
zero_beats_the_deadline(void *arg)
{
	(void)arg;
	SYNC_OK(sync_latch_init(&l, 1, 0));
	given = 0;
	sim_play(NULL, latch_takes, latch_gives);
}

static void
mutex_gives(unsigned me)
{
	(void)me;
	SYNC_OK(sync_mutex_unlock(&m));
	has_given();
}

static void
mutex_takes(unsigned me)
{
	(void)me;
	note_result(sync_mutex_lock_until(&m, DEADLINE));
}

static void
lock_beats_the_deadline(void *arg)
{
	(void)arg;
	SYNC_OK(sync_mutex_init(&m, 0));
	SYNC_OK(sync_mutex_lock(&m));
	given = 0;
	sim_play(NULL, mutex_gives, mutex_takes);
}

static void
queue_gives(unsigned me)
{
	int element = (int)me;

	SYNC_OK(sync_queue_put(&q, &element));
	SYNC_OK(sync_queue_put(&q, &element));
	has_given();
}

static void
queue_takes(unsigned me)
{
	int element = (int)me;

	note_result(sync_queue_get_until(&q, &element, DEADLINE));
}

static void
queue_ends(void)
{
	SYNC_OK(sync_queue_destroy(&q));
}

/* One wake is on its way to the first, and the second must not be woken. */
static void
elements_beat_the_deadline(void *arg)
{
	(void)arg;
	SYNC_OK(sync_queue_init(&q, SYNC_FIFO, sizeof(int), 2));
	given = 0;
	sim_play(queue_ends, queue_takes, queue_takes, queue_gives);
}

static struct sync_thread t;

static void *
nothing(void *arg)
{
	return arg;
}

static void
thread_gives(unsigned me)
{
	(void)me;
	SYNC_OK(sync_thread_join(&t, NULL));
	has_given();
}

static void
thread_takes(unsigned me)
{
	(void)me;
	note_result(sync_thread_join_until(&t, NULL, DEADLINE));
}

static void
end_beats_the_deadline(void *arg)
{
	(void)arg;
	given = 0;
	SYNC_OK(sync_thread_start(&t, nothing, NULL, NULL));
	sim_play(NULL, thread_takes, thread_gives);
}

/*
 * The waiter sleeps when the other thread wakes it and destroys the object.  As
 * soon as that succeeds, its memory is reused.
 */
static void
sem_waits(unsigned me)
{
	(void)me;
	SYNC_OK(sync_sem_wait(&s));
}

static void
sem_goes(unsigned me)
{
	(void)me;
	sim_until_asleep();
	SYNC_OK(sync_sem_post(&s));
	if (sync_sem_destroy(&s) != 0)
		return;
	sim_saw(0);
	SYNC_WRITE(s.word) = 1;
}

static void
sem_memory(void *arg)
{
	(void)arg;
	SYNC_OK(sync_sem_init(&s, 0, 1, 0));
	sim_play(NULL, sem_waits, sem_goes);
}

static void
event_waits(unsigned me)
{
	(void)me;
	SYNC_OK(sync_event_wait(&e));
}

static void
event_goes(unsigned me)
{
	(void)me;
	sim_until_asleep();
	SYNC_OK(sync_event_set(&e));
	if (sync_event_destroy(&e) != 0)
		return;
	sim_saw(0);
	SYNC_WRITE(e.word) = 1;
	SYNC_WRITE(e.waiters) = 1;
}

static void
event_memory(void *arg)
{
	(void)arg;
	SYNC_OK(sync_event_init(&e, 0));
	sim_play(NULL, event_waits, event_goes);
}

static void
latch_waits(unsigned me)
{
	(void)me;
	SYNC_OK(sync_latch_wait(&l));
}

static void
latch_goes(unsigned me)
{
	(void)me;
	sim_until_asleep();
	SYNC_OK(sync_latch_count_down(&l));
	if (sync_latch_destroy(&l) != 0)
		return;
	sim_saw(0);
	SYNC_WRITE(l.word) = 1;
	SYNC_WRITE(l.waiters) = 1;
}

static void
latch_memory(void *arg)
{
	(void)arg;
	SYNC_OK(sync_latch_init(&l, 1, 0));
	sim_play(NULL, latch_waits, latch_goes);
}

static void
mutex_holds(unsigned me)
{
	(void)me;
	SYNC_OK(sync_mutex_lock(&m));
	SYNC_OK(sync_mutex_unlock(&m));
}

/* A try that fails means that the other thread, which locks once, has it. */
static void
mutex_goes(unsigned me)
{
	int err = sync_mutex_trylock(&m);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	if (err == 0) {
		SYNC_OK(sync_mutex_unlock(&m));
		return;
	}
	if (sync_mutex_destroy(&m) != 0)
		return;
	sim_saw(0);
	SYNC_WRITE(m.word) = 1;
}

static void
mutex_memory(void *arg)
{
	(void)arg;
	SYNC_OK(sync_mutex_init(&m, 0));
	sim_play(NULL, mutex_holds, mutex_goes);
}

/*
 * One thread locks now and then, and sleeps in between; the other gets the lock
 * when it can.  If a lock that was free a moment ago is taken and free again,
 * that must not make it sleep.
 */
static void
locks_now_and_then(unsigned me)
{
	unsigned i;

	(void)me;
	for (i = 0; i < 2; i++) {
		SYNC_OK(sync_mutex_lock(&m));
		sync_thread_sleep_until(sim_soon(2 * i));
		SYNC_OK(sync_mutex_unlock(&m));
		sync_thread_sleep_until(sim_soon(2 * i + 1));
	}
}

static void
lock_comes_and_goes(void *arg)
{
	(void)arg;
	SYNC_OK(sync_mutex_init(&m, 0));
	sim_play(NULL, locks_now_and_then, mutex_holds);
}

/*
 * A sleeper whose wakeups were futile so often that the lock is reserved for it
 * is one of those that prevent the mutex from being destroyed.
 */
#define ROUNDS 5 /* futile, except for the first */

static bool came_in;

static void
holds_once(unsigned me)
{
	(void)me;
	SYNC_OK(sync_mutex_lock(&m));
	came_in = true;
	SYNC_OK(sync_mutex_unlock(&m));
}

static void
wakes_in_vain(unsigned me)
{
	unsigned i;
	int err;

	(void)me;
	for (i = 0; i < ROUNDS; i++) {
		SYNC_OK(sync_mutex_lock(&m));
		sync_thread_sleep_until(sim_soon(i)); /* calm: it sleeps */
		SYNC_OK(sync_mutex_unlock(&m));
	}
	err = sync_mutex_destroy(&m);
	sim_saw(err == 0);
	SYNC_ASSERT(err == EBUSY || (err == 0 && came_in));
}

static void
reserved_is_not_destroyed(void *arg)
{
	(void)arg;
	came_in = false;
	SYNC_OK(sync_mutex_init(&m, 0));
	sim_play(NULL, wakes_in_vain, holds_once);
}

/* A post of too many units does not affect the sleepers. */
static void
sem_overflows(unsigned me)
{
	(void)me;
	SYNC_ASSERT(sync_sem_post_n(&s, 2) == EOVERFLOW);
	SYNC_OK(sync_sem_post(&s));
}

static void
overflow_beside_a_sleeper(void *arg)
{
	(void)arg;
	SYNC_OK(sync_sem_init(&s, 0, 1, 0));
	sim_play(NULL, sem_waits, sem_overflows);
}

/* A wait that comes when the object is destroyed detects that. */
static void
sem_comes_late(unsigned me)
{
	int err = sync_sem_wait(&s);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EINVAL);
	sim_saw(err == EINVAL);
}

static void
sem_ends(unsigned me)
{
	int err = sync_sem_destroy(&s);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	if (err == 0)
		sim_may_be_late(&s.inside);
	else
		SYNC_OK(sync_sem_post(&s));
}

static void
destroy_beside_a_wait(void *arg)
{
	(void)arg;
	SYNC_OK(sync_sem_init(&s, 0, 1, 0));
	sim_play(NULL, sem_comes_late, sem_ends);
}

/* One of them sets the bit that the other finds set. */
static void
sem_ends_for_two(unsigned me)
{
	int err = sync_sem_destroy(&s);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	if (err == 0)
		sim_may_be_late(&s.inside);
	else
		SYNC_OK(sync_sem_post_n(&s, 2));
}

static void
destroy_beside_two_waits(void *arg)
{
	(void)arg;
	SYNC_OK(sync_sem_init(&s, 0, 2, 0));
	sim_play(NULL, sem_ends_for_two, sem_comes_late, sem_comes_late);
}

/* A waiter that has timed out keeps the lock in use until it is gone. */
static struct sync_rwlock rw;

static void
reads_until(unsigned me)
{
	int err = sync_rwlock_rdlock_until(&rw, DEADLINE);

	(void)me;
	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	if (err == 0)
		SYNC_OK(sync_rwlock_unlock(&rw));
}

static void
writes_and_goes(unsigned me)
{
	bool waits;

	(void)me;
	sim_until_asleep(); /* or it comes too late to count as a waiter */
	waits = rw.waiters.tail != NULL;
	SYNC_OK(sync_rwlock_unlock(&rw));
	if (!waits || sync_rwlock_destroy(&rw) != 0)
		return;
	sim_saw(0);
	sim_free(&rw, sizeof(rw));
}

static void
destroy_beside_a_leaver(void *arg)
{
	(void)arg;
	SYNC_OK(sync_rwlock_init(&rw, 0));
	SYNC_OK(sync_rwlock_wrlock(&rw));
	sim_play(NULL, writes_and_goes, reads_until);
}

/* A try by the last to arrive is as good as a wait. */
static void
barrier_waits(unsigned me)
{
	(void)me;
	SYNC_OK(sync_barrier_wait(&b, NULL));
}

static void
barrier_tries_last(unsigned me)
{
	(void)me;
	sim_until_asleep();
	SYNC_OK(sync_barrier_trywait(&b, NULL));
}

static void
last_tries(void *arg)
{
	(void)arg;
	SYNC_OK(sync_barrier_init(&b, 2, NULL, NULL, 0));
	sim_play(NULL, barrier_waits, barrier_tries_last);
}

/* The action runs once for each completed round. */
static unsigned actions, met;

static void
counts(void *arg)
{
	(void)arg;
	actions++;
	SYNC_OK(sync_barrier_reset(&b)); /* no lock is held */
}

static void
barrier_waits_until(unsigned me)
{
	int err = sync_barrier_wait_until(&b, NULL, DEADLINE);

	(void)me;
	SYNC_ASSERT(err == 0 || err == ETIMEDOUT || err == ECANCELED);
	met += err == 0;
	sim_saw(err == 0);
}

static void
an_action_for_all(void)
{
	SYNC_ASSERT(met == 2 * actions);
}

static void
action_or_timeout(void *arg)
{
	(void)arg;
	SYNC_OK(sync_barrier_init(&b, 2, counts, NULL, 0));
	actions = met = 0;
	sim_play(an_action_for_all, barrier_waits_until, barrier_waits_until);
}

/* A thread that was signalled does not access the cond any more. */
static struct sync_cond c;
static bool ready; /* under m */

static void
cond_waits(unsigned me)
{
	(void)me;
	SYNC_OK(sync_mutex_lock(&m));
	while (!ready)
		SYNC_OK(sync_cond_wait(&c, &m));
	SYNC_OK(sync_mutex_unlock(&m));
}

static void
cond_goes(unsigned me)
{
	(void)me;
	sim_until_asleep();
	SYNC_OK(sync_mutex_lock(&m));
	ready = true;
	SYNC_OK(sync_mutex_unlock(&m));
	SYNC_OK(sync_cond_signal(&c));
	SYNC_OK(sync_cond_destroy(&c));
	sim_free(&c, sizeof(c));
}

static void
signaller_frees(void *arg)
{
	(void)arg;
	SYNC_OK(sync_mutex_init(&m, 0));
	SYNC_OK(sync_cond_init(&c, 0));
	ready = false;
	sim_play(NULL, cond_waits, cond_goes);
}

/* The content of a queue when it wraps around, grows, or is a deep heap. */
struct element {
	int64_t priority;
	int64_t number;
};

static void
put_numbers(int64_t first, int64_t n)
{
	struct element x = { 0, first };

	for (; x.number < first + n; x.number++)
		SYNC_OK(sync_queue_put(&q, &x));
}

static void
get_numbers(int64_t first, int64_t n)
{
	struct element x;

	for (; n > 0; n--) {
		SYNC_OK(sync_queue_get(&q, &x));
		SYNC_ASSERT(x.number == first);
		first++;
	}
}

static void
ring_goes_around(void *arg)
{
	int64_t i;

	(void)arg;
	SYNC_OK(sync_queue_init(&q, SYNC_FIFO, sizeof(struct element), 3));
	put_numbers(0, 2);
	for (i = 0; i < 7; i++) {
		put_numbers(i + 2, 1);
		get_numbers(i, 1);
	}
	get_numbers(7, 2);
	SYNC_OK(sync_queue_destroy(&q));
}

/* It starts with room for 16. */
static void
ring_grows(void *arg)
{
	(void)arg;
	SYNC_OK(sync_queue_init(
	    &q, SYNC_FIFO, sizeof(struct element), SYNC_UNBOUNDED));
	put_numbers(0, 16);
	get_numbers(0, 5);
	put_numbers(16, 12);
	get_numbers(5, 23);
	SYNC_OK(sync_queue_destroy(&q));
}

static void
stack_grows(void *arg)
{
	struct element x;
	int64_t i;

	(void)arg;
	SYNC_OK(sync_queue_init(
	    &q, SYNC_LIFO, sizeof(struct element), SYNC_UNBOUNDED));
	put_numbers(0, 18);
	for (i = 18; i-- > 0;) {
		SYNC_OK(sync_queue_get(&q, &x));
		SYNC_ASSERT(x.number == i);
	}
	SYNC_OK(sync_queue_destroy(&q));
}

static void
heap_is_deep(void *arg)
{
	static const int64_t priorities[] = { 0, 50, 10, 90, 91, 92, 93, 94,
		20, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1, 5, 9, 3, 3, 12, 0, 7 };
	struct element x, before = { -1, 0 };
	int64_t i, n = (int64_t)SIM_COUNT(priorities);

	(void)arg;
	SYNC_OK(sync_queue_init(&q, SYNC_PRIORITY, sizeof(x), (size_t)n));
	for (i = 0; i < n; i++) {
		x = (struct element) { priorities[i], i };
		SYNC_OK(sync_queue_put(&q, &x));
	}
	for (i = 0; i < n; i++) {
		SYNC_OK(sync_queue_get(&q, &x));
		SYNC_ASSERT(x.priority == priorities[x.number]);
		SYNC_ASSERT(x.priority > before.priority
		    || (x.priority == before.priority
			&& x.number > before.number));
		before = x;
	}
	SYNC_OK(sync_queue_destroy(&q));
}

/* Timers run in the order of their times, whichever were cancelled. */
#define TIMERS 14

static struct sync_timer_thread tt;
static struct sync_timer timers[TIMERS];
static unsigned came[TIMERS], ncame; /* effectively under the thread's lock */

static void
comes(struct sync_timer *timer, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	(void)tick;
	SYNC_ASSERT(ncame < TIMERS);
	came[ncame++] = (unsigned)(timer - timers);
}

static void
many_timers(void *arg)
{
	static const unsigned cancelled[] = { 12, 13, 8, 7, 0, 5 };
	static const unsigned left[] = { 1, 2, 3, 4, 6, 9, 10, 11 };
	unsigned i;

	(void)arg;
	ncame = 0;
	SYNC_OK(sync_timer_thread_init(&tt, NULL));
	for (i = 0; i < TIMERS; i++) {
		SYNC_OK(sync_timer_init(&timers[i], &tt, comes, NULL));
		SYNC_OK(sync_timer_arm(&timers[i], sim_soon(10 * i)));
	}
	/* A second, a first, two neighbours, the earliest, and one more. */
	for (i = 0; i < SIM_COUNT(cancelled); i++)
		SYNC_OK(sync_timer_cancel(&timers[cancelled[i]]));
	SYNC_OK(sync_timer_arm(&timers[9], sim_soon(95)));
	sync_thread_sleep_until(sim_soon(10 * TIMERS));
	SYNC_ASSERT(ncame == SIM_COUNT(left));
	SYNC_ASSERT(memcmp(came, left, sizeof(left)) == 0);
	SYNC_OK(sync_timer_thread_stop(&tt));
	SYNC_OK(sync_timer_thread_destroy(&tt));
}

/*
 * The running callback, for the scenarios in which a callback runs meanwhile.
 */
static struct sync_event begun, done;

static void
stays(struct sync_timer *timer, const struct sync_tick *tick, void *arg)
{
	(void)timer;
	(void)tick;
	(void)arg;
	SYNC_OK(sync_event_set(&begun));
	SYNC_OK(sync_event_wait(&done));
}

static void
begin_callback(void (*callback)(struct sync_timer *, const struct sync_tick *,
    void *))
{
	SYNC_OK(sync_event_init(&begun, 0));
	SYNC_OK(sync_event_init(&done, 0));
	SYNC_OK(sync_timer_thread_init(&tt, NULL));
	SYNC_OK(sync_timer_init(&timers[0], &tt, callback, NULL));
	SYNC_OK(sync_timer_init(&timers[1], &tt, callback, NULL));
	SYNC_OK(sync_timer_arm(&timers[0], sim_soon(0)));
	SYNC_OK(sync_event_wait(&begun));
}

static void
end_timers(void)
{
	SYNC_OK(sync_timer_thread_stop(&tt));
	SYNC_OK(sync_timer_thread_destroy(&tt));
}

static void
join_of_one_that_does_not_run(void *arg)
{
	(void)arg;
	begin_callback(stays);
	SYNC_OK(sync_timer_join(&timers[1]));
	SYNC_OK(sync_event_set(&done));
	end_timers();
}

/*
 * A timer cannot be initialised while its callback runs.  But a callback may
 * free its timer: then the memory is something else, and a new timer there is
 * not running.
 */
static void
timer_made_anew(void *arg)
{
	(void)arg;
	begin_callback(stays);
	SYNC_ASSERT(sync_timer_init(&timers[0], &tt, comes, NULL) == EBUSY);
	SYNC_ASSERT(sync_timer_tryjoin(&timers[0]) == EAGAIN);
	memset(&timers[0], 0xa5, sizeof(timers[0]));
	SYNC_OK(sync_timer_init(&timers[0], &tt, comes, NULL));
	SYNC_ASSERT(sync_timer_cancel(&timers[0]) == ENOENT);
	SYNC_OK(sync_timer_join(&timers[0]));
	SYNC_OK(sync_timer_destroy(&timers[0]));
	SYNC_OK(sync_event_set(&done));
	end_timers();
}

/*
 * A thread that joins a timer while its timer thread is being destroyed keeps
 * it in use.
 */
static void
stays_till_all_sleep(struct sync_timer *timer, const struct sync_tick *tick,
    void *arg)
{
	(void)timer;
	(void)tick;
	(void)arg;
	SYNC_OK(sync_event_set(&begun));
	sync_thread_sleep_until(sim_soon(1)); /* calm */
}

static void
joins_timer(unsigned me)
{
	(void)me;
	SYNC_OK(sync_timer_join(&timers[0]));
}

static void
destroys_thread(unsigned me)
{
	int err;

	(void)me;
	err = sync_timer_thread_destroy(&tt);
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err == 0);
	if (err == 0)
		sim_free(&tt, sizeof(tt));
	else
		SYNC_OK(sync_timer_thread_stop(&tt));
}

static void
destroy_beside_a_join(void *arg)
{
	(void)arg;
	begin_callback(stays_till_all_sleep);
	sim_play(NULL, joins_timer, destroys_thread);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "a unit beats the deadline",
	    .test = unit_beats_the_deadline },
	{ .name = "a set beats the deadline", .test = set_beats_the_deadline },
	{ .name = "zero beats the deadline", .test = zero_beats_the_deadline },
	{ .name = "a free lock beats the deadline",
	    .test = lock_beats_the_deadline },
	{ .name = "elements beat the deadline",
	    .test = elements_beat_the_deadline, .calm = true },
	{ .name = "an end beats the deadline", .test = end_beats_the_deadline },
	{ .name = "the memory of a semaphore", .test = sem_memory, .sees = 1,
	    .calm = true },
	{ .name = "the memory of an event", .test = event_memory, .sees = 1,
	    .calm = true },
	{ .name = "the memory of a latch", .test = latch_memory, .sees = 1,
	    .calm = true },
	{ .name = "the memory of a mutex", .test = mutex_memory, .sees = 1 },
	{ .name = "a lock comes and goes", .test = lock_comes_and_goes },
	{ .name = "a reserved lock is not destroyed",
	    .test = reserved_is_not_destroyed, .sees = 2, .calm = true },
	{ .name = "a post of too many beside a sleeper",
	    .test = overflow_beside_a_sleeper },
	{ .name = "a destroy beside a wait", .test = destroy_beside_a_wait,
	    .sees = 2, .weak = 2 },
	{ .name = "a destroy beside two waits",
	    .test = destroy_beside_two_waits, .sees = 2, .weak = 2 },
	{ .name = "a destroy beside a leaver", .test = destroy_beside_a_leaver,
	    .sees = 1 },
	{ .name = "the last to arrive tries", .test = last_tries,
	    .calm = true },
	{ .name = "an action or a timeout", .test = action_or_timeout,
	    .sees = 2 },
	{ .name = "the signaller frees it", .test = signaller_frees,
	    .calm = true },
	{ .name = "a ring goes around", .test = ring_goes_around },
	{ .name = "a ring grows", .test = ring_grows },
	{ .name = "a stack grows", .test = stack_grows },
	{ .name = "a heap is deep", .test = heap_is_deep },
	{ .name = "many timers", .test = many_timers, .calls = true,
	    .calm = true },
	{ .name = "a join of one that does not run",
	    .test = join_of_one_that_does_not_run },
	{ .name = "a timer is made anew", .test = timer_made_anew },
	{ .name = "a destroy beside a join", .test = destroy_beside_a_join,
	    .sees = 2, .calm = true },
};

int
main(void)
{
	return sim_main("extra", scenarios, SIM_COUNT(scenarios));
}
