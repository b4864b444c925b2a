/* SPDX-License-Identifier: MIT */
#include <libsync.h>

#include <pthread.h>

#include "explore_seeded.h"

#define WORKERS 5

static struct sync_mutex m, forks[WORKERS];
static struct sync_cond c;
static struct sync_sem s;
static struct sync_queue q;
static struct sync_event e;
static uint32_t x, y, flag, data, ready, got[WORKERS];
static int plain;

static void
reset(void)
{
	unsigned i;

	m = (struct sync_mutex)SYNC_MUTEX_INIT;
	c = (struct sync_cond)SYNC_COND_INIT;
	s = (struct sync_sem)SYNC_SEM_INIT(0, 10);
	e = (struct sync_event)SYNC_EVENT_INIT;
	x = y = flag = data = ready = 0;
	plain = 0;
	for (i = 0; i < WORKERS; i++) {
		forks[i] = (struct sync_mutex)SYNC_MUTEX_INIT;
		got[i] = 99;
	}
}

typedef void *(*worker)(void *);

/* Worker i gets i. */
static void
run_workers(const worker *workers, unsigned n)
{
	struct sync_thread t[WORKERS];
	unsigned i;

	for (i = 0; i < n; i++)
		SYNC_OK(sync_thread_start(
		    &t[i], workers[i], (void *)(uintptr_t)i, NULL));
	for (i = 0; i < n; i++)
		SYNC_OK(sync_thread_join(&t[i], NULL));
}

#define RUN(...)                                                               \
	run_workers((const worker[]) { __VA_ARGS__ },                          \
	    sizeof((const worker[]) { __VA_ARGS__ }) / sizeof(worker))
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
lost_wakeup(void *arg)
{
	(void)arg;
	reset();
	RUN(waits_late, sets_flag);
}

static void *
takes_two(void *arg)
{
	uintptr_t i = (uintptr_t)arg;

	SYNC_OK(sync_mutex_lock(&forks[i]));
	SYNC_OK(sync_mutex_lock(&forks[1 - i]));
	SYNC_OK(sync_mutex_unlock(&forks[1 - i]));
	SYNC_OK(sync_mutex_unlock(&forks[i]));
	return NULL;
}

static void
two_locks(void *arg)
{
	(void)arg;
	reset();
	RUN(takes_two, takes_two);
}

static unsigned diners;

static void *
dines(void *arg)
{
	uintptr_t i = (uintptr_t)arg, next = (i + 1) % diners;

	SYNC_OK(sync_mutex_lock(&forks[i]));
	SYNC_OK(sync_mutex_lock(&forks[next]));
	SYNC_OK(sync_mutex_unlock(&forks[next]));
	SYNC_OK(sync_mutex_unlock(&forks[i]));
	return NULL;
}

static void *
dines_in_order(void *arg)
{
	uintptr_t i = (uintptr_t)arg, next = (i + 1) % diners;
	uintptr_t first = i < next ? i : next, second = i < next ? next : i;

	SYNC_OK(sync_mutex_lock(&forks[first]));
	SYNC_OK(sync_mutex_lock(&forks[second]));
	SYNC_OK(sync_mutex_unlock(&forks[second]));
	SYNC_OK(sync_mutex_unlock(&forks[first]));
	return NULL;
}

static void
three_philosophers(void *arg)
{
	(void)arg;
	reset();
	diners = 3;
	RUN(dines, dines, dines);
}

static void
four_philosophers(void *arg)
{
	(void)arg;
	reset();
	diners = 4;
	RUN(dines, dines, dines, dines);
}

static void
five_philosophers(void *arg)
{
	(void)arg;
	reset();
	diners = 5;
	RUN(dines, dines, dines, dines, dines);
}

static void
three_in_order(void *arg)
{
	(void)arg;
	reset();
	diners = 3;
	RUN(dines_in_order, dines_in_order, dines_in_order);
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

static void
signal_before_wait(void *arg)
{
	(void)arg;
	reset();
	RUN(waits, sets_flag);
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

static void
if_for_while(void *arg)
{
	(void)arg;
	reset();
	RUN(takes_with_if, takes_with_if, gives_two_slowly);
}

static void
with_while(void *arg)
{
	(void)arg;
	reset();
	RUN(takes_with_while, takes_with_while, gives_two_slowly);
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

static void
signal_for_broadcast(void *arg)
{
	(void)arg;
	reset();
	RUN(takes_one_kind, takes_one_kind, gives_all_with_signal);
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

static void
no_recheck(void *arg)
{
	(void)arg;
	reset();
	RUN(gives_up, gives_one);
}

static void *
counts(void *arg)
{
	(void)arg;
	SYNC_WRITE(plain) = SYNC_READ(plain) + 1;
	return NULL;
}

static void
unlocked_counter(void *arg)
{
	(void)arg;
	reset();
	RUN(counts, counts);
}

static void *
counts_by_two_steps(void *arg)
{
	(void)arg;
	STORE(&x, LOAD(&x) + 1);
	return NULL;
}

static void
lost_update(void *arg)
{
	(void)arg;
	reset();
	RUN(counts_by_two_steps, counts_by_two_steps);
	SYNC_ASSERT(x == 2);
}

static void *
counts_by_one_step(void *arg)
{
	(void)arg;
	(void)SYNC_ATOMIC_ADD(&x, 1, __ATOMIC_RELAXED);
	return NULL;
}

static void
no_lost_update(void *arg)
{
	(void)arg;
	reset();
	RUN(counts_by_one_step, counts_by_one_step, counts_by_one_step);
	SYNC_ASSERT(x == 3);
}

/* Publishes with one order, and loads with another. */
static int store_order, load_order;

static void *
publishes(void *arg)
{
	(void)arg;
	SYNC_ATOMIC_STORE(&data, 42, __ATOMIC_RELAXED);
	SYNC_ATOMIC_STORE(&flag, 1, store_order);
	return NULL;
}

static void *
looks(void *arg)
{
	(void)arg;
	if (SYNC_ATOMIC_LOAD(&flag, load_order))
		SYNC_ASSERT(SYNC_ATOMIC_LOAD(&data, __ATOMIC_RELAXED) == 42);
	return NULL;
}

static void
message_relaxed(void *arg)
{
	(void)arg;
	reset();
	store_order = load_order = __ATOMIC_RELAXED;
	RUN(publishes, looks);
}

static void
message_half_released(void *arg)
{
	(void)arg;
	reset();
	store_order = __ATOMIC_RELEASE;
	load_order = __ATOMIC_RELAXED;
	RUN(publishes, looks);
}

static void
message_half_acquired(void *arg)
{
	(void)arg;
	reset();
	store_order = __ATOMIC_RELAXED;
	load_order = __ATOMIC_ACQUIRE;
	RUN(publishes, looks);
}

static void
message(void *arg)
{
	(void)arg;
	reset();
	store_order = __ATOMIC_RELEASE;
	load_order = __ATOMIC_ACQUIRE;
	RUN(publishes, looks);
}

/* The same with plain data: a race under any memory model. */
static void *
initializes(void *arg)
{
	(void)arg;
	if (SYNC_ATOMIC_LOAD(&flag, load_order) == 0) {
		SYNC_OK(sync_mutex_lock(&m));
		if (SYNC_ATOMIC_LOAD(&flag, load_order) == 0) {
			SYNC_WRITE(plain) = 42;
			SYNC_ATOMIC_STORE(&flag, 1, store_order);
		}
		SYNC_OK(sync_mutex_unlock(&m));
	}
	SYNC_ASSERT(SYNC_READ(plain) == 42);
	return NULL;
}

static void
double_checked_relaxed(void *arg)
{
	(void)arg;
	reset();
	store_order = load_order = __ATOMIC_RELAXED;
	RUN(initializes, initializes);
}

static void
double_checked(void *arg)
{
	(void)arg;
	reset();
	store_order = __ATOMIC_RELEASE;
	load_order = __ATOMIC_ACQUIRE;
	RUN(initializes, initializes);
}

static bool fenced;

static void *
stores_and_loads(void *arg)
{
	uint32_t *mine = arg == NULL ? &x : &y, *other = arg == NULL ? &y : &x;

	SYNC_ATOMIC_STORE(mine, 1, store_order);
	if (fenced)
		SYNC_ATOMIC_FENCE();
	got[(uintptr_t)arg] = SYNC_ATOMIC_LOAD(other, load_order);
	return NULL;
}

static void
dekker_with(int store, int load, bool fence)
{
	reset();
	store_order = store;
	load_order = load;
	fenced = fence;
	RUN(stores_and_loads, stores_and_loads);
	SYNC_ASSERT(got[0] == 1 || got[1] == 1);
}

static void
dekker_relaxed(void *arg)
{
	(void)arg;
	dekker_with(__ATOMIC_RELAXED, __ATOMIC_RELAXED, false);
}

static void
dekker_released(void *arg)
{
	(void)arg;
	dekker_with(__ATOMIC_RELEASE, __ATOMIC_ACQUIRE, false);
}

static void
dekker_half_consistent(void *arg)
{
	(void)arg;
	dekker_with(__ATOMIC_RELAXED, __ATOMIC_SEQ_CST, false);
}

static void
dekker_other_half_consistent(void *arg)
{
	(void)arg;
	dekker_with(__ATOMIC_SEQ_CST, __ATOMIC_RELAXED, false);
}

static void
dekker_fenced(void *arg)
{
	(void)arg;
	dekker_with(__ATOMIC_RELAXED, __ATOMIC_RELAXED, true);
}

static void
dekker_consistent(void *arg)
{
	(void)arg;
	dekker_with(__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST, false);
}

/* Two writers, two readers that may not agree which was first. */
static void *
writes_x(void *arg)
{
	(void)arg;
	SYNC_ATOMIC_STORE(&x, 1, store_order);
	return NULL;
}

static void *
writes_y(void *arg)
{
	(void)arg;
	SYNC_ATOMIC_STORE(&y, 1, store_order);
	return NULL;
}

static void *
reads_xy(void *arg)
{
	(void)arg;
	got[0] = SYNC_ATOMIC_LOAD(&x, load_order);
	got[1] = SYNC_ATOMIC_LOAD(&y, load_order);
	return NULL;
}

static void *
reads_yx(void *arg)
{
	(void)arg;
	got[2] = SYNC_ATOMIC_LOAD(&y, load_order);
	got[3] = SYNC_ATOMIC_LOAD(&x, load_order);
	return NULL;
}

static void
readers_disagree_with(int store, int load)
{
	reset();
	store_order = store;
	load_order = load;
	RUN(writes_x, writes_y, reads_xy, reads_yx);
	SYNC_ASSERT(!(got[0] == 1 && got[1] == 0 && got[2] == 1 && got[3] == 0));
}

static void
readers_disagree(void *arg)
{
	(void)arg;
	readers_disagree_with(__ATOMIC_RELEASE, __ATOMIC_ACQUIRE);
}

static void
readers_agree(void *arg)
{
	(void)arg;
	readers_disagree_with(__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
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
load_buffering(void *arg)
{
	(void)arg;
	reset();
	RUN(loads_and_stores, loads_and_stores);
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

static void
coherence(void *arg)
{
	(void)arg;
	reset();
	RUN(writes_twice, reads_twice, reads_twice);
}

static void *
posts_twice(void *arg)
{
	(void)arg;
	SYNC_OK(sync_sem_post(&s));
	SYNC_OK(sync_sem_post(&s));
	return NULL;
}

static void
use_after_destroy(void *arg)
{
	struct sync_thread t;

	(void)arg;
	reset();
	SYNC_OK(sync_thread_start(&t, posts_twice, NULL, NULL));
	SYNC_OK(sync_sem_wait(&s));
	SYNC_OK(sync_sem_destroy(&s));
	SYNC_OK(sync_thread_join(&t, NULL));
}

static void
use_after_free(void *arg)
{
	struct sync_thread t;

	(void)arg;
	reset();
	SYNC_OK(sync_thread_start(&t, posts_twice, NULL, NULL));
	SYNC_OK(sync_sem_wait(&s));
	sync_explore_freed(&s, sizeof(s));
	SYNC_OK(sync_thread_join(&t, NULL));
}

static void *
posts_once(void *arg)
{
	(void)arg;
	SYNC_OK(sync_sem_post(&s));
	return NULL;
}

static void
free_after_wait(void *arg)
{
	struct sync_thread t;

	(void)arg;
	reset();
	SYNC_OK(sync_thread_start(&t, posts_once, NULL, NULL));
	SYNC_OK(sync_sem_wait(&s));
	sync_explore_freed(&s, sizeof(s));
	SYNC_OK(sync_thread_join(&t, NULL));
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

static void
after_you(void *arg)
{
	(void)arg;
	reset();
	RUN(lets_go_first, lets_go_first);
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

static void
spin_loop(void *arg)
{
	(void)arg;
	reset();
	RUN(spins, spins, lets_spinners_go);
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
spin_for_lock(void *arg)
{
	(void)arg;
	reset();
	RUN(spins_for_lock, spins_for_lock);
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
	RUN(puts_two, gets_two);
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

static void
spin_for_ever(void *arg)
{
	(void)arg;
	reset();
	RUN(spins_for_ever, spins_for_ever, posts_once);
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
by_turns(void *arg)
{
	(void)arg;
	reset();
	RUN(moves, moves);
	SYNC_ASSERT(x != 5);
}

static void *
waits_an_hour(void *arg)
{
	(void)arg;
	SYNC_OK(sync_sem_wait_until(&s, sync_after_ms(3600000)));
	return NULL;
}

static void
early_timeout(void *arg)
{
	(void)arg;
	reset();
	RUN(waits_an_hour, posts_once);
}

static void *
waits_with_if(void *arg)
{
	(void)arg;
	SYNC_OK(sync_mutex_lock(&m));
	if (ready == 0)
		SYNC_OK(sync_cond_wait(&c, &m));
	SYNC_ASSERT(ready == 1);
	SYNC_OK(sync_mutex_unlock(&m));
	return NULL;
}

static void
spurious_wakeup(void *arg)
{
	(void)arg;
	reset();
	RUN(waits_with_if, gives_one);
}

/*
 * A sync_cond has no spurious wakeups; a POSIX condition variable may have
 * some.
 */
static pthread_mutex_t posix_mutex;
static pthread_cond_t posix_cond;

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

static void
spurious_posix_wakeup(void *arg)
{
	(void)arg;
	reset();
	posix_mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	posix_cond = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
	RUN(waits_with_posix_if, gives_one_by_posix);
}

static void *
does_nothing(void *arg)
{
	return arg;
}

static void
refused_thread(void *arg)
{
	(void)arg;
	reset();
	RUN(does_nothing, does_nothing);
}

static void
refused_memory(void *arg)
{
	(void)arg;
	SYNC_OK(sync_queue_init(&q, SYNC_FIFO, 100, 10));
	SYNC_OK(sync_queue_destroy(&q));
}

#define FINE    SYNC_EXPLORE_NOTHING
#define DEAD    SYNC_EXPLORE_DEADLOCK
#define FALSE_  SYNC_EXPLORE_ASSERTION
#define WEAK    SYNC_EXPLORE_WEAK
#define T(name) #name, name
/* timeouts, spurious wakeups, stale loads, failures; preemptions; steps */
#define USUAL   2, 1, 2, 0
#define CALM    0, 0, 2, 0

const struct seeded seeded[] = {
	{ T(lost_wakeup), DEAD, 0, CALM, 1, 0 },
	{ T(two_locks), DEAD, 0, CALM, 1, 0 },
	{ T(three_philosophers), DEAD, 0, CALM, 1, 0 },
	{ T(four_philosophers), DEAD, 0, CALM, 1, 0 },
	{ T(five_philosophers), DEAD, 0, CALM, 1, 0 },
	{ T(three_in_order), FINE, 0, CALM, 0, 0 },
	{ T(signal_before_wait), DEAD, 0, CALM, 0, 0 },
	{ T(if_for_while), FALSE_, 0, CALM, 1, 0 },
	{ T(with_while), FINE, 0, CALM, 0, 0 },
	{ T(signal_for_broadcast), DEAD, 0, CALM, 0, 0 },
	{ T(no_recheck), FALSE_, 0, USUAL, 1, 0 },
	{ T(no_recheck), FINE, 0, CALM, 0, 0 },
	{ T(unlocked_counter), SYNC_EXPLORE_RACE, 0, CALM, 0, 0 },
	{ T(lost_update), FALSE_, 0, CALM, 1, 0 },
	{ T(no_lost_update), FINE, WEAK, USUAL, 0, 0 },
	{ T(message_relaxed), FALSE_, WEAK, CALM, 0, 0 },
	{ T(message_relaxed), FINE, 0, CALM, 0, 0 },
	{ T(message_half_released), FALSE_, WEAK, CALM, 0, 0 },
	{ T(message_half_acquired), FALSE_, WEAK, CALM, 0, 0 },
	{ T(message), FINE, WEAK, CALM, 0, 0 },
	{ T(double_checked_relaxed), SYNC_EXPLORE_RACE, 0, CALM, 0, 0 },
	{ T(double_checked), FINE, WEAK, CALM, 0, 0 },
	{ T(dekker_relaxed), FALSE_, WEAK, CALM, 0, 0 },
	{ T(dekker_relaxed), FINE, 0, CALM, 0, 0 },
	{ T(dekker_released), FALSE_, WEAK, CALM, 0, 0 },
	{ T(dekker_half_consistent), FALSE_, WEAK, CALM, 0, 0 },
	{ T(dekker_other_half_consistent), FALSE_, WEAK, CALM, 0, 0 },
	{ T(dekker_fenced), FINE, WEAK, CALM, 0, 0 },
	{ T(dekker_consistent), FINE, WEAK, CALM, 0, 0 },
	{ T(readers_disagree), FALSE_, WEAK, CALM, 0, 0 },
	{ T(readers_agree), FINE, WEAK, CALM, 0, 0 },
	{ T(load_buffering), FINE, WEAK, CALM, 0, 0 },
	{ T(coherence), FINE, WEAK, CALM, 0, 0 },
	{ T(use_after_destroy), SYNC_EXPLORE_GONE, 0, CALM, 1, 0 },
	{ T(use_after_free), SYNC_EXPLORE_GONE, 0, CALM, 1, 0 },
	{ T(free_after_wait), FINE, 0, USUAL, 0, 0 },
	{ T(left_behind), SYNC_EXPLORE_LEAK, 0, CALM, 0, 0 },
	{ T(after_you), SYNC_EXPLORE_LIVELOCK, 0, CALM, 1, 2000 },
	{ T(spin_loop), FINE, 0, CALM, 0, 2000 },
	{ T(spin_for_lock), FINE, 0, CALM, 0, 2000 },
	{ T(spin_for_element), FINE, 0, CALM, 0, 2000 },
	{ T(spin_for_ever), SYNC_EXPLORE_LIVELOCK, 0, CALM, 0, 2000 },
	{ T(by_turns), FALSE_, 0, CALM, 3, 0 },
	{ T(early_timeout), FALSE_, 0, USUAL, 0, 0 },
	{ T(early_timeout), FINE, 0, CALM, 0, 0 },
	{ T(spurious_wakeup), FINE, 0, USUAL, 0, 0 },
	{ T(spurious_posix_wakeup), FALSE_, 0, USUAL, 0, 0 },
	{ T(spurious_posix_wakeup), FINE, 0, CALM, 0, 0 },
	{ T(refused_thread), FALSE_, 0, 0, 0, 0, 1, 0, 0 },
	{ T(refused_thread), FINE, 0, CALM, 0, 0 },
	{ T(refused_memory), FALSE_, 0, 0, 0, 0, 1, 0, 0 },
};
const unsigned seededs = sizeof(seeded) / sizeof(seeded[0]);
