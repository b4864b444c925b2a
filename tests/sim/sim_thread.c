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
is_started(const void *arg)
{
	const struct sync_thread_options o = { "teller", 0 };

	(void)arg;
	fresh();
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
joins_often(unsigned me)
{
	(void)me;
	joins(0);
	joins(0); /* any number of times */
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
tries_around_a_join(unsigned me)
{
	(void)me;
	tries(0);
	joins(0);
	tries(0);
	SYNC_ASSERT(joined >= 2);
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
joins_at_last(unsigned me)
{
	(void)me;
	joins_until(0);
	joins(0);
}

/* Free after join: then neither the thread nor another joiner accesses it. */
static void
joins_alone_and_frees(unsigned me)
{
	(void)me;
	joins(0);
	sim_free(&t, sizeof(t));
}

static void
joins_and_frees(unsigned me)
{
	joins(me);
	if (SYNC_ATOMIC_ADD(&joiners, 1, __ATOMIC_ACQ_REL) == 1)
		sim_free(&t, sizeof(t));
}

static void
joins_until_and_frees(unsigned me)
{
	(void)me;
	joins_until(0);
	if (joined == 1)
		sim_free(&t, sizeof(t));
}

/* Never joined: it must stay, and nothing else. */
static void
looks(unsigned me)
{
	(void)me;
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

/* The deadline does not pass, so the wait must end without it. */
static void
in_time(unsigned me)
{
	void *result = NULL;

	(void)me;
	SYNC_OK(sync_thread_join_until(&t, &result, sim_soon(0)));
	is_joined(result);
}

/*
 * A thread that has received the handle joins it while start has not returned.
 */
static struct sync_event begun;

static void
is_not_begun(const void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_event_init(&begun, 0));
}

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

/* After a join the thread is gone; a lock that it held shows it. */
static struct sync_kmutex held;

static void *
dies(void *arg)
{
	SYNC_OK(sync_kmutex_lock(&held));
	return arg;
}

static void
holds_a_lock(const void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_kmutex_init(&held, SYNC_ROBUST));
	SYNC_OK(sync_thread_start(&t, dies, NULL, NULL));
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
only_joins_until(unsigned me)
{
	int err = sync_thread_join_until(&t, NULL, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	sim_saw(err != 0);
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

static const struct sim_scenario scenarios[] = {
	{ .name = "one joins", .begin = is_started, .roles = { joins_often },
	    .weak = 2 },
	{ .name = "two join", .begin = is_started, .roles = { joins, joins },
	    .weak = 1 },
	{ .name = "one tries to join", .begin = is_started,
	    .roles = { tries_around_a_join }, .sees = 2, .weak = 2 },
	{ .name = "a try beside a join", .begin = is_started,
	    .roles = { joins, tries }, .sees = 2 },
	{ .name = "one joins with a deadline", .begin = is_started,
	    .roles = { joins_at_last }, .sees = 2, .weak = 2 },
	{ .name = "a deadline beside a join", .begin = is_started,
	    .roles = { joins, joins_until }, .sees = 2 },
	{ .name = "the joiner frees it", .begin = is_started,
	    .roles = { joins_alone_and_frees }, .weak = 2 },
	{ .name = "the last to join frees it", .begin = is_started,
	    .roles = { joins_and_frees, joins_and_frees }, .weak = 1 },
	{ .name = "the joiner with a deadline frees it", .begin = is_started,
	    .roles = { joins_until_and_frees }, .sees = 2, .weak = 2 },
	{ .name = "nobody joins", .begin = is_started, .roles = { looks },
	    .sees = 2 },
	{ .name = "a start fails", .test = start_fails, .sees = 2,
	    .failures = 1 },
	{ .name = "one of two starts fails", .test = one_of_two_fails,
	    .sees = 2, .failures = 1 },
	{ .name = "a deadline far away", .begin = is_started,
	    .roles = { in_time, in_time }, .calm = true, .spurious = 1 },
	{ .name = "three join", .begin = is_started,
	    .roles = { joins, joins, joins }, .calm = true },
	{ .name = "a join while it is started", .begin = is_not_begun,
	    .roles = { starts_one, joins_early_and_frees }, .weak = 2 },
	{ .name = "gone after a join", .begin = holds_a_lock,
	    .roles = { only_joins, joins_and_inherits } },
	{ .name = "gone after a join beside a deadline", .begin = holds_a_lock,
	    .roles = { only_joins_until, joins_and_inherits }, .sees = 2 },
	/* The joiner that reaps gives up at its deadline: another one does it. */
	{ .name = "two deadlines beside a join", .begin = is_started,
	    .roles = { joins, joins_until, joins_until }, .calm = true,
	    .timeouts = 2, .large = true, .cut = true },
	{ .name = "a try beside a deadline", .begin = is_started,
	    .roles = { tries, joins_until }, .sees = 2 },
	{ .name = "one starts it again", .begin = is_started,
	    .roles = { starts_when_joined }, .sees = 2 },
};

int
main(void)
{
	return sim_main("thread", scenarios, SIM_COUNT(scenarios));
}
