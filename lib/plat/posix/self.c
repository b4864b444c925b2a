/* SPDX-License-Identifier: MIT */
/*
 * Thread ids where the system has none that fit: dealt out in turn, and not
 * dealt again while a thread has it.
 *
 * live, under its lock, has the ids of the living threads, each in a slot of a
 * table that no thread owns, so that nothing dangles however a thread ends.  A
 * key's destructor empties the slot; the thread keeps the id for what it still
 * does in other destructors.  A thread that finds no slot has an id as well: it
 * is only not known to be alive, and its id may be dealt again, 2^30 threads
 * from then.
 */
#include "config.h"

#include <pthread.h>

#include "fork.h"
#include "lot.h"
#include "plat.h"

#define SLOTS 4096

static pthread_mutex_t live_lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t live[SLOTS]; /* 0: free */
static uint32_t last_id;
static bool wrapped;    /* ids have been used before */
static bool unknown;    /* there is a thread without a slot */
static pthread_key_t at_end;
static bool have_key;

static void
lock(void)
{
	lot_busy(1);
	(void)pthread_mutex_lock(&live_lock);
}

static void
unlock(void)
{
	(void)pthread_mutex_unlock(&live_lock);
	lot_busy(-1);
}

/* Call with live_lock held.  The slot that has it, or null; 0 finds a free one. */
static uint32_t *
slot_of(uint32_t id)
{
	int i;

	for (i = 0; i < SLOTS; i++)
		if (live[i] == id)
			return &live[i];
	return NULL;
}

/* Call with live_lock held. */
static uint32_t
next_id(void)
{
	do {
		last_id++;
		if (last_id >= PLAT_ID_MASK) {
			last_id = 1;
			wrapped = true;
		}
	} while (wrapped && slot_of(last_id) != NULL);
	return last_id;
}

/* Call with live_lock held. */
static void
enlist(uint32_t id)
{
	uint32_t *slot = slot_of(0);

	if (slot != NULL && have_key
	    && pthread_setspecific(at_end, slot) == 0)
		*slot = id;
	else
		unknown = true;
}

static void
thread_ends(void *slot)
{
	lock();
	*(uint32_t *)slot = 0;
	unlock();
}

__attribute__((constructor(102))) static void
self_begin(void)
{
	have_key = pthread_key_create(&at_end, thread_ends) == 0;
	(void)plat_self();
}

uint32_t
plat_self_slow(void)
{
	uint32_t id;

	lock();
	id = next_id();
	enlist(id);
	unlock();
	return plat_self_is(id);
}

bool
plat_lives(uint32_t id)
{
	bool lives;

	lock();
	lives = unknown || slot_of(id) != NULL;
	unlock();
	return lives;
}

void
plat_fork_child(void)
{
	int i;

	(void)pthread_mutex_init(&live_lock, NULL);
	for (i = 0; i < SLOTS; i++)
		live[i] = 0; /* the ids of the parent's threads are void */
	unknown = false;
	lot_fork_child();
}
