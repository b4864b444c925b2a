/* SPDX-License-Identifier: MIT */
/*
 * For the race detectors: a user's program that takes the name of a case.  The
 * correct cases hand plain data from thread to thread through each object of
 * the library; each of the wrong ones has a bug.  Every case comes to its end.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libsync.h>

#define ROUNDS 40

static long data[8]; /* plain, on purpose */

static struct sync_mutex m = SYNC_MUTEX_INIT, m2 = SYNC_MUTEX_INIT;
static struct sync_rmutex rm = SYNC_RMUTEX_INIT;
static struct sync_kmutex km;
static struct sync_cond c = SYNC_COND_INIT;
static struct sync_sem full = SYNC_SEM_INIT(0, 1), room = SYNC_SEM_INIT(1, 1);
static struct sync_event e = SYNC_EVENT_INIT, e2 = SYNC_EVENT_INIT;
static struct sync_latch l = SYNC_LATCH_INIT(2);
static struct sync_barrier b;
static struct sync_rwlock rw = SYNC_RWLOCK_INIT;
static struct sync_queue q;
static struct sync_timer_thread tt;
static struct sync_timer t;
static struct sync_thread joinable;
static int flag;

static void
must(int err)
{
	if (err != 0) {
		(void)fprintf(stderr, "error %d\n", err);
		exit(3);
	}
}

/* Both threads run fn; in the end each has seen the other's writes. */
static void
two(void *(*fn)(void *))
{
	struct sync_thread a, z;

	must(sync_thread_start(&a, fn, &data[0], NULL));
	must(sync_thread_start(&z, fn, &data[1], NULL));
	must(sync_thread_join(&a, NULL));
	must(sync_thread_join(&z, NULL));
	data[0] = data[1] = data[2] = 0;
}

static void
pair(void *(*f)(void *), void *(*g)(void *))
{
	struct sync_thread a, z;

	must(sync_thread_start(&a, f, &data[0], NULL));
	must(sync_thread_start(&z, g, &data[1], NULL));
	must(sync_thread_join(&a, NULL));
	must(sync_thread_join(&z, NULL));
	data[0] = data[1] = data[2] = 0;
}

static void *
by_mutex(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if (i % 3 == 0) {
			while (sync_mutex_trylock(&m) != 0)
				sync_thread_sleep_until(sync_after(20000));
		} else if (i % 3 == 1) {
			must(sync_mutex_lock_until(&m, SYNC_NEVER - 1));
		} else {
			must(sync_mutex_lock(&m));
		}
		data[2]++;
		must(sync_mutex_unlock(&m));
	}
	return arg;
}

static void
right_mutex(void)
{
	two(by_mutex);
	must(sync_mutex_destroy(&m));
}

static void *
by_rmutex(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		must(sync_rmutex_lock(&rm));
		must(sync_rmutex_lock(&rm));
		data[2]++;
		must(sync_rmutex_unlock(&rm));
		data[3]++;
		must(sync_rmutex_unlock(&rm));
	}
	return arg;
}

static void
right_rmutex(void)
{
	two(by_rmutex);
}

static void *
by_kmutex(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		must(i % 2 ? sync_kmutex_lock(&km)
			   : sync_kmutex_lock_until(&km, sync_after_ms(99999)));
		data[2]++;
		if (i % 5 == 0)
			sync_thread_sleep_until(sync_after(50000));
		must(sync_kmutex_unlock(&km));
	}
	return arg;
}

/* Without flags that this system lacks. */
static void
make_kmutex(unsigned flags)
{
	int err = sync_kmutex_init(&km, flags);

	must(err == ENOTSUP ? sync_kmutex_init(&km, 0) : err);
}

static void
right_kmutex(void)
{
	make_kmutex(SYNC_ROBUST);
	two(by_kmutex);
	must(sync_kmutex_destroy(&km));
	make_kmutex(SYNC_PRIO_INHERIT);
	two(by_kmutex);
	must(sync_kmutex_destroy(&km));
}

static void *
cond_puts(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		must(sync_mutex_lock(&m));
		while (flag)
			must(sync_cond_wait(&c, &m));
		data[2] = i;
		flag = 1;
		must(sync_cond_broadcast(&c));
		must(sync_mutex_unlock(&m));
	}
	return arg;
}

static void *
cond_gets(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		must(sync_mutex_lock(&m));
		while (!flag)
			(void)sync_cond_wait_until(&c, &m, sync_after(300000));
		data[3] += data[2];
		flag = 0;
		must(sync_mutex_unlock(&m));
		must(sync_cond_signal(&c)); /* without the lock */
	}
	return arg;
}

static void
right_cond(void)
{
	pair(cond_puts, cond_gets);
}

static void *
rcond_waits(void *arg)
{
	must(sync_rmutex_lock(&rm));
	must(sync_rmutex_lock(&rm));
	while (!flag)
		must(sync_cond_wait_rmutex(&c, &rm));
	data[2]++;
	must(sync_rmutex_unlock(&rm));
	must(sync_rmutex_unlock(&rm));
	return arg;
}

static void *
rcond_signals(void *arg)
{
	must(sync_rmutex_lock(&rm));
	data[2]++;
	flag = 1;
	must(sync_cond_signal(&c));
	must(sync_rmutex_unlock(&rm));
	return arg;
}

static void
right_cond_rmutex(void)
{
	pair(rcond_waits, rcond_signals);
}

static void *
kcond_waits(void *arg)
{
	must(sync_kmutex_lock(&km));
	while (!flag)
		must(sync_cond_wait_kmutex(&c, &km));
	data[2]++;
	must(sync_kmutex_unlock(&km));
	return arg;
}

static void *
kcond_signals(void *arg)
{
	must(sync_kmutex_lock(&km));
	data[2]++;
	flag = 1;
	must(sync_cond_signal(&c));
	must(sync_kmutex_unlock(&km));
	return arg;
}

static void
right_cond_kmutex(void)
{
	must(sync_kmutex_init(&km, 0));
	pair(kcond_waits, kcond_signals);
}

static void *
sem_puts(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		must(sync_sem_wait(&room));
		data[2] = i;
		must(sync_sem_post(&full));
	}
	return arg;
}

static void *
sem_gets(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if (i % 2 == 0)
			must(sync_sem_wait(&full));
		else
			must(sync_sem_wait_until(&full, sync_after_ms(99999)));
		data[2]++;
		must(sync_sem_post_n(&room, 1));
	}
	return arg;
}

static void
right_sem(void)
{
	pair(sem_puts, sem_gets);
}

static void *
event_sets(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		data[2]++;
		must(sync_event_set(&e));
		must(sync_event_wait(&e2));
		must(sync_event_clear(&e2));
	}
	return arg;
}

static void *
event_waits(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if (i % 2 == 0)
			must(sync_event_wait(&e));
		else
			while (!sync_event_is_set(&e))
				sync_thread_sleep_until(sync_after(20000));
		must(sync_event_clear(&e));
		data[2]++;
		must(sync_event_set(&e2));
	}
	return arg;
}

static void
right_event(void)
{
	pair(event_sets, event_waits);
}

static void *
latch_downs(void *arg)
{
	*(long *)arg = 1;
	must(sync_latch_count_down(&l));
	must(sync_latch_wait(&l));
	if (data[0] + data[1] != 2)
		exit(4);
	return arg;
}

static void
right_latch(void)
{
	two(latch_downs);
}

static void
barrier_action(void *arg)
{
	*(long *)arg = data[0] + data[1];
}

static void *
barrier_meets(void *arg)
{
	int i;

	for (i = 1; i <= ROUNDS; i++) {
		*(long *)arg = i;
		must(sync_barrier_wait(&b, NULL));
		if (data[2] != 2 * i || data[0] != data[1])
			exit(4);
		must(sync_barrier_wait_until(&b, NULL, sync_after_ms(99999)));
	}
	return arg;
}

static void
right_barrier(void)
{
	must(sync_barrier_init(&b, 2, barrier_action, &data[2], 0));
	two(barrier_meets);
	must(sync_barrier_destroy(&b));
}

static void *
rw_uses(void *arg)
{
	long sum = 0;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		must(sync_rwlock_rdlock(&rw));
		must(sync_rwlock_rdlock(&rw));
		sum += data[2];
		must(sync_rwlock_unlock(&rw));
		must(sync_rwlock_unlock(&rw));
		if (i % 2 == 0)
			must(sync_rwlock_wrlock(&rw));
		else
			must(sync_rwlock_wrlock_until(
			    &rw, sync_after_ms(99999)));
		data[2]++;
		must(sync_rwlock_unlock(&rw));
		if (sync_rwlock_tryrdlock(&rw) == 0) {
			sum += data[2];
			must(sync_rwlock_unlock(&rw));
		}
	}
	return sum >= 0 ? arg : NULL;
}

static void
right_rwlock(void)
{
	two(rw_uses);
	must(sync_rwlock_destroy(&rw));
}

static void *
queue_puts(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		long *p = malloc(sizeof(*p));

		if (p == NULL)
			exit(5);
		*p = i;
		must(sync_queue_put(&q, &p));
	}
	must(sync_queue_join(&q));
	data[2]++;
	must(sync_queue_close(&q));
	return arg;
}

static void *
queue_gets(void *arg)
{
	long *p;

	while (sync_queue_get(&q, &p) == 0) {
		*p += 1;
		free(p);
		data[2]++;
		must(sync_queue_task_done(&q));
	}
	return arg;
}

static void
right_queue(void)
{
	must(sync_queue_init(&q, SYNC_FIFO, sizeof(long *), 3));
	pair(queue_puts, queue_gets);
	must(sync_queue_destroy(&q));
}

static void
ticks(struct sync_timer *timer, const struct sync_tick *tick, void *arg)
{
	(void)tick;
	++*(long *)arg;
	if (*(long *)arg < 5)
		must(sync_timer_arm(timer, sync_after(100000)));
	else
		must(sync_event_set(&e));
}

static void
right_timer(void)
{
	must(sync_timer_thread_init(&tt, NULL));
	must(sync_timer_init(&t, &tt, ticks, &data[2]));
	data[2] = 0;
	must(sync_timer_arm(&t, 0));
	must(sync_event_wait(&e));
	if (data[2] != 5)
		exit(4);
	must(sync_timer_join(&t));
	data[2] = 4;
	must(sync_timer_arm(&t, 0));
	must(sync_event_clear(&e));
	while (sync_timer_cancel(&t) != ENOENT)
		(void)sync_timer_join(&t);
	data[2]++;
	must(sync_timer_thread_destroy(&tt));
}

static void *
thread_writes(void *arg)
{
	data[3]++;
	return arg;
}

static void *
thread_joins(void *arg)
{
	must(sync_thread_join(&joinable, NULL));
	*(long *)arg = data[3];
	return arg;
}

static void
right_thread(void)
{
	data[3] = 1;
	must(sync_thread_start(&joinable, thread_writes, NULL, NULL));
	two(thread_joins); /* both may do so, and both see it */
	while (sync_thread_tryjoin(&joinable, NULL) != 0)
		continue;
	data[3]++;
}

/* The bugs. */

/*
 * The two threads begin and end together.  Otherwise the end of one, where the
 * platform may lock something, would come before the beginning of the other.
 * Relaxed, so that ThreadSanitizer does not take it for ordering; valgrind's
 * tools would take it for a bug.
 */
static void
together(int *there)
{
#if defined(__SANITIZE_THREAD__) || defined(GATE)
	(void)__atomic_fetch_add(there, 1, __ATOMIC_RELAXED);
	while (__atomic_load_n(there, __ATOMIC_RELAXED) < 2)
		(void)sched_yield();
#else
	(void)there;
#endif
}

static int began, ended;
static void *(*first_fn)(void *), *(*second_fn)(void *);

static void *
gated(void *arg)
{
	together(&began);
	(void)(arg == &data[0] ? first_fn : second_fn)(arg);
	together(&ended);
	return arg;
}

static void
buggy(void *(*f)(void *), void *(*g)(void *))
{
	first_fn = f;
	second_fn = g;
	two(gated);
}

static void *
no_lock(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if (arg == &data[0])
			must(sync_mutex_lock(&m));
		data[2]++;
		if (arg == &data[0])
			must(sync_mutex_unlock(&m));
	}
	return arg;
}

static void
wrong_no_lock(void)
{
	buggy(no_lock, no_lock);
}

static void *
other_lock(void *arg)
{
	struct sync_mutex *mine = arg == &data[0] ? &m : &m2;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		must(sync_mutex_lock(mine));
		data[2]++;
		must(sync_mutex_unlock(mine));
	}
	return arg;
}

static void
wrong_other_lock(void)
{
	buggy(other_lock, other_lock);
}

static void *
read_lock(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		must(sync_rwlock_rdlock(&rw));
		data[2]++;
		must(sync_rwlock_unlock(&rw));
	}
	return arg;
}

static void
wrong_read_lock(void)
{
	buggy(read_lock, read_lock);
}

static void *
late_write(void *arg)
{
	must(sync_event_set(&e));
	data[2]++;
	return arg;
}

static void *
early_read(void *arg)
{
	must(sync_event_wait(&e));
	data[2]++;
	return arg;
}

/* The data are written after the event that should announce them. */
static void
wrong_event(void)
{
	buggy(late_write, early_read);
}

static void *
one_order(void *arg)
{
	must(sync_mutex_lock(&m));
	must(sync_mutex_lock(&m2));
	data[2]++;
	must(sync_mutex_unlock(&m2));
	must(sync_mutex_unlock(&m));
	must(sync_event_set(&e));
	return arg;
}

static void *
other_order(void *arg)
{
	must(sync_event_wait(&e)); /* so it does not deadlock in this run */
	must(sync_mutex_lock(&m2));
	must(sync_mutex_lock(&m));
	data[2]++;
	must(sync_mutex_unlock(&m));
	must(sync_mutex_unlock(&m2));
	return arg;
}

static void
wrong_order(void)
{
	buggy(one_order, other_order);
}

#define CASE(name) { #name, name }
static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	CASE(right_mutex),
	CASE(right_rmutex),
	CASE(right_kmutex),
	CASE(right_cond),
	CASE(right_cond_rmutex),
	CASE(right_cond_kmutex),
	CASE(right_sem),
	CASE(right_event),
	CASE(right_latch),
	CASE(right_barrier),
	CASE(right_rwlock),
	CASE(right_queue),
	CASE(right_timer),
	CASE(right_thread),
	CASE(wrong_no_lock),
	CASE(wrong_other_lock),
	CASE(wrong_read_lock),
	CASE(wrong_event),
	CASE(wrong_order),
};

/* Without an argument: list the cases. */
int
main(int argc, char *argv[])
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (argc < 2)
			(void)puts(cases[i].name);
		else if (strcmp(argv[1], cases[i].name) == 0)
			return cases[i].run(), 0;
	}
	return argc < 2 ? 0 : 2;
}
