/* SPDX-License-Identifier: MIT */
/* The wait queue from inside: chosen, released, leaving. */
#include "primitives.h"

#include "base/atomic.h"
#include "wait/ownlock.h"
#include "wait/waitq.h"

enum { QUEUED, CHOSEN, RELEASED, LEAVING };

static struct sync_waitq q;

struct guest {
	struct spawned *thread;
	struct sleeper self;
	struct waiter w;
	sync_time deadline;
	unsigned queued; /* atomic */
	int err;
};

static void *
stays(void *arg)
{
	struct guest *g = arg;

	g->self = waitq_sleeper();
	g->w.sleeper = &g->self;
	ok(waitq_enter(&q));
	waitq_queue(&q, &g->w);
	count(&g->queued);
	waitq_leave(&q);
	g->err = waitq_sleep(&q, &g->w, g->deadline);
	if (g->err == ETIMEDOUT) {
		ck_assert(ownlock_mine(&q.lock, plat_self()));
		waitq_leave(&q);
	}
	return arg;
}

static void
start(struct guest *g, sync_time deadline)
{
	*g = (struct guest) { .deadline = deadline };
	g->thread = spawn(stays, g);
	while (counted(&g->queued) == 0)
		sync_thread_sleep_until(sync_after(100000));
}

static void
ends(struct guest *g, int err)
{
	(void)finish(g->thread);
	ck_assert_int_eq(g->err, err);
}

static uint32_t
state(const struct guest *g)
{
	return at_load_relaxed(&g->self.state);
}

static void
begin(void)
{
	q = (struct sync_waitq) { 0, plat_generation(), NULL };
}

START_TEST(waiters_are_chosen_longest_first_and_freed_with_the_result)
{
	struct sync_list_node *chosen = NULL;
	struct guest g[3];
	int i;

	for (i = 0; i < 3; i++)
		start(&g[i], SYNC_NEVER);
	ok(waitq_enter(&q));
	ck_assert(!waitq_empty(&q));
	for (i = 0; i < 3; i++) {
		ck_assert_ptr_eq(waitq_first(&q), &g[i].w);
		ck_assert(waitq_choose(&q, &chosen));
		ck_assert_uint_eq(state(&g[i]), CHOSEN);
	}
	ck_assert(!waitq_choose(&q, &chosen));
	ck_assert_ptr_null(waitq_first(&q));
	ck_assert(waitq_empty(&q));
	waitq_leave(&q);
	for (i = 0; i < 3; i++)
		until_asleep(g[i].thread); /* chosen is not yet released */
	waitq_release(chosen, EXDEV);
	for (i = 0; i < 3; i++)
		ends(&g[i], EXDEV);
	waitq_release(NULL, 0);
}
END_TEST

START_TEST(chosen_waiter_cannot_time_out)
{
	struct sync_list_node *chosen = NULL;
	struct guest g;
	sync_time ms = 20;

	do {
		ms *= 2;
		start(&g, sync_after_ms(ms));
		ok(waitq_enter(&q));
		if (!waitq_choose(&q, &chosen)) {
			waitq_leave(&q);
			ends(&g, ETIMEDOUT); /* too slow; again */
		}
	} while (chosen == NULL);
	waitq_leave(&q);
	sync_thread_sleep_until(g.deadline);
	until_asleep(g.thread);
	ck_assert_uint_eq(state(&g), CHOSEN);
	waitq_release(chosen, 0);
	ends(&g, 0);
}
END_TEST

/*
 * Return with the lock held, and with g on the list, waiting for the lock to
 * leave.
 */
static void
start_to_leave(struct guest *g)
{
	sync_time ms = 5;

	for (;;) {
		ms *= 2;
		start(g, sync_after_ms(ms));
		ok(waitq_enter(&q));
		if (sync_time_now() < g->deadline && state(g) == QUEUED)
			break;
		waitq_leave(&q); /* too slow; again */
		ends(g, ETIMEDOUT);
	}
	while (state(g) != LEAVING)
		sync_thread_sleep_until(sync_after(100000));
}

START_TEST(leaving_waiter_is_passed_over)
{
	struct sync_list_node *chosen = NULL;
	struct guest first, second;
	struct sleeper self = waitq_sleeper();
	struct waiter ghost = { .sleeper = &self }; /* of no thread */

	start(&first, SYNC_NEVER);
	start_to_leave(&second);
	waitq_queue(&q, &ghost);
	ck_assert(!waitq_choose_this(&q, &second.w, &chosen));
	ck_assert_ptr_null(chosen);
	ck_assert(waitq_leaving(&q, 0));
	ck_assert(!waitq_leaving(&q, 1));
	ck_assert(waitq_choose(&q, &chosen));
	ck_assert_uint_eq(state(&first), CHOSEN);
	ck_assert_ptr_eq(waitq_first(&q), &ghost);
	ck_assert(waitq_choose(&q, &chosen));
	ck_assert_uint_eq(self.state, CHOSEN);
	ck_assert(!waitq_choose(&q, &chosen));
	ck_assert(!waitq_empty(&q)); /* so that no thread destroys it */
	waitq_leave(&q);
	waitq_release(chosen, 0);
	ck_assert_uint_eq(self.state, RELEASED);
	ends(&first, 0);
	ends(&second, ETIMEDOUT);
	ck_assert(waitq_empty(&q));
	ok(waitq_enter(&q));
	ck_assert(!waitq_leaving(&q, 0));
	waitq_leave(&q);
	ck_assert_uint_eq(q.lock, 0);
}
END_TEST

static void *
is_too_late(void *arg)
{
	fails(waitq_enter(&q), EINVAL);
	return arg;
}

START_TEST(who_sleeps_for_the_lock_of_a_destroyed_queue_gets_einval)
{
	struct spawned *s[3];
	int i;

	ok(waitq_enter(&q));
	ck_assert(!waitq_destroyed(&q));
	for (i = 0; i < 3; i++)
		s[i] = spawn(is_too_late, NULL);
	for (i = 0; i < 3; i++)
		until_asleep(s[i]);
	waitq_destroy(&q);
	for (i = 0; i < 3; i++)
		(void)finish(s[i]);
	ck_assert(waitq_destroyed(&q));
	(void)is_too_late(NULL);
}
END_TEST

/* As a child of a fork finds it: of another generation. */
START_TEST(queue_of_another_generation_is_emptied)
{
	struct sleeper self = waitq_sleeper();
	struct waiter ghost = { .sleeper = &self };

	ok(waitq_enter(&q));
	waitq_queue(&q, &ghost);
	waitq_leave(&q);
	q.generation = plat_generation() - 1; /* wrapped: different, too */
	fails(waitq_enter(&q), WAITQ_FORKED);
	ck_assert(waitq_empty(&q));
	waitq_leave(&q);
	ok(waitq_enter(&q));
	waitq_leave(&q);
}
END_TEST

/* One sleeper waits on two lists: one waker gets it. */
START_TEST(sleeper_on_two_lists_is_chosen_once)
{
	struct sync_waitq other = { .generation = plat_generation() };
	struct sync_list_node *chosen = NULL;
	struct sleeper self = waitq_sleeper();
	struct waiter here = { .sleeper = &self }, there = here;

	ok(waitq_enter(&q));
	ok(waitq_enter(&other));
	waitq_queue(&q, &here);
	waitq_queue(&other, &there);
	ck_assert_ptr_eq(waitq_first(&other), &there);
	ck_assert(waitq_choose(&q, &chosen));
	ck_assert(waitq_empty(&q));
	ck_assert_ptr_null(waitq_first(&other));
	ck_assert(!waitq_choose(&other, &chosen));
	ck_assert(!waitq_empty(&other)); /* until the sleeper leaves it */
	waitq_leave(&other);
	waitq_leave(&q);
	waitq_release(chosen, EPIPE);
	ck_assert_int_eq(self.result, EPIPE);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("waitq");
	TCase *tc = add_case(s, "waitq");

	tcase_add_checked_fixture(tc, begin, NULL);
	tcase_add_test(
	    tc, waiters_are_chosen_longest_first_and_freed_with_the_result);
	tcase_add_test(tc, chosen_waiter_cannot_time_out);
	tcase_add_test(tc, leaving_waiter_is_passed_over);
	tcase_add_test(
	    tc, who_sleeps_for_the_lock_of_a_destroyed_queue_gets_einval);
	tcase_add_test(tc, queue_of_another_generation_is_emptied);
	tcase_add_test(tc, sleeper_on_two_lists_is_chosen_once);
	return run_suite(s);
}
