/* SPDX-License-Identifier: MIT */
/* Units are neither lost nor doubled: posts = takes + value. */
#include "stress.h"

#define POSTS 30000

static struct sync_sem s, back;
static bool over; /* atomic */

static void *
posts(void *arg)
{
	struct hand *h = arg;
	unsigned target = POSTS * stress_factor() / 3;
	uint32_t n;
	int err;

	while (h->done < target) {
		n = random_next(&h->random) % 4 == 0
		    ? random_next(&h->random) % 5 : 1;
		err = sync_sem_post_n(&s, n);
		must(err == 0 || (err == EOVERFLOW && n > 0));
		if (err == 0)
			h->done += n;
		dawdle(random_next(&h->random) % 800);
	}
	return arg;
}

static void *
takes(void *arg)
{
	struct hand *h = arg;
	int err;

	while (!__atomic_load_n(&over, __ATOMIC_ACQUIRE)) {
		if (random_next(&h->random) % 4 == 0) {
			err = sync_sem_trywait(&s);
			must(err == 0 || err == EAGAIN);
		} else {
			err = sync_sem_wait_until(&s, soon(h, 100000));
			must(err == 0 || err == ETIMEDOUT);
		}
		h->done += err == 0;
	}
	return arg;
}

START_TEST(posts_are_takes_plus_value_in_spite_of_timeouts)
{
	static struct crew posters, takers;
	unsigned posted, taken;

	over = false;
	ok(sync_sem_init(&s, 0, _i == 0 ? 3 : SYNC_SEM_MAX, 0));
	crew_start(&takers, 5, takes);
	crew_start(&posters, 3, posts);
	posted = crew_finish(&posters);
	__atomic_store_n(&over, true, __ATOMIC_RELEASE);
	taken = crew_finish(&takers);
	ck_assert_uint_eq(posted, taken + sync_sem_value(&s));
	ok(sync_sem_destroy(&s));
}
END_TEST

/*
 * There are as many waits without a deadline as posts, among waits that give
 * up.  Each of them must end; otherwise a wake was lost to one that gave up.
 */
#define FIRM 3
static unsigned share;

static void *
takes_its_share(void *arg)
{
	struct hand *h = arg;

	for (; h->done < share; h->done++)
		must(sync_sem_wait(&s) == 0);
	return arg;
}

static void *
takes_and_gives_back(void *arg)
{
	struct hand *h = arg;

	while (!__atomic_load_n(&over, __ATOMIC_ACQUIRE))
		if (sync_sem_wait_until(&s, soon(h, 40000)) == 0)
			must(sync_sem_post(&s) == 0);
	return arg;
}

START_TEST(every_post_reaches_a_wait_among_those_that_give_up)
{
	static struct crew firm, fickle;
	uint32_t random = random_seed();
	unsigned n;

	over = false;
	share = 5000 * stress_factor();
	ok(sync_sem_init(&s, 0, SYNC_SEM_MAX, 0));
	crew_start(&firm, FIRM, takes_its_share);
	crew_start(&fickle, 4, takes_and_gives_back);
	for (n = 0; n < FIRM * share; n++) {
		ok(sync_sem_post(&s));
		dawdle(random_next(&random) % 1000);
	}
	ck_assert_uint_eq(crew_finish(&firm), FIRM * share);
	__atomic_store_n(&over, true, __ATOMIC_RELEASE);
	(void)crew_finish(&fickle);
	ck_assert_uint_eq(sync_sem_value(&s), 0);
	ok(sync_sem_destroy(&s));
}
END_TEST

static unsigned payload; /* handed back and forth by the two semaphores */

static void *
answers(void *arg)
{
	unsigned n;

	for (n = 0; n < share; n++) {
		must(sync_sem_wait(&s) == 0);
		must(payload == 2 * n);
		payload++;
		must(sync_sem_post(&back) == 0);
	}
	return arg;
}

START_TEST(two_threads_hand_a_value_to_and_fro)
{
	static struct crew crew;
	unsigned n;

	share = 20000 * stress_factor();
	ok(sync_sem_init(&s, 0, 1, 0));
	ok(sync_sem_init(&back, 0, 1, 0));
	crew_start(&crew, 1, answers);
	for (n = 0; n < share; n++) {
		payload = 2 * n;
		ok(sync_sem_post(&s));
		ok(sync_sem_wait(&back));
		ck_assert_uint_eq(payload, 2 * n + 1);
	}
	(void)crew_finish(&crew);
	ok(sync_sem_destroy(&s));
	ok(sync_sem_destroy(&back));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("stress sem");
	TCase *tc = add_case(suite, "sem");

	tcase_add_loop_test(
	    tc, posts_are_takes_plus_value_in_spite_of_timeouts, 0, 2);
	tcase_add_test(
	    tc, every_post_reaches_a_wait_among_those_that_give_up);
	tcase_add_test(tc, two_threads_hand_a_value_to_and_fro);
	return run_suite_here(suite);
}
