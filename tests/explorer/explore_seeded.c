/* SPDX-License-Identifier: MIT */
#include <libsync.h>

#include <pthread.h>

#include "explore_seeded.h"

static struct sync_mutex m, forks[SEEDED_WORKERS];
static struct sync_cond c;
static struct sync_sem s;
static struct sync_queue q;
static uint32_t x, y, flag, data, ready, got[SEEDED_WORKERS];
static int plain;
static pthread_mutex_t posix_mutex;
static pthread_cond_t posix_cond;
static const struct seeded *now; /* what is run */
static unsigned workers;         /* of it */

static void
reset(void)
{
	unsigned i;

	m = (struct sync_mutex)SYNC_MUTEX_INIT;
	c = (struct sync_cond)SYNC_COND_INIT;
	s = (struct sync_sem)SYNC_SEM_INIT(0, 10);
	posix_mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	posix_cond = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
	x = y = flag = data = ready = 0;
	plain = 0;
	for (i = 0; i < SEEDED_WORKERS; i++) {
		forks[i] = (struct sync_mutex)SYNC_MUTEX_INIT;
		got[i] = 99;
	}
}

/* Worker i gets i. */
static void
run_workers(void)
{
	struct sync_thread t[SEEDED_WORKERS];
	unsigned i;

	for (i = 0; i < workers; i++)
		SYNC_OK(sync_thread_start(
		    &t[i], now->workers[i], (void *)(uintptr_t)i, NULL));
	for (i = 0; i < workers; i++)
		SYNC_OK(sync_thread_join(&t[i], NULL));
}

void
seeded_run(void *arg)
{
	now = arg;
	for (workers = 0; workers < SEEDED_WORKERS; workers++)
		if (now->workers[workers] == NULL)
			break;
	if (now->test != NULL) {
		now->test(NULL);
		return;
	}
	reset();
	run_workers();
	if (now->check != NULL)
		now->check();
}

#define LOAD(p)     SYNC_ATOMIC_LOAD(p, __ATOMIC_SEQ_CST)
#define STORE(p, v) SYNC_ATOMIC_STORE(p, v, __ATOMIC_SEQ_CST)

/* The flag is read before the lock is taken. */
static void *
waits_late(void *arg)
{
	(void)arg;
	if (LOAD(&flag) == 0) {
		SYNC_OK(sync_mutex_lock(&m));
		SYNC_OK(sync_cond_wait(&c, &m));
		SYNC_OK(sync_mutex_unlock(&m));
	}
	return NULL;
}

static void *
sets_flag(void *arg)
{
	(void)arg;
	STORE(&flag, 1);
	SYNC_OK(sync_mutex_lock(&m));
	SYNC_OK(sync_cond_signal(&c));
	SYNC_OK(sync_mutex_unlock(&m));
	return NULL;
}

static void
holds_both(uintptr_t first, uintptr_t second)
{
	SYNC_OK(sync_mutex_lock(&forks[first]));
	SYNC_OK(sync_mutex_lock(&forks[second]));
	SYNC_OK(sync_mutex_unlock(&forks[second]));
	SYNC_OK(sync_mutex_unlock(&forks[first]));
}

static void *
dines(void *arg)
{
	uintptr_t i = (uintptr_t)arg;

	holds_both(i, (i + 1) % workers);
	return NULL;
}

static void *
dines_in_order(void *arg)
{
	uintptr_t i = (uintptr_t)arg, next = (i + 1) % workers;

	holds_both(i < next ? i : next, i < next ? next : i);
	return NULL;
}

/* No predicate at all. */
static void *
waits(void *arg)
{
	(void)arg;
	SYNC_OK(sync_mutex_lock(&m));
	SYNC_OK(sync_cond_wait(&c, &m));
	SYNC_OK(sync_mutex_unlock(&m));
	return NULL;
}

static void *
takes_with_if(void *arg)
{
	(void)arg;
	SYNC_OK(sync_mutex_lock(&m));
	if (ready == 0)
		SYNC_OK(sync_cond_wait(&c, &m));
	SYNC_ASSERT(ready > 0);
	ready--;
	SYNC_OK(sync_mutex_unlock(&m));
	return NULL;
}

static void *
takes_with_while(void *arg)
{
	(void)arg;
	SYNC_OK(sync_mutex_lock(&m));
	while (ready == 0)
		SYNC_OK(sync_cond_wait(&c, &m));
	SYNC_ASSERT(ready > 0);
	ready--;
	SYNC_OK(sync_mutex_unlock(&m));
	return NULL;
}

static void *
gives_one(void *arg)
{
	(void)arg;
	SYNC_OK(sync_mutex_lock(&m));
	ready++;
	SYNC_OK(sync_cond_broadcast(&c));
	SYNC_OK(sync_mutex_unlock(&m));
	return NULL;
}

static void *
gives_two_slowly(void *arg)
{
	(void)gives_one(arg);
	return gives_one(arg);
}

static void *
takes_one_kind(void *arg)
{
	uint32_t bit = (uintptr_t)arg == 0 ? 1 : 2;

	SYNC_OK(sync_mutex_lock(&m));
	while (!(ready & bit))
		SYNC_OK(sync_cond_wait(&c, &m));
	SYNC_OK(sync_mutex_unlock(&m));
	return NULL;
}

static void *
gives_all_with_signal(void *arg)
{
	(void)arg;
	SYNC_OK(sync_mutex_lock(&m));
	ready = 3;
	SYNC_OK(sync_cond_signal(&c));
	SYNC_OK(sync_mutex_unlock(&m));
	return NULL;
}

/* The given value is lost if it comes at the deadline. */
static void *
gives_up(void *arg)
{
	int err = 0;

	(void)arg;
	SYNC_OK(sync_mutex_lock(&m));
	while (ready == 0 && err == 0)
		err = sync_cond_wait_until(&c, &m, sync_after_ms(5));
	SYNC_ASSERT(err == 0 || ready == 0);
	SYNC_OK(sync_mutex_unlock(&m));
	return NULL;
}

static void *
counts(void *arg)
{
	(void)arg;
	SYNC_WRITE(plain) = SYNC_READ(plain) + 1;
	return NULL;
}

static void *
counts_by_two_steps(void *arg)
{
	(void)arg;
	STORE(&x, LOAD(&x) + 1);
	return NULL;
}

static void *
counts_by_one_step(void *arg)
{
	(void)arg;
	(void)SYNC_ATOMIC_ADD(&x, 1, __ATOMIC_RELAXED);
	return NULL;
}

static void
each_is_counted(void)
{
	SYNC_ASSERT(x == workers);
}

/* Litmus tests: the row has the orders of the stores and loads. */
static void *
publishes(void *arg)
{
	(void)arg;
	SYNC_ATOMIC_STORE(&data, 42, __ATOMIC_RELAXED);
	SYNC_ATOMIC_STORE(&flag, 1, now->store);
	return NULL;
}

static void *
looks(void *arg)
{
	(void)arg;
	if (SYNC_ATOMIC_LOAD(&flag, now->load))
		SYNC_ASSERT(SYNC_ATOMIC_LOAD(&data, __ATOMIC_RELAXED) == 42);
	return NULL;
}

/* The same with plain data: a race under any memory model. */
static void *
initializes(void *arg)
{
	(void)arg;
	if (SYNC_ATOMIC_LOAD(&flag, now->load) == 0) {
		SYNC_OK(sync_mutex_lock(&m));
		if (SYNC_ATOMIC_LOAD(&flag, now->load) == 0) {
			SYNC_WRITE(plain) = 42;
			SYNC_ATOMIC_STORE(&flag, 1, now->store);
		}
		SYNC_OK(sync_mutex_unlock(&m));
	}
	SYNC_ASSERT(SYNC_READ(plain) == 42);
	return NULL;
}

static void *
stores_and_loads(void *arg)
{
	uint32_t *mine = arg == NULL ? &x : &y, *other = arg == NULL ? &y : &x;

	SYNC_ATOMIC_STORE(mine, 1, now->store);
	if (now->fenced)
		SYNC_ATOMIC_FENCE();
	got[(uintptr_t)arg] = SYNC_ATOMIC_LOAD(other, now->load);
	return NULL;
}

static void
one_sees_the_other(void)
{
	SYNC_ASSERT(got[0] == 1 || got[1] == 1);
}

/* Two writers, two readers that may not agree which was first. */
static void *
writes_x(void *arg)
{
	(void)arg;
	SYNC_ATOMIC_STORE(&x, 1, now->store);
	return NULL;
}

static void *
writes_y(void *arg)
{
	(void)arg;
	SYNC_ATOMIC_STORE(&y, 1, now->store);
	return NULL;
}

static void *
reads_xy(void *arg)
{
	(void)arg;
	got[0] = SYNC_ATOMIC_LOAD(&x, now->load);
	got[1] = SYNC_ATOMIC_LOAD(&y, now->load);
	return NULL;
}

static void *
reads_yx(void *arg)
{
	(void)arg;
	got[2] = SYNC_ATOMIC_LOAD(&y, now->load);
	got[3] = SYNC_ATOMIC_LOAD(&x, now->load);
	return NULL;
}

static void
they_agree(void)
{
	SYNC_ASSERT(!(got[0] == 1 && got[1] == 0 && got[2] == 1 && got[3] == 0));
}

/*
 * C11 allows both loads to read 1; the explorer has no loads of future stores.
 */
static void *
loads_and_stores(void *arg)
{
	uint32_t *mine = arg == NULL ? &x : &y, *other = arg == NULL ? &y : &x;

	got[(uintptr_t)arg] = SYNC_ATOMIC_LOAD(mine, __ATOMIC_RELAXED);
	SYNC_ATOMIC_STORE(other, 1, __ATOMIC_RELAXED);
	return NULL;
}

static void
one_loaded_before_the_store(void)
{
	SYNC_ASSERT(!(got[0] == 1 && got[1] == 1));
}

/* A thread never sees an older store after a newer one. */
static void *
writes_twice(void *arg)
{
	(void)arg;
	SYNC_ATOMIC_STORE(&x, 1, __ATOMIC_RELAXED);
	SYNC_ATOMIC_STORE(&x, 2, __ATOMIC_RELAXED);
	return NULL;
}

static void *
reads_twice(void *arg)
{
	uint32_t first = SYNC_ATOMIC_LOAD(&x, __ATOMIC_RELAXED);
	uint32_t second = SYNC_ATOMIC_LOAD(&x, __ATOMIC_RELAXED);

	(void)arg;
	SYNC_ASSERT(first <= second);
	return NULL;
}

static void *
posts_twice(void *arg)
{
	(void)arg;
	SYNC_OK(sync_sem_post(&s));
	SYNC_OK(sync_sem_post(&s));
	return NULL;
}

static void *
posts_once(void *arg)
{
	(void)arg;
	SYNC_OK(sync_sem_post(&s));
	return NULL;
}

/* s ends after the first post, while another thread may be inside a second. */
static void
ends_it(seeded_worker posts, bool destroy)
{
	struct sync_thread t;

	reset();
	SYNC_OK(sync_thread_start(&t, posts, NULL, NULL));
	SYNC_OK(sync_sem_wait(&s));
	if (destroy)
		SYNC_OK(sync_sem_destroy(&s));
	else
		sync_explore_freed(&s, sizeof(s));
	SYNC_OK(sync_thread_join(&t, NULL));
}

static void
use_after_destroy(void *arg)
{
	(void)arg;
	ends_it(posts_twice, true);
}

static void
use_after_free(void *arg)
{
	(void)arg;
	ends_it(posts_twice, false);
}

static void
free_after_wait(void *arg)
{
	(void)arg;
	ends_it(posts_once, false);
}

static void *
waits_for_s(void *arg)
{
	(void)arg;
	SYNC_OK(sync_sem_wait(&s));
	return NULL;
}

/* The starter takes the post back if it is quick enough. */
static void
left_behind(void *arg)
{
	static struct sync_thread t;

	(void)arg;
	reset();
	SYNC_OK(sync_thread_start(&t, waits_for_s, NULL, NULL));
	SYNC_OK(sync_sem_post(&s));
	(void)sync_sem_trywait(&s);
}

static void *
lets_go_first(void *arg)
{
	uint32_t *mine = arg == NULL ? &x : &y, *other = arg == NULL ? &y : &x;

	STORE(mine, 1);
	while (LOAD(other) == 1)
		sync_explore_yield();
	STORE(mine, 0);
	return NULL;
}

static void *
spins(void *arg)
{
	(void)arg;
	while (LOAD(&flag) == 0)
		sync_explore_yield();
	return NULL;
}

static void *
lets_spinners_go(void *arg)
{
	(void)arg;
	STORE(&x, 1);
	STORE(&flag, 1);
	return NULL;
}

static void *
spins_for_lock(void *arg)
{
	(void)arg;
	while (sync_mutex_trylock(&m) != 0)
		continue;
	plain++;
	SYNC_OK(sync_mutex_unlock(&m));
	return NULL;
}

static void
both_had_it(void)
{
	SYNC_ASSERT(plain == 2);
}

static void *
puts_two(void *arg)
{
	int i;

	(void)arg;
	for (i = 0; i < 2; i++)
		SYNC_OK(sync_queue_put(&q, &i));
	return NULL;
}

static void *
gets_two(void *arg)
{
	int i, v;

	(void)arg;
	for (i = 0; i < 2; i++) {
		while (sync_queue_tryget(&q, &v) != 0)
			continue;
		SYNC_ASSERT(v == i);
	}
	return NULL;
}

static void
spin_for_element(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(sync_queue_init(&q, SYNC_FIFO, sizeof(int), 1));
	run_workers();
	SYNC_OK(sync_queue_destroy(&q));
}

/* One thread is let in and the other never is: no thread opens it again. */
static void *
spins_for_ever(void *arg)
{
	(void)arg;
	while (sync_sem_trywait(&s) != 0)
		continue;
	return NULL;
}

/* Five moves, by turns: the one thread is stopped three times for the other. */
static void *
moves(void *arg)
{
	uint32_t from = arg == NULL ? 0 : 1, expected;

	for (; from + (uintptr_t)arg < 5; from += 2) {
		expected = from;
		(void)SYNC_ATOMIC_CAS(&x, &expected, from + 1,
		    __ATOMIC_SEQ_CST);
	}
	return NULL;
}

static void
not_all_were_made(void)
{
	SYNC_ASSERT(x != 5);
}

static void *
waits_an_hour(void *arg)
{
	(void)arg;
	SYNC_OK(sync_sem_wait_until(&s, sync_after_ms(3600000)));
	return NULL;
}

/*
 * A sync_cond has no spurious wakeups; a POSIX condition variable may have
 * some.
 */
static void *
waits_with_posix_if(void *arg)
{
	(void)arg;
	SYNC_OK(pthread_mutex_lock(&posix_mutex));
	if (ready == 0)
		SYNC_OK(pthread_cond_wait(&posix_cond, &posix_mutex));
	SYNC_ASSERT(ready == 1);
	SYNC_OK(pthread_mutex_unlock(&posix_mutex));
	return NULL;
}

static void *
gives_one_by_posix(void *arg)
{
	(void)arg;
	SYNC_OK(pthread_mutex_lock(&posix_mutex));
	ready = 1;
	SYNC_OK(pthread_cond_signal(&posix_cond));
	SYNC_OK(pthread_mutex_unlock(&posix_mutex));
	return NULL;
}

static void *
does_nothing(void *arg)
{
	return arg;
}

static void
refused_memory(void *arg)
{
	(void)arg;
	SYNC_OK(sync_queue_init(&q, SYNC_FIFO, 100, 10));
	SYNC_OK(sync_queue_destroy(&q));
}

#define ORDERS(store_order, load_order)                                        \
	.store = __ATOMIC_##store_order, .load = __ATOMIC_##load_order
#define MESSAGE        .workers = { publishes, looks }
#define DOUBLE_CHECKED .workers = { initializes, initializes }
#define DEKKER                                                                 \
	.workers = { stores_and_loads, stores_and_loads },                     \
	.check = one_sees_the_other
#define READERS                                                                \
	.workers = { writes_x, writes_y, reads_xy, reads_yx },                 \
	.check = they_agree
#define DEAD           SYNC_EXPLORE_DEADLOCK
#define FALSE_         SYNC_EXPLORE_ASSERTION
#define WEAK           SYNC_EXPLORE_WEAK
#define USUAL          .timeouts = 2, .spurious = 1, .stale = 2
#define CALM           .stale = 2

const struct seeded seeded[] = {
	{ .name = "lost_wakeup", .workers = { waits_late, sets_flag },
	    .failure = DEAD, CALM, .preemptions = 1 },
	{ .name = "two_locks", .workers = { dines, dines }, .failure = DEAD,
	    CALM, .preemptions = 1 },
	{ .name = "three_philosophers", .workers = { dines, dines, dines },
	    .failure = DEAD, CALM, .preemptions = 1 },
	{ .name = "four_philosophers",
	    .workers = { dines, dines, dines, dines }, .failure = DEAD, CALM,
	    .preemptions = 1 },
	{ .name = "five_philosophers",
	    .workers = { dines, dines, dines, dines, dines }, .failure = DEAD,
	    CALM, .preemptions = 1 },
	{ .name = "three_in_order",
	    .workers = { dines_in_order, dines_in_order, dines_in_order },
	    CALM },
	{ .name = "signal_before_wait", .workers = { waits, sets_flag },
	    .failure = DEAD, CALM },
	{ .name = "if_for_while",
	    .workers = { takes_with_if, takes_with_if, gives_two_slowly },
	    .failure = FALSE_, CALM, .preemptions = 1 },
	{ .name = "with_while",
	    .workers = { takes_with_while, takes_with_while, gives_two_slowly },
	    CALM },
	{ .name = "signal_for_broadcast",
	    .workers = { takes_one_kind, takes_one_kind, gives_all_with_signal },
	    .failure = DEAD, CALM },
	{ .name = "no_recheck", .workers = { gives_up, gives_one },
	    .failure = FALSE_, USUAL, .preemptions = 1 },
	{ .name = "no_recheck", .workers = { gives_up, gives_one }, CALM },
	{ .name = "unlocked_counter", .workers = { counts, counts },
	    .failure = SYNC_EXPLORE_RACE, CALM },
	{ .name = "lost_update",
	    .workers = { counts_by_two_steps, counts_by_two_steps },
	    .check = each_is_counted, .failure = FALSE_, CALM,
	    .preemptions = 1 },
	{ .name = "no_lost_update",
	    .workers = { counts_by_one_step, counts_by_one_step,
		counts_by_one_step }, .check = each_is_counted, .flags = WEAK,
	    USUAL },
	{ .name = "message_relaxed", MESSAGE, ORDERS(RELAXED, RELAXED),
	    .failure = FALSE_, .flags = WEAK, CALM },
	{ .name = "message_relaxed", MESSAGE, ORDERS(RELAXED, RELAXED), CALM },
	{ .name = "message_half_released", MESSAGE, ORDERS(RELEASE, RELAXED),
	    .failure = FALSE_, .flags = WEAK, CALM },
	{ .name = "message_half_acquired", MESSAGE, ORDERS(RELAXED, ACQUIRE),
	    .failure = FALSE_, .flags = WEAK, CALM },
	{ .name = "message", MESSAGE, ORDERS(RELEASE, ACQUIRE), .flags = WEAK,
	    CALM },
	{ .name = "double_checked_relaxed", DOUBLE_CHECKED,
	    ORDERS(RELAXED, RELAXED), .failure = SYNC_EXPLORE_RACE, CALM },
	{ .name = "double_checked", DOUBLE_CHECKED, ORDERS(RELEASE, ACQUIRE),
	    .flags = WEAK, CALM },
	{ .name = "dekker_relaxed", DEKKER, ORDERS(RELAXED, RELAXED),
	    .failure = FALSE_, .flags = WEAK, CALM },
	{ .name = "dekker_relaxed", DEKKER, ORDERS(RELAXED, RELAXED), CALM },
	{ .name = "dekker_released", DEKKER, ORDERS(RELEASE, ACQUIRE),
	    .failure = FALSE_, .flags = WEAK, CALM },
	{ .name = "dekker_half_consistent", DEKKER, ORDERS(RELAXED, SEQ_CST),
	    .failure = FALSE_, .flags = WEAK, CALM },
	{ .name = "dekker_other_half_consistent", DEKKER,
	    ORDERS(SEQ_CST, RELAXED), .failure = FALSE_, .flags = WEAK, CALM },
	{ .name = "dekker_fenced", DEKKER, ORDERS(RELAXED, RELAXED),
	    .fenced = true, .flags = WEAK, CALM },
	{ .name = "dekker_consistent", DEKKER, ORDERS(SEQ_CST, SEQ_CST),
	    .flags = WEAK, CALM },
	{ .name = "readers_disagree", READERS, ORDERS(RELEASE, ACQUIRE),
	    .failure = FALSE_, .flags = WEAK, CALM },
	{ .name = "readers_agree", READERS, ORDERS(SEQ_CST, SEQ_CST),
	    .flags = WEAK, CALM },
	{ .name = "load_buffering",
	    .workers = { loads_and_stores, loads_and_stores },
	    .check = one_loaded_before_the_store, .flags = WEAK, CALM },
	{ .name = "coherence",
	    .workers = { writes_twice, reads_twice, reads_twice },
	    .flags = WEAK, CALM },
	{ .name = "use_after_destroy", .test = use_after_destroy,
	    .failure = SYNC_EXPLORE_GONE, CALM, .preemptions = 1 },
	{ .name = "use_after_free", .test = use_after_free,
	    .failure = SYNC_EXPLORE_GONE, CALM, .preemptions = 1 },
	{ .name = "free_after_wait", .test = free_after_wait, USUAL },
	{ .name = "left_behind", .test = left_behind,
	    .failure = SYNC_EXPLORE_LEAK, CALM },
	{ .name = "after_you", .workers = { lets_go_first, lets_go_first },
	    .failure = SYNC_EXPLORE_LIVELOCK, CALM, .preemptions = 1,
	    .steps = 2000 },
	{ .name = "spin_loop", .workers = { spins, spins, lets_spinners_go },
	    CALM, .steps = 2000 },
	{ .name = "spin_for_lock",
	    .workers = { spins_for_lock, spins_for_lock },
	    .check = both_had_it, CALM, .steps = 2000 },
	{ .name = "spin_for_element", .test = spin_for_element,
	    .workers = { puts_two, gets_two }, CALM, .steps = 2000 },
	{ .name = "spin_for_ever",
	    .workers = { spins_for_ever, spins_for_ever, posts_once },
	    .failure = SYNC_EXPLORE_LIVELOCK, CALM, .steps = 2000 },
	{ .name = "by_turns", .workers = { moves, moves },
	    .check = not_all_were_made, .failure = FALSE_, CALM,
	    .preemptions = 3 },
	{ .name = "early_timeout", .workers = { waits_an_hour, posts_once },
	    .failure = FALSE_, USUAL },
	{ .name = "early_timeout", .workers = { waits_an_hour, posts_once },
	    CALM },
	{ .name = "spurious_wakeup", .workers = { takes_with_if, gives_one },
	    USUAL },
	{ .name = "spurious_posix_wakeup",
	    .workers = { waits_with_posix_if, gives_one_by_posix },
	    .failure = FALSE_, USUAL },
	{ .name = "spurious_posix_wakeup",
	    .workers = { waits_with_posix_if, gives_one_by_posix }, CALM },
	{ .name = "refused_thread", .workers = { does_nothing, does_nothing },
	    .failure = FALSE_, .failures = 1 },
	{ .name = "refused_thread", .workers = { does_nothing, does_nothing },
	    CALM },
	{ .name = "refused_memory", .test = refused_memory, .failure = FALSE_,
	    .failures = 1 },
};
const unsigned seededs = sizeof(seeded) / sizeof(seeded[0]);
