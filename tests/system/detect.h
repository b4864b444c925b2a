/* SPDX-License-Identifier: MIT */
/* The cases of detect.c, and what they share. */
#ifndef TESTS_DETECT_H
#define TESTS_DETECT_H

#include <libsync.h>

#define ROUNDS 40

extern long data[8]; /* plain, on purpose */

/* End the program if a call fails. */
void must(int err);
/*
 * The two threads run f and g, with their own element of data as the argument;
 * in the end each has seen the other's writes.
 */
void pair(void *(*f)(void *), void *(*g)(void *));

/* Every case: detect_locks.c, detect_objects.c and detect_wrong.c have them. */
#define CASES(CASE)                                                            \
	CASE(right_mutex)                                                      \
	CASE(right_rmutex)                                                     \
	CASE(right_kmutex)                                                     \
	CASE(right_cond)                                                       \
	CASE(right_cond_rmutex)                                                \
	CASE(right_cond_kmutex)                                                \
	CASE(right_rwlock)                                                     \
	CASE(right_sem)                                                        \
	CASE(right_event)                                                      \
	CASE(right_latch)                                                      \
	CASE(right_barrier)                                                    \
	CASE(right_queue)                                                      \
	CASE(right_timer)                                                      \
	CASE(right_thread)                                                     \
	CASE(wrong_no_lock)                                                    \
	CASE(wrong_other_lock)                                                 \
	CASE(wrong_read_lock)                                                  \
	CASE(wrong_event)                                                      \
	CASE(wrong_order)

#define DECLARE(name) void name(void);
CASES(DECLARE)

#endif /* TESTS_DETECT_H */
