/* SPDX-License-Identifier: MIT */
/*
 * Which waiters a signal or broadcast wakes, and misuse; the kinds of mutexes
 * are in check_cond_mutex.
 */
#include "primitives.h"

static struct sync_cond c;
static struct sync_mutex m;
static unsigned woken;   /* atomic */
static unsigned arrived; /* under m */

static void *
waits(void *arg)
{
	ok(sync_mutex_lock(&m));
	ok(sync_cond_wait(&c, &m));
	ck_assert(sync_mutex_held(&m));
	count(&woken);
	if (arg != NULL)
		*(unsigned *)arg = counted(&woken); /* its position in the order */
	ok(sync_mutex_unlock(&m));
	return arg;
}

static void *
waits_until(void *arg)
{
	sync_time deadline = *(sync_time *)arg;

	ok(sync_mutex_lock(&m));
	arrived++;
	fails(sync_cond_wait_until(&c, &m, deadline), ETIMEDOUT);
	ck_assert(sync_mutex_held(&m));
	ck_assert_int_ge(sync_time_now(), deadline);
	ok(sync_mutex_unlock(&m));
	return arg;
}

/* A waiter that is certain to be on the list. */
static struct spawned *
waiter(unsigned *place)
{
	struct spawned *s = spawn(waits, place);

	until_asleep(s);
	return s;
}

/*
 * Return with m held after n threads have come to wait.  Their deadlines may
 * have passed; is_asleep cannot be used for such threads.
 */
static void
until_arrived(unsigned n)
{
	ok(sync_mutex_lock(&m));
	while (arrived < n) {
		ok(sync_mutex_unlock(&m));
		sync_thread_sleep_until(sync_after(100000));
		ok(sync_mutex_lock(&m));
	}
}

static void
begin(void)
{
	ok(sync_cond_init(&c, 0));
	ok(sync_mutex_init(&m, 0));
}

static void
end(void)
{
	ok(sync_cond_destroy(&c));
	ok(sync_mutex_destroy(&m));
}

START_TEST(signal_wakes_one_and_broadcast_all)
{
	struct spawned *s[5];
	int i;

	for (i = 0; i < 5; i++)
		s[i] = waiter(NULL);
	ok(sync_cond_signal(&c));
	(void)finish(s[0]);
	for (i = 1; i < 5; i++)
		until_asleep(s[i]);
	ck_assert_uint_eq(counted(&woken), 1);
	ok(sync_cond_broadcast(&c));
	for (i = 1; i < 5; i++)
		(void)finish(s[i]);
	ck_assert_uint_eq(counted(&woken), 5);
}
END_TEST

START_TEST(signals_wake_in_the_order_of_arrival)
{
	struct spawned *s[6];
	unsigned place[6];
	unsigned i;

	for (i = 0; i < 6; i++)
		s[i] = waiter(&place[i]);
	for (i = 0; i < 6; i++) {
		ok(sync_cond_signal(&c));
		(void)finish(s[i]);
		ck_assert_uint_eq(place[i], i + 1);
	}
}
END_TEST

START_TEST(wait_lets_others_have_the_mutex_meanwhile)
{
	struct spawned *s = waiter(NULL);

	ok(sync_mutex_trylock(&m));
	ok(sync_cond_signal(&c));
	until_asleep(s); /* it needs the mutex to return */
	ck_assert_uint_eq(counted(&woken), 0);
	ok(sync_mutex_unlock(&m));
	(void)finish(s);
}
END_TEST

START_TEST(signal_before_the_wait_is_not_kept)
{
	ok(sync_cond_signal(&c));
	ok(sync_cond_broadcast(&c));
	ok(sync_mutex_lock(&m));
	fails(sync_cond_wait_until(&c, &m, sync_after_ms(5)), ETIMEDOUT);
	ok(sync_mutex_unlock(&m));
}
END_TEST

/*
 * The waiter is signalled while we hold the mutex, so it cannot have returned
 * when we begin to wait ourselves.
 */
START_TEST(signal_is_not_stolen_by_who_came_later)
{
	struct spawned *s = waiter(NULL);

	ok(sync_mutex_lock(&m));
	ok(sync_cond_signal(&c));
	fails(sync_cond_wait_until(&c, &m, sync_after_ms(20)), ETIMEDOUT);
	ok(sync_mutex_unlock(&m));
	(void)finish(s);
}
END_TEST

START_TEST(broadcast_does_not_wake_who_came_later)
{
	struct spawned *s[3];
	int i;

	for (i = 0; i < 3; i++)
		s[i] = waiter(NULL);
	ok(sync_mutex_lock(&m));
	ok(sync_cond_broadcast(&c));
	fails(sync_cond_wait_until(&c, &m, sync_after_ms(20)), ETIMEDOUT);
	ok(sync_mutex_unlock(&m));
	for (i = 0; i < 3; i++)
		(void)finish(s[i]);
	ck_assert_uint_eq(counted(&woken), 3);
}
END_TEST

START_TEST(waiter_that_timed_out_takes_no_signal)
{
	sync_time deadline = sync_after_ms(30);
	struct spawned *first = spawn(waits_until, &deadline), *second;

	until_arrived(1);
	ok(sync_mutex_unlock(&m));
	second = waiter(NULL);
	(void)finish(first);
	until_asleep(second);
	ok(sync_cond_signal(&c));
	(void)finish(second);
}
END_TEST

static int result;

static void *
waits_somehow(void *arg)
{
	ok(sync_mutex_lock(&m));
	arrived++;
	result = sync_cond_wait_until(&c, &m, *(sync_time *)arg);
	ok(sync_mutex_unlock(&m));
	return arg;
}

/*
 * The signal comes in time, but the waiter gets the mutex too late.  If the
 * machine is so slow that the deadline passes before the signal, the round
 * proves nothing.
 */
START_TEST(signalled_waiter_returns_0_though_the_mutex_comes_too_late)
{
	sync_time deadline, ms = 25;
	struct spawned *s;
	unsigned rounds = 0;
	bool in_time;

	do {
		ms *= 2;
		deadline = sync_after_ms(ms);
		result = -1;
		s = spawn(waits_somehow, &deadline);
		until_arrived(++rounds);
		ok(sync_cond_signal(&c));
		in_time = sync_time_now() < deadline;
		sync_thread_sleep_until(deadline + 1000000);
		ok(sync_mutex_unlock(&m));
		(void)finish(s);
	} while (!in_time);
	ck_assert_int_eq(result, 0);
}
END_TEST

START_TEST(null_returns_einval)
{
	ok(sync_mutex_lock(&m));
	fails(sync_cond_init(NULL, 0), EINVAL);
	fails(sync_cond_destroy(NULL), EINVAL);
	fails(sync_cond_signal(NULL), EINVAL);
	fails(sync_cond_broadcast(NULL), EINVAL);
	fails(sync_cond_wait(NULL, &m), EINVAL);
	fails(sync_cond_wait_until(NULL, &m, 0), EINVAL);
	fails(sync_cond_wait(&c, (struct sync_mutex *)NULL), EINVAL);
	fails(sync_cond_wait_rmutex(&c, NULL), EINVAL);
	fails(sync_cond_wait_kmutex(&c, NULL), EINVAL);
	fails(sync_cond_wait_until(&c, (struct sync_mutex *)NULL, 0), EINVAL);
	fails(sync_cond_wait_rmutex_until(&c, NULL, 0), EINVAL);
	fails(sync_cond_wait_kmutex_until(&c, NULL, 0), EINVAL);
	ck_assert(sync_mutex_held(&m));
	ok(sync_mutex_unlock(&m));
}
END_TEST

START_TEST(every_call_on_a_destroyed_cond_returns_einval)
{
	ok(sync_cond_destroy(&c));
	fails(sync_cond_destroy(&c), EINVAL);
	fails(sync_cond_signal(&c), EINVAL);
	fails(sync_cond_broadcast(&c), EINVAL);
	ok(sync_mutex_lock(&m));
	fails(sync_cond_wait(&c, &m), EINVAL);
	fails(sync_cond_wait_until(&c, &m, SYNC_NEVER), EINVAL);
	ck_assert(sync_mutex_held(&m));
	ok(sync_mutex_unlock(&m));
	ok(sync_cond_init(&c, 0));
	ok(sync_cond_signal(&c));
}
END_TEST

START_TEST(init_with_a_flag_returns_einval)
{
	struct spawned *s = waiter(NULL);
	int bit;

	for (bit = 0; bit < 32; bit++)
		fails(sync_cond_init(&c, 1u << bit), EINVAL);
	ok(sync_cond_signal(&c)); /* it still knows its waiter */
	(void)finish(s);
}
END_TEST

START_TEST(destroy_while_waited_for_returns_ebusy_and_is_harmless)
{
	struct spawned *s = waiter(NULL);

	fails(sync_cond_destroy(&c), EBUSY);
	fails(sync_cond_destroy(&c), EBUSY);
	until_asleep(s);
	ok(sync_cond_signal(&c));
	(void)finish(s);
}
END_TEST

START_TEST(cond_of_all_zero_bytes_is_valid)
{
	static struct sync_cond zero;
	const struct sync_cond initialised = SYNC_COND_INIT;
	struct sync_cond local;
	sync_time soon = sync_after_ms(2);

	memset(&local, 0, sizeof(local));
	ck_assert_mem_eq(&local, &initialised, sizeof(local));
	ok(sync_cond_signal(&zero));
	ok(sync_mutex_lock(&m));
	fails(sync_cond_wait_until(&zero, &m, soon), ETIMEDOUT);
	fails(sync_cond_wait_until(&local, &m, soon), ETIMEDOUT);
	ok(sync_mutex_unlock(&m));
	ok(sync_cond_destroy(&zero));
	ok(sync_cond_destroy(&local));
}
END_TEST

START_TEST(wait_has_an_address)
{
	int (*wait)(struct sync_cond *, struct sync_mutex *, sync_time)
	    = &sync_cond_wait_until;

	ok(sync_mutex_lock(&m));
	fails(wait(&c, &m, 0), ETIMEDOUT);
	ok(sync_mutex_unlock(&m));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("cond");
	TCase *tc = add_case(s, "wake");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, signal_wakes_one_and_broadcast_all);
	tcase_add_test(tc, signals_wake_in_the_order_of_arrival);
	tcase_add_test(tc, wait_lets_others_have_the_mutex_meanwhile);
	tcase_add_test(tc, signal_before_the_wait_is_not_kept);
	tcase_add_test(tc, signal_is_not_stolen_by_who_came_later);
	tcase_add_test(tc, broadcast_does_not_wake_who_came_later);
	tcase_add_test(tc, waiter_that_timed_out_takes_no_signal);
	tcase_add_test(
	    tc, signalled_waiter_returns_0_though_the_mutex_comes_too_late);
	tcase_add_test(tc, wait_has_an_address);
	tc = add_case(s, "misuse");
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, null_returns_einval);
	tcase_add_test(tc, init_with_a_flag_returns_einval);
	tc = add_case(s, "destroy");
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, every_call_on_a_destroyed_cond_returns_einval);
	tcase_add_test(
	    tc, destroy_while_waited_for_returns_ebusy_and_is_harmless);
	tcase_add_test(tc, cond_of_all_zero_bytes_is_valid);
	return run_suite(s);
}
