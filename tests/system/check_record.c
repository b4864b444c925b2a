/* SPDX-License-Identifier: MIT */
/*
 * The library's record of a thread.  It exists as long as the thread may use
 * the library, for any number of threads; without memory for it, everything
 * else works.  The linker redirects the library's requests to the system to the
 * functions below.
 */
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "primitives.h"

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c): the linker's names */
void *__real_mmap(void *, size_t, int, int, int, off_t);
void *__wrap_mmap(void *, size_t, int, int, int, off_t);
int __real_pthread_setspecific(pthread_key_t, const void *);
int __wrap_pthread_setspecific(pthread_key_t, const void *);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c) */

static unsigned no_map, no_specific; /* atomic */
static unsigned maps;      /* atomic; the number of calls */

void *
__wrap_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset)
{
	if (counted(&no_map) != 0) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	count(&maps);
	return __real_mmap(at, size, prot, flags, fd, offset);
}

int
__wrap_pthread_setspecific(pthread_key_t key, const void *value)
{
	return counted(&no_specific) != 0
	    ? ENOMEM : __real_pthread_setspecific(key, value);
}

static struct sync_rwlock rw;
static struct sync_mutex m;

/* A destructor that runs after the library's own. */

static pthread_key_t late;
static struct sync_thread *knew; /* the id from sync_thread_current */

static void
unlocks(void *arg)
{
	knew = sync_thread_current();
	ok(sync_rwlock_unlock(arg));
}

static void *
reads_until_the_end(void *arg)
{
	ok(sync_rwlock_rdlock(&rw));
	ck_assert_int_eq(pthread_setspecific(late, &rw), 0);
	return arg;
}

static void
free_for_writers(void)
{
	ok(sync_rwlock_trywrlock(&rw));
	ok(sync_rwlock_unlock(&rw));
}

START_TEST(destructor_unlocks_what_its_thread_reads)
{
	struct spawned *s;
	pthread_t t;

	ck_assert_int_eq(pthread_key_create(&late, unlocks), 0);
	s = spawn(reads_until_the_end, NULL);
	(void)finish(s);
	free_for_writers();
	ck_assert_ptr_eq(knew, &s->thread);
	/* A thread that the library did not start. */
	ck_assert_int_eq(pthread_create(&t, NULL, reads_until_the_end, NULL),
	    0);
	ck_assert_int_eq(pthread_join(t, NULL), 0);
	free_for_writers();
	ck_assert_ptr_null(knew);
}
END_TEST

static void
locks_and_unlocks(void *unused)
{
	(void)unused;
	ok(sync_rwlock_rdlock(&rw));
	ok(sync_rwlock_unlock(&rw));
}

static void *
ends_at_once(void *arg)
{
	ck_assert_int_eq(pthread_setspecific(late, &late), 0);
	return arg;
}

START_TEST(destructor_may_be_the_first_to_use_the_library)
{
	pthread_t t;
	int i;

	ck_assert_int_eq(pthread_key_create(&late, locks_and_unlocks), 0);
	for (i = 0; i < 1000; i++) {
		ck_assert_int_eq(
		    pthread_create(&t, NULL, ends_at_once, NULL), 0);
		ck_assert_int_eq(pthread_join(t, NULL), 0);
	}
	free_for_writers();
	/*
	 * Records are freed.  Otherwise at least one page for each would show.
	 */
	ck_assert_uint_eq(counted(&maps), 0);
}
END_TEST

/* Many threads, and the locks they hold for reading. */

#define MANY 300 /* more than there are records in the table */

static struct gate all_read, all_unlock;

static void *
reads(void *arg)
{
	ok(sync_rwlock_rdlock(&rw));
	gate_pass(&all_read);
	gate_pass(&all_unlock);
	ok(sync_rwlock_unlock(&rw));
	ck_assert_ptr_eq(sync_thread_current(), arg);
	return arg;
}

START_TEST(any_number_of_threads_read_together)
{
	static struct sync_thread t[MANY];
	int i;

	all_read = all_unlock = (struct gate) { 0, MANY + 1 };
	for (i = 0; i < MANY; i++)
		ok(sync_thread_start(&t[i], reads, &t[i], NULL));
	gate_pass(&all_read);
	fails(sync_rwlock_trywrlock(&rw), EBUSY);
	ck_assert_uint_gt(counted(&maps), 0);
	gate_pass(&all_unlock);
	for (i = 0; i < MANY; i++)
		ok(sync_thread_join(&t[i], NULL));
	free_for_writers();
}
END_TEST

/* mmap fails, so only the records of the table are left: fewer than MANY. */
START_TEST(thread_that_cannot_have_a_record_is_not_started)
{
	static struct sync_thread t[MANY];
	struct sync_thread before;
	int i, n = 0, err = 0;

	all_read = (struct gate) { 0, 0 };
	all_unlock = (struct gate) { 0, MANY };
	__atomic_store_n(&no_map, 1, __ATOMIC_RELEASE);
	while (n < MANY && err == 0) {
		memset(&t[n], 0x5a, sizeof(t[n]));
		before = t[n];
		err = sync_thread_start(&t[n], reads, &t[n], NULL);
		n += err == 0;
	}
	ck_assert_int_lt(n, MANY);
	ck_assert_int_eq(err, EAGAIN);
	ck_assert_mem_eq(&t[n], &before, sizeof(before));
	__atomic_store_n(&no_map, 0, __ATOMIC_RELEASE);
	for (i = n; i < MANY; i++)
		(void)__atomic_fetch_add(
		    &all_unlock.arrived, 1, __ATOMIC_ACQ_REL);
	for (i = 0; i < n; i++)
		ok(sync_thread_join(&t[i], NULL));
	free_for_writers();
}
END_TEST

static void *
gets_by_without(void *arg)
{
	fails(sync_rwlock_rdlock(&rw), EAGAIN);
	fails(sync_rwlock_tryrdlock(&rw), EAGAIN);
	fails(sync_rwlock_unlock(&rw), EPERM);
	ok(sync_rwlock_wrlock(&rw));
	ok(sync_rwlock_unlock(&rw));
	fails(sync_mutex_lock_until(&m, sync_after_ms(1)), ETIMEDOUT);
	ck_assert_ptr_null(sync_thread_current());
	return arg;
}

START_TEST(without_memory_for_it_reading_is_eagain_and_the_rest_works)
{
	pthread_t t;

	ok(sync_mutex_lock(&m));
	__atomic_store_n(&no_specific, 1, __ATOMIC_RELEASE);
	ck_assert_int_eq(pthread_create(&t, NULL, gets_by_without, NULL), 0);
	ck_assert_int_eq(pthread_join(t, NULL), 0);
	__atomic_store_n(&no_specific, 0, __ATOMIC_RELEASE);
	ok(sync_mutex_unlock(&m));
	free_for_writers();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("record");
	TCase *tc = add_case(s, "threads");

	tcase_add_test(tc, destructor_unlocks_what_its_thread_reads);
	tcase_add_test(tc, destructor_may_be_the_first_to_use_the_library);
	tcase_add_test(tc, any_number_of_threads_read_together);
	tc = add_case(s, "no memory");
	tcase_add_test(tc, thread_that_cannot_have_a_record_is_not_started);
	tcase_add_test(
	    tc, without_memory_for_it_reading_is_eagain_and_the_rest_works);
	return run_suite(s);
}
