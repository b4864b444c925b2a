/* SPDX-License-Identifier: MIT */
/*
 * Thread ids where the system has none that fit: dealt out in turn, and not
 * dealt again while a thread has it.
 *
 * live, under its lock, lists the record of every thread that has an id.  A
 * key's destructor takes a thread off the list when it ends; should the
 * thread ask for an id after that, it gets a new one and is listed again.
 */
#include "config.h"

#include <pthread.h>
#include <stdlib.h>

#include "fork.h"
#include "lot.h"
#include "plat.h"

struct entry {
	struct entry *next;
	struct entry **back;
	uint32_t id;
};

static _Thread_local struct entry self_
    __attribute__((tls_model("initial-exec")));
static pthread_mutex_t live_lock = PTHREAD_MUTEX_INITIALIZER;
static struct entry *live;
static uint32_t last_id;
static bool wrapped;
static pthread_key_t at_end;
static bool have_key;

/* Call with live_lock held. */
static bool
taken(uint32_t id)
{
	const struct entry *e;

	for (e = live; e != NULL; e = e->next)
		if (e->id == id)
			return true;
	return false;
}

/* Call with live_lock held. */
static uint32_t
next_id(void)
{
	do {
		last_id = (last_id + 1) & PLAT_ID_MASK;
		if (last_id == PLAT_ID_MASK) {
			last_id = 1;
			wrapped = true;
		}
	} while (wrapped && taken(last_id));
	return last_id;
}

/* Call with live_lock held. */
static void
enlist(struct entry *e)
{
	e->back = &live;
	e->next = live;
	if (live != NULL)
		live->back = &e->next;
	live = e;
}

static void
thread_ends(void *p)
{
	struct entry *e = p;

	lot_busy(1);
	(void)pthread_mutex_lock(&live_lock);
	*e->back = e->next;
	if (e->next != NULL)
		e->next->back = e->back;
	e->id = 0;
	plat_local_.id = 0;
	(void)pthread_mutex_unlock(&live_lock);
	lot_busy(-1);
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
	lot_busy(1);
	(void)pthread_mutex_lock(&live_lock);
	if (self_.id == 0) {
		self_.id = next_id();
		/*
		 * A thread whose end we would not hear of is not listed: its
		 * id may be dealt again, 2^30 threads from now.
		 */
		if (have_key && pthread_setspecific(at_end, &self_) == 0)
			enlist(&self_);
	}
	plat_local_.id = self_.id;
	(void)pthread_mutex_unlock(&live_lock);
	lot_busy(-1);
	return plat_local_.id;
}

bool
plat_lives(uint32_t id)
{
	bool lives;

	lot_busy(1);
	(void)pthread_mutex_lock(&live_lock);
	lives = taken(id);
	(void)pthread_mutex_unlock(&live_lock);
	lot_busy(-1);
	return lives;
}

void
plat_fork_child(void)
{
	(void)pthread_mutex_init(&live_lock, NULL);
	live = NULL;
	self_.id = 0; /* a new id: those of the parent's threads are void */
	lot_fork_child();
}
