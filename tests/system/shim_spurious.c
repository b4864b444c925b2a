/* SPDX-License-Identifier: MIT */
/*
 * Preloaded: about every fourth wait, by futex or on a condition variable,
 * returns at once as a spurious wakeup, which the system may cause at any time.
 *
 * The waits of the C library itself do not come through here.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define FUTEX_COMMAND 127 /* less its flags */
#define WAITS(op)                                                              \
	(((op) & FUTEX_COMMAND) == 0 || ((op) & FUTEX_COMMAND) == 9)

static unsigned spurious, waits; /* atomic */

static int
at_random(void)
{
	static unsigned n;
	unsigned x = __atomic_add_fetch(&n, 2654435769u, __ATOMIC_RELAXED);

	x ^= x >> 15;
	x *= 2246822519u;
	(void)__atomic_add_fetch(&waits, 1, __ATOMIC_RELAXED);
	if ((x >> 13) % 4 != 0)
		return 0;
	(void)__atomic_add_fetch(&spurious, 1, __ATOMIC_RELAXED);
	return 1;
}

static void *
next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

long
syscall(long number, ...)
{
	static long (*real)(long, ...);
	long a[6];
	va_list ap;
	int i;

	if (real == NULL) {
		void *p = next("syscall");

		memcpy(&real, &p, sizeof(p));
	}
	va_start(ap, number);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (number == SYS_futex && WAITS(a[1]) && at_random())
		return 0;
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* Spurious, but like a real spurious wakeup: the mutex is free for a moment. */
static int
let_go(pthread_mutex_t *m)
{
	(void)pthread_mutex_unlock(m);
	return pthread_mutex_lock(m);
}

int
pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
	static int (*real)(pthread_cond_t *, pthread_mutex_t *);

	if (real == NULL) {
		void *p = next("pthread_cond_wait");

		memcpy(&real, &p, sizeof(p));
	}
	return at_random() ? let_go(m) : real(c, m);
}

int
pthread_cond_timedwait(
    pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *ts)
{
	static int (*real)(
	    pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

	if (real == NULL) {
		void *p = next("pthread_cond_timedwait");

		memcpy(&real, &p, sizeof(p));
	}
	return at_random() ? let_go(m) : real(c, m, ts);
}

/* One byte a process, so that the driver can see that it was active. */
__attribute__((destructor)) static void
report(void)
{
	const char *path = getenv("SHIM_REPORT");
	FILE *f;

	if (path == NULL || spurious == 0 || (f = fopen(path, "a")) == NULL)
		return;
	(void)fputc('+', f);
	(void)fclose(f);
}
