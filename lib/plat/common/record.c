/* SPDX-License-Identifier: MIT */
/*
 * The records of threads (plat_record).
 *
 * A key of thread-specific data finds a thread's record.  The record is made
 * when the thread first needs it, and the key's destructor frees it.  Its
 * memory does not come from malloc, because an allocator may use our locks.  It
 * is one of:
 *
 *	in the table	owners has the id of the thread of each record in the
 *			table, or 0.  A thread claims a record that is free, or
 *			whose owner was lost in a fork, by one compare-and-swap.
 *			So there is no lock that a fork or a signal could find
 *			taken
 *	mapped		if the table is full: pages of its own
 *
 * Destructors of other keys may use the library after our destructor was
 * called.  So a record with content (the thread's read holds, or its
 * sync_thread) is kept until the last round of destructors but one.  After
 * that, and without content, it is freed, and made again if it is needed.  (A
 * record that is made in the last round is never freed, because no destructor
 * follows.)  The last round belongs to ThreadSanitizer, which must not see the
 * thread do anything afterwards.
 *
 * Several copies of the library in a process share the key, and so the records,
 * if the copy that made the key is never unloaded; see copies.h.  A copy that
 * may be unloaded has no records in its own memory, and deletes its key.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "base/atomic.h"
#include "copies.h"
#include "record.h"

#define RECORDS 256

static struct record table[RECORDS]; /* touched as it is used */
static uint32_t owners[RECORDS];     /* atomic */

static pthread_key_t key;
static bool have_key, made_key;
static bool stays; /* this copy is never unloaded */

static struct record *
map(void)
{
	void *p = mmap(NULL, sizeof(struct record), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANON, -1, 0);

	return p != MAP_FAILED ? p : NULL;
}

/* Claim a place in the table for the calling thread; false if it is taken. */
static bool
claim(uint32_t *owner)
{
	uint32_t w = at_load_relaxed(owner);

	/* pairs with the release in record_free */
	return (w == 0 || identity_lost(w))
	    && at_cas_acquire(owner, &w, plat_self());
}

struct record *
record_new(void)
{
	int i;

	if (!stays)
		return map();
	for (i = 0; i < RECORDS; i++) {
		struct record *r = &table[i];

		if (!claim(&owners[i]))
			continue;
		announce_new(r, sizeof(*r));
		memset(r, 0, sizeof(*r));
		r->owner = &owners[i];
		return r;
	}
	return map();
}

void
record_free(struct record *r)
{
	if (r->owner != NULL)
		at_store_release(r->owner, 0);
	else
		(void)munmap(r, sizeof(*r));
}

/* Make it the record of the calling thread; if that fails, free it. */
static bool
settle(struct record *r)
{
	if (have_key && pthread_setspecific(key, r) == 0)
		return true;
	record_free(r);
	return false;
}

void
record_take(struct record *r)
{
	if (r->owner != NULL)
		at_store_relaxed(r->owner, plat_self());
	(void)settle(r);
}

static void
thread_ends(void *record)
{
	struct record *r = record;

	if (++r->rounds < ROUNDS && record_in_use(r)
	    && pthread_setspecific(key, r) == 0)
		return;
	record_free(r);
}

void *
plat_record_if_any(void)
{
	return have_key ? pthread_getspecific(key) : NULL;
}

static void *
new_record(void)
{
	int saved = errno;
	struct record *r = have_key ? record_new() : NULL;
	bool settled = r != NULL && settle(r);

	errno = saved;
	return settled ? r : NULL;
}

void *
plat_record(void)
{
	void *r = plat_record_if_any();

	return __builtin_expect(r != NULL, 1) ? r : new_record();
}

void
record_survives(uint32_t id)
{
	struct record *r = plat_record_if_any();

	if (r != NULL && r->owner != NULL)
		at_store_relaxed(r->owner, id);
}

void
record_begin(void)
{
	struct copies others = copies_meet();

	stays = others.stays;
	have_key = others.have_key;
	key = others.key;
	if (!have_key) {
		have_key = pthread_key_create(&key, thread_ends) == 0;
		made_key = have_key;
	}
	copies_join(have_key && (stays || !made_key), key);
}

/* Also at exit; but then other threads may still use the library. */
__attribute__((destructor)) static void
record_end(void)
{
	if (made_key && !stays)
		(void)pthread_key_delete(key);
}
