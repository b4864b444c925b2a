/* SPDX-License-Identifier: MIT */
/*
 * Announcements to race detectors.
 *
 * ThreadSanitizer: weak references find its runtime, so that a program built
 * with it may use a libsync built without it.  Where there are no weak
 * references, nothing is announced to it.  Helgrind has requests for
 * mutexes.  Those of drd need a creation call, which we do not have; but drd
 * shares helgrind's happens-before requests, so we make those as well.
 */
#include "config.h"

#include <time.h>

#include "linkage.h"
#include "plat.h"

#if HAVE_VALGRIND_HELGRIND_H
#include <valgrind/helgrind.h>
#include <valgrind/memcheck.h>
#include <valgrind/valgrind.h>
/* Whether the running tool takes helgrind's requests.  A tool leaves the answer
 * of an unknown request as it was. */
#define VALGRIND_LISTENS(a)                                                    \
	(VALGRIND_DO_CLIENT_REQUEST_EXPR(                                      \
	     1, VG_USERREQ__HG_CLEAN_MEMORY, (a), sizeof(*(a)), 0, 0, 0)       \
	    == 0)
#else
#define VALGRIND_LISTENS(a)                ((void)(a), false)
#define VALGRIND_HG_MUTEX_LOCK_PRE(m, t)   (void)(m)
#define VALGRIND_HG_MUTEX_LOCK_POST(m)     (void)(m)
#define VALGRIND_HG_MUTEX_UNLOCK_PRE(m)    (void)(m)
#define VALGRIND_HG_MUTEX_UNLOCK_POST(m)   (void)(m)
#define VALGRIND_HG_MUTEX_DESTROY_PRE(m)   (void)(m)
#define VALGRIND_HG_CLEAN_MEMORY(a, n)     (void)((a) + (n))
#define VALGRIND_MAKE_MEM_DEFINED(a, n)    ((void)(a), (void)(n))
#define ANNOTATE_HAPPENS_BEFORE(a)         (void)(a)
#define ANNOTATE_HAPPENS_AFTER(a)          (void)(a)
#endif

/* ThreadSanitizer's stable interface, <sanitizer/tsan_interface.h>. */
#define TSAN_READ_LOCK 0x8u
#define TSAN_TRY_LOCK  0x10u
MAYBE(void, __tsan_mutex_pre_lock, (void *, unsigned));
MAYBE(void, __tsan_mutex_post_lock, (void *, unsigned, int));
MAYBE(int, __tsan_mutex_pre_unlock, (void *, unsigned));
MAYBE(void, __tsan_mutex_post_unlock, (void *, unsigned));
MAYBE(void, __tsan_mutex_destroy, (void *, unsigned));
MAYBE(void, __tsan_acquire, (void *));
MAYBE(void, __tsan_release, (void *));
/* MemorySanitizer's, <sanitizer/msan_interface.h>. */
MAYBE(void, __msan_unpoison, (const volatile void *, size_t));

bool announce_on;
static bool on_tsan, on_valgrind;

__attribute__((constructor)) static void
announce_begin(void)
{
	static const char nobodys;

	on_tsan = __tsan_mutex_pre_lock && __tsan_mutex_post_lock
	    && __tsan_mutex_pre_unlock && __tsan_mutex_post_unlock
	    && __tsan_mutex_destroy && __tsan_acquire && __tsan_release;
	on_valgrind = VALGRIND_LISTENS(&nobodys);
	announce_on = on_tsan || on_valgrind;
	if (announce_on)
		plat_self_watched();
}

static unsigned
tsan_flags(unsigned how)
{
	return (how & ANNOUNCE_READ ? TSAN_READ_LOCK : 0)
	    | (how & ANNOUNCE_TRY ? TSAN_TRY_LOCK : 0);
}

void
announce_lock_slow(const void *lock, unsigned how)
{
	void *m = (void *)(uintptr_t)lock;

	if (on_tsan) {
		__tsan_mutex_pre_lock(m, tsan_flags(how));
		__tsan_mutex_post_lock(m, tsan_flags(how), 1);
	}
	if (on_valgrind) {
		if (!(how & ANNOUNCE_READ)) {
			/* It insists on 0 or 1. */
			VALGRIND_HG_MUTEX_LOCK_PRE(
			    m, (how & ANNOUNCE_TRY) != 0);
			VALGRIND_HG_MUTEX_LOCK_POST(m);
		}
		if (!(how & ANNOUNCE_PTHREAD))
			ANNOTATE_HAPPENS_AFTER(m);
	}
}

void
announce_unlock_slow(const void *lock, unsigned how)
{
	void *m = (void *)(uintptr_t)lock;

	if (on_tsan) {
		(void)__tsan_mutex_pre_unlock(m, tsan_flags(how));
		__tsan_mutex_post_unlock(m, tsan_flags(how));
	}
	if (on_valgrind) {
		ANNOTATE_HAPPENS_BEFORE(m);
		if (!(how & ANNOUNCE_READ)) {
			VALGRIND_HG_MUTEX_UNLOCK_PRE(m);
			VALGRIND_HG_MUTEX_UNLOCK_POST(m);
		}
	}
}

void
announce_destroy_slow(const void *lock)
{
	void *m = (void *)(uintptr_t)lock;

	if (on_tsan)
		__tsan_mutex_destroy(m, 0);
	if (on_valgrind)
		VALGRIND_HG_MUTEX_DESTROY_PRE(m);
}

void
announce_interrupted_slow(void)
{
	struct timespec now;

	if (on_tsan)
		(void)clock_gettime(CLOCK_MONOTONIC, &now);
}

void
announce_any(void *copy, size_t size)
{
	(void)VALGRIND_MAKE_MEM_DEFINED(copy, size);
	if (__msan_unpoison)
		__msan_unpoison(copy, size);
}

void
announce_new_slow(const void *address, size_t size)
{
	if (on_valgrind)
		VALGRIND_HG_CLEAN_MEMORY((uintptr_t)address, size);
}

void
announce_release_slow(const void *address)
{
	void *p = (void *)(uintptr_t)address;

	if (on_tsan)
		__tsan_release(p);
	if (on_valgrind)
		ANNOTATE_HAPPENS_BEFORE(p);
}

void
announce_acquire_slow(const void *address)
{
	void *p = (void *)(uintptr_t)address;

	if (on_tsan)
		__tsan_acquire(p);
	if (on_valgrind)
		ANNOTATE_HAPPENS_AFTER(p);
}
