/* SPDX-License-Identifier: MIT */
/*
 * Every kind of lock by every form of lock call: one thread inside at a time,
 * nothing lost.
 */
#include "primitives.h"
#include "lock_kinds.h"
#include "stress.h"

#define OPERATIONS 10000

static const struct lock_kind *kind;
static union any_lock lock;
static int inside;     /* under lock; the number of the holder, or -1 */
static unsigned total; /* under lock */
static int crowd;

static int
take(struct hand *h)
{
	int err;

	switch (random_next(&h->random) % 4) {
	case 0:
		err = kind->trylock(&lock);
		must(err == 0 || err == kind->busy);
		return err;
	case 1:
		err = kind->lock_until(&lock, soon(h, 60000));
		must(err == 0 || err == ETIMEDOUT);
		return err;
	default:
		err = kind->lock(&lock);
		must(err == 0);
		return err;
	}
}

static void *
works(void *arg)
{
	struct hand *h = arg;
	unsigned n = OPERATIONS * stress_factor() / (unsigned)crowd;

	for (; n > 0; n--) {
		if (take(h) != 0)
			continue;
		must(inside == -1);
		inside = h->number;
		total++;
		h->done++;
		if (random_next(&h->random) % 8 == 0)
			dawdle(random_next(&h->random) % 400);
		must(inside == h->number);
		inside = -1;
		must(kind->unlock(&lock) == 0);
		dawdle(random_next(&h->random) % 100);
	}
	return arg;
}

static const int crowds[] = { 2, 3, 8 };

START_TEST(one_at_a_time_is_inside_and_nothing_is_lost)
{
	static struct crew crew;

	kind = &lock_kinds[_i % LOCK_KINDS];
	crowd = crowds[_i / LOCK_KINDS];
	inside = -1;
	total = 0;
	ok(kind->init(&lock));
	crew_start(&crew, crowd, works);
	ck_assert_uint_eq(crew_finish(&crew), total);
	ok(kind->destroy(&lock)); /* no thread holds it or waits for it */
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("stress lock");
	TCase *tc = add_case(s, "lock");

	tcase_add_loop_test(tc, one_at_a_time_is_inside_and_nothing_is_lost, 0,
	    3 * LOCK_KINDS);
	return run_suite_here(s);
}
