/* SPDX-License-Identifier: MIT */
/* Every round is complete or broken, never both. */
#include "stress.h"

#define PARTIES 4

static struct sync_barrier b;
static unsigned rounds;
static unsigned ran;               /* by the action; atomic */
static unsigned cells[2][PARTIES]; /* written before a wait, read after it */
static unsigned indexes[PARTIES];  /* atomic; how often each was given */
static bool over;                  /* atomic */

static void
acts(void *arg)
{
	(void)arg;
	count(&ran);
}

static void *
goes_round(void *arg)
{
	struct hand *h = arg;
	uint32_t index;
	int i;

	for (; h->done < rounds; h->done++) {
		cells[h->done % 2][h->number] = h->done;
		dawdle(random_next(&h->random) % 500);
		must(sync_barrier_wait(&b, &index) == 0);
		must(index < PARTIES);
		count(&indexes[index]);
		for (i = 0; i < PARTIES; i++)
			must(cells[h->done % 2][i] == h->done);
		must(counted(&ran) > h->done);
	}
	return arg;
}

START_TEST(what_was_written_before_a_round_is_seen_after_it)
{
	static struct crew crew;
	int i;

	rounds = 12000 * stress_factor();
	ok(sync_barrier_init(&b, PARTIES, acts, NULL, 0));
	crew_start(&crew, PARTIES, goes_round);
	ck_assert_uint_eq(crew_finish(&crew), rounds * PARTIES);
	ck_assert_uint_eq(ran, rounds);
	for (i = 0; i < PARTIES; i++)
		ck_assert_uint_eq(indexes[i], rounds);
	ok(sync_barrier_destroy(&b));
}
END_TEST

static void *
comes_and_goes(void *arg)
{
	struct hand *h = arg;
	unsigned tries;
	uint32_t index;
	int err;

	for (tries = 0; tries < rounds; tries++) {
		index = 99;
		switch (random_next(&h->random) % 4) {
		case 0:
			err = sync_barrier_trywait(&b, &index);
			must(err == 0 || err == EAGAIN || err == ECANCELED);
			break;
		default:
			err = sync_barrier_wait_until(&b, &index,
			    soon(h, 60000));
			must(err == 0 || err == ETIMEDOUT || err == ECANCELED);
		}
		must(err == 0 ? index < PARTIES : index == 99);
		if (err == 0) {
			count(&indexes[index]);
			h->done++;
		}
	}
	return arg;
}

static void *
interferes(void *arg)
{
	struct hand *h = arg;

	while (!__atomic_load_n(&over, __ATOMIC_ACQUIRE)) {
		if (random_next(&h->random) % 8 == 0)
			must(sync_barrier_abort(&b) == 0);
		must(sync_barrier_reset(&b) == 0);
		must(sync_barrier_waiting(&b) < PARTIES);
		dawdle(random_next(&h->random) % 20000);
	}
	return arg;
}

/* A complete round releases all parties with 0, and gives every index. */
START_TEST(timeouts_aborts_and_resets_break_rounds_as_a_whole)
{
	static struct crew crew, other;
	unsigned passed;
	int i;

	rounds = 12000 * stress_factor();
	ran = 0;
	memset(indexes, 0, sizeof(indexes));
	ok(sync_barrier_init(&b, PARTIES, acts, NULL, 0));
	crew_start(&crew, _i == 0 ? PARTIES : 2 * PARTIES, comes_and_goes);
	crew_start(&other, 1, interferes);
	passed = crew_finish(&crew);
	__atomic_store_n(&over, true, __ATOMIC_RELEASE);
	(void)crew_finish(&other);
	over = false;
	ck_assert_uint_eq(passed, ran * PARTIES);
	for (i = 0; i < PARTIES; i++)
		ck_assert_uint_eq(indexes[i], ran);
	ck_assert_uint_eq(sync_barrier_waiting(&b), 0);
	ok(sync_barrier_destroy(&b));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("stress barrier");
	TCase *tc = add_case(s, "barrier");

	tcase_add_test(tc, what_was_written_before_a_round_is_seen_after_it);
	tcase_add_loop_test(
	    tc, timeouts_aborts_and_resets_break_rounds_as_a_whole, 0, 2);
	return run_suite_here(s);
}
