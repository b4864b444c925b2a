/* SPDX-License-Identifier: MIT */
/* No signal is lost: not to a timeout, not to a latecomer, not among many. */
#include "stress.h"

#define SIGNALS 20000

static struct sync_cond c, room;
static struct sync_mutex m;

/*
 * patient threads wait without a deadline, hasty ones with a short one.  A
 * signal is given only while more patient threads are in their wait than
 * signals are on their way.  So there is always a thread to take it, and
 * pending must come back to zero.  All are under m.
 */
static unsigned patient, pending, delivered;
static bool over;

static void
took_a_signal(struct hand *h)
{
	must(pending > 0);
	pending--;
	h->done++;
	if (pending == 0)
		must(sync_cond_signal(&room) == 0);
}

static void *
is_patient(void *arg)
{
	must(sync_mutex_lock(&m) == 0);
	while (!over) {
		patient++;
		must(sync_cond_wait(&c, &m) == 0);
		patient--;
		if (!over)
			took_a_signal(arg);
	}
	must(sync_mutex_unlock(&m) == 0);
	return arg;
}

static void *
is_hasty(void *arg)
{
	struct hand *h = arg;
	int err;

	must(sync_mutex_lock(&m) == 0);
	while (!over) {
		err = sync_cond_wait_until(&c, &m, soon(h, 50000));
		if (err == 0 && !over)
			took_a_signal(h);
		else
			must(err == 0 || err == ETIMEDOUT);
		must(sync_mutex_held(&m));
	}
	must(sync_mutex_unlock(&m) == 0);
	return arg;
}

static void
deliver(uint32_t *random)
{
	unsigned n = SIGNALS * stress_factor();

	while (delivered < n) {
		must(sync_mutex_lock(&m) == 0);
		while (patient <= pending && pending > 0)
			must(sync_cond_wait(&room, &m) == 0);
		while (patient > pending && random_next(random) % 4 != 0) {
			pending++;
			delivered++;
			must(sync_cond_signal(&c) == 0);
		}
		must(sync_mutex_unlock(&m) == 0);
		dawdle(random_next(random) % 3000);
	}
}

START_TEST(signals_delivered_are_waits_that_return_0)
{
	static struct crew crew;
	uint32_t random = random_seed();

	crew_start(&crew, 3, is_patient);
	crew_start(&crew, 5, is_hasty);
	deliver(&random);
	ok(sync_mutex_lock(&m));
	while (pending > 0) /* forever, if one was lost */
		ok(sync_cond_wait(&room, &m));
	over = true;
	ok(sync_cond_broadcast(&c));
	ok(sync_mutex_unlock(&m));
	ck_assert_uint_eq(crew_finish(&crew), delivered);
	ok(sync_cond_destroy(&c));
	ok(sync_cond_destroy(&room));
	ok(sync_cond_init(&c, 0));
	ok(sync_cond_init(&room, 0));
}
END_TEST

/*
 * The pattern that loses a wakeup in glibc before 2.41: several signallers and
 * several waiters on one condition variable, each token signalled once.
 */
#define SIDE 3
static unsigned tokens, made; /* under m */
static unsigned wanted;

static void *
signals(void *arg)
{
	struct hand *h = arg;
	bool inside, more = true;

	while (more) {
		inside = random_next(&h->random) % 2 == 0;
		must(sync_mutex_lock(&m) == 0);
		more = made < wanted;
		if (more) {
			made++;
			tokens++;
		}
		if (inside && more)
			must(sync_cond_signal(&c) == 0);
		must(sync_mutex_unlock(&m) == 0);
		if (!inside && more)
			must(sync_cond_signal(&c) == 0);
		dawdle(random_next(&h->random) % 1500);
	}
	return arg;
}

static void *
waits(void *arg)
{
	struct hand *h = arg;
	unsigned n;

	for (n = wanted / SIDE; n > 0; n--) {
		must(sync_mutex_lock(&m) == 0);
		while (tokens == 0)
			must(sync_cond_wait(&c, &m) == 0);
		tokens--;
		h->done++;
		must(sync_mutex_unlock(&m) == 0);
	}
	return arg;
}

START_TEST(three_signallers_and_three_waiters_lose_no_wakeup)
{
	static struct crew crew;

	wanted = 8000 * SIDE * stress_factor();
	crew_start(&crew, SIDE, waits);
	crew_start(&crew, SIDE, signals);
	ck_assert_uint_eq(crew_finish(&crew), wanted);
	ck_assert_uint_eq(tokens, 0);
	ok(sync_cond_destroy(&c));
	ok(sync_cond_init(&c, 0));
}
END_TEST

/*
 * Room for one element, many threads on both sides, one cond for each side,
 * with any mutex.
 */
static struct sync_rmutex rm;
static struct sync_cond full, empty;
static unsigned place, put_sum, got_sum; /* under rm */
static unsigned moves;

static void *
puts_in(void *arg)
{
	struct hand *h = arg;
	unsigned n, item;

	for (n = 0; n < moves; n++) {
		must(sync_rmutex_lock(&rm) == 0);
		must(sync_rmutex_lock(&rm) == 0);
		while (place != 0)
			(void)sync_cond_wait_rmutex_until(&empty, &rm,
			    random_next(&h->random) % 4 ? SYNC_NEVER
							: soon(h, 30000));
		must(sync_rmutex_depth(&rm) == 2);
		item = 1 + random_next(&h->random) % 1000;
		place = item;
		put_sum += item;
		must(sync_cond_signal(&full) == 0);
		must(sync_rmutex_unlock(&rm) == 0);
		must(sync_rmutex_unlock(&rm) == 0);
	}
	return arg;
}

static void *
takes_out(void *arg)
{
	unsigned n;

	for (n = 0; n < moves; n++) {
		must(sync_rmutex_lock(&rm) == 0);
		while (place == 0)
			must(sync_cond_wait_rmutex(&full, &rm) == 0);
		got_sum += place;
		place = 0;
		must(sync_cond_signal(&empty) == 0);
		must(sync_rmutex_unlock(&rm) == 0);
	}
	return arg;
}

START_TEST(one_place_and_many_threads_pass_every_item_on)
{
	static struct crew crew;

	moves = 2000 * stress_factor();
	crew_start(&crew, 5, puts_in);
	crew_start(&crew, 5, takes_out);
	(void)crew_finish(&crew);
	ck_assert_uint_eq(put_sum, got_sum);
	ok(sync_cond_destroy(&full));
	ok(sync_cond_destroy(&empty));
	ok(sync_rmutex_destroy(&rm));
}
END_TEST

/*
 * Broadcasts and latecomers: a thread that was there before is always released.
 */
static unsigned generation, gone; /* under m */
#define COMERS 6

static void *
comes_each_time(void *arg)
{
	struct hand *h = arg;
	unsigned mine;

	must(sync_mutex_lock(&m) == 0);
	while (generation < wanted) {
		mine = generation;
		gone++;
		if (gone == COMERS)
			must(sync_cond_signal(&room) == 0);
		while (generation == mine)
			must(sync_cond_wait(&c, &m) == 0);
		h->done++;
	}
	must(sync_mutex_unlock(&m) == 0);
	return arg;
}

START_TEST(broadcast_lets_all_go_who_were_there)
{
	static struct crew crew;

	wanted = 3000 * stress_factor();
	crew_start(&crew, COMERS, comes_each_time);
	ok(sync_mutex_lock(&m));
	while (generation < wanted) {
		while (gone < COMERS)
			ok(sync_cond_wait(&room, &m));
		gone = 0;
		generation++;
		if (generation % 2 == 0)
			ok(sync_cond_broadcast(&c));
		ok(sync_mutex_unlock(&m));
		if (generation % 2 != 0)
			ok(sync_cond_broadcast(&c));
		ok(sync_mutex_lock(&m));
	}
	ok(sync_mutex_unlock(&m));
	ck_assert_uint_eq(crew_finish(&crew), wanted * COMERS);
	ok(sync_cond_destroy(&c));
	ok(sync_cond_destroy(&room));
	ok(sync_mutex_destroy(&m));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("stress cond");
	TCase *tc = add_case(s, "cond");

	tcase_add_test(tc, signals_delivered_are_waits_that_return_0);
	tcase_add_test(tc, three_signallers_and_three_waiters_lose_no_wakeup);
	tcase_add_test(tc, one_place_and_many_threads_pass_every_item_on);
	tcase_add_test(tc, broadcast_lets_all_go_who_were_there);
	return run_suite_here(s);
}
