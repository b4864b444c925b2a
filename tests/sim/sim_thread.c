/* SPDX-License-Identifier: MIT */
/*
 * Threads: every joiner sees everything that the thread did, and its result,
 * and may free it when all joiners have returned.
 */
#include "sim_support.h"

#define RESULT ((void *)&told)

static struct sync_thread t;
static int told;        /* by the thread */
static unsigned joined; /* joins that returned 0 */
static uint32_t joiners; /* atomic: joiners that are done with it */
static bool ended;      /* by the thread, at the very end */

static void
fresh(void)
{
	memset(&t, 0, sizeof(t));
	told = 0;
	joined = joiners = 0;
	ended = false;
}

static void *
tells(void *arg)
{
	SYNC_ASSERT(sync_thread_current() == &t);
	SYNC_ASSERT(sync_thread_join(&t, NULL) == EDEADLK);
	SYNC_WRITE(told) = 1;
	ended = true;
	return arg;
}

static void
starts(void)
{
	const struct sync_thread_options o = { "teller", 0 };

	SYNC_OK(sync_thread_start(&t, tells, RESULT, &o));
	SYNC_ASSERT(strcmp(sync_thread_name(&t), "teller") == 0);
}

static void
is_joined(const void *result)
{
	SYNC_ASSERT(result == RESULT && ended);
	SYNC_ASSERT(SYNC_READ(told) == 1);
	joined++;
}

static void
joins(unsigned me)
{
	void *result = NULL;

	(void)me;
	SYNC_OK(sync_thread_join(&t, &result));
	is_joined(result);
}

static void
one_joins(void *arg)
{
	(void)arg;
	fresh();
	starts();
	joins(0);
	joins(0); /* any number of times */
}

static void
two_join(void *arg)
{
	(void)arg;
	fresh();
	starts();
	sim_play(NULL, joins, joins);
}

static void
tries(unsigned me)
{
	void *result = &t;
	int err = sync_thread_tryjoin(&t, &result);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	SYNC_ASSERT(err == 0 || !sim_whole() || !ended);
	sim_saw(err != 0);
	if (err == 0)
		is_joined(result);
	else
		SYNC_ASSERT(result == &t);
}

static void
one_tries(void *arg)
{
	(void)arg;
	fresh();
	starts();
	tries(0);
	joins(0);
	tries(0);
	SYNC_ASSERT(joined >= 2);
}

static void
try_beside_join(void *arg)
{
	(void)arg;
	fresh();
	starts();
	sim_play(NULL, joins, tries);
}

static void
joins_until(unsigned me)
{
	void *result = &t;
	int err = sync_thread_join_until(&t, &result, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	SYNC_ASSERT(err == 0 || !sim_whole() || !ended);
	sim_saw(err != 0);
	if (err == 0)
		is_joined(result);
	else
		SYNC_ASSERT(result == &t);
}

static void
one_joins_until(void *arg)
{
	(void)arg;
	fresh();
	starts();
	joins_until(0);
	joins(0);
}

static void
join_until_beside_join(void *arg)
{
	(void)arg;
	fresh();
	starts();
	sim_play(NULL, joins, joins_until);
}

/* Free after join: then neither the thread nor another joiner accesses it. */
static void
one_frees(void *arg)
{
	fresh();
	starts();
	joins(0);
	sim_free(&t, sizeof(t));
	(void)arg;
}

static void
joins_and_frees(unsigned me)
{
	joins(me);
	if (SYNC_ATOMIC_ADD(&joiners, 1, __ATOMIC_ACQ_REL) == 1)
		sim_free(&t, sizeof(t));
}

static void
last_to_join_frees(void *arg)
{
	(void)arg;
	fresh();
	starts();
	sim_play(NULL, joins_and_frees, joins_and_frees);
}

static void
one_frees_after_timeout(void *arg)
{
	(void)arg;
	fresh();
	starts();
	joins_until(0);
	if (joined == 1)
		sim_free(&t, sizeof(t));
}

/* Never joined: it must stay, and nothing else. */
static void
nobody_joins(void *arg)
{
	(void)arg;
	fresh();
	starts();
	sim_saw(ended);
}

/* A start that fails leaves everything as it was. */
static void
start_fails(void *arg)
{
	struct sync_thread before;
	int err;

	(void)arg;
	fresh();
	memset(&t, 0x5a, sizeof(t));
	before = t;
	err = sync_thread_start(&t, tells, RESULT, NULL);
	SYNC_ASSERT(err == 0 || err == EAGAIN);
	sim_saw(err != 0);
	if (err == 0)
		joins(0);
	else
		SYNC_ASSERT(memcmp(&before, &t, sizeof(t)) == 0);
}

/* The second of two fails: the first is joined, nothing is left. */
static struct sync_thread others[2];

static void *
counts(void *arg)
{
	(void)arg;
	(void)SYNC_ATOMIC_ADD(&told, 1, __ATOMIC_RELAXED);
	return NULL;
}

static void
one_of_two_fails(void *arg)
{
	int i, err, n = 0;

	(void)arg;
	fresh();
	for (i = 0; i < 2; i++) {
		err = sync_thread_start(&others[n], counts, NULL, NULL);
		SYNC_ASSERT(err == 0 || err == EAGAIN);
		n += err == 0;
	}
	for (i = 0; i < n; i++)
		SYNC_OK(sync_thread_join(&others[i], NULL));
	SYNC_ASSERT(told == n && n >= 1);
	sim_saw(n == 1);
}

/* Sleepers wake in the order of their deadlines, if none passes early. */
static sync_time woken;

static void
sleeps(unsigned me)
{
	sync_time until = sim_soon(10 - me);

	sync_thread_sleep_until(until);
	SYNC_ASSERT(sync_time_now() >= until);
	SYNC_ASSERT(woken <= until);
	woken = until;
}

static void
three_sleep(void *arg)
{
	(void)arg;
	fresh();
	woken = 0;
	sim_play(NULL, sleeps, sleeps, sleeps);
}

static void
sleeps_for_ever_so_long(unsigned me)
{
	sync_thread_sleep_until(sim_soon(me));
	SYNC_ASSERT(sync_time_now() >= sim_soon(me));
}

static void
two_sleep(void *arg)
{
	(void)arg;
	fresh();
	sim_play(NULL, sleeps_for_ever_so_long, sleeps_for_ever_so_long);
}

/* The deadline does not pass, so the wait must end without it. */
static void
in_time(unsigned me)
{
	void *result = NULL;

	(void)me;
	SYNC_OK(sync_thread_join_until(&t, &result, sim_soon(0)));
	is_joined(result);
}

static void
deadline_far_away(void *arg)
{
	(void)arg;
	fresh();
	starts();
	sim_play(NULL, in_time, in_time);
}

static void
three_join(void *arg)
{
	(void)arg;
	fresh();
	starts();
	sim_play(NULL, joins, joins, joins);
}

/*
 * A thread that has received the handle joins it while start has not returned.
 */
static struct sync_event begun;

static void *
says_so(void *arg)
{
	SYNC_OK(sync_event_set(&begun));
	ended = true;
	return arg;
}

static void
starts_one(unsigned me)
{
	(void)me;
	SYNC_OK(sync_thread_start(&t, says_so, RESULT, NULL));
}

static void
joins_early_and_frees(unsigned me)
{
	void *result = NULL;

	(void)me;
	SYNC_OK(sync_event_wait(&begun));
	SYNC_OK(sync_thread_join(&t, &result));
	SYNC_ASSERT(result == RESULT && ended);
	sim_free(&t, sizeof(t));
}

static void
join_while_starting(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_event_init(&begun, 0));
	sim_play(NULL, starts_one, joins_early_and_frees);
}

/* After a join the thread is gone; a lock that it held shows it. */
static struct sync_kmutex held;

static void *
dies(void *arg)
{
	SYNC_OK(sync_kmutex_lock(&held));
	return arg;
}

static void
only_joins(unsigned me)
{
	(void)me;
	SYNC_OK(sync_thread_join(&t, NULL));
}

static void
joins_and_inherits(unsigned me)
{
	only_joins(me);
	SYNC_ASSERT(sync_kmutex_trylock(&held) == EOWNERDEAD);
}

static void
gone_after_join(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_kmutex_init(&held, SYNC_ROBUST));
	SYNC_OK(sync_thread_start(&t, dies, NULL, NULL));
	sim_play(NULL, only_joins, joins_and_inherits);
}

/* The joiner that reaps gives up at its deadline: another one does it. */
static void
two_deadlines_beside_a_join(void *arg)
{
	(void)arg;
	fresh();
	starts();
	sim_play(NULL, joins, joins_until, joins_until);
}

static void
try_beside_a_deadline(void *arg)
{
	(void)arg;
	fresh();
	starts();
	sim_play(NULL, tries, joins_until);
}

/* A thread that has joined it may start it again; before that none may. */
static void
starts_when_joined(unsigned me)
{
	int err = sync_thread_start(&t, tells, RESULT, NULL);

	(void)me;
	SYNC_ASSERT(err == EBUSY);
	err = sync_thread_tryjoin(&t, NULL);
	sim_saw(err != 0);
	if (err != 0) {
		SYNC_ASSERT(err == EBUSY);
		SYNC_ASSERT(sync_thread_start(&t, tells, RESULT, NULL)
		    == EBUSY);
		SYNC_OK(sync_thread_join(&t, NULL));
	}
	ended = false;
	SYNC_OK(sync_thread_start(&t, tells, RESULT, NULL));
	joins(0);
}

static void
one_starts_it_again(void *arg)
{
	(void)arg;
	fresh();
	starts();
	starts_when_joined(0);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "one joins", .test = one_joins, .weak = 2 },
	{ .name = "two join", .test = two_join, .weak = 1 },
	{ .name = "one tries to join", .test = one_tries, .sees = 2,
	    .weak = 2 },
	{ .name = "a try beside a join", .test = try_beside_join, .sees = 2 },
	{ .name = "one joins with a deadline", .test = one_joins_until,
	    .sees = 2, .weak = 2 },
	{ .name = "a deadline beside a join", .test = join_until_beside_join,
	    .sees = 2 },
	{ .name = "the joiner frees it", .test = one_frees, .weak = 2 },
	{ .name = "the last to join frees it", .test = last_to_join_frees,
	    .weak = 1 },
	{ .name = "the joiner with a deadline frees it",
	    .test = one_frees_after_timeout, .sees = 2, .weak = 2 },
	{ .name = "nobody joins", .test = nobody_joins, .sees = 2 },
	{ .name = "a start fails", .test = start_fails, .sees = 2,
	    .failures = 1 },
	{ .name = "one of two starts fails", .test = one_of_two_fails,
	    .sees = 2, .failures = 1 },
	{ .name = "three sleep", .test = three_sleep, .calm = true,
	    .spurious = 1 },
	{ .name = "two sleep", .test = two_sleep, .weak = 2 },
	{ .name = "a deadline far away", .test = deadline_far_away,
	    .calm = true, .spurious = 1 },
	{ .name = "three join", .test = three_join, .calm = true },
	{ .name = "a join while it is started", .test = join_while_starting,
	    .weak = 2 },
	{ .name = "gone after a join", .test = gone_after_join },
	{ .name = "two deadlines beside a join",
	    .test = two_deadlines_beside_a_join, .calm = true, .timeouts = 2,
	    .large = true, .cut = true },
	{ .name = "a try beside a deadline", .test = try_beside_a_deadline,
	    .sees = 2 },
	{ .name = "one starts it again", .test = one_starts_it_again,
	    .sees = 2 },
};

int
main(void)
{
	return sim_main("thread", scenarios, SIM_COUNT(scenarios));
}
