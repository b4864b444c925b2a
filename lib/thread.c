/* SPDX-License-Identifier: MIT */
/*
 * A thread is the platform's thread and a word of bits that says how far it
 * has come:
 *
 *	STARTED			by start, before the thread exists
 *	HANDLE			by start, once handle can be read
 *	ENDED			by the thread, when it is done with result
 *	REAPING			by the one joiner that sees HANDLE and ENDED
 *				first: it joins the platform's thread
 *	JOINED			by that joiner; all joiners return
 *
 * Bits are only added.  Whoever adds one that is waited for (HANDLE, ENDED,
 * JOINED) wakes all that sleep on the word.  The thread and its starter touch
 * the struct no more once theirs is set, and nobody returns from join before
 * JOINED, so the struct may be freed after a join.
 */
#include "thread.h"

#include <string.h>

#include "base/atomic.h"
#include "base/deadline.h"
#include "base/misuse.h"
#include "plat.h"

#define STARTED 0x01u
#define HANDLE  0x02u
#define ENDED   0x04u
#define REAPING 0x08u
#define JOINED  0x10u
#define GONE    (HANDLE | ENDED)

/* Add a bit that others wait for; the last touch of *t. */
static void
advance(struct sync_thread *t, uint32_t bit)
{
	/* publishes handle or result; pairs with the load in join */
	(void)at_or_release(&t->state, bit);
	plat_wake(&t->state, PLAT_ALL, PLAT_ALL);
}

static void
ended(void *arg)
{
	struct sync_thread *t = arg;

	announce_release(t);
	advance(t, ENDED);
}

static void
body(void *arg)
{
	struct sync_thread *t = arg;

	t->result = t->fn(t->arg);
}

static void *
thread_main(void *arg)
{
	struct plat_local *local = plat_local();

	if (local != NULL)
		local->thread = arg;
	/* ended is called also if the body calls pthread_exit */
	plat_thread_run(body, ended, arg);
	return NULL;
}

int
thread_start(struct sync_thread *t, void *(*fn)(void *), void *arg,
    const struct sync_thread_options *options, bool quiet)
{
	struct plat_thread_options o = { .quiet = quiet };
	struct sync_thread before;
	uint64_t handle;
	int err;

	memcpy(&before, t, sizeof(before));
	*t = (struct sync_thread) {
		.state = STARTED,
		.generation = plat_generation(),
		.fn = fn,
		.arg = arg,
	};
	if (options != NULL && options->name != NULL)
		strncpy(t->name, options->name, SYNC_THREAD_NAME_MAX);
	if (options != NULL)
		o.stack_size = options->stack_size;
	o.name = t->name;
	err = plat_thread_start(&handle, thread_main, t, &o);
	if (err != 0) {
		memcpy(t, &before, sizeof(before));
		return err;
	}
	t->handle = handle;
	advance(t, HANDLE);
	return 0;
}

int
sync_thread_start(struct sync_thread *t, void *(*fn)(void *), void *arg,
    const struct sync_thread_options *options)
{
	if (UNFIT(t, struct sync_thread) || fn == NULL)
		return MISUSE(EINVAL, t);
	return thread_start(t, fn, arg, options, false);
}

/* Wait until all of the bits are set.  0, EAGAIN or ETIMEDOUT. */
static int
await(struct sync_thread *t, uint32_t bits, sync_time deadline)
{
	uint32_t s;

	while (((s = at_load_acquire(&t->state)) & bits) != bits) {
		if (deadline == DEADLINE_TRY)
			return EBUSY;
		if (plat_wait(&t->state, s, PLAT_ALL, deadline) == ETIMEDOUT)
			return (at_load_acquire(&t->state) & bits) == bits
			    ? 0 : ETIMEDOUT;
	}
	return 0;
}

static void
reap(struct sync_thread *t)
{
	if (at_or_acquire(&t->state, REAPING) & REAPING) {
		(void)await(t, JOINED, SYNC_NEVER);
		return;
	}
	plat_thread_join(t->handle);
	advance(t, JOINED);
}

static int
join(struct sync_thread *t, void **result, sync_time deadline)
{
	void *r;
	int err;

	if (t == NULL || at_load_relaxed(&t->state) == 0)
		return EINVAL;
	if (t->generation != plat_generation())
		return ENOTRECOVERABLE;
	if (sync_thread_current() == t)
		return EDEADLK;
	err = await(t, GONE, deadline);
	if (err != 0)
		return err;
	r = t->result; /* now: after reap another joiner may free t */
	reap(t);
	announce_acquire(t);
	if (result != NULL)
		*result = r;
	return 0;
}

int
sync_thread_join(struct sync_thread *t, void **result)
{
	return MISUSE(join(t, result, SYNC_NEVER), t);
}

int
sync_thread_tryjoin(struct sync_thread *t, void **result)
{
	return MISUSE(join(t, result, DEADLINE_TRY), t);
}

int
sync_thread_join_until(
    struct sync_thread *t, void **result, sync_time deadline)
{
	return MISUSE(join(t, result, deadline_real(deadline)), t);
}

struct sync_thread *
sync_thread_current(void)
{
	struct plat_local *local = plat_local_if_any();

	return local != NULL ? local->thread : NULL;
}

const char *
sync_thread_name(const struct sync_thread *t)
{
	return t != NULL ? t->name : "";
}

void
sync_thread_sleep_until(sync_time deadline)
{
	static const uint32_t nobody;

	/* The word is never changed, and a wake at its address means nothing. */
	while (plat_wait(&nobody, 0, PLAT_ALL, deadline) != ETIMEDOUT)
		continue;
}
