/* SPDX-License-Identifier: MIT */
/* Threads, on pthread_create. */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "plat.h"
#include "record.h"

_Static_assert(sizeof(pthread_t) <= sizeof(uint64_t), "handle holds it");

static int
set_stack(pthread_attr_t *attr, size_t size)
{
	size_t page = 65536; /* a multiple of every page size in use */

	if (size == 0)
		return 0;
	if (size > SIZE_MAX - page)
		return EINVAL;
#ifdef PTHREAD_STACK_MIN
	if (size < (size_t)PTHREAD_STACK_MIN)
		size = (size_t)PTHREAD_STACK_MIN;
#endif
	return pthread_attr_setstacksize(attr, (size + page - 1) / page * page);
}

static void
set_name(pthread_t thread, const char *name)
{
#if HAVE_PTHREAD_SETNAME_NP
	if (name != NULL && name[0] != '\0')
		(void)pthread_setname_np(thread, name); /* for people only */
#else
	(void)thread;
	(void)name;
#endif
}

static int
create(pthread_t *thread, void *(*fn)(void *), void *arg,
    const struct plat_thread_options *o)
{
	pthread_attr_t attr;
	int err;

	err = pthread_attr_init(&attr);
	if (err != 0)
		return err;
	err = set_stack(&attr, o->stack_size);
	if (err == 0)
		err = pthread_create(thread, &attr, fn, arg);
	(void)pthread_attr_destroy(&attr);
	return err;
}

/* The new thread makes the record its own. */
static void *
begin(void *arg)
{
	struct record *r = arg;
	void *(*fn)(void *) = r->fn;

	arg = r->arg;
	record_take(r);
	return fn(arg);
}

int
plat_thread_start(uint64_t *handle, void *(*fn)(void *), void *arg,
    const struct plat_thread_options *o)
{
	sigset_t all, before;
	struct record *r;
	pthread_t thread;
	uint64_t bits = 0;
	int err, saved = errno;

	r = record_new();
	errno = saved;
	if (r == NULL)
		return EAGAIN;
	r->fn = fn;
	r->arg = arg;
	if (o->quiet) {
		(void)sigfillset(&all);
		(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	}
	err = create(&thread, begin, r, o);
	if (o->quiet)
		(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err == 0)
		set_name(thread, o->name);
	errno = saved; /* mmap and the file under /proc may have set it */
	if (err != 0) {
		record_free(r);
		return err;
	}
	memcpy(&bits, &thread, sizeof(thread));
	*handle = bits;
	return 0;
}

void
plat_thread_join(uint64_t handle)
{
	pthread_t thread;
	int state, saved = errno;

	memcpy(&thread, &handle, sizeof(thread));
	/* The other joiners wait for this one, so it must not be cancelled. */
	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	(void)pthread_join(thread, NULL); /* ours, joined once: cannot fail */
	(void)pthread_setcancelstate(state, NULL);
	errno = saved;
}

void
plat_thread_run(void (*body)(void *), void (*ended)(void *), void *arg)
{
	/* Also after pthread_exit or a cancellation inside the body. */
	pthread_cleanup_push(ended, arg);
	body(arg);
	pthread_cleanup_pop(1);
}
