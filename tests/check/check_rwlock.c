/* SPDX-License-Identifier: MIT */
/*
 * Readers, and readers together with writers; writers alone are in check_lock,
 * turns in check_rwlock_turns.
 */
#include "rwlock_users.h"

#define READS SYNC_RWLOCK_READS_MAX

static void *
may_read_only(void *arg)
{
	ok(sync_rwlock_tryrdlock(&l));
	ok(sync_rwlock_unlock(&l));
	ok(sync_rwlock_rdlock_until(&l, 0));
	ok(sync_rwlock_unlock(&l));
	fails(sync_rwlock_trywrlock(&l), EBUSY);
	fails(sync_rwlock_wrlock_until(&l, 0), ETIMEDOUT);
	fails(sync_rwlock_unlock(&l), EPERM);
	return arg;
}

START_TEST(readers_are_together_and_writers_alone)
{
	struct spawned *s[4];
	int i;

	for (i = 0; i < 4; i++)
		s[i] = spawn(reads, NULL);
	while (counted(&reading) < 4) /* all four hold it */
		sync_thread_sleep_until(sync_after(200000));
	elsewhere(may_read_only);
	count(&go);
	for (i = 0; i < 4; i++)
		(void)finish(s[i]);
	ok(sync_rwlock_wrlock(&l));
	elsewhere(may_do_nothing);
	ok(sync_rwlock_unlock(&l));
	elsewhere(may_do_all);
	ok(sync_rwlock_destroy(&l));
}
END_TEST

START_TEST(unlock_of_a_writer_lets_all_readers_in_together)
{
	struct spawned *s[4];
	int i;

	ok(sync_rwlock_wrlock(&l));
	for (i = 0; i < 4; i++)
		s[i] = spawn(reads, NULL);
	for (i = 0; i < 4; i++)
		until_asleep(s[i]);
	ok(sync_rwlock_unlock(&l));
	while (counted(&reading) < 4) /* none unlocks before all hold it */
		sync_thread_sleep_until(sync_after(200000));
	count(&go);
	for (i = 0; i < 4; i++)
		(void)finish(s[i]);
	ok(sync_rwlock_destroy(&l));
}
END_TEST

START_TEST(reader_may_read_again_while_a_writer_waits)
{
	struct spawned *writer;
	int i;

	ok(sync_rwlock_rdlock(&l));
	writer = spawn(writes, NULL);
	until_asleep(writer);
	ok(sync_rwlock_rdlock(&l));
	ok(sync_rwlock_tryrdlock(&l));
	ok(sync_rwlock_rdlock_until(&l, INT64_MIN));
	for (i = 0; i < 4; i++) {
		until_asleep(writer);
		ok(sync_rwlock_unlock(&l));
	}
	(void)finish(writer);
	fails(sync_rwlock_unlock(&l), EPERM);
	ok(sync_rwlock_destroy(&l));
}
END_TEST

START_TEST(upgrade_and_downgrade_return_edeadlk)
{
	int i;

	ok(sync_rwlock_rdlock(&l));
	fails(sync_rwlock_wrlock(&l), EDEADLK);
	fails(sync_rwlock_wrlock_until(&l, SYNC_NEVER), EDEADLK);
	for (i = 0; i < PASTS; i++)
		fails(sync_rwlock_wrlock_until(&l, past_deadline(i)), EDEADLK);
	fails(sync_rwlock_trywrlock(&l), EBUSY);
	elsewhere(may_read_only);
	ok(sync_rwlock_unlock(&l));
	ok(sync_rwlock_wrlock(&l));
	fails(sync_rwlock_wrlock(&l), EDEADLK);
	fails(sync_rwlock_wrlock_until(&l, 0), EDEADLK);
	fails(sync_rwlock_trywrlock(&l), EBUSY);
	fails(sync_rwlock_rdlock(&l), EDEADLK);
	fails(sync_rwlock_rdlock_until(&l, 0), EDEADLK);
	fails(sync_rwlock_tryrdlock(&l), EBUSY);
	elsewhere(may_do_nothing);
	ok(sync_rwlock_unlock(&l));
	fails(sync_rwlock_unlock(&l), EPERM);
	elsewhere(may_do_all);
	ok(sync_rwlock_destroy(&l));
}
END_TEST

START_TEST(one_read_lock_too_many_returns_eagain)
{
	static struct sync_rwlock many[READS];
	int i, n;

	for (i = 0; i < READS; i++)
		for (n = 0; n <= i % 3; n++)
			ok(sync_rwlock_rdlock(&many[i]));
	fails(sync_rwlock_rdlock(&l), EAGAIN);
	fails(sync_rwlock_tryrdlock(&l), EAGAIN);
	fails(sync_rwlock_rdlock_until(&l, SYNC_NEVER), EAGAIN);
	ok(sync_rwlock_rdlock(&many[7])); /* repeating it is harmless */
	ok(sync_rwlock_unlock(&many[7]));
	elsewhere(may_do_all);
	ok(sync_rwlock_wrlock(&l)); /* nor is it held for writing */
	fails(sync_rwlock_rdlock_until(&l, 0), EAGAIN);
	ok(sync_rwlock_unlock(&l));
	ok(sync_rwlock_unlock(&many[0]));
	ok(sync_rwlock_rdlock(&l));
	fails(sync_rwlock_rdlock(&many[0]), EAGAIN);
	ok(sync_rwlock_unlock(&l));
	for (i = 1; i < READS; i++) {
		for (n = 0; n <= i % 3; n++)
			ok(sync_rwlock_unlock(&many[i]));
		fails(sync_rwlock_unlock(&many[i]), EPERM);
	}
	for (i = 0; i < READS; i++)
		ok(sync_rwlock_destroy(&many[i]));
	ok(sync_rwlock_destroy(&l));
}
END_TEST

/* Looks inside: a test cannot create so many readers. */
START_TEST(reader_count_that_is_full_returns_eagain)
{
	ok(sync_rwlock_rdlock(&l));
	l.readers = UINT32_MAX;
	fails(sync_rwlock_rdlock(&l), EAGAIN);
	fails(sync_rwlock_tryrdlock(&l), EAGAIN);
	ck_assert_uint_eq(l.readers, UINT32_MAX);
	l.readers = 1;
	ok(sync_rwlock_unlock(&l));
	ok(sync_rwlock_destroy(&l));
}
END_TEST

static void *
may_not_unlock(void *arg)
{
	fails(sync_rwlock_unlock(&l), EPERM);
	return arg;
}

START_TEST(unlock_of_what_is_not_held_returns_eperm)
{
	fails(sync_rwlock_unlock(&l), EPERM);
	ok(sync_rwlock_rdlock(&l));
	elsewhere(may_not_unlock);
	ok(sync_rwlock_unlock(&l));
	ok(sync_rwlock_wrlock(&l));
	elsewhere(may_not_unlock);
	ok(sync_rwlock_unlock(&l));
	ok(sync_rwlock_destroy(&l));
}
END_TEST

START_TEST(null_and_destroyed_return_einval)
{
	struct sync_rwlock *p[2] = { NULL, &l };
	int i;

	ok(sync_rwlock_destroy(&l));
	for (i = 0; i < 2; i++) {
		fails(sync_rwlock_destroy(p[i]), EINVAL);
		fails(sync_rwlock_rdlock(p[i]), EINVAL);
		fails(sync_rwlock_tryrdlock(p[i]), EINVAL);
		fails(sync_rwlock_rdlock_until(p[i], 0), EINVAL);
		fails(sync_rwlock_wrlock(p[i]), EINVAL);
		fails(sync_rwlock_trywrlock(p[i]), EINVAL);
		fails(sync_rwlock_wrlock_until(p[i], SYNC_NEVER), EINVAL);
		fails(sync_rwlock_unlock(p[i]), EINVAL);
	}
	ok(sync_rwlock_init(&l, 0));
	elsewhere(may_do_all);
	for (i = 0; i < 32; i++)
		fails(sync_rwlock_init(&l, 1u << i), EINVAL);
	ok(sync_rwlock_destroy(&l));
}
END_TEST

START_TEST(destroy_while_held_or_waited_for_returns_ebusy)
{
	struct spawned *writer;

	ok(sync_rwlock_rdlock(&l));
	fails(sync_rwlock_destroy(&l), EBUSY);
	writer = spawn(writes, NULL);
	until_asleep(writer);
	fails(sync_rwlock_destroy(&l), EBUSY);
	ok(sync_rwlock_unlock(&l));
	(void)finish(writer);
	ok(sync_rwlock_wrlock(&l));
	fails(sync_rwlock_destroy(&l), EBUSY);
	ok(sync_rwlock_unlock(&l));
	ok(sync_rwlock_destroy(&l));
}
END_TEST

static void *
is_refused(void *arg)
{
	fails(sync_rwlock_rdlock(&l), EAGAIN);
	fails(sync_rwlock_unlock(&l), EPERM);
	return arg;
}

/* The count is full when the writer lets the reader in. */
START_TEST(reader_that_waits_is_refused_a_hold_too_many)
{
	struct spawned *s;

	ok(sync_rwlock_wrlock(&l));
	s = spawn(is_refused, NULL);
	until_asleep(s);
	fails(sync_rwlock_tryrdlock(&l), EBUSY); /* comes after the calls of s */
	l.readers = UINT32_MAX;
	ok(sync_rwlock_unlock(&l));
	(void)finish(s);
	ck_assert_uint_eq(l.readers, UINT32_MAX);
	l.readers = 0;
	ok(sync_rwlock_trywrlock(&l));
	ok(sync_rwlock_unlock(&l));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rwlock");
	TCase *tc = add_case(s, "sharing");

	tcase_add_test(tc, readers_are_together_and_writers_alone);
	tcase_add_test(tc, unlock_of_a_writer_lets_all_readers_in_together);
	tcase_add_test(tc, reader_may_read_again_while_a_writer_waits);
	tc = add_case(s, "misuse");
	tcase_add_test(tc, upgrade_and_downgrade_return_edeadlk);
	tcase_add_test(tc, one_read_lock_too_many_returns_eagain);
	tcase_add_test(tc, reader_that_waits_is_refused_a_hold_too_many);
	tcase_add_test(tc, reader_count_that_is_full_returns_eagain);
	tcase_add_test(tc, unlock_of_what_is_not_held_returns_eperm);
	tcase_add_test(tc, null_and_destroyed_return_einval);
	tcase_add_test(tc, destroy_while_held_or_waited_for_returns_ebusy);
	return run_suite(s);
}
