/* SPDX-License-Identifier: MIT */
/*
 * Which thread an id names, across forks, from inside.  No thread of a child is
 * mistaken for one that fork did not copy, whatever number the system gives it.
 *
 * The tests that really fork are in check_fork*.c.  Most forks here are only
 * reported to the library's bookkeeping.
 */
#include <sys/syscall.h>
#include <sys/wait.h>

#include "wait/waiters.h"
#include "plat.h"

#include "fork_support.h"

static uint32_t
id_of(uint32_t number)
{
	return number | identity.bits;
}

/* The thread with that id forks, and has this number in the child. */
static uint32_t
forks(uint32_t id, uint32_t number)
{
	identity_fork(id, NULL);
	id = id_of(number);
	identity_survives(id);
	return id;
}

static void
first_process(void)
{
	memset(&identity, 0, sizeof(identity));
}

START_TEST(nobody_is_lost_before_the_first_fork)
{
	first_process();
	ck_assert(!identity_old(5) && !identity_lost(5));
	ck_assert(!identity_former(5) && !identity_lost(0));
	ck_assert(identity_same(5, 5) && !identity_same(5, 6));
}
END_TEST

START_TEST(survivor_is_known_by_its_former_id_and_others_are_lost)
{
	uint32_t self;

	first_process();
	self = forks(5, 9);
	ck_assert_uint_eq(plat_generation(), 1);
	ck_assert(identity_former(5) && !identity_lost(5));
	ck_assert(identity_same(5, self) && identity_same(self, self));
	ck_assert(identity_lost(6) && !identity_same(6, self));
	/* A thread of the child that has the number of a lost one. */
	ck_assert(!identity_lost(id_of(6)) && id_of(6) != 6);
	ck_assert(!identity_same(6, id_of(6)));
	ck_assert(!identity_same(5, id_of(6)));
	ck_assert(!identity_same(5, id_of(5)));
	/* A word without a number names no thread. */
	ck_assert(!identity_lost(0) && !identity_former(0));
	ck_assert(!identity_same(0, self));
}
END_TEST

START_TEST(survivor_of_many_forks_is_known_by_all_its_ids)
{
	uint32_t ids[5], self = 5;
	int i, k;

	first_process();
	for (i = 0; i < 5; i++) {
		ids[i] = self;
		self = forks(self, 100 + (uint32_t)i);
		for (k = 0; k <= i; k++)
			ck_assert(identity_same(ids[k], self)
			    && !identity_lost(ids[k])
			    && identity_lost(ids[k] + 1));
	}
	self = forks(id_of(77), 5); /* another thread of the last process */
	for (k = 0; k < 5; k++)
		ck_assert(identity_lost(ids[k]));
	ck_assert(!identity_lost(self));
}
END_TEST

START_TEST(generations_in_ids_wrap_and_all_ones_is_no_id)
{
	uint32_t self = 5, before, i;

	first_process();
	for (i = 1; i <= 1000; i++) {
		before = self;
		self = forks(self, 5);
		ck_assert_uint_eq(plat_generation(), i);
		ck_assert_uint_eq(self, 5 | i % 255 << 22);
		ck_assert(identity_same(before, self));
		ck_assert(identity_lost(before + 1));
		ck_assert_uint_ne(id_of(ID_NUMBER), ID_MASK);
		ck_assert(!identity_lost(id_of(6)));
	}
}
END_TEST

START_TEST(what_the_survivor_read_is_remembered)
{
	struct identity_reads reads = { .n = 2 };
	int a, b, c;

	first_process();
	reads.of[0].lock = &a;
	reads.of[0].count = 3;
	reads.of[1].lock = &b;
	reads.of[1].count = 1;
	identity_fork(5, &reads);
	ck_assert_uint_eq(identity_read_holds(&a), 3);
	ck_assert_uint_eq(identity_read_holds(&b), 1);
	ck_assert_uint_eq(identity_read_holds(&c), 0);
	identity_fork(5, NULL);
	ck_assert_uint_eq(identity_read_holds(&a), 0);
}
END_TEST

START_TEST(waiters_of_another_generation_do_not_count)
{
	uint32_t word = 0, mine, others;

	first_process();
	ck_assert(!waiters_inside(&word));
	mine = waiters_enter(&word);
	others = waiters_enter(&word);
	ck_assert(waiters_inside(&word));
	waiters_leave(&word, others);
	ck_assert(waiters_inside(&word));
	(void)forks(5, 5);
	ck_assert(!waiters_inside(&word));
	others = waiters_enter(&word); /* of the child */
	ck_assert(waiters_inside(&word));
	waiters_leave(&word, mine); /* a handler forked */
	ck_assert(waiters_inside(&word));
	waiters_leave(&word, others);
	ck_assert(!waiters_inside(&word));
	others = waiters_enter(&word);
	waiters_leave(&word, others);
	ck_assert_uint_eq(word & WAITERS_COUNT, 0);
}
END_TEST

START_TEST(waiter_of_the_parent_that_leaves_first_underflows_nothing)
{
	uint32_t word = 0, mine;

	first_process();
	mine = waiters_enter(&word);
	(void)forks(5, 5);
	waiters_leave(&word, mine);
	ck_assert(!waiters_inside(&word));
	ck_assert_uint_eq(word & WAITERS_COUNT, 0);
	mine = waiters_enter(&word);
	ck_assert(waiters_inside(&word));
	waiters_leave(&word, mine);
	ck_assert(!waiters_inside(&word));
}
END_TEST

/* The system gives the number of a lost holder to a thread of the child. */

static int holders_tid;
static int gone[2]; /* a pipe: closed once the holder has ended */

static void *
holds(void *arg)
{
	holders_tid = (int)syscall(SYS_gettid);
	ok(sync_mutex_lock(&mutex));
	ok(sync_rmutex_lock(&rmutex));
	ok(sync_rwlock_wrlock(&rwlock));
	ok(sync_event_set(&event));
	ok(sync_event_wait(&let_go));
	return arg;
}

static bool was_dealt_again; /* atomic */

static void *
is_a_stranger(void *arg)
{
	if ((int)syscall(SYS_gettid) != holders_tid)
		return arg;
	was_dealt_again = true;
	need(!sync_mutex_held(&mutex) && !sync_rmutex_held(&rmutex));
	need(sync_mutex_unlock(&mutex) == EPERM);
	need(sync_mutex_trylock(&mutex) == ENOTRECOVERABLE);
	need(sync_mutex_lock(&mutex) == ENOTRECOVERABLE);
	need(sync_rmutex_unlock(&rmutex) == EPERM);
	need(sync_rmutex_lock(&rmutex) == ENOTRECOVERABLE);
	need(sync_rwlock_unlock(&rwlock) == EPERM);
	in_fork(use_fresh_objects);
	return arg;
}

/* False: the system does not allow us to choose. */
static bool
next_tid_will_be(int tid)
{
	FILE *f = fopen("/proc/sys/kernel/ns_last_pid", "w");
	bool done;

	if (f == NULL)
		return false;
	done = fprintf(f, "%d", tid - 1) > 0;
	return fclose(f) == 0 && done;
}

#define TRIES 1000 /* other programs start threads, too */

static void
number_is_dealt_again(void)
{
	struct sync_thread t;
	char c;
	int i;

	(void)close(gone[1]);
	need(read(gone[0], &c, 1) == 0);
	for (i = 0; i < TRIES && !was_dealt_again; i++) {
		if (!next_tid_will_be(holders_tid))
			_exit(SKIP);
		need(sync_thread_start(&t, is_a_stranger, NULL, NULL) == 0);
		need(sync_thread_join(&t, NULL) == 0);
	}
	need(sync_mutex_lock(&mutex) == ENOTRECOVERABLE);
	_exit(was_dealt_again ? 0 : SKIP);
}

START_TEST(thread_with_the_number_of_a_lost_holder_is_a_stranger)
{
	struct spawned *s;
	int status;
	pid_t pid;

	fork_begin();
	ck_assert_int_eq(pipe(gone), 0);
	s = spawn(holds, NULL);
	ok(sync_event_wait(&event));
	pid = fork();
	if (pid == 0) {
		(void)alarm(60);
		number_is_dealt_again();
	}
	ok(sync_event_set(&let_go));
	(void)finish(s);
	(void)close(gone[0]);
	(void)close(gone[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIP)
		(void)puts("identity: not tried: the number was not to be had");
	else
		ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("identity");
	TCase *tc = add_case(s, "ids");

	tcase_add_test(tc, nobody_is_lost_before_the_first_fork);
	tcase_add_test(
	    tc, survivor_is_known_by_its_former_id_and_others_are_lost);
	tcase_add_test(tc, survivor_of_many_forks_is_known_by_all_its_ids);
	tcase_add_test(tc, generations_in_ids_wrap_and_all_ones_is_no_id);
	tcase_add_test(tc, what_the_survivor_read_is_remembered);
	tc = add_case(s, "waiters");
	tcase_add_test(tc, waiters_of_another_generation_do_not_count);
	tcase_add_test(
	    tc, waiter_of_the_parent_that_leaves_first_underflows_nothing);
	tc = add_case(s, "reuse");
	if (fork_is_safe && fork_skips() == 0)
		tcase_add_test(tc,
		    thread_with_the_number_of_a_lost_holder_is_a_stranger);
	return run_suite(s);
}
