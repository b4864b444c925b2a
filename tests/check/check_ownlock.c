/* SPDX-License-Identifier: MIT */
/*
 * The owner lock from inside: the word after each transition.  A futile wakeup
 * is made by a wake on the word while the lock is held.  An unlock causes the
 * same if a newcomer takes the lock before the sleeper checks it.
 */
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ownlock_sleepers.h"

#define RESERVED (OWN_WAITERS | OWN_STARVED)
#define VAIN     12 /* more wakes than a thread needs to starve */

START_TEST(uncontended_lock_is_the_holders_id_and_then_zero)
{
	lock_here();
	ck_assert(ownlock_mine(&word, plat_self()));
	ck_assert(!ownlock_try(&word, plat_self()));
	fails(ownlock_wait(&word, plat_self(), SYNC_NEVER), EDEADLK);
	fails(ownlock_destroy(&word), EBUSY);
	ck_assert_uint_eq(seen(), plat_self());
	unlock_here();
	ck_assert_uint_eq(seen(), 0);
	ck_assert(!ownlock_mine(&word, plat_self()));
	ok(ownlock_destroy(&word));
	ck_assert_uint_eq(seen(), OWN_DEAD);
	fails(ownlock_destroy(&word), EINVAL);
	fails(ownlock_wait(&word, plat_self(), SYNC_NEVER), EINVAL);
	ck_assert(!ownlock_try(&word, plat_self()));
}
END_TEST

START_TEST(sleeper_sets_waiters_and_takes_the_lock_with_it)
{
	struct sleeper s;

	lock_here();
	start(&s, SYNC_NEVER);
	ck_assert_uint_eq(seen(), plat_self() | OWN_WAITERS);
	fails(ownlock_destroy(&word), EBUSY);
	unlock_here();
	until_holds(&s);
	ck_assert_uint_eq(seen(), s.id | OWN_WAITERS);
	count(&go);
	ends(&s, 0);
	ck_assert_uint_eq(seen(), 0);
}
END_TEST

START_TEST(every_unlock_wakes_one_until_nobody_sleeps)
{
	struct sleeper s[5];
	int i;

	count(&go);
	lock_here();
	for (i = 0; i < 5; i++)
		start(&s[i], SYNC_NEVER);
	unlock_here();
	for (i = 0; i < 5; i++)
		ends(&s[i], 0);
	ck_assert_uint_eq(seen(), 0);
}
END_TEST

START_TEST(sleeper_that_gives_up_leaves_waiters_which_unlock_clears)
{
	struct sleeper s;

	lock_here();
	start(&s, sync_after_ms(5));
	ends(&s, ETIMEDOUT);
	ck_assert_uint_eq(seen(), plat_self() | OWN_WAITERS);
	unlock_here();
	ck_assert_uint_eq(seen(), 0);
}
END_TEST

START_TEST(sleeper_woken_in_vain_starves_and_has_the_next_turn)
{
	struct sleeper s[2];
	int starved;

	lock_here();
	start(&s[0], SYNC_NEVER);
	start(&s[1], SYNC_NEVER);
	ck_assert(starve(&s[0]));
	ck_assert_uint_eq(seen(), plat_self() | RESERVED);
	unlock_here();
	ck_assert(!ownlock_try(&word, plat_self())); /* reserved, or taken */
	while (counted(&s[0].holds) + counted(&s[1].holds) == 0)
		sync_thread_sleep_until(sync_after(100000));
	starved = counted(&s[0].holds) ? 0 : 1;
	ck_assert_uint_eq(seen(), s[starved].id | OWN_WAITERS);
	count(&go);
	ends(&s[0], 0);
	ends(&s[1], 0);
	ck_assert_uint_eq(seen(), 0);
}
END_TEST

START_TEST(one_starves_at_a_time)
{
	struct sleeper s[3];
	int i;

	count(&go);
	lock_here();
	for (i = 0; i < 3; i++)
		start(&s[i], SYNC_NEVER);
	ck_assert(starve(&s[0]));
	for (i = 0; i < VAIN; i++) { /* the other two threads, again and again */
		plat_wake(PLAT_PRIVATE, &word, 2, PLAIN);
		until_asleep(s[0].thread);
		until_asleep(s[1].thread);
		until_asleep(s[2].thread);
		ck_assert_uint_eq(seen(), plat_self() | RESERVED);
	}
	unlock_here();
	for (i = 0; i < 3; i++)
		ends(&s[i], 0);
	ck_assert_uint_eq(seen(), 0);
}
END_TEST

static unsigned stalled, resume; /* atomic */

static void
stall(int unused)
{
	(void)unused;
	count(&stalled);
	while (counted(&resume) == 0)
		continue;
}

/* The starved sleeper is kept in a signal handler while we check the word. */
START_TEST(reserved_lock_is_for_the_starved_sleeper_alone)
{
	struct sleeper s, late;

	on_signal(SIGUSR1, stall);
	lock_here();
	start(&s, SYNC_NEVER);
	ck_assert(starve(&s));
	until_asleep(s.thread);
	(void)syscall(SYS_tgkill, getpid(), s.thread->tid, SIGUSR1);
	while (counted(&stalled) == 0)
		continue;
	unlock_here();
	ck_assert_uint_eq(seen(), RESERVED);
	ck_assert(!ownlock_mine(&word, plat_self()));
	ck_assert(!ownlock_try(&word, plat_self()));
	fails(ownlock_wait(&word, plat_self(), 0), ETIMEDOUT);
	fails(ownlock_wait(&word, plat_self(), sync_after_ms(3)), ETIMEDOUT);
	fails(ownlock_destroy(&word), EBUSY);
	start(&late, SYNC_NEVER);
	ck_assert_uint_eq(seen(), RESERVED);
	count(&resume);
	until_holds(&s);
	ck_assert_uint_eq(seen(), s.id | OWN_WAITERS);
	until_asleep(late.thread);
	count(&go);
	ends(&s, 0);
	ends(&late, 0);
	ck_assert_uint_eq(seen(), 0);
}
END_TEST

START_TEST(starved_sleeper_that_times_out_clears_its_bit)
{
	struct sleeper s;
	sync_time ms = 50;
	bool starved;

	count(&go);
	lock_here();
	do { /* until the deadline is late enough for it to starve first */
		ms *= 2;
		start(&s, sync_after_ms(ms));
		starved = starve(&s);
		ends(&s, ETIMEDOUT);
		ck_assert_uint_eq(seen(), plat_self() | OWN_WAITERS);
	} while (!starved);
	start(&s, SYNC_NEVER); /* another */
	unlock_here();
	ends(&s, 0);
	ck_assert_uint_eq(seen(), 0);
}
END_TEST

/* A sleeper that was not woken: an unlock has not reached its wake yet. */
START_TEST(starved_sleeper_takes_a_reserved_lock_at_its_deadline)
{
	struct sleeper s;
	sync_time ms = 50;
	bool starved;

	do {
		ms *= 2;
		lock_here();
		start(&s, sync_after_ms(ms));
		starved = starve(&s);
		if (starved) {
			at_store_release(&word, RESERVED);
			until_holds(&s);
			ck_assert_uint_eq(seen(), s.id | OWN_WAITERS);
			ck_assert_int_ge(sync_time_now(), s.deadline);
		} else {
			unlock_here();
		}
		count(&go);
		ends(&s, starved ? 0 : ETIMEDOUT);
		ck_assert_uint_eq(seen(), 0);
	} while (!starved);
}
END_TEST

START_TEST(sleeper_takes_a_free_lock_at_its_deadline)
{
	struct sleeper s;

	count(&go);
	lock_here();
	start(&s, sync_after_ms(20));
	while (seen() == plat_self())
		sync_thread_sleep_until(sync_after(100000));
	at_store_release(&word, 0); /* if it is asleep now, nothing wakes it */
	(void)finish(s.thread);
	ck_assert(s.err == 0 || s.err == ETIMEDOUT);
	ck_assert_uint_eq(seen(), 0);
}
END_TEST

#define ENTRIES 3000
static unsigned inside; /* under the lock */

static void *
comes_and_goes(void *arg)
{
	uint32_t random = *(uint32_t *)arg;
	int i;

	for (i = 0; i < ENTRIES; i++) {
		sync_time t = random_next(&random) % 4 == 0 ? SYNC_NEVER
		    : sync_after(random_next(&random) % 100000);
		int err = ownlock_try(&word, plat_self())
		    ? 0 : ownlock_wait(&word, plat_self(), t);

		if (err == 0) {
			ck_assert_uint_eq(inside++, 0);
			dawdle(random_next(&random) % 500);
			inside--;
			unlock_here();
		} else {
			ck_assert_int_eq(err, ETIMEDOUT);
		}
	}
	return arg;
}

START_TEST(word_is_zero_when_all_is_quiet)
{
	struct spawned *s[6];
	uint32_t seeds[6], random = random_seed();
	int i;

	for (i = 0; i < 6; i++) {
		seeds[i] = random_next(&random);
		s[i] = spawn(comes_and_goes, &seeds[i]);
	}
	for (i = 0; i < 6; i++)
		(void)finish(s[i]);
	ck_assert_uint_eq(seen(), 0);
}
END_TEST

/*
 * Reservations lapse in a process that was forked, so these tests do not run in
 * children.  Each test starts from the beginning.
 */
static void
anew(void)
{
	word = 0;
	go = 0;
	stalled = 0;
	resume = 0;
	inside = 0;
}

int
main(void)
{
	Suite *s = suite_create("ownlock");
	TCase *tc = add_case(s, "plain");

	tcase_add_checked_fixture(tc, anew, NULL);
	tcase_add_test(tc, uncontended_lock_is_the_holders_id_and_then_zero);
	tcase_add_test(tc, sleeper_sets_waiters_and_takes_the_lock_with_it);
	tcase_add_test(tc, every_unlock_wakes_one_until_nobody_sleeps);
	tcase_add_test(
	    tc, sleeper_that_gives_up_leaves_waiters_which_unlock_clears);
	tcase_add_test(tc, sleeper_takes_a_free_lock_at_its_deadline);
	tcase_add_test(tc, word_is_zero_when_all_is_quiet);
	tc = add_case(s, "starved");
	tcase_add_checked_fixture(tc, anew, NULL);
	tcase_add_test(
	    tc, sleeper_woken_in_vain_starves_and_has_the_next_turn);
	tcase_add_test(tc, one_starves_at_a_time);
	tcase_add_test(tc, reserved_lock_is_for_the_starved_sleeper_alone);
	tcase_add_test(tc, starved_sleeper_that_times_out_clears_its_bit);
	tcase_add_test(
	    tc, starved_sleeper_takes_a_reserved_lock_at_its_deadline);
	return run_suite_here(s);
}
