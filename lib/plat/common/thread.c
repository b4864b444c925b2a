/* SPDX-License-Identifier: MIT */
/*
 * Threads, on pthread_create.
 *
 * A stack size is the number of bytes for the thread's function.  The C library
 * may take space from the same stack: glibc puts the thread's descriptor there,
 * and all thread-local storage of the program and its libraries.  So that space
 * is added.
 *
 * A thread has ended when the destructors of its thread-specific data have run,
 * which may take any time.  A join with a deadline waits for them, but at most
 * until the deadline:
 *	pthread_clockjoin_np	if there is one, and no race detector is active:
 *				race detectors do not know it
 *	pthread_tryjoin_np	else, called again and again
 *	pthread_join		if there is neither; it takes no deadline.  Then
 *				plat_thread_ends delays ended as long as POSIX
 *				allows: until the last round of destructors.
 *				Only destructors that run in that round, after
 *				ours, can still make a join late
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#if HAVE_DL_ITERATE_PHDR
#include <link.h>
#endif
#include <pthread.h>
#if HAVE_PTHREAD_NP_H
#include <pthread_np.h>
#endif
#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/atomic.h"
#include "base/deadline.h"
#include "plat.h"
#include "record.h"

#define PAGE          ((size_t)65536)   /* a multiple of each that is in use */
#define OWN_STACK     ((size_t)16384)   /* descriptor, first frames, padding */
#define DEFAULT_STACK ((size_t)1 << 20) /* if the platform's is smaller */

_Static_assert(sizeof(pthread_t) <= sizeof(uint64_t), "handle holds it");

#if HAVE_DL_ITERATE_PHDR
static int
add_storage(struct dl_phdr_info *info, size_t size, void *sum)
{
	size_t i;

	(void)size;
	for (i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_TLS)
			*(size_t *)sum += info->dlpi_phdr[i].p_memsz
			    + info->dlpi_phdr[i].p_align;
	return 0;
}
#endif

/* The bytes that the C library may take from a thread's stack. */
static size_t
taken(void)
{
	size_t sum = OWN_STACK;

#if HAVE_DL_ITERATE_PHDR
	(void)dl_iterate_phdr(add_storage, &sum);
#endif
	return sum;
}

static int
set_stack(pthread_attr_t *attr, size_t size)
{
	size_t usual, more;

	if (size == 0) {
		if (pthread_attr_getstacksize(attr, &usual) != 0
		    || usual >= DEFAULT_STACK)
			return 0;
		size = DEFAULT_STACK;
	}
	more = taken() + PAGE - 1;
	if (size > SIZE_MAX - more)
		return EINVAL;
#ifdef PTHREAD_STACK_MIN
	if (size < (size_t)PTHREAD_STACK_MIN)
		size = (size_t)PTHREAD_STACK_MIN;
#endif
	return pthread_attr_setstacksize(attr, (size + more) / PAGE * PAGE);
}

/*
 * Names are for people only.  Some systems let a thread name only itself.  There
 * the starter leaves the name in the record, as its own copy may be gone.
 */
#if HAVE_SETNAME_OF_SELF
static void
leave_name(struct record *r, const char *name)
{
	if (name != NULL)
		(void)strncpy(r->name, name, sizeof(r->name) - 1);
}

static void
name_self(const struct record *r)
{
	if (r->name[0] != '\0')
		(void)pthread_setname_np(r->name);
}
#else
static void
leave_name(struct record *r, const char *name)
{
	(void)r, (void)name;
}

static void
name_self(const struct record *r)
{
	(void)r;
}
#endif

static void
set_name(pthread_t thread, const char *name)
{
#if HAVE_SETNAME_OF_THREAD
	if (name != NULL && name[0] != '\0')
		(void)pthread_setname_np(thread, name);
#else
	(void)thread, (void)name;
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
	name_self(r);
	record_take(r);
	return fn(arg);
}

int
plat_thread_start(uint64_t *handle, void *(*fn)(void *), void *arg,
    const struct plat_thread_options *o)
{
	sigset_t before;
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
	leave_name(r, o->name);
	if (o->quiet) {
		(void)sigemptyset(&before);
		(void)pthread_sigmask(SIG_BLOCK, NULL, &before);
		plat_signals_block(NULL);
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

#if HAVE_PTHREAD_TRYJOIN_NP

#define FIRST_NAP 20000   /* nanoseconds; each is twice the one before */
#define LAST_NAP  2000000

/* Call pthread_tryjoin_np again and again. */
static int
poll_join(pthread_t thread, sync_time deadline)
{
	static const uint32_t nobody;
	sync_time now, nap = FIRST_NAP;
	int err;

	while ((err = pthread_tryjoin_np(thread, NULL)) == EBUSY) {
		now = plat_now();
		if (now >= deadline)
			return ETIMEDOUT;
		(void)plat_wait(PLAT_PRIVATE, &nobody, 0, PLAT_ALL,
		    nap < deadline - now ? now + nap : deadline);
		if (nap < LAST_NAP)
			nap *= 2;
	}
	return err;
}

static int
join_until(pthread_t thread, sync_time deadline)
{
#if HAVE_PTHREAD_CLOCKJOIN_NP
	struct timespec ts;
#endif

	if (deadline == DEADLINE_TRY)
		return pthread_tryjoin_np(thread, NULL);
#if HAVE_PTHREAD_CLOCKJOIN_NP
	ts.tv_sec = (time_t)(deadline / 1000000000);
	ts.tv_nsec = (long)(deadline % 1000000000);
	if (!announce_on && deadline > 0
	    && deadline / 1000000000 == (int64_t)ts.tv_sec)
		return pthread_clockjoin_np(
		    thread, NULL, CLOCK_MONOTONIC, &ts);
#endif
	return poll_join(thread, deadline);
}

#define HAVE_LATE_END 0

#else /* see above */

static int
join_until(pthread_t thread, sync_time deadline)
{
	(void)deadline;
	return pthread_join(thread, NULL);
}

#define HAVE_LATE_END 1

#endif

int
plat_thread_join(uint64_t handle, sync_time deadline)
{
	pthread_t thread;
	int err, state, saved = errno;

	memcpy(&thread, &handle, sizeof(thread));
	/* The other joiners wait for this one, so it must not be cancelled. */
	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	if (deadline == SYNC_NEVER)
		err = pthread_join(thread, NULL);
	else
		err = join_until(thread, deadline);
	(void)pthread_setcancelstate(state, NULL);
	errno = saved;
	return err;
}

void
plat_thread_detach(void)
{
	(void)pthread_detach(pthread_self());
}

#if HAVE_LATE_END

static pthread_key_t late_key;
static bool have_late_key;

static void (*late_ended)(void *); /* atomic; the same for all threads */

/* The key's value is arg, and in its lowest bits the rounds so far. */
#define ROUND_BITS  3u
#define LATE_ROUNDS (ROUNDS < ROUND_BITS ? ROUNDS : ROUND_BITS)

static void
late_round(void *value)
{
	unsigned rounds = (uintptr_t)value & ROUND_BITS;
	char *arg = (char *)value - rounds;

	if (rounds >= LATE_ROUNDS
	    || pthread_setspecific(late_key, arg + rounds + 1) != 0)
		at_load_pointer(&late_ended)(arg);
}

__attribute__((constructor)) static void
late_begin(void)
{
	have_late_key = pthread_key_create(&late_key, late_round) == 0;
}

#endif

void
plat_thread_ends(void (*ended)(void *), void *arg)
{
#if HAVE_LATE_END
	at_store_pointer(&late_ended, ended);
	if (have_late_key && ((uintptr_t)arg & ROUND_BITS) == 0
	    && pthread_setspecific(late_key, arg) == 0)
		return;
#endif
	ended(arg);
}

void
plat_thread_run(void (*body)(void *), void (*after)(void *), void *arg)
{
	pthread_cleanup_push(after, arg);
	body(arg);
	pthread_cleanup_pop(1);
}
