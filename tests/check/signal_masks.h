/* SPDX-License-Identifier: MIT */
/*
 * Masks of signals, one bit a signal: that of the calling thread, and that of a
 * callback.
 */
#ifndef TESTS_SIGNAL_MASKS_H
#define TESTS_SIGNAL_MASKS_H

#include "timer_support.h"

#include <pthread.h>
#include <signal.h>

static inline uint64_t
bit(int signal_number)
{
	return UINT64_C(1) << (signal_number - 1);
}

static inline uint64_t
as_bits(const sigset_t *set)
{
	uint64_t bits = 0;
	int i;

	for (i = 1; i <= 64; i++)
		if (sigismember(set, i) == 1)
			bits |= bit(i);
	return bits;
}

static inline uint64_t
mine(void)
{
	sigset_t set;

	ck_assert_int_eq(sigemptyset(&set), 0);
	ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, NULL, &set), 0);
	return as_bits(&set);
}

static uint64_t seen; /* by a callback, before note */

/* The timer thread calls fn once. */
static inline void
call(void (*fn)(struct sync_timer *, const struct sync_tick *, void *))
{
	int before = calls_made();

	ok(sync_timer_init(&timer, &tt, fn, NULL));
	ok(sync_timer_arm(&timer, 0));
	await_calls(before + 1);
	ok(sync_timer_join(&timer));
}

/* A callback that notes the mask. */
static inline void
looks(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	seen = mine();
	note(t, tick, arg);
}

#endif /* TESTS_SIGNAL_MASKS_H */
