/* SPDX-License-Identifier: MIT */
/*
 * Numbers of threads (plat/identity.h) for systems without suitable ones.  They
 * are given out in turn, and not again while a thread has the number.
 *
 * taken, under its lock, has a bit for each number.  It has half a megabyte,
 * but only the part for the numbers given out so far is accessed.  A key's
 * destructor clears the bit.  Other destructors may use the library after it:
 * then the thread still has the number, and no other thread gets it until all
 * others, four million, have been given out.  Without a key, no number is given
 * out again.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>

#include "fork.h"
#include "linkage.h"
#include "lot.h"
#include "plat.h"
#include "record.h"

#define LAST (ID_NUMBER - 1) /* the greatest number that is dealt */

_Thread_local volatile int plat_inside_ PLAT_TLS;

static pthread_mutex_t taken_lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t taken[(ID_NUMBER + 1) / 32];
static uint32_t last; /* the last that was dealt */
static bool wrapped;  /* LAST has been dealt */
static pthread_key_t at_end;
static bool have_key;

static void
lock(void)
{
	lot_busy(1);
	(void)pthread_mutex_lock(&taken_lock);
}

static void
unlock(void)
{
	(void)pthread_mutex_unlock(&taken_lock);
	lot_busy(-1);
}

static uint32_t
bit_of(uint32_t number)
{
	return 1u << number % 32;
}

void **
plat_asleep(void)
{
	struct record *r = plat_record();

	return r != NULL ? &r->asleep : NULL;
}

void
plat_be_punctual(void)
{
}

/* Call with taken_lock held. */
static uint32_t
deal(void)
{
	uint32_t before = last;

	do {
		if (last == LAST) {
			last = 0;
			wrapped = true;
		}
		last++;
		if (!(taken[last / 32] & bit_of(last))) {
			taken[last / 32] |= bit_of(last);
			return last;
		}
	} while (last != before);
	plat_die("libsync: there are too many threads\n");
}

static void
thread_ends(void *value)
{
	uint32_t number = (uint32_t)(uintptr_t)value;

	lock();
	taken[number / 32] &= ~bit_of(number);
	unlock();
}

CONSTRUCTOR(102) static void
self_begin(void)
{
	int saved = errno; /* which main may expect to be 0 */

	have_key = pthread_key_create(&at_end, thread_ends) == 0;
	(void)plat_self();
	errno = saved;
}

uint32_t
plat_self_slow(void)
{
	int saved = errno;
	uint32_t number;

	lock();
	number = deal();
	unlock();
	if (have_key)
		(void)pthread_setspecific(at_end, (void *)(uintptr_t)number);
	errno = saved;
	return plat_self_is(number | identity.bits);
}

uint32_t
plat_fork_child(uint32_t number)
{
	uint32_t i, end = wrapped ? LAST : last;

	(void)pthread_mutex_init(&taken_lock, NULL);
	for (i = 0; i <= end / 32; i++)
		taken[i] = 0;
	taken[number / 32] |= bit_of(number);
	lot_fork_child();
	return number;
}
