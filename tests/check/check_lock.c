/* SPDX-License-Identifier: MIT */
/* The promises of every kind of lock; check_lock_starve has one more. */
#include <sched.h>

#include "primitives.h"
#include "lock_kinds.h"

static const struct lock_kind *kind;
static union any_lock lock;

static void
begin(int i)
{
	kind = &lock_kinds[i];
	ok(kind->init(&lock));
}

static void
end(void)
{
	ok(kind->destroy(&lock));
}

static void *
finds_it_held(void *arg)
{
	fails(kind->trylock(&lock), kind->busy);
	fails(kind->lock_until(&lock, 0), ETIMEDOUT);
	ck_assert(kind->held == NULL || !kind->held(&lock));
	return arg;
}

static void *
takes_it_by_try(void *arg)
{
	ok(kind->trylock(&lock));
	ok(kind->unlock(&lock));
	return arg;
}

static void *
takes_it(void *arg)
{
	ok(kind->lock(&lock));
	if (arg != NULL)
		++*(unsigned *)arg;
	ok(kind->unlock(&lock));
	return arg;
}

START_TEST(lock_keeps_others_out_until_unlock)
{
	begin(_i);
	elsewhere(takes_it_by_try);
	ok(kind->lock(&lock));
	elsewhere(finds_it_held);
	ok(kind->unlock(&lock));
	elsewhere(takes_it_by_try);
	ok(kind->lock_until(&lock, SYNC_NEVER));
	elsewhere(finds_it_held);
	ok(kind->unlock(&lock));
	ok(kind->trylock(&lock));
	elsewhere(finds_it_held);
	ok(kind->unlock(&lock));
	elsewhere(takes_it);
	end();
}
END_TEST

START_TEST(held_is_true_for_the_holder_alone)
{
	begin(_i);
	if (kind->held != NULL) {
		ck_assert(!kind->held(NULL));
		ck_assert(!kind->held(&lock));
		ok(kind->lock(&lock));
		ck_assert(kind->held(&lock));
		elsewhere(finds_it_held);
		ck_assert(kind->held(&lock));
		ok(kind->unlock(&lock));
		ck_assert(!kind->held(&lock));
	}
	end();
}
END_TEST

START_TEST(relock_by_the_holder_is_told_and_harmless)
{
	int i;

	begin(_i);
	ok(kind->lock(&lock));
	fails(kind->trylock(&lock), kind->retry);
	for (i = 0; i < PASTS; i++)
		fails(kind->lock_until(&lock, past_deadline(i)), kind->relock);
	if (kind->owned) {
		fails(kind->lock(&lock), kind->relock);
		fails(kind->lock_until(&lock, SYNC_NEVER), kind->relock);
		fails(kind->lock_until(&lock, sync_after_ms(1)), kind->relock);
	}
	elsewhere(finds_it_held);
	for (i = kind->relock == 0 ? PASTS + 5 : 1; i > 0; i--)
		ok(kind->unlock(&lock));
	fails(kind->unlock(&lock), kind->surplus);
	elsewhere(takes_it_by_try);
	end();
}
END_TEST

static void *
may_not_unlock(void *arg)
{
	fails(kind->unlock(&lock), EPERM);
	return arg;
}

static void *
may_not_destroy(void *arg)
{
	fails(kind->destroy(&lock), EBUSY);
	return arg;
}

/* Another thread may not do that to a lock that we hold. */
static void
is_refused_elsewhere(void *(*fn)(void *))
{
	ok(kind->lock(&lock));
	elsewhere(fn);
	elsewhere(finds_it_held);
	ok(kind->unlock(&lock));
}

START_TEST(unlock_by_another_returns_eperm)
{
	begin(_i);
	if (kind->owned) {
		elsewhere(may_not_unlock);
		is_refused_elsewhere(may_not_unlock);
	}
	end();
}
END_TEST

START_TEST(unlock_of_a_free_lock_is_told_and_harmless)
{
	begin(_i);
	fails(kind->unlock(&lock), kind->surplus);
	elsewhere(takes_it_by_try);
	end();
}
END_TEST

START_TEST(destroy_while_held_returns_ebusy)
{
	begin(_i);
	if (kind->owned) {
		ok(kind->lock(&lock));
		(void)may_not_destroy(NULL);
		ok(kind->unlock(&lock));
		is_refused_elsewhere(may_not_destroy);
	}
	end();
}
END_TEST

START_TEST(destroy_while_waited_for_returns_ebusy)
{
	struct spawned *s;

	begin(_i);
	ok(kind->lock(&lock));
	s = spawn(takes_it, NULL);
	until_asleep(s);
	fails(kind->destroy(&lock), EBUSY);
	elsewhere(may_not_destroy);
	until_asleep(s);
	ok(kind->unlock(&lock));
	(void)finish(s);
	end();
}
END_TEST

/* A thread that was woken, and may not have run yet, still waits. */
static unsigned may_unlock;

static void *
keeps_it(void *arg)
{
	ok(kind->lock(&lock));
	while (counted(&may_unlock) == 0)
		(void)sched_yield();
	ok(kind->unlock(&lock));
	return arg;
}

START_TEST(destroy_after_an_unlock_that_woke_a_waiter_returns_ebusy)
{
	struct spawned *s;

	begin(_i);
	if (!kind->owned)
		return; /* no thread holds it */
	(void)use_one_processor();
	ok(kind->lock(&lock));
	s = spawn(keeps_it, NULL);
	until_asleep(s);
	ok(kind->unlock(&lock));
	fails(kind->destroy(&lock), EBUSY);
	count(&may_unlock);
	(void)finish(s);
	end();
}
END_TEST

START_TEST(every_call_on_a_destroyed_lock_returns_einval)
{
	begin(_i);
	end();
	fails(kind->destroy(&lock), EINVAL);
	fails(kind->lock(&lock), EINVAL);
	fails(kind->trylock(&lock), EINVAL);
	fails(kind->lock_until(&lock, SYNC_NEVER), EINVAL);
	fails(kind->lock_until(&lock, 0), EINVAL);
	ck_assert(kind->held == NULL || !kind->held(&lock));
	ck_assert_int_ne(kind->unlock(&lock), 0);
	fails(kind->destroy(&lock), EINVAL);
	begin(_i);
	elsewhere(takes_it);
	end();
}
END_TEST

START_TEST(null_returns_einval)
{
	kind = &lock_kinds[_i];
	fails(kind->init(NULL), EINVAL);
	fails(kind->destroy(NULL), EINVAL);
	fails(kind->lock(NULL), EINVAL);
	fails(kind->trylock(NULL), EINVAL);
	fails(kind->lock_until(NULL, SYNC_NEVER), EINVAL);
	fails(kind->unlock(NULL), EINVAL);
}
END_TEST

START_TEST(init_with_an_unknown_flag_returns_einval_and_changes_nothing)
{
	union any_lock before;

	begin(_i);
	ok(kind->lock(&lock));
	memcpy(&before, &lock, sizeof(lock));
	fails(kind->init_wrongly(&lock), EINVAL);
	ck_assert_mem_eq(&before, &lock, sizeof(lock));
	ok(kind->unlock(&lock));
	end();
}
END_TEST

START_TEST(unlock_lets_every_waiter_in)
{
	struct spawned *s[6];
	unsigned entered = 0;
	int i;

	begin(_i);
	ok(kind->lock(&lock));
	for (i = 0; i < 6; i++)
		s[i] = spawn(takes_it, &entered);
	for (i = 0; i < 6; i++)
		until_asleep(s[i]);
	ck_assert_uint_eq(entered, 0);
	ok(kind->unlock(&lock));
	for (i = 0; i < 6; i++)
		(void)finish(s[i]);
	ck_assert_uint_eq(entered, 6);
	end();
}
END_TEST

static void *
gives_up(void *arg)
{
	sync_time deadline = sync_after_ms(15);

	fails(kind->lock_until(&lock, deadline), ETIMEDOUT);
	ck_assert(sync_time_now() >= deadline);
	return arg;
}

START_TEST(waiter_that_times_out_leaves_the_next_its_turn)
{
	struct spawned *first, *second;
	unsigned entered = 0;

	begin(_i);
	ok(kind->lock(&lock));
	first = spawn(gives_up, NULL);
	second = spawn(takes_it, &entered);
	until_asleep(second);
	(void)finish(first);
	until_asleep(second);
	ok(kind->unlock(&lock));
	(void)finish(second);
	ck_assert_uint_eq(entered, 1);
	end();
}
END_TEST

#define ROUNDS 2000
static unsigned total;

static void *
adds(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		ok(kind->lock(&lock));
		total++;
		ok(kind->unlock(&lock));
	}
	return arg;
}

START_TEST(what_is_counted_under_the_lock_is_exact)
{
	struct spawned *s[4];
	int i;

	begin(_i);
	total = 0;
	for (i = 0; i < 4; i++)
		s[i] = spawn(adds, NULL);
	for (i = 0; i < 4; i++)
		(void)finish(s[i]);
	ck_assert_uint_eq(total, 4 * ROUNDS);
	end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("lock");
	TCase *tc = add_case(s, "lock");
	const int n = LOCK_KINDS;

	tcase_add_loop_test(tc, lock_keeps_others_out_until_unlock, 0, n);
	tcase_add_loop_test(tc, held_is_true_for_the_holder_alone, 0, n);
	tcase_add_loop_test(tc, unlock_lets_every_waiter_in, 0, n);
	tcase_add_loop_test(tc, what_is_counted_under_the_lock_is_exact, 0, n);
	tc = add_case(s, "deadline");
	tcase_add_loop_test(
	    tc, waiter_that_times_out_leaves_the_next_its_turn, 0, n);
	tc = add_case(s, "misuse");
	tcase_add_loop_test(
	    tc, relock_by_the_holder_is_told_and_harmless, 0, n);
	tcase_add_loop_test(tc, unlock_by_another_returns_eperm, 0, n);
	tcase_add_loop_test(
	    tc, unlock_of_a_free_lock_is_told_and_harmless, 0, n);
	tcase_add_loop_test(tc, null_returns_einval, 0, n);
	tcase_add_loop_test(tc,
	    init_with_an_unknown_flag_returns_einval_and_changes_nothing, 0, n);
	tc = add_case(s, "destroy");
	tcase_add_loop_test(tc, destroy_while_held_returns_ebusy, 0, n);
	tcase_add_loop_test(tc, destroy_while_waited_for_returns_ebusy, 0, n);
	tcase_add_loop_test(tc,
	    destroy_after_an_unlock_that_woke_a_waiter_returns_ebusy, 0, n);
	tcase_add_loop_test(
	    tc, every_call_on_a_destroyed_lock_returns_einval, 0, n);
	return run_suite(s);
}
