/* SPDX-License-Identifier: MIT */
/*
 * Thread-specific data of POSIX and of C11.
 *
 * A key that the test creates has a number that the C library does not use.  A
 * key that was created before the exploration has the C library's number.  It
 * has values here, too, but its destructor is not known and does not run.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "machine/posix/posix.h"

#define m sim_machine

#define KEYS  64
#define FIRST 4096 /* the C library's keys have lower numbers */
#define ROUNDS 4   /* of destructors at the end of a thread */

static struct key {
	bool used;
	pthread_key_t key;
	void (*destructor)(void *);
} keys[KEYS];
static unsigned nkeys; /* includes deleted ones */
static void *values[SIM_THREADS][KEYS];

void
posix_keys_begin(void)
{
	if (nkeys == 0)
		return;
	nkeys = 0;
	memset(keys, 0, sizeof(keys));
	memset(values, 0, sizeof(values));
}

static struct key *
new_key(pthread_key_t number, void (*destructor)(void *))
{
	if (nkeys == KEYS)
		return NULL;
	keys[nkeys] = (struct key) { true, number, destructor };
	return &keys[nkeys++];
}

static struct key *
find(pthread_key_t number)
{
	struct key *k = NULL;
	unsigned i;

	for (i = 0; i < nkeys; i++)
		if (keys[i].used && keys[i].key == number)
			return &keys[i];
	if (number < FIRST)
		k = new_key(number, NULL);
	if (k == NULL)
		posix_misuse("a key is used that is not there, or not any"
		    " more");
	return k;
}

int
inner_pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
	const struct key *k;

	sim_touch(keys, true);
	k = new_key((pthread_key_t)(FIRST + nkeys), destructor);
	if (k == NULL)
		return EAGAIN;
	*key = k->key;
	return 0;
}

int
inner_pthread_key_delete(pthread_key_t key)
{
	sim_touch(keys, true);
	find(key)->used = false;
	return 0;
}

void *
inner_pthread_getspecific(pthread_key_t key)
{
	sim_touch(keys, false);
	return values[m.current][find(key) - keys];
}

int
inner_pthread_setspecific(pthread_key_t key, const void *value)
{
	sim_touch(keys, false);
	values[m.current][find(key) - keys] = (void *)(uintptr_t)value;
	return 0;
}

/* Run the destructors once; returns whether there were any to run. */
static bool
destroy_values(void)
{
	bool any = false;
	unsigned i;

	for (i = 0; i < nkeys; i++) {
		void *value = values[m.current][i];

		if (value == NULL || !keys[i].used
		    || keys[i].destructor == NULL)
			continue;
		values[m.current][i] = NULL;
		keys[i].destructor(value);
		any = true;
	}
	return any;
}

void
posix_keys_end(void)
{
	int i;

	for (i = 0; i < ROUNDS && destroy_values(); i++)
		continue;
	announce_release(posix_me()); /* to the thread that joins */
}

int
inner_tss_create(tss_t *key, tss_dtor_t destructor)
{
	return inner_pthread_key_create(key, destructor) == 0 ? thrd_success
							      : thrd_error;
}

void
inner_tss_delete(tss_t key)
{
	(void)inner_pthread_key_delete(key);
}

void *
inner_tss_get(tss_t key)
{
	return inner_pthread_getspecific(key);
}

int
inner_tss_set(tss_t key, void *value)
{
	return inner_pthread_setspecific(key, value) == 0 ? thrd_success
							  : thrd_error;
}
