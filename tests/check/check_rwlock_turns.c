/* SPDX-License-Identifier: MIT */
/*
 * In which order waiting readers and writers get the lock, and that neither
 * starve the others.
 */
#include "rwlock_users.h"

static int order[8]; /* under l */
static int places;   /* atomic */

START_TEST(newcomer_that_reads_waits_behind_a_writer_that_waits)
{
	struct spawned *writer;

	ok(sync_rwlock_rdlock(&l));
	writer = spawn(writes, NULL);
	until_asleep(writer);
	elsewhere(may_do_nothing);
	until_asleep(writer);
	ok(sync_rwlock_unlock(&l));
	(void)finish(writer);
	elsewhere(may_do_all);
	ok(sync_rwlock_destroy(&l));
}
END_TEST

static void *
notes_its_turn(void *arg)
{
	int id = *(int *)arg;

	ok(id % 3 == 0 ? sync_rwlock_wrlock(&l) : sync_rwlock_rdlock(&l));
	order[__atomic_fetch_add(&places, 1, __ATOMIC_ACQ_REL)] = id;
	ok(sync_rwlock_unlock(&l));
	return arg;
}

START_TEST(waiters_get_it_in_the_order_of_arrival)
{
	struct spawned *s[7];
	int ids[7] = { 0, 1, 2, 3, 4, 5, 6 }; /* w r r w r r w */
	int i;

	ok(sync_rwlock_wrlock(&l));
	for (i = 0; i < 7; i++) {
		s[i] = spawn(notes_its_turn, &ids[i]);
		until_asleep(s[i]);
	}
	ok(sync_rwlock_unlock(&l));
	for (i = 0; i < 7; i++)
		(void)finish(s[i]);
	ck_assert_int_eq(order[0], 0);
	ck_assert_int_eq(order[1] + order[2], 3); /* in either order */
	ck_assert_int_eq(order[3], 3);
	ck_assert_int_eq(order[4] + order[5], 9);
	ck_assert_int_eq(order[6], 6);
	ok(sync_rwlock_destroy(&l));
}
END_TEST

static void *
gives_up_writing(void *arg)
{
	fails(sync_rwlock_wrlock_until(&l, *(sync_time *)arg), ETIMEDOUT);
	return arg;
}

/*
 * A reader waits behind the writer, although it could have held the lock all
 * along.
 */
START_TEST(writer_that_times_out_lets_the_readers_behind_it_go)
{
	sync_time deadline = sync_after_ms(60);
	struct spawned *writer, *reader[2];

	count(&go);
	ok(sync_rwlock_rdlock(&l));
	writer = spawn(gives_up_writing, &deadline);
	while (!anybody_waits() && sync_time_now() < deadline)
		sync_thread_sleep_until(sync_after(200000));
	reader[0] = spawn(reads, NULL);
	reader[1] = spawn(reads, NULL);
	(void)finish(reader[0]);
	(void)finish(reader[1]);
	(void)finish(writer);
	ok(sync_rwlock_unlock(&l));
	ok(sync_rwlock_destroy(&l));
}
END_TEST

#define TURNS 300
static unsigned alive; /* readers; atomic */

/* Two of these keep the lock held for reading at all times, by turns. */
static void *
overlaps(void *arg)
{
	unsigned seen;

	while (counted(&go) == 0) {
		ok(sync_rwlock_rdlock(&l));
		seen = counted(&alive);
		count(&alive);
		/*
		 * until the other one has come, too, or a writer waits between
		 * them
		 */
		while (counted(&alive) == seen + 1
		    && !anybody_waits() && counted(&go) == 0)
			continue;
		ok(sync_rwlock_unlock(&l));
	}
	return arg;
}

START_TEST(readers_that_overlap_do_not_starve_a_writer)
{
	struct spawned *s[2];
	int i;

	s[0] = spawn(overlaps, NULL);
	s[1] = spawn(overlaps, NULL);
	for (i = 0; i < TURNS; i++)
		(void)writes(NULL);
	count(&go);
	(void)finish(s[0]);
	(void)finish(s[1]);
	ck_assert_uint_eq(written, TURNS);
	ok(sync_rwlock_destroy(&l));
}
END_TEST

static void *
writes_all_the_time(void *arg)
{
	while (counted(&go) == 0)
		(void)writes(NULL);
	return arg;
}

START_TEST(writers_do_not_starve_a_reader)
{
	struct spawned *s[3];
	unsigned before = 0, i;

	for (i = 0; i < 3; i++)
		s[i] = spawn(writes_all_the_time, NULL);
	for (i = 0; i < TURNS; i++) {
		ok(sync_rwlock_rdlock(&l));
		ck_assert_uint_ge(written, before);
		before = written;
		ok(sync_rwlock_unlock(&l));
	}
	count(&go);
	for (i = 0; i < 3; i++)
		(void)finish(s[i]);
	ok(sync_rwlock_destroy(&l));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rwlock_turns");
	TCase *tc = add_case(s, "turns");

	tcase_add_test(
	    tc, newcomer_that_reads_waits_behind_a_writer_that_waits);
	tcase_add_test(tc, waiters_get_it_in_the_order_of_arrival);
	tcase_add_test(
	    tc, writer_that_times_out_lets_the_readers_behind_it_go);
	tcase_add_test(tc, readers_that_overlap_do_not_starve_a_writer);
	tcase_add_test(tc, writers_do_not_starve_a_reader);
	return run_suite(s);
}
