/* SPDX-License-Identifier: MIT */
/*
 * The paths on which nobody waits, one function each, for callgrind to count:
 * what a program does that links the library and checks what the calls return.
 *
 * The program says what compiled it, then what it runs, a line a path: the
 * operations of each call of counted(), then the name.  count, beside this
 * file, runs it, and subtracts the count of one call from that of another with
 * twice the operations: what happens once (binding a symbol, filling a queue)
 * falls out, and so does the loop, by the first path.
 *
 * A second thread lives throughout, as in a program that needs this library;
 * callgrind counts threads apart.
 */
#include <stdio.h>
#include <stdlib.h>

#include <libsync.h>

#define OPERATIONS 1024 /* whole batches */
#define BATCH      32
#define LIVE       1000 /* timers, or elements of the fuller queues */
#define CAPACITY   1024
#define HOUR       (3600 * INT64_C(1000000000))

#if defined(__clang__)
#define COMPILER "clang"
#elif defined(__GNUC__)
#define COMPILER "gcc"
#else
#define COMPILER "cc"
#endif
#ifdef __OPTIMIZE__
#define OPTIMISED "optimised"
#else
#define OPTIMISED "plain"
#endif

/* What is in memory may have changed: no round is left out. */
static inline void
forget(void)
{
	__asm__ volatile("" ::: "memory");
}

#define EACH(n) for (unsigned i = 0; i < (n); forget(), i++)

/* A path that is these statements, n times. */
#define PATH(name, ...)                                                        \
	static int name(unsigned n)                                            \
	{                                                                      \
		int errors = 0;                                                \
		EACH(n)                                                        \
		{                                                              \
			__VA_ARGS__                                            \
		}                                                              \
		return errors;                                                 \
	}

/* All return 0 if all calls did. */
struct path {
	const char *name;
	int (*run)(unsigned n);
};

static struct sync_mutex mutex = SYNC_MUTEX_INIT;
static struct sync_rmutex rmutex = SYNC_RMUTEX_INIT;
static struct sync_cond cond = SYNC_COND_INIT;
static struct sync_sem sem = SYNC_SEM_INIT(1, 4);
static struct sync_event event = SYNC_EVENT_INIT;
static struct sync_event never = SYNC_EVENT_INIT;
static struct sync_latch latch = SYNC_LATCH_INIT(0);
static struct sync_rwlock rwlock = SYNC_RWLOCK_INIT;
static struct sync_queue fifo, lifo, priority, fuller;
static struct sync_timer_thread timers;
static struct sync_timer timer[LIVE];
static sync_time far; /* later than the first timer */

static int
the_loop(unsigned n)
{
	EACH(n)
		;
	return 0;
}

PATH(mutex_lock_unlock,
	errors |= sync_mutex_lock(&mutex);
	errors |= sync_mutex_unlock(&mutex);)

PATH(mutex_trylock_unlock,
	if (sync_mutex_trylock(&mutex) != 0)
		return EBUSY;
	errors |= sync_mutex_unlock(&mutex);)

PATH(rmutex_depth_1,
	errors |= sync_rmutex_lock(&rmutex);
	errors |= sync_rmutex_unlock(&rmutex);)

PATH(rmutex_depth_3,
	errors |= sync_rmutex_lock(&rmutex);
	errors |= sync_rmutex_lock(&rmutex);
	errors |= sync_rmutex_lock(&rmutex);
	errors |= sync_rmutex_unlock(&rmutex);
	errors |= sync_rmutex_unlock(&rmutex);
	errors |= sync_rmutex_unlock(&rmutex);)

PATH(cond_signal_nobody,
	errors |= sync_cond_signal(&cond);)

PATH(sem_wait_post,
	errors |= sync_sem_wait(&sem);
	errors |= sync_sem_post(&sem);)

PATH(event_wait_set,
	errors |= sync_event_wait(&event);)

PATH(event_set_set,
	errors |= sync_event_set(&event);)

PATH(latch_wait_zero,
	errors |= sync_latch_wait(&latch);)

PATH(rwlock_read,
	errors |= sync_rwlock_rdlock(&rwlock);
	errors |= sync_rwlock_unlock(&rwlock);)

PATH(rwlock_write,
	errors |= sync_rwlock_wrlock(&rwlock);
	errors |= sync_rwlock_unlock(&rwlock);)

/* Keys that rise and fall without a pattern that a heap could profit from. */
static int64_t
scattered(unsigned i)
{
	return (int64_t)((i + 1) * 2654435761u >> 8);
}

static int
put_get(struct sync_queue *q, unsigned n)
{
	int64_t element;
	int errors = 0;

	EACH(n)
	{
		element = scattered(i);
		errors |= sync_queue_put(q, &element);
		errors |= sync_queue_get(q, &element);
	}
	return errors;
}

static int
fifo_put_get(unsigned n)
{
	return put_get(&fifo, n);
}

static int
lifo_put_get(unsigned n)
{
	return put_get(&lifo, n);
}

static int
priority_put_get(unsigned n)
{
	return put_get(&priority, n);
}

static int
fuller_put_get(unsigned n)
{
	return put_get(&fuller, n);
}

static int
fifo_batches(unsigned n)
{
	static int64_t elements[BATCH];
	size_t done;
	int errors = 0;

	EACH(n / BATCH)
	{
		errors |= sync_queue_put_n(&fifo, elements, BATCH, &done);
		errors |= sync_queue_get_n(&fifo, elements, BATCH, &done);
		errors |= done != BATCH;
	}
	return errors;
}

/* The first timer stays, and is the earliest, so the thread sleeps on. */
PATH(timer_few,
	errors |= sync_timer_arm(&timer[1], far + scattered(i));
	errors |= sync_timer_cancel(&timer[1]);)

PATH(timer_many,
	struct sync_timer *t = &timer[1 + i % (LIVE - 1)];

	errors |= sync_timer_cancel(t);
	errors |= sync_timer_arm(t, far + scattered(i));)

static const struct path paths[] = {
	{ "the loop", the_loop },
	{ "mutex lock+unlock", mutex_lock_unlock },
	{ "mutex trylock+unlock", mutex_trylock_unlock },
	{ "rmutex lock+unlock, depth 1", rmutex_depth_1 },
	{ "rmutex lock+unlock, depth 3", rmutex_depth_3 },
	{ "cond signal, nobody waits", cond_signal_nobody },
	{ "sem wait+post", sem_wait_post },
	{ "event wait, set", event_wait_set },
	{ "event set, set", event_set_set },
	{ "latch wait, zero", latch_wait_zero },
	{ "rwlock rdlock+unlock", rwlock_read },
	{ "rwlock wrlock+unlock", rwlock_write },
	{ "fifo put+get", fifo_put_get },
	{ "lifo put+get", lifo_put_get },
	{ "priority put+get", priority_put_get },
	{ "priority put+get, 1000 inside", fuller_put_get },
	{ "fifo put_n+get_n of 32, an element", fifo_batches },
	{ "timer arm+cancel", timer_few },
	{ "timer arm+cancel, 1000 live", timer_many },
};
#define PATHS (sizeof(paths) / sizeof(paths[0]))

/* callgrind counts from its entry to its return; of this name. */
int counted(const struct path *p, unsigned n);

__attribute__((noinline)) int
counted(const struct path *p, unsigned n)
{
	return p->run(n);
}

static void
nothing(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t;
	(void)tick;
	(void)arg;
}

static int
fill(struct sync_queue *q)
{
	int errors = 0;
	unsigned i;

	for (i = 0; i < LIVE; i++) {
		int64_t element = scattered(i);

		errors |= sync_queue_put(q, &element);
	}
	return errors;
}

static int
make_queues(void)
{
	size_t size = sizeof(int64_t);
	int errors = 0;

	errors |= sync_queue_init(&fifo, SYNC_FIFO, size, CAPACITY);
	errors |= sync_queue_init(&lifo, SYNC_LIFO, size, CAPACITY);
	errors |= sync_queue_init(&priority, SYNC_PRIORITY, size, CAPACITY);
	errors |= sync_queue_init(&fuller, SYNC_PRIORITY, size, CAPACITY);
	return errors != 0 ? errors : fill(&fuller);
}

static int
make_timers(void)
{
	int errors = sync_timer_thread_init(&timers, NULL);
	unsigned i;

	if (errors != 0)
		return errors;
	for (i = 0; i < LIVE; i++)
		errors |= sync_timer_init(&timer[i], &timers, nothing, NULL);
	errors |= sync_timer_arm(&timer[0], sync_after(HOUR));
	/* Time for the thread to see the first timer and to sleep again; if it
	 * does not, its instructions are still not ours. */
	if (sync_event_wait_until(&never, sync_after_ms(50)) != ETIMEDOUT)
		errors |= EINVAL;
	far = sync_after(2 * HOUR);
	return errors;
}

/* All but one live, as the last path finds and leaves them. */
static int
arm_all(void)
{
	int errors = 0;
	unsigned i;

	for (i = 1; i < LIVE; i++)
		errors |= sync_timer_arm(&timer[i], far + scattered(i));
	return errors;
}

static void
check(const char *what, int errors)
{
	if (errors == 0)
		return;
	(void)fprintf(stderr, "paths: %s: a call failed\n", what);
	exit(1);
}

static void
end(void)
{
	(void)sync_timer_thread_stop(&timers);
	(void)sync_queue_destroy(&fifo);
	(void)sync_queue_destroy(&lifo);
	(void)sync_queue_destroy(&priority);
	(void)sync_queue_destroy(&fuller);
}

int
main(void)
{
	unsigned calls[] = { OPERATIONS, OPERATIONS, 2 * OPERATIONS };
	size_t i, k;

	(void)puts(COMPILER " " OPTIMISED);
	check("timers", make_timers());
	check("queues", make_queues());
	check("event", sync_event_set(&event));
	for (i = 0; i < PATHS; i++) {
		if (paths[i].run == timer_many)
			check("timers", arm_all());
		(void)printf("%u %u %u %s\n", calls[0], calls[1], calls[2],
		    paths[i].name);
		for (k = 0; k < sizeof(calls) / sizeof(calls[0]); k++)
			check(paths[i].name, counted(&paths[i], calls[k]));
	}
	end();
	return fflush(stdout) == 0 ? 0 : 1;
}
