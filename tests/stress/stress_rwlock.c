/* SPDX-License-Identifier: MIT */
/*
 * Writers are alone, by every form of lock call, with timeouts and nested
 * reading.
 */
#include "stress.h"

#define OPERATIONS 40000

static struct sync_rwlock l;
static unsigned readers;     /* inside; atomic */
static unsigned writers;     /* inside; atomic */
static unsigned left, right; /* under l: always the same */
static unsigned operations;

static int
take(struct hand *h, bool to_write)
{
	switch (random_next(&h->random) % 4) {
	case 0:
		return to_write ? sync_rwlock_trywrlock(&l)
				: sync_rwlock_tryrdlock(&l);
	case 1:
		return to_write ? sync_rwlock_wrlock_until(&l, soon(h, 50000))
				: sync_rwlock_rdlock_until(&l, soon(h, 50000));
	default:
		return to_write ? sync_rwlock_wrlock(&l)
				: sync_rwlock_rdlock(&l);
	}
}

static void
write_inside(struct hand *h)
{
	must(__atomic_fetch_add(&writers, 1, __ATOMIC_ACQ_REL) == 0);
	must(counted(&readers) == 0);
	must(left == right);
	left++;
	dawdle(random_next(&h->random) % 300);
	right++;
	h->done++;
	(void)__atomic_fetch_sub(&writers, 1, __ATOMIC_ACQ_REL);
}

static void
read_inside(struct hand *h)
{
	count(&readers);
	must(counted(&writers) == 0);
	must(left == right);
	dawdle(random_next(&h->random) % 300);
	if (random_next(&h->random) % 4 == 0) {
		must(sync_rwlock_rdlock(&l) == 0); /* any waiter */
		must(sync_rwlock_wrlock_until(&l, 0) == EDEADLK);
		must(left == right);
		must(sync_rwlock_unlock(&l) == 0);
	}
	must(counted(&writers) == 0);
	(void)__atomic_fetch_sub(&readers, 1, __ATOMIC_ACQ_REL);
}

static void *
works(void *arg)
{
	struct hand *h = arg;
	unsigned n;

	for (n = 0; n < operations; n++) {
		bool to_write = random_next(&h->random) % 3 == 0;
		int err = take(h, to_write);

		must(err == 0 || err == EBUSY || err == ETIMEDOUT);
		if (err != 0)
			continue;
		if (to_write)
			write_inside(h);
		else
			read_inside(h);
		must(sync_rwlock_unlock(&l) == 0);
	}
	return arg;
}

static const int crowds[] = { 2, 4, 8 };

START_TEST(writers_are_alone_and_readers_see_whole_writes)
{
	static struct crew crew;

	left = right = 0;
	operations = OPERATIONS * stress_factor() / (unsigned)crowds[_i];
	crew_start(&crew, crowds[_i], works);
	ck_assert_uint_eq(crew_finish(&crew), left);
	ck_assert_uint_eq(left, right);
	ok(sync_rwlock_destroy(&l));
	ok(sync_rwlock_init(&l, 0));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("stress rwlock");
	TCase *tc = add_case(s, "rwlock");

	tcase_add_loop_test(
	    tc, writers_are_alone_and_readers_see_whole_writes, 0, 3);
	return run_suite_here(s);
}
