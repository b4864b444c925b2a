/* SPDX-License-Identifier: MIT */
/* Functions of the C library that change errno though they succeed. */
#include "config.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "spoilt_errno.h"

/*
 * NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c): the linker's names. A
 * call that failed has set errno itself, and its caller may read it.
 */
#define SPOIL(type, failed, name, parameters, arguments)                       \
	type __real_##name parameters;                                         \
	type __wrap_##name parameters;                                         \
	type __wrap_##name parameters                                          \
	{                                                                      \
		type r = __real_##name arguments;                              \
		if (!(failed))                                                 \
			errno = SPOILT;                                        \
		return r;                                                      \
	}

SPOIL(void *, r == NULL, malloc, (size_t n), (n))
SPOIL(void *, r == NULL, realloc, (void *p, size_t n), (p, n))
SPOIL(long, r < 0, sysconf, (int name), (name))
SPOIL(int, false, pthread_create,
    (pthread_t *t, const pthread_attr_t *a, void *(*fn)(void *), void *arg),
    (t, a, fn, arg))
SPOIL(int, false, pthread_join, (pthread_t t, void **value), (t, value))
SPOIL(int, false, pthread_setname_np, (pthread_t t, const char *name),
    (t, name))
SPOIL(int, false, pthread_attr_init, (pthread_attr_t *a), (a))
SPOIL(int, false, pthread_mutex_init,
    (pthread_mutex_t *m, const pthread_mutexattr_t *a), (m, a))
SPOIL(int, false, pthread_mutex_destroy, (pthread_mutex_t *m), (m))
SPOIL(int, false, pthread_cond_init,
    (pthread_cond_t *c, const pthread_condattr_t *a), (c, a))
SPOIL(int, false, pthread_cond_destroy, (pthread_cond_t *c), (c))
SPOIL(int, false, pthread_setspecific, (pthread_key_t k, const void *v),
    (k, v))
SPOIL(ssize_t, r < 0, write, (int file, const void *p, size_t n), (file, p, n))
SPOIL(int, r < 0, close, (int file), (file))
SPOIL(int, false, nanosleep,
    (const struct timespec *t, struct timespec *rest), (t, rest))

void __real_free(void *);
void __wrap_free(void *);

void
__wrap_free(void *p)
{
	__real_free(p);
	errno = SPOILT;
}

long __real_syscall(long, long, long, long, long, long, long);
long __wrap_syscall(long, long, long, long, long, long, long);

long
__wrap_syscall(
    long number, long a, long b, long c, long d, long e, long f)
{
	long r = __real_syscall(number, a, b, c, d, e, f);

	if (r >= 0)
		errno = SPOILT;
	return r;
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c) */
