/* SPDX-License-Identifier: MIT */
/*
 * A thread is the platform's thread and a word of bits.  The bits are set in
 * this order:
 *
 *	STARTED			by start, before the thread exists
 *	HANDLE			by start, once handle can be read; a thread that
 *				replaces itself clears it for a moment
 *	ENDED			by the thread, after it has stored result
 *	REAPING			by a joiner that sees HANDLE and ENDED but not
 *				REAPING.  Only this joiner calls the platform's
 *				join, which also waits for the destructors of
 *				thread-specific data.  It clears REAPING if its
 *				deadline passes there
 *	JOINED			by that joiner when the thread is gone; all
 *				joiners return
 *
 * A joiner sleeps on the word until HANDLE and ENDED are set, and then while
 * another joiner has REAPING.
 *
 * Why no wake is lost: each change that joiners wait for wakes all sleepers of
 * the word.  These are start (HANDLE), the thread (ENDED), and the joiner that
 * sets JOINED or clears REAPING.  After REAPING is cleared the other joiners
 * compete for it, and one gets it: so while a joiner waits, one reaps.  A
 * tryjoin does not wait for another joiner's REAPING: it returns EBUSY, as the
 * thread is not joined yet.
 *
 * The thread and its starter do not access the struct after they have set their
 * bit, and join returns 0 only after JOINED.  So the struct may be freed when
 * all joins have returned and one of them returned 0.
 *
 * mark distinguishes a struct that start has filled from memory with any other
 * content, so that a running thread is not started again.
 */
#include "thread.h"

#include <string.h>

#include "base/atomic.h"
#include "base/deadline.h"
#include "misuse.h"
#include "plat.h"

#define STARTED 0x01u
#define HANDLE  0x02u
#define ENDED   0x04u
#define REAPING 0x08u
#define JOINED  0x10u
#define GONE    (HANDLE | ENDED)

/* Set a bit that others wait for; the last access to *t. */
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
ends(void *arg)
{
	if (plat_local()->thread == arg) /* else another has replaced it */
		plat_thread_ends(ended, arg);
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
	/* ends is called also if the body calls pthread_exit */
	plat_thread_run(body, ends, arg);
	return NULL;
}

/* A value that no other struct has, and random memory practically never. */
static uint64_t
mark_of(const struct sync_thread *t)
{
	return UINT64_C(0x9d2f6c83b1e75a47) ^ (uintptr_t)t
	    ^ (uint64_t)plat_execution() << 24;
}

bool
thread_is_alive(const struct sync_thread *t)
{
	struct {
		uint64_t mark;
		uint32_t generation, state;
	} seen = { t->mark, t->generation, at_load_acquire(&t->state) };

	announce_any(&seen, sizeof(seen));
	return seen.mark == mark_of(t) && seen.generation == plat_generation()
	    && (seen.state & STARTED) && !(seen.state & JOINED);
}

int
thread_start(struct sync_thread *t, void *(*fn)(void *), void *arg,
    const struct sync_thread_options *options)
{
	struct plat_thread_options o = { .name = t->name };
	struct sync_thread before;
	uint64_t handle;
	int err;

	memcpy(&before, t, sizeof(before));
	*t = (struct sync_thread) {
		.state = STARTED,
		.generation = plat_generation(),
		.mark = mark_of(t),
		.fn = fn,
		.arg = arg,
	};
	if (options != NULL && options->name != NULL)
		strncpy(t->name, options->name, SYNC_THREAD_NAME_MAX);
	if (options != NULL)
		o.stack_size = options->stack_size;
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
	if (thread_is_alive(t))
		return EBUSY;
	return thread_start(t, fn, arg, options);
}

/*
 * Wait until all these bits are set; *seen becomes the word.  Returns 0, EBUSY
 * or ETIMEDOUT.
 */
static int
await(struct sync_thread *t, uint32_t bits, sync_time deadline, uint32_t *seen)
{
	uint32_t s;
	int err = 0;

	while (((s = at_load_acquire(&t->state)) & bits) != bits) {
		if (deadline == DEADLINE_TRY || err != 0)
			return deadline_error(deadline, EBUSY);
		err = plat_wait(&t->state, s, PLAT_ALL, deadline);
	}
	*seen = s;
	return 0;
}

/* With REAPING: wait until the thread is gone; on failure clear REAPING. */
static int
reap_alone(struct sync_thread *t, sync_time deadline)
{
	int err = plat_thread_join(t->handle, deadline);

	if (err == 0) {
		advance(t, JOINED);
		return 0;
	}
	/* pairs with the next joiner's acquire of REAPING */
	(void)at_add_release(&t->state, 0 - REAPING);
	plat_wake(&t->state, PLAT_ALL, PLAT_ALL);
	return err;
}

/*
 * The thread has set ENDED; wait until it is gone.  s is the word as it was
 * last seen.  Returns 0, EBUSY or ETIMEDOUT.
 */
static int
reap(struct sync_thread *t, sync_time deadline, uint32_t s)
{
	int err = 0;

	while (!(s & JOINED)) {
		if (!(s & REAPING)) {
			if (at_cas_acquire(&t->state, &s, s | REAPING))
				return reap_alone(t, deadline);
		} else if (deadline == DEADLINE_TRY || err != 0) {
			return deadline_error(deadline, EBUSY);
		} else {
			err = plat_wait(&t->state, s, PLAT_ALL, deadline);
		}
		s = at_load_acquire(&t->state);
	}
	return 0;
}

int
thread_replace(struct sync_thread *t, size_t stack_size)
{
	struct plat_thread_options o = { t->name, stack_size, false };
	uint64_t handle;
	uint32_t s;
	int err;

	/* Start may not have returned, and writes handle. */
	(void)await(t, HANDLE, SYNC_NEVER, &s);
	(void)at_add_relaxed(&t->state, 0 - HANDLE);
	err = plat_thread_start(&handle, thread_main, t, &o);
	if (err == 0) {
		plat_local()->thread = NULL;
		plat_thread_detach();
		t->handle = handle;
	}
	advance(t, HANDLE);
	return err;
}

static int
join(struct sync_thread *t, void **result, sync_time deadline)
{
	uint32_t s;
	void *r;
	int err;

	if (t == NULL || at_load_relaxed(&t->state) == 0)
		return EINVAL;
	if (t->generation != plat_generation())
		return ENOTRECOVERABLE;
	if (sync_thread_current() == t)
		return EDEADLK;
	err = await(t, GONE, deadline, &s);
	if (err != 0)
		return err;
	r = t->result; /* now: after reap another joiner may free t */
	err = reap(t, deadline, s);
	if (err != 0)
		return err;
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
