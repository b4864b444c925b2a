/* SPDX-License-Identifier: MIT */
/*
 * Waiting on an address, by futex.
 *
 * FUTEX_WAIT_BITSET takes an absolute deadline on CLOCK_MONOTONIC.  So after an
 * interruption by a signal there is no arithmetic: the caller checks again and
 * waits with the same deadline.  A sleeper that the kernel has dequeued for a
 * wake returns 0 even if its deadline has passed, as plat_wait promises.
 */
#include "config.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fork.h"
#include "plat.h"

/* The same as in <linux/futex.h>, which may be missing. */
#define WAIT_BITSET 9
#define WAKE_BITSET 10
#define PRIVATE     128

static int
with_scope(int operation, enum plat_scope scope)
{
	return scope == PLAT_PRIVATE ? operation | PRIVATE : operation;
}

bool
plat_shares(void)
{
	return true;
}

/* The kernel's layout: 64-bit time on every machine. */
struct futex_time {
	int64_t sec;
	int64_t nsec;
};

static long
futex_wait_old(int operation, const uint32_t *word, uint32_t expected,
    uint32_t channel, const struct futex_time *at)
{
	struct {
		long sec;
		long nsec;
	} old = { 0, 0 };

	if (at != NULL) {
		old.nsec = (long)at->nsec;
		/* A longer time is beyond the machine's life. */
		if (at->sec > (int64_t)(((unsigned long)-1) >> 1))
			at = NULL;
		else
			old.sec = (long)at->sec;
	}
#ifdef SYS_futex
	return syscall(SYS_futex, word, operation, expected,
	    at != NULL ? &old : NULL, NULL, channel);
#else
	(void)operation, (void)word, (void)expected, (void)channel;
	return -1;
#endif
}

static long
futex_wait(int operation, const uint32_t *word, uint32_t expected,
    uint32_t channel, const struct futex_time *at)
{
#ifdef SYS_futex_time64
	long r = syscall(
	    SYS_futex_time64, word, operation, expected, at, NULL, channel);

	if (r == 0 || errno != ENOSYS)
		return r;
#endif
	return futex_wait_old(operation, word, expected, channel, at);
}

int
plat_wait(enum plat_scope scope, const uint32_t *word, uint32_t expected,
    uint32_t channel, sync_time deadline)
{
	struct futex_time at = { deadline / 1000000000, deadline % 1000000000 };
	int saved = errno;
	long r;
	int err;

	if (deadline < 0)
		return ETIMEDOUT;
	r = futex_wait(with_scope(WAIT_BITSET, scope), word, expected, channel,
	    deadline == SYNC_NEVER ? NULL : &at);
	err = r != 0 && errno == ETIMEDOUT ? ETIMEDOUT : 0;
	if (r != 0 && errno == EINTR)
		announce_interrupted();
	errno = saved;
	return err;
}

void
plat_wake(enum plat_scope scope, const uint32_t *word, uint32_t n,
    uint32_t channels)
{
	int saved = errno;
	int count = n > 0x7fffffff ? 0x7fffffff : (int)n;
	int operation = with_scope(WAKE_BITSET, scope);
	long r = -1;

	/*
	 * Either call works, but a 32-bit machine may have only one of them.
	 * EFAULT if the memory is gone: its sleepers have been released then.
	 */
	errno = ENOSYS;
#ifdef SYS_futex
	r = syscall(SYS_futex, word, operation, count, NULL, NULL, channels);
#endif
#ifdef SYS_futex_time64
	if (r < 0 && errno == ENOSYS)
		r = syscall(SYS_futex_time64, word, operation, count, NULL,
		    NULL, channels);
#endif
	(void)r;
	errno = saved;
}

void
plat_be_punctual(void)
{
	int saved = errno;

	/* The kernel's default is 50 us of slack. */
	(void)prctl(PR_SET_TIMERSLACK, 1ul, 0ul, 0ul, 0ul);
	errno = saved;
}

/* The kernel's ids of threads are below 2^22. */
uint32_t
plat_self_slow(void)
{
	int saved = errno;
	uint32_t tid = (uint32_t)syscall(SYS_gettid);
	uint32_t id = plat_self_is(tid | identity.bits);

	errno = saved;
	return id;
}

uint32_t
plat_fork_child(uint32_t number)
{
	(void)number;
	return (uint32_t)syscall(SYS_gettid);
}
