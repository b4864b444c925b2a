/* SPDX-License-Identifier: MIT */
/* Calls of the C library that fail when a test wants it. */
#include <pthread.h>
#include <stdlib.h>

#include "failing_calls.h"

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c): the linker's names */
void *__real_malloc(size_t);
void *__wrap_malloc(size_t);
void *__real_calloc(size_t, size_t);
void *__wrap_calloc(size_t, size_t);
void *__real_realloc(void *, size_t);
void *__wrap_realloc(void *, size_t);
void __real_free(void *);
void __wrap_free(void *);
int __real_pthread_create(
    pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int __wrap_pthread_create(
    pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c) */

struct fault memory, creation;
long blocks;
_Thread_local bool inside_lib;
struct sync_sem posts = SYNC_SEM_INIT(0, 100);

int
leave_lib(int err)
{
	inside_lib = false;
	return err;
}

static bool
strikes(struct fault *f)
{
	if (!inside_lib || f->after == 0 || --f->after > 0)
		return false;
	if (f->for_ever)
		f->after = 1;
	f->failed++;
	errno = ENOMEM;
	return true;
}

void
set_fault(struct fault *f, unsigned after, bool for_ever)
{
	*f = (struct fault) { after, for_ever, 0 };
}

static void *
counted(void *p)
{
	if (inside_lib && p != NULL)
		blocks++;
	return p;
}

void *
__wrap_malloc(size_t size)
{
	return strikes(&memory) ? NULL : counted(__real_malloc(size));
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return strikes(&memory) ? NULL : counted(__real_calloc(n, size));
}

void *
__wrap_realloc(void *p, size_t size)
{
	if (strikes(&memory))
		return NULL;
	if (p == NULL)
		return counted(__real_realloc(p, size));
	return __real_realloc(p, size);
}

void
__wrap_free(void *p)
{
	if (inside_lib && p != NULL)
		blocks--;
	__real_free(p);
}

int
__wrap_pthread_create(pthread_t *t, const pthread_attr_t *attr,
    void *(*fn)(void *), void *arg)
{
	return strikes(&creation) ? EAGAIN
				  : __real_pthread_create(t, attr, fn, arg);
}

void
fires(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t, (void)tick, (void)arg;
	(void)sync_sem_post(&posts);
}
