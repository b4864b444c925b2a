/* SPDX-License-Identifier: MIT */
/*
 * Wait, then free.  A released waiter destroys the object and frees its memory
 * at once, while the thread that released it is still on its way out of the
 * call.  The object is in memory from malloc, for AddressSanitizer to watch, or
 * alone in a page that is unmapped, so that any access is a fault.
 */
#include <sched.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <unistd.h>

#include "primitives.h"

#define ROUNDS 2000

union object {
	struct sync_mutex mutex;
	struct sync_rmutex rmutex;
	struct sync_cond cond;
	struct sync_sem sem;
	struct sync_event event;
	struct sync_latch latch;
	struct sync_barrier barrier;
};

/* One thread calls make and give; another calls take, and then frees. */
struct kind {
	const char *name;
	void (*make)(union object *);
	void (*give)(union object *);
	void (*take)(union object *);
};

static void
mutex_make(union object *o)
{
	ok(sync_mutex_init(&o->mutex, 0));
	ok(sync_mutex_lock(&o->mutex));
}

static void
mutex_give(union object *o)
{
	ok(sync_mutex_unlock(&o->mutex));
}

static void
mutex_take(union object *o)
{
	ok(sync_mutex_lock(&o->mutex));
	ok(sync_mutex_unlock(&o->mutex));
	ok(sync_mutex_destroy(&o->mutex));
}

static void
rmutex_make(union object *o)
{
	ok(sync_rmutex_init(&o->rmutex, 0));
	ok(sync_rmutex_lock(&o->rmutex));
}

static void
rmutex_give(union object *o)
{
	ok(sync_rmutex_unlock(&o->rmutex));
}

static void
rmutex_take(union object *o)
{
	ok(sync_rmutex_lock_until(&o->rmutex, INT64_MAX - 1));
	ok(sync_rmutex_unlock(&o->rmutex));
	ok(sync_rmutex_destroy(&o->rmutex));
}

static struct sync_mutex beside; /* the cond's mutex, which stays */
static unsigned in_wait;         /* under beside */

static void
cond_make(union object *o)
{
	ok(sync_cond_init(&o->cond, 0));
}

static void
cond_give_somehow(union object *o, int (*wake)(struct sync_cond *))
{
	ok(sync_mutex_lock(&beside));
	while (in_wait == 0) {
		ok(sync_mutex_unlock(&beside));
		(void)sched_yield();
		ok(sync_mutex_lock(&beside));
	}
	in_wait = 0;
	ok(sync_mutex_unlock(&beside));
	ok(wake(&o->cond)); /* without the mutex: the waiter need not wait */
}

static void
cond_give(union object *o)
{
	cond_give_somehow(o, sync_cond_signal);
}

static void
cond_give_to_all(union object *o)
{
	cond_give_somehow(o, sync_cond_broadcast);
}

static void
cond_take(union object *o)
{
	ok(sync_mutex_lock(&beside));
	in_wait = 1;
	ok(sync_cond_wait(&o->cond, &beside));
	ok(sync_cond_destroy(&o->cond));
	ok(sync_mutex_unlock(&beside));
}

static void
sem_make(union object *o)
{
	ok(sync_sem_init(&o->sem, 0, 1, 0));
}

static void
sem_give(union object *o)
{
	ok(sync_sem_post(&o->sem));
}

static void
sem_take(union object *o)
{
	ok(sync_sem_wait(&o->sem));
	ok(sync_sem_destroy(&o->sem));
}

static void
event_make(union object *o)
{
	ok(sync_event_init(&o->event, 0));
}

static void
event_give(union object *o)
{
	ok(sync_event_set(&o->event));
}

static void
event_take(union object *o)
{
	ok(sync_event_wait(&o->event));
	ok(sync_event_destroy(&o->event));
}

static void
latch_make(union object *o)
{
	ok(sync_latch_init(&o->latch, 2, 0));
	ok(sync_latch_count_down(&o->latch));
}

static void
latch_give(union object *o)
{
	ok(sync_latch_count_down(&o->latch));
}

static void
latch_take(union object *o)
{
	ok(sync_latch_wait(&o->latch));
	ok(sync_latch_destroy(&o->latch));
}

static void
barrier_make(union object *o)
{
	ok(sync_barrier_init(&o->barrier, 2, NULL, NULL, 0));
}

static void
barrier_give(union object *o)
{
	ok(sync_barrier_wait(&o->barrier, NULL));
}

static void
barrier_take(union object *o)
{
	ok(sync_barrier_wait(&o->barrier, NULL));
	ok(sync_barrier_destroy(&o->barrier));
}

#define KIND(name) { #name, name##_make, name##_give, name##_take }
static const struct kind kinds[] = {
	KIND(mutex),
	KIND(rmutex),
	KIND(cond),
	{ "cond, broadcast", cond_make, cond_give_to_all, cond_take },
	KIND(sem),
	KIND(event),
	KIND(latch),
	KIND(barrier),
};
#define KINDS ((int)(sizeof(kinds) / sizeof(kinds[0])))

static const struct kind *kind;
static bool unmaps;
static bool at_once; /* the woken thread runs before the waker continues */
static union object *object;
static sem_t full, empty; /* of object; the C library's */

static void *
allocate(void)
{
	void *p;

	if (!unmaps)
		return malloc(sizeof(union object));
	p = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

static void
give_back(void *p)
{
	if (unmaps)
		ck_assert_int_eq(
		    munmap(p, (size_t)sysconf(_SC_PAGESIZE)), 0);
	else
		free(p);
}

static unsigned
rounds(void)
{
	return ROUNDS * stress_factor();
}

static void *
takes_and_frees(void *arg)
{
	const struct sched_param first = { .sched_priority = 1 };
	uint32_t random = random_seed() ^ 0x55555555u;
	unsigned i;

	if (at_once) /* if not allowed, the kernel decides */
		(void)sched_setscheduler(0, SCHED_FIFO, &first);
	for (i = 0; i < rounds(); i++) {
		union object *o;

		ck_assert_int_eq(sem_wait(&full), 0);
		o = object;
		ck_assert_int_eq(sem_post(&empty), 0);
		dawdle(random_next(&random) % 600);
		kind->take(o);
		give_back(o);
	}
	return arg;
}

/*
 * at_once: on one processor, the taker has a higher priority.  It sleeps in its
 * wait before the giver gives, and has freed the object before the giver has
 * returned from the wake.
 */
START_TEST(who_waited_may_free_the_object_at_once)
{
	uint32_t random = random_seed();
	struct spawned *s;
	unsigned i;

	kind = &kinds[_i % KINDS];
	unmaps = (_i / KINDS) % 2 != 0;
	at_once = _i >= 2 * KINDS;
	if (at_once && !use_one_processor())
		return;
	ck_assert_int_eq(sem_init(&full, 0, 0), 0);
	ck_assert_int_eq(sem_init(&empty, 0, 1), 0);
	s = spawn(takes_and_frees, NULL);
	for (i = 0; i < rounds(); i++) {
		union object *o = allocate();

		ck_assert_ptr_nonnull(o);
		kind->make(o);
		ck_assert_int_eq(sem_wait(&empty), 0);
		object = o;
		ck_assert_int_eq(sem_post(&full), 0);
		dawdle(random_next(&random) % 2000);
		kind->give(o);
	}
	(void)finish(s);
}
END_TEST

/* Many waiters: the last to return, by their own count, frees the object. */
#define WAITERS 4
static unsigned returned;
static enum { EVENT, LATCH, BARRIER, MANY } what;

static void *
last_one_frees(void *arg)
{
	union object *o = arg;

	switch (what) {
	case EVENT:
		ok(sync_event_wait(&o->event));
		break;
	case LATCH:
		ok(sync_latch_wait(&o->latch));
		break;
	default:
		ok(sync_barrier_wait(&o->barrier, NULL));
	}
	if (__atomic_add_fetch(&returned, 1, __ATOMIC_ACQ_REL) == WAITERS)
		give_back(o);
	return NULL;
}

static void
make_many(union object *o)
{
	memset(o, 0, sizeof(*o)); /* an event */
	if (what == LATCH)
		ok(sync_latch_init(&o->latch, 1, 0));
	else if (what == BARRIER)
		ok(sync_barrier_init(&o->barrier, WAITERS, NULL, NULL, 0));
}

START_TEST(last_of_many_who_waited_may_free_the_object)
{
	struct spawned *s[WAITERS];
	unsigned i, n;

	what = (unsigned)_i % MANY;
	unmaps = (_i / MANY) % 2 != 0;
	if (_i >= 2 * MANY && !use_one_processor())
		return;
	for (n = 0; n < rounds() / 20; n++) {
		union object *o = allocate();

		ck_assert_ptr_nonnull(o);
		make_many(o);
		returned = 0;
		for (i = 0; i < WAITERS; i++)
			s[i] = spawn(last_one_frees, o);
		if (what == EVENT)
			ok(sync_event_set(&o->event));
		else if (what == LATCH)
			ok(sync_latch_count_down(&o->latch));
		for (i = 0; i < WAITERS; i++)
			(void)finish(s[i]);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("lifetime");
	TCase *tc = add_case(s, "free");

	tcase_add_loop_test(
	    tc, who_waited_may_free_the_object_at_once, 0, 4 * KINDS);
	tcase_add_loop_test(
	    tc, last_of_many_who_waited_may_free_the_object, 0, 4 * MANY);
	return run_suite(s);
}
