/* SPDX-License-Identifier: MIT */
/*
 * The results of all calls of a semaphore match a counter that changes in one
 * moment; a post of too many units changes nothing; a wait notices a destroy
 * that comes before it has slept.  sim_wait.c and sim_wait_life.c have the rest,
 * and sim_lock.c a semaphore as a lock.
 */
#include "sim_support.h"

enum { POST, POST_TWO, WAIT, TRY, LOOK };

static struct sync_sem s;
static struct history h;

static void
fresh(const void *arg)
{
	(void)arg;
	SYNC_OK(sync_sem_init(&s, 0, 2, 0));
	history_begin(&h);
}

static int
call(int op, int *value)
{
	switch (op) {
	case POST:
		return sync_sem_post(&s);
	case POST_TWO:
		return sync_sem_post_n(&s, 2);
	case WAIT:
		return sync_sem_wait_until(&s, sim_soon(0));
	case TRY:
		return sync_sem_trywait(&s);
	default:
		*value = (int)sync_sem_value(&s);
		return 0;
	}
}

static void
note(int op)
{
	unsigned i = history_call(&h, op, 0);
	int value = 0, err = call(op, &value);

	history_return(&h, i, err, value);
}

/* A counter of at most 2. */
static bool
counter(void *state, const struct history_op *op)
{
	int *n = state, more = op->op == POST_TWO ? 2 : 1;

	switch (op->op) {
	case POST:
	case POST_TWO:
		if (*n + more > 2)
			return op->err == EOVERFLOW;
		*n += more;
		return op->err == 0;
	case WAIT:
	case TRY:
		if (*n == 0)
			return op->err == (op->op == TRY ? EAGAIN : ETIMEDOUT);
		--*n;
		return op->err == 0;
	default:
		return op->value == *n;
	}
}

static void
is_linear(void)
{
	int none = 0;

	/* With weak memory, only what one thread tells another is ordered. */
	if (!sim_weak())
		SYNC_ASSERT(history_is_linear(
		    &h, counter, &none, sizeof(none)));
}

static void
posts_and_waits(unsigned me)
{
	(void)me;
	note(POST);
	note(WAIT);
}

static void
waits_and_posts(unsigned me)
{
	(void)me;
	note(WAIT);
	note(POST);
}

static void
tries_and_looks(unsigned me)
{
	(void)me;
	note(TRY);
	note(LOOK);
}

static void
posts_both(unsigned me)
{
	(void)me;
	note(POST_TWO);
	note(POST);
}

static void
is_empty(const void *maximum)
{
	SYNC_OK(sync_sem_init(&s, 0, *(const uint32_t *)maximum, 0));
}

static void
waits(unsigned me)
{
	(void)me;
	SYNC_OK(sync_sem_wait(&s));
}

/* A post of too many units does not affect the sleepers. */
static void
overflows(unsigned me)
{
	(void)me;
	SYNC_ASSERT(sync_sem_post_n(&s, 2) == EOVERFLOW);
	SYNC_OK(sync_sem_post(&s));
}

/* A wait that comes when the object is destroyed detects that. */
static void
comes_late(unsigned me)
{
	int err = sync_sem_wait(&s);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EINVAL);
	sim_saw(err == EINVAL);
}

static void
ends(unsigned me)
{
	int err = sync_sem_destroy(&s);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	if (err == 0)
		sim_may_be_late(&s.inside);
	else
		SYNC_OK(sync_sem_post(&s));
}

/* One of them sets the bit that the other finds set. */
static void
ends_for_two(unsigned me)
{
	int err = sync_sem_destroy(&s);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	if (err == 0)
		sim_may_be_late(&s.inside);
	else
		SYNC_OK(sync_sem_post_n(&s, 2));
}

static const uint32_t one = 1, two = 2;

static const struct sim_scenario scenarios[] = {
	{ .name = "a history of two threads", .begin = fresh,
	    .roles = { waits_and_posts, posts_and_waits }, .end = is_linear },
	{ .name = "a history with looks", .begin = fresh,
	    .roles = { waits_and_posts, tries_and_looks, posts_both },
	    .end = is_linear },
	{ .name = "a post of too many beside a sleeper", .begin = is_empty,
	    .arg = &one, .roles = { waits, overflows } },
	{ .name = "a destroy beside a wait", .begin = is_empty, .arg = &one,
	    .roles = { comes_late, ends }, .sees = 2, .weak = 2 },
	{ .name = "a destroy beside two waits", .begin = is_empty, .arg = &two,
	    .roles = { ends_for_two, comes_late, comes_late }, .sees = 2,
	    .weak = 2 },
};

int
main(void)
{
	return sim_main("sem", scenarios, SIM_COUNT(scenarios));
}
