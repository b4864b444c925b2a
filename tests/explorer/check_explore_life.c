/* SPDX-License-Identifier: MIT */
/*
 * Objects that are destroyed while another thread uses them, or used before
 * they are initialised.  Every search finds each mistake for each kind of
 * object.  In the first schedule of a search nothing goes wrong.
 */
#include <pthread.h>
#include <semaphore.h>

#include "explore_support.h"

static struct world {
	struct sync_mutex mutex;
	struct sync_rmutex rmutex;
	struct sync_kmutex kmutex;
	struct sync_cond cond;
	struct sync_sem sem;
	struct sync_event event;
	struct sync_latch latch;
	struct sync_barrier barrier;
	struct sync_rwlock rwlock;
	struct sync_queue queue;
	pthread_mutex_t p_mutex;
	pthread_cond_t p_cond;
	sem_t p_sem;
	uint64_t room[8];
} w;

#define MAKE(name, call)                                                       \
	static void make_##name(void)                                          \
	{                                                                      \
		SYNC_OK(call);                                                 \
	}
#define USE(name, call)                                                        \
	static void use_##name(void)                                           \
	{                                                                      \
		SYNC_OK(call);                                                 \
	}
#define USE_AND(name, call, then)                                              \
	static void use_##name(void)                                           \
	{                                                                      \
		SYNC_OK(call);                                                 \
		SYNC_OK(then);                                                 \
	}
#define END(name, call)                                                        \
	static void end_##name(void)                                           \
	{                                                                      \
		SYNC_OK(call);                                                 \
	}

MAKE(mutex, sync_mutex_init(&w.mutex, 0))
USE_AND(mutex, sync_mutex_lock(&w.mutex), sync_mutex_unlock(&w.mutex))
END(mutex, sync_mutex_destroy(&w.mutex))
MAKE(rmutex, sync_rmutex_init(&w.rmutex, 0))
USE_AND(rmutex, sync_rmutex_lock(&w.rmutex), sync_rmutex_unlock(&w.rmutex))
END(rmutex, sync_rmutex_destroy(&w.rmutex))
MAKE(kmutex, sync_kmutex_init(&w.kmutex, 0))
USE_AND(kmutex, sync_kmutex_lock(&w.kmutex), sync_kmutex_unlock(&w.kmutex))
END(kmutex, sync_kmutex_destroy(&w.kmutex))
MAKE(cond, sync_cond_init(&w.cond, 0))
USE(cond, sync_cond_signal(&w.cond))
END(cond, sync_cond_destroy(&w.cond))
MAKE(sem, sync_sem_init(&w.sem, 1, 2, 0))
USE_AND(sem, sync_sem_wait(&w.sem), sync_sem_post(&w.sem))
END(sem, sync_sem_destroy(&w.sem))
MAKE(event, sync_event_init(&w.event, 0))
USE(event, sync_event_set(&w.event))
END(event, sync_event_destroy(&w.event))
MAKE(latch, sync_latch_init(&w.latch, 1, 0))
USE(latch, sync_latch_count_down(&w.latch))
END(latch, sync_latch_destroy(&w.latch))
MAKE(barrier, sync_barrier_init(&w.barrier, 1, NULL, NULL, 0))
USE(barrier, sync_barrier_wait(&w.barrier, NULL))
END(barrier, sync_barrier_destroy(&w.barrier))
MAKE(rwlock, sync_rwlock_init(&w.rwlock, 0))
USE_AND(rwlock, sync_rwlock_rdlock(&w.rwlock), sync_rwlock_unlock(&w.rwlock))
END(rwlock, sync_rwlock_destroy(&w.rwlock))
MAKE(p_mutex, pthread_mutex_init(&w.p_mutex, NULL))
USE_AND(p_mutex, pthread_mutex_lock(&w.p_mutex),
    pthread_mutex_unlock(&w.p_mutex))
END(p_mutex, pthread_mutex_destroy(&w.p_mutex))
MAKE(p_cond, pthread_cond_init(&w.p_cond, NULL))
USE(p_cond, pthread_cond_signal(&w.p_cond))
END(p_cond, pthread_cond_destroy(&w.p_cond))
MAKE(p_sem, sem_init(&w.p_sem, 0, 1))
USE_AND(p_sem, sem_wait(&w.p_sem), sem_post(&w.p_sem))
END(p_sem, sem_destroy(&w.p_sem))

static void
make_queue(void)
{
	const struct sync_queue_options o = { .element_size = 8, .capacity = 1,
		.storage = w.room, .storage_size = sizeof(w.room) };

	SYNC_OK(sync_queue_init_with(&w.queue, &o));
}

static void
use_queue(void)
{
	uint64_t v = 1;

	SYNC_OK(sync_queue_put(&w.queue, &v));
}

END(queue, sync_queue_destroy(&w.queue))

/* What shows that an object was used before it was initialised. */
static void
after_event(void)
{
	SYNC_OK(sync_event_wait(&w.event)); /* or the set is lost */
}

static const struct kind {
	const char *name;
	void (*make)(void), (*use)(void), (*end)(void), (*after)(void);
	bool plain; /* it needs no init: all zero is valid, and nothing shows */
} kinds[] = {
#define KIND(name) #name, make_##name, use_##name, end_##name
	{ KIND(mutex), NULL, false },
	{ KIND(rmutex), NULL, false },
	{ KIND(kmutex), NULL, false },
	{ KIND(cond), NULL, true },
	{ KIND(sem), NULL, false },
	{ KIND(event), after_event, false },
	{ KIND(latch), NULL, false },
	{ KIND(barrier), NULL, false },
	{ KIND(rwlock), NULL, false },
	{ KIND(queue), NULL, false },
	{ KIND(p_mutex), NULL, false },
	{ KIND(p_cond), NULL, true },
	{ KIND(p_sem), NULL, true },
};
#define KINDS COUNT(kinds)

static const struct kind *k;

static void *
uses(void *unused)
{
	k->use();
	return unused;
}

static void *
ends(void *unused)
{
	k->end();
	return unused;
}

static void
destroyed_in_use(void *unused)
{
	struct sync_thread t;

	memset(&w, 0, sizeof(w));
	k->make();
	SYNC_OK(sync_thread_start(&t, ends, unused, NULL));
	k->use();
	SYNC_OK(sync_thread_join(&t, NULL));
}

static void
used_before_made(void *unused)
{
	struct sync_thread t;

	memset(&w, 0, sizeof(w));
	SYNC_OK(sync_thread_start(&t, uses, unused, NULL));
	k->make();
	if (k->after != NULL)
		k->after();
	SYNC_OK(sync_thread_join(&t, NULL));
}

static void
in_order(void *unused)
{
	struct sync_thread t[2];
	int i;

	memset(&w, 0, sizeof(w));
	k->make();
	for (i = 0; i < 1 + (k->use != use_latch && k->use != use_queue); i++)
		SYNC_OK(sync_thread_start(&t[i], uses, unused, NULL));
	while (i-- > 0)
		SYNC_OK(sync_thread_join(&t[i], NULL));
	k->end();
}

static int
explore(void (*test)(void *), enum sync_explore_search search,
    struct sync_explore_report *r)
{
	struct sync_explore_options o = calm_options(search);

	o.name = k->name;
	o.schedules = 20000;
	return sync_explore(test, NULL, &o, r);
}

/* The loop is over the searches. */
START_TEST(an_object_that_is_destroyed_in_use_is_found)
{
	struct sync_explore_report r;
	int i;

	for (i = 0; i < KINDS; i++) {
		k = &kinds[i];
		ck_assert_msg(explore(destroyed_in_use,
		    (enum sync_explore_search)_i, &r) == EPROTO, "%s", k->name);
		ck_assert_uint_gt(r.schedules, 1);
	}
}
END_TEST

START_TEST(an_object_that_is_used_before_it_is_made_is_found)
{
	struct sync_explore_report r;
	int i;

	for (i = 0; i < KINDS; i++) {
		k = &kinds[i];
		if (k->plain)
			continue;
		ck_assert_msg(explore(used_before_made,
		    (enum sync_explore_search)_i, &r) == EPROTO, "%s", k->name);
		ck_assert_uint_gt(r.schedules, 1);
	}
}
END_TEST

START_TEST(an_object_that_lives_as_it_should_is_not_called_wrong)
{
	struct sync_explore_report r;
	int i;

	for (i = 0; i < KINDS; i++) {
		k = &kinds[i];
		ck_assert_msg(explore(in_order, (enum sync_explore_search)_i,
		    &r) == 0, "%s: %s", k->name, r.what);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("explore life");
	TCase *tc = add_case(s, "life", 120);

	tcase_add_loop_test(tc, an_object_that_is_destroyed_in_use_is_found, 0,
	    SEARCHES);
	tcase_add_loop_test(tc,
	    an_object_that_is_used_before_it_is_made_is_found, 0,
	    SEARCHES);
	tcase_add_loop_test(tc,
	    an_object_that_lives_as_it_should_is_not_called_wrong, 0,
	    SEARCHES);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
