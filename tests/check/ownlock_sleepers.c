/* SPDX-License-Identifier: MIT */
/* Threads that sleep for an owner lock; see ownlock_sleepers.h. */
#include "ownlock_sleepers.h"

uint32_t word;
unsigned go;

uint32_t
seen(void)
{
	return at_load_relaxed(&word);
}

void
lock_here(void)
{
	ck_assert(ownlock_try(&word, plat_self()));
	ck_assert_uint_eq(seen(), plat_self());
}

void
unlock_here(void)
{
	ownlock_unlock(&word, plat_self());
}

static void *
sleeps(void *arg)
{
	struct sleeper *s = arg;

	at_store_release(&s->id, plat_self());
	s->err = ownlock_wait(&word, plat_self(), s->deadline);
	if (s->err == 0) {
		count(&s->holds);
		while (counted(&go) == 0)
			sync_thread_sleep_until(sync_after(100000));
		unlock_here();
	}
	count(&s->is_over);
	return arg;
}

void
start(struct sleeper *s, sync_time deadline)
{
	*s = (struct sleeper) { .deadline = deadline };
	s->thread = spawn(sleeps, s);
	if (deadline == SYNC_NEVER)
		until_asleep(s->thread);
}

void
until_holds(struct sleeper *s)
{
	while (counted(&s->holds) == 0)
		sync_thread_sleep_until(sync_after(100000));
}

void
ends(struct sleeper *s, int err)
{
	(void)finish(s->thread);
	ck_assert_int_eq(s->err, err);
}

/*
 * Wake it futilely until it starves; false if its deadline came first.  Call
 * with the lock held.
 */
bool
starve(struct sleeper *s)
{
	while (!(seen() & OWN_STARVED) && counted(&s->is_over) == 0) {
		plat_wake(PLAT_PRIVATE, &word, 1, PLAIN);
		sync_thread_sleep_until(sync_after(1000000));
	}
	return counted(&s->is_over) == 0;
}
