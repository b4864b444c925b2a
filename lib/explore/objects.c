/* SPDX-License-Identifier: MIT */
/*
 * Names of objects and variables for reports.  The name of an object is
 *
 *	- the name that the program has given to it, or else
 *	- the name of its variable, with an index if it is an array's element,
 *	  or else
 *	- its type and a number, in the order of appearance.
 */
#include <libsync.h>

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>

#include "wrappers/calls.h"
#include "explorer.h"
#include "objects.h"
#include "symbol.h"

/* The type of object that a function works on: "mutex" of "sync_mutex_lock". */
static void
type_of_call(unsigned call, char *type, size_t size)
{
	const char *name = call_short_name(call);
	size_t n;

	if (strncmp(name, "pthread_", 8) == 0)
		name += 8;
	n = strcspn(name, "_");

	(void)snprintf(type, size, "%.*s", (int)n, name);
}

/* The size of the object that a function works on; 0 if not known. */
static size_t
size_of_call(unsigned call)
{
	static const struct {
		const char *prefix;
		size_t size;
	} sizes[] = {
		{ "sync_mutex_", sizeof(struct sync_mutex) },
		{ "sync_rmutex_", sizeof(struct sync_rmutex) },
		{ "sync_kmutex_", sizeof(struct sync_kmutex) },
		{ "sync_cond_", sizeof(struct sync_cond) },
		{ "sync_sem_", sizeof(struct sync_sem) },
		{ "sync_event_", sizeof(struct sync_event) },
		{ "sync_latch_", sizeof(struct sync_latch) },
		{ "sync_barrier_", sizeof(struct sync_barrier) },
		{ "sync_rwlock_", sizeof(struct sync_rwlock) },
		{ "sync_queue_", sizeof(struct sync_queue) },
		{ "sync_thread_", sizeof(struct sync_thread) },
		{ "pthread_mutex_", sizeof(pthread_mutex_t) },
		{ "pthread_cond_", sizeof(pthread_cond_t) },
		{ "pthread_rwlock_", sizeof(pthread_rwlock_t) },
		{ "pthread_spin_", sizeof(pthread_spinlock_t) },
		{ "pthread_barrier_", sizeof(pthread_barrier_t) },
		{ "sem_", sizeof(sem_t) },
		{ "mtx_", sizeof(pthread_mutex_t) },
		{ "cnd_", sizeof(pthread_cond_t) },
	};
	const char *name = call_name(call);
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (strncmp(name, sizes[i].prefix, strlen(sizes[i].prefix))
		    == 0)
			return sizes[i].size;
	return 0;
}

bool
variable_name(const void *p, size_t size, char *name, size_t room)
{
	struct symbol s;

	if (!symbol_of(p, &s))
		return false;
	if (s.offset == 0 && (size == 0 || s.size <= size))
		(void)snprintf(name, room, "%s", s.name);
	else if (size > 0 && s.size % size == 0 && s.offset % size == 0)
		(void)snprintf(name, room, "%s[%zu]", s.name, s.offset / size);
	else
		(void)snprintf(name, room, "%s+%zu", s.name, s.offset);
	return true;
}

#define OBJECTS 64
static struct object {
	const void *address;
	char name[40];
} objects[OBJECTS];
static unsigned nobjects;

void
objects_reset(void)
{
	nobjects = 0;
}

const char *
object_name(const void *object, unsigned call)
{
	const char *given = given_name(object);
	char type[24];
	unsigned i, same = 1;
	struct object *o;

	if (given != NULL)
		return given;
	for (i = 0; i < nobjects; i++)
		if (objects[i].address == object)
			return objects[i].name;
	if (nobjects == OBJECTS || call == CALL_NONE)
		return NULL;
	o = &objects[nobjects];
	o->address = object;
	type_of_call(call, type, sizeof(type));
	for (i = 0; i < nobjects; i++)
		same += strncmp(objects[i].name, type, strlen(type)) == 0
		    && objects[i].name[strlen(type)] == '#';
	if (!variable_name(
		object, size_of_call(call), o->name, sizeof(o->name)))
		(void)snprintf(o->name, sizeof(o->name), "%s#%u", type, same);
	nobjects++;
	return o->name;
}

void
address_name(const void *address, char *text, size_t size)
{
	const char *p = address;
	const char *name = object_name(address, CALL_NONE);
	unsigned i;

	for (i = 0; name == NULL && i < nobjects; i++) {
		const char *o = objects[i].address;

		if (p > o && p < o + 256) {
			(void)snprintf(text, size, "%s+%d", objects[i].name,
			    (int)(p - o));
			return;
		}
	}
	if (name != NULL)
		(void)snprintf(text, size, "%s", name);
	else
		(void)snprintf(text, size, "...%04x",
		    (unsigned)((uintptr_t)address & 0xffff));
}
