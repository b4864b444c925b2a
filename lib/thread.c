/* SPDX-License-Identifier: MIT */
/*
 * A thread is the platform's thread and a word of bits that says how far it
 * has come:
 *
 *	STARTED			by start, before the thread exists
 *	HANDLE			by start, once handle can be read; taken away
 *				for a moment by a thread that has itself
 *				replaced
 *	ENDED			by the thread, when it is done with result
 *	REAPING			by a joiner that sees HANDLE and ENDED and no
 *				REAPING: it alone is in the platform's join,
 *				which waits for destructors of thread-specific
 *				data as well; taken away by that joiner, if its
 *				deadline passes there
 *	JOINED			by that joiner, if the thread is gone; all
 *				joiners return
 *
 * A joiner sleeps on the word until HANDLE and ENDED are there, and then while
 * another has REAPING.  Whoever changes what is waited for wakes all that sleep
 * on the word: start (HANDLE), the thread (ENDED), and the joiner that sets
 * JOINED or takes REAPING away.  After the latter the others compete for
 * REAPING; one gets it, so the job is never left undone while a joiner waits.
 * A joiner that only tries does not wait for another's REAPING: the thread is
 * not joined yet, which is EBUSY.
 *
 * The thread and its starter touch the struct no more once theirs is set, and
 * join returns 0 only after JOINED, so the struct may be freed when all joins
 * have returned and one returned 0.
 *
 * mark tells a struct that start has filled from memory that holds something
 * else, so that a thread that is running is not started again.
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

/* Of no other struct, and not to be met by chance. */
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
 * Wait until all of the bits are set; *seen becomes what the word was then.
 * 0, EBUSY or ETIMEDOUT.
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

/* With REAPING: wait until the thread is gone, or give REAPING back. */
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
 * The thread has ended, as the word says, which was s a moment ago; wait until
 * it is gone.  0, EBUSY or ETIMEDOUT.
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
