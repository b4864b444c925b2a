/* SPDX-License-Identifier: MIT */
/*
 * The semaphore: no unit is lost or doubled, whatever happens to the waiters,
 * and the results of all calls match a counter that changes in one moment.
 */
#include "sim_support.h"

#define PLACES 4
#define VALUE  UINT64_C(0xffffffff) /* in the word */

static struct sync_sem s;
static unsigned posted, taken;
static int place[PLACES]; /* filled before a post */

static void
fresh(uint32_t value, uint32_t maximum)
{
	SYNC_OK(sync_sem_init(&s, value, maximum, 0));
	posted = value;
	taken = 0;
	memset(place, 0, sizeof(place));
}

static void
all_accounted(void)
{
	/*
	 * Not by sync_sem_value: with weak memory it may return an old value.
	 */
	SYNC_ASSERT(posted == taken + (s.word & VALUE));
	SYNC_ASSERT((s.word & ~VALUE) == 0); /* nobody waits */
}

static void
posts(unsigned me)
{
	(void)me;
	SYNC_WRITE(place[posted]) = 1;
	posted++;
	SYNC_OK(sync_sem_post(&s));
}

static void
posts_twice(unsigned me)
{
	(void)me;
	SYNC_WRITE(place[0]) = 1;
	posted += 2;
	SYNC_OK(sync_sem_post(&s));
	SYNC_OK(sync_sem_post(&s));
}

static void
posts_two(unsigned me)
{
	(void)me;
	SYNC_WRITE(place[0]) = 1;
	posted += 2;
	SYNC_OK(sync_sem_post_n(&s, 2));
}

static void
took(void)
{
	SYNC_ASSERT(SYNC_READ(place[0]) == 1);
	taken++;
}

static void
waits(unsigned me)
{
	(void)me;
	SYNC_OK(sync_sem_wait(&s));
	took();
}

static void
post_and_wait(void *arg)
{
	(void)arg;
	fresh(0, 1);
	sim_play(all_accounted, waits, posts);
}

static void
two_wait_for_two_posts(void *arg)
{
	(void)arg;
	fresh(0, 2);
	sim_play(all_accounted, posts_twice, waits, waits);
}

static void
two_wait_for_one_post_of_two(void *arg)
{
	(void)arg;
	fresh(0, 2);
	sim_play(all_accounted, posts_two, waits, waits);
}

static void
posts_unmarked(unsigned me)
{
	(void)me;
	posted++;
	SYNC_OK(sync_sem_post(&s));
}

static void
waits_unmarked(unsigned me)
{
	(void)me;
	SYNC_OK(sync_sem_wait(&s));
	taken++;
}

static void
two_wait_for_two_posters(void *arg)
{
	(void)arg;
	fresh(0, 2);
	sim_play(all_accounted, posts_unmarked, posts_unmarked, waits_unmarked,
	    waits_unmarked);
}

static void
waits_until(unsigned me)
{
	int err = sync_sem_wait_until(&s, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	SYNC_ASSERT(err == 0 || !sim_whole() || (s.word & VALUE) == 0);
	sim_saw(err != 0);
	if (err == 0)
		took();
}

static void
timeout_races_post(void *arg)
{
	(void)arg;
	fresh(0, 1);
	sim_play(all_accounted, posts, waits_until);
}

/* If it gets the unit, it posts it again, for the one that has no deadline. */
static void
waits_until_and_passes_on(unsigned me)
{
	int err = sync_sem_wait_until(&s, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	sim_saw(err != 0);
	if (err != 0)
		return;
	taken++;
	posted++;
	SYNC_OK(sync_sem_post(&s));
}

static void
timeout_takes_no_wake(void *arg)
{
	(void)arg;
	fresh(0, 2);
	sim_play(all_accounted, posts, waits_until_and_passes_on, waits);
}

static void
two_timeouts(void *arg)
{
	(void)arg;
	fresh(0, 2);
	sim_play(all_accounted, posts, waits_until, waits_until);
}

/* Two units for three: the one without a deadline must not be left waiting. */
static void
timeouts_beside_posts(void *arg)
{
	(void)arg;
	fresh(0, 4);
	sim_play(all_accounted, posts_twice, waits_until_and_passes_on, waits);
}

static void
tries(unsigned me)
{
	int err = sync_sem_trywait(&s);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EAGAIN);
	SYNC_ASSERT(err == 0 || !sim_whole() || (s.word & VALUE) == 0);
	sim_saw(err != 0);
	if (err == 0)
		took();
}

static void
try_races_post(void *arg)
{
	(void)arg;
	fresh(0, 1);
	sim_play(all_accounted, posts, tries);
}

/* The taker, which has not slept, must not hide the sleeper from the post. */
static void
try_beside_sleeper(void *arg)
{
	(void)arg;
	fresh(0, 2);
	sim_play(all_accounted, posts_twice, waits, tries);
}

/* Used as a lock: the steps in between exclude each other. */
static unsigned count;

static void
counts(unsigned me)
{
	unsigned before;

	(void)me;
	SYNC_OK(sync_sem_wait(&s));
	before = SYNC_READ(count);
	SYNC_WRITE(count) = before + 1;
	taken++;
	posted++;
	SYNC_OK(sync_sem_post(&s));
}

static void
all_counted(void)
{
	all_accounted();
	SYNC_ASSERT(count == taken);
}

static void
as_a_lock(void *arg)
{
	(void)arg;
	fresh(1, 1);
	count = 0;
	sim_play(all_counted, counts, counts);
}

static void
as_a_lock_of_three(void *arg)
{
	(void)arg;
	fresh(1, 1);
	count = 0;
	sim_play(all_counted, counts, counts, counts);
}

static void
overflow(unsigned me)
{
	int err = sync_sem_post(&s);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EOVERFLOW);
	sim_saw(err != 0);
	posted += err == 0;
}

static void
full(void)
{
	SYNC_ASSERT(posted == 1 && (s.word & VALUE) == 1);
}

static void
post_too_many(void *arg)
{
	(void)arg;
	fresh(0, 1);
	sim_play(full, overflow, overflow);
}

static void
waits_and_frees(unsigned me)
{
	(void)me;
	SYNC_OK(sync_sem_wait(&s));
	sim_free(&s, sizeof(s));
}

static void
waiter_frees(void *arg)
{
	(void)arg;
	fresh(0, 1);
	sim_play(NULL, posts_unmarked, waits_and_frees);
}

static void
waits_until_and_frees(unsigned me)
{
	int err = sync_sem_wait_until(&s, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	if (err == 0)
		sim_free(&s, sizeof(s));
}

static void
waiter_with_deadline_frees(void *arg)
{
	(void)arg;
	fresh(0, 1);
	sim_play(NULL, posts_unmarked, waits_until_and_frees);
}

/* A thread that waits prevents destroy, and nothing changes for it. */
static void
destroys_then_posts(unsigned me)
{
	(void)me;
	if ((SYNC_ATOMIC_LOAD(&s.word, __ATOMIC_RELAXED) & ~VALUE) != 0)
		SYNC_ASSERT(sync_sem_destroy(&s) == EBUSY);
	SYNC_OK(sync_sem_post(&s));
}

static void
destroy_with_waiter(void *arg)
{
	(void)arg;
	fresh(0, 1);
	sim_play(NULL, destroys_then_posts, waits_unmarked);
}

static void
waits_late(unsigned me)
{
	int err = sync_sem_wait(&s);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EINVAL);
	sim_saw(err == 0 ? 2 : 3);
}

static void
destroys_beside_waiter(unsigned me)
{
	int err = sync_sem_destroy(&s);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err != 0);
	if (err == 0)
		sim_may_be_late(&s.inside);
	else
		SYNC_OK(sync_sem_post(&s));
}

static void
destroy_races_wait(void *arg)
{
	(void)arg;
	fresh(0, 1);
	sim_play(NULL, destroys_beside_waiter, waits_late);
}

/* Histories. */
enum { POST, POST_TWO, WAIT, TRY, LOOK };

static struct history h;

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
history_of_two(void *arg)
{
	(void)arg;
	fresh(0, 2);
	history_begin(&h);
	sim_play(is_linear, waits_and_posts, posts_and_waits);
}

static void
history_with_looks(void *arg)
{
	(void)arg;
	fresh(0, 2);
	history_begin(&h);
	sim_play(is_linear, waits_and_posts, tries_and_looks, posts_both);
}

/* The deadline does not pass, so the wait must end without it. */
static void
in_time(unsigned me)
{
	(void)me;
	SYNC_OK(sync_sem_wait_until(&s, sim_soon(0)));
	taken++;
}

static void
deadline_far_away(void *arg)
{
	(void)arg;
	fresh(0, 2);
	sim_play(all_accounted, posts_twice, in_time, in_time);
}

/*
 * When destroy returns 0, the waiter has left for good: its memory may be
 * reused, and no message from the waiter is needed.
 */
static void
destroys_and_reuses(unsigned me)
{
	bool came = (SYNC_ATOMIC_LOAD(&s.word, __ATOMIC_RELAXED) & ~VALUE) != 0;

	(void)me;
	SYNC_OK(sync_sem_post(&s));
	if (!came || sync_sem_destroy(&s) != 0)
		return;
	SYNC_WRITE(s.word) = 0;
	sim_saw(0);
}

static void
destroy_and_reuse(void *arg)
{
	(void)arg;
	fresh(0, 1);
	sim_play(NULL, destroys_and_reuses, waits_unmarked);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "a post and a wait", .test = post_and_wait, .weak = 2 },
	{ .name = "two wait for two posts", .test = two_wait_for_two_posts,
	    .weak = 1 },
	{ .name = "two wait for one post of two",
	    .test = two_wait_for_one_post_of_two, .weak = 1 },
	{ .name = "two wait for two posters", .test = two_wait_for_two_posters },
	{ .name = "a timeout races a post", .test = timeout_races_post,
	    .sees = 2, .weak = 2 },
	{ .name = "a timeout takes no wake", .test = timeout_takes_no_wake,
	    .sees = 2 },
	{ .name = "two timeouts race a post", .test = two_timeouts, .sees = 2 },
	{ .name = "a timeout beside two posts", .test = timeouts_beside_posts,
	    .sees = 2 },
	{ .name = "a try races a post", .test = try_races_post, .sees = 2,
	    .weak = 2 },
	{ .name = "a try beside a sleeper", .test = try_beside_sleeper,
	    .sees = 2 },
	{ .name = "as a lock", .test = as_a_lock, .weak = 2 },
	{ .name = "as a lock of three", .test = as_a_lock_of_three },
	{ .name = "as a lock of three that spin", .test = as_a_lock_of_three,
	    .spins = 2 },
	{ .name = "a post too many", .test = post_too_many, .sees = 2,
	    .weak = 2 },
	{ .name = "the waiter frees it", .test = waiter_frees, .weak = 2 },
	{ .name = "the waiter spins and frees it", .test = waiter_frees,
	    .weak = 2, .spins = 2 },
	{ .name = "the waiter with a deadline frees it",
	    .test = waiter_with_deadline_frees, .weak = 2 },
	{ .name = "destroy with a waiter", .test = destroy_with_waiter },
	{ .name = "destroy races a wait", .test = destroy_races_wait,
	    .sees = 4 },
	{ .name = "a history of two threads", .test = history_of_two },
	{ .name = "a history with looks", .test = history_with_looks },
	{ .name = "a deadline far away", .test = deadline_far_away,
	    .calm = true, .spurious = 1 },
	{ .name = "destroy and use again", .test = destroy_and_reuse,
	    .sees = 1, .weak = 2 },
};

int
main(void)
{
	return sim_main("sem", scenarios, SIM_COUNT(scenarios));
}
