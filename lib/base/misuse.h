/* SPDX-License-Identifier: MIT */
/*
 * A call that is an error of the program, not of the moment, returns through
 * here: MISUSE(EPERM, m).  Normally that is the number itself; with
 * SYNC_MISUSE=abort in the environment the call is named and the program
 * stopped where it went wrong.  So this stands in the functions that users
 * call, not in those that they share.
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
 * A function that users call and that is done at once most of the time leaves
 * the rest to a slow door, as the last thing it does, so that it has nothing to
 * save; the door is told its name.
 */
#define SLOW_DOOR __attribute__((noinline))

/* Whether no object of the type can be made there: null, or not aligned. */
#define UNFIT(pointer, type)                                                   \
	((pointer) == NULL || (uintptr_t)(pointer) % _Alignof(type) != 0)

#endif /* BASE_MISUSE_H */
