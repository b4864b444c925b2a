/* SPDX-License-Identifier: MIT */
/* The barrier of a test, and threads that arrive at it. */
#ifndef TESTS_BARRIER_PARTIES_H
#define TESTS_BARRIER_PARTIES_H

#include "primitives.h"

#define N      4
#define BEFORE 4711u /* an index that no thread gets */

static struct sync_barrier b;
static unsigned ran; /* runs of the action; atomic */

static inline void
begin(uint32_t parties)
{
	ok(sync_barrier_init(&b, parties, NULL, NULL, 0));
	ck_assert_uint_eq(sync_barrier_parties(&b), parties);
	ck_assert_uint_eq(sync_barrier_waiting(&b), 0);
	ck_assert(!sync_barrier_is_broken(&b));
}

static inline void
end(void)
{
	ok(sync_barrier_destroy(&b));
}

/*
 * A thread at the barrier: the result that its wait must return, and its index.
 */
struct party {
	struct spawned *thread;
	sync_time deadline;
	uint32_t index;
	int err; /* what its wait returned */
};

static inline void *
arrives(void *arg)
{
	struct party *p = arg;

	p->index = BEFORE;
	p->err = sync_barrier_wait_until(&b, &p->index, p->deadline);
	return arg;
}

static inline void
start(struct party *p)
{
	*p = (struct party) { .deadline = SYNC_NEVER };
	p->thread = spawn(arrives, p);
	until_asleep(p->thread);
}

static inline void
has_returned(struct party *p, int err, uint32_t index)
{
	(void)finish(p->thread);
	ck_assert_int_eq(p->err, err);
	ck_assert_uint_eq(p->index, index);
}

#endif /* TESTS_BARRIER_PARTIES_H */
