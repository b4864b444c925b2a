/* SPDX-License-Identifier: MIT */
/*
 * Reporting misuse.  A public function returns its error through MISUSE, as in
 * MISUSE(EPERM, m).  Normally this is the error number itself.  With
 * SYNC_MISUSE=abort in the environment, if the error is a fault of the program
 * (EPERM, EDEADLK, EOVERFLOW or EINVAL), a line names the call and the program
 * aborts there.  The line contains the name of the function, so only public
 * functions use MISUSE.
 */
#ifndef BASE_MISUSE_H
#define BASE_MISUSE_H

#include <stddef.h>
#include <stdint.h>

int misuse(int err, const char *function, const void *object);

static inline int
misuse_unless_0(int err, const char *function, const void *object)
{
	return __builtin_expect(err == 0, 1) ? 0
					     : misuse(err, function, object);
}

#define MISUSE(err, object) misuse_unless_0(err, __func__, object)

/*
 * Public functions handle the common case inline and tail-call a slow path that
 * is not inlined, so that the fast path saves no registers.  The slow path
 * receives the __func__ of its caller for misuse reports.
 */
#define SLOW_PATH __attribute__((noinline))

/* Whether the pointer is null or not aligned for an object of the type. */
#define UNFIT(pointer, type)                                                   \
	((pointer) == NULL || (uintptr_t)(pointer) % _Alignof(type) != 0)

#endif /* BASE_MISUSE_H */
