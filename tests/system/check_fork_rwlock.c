/* SPDX-License-Identifier: MIT */
/*
 * The read-write lock in the child of a fork: what another thread held is free
 * there, what the forking thread reads or writes is still its own.
 */
#include "fork_support.h"

static void
rwlock_is_free(void)
{
	need(sync_rwlock_unlock(&rwlock) == EPERM);
	need(sync_rwlock_trywrlock(&rwlock) == 0);
	need(sync_rwlock_unlock(&rwlock) == 0);
	need(sync_rwlock_tryrdlock(&rwlock) == 0);
	need(sync_rwlock_unlock(&rwlock) == 0);
}

static void
rwlock_is_free_for_all(void)
{
	in_new_thread(rwlock_is_free);
	rwlock_is_free();
	in_fork(rwlock_is_free);
	need(sync_rwlock_destroy(&rwlock) == 0);
}

static void *
reads_and_waits(void *arg)
{
	ok(sync_rwlock_rdlock(&rwlock));
	ok(sync_event_set(&event));
	ok(sync_event_wait(&let_go));
	ok(sync_rwlock_unlock(&rwlock));
	return arg;
}

static void *
writes_and_waits(void *arg)
{
	ok(sync_rwlock_wrlock(&rwlock));
	ok(sync_event_set(&event));
	ok(sync_event_wait(&let_go));
	ok(sync_rwlock_unlock(&rwlock));
	return arg;
}

static void
held_by_a_thread(void *(*holds)(void *), void (*child)(void))
{
	struct spawned *s;

	fork_begin();
	s = spawn(holds, NULL);
	ok(sync_event_wait(&event));
	in_fork(child);
	ok(sync_event_set(&let_go));
	(void)finish(s);
	ok(sync_rwlock_trywrlock(&rwlock));
	ok(sync_rwlock_unlock(&rwlock));
}

START_TEST(rwlock_that_another_thread_held_is_free_in_the_child)
{
	held_by_a_thread(reads_and_waits, rwlock_is_free_for_all);
	held_by_a_thread(writes_and_waits, rwlock_is_free_for_all);
}
END_TEST

static void
others_can_read(void)
{
	need(sync_rwlock_trywrlock(&rwlock) == EBUSY);
	need(sync_rwlock_unlock(&rwlock) == EPERM);
	need(sync_rwlock_tryrdlock(&rwlock) == 0);
	need(sync_rwlock_unlock(&rwlock) == 0);
}

/* Twice; the other readers of the parent are gone. */
static void
i_read(void)
{
	need(sync_rwlock_wrlock(&rwlock) == EDEADLK);
	need(sync_rwlock_destroy(&rwlock) == EBUSY);
	need(sync_rwlock_tryrdlock(&rwlock) == 0);
	need(sync_rwlock_unlock(&rwlock) == 0);
	need(sync_rwlock_unlock(&rwlock) == 0);
	in_new_thread(others_can_read);
	need(sync_rwlock_unlock(&rwlock) == 0);
	rwlock_is_free_for_all();
}

/* The first thread that uses it here did not hold it for reading. */
static void
another_comes_first(void)
{
	in_new_thread(others_can_read);
	in_fork(i_read);
	i_read();
}

START_TEST(rwlock_that_the_forking_thread_reads_is_still_read_in_the_child)
{
	fork_begin();
	ok(sync_rwlock_rdlock(&rwlock));
	ok(sync_rwlock_rdlock(&rwlock));
	in_fork(i_read);
	in_fork(another_comes_first);
	ok(sync_rwlock_unlock(&rwlock));
	ok(sync_rwlock_unlock(&rwlock));
	held_by_a_thread(reads_and_waits, rwlock_is_free_for_all);
}
END_TEST

static void
others_are_kept_out(void)
{
	need(sync_rwlock_tryrdlock(&rwlock) == EBUSY);
	need(sync_rwlock_trywrlock(&rwlock) == EBUSY);
	need(sync_rwlock_unlock(&rwlock) == EPERM);
}

static void
i_write(void)
{
	in_new_thread(others_are_kept_out);
	need(sync_rwlock_rdlock(&rwlock) == EDEADLK);
	need(sync_rwlock_wrlock(&rwlock) == EDEADLK);
	need(sync_rwlock_destroy(&rwlock) == EBUSY);
	need(sync_rwlock_unlock(&rwlock) == 0);
	rwlock_is_free_for_all();
}

static void
i_write_for_long(void)
{
	in_fork(i_write);
	i_write();
}

START_TEST(rwlock_that_the_forking_thread_writes_is_still_written_in_the_child)
{
	fork_begin();
	ok(sync_rwlock_wrlock(&rwlock));
	in_fork(i_write_for_long);
	ok(sync_rwlock_unlock(&rwlock));
}
END_TEST

static void
makes_it_again(void)
{
	need(sync_rwlock_init(&rwlock, 0) == 0);
	rwlock_is_free_for_all();
}

START_TEST(rwlock_that_was_held_can_be_made_again_in_the_child)
{
	fork_begin();
	ok(sync_rwlock_rdlock(&rwlock));
	in_fork(makes_it_again);
	ok(sync_rwlock_unlock(&rwlock));
	ok(sync_rwlock_wrlock(&rwlock));
	in_fork(makes_it_again);
	ok(sync_rwlock_unlock(&rwlock));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("fork rwlock");
	TCase *tc = add_case(s, "rwlock");

	tcase_add_test(tc, rwlock_that_another_thread_held_is_free_in_the_child);
	tcase_add_test(
	    tc, rwlock_that_the_forking_thread_reads_is_still_read_in_the_child);
	tcase_add_test(tc,
	    rwlock_that_the_forking_thread_writes_is_still_written_in_the_child);
	tcase_add_test(
	    tc, rwlock_that_was_held_can_be_made_again_in_the_child);
	return run_fork_suite(s);
}
