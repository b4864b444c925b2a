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
#include "wait/record.h"
#include "wait/word.h"

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
	word_wake(&t->state);
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
	if (record_mine()->thread == arg) /* else another has replaced it */
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
	struct thread_record *mine = record_mine();

	if (mine != NULL)
		mine->thread = arg;
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

static int
has_bits(uint32_t w, uint32_t bits)
{
	return (w & bits) == bits ? 0 : EAGAIN;
}

/* Whether no other joiner is at work, or one has succeeded. */
static int
not_reaping(uint32_t w, uint32_t unused)
{
	(void)unused;
	return (w & REAPING) && !(w & JOINED) ? EAGAIN : 0;
}

static const struct word_kind bits_are_set = { .test = has_bits };
static const struct word_kind may_reap = { .test = not_reaping };

/* Sleep until the test is true; 0, EBUSY for DEADLINE_TRY, or ETIMEDOUT. */
static int
await(struct sync_thread *t, const struct word_kind *what, uint32_t bits,
    sync_time deadline)
{
	int err = word_sleep(what, &t->state, bits, deadline);

	return err == ETIMEDOUT ? deadline_error(deadline, EBUSY) : err;
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
	word_wake(&t->state);
	return err;
}

/* The thread has set ENDED; wait until it is gone.  As await. */
static int
reap(struct sync_thread *t, sync_time deadline)
{
	uint32_t s;
	int err;

	while (!((s = at_load_acquire(&t->state)) & JOINED)) {
		if (!(s & REAPING)
		    && at_cas_acquire(&t->state, &s, s | REAPING))
			return reap_alone(t, deadline);
		err = await(t, &may_reap, 0, deadline);
		if (err != 0)
			return err;
	}
	return 0;
}

int
thread_replace(struct sync_thread *t, size_t stack_size)
{
	struct plat_thread_options o = { t->name, stack_size, false };
	uint64_t handle;
	int err;

	/* Start may not have returned, and writes handle. */
	(void)await(t, &bits_are_set, HANDLE, SYNC_NEVER);
	(void)at_add_relaxed(&t->state, 0 - HANDLE);
	err = plat_thread_start(&handle, thread_main, t, &o);
	if (err == 0) {
		record_mine()->thread = NULL;
		plat_thread_detach();
		t->handle = handle;
	}
	advance(t, HANDLE);
	return err;
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
	err = await(t, &bits_are_set, GONE, deadline);
	if (err != 0)
		return err;
	r = t->result; /* now: after reap another joiner may free t */
	err = reap(t, deadline);
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
	struct thread_record *mine = record_if_any();

	return mine != NULL ? mine->thread : NULL;
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
	while (plat_wait(PLAT_PRIVATE, &nobody, 0, PLAT_ALL, deadline)
	    != ETIMEDOUT)
		continue;
}
